"""The HTTP API keeps to its schema, and takes no harm from bodies that nobody would write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import Library
from rag import Assistant
from tests.conformance import HANDBOOK, tried
from tests.entered import Decided
from tests.scripted import ScriptedLLM
from ui.access import Access
from ui.chats import FILE_NAME, ChatStore
from ui.http.app import create_app
from ui.http.openai import PATH, create_openai_app
from ui.threads import ThreadedStream

if TYPE_CHECKING:
    from tests.conftest import MakeLibrary

ADDRESSES = (
    ("POST", "/api/v1/ask"),
    ("POST", "/api/v1/search"),
    ("POST", "/api/v1/documents"),
    ("POST", "/api/v1/documents/text"),
    ("POST", "/api/v1/rebuild"),
    ("POST", "/api/v1/sync"),
    ("PATCH", "/api/v1/conversations/x"),
    ("PUT", "/api/v1/exchanges/x/rating"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/v1/embeddings"),
)
FIELDS = ("question", "query", "history", "conversation", "folder", "name", "rating", "messages")
KINDS = ("application/json", "text/plain", "multipart/form-data; boundary=x", "application/x-y")

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
fuzzed = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def library(make_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> Library:
    return make_library(tmp_path_factory.mktemp("conformance"), {"handbook.md": HANDBOOK})


@pytest.fixture(scope="module")
def client(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    assistant = Assistant(library, ScriptedLLM("Thirty days."))
    chats = ChatStore(tmp_path_factory.mktemp("chats") / FILE_NAME)
    answers = ThreadedStream()
    app = create_app(library, lambda: assistant, answers, chats, ready=lambda: True)
    app.mount(PATH, create_openai_app(library, lambda: assistant, answers))
    served = Decided(app, Access("tester", "owner", id="tester", serves=True))
    # What fails inside is an answer here too, as it is for a client.
    with TestClient(served, raise_server_exceptions=False) as client:
        yield client
    chats.close()


@given(
    asked=st.sampled_from(ADDRESSES),
    body=st.binary(max_size=200) | values.map(lambda value: json.dumps(value).encode()),
    kind=st.sampled_from(KINDS),
)
@fuzzed
def test_no_body_is_answered_with_a_failure(
    client: TestClient, asked: tuple[str, str], body: bytes, kind: str
) -> None:
    answer = client.request(*asked, content=body, headers={"content-type": kind})
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert answer.json()["error"]["message"]
        assert "\n" not in answer.json()["error"]["message"]


@given(field=st.sampled_from(FIELDS), value=values)
@fuzzed
def test_wrong_types_in_the_right_fields_are_told_of(
    client: TestClient, field: str, value: object
) -> None:
    body = json.dumps({"question": "How many days?", field: value})
    headers = {"content-type": "application/json"}
    answer = client.post("/api/v1/ask", content=body, headers=headers)
    assert answer.status_code in (200, 400, 404, 422)


@pytest.mark.parametrize("address", ["/api/v1/ask", "/api/v1/documents/text", "/v1/embeddings"])
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 500_000,
        b'{"question":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"question": ' + b"9" * 100_000 + b"}",
        b'{"question": "\\ud800", "name": "\\udfff", "text": "\\ud800"}',
        b'{"question": 1e999, "k": NaN}',
        b"\xff\xfe\x00",
    ],
    ids=("deep list", "deep object", "long number", "half characters", "no numbers", "no text"),
)
def test_hostile_json_is_refused(client: TestClient, address: str, body: bytes) -> None:
    answer = client.post(address, content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert len(answer.text) < 3_000


def test_answers_are_those_of_the_schema(library: Library) -> None:
    """Thousands of requests are sent by `python -m benchmarks.api_conformance`."""
    told = tried(library, 2)
    assert told.requests > 60
    assert told.server_errors == 0
    assert told.violations == []
