"""The assistant as LlamaIndex's engines and tools: cited answers wherever LlamaIndex takes one."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Generator, Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.base.response.schema import (
    AsyncStreamingResponse,
    Response,
    StreamingResponse,
)
from llama_index.core.callbacks import CallbackManager
from llama_index.core.callbacks.schema import CBEventType, EventPayload
from llama_index.core.chat_engine.types import (
    AgentChatResponse,
    BaseChatEngine,
    StreamingAgentChatResponse,
)
from llama_index.core.schema import NodeWithScore, QueryBundle
from llama_index.core.settings import Settings
from llama_index.core.tools import QueryEngineTool, ToolOutput

from index import Hit, Language
from index.threads import in_thread
from rag.history import turns_of
from rag.nodes import metadata_of, references, source_nodes
from rag.selection import chosen
from rag.types import Answer, Piece, Turn

if TYPE_CHECKING:
    from llama_index.core.prompts.mixin import PromptMixinType
    from llama_index.core.vector_stores import MetadataFilters

    from rag.assistant import Assistant


@dataclass(frozen=True, slots=True)
class Inquiry:
    """An assistant, the documents that it is to look in, and the language that it answers in."""

    assistant: Assistant
    documents: Collection[str] | None = None
    filters: MetadataFilters | None = None
    language: Language | None = None

    def stream(self, question: str, history: list[Turn], told: _Told) -> Generator[str]:
        """The text of the answer as it is written; `told` learns the rest."""
        pieces = self.assistant.stream(
            question, history, documents=self._documents(), language=self.language
        )
        with closing(pieces):
            for piece in pieces:
                if text := told.hear(piece):
                    yield text

    async def astream(self, question: str, history: list[Turn], told: _Told) -> AsyncGenerator[str]:
        """The same for an event loop."""
        documents = await in_thread(self._documents)
        pieces = self.assistant.astream(
            question, history, documents=documents, language=self.language
        )
        async with aclosing(pieces):
            async for piece in pieces:
                if text := told.hear(piece):
                    yield text

    def _documents(self) -> Collection[str] | None:
        return chosen(self.assistant.library, self.documents, self.filters)


class _Told:
    """What becomes known of an answer while it is written.

    `nodes` and `metadata` are filled when it is complete; both objects stay the same, so that they
    can be handed out before.
    """

    def __init__(self) -> None:
        self.nodes: list[NodeWithScore] = []
        self.metadata: dict[str, Any] = {}
        self.answer: Answer | None = None
        self._found: dict[int, Hit] = {}

    def hear(self, piece: Piece) -> str:
        """The text of the next piece."""
        self._found |= {hit.passage_id: hit for hit in piece.hits}
        if piece.answer is not None:
            self.answer = piece.answer
            self.nodes[:] = source_nodes(piece.answer, self._found.values())
            self.metadata.update(metadata_of(piece.answer))
        return piece.text

    def response(self, text: str) -> CitedResponse:
        """The whole of it."""
        assert self.answer is not None  # noqa: S101 - the last piece always carries it
        return CitedResponse(text, self.nodes, self.metadata, answer=self.answer)


@dataclass(kw_only=True)
class CitedResponse(Response):
    """A LlamaIndex response with the `Answer` that it was made of."""

    answer: Answer


class SanadQueryEngine(BaseQueryEngine):
    """Answers questions from the documents, every sentence with its source.

    `Response.response` is the text with its markers [1], `source_nodes` are the passages that it
    cites, in their order, then what else was found (`rag.nodes`), `metadata` say whether it
    `abstained` or is `doubtful`, and hold the `citations`. When streaming, nodes and metadata are
    complete when the text is; closing the generator stops the language model.
    """

    def __init__(
        self,
        asking: Inquiry,
        *,
        streaming: bool = False,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        self._asking = asking
        self._streaming = streaming
        super().__init__(callback_manager or Settings.callback_manager)

    def retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """The passages found for a query, without an answer."""
        asking = self._asking
        retriever = asking.assistant.as_retriever(
            documents=asking.documents, filters=asking.filters
        )
        return retriever.retrieve(query_bundle)

    def _query(self, query_bundle: QueryBundle) -> CitedResponse | StreamingResponse:
        told = _Told()
        texts = self._asking.stream(query_bundle.query_str, [], told)
        if self._streaming:
            return StreamingResponse(texts, told.nodes, told.metadata)
        with self.callback_manager.event(CBEventType.QUERY, _asked(query_bundle)) as event:
            response = told.response("".join(texts))
            event.on_end({EventPayload.RESPONSE: response})
        return response

    async def _aquery(self, query_bundle: QueryBundle) -> CitedResponse | AsyncStreamingResponse:
        told = _Told()
        texts = self._asking.astream(query_bundle.query_str, [], told)
        if self._streaming:
            return AsyncStreamingResponse(texts, told.nodes, told.metadata)
        with self.callback_manager.event(CBEventType.QUERY, _asked(query_bundle)) as event:
            async with aclosing(texts):
                response = told.response("".join([text async for text in texts]))
            event.on_end({EventPayload.RESPONSE: response})
        return response

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}  # how Sanad asks a model goes with how it checks what is answered


@dataclass
class CitedChatStream(StreamingAgentChatResponse):
    """A chat answer as it is written; `source_nodes` and `metadata` are complete when it is."""

    metadata: dict[str, Any] = field(default_factory=dict)


class SanadChatEngine(BaseChatEngine):
    """A conversation about the documents: a follow-up is understood from what came before.

    An answer is remembered when it is complete; one that was closed or failed leaves nothing.
    A `chat_history` that is handed in takes the place of what was remembered. One engine is one
    conversation.
    """

    def __init__(self, asking: Inquiry, chat_history: Sequence[ChatMessage] = ()) -> None:
        self._asking = asking
        self._messages = list(chat_history)

    @property
    def chat_history(self) -> list[ChatMessage]:
        """The messages so far."""
        return list(self._messages)

    def reset(self) -> None:
        """Begin a new conversation."""
        self._messages = []

    def chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> AgentChatResponse:
        """The whole answer, with its source nodes and metadata."""
        told = _Told()
        texts = self._asking.stream(message, self._history(chat_history), told)
        return self._finished(message, "".join(texts), told)

    async def achat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> AgentChatResponse:
        """The same for an event loop; cancelling it stops the language model."""
        told = _Told()
        texts = self._asking.astream(message, self._history(chat_history), told)
        async with aclosing(texts):
            text = "".join([text async for text in texts])
        return self._finished(message, text, told)

    def stream_chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> CitedChatStream:
        """The answer as it is written; closing its generator stops the language model."""
        told = _Told()
        texts = self._asking.stream(message, self._history(chat_history), told)

        def responses() -> Generator[ChatResponse]:
            text = ""
            with closing(texts):
                for delta in texts:
                    text += delta
                    yield _response(text, delta)
            self._finished(message, text, told)

        return CitedChatStream(
            chat_stream=responses(),
            source_nodes=told.nodes,
            metadata=told.metadata,
            is_writing_to_memory=False,
        )

    async def astream_chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> CitedChatStream:
        """The same for an event loop."""
        told = _Told()
        texts = self._asking.astream(message, self._history(chat_history), told)

        async def responses() -> AsyncGenerator[ChatResponse]:
            text = ""
            async with aclosing(texts):
                async for delta in texts:
                    text += delta
                    yield _response(text, delta)
            self._finished(message, text, told)

        return CitedChatStream(
            achat_stream=responses(),
            source_nodes=told.nodes,
            metadata=told.metadata,
            is_writing_to_memory=False,
        )

    def _history(self, given: list[ChatMessage] | None) -> list[Turn]:
        if given is not None:
            self._messages = list(given)
        return turns_of((each.role.value, each.content or "") for each in self._messages)

    def _finished(self, message: str, text: str, told: _Told) -> AgentChatResponse:
        self._messages += [
            ChatMessage(role=MessageRole.USER, content=message),
            ChatMessage(role=MessageRole.ASSISTANT, content=text),
        ]
        return AgentChatResponse(text, source_nodes=told.nodes, metadata=told.metadata)


class SanadTool(QueryEngineTool):
    """The documents as a tool of an agent: it reads the answer, and what the answer rests on.

    The quotations stand below the text, so that the agent can pass them on; the tool's
    `raw_output` is the `Response` with its source nodes.
    """

    def call(self, *args: object, **kwargs: object) -> ToolOutput:
        """Ask the question that is the only argument, or called `input`."""
        return _with_references(super().call(*args, **kwargs))

    async def acall(self, *args: object, **kwargs: object) -> ToolOutput:
        """The same for an event loop."""
        return _with_references(await super().acall(*args, **kwargs))


def _asked(query_bundle: QueryBundle) -> dict[str, Any]:
    return {EventPayload.QUERY_STR: query_bundle.query_str}


def _response(text: str, delta: str) -> ChatResponse:
    return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=text), delta=delta)


def _with_references(output: ToolOutput) -> ToolOutput:
    answered = output.raw_output
    if isinstance(answered, CitedResponse) and answered.answer.citations:
        output.content = f"{output.content}\n\n{references(answered.answer.citations)}"
    return output
