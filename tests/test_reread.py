"""Files that are read again although they have not changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index import Library
from index.errors import DocumentMissing, FileMissing
from index.readers.reading import ReaderPool, Reading
from tests.conftest import embedded_texts


def make_reader_better(
    monkeypatch: pytest.MonkeyPatch, before: str, after: str, *, headings: bool = True
) -> None:
    """From now on the real readers find `after` where they used to find `before`."""
    read = ReaderPool._read

    def improved(self: ReaderPool, path: Path) -> Reading:
        reading = read(self, path)
        document = reading.document
        better = replace(
            document,
            text=document.text.replace(before, after),
            headings=document.headings if headings else (),
        )
        return Reading(better, reading.sha256)

    monkeypatch.setattr(ReaderPool, "_read", improved)


def test_unchanged_file_of_a_better_reader_is_taken_in_again(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {record.name: record.id for record in library.documents()}
    make_reader_better(monkeypatch, "from Lyon", "from Ghent")
    assert library.add(Path(library.documents()[0].path).parent).unchanged
    report = library.reread("bakery.txt")
    assert report.changed == ["bakery.txt"]
    assert "from Ghent" in library.document("bakery.txt").text
    assert any("from Ghent" in hit.text for hit in library.search("oven of the bakery"))
    now = {record.name: record.id for record in library.documents()}
    assert set(now) == set(others)
    assert {name for name in now if now[name] != others[name]} == {"bakery.txt"}
    assert library.verify() == []


def test_headings_that_a_better_reader_finds_are_kept(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_reader_better(monkeypatch, "", "", headings=False)
    assert library.reread("garden.md").changed == ["garden.md"]
    assert library.document("garden.md").headings == ()
    monkeypatch.undo()
    assert library.reread("garden.md").changed == ["garden.md"]
    document = library.document("garden.md")
    titles = [document.text[heading.start : heading.end] for heading in document.headings]
    assert titles == ["The school garden", "Opening hours", "The pond"]


def test_what_reads_as_before_is_not_embedded_again(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = library.documents()
    embedded = embedded_texts(monkeypatch)
    report = library.reread([record.name for record in before])
    assert sorted(report.unchanged) == sorted(record.name for record in before)
    assert not report.changed
    assert embedded == []
    assert library.documents() == before


def test_changed_file_is_taken_in_as_it_is_now(library: Library, documents: Path) -> None:
    (documents / "bakery.txt").write_text("The bakery closed in 2015.", encoding="utf-8")
    report = library.reread(["bakery.txt"])
    assert report.changed == ["bakery.txt"]
    assert library.document("bakery.txt").text == "The bakery closed in 2015."


def test_document_whose_file_has_gone_stays(library: Library, documents: Path) -> None:
    (documents / "bakery.txt").unlink()
    report = library.reread(["bakery.txt", "garden.md"])
    assert [Path(failure.path).name for failure in report.failed] == ["bakery.txt"]
    assert isinstance(report.failed[0].error, FileMissing)
    assert report.unchanged == ["garden.md"]
    assert "Verhagen" in library.document("bakery.txt").text


def test_unknown_name_is_refused_before_anything_is_read(library: Library, documents: Path) -> None:
    (documents / "bakery.txt").write_text("The bakery closed in 2015.", encoding="utf-8")
    with pytest.raises(DocumentMissing):
        library.reread(["bakery.txt", "gone.txt"])
    assert "Verhagen" in library.document("bakery.txt").text


def test_progress_of_reading_again_is_told(library: Library) -> None:
    told: list[tuple[str, int, int]] = []
    library.reread(
        "garden.md", progress=lambda stage, done, total, _: told.append((stage, done, total))
    )
    assert told[-1] == ("files", 1, 1)
