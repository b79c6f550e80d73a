"""Reading apart: limits on time and memory, crashes, children used again, stopping at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index import Library
from index.clock import processor_seconds
from index.errors import (
    FileEmpty,
    FileMissing,
    ReadError,
    ReadingCrashed,
    ReadingTooLarge,
    ReadingTooLong,
    TextTooLong,
)
from index.readers import read_document, reading
from index.readers.reading import ReaderPool
from tests.conftest import SHARED, write_documents

# A parser of others that hangs, eats memory, crashes, writes or calls: put in the place of the
# reader of text by a module that Python loads at the start of every child.
BAD_READERS = """
import os, sys
if "index.readers.child" in sys.orig_argv:
    import index.readers.text as text
    read = text.read_text
    def bad(source):
        word = source.content.split()[0].decode()
        if word == "hang":
            while True: pass
        if word in ("slow", "endless"):
            import time
            for _ in range(6 if word == "slow" else 6000):
                source.step("parse"); time.sleep(0.5)
        if word == "rest":
            import time
            time.sleep(6)
        if word == "spin":  # in a program of its own, as Tesseract is
            import subprocess
            subprocess.run([sys.executable, "-S", "-c", "while True: pass"])
        if word == "unfold":
            from index.readers.writer import TextWriter
            writer = TextWriter()
            while True:
                writer.block("word " * 100)
        if word == "eat":
            held = [bytearray(10_000_000) for _ in range(200)]
        if word == "crash":
            os.abort()
        if word == "print":
            print("noise on standard output"); os.system("echo more noise")
        if word == "write":
            with open(source.path.parent / "written", "w") as file: file.write("outside")
        if word == "call":
            import socket
            socket.create_connection(("127.0.0.1", 9))
        if word == "odd":
            raise ZeroDivisionError("in a parser")
        return read(source)
    text.read_text = bad
"""


@pytest.fixture
def pool_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReaderPool:
    """A pool of one child, whose reader of text obeys the first word of a file."""
    folder = write_documents(tmp_path / "site", {"sitecustomize.py": BAD_READERS})
    root = Path(__file__).resolve().parent.parent
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(folder), str(root))))
    monkeypatch.setattr(reading, "STEP_SECONDS", {"parse": 3.0, "ocr": 3.0})
    return ReaderPool(1)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A file for each thing that a bad reader does, and good ones."""
    words = [
        "hang",
        "rest",
        "spin",
        "unfold",
        "slow",
        "endless",
        "eat",
        "crash",
        "print",
        "write",
        "call",
        "odd",
        "good",
    ]
    return write_documents(
        tmp_path / "files", {f"{word}.txt": f"{word} is how this file begins." for word in words}
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("hang", ReadingTooLong),
        pytest.param(
            "spin",
            ReadingTooLong,
            marks=pytest.mark.skipif(
                not Path("/proc/self/task").is_dir(), reason="no system tells processor time"
            ),
        ),
        ("unfold", TextTooLong),
        ("eat", ReadingTooLarge),
        ("crash", ReadingCrashed),
        ("write", ReadError),
        ("call", ReadError),
        ("odd", ReadError),
    ],
)
def test_a_bad_file_is_refused_and_the_next_one_read(
    pool_of: ReaderPool, files: Path, name: str, kind: type[ReadError]
) -> None:
    with pool_of as pool:
        with pytest.raises(kind) as caught:
            pool.read(files / f"{name}.txt")
        assert "\n" not in str(caught.value)
        assert pool.read(files / "good.txt").document.text.startswith("good")
    assert not (files / "written").exists()


def test_a_long_file_is_read_as_long_as_its_steps_are_short(
    pool_of: ReaderPool, files: Path
) -> None:
    with pool_of as pool:
        assert pool.read(files / "slow.txt").document.text.startswith("slow")


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="no system tells processor time")
def test_what_waits_for_its_turn_is_not_taken_for_what_computes(
    pool_of: ReaderPool, files: Path
) -> None:
    with pool_of as pool:  # it waits twice as long as a step may compute
        assert pool.read(files / "rest.txt").document.text.startswith("rest")


def test_what_waits_for_ever_is_given_up(
    pool_of: ReaderPool, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PATIENCE", 1.2)
    with pool_of as pool, pytest.raises(ReadingTooLong):
        pool.read(files / "rest.txt")


def test_processor_time_of_programs_that_were_started_counts() -> None:
    program = "import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', 'while 1: 1'])"
    own = processor_seconds(os.getpid())
    if own is None:
        pytest.skip("no system tells processor time")
    outer = subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
    try:
        for _ in range(300):
            if (processor_seconds(outer.pid) or 0) > 1:
                break
            time.sleep(0.2)
        else:
            pytest.fail("what the inner program computes was not counted")
    finally:
        os.killpg(outer.pid, signal.SIGKILL)
        outer.wait()
    assert processor_seconds(outer.pid) is None


@pytest.mark.parametrize("name", ["text.txt", "text.md", "rows.csv", "page.html", "lines.jsonl"])
def test_a_file_may_hold_so_many_characters(tmp_path: Path, name: str) -> None:
    for words, held in ((20, True), (4_000, False)):
        text = "كلمة وكلمة\n" * words
        content = "".join(f'"{line}"\n' for line in text.splitlines())
        (tmp_path / name).write_text(content if name.endswith("jsonl") else text, encoding="utf-8")
        with ReaderPool(1, characters=10_000) as pool:
            if held:
                assert "كلمة" in pool.read(tmp_path / name).document.text
                continue
            with pytest.raises(TextTooLong) as caught:
                pool.read(tmp_path / name)
        assert "10000 characters" in str(caught.value)
        assert name in str(caught.value)


def test_a_text_comes_back_as_it_was_read(tmp_path: Path) -> None:
    text = ("# عنوان 𝔸\n\n" + "فقرة طويلة é 😀 " * 9_000 + "\n\n|a|b|\n|-|-|\n|1|2|\n") * 2
    file = tmp_path / "text.md"
    file.write_text(text, encoding="utf-8")
    with ReaderPool(1) as pool:
        assert pool.read(file).document == read_document(file, "text.md")


def test_what_a_parser_prints_disturbs_nothing(pool_of: ReaderPool, files: Path) -> None:
    with pool_of as pool:
        assert pool.read(files / "print.txt").document.text.startswith("print")


def test_files_come_in_order_with_what_became_of_each(files: Path) -> None:
    paths = [files / "good.txt", files / "none.txt", files / "odd.txt"]
    (files / "empty.txt").write_bytes(b"")
    told = []
    with ReaderPool(2) as pool:
        for path, reading in pool.read_all([*paths, files / "empty.txt"]):
            try:
                told.append((path.name, reading.result().document.text.split()[0]))
            except (FileMissing, FileEmpty) as error:
                told.append((path.name, type(error).__name__))
    assert told == [
        ("good.txt", "good"),
        ("none.txt", "FileMissing"),
        ("odd.txt", "odd"),
        ("empty.txt", "FileEmpty"),
    ]


def test_hostile_files_are_refused_in_a_line_and_the_others_read(files: Path) -> None:
    hostile = SHARED / "documents" / "hostile"
    if not hostile.is_dir():
        pytest.skip("there are no hostile documents beside the checkout")
    paths = [*sorted(hostile.iterdir()), files / "good.txt"]
    refused = set()
    with ReaderPool(2) as pool:
        for path, reading in pool.read_all(paths):
            try:
                text = reading.result().document.text
            except ReadError as error:
                assert "\n" not in str(error)
                refused.add(path.name)
            else:
                assert "root:" not in text
    harmless = {"deep.html", "huge_dim.xlsx", "ownerpw.pdf", "good.txt"}
    assert {path.name for path in paths} - refused <= harmless
    assert "good.txt" not in refused


def test_a_child_reads_many_files(files: Path) -> None:
    with ReaderPool(1) as pool:
        pool.read(files / "good.txt")
        (child,) = pool._children
        pool.read(files / "odd.txt")
        assert pool._children == {child}
        assert child.files == 2


def test_children_are_gone_with_the_pool(files: Path) -> None:
    with ReaderPool(1) as pool:
        pool.read(files / "good.txt")
        (child,) = pool._children
    assert child._process.poll() is not None


def test_a_child_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANAD_LLM_KEY", "secret")
    assert not any(name.startswith("SANAD_") for name in reading._environment())


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no such signals")
def test_children_end_when_their_parent_is_killed(pool_of: ReaderPool, files: Path) -> None:
    pool_of.close()
    program = (
        "import sys, pathlib; from index.readers.reading import ReaderPool; pool = ReaderPool(1);"
        "pool._threads.submit(pool._read, pathlib.Path(sys.argv[1]));"
        "import time; time.sleep(1); print(*(c._process.pid for c in pool._children), flush=True);"
        "time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(files / "hang.txt")], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        if not _runs(child):
            return
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the child outlived its parent")


@pytest.mark.skipif(not hasattr(signal, "SIGINT"), reason="this system has no such signals")
def test_ctrl_c_stops_a_long_file_and_keeps_what_was_read(
    pool_of: ReaderPool, files: Path, tmp_path: Path
) -> None:
    pool_of.close()
    command = [sys.executable, "-m", "ui.cli", "add", "--store", str(tmp_path / "store")]
    named = [str(files / "good.txt"), str(files / "endless.txt")]
    adding = subprocess.Popen([*command, *named], stderr=subprocess.PIPE, text=True)
    library = Library.open(tmp_path / "store")
    for _ in range(600):
        if library.documents():
            break
        time.sleep(0.1)
    adding.send_signal(signal.SIGINT)
    _, said = adding.communicate(timeout=20)
    assert adding.returncode == 130
    assert "Traceback" not in said
    assert [record.name for record in library.documents()] == ["good.txt"]
    library.close()


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
