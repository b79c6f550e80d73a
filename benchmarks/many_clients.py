"""Many clients at once: 50 that search while documents come and go, and 8 that ask in turn.

A server of its own over documents of the benchmark texts. `python -m benchmarks.many_clients 60`
searches for 60 seconds and prints how many searches there were, how many failed, and how long
they took; then eight clients ask five questions each of a language model that answers at once
(200 questions are asked before and after that memory is looked at), and who was served when.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import httpx

from benchmarks.texts import QUESTIONS, SAMPLES, document
from index import Library
from rag import Assistant
from tests.live import listening
from tests.scripted import ScriptedLLM
from ui.site import WebApp

SECONDS = 60.0
CLIENTS, ASKERS, EACH = 50, 8, 5
DOCUMENTS = 60
ASKED = 200
_TIMEOUT = httpx.Timeout(120.0)


def main(seconds: float = SECONDS) -> None:
    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(Path(folder) / "store")
        texts = Path(folder) / "documents"
        texts.mkdir()
        for number in range(DOCUMENTS):
            (texts / f"{number}.txt").write_text(document(number, 4_000), encoding="utf-8")
        library.add([texts, *SAMPLES.glob("*.md")])
        llm = ScriptedLLM("It opens at nine.")
        with closing(WebApp(library, Assistant(library, llm))) as app, listening(app) as url:
            asyncio.run(_search(url, seconds))
            asyncio.run(_ask(url))
            _memory(url)
        library.close()


async def _search(url: str, seconds: float) -> None:
    """50 clients search without a pause; one adds a document and removes it, over and over."""
    ends = time.monotonic() + seconds
    took: list[float] = []
    failed: list[str] = []
    changes = 0

    async def searching(client: httpx.AsyncClient, number: int) -> None:
        while time.monotonic() < ends:
            began = time.monotonic()
            question = QUESTIONS[(number + len(took)) % len(QUESTIONS)]
            answer = await client.get("/api/v1/search", params={"q": question, "k": 5})
            if answer.status_code == 200 and answer.json()["hits"]:
                took.append(time.monotonic() - began)
            else:
                failed.append(f"{answer.status_code}: {answer.text[:200]}")

    async def changing(client: httpx.AsyncClient) -> None:
        nonlocal changes
        while time.monotonic() < ends:
            added = await client.post(
                "/api/v1/documents/text", json={"name": "coming.txt", "text": document(999, 2_000)}
            )
            told = await client.get("/api/v1/documents")
            found = [
                each["id"] for each in told.json()["documents"] if each["name"] == "coming.txt"
            ]
            gone = await client.delete(f"/api/v1/documents/{found[0]}")
            failed.extend(
                f"{answer.status_code}: {answer.text[:200]}"
                for answer in (added, gone)
                if answer.status_code >= 400
            )
            changes += 1

    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=_TIMEOUT, limits=limits) as client:
        await asyncio.gather(changing(client), *(searching(client, n) for n in range(CLIENTS)))
    print(
        f"{CLIENTS} clients, {seconds:.0f} s: {len(took)} searches, {changes} documents came, went"
    )
    print(f"errors: {len(failed)} {sorted(set(failed))[:3] if failed else ''}")
    cuts = statistics.quantiles(took, n=100)
    print(
        f"p50 {cuts[49] * 1000:.0f} ms, p95 {cuts[94] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms"
    )


async def _ask(url: str) -> None:
    """Eight browsers ask at once, five times each: the order in which they are served."""
    served: list[int] = []

    async def asking(number: int) -> None:
        async with httpx.AsyncClient(base_url=url, timeout=_TIMEOUT) as client:
            await client.get("/", headers={"accept": "text/html"})  # its cookie
            questions = [client.post("/api/v1/ask", json=_question(n)) for n in range(EACH)]
            for answer in asyncio.as_completed(questions):
                (await answer).raise_for_status()
                served.append(number)

    await asyncio.gather(*(asking(number) for number in range(ASKERS)))
    rounds = [served[at : at + ASKERS] for at in range(0, len(served), ASKERS)]
    print(f"{ASKERS} askers, {EACH} questions each, in the order in which they were answered:")
    for each in rounds:
        print(f"  {' '.join(map(str, each))}   ({len(set(each))} of {ASKERS} different)")


def _memory(url: str) -> None:
    """What 200 questions more leave in memory."""
    with httpx.Client(base_url=url, timeout=_TIMEOUT) as client:
        for number in range(20):
            client.post("/api/v1/ask", json=_question(number)).raise_for_status()
        before = _resident()
        for number in range(ASKED):
            client.post("/api/v1/ask", json=_question(number)).raise_for_status()
    print(f"memory before and after {ASKED} questions: {before:.0f}, {_resident():.0f} MiB")


def _question(number: int) -> dict[str, str]:
    return {"question": QUESTIONS[number % len(QUESTIONS)]}


def _resident() -> float:
    """MiB of this process in memory."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))
