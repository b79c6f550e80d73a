"""PowerPoint presentations: a page per slide, its title first, the speaker's notes last.

Hidden slides are kept; dates, footers, slide numbers and comments are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from index.errors import FileUnsafe
from index.readers.archive import Archive, open_archive
from index.readers.drawing import A, graphic_text, paragraph_text
from index.readers.grid import names_columns, trimmed
from index.readers.numerals import whole_number
from index.readers.opc import R, flat, main_part, office_xml, related, relations
from index.readers.slide_order import Placed, reading_order
from index.readers.source import Source
from index.readers.writer import TextWriter
from index.sentences import text_language
from index.types import Document, ReadWarning

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_TITLES = ("title", "ctrTitle")
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
    try:
        for number, slide in enumerate(_slides(archive, part), start=1):
            source.step("parse")
            writer.page(number)
            if not _write(writer, _Slide(archive, slide, designs)):
                pictures.append(number)
    except RecursionError as error:
        raise FileUnsafe(path=source.path, detail="it is nested without end") from error
    warnings = [ReadWarning("no_text", tuple(pictures))] if pictures else []
    return writer.document(source, warnings)


def _slides(archive: Archive, part: str) -> Iterator[str]:
    """The parts of the slides, in their order."""
    named = relations(archive, part)
    for slide in office_xml(archive, part).iter(f"{_P}sldId"):
        relation = named.get(slide.get(f"{R}id", ""))
        if relation is not None:
            yield relation.target


def _write(writer: TextWriter, slide: _Slide) -> bool:
    """Add a slide; False for one that shows a picture and says nothing."""
    shapes = [*slide.shapes(), *slide.notes()]
    in_list = False
    for shape in shapes:
        in_list = False
        for paragraph in shape.paragraphs:
            tight = in_list and bool(paragraph.lead)
            writer.block(
                paragraph.text,
                level=1 if shape.is_title else 0,
                separator="\n" if tight else "\n\n",
                lead=paragraph.lead,
            )
            in_list = bool(paragraph.lead)
        rows = trimmed(shape.rows)
        writer.table(rows, header=names_columns(rows))
    return bool(shapes) or not slide.has_picture


class _Design:
    """What slides take from the layout and the master that they are made with."""

    def __init__(self, archive: Archive, layout: str | None) -> None:
        parts = [layout, related(archive, layout, "slideMaster") if layout else None]
        self._roots = [office_xml(archive, part) for part in parts if part is not None]
        self._styles = {
            style.tag: style
            for root in self._roots
            for styles in root.iter(f"{_P}txStyles")
            for style in styles
        }

    def placeholders(self, placeholder: Element) -> list[Element]:
        """The shapes that a placeholder of a slide is made after, the nearest first."""
        found: list[Element] = []
        kind, index = placeholder.get("type"), placeholder.get("idx")
        for root in self._roots:
            candidates = [
                (shape, other) for shape in root.iter(f"{_P}sp") for other in shape.iter(f"{_P}ph")
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
        return self._styles.get(f"{_P}titleStyle" if kind in _TITLES else f"{_P}bodyStyle")


def _kind(kind: str | None) -> str:
    """The kind of placeholder in a master that one of a slide comes from."""
    return "title" if kind in _TITLES else "body" if kind in _BODIES else kind or ""


class _Slide:
    """A slide, its shapes in the order of reading."""

    def __init__(self, archive: Archive, part: str, designs: dict[str, _Design]) -> None:
        self._archive = archive
        self._part = part
        self._root = office_xml(archive, part)
        self._relations = relations(archive, part)
        layout = related(archive, part, "slideLayout") or ""
        if layout not in designs:
            designs[layout] = _Design(archive, layout or None)
        self._design = designs[layout]

    @property
    def has_picture(self) -> bool:
        """Whether there is a picture on the slide."""
        return next(self._root.iter(f"{_P}pic"), None) is not None

    def shapes(self) -> list[_Shape]:
        """The shapes with text, titles first."""
        arabic = text_language(" ".join(element.text or "" for element in self._root.iter(f"{A}t")))
        tree = self._root.find(f"{_P}cSld/{_P}spTree")
        shapes = [] if tree is None else self._ordered(tree, right_to_left=arabic == "ar")
        return sorted(shapes, key=lambda shape: not shape.is_title)

    def notes(self) -> Iterator[_Shape]:
        """The speaker's notes."""
        part = related(self._archive, self._part, "notesSlide")
        if part is None:
            return
        for shape in office_xml(self._archive, part).iter(f"{_P}sp"):
            placeholder = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
            body = shape.find(f"{_P}txBody")
            if placeholder is not None and placeholder.get("type") == "body" and body is not None:
                yield _Shape(_paragraphs(body, []))

    def _ordered(self, tree: Element, *, right_to_left: bool) -> list[_Shape]:
        placed: list[Placed[list[_Shape]]] = []
        x = y = width = height = 0.0
        for element in flat(tree):
            if element.tag == f"{_P}grpSp":
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
        if element.tag == f"{_P}sp":
            placeholder = element.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
            kind = None if placeholder is None else placeholder.get("type")
            body = element.find(f"{_P}txBody")
            if kind in _FURNITURE or body is None:
                return None
            return _Shape(_paragraphs(body, self._looks(element)), is_title=kind in _TITLES)
        if element.tag == f"{_P}graphicFrame":
            table = element.find(f".//{A}tbl")
            if table is not None:
                return _Shape(rows=[_cells(row) for row in table.iter(f"{A}tr")])
            lines = graphic_text(self._archive, self._relations, element)
            return _Shape([_Paragraph(line) for line in lines])
        return None

    def _place(self, element: Element) -> tuple[float, float, float, float] | None:
        """Where a shape stands: by itself, or by the placeholder that it fills."""
        for shape in [element, *self._origins(element)]:
            for path in (f"{_P}spPr/{A}xfrm", f"{_P}grpSpPr/{A}xfrm", f"{_P}xfrm"):
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
            for style in shape.findall(f"{_P}txBody/{A}lstStyle")
        ]
        placeholder = element.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
        if placeholder is not None:
            style = self._design.text_style(placeholder.get("type"))
            looks += [] if style is None else [style]
        return looks

    def _origins(self, element: Element) -> list[Element]:
        placeholder = element.find(f"*/{_P}nvPr/{_P}ph")
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
