"""People of a store: names, passwords, rights, sessions and tokens, and the commands for them."""

from __future__ import annotations

import io
import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index.collection import checked_name, collection_folder, collections_of
from index.errors import CollectionInvalid
from ui import cli
from ui.audit import Audit
from ui.people import people as people_module
from ui.people.errors import PasswordInvalid, PersonExists, PersonMissing, PersonNameInvalid
from ui.people.people import EVERYWHERE, People
from ui.people.throttle import FREE, LONGEST, Throttle

PASSWORD = "correct horse battery"  # noqa: S105 - of nobody


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    opened = People(tmp_path / "store")
    yield opened
    opened.close()


def test_looking_makes_no_file(people: People) -> None:
    assert not people.exist()
    assert people.by_token("sanad-x") is None
    assert people.log_in("sara", PASSWORD) is None
    assert not people.file.parent.exists()


def test_a_password_opens_its_own_name_alone(people: People) -> None:
    sara = people.add("Sara", PASSWORD, {EVERYWHERE: "owner"})
    people.add("Omar", "another password", {EVERYWHERE: "reader"})
    assert people.log_in(" sARA ", PASSWORD) == sara
    assert people.log_in("Omar", PASSWORD) is None
    assert people.log_in("Nobody", PASSWORD) is None
    people.set_password("Sara", "a new password")
    assert people.log_in("Sara", PASSWORD) is None
    assert people.log_in("Sara", "a new password") == sara


def test_nothing_that_opens_a_door_stands_in_the_file(people: People) -> None:
    sara = people.add("سارة", PASSWORD, {EVERYWHERE: "owner"})
    secrets = [PASSWORD, people.issue_token("سارة"), people.begin_session(sara)]
    people.close()
    kept = b"".join(file.read_bytes() for file in people.file.parent.iterdir())
    assert "سارة".encode() in kept
    assert not any(secret.encode() in kept for secret in secrets)
    assert stat.S_IMODE(people.file.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["", "  ", "a\u202eb", "x" * 65, "a\nb\x00"])
def test_names_that_cannot_be_seen_are_refused(people: People, name: str) -> None:
    with pytest.raises(PersonNameInvalid):
        people.add(name, PASSWORD, {})


def test_what_cannot_be_is_told(people: People) -> None:
    people.add("Sara", PASSWORD, {})
    with pytest.raises(PersonExists):
        people.add("sara", PASSWORD, {})
    with pytest.raises(PersonMissing):
        people.remove("Omar")
    with pytest.raises(PasswordInvalid):
        people.set_password("Sara", "short")


def test_the_higher_role_counts_and_none_takes_one_away(people: People) -> None:
    sara = people.add("Sara", PASSWORD, {EVERYWHERE: "reader", "law": "editor"})
    assert people.role(sara, "law") == "editor"
    assert people.role(sara, "") == "reader"
    people.allow("Sara", {EVERYWHERE: None})
    assert people.role(sara, "") is None
    assert people.collections(sara, ["", "law", "hr"]) == {"law": "editor"}
    people.forget_collection("law")
    assert people.role(sara, "law") is None


def test_who_is_removed_has_no_session_and_no_token_left(people: People) -> None:
    sara = people.add("Sara", PASSWORD, {EVERYWHERE: "owner"})
    session, token = people.begin_session(sara), people.issue_token("Sara")
    assert people.session(session) is not None
    assert people.by_token(token) == sara
    people.remove("Sara")
    assert people.session(session) is None
    assert people.by_token(token) is None
    again = people.add("Sara", PASSWORD, {EVERYWHERE: "owner"})
    assert again.id != sara.id  # her conversations are not this one's


def test_a_session_gets_another_token_each_day_and_ends(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        ahead = timedelta()

        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + cls.ahead

    monkeypatch.setattr(people_module, "datetime", Clock)
    sara = people.add("Sara", PASSWORD, {})
    token = people.begin_session(sara)
    fresh = people.session(token, renew=True)
    assert fresh is not None and fresh.renewed is None
    Clock.ahead = timedelta(days=1, minutes=1)
    kept = people.session(token)  # what cannot set a cookie renews nothing
    assert kept is not None and kept.renewed is None
    renewed = people.session(token, renew=True)
    assert renewed is not None and renewed.renewed is not None
    # Requests that were under way with the old one are served, and make no third.
    beside = people.session(token, renew=True)
    assert beside is not None and beside.renewed is None
    Clock.ahead += timedelta(minutes=2)
    assert people.session(token) is None
    assert people.session(renewed.renewed) is not None
    Clock.ahead += timedelta(days=31)
    assert people.session(renewed.renewed) is None


def test_wrong_tries_wait_longer_and_longer() -> None:
    now = 0.0
    throttle = Throttle(lambda: now)
    for _ in range(FREE):
        assert throttle.seconds("sara") == 0
        throttle.failed("sara", "10.0.0.1")
    assert throttle.seconds("sara") == 1
    assert throttle.seconds("omar", "10.0.0.1") == 1
    assert throttle.seconds("omar") == 0
    throttle.failed("sara")
    assert throttle.seconds("sara") == 2
    now += 2
    assert throttle.seconds("sara") == 0
    for _ in range(30):
        throttle.failed("sara")
    assert throttle.seconds("sara") == LONGEST
    throttle.succeeded("sara")
    assert throttle.seconds("sara") == 0


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "../x", "a\x00", ".hidden", "x" * 61, "a:b"]
)
def test_names_that_would_leave_their_folder_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CollectionInvalid):
        checked_name(name)


def test_a_collection_lies_in_the_store(tmp_path: Path) -> None:
    assert collection_folder(tmp_path, "main") == tmp_path
    assert collection_folder(tmp_path, " قانون  العمل ") == tmp_path / "collections" / "قانون العمل"
    assert collections_of(tmp_path) == []


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert cli.main([*arguments, "--json"]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def test_the_commands(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANAD_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("SANAD_LANG", "en")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert run(capsys, "users", "add", "Sara")["rights"] == {"*": "owner"}
    token = run(capsys, "users", "add", "feeds", "--token", "--collection", "law")["token"]
    assert str(token).startswith("sanad-")
    assert run(capsys, "users", "role", "feeds", "editor", "--collection", "law")["rights"] == {
        "law": "editor"
    }
    assert run(capsys, "collections", "add", "law") == {"name": "law"}
    assert run(capsys, "collections") == {"collections": ["law"]}
    assert cli.main(["users", "list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "feeds: editor (law)", "Sara: owner (everywhere)",
    ]  # fmt: skip
    assert run(capsys, "users", "token", "feeds", "--revoke")["revoked"] == 1
    assert run(capsys, "collections", "remove", "law") == {"removed": "law"}
    assert run(capsys, "collections") == {"collections": []}
    assert run(capsys, "users", "remove", "feeds") == {"removed": "feeds"}
    noted = [(entry.action, entry.subject) for entry in Audit(tmp_path / "store").entries()]
    assert noted[:2] == [("people", "Sara: owner"), ("people", "feeds: reader")]
    assert noted[-1] == ("people", "feeds: removed")
    assert cli.main(["users", "remove", "feeds"]) == 1
    assert "nobody named feeds" in capsys.readouterr().err
    assert cli.main(["list", "--collection", "law"]) == 1
    assert "no collection named law" in capsys.readouterr().err


def test_no_server_beyond_this_machine_without_people(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    store = ["--store", str(tmp_path / "store")]
    assert cli.main(["serve", "--host", "192.0.2.1", *store]) == 1
    told = capsys.readouterr().err
    assert "sanad users add" in told and "--insecure" in told
    assert cli.main(["serve", "--public-url", "sanad.example.org", *store]) == 1
    assert "https://sanad.example.org/path" in capsys.readouterr().err
