"""Damaged stores: every door says so in one line, and `repair` saves what can be read."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from llama_index.core.embeddings import MockEmbedding

from index import Library, SanadError
from index.errors import StoreDamaged, StoreError, StoreNewer
from index.repair import Repair, repair
from ui import cli

MOCK = MockEmbedding(embed_dim=8, model_name="mock-eight")
PAGE = 4096
COUNT = 12


def opened(store: Path) -> Library:
    return Library.open(store, embedding=MOCK, sentence_embedding=MOCK)


def repaired(store: Path) -> Repair:
    return repair(store, embedding=MOCK, sentence_embedding=MOCK)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged file may leave its lock with SQLite, which nobody has to wait for here."""
    monkeypatch.setattr("index.store.store.BUSY_SECONDS", 0.2)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of twelve documents, some of which take many pages of the file."""
    folder = tmp_path_factory.mktemp("sound")
    documents = folder / "documents"
    documents.mkdir()
    for number in range(COUNT):
        lines = (f"Note {number}, line {n}: the box weighs {number + n} kilos and a half. "
                 for n in range(3 if number % 2 else 200))  # fmt: skip
        (documents / f"note-{number:02}.txt").write_text("".join(lines), encoding="utf-8")
    library = opened(folder / "store")
    assert len(library.add(documents).added) == COUNT
    assert library.verify() == []
    library.close()
    return folder / "store"


@pytest.fixture
def store(sound: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(sound, tmp_path / "store"))


def texts_of(store: Path) -> dict[str, str]:
    library = opened(store)
    found = {record.name: library.document(record.name).text for record in library.documents()}
    library.close()
    return found


def doors(store: Path) -> None:
    """Ask everything of a store; whatever is wrong must be one of our errors, in one line."""

    def tried(work: Callable[[Library], object]) -> None:
        try:
            library = opened(store)
            try:
                work(library)
            finally:
                library.close()
        except SanadError as error:
            assert "\n" not in str(error)

    tried(lambda library: library.documents())
    tried(lambda library: library.search("How heavy is the box of note 3?", 5))
    tried(lambda library: library.document("note-03.txt"))
    tried(lambda library: library.spans("note-03.txt"))
    tried(lambda library: library.counts())
    tried(lambda library: library.atlas())
    tried(lambda library: library.verify())
    tried(lambda library: library.remove("note-05.txt"))


def test_damaged_pages_are_one_line_and_cost_no_more_than_what_lay_on_them(
    sound: Path, store: Path, tmp_path: Path
) -> None:
    whole = texts_of(sound)
    content = (sound / "sanad.db").read_bytes()
    noise = random.Random(1)  # noqa: S311 - to repeat it
    pages = len(content) // PAGE
    for page in range(0, pages, max(1, pages // 12)):
        damaged = bytearray(content)
        damaged[page * PAGE : (page + 1) * PAGE] = noise.randbytes(PAGE)
        (store / "sanad.db").write_bytes(damaged)
        doors(store)
        store = tmp_path / f"page-{page}"  # without the log of what could still be removed
        shutil.copytree(sound, store)
        (store / "sanad.db").write_bytes(damaged)
        done = repaired(store)
        assert done.problems, page
        assert done.aside is not None
        assert done.aside.read_bytes() == damaged
        kept = texts_of(store)
        doubtful = {lost.name for lost in done.doubtful}
        assert {name: text for name, text in kept.items() if whole[name] != text}.keys() <= doubtful
        assert len(kept) >= COUNT - 6, page
        named = {*kept, *(lost.name for lost in done.again)}
        assert named == set(whole), page
        library = opened(store)
        assert library.verify() == []
        assert library.search("How heavy is the box?", 3)
        library.close()
        shutil.rmtree(store)
        shutil.copytree(sound, store)


def test_flipped_bits_are_one_line_and_never_pass_as_a_document_s_words(
    sound: Path, store: Path
) -> None:
    whole = texts_of(sound)
    content = (sound / "sanad.db").read_bytes()
    chance = random.Random(7)  # noqa: S311 - to repeat it
    for _ in range(12):
        damaged = bytearray(content)
        for _ in range(3):
            damaged[chance.randrange(PAGE, len(content))] ^= 1 << chance.randrange(8)
        (store / "sanad.db").write_bytes(damaged)
        doors(store)
        (store / "sanad.db").write_bytes(damaged)
        done = repaired(store)
        doubtful = {lost.name for lost in done.doubtful}
        for name, text in texts_of(store).items():
            assert whole.get(name) == text or name in doubtful or name not in whole
        shutil.rmtree(store)
        shutil.copytree(sound, store)


@pytest.mark.parametrize("bytes_lost", [16, 100, PAGE])
def test_a_destroyed_beginning_is_told_and_the_rest_is_read(
    sound: Path, store: Path, bytes_lost: int
) -> None:
    whole = texts_of(sound)
    with (store / "sanad.db").open("r+b") as file:
        file.write(b"x" * bytes_lost)
    with pytest.raises(StoreDamaged):
        opened(store)
    done = repaired(store)
    assert done.header_lost
    assert texts_of(store) == whole
    assert not done.again


def test_a_cut_off_file_gives_what_its_first_half_holds(sound: Path, store: Path) -> None:
    content = (store / "sanad.db").read_bytes()
    (store / "sanad.db").write_bytes(content[: len(content) // 2 + 100])
    doors(store)
    done = repaired(store)
    whole, kept = texts_of(sound), texts_of(store)
    assert kept
    assert kept.items() <= whole.items()
    assert {*kept, *(lost.name for lost in done.again)} <= {*whole, ""}


@pytest.mark.parametrize("gone", ["emptied", "deleted"])
def test_an_emptied_file_beside_its_index_is_damage(store: Path, gone: str) -> None:
    if gone == "emptied":
        (store / "sanad.db").write_bytes(b"")
    else:
        (store / "sanad.db").unlink()
    with pytest.raises(StoreDamaged):
        opened(store)
    (store / "uploads").mkdir()
    (store / "uploads" / "sent.txt").write_text("Sent through the page.", encoding="utf-8")
    done = repaired(store)
    assert done.kept == ()
    assert [lost.path for lost in done.again] == [str(store / "uploads" / "sent.txt")]
    library = opened(store)
    assert library.documents() == []
    assert library.verify() == []
    library.close()


def test_what_is_no_database_at_all_is_set_aside(store: Path) -> None:
    (store / "sanad.db").write_bytes(b"no database " * 400)
    doors(store)
    done = repaired(store)
    assert done.kept == ()
    assert done.aside is not None


def test_a_folder_in_the_place_of_an_index_file(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (store / "passages.en.faiss").unlink()
    (store / "passages.en.faiss").mkdir()
    library = opened(store)
    assert library.search("box", 1)
    assert any("passages.en.faiss" in problem for problem in library.verify())
    library.close()
    done = repaired(store)
    assert len(done.kept) == COUNT
    assert (store / "passages.en.faiss").is_file()
    library = opened(store)
    assert library.verify() == []
    library.close()


@pytest.mark.parametrize("vector", ["zeroblob(16)", "x'007e007e007e007e007e007e007e007e'"])
def test_a_vector_that_has_changed_is_derived_again(store: Path, vector: str) -> None:
    with sqlite3.connect(store / "sanad.db") as connection:
        connection.execute(f"UPDATE sentences SET vector = {vector} WHERE id = 3")  # noqa: S608
    connection.close()
    library = opened(store)
    assert library.verify()
    library.close()
    assert len(repaired(store).kept) == COUNT
    library = opened(store)
    assert library.verify() == []
    library.close()


def test_a_folder_in_the_place_of_the_database(store: Path) -> None:
    (store / "sanad.db").unlink()
    (store / "sanad.db").mkdir()
    with pytest.raises(StoreError):
        opened(store)


def test_a_sound_store_is_left_as_it_is(store: Path) -> None:
    before = (store / "sanad.db").read_bytes()
    done = repaired(store)
    assert (done.problems, done.aside) == ((), None)
    assert (store / "sanad.db").read_bytes() == before


def test_a_later_version_is_not_repaired(store: Path) -> None:
    with sqlite3.connect(store / "sanad.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreNewer):
        repaired(store)


def test_ids_go_on_and_a_library_that_is_open_sees_the_new_file(store: Path) -> None:
    library = opened(store)
    before = {hit.passage_id for hit in library.search("box", 50)}
    library.close()
    (page,) = _pages_that_hold(store, b"Note 1, line 0")[:1]
    _destroy(store, page)
    reader = opened(store)
    repaired(store)
    hits = reader.search("box", 50)
    assert hits
    assert before.isdisjoint(hit.passage_id for hit in hits)
    reader.close()


def test_a_repair_that_is_cut_off_changes_nothing(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _destroy(store, 1)
    damaged = (store / "sanad.db").read_bytes()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("index.library.Library.rebuild", lambda *_, **__: interrupt())
    with pytest.raises(KeyboardInterrupt):
        repaired(store)
    assert (store / "sanad.db").read_bytes() == damaged
    monkeypatch.undo()
    assert repaired(store).kept


def test_commands_tell_damage_and_repair(
    store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANAD_LANG", "en")
    monkeypatch.setattr("ui.commands.open_library", lambda *_: opened(store))
    with (store / "sanad.db").open("r+b") as file:
        file.write(b"x" * 100)
    for command in (["list"], ["search", "box"], ["remove", "note-01.txt"]):
        assert cli.main([*command, "--store", str(store)]) == 1
        told = capsys.readouterr()
        assert (told.out, told.err.count("\n")) == ("", 1)
        assert "sanad repair" in told.err
    assert cli.main(["verify", "--json", "--store", str(store)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert len(told["problems"]) == 1


def _destroy(store: Path, page: int) -> None:
    with (store / "sanad.db").open("r+b") as file:
        file.seek(page * PAGE)
        file.write(bytes(range(256)) * (PAGE // 256))


def _pages_that_hold(store: Path, words: bytes) -> list[int]:
    content = (store / "sanad.db").read_bytes()
    return [
        page
        for page in range(len(content) // PAGE)
        if words in content[page * PAGE : (page + 1) * PAGE]
    ]
