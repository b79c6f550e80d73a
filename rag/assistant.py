"""The question's way in order: small talk, search, gate, evidence, compose, cite."""

from __future__ import annotations

import time
from collections.abc import Collection, Generator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Literal, get_args

from index import Hit, Language, Library
from index.errors import QuestionInvalid
from rag import gate, prompt
from rag.ask import Model
from rag.cited_text import CitedText
from rag.compose import Refused, Task, compose
from rag.config import Settings, load_settings
from rag.evidence import LONG_ROOM, ROOM, gather
from rag.language import question_language, without_request
from rag.llm import open_llm
from rag.question import leans_on_history, search_queries, turn_before, wants_long_answer
from rag.small_talk import small_talk
from rag.topic import is_headed, topic_of
from rag.types import Answer, Citation, Piece, Seconds, Turn

if TYPE_CHECKING:
    from llama_index.core.llms import LLM
    from llama_index.core.retrievers import BaseRetriever

QUESTION_CHARACTERS = 2_000
Length = Literal["automatic", "short", "long"]
LENGTHS: tuple[Length, ...] = get_args(Length)


class Assistant:
    """Answers questions about a library's documents, each sentence with its source.

    `llm` is any LlamaIndex language model; left out, the one that `settings` name (the embedded
    model by default), loaded with the first question. `passages` is how many passages an answer
    shows; `strictness` how readily it refuses ("open", "balanced", "strict"); `length` whether it
    takes one fact or several sentences ("short", "long"; "automatic" is what the question asks
    for). `settings` are those in force, `given_llm` the model that it was made with, if any. Safe
    to use from many threads.
    """

    def __init__(
        self,
        library: Library,
        llm: LLM | None = None,
        *,
        passages: int | None = None,
        strictness: gate.Strictness | None = None,
        length: Length = "automatic",
        settings: Settings | None = None,
    ) -> None:
        self.library = library
        self.settings = settings or load_settings()
        self.given_llm = llm
        self._llm = llm
        self._passages = passages or self.settings.passages
        self._strictness = strictness or self.settings.strictness
        self._length = length

    @property
    def llm(self) -> LLM:
        """The language model; loading it takes a second or two."""
        if self._llm is None:
            self._llm = open_llm(self.settings)
        return self._llm

    def adjusted(
        self,
        llm: LLM | None = None,
        *,
        passages: int | None = None,
        strictness: gate.Strictness | None = None,
        length: Length | None = None,
    ) -> Assistant:
        """The same assistant with other choices; what is left out stays as it is."""
        return Assistant(
            self.library,
            llm or self._llm,
            passages=passages or self._passages,
            strictness=strictness or self._strictness,
            length=length or self._length,
            settings=self.settings,
        )

    def retriever(self, k: int | None = None) -> BaseRetriever:
        """The library as a LlamaIndex retriever, for any LlamaIndex query engine."""
        from rag.retriever import SanadRetriever

        return SanadRetriever(self.library, k or self._passages)

    def search(
        self,
        question: str,
        history: Sequence[Turn] = (),
        k: int | None = None,
        *,
        documents: Collection[str] | None = None,
    ) -> list[Hit]:
        """The passages that `ask` would look at: a follow-up is searched with what it leans on."""
        queries = search_queries(_checked(question), history)
        return self.library.search(queries, k or self._passages, documents=documents)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        documents: Collection[str] | None = None,
        language: Language | None = None,
    ) -> Answer:
        """The whole answer at once. Raises QuestionInvalid, AnswerFailed, ModelMissing.

        `documents` names those to look in (left out: all), `language` the one to answer in (left
        out: the question's).
        """
        answer = None
        for piece in self.stream(question, history, documents=documents, language=language):
            answer = piece.answer
        assert answer is not None  # noqa: S101 - the last piece always carries it
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        documents: Collection[str] | None = None,
        language: Language | None = None,
    ) -> Generator[Piece]:
        """The answer as it is written; the last piece carries the `Answer`.

        A sentence is shown when it is whole and checked. Closing the iterator stops the language
        model.
        """
        started = time.monotonic()
        question = _checked(question)
        spoken = question_language(question, history, language)
        hits: list[Hit] = []
        retrieved = 0.0
        first: float | None = None
        written = CitedText(())

        def finished(
            text: str, citations: Sequence[Citation] = (), *, kind: gate.Verdict = "answer"
        ) -> Answer:
            total = time.monotonic() - started
            cited = {citation.passage_id for citation in citations}
            return Answer(
                question=question,
                language=spoken,
                text=text,
                abstained=kind == "refuse",
                citations=tuple(citations),
                hits=tuple(
                    hit for hit in hits if hit.rank <= self._passages or hit.passage_id in cited
                ),
                seconds=Seconds(retrieved, first if first is not None else total, total),
                doubtful=kind == "doubt",
                unsupported=tuple(written.unsupported),
            )

        if (reply := small_talk(question, spoken)) is not None:
            yield Piece(reply, finished(reply))
            return
        hits = self.search(
            question, history, max(gate.LOOKED_AT, self._passages), documents=documents
        )
        retrieved = time.monotonic() - started
        asked = without_request(question) or question
        topic = topic_of(asked)
        # A section that is headed by the topic is what was asked for, whatever its score.
        section = [hit for hit in hits if is_headed(hit.section, topic)]
        verdict: gate.Verdict = "answer"
        score = 0.0
        if not section:
            verdict, score = self._judged(hits, spoken)
        if verdict == "refuse":
            empty = not hits and not self.library.documents()
            text = (prompt.NO_DOCUMENTS if empty else prompt.REFUSAL)[spoken]
            yield Piece(text, finished(text, kind="refuse"))
            return

        long = self._length == "long"
        if self._length == "automatic":
            long = bool(topic) or wants_long_answer(asked)
        task = Task(
            question=asked,
            language=spoken,
            evidence=gather(section or hits, LONG_ROOM if long else ROOM, whole=long),
            turn=turn_before(history) if leans_on_history(question, history) else None,
            long=long,
        )
        written = CitedText(hits)
        model = Model(self.llm)
        if verdict == "doubt":
            verdict = self._second_look(task, model, score)
        try:
            with closing(compose(task, model, self.library)) as sentences:
                for said in sentences if verdict != "refuse" else ():
                    if said.doubtful:
                        verdict = "doubt"
                    known = len(written.citations())
                    new = written.add(said)
                    first = first if first is not None else time.monotonic() - started
                    yield _piece(new, written.citations()[known:], hits)
        except Refused:
            verdict = "refuse"
        if verdict == "refuse":
            text = prompt.REFUSAL[spoken]
            yield Piece(text, finished(text, kind="refuse"))
        else:
            yield Piece("", finished(written.text, written.citations(), kind=verdict))

    def _judged(self, hits: Sequence[Hit], language: Language) -> tuple[gate.Verdict, float]:
        calibration = gate.calibration_for(
            self.library.passage_model, self.library.sentence_model, self.settings.calibration
        )
        return gate.judge(hits, language, calibration, self._strictness)

    def _second_look(self, task: Task, model: Model, score: float) -> gate.Verdict:
        """What the model says of evidence that the gate is in doubt about."""
        odds = model.yes(prompt.supported_messages(task.question, task.evidence))
        return gate.second_look(
            score,
            odds,
            self._strictness,
            weak=model.weak,
            languages=(task.language, task.source),
            long=task.long,
        )


def _piece(text: str, citations: Sequence[Citation], hits: Sequence[Hit]) -> Piece:
    cited = {citation.passage_id for citation in citations}
    found = tuple(hit for hit in hits if hit.passage_id in cited)
    return Piece(text, citations=tuple(citations), hits=found)


def _checked(question: str) -> str:
    question = question.strip()
    if not question:
        raise QuestionInvalid(detail="it is empty; type some words")
    if len(question) > QUESTION_CHARACTERS:
        raise QuestionInvalid(
            detail=f"it is longer than {QUESTION_CHARACTERS} characters; shorten it"
        )
    return question
