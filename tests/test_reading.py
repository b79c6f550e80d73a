"""Reading apart: limits on time and memory, crashes, children used again, stopping at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index import Library, reading
from index.errors import (
    FileEmpty,
    FileMissing,
    ReadError,
    ReadingCrashed,
    ReadingTooLarge,
    ReadingTooLong,
)
from index.reading import ReaderPool
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
    monkeypatch.setattr(reading, "STEP_SECONDS", {"parse": 4.0, "ocr": 4.0})
    return ReaderPool(1)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A file for each thing that a bad reader does, and good ones."""
    words = ["hang", "slow", "endless", "eat", "crash", "print", "write", "call", "odd", "good"]
    return write_documents(
        tmp_path / "files", {f"{word}.txt": f"{word} is how this file begins." for word in words}
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("hang", ReadingTooLong),
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
        "import sys, pathlib; from index.reading import ReaderPool; pool = ReaderPool(1);"
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
