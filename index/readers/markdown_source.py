"""Markdown to tokens: the parser, and what it would leave out of the source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.html_block import html_block
from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from index.readers.markdown_inline import settled

# The text of lists and quotations nested deeper than this is left out by the parser.
_DEEPEST = 40

_FENCE_OPEN = re.compile(r"---[ \t]*\n")
_FENCE_CLOSE = re.compile(r"^(?:---|\.\.\.)[ \t]*$\n?", re.MULTILINE)
_FIRST_KEY = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*[\"']?\w[^\n:]*:(?:\s|$)")
_KEY = re.compile(r"([\"']?)(\w[^\n:]*)\1:[ \t]+(\S.*)")
_FOR_PUBLISHING = re.compile(
    r"tags?|categor(?:y|ies)|keywords|layout|slug|permalink|url|aliases|draft|published|weight|order"
    r"|toc|lang|dir|template|theme|image|cover|comments|math|output|type|id|sidebar\w*|nav\w*",
    re.IGNORECASE,
)

_CLOSINGS = {
    "<!--": "-->",
    "<?": "?>",
    "<![": "]]>",
    **{f"<{name}": f"</{name}" for name in ("script", "style", "pre", "textarea")},
}
_TABLE = re.compile(r"<(/?)table\b", re.IGNORECASE)
_QUOTED = re.compile(r"^[\s>]+")
_ADDRESS = re.compile(r"[/.#:@?&=]|^.?$")


def markdown_parser() -> MarkdownIt:
    """CommonMark with tables and strikethrough, without HTML that swallows the rest."""
    options = {"maxNesting": _DEEPEST, "store_labels": True}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    parser.block.ruler.at(
        "html_block", _closed_html, {"alt": ["paragraph", "reference", "blockquote"]}
    )
    return parser


def _closed_html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The parser's rule for blocks of HTML, but for those that would only end with the file."""
    at = state.bMarks[start] + state.tShift[start]
    if state.src[at : at + 1] == "<":
        line = state.src[at : at + 10].lower()
        for opening, closing in _CLOSINGS.items():
            known = state.env.setdefault("closings", {})
            if line.startswith(opening) and _last(state.src, closing, known) <= at:
                return False
    return html_block(state, start, end, silent)


def _last(source: str, sign: str, known: dict[str, int]) -> int:
    """Where a sign stands last in a text; -1 where it stands nowhere."""
    if sign not in known:
        known[sign] = max(source.rfind(sign), source.rfind(sign.upper()))
    return known[sign]


def split_front_matter(source: str) -> tuple[str, str]:
    """The YAML between dashes that publishing tools keep at the head of a file, and the rest."""
    opened = _FENCE_OPEN.match(source)
    closed = _FENCE_CLOSE.search(source, opened.end()) if opened else None
    if opened and closed and _FIRST_KEY.match(source, opened.end(), closed.start()):
        return source[opened.end() : closed.start()], source[closed.end() :]
    return "", source


def front_matter_fields(yaml: str) -> dict[str, str]:
    """The fields of front matter that say something of the text, not of how it is published."""
    fields: dict[str, list[str]] = {}
    name = ""
    for line in yaml.split("\n"):
        if found := _KEY.match(line):
            name = "" if _FOR_PUBLISHING.fullmatch(found[2].strip()) else found[2].strip()
            text = found[3].strip()
            fields[name] = [] if text in ("|", ">", "|-", ">-") else [text.strip("\"'")]
        elif line[:1].isspace() and name:
            fields[name].append(line.strip())
        else:
            name = ""
    return {name: " ".join(texts) for name, texts in fields.items() if name and any(texts)}


def with_tables_joined(tokens: Sequence[Token], parser: MarkdownIt) -> Iterator[Token]:
    """The tokens, each table of HTML in one of them: empty lines in it part its source."""
    at = retry = 0
    while at < len(tokens):
        token = tokens[at]
        if at >= retry and token.type == "html_block" and _opened(token.content) > 0:
            end, closed = _table_end(tokens, at)
            if closed:
                source = _html(tokens[at:end], parser)
                yield Token("html_block", "", 0, content=source, map=token.map, level=token.level)
                at = end
                continue
            retry = end
        yield token
        at += 1


def _table_end(tokens: Sequence[Token], at: int) -> tuple[int, bool]:
    """Where the tokens of a table of HTML end, and whether it is closed there."""
    depth = 0
    for number in range(at, len(tokens)):
        token = tokens[number]
        if token.level < tokens[at].level:
            return number, False
        if token.type in ("html_block", "code_block"):
            depth += _opened(token.content)
            if depth <= 0:
                return number + 1, True
    return len(tokens), False


def _opened(source: str) -> int:
    """How many tables more are opened than closed."""
    return sum(-1 if tag[1] else 1 for tag in _TABLE.finditer(source))


def _html(tokens: Sequence[Token], parser: MarkdownIt) -> str:
    """The tokens as HTML; in a table what is indented far is no code."""
    for token in tokens:
        if token.type == "code_block":
            token.type = "html_block"
        elif token.type == "inline":
            token.children = settled(token.children or ())
    return str(parser.renderer.render(tokens, parser.options, {}))


def missing_cells(line: str, read: int) -> list[str]:
    """The sources of the cells that a row of a table has beyond the `read` ones."""
    cells = escapedSplit(_QUOTED.sub("", line, count=1).strip())
    if cells and cells[0] == "":
        cells.pop(0)
    if cells and cells[-1] == "":
        cells.pop()
    return [cell.strip() for cell in cells[read:]]


def told_definitions(
    tokens: Sequence[Token], definitions: Mapping[str, Any], lines: Sequence[str]
) -> list[tuple[int, str]]:
    """The definitions of links that are text, by their first lines: notes, and what is no address.

    The parser takes a line such as "[Deadline]: tomorrow" for one.
    """
    used = {
        child.meta.get("label") for token in tokens for child in token.children or () if child.meta
    }
    told = []
    for label, definition in definitions.items():
        says_more = definition["title"] or not _ADDRESS.search(definition["href"])
        if label.startswith("^") or (label not in used and says_more):
            start, end = definition["map"]
            text = " ".join(_QUOTED.sub("", line, count=1).strip() for line in lines[start:end])
            told.append((start, text))
    return sorted(told)
