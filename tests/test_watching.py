"""Folders that a library watches: what comes, goes, moves, is half there, or out of reach."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index import Library, SanadError
from index.errors import FolderRefused, FolderUnknown, FolderUnreachable
from index.watching import FolderEvent, FolderStatus, WatchedFolders, mounts, settling
from index.watching.events import KEPT, EventLog, event
from index.watching.settling import FileState, Settling, is_held_open
from tests.conftest import OpenLibrary, embedded_texts, write_documents
from tests.folder_pace import hurry

SECONDS = 20.0
"""The longest that anything here may take on a busy machine."""
MILL = "The mill is repaired in May by two carpenters from the village."


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_documents(tmp_path / "papers", {"mill.txt": MILL})


@pytest.fixture
def store(open_library: OpenLibrary, tmp_path: Path) -> Library:
    """An empty library."""
    return open_library(tmp_path / "store")


@pytest.fixture
def watched(store: Library, folder: Path) -> Iterator[WatchedFolders]:
    """The folder is watched, and its one document is in."""
    watched = WatchedFolders(store)
    watched.add(folder)
    watched.start()
    until(lambda: names(store) == {"mill.txt"})
    yield watched
    watched.close()


def until(holds: Callable[[], object]) -> None:
    """Wait for it."""
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def names(library: Library) -> set[str]:
    return {record.name for record in library.documents()}


def only(watched: WatchedFolders) -> FolderStatus:
    (status,) = watched.folders()
    return status


def told(watched: WatchedFolders) -> list[tuple[str, str]]:
    """What happened, the earliest first."""
    return [(one.kind, one.document) for one in reversed(watched.events())]


def sentence(seed: int) -> str:
    return f"Boat number {seed} has a mast of {seed + 3} metres and carries {seed * 7} nets."


# -- what changes --------------------------------------------------------------------------


def test_the_library_follows_the_folder_and_says_what_happened(
    watched: WatchedFolders, store: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded = embedded_texts(monkeypatch)
    write_documents(folder / "letters", {"رسالة.txt": "وصل القارب إلى الميناء في الصباح."})
    (folder / "torn.pdf").write_bytes(b"%PDF-1.4 torn")
    until(lambda: len(watched.events()) == 3)
    (folder / "mill.txt").rename(folder / "letters" / "may.txt")
    until(lambda: names(store) == {"may.txt", "رسالة.txt"})
    (folder / "letters" / "رسالة.txt").write_text("غادر القارب الميناء عند الظهر.")
    until(lambda: "عند الظهر" in store.document("رسالة.txt").text)
    (folder / "letters" / "may.txt").unlink()
    until(lambda: names(store) == {"رسالة.txt"})
    until(lambda: len(watched.events()) == 6)
    kinds = told(watched)
    assert kinds[0] == ("added", "mill.txt")
    assert set(kinds[1:3]) == {("added", "رسالة.txt"), ("failed", "torn.pdf")}
    assert kinds[3:] == [("renamed", "may.txt"), ("changed", "رسالة.txt"), ("removed", "may.txt")]
    assert watched.events()[2].was == "mill.txt"
    (failure,) = (one for one in watched.events() if one.error is not None)
    assert str(failure.error).startswith("torn.pdf is damaged")
    assert len(embedded) == 2
    until(lambda: watched.changes == 5)
    status = only(watched)
    assert (status.state, status.documents, status.problem) == ("watching", 1, None)
    assert status.changed == watched.events()[0].time
    assert store.verify() == []


def test_a_file_that_grows_slowly_is_read_whole(
    watched: WatchedFolders, store: Library, folder: Path
) -> None:
    """The writer pauses for longer than a file must stand still."""
    parts = [sentence(seed) for seed in range(3)]
    with (folder / "slow.txt").open("w") as growing:
        for part in parts:
            growing.write(f"{part}\n")
            growing.flush()
            time.sleep(settling.STILL_SECONDS + 0.6)
            assert "slow.txt" not in names(store)
    until(lambda: "slow.txt" in names(store))
    text = store.document("slow.txt").text
    assert all(part in text for part in parts)
    assert ("changed", "slow.txt") not in told(watched)


def test_half_files_of_browsers_editors_and_copiers_and_links_are_left_out(
    watched: WatchedFolders, store: Library, folder: Path, tmp_path: Path
) -> None:
    secret = write_documents(tmp_path / "private", {"secret.txt": "The safe opens with 4711."})
    (folder / "leak.txt").symlink_to(secret / "secret.txt")
    (folder / "outside").symlink_to(secret)
    for name in ("a.pdf.part", "b.pdf.crdownload", "~$c.docx", ".d.txt.swp", "e.tmp", ".f.txt.Xy1"):
        (folder / name).write_text("half of it")
    (folder / "a.pdf").touch()  # Firefox keeps the place of what it downloads
    (folder / "b.txt").write_text(sentence(1))
    until(lambda: "b.txt" in names(store))
    until(lambda: told(watched) == [("added", "mill.txt"), ("added", "b.txt")])
    (folder / ".f.txt.Xy1").write_text(sentence(2))
    (folder / ".f.txt.Xy1").rename(folder / "f.txt")  # as rsync ends
    until(lambda: "f.txt" in names(store))


def test_saving_by_deleting_first_keeps_the_document(
    watched: WatchedFolders, store: Library, folder: Path
) -> None:
    (folder / "mill.txt").unlink()
    time.sleep(0.3)
    (folder / "mill.txt").write_text(MILL + " The roof comes next.")
    until(lambda: "roof" in store.document("mill.txt").text)
    until(lambda: told(watched) == [("added", "mill.txt"), ("changed", "mill.txt")])


def test_a_folder_without_events_is_looked_at(
    store: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As network folders are: nothing but looking finds what changes."""
    holding = max(
        (mount for mount in mounts._mounts() if folder.is_relative_to(mount.point)),
        key=lambda mount: len(mount.point.parts),
    )
    monkeypatch.setattr(mounts, "_SILENT", frozenset({holding.kind}))
    monkeypatch.setattr("index.watching.watcher.SILENT_LOOK_SECONDS", 0.5)
    assert not mounts.tells_of_changes(folder)
    watched = WatchedFolders(store)
    watched.add(folder)
    watched.start()
    until(lambda: names(store) == {"mill.txt"})
    (folder / "boat.txt").write_text(sentence(1))
    (folder / "mill.txt").unlink()
    until(lambda: names(store) == {"boat.txt"})
    watched.close()


def test_several_folders_take_turns_each_with_its_patterns(store: Library, tmp_path: Path) -> None:
    watched = WatchedFolders(store)
    for name in ("a", "b", "c"):
        texts = {f"{name}{n}.txt": sentence(n + ord(name)) for n in (1, 2)}
        write_documents(tmp_path / name, {**texts, f"{name}.md": "# Not wanted"})
        write_documents(tmp_path / name / "drafts", {f"{name}3.txt": "Not wanted either."})
        watched.add(tmp_path / name, include=["*.txt"], exclude=["drafts"])
    watched.start()
    until(lambda: len(store.documents()) == 6)
    (tmp_path / "a" / "a1.txt").rename(tmp_path / "b" / "moved.txt")
    until(lambda: "moved.txt" in names(store) and "a1.txt" not in names(store))
    until(lambda: [status.documents for status in watched.folders()] == [1, 3, 2])
    watched.close()
    assert (watched.folders()[0].include, watched.folders()[0].exclude) == (("*.txt",), ("drafts",))
    assert not [one for one in watched.events() if one.error]
    assert store.verify() == []


# -- out of reach --------------------------------------------------------------------------


def test_a_folder_that_is_not_there_loses_nothing_and_is_watched_again(
    watched: WatchedFolders, store: Library, folder: Path
) -> None:
    folder.rename(folder.with_name("elsewhere"))
    until(lambda: only(watched).state == "unreachable")
    time.sleep(0.8)  # longer than a file must be away
    assert names(store) == {"mill.txt"}
    problem = only(watched).problem
    assert str(problem).startswith(f"{folder} cannot be reached: it is not there.")
    folder.with_name("elsewhere").rename(folder)
    (folder / "boat.txt").write_text(sentence(1))
    until(lambda: names(store) == {"mill.txt", "boat.txt"})
    assert only(watched).problem is None
    until(
        lambda: [kind for kind, name in told(watched) if not name] == ["unreachable", "reachable"]
    )


def test_the_bare_place_of_an_unplugged_drive_loses_nothing(
    watched: WatchedFolders, store: Library, folder: Path
) -> None:
    """What the list remembers: a drive was mounted there. Now nothing is, and it is empty."""
    watched.close()
    kept = json.loads((store.folder / "watched.json").read_bytes())
    kept["folders"][0]["mounts"] = [str(folder)]
    (store.folder / "watched.json").write_text(json.dumps(kept))
    (folder / "mill.txt").unlink()
    again = WatchedFolders(store)
    again.start()
    until(lambda: only(again).state == "unreachable")
    assert "drive is not connected" in str(only(again).problem)
    assert names(store) == {"mill.txt"}
    (folder / "boat.txt").write_text(sentence(1))  # its files were copied to this disk
    until(lambda: names(store) == {"boat.txt"})
    again.close()


def can_mount(tmp_path: Path) -> bool:
    place = tmp_path / "try"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", place], capture_output=True)
    if mounted.returncode == 0:
        subprocess.run(["umount", place], check=True)
    return mounted.returncode == 0


def test_a_drive_within_the_folder_takes_no_documents_along(
    watched: WatchedFolders, store: Library, folder: Path, tmp_path: Path
) -> None:
    try:
        mountable = can_mount(tmp_path)
    except FileNotFoundError:
        mountable = False
    if not mountable:
        pytest.skip("mounting takes the administrator of a machine")
    drive = folder / "drive"
    drive.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", drive], check=True)
    try:
        (drive / "stick.txt").write_text(sentence(4))
        watched.close()
        again = WatchedFolders(store)
        again.start()
        until(lambda: names(store) == {"mill.txt", "stick.txt"})
    finally:
        subprocess.run(["umount", "-l", drive], check=True)
    (folder / "mill.txt").unlink()
    until(lambda: names(store) == {"stick.txt"})
    time.sleep(0.8)
    assert names(store) == {"stick.txt"}
    again.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may open every folder")
def test_a_folder_that_does_not_open_loses_nothing(
    watched: WatchedFolders, store: Library, folder: Path
) -> None:
    folder.chmod(0)
    until(lambda: only(watched).state == "unreachable")
    folder.chmod(0o755)
    until(lambda: only(watched).problem is None)
    assert names(store) == {"mill.txt"}


# -- the list ------------------------------------------------------------------------------


def test_the_list_and_the_events_outlive_the_program(
    watched: WatchedFolders, store: Library, folder: Path
) -> None:
    (folder / "torn.pdf").write_bytes(b"%PDF-1.4 torn")
    until(lambda: len(watched.events()) == 2)
    before = (only(watched).id, only(watched).changed, watched.events())
    watched.close()
    files = sorted(store.folder.glob("watched*"))
    assert [file.name for file in files] == ["watched-events.json", "watched.json"]
    assert [file.stat().st_mode & 0o077 for file in files] == [0, 0]
    (folder / "boat.txt").write_text(sentence(1))
    again = WatchedFolders(store)
    shown = [(one.kind, one.document, str(one.error)) for one in again.events()]
    assert shown == [(one.kind, one.document, str(one.error)) for one in before[2]]
    assert type(again.events()[0].error).__name__ == "FileDamaged"
    assert (only(again).id, only(again).changed) == before[:2]
    again.start()
    until(lambda: "boat.txt" in names(store))
    # What is as it was is not told again, the file that still cannot be read neither.
    until(
        lambda: (
            told(again) == [("added", "mill.txt"), ("failed", "torn.pdf"), ("added", "boat.txt")]
        )
    )
    again.close()


def test_a_folder_is_watched_no_longer(
    watched: WatchedFolders, store: Library, folder: Path
) -> None:
    assert watched.remove(only(watched).id) == []
    assert watched.folders() == []
    assert names(store) == {"mill.txt"}
    with pytest.raises(FolderUnknown):
        watched.remove("none")
    status = watched.add(folder)
    until(lambda: only(watched).documents == 1)
    assert watched.remove(status.id, documents=True) == ["mill.txt"]
    assert names(store) == set()
    assert (folder / "mill.txt").exists()
    assert told(watched)[-1] == ("removed", "mill.txt")


def test_only_folders_that_may_be_watched_are(
    watched: WatchedFolders, store: Library, folder: Path, tmp_path: Path
) -> None:
    (folder / "inside").mkdir()
    (tmp_path / "link").symlink_to("/proc")
    (tmp_path / "twin").symlink_to(folder)
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    (store.folder / "uploads").mkdir()
    refused = {
        "papers": "its full path is needed",
        str(tmp_path / "nowhere"): "it does not exist",
        f"{tmp_path}/nul\0": "it does not exist",
        str(tmp_path / "circle"): "it does not exist",
        str(tmp_path / ("long" * 100)): "it does not exist",
        f"{tmp_path}/\udc80": "its name is not UTF-8; rename it",
        str(folder / "mill.txt"): "it is not a folder",
        "/": "it belongs to the system",
        "/proc/self": "it belongs to the system",
        "/sys": "it belongs to the system",
        "/dev": "it belongs to the system",
        str(tmp_path / "link"): "it belongs to the system",
        str(store.folder): "documents are kept there",
        str(store.folder / "uploads"): "documents are kept there",
        str(tmp_path): "documents are kept there",
        str(folder): "it is watched already",
        f"{folder}/../papers": "it is watched already",
        str(tmp_path / "twin"): "it is watched already",
        str(folder / "inside"): f"it lies in {folder}, which is watched",
    }
    for given, detail in refused.items():
        with pytest.raises(FolderRefused) as raised:
            watched.add(given)
        assert raised.value.fields["detail"] == detail, given
    assert len(watched.folders()) == 1


def test_no_folder_of_another_collection_is_watched(
    open_library: OpenLibrary, store: Library
) -> None:
    (store.folder / "uploads").mkdir()
    collection = WatchedFolders(open_library(store.folder / "collections" / "legal"))
    for folder in (store.folder, store.folder / "uploads"):
        with pytest.raises(FolderRefused, match="documents are kept there"):
            collection.add(folder)


def test_a_folder_around_a_watched_one_is_refused(store: Library, tmp_path: Path) -> None:
    write_documents(tmp_path / "all" / "part", {"a.txt": sentence(1)})
    watched = WatchedFolders(store)
    watched.add(tmp_path / "all" / "part")
    with pytest.raises(FolderRefused, match="which is watched, lies in it"):
        watched.add(tmp_path / "all")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"folders": 7}', '{"folders": [{"id": 1}]}'])
def test_a_damaged_list_keeps_nobody_from_starting(store: Library, content: str) -> None:
    (store.folder / "watched.json").write_text(content)
    (store.folder / "watched-events.json").write_text(content)
    watched = WatchedFolders(store)
    assert (watched.folders(), watched.events()) == ([], [])
    assert (store.folder / "watched.json.damaged").read_text() == content


# -- stopping ------------------------------------------------------------------------------


def test_closing_does_not_wait_for_what_is_being_embedded(
    store: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library reports its progress, and is told that nobody wants the rest."""
    embedding = threading.Event()
    stopped = threading.Event()

    def endless(*given: object, progress: Callable[[str, int, int, str], None]) -> None:
        try:
            for done in range(10_000):
                progress("embedding", done, 10_000, "texts")
                embedding.set()
                time.sleep(0.01)
        except Exception:
            stopped.set()
            raise

    monkeypatch.setattr(store, "add", endless)
    watched = WatchedFolders(store)
    watched.add(folder)
    watched.start()
    assert embedding.wait(SECONDS)
    assert only(watched).state == "syncing"
    watched.close()
    assert stopped.is_set()


def test_trouble_with_the_store_is_told_and_tried_again(
    store: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = store.add
    monkeypatch.setattr("index.watching.watcher._TRY_AGAIN_SECONDS", 0.3)

    def busy(*given: object, **others: object) -> None:
        raise SanadError(detail="another program writes")

    monkeypatch.setattr(store, "add", busy)
    watched = WatchedFolders(store)
    watched.add(folder)
    watched.start()
    until(lambda: only(watched).problem)
    monkeypatch.setattr(store, "add", add)
    until(lambda: names(store) == {"mill.txt"})
    until(lambda: only(watched).problem is None)
    until(lambda: told(watched) == [("failed", ""), ("added", "mill.txt")])
    watched.close()


# -- parts ---------------------------------------------------------------------------------


def test_only_so_many_events_are_kept(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events.json")
    log.add(event(tmp_path, "added", f"{number}.txt") for number in range(KEPT + 7))
    again = EventLog(tmp_path / "events.json")
    assert [one.document for one in again.latest()] == [
        f"{number}.txt" for number in range(KEPT + 6, 6, -1)
    ]


def test_an_error_of_a_later_version_keeps_its_words(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events.json")
    log.add([event(tmp_path, "unreachable", error=FolderUnreachable(path="/a", detail="b"))])
    kept = json.loads((tmp_path / "events.json").read_bytes())
    kept["events"][0]["error"] |= {"kind": "MoonFull", "text": "The moon is full."}
    (tmp_path / "events.json").write_text(json.dumps(kept))
    (read,) = EventLog(tmp_path / "events.json").latest()
    assert "The moon is full." in str(read.error)
    assert isinstance(read, FolderEvent)


def test_a_file_is_whole_when_it_has_stood_still(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("one")
    settling_ = Settling()
    settling_.see({file: FileState.of(file)}, 100.0)
    assert settling_.ready(100.2) == []
    file.write_text("one and two")
    assert settling_.ready(101.2) == []  # it has changed in between
    assert settling_.ready(102.3) == [file]
    settling_.hand_over([file])
    settling_.see({file: FileState.of(file)}, 103.0)
    assert settling_.ready(110.0) == []
    file.rename(tmp_path / "b.txt")
    there = {tmp_path / "b.txt": FileState.of(tmp_path / "b.txt")}
    assert settling_.see(there, 110.0) == {file}
    assert settling_.ready(110.0) == [tmp_path / "b.txt"]  # another name: it was whole


def test_a_file_that_somebody_writes_to_is_held_open(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    with file.open("w") as writer:
        writer.write("one")
        writer.flush()
        assert is_held_open(file)
        settling_ = Settling()
        settling_.see({file: FileState.of(file)}, 100.0)
        assert settling_.ready(105.0) == []
        assert settling_.ready(111.0) == [file]  # open all day, as in an office program
    assert not is_held_open(file)
    assert not is_held_open(tmp_path / "nowhere")
