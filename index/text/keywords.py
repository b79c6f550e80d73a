"""Words as full text compares them: one spelling for each word, then its stem.

Arabic follows the usual normalisation for retrieval (no diacritics, no tatweel, one alef, one
yeh, teh marbuta as heh) and the Snowball Arabic stemmer; Latin letters lose case and accents and
take the Snowball English stemmer. Which of the two is decided by each word's own letters, so
that an English name inside an Arabic text is found.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache

import snowballstemmer

from index.text.normal import normalised
from index.types import Language

_STEMS_KEPT = 65_536
_MOST_ROUNDS = 3
_LONGEST_WORD = 100
"""Letters; what is longer is no word, and stays as it is."""

_ARABIC = "\u0621-\u063a\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06fc"
_ARABIC_MORE = "\u0750-\u077f\u08a0-\u08c9"
_LATIN = "a-z\u00df-\u00f6\u00f8-\u024f"

# NFKC would turn a free-standing presentation form of a mark into a space plus the mark and
# so cut the word in two; these go before it.
_LONE_MARKS = re.compile("[\ufc5e-\ufc63\ufe70-\ufe7f]")
# Marks over and under Arabic and Latin letters, tatweel, and the invisible format characters
# (zero width, bidirectional, soft hyphen). Marks of other scripts are vowels there: they stay.
_UNSEEN = re.compile(
    "[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u08ca-\u08ff\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufe20-\ufe2f\ufeff]"
)

# Seated hamzas become the bare one: the seat changes with the case of the noun (وزراؤه, وزرائه,
# وزراءه) and from country to country (مسؤول, مسئول). On alef it is often not written at all.
_SPELLING = str.maketrans(
    {
        **dict.fromkeys("أإآٱٲٳٵ", "ا"),
        **dict.fromkeys("ىیېےۍ", "ي"),
        **dict.fromkeys("ةہھۀەۃ", "ه"),
        **dict.fromkeys("ؤئ", "ء"),
        **dict.fromkeys("کڪ", "ك"),
        **dict.fromkeys("’ʼ‘`´", "'"),
        **{chr(zero + digit): str(digit) for zero in (0x660, 0x6F0) for digit in range(10)},
        "٫": ".",
        "٬": ",",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "ı": "i",
    }
)

_GROUPED = re.compile(
    r"(?<![0-9.,،])[0-9]{1,3}(?:([,،])[0-9]{3})(?:\1[0-9]{3})*(?![0-9])(?![,،][0-9])"
)
_THOUSANDS = re.compile("[,،]")
_DOTTED = re.compile(rf"(?<![{_LATIN}0-9.])[a-z](?:\.[a-z]){{1,6}}(?![{_LATIN}0-9])\.?")
_TOKEN = re.compile(
    r"(?P<decimal>(?<![0-9.])[0-9]+\.[0-9]+(?!\.?[0-9]))"
    r"|(?P<whole>[0-9]+)"
    rf"|(?P<latin>[{_LATIN}][{_LATIN}0-9]*(?:'(?:s|t|d|m|re|ve|ll)(?![{_LATIN}0-9]))?)"
    rf"|(?P<arabic>[{_ARABIC}{_ARABIC_MORE}]+)"
    rf"|(?P<other>[^\W_0-9{_LATIN}{_ARABIC}{_ARABIC_MORE}]+)"
)
# Arabic letters written onto a number: the era in 2020م, the particle in ب20.
_NUMBER_EDGE = re.compile(rf"(?<=[0-9])(?=[{_ARABIC}])|(?<=[{_ARABIC}])(?=[0-9])")
_INSIDE_WORD = "\u00ad\u200b\u2060\ufeff"
_FORM = re.compile(rf"[^\W_](?:[\w'’{_INSIDE_WORD}]*\w)?")
_INVISIBLE = re.compile(f"[{_INSIDE_WORD}]")
# All that is no letter or digit; the point inside a number stays.
_PUNCTUATION = re.compile(r"(?:(?!(?<=[0-9])\.[0-9])[\W_])+")

# The article, alone or behind one of the particles that are written onto it. The stemmer takes
# it off too, but then leaves the endings that it takes off a word without article, and it knows
# no و or ف before it: القهوة and قهوة, الوزير and والوزير would not meet. With this, recall@1 of
# full text on XQuAD's Arabic questions is .887 instead of .868.
_ARTICLE = re.compile(rf"(?:[وف]?[بك]?ال|[وف]?لل)(?=[{_ARABIC}]{{3}})")
# "by" and "for" written onto a word without article: taken off the stem, not the word, so that
# all forms of a word that begins with these letters still meet. Recall@1 .895. "Like" (ك) is
# rare and begins too many words.
_PREPOSITION = re.compile(rf"[بل](?=[{_ARABIC}]{{4}})")

# With PyStemmer installed these are its compiled ones, which give the same stems.
_stemmers = {
    "ar": snowballstemmer.stemmer("arabic"),
    "en": snowballstemmer.stemmer("english"),
}
_stemmers_lock = threading.Lock()  # a Snowball stemmer keeps the word it works on in itself


def _spell(text: str) -> str:
    """One spelling for `text`: compatibility forms, case, marks, Arabic letters and digits."""
    text = normalised("NFKC", _LONE_MARKS.sub("", text)).translate(_SPELLING)
    text = normalised("NFD", text.casefold())
    return normalised("NFC", _UNSEEN.sub("", text)).translate(_SPELLING)


def _plain_numbers(text: str) -> str:
    """`text` with the marks between thousands taken out: 1,600 becomes 1600."""
    return _GROUPED.sub(lambda found: _THOUSANDS.sub("", found[0]), text)


def _stem(word: str, language: Language) -> str:
    return _kept_stem(word, language) if len(word) <= _LONGEST_WORD else word.replace("'", "")


@lru_cache(maxsize=_STEMS_KEPT)
def _kept_stem(word: str, language: Language) -> str:
    with _stemmers_lock:
        stem = _arabic_stem(word) if language == "ar" else _stemmers["en"].stemWord(word)
    return "".join(filter(str.isalnum, stem))


def _arabic_stem(word: str) -> str:
    stem = _stem_wholly(_ARTICLE.sub("", word, count=1) if _ARTICLE.match(word) else word)
    return _stem_wholly(stem[1:]) if _PREPOSITION.match(stem) else stem


def _stem_wholly(word: str) -> str:
    """The stem of the stem: one round leaves شركا of شركات, and a preposition hides a waw."""
    for _ in range(_MOST_ROUNDS):
        stem = str(_stemmers["ar"].stemWord(word))
        if stem == word:
            break
        word = stem
    return word


def _words(text: str, drop: frozenset[str]) -> list[str]:
    """The stems of `text` in order, without the words whose spelling is in `drop`."""
    spelt = _DOTTED.sub(lambda found: found[0].replace(".", ""), _plain_numbers(_spell(text)))
    stems = []
    for found in _TOKEN.finditer(spelt):
        word = found[0]
        if word in drop:
            continue
        match found.lastgroup:
            case "latin":
                word = _stem(word, "en")
            case "arabic":
                word = _stem(word, "ar")
            case "decimal":
                word = word.replace(".", "p")  # one token, of letters and digits only
            case _:
                pass
        if word:
            stems.append(word)
    return stems


def tokens(text: str, language: Language) -> list[str]:
    """The words of `text` as full text stores and seeks them: normalised stems, in order.

    Every token is made of letters and digits only, so FTS5's tokenizers leave it whole.
    `language` is that of the whole text; the letters of each word decide how it is stemmed.
    """
    return _words(text, frozenset())


def content_tokens(text: str, language: Language) -> list[str]:
    """The tokens of `text` that carry meaning: without function words and question words."""
    return _words(text, _FUNCTION_WORDS)


def word_forms(text: str, language: Language) -> dict[str, str]:
    """The content words of `text` by their tokens, each in the shortest spelling it has there.

    Numbers are left out, and single letters; what is not seen inside a word goes too.
    """
    forms: dict[str, str] = {}
    for found in _FORM.finditer(text):
        form = without_invisible(found[0])
        token = _only_token(form, language)
        if token and (token not in forms or len(form) < len(forms[token])):
            forms[token] = form
    return forms


@lru_cache(maxsize=_STEMS_KEPT)
def _only_token(form: str, language: Language) -> str:
    """The token of a single content word; empty for anything else."""
    stems = content_tokens(form, language)
    single = len(stems) == 1 and len(stems[0]) > 1 and not stems[0][0].isdigit()
    return stems[0] if single else ""


def without_invisible(text: str) -> str:
    """The text without soft hyphens and zero-width spaces, which part words for no reader."""
    return _INVISIBLE.sub("", text)


def normalise(text: str) -> str:
    """`text` in one spelling, for comparing answers: words with single spaces between them.

    Unicode NFKC, Arabic spelling, diacritics, digits, thousands, case; punctuation becomes space.
    """
    spelt = _plain_numbers(_spell(text)).replace("'", "")
    spelt = _NUMBER_EDGE.sub(" ", spelt)
    return _PUNCTUATION.sub(" ", spelt).strip()


# Words that say nothing about a topic; spelt like every text below. "us" is missing: without
# its capitals it cannot be told from the country.
_ENGLISH_WORDS = """
    a an the this that these those such same other another each every either neither both all any
    some no not none only own
    i me my mine myself we our ours ourselves you your yours yourself yourselves he him his himself
    she her hers herself it its itself they them their theirs themselves one ones there here
    am is are was were be been being isn't aren't wasn't weren't do does did doing done don't
    doesn't didn't have has had having haven't hasn't hadn't can can't cannot could couldn't will
    won't would wouldn't shall should shouldn't may might must mustn't need ought let let's
    i'm i've i'll i'd you're you've you'll you'd he's she's it's we're we've we'll they're they've
    they'll that's there's what's who's where's s
    and or but nor so yet if then than because as until while although though unless whether since
    of at by for with about against between among into through during before after above below to
    from up down in out on off over under again further upon within without toward towards per via
    who whom whose what which when where why how
    very too also just even ever still more most much many few less least several
    please tell give know
"""
_ARABIC_WORDS = """
    من في على إلى عن مع حتى منذ مذ خلال عند لدى بين بعد قبل فوق تحت أمام خلف حول دون ضد عبر نحو
    و ف ب ل ك ثم أو أم بل لكن ولكن لا لم لن ما ليس ليست ليسوا غير سوى إلا إن أن إنه أنه إنها أنها
    إنهم أنهم إنما أنما كأن لأن لأنه لأنها بأن بأنه بأنها لعل ليت قد لقد فقد وقد سوف إذا إذ إذن لو
    لولا كلما عندما بينما حيث حين حينما كي لكي كما كذلك لذلك أيضا فقط جدا أي أية كل بعض جميع كلا
    كلتا نفس ذات
    هذا هذه هذان هذين هؤلاء ذلك تلك أولئك ذاك هنا هناك هنالك
    الذي التي اللذان اللذين اللتان اللتين الذين اللاتي اللواتي
    أنا نحن أنت أنتم أنتما أنتن هو هي هم هما هن
    به بها بهم بهما له لها لهم لهما لي لك لنا لكم فيه فيها فيهم منه منها منهم عنه عنها عنهم
    عليه عليها عليهم إليه إليها إليهم معه معها معهم بينه بينها بينهم لديه لديها لديهم
    عنده عندها بعده بعدها قبله قبلها خلاله خلالها
    كان كانت كانوا كنت كنا يكون تكون يكونون يكن تكن
    وكان وكانت وهو وهي وهم وفي ومن وعلى وإلى وعن ومع ولا ولم وما وإن وأن وهذا وهذه وذلك
    فهو فهي فإن فلا فلم
    ماذا لماذا متى أين كيف كم هل أيها ومتى وأين وكيف وكم وهل فما فمتى فأين فكيف بكم بم مم عم فيم
    علام إلام بماذا لمن ممن عمن فمن بمن مما عما فيما بما لما أليس ألا ألم
    ليه شو ايش وين شنو رجاء أخبرني
"""
_FUNCTION_WORDS = frozenset(_spell(_ENGLISH_WORDS + _ARABIC_WORDS).split())
