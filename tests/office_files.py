"""Little Word and PowerPoint files, made when a test needs them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"


def word_file(*paragraphs: str) -> bytes:
    """A Word file of paragraphs; those that begin with `#` are headings, as in Markdown."""
    body = ""
    for paragraph in paragraphs:
        words = paragraph.lstrip("#")
        level = len(paragraph) - len(words)
        style = f'<w:pPr><w:pStyle w:val="H{level}"/></w:pPr>' if level else ""
        body += f"<w:p>{style}<w:r><w:t>{escape(words.strip())}</w:t></w:r></w:p>"
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="H{level}"><w:name w:val="heading {level}"/>'
        f'<w:pPr><w:outlineLvl w:val="{level - 1}"/></w:pPr></w:style>'
        for level in (1, 2, 3)
    )
    return _package(
        "word/document.xml",
        {
            "word/document.xml": (
                f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'
            ),
            "word/styles.xml": f'<w:styles xmlns:w="{_W}">{styles}</w:styles>',
            "word/_rels/document.xml.rels": _relations({"s": ("styles", "styles.xml")}),
        },
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    )


def slides_file(*slides: tuple[str, str] | None) -> bytes:
    """A PowerPoint file of slides, each a title and a text; None is a picture without words."""
    parts: dict[str, str] = {}
    names: dict[str, tuple[str, str]] = {}
    for number, slide in enumerate(slides, start=1):
        shapes = "<p:pic/>" if slide is None else _shape("title", slide[0]) + _shape("", slide[1])
        parts[f"ppt/slides/slide{number}.xml"] = (
            f'<p:sld xmlns:p="{_P}" xmlns:a="{_A}"><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>'
            "</p:sld>"
        )
        names[f"r{number}"] = ("slide", f"slides/slide{number}.xml")
    listed = "".join(f'<p:sldId id="{256 + at}" r:id="{name}"/>' for at, name in enumerate(names))
    parts["ppt/presentation.xml"] = (
        f'<p:presentation xmlns:p="{_P}" xmlns:r="{_OFFICE}"><p:sldIdLst>{listed}</p:sldIdLst>'
        "</p:presentation>"
    )
    parts["ppt/_rels/presentation.xml.rels"] = _relations(names)
    return _package(
        "ppt/presentation.xml",
        parts,
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    )


def _shape(kind: str, words: str) -> str:
    placeholder = f'<p:ph type="{kind}"/>' if kind else '<p:ph idx="1"/>'
    return (
        f"<p:sp><p:nvSpPr><p:nvPr>{placeholder}</p:nvPr></p:nvSpPr><p:txBody>"
        f"<a:p><a:r><a:t>{escape(words)}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _package(main: str, parts: Mapping[str, str], kind: str) -> bytes:
    content_types = (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{main}" ContentType="{kind}"/></Types>'
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", content_types)
        package.writestr("_rels/.rels", _relations({"m": ("officeDocument", main)}))
        for name, part in parts.items():
            package.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{part}')
    return file.getvalue()
