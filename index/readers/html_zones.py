"""Parts of a web page that may stand beside its matter: menus, its head and foot, side columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from index.readers.markup import Element, tags

_TELLING = tags("nav search aside footer header")
_NAMED = tags("div ul ol section table form p")
_MENU_ROLES = tags("navigation search menu menubar toolbar")
_BESIDE_ROLES = tags("banner contentinfo complementary")
_NOTE_ROLES = re.compile(r"note|doc-", re.IGNORECASE)
_NOTE_CLASSES = re.compile(
    r"\b(?:foot|end|side)?notes?\b|\badmonition|\bwarning|\bcallout|\btip\b|\bimportant\b|\binfo\b",
    re.IGNORECASE,
)
_MENU_CLASSES = re.compile(
    r"\b(?:nav|navbar|navigation|menu|breadcrumbs?|sidebar|footer|pager|pagination|toc-?nav)\b",
    re.IGNORECASE,
)
_OF_NAMED = (
    "articles?|posts?|links?|news|stories|content|items?|list|box|widget|section|wrapper|container"
    "|bar|banner|notice|popup|modal|buttons?|icons?|media|share|form|block|area"
)
_NAMED_BESIDE = re.compile(
    r"(?<![\w-])(?:cookies?|consent|gdpr|newsletter|subscribe|related|recommend(?:ed|ations?)"
    r"|read-?more|shar(?:e|ing)|social|promo|advert(?:isement|ising)?|ads?|sponsored|paywall"
    r"|login|sign-?(?:up|in)|trending|popular|most-?(?:read|viewed)|latest-news|more-?news"
    rf"|side-?bar|site-?(?:header|footer|nav)|footer|top-?bar|masthead|skip)(?:[-_](?:{_OF_NAMED})){{0,2}}"
    r"(?![\w-])",
    re.IGNORECASE,
)
NOTICE = re.compile(r"©|\bcopyright\b|rights reserved|حقوق النشر|الحقوق محفوظة", re.IGNORECASE)
COOKIES = re.compile(r"\bcookies?\b|ملفات تعريف الارتباط|الكوكيز|كوكيز", re.IGNORECASE)


class Kind(Enum):
    """How surely a part of a page is no matter of it."""

    MENU = "menu"
    LINKS = "links"  # a menu by its name, if it is made of links
    BESIDE = "beside"
    NAMED = "named"  # only by a class or an id, which pages choose freely


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of a page that may stand beside its matter; `outer` numbers the one around it."""

    kind: Kind
    outer: int


def zone_kind(element: Element, *, quoted: bool) -> Kind | None:
    """What an element is if it may stand beside the matter of its page, else None.

    `quoted` says that it lies in a quotation or article, whose head and foot are no page's.
    """
    if not element.attributes and element.tag not in _TELLING:
        return None
    role = element.attributes.get("role", "")
    if role in _MENU_ROLES or element.tag in ("nav", "search"):
        return Kind.MENU
    if role in _BESIDE_ROLES:
        return Kind.BESIDE
    names = f"{element.attributes.get('class', '')} {element.attributes.get('id', '')}"
    if element.tag == "aside" and not (_NOTE_ROLES.search(role) or _NOTE_CLASSES.search(names)):
        return Kind.BESIDE if not quoted or _NAMED_BESIDE.search(names) else None
    if element.tag in ("footer", "header") and not quoted:
        return Kind.BESIDE
    return _named_kind(names) if element.tag in _NAMED and names != " " else None


@lru_cache(maxsize=1024)
def _named_kind(names: str) -> Kind | None:
    if _MENU_CLASSES.search(names):
        return Kind.LINKS
    return Kind.NAMED if _NAMED_BESIDE.search(names) else None


def kinds_of(zones: Sequence[Zone]) -> list[frozenset[Kind]]:
    """For each zone by its number, and for what lies in none (0), all that it lies in."""
    kinds: list[frozenset[Kind]] = [frozenset()]
    for zone in zones:  # what is around a zone comes before it
        kinds.append(kinds[zone.outer] | {zone.kind})
    return kinds
