"""The HTTP interface and the guard around it, with the real search and a scripted model."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import Receive, Scope, Send

import ui
from index import Library
from rag import Assistant, gate
from tests.scripted import ScriptedLLM
from ui import uploads
from ui.security import Guard
from ui.shelf import Shelf, mark_of
from ui.site import WebApp
from ui.threads import ThreadedStream

if TYPE_CHECKING:
    from tests.conftest import MakeLibrary

HANDBOOK = (
    "Every new employee has thirty days of paid annual leave. "
    "Leave is requested two weeks ahead through the portal."
)
HOSTILE = (
    "<script>window.pwned=1</script> <img src=https://evil.example/x.png onerror=alert(1)> "
    "The access code of the archive is 4471. ${alert(2)} {{value}}"
)
QUESTION = "How many days of annual leave does a new employee have?"


@pytest.fixture(scope="module")
def llm() -> ScriptedLLM:
    return ScriptedLLM("A new employee has thirty days of paid annual leave.")


@pytest.fixture(scope="module")
def library(make_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> Library:
    texts = {"handbook.md": HANDBOOK, "hostile.txt": HOSTILE}
    return make_library(tmp_path_factory.mktemp("api"), texts)


@pytest.fixture(scope="module")
def client(library: Library, llm: ScriptedLLM) -> Iterator[TestClient]:
    app = WebApp(library, Assistant(library, llm=llm))
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        yield client


def events(body: str) -> list[tuple[str, dict[str, Any]]]:
    found = re.findall(r"event: (\w+)\ndata: (.*)\n", body)
    return [(name, json.loads(data)) for name, data in found]


def test_health_and_documents(client: TestClient, library: Library) -> None:
    assert client.get("/api/v1/health").json() == {"status": "up"}
    documents = client.get("/api/v1/documents").json()["documents"]
    assert [document["name"] for document in documents] == ["handbook.md", "hostile.txt"]
    assert set(documents[0]) == {
        "id", "name", "path", "language", "pages", "passages", "sha256", "added", "warnings",
    }  # fmt: skip


def test_search_finds_passages_with_exact_offsets(client: TestClient, library: Library) -> None:
    found = client.get("/api/v1/search", params={"q": QUESTION, "k": 2}).json()
    hit = found["hits"][0]
    text = library.document(hit["document"]).text
    assert hit["document"] == "handbook.md"
    assert text[hit["start"] : hit["end"]] == hit["text"]
    sentence = hit["sentence"]
    assert text[sentence["start"] : sentence["end"]] == sentence["text"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/search?q=&k=1",
        "/api/v1/search?q=x&k=0",
        "/api/v1/search?q=x&k=51",
        "/api/v1/search",
    ],
)
def test_bad_searches_are_refused_in_one_line(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 422
    assert set(answer.json()) == {"error"}
    assert "\n" not in answer.json()["error"]["message"]


@pytest.mark.parametrize("question", ["", "   ", "x" * 2001])
def test_bad_questions_are_refused(client: TestClient, question: str) -> None:
    answer = client.post("/api/v1/ask", json={"question": question})
    assert answer.status_code in (400, 422)
    assert answer.json()["error"]


def test_answer_carries_exact_citations(client: TestClient, library: Library) -> None:
    answer = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    assert answer["abstained"] is False
    citation = answer["citations"][0]
    assert f"[{citation['marker']}]" in answer["text"]
    text = library.document(citation["document"]).text
    assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert set(answer["seconds"]) == {"retrieve", "first_token", "total"}


def test_answer_says_whether_it_is_doubtful(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for verdict, doubtful in (("answer", False), ("doubt", True)):
        monkeypatch.setattr(gate, "judge", lambda *_, polar, said=verdict: said)
        answer = client.post("/api/v1/ask", json={"question": QUESTION}).json()
        assert answer["doubtful"] is doubtful
        streamed = client.post("/api/v1/ask", json={"question": QUESTION, "stream": True})
        assert events(streamed.text)[-1][1]["doubtful"] is doubtful


def test_only_named_documents_are_asked(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "judge", lambda *_, polar: "answer")
    for name in ("handbook.md", "hostile.txt"):
        asked = {"question": QUESTION, "documents": [name]}
        answer = client.post("/api/v1/ask", json=asked).json()
        assert {citation["document"] for citation in answer["citations"]} <= {name}
        streamed = client.post("/api/v1/ask", json={**asked, "stream": True})
        told = events(streamed.text)[-1][1]
        assert {citation["document"] for citation in told["citations"]} <= {name}


def test_answer_is_in_the_language_that_is_wished(client: TestClient) -> None:
    for language in ("ar", "en"):
        asked = {"question": QUESTION, "language": language}
        assert client.post("/api/v1/ask", json=asked).json()["language"] == language


@pytest.mark.parametrize("stream", [False, True])
def test_unknown_document_is_not_found(client: TestClient, stream: bool) -> None:
    asked = {"question": QUESTION, "documents": ["handbook.md", "gone.md"], "stream": stream}
    answer = client.post("/api/v1/ask", json=asked)
    assert answer.status_code == 404
    assert "gone.md" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"documents": "handbook.md"}, {"documents": []}, {"documents": [1]},
        {"documents": ["x" * 5000]}, {"documents": ["x"] * 1001},
        {"language": "fr"}, {"language": 1}, {"language": ["ar"]},
    ],
    ids=str,
)  # fmt: skip
def test_wrong_choices_are_refused_in_one_line(client: TestClient, wrong: dict[str, Any]) -> None:
    answer = client.post("/api/v1/ask", json={"question": QUESTION, **wrong})
    assert answer.status_code == 422
    assert next(iter(wrong)) in answer.json()["error"]["message"]
    assert "\n" not in answer.json()["error"]["message"]


def test_streamed_pieces_make_up_the_answer(client: TestClient) -> None:
    response = client.post("/api/v1/ask", json={"question": QUESTION, "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    told = events(response.text)
    name, answer = told[-1]
    assert name == "answer"
    assert "".join(data["text"] for name, data in told if name == "piece") == answer["text"]


def test_passage_comes_with_its_surroundings(client: TestClient, library: Library) -> None:
    citation = client.post("/api/v1/ask", json={"question": QUESTION}).json()["citations"][0]
    passage = client.get(f"/api/v1/passages/{citation['passage']}").json()
    text = library.document("handbook.md").text
    assert passage["before"] + passage["text"] + passage["after"] == text
    assert client.get("/api/v1/passages/999999").status_code == 404
    assert client.get("/api/v1/passages/x").status_code == 422


def test_no_interactive_documentation_that_loads_foreign_scripts(client: TestClient) -> None:
    for path in ("/docs", "/redoc", "/"):
        assert "jsdelivr" not in client.get(path).text


def test_page_loads_its_scripts_in_the_order_in_which_they_need_each_other(
    client: TestClient,
) -> None:
    script = client.get(ours(client)["page.js"]).text
    parts = {
        file.name: script.index(file.read_text(encoding="utf-8"))
        for file in (Path(ui.__file__).parent / "static").glob("*.js")
    }
    assert script.startswith("window.sanadTexts = {")
    assert min(parts, key=parts.__getitem__) == "words.js"
    assert max(parts, key=parts.__getitem__) == "app.js"


# -- how files travel -------------------------------------------------------------------------


def ours(client: TestClient) -> dict[str, str]:
    """The addresses of the page's own script and style, by name."""
    head = client.get("/config").json()["head"]
    return {path.rpartition("/")[2]: path for path in re.findall(r'"(/ui/\w+/page\.\w+)"', head)}


def test_files_with_a_hash_in_their_address_are_compressed_and_kept(client: TestClient) -> None:
    gradio = re.search(r'src="\.(/assets/index-[\w-]+\.js)"', client.get("/").text)
    assert gradio is not None
    theme = f"/theme.css?v={client.get('/config').json()['theme_hash']}"
    for path in (*ours(client).values(), gradio[1], theme):
        for accepted in ("gzip", "identity"):
            answer = client.get(path, headers={"accept-encoding": accepted})
            assert answer.headers.get("content-encoding", "identity") == accepted
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert answer.headers["content-type"].startswith(("text/javascript", "text/css"))
            assert answer.text == client.get(path).text
    fonts = ours(client)["page.css"].replace("page.css", "fonts/IBMPlexSansArabic-Regular.woff2")
    assert "content-encoding" not in client.get(fonts).headers
    for path in ("/ui/page.js", "/assets/../index.html", "/assets/nothing-12345678.js"):
        assert "immutable" not in client.get(path).headers.get("cache-control", "")


def test_page_is_compressed_and_not_kept(client: TestClient) -> None:
    for path in ("/", "/config"):
        headers = client.get(path).headers
        assert headers["content-encoding"] == "gzip"
        assert "immutable" not in headers.get("cache-control", "")
    assert "cache-control" not in client.get("/theme.css").headers


def test_streams_are_not_compressed(client: TestClient) -> None:
    answer = client.post("/api/v1/ask", json={"question": QUESTION, "stream": True})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in answer.headers


def test_the_list_of_documents_is_not_sent_with_every_page(
    client: TestClient, library: Library
) -> None:
    told = json.dumps(asyncio.run(Shelf(library).shelf()))
    assert "hostile.txt" not in told
    listed = client.get("/page/documents").json()["documents"]
    assert [one["name"] for one in listed] == ["handbook.md", "hostile.txt"]
    assert {"id", "language", "folder", "folder_name", "pages", "passages", "added", "warnings"} < (
        listed[0].keys()
    )
    assert str(library.folder.parent) not in json.dumps(listed)


def test_mark_of_the_documents_follows_what_comes_goes_and_is_read_again(
    make_library: MakeLibrary, tmp_path: Path
) -> None:
    library = make_library(tmp_path, {"one.txt": "The well is deep."})
    marks = [mark_of(library.documents())]
    assert mark_of(library.documents()) == marks[0]
    (tmp_path / "two.txt").write_text("The gate is green.", encoding="utf-8")
    library.add(tmp_path / "two.txt")
    marks.append(mark_of(library.documents()))
    (tmp_path / "two.txt").write_text("The gate is red.", encoding="utf-8")
    library.add(tmp_path / "two.txt")
    marks.append(mark_of(library.documents()))
    library.remove("two.txt")
    assert mark_of(library.documents()) == marks[0]
    assert len(set(marks)) == 3


# -- the guard -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/api/v1/health", "/theme.css", "/page/documents", "/nowhere"]
)
def test_every_answer_has_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    scripts = headers["content-security-policy"].split("script-src")[1].split(";")[0]
    assert "unsafe-inline" not in scripts
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "10.0.0.1:7860"])
def test_foreign_host_names_are_refused(client: TestClient, host: str) -> None:
    answer = client.get("/api/v1/documents", headers={"host": host})
    assert answer.status_code == 403
    assert "handbook" not in answer.text


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1", "[::1]:7860", "127.0.0.2:1"])
def test_loopback_names_are_served(client: TestClient, host: str) -> None:
    assert client.get("/api/v1/health", headers={"host": host}).status_code == 200


def test_the_bound_host_is_served() -> None:
    async def hello(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    named = TestClient(Guard(hello, "sanad.lan"), base_url="http://sanad.lan:7860")
    assert named.get("/").status_code == 200
    anywhere = TestClient(Guard(hello, "::"), base_url="http://192.168.1.5:7860")
    assert anywhere.get("/").status_code == 200
    assert anywhere.get("/", headers={"host": "evil.example"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_other_pages_cannot_ask(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/api/v1/ask", json={"question": QUESTION}, headers=headers)
    assert answer.status_code == 403


def test_the_own_page_can_ask(client: TestClient) -> None:
    headers = {"origin": "http://127.0.0.1:7860", "sec-fetch-site": "same-origin"}
    answer = client.post("/api/v1/ask", json={"question": QUESTION}, headers=headers)
    assert answer.status_code == 200


# -- files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["/etc/hostname", "/proc/self/environ", __file__])
def test_a_client_cannot_name_files_of_this_machine(
    client: TestClient, library: Library, secret: str
) -> None:
    config = client.get("/config").json()
    for number, dependency in enumerate(config["dependencies"]):
        data = [
            [{"path": secret, "meta": {"_type": "gradio.FileData"}}] for _ in dependency["inputs"]
        ]
        client.post(
            "/gradio_api/run/predict",
            json={"data": data, "fn_index": number, "session_hash": "hostile"},
        )
        joined = client.post(
            "/gradio_api/queue/join",
            json={"data": data, "fn_index": number, "session_hash": f"hostile-{number}"},
        )
        if joined.status_code == 200 and data and dependency["targets"][0][1] == "upload":
            url = f"/gradio_api/queue/data?session_hash=hostile-{number}"
            with client.stream("GET", url) as stream:
                for line in stream.iter_lines():
                    if "process_completed" in line:
                        assert '"success":false' in line.replace(" ", "")
                        break
    assert client.get(f"/gradio_api/file={secret}").status_code in (403, 404)
    assert len(library.documents()) == 2
    assert not (library.folder / uploads.FOLDER).exists()


# -- the queue for the model -------------------------------------------------------------------


def test_closing_a_stream_stops_the_model(library: Library) -> None:
    model = ScriptedLLM("A new employee has thirty days of paid annual leave. " * 50, pause=0.01)
    assistant = Assistant(library, llm=model)

    async def leave_early() -> None:
        pieces = ThreadedStream().items(lambda: assistant.stream(QUESTION))
        async for _ in pieces:
            break
        await pieces.aclose()

    asyncio.run(leave_early())
    deadline = time.monotonic() + 30
    while not model.closed and time.monotonic() < deadline:
        time.sleep(0.02)
    assert model.closed, (model.given, model.prompts)
    assert model.given < 500


def test_streams_wait_for_each_other() -> None:
    order: list[str] = []

    def counting(name: str) -> Iterator[int]:
        order.append(f"{name} begins")
        time.sleep(0.05)
        yield 1
        order.append(f"{name} ends")

    async def both() -> None:
        queue = ThreadedStream()

        async def take(name: str) -> list[int]:
            return [item async for item in queue.items(lambda: counting(name))]

        await asyncio.gather(take("a"), take("b"))

    asyncio.run(both())
    assert order == ["a begins", "a ends", "b begins", "b ends"]
