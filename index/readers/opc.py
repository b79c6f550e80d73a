"""Office archives (ISO/IEC 29500-2): parts that name one another by relations."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from index.readers.archive import Archive

# Strict files name their vocabularies by other addresses than all the rest.
_STRICT = re.compile(rb"(=\s*[\"'])http://purl\.oclc\.org/ooxml/(\w+)/")
_TRANSITIONAL = rb"\1http://schemas.openxmlformats.org/\2/2006/"

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
ALTERNATIVES = f"{_COMPATIBILITY}AlternateContent"
_CHOICE = f"{_COMPATIBILITY}Choice"
_FALLBACK = f"{_COMPATIBILITY}Fallback"


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part says of another: the last word of the relation's type, and the part's name."""

    kind: str
    target: str


def office_xml(archive: Archive, name: str) -> Element:
    """The tree of a part, in the namespaces of transitional files. Raises as `Archive.xml`."""
    content = archive.read(name)
    return archive.parse(name, _STRICT.sub(_TRANSITIONAL, content))


def relations(archive: Archive, part: str) -> dict[str, Relation]:
    """The parts that `part` is related to, by id; what lies outside the archive is left out."""
    folder, name = posixpath.split(part)
    own = posixpath.join(folder, "_rels", f"{name}.rels")
    if own not in archive:
        return {}
    found: dict[str, Relation] = {}
    for element in office_xml(archive, own).iter(_RELATION):
        if element.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, _target(element)))
            kind = element.get("Type", "").rpartition("/")[2]
            found[element.get("Id", "")] = Relation(kind, target.lstrip("/"))
    return found


def related(archive: Archive, part: str, kind: str) -> str | None:
    """The first part that `part` has a relation of this kind to, if it is there."""
    return of_kind(archive, relations(archive, part), kind)


def of_kind(archive: Archive, named: Mapping[str, Relation], kind: str) -> str | None:
    """The first part of this kind among some relations, if it is there."""
    for relation in named.values():
        if relation.kind == kind and relation.target in archive:
            return relation.target
    return None


def main_part(archive: Archive, usual: str, expected: str) -> str:
    """The part that everything hangs on, `usual` or where the archive says.

    Raises FileDisguised for another kind of file than the `expected`.
    """
    folder = usual.partition("/")[0] + "/"
    named = related(archive, "", "officeDocument")
    for name in (named, usual):
        if name is not None and name in archive and name.startswith(folder):
            return name
    raise archive.wrong(expected)


def chosen(alternatives: Element) -> Element | None:
    """Of alternatives for newer and older programs, the one to read."""
    choice = alternatives.find(_CHOICE)
    if choice is not None and len(choice):
        return choice
    return alternatives.find(_FALLBACK)


def flat(parent: Element, wrappers: frozenset[str] = frozenset()) -> Iterator[Element]:
    """The children of an element, and those of children that only wrap others."""
    for child in parent:
        if child.tag in wrappers:
            yield from flat(child, wrappers)
        elif child.tag == ALTERNATIVES:
            alternative = chosen(child)
            if alternative is not None:
                yield from flat(alternative, wrappers)
        else:
            yield child


def is_on(element: Element | None, value: str | None) -> bool:
    """Whether a property that is a switch stands and is not switched off by its `value`."""
    return element is not None and value not in ("0", "false", "off", "none")


def _target(element: Element) -> str:
    return unquote(element.get("Target", "")).replace("\\", "/")
