"""Watched folders on the Documents tab, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from index import Library
from tests.browsing import DEEP, Open
from tests.conftest import write_documents
from tests.live import live
from tests.scripted import ScriptedLLM

HOSTILE = "<img src=x onerror=alert(1)>.txt"


@pytest.fixture
def site(library: Library) -> Iterator[str]:
    """The address of a server that watches folders."""
    with live(library, ScriptedLLM(DEEP)) as url:
        yield url


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = write_documents(
        tmp_path / "papers",
        {"mill.txt": "The mill is repaired in May.", HOSTILE: "The boat has a new mast."},
    )
    (folder / "torn.pdf").write_bytes(b"%PDF-1.4 torn")
    return folder


def open_documents(page: Page) -> None:
    page.get_by_role("tab").nth(1).click()
    page.wait_for_selector(".sanad-folders section")


def test_a_folder_is_watched_and_left_on_the_page(visit: Open, site: str, papers: Path) -> None:
    page = visit(url=site)
    open_documents(page)
    rows = page.locator(".sanad-documents tbody tr")
    expect(rows).to_have_count(3)
    section = page.locator(".sanad-folders")
    section.get_by_label("Full path").fill("papers")
    section.get_by_role("button", name="Watch", exact=True).click()
    expect(section.locator(".said")).to_contain_text("its full path is needed")
    section.get_by_label("Full path").fill(str(papers))
    section.get_by_label("Full path").press("Enter")
    expect(section.locator(".path")).to_have_text(str(papers))
    expect(rows).to_have_count(5, timeout=20_000)
    expect(section.locator(".facts")).to_contain_text("Documents: \u20682\u2069")
    section.locator("summary").click()
    events = section.locator(".events li")
    expect(events).to_have_count(3)
    expect(section.locator(".events")).to_contain_text(HOSTILE)
    expect(section.locator(".events li.failed")).to_contain_text("torn.pdf is damaged")
    assert not Axe().run(page, ".sanad-folders").response["violations"]
    (papers / "mill.txt").unlink()
    expect(rows).to_have_count(4, timeout=20_000)
    expect(events.first).to_contain_text("mill.txt removed")
    page.locator(".sanad-header .language").click()
    expect(section.locator("h2")).to_have_text("المجلدات المراقَبة")
    expect(section.locator(".events li.failed")).to_contain_text("تالف")
    section.get_by_role("button", name="أوقف مراقبة").click()
    page.get_by_role("dialog").get_by_role("button", name="أزِل المستندات").click()
    expect(section.locator(".path")).to_have_count(0)
    expect(rows).to_have_count(3, timeout=20_000)
    assert (papers / HOSTILE).exists()


def test_only_owners_see_watched_folders(visit: Open, site: str, context: BrowserContext) -> None:
    told = {"person": "Lena", "role": "editor", "serves": False, "collection": "main",
            "collections": [], "log_out": None}  # fmt: skip
    context.route("**/page/access", lambda route: route.fulfill(json=told))
    page = visit(url=site)
    page.get_by_role("tab").nth(1).click()
    page.wait_for_selector(".sanad-documents table")
    page.wait_for_timeout(500)  # it would have asked by now
    expect(page.locator(".sanad-folders section")).to_have_count(0)
    page.evaluate("window.sanad.access.serves = true")
    open_documents(page)
