"""Version 1 of the HTTP API: documents, upkeep, conversations, figures, rights, documentation."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from index import Library, Report
from index.errors import DocumentMissing, StoreBusy, StoreReadOnly
from index.watching import WatchedFolders
from rag import AnswerFailed, Assistant
from tests.entered import OWNER, Decided
from tests.scripted import ScriptedLLM
from ui import uploads
from ui.access import Access, Role
from ui.chats import FILE_NAME, ChatStore
from ui.http.app import create_app
from ui.http.errors import problem_of, refuse_unknown
from ui.http.metrics import CountedAnswers, Metrics
from ui.rules import is_allowed
from ui.visitors import COOKIE

if TYPE_CHECKING:
    from tests.conftest import MakeLibrary

V1 = "/api/v1"
HANDBOOK = (
    "Every new employee has thirty days of paid annual leave. "
    "Leave is requested two weeks ahead through the portal."
)
QUESTION = "How many days of annual leave does a new employee have?"
ANSWER = "A new employee has thirty days of paid annual leave."


class Server:
    """The API of a library, asked as anybody in any role."""

    def __init__(self, library: Library, folder: Path, llm: ScriptedLLM) -> None:
        self.library = library
        self.chats = ChatStore(folder / FILE_NAME)
        self.loaded = True
        assistant = Assistant(library, llm, strictness="open")
        metrics = Metrics()
        answers = CountedAnswers(metrics)
        app = create_app(
            library,
            lambda: assistant,
            answers,
            self.chats,
            ready=lambda: self.loaded,
            metrics=metrics,
            folders=WatchedFolders(library),
        )
        refuse_unknown(app)
        self.app = Decided(app, OWNER)

    def be(self, access: Access) -> None:
        """Let whoever asks from now on be that."""
        self.app.access = access


@pytest.fixture
def llm() -> ScriptedLLM:
    return ScriptedLLM(ANSWER)


@pytest.fixture
def server(make_library: MakeLibrary, tmp_path: Path, llm: ScriptedLLM) -> Iterator[Server]:
    library = make_library(tmp_path, {"handbook.md": HANDBOOK})
    server = Server(library, tmp_path, llm)
    yield server
    server.chats.close()


@pytest.fixture
def client(server: Server) -> Iterator[TestClient]:
    with TestClient(server.app, base_url=f"http://127.0.0.1{V1}/") as client:
        yield client


def events(body: str) -> list[tuple[str, dict[str, Any]]]:
    found = re.findall(r"event: (\w+)\ndata: (.*)\n", body)
    return [(name, json.loads(data)) for name, data in found]


def code(answer: Any) -> str:  # noqa: ANN401 - of either client
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "hint"}
    return str(error["code"])


# -- documents ---------------------------------------------------------------------------------


def test_documents_are_found_by_id_and_by_name(client: TestClient, server: Server) -> None:
    name = "a/b .. ?#%2F هـ.md"
    path = server.library.folder / "x.md"
    path.write_text("The pond is green.", encoding="utf-8")
    server.library.add(path)
    with server.library._store.transaction() as connection:
        connection.execute("UPDATE documents SET name = ? WHERE path = ?", (name, str(path)))
    (found,) = client.get("documents", params={"name": name}).json()["documents"]
    assert client.get(f"documents/{found['id']}").json() == found
    assert found["name"] == name
    assert client.delete(f"documents/{found['id']}").status_code == 204
    assert [record.name for record in server.library.documents()] == ["handbook.md"]
    assert code(client.get(f"documents/{found['id']}")) == "document_missing"


def test_documents_are_listed_in_parts(client: TestClient, server: Server) -> None:
    for number in range(3):
        client.post("documents", files={"files": (f"{number}.txt", f"Gate {number} is red.")})
    first = client.get("documents", params={"count": 3}).json()
    rest = client.get("documents", params={"start": first["next"]}).json()
    names = [one["name"] for one in first["documents"] + rest["documents"]]
    assert names == ["0.txt", "1.txt", "2.txt", "handbook.md"]
    assert (first["total"], rest["next"]) == (4, None)


def test_a_text_is_read_in_parts_with_offsets(client: TestClient) -> None:
    at, text = 0, ""
    while at is not None:
        part = client.get("documents/1/text", params={"start": at, "count": 40}).json()
        assert part["text"] == HANDBOOK[part["start"] : part["end"]]
        text += part["text"]
        at = part["next"]
    assert text == HANDBOOK
    behind = client.get("documents/1/text", params={"start": 10**6}).json()
    assert (behind["text"], behind["start"], behind["next"]) == ("", len(HANDBOOK), None)
    assert client.get("documents/1/text", params={"count": 10**6}).status_code == 422


def test_several_files_come_in_and_each_has_its_result(client: TestClient, server: Server) -> None:
    files: list[tuple[str, tuple[str, str | bytes]]] = [
        ("files", ("../pond.txt", "Nine goldfish live in the pond.")),
        ("files", ("tool.exe", b"MZ")),
        ("files", ("handbook.md", "Another handbook, with another text.")),
    ]
    pond, tool, handbook = client.post("documents", files=files).json()["results"]
    assert (pond["name"], pond["status"], pond["error"]) == ("pond.txt", "added", None)
    assert (tool["status"], tool["id"], tool["error"]["code"]) == ("failed", None, "format_unknown")
    # A document of that name is there already, from elsewhere.
    assert client.get(f"documents/{handbook['id']}").json()["name"] == handbook["name"]
    assert handbook["name"] != "handbook.md"
    assert (server.library.folder / uploads.FOLDER / "pond.txt").exists()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"json": {}}, 422),
        ({"data": {"files": "text"}}, 400),
        ({"files": [("other", ("a.txt", "x"))]}, 422),
        ({"files": [("files", ("a.txt", "x"))] * 65}, 400),
        ({"content": b"--x\r\nbroken", "headers": {"content-type": "multipart/form-data"}}, 400),
    ],
    ids=("json", "field", "other name", "too many", "broken"),
)
def test_what_is_no_form_of_files_is_refused(
    client: TestClient, sent: dict[str, Any], status: int
) -> None:
    answer = client.post("documents", **sent)
    assert answer.status_code == status
    assert code(answer).startswith("request_")


def test_a_text_becomes_a_document(client: TestClient, server: Server) -> None:
    added = client.post("documents/text", json={"name": "لقاء", "text": "البوابة حمراء."}).json()
    assert (added["name"], added["status"]) == ("لقاء.txt", "added")
    assert server.library.document("لقاء.txt").text == "البوابة حمراء."
    wrong = client.post("documents/text", json={"name": "x.pdf", "text": "no PDF"})
    assert (wrong.status_code, code(wrong)) == (400, "file_damaged")
    assert str(server.library.folder) not in wrong.text


def test_a_document_is_read_again(client: TestClient, server: Server) -> None:
    file = Path(server.library.documents()[0].path)
    file.write_text("Every employee has forty days of leave.", encoding="utf-8")
    again = client.post("documents/1/reread").json()
    assert (again["status"], again["name"]) == ("reread", "handbook.md")
    assert "forty" in client.get(f"documents/{again['id']}/text").json()["text"]
    assert again["id"] != 1
    file.unlink()
    gone = client.post(f"documents/{again['id']}/reread").json()
    assert (gone["status"], gone["error"]["code"]) == ("failed", "file_missing")


def test_search_looks_where_it_is_told(client: TestClient) -> None:
    client.post("documents/text", json={"name": "إجازة.md", "text": "إجازة الموظف ثلاثون يومًا."})
    for language, name in (("ar", "إجازة.md"), ("en", "handbook.md")):
        asked = {"query": "annual leave", "language": language}
        hits = client.post("search", json=asked).json()["hits"]
        assert {hit["document"] for hit in hits} == {name}
        address = {"q": "annual leave", "documents": name, "language": language}
        assert client.get("search", params=address).json()["hits"] == hits
    assert code(client.post("search", json={"query": "x", "documents": ["gone.md"]})) == (
        "document_missing"
    )
    assert code(client.post("search", json={"query": " \t"})) == "question_invalid"


# -- upkeep ------------------------------------------------------------------------------------


def test_a_rebuild_tells_how_far_it_has_come(client: TestClient) -> None:
    told = events(client.post("rebuild", json={"stream": True}).text)
    assert [name for name, _ in told][-2:] == ["progress", "done"]
    assert told[-2][1]["stages"][0] == {"stage": "rebuild", "done": 1, "total": 1}
    assert told[-1][1]["changed"] == ["handbook.md"]
    assert client.post("rebuild", json={}).json()["changed"] == ["handbook.md"]


def test_a_folder_of_the_server_is_followed(
    client: TestClient, server: Server, tmp_path: Path
) -> None:
    folder = tmp_path / "followed"
    folder.mkdir()
    (folder / "pond.txt").write_text("Nine goldfish live in the pond.", encoding="utf-8")
    (folder / "old.txt").write_text("The gate is red.", encoding="utf-8")
    asked = {"folder": str(folder), "exclude": ["old*"]}
    assert client.post("sync", json=asked).json()["added"] == ["pond.txt"]
    (folder / "pond.txt").unlink()
    told = events(client.post("sync", json={**asked, "stream": True}).text)
    assert told[-1][0] == "done"
    assert told[-1][1]["removed"] == ["pond.txt"]
    for refused in ("followed", "/", "/proc", str(server.library.folder)):
        assert code(client.post("sync", json={"folder": refused})) == "folder_refused"
    missing = client.post("sync", json={"folder": str(tmp_path / "none"), "stream": True})
    assert code(missing) == "folder_refused"


def test_work_goes_on_when_the_client_has_gone(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave, done = threading.Event(), threading.Event()

    def rebuild(**_: object) -> Report:
        assert leave.wait(30)
        done.set()
        return Report()

    monkeypatch.setattr(server.library, "rebuild", rebuild)

    async def ask(streamed: bool) -> None:
        transport = httpx.ASGITransport(server.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            asked = asyncio.create_task(
                client.post(f"{V1}/rebuild", json={"stream": streamed}, timeout=30)
            )
            await asyncio.sleep(0.3)
            busy = await client.post(f"{V1}/rebuild", json={})
            assert (busy.status_code, code(busy)) == (409, "upkeep_busy")
            asked.cancel()
            leave.set()
            assert await asyncio.to_thread(done.wait, 30)

    for streamed in (False, True):
        leave.clear()
        done.clear()
        asyncio.run(ask(streamed))


# -- conversations -----------------------------------------------------------------------------


@pytest.mark.parametrize("stream", [False, True])
def test_a_conversation_keeps_what_is_asked_in_it(
    client: TestClient, server: Server, llm: ScriptedLLM, stream: bool
) -> None:
    server.be(Access(person="amal", role="reader", id="amal"))

    def ask(question: str, conversation: str) -> dict[str, Any]:
        asked = {"question": question, "conversation": conversation, "stream": stream}
        answer = client.post("ask", json=asked)
        told: dict[str, Any] = events(answer.text)[-1][1] if stream else answer.json()
        return told

    first = ask(QUESTION, "new")
    second = ask("And how is it requested?", first["conversation"])
    assert second["conversation"] == first["conversation"]
    assert "two weeks ahead" in llm.prompts[-1]  # what was said before told what "it" is
    kept = client.get(f"conversations/{first['conversation']}").json()
    assert [one["id"] for one in kept["exchanges"]] == [first["exchange"], second["exchange"]]
    assert kept["exchanges"][0]["text"] == first["text"]
    assert kept["exchanges"][0]["citations"] == first["citations"]
    (listed,) = client.get("conversations").json()["conversations"]
    assert (listed["id"], listed["questions"]) == (kept["id"], 2)


def test_conversations_are_named_rated_exported_and_deleted(
    client: TestClient, server: Server
) -> None:
    server.be(Access(person="amal", role="reader", id="amal"))
    told = client.post("ask", json={"question": QUESTION, "conversation": "new"}).json()
    address = f"conversations/{told['conversation']}"
    assert client.put(f"exchanges/{told['exchange']}/rating", json={"rating": 1}).is_success
    assert client.patch(address, json={"name": "About leave"}).is_success
    kept = client.get(address).json()
    assert (kept["name"], kept["exchanges"][0]["rating"]) == ("About leave", 1)
    for format_, kind in (("markdown", "text/markdown"), ("json", "application/json")):
        file = client.get(f"{address}/export", params={"format": format_})
        assert file.headers["content-type"].startswith(kind)
        assert ANSWER in file.text
    assert client.get("conversations", params={"search": "goldfish"}).json() == {
        "conversations": []
    }
    assert client.delete(address).status_code == 204
    assert code(client.get(address)) == "conversation_missing"


def test_nobody_reaches_the_conversations_of_others(client: TestClient, server: Server) -> None:
    server.be(Access(person="amal", role="reader", id="amal"))
    told = client.post("ask", json={"question": QUESTION, "conversation": "new"}).json()
    chat, exchange = told["conversation"], told["exchange"]
    server.be(Access(person="basim", role="owner", id="basim"))
    assert client.get("conversations").json() == {"conversations": []}
    answers = [
        client.get(f"conversations/{chat}"),
        client.get(f"conversations/{chat}/export", params={"format": "json"}),
        client.patch(f"conversations/{chat}", json={"name": "mine"}),
        client.delete(f"conversations/{chat}"),
        client.put(f"exchanges/{exchange}/rating", json={"rating": -1}),
        client.post("ask", json={"question": QUESTION, "conversation": chat}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    server.be(Access(person="amal", role="reader", id="amal"))
    assert client.get(f"conversations/{chat}").json()["exchanges"][0]["rating"] == 0


def test_a_browser_owns_conversations_and_a_program_none(client: TestClient) -> None:
    asked = {"question": QUESTION, "conversation": "new"}
    assert code(client.post("ask", json=asked)) == "owner_missing"
    assert code(client.get("conversations")) == "owner_missing"
    assert client.post("ask", json={"question": QUESTION}).json()["conversation"] is None
    client.cookies.set(COOKIE, "0123456789abcdef" * 2)
    assert client.post("ask", json=asked).json()["conversation"]
    assert len(client.get("conversations").json()["conversations"]) == 1


def test_a_conversation_and_a_history_are_not_both_taken(client: TestClient) -> None:
    turn = {"question": "Who?", "answer": "Amal."}
    asked = {"question": QUESTION, "conversation": "new", "history": [turn]}
    assert code(client.post("ask", json=asked)) == "request_invalid"


def test_an_answer_that_fails_is_kept_as_failed(make_library: MakeLibrary, tmp_path: Path) -> None:
    broken = ScriptedLLM("A new", error=AnswerFailed(model="m", detail="it fell"))
    server = Server(make_library(tmp_path, {"handbook.md": HANDBOOK}), tmp_path, broken)
    server.be(Access("amal", "owner", id="amal", serves=True))
    with TestClient(server.app, base_url=f"http://127.0.0.1{V1}/") as client:
        asked = {"question": QUESTION, "conversation": "new"}
        answer = client.post("ask", json=asked)
        assert (answer.status_code, code(answer)) == (502, "answer_failed")
        streamed = events(client.post("ask", json={**asked, "stream": True}).text)
        assert streamed[-1][1]["error"]["code"] == "answer_failed"
        for listed in client.get("conversations").json()["conversations"]:
            kept = client.get(f"conversations/{listed['id']}").json()
            assert [one["state"] for one in kept["exchanges"]] == ["failed"]
        questions = figures(client)["sanad_questions_total"]
        assert questions[(("outcome", "failed"),)] == 2
    server.chats.close()


# -- rights ------------------------------------------------------------------------------------

ROUTES = [
    ("GET", "documents", "reader"),
    ("GET", "documents/1", "reader"),
    ("GET", "documents/1/text", "reader"),
    ("GET", "search?q=leave", "reader"),
    ("GET", "passages/1", "reader"),
    ("POST", "search", "reader"),
    ("POST", "ask", "reader"),
    ("GET", "conversations", "reader"),
    ("GET", "conversations/x", "reader"),
    ("PATCH", "conversations/x", "reader"),
    ("DELETE", "conversations/x", "reader"),
    ("GET", "conversations/x/export", "reader"),
    ("PUT", "exchanges/x/rating", "reader"),
    ("POST", "documents", "editor"),
    ("POST", "documents/text", "editor"),
    ("DELETE", "documents/1", "editor"),
    ("POST", "documents/1/reread", "editor"),
    ("POST", "rebuild", "editor"),
    ("POST", "sync", "owner"),
    ("GET", "folders", "owner"),
    ("POST", "folders", "owner"),
    ("GET", "folders/events", "owner"),
    ("DELETE", "folders/x", "owner"),
    ("GET", "metrics", "owner"),
]


def test_each_route_asks_for_its_role(client: TestClient, server: Server) -> None:
    below = {"reader": None, "editor": "reader", "owner": "editor"}
    for method, address, role in ROUTES:
        server.be(Access(person="amal", role=below[role]))  # type: ignore[arg-type]
        answer = client.request(method, address, json={})
        assert (answer.status_code, code(answer)) == (403, "role_missing"), address
        assert role in answer.json()["error"]["message"]
    schema = client.get("openapi.json").json()
    asked = {
        (method, re.sub(r"/(x|1)(?=/|$)", "/{id}", at.split("?")[0])) for method, at, _ in ROUTES
    }
    open_to_all = {("GET", "health"), ("GET", "ready")}
    known = {
        (method.upper(), path[1:])
        for path, methods in schema["paths"].items()
        for method in methods
    }
    assert known == asked | open_to_all


@pytest.mark.parametrize(("method", "address", "role"), ROUTES)
def test_the_entrance_asks_for_the_same_role(method: str, address: str, role: Role) -> None:
    path = f"{V1}/{address.partition('?')[0]}"
    below: dict[Role, Role | None] = {"reader": None, "editor": "reader", "owner": "editor"}
    assert is_allowed(Access("amal", role, serves=role == "owner"), method, path)
    assert not is_allowed(Access("amal", below[role]), method, path)


def test_only_an_owner_is_told_where_things_lie(client: TestClient, server: Server) -> None:
    here = str(server.library.folder.parent)
    assert here in client.get("documents").text
    server.be(Access(person="amal", role="editor", id="amal"))
    told = [
        client.get("documents"),
        client.get("documents/1"),
        client.post("documents/text", json={"name": "x.pdf", "text": "no PDF"}),
        client.post("rebuild", json={}),
    ]
    assert not any(here in answer.text for answer in told)


def test_errors_have_a_stable_code_and_say_what_to_do() -> None:
    missing = problem_of(DocumentMissing(name="a. b.md"), paths=False)
    assert (missing.status, missing.code) == (404, "document_missing")
    assert missing.message == "There is no document named a. b.md."
    assert missing.hint == "GET /api/v1/documents lists the names."
    busy = StoreBusy(path="/srv/secret/store")
    assert problem_of(busy, paths=False).message.endswith("to the store at store.")
    assert "/srv/secret/store" in problem_of(busy, paths=True).message
    assert problem_of(busy, paths=False).hint == "Try again when it has finished."
    assert problem_of(ValueError("/srv/secret"), paths=True).code == "failed"


def test_a_store_that_cannot_be_written_says_so(
    client: TestClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Library, "read_only", True)
    answer = client.post("documents/text", json={"name": "a.txt", "text": "The gate is red."})
    assert (answer.status_code, code(answer)) == (403, "store_read_only")
    with pytest.raises(StoreReadOnly):
        uploads.take_in(server.library, [])


@pytest.mark.parametrize(
    ("method", "address", "status", "allowed"),
    [
        ("GET", "nothing", 404, None),
        ("GET", "nothing%0Ahere", 404, None),
        ("PUT", "documents", 405, "GET, POST"),
        ("GET", "documents/1/reread", 405, "POST"),
        ("PUT", "documents/1", 405, "DELETE, GET"),
        ("POST", "../health", 404, None),
    ],
)
def test_unknown_addresses_are_answered_in_the_same_shape(
    client: TestClient, method: str, address: str, status: int, allowed: str | None
) -> None:
    answer = client.request(method, address)
    assert answer.status_code == status
    assert answer.headers.get("allow") == allowed
    assert code(answer) in ("address_unknown", "method_not_allowed")


# -- the server --------------------------------------------------------------------------------


def figures(client: TestClient) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    text = client.get("metrics").text
    return {
        sample.name: {
            tuple(sorted(each.labels.items())): each.value
            for each in family.samples
            if each.name == sample.name
        }
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_readiness_waits_for_the_models(client: TestClient, server: Server) -> None:
    assert client.get("ready").json() == {"status": "ready"}
    server.loaded = False
    answer = client.get("ready")
    assert (answer.status_code, code(answer)) == (503, "not_ready")
    assert client.get("health").json() == {"status": "up"}


def test_figures_count_and_name_nothing(client: TestClient) -> None:
    client.post("ask", json={"question": QUESTION})
    client.get("documents/1/text")
    client.get("documents/2/text")
    client.get("secret-address")
    told = figures(client)
    route = ("route", f"{V1}/documents/{{id}}/text")
    requests = told["sanad_requests_total"]
    assert requests[(("method", "GET"), route, ("status", "200"))] == 1
    assert requests[(("method", "GET"), route, ("status", "404"))] == 1
    assert told["sanad_documents"][()] == told["sanad_passages"][()] == 1
    assert told["sanad_answers_under_way"][()] == told["sanad_answers_waiting"][()] == 0
    assert sum(told["sanad_questions_total"].values()) == 1
    assert told["sanad_first_word_seconds_count"][()] == 1
    text = client.get("metrics").text
    assert not re.search("secret|handbook|annual", text)


def test_the_schema_holds_examples_and_errors_and_nothing_of_the_page(client: TestClient) -> None:
    schema = client.get("openapi.json").json()
    assert schema["servers"] == [{"url": V1}]
    assert not [path for path in schema["paths"] if "gradio" in path or "page" in path]
    for model in schema["components"]["schemas"].values():
        assert model["description"]
        if "examples" in model:
            continue
        for name, field in model.get("properties", {}).items():
            plain = {"$ref", "items", "const", "default", "enum"} & field.keys()
            assert plain or "examples" in field or "anyOf" in field, name
    for methods in schema["paths"].values():
        for operation in methods.values():
            assert operation["description"]
            assert operation["responses"]["422"]["content"]["application/json"]["schema"] == {
                "$ref": "#/components/schemas/ErrorReply"
            }


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_the_documentation_needs_no_script_and_no_other_host(client: TestClient) -> None:
    page = client.get("docs")
    tags = _Tags()
    tags.feed(page.text)
    assert {tag for tag, _ in tags.seen}.isdisjoint({"script", "link", "img", "iframe"})
    assert [its["href"] for tag, its in tags.seen if tag == "a"] == ["openapi.json"]
    assert not [its for _, its in tags.seen if any(name.startswith("on") for name in its)]
    assert "https://" not in page.text
    for path in client.get("openapi.json").json()["paths"]:
        assert f"<code>{path}</code>" in page.text


def test_served_under_a_path_the_schema_says_so(server: Server) -> None:
    with TestClient(server.app, root_path="/c/law") as client:
        schema = client.get(f"/c/law{V1}/openapi.json").json()
        assert schema["servers"] == [{"url": f"/c/law{V1}"}]
        client.get(f"/c/law{V1}/documents")
        figures = client.get(f"/c/law{V1}/metrics").text
    assert f'route="{V1}/documents"' in figures
    assert "law" not in figures
