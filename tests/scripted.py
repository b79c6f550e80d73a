"""A language model that says what it is told to: for tests of prompting, citing and streaming."""

from __future__ import annotations

import time
from collections.abc import Sequence

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


class ScriptedLLM(CustomLLM):
    """Answers with the given texts in turn, the last one again and again.

    A text comes `step` characters at a time, each after `pause` seconds. `prompts` are what it
    was asked (the user's part), `given` the characters it gave out, `closed` whether a stream
    was closed before its end.
    """

    _texts: list[str] = PrivateAttr()
    _step: int = PrivateAttr()
    _pause: float = PrivateAttr()
    _prompts: list[str] = PrivateAttr(default_factory=list)
    _given: int = PrivateAttr(default=0)
    _closed: bool = PrivateAttr(default=False)

    def __init__(self, *texts: str, step: int = 5, pause: float = 0.0) -> None:
        super().__init__()
        self._texts = list(texts)
        self._step = step
        self._pause = pause

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="scripted", is_chat_model=True)

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
