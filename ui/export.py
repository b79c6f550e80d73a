"""A conversation as a file that a person takes away, and an answer as text for the clipboard.

Questions, answers, names and quotes are hostile: each format escapes them for itself, so that
they stay text wherever the file is opened. What a language model or a document wrote never
becomes a link, a picture, a heading or a tag.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from html import escape
from typing import Any

from index import Language
from index.text.sentences import text_language
from ui.conversation import Conversation, Exchange
from ui.strings import text

Card = dict[str, Any]

MARKER = re.compile(r"\[([0-9]{1,3})\]")
FORMAT, VERSION = "sanad-conversation", 1
"""What a JSON export calls itself."""

# Controls, direction marks and overrides, and characters that nobody sees. The joiners of Arabic
# and Indic scripts and the signs written around numbers are none of them: they are spelling.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_LETTER = re.compile(r"[^\W\d_]")

# Everything that means something inside a line of CommonMark, of GitHub's or of other dialects.
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>&~|$@^]|:(?=//)|(?<=www)\.", re.IGNORECASE)
# And what does so only where a line begins: headings, lists, rules, underlines, definitions.
_MARKDOWN_BEGINNING = re.compile(r"^(?:([0-9]{1,9})(?=[.)])|(?=[#+=:%-]))")

_STYLE = """
:root { color-scheme: light dark; --quiet: #52606d; --line: #d5dbe3; --accent: #0f766e;
  --warn: #92400e; --soft: #f1f5f9; }
@media (prefers-color-scheme: dark) { :root { --quiet: #a8b3c2; --line: #3b4757;
  --accent: #2dd4bf; --warn: #fbbf24; --soft: #1e293b; } }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.8;
  font-family: "IBM Plex Sans Arabic", "Noto Sans Arabic", "Segoe UI", Tahoma, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.4; } h2 { font-size: 1.1rem; } h3 { font-size: .95rem; }
h1, h2, h3, p, li { overflow-wrap: anywhere; text-align: start; }
p { margin: .4rem 0; } h3 { margin: 1rem 0 .2rem; color: var(--quiet); }
.told, .place { color: var(--quiet); font-size: .9rem; }
section { margin-block: 2rem; padding-block-start: 1rem;
  border-block-start: 1px solid var(--line); }
.question { padding: .3rem 1rem; border-radius: 8px; background: var(--soft); }
.note { padding-inline-start: .7rem; border-inline-start: 3px solid var(--warn);
  color: var(--warn); }
blockquote { margin: .3rem 0 1rem; padding-inline-start: .9rem;
  border-inline-start: 3px solid var(--line); }
a { color: var(--accent); } li:target { background: var(--soft); }
a.marker { direction: ltr; unicode-bidi: isolate; text-decoration: none; }
a.marker:focus-visible { outline: 2px solid var(--accent); }
@media print { :root { color-scheme: light; --quiet: #444; --line: #bbb; --accent: #000;
  --warn: #000; --soft: none; } body { max-width: none; margin: 0; font-size: 11pt; }
  li, .question { break-inside: avoid; } h2, h3 { break-after: avoid; } }
"""


def readable(words: str) -> str:
    """The words without control characters and without those that hide or turn text around."""
    return _UNSEEN.sub("", "\n".join(words.splitlines()))


def one_line(words: str) -> str:
    """The readable words with single spaces between them."""
    return " ".join(readable(words).split())


# -- one answer ----------------------------------------------------------------------------


def answer_text(exchange: Exchange, language: Language) -> str:
    """An answer as plain text with its sources below; `language` is that of the words around."""
    parts = [readable(exchange.text).strip(), *notes_of(exchange, language)]
    if exchange.cards:
        lines = [f"{text(_heading_of(exchange), language)}:"]
        for card in exchange.cards:
            lines += [f"{_marker(card)}{_document_and_place(card, language)}", _quoted(card)]
        parts.append("\n".join(lines))
    return "\n\n".join(part for part in parts if part)


def notes_of(exchange: Exchange, language: Language) -> list[str]:
    """What is to be known of the answer beside its text: doubt, refusal, sentences unproved."""
    said = {
        "doubtful": "doubt",
        "abstained": "export_refused",
        "stopped": "export_stopped",
        "failed": "export_failed",
    }.get(exchange.state)
    notes = [text(said, language)] if said else []
    if exchange.state in ("answered", "doubtful"):
        if not exchange.cards:
            notes.append(text("no_sources", language))
        else:
            for start, end in exchange.unsupported:
                sentence = one_line(exchange.text[start:end])
                notes.append(text("export_unsupported", language, sentence=sentence))
    return notes


# -- Markdown --------------------------------------------------------------------------------


def as_markdown(conversation: Conversation, language: Language) -> str:
    """The conversation as CommonMark without HTML in it."""
    blocks = [f"# {_escaped(_name(conversation, language))}", _told(conversation, language)]
    for number, exchange in enumerate(conversation.exchanges, 1):
        blocks.append(f"## {text('export_question', language, number=number)}")
        blocks += _markdown_lines(exchange.question)
        blocks.append(f"### {text('export_answer', language)}")
        blocks += _markdown_lines(exchange.text)
        blocks += [f"**{_escaped(note)}**" for note in notes_of(exchange, language)]
        if exchange.cards:
            blocks.append(f"### {text(_heading_of(exchange), language)}")
        for card in exchange.cards:
            blocks.append(_escaped(f"{_marker(card)}{_document_and_place(card, language)}"))
            quote = "\n>\n> ".join(_markdown_lines(card["sentence"]))
            blocks.append(f"> {quote}")
    return "\n\n".join(blocks) + "\n"


def _markdown_lines(words: str) -> list[str]:
    """Each line of a text as a paragraph of its own: none can reach into the one before it."""
    return [_escaped(line) for line in readable(words).split("\n") if line.strip()]


def _escaped(line: str) -> str:
    line = _MARKDOWN.sub(lambda found: f"\\{found[0]}", one_line(line))
    return _MARKDOWN_BEGINNING.sub(lambda found: f"{found[1] or ''}\\", line)


# -- HTML ------------------------------------------------------------------------------------


def as_html(conversation: Conversation, language: Language) -> str:
    """The conversation as one file without scripts that loads nothing and can be printed."""
    name = _name(conversation, language)
    direction = "rtl" if language == "ar" else "ltr"
    sections = "\n".join(
        _section(number, exchange, language)
        for number, exchange in enumerate(conversation.exchanges, 1)
    )
    return f"""<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{escape(name)}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1{_direct(name, language)}>{escape(name)}</h1>
<p class="told">{escape(_told(conversation, language))}</p>
{sections}
</main>
</body>
</html>
"""


def _section(number: int, exchange: Exchange, language: Language) -> str:
    spoken = exchange.language or language
    sources = {card["marker"]: f"source-{number}-{card['marker']}" for card in exchange.cards}
    parts = [
        f"<h2>{escape(text('export_question', language, number=number))}</h2>",
        f'<div class="question">{_paragraphs(exchange.question, language)}</div>',
        f"<h3>{escape(text('export_answer', language))}</h3>",
        _paragraphs(exchange.text, spoken, sources, language),
        *(
            f'<p class="note"{_direct(note, language)}>{escape(note)}</p>'
            for note in notes_of(exchange, language)
        ),
    ]
    if exchange.cards:
        items = "\n".join(_item(card, sources, language) for card in exchange.cards)
        parts.append(f"<h3>{escape(text(_heading_of(exchange), language))}</h3>")
        # Nearest passages have no numbers: nothing in the text leads to them.
        parts.append(f"<ul>{items}</ul>" if exchange.state == "abstained" else f"<ol>{items}</ol>")
    return "<section>\n" + "\n".join(parts) + "\n</section>"


def _item(card: Card, sources: Mapping[int | None, str], language: Language) -> str:
    marker = card["marker"]
    numbered = "" if marker is None else f' id="{sources[marker]}" value="{int(marker)}"'
    place = " › ".join(f"<bdi>{escape(step)}</bdi>" for step in _steps(card, language))
    document = escape(readable(card["document"]))
    return (
        f"<li{numbered}><bdi><strong>{document}</strong></bdi>"
        + (f'<div class="place">{place}</div>' if place else "")
        + f"<blockquote{_direct(card['sentence'], card['language'])}>"
        + f"{_paragraphs(card['sentence'], card['language'])}</blockquote></li>"
    )


def _paragraphs(
    words: str,
    fallback: Language,
    sources: Mapping[int | None, str] | None = None,
    language: Language = "en",
) -> str:
    """Each line as a paragraph in its own direction; markers lead to `sources` by number."""

    def link(found: re.Match[str]) -> str:
        source = (sources or {}).get(int(found[1]))
        if source is None:
            return found[0]
        label = escape(text("source_number", language, number=int(found[1])))
        return f'<a class="marker" href="#{source}" aria-label="{label}">{found[0]}</a>'

    return "\n".join(
        f"<p{_direct(line, fallback)}>{MARKER.sub(link, escape(line))}</p>"
        for line in readable(words).split("\n")
        if line.strip()
    )


def _direct(words: str, fallback: Language) -> str:
    """`dir` and `lang` by the letters that most of the words are written in."""
    language = text_language(words) if _LETTER.search(words) else fallback
    return f' dir="{"rtl" if language == "ar" else "ltr"}" lang="{language}"'


# -- JSON ------------------------------------------------------------------------------------


def as_json(conversation: Conversation) -> str:
    """Everything that is kept of the conversation.

    Offsets count code points: `unsupported` in an answer's `text`, a card's `span` in its
    passage, where it is exactly the `sentence`.
    """
    shape = {
        "format": FORMAT,
        "version": VERSION,
        "id": conversation.id,
        "name": conversation.name,
        "exchanges": [asdict(exchange) for exchange in conversation.exchanges],
    }
    return storable(json.dumps(shape, ensure_ascii=False, indent=2)) + "\n"


def storable(words: str) -> str:
    """The words as UTF-8 can hold them: half a character, which a client may send, becomes ?."""
    return words.encode("utf-8", "replace").decode("utf-8")


# -- words that the formats share --------------------------------------------------------------


def _name(conversation: Conversation, language: Language) -> str:
    return one_line(conversation.name) or text("chats_unnamed", language)


def _told(conversation: Conversation, language: Language) -> str:
    asked = [exchange.asked for exchange in conversation.exchanges]
    day = _day(max(asked), language) if asked else "–"
    return text("export_told", language, count=len(asked), day=day)


def _day(asked: str, language: Language) -> str:
    """The day as people say it; one of digits and dashes is turned around beside Arabic."""
    when = datetime.fromisoformat(asked)
    return f"{when.day} {text('export_months', language).split()[when.month - 1]} {when.year}"


def _heading_of(exchange: Exchange) -> str:
    return "nearest_passages" if exchange.state == "abstained" else "sources"


def _marker(card: Card) -> str:
    return "" if card["marker"] is None else f"[{int(card['marker'])}] "


def _steps(card: Card, language: Language) -> Sequence[str]:
    """Where a passage stands: "page 4", "Leave", "Part-time"."""
    page = [] if card["page"] is None else [text(card["unit"], language, number=card["page"])]
    return [*page, *(one_line(step) for step in card["section"])]


def _document_and_place(card: Card, language: Language) -> str:
    place = " › ".join(_steps(card, language))
    separator = "، " if language == "ar" else ", "
    return separator.join([one_line(card["document"]), *([place] if place else [])])


def _quoted(card: Card) -> str:
    quote = one_line(card["sentence"])
    return f"«{quote}»" if card["language"] == "ar" else f"“{quote}”"
