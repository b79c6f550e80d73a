"""Large documents: embedded piece by piece, committed as a whole, refused beyond a limit."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from llama_index.core.embeddings import MockEmbedding

from index import Library, cutting, intake
from index.errors import StoreDamaged, StoreError, StoreFull, StoreReadOnly, TextTooLong
from index.store.records import Cut, NewWords
from index.store.rows import pack_cut, unpack_cut
from index.store.spill import Spill
from index.types import Passage, Sentence
from tests.conftest import SHARED, write_documents
from tests.office_files import word_file
from ui.problems import error_text

LINE = "Room {} of the archive holds {} boxes of letters. Its keeper lives in street {}.\n\n"


class ByText(MockEmbedding):
    """A vector that depends on the text alone, without a model."""

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [self._get_query_embedding(text) for text in texts]

    def _get_query_embedding(self, query: str) -> list[float]:
        chance = np.random.default_rng(sum(map(ord, query)))
        return [float(number) for number in chance.standard_normal(8)]


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many passages each piece of a large document had; a document soon counts as large."""
    monkeypatch.setattr(intake, "LARGE_CHARACTERS", 2_000)
    monkeypatch.setattr(cutting, "_PASSAGES_AT_ONCE", 3)
    monkeypatch.setattr(intake, "_WORDS_AT_ONCE", 50)
    seen: list[int] = []
    in_pieces = cutting.cut_and_embed_in_pieces

    def counted(*arguments: object) -> Iterator[Cut]:
        for cut in in_pieces(*arguments):  # type: ignore[arg-type]
            seen.append(len(cut.passages))
            yield cut

    monkeypatch.setattr(intake, "cut_and_embed_in_pieces", counted)
    return seen


@pytest.fixture
def large(tmp_path: Path) -> Path:
    text = "".join(LINE.format(n, n * 7, n * 13) for n in range(200))
    return write_documents(tmp_path / "large", {"archive.md": f"# Rooms\n\n{text}"})


def contents(library: Library) -> list[list[tuple[object, ...]]]:
    """All rows that depend on what was read, without ids."""
    statements = (
        "SELECT start, end, page, language, section, text, vector FROM passages ORDER BY id",
        "SELECT start, end, vector FROM sentences ORDER BY id",
        "SELECT language, token, vector FROM words ORDER BY token",
        "SELECT tokens FROM fulltext_en ORDER BY rowid",
    )
    return library._store.look(
        lambda connection: [connection.execute(one).fetchall() for one in statements]
    )


def opened(folder: Path) -> Library:
    model = ByText(embed_dim=8, model_name="by-text")
    return Library.open(folder, embedding=model, sentence_embedding=model)


def test_in_pieces_it_becomes_what_it_becomes_at_once(
    large: Path, tmp_path: Path, pieces: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    library = opened(tmp_path / "pieces")
    told: list[tuple[int, int]] = []
    library.add(large, progress=lambda stage, done, total, _: told.append((done, total)))
    assert len(pieces) > 5
    assert max(pieces) <= 3
    assert told[-2][0] == told[-2][1] > 400  # all of its texts; then its file
    in_pieces = contents(library)
    assert library.verify() == []
    library.rebuild()
    assert contents(library) == in_pieces
    assert library.verify() == []
    pieces.clear()
    monkeypatch.setattr(intake, "LARGE_CHARACTERS", 1_000_000)
    at_once = opened(tmp_path / "at-once")
    at_once.add(large)
    assert not pieces
    assert contents(at_once) == in_pieces
    library.close()
    at_once.close()


def test_what_stops_in_the_middle_leaves_nothing_of_it(
    large: Path, tmp_path: Path, pieces: list[int]
) -> None:
    library = opened(tmp_path / "store")
    write_documents(large, {"a-note.txt": "The gate is green."})

    def stop(stage: str, done: int, total: int, unit: str) -> None:
        if len(pieces) > 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.add(large, progress=stop)
    assert [record.name for record in library.documents()] == ["a-note.txt"]
    assert library.verify() == []
    assert not [file for file in library.folder.iterdir() if file.name.startswith("incoming")]
    assert library.add(large).added == ["archive.md"]
    library.close()


def test_an_interrupted_rebuild_goes_on_behind_the_documents_that_it_finished(
    large: Path, tmp_path: Path, pieces: list[int]
) -> None:
    library = opened(tmp_path / "store")
    library.add(large)
    before = contents(library)
    count = len(pieces)
    pieces.clear()

    def stop(stage: str, done: int, total: int, unit: str) -> None:
        if len(pieces) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.rebuild(progress=stop)
    assert contents(library) == before
    pieces.clear()
    library.rebuild()  # half a document is not taken for a whole one
    assert len(pieces) == count
    assert contents(library) == before
    library.close()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no such signals")
def test_killed_in_the_middle_nothing_is_half_in(large: Path, tmp_path: Path) -> None:
    program = (
        "import sys, time; from index import Library, intake, cutting;"
        "from tests.test_large import opened;"
        "from pathlib import Path; intake.LARGE_CHARACTERS = 2000; cutting._PASSAGES_AT_ONCE = 3;\n"
        "def told(stage, done, total, unit):\n"
        "    if done > 100: print('now', flush=True); time.sleep(60)\n"
        "opened(Path(sys.argv[2])).add(sys.argv[1], progress=told)"
    )
    command = [sys.executable, "-c", program, str(large), str(tmp_path / "store")]
    adding = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ.copy(), text=True)
    assert adding.stdout is not None
    assert adding.stdout.readline() == "now\n"
    adding.kill()
    adding.wait()
    adding.stdout.close()
    library = opened(tmp_path / "store")
    assert library.documents() == []
    assert contents(library) == [[], [], [], []]
    assert library.verify() == []
    names = {file.name for file in library.folder.iterdir()}
    assert not {name for name in names if name.startswith("incoming")}
    library.close()


def test_a_small_file_that_unfolds_to_a_huge_text_is_refused_in_a_line(tmp_path: Path) -> None:
    paragraphs = ["again and again " * 60] * 12_000  # eleven million characters
    (tmp_path / "bomb.docx").write_bytes(word_file(*paragraphs))
    assert (tmp_path / "bomb.docx").stat().st_size < 300_000
    library = opened(tmp_path / "store")
    began = time.monotonic()
    report = library.add(tmp_path / "bomb.docx")
    assert time.monotonic() - began < 60
    (failure,) = report.failed
    assert isinstance(failure.error, TextTooLong)
    english, arabic = (error_text(failure.error, language) for language in ("en", "ar"))
    assert "SANAD_FILE_CHARACTERS" in english
    assert "SANAD_FILE_CHARACTERS" in arabic
    assert "\n" not in english + arabic
    assert library.documents() == []
    library.close()


def test_the_limit_is_set_by_who_opens_the_library(large: Path, tmp_path: Path) -> None:
    model = ByText(embed_dim=8, model_name="by-text")
    for limit, refused in ((2_000, True), (2_000_000, False)):
        library = Library.open(
            tmp_path / "store", embedding=model, sentence_embedding=model, file_characters=limit
        )
        report = library.add(large)
        assert [isinstance(each.error, TextTooLong) for each in report.failed] == [True] * refused
        library.close()


def test_the_quiet_bomb_is_refused(tmp_path: Path) -> None:
    bomb = SHARED / "cases" / "store" / "quiet-bomb.docx"
    if not bomb.exists():
        pytest.skip("there is no quiet bomb beside the checkout")
    library = opened(tmp_path / "store")
    assert isinstance(library.add(bomb).failed[0].error, TextTooLong)
    library.close()


def test_what_is_spilled_comes_back_as_often_as_wanted(tmp_path: Path) -> None:
    passage = Passage(3, 9, "ar", (Sentence(3, 6), Sentence(6, 9)), 2, ("عنوان", 'a "b"'))
    vectors = np.array([[0.5, 1.0]], dtype=np.float32)
    items = [
        Cut((passage,), vectors, np.repeat(vectors, 2, axis=0)),
        Cut((), vectors[:0], vectors[:0]),
    ]
    with Spill(tmp_path, pack_cut, unpack_cut) as spill:
        for item in items:
            spill.add(item)
        for _ in range(2):
            again = list(spill)
            assert [cut.passages for cut in again] == [(passage,), ()]
            assert np.array_equal(again[0].sentence_vectors, items[0].sentence_vectors)
    assert list(tmp_path.iterdir()) == []
    words = NewWords("ar", ("كلمة",), vectors)
    packed = intake._pack_words(words)
    assert intake._unpack_words(packed).tokens == words.tokens


@pytest.mark.parametrize(
    ("number", "error"), [(errno.ENOSPC, StoreFull), (errno.EROFS, StoreReadOnly)]
)
def test_no_room_or_right_to_spill_is_told_as_of_the_store(
    number: int, error: type[StoreError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr("index.store.spill.tempfile.TemporaryFile", refuse)
    with pytest.raises(error):
        Spill(tmp_path, pack_cut, unpack_cut)


def test_an_index_that_cannot_be_written_is_told(large: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    library = opened(store)
    (store / "passages.en.faiss").mkdir()
    library.add(large)
    assert library.unsaved is not None
    assert not list(store.glob("*.tmp"))
    assert library.search("Which keeper lives in street 26?")
    (store / "passages.en.faiss").rmdir()
    library.save_index()
    assert library.unsaved is None
    assert library.verify() == []
    library.close()


def test_a_disk_that_is_full_in_the_middle_of_an_index_leaves_the_old_file(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    library = opened(store)
    library.add(large)
    before = (store / "passages.en.faiss").read_bytes()
    write_documents(large, {"more.md": "# More\n\nThe cellar holds the maps of the town.\n"})

    def full(piece: bytes, begun: int) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("index.search.vectors.zlib.crc32", full)
        library.add(large)
    assert library.unsaved is not None
    assert "No space" in str(library.unsaved)
    assert (store / "passages.en.faiss").read_bytes() == before
    assert not list(store.glob("*.tmp"))
    library.close()


def test_vectors_of_different_lengths_in_different_batches_are_damage(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.store.store._VECTORS_AT_ONCE", 1)
    library = opened(tmp_path / "store")
    library.add(large)
    with library._store.transaction() as connection:
        connection.execute(
            "UPDATE passages SET vector = ? WHERE id = (SELECT max(id) FROM passages)", (b"\0\0",)
        )
    with pytest.raises(StoreDamaged):
        list(library._store.vectors_in_batches("en"))
    library.close()
