"""What a person chose on the page, read so that nothing hostile gets through."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag import Settings
from ui.preferences import Preferences, read_preferences

SETTINGS = Settings(store=Path("store"), passages=5, strictness="strict")
DEFAULTS = Preferences(5, "strict", "automatic", "question")
CHOSEN = {"passages": 9, "strictness": "open", "length": "long", "answer_language": "ar"}


@pytest.mark.parametrize("value", [CHOSEN, json.dumps(CHOSEN)])
def test_what_was_chosen_holds(value: object) -> None:
    preferences = read_preferences(value, SETTINGS)
    assert preferences == Preferences(9, "open", "long", "ar")
    assert preferences.language == "ar"


def test_what_was_not_chosen_is_as_the_server_was_started() -> None:
    assert read_preferences({}, SETTINGS) == DEFAULTS
    assert DEFAULTS.language is None
    assert read_preferences({"length": "short"}, SETTINGS) == Preferences(5, "strict", "short")


@pytest.mark.parametrize(
    "value",
    [
        None, 7, [], "", "{", "[1]", "null", '"text"', "[" * 1_900, b"{}", object(),
        json.dumps(CHOSEN) + " " * 2_000,
    ],
)  # fmt: skip
def test_what_is_no_object_counts_as_nothing(value: object) -> None:
    assert read_preferences(value, SETTINGS) == DEFAULTS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("passages", wrong)
        for wrong in (0, -3, 13, 10**400, "9", 9.0, 9.5, True, None, [9], {"a": 1})
    ]
    + [
        (name, wrong)
        for name in ("strictness", "length", "answer_language")
        for wrong in ("", "STRICT", "fr", 1, None, ["open"], {"open": 1})
    ],
)
def test_what_is_out_of_range_or_of_another_kind_falls_back_alone(name: str, value: object) -> None:
    preferences = read_preferences({**CHOSEN, name: value}, SETTINGS)
    expected = {**CHOSEN, name: getattr(DEFAULTS, name)}
    assert preferences == Preferences(**expected)


@pytest.mark.parametrize("passages", [1, 12])
def test_the_ends_of_the_range_are_inside(passages: int) -> None:
    assert read_preferences({"passages": passages}, SETTINGS).passages == passages


def test_more_passages_in_the_configuration_stay() -> None:
    settings = Settings(store=Path("store"), passages=30)
    assert read_preferences({}, settings).passages == 30
    assert read_preferences({"passages": 13}, settings).passages == 30
