"""What the page says along with a question: taken at its word only where it makes sense."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Library
from ui.request import PageRequest, read_request
from ui.scope import Scope, folder_key, searched, shelf_of


def told(**said: object) -> str:
    return json.dumps({"language": "en", **said})


@pytest.mark.parametrize(
    "value",
    [None, 7, "", "{", "[]", "null", '"ar"', "[" * 100_000, "{}" + " " * 500_000, b"{}", {}],
    ids=lambda value: str(value)[:12],
)
def test_what_is_no_request_says_nothing(value: object) -> None:
    assert read_request(value) == PageRequest()


def test_each_part_of_a_request_is_read_by_itself() -> None:
    request = read_request(
        told(
            language="ar",
            preferences={"passages": 3},
            scope={"languages": ["ar", 5, None], "documents": "garden.md", "folders": [["x"]]},
            chat=["no text"],
        )
    )
    assert request.language == "ar"
    assert request.preferences == {"passages": 3}
    assert request.scope == Scope(languages=frozenset({"ar"}))
    assert request.chat == ""


@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["language", "scope", "documents", "x"]), inner, max_size=3),
    max_leaves=8,
))  # fmt: skip
def test_no_request_ever_raises(value: object) -> None:
    read_request(json.dumps(value))


# -- the scope -----------------------------------------------------------------------------------


def test_nothing_chosen_asks_everything(library: Library) -> None:
    assert Scope().chosen(library.documents()) is None


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        (Scope(languages=frozenset({"ar"})), {"قطار.md"}),
        (Scope(documents=frozenset({"bakery.txt"})), {"bakery.txt"}),
        (Scope(documents=frozenset({"bakery.txt", "gone.txt"})), {"bakery.txt"}),
        (Scope(languages=frozenset({"ar"}), documents=frozenset({"bakery.txt"})), set()),
        (Scope(languages=frozenset({"fr"})), set()),
        (Scope(documents=frozenset({"gone.txt"})), set()),
    ],
)
def test_documents_are_chosen_by_language_and_name(
    library: Library, scope: Scope, names: set[str]
) -> None:
    assert scope.chosen(library.documents()) == frozenset(names)


def test_folders_are_chosen_without_telling_where_they_lie(
    library: Library, tmp_path: Path
) -> None:
    other = tmp_path / "secret place" / "north"
    other.mkdir(parents=True)
    (other / "harbour.txt").write_text("The harbour of Orm freezes in January.", encoding="utf-8")
    library.add(other)
    records = library.documents()
    shelf = shelf_of(records)
    assert "secret place" not in json.dumps(shelf)
    north = [record for record in records if record.name == "harbour.txt"]
    assert {one["folder_name"] for one in shelf} == {"north", "documents"}
    chosen = Scope(folders=frozenset({folder_key(north[0])})).chosen(records)
    assert chosen == frozenset({"harbour.txt"})
    assert searched(records, chosen) == {"documents": 1, "of": 4, "names": ["harbour.txt"]}
    assert searched(records, None) == {"documents": 4, "of": 4, "names": []}
