"""Backup and restore: what was there comes back whole, whatever happens on the way."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

import pytest

from index import SanadError
from index.backup import Backup, back_up, check, states
from index.errors import (
    BackupBusy,
    BackupDamaged,
    BackupError,
    BackupInside,
    BackupMissing,
    BackupNewer,
    BackupUnknown,
    StateMissing,
    StoreDamaged,
    StoreError,
    StoreInUse,
    StoreNewer,
    StorePresent,
    StoreRestoring,
)
from index.models import Progress
from index.restore import restore
from index.store import backup_file, in_use, parts
from index.store.backup_file import BLOCK_BYTES, BackupFile
from tests.conftest import write_documents
from tests.test_large import opened
from ui import cli
from ui.chats import ChatStore
from ui.conversation import Conversation

ME = "visitor"
TEXTS = {
    "box.txt": "The box weighs three kilos. It was packed in Lyon.",
    "صندوق.txt": "يزن الصندوق ثلاثة كيلوغرامات. وقد حُزم في ليون.",
}
needs_locks = pytest.mark.skipif(sys.platform == "win32", reason="another kind of locks there")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents, an upload, a conversation, a setting, and a collection with a document."""
    place = tmp_path_factory.mktemp("made")
    folder = place / "store"
    library = opened(folder)
    documents = write_documents(place / "documents", TEXTS)
    uploads = write_documents(folder / "uploads", {"sent.txt": "Sent through the page."})
    library.add([documents, uploads / "sent.txt"])
    library.close()
    say(folder, "How heavy is the box?")
    (folder / "language-model.json").write_text('{"kind": "embedded"}', encoding="utf-8")
    inner = opened(folder / "collections" / "law")
    inner.add(write_documents(place / "law", {"law.txt": "Paragraph one. Paragraph two."}))
    inner.close()
    return folder


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    """A copy of it, of this test alone."""
    return Path(shutil.copytree(made, tmp_path / "store"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.sanad"


def say(store: Path, question: str) -> None:
    chats = ChatStore(store / "chats.db")
    conversation = Conversation()
    conversation.ask(question)
    assert chats.save(ME, conversation)
    chats.close()


def questions(store: Path) -> set[str]:
    chats = ChatStore(store / "chats.db")
    try:
        return {record.name for record in chats.list(ME)}
    finally:
        chats.close()


def texts(store: Path) -> dict[str, str]:
    """The documents of a sound store with their texts."""
    library = opened(store)
    try:
        assert library.verify() == []
        return {each.name: library.document(each.name).text for each in library.documents()}
    finally:
        library.close()


def everything(store: Path) -> tuple[object, ...]:
    uploads = {path.name: path.read_text("utf-8") for path in (store / "uploads").glob("*")}
    settings = store / "language-model.json"
    return (
        texts(store),
        questions(store),
        uploads,
        settings.read_text("utf-8") if settings.exists() else None,
        texts(store / "collections" / "law"),
    )


def change(store: Path, tmp_path: Path) -> None:
    """Something else everywhere."""
    library = opened(store)
    library.remove("box.txt")
    library.add(write_documents(tmp_path / "later", {"later.txt": "It came later. Much later."}))
    library.close()
    (store / "uploads" / "sent.txt").unlink()
    (store / "language-model.json").unlink()
    say(store, "Where was it packed?")
    inner = opened(store / "collections" / "law")
    inner.remove("law.txt")
    inner.close()


# -- there and back --------------------------------------------------------------------------


def test_a_store_comes_back_as_it_was(store: Path, file: Path, tmp_path: Path) -> None:
    before = everything(store)
    done = back_up(store, file)
    assert done.state.documents == 4
    change(store, tmp_path)
    assert everything(store) != before
    assert restore(file, store, replace=True).replaced
    assert everything(store) == before
    assert not (store / ".restore").exists()
    assert (store / "passages.en.faiss").exists()  # derived again, so that the next start is quick


def test_a_store_comes_back_in_another_place_and_its_uploads_with_it(
    made: Path, file: Path, tmp_path: Path
) -> None:
    back_up(made, file)
    new = tmp_path / "deep" / "new"
    done = restore(file, new)
    assert not done.replaced
    assert everything(new) == everything(made)
    library = opened(new)
    paths = {record.name: Path(record.path) for record in library.documents()}
    library.close()
    assert paths["sent.txt"] == new / "uploads" / "sent.txt"
    assert paths["box.txt"] == made.parent / "documents" / "box.txt"


@pytest.mark.skipif(sys.platform == "win32", reason="rights are told in another way there")
def test_backup_and_restored_store_are_their_owner_s_alone(
    store: Path, file: Path, tmp_path: Path
) -> None:
    file.touch(0o644)
    back_up(store, file)
    restore(file, tmp_path / "new")
    for path in (file, tmp_path / "new", *(tmp_path / "new").rglob("*")):
        assert not path.stat().st_mode & 0o077, path


def test_ids_that_were_given_since_are_not_given_again(
    store: Path, file: Path, tmp_path: Path
) -> None:
    back_up(store, file)
    change(store, tmp_path)
    library = opened(store)
    given = {span.id for record in library.documents() for span in library.spans(record.name)}
    library.close()
    restore(file, store, replace=True)
    library = opened(store)
    library.add(write_documents(tmp_path / "new", {"new.txt": "Something new."}))
    (span,) = library.spans("new.txt")
    assert span.id > max(given)
    library.close()


def test_what_another_process_does_meanwhile_is_in_whole_or_not_at_all(
    store: Path, file: Path, tmp_path: Path
) -> None:
    folder = write_documents(
        tmp_path / "many",
        {f"n{n:02}.txt": f"Note {n}. It weighs {n} kilos. " * 20 for n in range(6)},
    )
    program = (
        "import sys; from pathlib import Path; from tests.test_large import opened\n"
        "library = opened(Path(sys.argv[2])); print('now', flush=True)\n"
        "for path in sorted(Path(sys.argv[1]).iterdir()):\n"
        "    library.add(path)\n"
        "    if path.stem[-1] in '258': library.remove(path.name)\n"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", program, str(folder), str(store)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "now\n"
    numbers = []
    while writer.poll() is None:
        numbers.append(back_up(store, file, keep=1000).state.number)
    writer.stdout.close()
    assert writer.returncode == 0
    assert len(numbers) > 1
    expected = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    for number in numbers[:: max(1, len(numbers) // 4)]:
        found = texts(restore(file, tmp_path / str(number), at=number).folder)
        assert all(found[name] == text for name, text in TEXTS.items())
        assert all(expected[name] == found[name] for name in found if name in expected)


def test_a_file_that_goes_away_meanwhile_is_left_out(
    store: Path, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "index.backup.files",
        lambda folder: [*parts.files(folder), PurePosixPath("uploads/gone.txt")],
    )
    back_up(store, file)
    restore(file, tmp_path / "new")
    assert [path.name for path in (tmp_path / "new" / "uploads").iterdir()] == ["sent.txt"]


def test_links_are_not_followed(store: Path, file: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key.txt").write_text("secret")
    (store / "uploads" / "link.txt").symlink_to(tmp_path / "secret" / "key.txt")
    (store / "uploads" / "folder").symlink_to(tmp_path / "secret")
    (store / "collections" / "link").symlink_to(tmp_path / "secret")
    back_up(store, file)
    restore(file, tmp_path / "new")
    assert "secret" not in str(everything(tmp_path / "new"))
    assert not (tmp_path / "new" / "collections" / "link").exists()


# -- states ----------------------------------------------------------------------------------


def test_the_eleventh_state_drops_the_first_and_its_blocks(store: Path, file: Path) -> None:
    (store / "uploads" / "large.txt").write_bytes(os.urandom(10 * BLOCK_BYTES))
    back_up(store, file)
    (store / "uploads" / "large.txt").unlink()
    for number in range(2, 11):
        (store / "uploads" / "sent.txt").write_text(f"Sent {number}.")
        assert back_up(store, file).dropped == ()
    size = file.stat().st_size
    done = back_up(store, file)
    assert done.dropped == (1,)
    assert [state.number for state in done.states] == list(range(2, 12))
    assert [state.number for state in states(file)] == list(range(2, 12))
    assert file.stat().st_size < size - 9 * BLOCK_BYTES
    assert back_up(store, file, keep=3).dropped == tuple(range(2, 10))
    assert len(check(file)) == 3


def test_an_unchanged_store_adds_almost_nothing(store: Path, file: Path) -> None:
    (store / "uploads" / "large.txt").write_bytes(os.urandom(20 * BLOCK_BYTES))
    first = back_up(store, file)
    assert first.added > 20 * BLOCK_BYTES
    size = file.stat().st_size
    assert back_up(store, file).added == 0
    assert file.stat().st_size <= size + 4096
    with (store / "uploads" / "large.txt").open("r+b") as large:
        large.seek(5 * BLOCK_BYTES)
        large.write(b"changed")
    assert back_up(store, file).added <= BLOCK_BYTES


def test_a_state_is_chosen_by_number_or_time(
    store: Path, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = iter(datetime(2031, 5, day, 10, 30, 15, tzinfo=UTC) for day in (1, 2, 3))

    class Calendar(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return next(days)

    monkeypatch.setattr("index.store.backup_file.datetime", Calendar)
    for number in (1, 2, 3):
        (store / "language-model.json").write_text(str(number))
        back_up(store, file)

    def at(wanted: str | int) -> str:
        folder = tmp_path / "restored" / str(len(list((tmp_path / "restored").glob("*"))))
        restore(file, folder, at=wanted)
        return (folder / "language-model.json").read_text()

    (tmp_path / "restored").mkdir()
    assert [at(1), at("2"), at("٣")] == ["1", "2", "3"]
    local = datetime(2031, 5, 2, 10, 30, 15, tzinfo=UTC).astimezone()
    assert at(f"{local:%Y-%m-%d %H:%M:%S}") == "2"
    assert at(f"{local:%Y-%m-%d %H:%M}") == "2"
    assert at(f"{local:%Y-%m-%d}") == "2"
    assert at(f"{local - timedelta(minutes=1):%Y-%m-%dT%H:%M}") == "1"
    assert at("2031-05-02T10:30:14Z") == "1"
    assert at("2031-05-02T10:30:15+00:00") == "2"
    assert at("2090-01-01") == "3"
    for wrong in ("4", "0", "2031-04-01", "yesterday", "", "99999999999999999999"):
        with pytest.raises(StateMissing):
            restore(file, tmp_path / "none", at=wrong)
    assert not (tmp_path / "none").exists()


# -- what is refused -------------------------------------------------------------------------


def test_a_store_that_is_there_is_replaced_only_when_told_so(
    store: Path, file: Path, tmp_path: Path
) -> None:
    back_up(store, file)
    change(store, tmp_path)
    changed = everything(store)
    with pytest.raises(StorePresent, match="--replace"):
        restore(file, store)
    assert everything(store) == changed
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("Mine.")
    with pytest.raises(StorePresent):
        restore(file, tmp_path / "other")
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["mine.txt"]
    restore(file, tmp_path / "other", replace=True)
    assert (tmp_path / "other" / "mine.txt").read_text() == "Mine."


@needs_locks
def test_a_store_in_use_is_not_replaced(store: Path, file: Path, tmp_path: Path) -> None:
    back_up(store, file)
    for user in (store, store / "collections" / "law"):
        library = opened(user)
        with pytest.raises(StoreInUse):
            restore(file, store, replace=True)
        assert library.verify() == []
        library.close()
    chats = ChatStore(store / "chats.db")
    with pytest.raises(StoreInUse):
        restore(file, store, replace=True)
    chats.close()
    restore(file, store, replace=True)


@needs_locks
def test_a_store_that_is_being_restored_is_not_opened(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_use, "_PATIENCE", 0.1)
    with in_use.alone(store):
        for user in (store, store / "collections" / "law"):
            with pytest.raises(StoreRestoring):
                opened(user)
        with pytest.raises(StoreRestoring):
            back_up(store, store.parent / "b.sanad")
    texts(store)


def test_what_is_no_backup_is_told_in_a_line(store: Path, file: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupMissing):
        states(file)
    (tmp_path / "note.txt").write_text("A note. " * 100)
    for other in (tmp_path / "note.txt", store / "sanad.db", store / "chats.db"):
        kept = other.read_bytes()
        with pytest.raises((BackupUnknown, BackupInside)):
            back_up(store, other)
        with pytest.raises(BackupUnknown):
            restore(other, tmp_path / "new")
        assert other.read_bytes() == kept
    with pytest.raises(BackupInside):
        back_up(store, store / "uploads" / "backup.sanad")
    with pytest.raises(BackupUnknown):
        back_up(store, tmp_path)
    with pytest.raises(BackupError, match="folder that is there"):
        back_up(store, tmp_path / "none" / "b.sanad")
    for none in (tmp_path, tmp_path / "none"):
        with pytest.raises(StoreError, match="there is no"):
            back_up(none, tmp_path / "elsewhere.sanad")
    file.touch()  # an empty file, as `mktemp` makes it
    back_up(store, file)
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(BackupNewer):
        states(file)


def test_a_damaged_store_is_not_saved_over_sound_states(store: Path, file: Path) -> None:
    back_up(store, file)
    with (store / "sanad.db").open("r+b") as database:
        database.seek(2 * 4096)
        database.write(b"\xff" * 4096 * 3)
    with pytest.raises(StoreDamaged):
        back_up(store, file)
    assert len(check(file)) == 1


def test_documents_of_a_later_version_are_not_put_in(
    store: Path, file: Path, tmp_path: Path
) -> None:
    with sqlite3.connect(store / "sanad.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    back_up(store, file)
    with pytest.raises(StoreNewer):
        restore(file, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_two_backups_at_once_to_one_file(
    store: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_file, "_BUSY_SECONDS", 0.1)
    with BackupFile.writing(file), pytest.raises(BackupBusy):
        back_up(store, file)
    back_up(store, file)


# -- damage and malice -----------------------------------------------------------------------


def test_a_byte_that_changed_is_found(store: Path, file: Path, tmp_path: Path) -> None:
    (store / "uploads" / "large.txt").write_bytes(os.urandom(10 * BLOCK_BYTES))
    back_up(store, file)
    change(store, tmp_path)
    back_up(store, file)
    sound = file.read_bytes()
    expected = states(file)
    found = 0
    places = range(0, len(sound), max(1, len(sound) // 300))
    for place in places:
        changed = bytearray(sound)
        changed[place] ^= 0x55
        file.write_bytes(changed)
        try:
            assert check(file) == expected  # a byte that nothing is in
        except BackupError:
            found += 1
    assert found > len(places) * 2 // 3


def forge(file: Path, *statements: tuple[str, tuple[object, ...]]) -> None:
    """Change a backup, and sign its state again as its maker would."""
    with sqlite3.connect(file) as connection:
        for statement, values in statements:
            connection.execute(statement, values)
    connection.close()
    with BackupFile.reading(file) as backup:
        number, time, folder, documents, size, _ = backup._connection.execute(
            "SELECT * FROM states"
        ).fetchone()
        state = backup_file.State(
            number, datetime.fromisoformat(time), Path(os.fsdecode(folder)), documents, size
        )
        digest = backup_file._digest(state, list(backup._files(number)))
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE states SET sha256 = ?", (digest,))
    connection.close()


ELSEWHERE = (
    "../outside.db", "/outside.db", "uploads/../../outside.txt", "uploads/.hidden", "sanad.lock",
    "passages.faiss", ".restore/switch.json", "collections/../outside.db", "sanad.db-wal",
    "collections/law/../../outside.db", "collections/.x/sanad.db", "elsewhere/x.txt",
    "uploads/\0.txt", "uploads/" + "x" * 300, "", ".", "..",
    "collections/law/collections/deep/sanad.db",
)  # fmt: skip


def test_a_path_that_leads_elsewhere_is_refused(store: Path, file: Path, tmp_path: Path) -> None:
    back_up(store, file)
    sound = file.read_bytes()
    new = tmp_path / "a" / "new"
    new.parent.mkdir()
    change_path = "UPDATE files SET path = ? WHERE path = ?"
    for path in ELSEWHERE:
        file.write_bytes(sound)
        forge(file, (change_path, (path.encode(), b"uploads/sent.txt")))
        with pytest.raises(BackupDamaged):
            restore(file, new)
        with pytest.raises(BackupDamaged):
            check(file)
        assert list(new.parent.iterdir()) == [], path


def test_sizes_are_held_to_what_the_backup_says(store: Path, file: Path, tmp_path: Path) -> None:
    (store / "uploads" / "sent.txt").write_text("x" * 100)
    back_up(store, file)
    sound = file.read_bytes()
    bomb = zlib.compress(bytes(1 << 26))
    for statement, values in (
        ("UPDATE blocks SET packed = 1, block = ?"
         " WHERE sha256 = (SELECT sha256 FROM contents WHERE bytes = 100)", (bomb,)),
        ("UPDATE contents SET bytes = 1000000000000000 WHERE bytes = 100", ()),
        ("UPDATE contents SET bytes = -1 WHERE bytes = 100", ()),
        ("UPDATE contents SET bytes = 'many' WHERE bytes = 100", ()),
        ("UPDATE contents SET bytes = 99 WHERE bytes = 100", ()),
        ("UPDATE blocks SET block = zeroblob(5000000)"
         " WHERE sha256 = (SELECT sha256 FROM contents WHERE bytes = 100)", ()),
        ("UPDATE pieces SET place = 1 WHERE content = (SELECT id FROM contents"
         " WHERE bytes = 100)", ()),
        ("UPDATE states SET documents = 'many'", ()),
        ("UPDATE states SET time = '2031-05-01'", ()),
        ("UPDATE states SET time = x'00'", ()),
        ("DELETE FROM blocks", ()),
        ("CREATE TRIGGER t AFTER INSERT ON states BEGIN DELETE FROM states; END", ()),
        ("CREATE VIEW v AS SELECT * FROM states", ()),
    ):  # fmt: skip
        file.write_bytes(sound)
        # Some are so absurd that they cannot even be signed.
        with suppress(SanadError, ValueError, TypeError):
            forge(file, (statement, values))
        with pytest.raises(BackupDamaged):
            restore(file, tmp_path / "new")
        assert not (tmp_path / "new").exists(), statement


def test_a_backup_of_no_sound_database_changes_nothing(
    store: Path, file: Path, tmp_path: Path
) -> None:
    before = everything(store)
    back_up(store, file)
    forge(
        file,
        (
            "UPDATE files SET content = (SELECT content FROM files WHERE path = ?) WHERE path = ?",
            (b"uploads/sent.txt", b"chats.db"),
        ),
        (
            "UPDATE states SET bytes = (SELECT sum(c.bytes) FROM files f"
            " JOIN contents c ON c.id = f.content)",
            (),
        ),
    )
    with pytest.raises(BackupDamaged, match=r"chats\.db"):
        restore(file, store, replace=True)
    assert everything(store) == before
    assert not (store / ".restore").exists()


# -- stopped on the way ----------------------------------------------------------------------


def stop_at(count: int) -> Progress:
    calls = iter(range(count))

    def told(stage: str, done: int, total: int, unit: str) -> None:
        if next(calls, None) is None:
            raise KeyboardInterrupt

    return told


def test_ctrl_c_leaves_everything_as_it_was(store: Path, file: Path, tmp_path: Path) -> None:
    back_up(store, file)
    change(store, tmp_path)
    before = everything(store)
    for count in (0, 2):
        with pytest.raises(KeyboardInterrupt):
            back_up(store, file, progress=stop_at(count))
        assert [state.number for state in check(file)] == [1]
        with pytest.raises(KeyboardInterrupt):
            restore(file, store, replace=True, progress=stop_at(count))
        assert everything(store) == before
        assert not (store / ".restore").exists()
        with pytest.raises(KeyboardInterrupt):
            restore(file, tmp_path / "new", progress=stop_at(count))
        assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob("*.work"))
    assert not list(tmp_path.glob("*-journal"))
    assert back_up(store, file).state.number == 2


def test_a_switch_that_fails_is_undone(
    store: Path, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(store, file)
    change(store, tmp_path)
    before = everything(store)
    really = Path.rename
    for stop in range(12):
        moves = iter(range(stop))

        def rename(path: Path, target: Path, moves: Iterator[int] = moves) -> Path:
            if ".restore" in str((path, target)) and next(moves, None) is None:
                monkeypatch.setattr(Path, "rename", really)
                raise OSError(13, "Permission denied")
            return really(path, target)

        monkeypatch.setattr(Path, "rename", rename)
        with pytest.raises(StoreError):
            restore(file, store, replace=True)
        assert not (store / ".restore").exists()
        assert everything(store) == before, stop
    restore(file, store, replace=True)


KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from index.backup import back_up
from index.restore import restore

kind, store, file, work = sys.argv[1], *map(Path, sys.argv[2:5])
moments = [int(moment) for moment in sys.argv[5:]]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def counted(stop, function):
    calls = iter(range(stop))
    def call(*arguments):
        if next(calls, None) is None:
            die()
        return function(*arguments)
    return call

for moment in moments:
    place = work / f"{moment}"
    shutil.copytree(store, place)
    child = os.fork()
    if not child:
        if kind == "write":
            restore(file, place, replace=True, progress=counted(moment, lambda *_: None))
        elif kind == "switch":
            Path.rename = counted(moment, Path.rename)
            restore(file, place, replace=True)
        else:
            shutil.copyfile(file, work / f"{moment}.sanad")
            back_up(place, work / f"{moment}.sanad", progress=counted(moment, lambda *_: None))
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    print(moment, os.WIFSIGNALED(status), flush=True)
"""


def killed(kind: str, store: Path, file: Path, work: Path, *moments: int) -> set[int]:
    """Do something to copies of the store, each killed at its moment; those that were."""
    work.mkdir()
    command = [sys.executable, "-c", KILLED, kind, *map(str, (store, file, work, *moments))]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [line.split() for line in run.stdout.splitlines()]
    return {int(moment) for moment, signalled in lines if signalled == "True"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system starts processes otherwise")
def test_a_killed_restore_leaves_the_old_store_or_the_new_one(
    store: Path, file: Path, tmp_path: Path
) -> None:
    saved = everything(store)
    back_up(store, file)
    change(store, tmp_path)
    current = everything(store)
    moments = (0, 3)
    assert killed("write", store, file, tmp_path / "writing", *moments) == set(moments)
    for moment in moments:
        place = tmp_path / "writing" / str(moment)
        assert (place / ".restore").exists()
        assert everything(place) == current
        assert not (place / ".restore").exists()
    renames = range(0, 12, 2)
    died = killed("switch", store, file, tmp_path / "switching", *renames)
    assert len(died) > 4
    for moment in renames:
        place = tmp_path / "switching" / str(moment)
        # Whoever comes first finishes it: the documents, or the conversations.
        questions(place) if moment % 4 else texts(place)
        assert everything(place) == saved
        assert not (place / ".restore").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system starts processes otherwise")
def test_a_killed_backup_keeps_the_earlier_states(store: Path, file: Path, tmp_path: Path) -> None:
    saved = everything(store)
    back_up(store, file)
    change(store, tmp_path)
    moments = (0, 2, 4)
    assert killed("backup", store, file, tmp_path / "saving", *moments) == set(moments)
    for moment in moments:
        copy = tmp_path / "saving" / f"{moment}.sanad"
        assert [state.number for state in check(copy)] == [1]
        assert back_up(store, copy).state.number == 2
        assert not copy.with_name(f"{copy.name}.work").exists()
        assert everything(restore(copy, tmp_path / f"at-{moment}", at=1).folder) == saved


# -- on the command line ---------------------------------------------------------------------


def test_backup_and_restore_on_the_command_line(
    store: Path,
    file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SANAD_STORE", str(store))
    monkeypatch.setenv("SANAD_LANG", "en")
    assert cli.main(["backup", str(file)]) == 0
    told = capsys.readouterr()
    assert "State 1 saved: documents 4" in told.out
    assert "password hashes" in told.err
    assert "documents that you remove later stay" in told.err
    assert cli.main(["backup", str(file), "--keep", "1", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made.keys() == {
        "ok", "file", "state", "added_bytes", "states", "dropped", "seconds",
    }  # fmt: skip
    assert made["ok"]
    assert made["state"].keys() == {"number", "time", "documents", "bytes"}
    assert (made["states"], made["dropped"], made["added_bytes"]) == ([2], [1], 0)
    assert cli.main(["backup", "--list", str(file)]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[0] == "2"
    assert cli.main(["backup", "--check", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["states"] == [made["state"]]
    assert cli.main(["restore", str(file)]) == 1
    refused = capsys.readouterr().err
    assert refused.count("\n") == 1
    assert "--replace" in refused
    new = tmp_path / "new"
    assert cli.main(["restore", str(file), "--store", str(new), "--at", "2", "--json"]) == 0
    restored = json.loads(capsys.readouterr().out)
    assert restored.keys() == {"ok", "store", "state", "replaced", "seconds"}
    assert restored["store"] == str(new)
    monkeypatch.setenv("SANAD_LANG", "ar")
    assert cli.main(["restore", str(file), "--replace"]) == 0
    assert "كما كان في" in capsys.readouterr().out


def test_ctrl_c_in_a_restore_says_that_nothing_was_changed(
    store: Path, file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> Backup:
        raise KeyboardInterrupt

    monkeypatch.setenv("SANAD_STORE", str(store))
    monkeypatch.setenv("SANAD_LANG", "en")
    monkeypatch.setattr("ui.backup_command.restore_store", stopped)
    assert cli.main(["restore", str(file), "--replace"]) == 130
    assert capsys.readouterr().err == "Stopped. Nothing was changed.\n"


def test_what_is_no_store_s_is_never_taken_for_it(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.sanad"
    mine = {"package.json": "{}", "notes.db": "mine", "pyproject.toml": "[project]"}
    for name, text in mine.items():
        (store / name).write_text(text, encoding="utf-8")
    back_up(store, file)
    project = tmp_path / "project"
    project.mkdir()
    for name, text in mine.items():
        (project / name).write_text(text, encoding="utf-8")
    (project / "samples").mkdir()
    with pytest.raises(StoreError, match="holds other things"):
        restore(file, project, replace=True)
    restore(file, store, replace=True)
    for folder in (project, store):
        assert {name: (folder / name).read_text(encoding="utf-8") for name in mine} == mine
    assert not {path.name for path in restore(file, tmp_path / "new").folder.iterdir()} & {*mine}
    with pytest.raises(ValueError, match="one state"):
        back_up(store, file, keep=0)
