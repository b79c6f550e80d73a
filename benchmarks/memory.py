"""Memory of `sanad serve` with both models after ten questions, and the time until it listens."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from benchmarks.texts import QUESTIONS, SAMPLES
from index import Library


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        library = Library.open(store)
        library.add(SAMPLES.glob("*.md"))
        library.close()
        began = time.monotonic()
        server = subprocess.Popen(
            [sys.executable, "-m", "ui.cli", "serve", "--store", str(store), "--port", "7899"],
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stderr is not None
            line = server.stderr.readline()
            url = next(word for word in line.split() if word.startswith("http"))
            print(f"listening after {time.monotonic() - began:.1f} s")
            firsts: list[float] = []
            for question in QUESTIONS:
                reply = httpx.post(
                    f"{url}/api/v1/ask", json={"question": question}, timeout=300, trust_env=False
                )
                reply.raise_for_status()
                answer = reply.json()
                firsts.append(answer["seconds"]["first_token"])
                print(f"  {question}\n    {answer['text']}")
            status = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8")
            peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
            print(f"peak memory {int(peak.split()[1]) / 1024 / 1024:.2f} GiB")
            print(f"first token, median of {len(firsts)}: {sorted(firsts)[len(firsts) // 2]:.1f} s")
        finally:
            server.terminate()
            server.wait(timeout=20)


if __name__ == "__main__":
    main()
