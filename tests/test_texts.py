"""Texts that are handed in instead of files: by name, and from LlamaIndex's readers."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from llama_index.core import SimpleDirectoryReader
from llama_index.core.schema import Document as Given
from llama_index.core.schema import TextNode

from index import Library
from index.errors import FileEmpty, NameInvalid, NameTaken, NoFile, TextTooLong
from index.repair import repair
from tests.conftest import OpenLibrary, embedded_texts
from ui import uploads
from ui.overview import overview_json
from ui.problems import error_in_all_languages

LIGHTHOUSE = "The lighthouse keeper is Ama Dossou. She lights the lamp at six in the evening."
HARBOUR = "عمق الميناء تسعة أمتار. يدخله كل يوم أربعون قاربًا."


@pytest.fixture
def library(open_library: OpenLibrary, tmp_path: Path) -> Library:
    """An empty library."""
    return open_library(tmp_path / "store")


def names(library: Library) -> list[str]:
    return [record.name for record in library.documents()]


def pages(library: Library, name: str) -> dict[int, str]:
    document = library.document(name)
    return {page.number: document.text[page.start : page.end] for page in document.pages}


def page(text: str, label: object, **metadata: str) -> Given:
    return Given(text=text, metadata={"page_label": label, **metadata})


# --- By name -------------------------------------------------------------------------------------


def test_a_text_is_found_and_quoted_exactly(library: Library) -> None:
    assert library.add_text("notes/lighthouse", LIGHTHOUSE).added == ["notes/lighthouse"]
    assert library.add_text("الميناء", HARBOUR).added == ["الميناء"]
    (hit,) = library.search("Who keeps the lighthouse?", 1)
    assert hit.document == "notes/lighthouse"
    text = library.document(hit.document).text
    assert text == LIGHTHOUSE
    assert text[hit.sentence.start : hit.sentence.end] == hit.sentence.text
    (hit,) = library.search("كم عمق الميناء؟", 1)
    assert (hit.document, hit.language) == ("الميناء", "ar")
    assert library.verify() == []


def test_a_text_replaces_the_one_of_its_name_and_the_same_again_is_left_alone(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add_text("keeper", LIGHTHOUSE)
    before = library.documents()
    embedded = embedded_texts(monkeypatch)
    assert library.add_text("keeper", LIGHTHOUSE).unchanged == ["keeper"]
    assert (library.documents(), embedded) == (before, [])
    assert library.add_text("keeper", "The keeper is Kofi Mensah.").changed == ["keeper"]
    assert library.document("keeper").text == "The keeper is Kofi Mensah."
    assert not any("Dossou" in hit.text for hit in library.search("Who is the keeper?"))
    assert names(library) == ["keeper"]


def test_one_name_in_two_forms_is_one_text(library: Library) -> None:
    library.add_text("cafe\u0301", LIGHTHOUSE)
    assert library.add_text("caf\u00e9", HARBOUR).changed == ["caf\u00e9"]
    assert names(library) == ["caf\u00e9"]


def test_a_document_from_a_file_is_never_replaced(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "harbour.txt"
    file.write_text(HARBOUR, encoding="utf-8")
    library.add(file)
    (failure,) = library.add_text("harbour.txt", LIGHTHOUSE).failed
    assert isinstance(failure.error, NameTaken)
    assert failure.path == "harbour.txt"
    assert library.document("harbour.txt").text == HARBOUR
    library.remove("harbour.txt")
    assert library.add_text("harbour.txt", LIGHTHOUSE).added == ["harbour.txt"]
    # Nor does the file replace the text: it gets a longer name.
    assert library.add(file).added == [f"{tmp_path.name}/harbour.txt"]
    assert library.document("harbour.txt").text == LIGHTHOUSE


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("empty", "", FileEmpty),
        ("unseen", " \u200f\n", FileEmpty),
        ("long", "word " * 300, TextTooLong),
        ("", LIGHTHOUSE, NameInvalid),
        (" ", LIGHTHOUSE, NameInvalid),
        ("a\nb", LIGHTHOUSE, NameInvalid),
        ("\u202egpj.exe", LIGHTHOUSE, NameInvalid),
        ("x" * 501, LIGHTHOUSE, NameInvalid),
    ],
)
def test_what_cannot_be_taken_in_is_told_in_a_line(
    library: Library, name: str, text: str, expected: type[Exception]
) -> None:
    small = Library.open(library.folder, file_characters=1000)
    (failure,) = small.add_text(name, text).failed
    small.close()
    assert type(failure.error) is expected
    assert str(failure.error).isprintable()
    told = error_in_all_languages(failure.error)
    assert "\n" not in told["ar"]
    assert told["ar"] != told["en"]
    assert names(library) == []


def test_what_cannot_be_stored_is_replaced_one_for_one(library: Library) -> None:
    library.add_text("odd", "The box\0weighs \ud83dthree kilos.")
    assert library.document("odd").text == "The box\ufffdweighs \ufffdthree kilos."


# --- Upkeep --------------------------------------------------------------------------------------


def test_texts_survive_rebuilding_syncing_and_opening_again(
    library: Library, open_library: OpenLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add_text("lighthouse.txt", LIGHTHOUSE)
    library.add_documents([page("The first page is short.", 1, file_path="/data/deed.pdf")])
    folder = tmp_path / "documents"
    folder.mkdir()
    # The same contents as the text has: it is not the text's file, moved here.
    (folder / "lighthouse.txt").write_text(LIGHTHOUSE, encoding="utf-8")
    monkeypatch.chdir(folder)  # a path that is no path must not be looked for here either
    report = library.sync(folder)
    assert (report.added, report.renamed, report.removed) == (["documents/lighthouse.txt"], [], [])
    (folder / "lighthouse.txt").unlink()
    assert library.sync(folder).removed == ["documents/lighthouse.txt"]
    assert not library.sync(
        "/usr/share/empty" if Path("/usr/share/empty").is_dir() else folder
    ).removed
    library.rebuild()
    assert library.verify() == []
    again = open_library(library.folder)
    assert names(again) == ["deed.pdf", "lighthouse.txt"]
    assert again.add_text("lighthouse.txt", LIGHTHOUSE).unchanged == ["lighthouse.txt"]
    assert again.search("Who keeps the lighthouse?", 1)[0].document == "lighthouse.txt"
    assert again.remove(names(again)) == ["deed.pdf", "lighthouse.txt"]
    assert again.verify() == []
    assert LIGHTHOUSE.encode() not in (library.folder / "sanad.db").read_bytes()


def test_a_text_has_no_file_to_read_again(library: Library, tmp_path: Path) -> None:
    library.add_text("lighthouse", LIGHTHOUSE)
    file = tmp_path / "harbour.txt"
    file.write_text(HARBOUR, encoding="utf-8")
    library.add(file)
    report = library.reread(["lighthouse", "harbour.txt"])
    (failure,) = report.failed
    assert isinstance(failure.error, NoFile)
    assert str(failure.error).startswith("lighthouse has no file")
    assert report.unchanged == ["harbour.txt"]
    assert library.document("lighthouse").text == LIGHTHOUSE
    record = next(one for one in library.documents() if one.name == "lighthouse")
    (told,) = uploads.reread(library, record)
    assert told["status"] == "failed"
    assert "lighthouse" in told["error"]["en"]


def test_repair_keeps_texts(library: Library) -> None:
    library.add_text("lighthouse", LIGHTHOUSE)
    library.add_text("الميناء", HARBOUR)
    library.close()
    file = library.folder / "sanad.db"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        # The truth of one text and what was cut from it contradict each other.
        connection.execute("UPDATE passages SET text = 'x' || text WHERE language = 'en'")
    connection.close()
    done = repair(library.folder)
    assert set(done.kept) == {"lighthouse", "الميناء"}
    repaired = Library.open(library.folder)
    assert repaired.verify() == []
    assert repaired.document("lighthouse").text == LIGHTHOUSE
    assert repaired.add_text("الميناء", HARBOUR).unchanged == ["الميناء"]
    # What was in doubt is taken in again when it is handed in again.
    assert repaired.add_text("lighthouse", LIGHTHOUSE).changed == ["lighthouse"]
    repaired.close()


def test_removing_a_text_touches_no_uploaded_file(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = tmp_path / "sent.txt"
    sent.write_text(HARBOUR, encoding="utf-8")
    uploads.take_in(library, [(sent, "sent.txt")])
    kept = library.folder / "uploads" / "sent.txt"
    monkeypatch.chdir(library.folder / "uploads")
    up = "/".join([".."] * len(kept.parts))
    for name in ("sent.txt", f"x/{up}{kept}", str(kept)):
        library.add_text(name, LIGHTHOUSE)
    for record in library.documents():
        if record.file is None:
            uploads.remove(library, record)
    assert names(library) == ["sent.txt"]
    assert kept.exists()


def test_texts_are_counted_by_what_their_names_say(library: Library) -> None:
    library.add_text("v1.2 of the plan", LIGHTHOUSE)
    library.add_documents([Given(text=HARBOUR, metadata={"file_path": "/data/harbour.PDF"})])
    formats = overview_json(library)["formats"]
    assert formats == [{"format": "pdf", "documents": 1}, {"format": "txt", "documents": 1}]


# --- From LlamaIndex's readers -------------------------------------------------------------------


def test_parts_of_a_file_become_one_document_with_its_pages(library: Library) -> None:
    parts = [
        page(LIGHTHOUSE, "3", file_name="deed.pdf", file_path="/data/deed.pdf"),
        page(HARBOUR, "4", file_name="map.pdf", file_path="/data/map.pdf"),
        page("The pier is made of oak.", "4", file_name="deed.pdf", file_path="/data/deed.pdf"),
        page("It was built in 1903.", "9", file_name="deed.pdf", file_path="/data/deed.pdf"),
    ]
    assert library.add_documents(parts).added == ["deed.pdf", "map.pdf"]
    assert pages(library, "deed.pdf") == {
        3: f"{LIGHTHOUSE}\n\n",
        4: "The pier is made of oak.\n\n",
        9: "It was built in 1903.",
    }
    (hit,) = library.search("What is the pier made of?", 1)
    assert (hit.document, hit.sentence.page) == ("deed.pdf", 4)
    assert library.add_documents(parts).unchanged == ["deed.pdf", "map.pdf"]
    # A page less, and another where one page ends, are other documents.
    assert library.add_documents(parts[:3]).changed == ["deed.pdf"]
    assert names(library) == ["deed.pdf", "map.pdf"]


@pytest.mark.parametrize(
    ("labels", "numbers"),
    [(["i", "ii", "1"], [1, 2, 3]), (["2", "1"], [1, 2]), ([5, 6], [5, 6]), (["٣", "٤"], [3, 4])],
)
def test_labels_that_do_not_count_upwards_are_counted_from_one(
    library: Library, labels: list[object], numbers: list[int]
) -> None:
    library.add_documents([page(f"Page {label}.", label, file_name="a.pdf") for label in labels])
    assert list(pages(library, "a.pdf")) == numbers


def test_parts_without_labels_have_no_pages(library: Library) -> None:
    library.add_documents(
        [
            page("One.", "1", file_path="/notes/a.md"),
            Given(text="Two.", metadata={"file_path": "/notes/a.md"}),
        ]
    )
    assert library.document("a.md").text == "One.\n\nTwo."
    assert library.document("a.md").pages == ()


def test_files_of_one_name_in_different_folders_are_different_documents(library: Library) -> None:
    north, south = (
        Given(text=text, metadata={"file_name": "README.md", "file_path": f"{folder}/README.md"})
        for folder, text in (("north", LIGHTHOUSE), ("/data/south", HARBOUR))
    )
    assert library.add_documents([north]).added == ["README.md"]
    assert library.add_documents([south]).added == ["south/README.md"]
    assert library.document("README.md").text == LIGHTHOUSE
    assert library.add_documents([south, north]).unchanged == ["south/README.md", "README.md"]


def test_documents_without_a_file_are_known_by_what_they_say_of_themselves(
    library: Library,
) -> None:
    report = library.add_documents(
        [
            Given(text="One.", id_="https://example.org/one"),
            Given(text="Two.", metadata={"title": "The second \u202etext\n"}),
            Given(text="Three."),
            TextNode(text="Four.", metadata={"file_name": 4, "source": "/made/by.hand"}),
            Given(text=""),
        ]
    )
    first, second, third, fourth = report.added
    assert (first, second) == ("https://example.org/one", "The second text")
    assert third.startswith("text-")
    assert fourth == "/made/by.hand"
    assert [type(failure.error) for failure in report.failed] == [FileEmpty]
    assert library.add_documents([Given(text="Three.")]).unchanged == [third]
    assert library.add_text("https://example.org/one", "Uno.").changed == [first]


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "C:\\data\\passwd", "/a//./b/../passwd", "passwd"]
)
def test_paths_in_metadata_lead_nowhere(library: Library, path: str) -> None:
    assert library.add_documents([Given(text="x y z", metadata={"file_path": path})]).added == [
        "passwd"
    ]
    (record,) = library.documents()
    assert record.file is None
    assert ".." not in record.path


def test_lengths_that_no_file_has_do_no_harm(library: Library) -> None:
    long = "/".join(["folder"] * 2000)
    given = [
        Given(text="One.", metadata={"file_path": f"{long}/a.txt"}),
        Given(text="Two.", metadata={"file_name": "b" * 9000}),
        Given(text="Three.", id_="c" * 9000),
        page("Four.", "9" * 9000, file_name="d.pdf"),
    ]
    report = library.add_documents(given)
    assert not report.failed
    assert "a.txt" in report.added
    assert max(map(len, report.added)) <= 500
    assert list(pages(library, "d.pdf")) == [1]


def test_llama_index_s_own_reader_is_handed_in(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    (folder / "deep").mkdir(parents=True)
    (folder / "lighthouse.txt").write_text(LIGHTHOUSE, encoding="utf-8")
    (folder / "deep" / "ميناء.txt").write_text(HARBOUR, encoding="utf-8")
    read = SimpleDirectoryReader(str(folder), recursive=True).load_data()
    assert set(library.add_documents(read).added) == {"lighthouse.txt", "ميناء.txt"}
    assert library.document("ميناء.txt").text == HARBOUR
    # The files themselves are other documents, which come and go with their folder.
    assert len(library.sync(folder).added) == 2
    (folder / "lighthouse.txt").unlink()
    assert library.sync(folder).removed == ["documents/lighthouse.txt"]
    assert "lighthouse.txt" in names(library)
