"""The words that a model points at: read out of its reply, found in the evidence, cut."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.evidence import Evidence, gather
from rag.span import Span, letters, locate, read_reply, whole
from tests.scripted import make_hit

POND = "The pond was dug in 1998 by pupils of the eighth class."
FISH = "It is two metres deep, and forty goldfish live in it."
PAID = "Entry costs 1,150 dinars."
LINE = "افتُتح الخط سنة ١٩٣٤ بعد تسع سنوات من العمل."


def _evidence(*texts: str) -> list[Evidence]:
    return gather([make_hit(*texts)], {"ar": 100_000, "en": 100_000})


SENTENCES = _evidence(POND, FISH, PAID, LINE)


@pytest.mark.parametrize(
    ("reply", "read"),
    [
        ('{"sentence": 2, "words": "in 1998"}', (2, "in 1998")),
        ('{"words": "سنة ١٩٣٤", "sentence": "4"}', (4, "سنة ١٩٣٤")),
        ('```json\n{"sentence": 2,\n "words": "forty"}\n```', (2, "forty")),
        ('Here you are: {"sentence": 1, "words": "a \\"b\\""} I hope it helps.', (1, 'a "b"')),
        ('{"sentence": 2, "words": "forty gold', (2, "forty gold")),
        ('{"sentence": 2, "words": "forty", "why": ', (2, "forty")),
        ('sentence: 3, words: "forty"', (3, "forty")),
        ('{"words": "forty"}', (0, "forty")),
        ('{"sentence": 2}', (2, "")),
        ('{"sentence": null, "words": "forty"}', (0, "forty")),
        ('{"sentence": [1, 2], "words": "forty"}', (0, "forty")),
    ],
)
def test_reply_is_read_as_far_as_it_goes(reply: str, read: tuple[int, str]) -> None:
    assert read_reply(reply) == read


@pytest.mark.parametrize(
    "reply", ["", " ", "I do not know.", "{}", "[]", "null", "}{", "{", '"', "[1]", "لا أعرف"]
)
def test_reply_that_points_at_nothing_is_none(reply: str) -> None:
    assert read_reply(reply) == (0, "")


@pytest.mark.parametrize(
    "reply",
    [
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        '{"sentence": 1, "words": ' + "[" * 100_000 + "}",
        '{"sentence": 1e999, "words": "forty"}',
        '{"sentence": Infinity, "words": "forty"}',
        '{"sentence": NaN, "words": "forty"}',
        '{"sentence": ' + "9" * 5_000 + ', "words": "forty"}',
        '{"sentence": -7, "words": "\\ud800"}',
    ],
    ids=["nested", "nested and broken", "too big", "infinite", "no number", "long", "surrogate"],
)
def test_hostile_reply_is_read_without_harm(reply: str) -> None:
    number, words = read_reply(reply)
    locate(words, number, SENTENCES)


@given(st.text(alphabet='{}[]":,\\ sentencewords0123٤ا\n'))
def test_no_reply_raises(reply: str) -> None:
    number, words = read_reply(reply)
    locate(words, number, SENTENCES)


@pytest.mark.parametrize(
    ("words", "number", "place", "found"),
    [
        ("in 1998", 1, 1, "in 1998"),
        ("IN 1998.", 1, 1, "in 1998"),
        ("in ١٩٩٨", 1, 1, "in 1998"),
        ("سنة 1934", 4, 4, "سنة ١٩٣٤"),
        ("«تِسعَ سنواتٍ»", 4, 4, "تسع سنوات"),
        ("افتتح الخط", 4, 4, "افتُتح الخط"),
        ("إفتُتِح الخطّ", 4, 4, "افتُتح الخط"),
        ("1150 dinars", 3, 3, "1,150 dinars"),
        ("forty goldfich", 2, 2, "forty goldfish"),
        ("pupils of the eigth class", 1, 1, "pupils of the eighth class"),
        ("forty goldfish", 1, 2, "forty goldfish"),
        ("forty goldfish", 0, 2, "forty goldfish"),
        ("forty goldfish", -3, 2, "forty goldfish"),
        ("forty goldfish", 99, 2, "forty goldfish"),
        (POND, 1, 1, POND.rstrip(".")),
    ],
)
def test_words_are_found_and_given_as_the_source_writes_them(
    words: str, number: int, place: int, found: str
) -> None:
    span = locate(words, number, SENTENCES)
    assert span is not None
    assert span.evidence is SENTENCES[place - 1]
    assert span.evidence.sentence.text[span.start : span.end] == found
    assert span.words == found


@pytest.mark.parametrize(
    "words",
    ["", " ", "...", "«»", "fifty elephants", "in 2024", "in 19", "goldfish forty", "pond dug",
     "سنة ٢٠٢٤", "القطار", POND + " " + FISH],
)  # fmt: skip
def test_words_that_stand_nowhere_are_not_found(words: str) -> None:
    assert locate(words, 1, SENTENCES) is None


def test_words_that_stand_twice_are_found_in_the_sentence_that_was_named() -> None:
    evidence = _evidence("It opens at seven in summer.", "It opens at seven in winter, too.")
    for number in (1, 2):
        span = locate("opens at seven", number, evidence)
        assert span is not None
        assert span.evidence is evidence[number - 1]


def test_exact_words_of_another_sentence_count_before_similar_ones_of_the_named() -> None:
    evidence = _evidence("The keeper was Jonas Vikk.", "Later it was Jonas Vik.")
    span = locate("was Jonas Vik", 1, evidence)
    assert span is not None
    assert span.evidence is evidence[1]


def test_the_and_that_is_written_to_a_word_is_no_part_of_it() -> None:
    evidence = _evidence("حضر المدير ووزير الصحة افتتاح الجسر.")
    span = locate("وزير الصحة", 1, evidence)
    assert span is not None
    assert span.words == "وزير الصحة"


def test_nothing_is_found_in_no_evidence() -> None:
    assert locate("in 1998", 1, []) is None


def test_words_over_a_line_end_are_given_on_one_line() -> None:
    span = locate("forty goldfish", 1, _evidence("There are forty\n   goldfish in it."))
    assert span is not None
    assert span.words == "forty goldfish"


LONG = (
    "The pond was dug in 1998 by pupils of the eighth class, it is two metres deep, and "
    "forty goldfish live in it, which Mrs. Ostrander feeds every morning."
)


@pytest.mark.parametrize(
    ("words", "limit", "clause"),
    [
        ("forty goldfish", 1_000, LONG),
        ("two metres deep", 30, "… it is two metres deep …"),
        ("two metres deep", 60, "… it is two metres deep, and forty goldfish live in it …"),
        ("two metres deep", 15, "… two metres deep …"),
        ("two metres deep", 0, "… two metres deep …"),
        ("dug in 1998", 60, "The pond was dug in 1998 by pupils of the eighth class …"),
        ("feeds every morning", 45, "… which Mrs. Ostrander feeds every morning."),
    ],
)
def test_clause_holds_the_words_and_shows_what_was_cut_off(
    words: str, limit: int, clause: str
) -> None:
    span = locate(words, 1, _evidence(LONG))
    assert span is not None
    assert span.clause(limit) == clause


def test_all_of_a_sentence_is_a_span_too() -> None:
    (evidence,) = _evidence(LONG)
    assert whole(evidence).words == LONG
    assert whole(evidence).clause(30) == LONG


@pytest.mark.parametrize(
    ("words", "room", "stretches"),
    [
        ("two metres deep", 1_000, [LONG]),
        (
            "two metres deep",
            40,
            [
                "… pupils of the eighth class, it is two metres deep …",
                "… it is two metres deep, and forty goldfish live in …",
                "… is two metres deep, and forty goldfish live in it …",
            ],
        ),
        ("feeds every morning", 30, ["… Mrs. Ostrander feeds every morning."]),
        ("pupils of the eighth class", 12, ["… pupils of the …", "… eighth class …"]),
        ("Ostrander", 3, []),
    ],
)
def test_stretches_hold_the_words_and_begin_or_end_with_a_clause(
    words: str, room: int, stretches: list[str]
) -> None:
    span = locate(words, 1, _evidence(LONG))
    assert span is not None
    assert span.stretches(room) == stretches


@settings(max_examples=300)
@given(
    st.text(alphabet="ab و,،.:()\n", min_size=1, max_size=150).filter(str.strip),
    st.integers(0, 80),
    st.data(),
)
def test_stretches_are_parts_of_the_sentence_within_their_room(
    text: str, room: int, data: st.DataObject
) -> None:
    start = data.draw(st.sampled_from([i for i, sign in enumerate(text) if not sign.isspace()]))
    (evidence,) = _evidence(text)
    span = Span(evidence, start, start + 1)
    for stretch in span.stretches(room):
        inner = stretch.removeprefix("… ").removesuffix(" …")
        assert inner in " ".join(text.split())
        assert letters(inner) <= room
        if text[start].isalpha():
            assert span.words in inner


@pytest.mark.parametrize("number", ["1,150", "2.5", "10:30", "١٬١٥٠"])
def test_clause_is_never_cut_inside_a_number(number: str) -> None:
    text = f"A ticket costs 35 dinars, the season pass {number} dinars for each of the children."
    span = locate("35 dinars", 1, _evidence(text))
    assert span is not None
    for limit in range(len(text)):
        clause = span.clause(limit)
        assert number in clause or "season pass " not in clause or clause.endswith("pass …")


_TEXTS = st.text(alphabet="abcde بتثجح\u0651\u064f١٢12.,،:-()\n\t…", max_size=120)


@given(st.lists(_TEXTS.filter(str.strip), min_size=1, max_size=4), _TEXTS, st.integers(-1, 5))
def test_locating_never_raises_and_stays_inside_the_sentence(
    texts: list[str], words: str, number: int
) -> None:
    evidence = _evidence(*texts)
    span = locate(words, number, evidence)
    if span is not None:
        assert span.evidence in evidence
        text = span.evidence.sentence.text
        assert 0 <= span.start < span.end <= len(text)
        assert span.words == " ".join(text[span.start : span.end].split())


@given(
    st.lists(st.sampled_from(["ab", "ba", "12", "١٢", "بت", "حث", "a-b"]), min_size=1), st.data()
)
def test_words_of_a_sentence_are_always_found(words: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    span = locate(" ".join(words[first : last + 1]), 1, _evidence(" ".join(words)))
    assert span is not None
    assert len(span.words.split()) == last - first + 1


@settings(max_examples=300)
@given(
    st.text(alphabet="ab و,،.:()\n", min_size=1, max_size=150).filter(str.strip),
    st.integers(0, 80),
    st.data(),
)
def test_clause_is_a_part_of_the_sentence_within_its_limit(
    text: str, limit: int, data: st.DataObject
) -> None:
    start = data.draw(st.sampled_from([i for i, sign in enumerate(text) if not sign.isspace()]))
    (evidence,) = _evidence(text)
    span = Span(evidence, start, start + 1)
    clause = span.clause(limit)
    inner = clause.removeprefix("… ").removesuffix(" …")
    assert inner in " ".join(text.split())
    assert len(inner) <= max(limit, len(span.words))
    if text[start].isalnum():
        assert span.words in inner
