"""The lines of a document's pages to its blocks: paragraphs, headings and tables."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise, product
from statistics import median

from index.readers.layout import Line
from index.readers.writer import CELL_SEPARATOR, TextWriter

_HEADING = 1.13  # the least size of a heading, in sizes of the body's letters
_LONGEST_HEADING = 140
_MOST_HEADINGS = 0.3  # of the letters of a document; with more, large letters are its body
_DEEPEST = 4
_CLOSE = 1.35  # in usual distances of lines: lines farther apart belong to two paragraphs
_WIDE = 1.9  # a distance, in sizes of the letters, that is rather one of paragraphs than of lines
_INDENT = 0.8  # in sizes of the letters
_RUNNING_LINES = 3  # at the top and at the bottom of a page
_RUNNING_PAGES = 3
_SAME_PLACE = 4.0  # points
_MOST_NUMBERS = 4  # in the label of a page

_ITEM = re.compile(
    r"[-–—*•●▪■◦‣·o\uf0b7\uf0a7]\s|[(\[]?(?:\d{1,3}(?:\.\d{1,3}){0,3}|[A-Za-z]|[\u0621-\u064a]"
    r"|[ivxIVX]{1,5})[.)\]\-–]\s"
)
_ENDED = re.compile("[.!?؟۔:؛…][\"'»”’)\\]]*$")
_HYPHENATED = re.compile("[^\\W\\d_][-\u2010\u00ad]$")
_COMPOUND = re.compile("(?<![A-Za-z])[A-Za-z]+-[a-z]+")
_NOT_WORD = re.compile(r"\W")
_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"[ivxlc]+", re.IGNORECASE)
_LEADERS = re.compile(r"(?:[.·…_]\s?){4,}")
_NO_END = frozenset(".،,؛;")


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """An entry of the table of contents that comes with a PDF; `page` counts from 0."""

    title: str
    level: int
    page: int


@dataclass(slots=True)
class PageText:
    """What a page says: lines with their places, or whole paragraphs read from a picture."""

    lines: list[Line] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join([*(line.text for line in self.lines), *self.paragraphs])

    @property
    def has_text(self) -> bool:
        return any(line.text.strip() for line in self.lines) or bool(self.paragraphs)


@dataclass(slots=True)
class _Block:
    lines: list[Line]
    text: str
    level: int = 0
    rows: list[tuple[str, ...]] | None = None

    @property
    def goes_on(self) -> bool:
        """Whether its last line is full and does not end a sentence."""
        return bool(
            self.lines
            and not self.level
            and self.rows is None
            and _is_full(self.lines[-1], 4 * self.lines[-1].size)
            and not _ENDED.search(self.text)
        )


def write_pages(pages: Sequence[PageText], outline: Sequence[OutlineEntry]) -> TextWriter:
    """A writer with the text of all pages, in blocks.

    Lines that only repeat from page to page are left out, and a paragraph that goes on behind
    the end of a page stays one.
    """
    kept = _without_running_lines([page.lines for page in pages])
    levels = _heading_levels(kept)
    compounds = _compounds(kept)
    titles = _titles(outline)
    writer = TextWriter()
    before: _Block | None = None
    for index, (page, lines) in enumerate(zip(pages, kept, strict=True)):
        blocks = list(_blocks(lines, levels, titles.get(index, {}), compounds))
        blocks.extend(_Block([], paragraph) for paragraph in page.paragraphs)
        writer.page(index + 1)
        for block in blocks:
            joins = before is not None and _joins(before, block)
            if block.rows is not None:
                writer.table(block.rows, header=_names_columns(block.rows))
            else:
                writer.block(block.text, level=block.level, separator=" " if joins else "\n\n")
            before = block
    return writer


def _joins(before: _Block, block: _Block) -> bool:
    if not (before.goes_on and block.lines and not block.level and block.rows is None):
        return False
    first, last = block.lines[0], before.lines[-1]
    same = abs(first.size - last.size) < 0.08 * last.size and first.rtl == last.rtl
    return same and not _ITEM.match(block.text)


# --- Running heads -----------------------------------------------------------------------------


def _without_running_lines(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """The lines of each page without headers, footers and page numbers.

    Those are lines that stand at the same place of several pages and are the same there, or
    differ in a number that counts the pages. Sentences and headings that happen to differ in
    one number only are text.
    """
    large = _HEADING * _body_size(_letters_by_size(pages))
    places: dict[str, list[tuple[int, Line]]] = defaultdict(list)
    for index, lines in enumerate(pages):
        for line in _outer(lines):
            places[_pattern(line.text)].append((index, line))
    running: set[int] = set()
    for found in places.values():
        for near in _at_one_place(found):
            seen = Counter(chain.from_iterable(_labels(*each) for each in near))
            for index, line in near:
                repeats, *counts = (seen[label] >= _RUNNING_PAGES for label in _labels(index, line))
                title = line.size >= large or _ENDED.search(line.text)
                if repeats or (any(counts) and not title):
                    running.add(id(line))
    return [[line for line in lines if id(line) not in running] or lines for lines in pages]


def _at_one_place(found: list[tuple[int, Line]]) -> Iterator[list[tuple[int, Line]]]:
    """Lines of several pages in groups of about the same height."""
    ordered = sorted(found, key=lambda each: each[1].y)
    group = ordered[:1]
    for each in ordered[1:]:
        if each[1].y - group[-1][1].y > _SAME_PLACE:
            yield group
            group = []
        group.append(each)
    yield group


def _labels(index: int, line: Line) -> list[tuple[object, ...]]:
    """What a line may be a label of: first its very words, then each way to count pages with it.

    In each way some of its numbers are those of pages, less their index, and the others stay.
    """
    numbers = [int(number[-9:]) for number in _NUMBER.findall(line.text)]
    words: tuple[object, ...] = (line.text,)
    if _ROMAN.fullmatch(line.text.strip()):
        return [words, ("roman",)]
    if len(numbers) > _MOST_NUMBERS:
        return [words]
    ways = product(*(((number, False), (number - index, True)) for number in numbers))
    return [words, *(way for way in ways if any(counts for _, counts in way))]


def _outer(lines: Sequence[Line]) -> list[Line]:
    """The uppermost and lowest lines of a page."""
    ordered = sorted(lines, key=lambda line: -line.y)
    if len(ordered) <= 2 * _RUNNING_LINES:
        return ordered
    return ordered[:_RUNNING_LINES] + ordered[-_RUNNING_LINES:]


def _pattern(text: str) -> str:
    """A line with its numbers left open, so that those of pages do not tell lines apart.

    A sentence is known by its very words.
    """
    if len(text.split()) > 8:
        return text
    if _ROMAN.fullmatch(text.strip()):
        return "#"
    return _NUMBER.sub("#", text)


# --- Headings ----------------------------------------------------------------------------------


def _heading_levels(pages: Sequence[Sequence[Line]]) -> dict[float, int]:
    """The level of a heading for each size of letters that is larger than the body's."""
    letters = _letters_by_size(pages)
    body = _body_size(letters)
    large = sorted((size for size in letters if size >= _HEADING * body), reverse=True)
    if sum(letters[size] for size in large) > _MOST_HEADINGS * sum(letters.values()):
        return {}
    levels: dict[float, int] = {}
    level = 0
    previous = 0.0
    for size in large:
        if not level or size < previous * 0.94:
            level = min(level + 1, _DEEPEST)
        levels[size] = level
        previous = size
    return levels


def _letters_by_size(pages: Sequence[Sequence[Line]]) -> Counter[float]:
    letters: Counter[float] = Counter()
    for line in chain.from_iterable(pages):
        letters[_size(line)] += len(line.text)
    return letters


def _body_size(letters: Counter[float]) -> float:
    """The size of most letters; 0 where there are none."""
    return max(letters, key=lambda size: letters[size], default=0.0)


def _size(line: Line) -> float:
    return round(line.size * 2) / 2


def _titles(outline: Sequence[OutlineEntry]) -> dict[int, dict[str, int]]:
    """The levels of the outline's entries by page and by their letters."""
    titles: dict[int, dict[str, int]] = defaultdict(dict)
    for entry in outline:
        key = _letters_of(entry.title)
        if key:
            titles[entry.page].setdefault(key, min(entry.level, 6))
    return titles


def _letters_of(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


# --- Paragraphs and tables ---------------------------------------------------------------------


def _blocks(
    lines: Sequence[Line],
    levels: dict[float, int],
    titles: dict[str, int],
    compounds: frozenset[str],
) -> Iterator[_Block]:
    pitch = _usual_distance(lines)
    group: list[Line] = []
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else None
        if group and not _continues(group, line, following, pitch, levels):
            yield _block(group, levels, titles, compounds)
            group = []
        group.append(line)
    if group:
        yield _block(group, levels, titles, compounds)


def _usual_distance(lines: Sequence[Line]) -> float:
    """The usual distance from one line to the next, in sizes of the letters."""
    distances = [
        (above.y - below.y) / above.size
        for above, below in pairwise(lines)
        if above.edges == below.edges and 0 < above.y - below.y < 2.5 * above.size
    ]
    return min(median(distances), 2.0) if distances else 1.3


def _continues(
    group: Sequence[Line],
    line: Line,
    following: Line | None,
    pitch: float,
    levels: dict[float, int],
) -> bool:
    last = group[-1]
    if line.row_of_table or last.row_of_table:
        return line.row_of_table and last.row_of_table and len(line.cells) == len(last.cells)
    near = 0 < last.y - line.y <= _CLOSE * max(pitch, 1.0) * max(line.size, last.size)
    if not near or last.edges != line.edges or abs(line.size - last.size) > 0.08 * last.size:
        return False
    if _size(line) in levels:
        return len(" ".join(each.text for each in group)) < _LONGEST_HEADING
    if _ITEM.match(line.text) or (last.rtl != line.rtl and _is_indented(line, None)):
        return False
    if not _is_full(last, line.first_width):
        return False
    if pitch > _WIDE and _ENDED.search(last.text):
        return False
    return not (_is_indented(line, following) and not _is_indented(last, None))


def _is_full(line: Line, needed: float) -> bool:
    """Whether a line leaves no room for a next word of the width that is `needed`."""
    left, right = line.edges
    room = line.left - left if line.rtl else right - line.right
    return room < needed + 0.6 * line.size


def _is_indented(line: Line, following: Line | None) -> bool:
    """Whether a line begins farther in than its column; and, if given, than the `following`."""
    indent = _start(line)
    if following is not None and following.edges == line.edges and _start(following) > 0.5 * indent:
        return False
    return indent > _INDENT * line.size


def _start(line: Line) -> float:
    left, right = line.edges
    return right - line.right if line.rtl else line.left - left


def _block(
    lines: list[Line], levels: dict[float, int], titles: dict[str, int], compounds: frozenset[str]
) -> _Block:
    if lines[0].row_of_table and len(lines) > 1:
        return _Block(lines, "", rows=[line.cells for line in lines])
    if lines[0].row_of_table:
        cells = [cell for cell in lines[0].cells if cell.strip()]
        return _Block(lines, _LEADERS.sub(" … ", CELL_SEPARATOR.join(cells)))
    text = _LEADERS.sub(" … ", _flowing([line.text for line in lines], compounds))
    return _Block(lines, text, _level(lines, text, levels, titles))


def _level(
    lines: Sequence[Line], text: str, levels: dict[float, int], titles: dict[str, int]
) -> int:
    letters = _letters_of(text)
    if not letters or letters.isdigit() or len(text) > _LONGEST_HEADING:
        return 0
    if letters in titles:
        return titles[letters]
    if text[-1] in _NO_END:
        return 0
    return levels.get(_size(lines[0]), 0)


def _flowing(texts: Sequence[str], compounds: frozenset[str]) -> str:
    """Lines as one, with words that were parted at line ends joined again."""
    parts = [texts[0]]
    for line, following in pairwise(texts):
        if _HYPHENATED.search(line) and following[:1].islower():
            first = _NOT_WORD.split(line[:-1])[-1]
            second = _NOT_WORD.split(following, maxsplit=1)[0]
            whole = f"{first}-{second}".lower()
            parts[-1] = parts[-1][:-1] + ("-" if whole in compounds else "")
        else:
            parts.append(" ")
        parts.append(following)
    return "".join(parts)


def _compounds(pages: Sequence[Sequence[Line]]) -> frozenset[str]:
    """The words that stand with a hyphen within a line somewhere in the document."""
    return frozenset(
        found[0].lower()
        for lines in pages
        for line in lines
        for found in _COMPOUND.finditer(line.text)
    )


def _names_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row of a table names its columns: words, where numbers follow."""
    first = [cell for cell in rows[0] if cell.strip()]
    return len(first) == len(rows[0]) and not any(
        _NUMBER.search(cell) and not any(c.isalpha() for c in cell) for cell in first
    )
