"""Where the key of an endpoint is kept; the keyrings here are made for the test."""

from __future__ import annotations

import json
import logging
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from tests.endpoint import KEY, SETTINGS
from ui import keys
from ui.keys import KeyStore
from ui.language_model import LanguageModels

URL = "http://127.0.0.1:1/v1"


class Memory(KeyringBackend):
    """A keyring of the system's kind; `does` says what it does instead of working."""

    priority = 5

    def __init__(self, does: str = "") -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.asked = 0
        self.does = does
        self.answer = threading.Event()

    def _work(self) -> None:
        self.asked += 1
        if self.does == "asks a person":
            self.answer.wait(20)
        if self.does == "fails":
            raise KeyringLocked(f"no key {KEY} for you")

    def get_password(self, service: str, username: str) -> str | None:
        self._work()
        return None if self.does == "forgets" else self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._work()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._work()
        del self.kept[service, username]


@pytest.fixture
def ring() -> Iterator[Memory]:
    before, ring = keyring.get_keyring(), Memory()
    keyring.set_keyring(ring)
    yield ring
    ring.answer.set()
    keyring.set_keyring(before)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store" / "language-model.key"


def models_of(file: Path) -> LanguageModels:
    return LanguageModels(SETTINGS, file.with_suffix(".json"), changeable=True)


def test_the_keyring_keeps_the_key_and_no_file_holds_it(ring: Memory, file: Path) -> None:
    models_of(file).use(URL, "small", KEY)
    assert list(ring.kept.values()) == [KEY]
    assert not file.exists()
    assert KEY not in file.with_suffix(".json").read_text()
    later = models_of(file)
    assert later.chosen.llm_key == KEY
    assert KEY not in json.dumps(later.described())


def test_two_stores_have_a_key_each(ring: Memory, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "language-model.key"
    models_of(file).use(URL, "small", KEY)
    models_of(other).use(URL, "small", "another")
    assert (models_of(file).chosen.llm_key, models_of(other).chosen.llm_key) == (KEY, "another")


@pytest.mark.parametrize("leave", ["embedded", "another address", "without its key"])
def test_a_key_is_forgotten_with_its_choice(
    ring: Memory, file: Path, leave: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.language_model.models.find", Path)
    chosen = models_of(file)
    chosen.use(URL, "small", KEY)
    if leave == "embedded":
        chosen.use_embedded(chosen.described()["embedded"][0]["name"])
    elif leave == "another address":
        chosen.use("http://127.0.0.1:2/v1", "small")
    else:
        chosen.use(URL, "small", "")
    assert ring.kept == {}
    assert models_of(file).chosen.llm_key is None


@pytest.mark.parametrize("does", ["fails", "forgets", "asks a person"])
def test_where_no_keyring_works_a_file_for_its_owner_alone_keeps_the_key(
    ring: Memory,
    file: Path,
    does: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(keys, "_SECONDS", 0.2)
    caplog.set_level(logging.DEBUG)
    ring.does = does
    models_of(file).use(URL, "small", KEY)
    assert json.loads(file.read_text()) == {"url": URL, "key": KEY}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert KEY not in file.with_suffix(".json").read_text()
    assert KEY not in caplog.text
    assert models_of(file).chosen.llm_key == KEY
    assert KeyStore(file).load("http://127.0.0.1:2/v1") is None


def test_a_keyring_that_lets_wait_is_asked_once(
    ring: Memory, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_SECONDS", 0.1)
    ring.does = "asks a person"
    store = KeyStore(file)
    for _ in range(3):
        store.keep(URL, KEY)
        assert store.load(URL) == KEY
    assert ring.asked == 1


def test_a_keyring_that_is_a_plain_file_is_not_used(
    ring: Memory, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Memory, "priority", 0.5)
    KeyStore(file).keep(URL, KEY)
    assert ring.kept == {}
    assert file.exists()


@pytest.mark.parametrize("works", [True, False])
def test_a_key_of_an_earlier_version_is_moved(ring: Memory, file: Path, works: bool) -> None:
    ring.does = "" if works else "fails"
    kept = file.with_suffix(".json")
    kept.parent.mkdir()
    kept.write_text(json.dumps({"llm": "small", "llm_url": URL, "llm_key": KEY}))
    assert models_of(file).chosen.llm_key == KEY
    assert json.loads(kept.read_text()) == {"llm": "small", "llm_url": URL}
    assert file.exists() != works
    assert models_of(file).chosen.llm_key == KEY
    assert models_of(file).chosen.llm == "small"
