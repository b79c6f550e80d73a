"""Conversations that are kept: whose they are, finding them, and leaving nothing when deleted."""

from __future__ import annotations

import gc
import logging
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, get_args

import pytest

from index.errors import StoreBusy, StoreError, StoreNewer
from ui import chats as chats_module
from ui.chats import FILE_NAME, NAME_CHARACTERS, ChatStore
from ui.conversation import Conversation, Exchange, State

ME, OTHER = "a" * 32, "b" * 32


def card(quote: str = "The pond is two metres deep.", marker: int | None = 1) -> dict[str, Any]:
    return {
        "marker": marker, "document": "garden.md", "unit": "page", "page": None,
        "section": ["The pond"], "warnings": [], "language": "en", "passage": 7,
        "span": None if marker is None else [0, len(quote)],
        "before": "", "sentence": quote, "after": "",
    }  # fmt: skip


def exchange(
    question: str = "How deep is the pond?",
    text: str = "It is two metres deep. [1]",
    state: State = "answered",
    asked: str = "2026-11-24T10:00:00+00:00",
) -> Exchange:
    return Exchange(
        question, text=text, state=state, asked=asked, language="en", cards=[card()],
        unsupported=[[0, 5]], suggestions=["And the well?"], searched={"documents": ["garden.md"]},
        seconds={"first_token": 0.2, "total": 1.5},
    )  # fmt: skip


def conversation(*exchanges: Exchange, name: str = "The pond") -> Conversation:
    return Conversation(exchanges=list(exchanges or [exchange()]), name=name)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


@pytest.fixture
def chats(file: Path) -> Iterator[ChatStore]:
    store = ChatStore(file)
    yield store
    store.close()


# -- keeping ---------------------------------------------------------------------------------


def test_a_conversation_comes_back_whole_after_a_restart(chats: ChatStore, file: Path) -> None:
    saved = conversation(exchange(), exchange("كم سمكة في البركة؟", "فيها أربعون سمكة. [1]"))
    assert chats.save(ME, saved)
    chats.close()
    again = ChatStore(file)
    assert again.load(ME, saved.id) == saved
    assert again.exchange(ME, saved.exchanges[1].id) == saved.exchanges[1]
    again.close()


@pytest.mark.parametrize("state", get_args(State))
def test_every_exchange_is_kept(chats: ChatStore, state: State) -> None:
    saved = conversation(exchange(state=state))
    chats.save(ME, saved)
    assert chats.load(ME, saved.id) == saved


def test_asking_again_removes_what_was_taken_back(chats: ChatStore) -> None:
    saved = conversation(exchange("one"), exchange("two"), exchange("three"))
    chats.save(ME, saved)
    saved.take_back(saved.exchanges[1])
    saved.exchanges.append(exchange("two, said better"))
    chats.save(ME, saved)
    loaded = chats.load(ME, saved.id)
    assert loaded is not None
    assert [kept.question for kept in loaded.exchanges] == ["one", "two, said better"]


def test_what_another_page_added_to_the_same_conversation_stays(chats: ChatStore) -> None:
    saved = conversation(exchange("one"))
    chats.save(ME, saved)
    other = chats.load(ME, saved.id)
    assert other is not None
    other.exchanges.append(exchange("asked in the other page"))
    chats.save(ME, other)
    saved.exchanges.append(exchange("asked here"))
    chats.save(ME, saved)
    both = chats.load(ME, saved.id)
    assert both is not None
    questions = [kept.question for kept in both.exchanges]
    assert questions == ["one", "asked in the other page", "asked here"]


def test_one_exchange_can_be_kept_alone(chats: ChatStore) -> None:
    saved = conversation(exchange("one"), exchange("two"))
    chats.save(ME, saved)
    for each in saved.exchanges:
        each.text = "Changed."
    chats.save(ME, saved, saved.exchanges[1])
    loaded = chats.load(ME, saved.id)
    assert loaded is not None
    assert [kept.text == "Changed." for kept in loaded.exchanges] == [False, True]


def test_saving_again_keeps_one_row_per_exchange_and_the_newest_text(chats: ChatStore) -> None:
    saved = conversation()
    chats.save(ME, saved)
    saved.exchanges[0].text = "Three metres."
    chats.save(ME, saved)
    loaded = chats.load(ME, saved.id)
    assert loaded is not None
    assert [kept.text for kept in loaded.exchanges] == ["Three metres."]
    assert chats.list(ME, "three")
    assert not chats.list(ME, "two")


def test_half_a_character_does_not_keep_a_conversation_from_being_saved(chats: ChatStore) -> None:
    saved = conversation(exchange("How \ud800 deep?", "Two \udfff metres."), name="How \ud800?")
    assert chats.save(ME, saved)
    loaded = chats.load(ME, saved.id)
    assert loaded is not None
    assert loaded.exchanges[0].question == "How ? deep?"
    assert chats.list(ME, "deep \ud800")


def test_many_threads_save_and_read_at_once(chats: ChatStore) -> None:
    saved = [conversation(name=f"chat {number}") for number in range(40)]

    def work(number: int) -> bool:
        chats.save(ME, saved[number])
        assert chats.load(ME, saved[number].id) == saved[number]
        return chats.delete(ME, saved[number].id) if number % 4 == 0 else bool(chats.list(ME))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(40)))
    assert {record.id for record in chats.list(ME)} == {
        kept.id for number, kept in enumerate(saved) if number % 4
    }


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are counted on Linux")
def test_threads_that_end_leave_no_open_file_behind(chats: ChatStore, file: Path) -> None:
    def open_logs() -> int:
        # Of the database itself SQLite keeps some files open, to use them again.
        gc.collect()
        opened = [entry for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
        return sum(str(entry.readlink()) == f"{file}-wal" for entry in opened)

    before = open_logs()
    for _ in range(20):
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(chats.save, ME, conversation()).result()
    assert open_logs() == before
    assert len(chats.list(ME)) == 20


# -- whose they are --------------------------------------------------------------------------


def test_visitors_reach_only_what_is_theirs(chats: ChatStore) -> None:
    mine = conversation()
    chats.save(ME, mine)
    rated = mine.exchanges[0].id
    assert chats.list(OTHER) == []
    assert chats.load(OTHER, mine.id) is None
    assert chats.exchange(OTHER, rated) is None
    assert not chats.rename(OTHER, mine.id, "mine now")
    assert not chats.delete(OTHER, mine.id)
    assert chats.delete_all(OTHER) == 0
    assert not chats.rate(OTHER, rated, 1)
    stolen = Conversation(exchanges=[exchange("Another question?")], id=mine.id, name="stolen")
    assert chats.save(OTHER, stolen)
    assert chats.load(ME, mine.id) == mine


def test_nobody_owns_nothing(chats: ChatStore) -> None:
    mine = conversation()
    assert not chats.save("", mine)
    chats.save(ME, mine)
    assert chats.list("") == []
    assert chats.load("", mine.id) is None
    assert chats.exchange("", mine.exchanges[0].id) is None
    assert not chats.rename("", mine.id, "new")
    assert not chats.delete("", mine.id)
    assert chats.delete_all("") == 0
    assert not chats.rate("", mine.exchanges[0].id, 1)


# -- finding and naming ----------------------------------------------------------------------


def test_the_newest_comes_first_and_only_so_many(chats: ChatStore) -> None:
    for hour in (11, 9, 12, 10):
        asked = f"2026-11-24T{hour:02}:00:00+00:00"
        chats.save(ME, conversation(exchange(asked=asked), name=f"at {hour}"))
    assert [record.name for record in chats.list(ME)] == ["at 12", "at 11", "at 10", "at 9"]
    assert [record.name for record in chats.list(ME, limit=2)] == ["at 12", "at 11"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("pond", {"garden"}), ("POND  two", {"garden"}), ("pond train", set()),
        ("إجازة", {"leave"}), ("اجازه", {"leave"}), ("الإِجَازَة", {"leave"}), ("٣٠", {"leave"}),
        ("", {"garden", "leave"}), ("   ", {"garden", "leave"}), ("gard", {"garden"}),
    ],
)  # fmt: skip
def test_search_finds_words_however_they_are_spelt(
    chats: ChatStore, search: str, found: set[str]
) -> None:
    chats.save(ME, conversation(exchange(), name="garden"))
    leave = exchange("كم يوم إجازة للموظف الجديد؟", "مدة الإجازة 30 يومًا. [1]")
    chats.save(ME, conversation(leave, name="leave"))
    assert {record.name for record in chats.list(ME, search)} == found


@pytest.mark.parametrize(
    "search", ["%", "_", "'", '"', "' OR 1=1 --", "fo%d", "*", "\x00", "pond" * 9, "[]"]
)
def test_hostile_searches_are_plain_text(chats: ChatStore, search: str) -> None:
    chats.save(ME, conversation())
    assert chats.list(ME, search) == []
    assert chats.list(ME, "two " * 5_000)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  About\tthe \n pond ", "About the pond"),
        ("ok\u202e\u2066\x00\x07\u200bdone", "okdone"),
        ("x" * 500, "x" * NAME_CHARACTERS),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_names_are_one_line_that_can_be_read(chats: ChatStore, given: str, kept: str) -> None:
    saved = conversation(name=given)
    chats.save(ME, saved)
    assert chats.list(ME)[0].name == kept
    assert chats.rename(ME, saved.id, f"{given}!"[-400:])
    assert len(chats.list(ME)[0].name) <= NAME_CHARACTERS


@pytest.mark.parametrize("name", ["", "  \n", "\u202e\x00"])
def test_a_conversation_keeps_its_name_when_the_new_one_is_empty(
    chats: ChatStore, name: str
) -> None:
    saved = conversation()
    chats.save(ME, saved)
    assert not chats.rename(ME, saved.id, name)
    assert chats.list(ME)[0].name == "The pond"


def test_a_new_name_outlives_the_page_that_has_the_old_one(chats: ChatStore) -> None:
    saved = conversation()
    chats.save(ME, saved)
    assert chats.rename(ME, saved.id, "Wells")
    chats.save(ME, saved)
    assert [record.name for record in chats.list(ME, "wells")] == ["Wells"]
    loaded = chats.load(ME, saved.id)
    assert loaded is not None
    assert loaded.name == "Wells"


# -- deleting --------------------------------------------------------------------------------


def bytes_beside(file: Path) -> bytes:
    return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))


def filled(chats: ChatStore, count: int = 60) -> list[Conversation]:
    """Conversations of many sizes, so that rows move between the pages of the file."""
    made = []
    for number in range(count):
        words = f"zebra{number:03}quagga "
        long = exchange(f"{words} question", words * (1 + number * 7 % 50 * 9))
        made.append(conversation(long, exchange(f"{words} again"), name=f"{words}name"))
        chats.save(ME, made[-1])
    return made


def test_nothing_of_a_deleted_conversation_is_left_in_the_file(
    chats: ChatStore, file: Path
) -> None:
    saved = filled(chats)
    for number, gone in enumerate(saved):
        assert f"zebra{number:03}quagga".encode() in bytes_beside(file)
        if number % 2:
            assert chats.delete(ME, gone.id)
            assert not chats.delete(ME, gone.id)
    for number in range(len(saved)):
        left = f"zebra{number:03}quagga".encode() in bytes_beside(file)
        assert left == (number % 2 == 0)
    assert chats.delete_all(ME) == len(saved) / 2
    assert chats.list(ME) == []
    assert b"quagga" not in bytes_beside(file)


def test_nothing_is_left_of_what_was_cut_back_or_renamed(chats: ChatStore, file: Path) -> None:
    saved = conversation(exchange(), exchange("Where is the okapi?", "The okapi sleeps."))
    saved.name = "aardvark"
    chats.save(ME, saved)
    assert b"okapi" in bytes_beside(file)
    saved.take_back(saved.exchanges[1])
    chats.save(ME, saved)
    assert b"okapi" not in bytes_beside(file)
    chats.rename(ME, saved.id, "bear")
    assert b"aardvark" not in bytes_beside(file)


def test_what_was_deleted_does_not_come_back_from_a_page_that_is_still_open(
    chats: ChatStore,
) -> None:
    one, two = conversation(), conversation()
    chats.save(ME, one)
    chats.save(ME, two)
    chats.delete(ME, one.id)
    chats.delete_all(ME)
    for late in (one, two):
        late.exchanges.append(exchange("And one more?"))
        assert not chats.save(ME, late)
    assert chats.list(ME) == []
    assert chats.save(OTHER, one)


# -- the file --------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["not a database", "cut off", "overwritten"])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(
    file: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    before = ChatStore(file)
    filled(before)
    before.close()
    sound = file.read_bytes()
    broken = {
        "not a database": b"dear diary " * 1000,
        "cut off": sound[: len(sound) // 2 // 4096 * 4096],
        "overwritten": sound[:4096] + b"\xff" * 8192 + sound[12288:],
    }[damage]
    file.write_bytes(broken)
    with caplog.at_level(logging.WARNING):
        chats = ChatStore(file)
    (aside,) = file.parent.glob(f"{FILE_NAME}.damaged-*")
    assert aside.read_bytes() == broken
    assert aside.name in caplog.text
    assert chats.list(ME) == []
    assert chats.save(ME, conversation())
    chats.close()


def test_a_file_of_a_later_version_is_refused_and_left_as_it_is(
    chats: ChatStore, file: Path
) -> None:
    saved = conversation()
    chats.save(ME, saved)
    chats.close()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreNewer, match="later version"):
        ChatStore(file)
    assert [path.name for path in file.parent.glob("*damaged*")] == []
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT id FROM chats").fetchall() == [(saved.id,)]
    connection.close()


def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StoreError):
        ChatStore(tmp_path / "taken" / FILE_NAME)
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(StoreError, match="cannot be used"):
        ChatStore(tmp_path / FILE_NAME)


def test_another_program_that_writes_is_waited_for_and_then_told_of(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chats_module, "BUSY_SECONDS", 0.1)
    chats = ChatStore(file)
    saved = conversation()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy):
        chats.save(ME, saved)
    other.execute("ROLLBACK")
    other.close()
    assert chats.save(ME, saved)
    chats.close()
