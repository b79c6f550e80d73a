"""Archives for tests, put together part by part."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO

from index.types import Document

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

Parts = Mapping[str, str | bytes]


def zipped(parts: Parts) -> bytes:
    """An archive of these parts."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def relations(**targets: str) -> str:
    """The relations of a part: for each id, the kind and the target parted by a space."""
    listed = "".join(
        f'<Relationship Id="{name}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for name, (kind, target) in ((name, each.split(" ", 1)) for name, each in targets.items())
    )
    return f'<Relationships xmlns="{_PACKAGE}">{listed}</Relationships>'


def page_texts(document: Document) -> dict[int, str]:
    """The text of each page, without the white space around it."""
    return {page.number: document.text[page.start : page.end].strip() for page in document.pages}


def column_names(document: Document) -> list[str]:
    """The line of each table that names its columns."""
    return [document.text[table.start : table.header_end] for table in document.tables]
