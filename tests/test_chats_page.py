"""The list of conversations in a real browser, by itself: the routes, its script, no models."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from playwright.sync_api import Browser, Locator, Page, expect

import ui
from ui.chat_routes import add_chat_routes
from ui.chats import FILE_NAME, ChatStore
from ui.conversation import Conversation, Exchange
from ui.security import Guard
from ui.strings import TEXTS
from ui.visitors import COOKIE

ME = "a" * 32
LEAVE, POND, HOSTILE = (
    "كم مدة إجازة الموظف الجديد؟",
    "How deep is the pond?",
    "<img src=x onerror=window.pwned=1>${window.pwned=2}",
)
SCRIPTS = ("strings.js", "words.js", "pieces.js", "chats.js")
HTML = (
    "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<link rel=stylesheet href=/ui/app.css><link rel=stylesheet href=/ui/chats.css>"
    + "".join(f"<script src=/ui/{name}></script>" for name in SCRIPTS)
    + "<body class=gradio-container><div class=sanad-chats></div>"
    "<div id=question><textarea></textarea></div><script src=/begin.js></script>"
)
# What Gradio does for a part: it hands over a value and takes what the part sends.
BEGIN = """
window.sent = [];
window.value = { open: null, changed: 0 };
window.draw = (changes) => {
  Object.assign(window.value, changes);
  window.sanad.drawings.chats(document.querySelector(".sanad-chats"), window.value, (data) => {
    window.sent.push(data);
    window.draw(data);
  });
};
window.draw({});
"""


@pytest.fixture
def chats(tmp_path: Path) -> Iterator[ChatStore]:
    store = ChatStore(tmp_path / FILE_NAME)
    for day, name in enumerate((HOSTILE, POND, LEAVE), 10):
        asked = [
            Exchange(name, text="So.", state="answered", asked=f"2026-11-{day}T09:00:00+00:00")
            for _ in range(day - 9)
        ]
        store.save(ME, Conversation(exchanges=asked, name=name))
    yield store
    store.close()


@pytest.fixture
def page(browser: Browser, chats: ChatStore, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The part alone on a page, as narrow and in the language that the test wishes."""
    language, width = getattr(request, "param", ("en", 1280))
    app = FastAPI()
    add_chat_routes(app, chats)
    texts = f"window.sanadTexts = {json.dumps(TEXTS)}; window.sanadAddress = '';"
    javascript = "text/javascript"
    app.get("/")(lambda: HTMLResponse(HTML))
    app.get("/begin.js")(lambda: Response(BEGIN, media_type=javascript))
    app.get("/ui/strings.js")(lambda: Response(texts, media_type=javascript))
    app.mount("/ui", StaticFiles(directory=Path(ui.__file__).parent / "static"))
    server = uvicorn.Server(uvicorn.Config(Guard(app), log_level="warning"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        context = browser.new_context(locale=language, viewport={"width": width, "height": 800})
        context.add_cookies([{"name": COOKIE, "value": ME, "url": url}])
        opened = context.new_page()
        broken: list[str] = []
        opened.on("pageerror", lambda error: broken.append(str(error)))
        opened.goto(url)
        opened.wait_for_selector(".chat", state="attached")
        yield opened
        assert opened.evaluate("window.pwned") is None
        context.close()
        server.should_exit = True
        thread.join(30)
    assert broken == []


def item(page: Page, name: str) -> Locator:
    return page.locator(".chat").filter(has_text=name)


def sent(page: Page) -> Any:  # noqa: ANN401 - JSON
    return page.evaluate("window.sent")


def choose(page: Page, name: str, action: str) -> None:
    item(page, name).locator(".chat-menu").click()
    item(page, name).locator(f"[data-control={action}]").click()


@pytest.mark.parametrize("page", [("ar", 1280), ("en", 1280)], indirect=True)
def test_the_list_shows_the_newest_first_each_in_its_direction(page: Page) -> None:
    names = page.locator(".chat-name")
    expect(names).to_have_text([LEAVE, POND, HOSTILE])
    assert names.evaluate_all("all => all.map((name) => name.dir)") == ["rtl", "ltr", "ltr"]
    arabic = page.evaluate("document.documentElement.lang") == "ar"
    day, count = ("12 نوفمبر 2026", "عدد الأسئلة: \u20683\u2069") if arabic else (
        "12 November 2026", "Questions: \u20683\u2069",
    )  # fmt: skip
    expect(item(page, LEAVE).locator(".details")).to_have_text(f"{day} {count}")
    assert page.locator(".sanad-chats img").count() == 0


def test_opening_marks_the_open_one_and_a_new_one_can_be_begun(
    page: Page, chats: ChatStore
) -> None:
    item(page, POND).locator(".chat-open").click()
    expect(item(page, POND).locator(".chat-open")).to_have_attribute("aria-current", "true")
    expect(page.locator("[aria-current]")).to_have_count(1)
    expect(item(page, POND).locator(".chat-open")).to_be_focused()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("[aria-current]")).to_have_count(0)
    expect(page.locator("#question textarea")).to_be_focused()
    assert sent(page) == [{"open": chats.list(ME, "pond")[0].id}, {"open": None}]


def test_searching_narrows_the_list_and_says_so(page: Page) -> None:
    field = page.get_by_role("searchbox", name="Search the conversations")
    field.fill("اجازه")
    expect(page.locator(".chat-name")).to_have_text([LEAVE])
    expect(page.get_by_role("status")).to_have_text("Conversations: \u20681\u2069")
    field.fill("% nothing")
    expect(page.locator(".sanad-chats .empty")).to_have_text(TEXTS["chats_none_found"]["en"])
    expect(field).to_be_focused()
    field.fill("")
    expect(page.locator(".chat")).to_have_count(3)


def test_a_name_is_kept_with_enter_and_left_with_escape(page: Page, chats: ChatStore) -> None:
    choose(page, POND, "rename")
    field = page.get_by_role("textbox", name="New name of")
    expect(field).to_be_focused()
    expect(field).to_have_value(POND)
    field.fill("  Wells  ")
    page.keyboard.press("Enter")
    expect(item(page, "Wells").locator(".chat-menu")).to_be_focused()
    expect(page.locator(".chat-name")).to_have_text([LEAVE, "Wells", HOSTILE])
    choose(page, "Wells", "rename")
    page.locator(".chat-rename").fill("Ponds again")
    page.evaluate("window.draw({ changed: 7 })")  # the list is loaded again meanwhile
    expect(page.locator(".chat-rename")).to_have_value("Ponds again")
    page.keyboard.press("Escape")
    expect(page.locator(".chat-name")).to_have_text([LEAVE, "Wells", HOSTILE])
    expect(item(page, "Wells").locator(".chat-menu")).to_be_focused()
    assert [record.name for record in chats.list(ME, "wells")] == ["Wells"]


def test_the_menu_is_walked_with_the_keyboard(page: Page) -> None:
    toggle = item(page, POND).locator(".chat-menu")
    toggle.focus()
    page.keyboard.press("Enter")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    for key, control in (
        ("ArrowDown", "rename"), ("End", "delete"), ("ArrowDown", "menu"),
        ("ArrowUp", "delete"), ("Home", "rename"), ("Tab", "markdown"),
    ):  # fmt: skip
        page.keyboard.press(key)
        expect(item(page, POND).locator(f"[data-control={control}]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(toggle).to_be_focused()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    toggle.click()
    item(page, LEAVE).locator(".chat-open").click()
    expect(page.locator(".chat-actions")).to_have_count(0)
    assert len(sent(page)) == 1  # what was clicked was not taken away below the pointer


@pytest.mark.parametrize("page", [("ar", 1280)], indirect=True)
def test_exports_are_saved_as_files_in_the_language_of_the_page(page: Page) -> None:
    for control, ending, words in (
        ("markdown", "md", "## السؤال 1"), ("html", "html", 'dir="rtl"'), ("json", "json", "{"),
    ):  # fmt: skip
        item(page, POND).locator(".chat-menu").click()
        with page.expect_download() as saving:
            item(page, POND).locator(f"[data-control={control}]").click()
        assert saving.value.suggested_filename == f"How deep is the pond_.{ending}"
        assert words in Path(saving.value.path()).read_text(encoding="utf-8")
        expect(item(page, POND).locator(".chat-menu")).to_be_focused()


def test_deleting_asks_first_and_closes_the_open_one(page: Page, chats: ChatStore) -> None:
    item(page, POND).locator(".chat-open").click()
    choose(page, POND, "delete")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(POND)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(item(page, POND).locator(".chat-menu")).to_be_focused()
    assert len(chats.list(ME)) == 3
    choose(page, POND, "delete")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.locator(".chat-name")).to_have_text([LEAVE, HOSTILE])
    expect(item(page, HOSTILE).locator(".chat-open")).to_be_focused()
    assert sent(page)[-1] == {"open": None}
    for name in (LEAVE, HOSTILE):
        choose(page, name, "delete")
        dialog.get_by_role("button", name="Delete").click()
        expect(dialog).to_have_count(0)
        expect(item(page, name)).to_have_count(0)
    expect(page.locator(".sanad-chats .empty")).to_have_text(TEXTS["chats_none"]["en"])
    expect(page.get_by_role("button", name="New conversation")).to_be_focused()
    assert chats.list(ME) == []


def test_the_list_is_loaded_again_when_something_changed(page: Page, chats: ChatStore) -> None:
    new = Conversation(exchanges=[Exchange("And the well?", text="So.", state="answered")])
    new.name = "And the well?"
    chats.save(ME, new)
    page.evaluate("window.draw({ open: null })")
    expect(page.locator(".chat")).to_have_count(3)
    page.evaluate("window.draw({ changed: 1 })")
    expect(page.locator(".chat-name").first).to_have_text("And the well?")


def test_the_language_is_switched_without_losing_what_was_typed(page: Page) -> None:
    page.get_by_role("searchbox").fill("pond")
    expect(page.locator(".chat")).to_have_count(1)
    page.evaluate("window.sanad.choose('ar'); window.draw({})")
    field = page.get_by_role("searchbox", name="ابحث في المحادثات")
    expect(field).to_have_value("pond")
    expect(field).to_be_focused()
    expect(page.get_by_role("button", name="محادثة جديدة")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("عدد المحادثات: \u20681\u2069")


def test_a_server_that_does_not_answer_is_told_of_and_asked_again(page: Page) -> None:
    page.route("**/page/chats*", lambda route: route.abort())
    page.evaluate("window.draw({ changed: 2 })")
    expect(page.get_by_role("alert")).to_contain_text(TEXTS["server_gone"]["en"])
    expect(page.locator(".chat")).to_have_count(3)
    page.unroute("**/page/chats*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_be_empty()


@pytest.mark.parametrize("page", [("ar", 390), ("en", 390)], indirect=True)
def test_a_narrow_screen_folds_the_list_behind_a_button(page: Page) -> None:
    fold = page.locator(".chats-fold")
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".chats-panel")).to_be_hidden()
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chat")).to_have_count(3)
    expect(page.locator(".chats-panel")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    item(page, POND).locator(".chat-open").click()
    expect(page.locator(".chats-panel")).to_be_hidden()
    expect(fold).to_be_focused()


def test_a_wide_screen_does_not_fold(page: Page) -> None:
    expect(page.locator(".chats-fold")).to_be_hidden()
    expect(page.locator(".chats-panel")).to_be_visible()
