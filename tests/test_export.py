"""What a person takes away of a conversation: complete, and harmless wherever it is opened."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt

from index import Language
from ui.conversation import Conversation, Exchange
from ui.export import answer_text, as_html, as_json, as_markdown, readable
from ui.strings import text

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=https://evil.example/x.png onerror=alert(1)>",
    "![x](https://evil.example/y.png)",
    "[click](javascript:alert(1)) [1]: https://evil.example",
    "# A heading",
    "Title\n=====\nTitle\n---",
    "> quoted\n- item\n1. one\n2) two\n+ plus",
    "```\ncode\n```\n~~~\ncode\n    indented",
    "a | b\n--|--\n1 | 2",
    "<https://evil.example> https://evil.example www.evil.example &lt;b&gt; &#60;i>",
    "*one* _two_ **three** ~~four~~ `five` \\*six\\*",
    '" onmouseover="alert(1) \' <!-- --> ]]> {{7*7}} ${7*7}',
    "a\u2028# b\u2029# c\x85# d\x0b# e\r# f",
]
TURNED = "abc\u202edcba\u2066x\u200e\u061c\x00\x1b[31m"


def card(
    marker: int | None = 1,
    sentence: str = "The pond is two metres deep.",
    document: str = "garden.pptx",
    language: Language = "en",
) -> dict[str, Any]:
    return {
        "marker": marker, "document": document, "unit": "slide", "page": 4,
        "section": ["Water", "The pond"], "warnings": [], "language": language, "passage": 7,
        "span": None if marker is None else [10, 10 + len(sentence)],
        "before": "Look here. ", "sentence": sentence, "after": " Fish live in it.",
    }  # fmt: skip


def answered(**changed: Any) -> Exchange:  # noqa: ANN401 - any field of an exchange
    fields: dict[str, Any] = {
        "text": "It is two metres deep. [1]",
        "state": "answered",
        "asked": "2026-11-24T10:00:00+00:00",
        "language": "en",
        "cards": [card()],
    }
    return Exchange("How deep is the pond?", **{**fields, **changed})


def conversation(*exchanges: Exchange, name: str = "The pond") -> Conversation:
    return Conversation(exchanges=list(exchanges or [answered()]), name=name)


def hostile(words: str) -> Conversation:
    """A conversation with these words everywhere."""
    cited = {**card(1, words, words), "section": [words, words]}
    exchange = answered(
        text=f"{words} [1]\n{words}", cards=[cited], state="doubtful", unsupported=[[0, len(words)]]
    )
    exchange.question = words
    return conversation(exchange, name=words)


class Tags(HTMLParser):
    """The tags of a page with their attributes, and the text between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def shown(words: str) -> str:
    """A text as a reader sees it: without what is left out, white space as one space."""
    return " ".join(readable(words).split())


# -- Markdown --------------------------------------------------------------------------------


def rendered(markdown: str) -> Tags:
    return Tags(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
                .render(markdown))  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_stays_text_in_markdown(words: str) -> None:
    harmless = {tag for tag, _ in rendered(as_markdown(hostile("words"), "en")).tags}
    assert harmless == {"h1", "h2", "h3", "p", "strong", "blockquote"}
    made = as_markdown(hostile(words), "en")
    page = rendered(made)
    assert {tag for tag, _ in page.tags} == harmless
    assert [len(page.named(tag)) for tag in ("h1", "h2", "h3")] == [1, 1, 2]
    assert shown(words) in " ".join(page.words.split())
    for line in shown(words).split("\n"):
        assert page.words.count(line) >= 1
    # What other dialects take for an address.
    assert re.search(r"https?://|www\.", made) is None


def test_markdown_holds_the_whole_conversation() -> None:
    two = answered(text="فيها أربعون سمكة. [1]", language="ar")
    two.question = "كم سمكة في البركة؟"
    made = rendered(as_markdown(conversation(answered(), two), "ar")).words
    for words in (
        "The pond", "How deep is the pond?", "It is two metres deep. [1]", "السؤال 2",
        "كم سمكة في البركة؟", "فيها أربعون سمكة. [1]", "عدد الأسئلة: 2", "24 نوفمبر 2026",
        "[1] garden.pptx، شريحة 4 › Water › The pond", "The pond is two metres deep.",
    ):  # fmt: skip
        assert words in made


@pytest.mark.parametrize("make", [as_markdown, as_html])
def test_nothing_turns_the_text_around(make: Any) -> None:  # noqa: ANN401
    made = make(hostile(TURNED), "en")
    assert "abcdcbax[31m" in made.replace("\\", "")
    assert not set(TURNED) & set(made) - set("abcdx[31m")


def test_letters_that_join_and_marks_that_spell_are_kept() -> None:
    for words in ("می\u200cخواهم", "क्\u200dष", "نعم\u06dd", "مُدَّةٌ", "👩\u200d🌾"):
        assert readable(words) == words


# -- HTML ------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_stays_text_in_html(words: str) -> None:
    page = Tags(as_html(hostile(words), "en"))
    plain = Tags(as_html(hostile("words"), "en"))
    assert {tag for tag, _ in page.tags} == {tag for tag, _ in plain.tags}
    assert {name for _, attributes in page.tags for name in attributes} == {
        name for _, attributes in plain.tags for name in attributes
    }
    assert shown(words) in " ".join(page.words.split())
    assert not page.named("script") + page.named("img") + page.named("link")
    assert {attributes["href"] for attributes in page.named("a")} == {"#source-1-1"}


def test_html_loads_nothing_and_runs_nothing() -> None:
    made = as_html(conversation(), "en")
    policies = [
        attributes["content"]
        for attributes in Tags(made).named("meta")
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert "http://" not in made
    assert "https://" not in made
    assert "url(" not in made
    assert "@import" not in made


def test_each_paragraph_has_the_direction_of_most_of_its_letters() -> None:
    exchange = answered(text="Falcon هو اسم المشروع الجديد. [1]\nIt is new.\n12 / 8", language="ar")
    page = as_html(conversation(exchange), "en")
    assert '<p dir="rtl" lang="ar">Falcon هو' in page
    assert '<p dir="ltr" lang="en">It is new.</p>' in page
    assert '<p dir="rtl" lang="ar">12 / 8</p>' in page
    assert '<html lang="en" dir="ltr">' in page
    assert '<blockquote dir="ltr" lang="en">' in as_html(conversation(exchange), "ar")
    assert '<html lang="ar" dir="rtl">' in as_html(conversation(exchange), "ar")


def test_markers_lead_to_their_sources_and_to_nothing_else() -> None:
    first = answered(text="Deep. [1][3] As in [2] and [99].", cards=[card(1), card(3, "Third.")])
    page = Tags(as_html(conversation(first, answered()), "en"))
    links = [attributes["href"] for attributes in page.named("a")]
    assert links == ["#source-1-1", "#source-1-3", "#source-2-1"]
    ids = [attributes["id"] for attributes in page.named("li")]
    assert ids == ["source-1-1", "source-1-3", "source-2-1"]
    assert [attributes["value"] for attributes in page.named("li")] == ["1", "3", "1"]
    assert "[2] and [99]" in page.words
    assert page.named("a")[1]["aria-label"] == "Source 3"


# -- JSON ------------------------------------------------------------------------------------


def test_json_holds_everything_and_its_offsets_fit() -> None:
    exchange = answered(unsupported=[[0, 22]], suggestions=["And the well?"], rating=-1)
    told = json.loads(as_json(conversation(exchange, name="بركة \ud800")))
    assert (told["format"], told["version"], told["name"]) == ("sanad-conversation", 1, "بركة ?")
    (kept,) = told["exchanges"]
    assert kept["cards"] == exchange.cards
    assert (kept["rating"], kept["suggestions"]) == (-1, ["And the well?"])
    start, end = kept["unsupported"][0]
    assert kept["text"][start:end] == "It is two metres deep."
    source = kept["cards"][0]
    assert source["span"][1] - source["span"][0] == len(source["sentence"])


# -- doubt and refusal, sources, in words ------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"state": "doubtful"}, "doubt"),
        ({"state": "abstained", "cards": [card(None)]}, "export_refused"),
        ({"state": "abstained", "cards": [card(None)]}, "nearest_passages"),
        ({"state": "stopped"}, "export_stopped"),
        ({"state": "failed"}, "export_failed"),
        ({"cards": []}, "no_sources"),
        ({}, "sources"),
    ],
)
def test_doubt_and_refusal_are_said_in_words(
    changed: dict[str, Any], key: str, language: Language
) -> None:
    exchange = answered(**changed)
    words = text(key, language)
    assert words in Tags(as_html(conversation(exchange), language)).words
    assert words in rendered(as_markdown(conversation(exchange), language)).words
    assert words in answer_text(exchange, language)


def test_sentences_without_a_source_are_named() -> None:
    exchange = answered(text="It is deep. [1] Fish fly.", unsupported=[[16, 25]])
    told = "No source was found for: Fish fly."
    assert told in answer_text(exchange, "en")
    assert told in as_html(conversation(exchange), "en")
    assert "No source" not in answer_text(answered(), "en")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            "It is two metres deep. [1]\n\nSources:\n"
            "[1] garden.pptx, slide 4 › Water › The pond\n“The pond is two metres deep.”\n"
            "[2] بركة.txt\n«عمقها متران.»",
        ),
        (
            "ar",
            "It is two metres deep. [1]\n\nالمصادر:\n"
            "[1] garden.pptx، شريحة 4 › Water › The pond\n“The pond is two metres deep.”\n"
            "[2] بركة.txt\n«عمقها متران.»",
        ),
    ],
)
def test_answer_for_the_clipboard_has_its_sources_below(language: Language, expected: str) -> None:
    arabic = {**card(2, "عمقها متران.", "بركة.txt", "ar"), "page": None, "section": []}
    assert answer_text(answered(cards=[card(), arabic]), language) == expected


def test_a_greeting_is_copied_as_it_is() -> None:
    greeting = answered(text="Hello!", cards=[], state="small_talk", unsupported=[[0, 6]])
    assert answer_text(greeting, "en") == "Hello!"


def test_a_conversation_without_a_name_gets_one() -> None:
    nameless = conversation(name="\u202e ")
    assert "# Conversation without a name" in as_markdown(nameless, "en")
    assert "<title>محادثة بلا اسم</title>" in as_html(nameless, "ar")


@pytest.mark.parametrize("make", [as_markdown, as_html])
def test_a_conversation_without_questions_can_be_exported(make: Any) -> None:  # noqa: ANN401
    assert "Questions: 0" in make(Conversation(name="empty"), "en")
