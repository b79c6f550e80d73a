"""Bytes to characters: which encoding a file of text is in, told by what it decodes to."""

from __future__ import annotations

import codecs
import math
import re
from collections import Counter
from itertools import islice
from pathlib import Path

from index.errors import EncodingUnknown, FileDisguised
from index.readers.signatures import signature
from index.types import ReadWarning

REPLACEMENT = "\ufffd"

_BINARY = "binary data, not text"
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b")) + b"\x7f"
_CONTROLS_ALLOWED = 0.05  # as a share; random bytes have twice that, a log with colour codes less
_SAMPLE = 8192  # bytes that are enough to tell writing from anything else
_NEIGHBOURHOOD = 500_000  # bytes on either side of the first that is not UTF-8

_MARKS = {
    codecs.BOM_UTF8: ("utf-8", 1),
    codecs.BOM_UTF32_LE: ("utf-32-le", 4),  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: ("utf-32-be", 4),
    codecs.BOM_UTF16_LE: ("utf-16-le", 2),
    codecs.BOM_UTF16_BE: ("utf-16-be", 2),
}
# Only what text is really written in: Python knows "encodings" that unpack and some that are slow.
_NAMED = re.compile(
    r"ascii|utf-(?:8|16|32)(?:-[lb]e|-sig)?|cp\d+|iso8859-\d+|koi8-[rtu]|mac-\w+|gb\w+|big5\w*"
    r"|shift_jis\w*|euc_\w+|iso2022_\w+|johab|tis-620|kz1048|ptcp154"
)
_WESTERN = "cp1252"
# What the rules here have decided against, and what charset-normalizer takes for too much.
_NOT_GUESSED = ["cp1252", "latin_1", "iso8859_15", "utf_16", "utf_32", "utf_7"]
_ARABIC = "cp1256"
_EIGHT_BIT_GUESSED = frozenset({"ascii", "iso8859-1", "iso8859-15", "iso8859-6", _WESTERN, _ARABIC})

# How often each letter comes in Arabic prose, in thousandths; marks and letters of other
# languages in Arabic writing are rare but not foreign.
_ARABIC_LETTERS = dict(
    zip(
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءأإآؤئ",
        (
            *(127, 32, 44, 6, 13, 19, 8, 29, 8, 45, 7, 25, 10, 10, 6, 12, 2, 35, 5, 28, 25, 21),
            *(118, 62, 57, 36, 60, 68, 11, 38, 4, 23, 9, 2, 2, 5),
        ),
        strict=True,
    )
) | dict.fromkeys("ًٌٍَُِّْـپچژگکڤہھےںٹڈڑ", 2)
_FOREIGN = 0.02  # thousandths of anything else between Arabic letters
_ARABIC_LIKELY = -4.0  # mean log-likelihood of a letter; Arabic lies about -3.0, all else below -5

_WORDS = 20_000  # with letters beyond ASCII: more of them tell no more
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_HIGH_WORD = re.compile(rb"(?<![A-Za-z])[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")
_HIGH_LETTERS = re.compile(rb"[\x81\x8a\x8c-\x90\x98\x9a\x9c\x9e\x9f\xaa\xc0-\xff]+")
# Quotation marks, dashes, dots and spaces stand between letters in any language.
_SIGN_IN_WORD = re.compile(
    rb"(?<=[A-Za-z\xc0-\xff])[\x80-\x84\x86-\x90\x98-\x9f\xa1-\xac\xae-\xb6\xb8-\xbf](?=[A-Za-z\xc0-\xff])"
)


def decode_text(content: bytes, path: Path, declared: str | None = None) -> str:
    """The characters of a text file, without byte order mark, every line end as a newline.

    `declared` is an encoding that the file names; it is believed unless the bytes say otherwise.
    Bytes without meaning become U+FFFD, of which `decoding_warnings` tells.

    Raises FileDisguised for what is no text at all, and EncodingUnknown for text in an encoding
    that cannot be told.
    """
    refuse_disguised(content, path)
    text = _decoded(content, declared)
    if text is None or "\0" in text:
        if text is not None or _looks_binary(content):
            raise FileDisguised(path=path, found=_BINARY)
        raise EncodingUnknown(path=path, byte=_first_not_utf8(content) + 1)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decode_part(content: bytes, declared: str | None = None) -> str | None:
    """As `decode_text`, for a part of a file; None where it is no text that can be told."""
    text = _decoded(content, declared)
    return text.replace("\r\n", "\n").replace("\r", "\n") if text is not None else None


def decoding_warnings(text: str) -> tuple[ReadWarning, ...]:
    """What to tell about a decoded text: that bytes in it had no meaning."""
    return (ReadWarning("unmapped"),) if REPLACEMENT in text else ()


def refuse_disguised(content: bytes, path: Path) -> None:
    """Raise FileDisguised for bytes that begin as a picture, an archive or a program does."""
    if other := signature(content):
        raise FileDisguised(path=path, found=other)


def encoding_named(name: str) -> str | None:
    """Python's name of an encoding that a file names; None for one that text is not written in."""
    try:
        known = codecs.lookup(name.strip().lower()).name
    except (LookupError, ValueError):  # ValueError: a name with a zero in it
        return None
    return known if _NAMED.fullmatch(known) else None


def _decoded(content: bytes, declared: str | None) -> str | None:
    """The text of the bytes, None where they make none in any encoding."""
    for mark, (encoding, width) in _MARKS.items():
        if content.startswith(mark):
            return _whole_units(content[len(mark) :], encoding, width)
    named = encoding_named(declared) if declared else None
    if named and named.startswith("iso2022") and content.isascii():
        return content.decode(named, errors="replace")
    if (wide := _wide(content)) is not None:
        return _whole_units(content, wide, 2)
    text = _utf8(content)
    if text is not None:
        return None if _looks_binary(content) else text
    if _looks_binary(content):
        return None
    if named and named not in _EIGHT_BIT_GUESSED:
        try:
            return content.decode(named)
        except (UnicodeDecodeError, ValueError):  # ValueError: half a letter of some East Asian one
            pass
    if _mostly_utf8(content):
        return content.decode("utf-8", errors="replace")
    return _eight_bit(content, named) or _other(content)


def _whole_units(content: bytes, encoding: str, width: int) -> str | None:
    """The text of a marked file, without the half of a letter that a cut may leave at its end."""
    whole = content[: len(content) // width * width]
    text = _utf8(content) if width == 1 else None
    if text is None:
        text = whole.decode(encoding, errors="replace")
    return text if text.count(REPLACEMENT) <= 1 + len(text) // 10 else None


def _utf8(content: bytes) -> str | None:
    """The text of UTF-8, be it cut off within its last letter; None for what is not UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data" or not error.start:
            return None
        return content[: error.start].decode("utf-8")


def _mostly_utf8(content: bytes) -> bool:
    """Whether the letters that are UTF-8 outnumber the bytes that are not.

    By chance the bytes of another encoding make a letter of UTF-8 now and then, never mostly.
    """
    first = _first_not_utf8(content)
    sample = content[max(first - _NEIGHBOURHOOD, 0) : first + _NEIGHBOURHOOD]
    broken = sample.decode("utf-8", errors="replace").count(REPLACEMENT)
    return len(_MULTIBYTE.findall(sample)) > 2 * broken


def _first_not_utf8(content: bytes) -> int:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _looks_binary(content: bytes) -> bool:
    for sample in (content[:_SAMPLE], content):
        if len(sample) - len(sample.translate(None, _CONTROLS)) > len(sample) * _CONTROLS_ALLOWED:
            return True
    return False


def _wide(content: bytes) -> str | None:
    """The UTF-16 that bytes without a mark are in: writing, two bytes each; None if in none."""
    sample = content[:_SAMPLE]
    if len(sample.translate(None, _CONTROLS)) == len(sample):
        return None  # Latin and Arabic letters both have a control character for their other half
    best, found = 0.7, None
    for encoding in ("utf-16-le", "utf-16-be"):
        text = sample[: len(sample) // 2 * 2].decode(encoding, errors="replace")
        known = sum(
            " " <= character < "\u0700" or character in "\t\r\n" or "\u2000" <= character < "\u20b0"
            for character in text
        )
        ours = sum(character < "\x7f" or "\u0600" <= character < "\u0700" for character in text)
        if text and known / len(text) > best and ours > len(text) / 2:
            best, found = known / len(text), encoding
    return found


def _eight_bit(content: bytes, named: str | None) -> str | None:
    """The text in whichever of the Arabic and Western encodings of a byte per letter fits.

    Arabic words are whole runs of bytes beyond ASCII; a Western word has one or two of them
    among its ASCII letters, and those have the same place in Windows-1256 as in Windows-1252.
    """
    arabic: Counter[bytes] = Counter()  # runs of two letters or more
    western = western_ascii = signs = 0
    for found in islice(_HIGH_WORD.finditer(content), _WORDS):
        word = found[0]
        letters = _HIGH_LETTERS.findall(word)
        ascii_letters = sum(map(str.isalpha, word.decode("ascii", errors="ignore")))
        if ascii_letters:
            western += sum(map(len, letters))
            western_ascii += ascii_letters
            signs += len(_SIGN_IN_WORD.findall(word))
        else:
            arabic.update(run for run in letters if len(run) > 1)
    run_letters = sum(len(run) * count for run, count in arabic.items())
    if run_letters * 10 > western and run_letters > 2:
        for encoding, likelihood in _arabic_likelihoods(arabic, named):
            if likelihood > _ARABIC_LIKELY and (text := _strict(content, encoding)) is not None:
                return text
    if named and named != "ascii":
        return _strict(content, _WESTERN if named == "iso8859-1" else named)
    if run_letters > western or western > western_ascii or signs > 3 + western // 8:
        return None
    return _strict(content, _WESTERN) or content.decode("latin-1")


def _other(content: bytes) -> str | None:
    """The text in the encoding of another script, told by charset-normalizer; None if in none.

    It is asked last: of Arabic and Western text it is less sure than the rules above.
    """
    from charset_normalizer import from_bytes

    first = _first_not_utf8(content)
    sample = content[max(first - _SAMPLE, 0) : first + 2 * _SAMPLE]
    if len(sample) > _SAMPLE:  # not to end within a letter
        sample = sample[: max(map(sample.rfind, (b"\n", b" "))) + 1] or sample
    best = from_bytes(sample, cp_exclusion=_NOT_GUESSED, enable_fallback=False).best()
    encoding = encoding_named(best.encoding) if best else None
    return _strict(content, encoding) if encoding else None


def _strict(content: bytes, encoding: str) -> str | None:
    """The text, None where over a few bytes have no meaning in the encoding."""
    text = content.decode(encoding, errors="replace")
    return text if text.count(REPLACEMENT) <= len(text) // 200 else None


def _arabic_likelihoods(runs: Counter[bytes], named: str | None) -> list[tuple[str, float]]:
    """The Arabic encodings, the likelier first, with the mean log-likelihood of a letter.

    What the file names counts for half a unit, which decides where words are few.
    """
    found = []
    for encoding in (_ARABIC, "iso8859-6"):
        letters: Counter[str] = Counter()
        for run, count in runs.items():
            for letter in run.decode(encoding, errors="replace"):
                letters[letter] += count
        likelihood = sum(
            count * math.log(_ARABIC_LETTERS.get(letter, _FOREIGN) / 1000)
            for letter, count in letters.items()
        )
        found.append((encoding, likelihood / letters.total() + (encoding == named) / 2))
    return sorted(found, key=lambda pair: -pair[1])
