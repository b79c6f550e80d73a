"""What the page is told of an exchange: its state, its language, its cards."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from index import Hit
from rag import Answer, Citation, Seconds
from rag.prompt import DOUBT
from tests.scripted import make_hit
from ui.conversation import NAME_CHARACTERS, Conversation, Exchange, State, finish
from ui.strings import TEXTS

HIT = make_hit("The pond is two metres deep.", "Forty goldfish live in it.")
SOURCE = Citation(1, HIT.document, None, 0, 28, "The pond is two metres deep.", HIT.passage_id)


def answered(
    *, abstained: bool = False, doubtful: bool = False, hits: Sequence[Hit] = (HIT,)
) -> Exchange:
    citations = (SOURCE,) if hits and not abstained else ()
    answer = Answer(
        "How deep?", "en", "Two metres. [1]", abstained, citations, tuple(hits),
        Seconds(0.0, 0.0, 0.0), doubtful,
    )  # fmt: skip
    exchange = Exchange("How deep?")
    finish(exchange, answer, {})
    return exchange


@pytest.mark.parametrize(
    ("exchange", "state", "cards"),
    [
        (answered(), "answered", 1),
        (answered(doubtful=True), "doubtful", 1),
        (answered(abstained=True), "abstained", 1),
        (answered(hits=()), "small_talk", 0),
        (answered(abstained=True, hits=()), "abstained", 0),
    ],
)
def test_each_answer_has_its_state(exchange: Exchange, state: State, cards: int) -> None:
    conversation = Conversation([exchange])
    (told,) = conversation.drawn()["exchanges"]
    assert (told["state"], told["language"], len(told["cards"])) == (state, "en", cards)
    assert told["text"] == "Two metres. [1]"  # and nothing beside it
    (turn,) = conversation.history()
    outcomes = {"abstained": "refused", "small_talk": "small_talk"}
    assert (turn.answer, turn.outcome) == ("Two metres. [1]", outcomes.get(state, "answered"))


def test_nearest_passages_are_not_marked_and_sources_are() -> None:
    assert answered(abstained=True).cards[0]["span"] is None
    assert answered(doubtful=True).cards[0]["span"] == [0, 28]


def test_an_exchange_that_was_not_finished_is_not_remembered() -> None:
    for state in ("waiting", "working", "stopped", "failed"):
        exchange = Exchange("How deep?", "Two", state)
        conversation = Conversation([exchange])
        assert conversation.history() == []
        assert conversation.drawn()["exchanges"][0]["language"] is None


def test_the_doubt_is_told_by_the_page_in_the_words_of_the_answer_s_language() -> None:
    assert TEXTS["doubt"] == DOUBT


def test_a_conversation_is_called_after_its_first_question() -> None:
    conversation = Conversation()
    conversation.ask("How deep is\nthe pond?")
    conversation.ask("And how wide?")
    assert conversation.name == "How deep is the pond?"
    long = Conversation()
    long.ask("word " * 40)
    assert long.name.endswith("word …")
    assert len(long.name) <= NAME_CHARACTERS + 2


def test_asking_again_takes_out_what_came_after() -> None:
    conversation = Conversation()
    first, second, third = (conversation.ask(question) for question in ("a", "b", "c"))
    assert conversation.find(second.id) is second
    conversation.take_back(second)
    assert conversation.exchanges == [first]
    assert conversation.taken_back == [second.id, third.id]
    assert conversation.find(third.id) is None
    assert conversation.find(None) is None


def test_each_conversation_gets_an_id_of_its_own_with_its_first_question() -> None:
    one, other = Conversation(), Conversation()
    assert one.id == other.id == ""  # Gradio hands every page a copy of the same object
    one.ask("a")
    other.ask("a")
    assert one.id and other.id and one.id != other.id
