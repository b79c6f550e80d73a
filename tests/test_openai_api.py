"""OpenAI's interface, called by its official client, by LlamaIndex and by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import openai
import pytest
from llama_index.core.llms import ChatMessage
from llama_index.llms.openai_like import OpenAILike
from openai import OpenAI

from index import Library
from rag import prompt
from rag.types import Turn
from tests.live import live
from tests.scripted import ScriptedLLM
from ui.http.openai import conversation_of
from ui.http.openai_bodies import Message

if TYPE_CHECKING:
    from tests.conftest import MakeLibrary

HANDBOOK = (
    "Every new employee has thirty days of paid annual leave. "
    "Leave is requested two weeks ahead through the portal."
)
QUESTION = "How many days of annual leave does a new employee have?"
ANSWER = "A new employee has thirty days of paid annual leave."


@pytest.fixture(scope="module")
def llm() -> ScriptedLLM:
    return ScriptedLLM(ANSWER)


@pytest.fixture(scope="module")
def library(make_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> Library:
    texts = {"handbook.md": HANDBOOK, "pond.txt": "Nine goldfish live in the pond."}
    return make_library(tmp_path_factory.mktemp("openai"), texts)


@pytest.fixture(scope="module")
def url(library: Library, llm: ScriptedLLM) -> Iterator[str]:
    with live(library, llm) as url:
        yield url


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client:
        yield client


def ask(client: OpenAI, question: str = QUESTION, **options: Any) -> Any:  # noqa: ANN401
    said = [{"role": "user", "content": question}]
    return client.chat.completions.create(model="sanad", messages=said, **options)  # type: ignore[arg-type]


# --- Answers -------------------------------------------------------------------------------------


def test_an_answer_carries_its_quotations(client: OpenAI, library: Library) -> None:
    completion = ask(client)
    (choice,) = completion.choices
    assert choice.message.content == f"{ANSWER} [1]"
    assert (choice.message.role, choice.finish_reason) == ("assistant", "stop")
    (citation,) = completion.sanad["citations"]
    text = library.document(citation["document"]).text
    assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert completion.sanad["abstained"] is False


def test_an_answer_comes_as_it_is_written(client: OpenAI) -> None:
    chunks = list(ask(client, stream=True))
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert said == f"{ANSWER} [1]"
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks][-2:] == [None, "stop"]
    assert chunks[-1].sanad["citations"][0]["document"] == "handbook.md"
    assert len({chunk.id for chunk in chunks}) == 1


@pytest.mark.parametrize("stream", [False, True])
def test_references_come_on_request(client: OpenAI, stream: bool) -> None:
    reply = ask(client, stream=stream, extra_body={"references": True})
    text = (
        "".join(chunk.choices[0].delta.content or "" for chunk in reply)
        if stream
        else reply.choices[0].message.content
    )
    quote = "“Every new employee has thirty days of paid annual leave.”"
    assert text == f"{ANSWER} [1]\n\n[1] handbook.md: {quote}"


def test_only_the_named_documents_are_asked(client: OpenAI) -> None:
    completion = ask(client, extra_body={"documents": ["pond.txt"], "language": "ar"})
    assert {one["document"] for one in completion.sanad["citations"]} <= {"pond.txt"}
    assert completion.sanad["language"] == "ar"
    with pytest.raises(openai.NotFoundError, match=r"other\.md"):
        ask(client, extra_body={"documents": ["other.md"]})


def test_llamaindex_asks_as_any_endpoint(url: str) -> None:
    llm = OpenAILike(model="sanad", api_base=f"{url}/v1", api_key="none", is_chat_model=True)
    said = [ChatMessage(role="user", content=QUESTION)]
    assert llm.chat(said).message.content == f"{ANSWER} [1]"
    assert [*llm.stream_chat(said)][-1].message.content == f"{ANSWER} [1]"


def test_a_program_like_open_webui_is_answered(url: str) -> None:
    """It lists the models, and sends a system message and options that are of no effect."""
    with httpx.Client(base_url=url, timeout=30) as http:
        names = [model["id"] for model in http.get("/v1/models").json()["data"]]
        assert names[0] == "sanad"
        body = {
            "model": names[0],
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": 0.7,
            "messages": [
                {"role": "system", "content": "Answer like a pirate."},
                {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
            ],
        }
        reply = http.post("/v1/chat/completions", json=body)
    assert reply.headers["content-type"].startswith("text/event-stream")
    lines = [line.removeprefix("data: ") for line in reply.text.splitlines() if line]
    assert lines[-1] == "[DONE]"
    said = (json.loads(line)["choices"][0]["delta"].get("content", "") for line in lines[:-1])
    assert "".join(said) == f"{ANSWER} [1]"


# --- The conversation ----------------------------------------------------------------------------


def messages(*said: tuple[str, str]) -> list[Message]:
    return [Message.model_validate({"role": role, "content": text}) for role, text in said]


def test_what_was_said_before_is_the_history() -> None:
    question, history = conversation_of(
        messages(
            ("system", "Be kind."),
            ("user", "Who keeps the pond?"),
            ("assistant", "Mrs. Ostrander. [1]\n\n[1] pond.txt: “Keeper: Mrs. Ostrander”"),
            ("user", "Who won?"),
            ("assistant", prompt.REFUSAL["en"]),
            ("user", "never answered"),
            ("user", "Since when?"),
        )
    )
    assert question == "Since when?"
    assert history == [
        Turn("Who keeps the pond?", "Mrs. Ostrander. [1]"),
        Turn("Who won?", prompt.REFUSAL["en"], "refused"),
    ]


def test_a_long_conversation_is_cut_not_refused() -> None:
    said = [("user", "Why?"), ("assistant", "x" * 50_000)] * 100
    question, history = conversation_of(messages(*said, ("user", "And now?")))
    assert question == "And now?"
    assert len(history) == 20
    assert len(history[0].answer) == 8_000


def test_a_follow_up_is_understood(client: OpenAI, llm: ScriptedLLM) -> None:
    said = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": f"{ANSWER} [1]"},
        {"role": "user", "content": "And how is it requested?"},
    ]
    client.chat.completions.create(model="sanad", messages=said)  # type: ignore[arg-type]
    assert "two weeks ahead" in llm.prompts[-1]


# --- Vectors -------------------------------------------------------------------------------------


def test_embeddings_are_those_of_the_library(client: OpenAI, library: Library) -> None:
    texts = ["Nine goldfish live in the pond.", "في البركة تسع أسماك ذهبية."]
    reply = client.embeddings.create(model=library.passage_model, input=texts)  # as base64
    expected = library.passage_embedder.passages(texts)
    assert np.allclose([one.embedding for one in reply.data], expected, atol=1e-3)
    assert reply.usage.prompt_tokens > 10
    floats = client.embeddings.create(
        model=library.passage_model, input=texts[0], encoding_format="float"
    )
    assert np.allclose(floats.data[0].embedding, expected[0], atol=1e-3)
    asked = client.embeddings.create(
        model=library.passage_model, input=QUESTION, extra_body={"input_type": "query"}
    )
    query = library.passage_embedder.query(QUESTION)
    assert float(np.array(asked.data[0].embedding) @ query) > 0.999


# --- What cannot be answered ---------------------------------------------------------------------


def test_errors_have_the_shape_that_the_client_knows(client: OpenAI, library: Library) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("gpt-9")
    assert caught.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError, match="ask sanad"):
        client.chat.completions.create(
            model="gpt-9", messages=[{"role": "user", "content": QUESTION}]
        )
    with pytest.raises(openai.BadRequestError, match=r"it is empty|is the question"):
        ask(client, "  ")
    with pytest.raises(openai.BadRequestError, match="dimensions"):
        client.embeddings.create(model=library.passage_model, input="a", dimensions=7)
    assert client.models.retrieve("sanad").id == "sanad"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"model": "sanad"},
        {"model": "sanad", "messages": []},
        {"model": "sanad", "messages": [{"role": "assistant", "content": "Hm."}]},
        {"model": "sanad", "messages": [{"role": "user", "content": None}]},
        {"model": "sanad", "messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
        {"model": "sanad", "messages": [{"role": "pirate", "content": "Arr"}]},
        {"model": "sanad", "messages": [{"role": "user", "content": "x" * 300_000}]},
        {"model": "sanad", "messages": [{"role": "user", "content": "x" * 9_000}]},
    ],
)
def test_what_is_no_question_is_refused_in_one_line(url: str, body: dict[str, Any]) -> None:
    reply = httpx.post(f"{url}/v1/chat/completions", json=body, timeout=30)
    assert reply.status_code == 400
    error = reply.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert error["message"]
    assert "\n" not in error["message"]
    assert "xxx" not in error["message"]


def test_other_addresses_and_methods(url: str) -> None:
    assert httpx.get(f"{url}/v1/completions").json()["error"]["type"] == "invalid_request_error"
    assert httpx.get(f"{url}/v1/chat/completions").status_code == 405
    assert httpx.get(f"{url}/v1/openapi.json").json()["info"]["title"] == "Sanad, as OpenAI's API"


def test_other_web_pages_get_no_answer(url: str) -> None:
    headers = {"origin": "https://evil.example"}
    body = {"model": "sanad", "messages": [{"role": "user", "content": QUESTION}]}
    reply = httpx.post(f"{url}/v1/chat/completions", json=body, headers=headers)
    assert reply.status_code == 403


def test_a_model_that_fails_is_told_of_in_the_stream(
    library: Library,
) -> None:
    broken = ScriptedLLM("A new", error=ValueError("the model fell over"))
    with (
        live(library, broken) as url,
        OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client,
        pytest.raises(openai.APIError),
    ):
        list(ask(client, stream=True))
