"""PDF files, page by page: each page is read in a dearer way only where a cheaper one fails it.

The fast reader gives English as it stands. It mixes up Arabic, whose letters are then put in
order from where each one is painted; and a page that says nothing sensible is looked at as a
picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from index.errors import FileDamaged, FileDisguised, FileEmpty, FileLocked, OcrMissing, ReadError
from index.readers import ocr
from index.readers.bidi_lines import corrected
from index.readers.fillers import Fillers, letters_lost
from index.readers.glyphs import Glyph, GlyphReader, GlyphsUnreadable, letter_count
from index.readers.layout import Line, page_lines
from index.readers.marks import with_marks
from index.readers.overprint import painted_once
from index.readers.pdf_blocks import OutlineEntry, PageText, write_pages
from index.readers.pdf_forms import Entries, Entry, FormReader
from index.readers.pdf_labels import with_entries
from index.readers.pdf_words import Words, page_words
from index.readers.signatures import signature
from index.readers.source import Source
from index.readers.suspicion import suspicions
from index.types import Document, ReadWarning, WarningKind

_FEW_LETTERS = 20  # a page with a picture and no more than this may be a picture of a page
_PICTURE_SHARE = 0.25  # of the page's area
_GLYPHS_SHARE = 0.6  # of the letters that PDFium finds: with fewer, the fonts were not understood

_DOTS_PER_INCH = 200.0
_MOST_DOTS_PER_INCH = 300.0
_MOST_PIXELS = 14_000_000
_DEEPEST_OUTLINE = 6
_MOST_OUTLINE = 5000

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_SWAPPED_LAM_ALEF = re.compile(r"(?<!\w)([وفبك]?)ا([أإآ])ل(?=\w)")
_JUDGED_TOGETHER = 3000  # characters of text that did not look wrong by the page
_HEADER = b"%PDF-"


def read_pdf(source: Source) -> Document:
    """The document that a PDF holds, with its pages, headings and tables.

    Raises FileLocked for one with a password, FileDamaged for a broken one, FileDisguised for
    another kind of file, FileEmpty for one without text, OcrMissing for pictures alone where
    Tesseract is not installed.
    """
    with _opened(source) as pdf:
        reader = _PageReader(source, pdf)
        pages = [reader.read(index) for index in range(len(pdf))]
        reader.look_again(pages)
        reader.look_at_letters(pages)
        reader.look_at_form()
        if pages and reader.unloaded == len(pages):
            raise FileDamaged(path=source.path, detail="none of its pages can be opened")
        source.step("parse")
        outline = list(_outline(pdf))
    if reader.warnings.get("ocr_missing") and not any(page.has_text for page in pages):
        raise OcrMissing(path=source.path)
    warnings = [ReadWarning(kind, tuple(found)) for kind, found in reader.warnings.items()]
    return write_pages(pages, outline).document(source, warnings)


@contextmanager
def _opened(source: Source) -> Iterator[pdfium.PdfDocument]:
    source.step("parse")
    if _HEADER not in source.content[:1024]:
        if other := signature(source.content):
            raise FileDisguised(path=source.path, found=other)
        if not source.content.strip():
            raise FileEmpty(path=source.path)
    try:
        pdf = pdfium.PdfDocument(source.content)
    except pdfium.PdfiumError as error:
        if error.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            raise FileLocked(path=source.path) from error
        raise FileDamaged(path=source.path, detail="it is cut off or no PDF") from error
    try:
        yield pdf
    finally:
        pdf.close()


def _outline(pdf: pdfium.PdfDocument) -> Iterator[OutlineEntry]:
    """The entries of the document's own table of contents."""
    try:
        for number, entry in enumerate(pdf.get_toc(max_depth=_DEEPEST_OUTLINE)):
            if number == _MOST_OUTLINE:
                return
            target = entry.get_dest()
            index = target.get_index() if target else None
            if index is not None:
                yield OutlineEntry(entry.get_title(), entry.level + 1, index)
    except (pdfium.PdfiumError, UnicodeDecodeError):
        return


class _PageReader:
    """Reads the pages of one document, and notes what is wrong with which of them."""

    def __init__(self, source: Source, pdf: pdfium.PdfDocument) -> None:
        self._source = source
        self._pdf = pdf
        self._glyphs = GlyphReader(source)
        self._forms = FormReader(pdf, self._glyphs)
        self._fillers = Fillers()
        self.warnings: dict[WarningKind, list[int]] = {}
        self.unloaded = 0
        self._broken: set[int] = set()  # the pages whose text layer looked wrong

    def read(self, index: int) -> PageText:
        """The text of page `index` (from 0) in the best of the ways there are to read it."""
        self._source.step("parse")
        try:
            with closing(self._pdf[index]) as page:
                return self._read(page, index)
        except pdfium.PdfiumError:
            self.unloaded += 1
            return PageText()

    def look_again(self, pages: list[PageText]) -> None:
        """Where some pages were broken, judge the others together, which tells more than one."""
        if not self._broken:
            return
        group: list[int] = []
        length = 0
        for index, page in enumerate(pages):
            if page.lines and index not in self._broken:
                group.append(index)
                length += len(page.text)
            if group and (length > _JUDGED_TOGETHER or index == len(pages) - 1):
                self._look_at(group, pages)
                group, length = [], 0

    def _look_at(self, group: Sequence[int], pages: list[PageText]) -> None:
        self._source.step("parse")
        faults = suspicions("\n".join(pages[index].text for index in group))
        for index in group if faults else ():
            with closing(self._pdf[index]) as page:
                pages[index], left = self._from_picture(page, index, pages[index], faults)
            for fault in left:
                self._warn(fault, index)

    def look_at_letters(self, pages: Sequence[PageText]) -> None:
        """Take out strokes that only later pages have shown to be some; tell of letters lost."""
        for index, page in enumerate(pages):
            page.lines = self._without_fillers(page.lines)
            if letters_lost(page.text) and index + 1 not in self.warnings.get("unmapped", ()):
                self._warn("unmapped", index)

    def _without_fillers(self, lines: list[Line]) -> list[Line]:
        texts = iter(self._fillers.without([cell for line in lines for cell in line.cells]))
        return [line.with_cells(tuple(next(texts) for _ in line.cells)) for line in lines]

    def look_at_form(self) -> None:
        """Tell of a form whose fields only a program for XFA can show."""
        if self._forms.unread:
            self.warnings["form_unread"] = []

    def _read(self, page: pdfium.PdfPage, index: int) -> PageText:
        words = page_words(page)
        entries = self._entries(page, index)
        if words.turned or _RIGHT_TO_LEFT.search(words.text):
            found = self._from_glyphs(words, index, entries)
        elif words.doubled:
            found = self._once(words, index, entries)
        else:
            found = PageText(page_lines(with_entries(words.words, entries.placed)))
        found.lines = self._without_fillers(found.lines)
        found.entries = [entry.named for entry in entries.placed if entry.text]
        found.comments = entries.comments_on(found.text)
        faults: Sequence[WarningKind] = suspicions(found.text)
        if faults:
            self._broken.add(index)
        if faults or _is_picture(page, _letters(found.text) - entries.letters):
            found, faults = self._from_picture(page, index, found, faults)
        for fault in faults:
            self._warn(fault, index)
        return found

    def _entries(self, page: pdfium.PdfPage, index: int) -> Entries:
        entries = self._forms.entries(page, index)
        if not entries.complete:
            self._warn("partial", index)
        return entries

    def _from_glyphs(self, words: Words, index: int, entries: Entries) -> PageText:
        """The page from where its letters are painted, or PDFium's text if that says more."""
        self._source.step("parse")
        try:
            layers = self._glyphs.page(index)
        except GlyphsUnreadable:
            return PageText(_repaired(words, entries.placed))
        letters = sum(character.isalnum() for character in words.text)
        if letter_count(layers) < _GLYPHS_SHARE * letters:
            return PageText(_repaired(words, entries.placed))
        return _from_layers([painted_once(layer) for layer in layers], entries)

    def _once(self, words: Words, index: int, entries: Entries) -> PageText:
        """The page without letters that are painted twice, or PDFium's text if there are none."""
        self._source.step("parse")
        with suppress(GlyphsUnreadable):
            layers = self._glyphs.page(index)
            once = [painted_once(layer) for layer in layers]
            letters = sum(character.isalnum() for character in words.text)
            if once != layers and letter_count(layers) >= _GLYPHS_SHARE * letters:
                return _from_layers(once, entries)
        return PageText(page_lines(with_entries(words.words, entries.placed)))

    def _from_picture(
        self, page: pdfium.PdfPage, index: int, found: PageText, faults: Sequence[WarningKind]
    ) -> tuple[PageText, Sequence[WarningKind]]:
        """The page as Tesseract reads it, if that is better than what was found."""
        if not ocr.available():
            if not faults:
                self._warn("ocr_missing", index)
            return found, faults
        self._source.step("parse")
        try:
            seen = ocr.recognise(_picture(page, bare=bool(found.entries)), self._source)
        except ReadError:
            return found, faults or ("no_text",)
        parts = [part for part in seen.text.split("\n\n") if part.strip()]
        read = PageText(paragraphs=parts + found.entries, comments=found.comments)
        if not read.has_text:
            return found, faults or (() if found.has_text else ("no_text",))
        if faults and (seen.doubtful or len(suspicions(read.text)) >= len(faults)):
            return found, faults
        if not faults and _letters(read.text) <= _letters(found.text):
            return found, faults
        return read, seen.warnings

    def _warn(self, kind: WarningKind, index: int) -> None:
        self.warnings.setdefault(kind, []).append(index + 1)


def _from_layers(layers: Sequence[Sequence[Glyph]], entries: Entries) -> PageText:
    """The lines of each layer; what was entered into the form stands in the first."""
    lines: list[Line] = []
    on_page = entries.in_view
    for layer in layers or [[]]:
        lines.extend(page_lines(with_entries(with_marks(layer), on_page)))
        on_page = []
    return PageText(_corrected(lines))


def _letters(text: str) -> int:
    return sum(character.isalnum() for character in text)


def _repaired(words: Words, entries: Sequence[Entry]) -> list[Line]:
    """PDFium's own lines, with lam and alef where they were taken for alef and lam."""
    lines: list[Glyph] = []
    current: list[Glyph] = []
    for word in words.words:
        if current and abs(word.y - current[-1].y) > 0.5 * word.size:
            lines.append(_one(current))
            current = []
        current.append(word)
    if current:
        lines.append(_one(current))
    return page_lines(with_entries(lines, entries))


def _one(words: Sequence[Glyph]) -> Glyph:
    text = _SWAPPED_LAM_ALEF.sub(r"\1ال\2", "".join(word.text for word in words))
    first = words[0]
    return Glyph(
        text.strip(),
        min(word.x0 for word in words),
        max(word.x1 for word in words),
        first.y,
        first.size,
        first.order,
    )


def _corrected(lines: Sequence[Line]) -> list[Line]:
    turned = iter(corrected([cell for line in lines for cell in line.cells]))
    return [line.with_cells(tuple(next(turned) for _ in line.cells)) for line in lines]


def _is_picture(page: pdfium.PdfPage, letters: int) -> bool:
    """Whether a page shows much, and says next to nothing as text: so many letters."""
    if letters > _FEW_LETTERS:
        return False
    width, height = page.get_size()
    area = max(width * height, 1)
    drawn = 0
    for item in page.get_objects(max_depth=3):
        if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            if (right - left) * (top - bottom) >= _PICTURE_SHARE * area or not letters:
                return True
        drawn += 1
    return not letters and drawn > 20  # letters drawn as lines


def _dots_per_inch(page: pdfium.PdfPage) -> float:
    """The dots per inch of the largest picture on a page, within what Tesseract likes."""
    largest, found = 0.0, _DOTS_PER_INCH
    for item in page.get_objects([pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = item.get_bounds()
        area = (right - left) * (top - bottom)
        if area > largest:
            columns, rows = item.get_px_size()
            largest, found = area, 72 * (columns * rows / area) ** 0.5
    return min(max(found, _DOTS_PER_INCH), _MOST_DOTS_PER_INCH)


def _picture(page: pdfium.PdfPage, *, bare: bool) -> Image.Image:
    """The page as it looks, `bare` without what was put on it afterwards."""
    width, height = page.get_size()
    scale = min(_dots_per_inch(page) / 72, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True, draw_annots=not bare)
    try:
        picture: Image.Image = bitmap.to_pil().copy()
        return picture
    finally:
        bitmap.close()
