"""Who did what: written at once, for its owner alone, and never grown without end."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ui import audit as audit_module
from ui import cli
from ui.access import Access
from ui.audit import FILE_NAME, Audit

REEM = Access("reem", "editor", "work", "203.0.113.7")
QUESTION = "كم راتب المدير؟"


def told(folder: Path) -> list[tuple[str | None, str, str]]:
    return [(entry.person, entry.action, entry.subject) for entry in Audit(folder).entries()]


def test_what_was_done_is_written_in_order_for_its_owner_alone(tmp_path: Path) -> None:
    audit = Audit(tmp_path)
    audit.note(REEM, "add", "handbook.pdf")
    audit.note(Access(address="127.0.0.1"), "remove", "old\n.pdf")
    entries = list(Audit(tmp_path).entries())
    assert told(tmp_path) == [("reem", "add", "handbook.pdf"), (None, "remove", "old\n.pdf")]
    assert (entries[0].collection, entries[0].address) == ("work", "203.0.113.7")
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_the_text_of_questions_is_left_out_unless_it_was_switched_on(tmp_path: Path) -> None:
    Audit(tmp_path).note(REEM, "ask", QUESTION)
    assert told(tmp_path) == [("reem", "ask", "")]
    Audit(tmp_path, questions=True).note(REEM, "ask", QUESTION * 1_000)
    assert told(tmp_path)[1][2].startswith(QUESTION)
    assert len(told(tmp_path)[1][2]) == 1_000


def test_the_log_is_put_aside_and_the_oldest_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_module, "_BYTES", 500)
    monkeypatch.setattr(audit_module, "_FILES", 3)
    audit = Audit(tmp_path)
    for number in range(40):
        audit.note(REEM, "add", f"{number}.pdf")
    names = sorted(file.name for file in tmp_path.glob("audit*"))
    assert names == ["audit.jsonl", "audit.jsonl.1", "audit.jsonl.2"]
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 3 * 700
    kept = [int(subject.removesuffix(".pdf")) for _, _, subject in told(tmp_path)]
    assert kept == list(range(kept[0], 40))
    assert 0 < kept[0] < 38


def test_many_threads_and_processes_write_whole_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_module, "_BYTES", 20_000)
    program = (
        "import sys; from pathlib import Path; from ui import audit; from ui.access import Access\n"
        "audit._BYTES = 20_000\n"
        "log = audit.Audit(Path(sys.argv[1]))\n"
        "for n in range(200): log.note(Access('other'), 'add', f'{n}' * 9)"
    )
    other = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)])
    audit = Audit(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: audit.note(REEM, "add", f"{n}" * 9), range(200)))
    assert other.wait(60) == 0
    people = [person for person, _, _ in told(tmp_path)]
    assert (people.count("reem"), people.count("other")) == (200, 200)


def test_nobody_is_kept_from_working_by_a_log_that_cannot_be_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "store").write_text("a file where a folder should be")
    Audit(tmp_path / "store").note(REEM, "add", "secret name")
    assert "The audit log could not be written" in caplog.text
    assert "secret name" not in caplog.text
    assert told(tmp_path / "nothing") == []


def test_lines_that_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    Audit(tmp_path).note(REEM, "add", "a.pdf")
    with (tmp_path / FILE_NAME).open("a") as file:
        file.write('{"time": 4}\n[]\nhalf a li')
        file.write('\n{"time": "yesterday", "person": null, "address": "", "collection": "", ')
        file.write('"action": "add", "subject": ""}\n')
    assert len(told(tmp_path)) == 2
    since = datetime.now(UTC) - timedelta(hours=1)
    assert len(list(Audit(tmp_path).entries(since))) == 1


def test_the_command_prints_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["audit", "--store", str(tmp_path)]
    assert cli.main(command) == 0
    assert capsys.readouterr().out == "Nothing is in the audit log.\n"
    Audit(tmp_path).note(REEM, "add", "hand\x1b[2Jbook.pdf")
    Audit(tmp_path).note(Access(address="127.0.0.1"), "rebuild")
    assert cli.main(command) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert "  reem  add  work: hand" in first
    assert "\x1b" not in first
    assert second.endswith("(no login)  rebuild  127.0.0.1")
    assert cli.main([*command, "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)["entries"]
    assert [entry["person"] for entry in entries] == ["reem", None]
    assert cli.main([*command, "--json", "--since", "2999-01-01"]) == 0
    assert json.loads(capsys.readouterr().out) == {"entries": []}
    with pytest.raises(SystemExit):
        cli.main([*command, "--since", "soon"])
