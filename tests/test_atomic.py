"""Files that are written whole, while others look for what dead processes left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.store.atomic import remove_leftovers, write_whole

_WRITER = """
import sys
from pathlib import Path
from index.store.atomic import write_whole

def pieces():
    yield b"begun"
    print("writing", flush=True)
    sys.stdin.readline()
    yield b" and finished"

write_whole(Path(sys.argv[1]), pieces())
"""


def _writing(file: Path) -> subprocess.Popen[str]:
    """A process that has begun to write, and goes on when it is told."""
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "writing\n"
    return writer


def test_what_another_process_is_writing_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "passages.faiss"
    writer = _writing(file)
    remove_leftovers(tmp_path, "*.faiss")
    _, _ = writer.communicate("go on\n", timeout=30)
    assert writer.returncode == 0
    assert file.read_bytes() == b"begun and finished"
    assert list(tmp_path.iterdir()) == [file]


def test_what_a_killed_process_left_is_deleted(tmp_path: Path) -> None:
    writer = _writing(tmp_path / "passages.faiss")
    writer.send_signal(signal.SIGKILL)
    writer.communicate(timeout=30)
    (tmp_path / "sentences.faiss.4711.tmp").write_bytes(b"of an earlier version")
    (tmp_path / "notes.tmp").write_bytes(b"somebody else's")
    assert len(list(tmp_path.iterdir())) == 3
    remove_leftovers(tmp_path, "*.faiss")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.tmp"]


def test_a_file_that_could_not_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "passages.faiss"
    write_whole(file, [b"old"])

    def failing() -> Iterator[bytes]:
        yield b"new"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_whole(file, failing())
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_bytes() == b"old"


def test_many_write_one_file_while_many_look_for_leftovers(tmp_path: Path) -> None:
    file = tmp_path / "passages.faiss"
    failed: list[BaseException] = []

    def write(letter: bytes) -> None:
        try:
            for _ in range(50):
                write_whole(file, [letter * 10_000])
                remove_leftovers(tmp_path, "*.faiss")
        except OSError as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(bytes([65 + n]),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(set(file.read_bytes())) == 1
    assert len(file.read_bytes()) == 10_000
