"""Watched folders on the Documents tab, in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, Page, expect
from starlette.types import Receive, Scope, Send

from index import Library
from index.watching import WatchedFolders
from rag import Assistant
from tests.browsing import DEEP, Open
from tests.conftest import write_documents
from tests.scripted import ScriptedLLM
from ui.access import Access, decide
from ui.folder_routes import add_folder_routes
from ui.server import WebApp, _bound

HOSTILE = "<img src=x onerror=alert(1)>.txt"


class Site:
    """The page, and the routes of watched folders for an owner beside it."""

    def __init__(self, page: WebApp, folders: WatchedFolders) -> None:
        self._page = page
        self._routes = FastAPI()
        add_folder_routes(self._routes, folders)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        decide(scope, Access(role="owner"))
        ours = scope.get("path", "").startswith("/page/folders")
        await (self._routes if ours else self._page)(scope, receive, send)


@pytest.fixture
def site(library: Library) -> Iterator[str]:
    """The address of a server that watches folders."""
    folders = WatchedFolders(library)
    folders.start()
    with (
        closing(folders),
        closing(WebApp(library, Assistant(library, ScriptedLLM(DEEP)))) as page,
        _bound("127.0.0.1", 0) as listening,
    ):
        config = uvicorn.Config(
            Site(page, folders), port=0, log_level="warning", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)


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
    context.add_init_script(
        "Object.defineProperty(window, 'sanad', { configurable: true,"
        " set(value) { Object.defineProperty(window, 'sanad', { value, writable: true });"
        " value.access = { role: 'editor' }; } });"
    )
    page = visit(url=site)
    page.get_by_role("tab").nth(1).click()
    page.wait_for_selector(".sanad-documents table")
    page.wait_for_timeout(500)  # it would have asked by now
    expect(page.locator(".sanad-folders section")).to_have_count(0)
    page.evaluate("window.sanad.access.role = 'owner'")
    open_documents(page)
