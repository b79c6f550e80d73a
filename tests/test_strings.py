"""Every visible text in both languages, every error in Arabic too."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import index
import ui
from index import ReadWarning, SanadError, errors
from index.readers import known_extensions
from index.text.sentences import text_language
from index.types import WarningKind
from rag import errors as rag_errors
from ui.details import in_arabic
from ui.evaluation import errors as evaluation_errors
from ui.formats import FORMATS, formats_text, unit_of
from ui.people import errors as people_errors
from ui.problems import _ERRORS_AR, error_text, warning_text
from ui.strings import _PARTS, LANGUAGES, TEXTS, text


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def without_names(told: str) -> str:
    """A text without what is Latin in every language."""
    return re.sub(r"{\w+}|<\w+>|`[^`]*`|UTF-8", "", told.replace(formats_text("ar"), ""))


def all_error_classes() -> list[type[SanadError]]:
    return [
        kind
        for module in (errors, rag_errors, evaluation_errors, people_errors)
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
        assert text_language(without_names(arabic)) == "ar"


def test_no_text_stands_in_the_place_of_another() -> None:
    assert len(TEXTS) == sum(len(part) for part in _PARTS)


@pytest.mark.parametrize("kind", all_error_classes(), ids=lambda kind: kind.__name__)
def test_every_error_has_an_arabic_template_with_the_same_fields(kind: type[SanadError]) -> None:
    assert kind in _ERRORS_AR
    assert fields(_ERRORS_AR[kind]) == fields(kind.template)


@pytest.mark.parametrize("kind", all_error_classes(), ids=lambda kind: kind.__name__)
def test_errors_read_in_both_languages(kind: type[SanadError]) -> None:
    error = kind(**{name: f"<{name}>" for name in fields(kind.template)})
    formats = fields(kind.template) & {"known"}
    assert (error_text(error, "en") == str(error)) == (not formats)
    assert text_language(without_names(error_text(error, "ar"))) == "ar"
    for name in fields(kind.template) - formats:
        assert f"\u2068<{name}>\u2069" in error_text(error, "ar")


def test_an_unknown_error_speaks_as_its_ancestor() -> None:
    class Newer(errors.StoreError):
        template = "{path}: {detail}"

    assert "المخزن" in error_text(Newer(path="p", detail="d"), "ar")


def test_fields_are_filled_in() -> None:
    told = text("question_too_long", "en", limit=7, length=9)
    assert told.startswith("The question has 9 characters, and 7 are the most.")


def test_formats_that_are_read_are_told_in_families() -> None:
    told = [extension for family in FORMATS for extension in family]
    assert sorted(told) == sorted(known_extensions())
    for language in LANGUAGES:
        error = errors.FormatUnknown(path="tool.exe", known=", ".join(known_extensions()))
        assert formats_text(language) in error_text(error, language)
        for family, names in FORMATS.items():
            shown = names[language].lower()
            assert any(extension.strip(".") in shown for extension in family)


def details_of_readers() -> set[str]:
    """What the readers' own source says of files; names stand where they put something in."""
    told: set[str] = set()
    for file in (Path(index.__file__).parent / "readers").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg in ("detail", "found"):
                told |= {said(node.value)} - {""}
            elif isinstance(node, ast.Dict):
                told |= {words for words in map(said, node.values) if re.match("an? ", words)}
    return told


def said(value: ast.expr) -> str:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, ast.JoinedStr):
        return "".join(said(part) or "word/x.xml" for part in value.values)
    return ""


@pytest.mark.parametrize("detail", sorted(details_of_readers()))
def test_what_readers_say_of_a_file_is_told_in_arabic(detail: str) -> None:
    error = errors.FileDamaged(path="a.docx", detail=detail)
    assert "\n" not in error_text(error, "ar")
    assert re.search("[a-z]{3,} [a-z]{2,}", error_text(error, "ar")) is None
    assert detail in error_text(error, "en")


def test_a_detail_that_nobody_knows_is_told_as_it_is() -> None:
    assert in_arabic("the moon is full") == "the moon is full"
    assert in_arabic("line 7 is not JSON") == "السطر \u20687\u2069 ليس JSON"


@pytest.mark.parametrize("kind", get_args(WarningKind))
def test_every_warning_says_in_both_languages_where_and_what_to_do(kind: WarningKind) -> None:
    pages = ReadWarning(kind, (3, 4, 5, 9))
    assert warning_text(pages, "a.pdf", "en") == f"Pages 3-5, 9: {pages.advice}"
    arabic = warning_text(pages, "a.pdf", "ar")
    assert arabic.startswith("الصفحات \u20683-5\u2069، \u20689\u2069: ")
    assert text_language(arabic) == "ar"
    assert arabic.count("\n") == 0
    anywhere = ReadWarning(kind)
    assert warning_text(anywhere, "a.txt", "en") == str(anywhere)
    assert warning_text(anywhere, "a.txt", "ar").startswith("المستند: ")


@pytest.mark.parametrize(
    ("document", "english", "arabic"),
    [
        ("old/Plan.PPTX", "Slide 2: ", "الشريحة \u20682\u2069: "),
        ("sums.xlsx", "Sheet 2: ", "الورقة \u20682\u2069: "),
        ("lease.pdf", "Page 2: ", "الصفحة \u20682\u2069: "),
    ],
)
def test_parts_of_a_document_are_called_what_they_are(
    document: str, english: str, arabic: str
) -> None:
    warning = ReadWarning("no_text", (2,))
    assert warning_text(warning, document, "en").startswith(english)
    assert warning_text(warning, document, "ar").startswith(arabic)
    assert english.lower().startswith(unit_of(document))
    for language in LANGUAGES:
        assert "2" in text(unit_of(document), language, number=2)


def test_warnings_name_the_parts_that_they_are_about() -> None:
    warning = ReadWarning("attachment", names=("عقد.zip", "a.dat"))
    assert "عقد.zip, a.dat" in warning_text(warning, "a.eml", "en")
    assert "\u2068عقد.zip\u2069، \u2068a.dat\u2069" in warning_text(warning, "a.eml", "ar")


def test_the_scripts_name_only_texts_that_exist() -> None:
    named: set[str] = set()
    for script in (Path(ui.__file__).parent / "static").glob("*.js"):
        words = script.read_text(encoding="utf-8")
        named |= set(re.findall(r'\b(?:say|hint)\("(\w+)"', words))
    assert named
    assert named <= set(TEXTS)
