"""The question's way in order: search, gate, prompt, stream, cite."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from index import Language, Library
from index.errors import QuestionInvalid
from index.sentences import text_language
from rag import gate, prompt
from rag.cited_text import CitedText
from rag.config import Settings, load_settings
from rag.errors import AnswerFailed
from rag.llm import open_llm
from rag.question import answer_language, leans_on_history, search_query
from rag.types import Answer, Citation, Piece, Seconds, Turn

if TYPE_CHECKING:
    from llama_index.core.llms import LLM, ChatMessage
    from llama_index.core.retrievers import BaseRetriever

QUESTION_CHARACTERS = 2_000
_LANGUAGE_KNOWN_AFTER = 16
"""Letters of an answer after which its language is certain enough to begin again."""


_REFUSAL_KNOWN_AFTER = 60
"""Characters of an answer after which it is no statement that the passages do not tell."""


class Assistant:
    """Answers questions about a library's documents, each sentence with its source.

    `llm` is any LlamaIndex language model; left out, the one that `settings` name (the embedded
    model by default), loaded with the first question. `passages` is how many passages an answer
    may rest on.
    """

    def __init__(
        self,
        library: Library,
        llm: LLM | None = None,
        *,
        passages: int | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.library = library
        self._settings = settings or load_settings()
        self._llm = llm
        self._passages = passages or self._settings.passages

    @property
    def llm(self) -> LLM:
        """The language model; loading it takes a second or two."""
        if self._llm is None:
            self._llm = open_llm(self._settings)
        return self._llm

    def retriever(self, k: int | None = None) -> BaseRetriever:
        """The library as a LlamaIndex retriever, for any LlamaIndex query engine."""
        from rag.retriever import SanadRetriever

        return SanadRetriever(self.library, k or self._passages)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The whole answer at once. Raises QuestionInvalid, AnswerFailed, ModelMissing."""
        answer = None
        for piece in self.stream(question, history):
            answer = piece.answer
        assert answer is not None  # noqa: S101 - the last piece always carries it
        return answer

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Generator[Piece]:
        """The answer as it is written; the last piece carries the `Answer`.

        Closing the iterator stops the language model.
        """
        started = time.monotonic()
        question = question.strip()
        if not question:
            raise QuestionInvalid(detail="it is empty; type some words")
        if len(question) > QUESTION_CHARACTERS:
            raise QuestionInvalid(
                detail=f"it is longer than {QUESTION_CHARACTERS} characters; shorten it"
            )
        language = answer_language(question)
        query = search_query(question, history)
        found = self.library.search(query, max(gate.BACKGROUND, self._passages))
        hits = found[: self._passages]
        retrieved = time.monotonic() - started
        first: float | None = None

        def finished(text: str, abstained: bool, citations: tuple[Citation, ...] = ()) -> Answer:
            total = time.monotonic() - started
            seconds = Seconds(retrieved, first if first is not None else total, total)
            return Answer(question, language, text, abstained, citations, tuple(hits), seconds)

        if not gate.passages_answer(found, language, self.library.sentence_model):
            empty = not hits and not self.library.documents()
            text = (prompt.NO_DOCUMENTS if empty else prompt.REFUSAL)[language]
            yield Piece(text, finished(text, abstained=True))
            return

        before = history[-1] if leans_on_history(question, history) else None
        evidence = prompt.evidence_of(hits)
        written = CitedText(self.library, question, hits, evidence)
        with closing(self._written(question, language, evidence, before)) as deltas:
            for delta in deltas:
                new = written.grow(delta)
                if new:
                    first = first if first is not None else time.monotonic() - started
                    yield Piece(new)
        rest = written.finish()
        if not written.text:
            text = prompt.REFUSAL[language]
            yield Piece(text, finished(text, abstained=True))
            return
        yield Piece(rest, finished(written.text, abstained=False, citations=written.citations()))

    def _written(
        self,
        question: str,
        language: Language,
        evidence: Sequence[prompt.Evidence],
        before: Turn | None,
    ) -> Generator[str]:
        """The model's text, begun again when it is in the wrong language.

        Nothing at all when the model says that the passages do not tell.
        """
        for insist in (False, True):
            chat = prompt.messages(question, language, evidence, before, insist=insist)
            held = ""
            sure = False
            with closing(self._deltas(chat)) as deltas:
                for delta in deltas:
                    if sure:
                        yield delta
                        continue
                    held += delta
                    if sum(map(str.isalpha, held)) < _LANGUAGE_KNOWN_AFTER:
                        continue
                    if text_language(held) != language and not insist:
                        break
                    whole = len(held) > _REFUSAL_KNOWN_AFTER or any(m in held for m in ".!?؟\n")
                    if whole or not prompt.may_refuse(held):
                        if prompt.model_refuses(held):
                            return
                        sure = True
                        yield held
                else:
                    if not sure and not prompt.model_refuses(held):
                        yield held
                    return

    def _deltas(self, chat: list[ChatMessage]) -> Generator[str]:
        try:
            for response in self.llm.stream_chat(chat):
                if response.delta:
                    yield response.delta
        except _model_errors() as error:
            reason = " ".join(str(error).split())[:200]
            raise AnswerFailed(model=self.llm.metadata.model_name, detail=reason) from error


def _model_errors() -> tuple[type[Exception], ...]:
    """What a model's client may raise; imported late, with the client."""
    import httpx
    from openai import OpenAIError

    return (OpenAIError, httpx.HTTPError, OSError)
