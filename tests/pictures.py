"""The README's pictures, taken from the real page with the real models: `make pictures`."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from index import Library
from tests.chromium import chromium
from tests.test_browser import ask

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "ui" / "pictures"
QUESTIONS = {
    "ar": ["كم يوم إجازة يحصل عليها الموظف الجديد؟", "من هو وزير الصحة الذي زار مينسك؟"],
    "en": [
        "Where is the assembly point in case of fire?",
        "When were the documents between Libya and Belarus signed?",
    ],
}
REFUSED = {"ar": "ما عاصمة منغوليا؟", "en": "What is the capital of Mongolia?"}


SHOWN = re.findall(r"ui/pictures/([\w-]+)\.png", (ROOT / "README.md").read_text(encoding="utf-8"))


def main() -> None:
    """Ask the sample documents in both languages and keep what the README shows of the page."""
    PICTURES.mkdir(exist_ok=True)
    with _served() as url, chromium() as browser:
        for language, questions in QUESTIONS.items():
            page = _opened(browser, url, language)
            for question in questions:
                ask(page, question)
            page.locator("button.marker").last.click()
            page.mouse.move(0, 0)
            _take(page, f"chat-{language}")
            page.locator(".card.active").get_by_role("button").click()
            page.wait_for_selector(".reader-text mark")
            _take(page, f"reader-{language}")
            page.keyboard.press("Escape")
            for at, tab in enumerate(("documents", "overview", "settings"), 1):
                page.get_by_role("tab").nth(at).click()
                page.wait_for_selector(f"#{tab} h2")
                _take(page, f"{tab}-{language}")
            page.get_by_role("tab").nth(0).click()
            page.locator(".chats-new").click()
            page.wait_for_selector("#chat .welcome")
            ask(page, REFUSED[language])
            _take(page, f"refusal-{language}")
            page.context.close()
            phone = _opened(browser, url, language, width=390, dark=True)
            ask(phone, questions[-1])
            _take(phone, f"phone-{language}")
            phone.context.close()


def _opened(
    browser: Browser, url: str, language: str, width: int = 1280, dark: bool = False
) -> Page:
    context = browser.new_context(
        locale=language,
        viewport={"width": width, "height": 800},
        color_scheme="dark" if dark else "light",
    )
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("#question textarea")
    page.wait_for_selector(".scope-line")
    page.wait_for_timeout(500)
    return page


def _take(page: Page, name: str) -> None:
    if name not in SHOWN:
        return
    page.wait_for_timeout(600)
    page.screenshot(path=PICTURES / f"{name}.png")


@contextmanager
def _served() -> Iterator[str]:
    """The address of a server with the sample documents."""
    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(Path(folder) / "store")
        library.add((ROOT / "ui" / "samples").glob("*.md"))
        library.close()
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.serve", str(library.folder), f"{folder}/violations"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()
            server.wait(30)


if __name__ == "__main__":
    main()
