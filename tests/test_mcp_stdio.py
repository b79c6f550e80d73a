"""`sanad mcp`: a real child process over a real store, by the official client and by hand."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from mcp import Client, StdioServerParameters
from mcp_types import TextResourceContents

from tests.test_mcp import (
    HANDBOOK,
    PATIENCE,
    POND,
    READING,
    names,
    refusal,
    run,
)

if TYPE_CHECKING:
    from tests.conftest import MakeLibrary

ROOT = Path(__file__).resolve().parents[1]
LATE = """
import os, sys, time
from pathlib import Path
from rag import Assistant
from ui.cli import main

answered = Assistant.stream

def late(*given, **options):
    print("what a library prints", flush=True)
    os.write(1, b"and what a program prints\\n")
    while not Path(sys.argv[1]).exists():
        time.sleep(0.01)
    yield from answered(*given, **options)

Assistant.stream = late
sys.exit(main(sys.argv[2:]))
"""
"""`sanad` that answers when a file is there, as one does whose models take so long to load."""


@pytest.fixture(scope="module")
def store(make_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = {"handbook.md": HANDBOOK, "pond.txt": POND}
    return make_library(tmp_path_factory.mktemp("mcp-stdio"), texts).folder


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "SANAD_LANG": "en"}


def command(store: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "ui.cli", "mcp", *options, "--store", str(store)]


def started(arguments: list[str]) -> StdioServerParameters:
    return StdioServerParameters(command=arguments[0], args=arguments[1:], env=environment())


# --- By hand -------------------------------------------------------------------------------------


class Child:
    """A process that is spoken to in lines of JSON."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []

    def send(self, method: str, number: int | None = None, **params: object) -> None:
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
        if number is not None:
            message["id"] = number
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def answer_to(self, number: int) -> dict[str, Any]:
        """The next answer of that number; every line before it is of the protocol too."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(json.loads(line))
            assert self.lines[-1]["jsonrpc"] == "2.0"
            if self.lines[-1].get("id") == number:
                return self.lines[-1]
        raise AssertionError(f"it ended: {self.process.stderr and self.process.stderr.read()}")

    def open(self) -> None:
        """The handshake."""
        self.send(
            "initialize",
            0,
            protocolVersion="2025-06-18",
            capabilities={},
            clientInfo={"name": "test", "version": "1"},
        )
        assert self.answer_to(0)["result"]["serverInfo"]["name"] == "sanad"
        self.send("notifications/initialized")

    def close(self) -> None:
        """Leave it."""
        if self.process.stdin is not None:
            self.process.stdin.close()
            self.process.stdin = None

    def end(self) -> tuple[int, str]:
        """The exit code and what stood on standard error, after the last lines were looked at."""
        self.close()
        out, err = self.process.communicate(timeout=PATIENCE)
        assert all(json.loads(line)["jsonrpc"] == "2.0" for line in out.splitlines())
        return self.process.returncode, err


@contextmanager
def child(arguments: list[str]) -> Iterator[Child]:
    process = subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment(),
    )
    with process:
        try:
            yield Child(process)
        finally:
            process.kill()


def test_standard_output_carries_the_protocol_alone(store: Path, tmp_path: Path) -> None:
    loaded = tmp_path / "loaded"
    late = [sys.executable, "-c", LATE, str(loaded), "mcp", "--store", str(store)]
    with child(late) as one:
        one.open()
        one.send("tools/call", 1, name="ask", arguments={"question": "Hello!"})
        one.send("no/such/method", 2)
        assert "error" in one.answer_to(2)
        one.send("tools/list", 3)  # the model is still being loaded
        assert len(one.answer_to(3)["result"]["tools"]) == len(READING) + 1
        one.send("tools/call", 4, name="list_documents", arguments={})
        assert one.answer_to(4)["result"]["structuredContent"]["total"] == 2
        loaded.touch()
        assert "documents" in one.answer_to(1)["result"]["structuredContent"]["answer"]
        loaded.unlink()
        one.send("tools/call", 5, name="ask", arguments={"question": "Hello!"})
        one.send("tools/list", 6)
        one.answer_to(6)
        one.close()  # while a question is being answered
        loaded.touch()
        ended, told = one.end()
    assert ended == 0
    assert "Traceback" not in told
    assert "what a library prints\nand what a program prints\n" in told


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_it_tidily(store: Path, number: int, code: int) -> None:
    with child(command(store)) as one:
        one.open()
        one.process.send_signal(number)
        assert one.process.wait(PATIENCE) == code  # the client's end is still open
        _, told = one.end()
    assert told.strip().startswith("Stopped.")
    assert len(told.strip().splitlines()) == 1


def test_what_prevents_it_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("no folder", encoding="utf-8")
    with child(command(tmp_path / "store")) as one:
        ended, told = one.end()
    assert ended == 1
    assert told.startswith("sanad: ")
    assert len(told.splitlines()) == 1


# --- By the official client ----------------------------------------------------------------------


def test_the_official_client_adds_searches_and_reads(
    make_library: MakeLibrary, tmp_path: Path
) -> None:
    store = make_library(tmp_path, {"handbook.md": HANDBOOK, "pond.txt": POND}).folder

    async def work() -> None:
        async with Client(started(command(store))) as connected:
            assert await names(connected) == [*READING, "add_document"]
            added = await connected.call_tool(
                "add_document", {"name": "منارة.md", "text": "للمنارة 199 درجة."}
            )
            assert added.structured_content["status"] == "added"
            found = await connected.call_tool("search", {"query": "كم درجة للمنارة؟", "k": 1})
            assert found.structured_content["hits"][0]["document"] == "منارة.md"
            (content,) = (
                await connected.read_resource(added.structured_content["document"]["uri"])
            ).contents
            assert isinstance(content, TextResourceContents)
            assert content.text == "للمنارة 199 درجة."

    run(work)


def test_read_only_leaves_adding_out(store: Path) -> None:
    async def work() -> None:
        async with Client(started(command(store, "--read-only"))) as connected:
            assert await names(connected) == READING
            tried = await connected.call_tool("add_document", {"name": "x.txt", "text": "Mine."})
            assert "role editor" in refusal(tried)

    run(work)
