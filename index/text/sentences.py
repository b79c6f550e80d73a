"""The language of a text, and its sentences with exact offsets, for Arabic and English.

In the manner of Unicode's sentence rules (UAX 29), with what those leave to the application:
abbreviations and initials of both languages, quotations inside a sentence, list numbers, and
text whose lines were broken by hand. Every look around a mark is bounded, so time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from index.text.lines import ARABIC, MARKS, sentence_bounds
from index.types import Language, Sentence

_ARABIC_MARKED = ARABIC + "\u0640\u064b-\u0652\u0670"
_ARABIC_RUN = re.compile(f"[{ARABIC}\u06ee\u06ef\u06fa-\u06ff\ufb50-\ufdff\ufe70-\ufefc]+")
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

    Every character of the range that is not white space is in exactly one of them. A row of a
    table, with " | " between its cells, is one sentence, unless its cells hold whole paragraphs.
    """
    start = max(start, 0)
    stop = len(text) if end is None else min(end, len(text))
    return [
        sentence
        for first, last in sentence_bounds(text, start, stop)
        for sentence in (
            [Sentence(first, last)] if _is_row(text, first, last) else _sentences(text, first, last)
        )
    ]


# --- Marks: which of them end a sentence -----------------------------------------------------

_BIDI = "\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_END_MARK = re.compile(
    r"(?P<mark>[.!?؟۔…]+(?:[ \u00a0][!?؟…]+(?!\w))*)"
    # What belongs to the sentence before: closing quotes and brackets, also after a space as in
    # French; notes like [3]; and what is not seen.
    rf"(?P<close>(?:[\"'»”’)\]}}*_{_BIDI}]|[«“](?=\s|$)|[ \u00a0][»”)\]](?!\w)"
    r"|\[\d{1,3}\]|[¹²³⁰⁴-⁹])*)"
)
_UNSEEN = re.compile(rf"[{_BIDI}\u00ad]")
_CELLS = re.compile(r"\s\|\s")
_MOST_ROW = 400  # characters; a longer row is no use as what a citation shows
_END_MARK_ALONE = re.compile(r"[.!?؟…]+(?!\w)")
_NOTE = re.compile(r"\[\d{1,3}\]")
_WORD = re.compile(r"[^\W_]")
_NOT_SPACE = re.compile(r"\S")
_ET_CETERA = re.compile(r"(?:إلخ|الخ)\b")
_TO_LAST_BREAK = re.compile(rf".*[\s«»\"“”()\[\]{{}}،؛,;:/{_BIDI}]", re.DOTALL)
_AFTER_NUMBER = re.compile(r"\d[\s)\]]{0,2}$")
_LIST_NUMBER = re.compile(rf"(?:\d{{1,3}}(?:\.\d{{1,3}})*|[A-Za-z{ARABIC}]|[ivxlIVXL]{{1,5}})$")
_NUMBERED = re.compile(
    r"(?:Article|Section|Chapter|Clause|Part|Rule|Step|Question|Table|Figure"
    r"|المادة|مادة|الفصل|الباب|البند|القسم|الخطوة|السؤال|الجدول|الشكل)"
    r"\s{1,3}[(\[]?\d{1,4}(?:\.\d{1,3}){0,3}[)\]]?"
)
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\u0640?\.)++[^\W\d_]{1,2}\u0640?$")
_NEXT_WORD = re.compile(rf"[{_BIDI}«»\"“”'‘(\[]*([^\W\d_](?:[\w'’{_ARABIC_MARKED}]*))(\.?)")
_JOINED_BEFORE = re.compile(rf"[{_ARABIC_MARKED}]{{2,3}}|\d{{3}}|\w{{2}}[)»]")
_JOINED_AFTER = re.compile(rf"[«“\"(\[]?[{_ARABIC_MARKED}]{{2}}")
_SMALL_WORD = re.compile(r"(?:^|[^\w.:/?&=#-])[a-z]{2,}$")
_JOINED_CAPITAL = re.compile(r"[A-Z][a-z]+(?![\w.@/?&=-])|[AI](?= )")
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
    "Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Tel tel Ext ext"
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
_AFTER_HOUR = _set("Monday Tuesday Wednesday Thursday Friday Saturday Sunday GMT UTC EST EDT PST")
_ERAS = _set("م هـ ه ق.م ب.م ق.هـ ص ظ")
_AFTER_ET_CETERA = _set("من في على إلى عن مع التي الذي الذين بين")
# Names that begin with the letter of "and" or "then".
_NOT_JOINED = _set(
    "فلسطين فرنسا فبراير فيينا فنلندا فنزويلا فيتنام وزارة وزير ولاية واحد واحدة واشنطن"
)
_REPORTING = _set(
    "قال قالت قالوا سأل سألت سألته سألها سأله سألتها سألهم يسأل تسأل رد ردت رد أجاب أجابت أجابه "
    "أجابها صاح صاحت هتف هتفت صرخ صرخت همس همست تساءل تساءلت يقول تقول أضاف أضافت علق علقت"
)


def _is_row(text: str, start: int, stop: int) -> bool:
    return stop - start <= _MOST_ROW and _CELLS.search(text, start, stop) is not None


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
    before = _UNSEEN.sub("", text[max(start, found.start() - _LOOK) : found.start()])
    if not text[found.end()].isspace():
        return _parts_joined_words(text, found, stop, before)
    following = _NOT_SPACE.search(text, found.end(), stop)
    at = following.start() if following else stop
    rest = _UNSEEN.sub("", text[at : min(stop, at + _LOOK)]).lstrip()
    if not rest:
        return at + _LOOK < stop
    name = rest[1:2].isupper()  # which may begin with a small letter: iPad
    if rest[0] in ",،;؛:)]}" or (rest[0].islower() and not name) or _ET_CETERA.match(rest):
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
    if found.start() - start <= _LOOK and before == last and _LIST_NUMBER.match(last):
        return False
    if _NUMBERED.fullmatch(text, start, found.start()):
        return False
    if last in _ERAS and _AFTER_NUMBER.search(before[: len(before) - len(last)]):
        return starter or _joined_conjunction(word)
    if last in ("إلخ", "الخ"):
        return word not in _AFTER_ET_CETERA
    if last in _NEVER_LAST:
        return False
    if last in _BEFORE_NUMBER:
        rest = _UNSEEN.sub("", text[found.end() : found.end() + _LOOK]).strip()
        return not (rest[:1].isdigit() or (len(word) == 1 and word not in ("A", "I")))
    if last in ("a.m", "p.m", "A.M", "P.M"):
        return starter or (word[:1].isupper() and word not in _AFTER_HOUR)
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
    """Whether a mark without space after it stands between two words as the end of a sentence.

    Before an Arabic word it does, but in addresses. Between English ones a full stop may belong
    to the name of a file or a product: a word must follow that opens sentences.
    """
    mark = found["mark"]
    least = 3 if mark == "." else 2
    token = before[before.rfind(" ") + 1 :]
    if "…" in mark or ".." in mark or "://" in token or "@" in token or token.startswith("www"):
        return False
    if _JOINED_BEFORE.fullmatch(before[-least:]) and len(before) >= least:
        return _JOINED_AFTER.match(text, found.end(), stop) is not None
    following = _JOINED_CAPITAL.match(text, found.end(), stop)
    if following is None or _SMALL_WORD.search(token) is None:
        return False
    return mark != "." or following[0] in _STARTERS


# --- Sentences that are too long -------------------------------------------------------------

_CUTS = (
    re.compile("[;؛.!?؟۔…][\"'»”’)\\]]*(?=\\s)|\\s\\|(?=\\s)"),
    re.compile("[,،:—–][\"'»”’)\\]]*(?=\\s)|\\s[—–-](?=\\s)|[)\\]»”](?=\\s)|\n"),
    re.compile(r"\s"),
)
_FIRST_GUESS = 256  # characters; what follows is guessed from the pieces before


def split_long(text: str, start: int, end: int, fits: Callable[[str], bool]) -> list[Sentence]:
    """Pieces of the sentence `text[start:end]` that each satisfy `fits`, cut at the best places.

    Semicolons and the cells of a row before commas, colons and dashes, those before spaces, those
    before any place.
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
    while cut > start + 1 and MARKS.match(text, cut, cut + 1):
        cut -= 1  # a letter keeps its marks
    return cut if cut > start + 1 else longest
