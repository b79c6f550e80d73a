"""A sentence in the other language, or none: a translation is shown only when it is verified.

Words that are nothing but values are put over by the program (`rag.values`), exactly. A sentence
goes to the language model, as it is, then with its values and names put over already; what comes
back must keep every value, code, name and negation, be of like length, and its vector must be near
to the source's. The first translation that passes is taken. When none does, the original stands in
a frame (`original`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index import Language, Library
from index.text.keywords import normalise
from index.text.names import skeletons
from rag import check
from rag.ask import Model
from rag.language import denies
from rag.prompt import LANGUAGE_NAMES
from rag.span import letters
from rag.values import MONTHS, WEEKDAYS, facts, is_name, latin_name, rendered, with_values

if TYPE_CHECKING:
    from llama_index.core.llms import ChatMessage

__all__ = ["Translation", "marked", "original", "rendered", "translated"]

_NEAR: dict[Language, tuple[float, float] | None] = {"en": (0.725, 0.42), "ar": None}
"""Nearness to the source (of the sentence, of its words) that a translation into that language
needs. Fitted on 184 translations judged by hand, 121 of them by the embedded model: of what passes
into English 10 of 11 are right. Into Arabic no bound holds: 7 of 59 that keep their values are
right, so only a model that is known to translate is asked."""
_NEAR_ENOUGH = (0.45, 0.25)
"""The same for a model that is known to translate: only what went quite wrong is kept back."""
_SHORTEST, _LONGEST_RATIO, _ROOM = 0.4, 2.5, 12
"""Characters of a translation, as shares of the original's; a few more are always allowed."""
_MOST = 600
"""Characters of a sentence; a longer one is not translated."""
_NAME_WORDS = 4

_TRANSLATOR = (
    "You translate everyday documents into {language}. Write only the translation, complete and "
    "exact: nothing added, nothing left out, names and numbers as they are."
)
_EXAMPLES = (
    ("The shop is closed on Sunday.", "المتجر مغلق يوم الأحد."),
    (
        "Guests may not park in front of gate B2 after 10 pm.",
        "لا يجوز للضيوف إيقاف سياراتهم أمام البوابة B2 بعد 10 مساءً.",
    ),
    ("The repair costs 75 riyals and takes three days.", "يكلف الإصلاح 75 ريالًا ويستغرق 3 أيام."),
)
_MARK: dict[Language, str] = {"en": "(machine translation)", "ar": "(ترجمة آلية)"}
_FRAME: dict[Language, str] = {
    "en": (
        "What the document says is in Arabic, and I have no translation to rely on; in its own "
        "words (the whole passage is among the sources): “{words}”"
    ),
    "ar": (
        "ما يقوله المستند هنا بالإنجليزية، ولا تتوفر له ترجمة موثوقة، وهذا نصه (والفقرة كاملة بين "
        "المصادر): «{words}»"
    ),
}

_CODE = re.compile(
    r"(?<![\w.-])(?!\d+(?:st|nd|rd|th)\b)(?=[A-Za-z0-9-]*\d)(?=[0-9-]*[A-Za-z])[A-Za-z0-9-]+"
)
_NAME = re.compile(r"(?<![\w’'-])[A-Z][^\W\d]*(?:[’'-][^\W\d]+)*(?![\w-])")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f'’-]*")
_ARABIC = re.compile("[\u0621-\u064a]")
_DUAL = re.compile(r"[\u0621-\u064a]{3}(?:ان|ين)\b")
_TITLES = frozenset(("Mr", "Mrs", "Ms", "Dr", "Professor", "Prof", "Engineer", "I"))


@dataclass(frozen=True, slots=True)
class Translation:
    """A translation that may be shown.

    `sure` is the cosine of its vector with the source's, 1 for what the program put over itself.
    """

    text: str
    sure: float

    @property
    def exact(self) -> bool:
        """Whether no model had a part in it, so that it needs no mark."""
        return self.sure >= 1.0


def marked(translation: Translation, language: Language) -> str:
    """The translation with the mark of a machine's, before its full stop."""
    if translation.exact:
        return translation.text
    bare = translation.text.rstrip(" .")
    end = "." if bare != translation.text.rstrip() else ""
    return f"{bare} {_MARK[language]}{end}"


def original(words: str, to: Language) -> str:
    """What could not be translated, in a frame of the other language, without a full stop.

    An answer keeps most of its letters in its own language: `room_beside` says how many the
    original may have.
    """
    return _FRAME[to].format(words=words)


def room_beside(said: str, to: Language) -> int:
    """Letters that an original may have in the frame, beside what else an answer says."""
    framed = f"{said} {_FRAME[to].format(words='')}"
    arabic = len(_ARABIC.findall(framed))
    own = arabic if to == "ar" else letters(framed) - arabic
    return max(0, own - (letters(framed) - own) - 1)


def translated(
    sentence: str,
    source: Language,
    to: Language,
    model: Model,
    library: Library,
    *,
    trusted: bool = False,
) -> Translation | None:
    """The sentence in the other language; None when no translation can be verified.

    `trusted` is a model whose profile shows that it translates. Asks the model up to twice. Raises
    AnswerFailed.
    """
    sentence = " ".join(sentence.split())
    if source == to or not sentence or len(sentence) > _MOST:
        return None
    exact = rendered(sentence, to)
    if exact is not None:
        return Translation(exact, 1.0)
    least = _NEAR_ENOUGH if trusted else _NEAR[to]
    if least is None:
        return None
    tried: set[str] = set()
    for candidate in _candidates(sentence, to, model):
        if candidate and candidate not in tried:
            tried.add(candidate)
            if keeps(candidate, sentence, source, to):
                near = library.parallel((sentence, candidate), (source, to))
                if near.sentence >= least[0] and near.words >= least[1]:
                    return Translation(candidate, min(near.sentence, 0.999))
    return None


def _candidates(sentence: str, to: Language, model: Model) -> Iterator[str]:
    """Translations by the model, the plainest request first; asked for as they are needed."""
    yield _asked(sentence, to, model)
    prepared = with_values(with_names(sentence) if to == "en" else sentence, to)
    if prepared != sentence:
        yield _asked(prepared, to, model)


def _asked(text: str, to: Language, model: Model) -> str:
    return " ".join(model.reply(translate_messages(text, to)).split()).strip('"«»“” ')


def translate_messages(text: str, to: Language) -> list[ChatMessage]:
    """Asks for a translation, behind three examples of the kind."""
    from llama_index.core.llms import ChatMessage, MessageRole

    said = [(MessageRole.SYSTEM, _TRANSLATOR.format(language=LANGUAGE_NAMES[to]))]
    for english, arabic in _EXAMPLES:
        pair = (english, arabic) if to == "ar" else (arabic, english)
        said += [(MessageRole.USER, pair[0]), (MessageRole.ASSISTANT, pair[1])]
    said.append((MessageRole.USER, text))
    return [ChatMessage(role=role, content=content) for role, content in said]


# --- What a translation must keep --------------------------------------------------------------


def keeps(translation: str, sentence: str, source: Language, to: Language) -> bool:
    """Whether it may be a translation, as far as that shows without its meaning.

    It is whole words of that language, of like length, asks where the sentence asks, denies where
    it denies, and has its values, codes and names, no more and no fewer.
    """
    return (
        _SHORTEST * len(sentence) - _ROOM
        <= len(translation)
        <= _LONGEST_RATIO * len(sentence) + _ROOM
        and any(map(str.isalpha, translation))
        and check.well_formed(translation, to)
        and _letters_fit(translation, sentence, to)
        and ("?" in translation or "؟" in translation) == ("?" in sentence or "؟" in sentence)
        and denies(translation, to) == denies(sentence, source)
        and _values_kept(translation, sentence, source, to)
        and Counter(_CODE.findall(translation)) == Counter(_CODE.findall(sentence))
        and _names_kept(translation, sentence, to)
    )


def _letters_fit(translation: str, sentence: str, to: Language) -> bool:
    """Whether it has no letters but its own; into Arabic also Latin words of the source."""
    if not check.letters_held(translation, sentence, ()):
        return False
    if to == "en":
        return _ARABIC.search(translation) is None
    there = set(_LATIN.findall(sentence))
    return all(word in there and not word.islower() for word in _LATIN.findall(translation))


def _values_kept(translation: str, sentence: str, source: Language, to: Language) -> bool:
    there, said = facts(sentence, source), facts(translation, to)
    return _same_values(there, said, _DUAL.search(sentence) is not None)


def _same_values(there: Counter[str], said: Counter[str], dual: bool) -> bool:
    """Whether both have the same values; what is counted may be named by one of them alone.

    With `dual` the source has a word whose ending may say that there are two of it.
    """
    missing, new = list((there - said).elements()), list((said - there).elements())
    for value in missing:
        alike = next((other for other in new if _alike(value, other)), None)
        if alike is None:
            return False
        new.remove(alike)
    return not new or (dual and len(new) == 1 and new[0].split()[0] == "2")


def _alike(one: str, other: str) -> bool:
    (number, *noun), (other_number, *other_noun) = one.split(" ", 1), other.split(" ", 1)
    return number == other_number and number[:1].isdigit() and not (noun and other_noun)


def _names_kept(translation: str, sentence: str, to: Language) -> bool:
    """Whether the names of the English side stand on the Arabic side, in either letters."""
    english, arabic = (translation, sentence) if to == "en" else (sentence, translation)
    known = {part.lower() for part in _latin_forms(arabic)} | set(arabic.lower().split())
    keys = skeletons(arabic)
    names = [name for name in _capitals(english) if not _is_calendar(name) and name not in _TITLES]
    if not all(name.lower() in known or bool(skeletons(name) & keys) for name in names):
        return False
    if to == "ar":
        return True
    said, said_keys = set(normalise(translation).split()), skeletons(translation)
    return all(
        normalise(word) in said or not skeletons(word) or bool(skeletons(word) & said_keys)
        for _, _, name in _names_in(sentence)
        for word in latin_name(name).replace("-", " ").split()
    )


def _latin_forms(arabic: str) -> Iterator[str]:
    for word in arabic.split():
        bare = word.strip("«»()،,.؛:؟!")
        if bare:
            yield latin_name(bare)
            yield latin_name(bare).removeprefix("al-")


def _capitals(english: str) -> Iterator[str]:
    """Words with a capital that does not only begin the sentence."""
    for found in _NAME.finditer(english):
        if found.start() and english[: found.start()].rstrip()[-1:] not in ("", ".", "!", "?", ":"):
            yield from (
                part for part in found[0].replace("’s", "").split("-") if part[:1].isupper()
            )


def _is_calendar(word: str) -> bool:
    spelt = word.lower()
    return spelt in WEEKDAYS or spelt in MONTHS


def _names_in(arabic: str) -> Iterator[tuple[int, int, str]]:
    """Names of people in an Arabic sentence, with the places of their first and last words."""
    words = arabic.split()
    at = 0
    while at < len(words) - 1:
        size = next(
            (
                size
                for size in range(min(_NAME_WORDS, len(words) - at), 1, -1)
                if _is_full_name(words[at : at + size])
            ),
            0,
        )
        if size:
            yield at, at + size, " ".join(words[at : at + size]).strip("،,.؛:؟!")
        at += size or 1


def _is_full_name(words: Sequence[str]) -> bool:
    """Whether a known name is followed by nothing but known names and words with the article."""
    clean = " ".join(words).rstrip("،,.؛:؟!")
    rest = clean.split()[1:]
    return is_name(clean) and all(is_name(f"السيد {word}") or word[:2] == "ال" for word in rest)


def with_names(arabic: str) -> str:
    """An Arabic sentence with the names of people in Latin letters: for a translator."""
    words = arabic.split()
    for start, end, name in reversed(list(_names_in(arabic))):
        tail = words[end - 1][len(words[end - 1].rstrip("،,.؛:؟!")) :]
        words[start:end] = [latin_name(name) + tail]
    return " ".join(words)
