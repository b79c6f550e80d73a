"""The line in front of the language model: one at a time, in turn, and nobody's place is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from ui.threads import PlaceInLine, ThreadedStream


def slow(log: list[str], name: str, seconds: float = 0.05) -> Callable[[], Iterator[str]]:
    def work() -> Iterator[str]:
        log.append(name)
        time.sleep(seconds)
        yield name

    return work


def run(work: Callable[[ThreadedStream], Coroutine[Any, Any, None]]) -> None:
    async def within() -> None:
        await asyncio.wait_for(work(ThreadedStream()), 20)

    asyncio.run(within())


def test_a_second_question_of_one_person_stands_behind_everybody_s_first() -> None:
    log: list[str] = []

    async def work(queue: ThreadedStream) -> None:
        async def ask(name: str, whose: str) -> None:
            async for _ in queue.items(slow(log, name), whose):
                pass

        tasks = []
        for name, whose in [("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("c1", "c")]:
            tasks.append(asyncio.ensure_future(ask(name, whose)))
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)

    run(work)
    assert log == ["a1", "b1", "c1", "a2", "a3"]


def test_programs_without_a_name_are_served_in_the_order_in_which_they_came() -> None:
    log: list[str] = []

    async def work(queue: ThreadedStream) -> None:
        async def ask(name: str) -> None:
            async for _ in queue.items(slow(log, name, 0.01)):
                pass

        await asyncio.gather(*(ask(str(number)) for number in range(5)))

    run(work)
    assert log == ["0", "1", "2", "3", "4"]


def test_those_who_wait_are_told_each_place_they_come_to() -> None:
    places: list[int] = []

    async def work(queue: ThreadedStream) -> None:
        async def last() -> None:
            async for item in queue.items_or_places(slow([], "last"), "z"):
                if isinstance(item, PlaceInLine):
                    places.append(item.before)

        async def ask(whose: str) -> None:
            async for _ in queue.items(slow([], whose), whose):
                pass

        tasks = [asyncio.ensure_future(ask(whose)) for whose in "abc"]
        await asyncio.sleep(0.01)
        await asyncio.gather(last(), *tasks)

    run(work)
    assert places == sorted(places, reverse=True)
    assert places[0] == 3
    assert places[-1] == 1


@pytest.mark.parametrize("leaves", [1, 2, 3])
def test_who_leaves_the_line_holds_nobody_up(leaves: int) -> None:
    log: list[str] = []

    async def work(queue: ThreadedStream) -> None:
        async def ask(name: str) -> None:
            async for _ in queue.items(slow(log, name), name):
                pass

        tasks = []
        for name in "abcd":
            tasks.append(asyncio.ensure_future(ask(name)))
            await asyncio.sleep(0)
        tasks[leaves].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await ask("late")

    run(work)
    assert log == [name for at, name in enumerate("abcd") if at != leaves] + ["late"]


def test_who_leaves_while_answered_makes_room_for_the_next() -> None:
    log: list[str] = []

    def endless() -> Iterator[int]:
        try:
            for number in range(10_000):
                time.sleep(0.005)
                yield number
        finally:
            log.append("closed")

    async def work(queue: ThreadedStream) -> None:
        items = queue.items(endless, "a")
        await anext(items)
        await items.aclose()
        async for _ in queue.items(slow(log, "b"), "b"):
            pass

    run(work)
    assert log == ["closed", "b"]


def test_an_answer_that_fails_makes_room_for_the_next() -> None:
    log: list[str] = []

    def failing() -> Iterator[str]:
        raise ValueError("no")
        yield ""

    async def work(queue: ThreadedStream) -> None:
        with pytest.raises(ValueError, match="no"):
            async for _ in queue.items(failing):
                pass
        async for _ in queue.items(slow(log, "next")):
            pass

    run(work)
    assert log == ["next"]


def test_answers_of_an_endpoint_are_written_side_by_side_up_to_its_limit() -> None:
    running: list[int] = []
    most: list[int] = []

    def counted() -> Iterator[str]:
        running.append(1)
        most.append(len(running))
        time.sleep(0.2)
        running.pop()
        yield ""

    async def ask(queue: ThreadedStream) -> None:
        async for _ in queue.items(counted):
            pass

    async def within() -> None:
        queue = ThreadedStream(lambda: 3)
        await asyncio.wait_for(asyncio.gather(*(ask(queue) for _ in range(7))), 20)

    asyncio.run(within())
    assert max(most) == 3
    assert not running
