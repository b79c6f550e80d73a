"""Article pages: their menus and notices go, and nothing of the article does."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.format_scores import words
from tests.article_pages import Page, article_pages
from tests.reading_files import read_file

PAGES = dict(article_pages())


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_article_is_kept_whole_and_little_else(tmp_path: Path, page: Page) -> None:
    text = read_file(tmp_path, "a.html", page.html).text
    assert [part for part in page.matter if part not in text] == []
    found, true = Counter(words(text)), Counter(words(" ".join(page.matter)))
    assert (found & true).total() / found.total() > 0.85


SENTENCE = "The keeper of the northern quay is asked to ring the bell twice when fog comes in."
MENU = (
    "<nav><a href=1>Home</a></nav><div class=related><a href=2>Other rules of the harbour</a></div>"
)


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"<li><a href={n}>Report of the year {1900 + n}</a></li>" for n in range(90)),
        "".join(f"<tr><td>Quay {n}</td><td>{n} metres</td></tr>" for n in range(90)),
        "".join(f"<label>Field {n}</label><input value='value {n}'><br>" for n in range(90)),
        f"<p>{SENTENCE}</p>",
    ],
)
def test_page_that_is_no_article_keeps_its_text(tmp_path: Path, body: str) -> None:
    tag = "table" if body.startswith("<tr") else "div"
    text = read_file(tmp_path, "a.html", f"{MENU}<{tag}>{body}</{tag}>").text
    alone = read_file(tmp_path, "a.html", f"<{tag}>{body}</{tag}>").text
    assert alone in text and "Other rules of the harbour" in text


def test_huge_page_is_kept_as_it_is(tmp_path: Path) -> None:
    body = f"{MENU}<article>{f'<p>{SENTENCE}</p>' * 16_000}</article>"
    assert "Other rules of the harbour" in read_file(tmp_path, "a.html", body).text
