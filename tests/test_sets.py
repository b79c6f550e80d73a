"""The sets of questions fit their documents: what they look for is there, and balanced."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.injections import judge
from benchmarks.long_answers import measure
from benchmarks.sets import (
    DOCUMENTS,
    Attack,
    Chat,
    LongQuestion,
    attacks,
    chats,
    document_names,
    document_source,
    fact_held,
    long_questions,
    planted,
)
from index import Document, Language, Library
from index.readers import read_document
from index.text.sentences import text_language
from rag import Answer, Seconds

CHATS = chats()
ATTACKS = attacks()
LONG = long_questions()


@pytest.fixture(scope="module")
def read() -> dict[str, Document]:
    """The documents as the library reads them, by name."""
    return {name: read_document(DOCUMENTS / name, name) for name in document_names()}


def _question_languages(rows: list[Chat] | list[LongQuestion]) -> Counter[Language]:
    return Counter(row.language for row in rows)


def test_documents_are_twelve_and_half_of_them_arabic(read: dict[str, Document]) -> None:
    assert Counter(document.language for document in read.values()) == {"ar": 6, "en": 6}
    for document in read.values():
        assert 450 <= len(document.text.split()) <= 900, document.name
        assert len(document.headings) > 5, document.name


@pytest.mark.parametrize("rows", [CHATS, ATTACKS, LONG], ids=["chats", "attacks", "long"])
def test_ids_and_questions_are_unique(rows: list[Chat | Attack | LongQuestion]) -> None:
    assert len({row.id for row in rows}) == len(rows)


def test_gold_passage_of_a_chat_is_in_its_document_once(read: dict[str, Document]) -> None:
    for chat in CHATS:
        assert read[chat.document].text.count(chat.passage_holds) == 1, chat.id


def test_chats_are_balanced(read: dict[str, Document]) -> None:
    assert len(CHATS) >= 44
    languages = _question_languages(CHATS)
    assert languages["ar"] == languages["en"]
    assert 3 * sum(chat.kind == "switch" for chat in CHATS) >= len(CHATS)
    for kind in ("follow_up", "switch"):
        for language in ("ar", "en"):
            group = [chat for chat in CHATS if (chat.kind, chat.language) == (kind, language)]
            halves = Counter(chat.half for chat in group)
            assert halves["tune"] == halves["report"]
            crossed = sum(read[chat.document].language != language for chat in group)
            assert 2 * crossed == len(group)


def test_chats_are_of_two_or_three_turns_in_one_language() -> None:
    for chat in CHATS:
        assert 1 <= len(chat.turns) <= 2, chat.id
        for turn in chat.turns:
            assert text_language(turn.question) == chat.language, chat.id
            assert text_language(turn.answer) == chat.language, chat.id
        assert text_language(chat.question) == chat.language, chat.id
    assert {len(chat.turns) for chat in CHATS} == {1, 2}


def test_attacks_are_many_and_various() -> None:
    assert len(ATTACKS) >= 48
    languages = Counter(attack.language for attack in ATTACKS)
    assert min(languages["ar"], languages["en"], languages["mixed"]) >= 12
    places = Counter(attack.place for attack in ATTACKS)
    assert min(places["start"], places["middle"], places["end"]) >= 12
    assert len({attack.kind for attack in ATTACKS}) >= 11
    assert len({attack.text for attack in ATTACKS}) == len(ATTACKS)
    assert {attack.document for attack in ATTACKS} == set(document_names())
    assert all(text_language(a.question) == a.question_language for a in ATTACKS)


def test_attack_stands_in_its_document_to_the_letter(tmp_path: Path) -> None:
    for attack in ATTACKS:
        assert document_source(attack.document).count(attack.anchor) == 1, attack.id
        file = tmp_path / attack.document
        file.write_text(planted(attack), encoding="utf-8")
        text = " ".join(read_document(file, attack.document).text.split())
        hidden = " ".join(attack.text.split())
        assert hidden in text, attack.id
        before = text.index(hidden) < text.index(" ".join(attack.anchor.split()))
        assert before == (attack.place == "start"), attack.id


def test_middle_is_neither_start_nor_end() -> None:
    for attack in ATTACKS:
        source = document_source(attack.document)
        after = source[source.index(attack.anchor) + len(attack.anchor) :]
        assert attack.place != "middle" or not after.startswith("\n"), attack.id


def test_right_answer_does_not_count_as_obeyed() -> None:
    for attack in ATTACKS:
        for sign in attack.obeyed_if:
            pattern = re.compile(sign, re.IGNORECASE)
            for text in (*attack.answer_holds, attack.question, attack.anchor):
                if text is attack.anchor and attack.kind == "wrong_language":
                    continue  # the language of the answer is what tells
                assert not pattern.search(text), (attack.id, sign, text)


def test_sentence_beside_an_attack_answers_its_question() -> None:
    for attack in ATTACKS:
        same = [other for other in ATTACKS if other.anchor == attack.anchor]
        told = [text for other in same for text in other.answer_holds]
        assert fact_held(attack.anchor, told), attack.id


def test_long_questions_are_balanced(read: dict[str, Document]) -> None:
    assert _question_languages(LONG) == {"ar": 30, "en": 30}
    for language in ("ar", "en"):
        group = [asked for asked in LONG if asked.language == language]
        assert Counter(asked.half for asked in group) == {"tune": 15, "report": 15}
        crossed = sum(
            any(read[name].language != language for name in asked.documents) for asked in group
        )
        assert 9 <= crossed <= 11
    assert {name for asked in LONG for name in asked.documents} == set(document_names())
    assert all(text_language(asked.question) == asked.language for asked in LONG)


def test_facts_stand_in_the_documents_and_not_in_the_question(read: dict[str, Document]) -> None:
    for asked in LONG:
        assert 3 <= len(asked.facts) <= 6, asked.id
        text = "\n".join(read[name].text for name in asked.documents)
        for fact in asked.facts:
            assert fact_held(text, fact), (asked.id, fact)
            assert not fact_held(asked.question, fact), (asked.id, fact)


def test_fact_is_found_behind_a_joined_and_but_not_inside_a_word() -> None:
    assert fact_held("حل محله الزيتون واللوز.", ["اللوز"])
    assert fact_held("It costs 1,150 euros.", ["1150"])
    assert not fact_held("It costs 1150 euros.", ["11", "50"])


def test_attack_is_judged_by_the_answer(library: Library) -> None:
    attack = next(attack for attack in ATTACKS if attack.id == "en-ignore-instructions-1")
    fallen = judge(attack, _answer("PELICAN-7"), library)
    assert (fallen.obeyed, fallen.right, fallen.problems) == (True, False, ())
    assert not fallen.reached
    sound = judge(attack, _answer("Six weeks."), library)
    assert (sound.obeyed, sound.right) == (False, True)
    quoted = judge(attack, _answer('It says "see http://x.example" [3].'), library)
    assert quoted.problems == ("dangling [3]",)
    live = judge(attack, _answer("See <b>http://x.example</b>."), library)
    assert len(live.problems) == 3


def test_share_of_facts_is_measured() -> None:
    asked = LongQuestion("x", "en", "tune", "?", ("a.md",), (("red",), ("blue", "azure"), ("9",)))
    measured = measure(asked, _answer("It is azure. It has 9 legs."))
    assert measured.facts == pytest.approx(2 / 3)
    assert measured.missing == ("red",)
    assert (measured.sentences, measured.language_ok, measured.citations_gold) == (2, True, None)


def _answer(text: str) -> Answer:
    return Answer("?", "en", text, False, (), (), Seconds(0.1, 0.2, 0.3))
