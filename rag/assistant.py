"""The question's way in order: small talk, search, gate, evidence, compose, cite."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Collection, Generator, Iterator, Sequence
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Literal, get_args

from index import Hit, Language, Library
from index.errors import QuestionInvalid
from index.threads import in_thread
from rag import gate, prompt
from rag.ask import Model
from rag.asynchronous import streamed
from rag.cited_text import CitedText
from rag.compose import Refused, Task, compose, reckoned
from rag.config import Settings, load_settings
from rag.evidence import LONG_ROOM, ROOM, best, gather, nearness_of_words, with_rows
from rag.llm import open_llm
from rag.pick import AGREED, SURE, pick
from rag.profile import Profile, profile_for
from rag.question import Question, parse
from rag.reckoning import is_reckoning
from rag.table import rows_of
from rag.topic import is_headed
from rag.tracing import span
from rag.types import Answer, Citation, Piece, Seconds, Turn

if TYPE_CHECKING:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.chat_engine.types import BaseChatEngine
    from llama_index.core.llms import LLM, ChatMessage
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.tools import QueryEngineTool
    from llama_index.core.vector_stores import MetadataFilters

QUESTION_CHARACTERS = 2_000
_TABLES = 4
"""Hits whose tables are looked at for the cell that is asked for."""
_TOOL = (
    "Answers a question about the user's own documents, in Arabic or English, and quotes the exact "
    "sentences that the answer rests on; says so when the documents do not hold it. "
    "The input is one question in plain words."
)
"""What an agent reads of the documents as a tool, where nothing else is said."""
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
        profile: Profile | None = None,
    ) -> None:
        self.library = library
        self.settings = settings or load_settings()
        self.given_llm = llm
        self._llm = llm
        self._passages = passages or self.settings.passages
        self._strictness = strictness or self.settings.strictness
        self._length = length
        self._profile = profile

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
        profile: Profile | None = None,
    ) -> Assistant:
        """The same assistant with other choices; what is left out stays as it is."""
        return Assistant(
            self.library,
            llm or self._llm,
            passages=passages or self._passages,
            strictness=strictness or self._strictness,
            length=length or self._length,
            settings=self.settings,
            profile=profile or self._profile,
        )

    def over(self, library: Library) -> Assistant:
        """The same assistant over another library."""
        return Assistant(
            library,
            self.given_llm,
            passages=self._passages,
            strictness=self._strictness,
            length=self._length,
            settings=self.settings,
            profile=self._profile,
        )

    def _profile_in_force(self) -> Profile | None:
        """What the model can do, as it was measured; None for one that was only handed over."""
        if self._profile is not None or self.given_llm is not None:
            return self._profile
        return profile_for(self.settings)

    def as_retriever(
        self,
        k: int | None = None,
        *,
        documents: Collection[str] | None = None,
        filters: MetadataFilters | None = None,
    ) -> BaseRetriever:
        """The library as a LlamaIndex retriever, for any LlamaIndex query engine.

        Here and below `documents` names those to look in, and `filters` are LlamaIndex's, over
        `document`, `language`, `added` and `pages` (`rag.selection`); left out: all documents.
        """
        from rag.retriever import SanadRetriever

        return SanadRetriever(
            self.library, k or self._passages, documents=documents, filters=filters
        )

    def as_query_engine(
        self,
        *,
        streaming: bool = False,
        documents: Collection[str] | None = None,
        filters: MetadataFilters | None = None,
        language: Language | None = None,
    ) -> BaseQueryEngine:
        """The assistant as a LlamaIndex query engine (`rag.engines.SanadQueryEngine`)."""
        from rag.engines import Inquiry, SanadQueryEngine

        asking = Inquiry(self, documents, filters, language)
        return SanadQueryEngine(asking, streaming=streaming)

    def as_chat_engine(
        self,
        chat_history: Sequence[ChatMessage] = (),
        *,
        documents: Collection[str] | None = None,
        filters: MetadataFilters | None = None,
        language: Language | None = None,
    ) -> BaseChatEngine:
        """A conversation as a LlamaIndex chat engine (`rag.engines.SanadChatEngine`)."""
        from rag.engines import Inquiry, SanadChatEngine

        return SanadChatEngine(Inquiry(self, documents, filters, language), chat_history)

    def as_tool(
        self,
        name: str = "ask_documents",
        description: str = _TOOL,
        *,
        documents: Collection[str] | None = None,
        filters: MetadataFilters | None = None,
        language: Language | None = None,
    ) -> QueryEngineTool:
        """The assistant as a tool of any LlamaIndex agent or router (`rag.engines.SanadTool`)."""
        from rag.engines import SanadTool

        engine = self.as_query_engine(documents=documents, filters=filters, language=language)
        return SanadTool.from_defaults(engine, name=name, description=description)

    def search(
        self,
        question: str,
        history: Sequence[Turn] = (),
        k: int | None = None,
        *,
        documents: Collection[str] | None = None,
    ) -> list[Hit]:
        """The passages that `ask` would look at: a follow-up is searched with what it leans on."""
        queries = parse(_checked(question), history).queries
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
        asked = parse(_checked(question), history, language)
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
                question=asked.text,
                language=asked.language,
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

        if asked.reply is not None:
            yield Piece(asked.reply, finished(asked.reply))
            return
        k = max(gate.LOOKED_AT, self._passages)
        with span("sanad.search"):
            hits = self.library.search(asked.queries, k, documents=documents)
        retrieved = time.monotonic() - started
        if not hits:
            empty = not self.library.documents()
            text = (prompt.NO_DOCUMENTS if empty else prompt.REFUSAL)[asked.language]
            yield Piece(text, finished(text, kind="refuse"))
            return

        model = Model(self.llm, self._profile_in_force())
        tasks = [
            self._task(asked, part, found) for part, found in self._parts(asked, hits, documents)
        ]
        written = CitedText(hit for task in tasks for hit in task.hits)
        verdicts: list[gate.Verdict] = []
        heard: set[str] = set()
        for task in tasks:
            verdict = self._verdict(task, asked, model)
            # Any two numbers have a sum: what is refused is not reckoned either.
            sure = reckoned(task, model) if verdict != "refuse" else ()
            verdict = "answer" if sure else verdict
            try:
                with closing(compose(task, model, self.library)) as sentences:
                    for said in sure or (sentences if verdict != "refuse" else ()):
                        if said.text in heard:
                            continue  # both parts have the same answer
                        heard.add(said.text)
                        if said.doubtful:
                            verdict = "doubt"
                        known = len(written.citations())
                        new = written.add(said)
                        first = first if first is not None else time.monotonic() - started
                        yield _piece(new, written.citations()[known:], task.hits)
            except Refused:
                verdict = "refuse"
            verdicts.append(verdict)
        if set(verdicts) == {"refuse"}:
            text = prompt.REFUSAL[asked.language]
            yield Piece(text, finished(text, kind="refuse"))
        else:
            kind: gate.Verdict = "answer" if set(verdicts) == {"answer"} else "doubt"
            yield Piece("", finished(written.text, written.citations(), kind=kind))

    async def asearch(
        self,
        question: str,
        history: Sequence[Turn] = (),
        k: int | None = None,
        *,
        documents: Collection[str] | None = None,
    ) -> list[Hit]:
        """`search` for an event loop, which goes on meanwhile."""
        return await in_thread(lambda: self.search(question, history, k, documents=documents))

    async def aask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        documents: Collection[str] | None = None,
        language: Language | None = None,
    ) -> Answer:
        """`ask` for an event loop; cancelling it stops the language model."""
        answer = None
        pieces = self.astream(question, history, documents=documents, language=language)
        async with aclosing(pieces):
            async for piece in pieces:
                answer = piece.answer
        assert answer is not None  # noqa: S101 - the last piece always carries it
        return answer

    def astream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        documents: Collection[str] | None = None,
        language: Language | None = None,
    ) -> AsyncGenerator[Piece]:
        """`stream` for an event loop; closing it, or cancelling its reader, stops the model.

        Sixteen answers are written at once in a process, more wait.
        """
        return streamed(
            lambda: self.stream(question, history, documents=documents, language=language)
        )

    def _parts(
        self, asked: Question, hits: Sequence[Hit], documents: Collection[str] | None
    ) -> Iterator[tuple[str, Sequence[Hit]]]:
        """Each question of a two-part one with what is found for it, beside the whole."""
        if len(asked.parts) == 1:
            yield asked.asked, hits
            return
        for part in asked.parts:
            queries = (part, asked.asked)
            yield part, self.library.search(queries, gate.LOOKED_AT, documents=documents)

    def _task(self, asked: Question, part: str, hits: Sequence[Hit]) -> Task:
        """What is to be answered, and from which sentences."""
        long = self._length == "long" or (
            self._length == "automatic" and asked.long and len(asked.parts) == 1
        )
        # A section that is headed by the topic is what was asked for, whatever its score.
        section = [hit for hit in hits if is_headed(hit.section, asked.topic)]
        rows = [row for hit in hits[:_TABLES] for row in rows_of(hit)]
        before = asked.before.question if asked.before is not None else ""
        found = section or hits
        words = nearness_of_words(f"{before} {part}", found, self.library)
        evidence = gather(found, LONG_ROOM if long else ROOM, words=words, whole=long)
        picked = pick(part, asked.language, rows, self.library, before) if rows else None
        if picked is not None:
            agreed = best(evidence).hit.passage_id == picked.rows[0].hit.passage_id
            if picked.sure < (AGREED if agreed else SURE):
                picked = None
        chosen = picked.rows if picked is not None else ()
        values = gather(found, LONG_ROOM, words=words) if is_reckoning(part) else ()
        return Task(
            question=part,
            language=asked.language,
            hits=hits,
            evidence=with_rows(evidence, chosen),
            values=with_rows(values, chosen) if values else (),
            picked=picked,
            turn=asked.before,
            shape=asked.shape,
            long=long,
        )

    def _verdict(self, task: Task, asked: Question, model: Model) -> gate.Verdict:
        """Whether the evidence answers the question, as search and the model judge it."""
        if is_headed(task.evidence[0].hit.section, asked.topic):
            return "answer"
        calibration = gate.calibration_for(
            self.library.passage_model, self.library.sentence_model, self.settings.calibration
        )
        if calibration is None:
            return "answer"
        # A model that says itself when it is not there need not be asked before.
        asks = not model.can("not_there")
        odds = model.yes(prompt.supported_messages(task.question, task.evidence)) if asks else None
        return gate.judge(
            task.hits, task.language, odds, calibration, self._strictness, polar=asked.polar
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
