"""Evidence -> the sentences of an answer, each verified before it is shown.

There is one way for all answers: steps are tried in turn, and the first that has something to show
is the answer.

1. What is to be reckoned is reckoned by the program, from values of the evidence (`reckoned`:
   before anything else is asked of a model, as it shows by itself whether it is right).
2. A question that means a cell of a table gets it, with the names of its row and column.
3. The model writes whole sentences, and each must pass `rag.check` and rest on a source.
4. The model points at the words that answer, and the sentence around them is the answer.
5. The sentence that comes nearest to the question is the answer, in doubt.

What is asked of a model depends on its profile (`rag.profile`). Words of the other language are put
into the asker's by `rag.translate`, or stand in a frame as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from index import Hit, HitSentence, Language, Library
from index.text.keywords import normalise
from index.text.sentences import split_sentences
from rag import check, cite, prompt
from rag.ask import Model
from rag.evidence import LIST_SIGN, Evidence, about, best, flat, is_heading
from rag.pick import SURE, Pick
from rag.reckon import reckon
from rag.shape import Shape
from rag.span import Span, letters, locate, read_reply, whole
from rag.table import Row, rows_of, shown
from rag.translate import marked, original, rendered, room_beside, translated
from rag.types import Turn
from rag.values import values_in

_VALUES = 2
"""Values of a sentence that stand before it where it could not be translated."""
_SENTENCE = 3
"""Words of the shortest sentence that counts as one: the model is asked for whole sentences."""
_COMMA: dict[Language, str] = {"ar": "، ", "en": ", "}
_NUMBERED = re.compile(r"^\s*\d+(?:\.\d+)+[.)]?\s")
"""What the clause of a contract begins with."""
_QUOTE = 320
"""Characters of a source sentence inside an answer; longer ones are cut at clauses."""
_CLAUSE = 120
"""Characters of the clause around the words that answer, where the sentence is not translated."""
_MOST: dict[Shape, tuple[int, float]] = {
    "fact": (2, 0.5), "yesno": (2, 0.5), "list": (4, 1.0), "compare": (3, 1.0), "how": (7, 2.5),
    "summary": (9, 4.0),
}  # fmt: skip
"""Sentences of the source that a long answer quotes, and how much less near they may come."""
_YES_OR_NO = re.compile(r"^(?:yes|no|نعم|لا|كلا|أجل)\s*[,.،:;–-]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of an answer and the source sentences that support it; `before` it stands."""

    text: str
    sources: tuple[HitSentence, ...]
    doubtful: bool = False
    before: str = " "


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be answered, in what language and shape, from what, after which turn.

    `values` is the evidence to reckon with; none where nothing is to be reckoned.
    """

    question: str
    language: Language
    hits: Sequence[Hit]
    evidence: Sequence[Evidence]
    values: Sequence[Evidence] = ()
    picked: Pick | None = None
    turn: Turn | None = None
    shape: Shape = "fact"
    long: bool = False

    @property
    def source(self) -> Language:
        """The language of the evidence."""
        return self.evidence[0].hit.language

    @property
    def texts(self) -> list[str]:
        """What the evidence says, with the headings it stands under."""
        return [f"{piece.place} {piece.text}" for piece in self.evidence]


Step = Callable[["Task", Model, Library], Generator[Said]]


class Refused(Exception):
    """The model says that the evidence does not tell."""


def compose(task: Task, model: Model, library: Library) -> Generator[Said]:
    """The sentences of the answer, as they are finished. Raises Refused before the first one."""
    for step in _steps(task, model):
        said = False
        with closing(step(task, model, library)) as sentences:
            for sentence in sentences:
                said = True
                yield sentence
        if said:
            return
    yield replace(_told(best(task.evidence), task, model, library), doubtful=True)


def _steps(task: Task, model: Model) -> list[Step]:
    """What is tried, in order, for a question of this shape and a model of this profile."""
    steps: list[Step] = []
    if task.shape != "summary":  # which asks for more than a cell
        steps.append(_picked)
    writes = model.can("write_en" if task.language == "en" else "write_ar")
    if writes and not (task.shape == "yesno" and task.language == task.source):
        steps.append(_written)
    if task.long:
        steps.append(_section)
    elif model.can("point"):
        steps.append(_pointed)
    return steps


# --- Reckoned, and picked from a table ---------------------------------------------------------


def reckoned(task: Task, model: Model) -> list[Said]:
    """The result of what is to be reckoned, with the way to it; empty where it is not sure."""
    found = reckon(task.question, task.language, task.values, model) if task.values else None
    return [] if found is None else [Said(found.text, found.sources)]


def _picked(task: Task, model: Model, library: Library) -> Generator[Said]:
    """The cells that the question means, each row on a line of its own."""
    if task.picked is None:
        return
    columns, language = task.picked.columns, task.language
    for row in task.picked.rows:
        text, sure = shown(row, columns, language), task.picked.sure >= SURE
        if not check.in_language(text, language):
            text, sure = _foreign_cells(row, columns, language), False
        if text:
            yield Said(text, (row.sentence,), not sure, before="\n")


def _foreign_cells(row: Row, columns: Sequence[int], language: Language) -> str:
    """The values of a row in the other language, and behind them what names them in the source.

    Empty where no value can be put over.
    """
    values = [rendered(row.cells[column][1], language) for column in columns]
    lead = _COMMA[language].join(filter(None, values))
    if not lead:
        return ""
    text = shown(row, columns, row.hit.language)
    beside = (f"{lead} ({words})" for words in (text, row.label) if words)
    framed = f"{lead}. {original(text, language)}"
    return next((said for said in beside if check.in_language(said, language)), framed)


# --- Written by the model ----------------------------------------------------------------------


def _written(task: Task, model: Model, library: Library) -> Generator[Said]:
    """What the model writes, sentence by sentence, less what may not be shown."""
    for insist in (False, True):
        messages = prompt.answer_messages(
            task.question,
            task.language,
            task.evidence,
            task.turn,
            long=task.long,
            insist=insist,
            may_refuse=model.can("not_there"),
        )
        shown = wrong_language = False
        said_before: set[str] = set()
        with closing(_sentences(model.stream(messages, long=task.long))) as sentences:
            for before, sentence in sentences:
                if not shown and prompt.model_refuses(sentence):
                    raise Refused
                if (spelt := normalise(sentence)) in said_before:
                    break  # it goes round in circles
                said_before.add(spelt)
                if not check.in_language(sentence, task.language):
                    wrong_language = True
                    if not shown and not insist:
                        break
                    continue
                if (said := _verified(sentence, before, task, model, library)) is not None:
                    shown = True
                    yield said
        if shown or not wrong_language:
            return


def _verified(
    sentence: str, before: str, task: Task, model: Model, library: Library
) -> Said | None:
    """The sentence with its sources; None when it may not be shown."""
    if len(sentence.split()) < _SENTENCE:
        return None  # a code or a name alone, as an instruction in a document may ask for
    trusted = model.can("yesno_en" if task.language == "en" else "yesno_ar")
    if task.shape == "yesno" and not trusted:
        sentence = _YES_OR_NO.sub("", sentence)
        sentence = sentence[:1].upper() + sentence[1:]
    sources = [piece.sentence for piece in task.evidence]
    similarities = library.similarities(f"{task.question} {sentence}", sources)
    chosen = cite.supports(sentence, task.question, sources, similarities)
    pieces = [task.evidence[place] for place in chosen]
    if not check.fit(sentence, task.question, task.language, task.texts):
        return None
    if task.language != task.source and not check.values_held(
        sentence, task.language, task.question, pieces
    ):
        return None
    if not check.premises_held(sentence, pieces):
        return None
    if not check.supported(sentence, task.question, pieces, task.language, library):
        return None
    nearest = best(task.evidence)
    if pieces[0].hit.document not in (nearest.hit.document, task.hits[0].document) and (
        check.closer(task.question, task.language, nearest, pieces[0], library)
    ):
        return None  # a fact of another document than the question is about
    agreed = task.long or any(piece.hit is nearest.hit for piece in pieces)
    return Said(sentence, tuple(p.sentence for p in pieces), not agreed, before)


# --- Pointed at --------------------------------------------------------------------------------


def _pointed(task: Task, model: Model, library: Library) -> Generator[Said]:
    """The sentence around words of the evidence that the model points at; nothing when it cannot.

    Searching knows better than a weak model which document answers: only words from that of the
    nearest sentence, or of the best passage, count, and those of a heading never. Where both point
    at one passage, both sentences stand.
    """
    asked = prompt.span_messages(task.question, task.source, task.evidence, task.turn)
    number, words = read_reply(model.reply(asked, schema=prompt.SPAN_SCHEMA))
    span = locate(words, number, task.evidence)
    if span is None:
        return
    nearest = best(task.evidence)
    meant = (nearest.hit.document, task.hits[0].document)
    if span.evidence.hit.document not in meant or is_heading(span.evidence):
        yield _told(nearest, task, model, library)
        return
    if task.language != span.language:
        yield _told(span.evidence, task, model, library, span)
        return
    both = {span.evidence.sentence.id: span.evidence}
    if nearest.hit is span.evidence.hit:
        both[nearest.sentence.id] = nearest
    agreed = span.evidence is nearest
    for place in sorted(both, key=lambda id_: both[id_].sentence.start):
        yield replace(_told(both[place], task, model, library), doubtful=not agreed)


def _section(task: Task, model: Model, library: Library) -> Generator[Said]:
    """The sentences of the evidence that are about the question, in their order, one a line."""
    pieces = about(task.evidence, *_MOST[task.shape])
    nearest = best(pieces)
    for piece in pieces:
        said = _told(piece, task, model, library)
        if said.doubtful and piece is not nearest:
            continue  # one sentence in the other language says enough
        if len(pieces) > 1:
            text = said.text if said.doubtful else f"- {said.text}"  # which is a frame by itself
            said = replace(said, text=text, before="\n")
        yield said


# --- Sentences of the source -------------------------------------------------------------------


def _told(
    piece: Evidence, task: Task, model: Model, library: Library, span: Span | None = None
) -> Said:
    """What a sentence of the source says, in the asker's language as far as that can be had.

    By the program, else by the model; in doubt where it stands in the words of the source, with its
    values before it. A row of a table is said as a whole: a cell alone does not tell of what.
    """
    rows = {row.sentence.id: row for row in rows_of(piece.hit)}
    row = rows.get(piece.sentence.id)
    text = _plain(piece) if row is None else shown(row, (), task.language)
    if check.in_language(text, task.language):
        return Said(text, (piece.sentence,))
    span = span or whole(piece)
    parts = (span.words, text) if row is None else (text,)
    by_program = next(filter(None, (rendered(words, task.language) for words in parts)), None)
    if by_program is not None:
        return Said(by_program, (piece.sentence,))
    for words in (text, span.clause(_CLAUSE)) if row is None else (text,):
        found = translated(words, span.language, task.language, model, library)
        if found is not None:
            return Said(marked(found, task.language), (piece.sentence,))
    values = _values(span, row, task.language)
    lead = f"{_COMMA[task.language].join(values)}. " if 0 < len(values) <= _VALUES else ""
    room = room_beside(lead, task.language)
    text = "" if row is None else shown(row, (), span.language)
    if not text or letters(text) > room:
        text = _beside(span, room, task, library)
    return Said(lead + original(text, task.language), (piece.sentence,), doubtful=True)


def _values(span: Span, row: Row | None, language: Language) -> list[str]:
    """The values of what is not translated, in the asker's language; those of a row by its cells.

    A name of a column that is a code ("D12") is the same in any language.
    """
    if row is None:
        words = (span.words, flat(span.evidence.sentence.text))
        said = (values_in(_NUMBERED.sub("", text), language) for text in words)
        return next(filter(None, said), [])
    values = []
    for name, cell in row.cells:
        value = rendered(cell, language)
        if value is not None:
            code = f"{name} " if any(map(str.isdigit, name)) and " " not in name else ""
            values.append(f"{code}{value}")
    return values


def _beside(span: Span, room: int, task: Task, library: Library) -> str:
    """As much of the source as leaves the answer in its own language: what is most to the point."""
    parts = span.stretches(room)
    if len(parts) > 1:
        parts = [parts[library.most_similar(task.question, parts)]]
    return "".join(parts).rstrip(" .،؛")


def _plain(piece: Evidence) -> str:
    """A source sentence as a sentence of the answer: on one line, without the sign of a list."""
    text = flat(piece.sentence.text)
    if len(text) > _QUOTE:
        text = Span(piece, 0, 1).clause(_QUOTE)
    return LIST_SIGN.sub("", text)


def _sentences(deltas: Generator[str]) -> Generator[tuple[str, str]]:
    """The growing text in whole sentences without markers, each with the space before it."""
    raw, done = "", 0
    with closing(deltas):
        for delta in deltas:
            raw += delta
            clean = cite.settled(cite.without_markers(raw))
            for sentence in split_sentences(clean, done)[:-1]:
                yield _space(clean, done, sentence.start), clean[sentence.start : sentence.end]
                done = sentence.end
    clean = cite.without_markers(raw)
    for sentence in split_sentences(clean, done):
        text = clean[sentence.start : sentence.end].strip()
        if any(map(str.isalnum, text)):
            yield _space(clean, done, sentence.start), text
        done = sentence.end


def _space(text: str, done: int, start: int) -> str:
    between = text[done:start]
    return "\n" if "\n" in between else " "
