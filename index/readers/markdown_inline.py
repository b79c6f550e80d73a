"""A line of Markdown as the text that its reader sees: markup goes, signs and names stay."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

from index.readers.markup import tags
from index.readers.seams import LINK, LINK_END, SEAM, joined

TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*+)([^<>]*)>")
UNSHOWN = tags("script style template title")

_VOID = tags("area base br col embed hr img input link meta param source track wbr")
_PLAIN = tags(
    "a abbr b bdi bdo big br cite code data dfn em font i mark q samp small span strong time tt u "
    "var wbr"
)
_KNOWN = (
    _VOID
    | _PLAIN
    | UNSHOWN
    | tags(
        "address article aside audio blockquote body button canvas caption center colgroup "
        "datalist dd del details dialog div dl dt fieldset figcaption figure footer form frame "
        "frameset h1 h2 h3 h4 h5 h6 head header hgroup html iframe ins kbd label legend li main "
        "map menu meter nav nobr noscript object ol optgroup option output p picture pre "
        "progress rp rt ruby s search section select strike sub summary sup svg table tbody td "
        "textarea tfoot th thead tr ul video math path circle rect line g polygon polyline "
        "ellipse defs use text tspan"
    )
)
_EMPHASIS = tags("em_open strong_open s_open")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


def is_known(name: str) -> bool:
    """Whether a tag (in lower case) is one of HTML; others, as in List<String>, are text."""
    return name in _KNOWN


def has_structure(tokens: Sequence[Token]) -> bool:
    """Whether a line has HTML in it that shows more than its text does."""
    return any(
        token.type == "html_inline"
        and (tag := TAG.match(token.content)) is not None
        and tag[2].lower() not in _PLAIN | UNSHOWN
        for token in tokens
    )


def inline_text(tokens: Sequence[Token]) -> str:
    """The text of a line whose tokens are `settled`."""
    parts: list[str] = []
    unshown = ""
    for token in tokens:
        if token.type == "html_inline":
            tag = TAG.match(token.content)
            name = tag[2].lower() if tag else ""
            if name == "br" and not unshown:
                parts.append("\n")
            elif tag and name in UNSHOWN:
                unshown = "" if tag[1] else name
        elif not unshown:
            parts.append(_TEXTS.get(token.type, token.content))
    return joined("".join(parts))


_TEXTS = {"softbreak": " ", "hardbreak": "\n", "link_open": LINK, "link_close": LINK_END}


def settled(tokens: Sequence[Token]) -> list[Token]:
    """The tokens of a line, with those as text that only look like markup.

    Asterisks and the like between figures or within words, tags that HTML does not know or that
    are never closed; pictures by their descriptions, links without a text by their addresses.
    """
    literal = _literal_marks(tokens) | _literal_tags(tokens)
    found: list[Token] = []
    links: list[tuple[int, Token]] = []
    for number, token in enumerate(tokens):
        if number in literal:
            found.append(_text(token.markup if token.nesting and token.markup else token.content))
        elif token.type == "image":
            description = inline_text(settled(token.children or ()))
            found.append(_text(f"{SEAM}{description}{_title(token, description)}{SEAM}"))
        elif token.type == "link_open":
            links.append((len(found), token))
            found.append(token)
        elif token.type == "link_close" and links:
            begun, link = links.pop()
            found[begun:] = [*_link(link, found[begun + 1 :]), token]
        else:
            found.append(token)
    return found


def _link(link: Token, inner: list[Token]) -> list[Token]:
    """A link from its opening to the end of its text."""
    text = inline_text(inner).strip()
    if link.meta.get("label", "").startswith("^"):  # a note whose text looks like an address
        return [link, _text("["), *inner, _text("]")]
    if not text:
        return [link, _text(str(link.attrs.get("href", "")))]
    return [link, *inner, _text(_title(link, text))]


def _title(token: Token, text: str) -> str:
    """The title of a link or picture in brackets, where it says more than the text."""
    title = " ".join(str(token.attrs.get("title", "")).split())
    if not title or title in text:
        return ""
    return f" ({title})" if text else title


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _literal_marks(tokens: Sequence[Token]) -> set[int]:
    """The marks of emphasis that are signs of the text, as in 10*20*30 and __init__."""
    literal: set[int] = set()
    waiting: list[int] = []
    for number, token in enumerate(tokens):
        if token.type in _EMPHASIS:
            waiting.append(number)
        elif token.type.removesuffix("_close") + "_open" in _EMPHASIS and waiting:
            begun = waiting.pop()
            if _is_literal(tokens, begun, number):
                literal |= {begun, number}
    return literal


def _is_literal(tokens: Sequence[Token], begun: int, ended: int) -> bool:
    before = tokens[begun - 1].content[-1:] if begun else ""
    after = tokens[ended + 1].content[:1] if ended + 1 < len(tokens) else ""
    inner = "".join(token.content for token in tokens[begun + 1 : ended])
    if before.isdigit() or after.isdigit() or (before.isalnum() and after.isalnum()):
        return True
    if " " in inner:  # Arabic prefixes are written without a space before what is emphasised
        return after.isalnum() or (before.isascii() and before.isalnum())
    return tokens[begun].markup == "__" and _IDENTIFIER.fullmatch(inner) is not None


def _literal_tags(tokens: Sequence[Token]) -> set[int]:
    """The tags that are text: unknown ones, and bare ones without the other of their pair."""
    literal: set[int] = set()
    opened: dict[str, list[int]] = {}
    for number, token in enumerate(tokens):
        tag = TAG.fullmatch(token.content) if token.type == "html_inline" else None
        if tag is None:
            continue
        name, bare = tag[2].lower(), not tag[3].strip(" /")
        if name not in _KNOWN:
            literal.add(number)
        elif name in _VOID or tag[3].endswith("/"):
            pass
        elif not tag[1]:
            opened.setdefault(name, []).append(number)
        elif opened.get(name):
            opened[name].pop()
        elif bare:
            literal.add(number)
    for name, numbers in opened.items():
        hides = name in UNSHOWN
        literal |= {n for n in numbers if hides or TAG.sub(r"\3", tokens[n].content).strip() == ""}
    return literal
