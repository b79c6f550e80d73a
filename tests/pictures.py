"""The README's pictures, taken from the real page: `make pictures`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from index import Library
from tests.chromium import chromium
from tests.test_browser import ask

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "ui" / "pictures"
QUESTIONS = {
    "ar": ["من هو وزير الصحة الذي زار مينسك؟", "كم يوم إجازة يحصل عليها الموظف الجديد؟"],
    "en": [
        "Where is the assembly point in case of fire?",
        "How many days of leave does a new employee have?",
    ],
}


def main() -> None:
    """Ask the sample documents in both languages and keep what the page shows."""
    PICTURES.mkdir(exist_ok=True)
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
            url = server.stdout.readline().strip()
            with chromium() as browser:
                for language, questions in QUESTIONS.items():
                    context = browser.new_context(
                        locale=language, viewport={"width": 1280, "height": 800}
                    )
                    page = context.new_page()
                    page.goto(url)
                    page.wait_for_selector("#question textarea")
                    page.wait_for_selector(".sanad-header h1")
                    page.wait_for_timeout(1000)
                    page.screenshot(path=PICTURES / f"start-{language}.png")
                    for question in questions:
                        ask(page, question)
                    page.locator("button.marker").last.click()
                    page.wait_for_timeout(500)
                    page.screenshot(path=PICTURES / f"chat-{language}.png")
                    page.get_by_role("tab").nth(1).click()
                    page.wait_for_selector(".sanad-documents table")
                    page.wait_for_timeout(500)
                    page.screenshot(path=PICTURES / f"documents-{language}.png")
                    context.close()
        finally:
            server.terminate()
            server.wait(30)


if __name__ == "__main__":
    main()
