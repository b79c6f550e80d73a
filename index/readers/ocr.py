"""Text in pictures: Tesseract with Arabic and English, as a program of its own over pipes.

Every page is read with both languages together. Where Arabic is found it is read once more with
Arabic alone, for with both Tesseract takes short Arabic words for English ones; the English words
that the second reading makes no better sense of stay.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby, pairwise
from statistics import median

from PIL import Image

from index.errors import OcrMissing, ReadError
from index.readers.scan import straightened
from index.readers.source import Source
from index.types import WarningKind

DOUBTFUL = 60
"""A confidence below which what was read is more guess than reading."""

_LANGUAGES = ("ara", "eng")
_SIDEWAYS = 65  # a confidence that pages lying on their side stay below
_NOTHING = 30  # a confidence of marks on photographs and drawings, taken for letters
_SURE_NUMBER = 82  # a confidence that Western numbers reach and misread Eastern ones do not
_SOME_ARABIC = 0.1  # of all letters
# Distances of lines, in those that are usual in their block; and what lines leave free of its
# width.
_GAP, _SLIGHT_GAP = 1.4, 1.15
_FULL, _SHORT = 0.1, 0.35

_ARABIC = re.compile("[\u0620-\u064a\u0671-\u06d3]")
_LATIN = re.compile("[A-Za-z]")
_MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LETTER = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"\d.*\d")
_EASTERN = "\u0660-\u0669\u06f0-\u06f9"
_EASTERN_NUMBER = re.compile(rf"[{_EASTERN}]\d|\d[{_EASTERN}]")  # a single one may be a bullet
_JOINED_NUMBERS = re.compile(r"(?<!\S)\d+(?:-\d+)+(?!\w)")
_TURNED_BRACKETS = re.compile(r"(?<!\S)\)([^()\s]+)\((?!\S)")
_ARABIC_POINTS = {
    re.compile("(?<=[\u0620-\u0652\u0671-\u06d3»)]),"): "،",
    re.compile("(?<=[\u0620-\u0652\u0671-\u06d3»)]);"): "؛",
    re.compile("(?<=[\u0620-\u0652\u0671-\u06d3»)])\\?"): "؟",
}


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a picture says, and how sure (0 to 100) the words are on average.

    Paragraphs are parted by an empty line; the lines of each are joined with a space. Eastern
    digits make the numbers doubtful: Tesseract takes most of them for Western ones.
    """

    text: str
    confidence: float
    numbers_doubtful: bool = False

    @property
    def doubtful(self) -> bool:
        """Whether the words themselves may be wrong."""
        return self.confidence < DOUBTFUL

    @property
    def warnings(self) -> tuple[WarningKind, ...]:
        """What a reader of the text has to know."""
        if self.doubtful:
            return ("ocr_doubtful",)
        return ("ocr_numbers",) if self.numbers_doubtful else ()


_Box = tuple[int, int, int, int]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, the paragraph and the line it stands in, its place and its confidence."""

    paragraph: tuple[int, int]
    line: int
    box: _Box
    sure: float
    text: str


def available() -> bool:
    """Whether Tesseract is installed with both languages."""
    program = shutil.which("tesseract")
    return program is not None and set(_LANGUAGES) <= _installed(program)


def recognise(image: Image.Image, source: Source) -> Recognised:
    """The text in a picture, columns in reading order; "" where there is none.

    Pictures that say how fine they are (`image.info["dpi"]`) are scaled with more care. Raises
    OcrMissing without Tesseract and its languages, ReadError where Tesseract gives up. How long it
    may compute is watched by `index.readers.reading`.
    """
    if not available():
        raise OcrMissing(path=source.path)
    page = straightened(image)
    words = _read(page, _LANGUAGES, source)
    if words and _sure(words) < _SIDEWAYS:
        turned = [page.transpose(turn) for turn in _TURNS]
        page, words = max(
            [(page, words), *((other, _read(other, _LANGUAGES, source)) for other in turned)],
            key=lambda reading: _sure(reading[1]),
        )
    doubtful = False
    if _arabic_share(words) >= _SOME_ARABIC:
        words = _without_false_english(words, _read(page, ("ara",), source))
        doubtful = _numbers_doubtful(words)
    elif _from_right_to_left(words):
        words = _read(page, ("eng", "ara"), source)
    sure = _sure(words)
    if sure < _NOTHING:
        return Recognised("", 0.0)
    return Recognised(_written(words), sure, doubtful)


_TURNS = (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270, Image.Transpose.ROTATE_180)


@cache
def _installed(program: str) -> frozenset[str]:
    run = subprocess.run(  # noqa: S603 - the program that PATH names
        [program, "--list-langs"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return frozenset(run.stdout.split()) if run.returncode == 0 else frozenset()


def _read(page: Image.Image, languages: Sequence[str], source: Source) -> list[_Word]:
    """The words on a page that stands upright."""
    source.step("ocr")
    picture = io.BytesIO()
    page.save(picture, "PNG", compress_level=1)
    program = shutil.which("tesseract")
    if program is None:
        raise OcrMissing(path=source.path)
    try:
        run = subprocess.run(  # noqa: S603 - the program that PATH names
            [program, "stdin", "stdout", "-l", "+".join(languages), "--dpi", "300", "tsv"],
            input=picture.getvalue(),
            capture_output=True,
            check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except OSError as error:
        raise ReadError(path=source.path, detail="tesseract could not be started") from error
    if run.returncode:
        raise ReadError(path=source.path, detail="tesseract gave up on the picture")
    return list(_words(run.stdout.decode("utf-8", "replace")))


def _words(table: str) -> Iterable[_Word]:
    """The words in Tesseract's table: a row for each page, block, paragraph, line and word."""
    for row in table.splitlines()[1:]:
        cells = row.split("\t", 11)
        if len(cells) < 12 or cells[0] != "5":
            continue
        text = _MARKS.sub("", cells[11]).strip()
        if text:
            _, _, block, paragraph, line, _, left, top, width, height = map(int, cells[:10])
            box = (left, top, left + width, top + height)
            yield _Word((block, paragraph), line, box, max(0.0, float(cells[10])), text)


def _sure(words: Iterable[_Word]) -> float:
    """The mean confidence, long words counting more."""
    counted = [(word.sure, len(word.text)) for word in words]
    letters = sum(length for _, length in counted)
    return sum(sure * length for sure, length in counted) / letters if letters else 0.0


def _arabic_share(words: Iterable[_Word]) -> float:
    text = "".join(word.text for word in words)
    arabic, latin = len(_ARABIC.findall(text)), len(_LATIN.findall(text))
    return arabic / (arabic + latin) if arabic else 0.0


def _numbers_doubtful(words: list[_Word]) -> bool:
    """Whether there are Eastern digits, or numbers that look as if they had been such."""
    numbers = [w for w in words if _NUMBER.search(w.text) and not _LETTER.search(w.text)]
    if any(_EASTERN_NUMBER.search(number.text) for number in numbers):
        return True
    return len(numbers) > 1 and median(number.sure for number in numbers) < _SURE_NUMBER


def _from_right_to_left(words: list[_Word]) -> bool:
    """Whether a column was read after one to the right of it."""
    blocks = [
        _around(list(block)) for _, block in groupby(words, key=lambda word: word.paragraph[0])
    ]
    return any(
        after[2] <= before[0] and min(before[3], after[3]) > max(before[1], after[1])
        for before, after in pairwise(blocks)
    )


# --- Two readings ----------------------------------------------------------------------------


def _without_false_english(words: list[_Word], arabic: list[_Word]) -> list[_Word]:
    """The words, English ones replaced where the reading with Arabic alone is about as sure."""
    return [
        word
        if _ARABIC.search(word.text) or not _LATIN.search(word.text)
        else _better(word, [other for other in arabic if _within(other.box, word.box)])
        for word in words
    ]


def _better(word: _Word, arabic: list[_Word]) -> _Word:
    sure = _sure(arabic)
    text = " ".join(other.text for other in arabic)
    certain = word.sure >= 95 and sure < 90
    surer = word.sure > 55 and word.sure > sure + 12
    # Eastern digits look like capitals: 1873 like "MVE". Other numbers are misread words.
    sensible = _ARABIC.search(text) or (text.isdecimal() and len(word.text) <= 4)
    return word if certain or surer or not sensible else replace(word, text=text, sure=sure)


def _within(box: _Box, outer: _Box) -> bool:
    """Whether more than half of a box lies in another."""
    width = min(box[2], outer[2]) - max(box[0], outer[0])
    height = min(box[3], outer[3]) - max(box[1], outer[1])
    area = (box[2] - box[0]) * (box[3] - box[1])
    return width > 0 and height > 0 and 2 * width * height > area


# --- Text ------------------------------------------------------------------------------------


def _written(words: list[_Word]) -> str:
    """The words as paragraphs, with the punctuation of their language."""
    lines = [list(line) for _, line in groupby(words, key=lambda word: (word.paragraph, word.line))]
    paragraphs: list[list[str]] = []
    for line, begins in zip(lines, _beginnings(lines), strict=True):
        if begins:
            paragraphs.append([])
        paragraphs[-1].append(_line(line))
    return "\n\n".join(" ".join(parts) for parts in paragraphs)


def _beginnings(lines: list[list[_Word]]) -> list[bool]:
    """For each line, whether a paragraph begins with it.

    It does in a new column, below a gap and below a short line. Where Tesseract sees one begin
    it is only believed if the line before is not full, or further away than others: it parts
    many a paragraph on pages that are not quite level.
    """
    boxes = [_around(line) for line in lines]
    middles = [median((word.box[1] + word.box[3]) / 2 for word in line) for line in lines]
    gaps = [after - before for before, after in pairwise(middles)]
    down = [gap for gap, pair in zip(gaps, pairwise(boxes), strict=True) if _follows(*pair)]
    usual = median(down) if len(down) > 2 else None
    blocks = {
        block: _around([word for line in group for word in line])
        for block, group in groupby(lines, key=lambda line: line[0].paragraph[0])
    }
    begins = [True]
    for gap, (line, following), pair in zip(gaps, pairwise(lines), pairwise(boxes), strict=True):
        left, _, right, _ = blocks[line[0].paragraph[0]]
        next_left, _, next_right, _ = blocks[following[0].paragraph[0]]
        left, right = min(left, next_left), max(right, next_right)
        free = pair[0][0] - left if _arabic_share(line) > 0.5 else right - pair[0][2]
        distance = gap / usual if usual else 1.0
        seen = line[0].paragraph != following[0].paragraph
        begins.append(
            not _follows(*pair)
            or distance > _GAP
            or free > _SHORT * (right - left)
            or (seen and (distance > _SLIGHT_GAP or free > _FULL * (right - left)))
        )
    return begins


def _around(words: list[_Word]) -> _Box:
    """The box that holds all of the words."""
    left, top, right, bottom = zip(*(word.box for word in words), strict=True)
    return min(left), min(top), max(right), max(bottom)


def _follows(line: _Box, following: _Box) -> bool:
    """Whether a line stands below another, in the same column."""
    overlap = min(line[2], following[2]) - max(line[0], following[0])
    narrower = min(line[2] - line[0], following[2] - following[0])
    return following[1] > line[1] and overlap > narrower / 2


def _line(words: list[_Word]) -> str:
    if _arabic_share(words) <= 0.5:
        return " ".join(word.text for word in words)
    text = " ".join(word.text for word in _from_the_right(words))
    for mark, arabic in _ARABIC_POINTS.items():
        text = mark.sub(arabic, text)
    text = _TURNED_BRACKETS.sub(r"(\1)", text)
    # Among Arabic letters numbers joined by hyphens run from right to left.
    return _JOINED_NUMBERS.sub(lambda found: "-".join(reversed(found.group().split("-"))), text)


def _from_the_right(words: list[_Word]) -> list[_Word]:
    """The words of an Arabic line that Tesseract read from the left, in their order."""
    rightwards = [after.box[0] > before.box[0] for before, after in pairwise(words)]
    if sum(rightwards) <= len(rightwards) / 2:
        return words
    runs = groupby(reversed(words), key=lambda word: _LATIN.search(word.text) is not None)
    return [word for latin, run in runs for word in (reversed(list(run)) if latin else run)]
