"""Trying a language model: some forty small tasks, asked as the product asks, judged by program.

The tasks stand in `tasks.json`. What must stand in a reply is a list of lists: of each list one.
A word that ends in "*" may go on; Arabic words may have the article or a particle before them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

from index import Hit, HitSentence, Language
from index.models import Progress
from index.text.keywords import normalise
from index.text.sentences import text_language
from rag import prompt, span
from rag.errors import AnswerFailed, EndpointFault
from rag.evidence import Evidence
from rag.profile import Capability, Profile
from rag.stop import current
from rag.translate import translate_messages
from rag.types import Turn

if TYPE_CHECKING:
    from llama_index.core.llms import ChatMessage

    from rag.ask import Model

Way = Literal["answer", "refuse", "supported", "point", "translate", "rewrite"]
Verdict = Literal["yes", "no"]

_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
_LIST_NUMBER = re.compile(r"^[^\S\n]{0,8}\d{1,2}[.)](?=\s)", re.MULTILINE)
_FULL_HOUR = re.compile(r"(?<=\d):00(?!\d)")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_BEFORE = "(?:[وف]?(?:[بكل]?ال|لل|[بكلس])?)?"
"""What is written onto an Arabic word."""
_SAID: Mapping[Verdict, tuple[str, ...]] = {
    "yes": ("yes", "نعم", "اجل", "بلي"),
    "no": ("no", "لا", "كلا"),
}
_FEWEST_WORDS = 3
_LONGER = 3
"""A translation or a rewritten question that is so many times as long explains itself."""
_ROOM = 120
_NOT_TAKEN = (400, 422)


class TrialStopped(Exception):
    """Nobody wants to know any more (`rag.stop`); nothing has come of the trial."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that is asked of a model, and what shows that the reply is right.

    `language` is that of the reply, of `point` that of the sentences. `verdict` is what it has to
    say, `sentence` the number of the one that it has to point at, counted from 1.
    """

    capability: Capability
    way: Way
    language: Language
    question: str
    sentences: tuple[str, ...] = ()
    before: tuple[str, str] | None = None
    long: bool = False
    must: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()
    verdict: Verdict | None = None
    sentence: int = 0

    @property
    def turn(self) -> Turn | None:
        """What was asked and answered before."""
        return Turn(*self.before) if self.before else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a model replied to a task, and whether that is right."""

    task: Task
    reply: str
    right: bool


def try_model(model: Model, progress: Progress | None = None) -> Profile:
    """Have a model do every task; `progress` is told how many it has done.

    Raises AnswerFailed where the model does not answer, TrialStopped where it is to end.
    """
    asked: Counter[Capability] = Counter()
    right: Counter[Capability] = Counter()
    with closing(outcomes(model)) as done:
        for outcome in done:
            asked[outcome.task.capability] += 1
            right[outcome.task.capability] += outcome.right
            if progress is not None:
                progress("trial", asked.total(), len(tasks()), "tasks")
    return Profile({capability: right[capability] / asked[capability] for capability in asked})


def outcomes(model: Model) -> Generator[Outcome]:
    """What becomes of each task, in order. Raises as `try_model`."""
    stop = current()
    for task in tasks():
        try:
            reply = _WAYS[task.way](model, task)
        except AnswerFailed as error:
            if stop.is_set():
                raise TrialStopped from error
            if task.way not in ("point", "supported") or not _not_taken(error):
                raise
            reply = ""  # an endpoint that takes no schema, or tells no probabilities, cannot do it
        if stop.is_set():
            raise TrialStopped
        yield Outcome(task, reply, is_right(task, reply))


@lru_cache(maxsize=1)
def tasks() -> tuple[Task, ...]:
    """All tasks."""
    told = json.loads((resources.files("rag") / "tasks.json").read_text(encoding="utf-8"))
    return tuple(
        Task(
            capability=capability,
            **{name: _frozen(value) for name, value in fields.items()},
        )
        for capability, some in told.items()
        for fields in some
    )


def is_right(task: Task, reply: str) -> bool:
    """Whether a reply shows that the model can do the task."""
    match task.way:
        case "supported":
            return _first_word(reply) == task.verdict
        case "point":
            return _points_rightly(task, reply)
        case "refuse" if task.verdict == "no":
            return prompt.model_refuses(reply.strip())
        case "answer" if task.verdict:
            return _first_word(reply) == task.verdict and _is_sound(task, reply)
        case _:
            return _is_sound(task, reply)


def rewrite_messages(question: str, before: Turn | None, language: Language) -> list[ChatMessage]:
    """Asks for a question that can be understood without what was said before it."""
    from llama_index.core.llms import ChatMessage, MessageRole

    asked = ""
    if before is not None:
        answer = " ".join(before.answer.split())[:_ANSWER_CHARACTERS]
        earlier = " ".join(before.question.split())
        asked = _EARLIER[language].format(question=earlier, answer=answer)
    asked += _REWRITE[language].format(question=question)
    return [
        ChatMessage(role=MessageRole.SYSTEM, content=_REWRITER),
        ChatMessage(role=MessageRole.USER, content=asked),
    ]


# --- Asking ------------------------------------------------------------------------------------


def _answer(model: Model, task: Task) -> str:
    messages = prompt.answer_messages(
        task.question,
        task.language,
        _evidence(task),
        task.turn,
        long=task.long,
        may_refuse=task.way == "refuse",
    )
    with closing(model.stream(messages, long=task.long)) as words:
        return "".join(words).strip()


def _supported(model: Model, task: Task) -> str:
    messages = prompt.supported_messages(task.question, _evidence(task))
    odds = model.yes(messages)
    if odds is None:
        return model.reply(messages)
    return "yes" if odds > 0 else "no"


def _point(model: Model, task: Task) -> str:
    messages = prompt.span_messages(task.question, task.language, _evidence(task))
    return model.reply(messages, schema=prompt.SPAN_SCHEMA)


def _translate(model: Model, task: Task) -> str:
    return model.reply(translate_messages(task.question, task.language)).strip()


def _rewrite(model: Model, task: Task) -> str:
    return model.reply(rewrite_messages(task.question, task.turn, task.language)).strip()


_WAYS: Mapping[Way, Callable[[Model, Task], str]] = {
    "answer": _answer,
    "refuse": _answer,
    "supported": _supported,
    "point": _point,
    "translate": _translate,
    "rewrite": _rewrite,
}


def _evidence(task: Task) -> list[Evidence]:
    """The sentences of a task as search would have found them in one passage."""
    sentences: list[HitSentence] = []
    start = 0
    for number, text in enumerate(task.sentences):
        sentences.append(HitSentence(number, start, start + len(text), text, 0.9))
        start += len(text) + 1
    text = " ".join(task.sentences)
    hit = Hit(
        rank=1,
        score=1.0,
        passage_id=1,
        document="task",
        page=None,
        start=0,
        end=len(text),
        text=text,
        language=text_language(text),
        section=(),
        sentences=tuple(sentences),
        sentence=sentences[0],
        similarity=0.9,
        coverage=None,
    )
    return [Evidence(hit, sentence, sentence.text) for sentence in sentences]


def _not_taken(error: AnswerFailed) -> bool:
    """Whether an endpoint refused this kind of request, or made nothing of it that can be read."""
    from openai import APIConnectionError, APIStatusError

    cause = error.__cause__
    while isinstance(cause, APIConnectionError) and cause.__cause__ is not None:
        cause = cause.__cause__
    if isinstance(cause, EndpointFault):
        return cause.kind == "unreadable"
    return isinstance(cause, APIStatusError) and cause.status_code in _NOT_TAKEN


# --- Judging -----------------------------------------------------------------------------------


def _is_sound(task: Task, reply: str) -> bool:
    """Whether a text is in its language, says what it must, and no figure of its own."""
    said = normalise(_FULL_HOUR.sub("", _LIST_NUMBER.sub("", reply)))
    if len(said.split()) < _FEWEST_WORDS or not _in_language(task, reply):
        return False
    if task.way in ("translate", "rewrite"):
        source = " ".join((task.question, *(task.before or ())))
        if len(reply) > _LONGER * len(source) + _ROOM:
            return False
    return (
        _figures(said) <= _figures(normalise(_given(task)))
        and all(any(_stands(words, said) for words in some) for some in task.must)
        and not any(_stands(words, said) for words in task.must_not)
    )


def _in_language(task: Task, reply: str) -> bool:
    """Whether every word is of the language; names in Latin letters may stay as they were."""
    if text_language(reply) != task.language:
        return False
    own, other = (_ARABIC, _LATIN) if task.language == "ar" else (_LATIN, _ARABIC)
    given = normalise(_given(task)).split()
    for word in _LETTERS.findall(reply):
        kept = task.language == "ar" and other.match(word) and normalise(word) in given
        if not all(own.match(letter) for letter in word) and not kept:
            return False
    return True


def _given(task: Task) -> str:
    """All that a reply may take its figures from."""
    wanted = (words for some in task.must for words in some)
    return " ".join((task.question, *task.sentences, *(task.before or ()), *wanted))


def _figures(normalised: str) -> set[str]:
    return set(_FIGURE.findall(normalised))


def _stands(words: str, normalised: str) -> bool:
    return _pattern(words).search(normalised) is not None


@lru_cache(maxsize=1024)
def _pattern(words: str) -> re.Pattern[str]:
    before = _BEFORE if _ARABIC.match(words) else ""
    end = "" if words.endswith("*") else r"(?!\w)"
    return re.compile(rf"(?<!\w){before}{re.escape(normalise(words))}{end}")


def _first_word(reply: str) -> Verdict | None:
    words = normalise(reply).split(maxsplit=1)
    return next(
        (verdict for verdict, said in _SAID.items() if words[:1] and words[0] in said), None
    )


def _points_rightly(task: Task, reply: str) -> bool:
    number, words = span.read_reply(reply)
    evidence = _evidence(task)
    found = span.locate(words, number, evidence)
    if found is None or found.evidence.sentence.id != task.sentence - 1:
        return False
    said = normalise(found.words)
    return all(any(_stands(words, said) for words in some) for some in task.must)


def _frozen(value: Any) -> Any:  # noqa: ANN401 - of JSON
    """The same with tuples instead of lists."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


# --- Rewriting ---------------------------------------------------------------------------------

_ANSWER_CHARACTERS = 600
_REWRITER = "You rewrite questions so that they can be understood alone. You never answer them."
_EARLIER: Mapping[Language, str] = {
    "en": "Earlier question: {question}\nEarlier answer: {answer}\n\n",
    "ar": "السؤال السابق: {question}\nالجواب السابق: {answer}\n\n",
}
_REWRITE: Mapping[Language, str] = {
    "en": (
        "New question: {question}\n\n"
        "Rewrite the new question as one complete English question that names what it is about. "
        "Write only the question."
    ),
    "ar": (
        "السؤال الجديد: {question}\n\n"
        "أعد صياغة السؤال الجديد سؤالًا واحدًا كاملًا بالعربية الفصحى يسمّي ما يسأل عنه. "
        "اكتب السؤال فقط."
    ),
}
