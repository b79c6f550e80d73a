"""JSON: a line "key: value" for each value, a block for each record, in the order of the file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from index.errors import FileDamaged, FileUnsafe
from index.readers.encoding import decode_text, decoding_warnings
from index.readers.source import Source
from index.readers.writer import TextWriter
from index.types import Document, ReadWarning

_DEEPEST = 100  # arrays and objects within one another
_DEEPEST_HEADING = 6
_LONGEST_KEYS = 200  # characters: what is above a value stands in its line, and in many lines
_SHORT = 100  # characters: an array with a longer string in it has a line for each
_STEP = 1000  # records


@dataclass(frozen=True, slots=True)
class Members:
    """The keys and values of an object, in the order of the file; a key may come twice."""

    pairs: list[tuple[str, Value]]


Value: TypeAlias = "Members | list[Value] | str | bool | None"

# Numbers stay as they are written: 1.10 is no 1.1, and none is too long.
_DECODER = json.JSONDecoder(
    object_pairs_hook=Members, parse_int=str, parse_float=str, parse_constant=str, strict=False
)


def read_json(source: Source) -> Document:
    """The document that a JSON file holds.

    Keys of objects and arrays are headings, down to the first records (objects in an array). In
    a record every value has a line with all its keys, so that each line can be understood alone.
    A file with JSON on each line is read too. Raises FileDamaged, with the line, FileUnsafe for
    JSON nested too deep, FileDisguised, EncodingUnknown and FileEmpty.
    """
    text = decode_text(source.content, source.path)
    try:
        return _document([_decoded(text, source)], source, text)
    except json.JSONDecodeError as error:
        first = text.lstrip().partition("\n")[0]
        try:
            _decoded(first, source)
        except json.JSONDecodeError:
            raise _damaged(source, error) from error
    return _document_of_lines(text, source)


def read_json_lines(source: Source) -> Document:
    """The document that a file with JSON on each line holds: a record for each.

    Lines that are broken are left out, with a warning. Raises as `read_json` does.
    """
    text = decode_text(source.content, source.path)
    return _document_of_lines(text, source)


def _document_of_lines(text: str, source: Source) -> Document:
    values: list[Value] = []
    broken: json.JSONDecodeError | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if number % _STEP == 0:
            source.step("parse")
        if not line.strip():
            continue
        try:
            values.append(_decoded(line, source))
        except json.JSONDecodeError as error:
            broken = broken or json.JSONDecodeError(error.msg, text, text.index(line))
    if broken is None:
        return _document([values], source, text)
    try:
        # One value over several lines, in a file that is called otherwise.
        return _document([_decoded(text, source)], source, text)
    except json.JSONDecodeError:
        if not values:
            raise _damaged(source, broken) from broken
    return _document([values], source, text, ReadWarning("partial"))


def _decoded(text: str, source: Source) -> Value:
    try:
        value: Value = _DECODER.decode(text)
    except RecursionError as error:
        raise _too_deep(source) from error
    return value


def _damaged(source: Source, error: json.JSONDecodeError) -> FileDamaged:
    return FileDamaged(path=source.path, detail=f"line {error.lineno} is not JSON")


def _too_deep(source: Source) -> FileUnsafe:
    return FileUnsafe(path=source.path, detail="it is nested too deep")


def _document(
    values: Iterable[Value], source: Source, text: str, *warnings: ReadWarning
) -> Document:
    page = _Page(source)
    for value in values:
        page.write(value)
    return page.writer.document(source, (*warnings, *decoding_warnings(text)))


class _Page:
    """Values as headings, blocks and lines."""

    def __init__(self, source: Source) -> None:
        self.writer = TextWriter()
        self._source = source
        self._records = 0

    def write(self, value: Value, level: int = 1) -> None:
        """Add a value that stands under the headings above it, the next of them at `level`."""
        if isinstance(value, Members):
            self._members(value, level)
        elif isinstance(value, list) and (level == 1 or not _is_short(value)):
            for item in value:
                self._record(item)
        else:
            self.writer.block(_line("", value))

    def _members(self, members: Members, level: int) -> None:
        lines: list[str] = []
        for key, value in members.pairs:
            if isinstance(value, (Members, list)) and not _is_short(value):
                self._lines(lines)
                self.writer.block(key, level=level)
                if level < _DEEPEST_HEADING:
                    self.write(value, level + 1)
                else:
                    self._record(value)
            else:
                lines.append(_line(key, value))
        self._lines(lines)

    def _record(self, value: Value, keys: str = "", depth: int = 0) -> None:
        """Add a record: a block of lines, and a block for each record within it."""
        self._records += 1
        if self._records % _STEP == 0:
            self._source.step("parse")
        lines: list[str] = []
        self._gather(value, keys, depth, lines)
        self._lines(lines)

    def _gather(self, value: Value, keys: str, depth: int, lines: list[str]) -> None:
        if depth > _DEEPEST:
            raise _too_deep(self._source)
        if isinstance(value, Members):
            for key, inner in value.pairs:
                self._gather(inner, _joined(keys, key), depth + 1, lines)
        elif isinstance(value, list) and not _is_short(value):
            for item in value:
                if isinstance(item, Members):
                    self._lines(lines)
                    self._record(item, keys, depth + 1)
                else:
                    self._gather(item, keys, depth + 1, lines)
        else:
            lines.append(_line(keys, value))

    def _lines(self, lines: list[str]) -> None:
        self.writer.block("\n".join(line for line in lines if line))
        lines.clear()


def _is_short(value: Members | list[Value]) -> bool:
    """Whether an array is so simple that it fits in a line."""
    return isinstance(value, list) and all(
        item is None or isinstance(item, bool) or (isinstance(item, str) and len(item) <= _SHORT)
        for item in value
    )


def _joined(keys: str, key: str) -> str:
    key = " ".join(key.split())
    joined = f"{keys}.{key}" if keys and key else keys or key
    return joined if len(joined) <= _LONGEST_KEYS else key[-_LONGEST_KEYS:]


def _line(keys: str, value: Value) -> str:
    text = _text(value)
    return f"{keys}: {text}" if keys and text.strip() else text


def _text(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case list():
            return ", ".join(filter(None, map(_text, value)))
        case Members():
            return ""  # written member by member
