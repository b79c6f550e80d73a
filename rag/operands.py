"""Where the numbers of an expression stand: in the evidence, in the question, or in a word.

A number that stands nowhere makes the whole expression worthless, and so does a quantity of the
question that it leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from index import HitSentence
from index.readers.writer import CELL_SEPARATOR
from index.text.keywords import content_tokens, normalise
from index.text.sentences import text_language
from rag.evidence import Evidence
from rag.expression import Expression, Number, numbers, plain
from rag.values import MONEY, TIMES, Amount, amounts, full_dates, unit_named, unit_of

PURE = "pure"
"""The unit of a number that only multiplies: a half, a share, the 12 months of a year."""
_PARTS = {
    number: frozenset(normalise(words).split())
    for several, words in (
        ("2 0.5", "half halves halved double doubled نصف النصف نصفها نصفه بنصف ضعف الضعف"),
        ("3", "third thirds triple ثلث الثلث ثلثا ثلثي"),
        ("4 0.25 0.75", "quarter quarters ربع الربع بربع"),
    )
    for number in map(Decimal, several.split())
}
_IN_ONE = {
    Decimal(12): {"month", "year"},
    Decimal(7): {"day", "week"},
    Decimal(24): {"hour", "day"},
    Decimal(60): {"minute", "hour"},
    Decimal(52): {"week", "year"},
}
_PERIODIC = {
    "month": ("monthly", "شهري", "شهريه", "شهريا"),
    "year": ("yearly", "annual", "annually", "سنوي", "سنويه", "سنويا"),
    "week": ("weekly", "اسبوعي", "اسبوعيه", "اسبوعيا"),
    "day": ("daily", "يومي", "يوميه", "يوميا"),
}
_PERIOD_OF = {word: unit for unit, words in _PERIODIC.items() for word in words}
_HUNDRED = Decimal(100)
_MOST_FOUND = 4
"""Numbers of the evidence: a small model that adds up more of them has picked some wrong ones."""
_EACH = frozenset(("per", "each", "every", "a", "an", "/", "كل", "لكل"))
_EACH_JOINED = ("لل", "بال")
_BRACKETS = re.compile(r"\(([^()]{1,20})\)")
_HOW_MANY = re.compile(r"(?:^| )(?:how many|how much in|in|و?ب?كم) (\w+)")
_YEARS = range(1900, 2101)
_CLOCK = re.compile(r"(?:\bat|\bthe|\bby|\bafter|\bbefore|الساعة|الساعه)\s*$", re.IGNORECASE)
_BEFORE = 12
_MONEY_WORD = re.compile(r"[$€£₺]|[^\W\d_]+")
_DUAL = ("ين", "ان")
_WORD = re.compile(r"\w+|/")


@dataclass(frozen=True, slots=True)
class Operand:
    """A number or a date to reckon with, as it is written, and the sentence it stands in.

    `source` is None for what the question says; `unit` what is known for sure; `counted` the word
    behind the number.
    """

    value: Decimal | date
    written: str
    source: HitSentence | None
    unit: str | None = None
    counted: str = ""


@dataclass(frozen=True, slots=True)
class _Note:
    """A sentence of the evidence with its amounts, and how many words of the question it has.

    `about` says that it may be about the question: in the question's language it shares a word.
    """

    piece: Evidence
    amounts: tuple[Amount, ...]
    shared: int
    about: bool


class Operands:
    """Finds what the numbers of expressions about one question are."""

    def __init__(self, question: str, evidence: Sequence[Evidence]) -> None:
        self._question = question
        self._asked = amounts(question)
        self._notes = list(_notes(question, evidence))

    def of(self, tree: Expression) -> dict[int, Operand] | None:
        """The operands by their places in the expression; None where one of them is not sure."""
        wanted = [number for number in numbers(tree) if number.value != 1]
        found = {number.place: one for number in wanted if (one := self._in_question(number.value))}
        used = {operand.value for operand in found.values()}
        unused = [one for one in self._asked if not used & one.values]
        if any(map(self._matters, unused)):
            return None
        missing = [number for number in wanted if number.place not in found]
        if not missing and wanted:  # "5 days late", "5 marks a day": the rule has the other five
            missing = [number for number in wanted[-1:] if self._standing(number.value)]
        chosen = self._stand(missing, found)
        for number in missing:
            if number.place not in found:
                implied = self._implied(number.value, chosen) or self._in_evidence(number.value)
                if implied is None:
                    return None
                found[number.place] = implied
        each = {unit for note in chosen for unit in _per(note.piece.text)}
        asked = any(one.unit in each for one in unused)
        return None if asked or len(missing) > _MOST_FOUND else found

    def _stand(self, missing: Sequence[Number], found: dict[int, Operand]) -> list[_Note]:
        """The sentences that the missing numbers stand in, those that can stand in few first.

        A half is rather the word than a two somewhere.
        """
        chosen: list[_Note] = []
        figures = [number for number in missing if number.value not in _PARTS]
        for number in sorted(figures, key=lambda number: len(self._standing(number.value))):
            there = self._standing(number.value)
            if there:
                documents = {note.piece.hit.document for note in chosen}
                best = max(
                    there,
                    key=lambda n: (n in chosen, n.piece.hit.document in documents, n.shared),
                )
                chosen.append(best)
                found[number.place] = _operand(best, number.value)
        return chosen

    def one_document(self, sources: Sequence[HitSentence]) -> bool:
        """Whether sentences are of the same document; numbers of two are hardly ever one sum."""
        ids = {source.id for source in sources}
        notes = [note for note in self._notes if note.piece.sentence.id in ids]
        return len({note.piece.hit.document for note in notes}) == 1

    def unit_asked(self) -> str | None:
        """The unit that a result is asked in: "how many minutes", "كم كيلوغرامًا"."""
        words = (found[1] for found in _HOW_MANY.finditer(normalise(self._question)))
        return next((unit for word in words if (unit := unit_of(word))), None)

    def currency(self, sources: Sequence[HitSentence]) -> str | None:
        """The only currency that the evidence of the sources' documents names."""
        ids = {source.id for source in sources}
        documents = {n.piece.hit.document for n in self._notes if n.piece.sentence.id in ids}
        texts = {n.piece.hit.text for n in self._notes if n.piece.hit.document in documents}
        words = {word for text in texts for word in _MONEY_WORD.findall(text)}
        found = {unit for word in words if (unit := unit_of(word)) in MONEY}
        return found.pop() if len(found) == 1 else None

    def day(self, day: date) -> Operand | None:
        """A full date as an operand."""
        wanted = (day.year, day.month, day.day)
        if wanted in full_dates(self._question):
            return Operand(day, day.isoformat(), None)
        for note in self._notes:
            if wanted in full_dates(note.piece.text):
                return Operand(day, day.isoformat(), note.piece.sentence)
        return None

    def period(self, number: int, unit: str) -> Operand | None:
        """A number of days, weeks, months or years."""
        asked = [one for one in self._asked if one.unit == unit and Decimal(number) in one.values]
        if asked:
            return Operand(Decimal(number), str(number), None, unit)
        for note in self._notes:
            if any(one.unit == unit and Decimal(number) in one.values for one in note.amounts):
                return Operand(Decimal(number), str(number), note.piece.sentence, unit)
        return None

    def _in_question(self, value: Decimal) -> Operand | None:
        for amount in self._asked:
            if value in amount.values:
                return Operand(value, plain(value), None, amount.unit, amount.counted)
        if value == 2 and any(map(_is_dual, _WORD.findall(self._question))):
            return Operand(value, plain(value), None)
        return None

    def _in_evidence(self, value: Decimal) -> Operand | None:
        there = self._standing(value)
        return _operand(max(there, key=lambda note: note.shared), value) if there else None

    def _matters(self, amount: Amount) -> bool:
        if amount.unit in TIMES or amount.values <= {Decimal(1)}:
            return False
        if amount.spelt_out and amount.values <= {Decimal(2)}:  # "the two models"
            return False
        if amount.unit is None and any(value in _YEARS for value in amount.values):
            return False
        before = self._question[max(0, amount.at - _BEFORE) : amount.at]
        return amount.unit is not None or bool(amount.counted and not _CLOCK.search(before))

    def _standing(self, value: Decimal) -> list[_Note]:
        share = value * _HUNDRED
        return [
            note
            for note in self._notes
            if note.about
            and any(
                value in one.values or (one.unit == "%" and share in one.values)
                for one in note.amounts
            )
        ]

    def _implied(self, value: Decimal, chosen: Sequence[_Note]) -> Operand | None:
        """A number that a word stands for: a half, percent, the months of a year."""
        words = _PARTS.get(value, frozenset())
        if words & set(normalise(self._question).split()):
            return Operand(value, plain(value), None, PURE)
        documents = {note.piece.hit.document for note in chosen}
        for note in self._notes:
            near = note.piece.hit.document in documents if chosen else note.about
            if near and words & set(normalise(note.piece.text).split()):
                return Operand(value, plain(value), note.piece.sentence, PURE)
        texts = [self._question, *(note.piece.text for note in chosen)]
        units = {unit_of(word) for text in texts for word in _WORD.findall(text)}
        words_there = {word.removeprefix("ال") for t in texts for word in normalise(t).split()}
        units |= {_PERIOD_OF[word] for word in words_there & _PERIOD_OF.keys()}
        units |= {"%"} if any("%" in text or "٪" in text for text in texts) else set()
        if value == _HUNDRED and "%" in units:
            return Operand(value, plain(value), None, PURE)
        both = _IN_ONE.get(value)
        return Operand(value, plain(value), None, PURE) if both and both <= units else None


def _notes(question: str, evidence: Sequence[Evidence]) -> Iterator[_Note]:
    language = text_language(question)
    asked = {word for word in content_tokens(question, language) if not word.isdigit()}
    place = ""
    for piece in evidence:
        place = piece.place or place
        is_row = CELL_SEPARATOR in piece.text
        text = f"{piece.text} {' '.join(piece.hit.section)} {place if is_row else ''}"
        shared = len(asked & set(content_tokens(text, piece.hit.language)))
        about = shared > 0 or text_language(piece.text) != language
        yield _Note(piece, tuple(amounts(piece.text)), shared, about)


def _per(text: str) -> Iterator[str]:
    """The units that a text gives a rate for: "5 marks a day", "عن كل يوم", "لليلة"."""
    before = ""
    for word in _WORD.findall(text):
        unit = unit_of(word)
        in_the = before == "في" and word.startswith("ال")
        if unit and (before.lower() in _EACH or in_the or word.startswith(_EACH_JOINED)):
            yield unit
        before = word


def _operand(note: _Note, value: Decimal) -> Operand:
    share = value * _HUNDRED
    amount = next(
        one
        for one in note.amounts
        if value in one.values or (one.unit == "%" and share in one.values)
    )
    unit = amount.unit or _column_unit(note.piece, amount)
    if value not in amount.values:
        unit = PURE
    return Operand(value, plain(value), note.piece.sentence, unit, amount.counted)


def _column_unit(piece: Evidence, amount: Amount) -> str | None:
    """The unit in the name of the column that a number of a row stands in."""
    if CELL_SEPARATOR not in piece.text:
        return None
    cell = piece.text[: amount.at].count(CELL_SEPARATOR)
    section = piece.hit.section
    header = section[-1] if section and CELL_SEPARATOR in section[-1] else ""
    if not header:
        rows = piece.hit.sentences
        top = at = next(n for n, row in enumerate(rows) if row.id == piece.sentence.id)
        while top > 0 and CELL_SEPARATOR in rows[top - 1].text:
            top -= 1
        header = rows[top].text if top < at else ""
    names = header.split(CELL_SEPARATOR)
    name = names[cell] if cell < len(names) else ""
    unit = unit_named(name)
    if unit in MONEY:
        return unit
    # "Working days" over prices is no unit of theirs; "Notice (days)" is.
    return unit_named(" ".join(_BRACKETS.findall(name)))


def _is_dual(word: str) -> bool:
    """Whether an Arabic word says "two" of a unit: يومين, ساعتان."""
    stem = word.removesuffix(_DUAL[0]).removesuffix(_DUAL[1])
    if stem == word:
        return False
    return unit_of(stem) is not None or (
        stem.endswith("ت") and unit_of(f"{stem[:-1]}ة") is not None
    )
