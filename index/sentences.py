"""The language of a text, and its sentences with exact offsets, for Arabic and English.

In the manner of Unicode's sentence rules (UAX 29), with what those leave to the application:
abbreviations and initials of both languages, quotations inside a sentence, list numbers, and
text whose lines were broken by hand. Every look around a mark is bounded, so time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from statistics import median_high

from index.types import Language, Sentence

Span = tuple[int, int]

_AR = "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u0750-\u077f\u08a0-\u08c9"
_AR_MARKED = _AR + "\u0640\u064b-\u0652\u0670"
_ARABIC_RUN = re.compile(f"[{_AR}\u06ee\u06ef\u06fa-\u06ff\ufb50-\ufdff\ufe70-\ufefc]+")
_LATIN_RUN = re.compile(
    "[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\uff21-\uff3a\uff41-\uff5a]+"
)


def text_language(text: str) -> Language:
    """The language most letters of `text` belong to; "en" for a text without letters."""
    arabic = sum(found.end() - found.start() for found in _ARABIC_RUN.finditer(text))
    latin = sum(found.end() - found.start() for found in _LATIN_RUN.finditer(text))
    return "ar" if arabic > latin else "en"


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[Sentence]:
    """The sentences of `text[start:end]` in order, as offsets into `text`, without outer space.

    Every character of the range that is not white space is in exactly one of them.
    """
    start = max(start, 0)
    stop = len(text) if end is None else min(end, len(text))
    return [
        sentence
        for first, last in _units(text, list(_paragraphs(text, start, stop)))
        for sentence in _sentences(text, first, last)
    ]


# --- Lines: which line ends also end a sentence ----------------------------------------------

_LINE_END = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_PARAGRAPH_ENDS = frozenset("\f\u2029")
_ITEM = re.compile(
    r"[-*+•●▪◦‣·–—]\s|#{1,6}\s|[|>]"
    rf"|[(\[]?(?:\d{{1,3}}(?:\.\d{{1,3}}){{0,3}}|[A-Za-z{_AR}]|[ivxlIVXL]{{1,5}})[.)\]\-–]\s"
)
_COLUMNS = re.compile(r"\t| {3}|\s\|\s")
_FINAL = re.compile("[.!?؟۔…][\"'»”’)\\]]*$")
_MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f]+")
_SPACE = re.compile(r"\s")

# Widths that programs fill lines up to. Narrower lines are verse, lists and addresses; wider
# ones are paragraphs, one a line.
_LEAST_WIDTH, _MOST_WIDTH = 40, 160
_SLACK = 3  # characters by which the widths of two filled paragraphs of one text differ
_LEAST_FULL = 3
_LEAST_SHARE = 0.9


def _paragraphs(text: str, start: int, stop: int) -> Iterator[list[Span]]:
    """The spans of the lines, trimmed, in the groups that empty lines and page ends make."""
    lines: list[Span] = []
    at = start
    ends = [found.span() for found in _LINE_END.finditer(text, start, stop)]
    for line_end, next_line in [*ends, (stop, stop)]:
        line = text[at:line_end]
        bare = line.strip()
        if bare:
            first = at + len(line) - len(line.lstrip())
            lines.append((first, first + len(bare)))
        if lines and (not bare or text[line_end:next_line] in _PARAGRAPH_ENDS):
            yield lines
            lines = []
        at = next_line
    if lines:
        yield lines


def _units(text: str, paragraphs: list[list[Span]]) -> Iterator[Span]:
    """The spans that no sentence leaves: lines, or several where they were filled to a width."""
    filled = [_filled(text, lines) for lines in paragraphs]
    widths = [width for _, width in filled if width]
    telling = sum(len(lines) > _LEAST_FULL for lines in paragraphs)
    if len(widths) < telling / 2:  # chance, or the odd paragraph that is safer line by line
        filled, widths = [([], None)] * len(paragraphs), []
    usual = median_high(widths) if widths else None
    for lines, (soft, width) in zip(paragraphs, filled, strict=True):
        if usual and not width:
            soft, _ = _filled(text, lines, usual)
        first = lines[0][0]
        for number, (_, last) in enumerate(lines):
            if number < len(soft) and soft[number]:
                continue
            yield first, last
            if number + 1 < len(lines):
                first = lines[number + 1][0]


def _filled(
    text: str, lines: list[Span], usual: int | None = None
) -> tuple[list[bool], int | None]:
    """For each line but the last, whether its sentence runs on; and the width, if there is one.

    A filled line has no room left for the first word of the next. By chance single lines of
    verse or of a list have none either, but seldom nine in ten of a paragraph; and they begin
    with capitals, where there are any. A paragraph that does not tell is measured against
    `usual`, the width of the others of its text.
    """
    spans = [last - first for first, last in lines]
    if not _LEAST_WIDTH <= max(spans) <= 2 * _MOST_WIDTH or len(lines) < 2:
        return [], None
    bare = [len(_MARKS.sub("", text[first:last])) for first, last in lines]
    # Some programs count vowel marks, which take no room, and some do not.
    for sizes in [spans, bare] if bare != spans else [spans]:
        soft = _soft(text, lines, sizes, usual)
        if soft:
            return soft, max(sizes)
    return [], None


def _soft(text: str, lines: list[Span], sizes: list[int], usual: int | None) -> list[bool]:
    width = usual or max(sizes)
    slack = _SLACK if usual else 0
    if not _LEAST_WIDTH <= width <= _MOST_WIDTH or max(sizes) > width + slack:
        return []
    soft: list[bool] = []
    full = final_full = candidates = capitals = 0
    for (first, last), (after, end), size in zip(lines, lines[1:], sizes, strict=False):
        if _ITEM.match(text, after, end) or _COLUMNS.search(text, first, last):
            soft.append(False)
            continue
        word_end = _SPACE.search(text, after, end)
        word = (word_end.start() if word_end else end) - after
        is_full = size + 1 + word > width - slack
        is_final = _FINAL.search(text[max(first, last - 8) : last]) is not None
        if is_full or not is_final:
            candidates += 1
            full += is_full
            final_full += is_full and is_final
            capitals += is_full and not is_final and text[after].isupper()
        soft.append(is_full or (not is_final and size > 0.75 * width))
    least = 1 if usual else _LEAST_FULL
    share = 1.0 if usual else _LEAST_SHARE
    if full < least or full < share * candidates:
        return []
    return soft if final_full <= full / 2 and (usual or capitals <= 0.75 * full) else []


# --- Marks: which of them end a sentence -----------------------------------------------------

_BIDI = "\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_END_MARK = re.compile(
    r"(?P<mark>[.!?؟۔…]+(?:[ \u00a0][!?؟…]+(?!\w))*)"
    # What belongs to the sentence before: closing quotes and brackets, also after a space as in
    # French; notes like [3]; and what is not seen.
    rf"(?P<close>(?:[\"'»”’)\]}}*_{_BIDI}]|[«“](?=\s|$)|[ \u00a0][»”)\]](?!\w)"
    r"|\[\d{1,3}\]|[¹²³⁰⁴-⁹])*)"
)
_END_MARK_ALONE = re.compile(r"[.!?؟…]+(?!\w)")
_NOTE = re.compile(r"\[\d{1,3}\]")
_WORD = re.compile(r"[^\W_]")
_NOT_SPACE = re.compile(r"\S")
_TO_LAST_BREAK = re.compile(rf".*[\s«»\"“”()\[\]{{}}،؛,;:/{_BIDI}]", re.DOTALL)
_AFTER_NUMBER = re.compile(r"\d[\s)\]]{0,2}$")
_LIST_NUMBER = re.compile(rf"(?:\d{{1,3}}(?:\.\d{{1,3}})*|[A-Za-z{_AR}]|[ivxlIVXL]{{1,5}})$")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\u0640?\.)+[^\W\d_]{1,2}\u0640?$")
_NEXT_WORD = re.compile(rf"[{_BIDI}«»\"“”'‘(\[]*([^\W\d_](?:[\w'’{_AR_MARKED}]*))(\.?)")
_JOINED_BEFORE = re.compile(rf"[{_AR_MARKED}]{{2,3}}")
_JOINED_AFTER = re.compile(rf"[«“\"(\[]?[{_AR_MARKED}]{{2}}")
_SPEECH_TAG = re.compile(
    r"(?:[A-Z][\w.'’-]*\s+){1,3}(?:said|asked|replied|cried|answered|shouted|whispered|wrote|added)\b"
)
_OPENER = {"»": "«", "”": "“", '"': '"', ")": "(", "]": "[", "«": "»", "“": "”"}
_LOOK = 40  # characters looked at before and after a mark
_LOOK_QUOTE = 300  # and for the beginning of a quotation or a bracket


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NEVER_LAST = _set(
    "Dr Mr Mrs Ms Mx Prof Gen Col Sen Rep Rev Hon Capt Cpt Lt Sgt Maj Gov Pres Messrs Mme Mlle "
    "Fr Sra vs v e.g i.e eg ie cf viz approx ca Ph ed eds trans أ.د د.م صص مج تر تح"
)
_BEFORE_NUMBER = _set(
    "No no Nos nos Nr Fig fig Figs figs Eq eq Eqs Sec sec Secs Ch ch Chap chap Art art Para "
    "para p pp P Vol vol Vols vols Tab tab App Ref ref Refs n Jan Feb Mar Apr Jun Jul Aug Sep "
    "Sept Oct Nov Dec"
)
_LAST_IF_STARTER = _set(
    "St Mt Ft etc Inc Ltd Co Corp Bros Jr Sr LLC Ave Blvd Rd Sq Dept Univ Assn Est al Ph.D M.D "
    "B.Sc M.Sc"
)
_STARTERS = _set(
    "The A An In On At It Its Nor He She They We You I This That These Those There Here But And "
    "Or So However When While After Before Since If As For From To His Her Their Our My By With "
    "Then Thus Also Although Because During One Some Many Most See What Who Why How Where ثم "
    "انظر راجع كما لكن ولكن وقد لقد ولقد وهو وهي وهم وهذا وهذه هذا هذه ذلك وذلك لذلك ولذلك أما "
    "وأما إن وإن إنه إنها إذ وكان وكانت كان كانت بينما وبعد وفي ولم لم ولا ولما ومنذ وتم تم "
    "ويعد وتعد بلغ بلغت وبلغ وبلغت ثمة وثمة إذا وإذا عندما وعندما"
)
_ERAS = _set("م هـ ه ق.م ب.م ق.هـ ص ظ")
_GOES_ON = _set("من في على إلى عن مع التي الذي الذين بين")
# Names that begin with the letter of "and" or "then".
_NOT_JOINED = _set(
    "فلسطين فرنسا فبراير فيينا فنلندا فنزويلا فيتنام وزارة وزير ولاية واحد واحدة واشنطن"
)
_REPORTING = _set(
    "قال قالت قالوا سأل سألت سألته سألها سأله سألتها سألهم يسأل تسأل رد ردت رد أجاب أجابت أجابه "
    "أجابها صاح صاحت هتف هتفت صرخ صرخت همس همست تساءل تساءلت يقول تقول أضاف أضافت علق علقت"
)


def _sentences(text: str, start: int, stop: int) -> Iterator[Sentence]:
    """The sentences between two places that both end one, neither of them at white space."""
    looked, has_word = start, False
    for found in _END_MARK.finditer(text, start, stop):
        if found.end() >= stop:
            break
        # A sentence says something: marks alone go with what follows.
        has_word = has_word or _WORD.search(text, looked, found.start()) is not None
        looked = found.start()
        if has_word and _ends(text, start, found, stop):
            yield Sentence(start, found.end())
            following = _NOT_SPACE.search(text, found.end(), stop)
            start = looked = following.start() if following else stop
            has_word = False
    yield Sentence(start, stop)


def _ends(text: str, start: int, found: re.Match[str], stop: int) -> bool:
    """Whether the mark that was `found` in the sentence from `start` is the end of it."""
    mark, close = found["mark"], found["close"]
    before = text[max(start, found.start() - _LOOK) : found.start()]
    if not text[found.end()].isspace():
        return _parts_joined_words(text, found, stop, before)
    following = _NOT_SPACE.search(text, found.end(), stop)
    at = following.start() if following else stop
    rest = text[at : min(stop, at + _LOOK)]
    if rest[0] in ",،;؛:)]}" or rest[0].islower():
        return False
    if _END_MARK_ALONE.match(rest) and not (mark == "." and rest.startswith(("..", "…"))):
        return False
    bracket = next((sign for sign in _NOTE.sub("", close) if sign in _OPENER), "")
    if bracket and before.endswith(_OPENER[bracket]):
        return False  # the mark itself in brackets: (!) [...]
    if bracket in (")", "]"):
        return _opens_sentence(text, start, found.start(), bracket)
    if mark == ".":
        return bool(bracket) or _full_stop(text, start, found, before, _NEXT_WORD.match(rest))
    return not bracket or _quotation_ends(text, start, found, bracket, rest)


def _full_stop(
    text: str, start: int, found: re.Match[str], before: str, following: re.Match[str] | None
) -> bool:
    """Whether a full stop is more than the dot of an abbreviation, initial or list number."""
    cut = _TO_LAST_BREAK.match(before)
    last = before[cut.end() :] if cut else before
    word = following[1] if following else ""
    starter = word in _STARTERS and not (following and following[2] and len(word) == 1)
    if found.start() - start == len(last) and _LIST_NUMBER.match(last):
        return False
    if last in _ERAS and _AFTER_NUMBER.search(before[: len(before) - len(last)]):
        return starter or _joined_conjunction(word)
    if last in ("إلخ", "الخ"):
        return word not in _GOES_ON
    if last in _NEVER_LAST:
        return False
    if last in _BEFORE_NUMBER:
        rest = text[found.end() : found.end() + 3].strip()
        return not (rest[:1].isdigit() or (len(word) == 1 and word not in ("A", "I")))
    if last in ("a.m", "p.m", "A.M", "P.M"):
        return word[:1].isupper() or starter
    initial = len(last.rstrip("\u0640")) == 1 and last[0].isalpha()
    return starter or not (initial or last in _LAST_IF_STARTER or _DOTTED.match(last))


def _joined_conjunction(word: str) -> bool:
    """Whether an Arabic word begins with "and" or "so", which open most Arabic sentences."""
    return len(word) > 3 and word[0] in "وف" and not word[1].isdigit() and word not in _NOT_JOINED


def _quotation_ends(text: str, start: int, found: re.Match[str], bracket: str, rest: str) -> bool:
    """Whether a question or exclamation that closes a quotation ends the sentence.

    It does where the quotation is speech (it begins the sentence or follows a colon) and nobody
    is said to have spoken after it; elsewhere it is a title.
    """
    word = _NEXT_WORD.match(rest)
    if (word and word[1] in _REPORTING) or _SPEECH_TAG.match(rest):
        return False
    if rest[0].isupper():
        return True
    return _opens_sentence(text, start, found.start(), bracket, after=":،,")


def _opens_sentence(text: str, start: int, at: int, bracket: str, after: str = "") -> bool:
    """Whether what `bracket` closes was opened at the start of the sentence, or `after` a sign.

    Also where nothing in sight opened it: then it began in an earlier sentence.
    """
    opened = text.rfind(_OPENER[bracket], max(start, at - _LOOK_QUOTE), at)
    if opened <= start:
        return True
    return text[max(start, opened - 3) : opened].rstrip()[-1:] in tuple(after)


def _parts_joined_words(text: str, found: re.Match[str], stop: int, before: str) -> bool:
    """Whether a mark without space after it stands between two Arabic words as their end."""
    mark = found["mark"]
    least = 3 if mark == "." else 2
    token = before[before.rfind(" ") + 1 :]
    if "…" in mark or ".." in mark or "://" in token or "@" in token or token.startswith("www"):
        return False
    if len(before) < least or _JOINED_BEFORE.fullmatch(before[-least:]) is None:
        return False
    return _JOINED_AFTER.match(text, found.end(), stop) is not None


# --- Sentences that are too long -------------------------------------------------------------

_CUTS = (
    re.compile("[;؛.!?؟۔…][\"'»”’)\\]]*(?=\\s)"),
    re.compile("[,،:—–][\"'»”’)\\]]*(?=\\s)|\\s[—–-](?=\\s)|[)\\]»”](?=\\s)|\n"),
    re.compile(r"\s"),
)
_FIRST_GUESS = 256  # characters; what follows is guessed from the pieces before


def split_long(text: str, start: int, end: int, fits: Callable[[str], bool]) -> list[Sentence]:
    """Pieces of the sentence `text[start:end]` that each satisfy `fits`, cut at the best places.

    Semicolons before commas, colons and dashes, those before spaces, those before any place.
    `fits` must be monotone: what is shorter fits if the longer does. A single character that
    does not fit is a piece all the same.
    """
    pieces: list[Sentence] = []
    guess = _FIRST_GUESS
    stop = start + len(text[start:end].rstrip())
    while following := _NOT_SPACE.search(text, start, stop):
        start = following.start()
        longest = _longest(text, start, stop, fits, guess)
        cut = longest if longest == stop else _best_cut(text, start, longest)
        pieces.append(Sentence(start, start + len(text[start:cut].rstrip())))
        guess = max(longest - start, 1)
        start = cut
    return pieces


def _longest(text: str, start: int, stop: int, fits: Callable[[str], bool], guess: int) -> int:
    """The furthest end of a piece from `start` that fits: gallop from the guess, then halve."""
    low, high = start + 1, stop
    step = guess
    if fits(text[start : min(stop, start + step)]):
        low = min(stop, start + step)
        while low < stop:
            step = max(step // 2, 16)
            if not fits(text[start : min(stop, low + step)]):
                high = low + step - 1
                break
            low = min(stop, low + step)
            step *= 4
    else:
        high = min(stop, start + step) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if fits(text[start:middle]):
            low = middle
        else:
            high = middle - 1
    return max(low, start + 1)


def _best_cut(text: str, start: int, longest: int) -> int:
    """The best place to cut in the last part of what fits; anywhere if there is no space."""
    limit = min(longest + 1, len(text))  # the space after the last word may not fit itself
    for cuts, share in zip(_CUTS, (0.4, 0.5, 0.0), strict=True):
        least = start + int((longest - start) * share)
        if ends := [found.end() for found in cuts.finditer(text, max(least, start + 1), limit)]:
            return ends[-1]
    cut = longest
    while cut > start + 1 and _MARKS.match(text, cut):
        cut -= 1  # a letter keeps its marks
    return cut if cut > start + 1 else longest
