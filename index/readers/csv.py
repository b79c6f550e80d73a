"""Tables as text (CSV, TSV): a line per row, with the row that names the columns."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from index.errors import FileDamaged
from index.readers.encoding import decode_text, decoding_warnings
from index.readers.grid import names_columns
from index.readers.source import Source
from index.readers.writer import TextWriter
from index.types import Document

_DELIMITERS = "\t;|,"  # of those that part a file equally well, the first
_NO_DELIMITER = "\x1f"
_SAMPLE = 200  # rows that are enough to tell the delimiter and the header
_SAMPLE_CHARACTERS = 200_000
_EQUAL = 0.6  # the share of rows with the same number of fields, for a delimiter to be one
_PARTED = 0.8  # or the share of rows, the first among them, that it parts at all
_LONGEST_FIELD = 10_000_000
_STEP = 2000  # rows

_DECLARED = re.compile(r"\"?sep=(.)\"?[ \t]*(?:\n|\Z)", re.IGNORECASE)
_YEAR = re.compile(r"(?:1[89]|20)\d\d|(?:١[٨٩]|٢٠)[٠-٩]{2}")


def read_csv(source: Source) -> Document:
    """The table that a CSV or TSV file holds, in whatever encoding and with whatever delimiter.

    Lines above the table that have but one field stand as paragraphs. Raises FileDisguised,
    EncodingUnknown, FileDamaged and FileEmpty.
    """
    text = decode_text(source.content, source.path)
    writer = TextWriter()
    rows = _rows(text, source)
    sample = list(islice(rows, _SAMPLE))
    width = _usual_width(sample)
    while sample and width > 1 and len(row := [cell for cell in sample[0] if cell.strip()]) < 2:
        sample.pop(0)
        writer.block(" ".join("".join(row).split()))
    writer.table(chain(sample, rows), header=_has_names(sample))
    return writer.document(source, decoding_warnings(text))


def _has_names(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns, be it with years."""
    width = _usual_width(rows)
    table = [row[:width] for row in rows]
    years = [name for name in table[0] if _YEAR.fullmatch(name.strip())] if table else []
    if len(set(years)) > 1:
        table[0] = [f"year {name}" if name in years else name for name in table[0]]
    return names_columns(table)


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    return max(widths, key=lambda width: (widths[width], width)) if widths else 0


def _rows(text: str, source: Source) -> Iterator[list[str]]:
    declared = _DECLARED.match(text)
    delimiter = declared[1] if declared else _delimiter(text, source.path.suffix.lower())
    lines = _Lines(text, declared.end() if declared else 0)
    csv.field_size_limit(_LONGEST_FIELD)
    start = lines.at
    try:
        for number, row in enumerate(_parsed(lines, delimiter), start=1):
            if lines.at == len(text) and _is_open(text[start:], delimiter):
                break
            start = lines.at
            yield row
            if number % _STEP == 0:
                source.step("parse")
    except csv.Error:  # a field over the limit: its quotation mark was not meant as one
        pass
    # What follows a quotation mark that nothing closes is read line by line.
    try:
        yield from csv.reader(_Lines(text, start), delimiter=delimiter, quoting=csv.QUOTE_NONE)
    except csv.Error as error:
        raise FileDamaged(path=source.path, detail="it is no table") from error


class _Lines:
    """The lines of a text one by one, and where the next begins."""

    def __init__(self, text: str, start: int = 0) -> None:
        self._text = text
        self.at = start

    def __iter__(self) -> Iterator[str]:
        while self.at < len(self._text):
            start, self.at = self.at, self._text.find("\n", self.at) + 1 or len(self._text)
            yield self._text[start : self.at]


def _parsed(lines: Iterable[str], delimiter: str, *, strict: bool = False) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=strict)


def _is_open(row: str, delimiter: str) -> bool:
    """Whether a row of several lines ends within quotation marks."""
    if "\n" not in row.rstrip("\n"):
        return False
    try:
        for _ in _parsed([row], delimiter, strict=True):
            pass
    except csv.Error:
        return True
    return False


def _delimiter(text: str, extension: str) -> str:
    """The delimiter that parts the first rows into equally many fields."""
    end = len(text)
    if end > _SAMPLE_CHARACTERS:
        end = text.rfind("\n", 0, _SAMPLE_CHARACTERS) + 1 or _SAMPLE_CHARACTERS
    lines = list(islice(_Lines(text[:end]), _SAMPLE))
    best, found = 0.0, _NO_DELIMITER
    for delimiter in _DELIMITERS:
        rows = [row for row in _parsed(lines, delimiter) if any(cell.strip() for cell in row)]
        widths = Counter(map(len, rows))
        parted = widths.total() - widths.pop(1, 0)
        if extension == ".tsv" and delimiter == "\t" and parted:
            return delimiter
        equal = max(widths.values(), default=0) / max(len(rows), 1)
        ragged = parted >= _PARTED * len(rows) and len(rows[0]) > 1 if rows else False
        if equal > best and (equal >= _EQUAL or ragged):
            best, found = equal, delimiter
    return found
