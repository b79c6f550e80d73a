"""Every visible text in both languages, every error in Arabic too."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import ui
from index import SanadError, errors
from index.sentences import text_language
from rag import errors as rag_errors
from ui.strings import _ERRORS_AR, LANGUAGES, TEXTS, error_text, text


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def all_error_classes() -> list[type[SanadError]]:
    return [
        kind
        for module in (errors, rag_errors)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, SanadError)
    ]


@pytest.mark.parametrize("key", TEXTS)
def test_every_text_has_both_languages_with_the_same_fields(key: str) -> None:
    english, arabic = TEXTS[key]["en"], TEXTS[key]["ar"]
    assert set(TEXTS[key]) == set(LANGUAGES)
    assert fields(english) == fields(arabic)
    if key != "other_language":  # written in the language that it leads to
        assert text_language(english) == "en"
        assert text_language(re.sub(r"{\w+}|UTF-8", "", arabic)) == "ar"


@pytest.mark.parametrize("kind", all_error_classes(), ids=lambda kind: kind.__name__)
def test_every_error_has_an_arabic_template_with_the_same_fields(kind: type[SanadError]) -> None:
    assert kind in _ERRORS_AR
    assert fields(_ERRORS_AR[kind]) == fields(kind.template)


@pytest.mark.parametrize("kind", all_error_classes(), ids=lambda kind: kind.__name__)
def test_errors_read_in_both_languages(kind: type[SanadError]) -> None:
    error = kind(**{name: f"<{name}>" for name in fields(kind.template)})
    assert error_text(error, "en") == str(error)
    assert text_language(re.sub(r"<\w+>|`[^`]*`", "", error_text(error, "ar"))) == "ar"
    for name in fields(kind.template):
        assert f"\u2068<{name}>\u2069" in error_text(error, "ar")


def test_an_unknown_error_speaks_as_its_ancestor() -> None:
    class Newer(errors.StoreError):
        template = "{path}: {detail}"

    assert "المخزن" in error_text(Newer(path="p", detail="d"), "ar")


def test_fields_are_filled_in() -> None:
    assert text("question_too_long", "en", limit=7) == (
        "The question is longer than 7 characters. Shorten it."
    )


def test_the_script_names_only_texts_that_exist() -> None:
    script = (Path(ui.__file__).parent / "static" / "app.js").read_text(encoding="utf-8")
    named = set(re.findall(r'\bsay\("(\w+)"', script)) | set(re.findall(r'hint\("(\w+)"', script))
    assert named
    assert named <= set(TEXTS)
