"""Asking a language model: streams, whole replies, and how sure it is of yes or no.

Any LlamaIndex model can be asked; what only OpenAI-compatible endpoints understand (a schema,
probabilities) is asked of those alone, and done without elsewhere.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from index import models
from rag.errors import AnswerFailed
from rag.prompt import NO, YES

if TYPE_CHECKING:
    from llama_index.core.llms import LLM, ChatMessage

SENTENCE_TOKENS = 120
LONG_TOKENS = 400
_REPLY_TOKENS = 90
_PROBABILITIES = 15
_NEVER = -20.0


class Model:
    """A LlamaIndex language model, as Sanad asks it. Every method raises AnswerFailed."""

    def __init__(self, llm: LLM) -> None:
        self._llm = llm
        from llama_index.llms.openai import OpenAI

        self._is_openai = isinstance(llm, OpenAI)

    @property
    def weak(self) -> bool:
        """Whether it is the embedded model, which points at Arabic better than it writes it."""
        return self._llm.metadata.model_name == models.DEFAULT_LANGUAGE_MODEL

    def stream(self, messages: Sequence[ChatMessage], *, long: bool = False) -> Generator[str]:
        """The reply as it is written; closing the iterator stops the model."""
        options = self._options(LONG_TOKENS if long else SENTENCE_TOKENS)
        try:
            with closing(self._llm.stream_chat(list(messages), **options)) as responses:
                for response in responses:
                    if response.delta:
                        yield response.delta
        except _model_errors() as error:
            raise self._failed(error) from error

    def reply(
        self, messages: Sequence[ChatMessage], *, schema: Mapping[str, Any] | None = None
    ) -> str:
        """The whole reply, of a sentence or two; as JSON of that schema where it can be had."""
        options = self._options(_REPLY_TOKENS)
        if schema is not None and self._is_openai:
            options["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "reply", "schema": dict(schema)},
            }
        text = ""
        try:
            # Streamed, so that whoever closes the answer stops the model.
            with closing(self._llm.stream_chat(list(messages), **options)) as responses:
                for response in responses:
                    text += response.delta or ""
        except _model_errors() as error:
            raise self._failed(error) from error
        return text

    def yes(self, messages: Sequence[ChatMessage]) -> float | None:
        """The log odds of "yes" against "no"; None where the model does not tell."""
        if not self._is_openai:
            return None
        try:
            response = self._llm.chat(
                list(messages), max_tokens=1, logprobs=True, top_logprobs=_PROBABILITIES
            )
            choice = response.raw.choices[0]  # type: ignore[union-attr]
            likely = choice.logprobs.content[0].top_logprobs
        except (AttributeError, IndexError, TypeError):
            return None
        except _model_errors() as error:
            raise self._failed(error) from error
        said = {YES: _NEVER, NO: _NEVER}
        for token in likely:
            for words in said:
                if token.token.strip().lower() in words:
                    said[words] = max(said[words], token.logprob)
        return None if set(said.values()) == {_NEVER} else said[YES] - said[NO]

    def _options(self, tokens: int) -> dict[str, Any]:
        return {"max_tokens": tokens} if self._is_openai else {}

    def _failed(self, error: Exception) -> AnswerFailed:
        reason = " ".join(str(error).split())[:200]
        return AnswerFailed(model=self._llm.metadata.model_name, detail=reason)


def _model_errors() -> tuple[type[Exception], ...]:
    """What a model's client may raise; imported late, with the client."""
    import httpx
    from openai import OpenAIError

    return (OpenAIError, httpx.HTTPError, OSError)
