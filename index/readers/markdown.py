"""Markdown files: what a reader of the rendered page sees, as plain text with its headings."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.readers.encoding import decode_text, decoding_warnings
from index.readers.source import Source
from index.readers.writer import TextWriter
from index.types import Document

# The text of lists and quotations nested deeper than this is left out by the parser.
_DEEPEST = 40

_FENCE_OPEN = re.compile(r"---[ \t]*\n")
_FENCE_CLOSE = re.compile(r"^(?:---|\.\.\.)[ \t]*$\n?", re.MULTILINE)
_FIRST_KEY = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*[\"']?\w[^\n:]*:(?:\s|$)")

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*+)[^<>]*>|<(?:!--|[!?])")
_UNSHOWN = frozenset({"script", "style", "template", "title"})
_INLINE = re.compile(
    "abbr|a|bdi|bdo|big|b|cite|code|em|font|i|kbd|mark|q|small|span|strong|sub|sup|s|u"
)

_INDENT = "  "


def read_markdown(source: Source) -> Document:
    """The document that a Markdown file holds.

    CommonMark with tables and strikethrough; list items are parted by a newline.
    """
    text = decode_text(source.content, source.path)
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable(["table", "strikethrough"])
    blocks = _Blocks()
    blocks.write(parser.parse(_without_front_matter(text)))
    return blocks.writer.document(source, decoding_warnings(text))


def _without_front_matter(source: str) -> str:
    """`source` after the YAML between dashes that publishing tools keep at its head."""
    opened = _FENCE_OPEN.match(source)
    closed = _FENCE_CLOSE.search(source, opened.end()) if opened else None
    if opened and closed and _FIRST_KEY.match(source, opened.end(), closed.start()):
        return source[closed.end() :]
    return source


class _Blocks:
    """Markdown's tokens as blocks of a text."""

    def __init__(self) -> None:
        self.writer = TextWriter()
        self._lists: list[int | None] = []  # of each open list the next number; None for bullets
        self._marker = ""  # of an item that has no text yet
        self._rows: list[list[str]] | None = None  # of the open table
        self._close = False  # whether the next block follows without an empty line

    def write(self, tokens: Sequence[Token]) -> None:
        """Add the text of a whole token stream."""
        level = 0
        for token in tokens:
            match token.type:
                case "heading_open":
                    level = int(token.tag[1:])
                case "heading_close":
                    level = 0
                case "inline" if self._rows:
                    self._rows[-1].append(_inline_text(token))
                case "inline":
                    self._block(_inline_text(token).strip(), level)
                case "code_block" | "fence":
                    self._block(token.content.rstrip("\n"))
                case "html_block":
                    self._block(_html_text(token.content))
                case "bullet_list_open":
                    self._open_list(None)
                case "ordered_list_open":
                    self._open_list(int(token.attrs.get("start", 1)))
                case "bullet_list_close" | "ordered_list_close":
                    self._lists.pop()
                    self._close = bool(self._lists)
                case "list_item_open":
                    self._open_item()
                case "list_item_close":
                    self._marker = ""
                case "table_open":
                    self._rows = []
                case "tr_open" if self._rows is not None:
                    self._rows.append([])
                case "table_close":
                    self.writer.table(self._rows or ())
                    self._rows, self._close = None, False
                case _:
                    pass

    def _open_list(self, number: int | None) -> None:
        self._close = bool(self._lists)
        self._lists.append(number)

    def _open_item(self) -> None:
        number = self._lists[-1]
        if number is None:
            self._marker = "- "
        else:
            self._marker = f"{number}. "
            self._lists[-1] = number + 1

    def _block(self, text: str, level: int = 0) -> None:
        if not text.strip():
            return
        lead = ""
        if self._lists:
            lead = _INDENT * (len(self._lists) - 1) + (self._marker or _INDENT)
        self.writer.block(text, level=level, separator="\n" if self._close else "\n\n", lead=lead)
        self._marker = ""
        self._close = bool(self._lists)


def _inline_text(token: Token) -> str:
    return "".join(_inline_parts(token.children or ()))


def _inline_parts(tokens: Sequence[Token]) -> Iterator[str]:
    unshown = ""
    for token in tokens:
        match token.type:
            case "html_inline":
                tag = _TAG.match(token.content)
                name = tag[2].lower() if tag and tag[2] else ""
                if name == "br" and not unshown:
                    yield "\n"
                elif name in _UNSHOWN and tag:
                    unshown = "" if tag[1] else name
            case _ if unshown:
                pass
            case "text" | "code_inline":
                yield token.content
            case "softbreak":
                yield " "
            case "hardbreak":
                yield "\n"
            case "image":
                yield _inline_text(token)
            case _:
                pass


def _html_text(source: str) -> str:
    """The text between the tags of a block of HTML, a line for each of its blocks."""
    parts: list[str] = []
    at = 0
    while tag := _TAG.search(source, at):
        parts.append(html.unescape(source[at : tag.start()]))
        name = (tag[2] or "").lower()
        if not name:
            closing = "-->" if tag[0] == "<!--" else ">"
            found = source.find(closing, tag.end())
            at = found + len(closing) if found >= 0 else len(source)
        elif name in _UNSHOWN and not tag[1]:
            end = re.compile(rf"</{name}[^<>]*>", re.IGNORECASE).search(source, tag.end())
            at = end.end() if end else len(source)
        else:
            at = tag.end()
            parts.append("" if _INLINE.fullmatch(name) else "\n")
    parts.append(html.unescape(source[at:]))
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)
