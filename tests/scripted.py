"""Stand-ins for tests of answering: a model that says what it is told to, hits made by hand."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.llms.custom import CustomLLM
from pydantic import PrivateAttr

from index import Hit, HitSentence, Language, models
from index.readers.writer import CELL_SEPARATOR


class ScriptedLLM(CustomLLM):
    """Answers with the given texts in turn, the last one again and again.

    A text comes `step` characters at a time, each after `pause` seconds. `prompts` are what it
    was asked (the user's part), `given` the characters it gave out, `closed` whether a stream
    was closed before its end. `name` is what it says it is called; `error` is raised behind a text.
    """

    _texts: list[str] = PrivateAttr()
    _step: int = PrivateAttr()
    _pause: float = PrivateAttr()
    _name: str = PrivateAttr()
    _error: Exception | None = PrivateAttr()
    _prompts: list[str] = PrivateAttr(default_factory=list)
    _given: int = PrivateAttr(default=0)
    _closed: bool = PrivateAttr(default=False)

    def __init__(
        self,
        *texts: str,
        step: int = 5,
        pause: float = 0.0,
        name: str = "scripted",
        error: Exception | None = None,
    ) -> None:
        super().__init__()
        self._texts = list(texts)
        self._step = step
        self._pause = pause
        self._name = name
        self._error = error

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name=self._name, is_chat_model=True)

    @property
    def prompts(self) -> list[str]:
        return self._prompts

    @property
    def given(self) -> int:
        return self._given

    @property
    def closed(self) -> bool:
        return self._closed

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: object) -> ChatResponseGen:
        self._prompts.append(str(messages[-1].content))
        text = self._texts[min(len(self._prompts), len(self._texts)) - 1]

        def generate() -> ChatResponseGen:
            try:
                for start in range(0, len(text), self._step):
                    time.sleep(self._pause)
                    delta = text[start : start + self._step]
                    self._given += len(delta)
                    message = ChatMessage(role=MessageRole.ASSISTANT, content=text[:start] + delta)
                    yield ChatResponse(message=message, delta=delta)
                if self._error is not None:
                    raise self._error
            except GeneratorExit:
                self._closed = True
                raise

        return generate()

    def complete(
        self, prompt: str, formatted: bool = False, **kwargs: object
    ) -> CompletionResponse:
        raise AssertionError("Sanad chats")

    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: object
    ) -> CompletionResponseGen:
        raise AssertionError("Sanad chats")


def weak_llm(*texts: str) -> ScriptedLLM:
    """One that Sanad takes for the embedded model, which only points at words of Arabic."""
    return ScriptedLLM(*texts, name=models.DEFAULT_LANGUAGE_MODEL)


def make_hit(
    *texts: str,
    rank: int = 1,
    score: float | None = None,
    near: Sequence[float] = (),
    language: Language = "en",
    document: str | None = None,
    section: tuple[str, ...] = (),
    coverage: float | None = None,
    margin: float = 0.0,
    words: float = 0.0,
) -> Hit:
    """A hit of these sentences, one space between them; `near` are their similarities.

    Where nothing else is said the first sentence is the nearest, and a hit scores by its rank.
    """
    near = near or [0.9 - 0.01 * place for place in range(len(texts))]
    sentences: list[HitSentence] = []
    start = 0
    for place, text in enumerate(texts):
        end = start + len(text)
        sentences.append(HitSentence(100 * rank + place, start, end, text, near[place]))
        start = end + 1
    return Hit(
        rank=rank,
        score=1.0 / rank if score is None else score,
        passage_id=rank,
        document=document or f"document-{rank}.txt",
        page=None,
        start=0,
        end=sentences[-1].end,
        text=_joined(texts),
        language=language,
        section=section,
        sentences=tuple(sentences),
        sentence=max(sentences, key=lambda sentence: sentence.similarity),
        similarity=max(near),
        coverage=coverage,
        margin=margin,
        words=words,
    )


def _joined(texts: Sequence[str]) -> str:
    """Sentences with a space between them, rows of a table each on its line."""
    text = "".join(texts[:1])
    for before, following in pairwise(texts):
        row = CELL_SEPARATOR in before or CELL_SEPARATOR in following
        text += ("\n" if row else " ") + following
    return text
