"""A language model that says what a test tells it to."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

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
    """Answers everything with `text`, a word at a time, each after `pause` seconds.

    `given` counts the words that were taken, `closed` whether the stream was closed early.
    """

    text: str = "An answer."
    pause: float = 0.0
    _given: int = PrivateAttr(default=0)
    _closed: bool = PrivateAttr(default=False)

    @property
    def given(self) -> int:
        return self._given

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="scripted", is_chat_model=True)

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        def generate() -> ChatResponseGen:
            said = ""
            try:
                for word in self.text.split(" "):
                    time.sleep(self.pause)
                    delta = f" {word}" if said else word
                    said += delta
                    self._given += 1
                    message = ChatMessage(role=MessageRole.ASSISTANT, content=said)
                    yield ChatResponse(message=message, delta=delta)
            except GeneratorExit:
                self._closed = True
                raise

        return generate()

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return CompletionResponse(text=self.text)

    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseGen:
        yield CompletionResponse(text=self.text, delta=self.text)
