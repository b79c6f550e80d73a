"""Logging in, roles and collections on the page, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from index import Library
from rag import Assistant
from tests.browsing import DEEP, POND, ask, text_of
from tests.live import listening
from tests.scripted import ScriptedLLM
from ui.people.people import EVERYWHERE
from ui.site import WebApp

PASSWORD = "correct horse battery"  # noqa: S105 - of nobody
LAW = "قانون العمل"


@pytest.fixture
def site(library: Library, tmp_path: Path) -> Iterator[str]:
    """A server with a login, two people and a collection."""
    (tmp_path / "fees.txt").write_text("The court takes fifty dinars.", encoding="utf-8")
    law = library.beside(library.folder / "collections" / LAW)
    law.add(tmp_path / "fees.txt")
    law.close()
    assistant = Assistant(library, ScriptedLLM(DEEP), strictness="open")
    with closing(WebApp(library, assistant, login=True)) as app, listening(app) as url:
        app.people.add("Sara", PASSWORD, {EVERYWHERE: "owner"})
        app.people.add("Omar", PASSWORD, {LAW: "reader"})
        yield url


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="en")
    yield context
    context.close()


def log_in(page: Page, url: str, name: str, password: str = PASSWORD) -> None:
    page.goto(url)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_who_logs_in_asks_changes_the_collection_and_logs_out(
    site: str, context: BrowserContext
) -> None:
    page = context.new_page()
    log_in(page, f"{site}/", "Sara", "a wrong password")
    expect(page.get_by_role("alert")).to_contain_text("No such name")
    assert not Axe().run(page).response["violations"]
    page.get_by_role("link", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert not Axe().run(page).response["violations"]
    page.get_by_role("link", name="English").click()
    log_in(page, f"{site}/", "Sara")
    page.wait_for_selector("#question textarea")
    assert "two metres" in text_of(ask(page, POND))
    expect(page.locator("form.person bdi")).to_have_text("Sara")
    page.locator("select.collection").select_option(label=LAW)
    page.wait_for_url(re.compile("/c/"))
    page.wait_for_selector("#question textarea")
    expect(page.locator(".sanad-chats .chat")).to_have_count(0)  # the other one's stay there
    page.get_by_role("tab").nth(1).click()
    expect(page.locator(".sanad-documents tbody tr")).to_have_count(1)
    expect(page.locator(".sanad-documents tbody")).to_contain_text("fees.txt")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(re.compile("/login"))
    page.goto(f"{site}/")
    expect(page).to_have_url(re.compile("/login"))


def test_a_reader_is_shown_nothing_that_is_not_allowed(site: str, context: BrowserContext) -> None:
    page = context.new_page()
    refused: list[str] = []
    page.on("response", lambda told: refused.append(told.url) if told.status == 403 else None)
    log_in(page, f"{site}/", "Omar")
    page.wait_for_url(re.compile("/c/"))  # to the only documents that are his
    page.wait_for_selector("#question textarea")
    expect(page.locator("form.person bdi")).to_have_text("Omar")
    expect(page.locator("select.collection")).to_have_count(0)
    page.get_by_role("tab").nth(1).click()
    expect(page.locator(".sanad-documents tbody tr")).to_have_count(1)
    for part in ("#upload", "#rebuild", ".sanad-folders section", ".sanad-documents .danger"):
        expect(page.locator(part).locator("visible=true")).to_have_count(0)
    page.get_by_role("tab").nth(3).click()
    page.wait_for_selector(".sanad-settings")
    page.wait_for_timeout(500)  # it would have asked by now
    assert refused == []
