"""PowerPoint presentations: a page per slide, its title first, then the speaker's notes.

Hidden slides are marked. Comments stand behind the notes, and so do footers and the fixed text of
a design, each where it comes first. Slide numbers and dates of today are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from index.errors import FileUnsafe
from index.readers.archive import Archive, open_archive
from index.readers.asides import Aside, marked
from index.readers.drawing import A, graphic_text, paragraph_text
from index.readers.grid import names_columns, trimmed
from index.readers.numerals import whole_number
from index.readers.opc import R, flat, main_part, of_kind, office_xml, related, relations
from index.readers.slide_asides import CommentAuthors, P, fixed_texts, footer_text
from index.readers.slide_order import Placed, reading_order
from index.readers.source import Source
from index.readers.writer import TextWriter
from index.text.sentences import text_language
from index.types import Document, Language, ReadWarning

_TITLES = ("title", "ctrTitle")
_FOOTERS = ("dt", "ftr")
_FURNITURE = ("dt", "ftr", "sldNum", "hdr", "sldImg")
_BODIES = ("body", "obj", "subTitle", None)
_INDENT = "  "
_DEEPEST = 8  # levels of lists, counted from 0


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    lead: str = ""


@dataclass(slots=True)
class _Shape:
    """What a shape says: paragraphs, or the rows of a table."""

    paragraphs: list[_Paragraph] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    is_title: bool = False

    @property
    def text(self) -> str:
        """All of its text."""
        cells = [cell for row in self.rows for cell in row]
        return "\n".join([paragraph.text for paragraph in self.paragraphs] + cells)


def read_pptx(source: Source) -> Document:
    """The document that a PowerPoint file (.pptx) holds. Raises ReadError, or one of its kinds."""
    archive = open_archive(source)
    part = main_part(archive, "ppt/presentation.xml", "a PowerPoint presentation")
    writer = TextWriter()
    pictures: list[int] = []
    designs: dict[str, _Design] = {}
    authors = CommentAuthors(archive, part)
    said: set[str] = set()
    try:
        for number, name in enumerate(_slides(archive, part), start=1):
            source.step("parse")
            writer.page(number)
            slide = _Slide(archive, name, designs)
            if not _write(writer, slide):
                pictures.append(number)
            for text in authors.comments(archive, slide.relations):
                writer.block(marked("comment", text, slide.language(text)))
            for aside, text in slide.margins():
                if text not in said:
                    said.add(text)
                    writer.block(marked(aside, text, slide.language(text)))
    except RecursionError as error:
        raise FileUnsafe(path=source.path, detail="it is nested without end") from error
    warnings = [ReadWarning("no_text", tuple(pictures))] if pictures else []
    return writer.document(source, warnings)


def _slides(archive: Archive, part: str) -> Iterator[str]:
    """The parts of the slides, in their order."""
    named = relations(archive, part)
    for slide in office_xml(archive, part).iter(f"{P}sldId"):
        relation = named.get(slide.get(f"{R}id", ""))
        if relation is not None:
            yield relation.target


def _write(writer: TextWriter, slide: _Slide) -> bool:
    """Add a slide; False for one that shows a picture and says nothing."""
    shapes = [*slide.shapes(), *slide.notes()]
    mark = marked("hidden_slide", "", slide.language()) if slide.is_hidden else ""
    in_list = False
    for shape in shapes:
        in_list = False
        if mark and not shape.paragraphs:
            writer.block(mark)
            mark = ""
        for paragraph in shape.paragraphs:
            tight = in_list and bool(paragraph.lead)
            writer.block(
                f"{mark} {paragraph.text}" if mark else paragraph.text,
                level=1 if shape.is_title else 0,
                separator="\n" if tight else "\n\n",
                lead=paragraph.lead,
            )
            in_list = bool(paragraph.lead)
            mark = ""
        rows = trimmed(shape.rows)
        writer.table(rows, header=names_columns(rows))
    return bool(shapes) or not slide.has_picture


class _Design:
    """What slides take from the layout and the master that they are made with."""

    def __init__(self, archive: Archive, layout: str | None) -> None:
        parts = [layout, related(archive, layout, "slideMaster") if layout else None]
        self._roots = [office_xml(archive, part) for part in parts if part is not None]
        self.texts = [text for root in self._roots for text in fixed_texts(root)]
        self._styles = {
            style.tag: style
            for root in self._roots
            for styles in root.iter(f"{P}txStyles")
            for style in styles
        }

    def placeholders(self, placeholder: Element) -> list[Element]:
        """The shapes that a placeholder of a slide is made after, the nearest first."""
        found: list[Element] = []
        kind, index = placeholder.get("type"), placeholder.get("idx")
        for root in self._roots:
            candidates = [
                (shape, other) for shape in root.iter(f"{P}sp") for other in shape.iter(f"{P}ph")
            ]
            match = next(
                (shape for shape, other in candidates if index and other.get("idx") == index),
                None,
            )
            # A master numbers its placeholders in its own way: there only the kind counts.
            if match is None or found:
                match = next(
                    (
                        shape
                        for shape, other in candidates
                        if _kind(other.get("type")) == _kind(kind)
                    ),
                    None,
                )
            if match is not None:
                found.append(match)
        return found

    def text_style(self, kind: str | None) -> Element | None:
        """The look of the text of placeholders of a kind."""
        return self._styles.get(f"{P}titleStyle" if kind in _TITLES else f"{P}bodyStyle")


def _kind(kind: str | None) -> str:
    """The kind of placeholder in a master that one of a slide comes from."""
    return "title" if kind in _TITLES else "body" if kind in _BODIES else kind or ""


class _Slide:
    """A slide, its shapes in the order of reading."""

    def __init__(self, archive: Archive, part: str, designs: dict[str, _Design]) -> None:
        self._archive = archive
        self._root = office_xml(archive, part)
        self.relations = relations(archive, part)
        words = " ".join(element.text or "" for element in self._root.iter(f"{A}t"))
        self._language = text_language(words) if words.strip() else None
        layout = of_kind(archive, self.relations, "slideLayout") or ""
        if layout not in designs:
            designs[layout] = _Design(archive, layout or None)
        self._design = designs[layout]

    def language(self, beside: str = "") -> Language:
        """The language of the slide; where it has no text, of what stands beside it."""
        return self._language or text_language(beside)

    @property
    def is_hidden(self) -> bool:
        """Whether the show passes it over."""
        return self._root.get("show") in ("0", "false")

    @property
    def has_picture(self) -> bool:
        """Whether there is a picture on the slide."""
        return next(self._root.iter(f"{P}pic"), None) is not None

    def shapes(self) -> list[_Shape]:
        """The shapes with text, titles first."""
        arabic = self.language() == "ar"
        tree = self._root.find(f"{P}cSld/{P}spTree")
        shapes = [] if tree is None else self._ordered(tree, right_to_left=arabic)
        return sorted(shapes, key=lambda shape: not shape.is_title)

    def notes(self) -> Iterator[_Shape]:
        """The speaker's notes."""
        part = of_kind(self._archive, self.relations, "notesSlide")
        if part is None:
            return
        for shape in office_xml(self._archive, part).iter(f"{P}sp"):
            placeholder = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
            body = shape.find(f"{P}txBody")
            if placeholder is not None and placeholder.get("type") == "body" and body is not None:
                yield _Shape(_paragraphs(body, []))

    def margins(self) -> Iterator[tuple[Aside, str]]:
        """What its design shows on the slide, and its footers."""
        if self._root.get("showMasterSp") not in ("0", "false"):
            yield from (("header", text) for text in self._design.texts)
            self._design.texts.clear()  # once is enough
        for shape in self._root.iter(f"{P}sp"):
            placeholder = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
            is_footer = placeholder is not None and placeholder.get("type") in _FOOTERS
            if is_footer and (text := footer_text(shape)):
                yield "footer", text

    def _ordered(self, tree: Element, *, right_to_left: bool) -> list[_Shape]:
        placed: list[Placed[list[_Shape]]] = []
        x = y = width = height = 0.0
        for element in flat(tree):
            if element.tag == f"{P}grpSp":
                shapes = self._ordered(element, right_to_left=right_to_left)
            else:
                shape = self._shape(element)
                shapes = [shape] if shape is not None and shape.text.strip() else []
            if shapes:
                place = self._place(element)
                if place is not None:  # else where the one before it stands
                    x, y, width, height = place
                placed.append(Placed(shapes, x, y, width, height))
        ordered = reading_order(placed, right_to_left=right_to_left)
        return [shape for shapes in ordered for shape in shapes]

    def _shape(self, element: Element) -> _Shape | None:
        if element.tag == f"{P}sp":
            placeholder = element.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
            kind = None if placeholder is None else placeholder.get("type")
            body = element.find(f"{P}txBody")
            if kind in _FURNITURE or body is None:
                return None
            return _Shape(_paragraphs(body, self._looks(element)), is_title=kind in _TITLES)
        if element.tag == f"{P}graphicFrame":
            table = element.find(f".//{A}tbl")
            if table is not None:
                return _Shape(rows=[_cells(row) for row in table.iter(f"{A}tr")])
            lines = graphic_text(self._archive, self.relations, element)
            return _Shape([_Paragraph(line) for line in lines])
        return None

    def _place(self, element: Element) -> tuple[float, float, float, float] | None:
        """Where a shape stands: by itself, or by the placeholder that it fills."""
        for shape in [element, *self._origins(element)]:
            for path in (f"{P}spPr/{A}xfrm", f"{P}grpSpPr/{A}xfrm", f"{P}xfrm"):
                offset, extent = shape.find(f"{path}/{A}off"), shape.find(f"{path}/{A}ext")
                if offset is not None and extent is not None:
                    return (
                        _length(offset.get("x")), _length(offset.get("y")),
                        _length(extent.get("cx")), _length(extent.get("cy")),
                    )  # fmt: skip
        return None

    def _looks(self, element: Element) -> list[Element]:
        """The styles that a shape's text takes its bullets from, the nearest first."""
        looks = [
            style
            for shape in [element, *self._origins(element)]
            for style in shape.findall(f"{P}txBody/{A}lstStyle")
        ]
        placeholder = element.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
        if placeholder is not None:
            style = self._design.text_style(placeholder.get("type"))
            looks += [] if style is None else [style]
        return looks

    def _origins(self, element: Element) -> list[Element]:
        placeholder = element.find(f"*/{P}nvPr/{P}ph")
        return [] if placeholder is None else self._design.placeholders(placeholder)


def _length(text: str | None) -> float:
    """A length in a file's own unit; 0 where it is none."""
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _cells(row: Element) -> list[str]:
    return [
        " ".join(paragraph_text(paragraph) for paragraph in cell.iter(f"{A}p"))
        for cell in row.iter(f"{A}tc")
    ]


def _paragraphs(body: Element, looks: list[Element]) -> list[_Paragraph]:
    """The paragraphs of a text body with the marks of its lists."""
    elements = [(paragraph, paragraph_text(paragraph)) for paragraph in body.iter(f"{A}p")]
    elements = [(paragraph, text) for paragraph, text in elements if text.strip()]
    counts: dict[int, int] = {}
    found: list[_Paragraph] = []
    for paragraph, text in elements:
        properties = paragraph.find(f"{A}pPr")
        depth = _depth(properties)
        bullet = _bullet(properties, depth, looks)
        kind = "buNone" if bullet is None else bullet.tag.removeprefix(A)
        counts = {level: count for level, count in counts.items() if level <= depth}
        if bullet is not None and kind == "buAutoNum":
            first = whole_number(bullet.get("startAt"), 1)
            counts[depth] = counts.get(depth, first - 1) + 1
            lead = f"{counts[depth]}. "
        else:
            counts.pop(depth, None)
            # A bullet before a lone paragraph lists nothing.
            lead = "- " if kind != "buNone" and len(elements) > 1 else ""
        found.append(_Paragraph(text, _INDENT * depth + lead if lead else ""))
    return found


def _depth(properties: Element | None) -> int:
    return 0 if properties is None else min(whole_number(properties.get("lvl")), _DEEPEST)


def _bullet(properties: Element | None, depth: int, looks: list[Element]) -> Element | None:
    """What is said of the mark of a paragraph, by itself or by its styles."""
    levels = [style.find(f"{A}lvl{depth + 1}pPr") for style in looks]
    for level in [properties, *levels]:
        for kind in ("buNone", "buChar", "buAutoNum", "buBlip"):
            bullet = None if level is None else level.find(A + kind)
            if bullet is not None:
                return bullet
    return None
