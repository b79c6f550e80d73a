"""What can be done with questions and answers in the page, in a real browser.

The language model is scripted here, so that what it writes, and when, is known; the real one
answers in `test_browser`.
"""

from __future__ import annotations

import json
import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, FilePayload, expect

from index import Library, models
from tests.browsing import DEEP, DUG, FISH, LONG, POND, Open, ask, send, text_of
from tests.live import live
from tests.scripted import ScriptedLLM
from ui.strings import TEXTS

HOURS = "The garden opens at seven in the morning."

ONE_OF_THREE = re.compile("1\u2069 of \u20683")

TABS = {"ask": 0, "documents": 1, "overview": 2, "settings": 3}


# -- asking ----------------------------------------------------------------------------------------


def test_markers_lead_to_their_source_while_the_answer_is_still_written(visit: Open) -> None:
    page = visit(ScriptedLLM(f"{DEEP} {DUG} The " + "word " * 400, step=4, pause=0.05))
    send(page, "Describe everything about the pond in detail, please")
    marker = page.locator("#chat .message.bot.open button.marker").first
    marker.focus()
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text("two metres deep")
    expect(marker).to_have_attribute("aria-describedby", "sanad-tip")
    page.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#sources .card.active mark")).to_contain_text("two metres deep")
    # What has come is not drawn again: the marker is still the same one.
    marker.evaluate("node => { node.seen = true; }")
    expect(page.locator("#chat button.marker")).not_to_have_count(1)
    assert marker.evaluate("node => node.seen === true")
    page.locator("#question .stop-button").click()
    expect(page.locator("#chat .message.bot").last).to_contain_text(TEXTS["stopped"]["en"])
    page.wait_for_selector("#question .submit-button")
    page.close()


def test_hovering_a_marker_shows_its_quote(visit: Open) -> None:
    page = visit()
    answer = ask(page, POND)
    answer.locator("button.marker").hover()
    expect(page.get_by_role("tooltip").locator(".quote")).to_have_attribute("lang", "en")
    page.mouse.move(5, 5)
    expect(page.get_by_role("tooltip")).to_have_count(0)


def test_an_answer_is_written_again_and_a_question_is_asked_in_other_words(visit: Open) -> None:
    page = visit(ScriptedLLM(DEEP, FISH, HOURS, HOURS))
    assert "two metres" in text_of(ask(page, POND))
    page.get_by_role("button", name=TEXTS["again"]["en"]).click()
    expect(page.locator("#chat .message.bot")).to_contain_text("Forty goldfish")
    expect(page.locator("#chat .exchange")).to_have_count(1)
    ask(page, "And when does the garden open?")
    expect(page.locator("#chat .exchange")).to_have_count(2)
    page.get_by_role("button", name=TEXTS["edit_question"]["en"]).first.click()
    box = page.locator("#chat .editor textarea")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(page.locator("#chat .exchange")).to_have_count(2)
    page.get_by_role("button", name=TEXTS["edit_question"]["en"]).first.click()
    box.fill("When does the school garden open?")
    box.press("Enter")
    expect(page.locator("#chat .message.user")).to_have_text("When does the school garden open?")
    expect(page.locator("#chat .message.bot")).to_contain_text("seven in the morning")


def test_an_answer_is_copied_as_clean_text_with_its_sources(
    visit: Open, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit()
    ask(page, POND)
    page.get_by_role("button", name=TEXTS["copy"]["en"]).click()
    expect(page.get_by_role("status").filter(has_text=TEXTS["copied"]["en"])).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("The pond is two metres deep. [1]")
    assert "garden.md" in copied
    assert "It is two metres deep, and forty goldfish live in it." in copied


def test_ratings_are_kept_and_exported(visit: Open) -> None:
    page = visit()
    ask(page, POND)
    like = page.get_by_role("button", name=TEXTS["like"]["en"])
    expect(like).to_have_attribute("aria-pressed", "false")
    like.click()
    expect(like).to_have_attribute("aria-pressed", "true")
    expect(like).to_be_focused()
    page.reload()
    expect(like).to_have_attribute("aria-pressed", "true")
    with page.expect_download() as download:
        page.get_by_role("link", name=TEXTS["chats_ratings"]["en"]).click()
    (rated,) = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    told = json.loads(rated)
    assert (told["question"], told["rating"]) == (POND, 1)
    like.click()
    expect(like).to_have_attribute("aria-pressed", "false")


def test_examples_and_follow_ups_come_from_the_person_s_own_documents(visit: Open) -> None:
    page = visit(ScriptedLLM(HOURS, DEEP))
    page.get_by_role("button", name="“Opening hours”").click()
    expect(page.locator("#chat .message.bot:not(.open)")).to_contain_text("seven")
    expect(page.locator("#chat .facts")).to_contain_text(ONE_OF_THREE)
    page.locator("#chat .next").get_by_role("button", name="The pond").click()
    expect(page.locator("#chat .message.bot:not(.open)")).to_have_count(2)
    expect(page.locator("#chat .facts").last).to_contain_text("all documents")


def test_a_refusal_shows_what_was_nearest(visit: Open) -> None:
    page = visit(ScriptedLLM("NO_ANSWER"))
    ask(page, "Who is the mayor of the city of Orm?")
    expect(page.locator("#sources h2")).to_have_text(TEXTS["nearest_passages"]["en"])
    assert page.locator("#sources .card").count() > 0
    assert page.locator("#chat button.marker").count() == 0


def test_a_source_opens_in_its_section_and_the_focus_returns(visit: Open) -> None:
    page = visit()
    ask(page, POND).locator("button.marker").click()
    opener = page.locator(".card.active").get_by_role("button")
    opener.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("mark")).to_contain_text("two metres deep")
    expect(dialog.locator(".reader-text")).to_contain_text("dug in 1998")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()


# -- conversations, scope, several people ----------------------------------------------------------


def test_conversations_outlive_the_server_with_their_own_sources(
    library: Library, visit: Open, context: BrowserContext
) -> None:
    with live(library, ScriptedLLM(DEEP)) as url:
        page = visit(url=url)
        ask(page, POND)
        expect(page.locator("#chats .chat-name")).to_have_text(POND)
        page.locator(".chats-new").click()
        expect(page.locator("#chat .exchange")).to_have_count(0)
        ask(page, "When was the pond dug by pupils?")
        expect(page.locator("#chats .chat")).to_have_count(2)
        page.close()
    library.remove("garden.md")
    with live(library, ScriptedLLM(DEEP)) as url:
        page = visit(url=url)
        expect(page.locator("#chats .chat")).to_have_count(2)
        page.locator("#chats .chat-open").filter(has_text=POND).click()
        expect(page.locator("#chat .message.bot")).to_contain_text("two metres deep")
        page.locator("#chat button.marker").click()
        expect(page.locator("#sources .card mark")).to_contain_text("two metres deep")
        page.reload()
        expect(page.locator("#chat .message.bot")).to_contain_text("two metres deep")
        page.close()


def test_nobody_sees_the_conversations_of_others(visit: Open, browser: Browser) -> None:
    page = visit()
    ask(page, POND)
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "sanad-visitor"]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    chat = page.evaluate("window.sanad.opened()")
    other = browser.new_context(locale="en")
    stranger = visit(url=page.url, within=other)
    expect(stranger.locator("#chats .hint.empty")).to_be_visible()
    stranger.evaluate("id => sessionStorage.setItem('sanad-chat', id)", chat)
    stranger.reload()
    stranger.wait_for_selector(".scope-line")
    expect(stranger.locator("#chat .welcome")).to_be_visible()
    assert stranger.locator("#chat .exchange").count() == 0
    assert stranger.request.get(f"{page.url}page/chats/{chat}/export?format=json").status == 404
    other.close()


def test_only_chosen_documents_are_asked(visit: Open) -> None:
    page = visit()
    page.get_by_role("button", name=TEXTS["scope_change"]["en"]).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(TEXTS["language_ar"]["en"]).check()
    expect(dialog.get_by_role("status")).to_contain_text("1")
    dialog.get_by_role("button", name=TEXTS["scope_use"]["en"]).click()
    expect(page.locator(".scope-line.narrowed")).to_be_visible()
    ask(page, POND)
    expect(page.locator("#chat .facts")).to_contain_text(ONE_OF_THREE)
    expect(page.locator("#chat .facts")).to_have_attribute("title", "قطار.md")
    names = page.locator("#sources .card .name").all_inner_texts()
    assert set(names) <= {"قطار.md"}
    page.get_by_role("button", name=TEXTS["scope_reset"]["en"]).click()
    ask(page, POND)
    expect(page.locator("#chat .facts").last).to_contain_text("all documents")


def test_the_list_of_documents_comes_when_it_is_needed_and_stays_right(visit: Open) -> None:
    page = visit()
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url.rpartition("/")[2]))
    page.reload()
    expect(page.locator(".scope-line")).to_contain_text("3")
    page.get_by_role("button", name=TEXTS["scope_change"]["en"]).click()
    page.get_by_role("dialog").get_by_label("bakery.txt").check()
    page.get_by_role("button", name=TEXTS["scope_use"]["en"]).click()
    assert asked.count("documents") == 1
    page.reload()  # now the line itself needs it
    expect(page.locator(".scope-line.narrowed")).to_contain_text("asked: \u20681")
    page.get_by_role("tab").nth(TABS["documents"]).click()
    rows = page.locator("#documents tbody tr")
    expect(rows).to_have_count(3)
    assert asked.count("documents") == 2
    mill = FilePayload(name="mill.txt", mimeType="text/plain", buffer=b"The mill stands in Orm.")
    page.set_input_files("#upload input[type=file]", files=[mill])
    expect(rows).to_have_count(4, timeout=30_000)
    page.get_by_role("button", name="Remove \u2068bakery.txt\u2069").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(rows).to_have_count(3)
    page.get_by_role("tab").nth(TABS["ask"]).click()
    expect(page.locator(".scope-line.narrowed")).to_contain_text("asked: \u20680")


def test_those_who_wait_see_their_place_and_stopping_frees_the_model(
    visit: Open, browser: Browser
) -> None:
    llm = ScriptedLLM(f"{DEEP} {LONG}", DEEP, step=4, pause=0.1)
    first = visit(llm)
    send(first, "Describe everything about the pond in detail, please")
    expect(first.locator("#chat .message.bot.open button.marker").first).to_be_visible(
        timeout=30_000
    )
    other = browser.new_context(locale="en")
    second = visit(url=first.url, within=other)
    send(second, POND)
    place = TEXTS["answers_before"]["en"].split("{")[0]
    expect(second.locator("#chat .message.bot")).to_contain_text(place)
    first.locator("#question .stop-button").click()
    expect(second.locator("#chat .message.bot:not(.open)")).to_contain_text(
        "two metres", timeout=15_000
    )
    assert llm.closed
    expect(first.locator("#chat .message.bot:not(.open)")).to_contain_text("(stopped)")
    other.close()


# -- models ----------------------------------------------------------------------------------------


@pytest.fixture
def second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Another embedding model of the catalogue that is on this machine: the default one again."""
    default = models.find(models.DEFAULT_EMBEDDING)
    shelf = tmp_path / "cache" / "models"
    shelf.mkdir(parents=True)
    monkeypatch.setenv("SANAD_CACHE", str(tmp_path / "cache"))
    for name in (models.DEFAULT_EMBEDDING, "second"):
        (shelf / name).symlink_to(default)
    entry = replace(models.CATALOGUE[models.DEFAULT_EMBEDDING], name="second")
    monkeypatch.setitem(models.CATALOGUE, "second", entry)
    return "second"


def test_another_model_is_used_for_the_documents_and_nobody_waits(
    visit: Open, library: Library, second: str
) -> None:
    own = Library.open(library.folder)  # told no model, so that the page may choose one
    with closing(own), live(own, ScriptedLLM(DEEP)) as url:
        page = visit(url=url)
        page.get_by_role("tab").nth(TABS["settings"]).click()
        page.locator(f"#set-embed-{second}").click()
        page.get_by_role("dialog").get_by_role("button", name="Rebuild").click()
        expect(page.locator("#activity li.rebuilt")).to_have_count(3, timeout=60_000)
        assert (own.passage_model, own.sentence_model) == (second, models.DEFAULT_EMBEDDING)
        assert own.verify() == []
        page.get_by_role("tab").nth(TABS["settings"]).click()
        expect(page.locator(f"#set-embed-{models.DEFAULT_EMBEDDING}")).to_be_visible()
        expect(page.locator(f"#set-embed-{second}")).to_have_count(0)
        page.get_by_role("tab").nth(TABS["ask"]).click()
        assert DEEP in text_of(ask(page, POND))
        page.close()


# -- hostile, narrow, dark, without eyes ----------------------------------------------------------

ATTACKS = [
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=2> <svg onload=window.pwned=3>",
    "${window.pwned=4} {{window.pwned=5}} `${window.pwned=6}`",
    "![p](https://evil.example/p.png) [link](javascript:window.pwned=7)",
    "<form action=https://evil.example><input name=x><button>go</button></form>",
    "<style>body{display:none}</style><div style='position:fixed;inset:0'>over</div>",
    "\u202etxet desrever\u202c and \u2066isolated",
    "A" * 3000,
    "</textarea></article><iframe src=https://evil.example></iframe>",
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack[:18])
def test_what_is_hostile_in_question_answer_and_document_stays_text(
    library: Library, visit: Open, tmp_path: Path, attack: str
) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    name = re.sub(r"[/\0]", "", attack)[:40] + ".txt"
    (folder / name).write_text(
        f"The code of the northern archive is 4471. {attack} is written on its door.",
        encoding="utf-8",
    )
    library.add(folder)
    page = visit(ScriptedLLM(f"The code of the northern archive is 4471 {attack}."))
    question = f"What is the code of the northern archive? {attack}"[:1900]
    ask(page, question)
    expect(page.locator("#sources .card").first).to_contain_text("4471")
    made = "img, script, iframe, form, style, svg, video, a[href^=javascript]"
    for part in ("#chat", "#sources", "#chats"):
        assert page.locator(part).locator(made).count() == 0
    for tab in ("documents", "overview"):
        page.get_by_role("tab").nth(TABS[tab]).click()
        page.wait_for_timeout(200)
        assert page.locator("#documents").locator(made.replace(", svg", "")).count() == 0
    assert page.evaluate("window.pwned") is None
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("body").is_visible()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_tab_is_free_of_violations_of_wcag_a_and_aa(
    visit: Open, browser: Browser, language: str, dark: bool
) -> None:
    within = browser.new_context(
        locale=language,
        viewport={"width": 1280, "height": 860},
        color_scheme="dark" if dark else "light",
    )
    page = visit(within=within)
    ask(page, POND)
    found = {}
    for name, at in TABS.items():
        page.get_by_role("tab").nth(at).click()
        page.wait_for_timeout(700)
        results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
        for violation in results.response["violations"]:
            where = [node["html"][:160] for node in violation["nodes"][:3]]
            found[f"{name}: {violation['id']}"] = where
    assert found == {}
    within.close()


def test_nothing_moves_while_an_answer_is_written(visit: Open) -> None:
    page = visit(ScriptedLLM(f"{DEEP} {FISH} {HOURS}", step=3, pause=0.03))
    page.evaluate(
        """() => { window.shifted = 0; new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifted += entry.value;
        }).observe({ type: "layout-shift", buffered: false }); }"""
    )
    ask(page, POND)
    assert page.evaluate("window.shifted") < 0.1  # what browsers count as good


# What is wider than the screen though the page itself is not: it cannot be scrolled to.
OUT_OF_REACH = """() => [...document.querySelectorAll("body *")].filter((node) => {
  const { left, right, width, height } = node.getBoundingClientRect();
  return width && height && !node.closest(".unseen") && (right > innerWidth + 1 || left < -1);
}).map((node) => node.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_fits_a_phone_and_is_set_in_its_own_font(
    visit: Open, browser: Browser, language: str, library: Library, tmp_path: Path
) -> None:
    long = tmp_path / f"{'name_without_any_space_' * 6}.txt"
    long.write_text("The mill grinds at night.", encoding="utf-8")
    library.add(long)
    phone = browser.new_context(locale=language, viewport={"width": 390, "height": 800})
    page = visit(within=phone)
    ask(page, POND)
    for at in TABS.values():
        page.get_by_role("tab").nth(at).click()
        page.wait_for_timeout(400)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate(OUT_OF_REACH) == []
    assert page.evaluate('document.fonts.check("16px IBM Plex Sans Arabic", "سند Sanad")')
    loaded = page.evaluate("[...document.fonts].filter((f) => f.status === 'loaded').length")
    assert loaded >= 1
    phone.close()


def test_an_answer_can_be_had_with_the_keyboard_alone(visit: Open) -> None:
    page = visit()
    page.keyboard.press("Escape")
    page.locator("body").click(position={"x": 2, "y": 2})
    page.keyboard.press("/")
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type(POND)
    page.keyboard.press("Enter")
    marker = page.locator("#chat .message.bot:not(.open) button.marker")
    expect(marker).to_be_visible(timeout=30_000)
    page.locator("#chat .log").focus()
    for _ in range(6):
        page.keyboard.press("Tab")
        if marker.evaluate("node => node === document.activeElement"):
            break
    expect(marker).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".card.active")).to_be_focused()
