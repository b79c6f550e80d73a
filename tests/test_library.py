"""The document's way through the public door, with the real embedding model."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from llama_index.core.embeddings import MockEmbedding

from index import Document, Library, cutting, models
from index.errors import (
    DocumentMissing,
    FileMissing,
    ModelMismatch,
    QuestionInvalid,
    StoreDamaged,
    StoreNewer,
)
from index.models import DEFAULT_EMBEDDING
from index.store.records import Cut, StoredPassage
from tests.conftest import OpenLibrary, embedded_texts


def test_files_of_a_folder_are_added(library: Library) -> None:
    records = {record.name: record for record in library.documents()}
    assert set(records) == {"garden.md", "قطار.md", "bakery.txt"}
    assert records["قطار.md"].language == "ar"
    assert records["garden.md"].language == "en"
    assert all(record.passages > 0 for record in records.values())


def test_unchanged_files_cost_only_a_hash(
    library: Library, documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("nothing must be embedded")

    monkeypatch.setattr("index.models.embed.Embedder.passages", refuse)
    report = library.add(documents)
    assert sorted(report.unchanged) == ["bakery.txt", "garden.md", "قطار.md"]
    assert not report.added
    assert not report.changed


def test_changed_file_replaces_its_passages(library: Library, documents: Path) -> None:
    (documents / "bakery.txt").write_text("The bakery closed in 2015.", encoding="utf-8")
    report = library.add(documents)
    assert report.changed == ["bakery.txt"]
    texts = [hit.text for hit in library.search("bakery", k=10)]
    assert "The bakery closed in 2015." in texts
    assert not any("Verhagen" in text for text in texts)
    assert library.verify() == []


def test_a_changed_file_can_be_kept_beside_its_older_text(
    library: Library, documents: Path
) -> None:
    before = library.document("bakery.txt").text
    (documents / "bakery.txt").write_text("The bakery closed in 2015.", encoding="utf-8")
    report = library.add(documents, keep_both=True)
    assert report.changed == []
    (new,) = report.added
    assert library.document(new).text.strip() == "The bakery closed in 2015."
    assert library.document("bakery.txt").text == before
    assert sorted(library.sync(documents).unchanged) == sorted(["garden.md", "قطار.md", new])
    assert "bakery.txt" in {record.name for record in library.documents()}
    assert library.verify() == []
    library.remove("bakery.txt")
    assert len(library.documents()) == 3


def test_changed_file_that_cannot_be_read_keeps_what_was_there(
    library: Library, documents: Path
) -> None:
    (documents / "bakery.txt").write_bytes(bytes(range(256)))
    report = library.add(documents / "bakery.txt")
    assert len(report.failed) == 1
    assert "Verhagen" in library.document("bakery.txt").text


def test_one_bad_file_never_stops_the_others(
    open_library: OpenLibrary, documents: Path, tmp_path: Path
) -> None:
    (documents / "aaa.txt").write_bytes(b"\x00\x01\x02\x03")
    named = tmp_path / "picture.xyz"
    named.write_text("?")
    report = open_library(tmp_path / "store").add([documents, named, tmp_path / "not-there.txt"])
    assert len(report.added) == 3
    assert {Path(failure.path).name for failure in report.failed} == {
        "aaa.txt",
        "picture.xyz",
        "not-there.txt",
    }
    assert all("\n" not in str(failure.error) for failure in report.failed)


def test_files_of_one_name_get_names_that_differ(open_library: OpenLibrary, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "note.txt").write_text(f"A note in folder {folder}.")
    library = open_library(tmp_path / "store")
    report = library.add([tmp_path / "a", tmp_path / "b"])
    assert report.added == ["note.txt", "b/note.txt"]
    assert library.document("b/note.txt").text == "A note in folder b."


def test_sync_removes_what_has_gone_from_the_folder_and_only_that(
    library: Library, documents: Path, tmp_path: Path
) -> None:
    other = tmp_path / "elsewhere.txt"
    other.write_text("Nothing to do with the folder.")
    library.add(other)
    (documents / "bakery.txt").unlink()
    (documents / "new.txt").write_text("A new file.")
    report = library.sync(documents)
    assert (report.added, report.removed) == (["new.txt"], ["bakery.txt"])
    assert sorted(report.unchanged) == ["garden.md", "قطار.md"]
    assert "elsewhere.txt" in {record.name for record in library.documents()}


def test_sync_of_a_folder_that_is_not_there_removes_nothing(
    library: Library, documents: Path
) -> None:
    documents.rename(documents.with_name("moved"))
    with pytest.raises(FileMissing):
        library.sync(documents)
    assert len(library.documents()) == 3


def test_documents_are_looked_up_without_reading_all(
    library: Library, documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = library.documents()
    monkeypatch.setattr("index.store.store.Store.records", None)
    one = every[0]
    assert library.documents_where("id", [one.id, 10**9]) == [one]
    assert library.documents_where("name", [one.name, "none.md", "bytes\udcff"]) == [one]
    assert library.documents_where("path", [one.path, "/none\udcff"]) == [one]
    assert library.documents_where("sha256", [each.sha256 for each in every]) == every
    assert library.documents_where("name", []) == []
    (documents / "more.txt").write_text("Seven swans swim on the lake.", encoding="utf-8")
    assert library.add(documents / "more.txt").added == ["more.txt"]
    assert library.add(documents / "more.txt").unchanged == ["more.txt"]


def test_removed_document_is_nowhere(library: Library, tmp_path: Path) -> None:
    assert "verhagen" in _everything_on_disk(tmp_path / "store")
    passages = library.search("bakery", k=10)
    gone = {hit.passage_id for hit in passages if hit.document == "bakery.txt"}
    library.remove("bakery.txt")
    assert "verhagen" not in _everything_on_disk(tmp_path / "store")
    assert all(hit.document != "bakery.txt" for hit in library.search("Piet Verhagen", k=10))
    assert gone.isdisjoint(library._engine.searcher._passages["en"].ids().tolist())
    assert library.verify() == []
    with pytest.raises(DocumentMissing):
        library.document("bakery.txt")


def test_ids_are_never_used_again(library: Library, documents: Path) -> None:
    before = {hit.passage_id for hit in library.search("bread", k=50)}
    library.remove([record.name for record in library.documents()])
    library.add(documents)
    after = {hit.passage_id for hit in library.search("bread", k=50)}
    assert before.isdisjoint(after)


def test_removing_an_unknown_name_changes_nothing(library: Library) -> None:
    with pytest.raises(DocumentMissing):
        library.remove(["bakery.txt", "nothing.txt"])
    assert len(library.documents()) == 3


def test_every_passage_and_sentence_is_exactly_what_stands_in_the_document(
    library: Library,
) -> None:
    for hit in library.search("موعد القطار and the pond", k=50):
        text = library.document(hit.document).text
        assert text[hit.start : hit.end] == hit.text
        for sentence in hit.sentences:
            assert text[sentence.start : sentence.end] == sentence.text


def test_rebuild_keeps_documents_and_answers(library: Library) -> None:
    before = [hit.text for hit in library.search("How deep is the pond?", k=3)]
    report = library.rebuild()
    assert len(report.changed) == 3
    assert [hit.text for hit in library.search("How deep is the pond?", k=3)] == before
    assert library.verify() == []


def test_interrupted_rebuild_answers_meanwhile_and_goes_on_where_it_was(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    stops: list[str] = []

    def stop_at_second(stage: str, done: int, total: int, unit: str) -> None:
        stops.append(stage)
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.rebuild(progress=stop_at_second)
    assert library.search("How deep is the pond?", k=1)[0].document == "garden.md"
    assert library.verify() == []
    embedded = embedded_texts(monkeypatch)
    library.rebuild()
    assert len(embedded) == 2  # the first document was staged already


def test_rebuild_with_another_model_changes_the_store(library: Library, tmp_path: Path) -> None:
    other = MockEmbedding(embed_dim=8, model_name="mock-eight")
    changed = Library.open(tmp_path / "store", embedding=other, sentence_embedding=other)
    with pytest.raises(ModelMismatch, match=r"multilingual-e5-small.*mock-eight"):
        changed.search("pond")
    changed.rebuild()
    assert changed.search("pond")
    assert changed.verify() == []
    with pytest.raises(ModelMismatch):
        library.search("pond")


def test_a_library_that_names_no_model_takes_those_of_the_store_whatever_they_become(
    library: Library, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    following, told = Library.open(store), Library.open(store, embedding=DEFAULT_EMBEDDING)
    for one in (following, told):
        assert one.search("How deep is the pond?", k=1)[0].document == "garden.md"
    copy = _other_folder_of(DEFAULT_EMBEDDING, tmp_path / "another")
    library.rebuild(embedding=copy, sentence_embedding=copy)
    for one in (library, following):
        assert one.search("How deep is the pond?", k=1)[0].document == "garden.md"
        assert one.passage_model == one.sentence_model == copy
    with pytest.raises(ModelMismatch):
        told.search("pond")
    assert following.verify() == []


def test_questions_and_files_go_on_while_the_store_changes_its_models(
    library: Library, documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the old model is written behind the switch, and no question meets two models."""
    new = documents / "harbour.md"
    new.write_text("The ferry leaves the harbour at nine.", encoding="utf-8")
    cut, began, go_on = cutting.cut_and_embed, threading.Event(), threading.Event()

    def held_up(texts: Sequence[Document], *others: object) -> list[Cut]:
        cuts = cut(texts, *others)  # type: ignore[arg-type]
        if texts[0].name.endswith("harbour.md") and not began.is_set():
            began.set()
            assert go_on.wait(60)
        return cuts

    monkeypatch.setattr("index.intake.cut_and_embed", held_up)
    mock = MockEmbedding(embed_dim=8, model_name="mock-eight")
    with ThreadPoolExecutor(2) as threads:
        adding = threads.submit(library.add, new)
        assert began.wait(60)
        asking = threads.submit(_ask_until, library, go_on)
        library.rebuild(embedding=mock, sentence_embedding=mock)
        go_on.set()
        assert adding.result(60).added == ["harbour.md"]
        assert asking.result(60) > 0
    assert library.verify() == []
    assert {hit.document for hit in library.search("ferry", k=9)} >= {"harbour.md", "garden.md"}


def test_a_question_at_the_very_switch_of_a_rebuild_finds_its_passages(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, empty_log = library._store.passages, library._store._connections.empty_log
    switched = threading.Event()

    def emptied() -> None:
        switched.set()
        empty_log()

    rebuilding = threading.Thread(target=library.rebuild)

    def late(ids: Iterable[int]) -> dict[int, StoredPassage]:
        found = list(ids)
        monkeypatch.setattr(library._store, "passages", read)
        rebuilding.start()
        assert switched.wait(60)  # what was found is under other numbers now
        return read(found)

    monkeypatch.setattr(library._store._connections, "empty_log", emptied)
    monkeypatch.setattr(library._store, "passages", late)
    assert library.search("How deep is the pond?")[0].document == "garden.md"
    rebuilding.join(60)
    assert library.search("How deep is the pond?")[0].document == "garden.md"


def _ask_until(library: Library, end: threading.Event) -> int:
    """How many questions were answered until the end, each with passages."""
    count = 0
    while not end.is_set():
        assert library.search(f"How deep is the pond? {count}")
        count += 1
    return count


def _other_folder_of(name: str, folder: Path) -> str:
    """The same model in a folder of another name."""
    shutil.copytree(models.find(name), folder)
    return str(folder)


def test_store_opens_with_its_own_models_when_none_is_named(
    library: Library, tmp_path: Path
) -> None:
    again = Library.open(tmp_path / "store")
    assert again.sentence_model == "multilingual-e5-small"
    assert again.search("How deep is the pond?", k=1)[0].document == "garden.md"


@pytest.mark.parametrize(
    "damage", ["missing", "truncated", "flipped", "stale", "not faiss", "another"]
)
def test_faiss_files_are_derived_again_when_they_are_not_right(
    library: Library, open_library: OpenLibrary, documents: Path, tmp_path: Path, damage: str
) -> None:
    store = tmp_path / "store"
    file = store / "passages.en.faiss"
    content = file.read_bytes()
    match damage:
        case "missing":
            file.unlink()
        case "truncated":
            file.write_bytes(content[: len(content) // 2])
        case "flipped":
            flipped = bytearray(content)
            flipped[len(content) // 2] ^= 0xFF
            file.write_bytes(flipped)
        case "stale":
            (documents / "more.txt").write_text("Seven swans swim on the lake.")
            library.add(documents)
            file.write_bytes(content)
        case "not faiss":
            file.write_bytes(b"hello")
        case "another":  # of another store that happens to be as old
            other = open_library(tmp_path / "other")
            (tmp_path / "zoo.txt").write_text("Two lions and a bear.")
            other.add(tmp_path / "zoo.txt")
            shutil.copy(tmp_path / "other" / "passages.en.faiss", file)
    again = open_library(store)
    assert again.verify() == []
    assert again.search("How deep is the pond?", k=1)[0].document == "garden.md"


def test_verify_finds_a_passage_that_is_not_in_its_document(
    library: Library, tmp_path: Path
) -> None:
    _write_behind_its_back(tmp_path / "store", "UPDATE passages SET text = 'x' WHERE id = 1")
    assert any("passage 1" in problem for problem in library.verify())


def test_verify_finds_vectors_that_faiss_does_not_hold(library: Library, tmp_path: Path) -> None:
    _write_behind_its_back(
        tmp_path / "store",
        "UPDATE passages SET vector = (SELECT vector FROM passages WHERE id = 2) WHERE id = 1",
    )
    assert any("FAISS" in problem for problem in library.verify())


def test_file_that_is_no_store_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "sanad.db").write_text("This is no database, though it has the name of one." * 9)
    with pytest.raises(StoreDamaged):
        Library.open(tmp_path)


def test_store_of_a_later_version_is_refused(library: Library, tmp_path: Path) -> None:
    _write_behind_its_back(tmp_path / "store", "PRAGMA user_version = 999")
    with pytest.raises(StoreNewer):
        Library.open(tmp_path / "store")


def test_store_of_the_first_format_is_carried_over(
    library: Library, open_library: OpenLibrary, tmp_path: Path
) -> None:
    for statement in ("ALTER TABLE documents DROP COLUMN tables", "PRAGMA user_version = 1"):
        _write_behind_its_back(tmp_path / "store", statement)
    carried = open_library(tmp_path / "store")
    assert carried.document("garden.md").tables == ()
    assert carried.search("goldfish", k=1)[0].document == "garden.md"
    assert carried.verify() == []


def test_another_process_sees_new_documents_at_once(
    library: Library, open_library: OpenLibrary, documents: Path, tmp_path: Path
) -> None:
    reader = open_library(tmp_path / "store")
    assert reader.search("swans", k=1)[0].document != "lake.txt"
    (documents / "lake.txt").write_text("Seven swans swim on the lake.")
    library.add(documents)
    assert reader.search("swans", k=1)[0].document == "lake.txt"


@pytest.mark.parametrize("query", ["", "   ", "x" * 9_000])
def test_query_that_cannot_be_searched_is_refused(library: Library, query: str) -> None:
    with pytest.raises(QuestionInvalid):
        library.search(query)


def test_empty_store_finds_nothing(open_library: OpenLibrary, tmp_path: Path) -> None:
    assert open_library(tmp_path / "empty").search("anything") == []


def test_killed_add_leaves_a_sound_store_and_goes_on_where_it_was(
    open_library: OpenLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(60):
        lines = (f"Note {number}, line {line}: the box weighs {number + line} kilos. "
                 for line in range(60))  # fmt: skip
        (folder / f"note-{number:02}.txt").write_text("".join(lines))
    store = tmp_path / "killed"
    command = [sys.executable, "-m", "ui.cli", "add", str(folder), "--store", str(store)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None and not _committed(store):
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    library = open_library(store)
    kept = {record.name for record in library.documents()}
    assert 0 < len(kept) < 60
    assert library.verify() == []
    embedded = embedded_texts(monkeypatch)
    report = library.add(folder)
    assert set(report.unchanged) == kept
    assert len(report.added) == 60 - len(kept)
    assert not any("Note 0," in text for text in embedded)
    assert library.verify() == []


def test_copied_store_is_a_whole_store(
    library: Library, open_library: OpenLibrary, tmp_path: Path
) -> None:
    library.close()
    shutil.copytree(tmp_path / "store", tmp_path / "copy")
    copy = open_library(tmp_path / "copy")
    assert len(copy.documents()) == 3
    assert copy.verify() == []


def _everything_on_disk(store: Path) -> str:
    files = (path for path in store.rglob("*") if path.is_file())
    return " ".join(path.read_bytes().decode("utf-8", "ignore").lower() for path in files)


def _write_behind_its_back(store: Path, statement: str) -> None:
    connection = sqlite3.connect(store / "sanad.db")
    connection.execute(statement)
    connection.commit()
    connection.close()


def _committed(store: Path) -> int:
    if not (store / "sanad.db").exists():
        return 0
    connection = sqlite3.connect(store / "sanad.db", timeout=30)
    try:
        return int(connection.execute("SELECT count(*) FROM documents").fetchone()[0])
    except sqlite3.OperationalError:  # the tables are not there yet
        return 0
    finally:
        connection.close()
