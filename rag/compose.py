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
from index.keywords import normalise
from index.sentences import split_sentences
from rag import check, cite, prompt
from rag.ask import Model
from rag.evidence import Evidence, best
from rag.span import Span, letters, locate, narrowed, read_reply, whole
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
        if task.long:
            ways = [written, _quotations(task)]
        else:
            ways = [_with_nearest(written, task, library)]
    elif task.long and task.language == task.source:
        ways = [_quotations(task)]
    elif task.long and task.language == "ar":
        ways = [_translations(task, model, library), _pointed(task, model, library)]
    elif task.long:
        ways = [_written(task, model, library), _pointed(task, model, library)]
    else:
        ways = [_pointed(task, model, library)]
    said = False
    for way in ways:
        with closing(way) as sentences:
            for sentence in sentences:
                said = True
                yield sentence
        if said:
            return
    yield replace(_quotation(best(task.evidence), task, library), doubtful=True)


def _written(task: Task, model: Model, library: Library) -> Generator[Said]:
    """What the model writes, sentence by sentence, less what may not be shown."""
    for insist in (False, True):
        messages = prompt.answer_messages(
            task.question,
            task.language,
            task.evidence,
            task.turn,
            long=task.long,
            insist=insist,
            may_refuse=not model.weak,
        )
        shown = wrong_language = False
        said_before: set[str] = set()
        with closing(_sentences(model.stream(messages, long=task.long))) as sentences:
            for before, sentence in sentences:
                if not shown and prompt.model_refuses(sentence):
                    raise Refused
                if (spelt := normalise(sentence)) in said_before:
                    break  # it goes round in circles
                said_before.add(spelt)
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


def _with_nearest(sentences: Generator[Said], task: Task, library: Library) -> Generator[Said]:
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
        yield _quotation(nearest, task, library, behind=True)


def _checked(sentence: str, before: str, task: Task, library: Library) -> Said | None:
    """The sentence with its sources; None when it may not be shown."""
    texts, question = task.texts, task.question
    if not (
        check.well_formed(sentence, task.language)
        and check.says_something(sentence, question)
        and check.letters_held(sentence, question, texts)
        and check.numbers_held(sentence, question, texts)
        and check.names_held(sentence, question, texts)
        and (task.language != task.source or check.words_held(sentence, question, texts))
    ):
        return None
    sources = [piece.sentence for piece in task.evidence]
    similarities = library.similarities(f"{question} {sentence}", sources)
    chosen = cite.supports(sentence, question, sources, similarities)
    return Said(sentence, tuple(sources[place] for place in chosen), before=before)


def _pointed(task: Task, model: Model, library: Library) -> Generator[Said]:
    """An answer around words of the evidence that the model points at; nothing when it cannot.

    Searching knows better than a weak model which document answers: words from another one than
    the nearest sentence's do not count, and the nearest sentence stands beside another that it
    points at: one of the two holds the gold answer in .80 of 44 Arabic questions about English
    pages, either alone in .70.
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
            lead = _said_around(asked, reply, task, model) if task.language == "en" else ""
            lead = lead or _translated(span.words, task.language, model)
            frame = partial(prompt.in_its_words, lead) if lead else prompt.original_only
            text = _framed(span, task, library, frame)
        yield Said(text, (span.evidence.sentence,))
        if nearest is span.evidence:
            return
    yield _quotation(nearest, task, library, behind=behind)


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


def _said_around(asked: Sequence[ChatMessage], reply: str, task: Task, model: Model) -> str:
    """The model's own English sentence about Arabic words, without its full stop; empty if unfit.

    It takes the names from the question, where a translation may garble them.
    """
    sentence = " ".join(model.reply(prompt.say_messages(asked, reply, "en")).split())
    fit = (
        check.well_formed(sentence, "en")
        and check.says_something(sentence, task.question)
        and check.letters_held(sentence, task.question, task.texts)
        and check.numbers_held(sentence, task.question, task.texts)
        and check.names_held(sentence, task.question, task.texts, share=1.0)
    )
    return sentence.rstrip(" .") if fit else ""


def _translated(words: str, language: Language, model: Model) -> str:
    """The words in a translation that is marked as rough; empty if unfit."""
    if not any(map(str.isalpha, words)):
        return words
    reply = model.reply(prompt.translate_messages(words, language))
    translation = " ".join(reply.split()).strip(' ."«»“”')
    fit = (
        _faithful(translation, words, language)
        and check.names_held(translation, "", [words], share=1.0)
        and check.names_kept(words, translation)
    )
    return prompt.rough(translation, language) if fit else ""


def _framed(span: Span, task: Task, library: Library, frame: Callable[[str, Language], str]) -> str:
    """A sentence of Sanad's own with as much of the source in it as there is room for."""
    return frame(_beside(span, frame("", task.language), task, library), task.language)


def _beside(span: Span, around: str, task: Task, library: Library) -> str:
    """As much of the source as leaves the answer in its own language: what is most to the point.

    `around` is all that the answer says besides. May be empty. The part of a long sentence that
    is most similar to the question holds the gold answer in .66 of 300 sentences cut to 80
    letters, its beginning in .52.
    """
    foreign = _arabic_letters(around)
    if task.language == "ar":
        foreign = letters(around) - foreign
    parts = span.stretches(int(_BESIDE * (letters(around) - foreign)) - foreign)
    if len(parts) > 1:
        parts = [parts[library.most_similar(task.question, parts)]]
    return "".join(parts).rstrip(" .،؛")


def _arabic_letters(text: str) -> int:
    return sum("\u0600" <= sign <= "\u06ff" for sign in filter(str.isalpha, text))


def _quotations(task: Task) -> Generator[Said]:
    """The sentences of the evidence in the question's language, in their order, one a line."""
    same = [piece for piece in task.evidence if piece.hit.language == task.language]
    for piece in same[:_LONG_SENTENCES]:
        yield Said(f"- «{piece.text}»", (piece.sentence,), before="\n")


def _translations(task: Task, model: Model, library: Library) -> Generator[Said]:
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
                line = _framed(whole(piece), task, library, frame)
                yield Said(f"{head}- {line}", (piece.sentence,), before="\n")
                head = ""


def _faithful(translation: str, text: str, language: Language) -> bool:
    """Whether it can pass for a translation: of like length, well formed, with no new numbers."""
    return (
        any(map(str.isalnum, translation))
        and len(translation) <= _TRANSLATED * len(text) + _ROOM_TO_TRANSLATE
        and check.well_formed(translation, language)
        and check.letters_held(translation, text, ())
        and check.numbers_held(translation, text, ())
    )


def _quotation(piece: Evidence, task: Task, library: Library, *, behind: bool = False) -> Said:
    """A sentence of the evidence by itself, or as much of it as there is room for.

    `behind` an answer that rests on another sentence.
    """
    if task.language == piece.hit.language:
        frame = prompt.nearest if behind else prompt.quoted
        text = frame(Span(piece, 0, 1).clause(_QUOTE), task.language)
    else:
        around = prompt.nearest_original if behind else prompt.original_only
        text = _framed(whole(piece), task, library, around)
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
