"""Nothing that was asked or answered is lost, whatever happens to the page or the server."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from index import Library
from rag.assistant import QUESTION_CHARACTERS
from tests.browsing import DEEP, DUG, LONG, POND, Open, ask, send
from tests.live import live
from tests.scripted import ScriptedLLM

EVERYTHING = "Describe everything about the pond in detail, please"
WHEN = "When was the pond dug by pupils?"


def slow() -> ScriptedLLM:
    """Takes some five seconds for its first answer."""
    return ScriptedLLM(f"{DEEP} {DUG} {LONG}", DEEP, step=4, pause=0.03)


def chats(page: Page) -> list[str]:
    return page.locator("#chats .chat-name").all_inner_texts()


def begun(page: Page) -> None:
    """Wait until the answer has its first sentence and is not whole."""
    expect(page.locator("#chat .message.bot.open button.marker").first).to_be_visible(
        timeout=30_000
    )


def whole(page: Page) -> None:
    """The long answer stands on the page from its beginning to its end."""
    answer = page.locator("#chat .message.bot:not(.open)")
    expect(answer).to_contain_text("dug in 1998", timeout=60_000)
    expect(answer).to_contain_text("two metres deep")
    expect(answer).not_to_contain_text("(stopped)")
    expect(page.locator("#chat .message.user")).to_have_text(EVERYTHING)


def test_each_tab_has_a_conversation_of_its_own(visit: Open) -> None:
    first = visit()
    ask(first, POND)
    second = visit(url=first.url)
    expect(second.locator("#chat .welcome")).to_be_visible()
    ask(second, WHEN)
    expect(second.locator("#chats .chat")).to_have_count(2)
    assert sorted(chats(second)) == sorted([POND, WHEN])
    second.locator("#chats .chat-open").filter(has_text=POND).click()
    expect(second.locator("#chat .message.user")).to_have_text(POND)
    expect(second.locator("#chat .message.bot")).to_contain_text("two metres")


def test_two_tabs_with_one_conversation_lose_no_question_of_either(visit: Open) -> None:
    first = visit()
    ask(first, POND)
    second = visit(url=first.url)
    second.locator("#chats .chat-open").filter(has_text=POND).click()
    expect(second.locator("#chat .message.user")).to_have_text(POND)
    ask(second, WHEN)
    send(first, "How many goldfish live in the pond?")
    expect(first.locator("#chat .message.bot:not(.open)")).to_have_count(3, timeout=30_000)
    first.reload()
    expect(first.locator("#chat .message.user")).to_have_text(
        [POND, WHEN, "How many goldfish live in the pond?"]
    )


def test_a_closed_tab_is_found_again_after_a_restart(library: Library, visit: Open) -> None:
    with live(library, ScriptedLLM(DEEP)) as url:
        page = visit(url=url)
        ask(page, POND)
        page.close()
    with live(library, ScriptedLLM(DEEP)) as url:
        page = visit(url=url)
        ask(page, WHEN)
        expect(page.locator("#chats .chat")).to_have_count(2)
        page.locator("#chats .chat-open").filter(has_text=POND).click()
        expect(page.locator("#chat .message.bot")).to_contain_text("two metres")
        page.close()


def test_an_answer_is_written_on_while_the_page_is_loaded_again(visit: Open) -> None:
    page = visit(slow())
    send(page, EVERYTHING)
    begun(page)
    page.reload()
    expect(page.locator("#chat .message.user")).to_have_text(EVERYTHING)
    expect(page.locator("#question .stop-button")).to_be_visible()
    whole(page)
    page.wait_for_selector("#question .submit-button")


def test_an_answer_is_written_on_when_its_page_is_closed(visit: Open) -> None:
    page = visit(slow())
    send(page, EVERYTHING)
    begun(page)
    url = page.url
    page.close()
    page = visit(url=url)
    page.locator("#chats .chat-open").filter(has_text=EVERYTHING).click()
    whole(page)


def test_an_answer_is_written_on_behind_another_conversation(visit: Open) -> None:
    page = visit(slow())
    send(page, EVERYTHING)
    begun(page)
    page.locator(".chats-new").click()
    expect(page.locator("#chat .welcome")).to_be_visible()
    page.wait_for_timeout(1_000)
    expect(page.locator("#chat .exchange")).to_have_count(0)
    page.locator("#chats .chat-open").filter(has_text=EVERYTHING).click()
    whole(page)


def test_a_server_that_ends_keeps_the_question_and_what_was_written(
    library: Library, visit: Open
) -> None:
    with live(library, slow()) as url:
        page = visit(url=url)
        send(page, EVERYTHING)
        begun(page)
        page.close()
    with live(library, ScriptedLLM(DEEP)) as url:
        page = visit(url=url)
        page.locator("#chats .chat-open").filter(has_text=EVERYTHING).click()
        expect(page.locator("#chat .message.user")).to_have_text(EVERYTHING)
        expect(page.locator("#chat .message.bot:not(.open)")).to_contain_text("(stopped)")
        expect(page.locator("#chat .message.bot")).to_contain_text("two metres deep")
        page.locator("#chat .sign-button.again").click()
        expect(page.locator("#chat .message.bot:not(.open)")).not_to_contain_text(
            "(stopped)", timeout=30_000
        )
        page.close()


@pytest.mark.parametrize("pasted", [True, False])
def test_a_question_that_is_too_long_is_not_cut(
    visit: Open, context: BrowserContext, pasted: bool
) -> None:
    page = visit()
    text = "word " * (QUESTION_CHARACTERS // 5) + "and how deep is the pond?"
    box = page.locator("#question textarea")
    if pasted:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.evaluate("text => navigator.clipboard.writeText(text)", text)
        box.focus()
        page.keyboard.press("Control+V")
    else:
        box.fill(text)
    box.press("Enter")
    expect(page.locator("#chat .message.bot")).to_contain_text(f"{QUESTION_CHARACTERS}")
    expect(box).to_have_value(text)
    box.fill(POND)
    box.press("Enter")
    expect(page.locator("#chat .message.bot").nth(1)).to_contain_text("two metres", timeout=60_000)
