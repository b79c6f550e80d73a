"""Files that come through the web page: their names, what is kept of them, what is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from index import Library, Report
from tests.office_files import slides_file, word_file
from ui import uploads
from ui.threads import Stopping

if TYPE_CHECKING:
    from tests.conftest import MakeLibrary


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\boot.txt", "boot.txt"),
        ("...hidden.md", "hidden.md"),
        ("a\u202egpj.txt", "agpj.txt"),
        ("line\nbreak\x00.txt", "linebreak.txt"),
        ("<img src=x>.md", "_img src=x_.md"),
        ("دليل الموظف (٢).md", "دليل الموظف (٢).md"),
        ("..", "document"),
        ("", "document"),
    ],
)
def test_names_of_uploads_are_made_safe(given: str, safe: str) -> None:
    assert uploads.safe_name(given) == safe


def test_long_names_keep_their_extension() -> None:
    name = uploads.safe_name("م" * 500 + ".md")
    assert name.endswith("م.md")
    assert len(name.encode()) <= uploads.NAME_BYTES


@pytest.fixture(scope="module")
def library(make_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> Library:
    texts = {"own.txt": "A file of the person's own disk."}
    return make_library(tmp_path_factory.mktemp("uploads"), texts)


@pytest.fixture(autouse=True)
def _only_own_file(library: Library) -> Iterator[None]:
    yield
    for record in library.documents():
        if record.name != "own.txt":
            uploads.remove(library, record)


Send = Callable[[str, bytes], list[dict[str, Any]]]


@pytest.fixture
def send(library: Library, tmp_path: Path) -> Send:
    """Uploads a file of that name and content."""

    def send_(name: str, content: bytes) -> list[dict[str, Any]]:
        incoming = tmp_path / "incoming"
        incoming.write_bytes(content)
        return uploads.take_in(library, [(incoming, name)])

    return send_


def kept_files(library: Library) -> dict[str, bytes]:
    """What lies in the folder of uploads, hidden files too."""
    return {file.name: file.read_bytes() for file in (library.folder / uploads.FOLDER).iterdir()}


def test_files_of_one_name_that_come_at_once_are_all_kept(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed, add = threading.Barrier(2), library.add

    def together(*paths: Any, **options: Any) -> Report:  # noqa: ANN401 - as `add` takes them
        placed.wait(30)
        return add(*paths, **options)

    monkeypatch.setattr(library, "add", together)
    texts = ("The gate is red.", "The gate is green.")
    for number, text in enumerate(texts):
        (tmp_path / str(number)).write_text(text, encoding="utf-8")
    with ThreadPoolExecutor(2) as pool:
        told = pool.map(
            lambda number: uploads.take_in(library, [(tmp_path / str(number), "gate.txt")]),
            range(2),
        )
        names = [one[0]["name"] for one in told]
    assert sorted(names) == ["gate (2).txt", "gate.txt"]
    assert [library.document(name).text for name in names] == list(texts)


def test_a_file_of_the_same_name_with_other_content_is_kept_beside(
    library: Library, send: Send
) -> None:
    texts = (b"The first text of it.", b"The first text of it.", b"Another text.", b"A third.")
    told = [send("../n.txt", text)[0] for text in (*texts, texts[2])]
    assert [(one["name"], one["status"]) for one in told] == [
        ("n.txt", "added"), ("n.txt", "unchanged"), ("n (2).txt", "beside"),
        ("n (3).txt", "beside"), ("n (2).txt", "beside"),
    ]  # fmt: skip
    assert library.document("n.txt").text.strip() == "The first text of it."
    assert library.document("n (2).txt").text.strip() == "Another text."
    assert kept_files(library) == {
        "n.txt": texts[0], "n (2).txt": texts[2], "n (3).txt": texts[3],
    }  # fmt: skip
    for record in library.documents():
        if record.name != "own.txt":
            uploads.remove(library, record)
    assert kept_files(library) == {}


def test_two_files_of_one_name_that_come_together_are_both_kept(
    library: Library, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(f"The text of {name}.", encoding="utf-8")
    told = uploads.take_in(library, [(tmp_path / name, "same.txt") for name in ("a", "b")])
    assert [(one["name"], one["status"]) for one in told] == [
        ("same.txt", "added"), ("same (2).txt", "beside"),
    ]  # fmt: skip


def test_file_of_the_own_disk_stays_when_its_document_is_removed(
    make_library: MakeLibrary, tmp_path: Path
) -> None:
    library = make_library(tmp_path, {"own.txt": "A file of the person's own disk."})
    (record,) = library.documents()
    uploads.remove(library, record)
    assert library.documents() == []
    assert Path(record.path).exists()


def test_unreadable_file_does_not_replace_the_one_that_is_there(
    library: Library, send: Send
) -> None:
    good = word_file("The ferry leaves at noon.")
    assert send("ferry.docx", good)[0]["status"] == "added"
    (failed,) = send("ferry.docx", good[: len(good) // 2])
    assert failed["status"] == "failed"
    assert failed["warnings"] == []
    assert kept_files(library) == {"ferry.docx": good}
    assert library.document("ferry.docx").text == "The ferry leaves at noon."


def test_one_bad_file_does_not_stop_the_others(library: Library, tmp_path: Path) -> None:
    contents = {
        "empty.pdf": b"",
        "ferry.docx": word_file("# Times", "The ferry leaves at noon."),
        "tool.exe": b"MZ",
        "عرض.pptx": slides_file(None, ("المواعيد", "يفتح المكتب في الثامنة.")),
    }
    files = []
    for number, (name, content) in enumerate(contents.items()):
        path = tmp_path / str(number)
        path.write_bytes(content)
        files.append((path, name))
    results = uploads.take_in(library, files)
    assert [(result["name"], result["status"]) for result in results] == [
        ("empty.pdf", "failed"), ("ferry.docx", "added"),
        ("tool.exe", "failed"), ("عرض.pptx", "added"),
    ]  # fmt: skip
    assert "error" not in results[1]
    assert "Word (.docx)" in results[2]["error"]["en"]
    assert "صيغة" in results[2]["error"]["ar"]
    assert [result["warnings"] for result in results[:3]] == [[], [], []]
    assert results[3]["warnings"] == [
        {
            "en": "Slide 1: no text was found, only a picture.",
            "ar": "الشريحة \u20681\u2069: لم يُعثر على نص، بل على صورة فقط.",
        }
    ]
    assert kept_files(library).keys() == {"ferry.docx", "عرض.pptx"}
    # The same file again: what may be wrong with it is told again.
    (again,) = uploads.take_in(library, [files[3]])
    assert (again["status"], again["warnings"]) == ("unchanged", results[3]["warnings"])


def test_errors_name_the_file_and_no_folder(library: Library, send: Send) -> None:
    (failed,) = send("notes.docx", b"no archive at all")
    assert failed["error"]["en"].startswith("notes.docx ")
    assert str(library.folder) not in json.dumps(failed)


def test_work_that_is_stopped_leaves_files_as_the_store_knows_them(
    library: Library, send: Send, tmp_path: Path
) -> None:
    send("ferry.txt", b"The ferry leaves at noon.")
    later, other = tmp_path / "later", tmp_path / "other"
    later.write_text("The ferry leaves at one.", encoding="utf-8")
    other.write_text("The mill grinds at night.", encoding="utf-8")

    def stop(stage: str, done: int, total: int, unit: str) -> None:
        if stage == "embedding":
            raise Stopping

    with pytest.raises(Stopping):
        uploads.take_in(library, [(later, "ferry.txt"), (other, "mill.txt")], stop)
    assert kept_files(library) == {"ferry.txt": b"The ferry leaves at noon."}
    assert [record.name for record in library.documents()] == ["ferry.txt", "own.txt"]
