"""Following a folder: which files are taken, renames, links, patterns, and watching."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from index import Library, Report
from index.errors import FileMissing
from index.folders import Selection
from tests.conftest import OpenLibrary, embedded_texts, write_documents


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with sub-folders."""
    root = tmp_path / "papers"
    write_documents(root, {"plan.md": "# Plan\n\nThe mill is repaired in May.\n"})
    write_documents(root / "letters", {"to-rosa.txt": "Dear Rosa, the boat has a new mast."})
    write_documents(root / "letters" / "old", {"رسالة.txt": "وصل القارب إلى الميناء في الصباح."})
    return root


@pytest.fixture
def store(open_library: OpenLibrary, tmp_path: Path) -> Library:
    """An empty library."""
    return open_library(tmp_path / "store")


@pytest.fixture
def embedded(store: Library, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of the documents that `store` embeds from now on."""
    return embedded_texts(monkeypatch)


def names(library: Library) -> set[str]:
    return {record.name for record in library.documents()}


def test_sub_folders_are_followed_and_unread_formats_are_no_failures(
    store: Library, folder: Path
) -> None:
    (folder / "letters" / "stamp.xyz").write_text("?")
    report = store.sync(folder)
    assert names(store) == {"plan.md", "to-rosa.txt", "رسالة.txt"}
    assert report.skipped == [str(folder / "letters" / "stamp.xyz")]
    assert report.failed == []


@pytest.mark.parametrize(
    ("include", "exclude", "taken"),
    [
        (("*.md",), (), {"plan.md"}),
        (("*.MD",), (), {"plan.md"}),
        ((), ("letters",), {"plan.md"}),
        ((), ("letters/",), {"plan.md"}),
        ((), ("letters/old",), {"plan.md", "to-rosa.txt"}),
        ((), ("./letters/*.txt",), {"plan.md"}),
        (("letters",), ("old",), {"to-rosa.txt"}),
        (("*.txt", "*.md"), ("to-*",), {"plan.md", "رسالة.txt"}),
        (("رسالة*",), (), {"رسالة.txt"}),
        (("*.pdf",), (), set()),
    ],
)
def test_patterns_choose_files(
    store: Library,
    folder: Path,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    taken: set[str],
) -> None:
    store.sync(folder, include=include, exclude=exclude)
    assert names(store) == taken


def test_what_a_pattern_leaves_out_is_not_removed(store: Library, folder: Path) -> None:
    store.sync(folder)
    report = store.sync(folder, exclude=["letters"])
    assert report.removed == []
    (folder / "letters" / "to-rosa.txt").unlink()
    assert store.sync(folder, exclude=["letters"]).removed == ["to-rosa.txt"]


def test_a_pattern_with_a_slash_is_for_the_path_below_the_folder() -> None:
    selection = Selection(include=("a/*.txt",))
    assert selection.takes("a/b.txt")
    assert selection.takes("a/b/c.txt")
    assert not selection.takes("b/a/c.txt")


def test_a_renamed_file_is_not_embedded_again(
    store: Library, folder: Path, embedded: list[str]
) -> None:
    store.sync(folder)
    assert len(embedded) == 3
    (folder / "letters" / "to-rosa.txt").rename(folder / "boat.txt")
    report = store.sync(folder)
    assert report.renamed == ["boat.txt"]
    assert (report.added, report.changed, report.removed) == ([], [], [])
    assert len(report.unchanged) == 2
    assert len(embedded) == 3
    assert names(store) == {"plan.md", "boat.txt", "رسالة.txt"}
    assert store.search("What is new on the boat?", 1)[0].document == "boat.txt"
    assert store.verify() == []


def test_a_copy_is_a_document_of_its_own(store: Library, folder: Path) -> None:
    store.sync(folder)
    write_documents(folder, {"copy.txt": (folder / "letters" / "to-rosa.txt").read_text()})
    assert store.sync(folder).added == ["copy.txt"]


def test_a_file_moved_onto_a_removed_one_takes_its_place(
    store: Library, folder: Path, embedded: list[str]
) -> None:
    store.sync(folder)
    (folder / "letters" / "to-rosa.txt").replace(folder / "letters" / "old" / "رسالة.txt")
    report = store.sync(folder)
    assert report.changed == ["رسالة.txt"]
    assert report.removed == ["to-rosa.txt"]


def test_links_are_not_followed_and_those_that_lead_out_are_told(
    store: Library, folder: Path, tmp_path: Path
) -> None:
    secret = write_documents(tmp_path / "private", {"secret.txt": "The safe opens with 4711."})
    (folder / "leak.txt").symlink_to(secret / "secret.txt")
    (folder / "outside").symlink_to(secret)
    (folder / "circle").symlink_to(folder)
    (folder / "again.md").symlink_to(folder / "plan.md")
    (folder / "broken.txt").symlink_to(folder / "nowhere.txt")
    report = store.sync(folder)
    assert names(store) == {"plan.md", "to-rosa.txt", "رسالة.txt"}
    assert report.skipped == [str(folder / "leak.txt"), str(folder / "outside")]
    assert report.failed == []


def test_a_link_that_is_named_outright_is_read(
    store: Library, folder: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link.md"
    link.symlink_to(folder / "plan.md")
    assert store.add(link).added == ["link.md"]


def test_what_is_no_ordinary_file_is_passed_over(store: Library, folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    assert store.sync(folder).failed == []
    assert len(store.add(folder / "pipe.txt").failed) == 1


def test_a_store_within_the_folder_is_not_read(open_library: OpenLibrary, folder: Path) -> None:
    library = open_library(folder / "store")
    write_documents(folder / "store" / "uploads", {"upload.txt": "Sent through the page."})
    library.sync(folder)
    assert "upload.txt" not in names(library)


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may open every folder")
def test_a_folder_that_does_not_open_loses_nothing(store: Library, folder: Path) -> None:
    store.sync(folder)
    (folder / "letters").chmod(0)
    try:
        report = store.sync(folder)
    finally:
        (folder / "letters").chmod(0o755)
    assert len(report.failed) == 1
    assert report.removed == []


def test_watching_follows_changes(store: Library, folder: Path) -> None:
    stop = threading.Event()
    steps: list[Callable[[], object]] = [
        lambda: write_documents(folder / "new", {"gate.txt": "The gate was painted green."}),
        lambda: (folder / "plan.md").unlink(),
        lambda: (folder / "letters" / "to-rosa.txt").rename(folder / "rosa.txt"),
        stop.set,
    ]
    reports: list[Report] = []
    for report in store.watch(folder, stop=stop):
        reports.append(report)
        steps.pop(0)()
    told = [(len(r.added), r.removed, r.renamed) for r in reports]
    assert told == [(3, [], []), (1, [], []), (0, ["plan.md"], []), (0, [], ["rosa.txt"])]


def test_watching_a_folder_that_is_not_there_says_so(store: Library, tmp_path: Path) -> None:
    with pytest.raises(FileMissing):
        next(store.watch(tmp_path / "nowhere"))
