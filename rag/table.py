"""Tables: the rows of a passage with the names of their columns, and which one a question means.

A row reads "HP-300: weight 890 kg": what names it, then each cell behind its column's name. A
question picks its row by the words that stand in one row more than in the others, and its column
by words that stand in one column's name more than in the others; two-way tables need no more than
that, whichever side the entities stand on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest

from index import Hit, HitSentence, Language
from index.readers.grid import names_columns
from index.readers.writer import CELL_SEPARATOR

_YEAR = re.compile(r"(?:1[89]|20)\d\d|[12][٠-٩]{3}")
_EMPTY = frozenset({"", "-", "–", "—", "―", "…"})
_CUT = " …"
_ARABIC = re.compile("[\u0620-\u064a]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_BETWEEN = re.compile(r" ?/ ?| [-–—] ")
_LONGEST_HALVED = 300
"""Characters of a cell that may say the same in both languages; a longer one is prose."""
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: what names it, and its other cells with the names of their columns.

    `sentence` is where it stands (the first of several where its cells hold paragraphs), `head`
    the name of the column of its label. A name is empty where none is known.
    """

    hit: Hit
    sentence: HitSentence
    label: str
    cells: tuple[tuple[str, str], ...]
    head: str = ""


def rows_of(hit: Hit) -> tuple[Row, ...]:
    """All rows of the tables in a hit, in order; the row that names the columns is none."""
    found: list[Row] = []
    for number, table in enumerate(_tables(hit)):
        lines = [_cells(line) for line, _ in table]
        names: list[str] = []
        section = hit.section[-1] if hit.section else ""
        if number == 0 and CELL_SEPARATOR in section and table[0][1] == hit.start:
            names = _cells(section.removesuffix(_CUT))
            if section.endswith(_CUT):
                names.pop()  # the last one is not whole
        elif _names_columns(lines):
            names, lines, table = lines[0], lines[1:], table[1:]
        starts = {sentence.start: sentence for sentence in hit.sentences}
        for cells, (_, start) in zip(lines, table, strict=True):
            if start in starts:
                found.append(_row(hit, starts[start], cells, names))
    return tuple(found)


def shown(row: Row, columns: Sequence[int], language: Language) -> str:
    """A row as one line for somebody who asks in that language: "HP-300: weight 890 kg".

    `columns` are places in `row.cells`; none stands for all. Of what is written in both languages
    only the asker's half is shown; empty cells are left out.
    """
    every = columns or _without_twins(row, language)
    parts = []
    for column in every:
        name, cell = (half(text, language) for text in row.cells[column])
        if cell not in _EMPTY:
            parts.append(f"{name} {cell}".strip())
    label = half(row.label, language)
    marks = (", ", "; ") if language == "en" else ("، ", "؛ ")
    told = marks[any("," in part or "،" in part for part in parts)].join(parts)
    if not told or label in _EMPTY:
        return told or label
    return f"{label}: {told}"


def half(text: str, language: Language) -> str:
    """Of a text that says the same in both languages ("South / الجنوبي") the half in this one."""
    halves = _halves(text)
    return halves[language] if halves else text


def _halves(text: str) -> dict[Language, str]:
    """What a text says in each language, where a sign parts it into one half of each."""
    for mark in _BETWEEN.finditer(text) if len(text) <= _LONGEST_HALVED else ():
        parts = (text[: mark.start()].strip(), text[mark.end() :].strip())
        halves = {script: part for part in parts if (script := _script(part))}
        if len(halves) == 2:
            return halves
    return {}


def _script(text: str) -> Language | None:
    """The language of most of a text's letters; None for as many of both, and for none."""
    arabic, latin = len(_ARABIC.findall(text)), len(_LATIN.findall(text))
    return None if arabic == latin else "ar" if arabic > latin else "en"


def _without_twins(row: Row, language: Language) -> list[int]:
    """The columns but those that say in the other language what the one beside says in this."""
    told: list[int] = []
    for column, (_, cell) in enumerate(row.cells):
        beside = [row.cells[at][1] for at in (column - 1, column + 1) if 0 <= at < len(row.cells)]
        if not any(_script(other) == language and _same(cell, other) for other in beside):
            told.append(column)
    return told


def _same(one: str, other: str) -> bool:
    """Whether two cells may say the same in two languages, each in one: the figures agree."""
    scripts = {_script(one), _script(other)}
    alike = sorted(_NUMBER.findall(one)) == sorted(_NUMBER.findall(other))
    return alike and len(scripts - {None}) == 2 and not any(map(_halves, (one, other)))


def _row(hit: Hit, sentence: HitSentence, cells: Sequence[str], names: Sequence[str]) -> Row:
    pairs = list(zip_longest(names, cells, fillvalue=""))
    return Row(hit, sentence, cells[0], tuple(pairs[1:]), pairs[0][0])


def _tables(hit: Hit) -> Iterator[list[tuple[str, int]]]:
    """The tables in a hit, each as its lines with the place in the document where they begin."""
    lines: list[tuple[str, int]] = []
    at = hit.start
    for line in hit.text.split("\n"):
        lines.append((line.strip(), at + len(line) - len(line.lstrip())))
        at += len(line) + 1
    for is_row, block in groupby(lines, key=lambda line: CELL_SEPARATOR in line[0]):
        if is_row:
            yield list(block)


def _cells(line: str) -> list[str]:
    """The cells of a row; the first is empty where its text begins with the sign between two."""
    return [cell.strip() for cell in f" {line} ".split(CELL_SEPARATOR)]


def _names_columns(lines: Sequence[Sequence[str]]) -> bool:
    """Whether the first line names the columns, be it with years."""
    first = [f"year {cell}" if _YEAR.fullmatch(cell) else cell for cell in lines[0]]
    return names_columns([first, *lines[1:]])
