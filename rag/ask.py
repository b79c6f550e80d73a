"""Asking a language model: streams, whole replies, and how sure it is of yes or no.

Any LlamaIndex model can be asked; what only OpenAI-compatible endpoints understand (a schema,
probabilities) is asked of those alone, and done without elsewhere.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from index import models
from rag.errors import AnswerFailed, EndpointFault
from rag.profile import UNTRIED, Capability, Profile, shipped
from rag.prompt import NO, YES
from rag.stop import current
from rag.thoughts import spoken, stream_spoken

if TYPE_CHECKING:
    from llama_index.core.llms import LLM, ChatMessage

SENTENCE_TOKENS = 120
LONG_TOKENS = 400
_REPLY_TOKENS = 90
_PROBABILITIES = 15
_NEVER = -20.0
_DETAIL = 200
_CHARACTERS = 8
"""No token is longer, on average: so many characters for each that was asked for are enough."""
_THINKING = 8
"""How much longer a reply with its thoughts may be than without."""
_LOOK_EVERY, _ROUND, _ROUNDS = 200, 40, 6
"""A reply whose last 40 characters stand in it six times goes round in circles."""


class Model:
    """A LlamaIndex language model, as Sanad asks it. Every method raises AnswerFailed.

    `profile` is what it can do; left out, what was measured of a model of its name before the
    product was made, else what a model that nobody has tried is asked for.
    """

    def __init__(self, llm: LLM, profile: Profile | None = None) -> None:
        self._llm = llm
        self.profile = profile or shipped(llm.metadata.model_name) or UNTRIED
        from llama_index.llms.openai import OpenAI

        self._is_openai = isinstance(llm, OpenAI)
        self._is_embedded = llm.metadata.model_name == models.DEFAULT_LANGUAGE_MODEL

    def can(self, capability: Capability) -> bool:
        """Whether its profile says so."""
        return self.profile.can(capability)

    def stream(self, messages: Sequence[ChatMessage], *, long: bool = False) -> Generator[str]:
        """The reply as it is written, without thoughts; closing the iterator stops the model.

        The reply of an endpoint comes when it is whole: only its end tells that no thought began
        it.
        """
        tokens = LONG_TOKENS if long else SENTENCE_TOKENS
        if self._is_openai and not self._is_embedded:
            yield self._whole(messages, tokens)
            return
        deltas = self._deltas(messages, tokens, _CHARACTERS * tokens)
        with closing(stream_spoken(deltas, _prompt(messages))) as said:
            yield from said

    def reply(
        self, messages: Sequence[ChatMessage], *, schema: Mapping[str, Any] | None = None
    ) -> str:
        """The whole reply, of a sentence or two; as JSON of that schema where it can be had."""
        options: dict[str, Any] = {}
        if schema is not None and self._is_openai:
            options["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "reply", "schema": dict(schema)},
            }
        return self._whole(messages, _REPLY_TOKENS, **options)

    def _whole(
        self,
        messages: Sequence[ChatMessage],
        tokens: int,
        **options: Any,  # noqa: ANN401
    ) -> str:
        most = _CHARACTERS * tokens
        # Streamed, so that whoever closes the answer stops the model.
        with closing(self._deltas(messages, tokens, _THINKING * most, **options)) as deltas:
            return spoken("".join(deltas), _prompt(messages))[:most]

    def _deltas(
        self,
        messages: Sequence[ChatMessage],
        tokens: int,
        most: int,
        **options: Any,  # noqa: ANN401 - as the client takes them
    ) -> Generator[str]:
        """What the model writes, up to `most` characters: not every endpoint counts tokens."""
        if self._is_openai:
            options["max_tokens"] = tokens
        written = _Written(most)
        stop = current()
        try:
            with closing(self._llm.stream_chat(list(messages), **options)) as responses:
                for response in responses:
                    if stop.is_set():
                        return
                    if response.delta:
                        yield response.delta
                        if written.is_enough(response.delta):
                            return
        except _model_errors() as error:
            raise self._failed(error) from error

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

    def _failed(self, error: Exception) -> AnswerFailed:
        key = getattr(self._llm, "api_key", None)
        said = what_happened(error)
        if key:
            said = said.replace(key, "…")
        reason = " ".join("".join(filter(_shown, said)).split())[:_DETAIL]
        return AnswerFailed(model=self._llm.metadata.model_name, detail=reason)


class _Written:
    """How much a model has written, and whether it goes round in circles."""

    def __init__(self, most: int) -> None:
        self._most, self._text, self._looked = most, "", 0

    def is_enough(self, delta: str) -> bool:
        self._text += delta
        if len(self._text) - self._looked < _LOOK_EVERY:
            return len(self._text) >= self._most
        self._looked = len(self._text)
        return self._looked >= self._most or self._text.count(self._text[-_ROUND:]) >= _ROUNDS


def what_happened(error: BaseException) -> str:
    """Why a model did not answer, as a clause."""
    import httpx
    from openai import APIConnectionError, APIStatusError

    cause: BaseException | None = error
    while isinstance(cause, APIConnectionError) and cause.__cause__ is not None:
        cause = cause.__cause__
    if isinstance(cause, APIStatusError):
        said = cause.body.get("message") if isinstance(cause.body, dict) else None
        message = f": {said}" if isinstance(said, str) and said else ""
        return f"it answers with status {cause.status_code}{message}"
    if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout):
        return "nothing answers at its address"
    if isinstance(cause, httpx.ProxyError):
        return f"the proxy does not let it through ({cause})"
    return str(cause)


def _shown(letter: str) -> bool:
    return letter.isprintable() or letter.isspace()


def _prompt(messages: Sequence[ChatMessage]) -> str:
    return "\n".join(str(message.content) for message in messages)


def _model_errors() -> tuple[type[Exception], ...]:
    """What a model's client may raise; imported late, with the client."""
    import httpx
    from openai import OpenAIError

    return (OpenAIError, httpx.HTTPError, EndpointFault, OSError)
