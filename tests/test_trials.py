"""The trial of a language model that was chosen on the page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from index import models
from rag import Settings
from rag.profile import PROFILES_FILE, UNTRIED, known_profile, shipped
from rag.trial import tasks
from tests.endpoint import KEY, Endpoint, reason
from tests.shop import until
from ui.language_model import LanguageModels
from ui.model_state import Downloads
from ui.settings_routes import add_settings_routes
from ui.trial_routes import add_trial_routes
from ui.trials import Trials

PATH = "/page/llm/trial"


@pytest.fixture
def chosen(tmp_path: Path) -> LanguageModels:
    settings = Settings(store=tmp_path / "store")
    return LanguageModels(settings, tmp_path / "language-model.json", changeable=True)


@pytest.fixture
def trials(chosen: LanguageModels) -> Iterator[Trials]:
    trials = Trials(chosen)
    yield trials
    trials.stop()


@pytest.fixture
def client(
    chosen: LanguageModels, trials: Trials, downloads: Downloads, tmp_path: Path
) -> Iterator[TestClient]:
    app = FastAPI()
    settings = Settings(store=tmp_path / "store")
    add_settings_routes(app, chosen, downloads, settings, on_chosen=trials.begin)
    add_trial_routes(app, chosen, trials)
    with TestClient(app) as client:
        yield client


def ended(trials: Trials) -> None:
    until(lambda: trials.described()["state"] != "trying")


def test_the_embedded_model_needs_no_trial(chosen: LanguageModels, trials: Trials) -> None:
    trials.begin()
    assert trials.described()["state"] == "known"
    assert chosen.profile() == shipped(models.DEFAULT_LANGUAGE_MODEL)


def test_a_chosen_model_is_tried_once_and_remembered(
    client: TestClient, chosen: LanguageModels, trials: Trials, endpoint: str
) -> None:
    choice = {"kind": "endpoint", "url": f"{endpoint}/keyed/v1", "model": "small", "key": KEY}
    assert client.get(PATH).json()["state"] == "known"
    assert client.put("/page/llm", json=choice).status_code == 200
    ended(trials)
    told = client.get(PATH).json()
    assert (told["state"], told["total"], told["error"]) == ("known", len(tasks()), None)
    assert told["abilities"]["write_en"] is False
    assert chosen.profile() == known_profile(chosen.chosen)
    kept = (chosen.chosen.store / PROFILES_FILE).read_text()
    assert KEY not in kept
    asked = len(Endpoint.keys)
    assert client.put("/page/llm", json=choice).status_code == 200
    assert trials.described()["state"] == "known"
    assert len(Endpoint.keys) == asked
    assert client.post(PATH).json()["state"] == "trying"  # unless it is asked for
    ended(trials)
    assert len(Endpoint.keys) > asked


def test_meanwhile_the_model_is_used_with_care_and_the_trial_can_be_stopped(
    client: TestClient, chosen: LanguageModels, trials: Trials, endpoint: str
) -> None:
    chosen.use(f"{endpoint}/drips/v1", "small")
    assert trials.described()["state"] == "untried"
    trials.begin()
    told = client.get(PATH).json()
    assert (told["state"], told["done"]) == ("trying", 0)
    assert chosen.profile() is UNTRIED
    trials.begin()  # it goes on
    assert client.delete(PATH).json()["state"] == "untried"
    thread = trials._thread
    assert thread is not None
    thread.join(60)
    assert not thread.is_alive()
    assert trials.described()["state"] == "untried"
    assert not (chosen.chosen.store / PROFILES_FILE).exists()


def test_another_choice_ends_the_trial_of_the_one_before(
    chosen: LanguageModels, trials: Trials, endpoint: str
) -> None:
    chosen.use(f"{endpoint}/drips/v1", "small")
    trials.begin()
    hanging = trials._thread
    assert hanging is not None
    chosen.use(f"{endpoint}/v/v1", "large")
    assert trials.described()["state"] == "untried"  # nothing of the other one is shown
    trials.begin()
    hanging.join(60)
    assert not hanging.is_alive()
    ended(trials)
    assert trials.described()["state"] == "known"
    kept = json.loads((chosen.chosen.store / PROFILES_FILE).read_text())
    assert list(kept) == [f"large {endpoint}/v/v1"]


def test_why_a_trial_failed_is_told_until_the_next(
    client: TestClient, chosen: LanguageModels, trials: Trials, endpoint: str
) -> None:
    chosen.use(f"{endpoint}/failing/v1", "small", KEY)
    trials.begin()
    ended(trials)
    told = client.get(PATH).json()
    assert told["state"] == "failed"
    assert "small" in told["error"]["en"]
    assert KEY not in json.dumps(told)
    assert set(told["error"]) == {"en", "ar"}
    chosen.use(f"{endpoint}/v/v1", "small")
    assert trials.described()["state"] == "untried"


def test_where_the_network_listens_nothing_is_tried(
    tmp_path: Path, endpoint: str, downloads: Downloads
) -> None:
    settings = Settings(store=tmp_path, llm="small", llm_url=f"{endpoint}/v/v1")
    locked = LanguageModels(settings, tmp_path / "kept.json", changeable=False)
    trials = Trials(locked)
    app = FastAPI()
    add_trial_routes(app, locked, trials)
    with TestClient(app) as client:
        assert client.get(PATH).json()["state"] == "untried"
        assert client.post(PATH).status_code == 403
        assert client.delete(PATH).status_code == 403
    assert reason(locked.require_changeable) == "settings_locked"
    assert Endpoint.keys == []
