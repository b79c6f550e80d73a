"""How long `/api/v1/search` takes while files are being added through the page's own interface.

A server on a store of the sample documents; first nobody else is there, then a file is uploaded:
20 MB of both languages (more than a file may hold by default, so the limit is set higher), and, to
a server of its own, one letter with 150,000 vowel marks (300 kB).
`python -m benchmarks.ask_beside_add 60` asks for 60 seconds beside each.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from benchmarks.texts import QUESTIONS, SAMPLES, document
from index import Library

SECONDS = 60
PORT = "7898"
PAUSE = 0.2
MARKS = 150_000
MEGABYTES = 20


def main(seconds: float = SECONDS) -> None:
    with tempfile.TemporaryDirectory() as folder:
        marks = Path(folder) / "marks.txt"
        marks.write_text("ب" + "\u064e" * MARKS, encoding="utf-8")
        for file in (_large(Path(folder) / "large.txt"), marks):
            with _served(Path(folder) / f"store-{file.stem}") as server:
                _measure(server, file, seconds)


def _measure(server: str, file: Path, seconds: float) -> None:
    for question in QUESTIONS:
        _search(server, question)
    quiet = _asked(server, seconds, lambda: False)
    _show("quiet", quiet, quiet)
    done = threading.Event()
    began = time.monotonic()
    threading.Thread(target=_upload, args=(server, file, done), daemon=True).start()
    beside = _asked(server, seconds, done.is_set)
    state = f"done after {time.monotonic() - began:.0f} s" if done.is_set() else "under way"
    _show(f"beside {file.stat().st_size / 1e6:.1f} MB ({state})", beside, quiet)


@contextmanager
def _served(store: Path) -> Iterator[str]:
    """The address of a server in a process of its own."""
    library = Library.open(store)
    library.add(SAMPLES.glob("*.md"))
    library.close()
    server = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "serve", "--store", str(store), "--port", PORT],
        stderr=subprocess.PIPE,
        env={**os.environ, "SANAD_FILE_CHARACTERS": "100000000"},
        text=True,
    )
    try:
        assert server.stderr is not None
        yield next(word.rstrip(".") for word in server.stderr.readline().split() if "http" in word)
        status = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8")
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        print(f"peak memory of the server {int(peak.split()[1]) / 1024:.0f} MiB")
    finally:
        server.kill()
        server.wait()


def _large(file: Path) -> Path:
    size = number = 0
    with file.open("w", encoding="utf-8") as out:
        while size < MEGABYTES * 1_000_000:
            text = f"{document(number % 997, 200)}\n\n"
            out.write(text)
            size += len(text.encode())
            number += 1
    return file


def _search(server: str, question: str) -> float:
    began = time.monotonic()
    httpx.get(
        f"{server}/api/v1/search", params={"q": question}, timeout=300, trust_env=False
    ).raise_for_status()
    return time.monotonic() - began


def _asked(server: str, seconds: float, over: Callable[[], bool]) -> list[float]:
    """What each search took, one after the other, until the time or the work is over."""
    took: list[float] = []
    until = time.monotonic() + seconds
    while not took or (time.monotonic() < until and not over()):
        # Other words each time: the vectors of a question that was asked before are known.
        took.append(_search(server, f"{QUESTIONS[len(took) % len(QUESTIONS)]} {len(took)}"))
        time.sleep(PAUSE)
    return took


def _upload(server: str, file: Path, done: threading.Event) -> None:
    """What the page does with a file that is dropped on it."""
    with file.open("rb") as content:
        sent = httpx.post(
            f"{server}/gradio_api/upload", files={"files": content}, timeout=300, trust_env=False
        )
    sent.raise_for_status()
    events = httpx.get(f"{server}/config", timeout=60, trust_env=False).json()["dependencies"]
    number = next(n for n, event in enumerate(events) if event["targets"][0][1] == "upload")
    arrived = {"path": sent.json()[0], "orig_name": file.name, "meta": {"_type": "gradio.FileData"}}
    session = file.stem
    httpx.post(
        f"{server}/gradio_api/queue/join",
        json={"data": [[arrived]], "fn_index": number, "session_hash": session},
        timeout=60,
        trust_env=False,
    ).raise_for_status()
    events_url = f"{server}/gradio_api/queue/data?session_hash={session}"
    with (
        suppress(httpx.HTTPError),
        httpx.stream("GET", events_url, timeout=3600, trust_env=False) as stream,
    ):
        for line in stream.iter_lines():  # which break off when the server is ended
            if "process_completed" in line:
                if '"state":"done"' not in line.replace(" ", ""):
                    print(f"{file.name}: {line[:400]}")
                done.set()
                break


def _show(what: str, took: list[float], quiet: list[float]) -> None:
    p95 = sorted(took)[int(len(took) * 0.95)]
    more = p95 - sorted(quiet)[int(len(quiet) * 0.95)]
    print(
        f"{what:32} {len(took):4} searches: median {1000 * statistics.median(took):6.0f} ms, "
        f"p95 {1000 * p95:6.0f} ms ({1000 * more:+.0f}), longest {1000 * max(took):6.0f} ms",
        flush=True,
    )


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))
