"""What tests of the page do in a browser; the fixtures that open it are in `conftest`."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

Open = Callable[..., Page]
POND = "How deep is the pond of the school garden?"
DEEP = "The pond is two metres deep."
FISH = "Forty goldfish live in it."
LONG = "The " + " ".join(
    f"word{first}{second}" for first in "abcdefghij" for second in "abcdefghij"
)
"""A sentence without an end, that keeps a slow model writing; no word of it comes twice."""
DUG = "The pond was dug in 1998 by pupils of the eighth class."


def send(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")


def ask(page: Page, question: str) -> Locator:
    """The answer, once it is whole."""
    answers = page.locator("#chat .message.bot:not(.open)")
    before = answers.count()
    send(page, question)
    expect(answers).to_have_count(before + 1, timeout=30_000)
    page.wait_for_selector("#question .submit-button")
    return answers.nth(before)


def text_of(answer: Locator) -> str:
    return re.sub(r"\s+", " ", answer.inner_text()).strip()
