"""Answers under way when the server is told to stop."""

from __future__ import annotations

import asyncio

from ui.conversation import Exchange
from ui.underway import Underway


def test_a_stopping_server_waits_for_short_answers_and_ends_long_ones() -> None:
    kept: dict[str, str] = {}
    ended: list[str] = []

    async def within() -> None:
        underway = Underway()
        short, long = Exchange("How deep is the pond?"), Exchange("What is in the garden?")

        async def write(exchange: Exchange, words: int) -> None:
            try:
                for number in range(words):
                    await asyncio.sleep(0.01)
                    exchange.text += f" {number}"
                exchange.state = "answered"
            finally:
                await asyncio.sleep(0.01)  # as what is kept on the disk
                kept[exchange.question] = exchange.text

        underway.begin(short, write(short, 3), lambda: ended.append("short"))
        underway.begin(long, write(long, 10_000), lambda: ended.append("long"))
        await underway.finish(0.3)
        assert short.state == "answered"
        assert long.state != "answered"
        assert (kept[short.question], kept[long.question]) == (short.text, long.text)
        assert long.text.startswith(" 0 1 2")
        assert not underway.full
        await asyncio.sleep(0)
        assert ended == ["short", "long"]
        await underway.finish(60)  # with nothing to wait for

    asyncio.run(within())
