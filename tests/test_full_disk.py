"""A full disk and a read-only one: told in a line, nothing lost, and what can go on goes on."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core.embeddings import MockEmbedding

from index import Library
from index.backup import back_up, check
from index.errors import BackupFull, RestoreNoRoom, StoreFull, StoreReadOnly
from index.restore import restore
from ui import cli

MOCK = MockEmbedding(embed_dim=384, model_name="mock-many")


def opened(store: Path) -> Library:
    return Library.open(store, embedding=MOCK, sentence_embedding=MOCK)


def written(folder: Path, count: int, lines: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        told = (
            f"Note {number}, line {n}: the box weighs {number + n} kilos. " for n in range(lines)
        )
        (folder / f"note-{number:02}.txt").write_text("".join(told), encoding="utf-8")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    library = opened(tmp_path / "store")
    library.add(written(tmp_path / "documents", 4, 40))
    library.close()
    return tmp_path / "store"


def test_no_room_for_a_document_is_one_line_and_keeps_what_was_there(
    store: Path, tmp_path: Path
) -> None:
    library = opened(store)
    connection = library._store._connection()
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreFull, match="is full"):
        library.add(written(tmp_path / "more", 3, 300))
    assert library.verify() == []
    assert {record.name for record in library.documents()} >= {f"note-{n:02}.txt" for n in range(4)}
    connection.execute("PRAGMA max_page_count = 1000000")
    library.add(tmp_path / "more")
    assert library.verify() == []
    library.close()


def test_an_index_that_cannot_be_written_is_told_and_the_documents_are_in(
    store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setenv("SANAD_LANG", "en")
    monkeypatch.setattr("ui.commands.open_library", lambda *_, **__: opened(store))
    monkeypatch.setattr("index.search.vectors.whole_file", full)
    new = written(tmp_path / "more", 1, 3).rename(tmp_path / "named")
    (new / "note-00.txt").rename(new / "new.txt")
    assert cli.main(["add", str(new)]) == 1
    told = capsys.readouterr()
    assert "new.txt" in told.out
    assert told.err.count("\n") == 1
    assert "No space left on device" in told.err
    assert "documents are in the store" in told.err
    monkeypatch.setenv("SANAD_LANG", "ar")
    assert cli.main(["remove", "new.txt"]) == 0  # the file of the index is right again
    assert cli.main(["remove", "note-00.txt"]) == 1
    assert "امتلأ القرص" in capsys.readouterr().err
    library = opened(store)
    assert len(library.documents()) == 3
    assert library.search("How heavy is the box?", 1)
    library.close()


def test_removing_gives_room_back_to_the_disk(store: Path, tmp_path: Path) -> None:
    library = opened(store)
    library.add(written(tmp_path / "large", 1, 2000) / "note-00.txt")
    library.close()
    before = (store / "sanad.db").stat().st_size
    library = opened(store)
    library.remove("large/note-00.txt")
    assert (store / "sanad.db").stat().st_size < before / 2
    assert library.verify() == []
    library.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = (
        shutil.which("mount")
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)],
            check=False,
            capture_output=True,
        ).returncode
    )
    if not mounted:
        pytest.skip("a small file system can be mounted by the administrator alone")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def _fill(place: Path) -> None:
    with (place / "ballast").open("wb", buffering=0) as ballast:
        for size in (1 << 16, 1):
            try:
                while True:
                    ballast.write(bytes(size) if size > 1 else b"x" * 4096)
            except OSError:
                continue


def test_a_full_disk_is_told_and_removing_works_on_it(small_disk: Path, tmp_path: Path) -> None:
    store = small_disk / "store"
    library = opened(store)
    library.add(written(tmp_path / "documents", 3, 200))
    library.close()
    _fill(small_disk)
    library = opened(store)
    assert library.search("How heavy is the box?", 1)
    with pytest.raises(StoreFull):
        library.add(written(tmp_path / "more", 3, 2000))
    library.close()
    library = opened(store)
    free = shutil.disk_usage(small_disk).free
    assert library.remove("note-01.txt") == ["note-01.txt"]
    assert library.verify() == []
    assert shutil.disk_usage(small_disk).free > free
    library.close()


@pytest.fixture
def read_only(store: Path, small_disk: Path) -> Iterator[Path]:
    """The store on a disk that can only be read."""
    copy = Path(shutil.copytree(store, small_disk / "store"))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    yield copy


def test_a_store_on_a_read_only_disk_is_read(read_only: Path, tmp_path: Path) -> None:
    library = opened(read_only)
    assert library.read_only
    assert len(library.documents()) == 4
    assert library.search("How heavy is the box?", 1)
    assert library.verify() == []
    with pytest.raises(StoreReadOnly):
        library.remove("note-01.txt")
    with pytest.raises(StoreReadOnly):
        library.add(written(tmp_path / "more", 1, 5))
    library.close()


@pytest.mark.parametrize("which", ["file", "folder"])
def test_a_store_whose_file_or_folder_is_read_only_is_read(
    store: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    """As it is for a user who has no right to write; the administrator always has."""
    really = os.access
    closed = store if which == "folder" else store / "sanad.db"
    monkeypatch.setattr(
        "os.access",
        lambda path, mode: not (mode & os.W_OK and Path(path) == closed) and really(path, mode),
    )
    library = opened(store)
    assert library.read_only
    assert library.search("How heavy is the box?", 1)
    assert library.verify() == []
    with pytest.raises(StoreReadOnly):
        library.remove("note-01.txt")
    library.close()


def test_the_latest_writes_are_read_where_the_log_cannot_be_opened(
    store: Path, tmp_path: Path, small_disk: Path
) -> None:
    library = opened(store)
    library.add(written(tmp_path / "more", 1, 5) / "note-00.txt")
    copy = small_disk / "store"
    copy.mkdir()
    for name in ("sanad.db", "sanad.db-wal"):
        shutil.copy(store / name, copy / name)
    library.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    library = opened(copy)
    assert "more/note-00.txt" in {record.name for record in library.documents()}
    assert library.verify() == []
    library.close()


def test_a_backup_without_room_is_told_and_keeps_its_states(
    small_disk: Path, store: Path, tmp_path: Path
) -> None:
    file = small_disk / "store.sanad"
    back_up(store, file)
    (store / "uploads").mkdir()
    (store / "uploads" / "large.bin").write_bytes(os.urandom(5 << 20))
    free = shutil.disk_usage(small_disk).free
    with pytest.raises(BackupFull, match="is full"):
        back_up(store, file)
    assert len(check(file)) == 1
    assert shutil.disk_usage(small_disk).free > free - (1 << 16)
    (store / "uploads" / "large.bin").unlink()
    library = opened(store)
    library.add(written(tmp_path / "more", 2, 5000))  # its copy finds no room
    library.close()
    with pytest.raises(BackupFull):
        back_up(store, file)
    assert [path.name for path in small_disk.iterdir()] == [file.name]


def test_a_restore_without_room_is_told_and_changes_nothing(
    small_disk: Path, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Path(shutil.copytree(store, small_disk / "store"))
    (store / "uploads").mkdir()
    (store / "uploads" / "large.bin").write_bytes(os.urandom(5 << 20))
    back_up(store, tmp_path / "store.sanad")
    with pytest.raises(RestoreNoRoom, match="needs 10 MB"):
        restore(tmp_path / "store.sanad", place, replace=True)
    # Others may take the room that was there when it began.
    monkeypatch.setattr("index.restore._require_room", lambda *_: None)
    with pytest.raises(StoreFull):
        restore(tmp_path / "store.sanad", place, replace=True)
    assert not (place / ".restore").exists()
    library = opened(place)
    assert library.verify() == []
    assert len(library.documents()) == 4
    library.close()
