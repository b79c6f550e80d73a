"""Markdown files: what a reader of the rendered page sees, as plain text with its headings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.readers.encoding import decode_text, decoding_warnings
from index.readers.html_blocks import Block, page_blocks
from index.readers.markdown_inline import UNSHOWN, has_structure, inline_text, is_known, settled
from index.readers.markdown_source import (
    front_matter_fields,
    markdown_parser,
    missing_cells,
    split_front_matter,
    told_definitions,
    with_tables_joined,
)
from index.readers.markup import parse_markup
from index.readers.source import Source
from index.readers.writer import TextWriter
from index.types import Document

_MARKUP = re.compile(r"<!--|<(/?)([A-Za-z][A-Za-z0-9-]*+)[^<>]*>")
_INDENT = "  "


def read_markdown(source: Source) -> Document:
    """The document that a Markdown file holds.

    CommonMark with tables and strikethrough; list items are parted by a newline. What only looks
    like markup stays as it was written, and so do the cells that a row has beyond its table.
    """
    text = decode_text(source.content, source.path)
    front_matter, body = split_front_matter(text)
    parser = markdown_parser()
    blocks = _Blocks(parser, body, lambda: source.step("parse"))
    blocks.write(front_matter_fields(front_matter))
    return blocks.writer.document(source, decoding_warnings(text))


class _Blocks:
    """Markdown's tokens as blocks of a text."""

    def __init__(self, parser: MarkdownIt, body: str, step: Callable[[], object]) -> None:
        self.writer = TextWriter()
        self._parser = parser
        self._step = step
        self._lines = body.split("\n")
        self._environment: dict[str, Any] = {}
        self._tokens = parser.parse(body, self._environment)
        self._definitions = told_definitions(
            self._tokens, self._environment.get("references", {}), self._lines
        )
        self._told = 0  # of the definitions
        self._title = self._fields = ""  # to stand above the first text
        self._lists: list[int | None] = []  # of each open list the next number; None for bullets
        self._marker = ""  # of an item that has no text yet
        self._rows: list[list[str]] | None = None  # of the open table
        self._row_line = 0
        self._close = False  # whether the next block follows without an empty line

    def write(self, fields: Mapping[str, str]) -> None:
        """Add the text of the file, under the title and the other fields of its front matter."""
        headed = any(token.type == "heading_open" and token.tag == "h1" for token in self._tokens)
        self._title = "" if headed else fields.get("title", "")
        others = [f"{name}: {text}" for name, text in fields.items() if name != "title"]
        self._fields = "\n".join(others)
        level = 0
        for token in with_tables_joined(self._tokens, self._parser):
            if token.level == 0 and token.map:
                self._tell_definitions(token.map[0])
            match token.type:
                case "heading_open":
                    level = int(token.tag[1:])
                case "heading_close":
                    level = 0
                case "inline" if self._rows:
                    self._rows[-1].append(self._cell(token))
                case "inline":
                    self._line(token, level)
                case "code_block" | "fence":
                    self._block(token.content.rstrip("\n"))
                case "html_block":
                    self._html(token.content)
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
                case "tr_open" if self._rows is not None and token.map:
                    self._rows.append([])
                    self._row_line = token.map[0]
                case "tr_close" if self._rows:
                    self._end_row(self._rows[-1])
                case "table_close":
                    self._table(self._rows or ())
                    self._rows = None
                case _:
                    pass
        self._tell_definitions(len(self._lines))

    def _tell_definitions(self, before: int) -> None:
        """Add the definitions of links that are text and stand before a line."""
        while self._told < len(self._definitions) and self._definitions[self._told][0] < before:
            self._block(self._definitions[self._told][1])
            self._told += 1

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

    def _block(self, text: str, level: int = 0, lead: str = "") -> None:
        if not text.strip():
            return
        self._begin()
        if self._lists:
            lead = _INDENT * (len(self._lists) - 1) + (self._marker or _INDENT) + lead
        self.writer.block(text, level=level, separator="\n" if self._close else "\n\n", lead=lead)
        self._marker = ""
        self._close = bool(self._lists)

    def _table(self, rows: Sequence[Sequence[str]], *, header: bool = True) -> None:
        if any(cell.strip() for row in rows for cell in row):
            self._begin()
        self.writer.table(rows, header=header)
        self._close = False

    def _begin(self) -> None:
        """Put what the front matter says above a text that is about to begin."""
        self.writer.block(self._title, level=1)
        self.writer.block(self._fields)
        self._title = self._fields = ""

    def _line(self, token: Token, level: int) -> None:
        children = settled(token.children or ())
        if not has_structure(children):
            self._block(inline_text(children).strip(), level)
            return
        for block in self._shown(self._rendered(children)):
            self._html_block(block, level)

    def _cell(self, token: Token) -> str:
        children = settled(token.children or ())
        if not has_structure(children):
            return inline_text(children)
        texts = [
            " ".join(cell for row in block.rows for cell in row) or block.text
            for block in self._shown(self._rendered(children))
        ]
        return " ".join(texts)

    def _end_row(self, row: list[str]) -> None:
        """Add the cells that a row has beyond its table's, which the parser leaves out."""
        for cell in missing_cells(self._lines[self._row_line], len(row)):
            row.extend(map(self._cell, self._parser.parseInline(cell, self._environment)))

    def _rendered(self, tokens: list[Token]) -> str:
        line = Token("inline", "", 0, children=tokens)
        return str(self._parser.renderer.render([line], self._parser.options, {}))

    def _html(self, source: str) -> None:
        for block in self._shown(source):
            self._html_block(block)

    def _html_block(self, block: Block, level: int = 0) -> None:
        if block.rows:
            self._table(block.rows, header=block.header)
        else:
            self._close = self._close or block.separator == "\n"
            self._block(block.text, block.level or level, block.lead)

    def _shown(self, source: str) -> list[Block]:
        """What a browser shows of HTML."""
        return page_blocks(parse_markup(_with_unknown_as_text(source), self._step), self._step)


def _with_unknown_as_text(source: str) -> str:
    """HTML in which the tags that are none, as in List<String>, are text."""
    parts: list[str] = []
    at = done = 0
    while found := _MARKUP.search(source, at):
        name = (found[2] or "").lower()
        at = found.end()
        if not name or (name in UNSHOWN and not found[1]):
            end = re.compile(f"</{name}" if name else "-->", re.IGNORECASE).search(source, at)
            at = end.end() if end else len(source)
        elif not is_known(name):
            parts += (source[done : found.start()], "&lt;")
            done = at = found.start() + 1
    return "".join((*parts, source[done:]))
