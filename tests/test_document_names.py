"""File names as people and systems write them: decomposed, not UTF-8, with signs and controls."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import unicodedata
from pathlib import Path

import pytest
from llama_index.core.embeddings import MockEmbedding

from index import Library
from index.errors import DocumentMissing, FileDamaged, FileMissing
from index.folders import Selection, find_files
from ui import cli
from ui.problems import error_text

COMPOSED = unicodedata.normalize("NFC", "تقرير أحمد café.txt")
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return opened(tmp_path / "store")


def opened(store: Path) -> Library:
    mock = MockEmbedding(embed_dim=8, model_name="mock-eight")
    return Library.open(store, embedding=mock, sentence_embedding=mock)


def written(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(f"What {len(name)} letters say.", encoding="utf-8")
    return folder


def test_a_decomposed_name_is_found_by_the_composed_one_and_kept_composed(
    library: Library, tmp_path: Path
) -> None:
    folder = written(tmp_path / "documents", DECOMPOSED)
    assert library.add(folder).added == [COMPOSED]
    for name in (COMPOSED, DECOMPOSED):
        assert library.document(name).name == COMPOSED
        assert [hit.document for hit in library.search("letters", documents=[name])] == [COMPOSED]
        assert library.spans(name)
        assert library.reread(name).unchanged == [COMPOSED]
    (record,) = library.documents()
    assert record.path == str(folder / DECOMPOSED)
    assert library.sync(folder).unchanged == [COMPOSED]
    assert library.remove(DECOMPOSED) == [COMPOSED]
    assert library.documents() == []


def test_two_files_whose_names_differ_in_their_form_alone_are_two_documents(
    library: Library, tmp_path: Path
) -> None:
    folder = written(tmp_path / "documents", COMPOSED, DECOMPOSED)
    if len(list(folder.iterdir())) == 1:
        pytest.skip("this file system takes both forms for one name")
    assert sorted(library.add(folder).added) == sorted([COMPOSED, f"documents/{COMPOSED}"])
    assert library.verify() == []


def test_a_store_that_kept_decomposed_names_is_carried_over(
    library: Library, tmp_path: Path
) -> None:
    library.add(written(tmp_path / "documents", DECOMPOSED))
    library.close()
    with sqlite3.connect(tmp_path / "store" / "sanad.db") as old:
        old.execute("UPDATE documents SET name = ?", (DECOMPOSED,))
        old.execute("DELETE FROM meta WHERE key = 'names'")
    old.close()
    again = opened(tmp_path / "store")
    assert again.document(COMPOSED).text
    assert [record.name for record in again.documents()] == [COMPOSED]


def test_patterns_meet_names_in_either_form(tmp_path: Path) -> None:
    folder = written(tmp_path / "documents", DECOMPOSED)
    for pattern in ("تقرير أحمد caf\u00e9*", DECOMPOSED):
        found = find_files(folder, Selection(include=[pattern]), tmp_path / "store")
        assert len(found.files) == 1


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="names are always text there")
def test_a_name_that_is_no_text_fails_alone_and_is_shown(
    tmp_path: Path,
) -> None:
    folder = written(tmp_path / "documents", "good.txt")
    for name in (b"caf\xe9.txt", b"caf\xe9.exe"):
        (folder / os.fsdecode(name)).write_text("The cafe opens at seven.")
    library = opened(tmp_path / "store")
    report = library.sync(folder)
    assert report.added == ["good.txt"]
    (failure,) = report.failed
    assert failure.path.endswith("caf\\xe9.txt")
    assert "UTF-8" in str(failure.error)
    assert [Path(path).name for path in report.skipped] == ["caf\\xe9.exe"]
    json.dumps(failure.path, ensure_ascii=False).encode()
    with pytest.raises(DocumentMissing):
        library.document(os.fsdecode(b"caf\xe9.txt"))
    with pytest.raises(DocumentMissing):
        library.remove(os.fsdecode(b"caf\xe9.txt"))


def test_what_editors_put_beside_open_documents_is_skipped(tmp_path: Path) -> None:
    noise = ["~$report.docx", ".~lock.plan.odt#", "film.part", "big.crdownload", "x.tmp"]
    folder = written(tmp_path / "documents", "report.txt", *noise)
    found = find_files(folder, Selection(), tmp_path / "store")
    assert [path.name for path in found.files] == ["report.txt"]
    assert "~$report.docx" in [path.name for path in found.skipped]
    assert not found.failed


def test_names_are_shown_as_they_are_and_in_one_line(
    library: Library,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = ['<b>2024"{x}.txt', "تقرير ١٢ و2024.txt", "two\nlines\x1b[31m.txt"]
    library.add(written(tmp_path / "documents", *names))
    library.close()
    monkeypatch.setenv("SANAD_LANG", "ar")
    assert cli.main(["list", "--store", str(tmp_path / "store")]) == 0
    shown = capsys.readouterr().out
    assert len(shown.splitlines()) == 4
    assert '\u2068<b>2024"{x}.txt\u2069' in shown
    assert "\u2068تقرير ١٢ و2024.txt\u2069" in shown
    assert "two\\nlines\\x1b[31m.txt" in shown


def test_a_file_called_like_one_of_our_phrases_keeps_its_name_in_arabic() -> None:
    assert "\u2068plain text\u2069" in error_text(FileMissing(path="plain text"), "ar")
    damaged = error_text(FileDamaged(path="a\nb", detail="it is a folder"), "ar")
    assert "\n" not in damaged
    assert "هو مجلد" in damaged
