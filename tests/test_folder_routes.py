"""Watched folders over HTTP: what programs and the page ask, and who may."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from llama_index.core.embeddings import MockEmbedding
from starlette.types import ASGIApp, Receive, Scope, Send

from index import Library
from index.watching import WatchedFolders
from tests.conftest import write_documents
from tests.folder_pace import hurry
from tests.shop import until
from ui.access import Access, Role, decide
from ui.folder_routes import add_folder_routes, folder_routes
from ui.http.errors import translate_errors

BOTH = ("/api/v1/folders", "/page/folders")
MOCK = MockEmbedding(embed_dim=8, model_name="mock-eight")


class As:
    """An application whose every request comes from somebody with that role."""

    def __init__(self, app: ASGIApp, role: Role | None) -> None:
        self.app = app
        self.role = role

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        decide(scope, Access(role=self.role, serves=self.role == "owner"))
        await self.app(scope, receive, send)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = write_documents(tmp_path / "papers", {"mill.txt": "The mill is repaired in May."})
    (folder / "torn.pdf").write_bytes(b"%PDF-1.4 torn")
    return folder


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WatchedFolders]:
    """Nothing is watched yet."""
    hurry(monkeypatch)
    library = Library.open(tmp_path / "store", embedding=MOCK, sentence_embedding=MOCK)
    watched = WatchedFolders(library)
    watched.start()
    yield watched
    watched.close()
    library.close()


@pytest.fixture
def app(watched: WatchedFolders) -> As:
    app = FastAPI()
    add_folder_routes(app, watched)
    api = FastAPI()
    translate_errors(api)
    api.include_router(folder_routes(watched))
    app.mount("/api/v1", api)
    return As(app, "owner")


@pytest.fixture
def client(app: As) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def told(client: TestClient, path: str) -> Any:  # noqa: ANN401 - as it is answered
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("path", BOTH)
def test_a_folder_is_added_followed_and_taken_out(
    client: TestClient, path: str, folder: Path
) -> None:
    assert told(client, path) == {"folders": [], "changes": 0}
    made = client.post(path, json={"folder": str(folder), "exclude": ["drafts"]})
    assert made.status_code == (201 if path == BOTH[0] else 200)
    assert (made.json()["folder"], made.json()["exclude"]) == (str(folder), ["drafts"])
    until(lambda: len(told(client, f"{path}/events")["events"]) == 2)
    until(lambda: told(client, path)["folders"][0]["state"] == "watching")
    now = told(client, path)
    assert now["changes"] == 1
    (one,) = now["folders"]
    assert (one["documents"], one["problem"]) == (1, None)
    events = {event["document"]: event for event in told(client, f"{path}/events")["events"]}
    assert events["mill.txt"]["kind"] == "added"
    assert events["mill.txt"]["time"] == one["changed"]
    assert events["torn.pdf"]["kind"] == "failed"
    assert "تالف" in events["torn.pdf"]["error"]["ar"]
    assert events["torn.pdf"]["error"]["en"].startswith("torn.pdf is damaged")
    gone = client.delete(f"{path}/{one['id']}", params={"documents": "remove"})
    assert gone.json() == {"removed": ["mill.txt"]}
    assert told(client, path) == {"folders": [], "changes": 2}
    assert client.delete(f"{path}/{one['id']}").status_code == 404


def test_documents_stay_unless_they_are_to_go(
    client: TestClient, watched: WatchedFolders, folder: Path
) -> None:
    id = client.post(BOTH[0], json={"folder": str(folder)}).json()["id"]
    until(lambda: watched.changes)
    assert client.delete(f"{BOTH[0]}/{id}").json() == {"removed": []}
    again = client.post(BOTH[0], json={"folder": str(folder)}).json()
    until(lambda: watched.folders()[0].documents == 1)
    assert again["id"] != id


def test_an_unreachable_folder_is_told_in_both_languages(client: TestClient, folder: Path) -> None:
    client.post(BOTH[0], json={"folder": str(folder)})
    folder.rename(folder.with_name("elsewhere"))
    until(lambda: told(client, BOTH[0])["folders"][0]["state"] == "unreachable")
    problem = told(client, BOTH[0])["folders"][0]["problem"]
    assert problem["en"].startswith(f"{folder} cannot be reached")
    assert "ليس في مكانه" in problem["ar"]


@pytest.mark.parametrize("role", ["reader", "editor", None])
def test_owners_alone_see_and_change_folders(
    app: As, client: TestClient, role: Role | None, folder: Path
) -> None:
    path = BOTH[0]
    app.role = role
    for method, address, body in (
        ("GET", path, None),
        ("POST", path, {"folder": str(folder)}),
        ("GET", f"{path}/events", None),
        ("DELETE", f"{path}/abc?documents=remove", None),
    ):
        answer = client.request(method, address, json=body)
        assert answer.status_code == 403, (method, address)
        assert str(folder) not in answer.text
    app.role = "owner"
    assert told(client, path)["folders"] == []


@pytest.mark.parametrize("path", BOTH)
def test_what_may_not_be_watched_is_refused(
    client: TestClient, path: str, watched: WatchedFolders, folder: Path
) -> None:
    store = str(folder.with_name("store"))
    for place in ("/", "/proc", "papers", store, f"{folder}\0", "\ud800"):
        answer = client.post(path, content=json.dumps({"folder": place}))
        assert answer.status_code in (400, 422), place
    refused = client.post(path, json={"folder": store}).json()["error"]
    if path == BOTH[1]:
        assert refused == {
            "en": f"{store} cannot be followed: documents are kept there. Name another folder.",
            "ar": f"لا يمكن تتبّع \u2068{store}\u2069: \u2068هو من مجلدات المخزن\u2069. "
            "اختر مجلدًا آخر.",
        }
    assert watched.folders() == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"folder": ""},
        {"folder": 7},
        {"folder": "/" + "a" * 4_096},
        {"folder": "/srv", "include": ["*"] * 51},
        {"folder": "/srv", "exclude": ["a" * 201]},
        {"folder": "/srv", "include": "*.pdf"},
    ],
)
def test_bodies_are_checked(client: TestClient, body: dict[str, Any]) -> None:
    assert client.post(BOTH[0], json=body).status_code == 422
