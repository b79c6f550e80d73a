"""Asking, streaming and searching from an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import aclosing
from contextvars import ContextVar

import pytest
from llama_index.core.base.llms.types import ChatMessage, ChatResponseGen

from index import Library
from index.errors import QuestionInvalid
from rag import AnswerFailed, Assistant
from rag.asynchronous import streamed
from rag.stop import current
from tests.conftest import DOCUMENTS, MakeLibrary
from tests.scripted import ScriptedLLM

DEEP = "How deep is the pond in the garden?"
TWO = "The pond is two metres deep. Forty goldfish live in it."
LONG = f"{TWO} {'And more of it is to be written. ' * 200}"


@pytest.fixture(scope="module")
def library(make_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The three small documents; answering changes nothing in them."""
    return make_library(tmp_path_factory.mktemp("library"), DOCUMENTS)


async def until(is_so: Callable[[], bool]) -> None:
    """Waits, at most half a minute."""
    for _ in range(3000):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to that")


def test_the_same_answer_and_hits_as_without_a_loop(library: Library) -> None:
    assistant = Assistant(library, ScriptedLLM(TWO))

    async def asked() -> None:
        answer = await assistant.aask(DEEP)
        expected = assistant.ask(DEEP)
        assert (answer.text, answer.citations) == (expected.text, expected.citations)
        pieces = [piece async for piece in assistant.astream(DEEP)]
        assert "".join(piece.text for piece in pieces) == expected.text
        assert pieces[-1].answer is not None
        assert await assistant.asearch(DEEP, k=2) == assistant.search(DEEP, k=2)
        found = await library.asearch(DEEP, 2, documents=["bakery.txt"])
        assert found == library.search(DEEP, 2, documents=["bakery.txt"])
        refused = await assistant.aask("كم عمق البركة؟", documents=[], language="en")
        assert (refused.abstained, refused.language) == (True, "en")

    asyncio.run(asked())


def test_twenty_at_once_get_their_own_answers_and_leave_few_threads(library: Library) -> None:
    questions = ["Who owns the bakery?", DEEP, "What does bread from the day before cost?"] * 7
    said = {
        questions[0]: "The owner is Piet Verhagen. [1]",
        questions[1]: "The pond is two metres deep. [1]",
        questions[2]: "Bread from the day before costs half. [1]",
    }

    async def asked() -> list[str]:
        asking = (
            Assistant(library, ScriptedLLM(said[question], pause=0.001)).aask(question)
            for question in questions
        )
        return [answer.text for answer in await asyncio.gather(*asking)]

    for _ in range(2):
        assert asyncio.run(asked()) == [said[question] for question in questions]
    ours = [thread for thread in threading.enumerate() if thread.name.startswith("sanad-answer")]
    assert 1 <= len(ours) <= 16


class Waiting(ScriptedLLM):
    """Writes nothing before the loop lets it."""

    def __init__(self, *texts: str) -> None:
        super().__init__(*texts)

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: object) -> ChatResponseGen:
        assert GO.wait(30)
        return super().stream_chat(messages, **kwargs)


GO = threading.Event()


def test_the_loop_goes_on_while_a_model_is_waited_for(library: Library) -> None:
    async def asked() -> None:
        GO.clear()
        asking = asyncio.create_task(Assistant(library, Waiting(TWO)).aask(DEEP))
        await asyncio.sleep(0.05)
        assert not asking.done()
        GO.set()  # nobody else would
        assert not (await asking).abstained

    asyncio.run(asked())


def test_cancelling_in_the_middle_stops_the_model(library: Library) -> None:
    llm = ScriptedLLM(LONG, step=1, pause=0.001)

    async def asked() -> None:
        asking = asyncio.create_task(Assistant(library, llm).aask(DEEP))
        await until(lambda: llm.given > 30)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await until(lambda: llm.closed)

    asyncio.run(asked())
    assert llm.given < len(LONG) / 2


def test_closing_the_stream_stops_the_model(library: Library) -> None:
    llm = ScriptedLLM(LONG, step=1, pause=0.001)

    async def asked() -> None:
        async with aclosing(Assistant(library, llm).astream(DEEP)) as pieces:
            async for piece in pieces:
                assert piece.text == "The pond is two metres deep. [1]"
                break
        await until(lambda: llm.closed)

    asyncio.run(asked())
    assert llm.given < len(LONG) / 2


def test_a_stream_that_was_left_alone_ends_with_its_loop(library: Library) -> None:
    llm = ScriptedLLM(LONG, step=1, pause=0.001)
    left = Assistant(library, llm).astream(DEEP)

    async def asked() -> None:
        await anext(left)

    asyncio.run(asked())
    asyncio.run(until(lambda: llm.closed))


def test_what_is_cancelled_before_its_turn_never_begins() -> None:
    go = threading.Event()
    begun: list[int] = []

    def work(number: int) -> Generator[int]:
        begun.append(number)
        assert go.wait(30)
        yield number

    async def asked() -> list[int]:
        async def first(number: int) -> int:
            async with aclosing(streamed(lambda: work(number))) as items:
                return await anext(items)

        running = [asyncio.create_task(first(number)) for number in range(16)]
        await until(lambda: len(begun) == 16)
        waiting = asyncio.create_task(first(16))
        after = asyncio.create_task(first(17))
        await asyncio.sleep(0.05)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        go.set()
        return await asyncio.gather(*running, after)

    assert asyncio.run(asked()) == [*range(16), 17]
    assert 16 not in begun


def test_stop_is_in_force_and_the_context_is_that_of_who_asked() -> None:
    asker: ContextVar[str] = ContextVar("asker")
    woken = threading.Event()
    ended: list[bool] = []

    def work() -> Generator[str]:
        current().add(woken.set)
        yield asker.get()
        assert woken.wait(30)
        yield "never seen"

    async def asked() -> None:
        asker.set("Amal")
        async with aclosing(streamed(work, lambda: ended.append(current().is_set()))) as items:
            assert await anext(items) == "Amal"
            assert not woken.is_set()
        assert woken.is_set()
        await until(lambda: bool(ended))

    asyncio.run(asked())


def test_errors_come_through(library: Library) -> None:
    broken = ScriptedLLM("The pond is", error=ConnectionError("gone"))

    async def asked() -> None:
        with pytest.raises(QuestionInvalid):
            await Assistant(library, ScriptedLLM("x")).aask("  ")
        with pytest.raises(QuestionInvalid):
            await library.asearch("")
        with pytest.raises(AnswerFailed):
            await Assistant(library, broken).aask(DEEP)

    asyncio.run(asked())
