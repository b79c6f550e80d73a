"""Rich text (RTF): what a person reads in it, with headings, lists, tables and notes."""

from __future__ import annotations

import codecs
import copy
import re
from dataclasses import dataclass

from index.errors import FileDamaged, FileUnsafe
from index.readers.asides import PAGE_NUMBER, Aside, comment_text
from index.readers.blocks import Block, Paragraph, write_blocks
from index.readers.encoding import REPLACEMENT, encoding_named, refuse_disguised
from index.readers.margins import Margins, lines_of
from index.readers.rtf_body import Body
from index.readers.source import Source
from index.readers.symbols import symbol
from index.readers.word_fields import numbers_pages
from index.types import Document, ReadWarning

_DEEPEST = 2000  # groups within groups
_STEP = 50_000  # tokens

_SIGNATURE = b"{\\rtf"
_TOKEN = re.compile(
    r"(?P<text>[^\\{}\r\n\0]+)|(?P<brace>[{}])"
    r"|\\(?:(?P<word>[A-Za-z]+)(?P<number>-?\d{1,9})? ?"
    r"|'(?P<hex>[0-9A-Fa-f]{2})|(?P<symbol>[^A-Za-z]))"
    r"|[\r\n\0]+",
    re.DOTALL,
)

# Groups whose text is not read: about the file and for programs.
_SKIPPED = frozenset(
    re.findall(
        r"\w+",
        "colortbl filetbl info pict objdata objclass objname fldinst datafield fldtype "
        "atnid atnref atndate atntime atnicn atnparent atrfstart atrfend "
        "xe tc tcn rxe txe bkmkstart bkmkend list listname liststylename listlevel leveltext "
        "levelnumbers listoverride lfolevel listpicture listtable listoverridetable "
        "pnseclvl pntxta pntxtb revtbl rsidtbl generator nonshppict shprslt sp nonesttables "
        "private1 ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn template pgdsctbl formfield "
        "fchars lchars falt panose fname fontemb fontfile themedata colorschememapping "
        "latentstyles defchp defpap datastore xmlnstbl xmlattrname xmlattrvalue userprops docvar "
        "mailmerge protusertbl pgptbl oldcprops oldpprops oldsprops oldtprops background hlinkbase "
        "mmathPict mmathPr svb wgrffmtfilter keycode blipuid picprop",
    )
)
# Groups that older programs shall skip, and that hold text.
_NEW = frozenset(
    {
        "shpinst", "ud", "footnote", "nesttableprops", "moMath", "moMathPara", "annotation",
        "atnauthor", "do",
    }
)  # fmt: skip
# Groups that stand beside the paragraph or the page, and what they are.
_APART: dict[str, Aside | None] = {
    "footnote": None, "shptxt": None, "dptxbxtext": None, "annotation": "comment",
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "header"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "footer"),
}  # fmt: skip

_CHARACTERS = {
    "tab": "\t", "line": "\n", "lbr": "\n", "emdash": "—", "endash": "–", "lquote": "‘",
    "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": " ",
    "enspace": " ", "qmspace": " ", "ltrmark": "\u200e", "rtlmark": "\u200f", "zwj": "\u200d",
    "zwnj": "\u200c",
}  # fmt: skip
_SYMBOLS = {"~": " ", "_": "-", "\\": "\\", "{": "{", "}": "}", "\t": "\t"}

_SYMBOL_FONT = "symbol"
_CHARSETS = {
    77: "mac-roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "big5",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 179: "cp1256",
    180: "cp1256", 181: "cp1255", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
    254: "cp437", 2: _SYMBOL_FONT,
}  # fmt: skip
_HEADING_STYLE = re.compile(r"(?:heading|(?:ال)?عنوان) ([1-9])$|(?:title|العنوان)$", re.IGNORECASE)


@dataclass(slots=True)
class _State:
    """What a group inherits from the one around it, and leaves as it was."""

    skipped: bool = False
    doubled: bool = False  # whether the text comes twice, the second time in Unicode
    into: str = ""  # what the text is: a list's "marker", a "style"; "" the document's
    font: int = 0
    right_font: int | None = None  # for writing from right to left
    right: bool = False
    fallback: int = 1  # how many characters follow \u for programs that do not know it
    hidden: bool = False
    style: int = 0
    outline: int | None = None
    in_table: bool = False
    depth: int = 0  # of a list


def read_rtf(source: Source) -> Document:
    """The document that an RTF file holds, without hidden text.

    Notes and comments stand behind the paragraph that refers to them, page headers before the
    text and footers behind it. Raises FileDisguised and FileDamaged for
    what is no RTF, FileUnsafe for what is nested too deep, and FileEmpty.
    """
    content = source.content.removeprefix(codecs.BOM_UTF8).lstrip()
    if not content.startswith(_SIGNATURE):
        refuse_disguised(content, source.path)
        raise FileDamaged(path=source.path, detail="it does not begin as rich text does")
    reader = _Reader(source)
    writer = write_blocks(reader.blocks(content), paged=False)
    return writer.document(source, [ReadWarning("unmapped")] * reader.unmapped)


@dataclass(frozen=True, slots=True)
class _Apart:
    """Text beside the paragraph or the page: how deep its group lies, and what surrounds it."""

    depth: int
    around: Body
    aside: Aside | None
    in_margin: bool  # whether it is a header or footer, or in one


class _Reader:
    """The groups, words and characters of an RTF file, one after another."""

    def __init__(self, source: Source) -> None:
        self.unmapped = False
        self._source = source
        self._state = _State()
        self._outer: list[_State] = []
        self._encoding = "cp1252"  # of fonts that name none
        self._default_font = 0
        self._fonts: dict[int, str] = {}
        self._levels: dict[int, int] = {}  # of headings, by style
        self._bytes = bytearray()  # not decoded yet: a letter may take two of them
        self._unread = 0  # characters that follow \u and stand for the same
        self._starred = False
        self._label: list[str] = []  # of a list's item, or the name of a style
        self._body = Body()
        self._apart: list[_Apart] = []
        self._margins = Margins()
        self._author = ""  # of the next comment
        self._numbered = False  # whether the result of a field would number the page once more

    def blocks(self, content: bytes) -> list[Block]:
        """The blocks of a whole file."""
        text = content.decode("latin-1")
        raw_utf8 = not content.isascii() and _is_utf8(content)
        at = tokens = 0
        while token := _TOKEN.match(text, at):
            at = token.end()
            tokens += 1
            if tokens % _STEP == 0:
                self._source.step("parse")
            if token["text"]:
                self._plain(token["text"], raw_utf8)
            elif token["word"]:
                if token["word"] == "bin":
                    at += max(int(token["number"] or 0), 0)
                else:
                    self._word(token["word"], int(token["number"]) if token["number"] else None)
            elif token["hex"]:
                self._hex(int(token["hex"], 16))
            elif token["brace"] == "{":
                self._open_group()
            elif token["brace"]:
                self._close_group()
            elif token["symbol"]:
                self._symbol(token["symbol"])
            self._starred = token["symbol"] == "*"
        while self._outer:
            self._close_group()
        self._end_paragraph()
        return self._margins.around(self._body.finished())

    def _open_group(self) -> None:
        self._decode()
        self._unread = 0
        if len(self._outer) >= _DEEPEST:
            raise FileUnsafe(path=self._source.path, detail="it is nested too deep")
        self._outer.append(self._state)
        self._state = copy.copy(self._state)

    def _close_group(self) -> None:
        self._decode()
        self._unread = 0
        if not self._outer:
            return
        closed, self._state = self._state, self._outer.pop()
        if closed.into and closed.into != "font" and closed.into != self._state.into:
            label = "".join(self._label).strip()
            self._label.clear()
            if closed.into == "marker":
                self._body.marker = label
            elif closed.into == "author":
                self._author = label
            elif closed.into == "field" and numbers_pages(label):
                self._put(PAGE_NUMBER)
                self._numbered = True
        elif closed.into == "style":
            name = "".join(self._label)
            self._label.clear()
            if (level := _heading_level(closed.outline, name)) and not closed.skipped:
                self._levels[closed.style] = level
        while self._apart and self._apart[-1].depth > len(self._outer):
            self._end_apart()

    def _end_apart(self) -> None:
        blocks = self._body.finished()
        apart = self._apart.pop()
        self._body = apart.around
        if apart.aside is None:
            self._body.notes.extend(blocks)
        elif apart.aside != "comment":
            self._margins.add(apart.aside, blocks)
        elif said := lines_of(blocks):
            comment = comment_text(self._author, said)
            self._body.notes.append(Paragraph(comment, aside="comment"))
            self._author = ""

    def _plain(self, text: str, raw_utf8: bool) -> None:
        if self._unread:
            self._unread, text = max(self._unread - len(text), 0), text[self._unread :]
        if raw_utf8 and not text.isascii():
            self._decode()
            self._put(text.encode("latin-1").decode("utf-8", errors="replace"))
        else:
            self._bytes += text.encode("latin-1")

    def _hex(self, byte: int) -> None:
        if self._unread:
            self._unread -= 1
        elif self._font_encoding() == _SYMBOL_FONT:
            self._decode()
            self._put(_sign(0xF000 + byte))
        else:
            self._bytes.append(byte)

    def _symbol(self, sign: str) -> None:
        if self._unread and sign != "*":
            self._unread -= 1
        elif sign in "\r\n":
            self._end_paragraph()
        elif sign in _SYMBOLS:
            self._decode()
            self._put(_SYMBOLS[sign])

    def _word(self, word: str, number: int | None) -> None:
        self._decode()
        if word in _CHARACTERS:
            if self._unread:
                self._unread -= 1
            else:
                self._put(_CHARACTERS[word])
            return
        self._unread = 0
        state = self._state
        if word in ("fldinst", "fldrslt", "chpgn") and self._in_margin:
            self._page_field(word)
        elif (self._starred and word not in _NEW) or word in _SKIPPED:
            state.skipped = True
        elif word == "u" and number is not None:
            self._put(_sign(number % 0x10000))
            self._unread = state.fallback
        elif word in _APART and not state.skipped:
            aside = _APART[word]
            in_margin = self._in_margin or aside in ("header", "footer")
            self._apart.append(_Apart(len(self._outer), self._body, aside, in_margin))
            self._body = Body()
            state.in_table = False
        elif not (self._state_word(word, number) or state.skipped or state.into):
            self._body_word(word)

    @property
    def _in_margin(self) -> bool:
        return bool(self._apart) and self._apart[-1].in_margin

    def _page_field(self, word: str) -> None:
        """A number that each page has its own of, or a field that may show it."""
        if word == "chpgn":
            self._put(PAGE_NUMBER)
        elif word == "fldinst":
            self._state.into, self._numbered = "field", False
        elif self._numbered:
            self._state.skipped, self._numbered = True, False

    def _state_word(self, word: str, number: int | None) -> bool:
        """Take note of a word about what follows it; whether it is one."""
        state = self._state
        on = number != 0
        match word:
            case "ansicpg" if number:
                self._encoding = encoding_named(f"cp{number}") or self._encoding
            case "mac" | "pc" | "pca":
                self._encoding = {"mac": "mac-roman", "pc": "cp437", "pca": "cp850"}[word]
            case "deff":
                self._default_font = state.font = number or 0
            case "fonttbl":
                state.into = "font"
            case "fcharset" if number in _CHARSETS:
                self._fonts[state.font] = _CHARSETS[number]
            case "cpg" if number and (named := encoding_named(f"cp{number}")):
                self._fonts[state.font] = named
            case "stylesheet":
                state.into = "style"
            case "listtext" | "pntext":
                state.into = "marker"
            case "atnauthor":
                state.into = "author"
            case "upr":
                state.doubled = not state.skipped
                state.skipped = True
            case "ud":
                state.skipped = state.skipped and not state.doubled
            case "f":
                state.font = number or 0
            case "af":
                state.right_font = number
            case "rtlch" | "ltrch":
                state.right = word == "rtlch"
            case "uc":
                state.fallback = max(number or 0, 0)
            case "v" | "deleted":
                state.hidden = on
            case "plain":
                state.hidden = state.right = False
                state.font, state.right_font = self._default_font, None
            case "pard":
                state.style, state.outline, state.in_table, state.depth = 0, None, False, 0
            case "s":
                state.style = number or 0
            case "outlinelevel":
                state.outline = number
            case "intbl":
                state.in_table = on
            case "ilvl":
                state.depth = number or 0
            case _:
                return False
        return True

    def _body_word(self, word: str) -> None:
        match word:
            case "par" | "sect":
                self._end_paragraph()
            case "page" | "column":
                self._put("\n")
            case "trowd":
                self._body.row_open = True
            case "trhdr":
                self._body.name_columns()
            case "cell":
                self._body.end_cell()
            case "row":
                self._body.end_row()
            case "nestcell":
                self._put(", ")
            case "nestrow":
                self._body.end_nested_row()

    def _end_paragraph(self) -> None:
        self._decode()
        state = self._state
        if state.skipped or state.into:
            return
        level = _heading_level(state.outline, "") or self._levels.get(state.style, 0)
        self._body.end_paragraph(level, in_table=state.in_table, depth=state.depth)

    def _font_encoding(self) -> str:
        state = self._state
        font = state.font
        if state.right and state.right_font is not None:
            font = state.right_font
        return self._fonts.get(font, self._encoding)

    def _decode(self) -> None:
        """Read the bytes that have come in, in the encoding of their font."""
        if self._bytes:
            encoding = self._font_encoding()
            if encoding == _SYMBOL_FONT:
                encoding = self._encoding
            self._put(self._bytes.decode(encoding, errors="replace"))
            self._bytes.clear()

    def _put(self, text: str) -> None:
        state = self._state
        if state.skipped or state.into == "font":
            return
        if state.into:
            self._label.append(text)
        elif not state.hidden:
            self.unmapped = self.unmapped or REPLACEMENT in text
            self._body.runs.append(text)


def _heading_level(outline: int | None, style: str) -> int:
    """The level of a heading, 0 for other text; by the name of its style where it has no level."""
    if outline is not None and 0 <= outline < 9:
        return min(outline + 1, 6)
    named = _HEADING_STYLE.match(style.strip(" ;"))
    return (min(int(named[1]), 6) if named[1] else 1) if named else 0


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _sign(code: int) -> str:
    """The character of a number; those of fonts of symbols lie where Unicode has none."""
    if not 0xF000 <= code <= 0xF0FF:
        return chr(code)
    place = f"{code:04x}"
    return symbol("symbol", place) or symbol("wingdings", place)
