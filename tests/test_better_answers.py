"""Better answers from the Settings tab: fetching a language model from a hub, and using it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from index import models
from index.models.machine import Machine
from tests.browsing import Open
from tests.hub import CONTENT, Hub, hub_model, part
from tests.shop import until

NAME = "qwen3-1.7b"
WAIT = 30_000


@pytest.fixture
def offered(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The hub has the model that is recommended for this machine."""
    monkeypatch.delitem(models.CATALOGUE, "demo")
    file = hub_model()
    entry = replace(models.CATALOGUE[NAME], sources=file.sources, files=file.files)
    monkeypatch.setitem(models.CATALOGUE, NAME, entry)
    monkeypatch.setattr("ui.settings_routes.this_machine", lambda: Machine(16 << 30, 2))
    hold(hub)
    yield hub
    release(hub)


def hold(hub: Hub) -> None:
    """Let go what is held, and keep the next replies back after their first bytes."""
    release(hub)
    hub.held = threading.Event()


def release(hub: Hub) -> None:
    if hub.held is not None:
        hub.held.set()


def control(page: Page, what: str) -> Locator:
    return page.locator(f'[id="set-{what}-{NAME}"]')


def settings(page: Page) -> Locator:
    page.get_by_role("tab").nth(3).click()
    section = page.locator(".sanad-settings section.better")
    expect(section.locator("article").first).to_be_visible(timeout=WAIT)
    return section


def test_a_model_is_fetched_stopped_fetched_and_used(
    visit: Open, offered: Hub, cache: Path
) -> None:
    page = visit()
    section = settings(page)
    first = section.locator("article").first
    expect(first).to_contain_text("recommended for this machine")
    expect(first).to_contain_text("Licence: \u2068Apache-2.0\u2069")
    expect(first).to_contain_text("Memory: \u20682.5\u2069 GB")
    expect(first).to_contain_text("known when the download begins")
    assert offered.asked == []  # nothing before it is pressed

    control(page, "download").click()
    progress = section.locator("progress")
    expect(progress).to_have_attribute("max", str(len(CONTENT)), timeout=WAIT)
    control(page, "cancel").click()
    expect(section.locator(".said")).to_contain_text("Stopped", timeout=WAIT)
    hold(offered)  # what was on its way comes no further
    until(lambda: part(cache, NAME).exists())

    control(page, "download").click()
    expect(progress).to_be_visible(timeout=WAIT)
    release(offered)
    expect(section.locator(".said")).to_contain_text("is on this machine now", timeout=WAIT)
    assert models.find(NAME).read_bytes() == CONTENT
    names = page.locator("#set-embedded option")
    expect(names.filter(has_text=NAME)).to_have_count(1)

    control(page, "answer").click()
    expect(section.locator(".said")).to_contain_text("It answers from the next question on.")
    expect(first.locator(".state").first).to_have_text("in use")
    expect(page.locator(".sanad-settings section.llm .now")).to_contain_text(NAME)
    # The file that the hub hands out is no model, which the trial finds out.
    expect(page.locator("#set-trial")).to_contain_text("could not be loaded")


def test_a_file_that_is_another_one_is_said_in_both_languages(
    visit: Open, offered: Hub, cache: Path
) -> None:
    offered.content = bytes(len(CONTENT))
    release(offered)
    page = visit()
    section = settings(page)
    control(page, "download").click()
    warning = section.locator("article .warning")
    expect(warning).to_contain_text("another SHA-256", timeout=WAIT)
    page.locator(".sanad-header .language").click()
    expect(section.locator("article .warning")).to_contain_text("غير مطابقة")
    assert not part(cache, NAME).exists()


def test_what_a_machine_cannot_run_well_is_said(
    visit: Open, offered: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = settings(visit())
    slow = section.locator('[id="set-qwen3.5-4b"]')
    expect(slow).to_contain_text("fewer cores")
    expect(slow.get_by_role("button", name=re.compile("Download"))).to_be_enabled()
    monkeypatch.setattr("ui.settings_routes.this_machine", lambda: Machine(2 << 30, 8))
    section = settings(visit())
    expect(section.locator("article .hint")).to_have_count(3)
    expect(section).not_to_contain_text("recommended")
