"""Text within pictures of Office documents: diagrams, charts, shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from index.readers.archive import Archive
from index.readers.opc import R, Relation, flat, office_xml

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MOST_NAMES = 50  # of a chart's categories


def graphic_text(
    archive: Archive, relations: Mapping[str, Relation], graphic: Element
) -> list[str]:
    """The lines of the diagrams and charts that an `a:graphicData` names, and of its own shapes.

    `relations` are those of the part that it stands in. Raises as `Archive.xml`.
    """
    lines: list[str] = []
    for element in _elements(graphic):
        if element.tag == f"{A}p":
            lines.append(paragraph_text(element))
        elif element.tag == f"{_DIAGRAM}relIds":
            root = _related(archive, relations, element.get(f"{R}dm"))
            lines += [] if root is None else _diagram_lines(root)
        elif element.tag == f"{_CHART}chart":
            root = _related(archive, relations, element.get(f"{R}id"))
            lines += [] if root is None else _chart_lines(root)
    return [line for line in lines if line.strip()]


def _elements(parent: Element) -> Iterator[Element]:
    """All elements below `parent`, of alternatives those to read."""
    for element in flat(parent):
        yield element
        yield from _elements(element)


def paragraph_text(paragraph: Element) -> str:
    """The text of a paragraph (`a:p`) of a drawing or slide."""
    return "".join(_runs(paragraph)).replace("\v", "\n")


def _runs(parent: Element) -> Iterator[str]:
    for element in flat(parent):
        if element.tag in (f"{A}t", f"{_MATH}t"):
            yield (element.text or "").replace("\n", " ").replace("\u00ad", "")
        elif element.tag == f"{A}br":
            yield "\n"
        else:
            yield from _runs(element)


def _related(
    archive: Archive, relations: Mapping[str, Relation], relation_id: str | None
) -> Element | None:
    relation = relations.get(relation_id or "")
    if relation is None or relation.target not in archive:
        return None
    return office_xml(archive, relation.target)


def _diagram_lines(root: Element) -> Iterator[str]:
    """The text of each point of a diagram, in the order in which they were written."""
    for point in root.iter(f"{_DIAGRAM}pt"):
        if point.get("type") != "pres":
            for paragraph in point.iter(f"{A}p"):
                yield paragraph_text(paragraph)


def _chart_lines(root: Element) -> Iterator[str]:
    """The title of a chart and of its axes, the names of its series and of its categories."""
    for title in root.iter(f"{_CHART}title"):
        yield " ".join(paragraph_text(paragraph) for paragraph in title.iter(f"{A}p"))
    names: dict[str, None] = {}
    for series in root.iter(f"{_CHART}ser"):
        for kind in ("tx", "cat"):
            for element in series.findall(f"{_CHART}{kind}"):
                if kind == "tx" or element.find(f".//{_CHART}strCache") is not None:
                    points = element.iter(f"{_CHART}v")
                    names.update(dict.fromkeys(point.text or "" for point in points))
    yield ", ".join([name for name in names if name.strip()][:_MOST_NAMES])
