"""The page in a real browser with the real models: direction, sources, languages, files."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn
from playwright.sync_api import Browser, FilePayload, Page, expect

from index import Library
from rag import Assistant, gate
from rag.prompt import DOUBT
from tests.office_files import slides_file, word_file
from tests.scripted import ScriptedLLM
from ui.site import WebApp
from ui.strings import TEXTS

if TYPE_CHECKING:
    from tests.conftest import MakeLibrary, OpenLibrary

ANSWER_MS = 90_000
HANDBOOK = """# دليل الموظف

## الإجازات

تمنح الشركة كل موظف جديد إجازة سنوية مدتها ثلاثون يوماً. تُطلب الإجازة عبر نظام HR Portal.
"""
HOSTILE = (
    "<script>window.pwned=1</script><img src=https://evil.example/x.png onerror=window.pwned=2>"
    " The archive code of Falcon is 4471. ${window.pwned=3} {{value}} ![x](https://evil.example/y)"
)
HOSTILE_NAME = "<img src=x onerror=window.pwned=4>.txt"


@dataclass
class Site:
    url: str
    violations: Path


@pytest.fixture(scope="session")
def site(make_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    library: Library = make_library(folder, {"دليل.md": HANDBOOK, HOSTILE_NAME: HOSTILE})
    violations = folder / "violations"
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.serve", str(library.folder), str(violations)],
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    assert url.startswith("http://127.0.0.1:"), "the server did not start"
    yield Site(url, violations)
    server.terminate()
    server.wait(30)


@pytest.fixture
def page(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of its own; fails when it, or the server, turned to another host or broke."""
    language = getattr(request, "param", "ar")
    context = browser.new_context(locale=language, viewport={"width": 1280, "height": 860})
    opened = context.new_page()
    asked: list[str] = []
    broken: list[str] = []
    opened.on("request", lambda sent: asked.append(sent.url))
    opened.on("pageerror", lambda error: broken.append(str(error)))
    opened.goto(site.url)
    opened.wait_for_selector("#question textarea")
    opened.wait_for_selector(".sanad-header h1")
    yield opened
    assert opened.evaluate("window.pwned") is None
    context.close()
    local = (site.url, "data:", "blob:")
    assert [url for url in asked if not url.startswith(local)] == []
    assert broken == []
    assert not site.violations.exists(), site.violations.read_text()


def ask(page: Page, question: str) -> None:
    answers = page.locator("#chat .message.bot:not(.open)")
    before = answers.count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    expect(answers).to_have_count(before + 1, timeout=ANSWER_MS)
    page.wait_for_selector("#question .submit-button", timeout=10_000)


@pytest.fixture
def doubting(
    site: Site, open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The address of a server that is in doubt about everything; its model is a scripted one."""
    library = open_library(site.violations.parent / "store")
    llm = ScriptedLLM("The archive code of Falcon is 4471.")
    monkeypatch.setattr(gate, "judge", lambda *_, polar: "doubt")
    server = uvicorn.Server(
        uvicorn.Config(WebApp(library, Assistant(library, llm)), port=0, log_level="warning")
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(30)


def open_documents(page: Page) -> None:
    page.get_by_role("tab").nth(1).click()
    page.wait_for_selector(".sanad-documents table")


def test_arabic_answer_leads_to_its_sentence(page: Page) -> None:
    assert page.evaluate("document.documentElement.dir") == "rtl"
    ask(page, "كم مدة إجازة الموظف الجديد السنوية؟")
    answer = page.locator("#chat [data-testid=bot]")
    expect(answer).to_have_attribute("dir", "rtl")
    expect(answer).to_have_attribute("lang", "ar")
    assert answer.evaluate("node => getComputedStyle(node).direction") == "rtl"
    marker = answer.locator("button.marker").first
    expect(marker).to_have_attribute("aria-label", "المصدر \u20681\u2069")
    marker.focus()
    page.keyboard.press("Enter")
    card = page.locator(".card.active")
    expect(card).to_be_focused()
    expect(card.locator("mark")).to_contain_text("ثلاثون يوماً")
    expect(card.locator(".passage")).to_have_attribute("dir", "rtl")
    card.get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("mark")).to_contain_text("ثلاثون يوماً")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_refusal_shows_the_nearest_passages_unmarked(page: Page) -> None:
    ask(page, "What is the capital of Mongolia?")
    expect(page.locator("#sources h2")).to_have_text("أقرب المقاطع")
    expect(page.locator("#chat [data-testid=bot]")).to_have_attribute("dir", "ltr")
    assert page.locator("#sources mark").count() == 0
    assert page.locator("#sources .card").count() > 0


def test_small_talk_has_no_sources_and_no_nearest_passages(page: Page) -> None:
    ask(page, "Hello!")
    expect(page.locator("#chat [data-testid=bot]")).to_contain_text("Hello")
    expect(page.locator("#sources h2")).to_have_text("المصادر")
    expect(page.locator("#sources .hint")).to_have_text(TEXTS["no_sources_needed"]["ar"])
    assert page.locator("#sources .card, #chat .doubt").count() == 0


def test_doubt_is_a_line_of_the_message_in_its_language(browser: Browser, doubting: str) -> None:
    page = browser.new_page(locale="ar", viewport={"width": 1280, "height": 860})
    page.goto(doubting)
    page.wait_for_selector("#question textarea")
    ask(page, "What is the archive code of Falcon?")
    line = page.locator("#chat [role=log] [data-testid=bot] .doubt")
    expect(line).to_have_text(f"!{DOUBT['en']}")
    expect(line).to_be_visible()
    expect(line.locator(".sign")).to_have_attribute("aria-hidden", "true")
    assert line.evaluate("node => getComputedStyle(node).direction") == "ltr"
    expect(page.locator("#sources .card mark")).to_contain_text("4471")
    page.locator(".sanad-header .language").click()
    ask(page, "Hello!")
    expect(page.locator("#chat [data-testid=bot]")).to_have_count(2)
    expect(line).to_have_count(1)  # below the first answer, once
    ask(page, "ما رمز الأرشيف للصقر؟")
    expect(line).to_have_text([f"!{DOUBT['en']}", f"!{DOUBT['ar']}"])
    assert line.last.evaluate("node => getComputedStyle(node).direction") == "rtl"
    page.locator(".chats-new").click()
    expect(line).to_have_count(0)
    page.close()


def test_hostile_document_stays_text(page: Page) -> None:
    ask(page, "What is the archive code of Falcon?")
    expect(page.locator("#sources .card").first).to_contain_text("<script>window.pwned=1</script>")
    expect(page.locator("#sources .card .name").first).to_have_text(HOSTILE_NAME)
    ask(
        page,
        "<img src=https://evil.example/q.png onerror=window.pwned=5>"
        " ![](https://evil.example/z) a &lt; b",
    )
    expect(page.locator("#chat [data-testid=user]").last).to_contain_text("<img src=https")
    open_documents(page)
    expect(page.locator(".sanad-documents")).to_contain_text(HOSTILE_NAME)
    assert page.locator("#chat img, #sources img, #documents img").count() == 0


@pytest.mark.parametrize("page", ["en"], indirect=True)
def test_language_switches_and_is_remembered(page: Page) -> None:
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
        "en", "ltr",
    ]  # fmt: skip
    expect(page.get_by_role("heading", level=1)).to_have_text("Sanad")
    page.get_by_role("button", name="العربية").click()
    assert page.evaluate("document.documentElement.dir") == "rtl"
    expect(page.get_by_role("tab").nth(0)).to_have_text("اسأل")
    expect(page.get_by_role("tab").nth(1)).to_have_text("المستندات")
    expect(page.get_by_role("heading", level=1)).to_have_text("سند")
    expect(page.locator(".chats-new")).to_have_text("محادثة جديدة")
    expect(page.locator("#question textarea")).to_have_attribute(
        "placeholder", "اكتب سؤالك بالعربية أو الإنجليزية…"
    )
    page.reload()
    page.wait_for_selector(".sanad-header h1")
    assert page.evaluate("document.documentElement.lang") == "ar"


@pytest.mark.parametrize("page", ["en"], indirect=True)
def test_file_is_uploaded_and_removed(page: Page) -> None:
    open_documents(page)
    before = page.locator(".sanad-documents tbody tr").count()
    page.set_input_files(
        "#upload input[type=file]",
        files=[
            FilePayload(
                name="warehouse.txt",
                mimeType="text/plain",
                buffer=b"The warehouse of the north stands in Sohar.",
            ),
            FilePayload(name="broken.pdf", mimeType="application/pdf", buffer=b"%PDF-1.4"),
        ],
    )
    page.wait_for_selector("#activity li", timeout=60_000)
    expect(page.locator("#activity li.added")).to_contain_text("warehouse.txt")
    expect(page.locator("#activity li.failed")).to_contain_text("broken.pdf")
    expect(page.locator(".sanad-documents tbody tr")).to_have_count(before + 1)
    page.get_by_role("button", name="Remove \u2068warehouse.txt\u2069").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.locator("#activity li.removed")).to_contain_text("warehouse.txt")
    expect(page.locator(".sanad-documents tbody tr")).to_have_count(before)


def upload(page: Page, files: dict[str, bytes]) -> None:
    page.set_input_files(
        "#upload input[type=file]",
        files=[
            FilePayload(name=name, mimeType="application/octet-stream", buffer=content)
            for name, content in files.items()
        ],
    )
    page.wait_for_selector("#activity li", timeout=60_000)


def remove(page: Page, name: str) -> None:
    row = page.locator(".sanad-documents tbody tr").filter(has_text=name)
    row.get_by_role("button").click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    expect(row).to_have_count(0)


@pytest.mark.parametrize("page", ["en"], indirect=True)
def test_office_files_are_taken_in_with_what_may_be_wrong_in_them(page: Page) -> None:
    open_documents(page)
    upload(
        page,
        {
            "ferry.docx": word_file(
                "# Ferry", "## Winter", "In winter the ferry to Orm leaves at noon."
            ),
            "عرض.pptx": slides_file(("المواعيد", "يفتح مكتب البريد في الثامنة صباحًا."), None, None),
            "tool.exe": b"MZ",
        },
    )
    results = page.locator("#activity li")
    expect(results.nth(0)).to_contain_text("tool.exe")
    expect(results.nth(0).locator(".reason")).to_contain_text("Word (.docx)")
    expect(page.locator("#activity li.added")).to_have_count(2)
    expect(page.locator("#activity")).to_contain_text("files: ")
    warning = page.locator(".sanad-documents tr").filter(has_text="عرض.pptx").locator(".warning")
    told = "Slides 2-3: no text was found, only a picture."
    expect(warning).to_contain_text(told)
    expect(warning.locator(".sign")).to_have_attribute("aria-hidden", "true")
    expect(page.locator("#activity .warning")).to_contain_text(told)
    expect(page.locator(".sanad-documents .warning")).to_have_count(1)

    page.get_by_role("button", name="العربية").click()
    expect(warning).to_contain_text("الشرائح \u20682-3\u2069: لم يُعثر على نص، بل على صورة فقط.")
    expect(results.nth(0).locator(".reason")).to_contain_text("غير مقروءة")
    assert warning.evaluate("node => getComputedStyle(node).direction") == "rtl"

    page.get_by_role("tab").nth(0).click()
    ask(page, "When does the ferry to Orm leave in winter?")
    card = page.locator("#sources .card").first
    expect(card.locator(".details")).to_have_text("Ferry › Winter · الإنجليزية")
    expect(card.locator(".passage .paragraph").first).to_have_attribute("dir", "ltr")
    ask(page, "متى يفتح مكتب البريد؟")
    expect(page.locator("#sources .card").first.locator(".details")).to_have_text(
        "شريحة \u20681\u2069 › المواعيد · العربية"
    )
    open_documents(page)
    for name in ("ferry.docx", "عرض.pptx"):
        remove(page, name)


@pytest.mark.parametrize("page", ["en"], indirect=True)
def test_each_paragraph_of_a_passage_has_its_own_direction(page: Page) -> None:
    open_documents(page)
    upload(
        page,
        {
            "lamps.txt": (
                "The lamps of the tower of Qasr are lit at eight.\n\n"
                "Orm Tower: تضاء مصابيح البرج الكبير في الثامنة مساء كل يوم.\n\n12 / 8"
            ).encode()
        },
    )
    page.get_by_role("tab").nth(0).click()
    ask(page, "When are the lamps of the tower of Qasr lit?")
    card = page.locator("#sources .card").filter(has_text="lamps.txt").first
    card.get_by_role("button").click()
    body = page.get_by_role("dialog").locator(".reader-text")
    directions = {
        text: body.locator(".paragraph").filter(has_text=text).get_attribute("dir")
        for text in ("The lamps", "Orm Tower")
    }
    assert directions == {"The lamps": "ltr", "Orm Tower": "rtl"}
    page.keyboard.press("Escape")
    open_documents(page)
    remove(page, "lamps.txt")


def test_narrow_screen_has_nothing_beside_it(page: Page) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    open_documents(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
