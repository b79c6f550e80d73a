"""What stands beside the contents of slides: comments, footers, the fixed text of their design."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from index.readers.archive import Archive
from index.readers.asides import PAGE_NUMBER, comment_text, without_page_numbers
from index.readers.drawing import A, paragraph_text
from index.readers.opc import Relation, of_kind, office_xml, relations

P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_NEWER = "{http://schemas.microsoft.com/office/powerpoint/2018/8/main}"


class CommentAuthors:
    """Who wrote the comments of a presentation, by the ids that these name."""

    def __init__(self, archive: Archive, presentation: str) -> None:
        self._names: dict[str, str] = {}
        named = relations(archive, presentation)
        for kind in ("commentAuthors", "authors"):
            part = of_kind(archive, named, kind)
            for author in office_xml(archive, part) if part else ():
                self._names[author.get("id", "")] = author.get("name", "")

    def comments(self, archive: Archive, slide: Mapping[str, Relation]) -> Iterator[str]:
        """The comments on the slide with these relations, each behind its author's name."""
        part = of_kind(archive, slide, "comments")
        for comment in office_xml(archive, part).iter() if part else ():
            if comment.tag == f"{P}cm":
                text = comment.findtext(f"{P}text") or ""
            elif comment.tag in (f"{_NEWER}cm", f"{_NEWER}reply"):
                text = lines_of(comment.find(f"{_NEWER}txBody"))
            else:
                continue
            if text.strip():
                author = self._names.get(comment.get("authorId", ""), "")
                yield comment_text(author, text.strip())


def lines_of(body: Element | None) -> str:
    """The paragraphs of a text body, a line for each."""
    if body is None:
        return ""
    lines = (paragraph_text(paragraph).strip() for paragraph in body.iter(f"{A}p"))
    return "\n".join(line for line in lines if line)


def footer_text(shape: Element) -> str:
    """The text of a footer without what each slide fills in anew: its number, today's date."""
    for filled in shape.iter(f"{A}fld"):
        is_number = filled.get("type") == "slidenum"
        for text in filled.iter(f"{A}t"):
            text.text = PAGE_NUMBER if is_number else ""
    return without_page_numbers(lines_of(shape.find(f"{P}txBody")))


def fixed_texts(root: Element) -> Iterator[str]:
    """The text that a layout or master shows on each of its slides."""
    for shape in root.iter(f"{P}sp"):
        if shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph") is None and (text := footer_text(shape)):
            yield text
