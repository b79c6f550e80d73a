"""kill -9 at 20 moments each of add, remove, rebuild, backup and restore: is anything lost?

For each of the five the undisturbed work is timed first, from when it begins (Python has started,
the store is open) to its end; then it is done again 20 times on copies of the same store, and
killed after one to twenty of 21 parts of that time. The process says on its output what was
committed, as it happens. Afterwards the store must open, `verify` must call it sound, and what was
committed must be there to the letter: documents, and conversations.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from llama_index.core.embeddings import MockEmbedding

from index import Library
from index.backup import back_up, check
from index.restore import restore
from ui.chats import ChatStore
from ui.conversation import Conversation

MOMENTS = 20
BEFORE, COMING = 12, 12
"""Documents that are in the store, and documents to come."""
SENTENCES = 150
_TRIES = 5
"""Kills that come too late are tried again so many times, with the time the work took now."""
ME = "visitor"


class ByText(MockEmbedding):
    """A vector that depends on the text alone: crashes do not need a model."""

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [self._get_query_embedding(text) for text in texts]

    def _get_query_embedding(self, query: str) -> list[float]:
        chance = np.random.default_rng(sum(map(ord, query)))
        return [float(number) for number in chance.standard_normal(64)]


@dataclass(frozen=True, slots=True)
class Content:
    """What a store holds: documents by name, and the questions of its conversations."""

    texts: dict[str, str]
    questions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one piece of work is done."""

    store: Path
    backup: Path
    files: Path


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        start = Path(folder, "start")
        place = Place(start / "store", start / "store.sanad", Path(folder, "files"))
        _prepare(place)
        print("work      undisturbed  killed  sound  lost")
        wrong = 0
        for kind in WORK:
            wrong += _killed(kind, place, Path(folder, "work"))
        assert not wrong, f"{wrong} of {len(WORK) * MOMENTS} kills lost something"


def _killed(kind: str, start: Place, work: Path) -> int:
    """Kill one kind of work at all moments; prints a line, and returns how often it went wrong."""
    span = min(_undisturbed(kind, _copied(start, work)) for _ in range(3))
    killed, wrong, moment, tries = 0, [], 1, 0
    while moment <= MOMENTS:
        place = _copied(start, work)
        before = _content(place.store)
        begun, process = _started(kind, place)
        try:
            process.wait(span * moment / (MOMENTS + 1))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        elapsed = time.monotonic() - begun
        said, _ = process.communicate()
        was_killed = process.returncode == -signal.SIGKILL
        if not was_killed and tries < _TRIES:  # the machine has got quicker
            span, tries = min(span, elapsed), tries + 1
            continue
        killed += was_killed
        try:
            CHECKS[kind](place, before, set(said.split("\n")[:-1]))  # the last may be cut off
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what this looks for
            wrong.append(f"  moment {moment}: {type(error).__name__}: {error}")
        moment, tries = moment + 1, 0
    print(
        f"{kind:9} {span:9.2f} s  {killed:6}  {MOMENTS - len(wrong):5}  {len(wrong):4}", flush=True
    )
    print("\n".join(wrong), end="\n" if wrong else "")
    return len(wrong)


def _undisturbed(kind: str, place: Place) -> float:
    """How many seconds the work takes."""
    begun, process = _started(kind, place)
    process.communicate()
    assert process.returncode == 0
    return time.monotonic() - begun


def _started(kind: str, place: Place) -> tuple[float, subprocess.Popen[str]]:
    command = [sys.executable, "-m", "benchmarks.killed", kind]
    process = subprocess.Popen(
        [*command, str(place.store), str(place.backup), str(place.files)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return time.monotonic(), process


def _copied(start: Place, work: Path) -> Place:
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(start.store.parent, work)
    return Place(work / start.store.name, work / start.backup.name, start.files)


def _prepare(place: Place) -> None:
    """A store with documents and conversations, and a backup from before half of them."""
    place.files.mkdir()
    for number in range(BEFORE + COMING):
        told = (
            f"Note {number}, line {line}: the box weighs {number + line} kilos. "
            for line in range(SENTENCES)
        )
        _file(place, number).write_text("".join(told), encoding="utf-8")
    library = _opened(place.store)
    for half in (range(BEFORE // 2), range(BEFORE // 2, BEFORE)):
        library.add([_file(place, number) for number in half])
        for number in half:
            _ask(place.store, f"What is note {number}?")
        if not place.backup.exists():
            back_up(place.store, place.backup)
    library.close()


def _file(place: Place, number: int) -> Path:
    return place.files / f"note-{number:02}.txt"


def _opened(store: Path) -> Library:
    model = ByText(embed_dim=64, model_name="by-text")
    return Library.open(store, embedding=model, sentence_embedding=model)


def _ask(store: Path, question: str) -> None:
    chats = ChatStore(store / "chats.db")
    conversation = Conversation()
    conversation.ask(question)
    chats.save(ME, conversation)
    chats.close()


def _content(store: Path) -> Content:
    """What a store holds, when it is sound."""
    library = _opened(store)
    try:
        problems = library.verify()
        assert problems == [], problems
        texts = {each.name: library.document(each.name).text for each in library.documents()}
    finally:
        library.close()
    chats = ChatStore(store / "chats.db")
    questions = frozenset(record.name for record in chats.list(ME))
    chats.close()
    return Content(texts, questions)


# -- the work, in a process of its own -------------------------------------------------------


def _say(what: str, name: object) -> None:
    print(f"{what}\t{name}", flush=True)


def _add(place: Place) -> Iterator[None]:
    library = _opened(place.store)
    yield
    for number in range(BEFORE, BEFORE + COMING):
        for name in library.add(_file(place, number)).added:
            _say("added", name)
        _ask(place.store, f"What is note {number}?")
        _say("asked", f"What is note {number}?")


def _remove(place: Place) -> Iterator[None]:
    library = _opened(place.store)
    names = [record.name for record in library.documents()]
    yield
    for name in names[: len(names) * 3 // 4]:
        _say("removing", name)
        library.remove(name)
        _say("removed", name)


def _rebuild(place: Place) -> Iterator[None]:
    library = _opened(place.store)
    yield
    library.rebuild()


def _backup(place: Place) -> Iterator[None]:
    yield
    _say("saved", back_up(place.store, place.backup).state.number)


def _restore(place: Place) -> Iterator[None]:
    yield
    restore(place.backup, place.store, at=1, replace=True)
    _say("restored", 1)


WORK: dict[str, Callable[[Place], Iterator[None]]] = {
    "add": _add,
    "remove": _remove,
    "rebuild": _rebuild,
    "backup": _backup,
    "restore": _restore,
}


def _work(kind: str, place: Place) -> None:
    work = WORK[kind](place)
    next(work)
    print("begun", flush=True)
    next(work, None)


# -- what must be there afterwards -----------------------------------------------------------


def _named(lines: set[str], what: str) -> set[str]:
    return {
        name for said, name in (line.rstrip("\n").split("\t") for line in lines) if said == what
    }


def _require_exact(place: Place, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        assert text == (place.files / name).read_text("utf-8"), f"{name} has another text"


def _check_add(place: Place, before: Content, lines: set[str]) -> None:
    now = _content(place.store)
    assert set(now.texts) >= set(before.texts) | _named(lines, "added")
    assert now.questions >= before.questions | _named(lines, "asked")
    _require_exact(place, now.texts)


def _check_remove(place: Place, before: Content, lines: set[str]) -> None:
    now = _content(place.store)
    begun, done = _named(lines, "removing"), _named(lines, "removed")
    assert set(before.texts) - begun <= set(now.texts) <= set(before.texts) - done
    assert now.questions == before.questions
    _require_exact(place, now.texts)


def _check_same(place: Place, before: Content, lines: set[str]) -> None:
    assert _content(place.store) == before


def _check_backup(place: Place, before: Content, lines: set[str]) -> None:
    assert _content(place.store) == before
    numbers = {str(state.number) for state in check(place.backup)}
    assert numbers >= {"1"} | _named(lines, "saved")
    new = place.store.with_name("restored")
    first = _content(restore(place.backup, new, at=1).folder)
    assert len(first.texts) == BEFORE // 2
    _require_exact(place, first.texts)
    if "2" in numbers:
        assert _content(restore(place.backup, new, at=2, replace=True).folder) == before
    back_up(place.store, place.backup)
    assert _content(restore(place.backup, new, replace=True).folder) == before


def _check_restore(place: Place, before: Content, lines: set[str]) -> None:
    now = _content(place.store)
    kept = set(sorted(before.texts)[: BEFORE // 2])
    was_done = set(now.texts) == kept
    assert was_done or not _named(lines, "restored")
    assert was_done or now == before
    assert len(now.questions) == (BEFORE // 2 if was_done else BEFORE)
    _require_exact(place, now.texts)
    assert not (place.store / ".restore").exists()
    again = restore(place.backup, place.store, at=1, replace=True)
    assert set(_content(again.folder).texts) == kept


CHECKS: dict[str, Callable[[Place, Content, set[str]], None]] = {
    "add": _check_add,
    "remove": _check_remove,
    "rebuild": _check_same,
    "backup": _check_backup,
    "restore": _check_restore,
}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _work(sys.argv[1], Place(*map(Path, sys.argv[2:])))
    else:
        main()
