"""What the page asks of the kept conversations: only its own visitor's; and ratings."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.test_chats import ME, OTHER, card, conversation, exchange
from ui import chats as chats_module
from ui.chat_routes import add_chat_routes
from ui.chats import FILE_NAME, ChatStore
from ui.conversation import Conversation
from ui.visitors import COOKIE


@pytest.fixture
def chats(tmp_path: Path) -> Iterator[ChatStore]:
    store = ChatStore(tmp_path / FILE_NAME)
    yield store
    store.close()


@pytest.fixture
def client(chats: ChatStore) -> Iterator[TestClient]:
    app = FastAPI()
    add_chat_routes(app, chats)
    with TestClient(app, base_url="http://127.0.0.1:7860", cookies={COOKIE: ME}) as client:
        yield client


@pytest.fixture
def saved(chats: ChatStore) -> Conversation:
    mine = conversation(name="كم عمق البركة؟ a/b\\c")
    chats.save(ME, mine)
    chats.save(OTHER, conversation(name="not mine"))
    return mine


def test_the_page_lists_searches_renames_and_deletes(
    client: TestClient, saved: Conversation
) -> None:
    (record,) = client.get("/page/chats").json()["chats"]
    assert record == {
        "id": saved.id, "name": saved.name, "updated": saved.exchanges[0].asked, "questions": 1,
    }  # fmt: skip
    assert client.get("/page/chats", params={"search": "بركه"}).json()["chats"]
    assert client.get("/page/chats", params={"search": "train"}).json()["chats"] == []
    path = f"/page/chats/{saved.id}"
    assert client.patch(path, json={"name": " Pond "}).status_code == 204
    assert client.get("/page/chats").json()["chats"][0]["name"] == "Pond"
    assert client.delete(path).status_code == 204
    assert client.delete(path).status_code == 404
    assert client.get("/page/chats").json()["chats"] == []
    assert client.delete("/page/chats").json() == {"deleted": 0}


def test_other_visitors_find_nothing(
    client: TestClient, saved: Conversation, chats: ChatStore
) -> None:
    client.cookies.set(COOKIE, "c" * 32)
    exchange_id = saved.exchanges[0].id
    assert client.get("/page/chats").json() == {"chats": []}
    for answer in (
        client.patch(f"/page/chats/{saved.id}", json={"name": "mine"}),
        client.delete(f"/page/chats/{saved.id}"),
        client.get(f"/page/chats/{saved.id}/export?format=json"),
        client.put(f"/page/exchanges/{exchange_id}/rating", json={"rating": 1}),
        client.get(f"/page/exchanges/{exchange_id}/text"),
    ):
        assert answer.status_code == 404
        assert "البركة" not in answer.text
    client.cookies.clear()
    assert client.get("/page/chats").json() == {"chats": []}
    assert client.delete("/page/chats").json() == {"deleted": 0}
    assert chats.load(ME, saved.id) == saved


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/page/chats/x", {"name": ""}), ("PATCH", "/page/chats/x", {"name": " "}),
        ("PATCH", "/page/chats/x", {"name": "x" * 121}), ("PATCH", "/page/chats/x", {}),
        ("PUT", "/page/exchanges/x/rating", {"rating": 2}),
        ("PUT", "/page/exchanges/x/rating", {"rating": "1"}),
        ("GET", "/page/chats?search=" + "x" * 201, None),
        ("GET", "/page/chats/x/export?format=exe", None),
        ("GET", "/page/chats/x/export?format=html&language=fr", None),
        ("DELETE", "/page/chats/" + "x" * 65, None),
    ],
)  # fmt: skip
def test_wrong_requests_are_refused(
    client: TestClient, method: str, path: str, body: dict[str, Any] | None
) -> None:
    assert client.request(method, path, json=body).status_code == 422


@pytest.mark.parametrize(
    ("format_", "ending", "kind"),
    [("markdown", "md", "text/markdown"), ("html", "html", "text/html"),
     ("json", "json", "application/json")],
)  # fmt: skip
def test_an_export_is_saved_under_a_safe_name_and_never_shown(
    client: TestClient, saved: Conversation, format_: str, ending: str, kind: str
) -> None:
    answer = client.get(f"/page/chats/{saved.id}/export?format={format_}&language=ar")
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith(f"attachment; filename=\"sanad.{ending}\"; filename*=UTF-8''")
    assert disposition.endswith(f"%D8%9F%20a-b-c.{ending}")
    assert saved.exchanges[0].question in answer.text


def test_a_hostile_name_does_not_break_out_of_the_header(
    client: TestClient, chats: ChatStore
) -> None:
    hostile = conversation(name='"; filename="x.exe\r\nSet-Cookie: a=b\u202e../..')
    chats.save(ME, hostile)
    answer = client.get(f"/page/chats/{hostile.id}/export?format=json")
    assert "set-cookie" not in answer.headers
    name = answer.headers["content-disposition"].partition("filename*=UTF-8''")[2]
    assert '"' not in name
    assert "%22" not in name
    assert "/" not in name
    assert "%E2%80%AE" not in name


def test_ratings_are_given_and_exported_line_by_line(
    client: TestClient, saved: Conversation
) -> None:
    path = f"/page/exchanges/{saved.exchanges[0].id}/rating"
    assert client.put(path, json={"rating": 1}).status_code == 204
    answer = client.get("/page/ratings")
    assert "attachment" in answer.headers["content-disposition"]
    (line,) = answer.text.splitlines()
    rated = json.loads(line)
    assert (rated["question"], rated["rating"]) == (saved.exchanges[0].question, 1)
    assert rated["citations"][0]["document"] == "garden.md"
    assert ME not in answer.text


def test_an_answer_is_given_as_text(client: TestClient, saved: Conversation) -> None:
    path = f"/page/exchanges/{saved.exchanges[0].id}/text"
    told = client.get(path, params={"language": "ar"}).json()["text"]
    assert told.startswith("It is two metres deep. [1]\n\n")
    assert "“The pond is two metres deep.”" in told


def test_errors_are_told_in_both_languages(
    client: TestClient, chats: ChatStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chats_module, "BUSY_SECONDS", 0.1)
    other = sqlite3.connect(chats.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = client.delete("/page/chats")
    other.execute("ROLLBACK")
    other.close()
    assert answer.status_code == 409
    assert set(answer.json()["error"]) == {"ar", "en"}


# -- ratings ---------------------------------------------------------------------------------


def test_a_rating_survives_saving_again_and_can_be_taken_back(chats: ChatStore) -> None:
    saved = conversation(exchange(), exchange("Second?"))
    chats.save(ME, saved)
    first = saved.exchanges[0].id
    assert chats.rate(ME, first, -1)
    saved.exchanges[0].text = "It is deep. [1]"
    chats.save(ME, saved)
    loaded = chats.load(ME, saved.id)
    assert loaded is not None
    assert [kept.rating for kept in loaded.exchanges] == [-1, 0]
    assert len(chats.ratings()) == 1
    assert chats.rate(ME, first, 0)
    assert chats.ratings() == []


@pytest.mark.parametrize("rating", [2, -2, 100])
def test_other_ratings_are_refused(chats: ChatStore, rating: int) -> None:
    saved = conversation()
    chats.save(ME, saved)
    assert not chats.rate(ME, saved.exchanges[0].id, rating)
    assert not chats.rate(ME, "not there", 1)
    assert chats.ratings() == []


def test_ratings_of_all_visitors_say_what_but_not_who(chats: ChatStore) -> None:
    for visitor, rating in ((ME, 1), (OTHER, -1)):
        saved = conversation(exchange(f"Asked to rate {rating}?"), name="secret name")
        saved.exchanges[0].cards.append(card("Only the nearest.", None))
        chats.save(visitor, saved)
        chats.rate(visitor, saved.exchanges[0].id, rating)
    told = chats.ratings()
    assert {(rated.question, rated.rating) for rated in told} == {
        ("Asked to rate 1?", 1), ("Asked to rate -1?", -1),
    }  # fmt: skip
    assert [(c.document, c.quote) for c in told[0].citations] == [
        ("garden.md", "The pond is two metres deep.")
    ]
    assert told[0].rated.endswith("+00:00")
    for secret in (ME, OTHER, "secret name", saved.id):
        assert secret not in str(told)
