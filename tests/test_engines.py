"""The assistant within LlamaIndex: query engine, chat engine, retriever, tool."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_selector import BaseSelector, SelectorResult, SingleSelection
from llama_index.core.base.llms.types import ChatMessage, MessageRole, ToolCallBlock
from llama_index.core.base.response.schema import (
    AsyncStreamingResponse,
    Response,
    StreamingResponse,
)
from llama_index.core.callbacks import CallbackManager, CBEventType, LlamaDebugHandler
from llama_index.core.chat_engine.types import AgentChatResponse, BaseChatEngine
from llama_index.core.llms import MockLLM
from llama_index.core.llms.mock import MockFunctionCallingLLM
from llama_index.core.prompts.mixin import PromptDictType
from llama_index.core.query_engine import (
    RetrieverQueryEngine,
    RouterQueryEngine,
    SubQuestionQueryEngine,
)
from llama_index.core.question_gen.types import BaseQuestionGenerator, SubQuestion
from llama_index.core.response_synthesizers import get_response_synthesizer
from llama_index.core.schema import NodeWithScore, QueryBundle
from llama_index.core.settings import Settings
from llama_index.core.tools import QueryEngineTool, ToolMetadata
from llama_index.core.vector_stores import FilterOperator, MetadataFilter, MetadataFilters

from index import Library
from index.errors import QuestionInvalid
from rag import Assistant, Turn, prompt
from rag.engines import CitedChatStream, CitedResponse
from rag.errors import FilterInvalid
from rag.history import turns_of
from tests.conftest import DOCUMENTS, MakeLibrary
from tests.scripted import ScriptedLLM
from tests.test_asynchronous import LONG, until

DEEP = "How deep is the pond in the garden?"
TWO = "The pond is two metres deep. Forty goldfish live in it."
CITED = "The pond is two metres deep. [1] Forty goldfish live in it. [1]"
QUOTE = "It is two metres deep, and forty goldfish live in it."
ABOUT = "Who discovered the planet Neptune?"


@pytest.fixture(scope="module")
def library(make_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The three small documents; answering changes nothing in them."""
    return make_library(tmp_path_factory.mktemp("library"), DOCUMENTS)


def check_nodes(nodes: Sequence[NodeWithScore], library: Library) -> None:
    """Every passage and every quotation stands in its document where its metadata say."""
    assert nodes
    for node in nodes:
        told = node.metadata
        text = library.document(told["document"]).text
        assert text[told["start"] : told["end"]] == node.text
        assert node.node.ref_doc_id == told["document"]
        for citation in told.get("citations", ()):
            assert text[citation["start"] : citation["end"]] == citation["quote"]


def filtered(key: str, value: str | int, operator: FilterOperator) -> MetadataFilters:
    return MetadataFilters(filters=[MetadataFilter(key=key, value=value, operator=operator)])


# --- Query engine --------------------------------------------------------------------------------


def test_the_answer_comes_with_its_sources_first(library: Library) -> None:
    engine = Assistant(library, ScriptedLLM(TWO), passages=3).as_query_engine()
    assert isinstance(engine, BaseQueryEngine)
    response = engine.query(DEEP)
    assert isinstance(response, Response)
    assert (response.response, str(response)) == (CITED, CITED)
    check_nodes(response.source_nodes, library)
    first, *others = (node.metadata for node in response.source_nodes)
    assert (first["document"], first["marker"], first["quote"]) == ("garden.md", 1, QUOTE)
    assert (first["language"], first["page"]) == ("en", None)
    assert first["section"] == ["The school garden", "The pond"]
    assert others
    assert not any("marker" in told for told in others)
    assert response.metadata is not None
    assert response.metadata["abstained"] is False
    assert response.metadata["doubtful"] is False
    (citation,) = response.metadata["citations"]
    assert (citation["marker"], citation["document"], citation["quote"]) == (1, "garden.md", QUOTE)
    text = library.document("garden.md").text
    assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_sources_are_in_the_order_of_their_markers_whatever_search_thought(
    library: Library,
) -> None:
    question = "Who owns the bakery, and how deep is the pond?"
    llm = ScriptedLLM("The owner is Piet Verhagen.", "The pond is two metres deep.")
    response = Assistant(library, llm, passages=1).as_query_engine().query(question)
    assert str(response) == "The owner is Piet Verhagen. [1] The pond is two metres deep. [2]"
    told = [node.metadata for node in response.source_nodes]
    assert [(each["document"], each.get("marker")) for each in told][:2] == [
        ("bakery.txt", 1),
        ("garden.md", 2),
    ]
    check_nodes(response.source_nodes, library)


def test_a_refusal_shows_what_was_near_and_cites_nothing(library: Library) -> None:
    engine = Assistant(library, ScriptedLLM("x"), strictness="strict").as_query_engine()
    response = engine.query(ABOUT)
    assert str(response) == prompt.REFUSAL["en"]
    assert response.metadata is not None
    assert (response.metadata["abstained"], response.metadata["citations"]) == (True, [])
    assert response.source_nodes
    assert not any("marker" in node.metadata for node in response.source_nodes)


def test_streaming_fills_in_the_sources(library: Library) -> None:
    engine = Assistant(library, ScriptedLLM(TWO)).as_query_engine(streaming=True)
    response = engine.query(DEEP)
    assert isinstance(response, StreamingResponse)
    parts = list(response.response_gen)
    assert parts == ["The pond is two metres deep. [1]", " Forty goldfish live in it. [1]"]
    check_nodes(response.source_nodes, library)
    assert response.source_nodes[0].metadata["quote"] == QUOTE
    assert response.metadata is not None
    assert response.metadata["citations"][0]["quote"] == QUOTE
    whole = engine.query(DEEP)
    assert isinstance(whole, StreamingResponse)
    assert whole.get_response().source_nodes[0].metadata["marker"] == 1


def test_closing_what_is_streamed_stops_the_model(library: Library) -> None:
    llm = ScriptedLLM(LONG, step=1)
    response = Assistant(library, llm).as_query_engine(streaming=True).query(DEEP)
    assert isinstance(response, StreamingResponse)
    assert next(response.response_gen) == "The pond is two metres deep. [1]"
    response.response_gen.close()
    assert llm.closed


def test_the_query_engine_answers_an_event_loop(library: Library) -> None:
    async def asked() -> None:
        response = await Assistant(library, ScriptedLLM(TWO)).as_query_engine().aquery(DEEP)
        assert str(response) == CITED
        check_nodes(response.source_nodes, library)
        engine = Assistant(library, ScriptedLLM(TWO)).as_query_engine(streaming=True)
        streamed = await engine.aquery(DEEP)
        assert isinstance(streamed, AsyncStreamingResponse)
        assert "".join([text async for text in streamed.async_response_gen()]) == CITED
        assert streamed.source_nodes[0].metadata["quote"] == QUOTE

    asyncio.run(asked())


@pytest.mark.parametrize("way", ["close", "cancel"])
def test_who_leaves_in_the_middle_stops_the_model(library: Library, way: str) -> None:
    llm = ScriptedLLM(LONG, step=1, pause=0.001)

    async def asked() -> None:
        if way == "cancel":
            asking = asyncio.create_task(Assistant(library, llm).as_query_engine().aquery(DEEP))
            await until(lambda: llm.given > 30)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
        else:
            engine = Assistant(library, llm).as_query_engine(streaming=True)
            streamed = await engine.aquery(DEEP)
            assert isinstance(streamed, AsyncStreamingResponse)
            async for _ in streamed.response_gen:
                break
            await streamed.response_gen.aclose()
        await until(lambda: llm.closed)

    asyncio.run(asked())
    assert llm.given < len(LONG) / 2


def test_only_the_wanted_documents_are_asked(library: Library) -> None:
    assistant = Assistant(library, ScriptedLLM(TWO))
    engine = assistant.as_query_engine(documents=["bakery.txt", "قطار.md"])
    response = engine.query(DEEP)
    assert {node.metadata["document"] for node in response.source_nodes} <= {
        "bakery.txt",
        "قطار.md",
    }
    found = engine.retrieve(QueryBundle(DEEP))
    assert {node.metadata["document"] for node in found} == {"bakery.txt", "قطار.md"}
    arabic = assistant.as_query_engine(language="ar", documents=[]).query(DEEP)
    assert str(arabic) == prompt.REFUSAL["ar"]


def test_callbacks_are_told_of_a_query(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = LlamaDebugHandler(print_trace_on_end=False)
    monkeypatch.setattr(Settings, "_callback_manager", CallbackManager([handler]))
    Assistant(library, ScriptedLLM(TWO)).as_query_engine().query(DEEP)
    ((begun, ended),) = handler.get_event_pairs(CBEventType.QUERY)
    assert begun.payload == {"query_str": DEEP}
    assert ended.payload is not None
    assert str(ended.payload["response"]) == CITED


def test_what_cannot_be_asked_is_told(library: Library) -> None:
    with pytest.raises(QuestionInvalid):
        Assistant(library, ScriptedLLM("x")).as_query_engine().query("  ")


# --- Retriever -----------------------------------------------------------------------------------


def test_the_retriever_drops_into_another_query_engine(library: Library) -> None:
    retriever = Assistant(library, ScriptedLLM("x")).as_retriever(k=1)
    engine = RetrieverQueryEngine.from_args(retriever, llm=MockLLM())
    response = engine.query(DEEP)
    assert [node.metadata["document"] for node in response.source_nodes] == ["garden.md"]
    check_nodes(response.source_nodes, library)
    assert QUOTE in str(response)  # it says again what it was shown


def test_the_retriever_answers_an_event_loop(library: Library) -> None:
    retriever = Assistant(library, ScriptedLLM("x")).as_retriever(k=3)

    async def asked() -> list[list[NodeWithScore]]:
        return await asyncio.gather(*(retriever.aretrieve(DEEP) for _ in range(5)))

    expected = [node.node_id for node in retriever.retrieve(DEEP)]
    assert len(expected) == 3
    for nodes in asyncio.run(asked()):
        assert [node.node_id for node in nodes] == expected


def test_filters_choose_among_the_documents(library: Library) -> None:
    assistant = Assistant(library, ScriptedLLM("x"))

    def found(filters: MetadataFilters, documents: Sequence[str] | None = None) -> set[str]:
        retriever = assistant.as_retriever(k=9, filters=filters, documents=documents)
        return {node.metadata["document"] for node in retriever.retrieve(DEEP)}

    assert found(filtered("language", "ar", FilterOperator.EQ)) == {"قطار.md"}
    english = filtered("language", "ar", FilterOperator.NE)
    assert found(english) == {"garden.md", "bakery.txt"}
    assert found(english, ["bakery.txt", "قطار.md"]) == {"bakery.txt"}
    assert found(filtered("document", ".md", FilterOperator.TEXT_MATCH)) == {"garden.md", "قطار.md"}
    assert found(filtered("added", "2000", FilterOperator.LT)) == set()


@pytest.mark.parametrize(
    "filters",
    [
        filtered("author", "Amal", FilterOperator.EQ),
        filtered("pages", "two", FilterOperator.GT),
        MetadataFilters(filters=[filtered("language", "ar", FilterOperator.EQ)]),
    ],
    ids=["unknown", "types", "nested"],
)
def test_filters_that_cannot_be_used_are_told(library: Library, filters: MetadataFilters) -> None:
    assistant = Assistant(library, ScriptedLLM("x"))
    with pytest.raises(FilterInvalid):
        assistant.as_retriever(filters=filters).retrieve(DEEP)
    with pytest.raises(FilterInvalid):
        assistant.as_query_engine(filters=filters).query(DEEP)


# --- Chat engine ---------------------------------------------------------------------------------


def test_a_follow_up_leans_on_what_came_before(library: Library) -> None:
    engine = Assistant(library, ScriptedLLM(TWO)).as_chat_engine()
    assert isinstance(engine, BaseChatEngine)
    response = engine.chat(DEEP)
    assert isinstance(response, AgentChatResponse)
    assert (response.response, response.metadata and response.metadata["abstained"]) == (
        CITED,
        False,
    )
    check_nodes(response.source_nodes, library)
    follow_up = engine.chat("And who feeds them?")
    assert follow_up.source_nodes[0].metadata["document"] == "garden.md"
    assert [message.role for message in engine.chat_history] == [
        MessageRole.USER,
        MessageRole.ASSISTANT,
    ] * 2
    assert engine.chat_history[1].content == CITED
    engine.reset()
    assert engine.chat_history == []


def test_a_history_that_is_handed_in_takes_the_place_of_the_one_kept(library: Library) -> None:
    seen: list[list[Turn]] = []

    class Listening(Assistant):
        def stream(self, question, history=(), **kwargs):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN003, ANN202
            seen.append(list(history))
            return super().stream(question, history, **kwargs)

    before = [
        ChatMessage(role=MessageRole.SYSTEM, content="You are a parrot."),
        ChatMessage(role=MessageRole.USER, content="Who keeps the pond?"),
        ChatMessage(role=MessageRole.ASSISTANT, content="Mrs. Ostrander. [1]"),
    ]
    engine = Listening(library, ScriptedLLM(TWO)).as_chat_engine(before)
    engine.chat(DEEP)
    engine.chat("And who feeds them?")
    engine.chat(DEEP, chat_history=before[1:])
    engine.chat(DEEP, chat_history=[])
    first = Turn("Who keeps the pond?", "Mrs. Ostrander. [1]")
    assert seen == [[first], [first, Turn(DEEP, CITED)], [first], []]
    assert len(engine.chat_history) == 2


def test_turns_are_read_out_of_messages() -> None:
    refusal = prompt.REFUSAL["en"]
    assert turns_of(
        [
            ("system", "Be brief."),
            ("assistant", "How can I help?"),
            ("user", "Unanswered?"),
            ("user", " Who won? "),
            ("tool", "..."),
            ("assistant", refusal),
            ("assistant", "And more."),
            ("user", "Last?"),
        ]
    ) == [Turn("Who won?", refusal, "refused")]
    empty = prompt.NO_DOCUMENTS["ar"]
    assert turns_of([("user", "من؟"), ("assistant", empty)]) == [Turn("من؟", empty, "refused")]


def test_small_talk_of_a_chat_is_known_again(library: Library) -> None:
    engine = Assistant(library, ScriptedLLM(TWO)).as_chat_engine()
    engine.chat("Hello!")
    (turn,) = turns_of((m.role.value, m.content or "") for m in engine.chat_history)
    assert turn.outcome == "small_talk"


def test_the_chat_engine_streams(library: Library) -> None:
    engine = Assistant(library, ScriptedLLM(TWO)).as_chat_engine()
    response = engine.stream_chat(DEEP)
    assert engine.chat_history == []  # nothing was said yet
    assert "".join(response.response_gen) == CITED
    assert str(response) == CITED
    assert isinstance(response, CitedChatStream)
    assert response.metadata["citations"][0]["quote"] == QUOTE
    assert response.source_nodes[0].metadata["marker"] == 1
    assert [message.content for message in engine.chat_history] == [DEEP, CITED]


def test_the_chat_engine_answers_an_event_loop(library: Library) -> None:
    async def asked() -> None:
        engine = Assistant(library, ScriptedLLM(TWO)).as_chat_engine()
        response = await engine.achat(DEEP)
        assert str(response) == CITED
        streamed = await engine.astream_chat(DEEP)
        assert "".join([text async for text in streamed.async_response_gen()]) == CITED
        assert streamed.source_nodes[0].metadata["quote"] == QUOTE
        assert len(engine.chat_history) == 4

    asyncio.run(asked())


def test_a_chat_answer_that_was_left_stops_the_model_and_is_not_remembered(
    library: Library,
) -> None:
    llm = ScriptedLLM(LONG, step=1, pause=0.001)
    engine = Assistant(library, llm).as_chat_engine()
    texts = engine.stream_chat(DEEP).response_gen
    next(texts)
    texts.close()
    assert engine.chat_history == []

    async def asked() -> None:
        streamed = await engine.astream_chat(DEEP)
        async for _ in streamed.async_response_gen():
            break
        assert streamed.achat_stream is not None
        await streamed.achat_stream.aclose()
        await until(lambda: llm.closed)

    asyncio.run(asked())
    assert engine.chat_history == []


# --- Tool ----------------------------------------------------------------------------------------


def test_the_tool_says_what_its_answer_rests_on(library: Library) -> None:
    tool = Assistant(library, ScriptedLLM(TWO)).as_tool(name="garden", description="About it.")
    assert isinstance(tool, QueryEngineTool)
    assert (tool.metadata.name, tool.metadata.description) == ("garden", "About it.")
    output = tool.call(DEEP)
    assert output.content == f"{CITED}\n\n[1] garden.md: “{QUOTE}”"
    assert isinstance(output.raw_output, CitedResponse)
    check_nodes(output.raw_output.source_nodes, library)
    assert asyncio.run(tool.acall(input=DEEP)).content == output.content
    strict = Assistant(library, ScriptedLLM("x"), strictness="strict").as_tool()
    assert strict.call(input=ABOUT).content == prompt.REFUSAL["en"]


def test_an_agent_uses_the_tool(library: Library) -> None:
    heard: list[str] = []

    def says(messages: Sequence[ChatMessage], **_: object) -> ChatMessage:
        last = messages[-1]
        if last.role == MessageRole.TOOL:
            heard.append(last.content or "")
            return ChatMessage(role=MessageRole.ASSISTANT, content="Two metres, says garden.md.")
        block = ToolCallBlock(
            tool_call_id="1", tool_name="ask_documents", tool_kwargs={"input": DEEP}
        )
        return ChatMessage(role=MessageRole.ASSISTANT, blocks=[block])

    tool = Assistant(library, ScriptedLLM(TWO)).as_tool()
    agent = FunctionAgent(tools=[tool], llm=MockFunctionCallingLLM(response_generator=says))

    async def run() -> str:
        return str(await agent.run("How deep is the pond?"))

    assert asyncio.run(run()) == "Two metres, says garden.md."
    assert heard == [f"{CITED}\n\n[1] garden.md: “{QUOTE}”"]


class Second(BaseSelector):
    """Chooses the second of what there is."""

    def _select(self, choices: Sequence[ToolMetadata], query: QueryBundle) -> SelectorResult:
        return SelectorResult(selections=[SingleSelection(index=1, reason="it is the second")])

    async def _aselect(self, choices: Sequence[ToolMetadata], query: QueryBundle) -> SelectorResult:
        return self._select(choices, query)

    def _get_prompts(self) -> PromptDictType:
        return {}

    def _update_prompts(self, prompts: PromptDictType) -> None:
        pass


def test_a_router_sends_questions_to_the_tool(library: Library) -> None:
    assistant = Assistant(library, ScriptedLLM(TWO))
    tools = [
        assistant.as_tool("bakery", documents=["bakery.txt"]),
        assistant.as_tool("garden", documents=["garden.md"]),
    ]
    router = RouterQueryEngine(Second(), tools, llm=MockLLM())
    response = router.query(DEEP)
    assert str(response) == CITED
    assert response.source_nodes[0].metadata["quote"] == QUOTE
    assert response.metadata is not None
    assert response.metadata["abstained"] is False
    assert str(asyncio.run(router.aquery(DEEP))) == CITED


class Parts(BaseQuestionGenerator):
    """Makes two questions of any."""

    def generate(self, tools: Sequence[ToolMetadata], query: QueryBundle) -> list[SubQuestion]:
        name = tools[0].name or ""
        return [
            SubQuestion(sub_question=DEEP, tool_name=name),
            SubQuestion(sub_question="How many goldfish live in the pond?", tool_name=name),
        ]

    async def agenerate(
        self, tools: Sequence[ToolMetadata], query: QueryBundle
    ) -> list[SubQuestion]:
        return self.generate(tools, query)

    def _get_prompts(self) -> PromptDictType:
        return {}

    def _update_prompts(self, prompts: PromptDictType) -> None:
        pass


@pytest.mark.parametrize("use_async", [False, True])
def test_sub_questions_are_answered_by_the_tool(library: Library, use_async: bool) -> None:
    engine = SubQuestionQueryEngine(
        Parts(),
        get_response_synthesizer(llm=MockLLM(), use_async=use_async),
        [Assistant(library, ScriptedLLM(TWO)).as_tool("garden")],
        verbose=False,
        use_async=use_async,
    )
    response = engine.query("What is there to know about the pond?")
    assert str(response).count(CITED) == 2  # it says again what it was shown
    quotes = [node.metadata.get("quote") for node in response.source_nodes]
    assert quotes.count(QUOTE) == 2
