"""Evidence -> the sentences of an answer, each checked before it is shown.

Three ways, by what the language model is good at. Any model writes whole sentences, and each must
pass the checks (`rag.check`) and rest on a source (`rag.cite`). The embedded model reads English
well and Arabic poorly, so wherever Arabic is involved it only points at words of the evidence
(`rag.span`), and the sentence around them is a quotation in Arabic. Across languages the answer
is what the source itself says around those words, behind an English sentence of the model's or a
translation that is marked as rough: measured on 40 questions, the gold answer stands in .60 and
.50 (Arabic and English questions) instead of .40 and .30 where a translation was to carry it. A
question that takes several sentences is answered from Arabic to Arabic by quoting them. When
nothing that a model wrote can be shown, the best source sentence is quoted, in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from index import HitSentence, Language, Library
from index.sentences import split_sentences
from rag import check, cite, prompt
from rag.ask import Model
from rag.evidence import Evidence, best
from rag.span import Span, locate, narrowed, read_reply
from rag.types import Turn

if TYPE_CHECKING:
    from llama_index.core.llms import ChatMessage

_QUOTE = 260
"""Characters of a quotation inside an answer; longer sentences are cut at clauses."""
_SHORT = 60
"""Characters of words that are short enough to translate and to show with what is around them."""
_BESIDE = 0.97
"""Letters of original words beside a sentence, as a share of its own letters: the answer stays in
its own language."""
_WITH_SPACES, _FEWER = 5, 4
"""Characters to four letters, as texts go; so many characters fewer are tried at a time."""
_TRANSLATED, _ROOM_TO_TRANSLATE = 3, 40
"""A translation is at most so many times as long as the words, and so many characters more."""
_LONG_SENTENCES = 9
_TRANSLATIONS = 4


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of an answer and the source sentences that support it; `before` it stands."""

    text: str
    sources: tuple[HitSentence, ...]
    doubtful: bool = False
    before: str = " "


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be answered, from what, after which turn; `long` takes several sentences."""

    question: str
    language: Language
    evidence: Sequence[Evidence]
    turn: Turn | None = None
    long: bool = False

    @property
    def source(self) -> Language:
        """The language of the evidence."""
        return self.evidence[0].hit.language

    @property
    def texts(self) -> list[str]:
        """What the evidence says, with the headings it stands under."""
        return [f"{piece.place} {piece.text}" for piece in self.evidence]


class Refused(Exception):
    """The model says that the evidence does not tell."""


def compose(task: Task, model: Model, library: Library) -> Generator[Said]:
    """The sentences of the answer, as they are finished. Raises Refused before the first one."""
    if not model.weak:
        ways = [_written(task, model, library)]
    elif task.language == task.source == "en":
        written = _written(task, model, library)
        ways = [written if task.long else _with_nearest(written, task)]
    elif task.long and task.language == task.source:
        ways = [_quotations(task)]
    elif task.long and task.language == "ar":
        ways = [_translations(task, model), _pointed(task, model)]
    elif task.long:
        ways = [_written(task, model, library), _pointed(task, model)]
    else:
        ways = [_pointed(task, model)]
    said = False
    for way in ways:
        with closing(way) as sentences:
            for sentence in sentences:
                said = True
                yield sentence
        if said:
            return
    yield replace(_quotation(best(task.evidence), task), doubtful=True)


def _written(task: Task, model: Model, library: Library) -> Generator[Said]:
    """What the model writes, sentence by sentence, less what may not be shown."""
    for insist in (False, True):
        messages = prompt.answer_messages(
            task.question, task.language, task.evidence, task.turn, long=task.long, insist=insist
        )
        shown = wrong_language = False
        with closing(_sentences(model.stream(messages, long=task.long))) as sentences:
            for before, sentence in sentences:
                if not shown and prompt.model_refuses(sentence):
                    raise Refused
                if not check.in_language(sentence, task.language):
                    wrong_language = True
                    if not shown and not insist:
                        break
                    continue
                if (said := _checked(sentence, before, task, library)) is not None:
                    shown = True
                    yield said
        if shown or not wrong_language:
            return


def _with_nearest(sentences: Generator[Said], task: Task) -> Generator[Said]:
    """The same, and the nearest sentence of the source where what is said rests on others.

    A weak model takes the fact beside the one that was asked for; searching is right as often.
    """
    used: set[int] = set()
    with closing(sentences):
        for said in sentences:
            used |= {source.id for source in said.sources}
            yield said
    nearest = best(task.evidence)
    if used and nearest.sentence.id not in used and nearest.hit.language == task.language:
        yield _quotation(nearest, task, behind=True)


def _checked(sentence: str, before: str, task: Task, library: Library) -> Said | None:
    """The sentence with its sources; None when it may not be shown."""
    texts, question = task.texts, task.question
    if not (
        check.well_formed(sentence, task.language)
        and check.says_something(sentence, question)
        and check.numbers_held(sentence, question, texts)
        and check.names_held(sentence, question, texts)
        and (task.language != task.source or check.words_held(sentence, question, texts))
    ):
        return None
    sources = [piece.sentence for piece in task.evidence]
    similarities = library.similarities(f"{question} {sentence}", sources)
    chosen = cite.supports(sentence, question, sources, similarities)
    return Said(sentence, tuple(sources[place] for place in chosen), before=before)


def _pointed(task: Task, model: Model) -> Generator[Said]:
    """An answer around words of the evidence that the model points at; nothing when it cannot.

    Searching knows better than a weak model which document answers: words from another one than
    the nearest sentence's do not count. In Arabic text it points worse, and the nearest sentence
    stands beside another that it points at.
    """
    asked = prompt.span_messages(task.question, task.source, task.evidence, task.turn)
    reply = model.reply(asked, schema=prompt.SPAN_SCHEMA)
    number, words = read_reply(reply)
    span = locate(words, number, task.evidence)
    if span is None:
        return
    nearest = best(task.evidence)
    behind = span.evidence.hit.document == nearest.hit.document
    if behind:
        if task.language == span.language:
            text = _quoted_around(span, task)
        else:
            span = _narrowed(span, task, model)
            # Arabic sentences of the weak model are not worth reading.
            text = _said_around(span, asked, reply, task, model) if task.language == "en" else ""
            text = text or _translated(span, task.language, model)
        yield Said(text, (span.evidence.sentence,))
        if nearest is span.evidence or span.language == "en":
            return
    yield _quotation(nearest, task, behind=behind)


def _narrowed(span: Span, task: Task, model: Model) -> Span:
    """The span, or a part of it where it is an English sentence too long to be shown whole."""
    if span.language != "en" or len(span.words) <= _SHORT:
        return span
    asked = prompt.narrower_messages(task.question, span.language, span.evidence)
    _, words = read_reply(model.reply(asked, schema=prompt.WORDS_SCHEMA))
    return narrowed(span, words)


def _quoted_around(span: Span, task: Task) -> str:
    """The words, where they alone say something, and the clause that they stand in."""
    clause = span.clause(_QUOTE)
    text = prompt.quoted(clause, task.language)
    if 2 * len(span.words) <= len(clause) and check.says_something(span.words, task.question):
        text = f"{span.words.rstrip(' .،,؛;')}. {text}"
    return text


def _said_around(
    span: Span, asked: Sequence[ChatMessage], reply: str, task: Task, model: Model
) -> str:
    """The model's own English sentence about Arabic words, with the original; empty if unfit.

    It takes the names from the question, where a translation may garble them.
    """
    sentence = " ".join(model.reply(prompt.say_messages(asked, reply, "en")).split())
    fit = (
        check.well_formed(sentence, "en")
        and check.says_something(sentence, task.question)
        and not prompt.model_refuses(sentence)
        and check.numbers_held(sentence, task.question, task.texts)
        and check.names_held(sentence, task.question, task.texts, share=1.0)
    )
    return _in_its_words(sentence.rstrip(" ."), span, "en") if fit else ""


def _translated(span: Span, language: Language, model: Model) -> str:
    """Sentences of Sanad's own with the words translated, and what the source says."""
    words = span.words
    if not any(map(str.isalpha, words)):
        return _in_its_words(words, span, language)
    reply = model.reply(prompt.translate_messages(words, language))
    translation = " ".join(reply.split()).strip(' ."«»“”')
    if (
        _faithful(translation, words, language)
        and check.names_held(translation, "", [words], share=1.0)
        and check.names_kept(words, translation)
    ):
        return _in_its_words(prompt.rough(translation, language), span, language)
    return _framed(span, language, prompt.original_only)


def _in_its_words(lead: str, span: Span, language: Language) -> str:
    return _framed(span, language, partial(prompt.in_its_words, lead))


def _framed(span: Span, language: Language, frame: Callable[[str, Language], str]) -> str:
    """A sentence of Sanad's own with as much of the source in it as there is room for."""
    return frame(_beside(span, frame("", language), language), language)


def _beside(span: Span, around: str, language: Language) -> str:
    """The words of the source with as much of their clause as leaves the answer in its language.

    `around` is all that the answer says besides. May be empty.
    """
    foreign = _arabic_letters(around)
    if language == "ar":
        foreign = _letters(around) - foreign
    room = int(_BESIDE * (_letters(around) - foreign)) - foreign
    for limit in range(_WITH_SPACES * room // 4, 0, -_FEWER):
        original = span.clause(limit, fill=True)
        if _letters(original) <= room:
            return original.rstrip(" .،؛")
    return _cut(span.words, room)


def _cut(words: str, room: int) -> str:
    """As many whole words as have `room` letters."""
    kept = words
    while _letters(kept) > room and " " in kept:
        kept = kept.rpartition(" ")[0]
    if _letters(kept) > room:
        return ""
    return kept if kept == words else f"{kept} …"


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _arabic_letters(text: str) -> int:
    return sum("\u0600" <= sign <= "\u06ff" for sign in filter(str.isalpha, text))


def _quotations(task: Task) -> Generator[Said]:
    """The sentences of the evidence in the question's language, in their order, one a line."""
    same = [piece for piece in task.evidence if piece.hit.language == task.language]
    for piece in same[:_LONG_SENTENCES]:
        yield Said(f"- «{piece.text}»", (piece.sentence,), before="\n")


def _translations(task: Task, model: Model) -> Generator[Said]:
    """The nearest sentences of the other language, in their order, translated, one a line.

    The original stands beside each as far as there is room.
    """
    other = [piece for piece in task.evidence if piece.hit.language != task.language]
    near = sorted(other, key=lambda piece: -piece.sentence.similarity)[:_TRANSLATIONS]
    head = f"{prompt.ROUGHLY[task.language]}\n"
    for piece in other:
        if piece in near:
            reply = model.reply(prompt.translate_messages(piece.text, task.language))
            translation = " ".join(reply.split())
            if _faithful(translation, piece.text, task.language):
                frame = partial(prompt.with_original, translation)
                line = _framed(Span(piece, 0, 1), task.language, frame)
                yield Said(f"{head}- {line}", (piece.sentence,), before="\n")
                head = ""


def _faithful(translation: str, text: str, language: Language) -> bool:
    """Whether it can pass for a translation: of like length, well formed, with no new numbers."""
    return (
        any(map(str.isalnum, translation))
        and len(translation) <= _TRANSLATED * len(text) + _ROOM_TO_TRANSLATE
        and check.well_formed(translation, language)
        and check.numbers_held(translation, text, ())
    )


def _quotation(piece: Evidence, task: Task, *, behind: bool = False) -> Said:
    """A sentence of the evidence by itself, or as much of it as there is room for.

    `behind` an answer that rests on another sentence.
    """
    start = Span(piece, 0, 1)
    if task.language == start.language:
        frame = prompt.nearest if behind else prompt.quoted
        text = frame(start.clause(_QUOTE), task.language)
    else:
        around = prompt.nearest_original if behind else prompt.original_only
        text = _framed(start, task.language, around)
    return Said(text, (piece.sentence,))


def _sentences(deltas: Generator[str]) -> Generator[tuple[str, str]]:
    """The growing text in whole sentences without markers, each with the space before it."""
    raw, done = "", 0
    with closing(deltas):
        for delta in deltas:
            raw += delta
            clean = cite.settled(cite.without_markers(raw))
            for sentence in split_sentences(clean, done)[:-1]:
                yield _space(clean, done, sentence.start), clean[sentence.start : sentence.end]
                done = sentence.end
    clean = cite.without_markers(raw)
    for sentence in split_sentences(clean, done):
        text = clean[sentence.start : sentence.end].strip()
        if any(map(str.isalnum, text)):
            yield _space(clean, done, sentence.start), text
        done = sentence.end


def _space(text: str, done: int, start: int) -> str:
    between = text[done:start]
    return "\n" if "\n" in between else " "
