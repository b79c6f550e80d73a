"""Reader, table of documents and overview in a real browser, on a page of these parts alone."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from playwright.sync_api import Browser, Page, expect

import ui
from index import Library
from ui.document_routes import add_document_routes
from ui.reader_routes import add_reader_routes
from ui.security import Guard
from ui.strings import TEXTS, documents, overview, reader

if TYPE_CHECKING:
    from tests.conftest import MakeLibrary

HOSTILE_NAME = "<img src=x onerror=window.pwned=1>.txt"
DOCUMENTS = {
    "guide.md": (
        "# Guide\n\n## Hours\n\n𝄞 The lighthouse opens at nine. The keeper rests at noon. "
        + "Groups meet at the iron gate of the pier. " * 6
        + "\n\n## المواعيد\n\n"
        + "يفتح برج المنارة أبوابه في التاسعة صباحًا. " * 6
        + "\n\n## Lamps\n\n"
        + "The lamps of the tower are lit at eight. " * 8
        + "\n\n| "
        + " | ".join(["a long cell of a table"] * 30)
        + " |\n"
    ),
    "الإدارة.md": (
        "# الإدارة\n\nيجتمع مجلس الإدارة أول كل شهر.\n\n## المكتبة\n\nالمكتبة في الطابق الأول.\n"
    ),
    HOSTILE_NAME: "<script>window.pwned=2</script> The code of Falcon is 4471. ${window.pwned=3}",
}
SCRIPTS = ("strings", "words", "pieces", "shelf", "reader", "map", "overview", "documents", "parts")
# What app.js does for the whole page, for two parts.
PARTS = """
window.sent = [];
window.place = (name, value) => {
  const root = document.querySelector(`.sanad-${name}`);
  const draw = () => window.sanad.drawings[name](root, value, (told) => window.sent.push(told));
  window.sanad.parts.set(name, { draw, value: () => value });
  draw();
};
addEventListener("load", () => {
  window.place("documents", { documents: 3, mark: "first" });
  window.place("overview", []);
});
window.speak = (code) => {
  window.sanad.choose(code);
  for (const part of window.sanad.parts.values()) part.draw();
};
"""
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Parts</title>'
    + "".join(
        f'<link rel="stylesheet" href="/ui/{name}.css">' for name in ("app", "reader", "overview")
    )
    + "".join(f'<script src="/ui/{name}.js"></script>' for name in SCRIPTS)
    + '</head><body><main class="gradio-container"><div id="documents">'
    '<div class="sanad-documents"></div></div><div class="sanad-overview"></div></main></body>'
)


@pytest.fixture(scope="module")
def library(make_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> Library:
    return make_library(tmp_path_factory.mktemp("parts"), DOCUMENTS)


@pytest.fixture(scope="module")
def address(library: Library) -> Iterator[str]:
    """A server of the routes and scripts under test, behind the guard of the real one."""
    app = FastAPI()
    add_document_routes(app, library)
    add_reader_routes(app, library)
    texts = {**TEXTS, **documents.TEXTS, **reader.TEXTS, **overview.TEXTS}
    begin = f"window.sanadTexts = {json.dumps(texts)}; window.sanadAddress = '';"
    scripts = {"strings": begin, "parts": PARTS}

    @app.get("/")
    async def page() -> HTMLResponse:
        return HTMLResponse(PAGE)

    for name, text in scripts.items():
        app.add_api_route(
            f"/ui/{name}.js",
            lambda text=text: Response(text, media_type="text/javascript; charset=utf-8"),
        )
    app.mount("/ui", StaticFiles(directory=Path(ui.__file__).parent / "static"))
    server = uvicorn.Server(uvicorn.Config(Guard(app, "127.0.0.1"), log_level="warning"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(30)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(locale="en", viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    broken: list[str] = []
    opened.on("pageerror", lambda error: broken.append(str(error)))
    opened.goto(address)
    opened.wait_for_selector(".sanad-documents table")
    yield opened
    assert opened.evaluate("window.pwned") is None
    context.close()
    assert broken == []


def read(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).click()
    page.wait_for_selector(".reader-text .paragraph")


def open_map(page: Page) -> None:
    page.evaluate("window.sanad.showOverview()")
    page.wait_for_selector(".map .dot[transform]")


# -- the reader ------------------------------------------------------------------------------


def test_marked_sentence_is_exact_and_survives_going_away(page: Page, library: Library) -> None:
    sentence = "The keeper rests at noon."
    start = library.document("guide.md").text.index(sentence)
    page.evaluate(
        "([at, to]) => window.sanad.read('guide.md', at, { from: at, to })",
        [start, start + len(sentence)],
    )
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("mark")).to_have_text(sentence)
    expect(dialog.locator(".reader-where")).to_have_text("Guide › Hours")
    dialog.get_by_role("button", name="Next section").click()
    expect(dialog.locator(".reader-where")).to_have_text("Guide › المواعيد")
    expect(dialog.locator("mark")).to_have_count(0)
    dialog.get_by_role("button", name="Back to the sentence").click()
    expect(dialog.locator("mark")).to_have_text(sentence)
    expect(dialog.get_by_role("button", name="Back to the sentence")).to_be_hidden()
    expect(dialog.locator("mark")).to_be_in_viewport()


def test_buttons_lead_to_the_ends_and_keep_the_focus(page: Page) -> None:
    read(page, "guide.md")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Previous section")).to_be_disabled()
    onwards = dialog.get_by_role("button", name="Next section")
    onwards.focus()
    page.keyboard.press("Enter")
    expect(dialog.locator(".reader-where")).to_have_text("Guide › المواعيد")
    expect(onwards).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.locator(".reader-where")).to_have_text("Guide › Lamps")
    expect(onwards).to_be_disabled()
    expect(dialog.get_by_role("region")).to_be_focused()


def test_escape_closes_and_gives_the_focus_back(page: Page) -> None:
    read(page, "guide.md")
    expect(page.get_by_role("dialog").get_by_role("region")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name="guide.md")).to_be_focused()


def test_each_paragraph_has_its_own_direction(page: Page) -> None:
    read(page, "guide.md")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Next section").click()
    line = dialog.locator(".paragraph").filter(has_text="يفتح برج المنارة")
    expect(line).to_have_attribute("dir", "rtl")
    dialog.get_by_role("button", name="Next section").click()
    expect(dialog.locator(".paragraph").filter(has_text="The lamps")).to_have_attribute(
        "dir", "ltr"
    )


def test_contents_jump_and_follow(page: Page) -> None:
    read(page, "guide.md")
    dialog = page.get_by_role("dialog")
    contents = dialog.get_by_label("Go to")
    contents.select_option(label="\u00a0\u00a0Lamps")
    expect(dialog.locator(".reader-where")).to_have_text("Guide › Lamps")
    dialog.get_by_role("button", name="Previous section").click()
    expect(contents.locator("option:checked")).to_have_text("\u00a0\u00a0المواعيد")


def test_passages_are_shown_or_not(page: Page, library: Library) -> None:
    read(page, "guide.md")
    dialog = page.get_by_role("dialog")
    sign = dialog.get_by_role("separator", name="Passage \u20681\u2069 begins here")
    expect(sign).to_be_visible()
    dialog.get_by_label("Show passages").uncheck()
    expect(dialog.locator(".passage-sign").first).to_be_hidden()
    dialog.get_by_role("button", name="Next section").click()
    expect(dialog.locator(".passage-sign").first).to_be_hidden()
    dialog.get_by_label("Show passages").check()


def test_hostile_document_is_read_as_text(page: Page) -> None:
    read(page, HOSTILE_NAME)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text(HOSTILE_NAME)
    expect(dialog.locator(".reader-text")).to_contain_text("<script>window.pwned=2</script>")
    assert dialog.locator("img, script").count() == 0


def test_document_that_has_gone_is_told(page: Page) -> None:
    page.evaluate("window.sanad.read('gone.md', 0)")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".reader-text")).to_have_text(TEXTS["not_there"]["en"])
    expect(dialog.get_by_role("button", name="Next section")).to_be_disabled()


def test_link_opens_its_document_with_the_page(page: Page, address: str) -> None:
    href = page.get_by_role("link", name="الإدارة.md").get_attribute("href")
    page.goto("about:blank")
    page.goto(f"{address}/{href}")
    expect(page.get_by_role("dialog").locator(".reader-text")).to_contain_text("مجلس الإدارة")
    assert "#" not in page.url


# -- the documents -----------------------------------------------------------------------------


def test_documents_are_found_however_they_are_spelt(page: Page) -> None:
    rows = page.locator(".sanad-documents tbody tr")
    box = page.get_by_label("Search by name")
    for search in ("الاداره", "إدَارة", "md الإدارة"):
        box.fill(search)
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("الإدارة.md")
    expect(page.locator(".sanad-documents .count")).to_have_text(
        "Found: \u20681\u2069 of \u20683\u2069"
    )
    box.fill("nothing like it")
    expect(page.locator(".sanad-documents .empty")).to_be_visible()
    page.evaluate("window.speak('ar')")
    expect(page.locator("input[type=search]")).to_have_value("nothing like it")
    expect(page.locator("input[type=search]")).to_be_focused()


def test_columns_sort_both_ways_and_say_so(page: Page) -> None:
    names = page.locator(".sanad-documents tbody a")
    head = page.get_by_role("columnheader", name="Passages")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(names.first).to_have_text("guide.md")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(names.last).to_have_text("guide.md")
    expect(head.get_by_role("button")).to_be_focused()
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "none")


def test_row_sends_what_is_to_be_done(page: Page) -> None:
    row = page.locator(".sanad-documents tbody tr").filter(has_text="guide.md")
    row.locator("summary").click()
    row.get_by_role("button", name="Read the file again").click()
    row.get_by_role("button").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    acts = page.evaluate("window.sent.map(({ act, id }) => [act, typeof id])")
    assert acts == [["reread", "number"], ["remove", "number"]]


def test_thousands_of_documents_are_drawn_in_portions(page: Page) -> None:
    many = [
        {
            "id": id_, "name": f"report {id_}.pdf", "language": "en", "pages": 1,
            "passages": id_, "added": "2026-01-01T00:00:00+00:00", "warnings": [],
        }
        for id_ in range(5000)
    ]  # fmt: skip
    page.route("**/page/documents", lambda route: route.fulfill(json={"documents": many}))
    page.evaluate("window.place('documents', { documents: 5000, mark: 'second' })")
    rows = page.locator(".sanad-documents tbody tr")
    expect(rows).to_have_count(200)
    page.get_by_role("button", name="Show more").click()
    expect(rows).to_have_count(400)
    expect(rows.nth(200).get_by_role("link")).to_be_focused()
    page.get_by_label("Search by name").fill("report 4321")
    expect(rows).to_have_count(1)


def test_list_is_fetched_when_it_is_looked_at_and_when_it_has_changed(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url.rpartition("/")[2]))
    page.evaluate("document.querySelector('#documents').hidden = true")
    page.evaluate("window.place('documents', { documents: 3, mark: 'first' })")
    page.evaluate("window.place('documents', { documents: 3, mark: 'second' })")
    page.wait_for_timeout(200)
    assert "documents" not in asked
    page.evaluate("document.querySelector('#documents').hidden = false")
    page.wait_for_timeout(500)
    assert asked.count("documents") == 1
    page.route("**/page/documents", lambda route: route.abort())
    page.evaluate("window.place('documents', { documents: 3, mark: 'third' })")
    expect(page.locator(".sanad-documents .empty")).to_have_text(TEXTS["server_gone"]["en"])


# -- the overview ------------------------------------------------------------------------------


def test_figures_are_shown_in_both_languages(page: Page, library: Library) -> None:
    open_map(page)
    figures = page.locator(".figures")
    expect(figures.locator(".documents .value")).to_have_text("3")
    expect(figures.locator(".model_passages .value")).to_have_text(library.passage_model)
    expect(page.locator(".bars tbody tr")).to_have_count(3)
    page.evaluate("window.speak('ar')")
    expect(figures.locator(".documents dt")).to_have_text("المستندات")


def test_points_lead_to_their_passages_by_keyboard(page: Page, library: Library) -> None:
    open_map(page)
    dots = page.locator(".map .dot")
    total = sum(record.passages for record in library.documents())
    expect(dots).to_have_count(total)
    assert page.locator('.map .dot[tabindex="0"]').count() == 1
    page.locator('.map .dot[tabindex="0"]').focus()
    page.keyboard.press("Home")
    seen = set()
    for _ in range(total):
        seen.add(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        page.keyboard.press("PageDown")
    assert len(seen) == total
    last = page.evaluate("document.activeElement.getAttribute('aria-label')")
    expect(page.locator(".pointed")).to_contain_text(last.split(" · ")[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text(last.split(" · ")[0])
    page.keyboard.press("Escape")
    expect(page.locator('.map .dot[tabindex="0"]')).to_be_focused()


def test_arrows_go_to_the_nearest_point_on_that_side(page: Page) -> None:
    open_map(page)
    where = "document.activeElement.getBoundingClientRect().x"
    page.locator('.map .dot[tabindex="0"]').focus()
    for key, step in (("ArrowLeft", -1), ("ArrowRight", 1)):
        for _ in range(20):
            before = page.evaluate(where)
            page.keyboard.press(key)
            moved = page.evaluate(where) - before
            if moved == 0:
                break
            assert moved * step > 0
        else:
            pytest.fail("the end was never reached")


def test_document_is_brought_out_on_the_map(page: Page) -> None:
    open_map(page)
    key = page.locator(".legend button").filter(has_text="guide.md")
    key.click()
    expect(key).to_have_attribute("aria-pressed", "true")
    assert page.locator(".map .dot.faded").count() > 0
    shown = page.locator(".map .dot:not(.faded)").evaluate_all(
        "dots => dots.map((dot) => dot.getAttribute('aria-label').split(' · ')[0])"
    )
    assert set(shown) == {"guide.md"}
    key.click()
    expect(page.locator(".map .dot.faded")).to_have_count(0)


def test_overview_counts_again_when_the_documents_change(page: Page) -> None:
    open_map(page)
    with page.expect_request("**/page/overview"):
        page.evaluate("window.place('documents', [])")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_narrow_screen_has_nothing_beside_it(page: Page, language: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.evaluate("(code) => window.speak(code)", language)
    open_map(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate("window.sanad.read('guide.md', 900)")
    page.wait_for_selector(".reader-text .paragraph")
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.querySelector('.reader-text').scrollWidth") <= 390
