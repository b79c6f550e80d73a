"""The process in which parsers run: files are named on standard input, answers come back.

Started by `index.readers.reading`. A line of JSON in, `{"path", "name", "characters"}` (how many
of them the text may have); lines of JSON out: any number of `{"step"}`, then `{"error", "fields"}`
or `{"document", "sha256", "bytes"}`, with so many bytes of its text in UTF-8 behind the line. It
may take memory up to a limit, may write no file, and ends when its parent does.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import sys
import threading
from dataclasses import astuple
from pathlib import Path
from typing import Any, BinaryIO

from index.errors import ReadError, ReadingTooLarge
from index.readers import load, parse
from index.readers.source import Source
from index.readers.writer import TextWriter
from index.types import Document

MEMORY_MB = 560
"""What one child may allocate; its shared libraries come on top."""


def main() -> None:
    """Answer until standard input ends."""
    answers = _own_output()
    _limit()
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    while True:
        request = json.loads(requests.get())
        TextWriter.most = request["characters"]
        _tell(answers, *_answer(Path(request["path"]), request["name"], answers))


def _answer(path: Path, name: str, answers: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """What is told of a file, and the text of its document."""
    try:
        content = load(path)
        source = Source(content, path, name, lambda work: _tell(answers, {"step": work}))
        document = parse(source)
        text = document.text.encode()
        told = _told(document)
    except ReadError as error:
        return _refusal(error), b""
    except MemoryError:
        return _refusal(ReadingTooLarge(path=path, limit=MEMORY_MB)), b""
    except Exception as error:  # noqa: BLE001 - whatever a parser of others raises on this file
        detail = f"the reader failed on it ({_brief(error)})"
        return _refusal(ReadError(path=path, detail=detail)), b""
    sha256 = hashlib.sha256(content).hexdigest()
    return {"document": told, "sha256": sha256, "bytes": len(text)}, text


def _told(document: Document) -> dict[str, Any]:
    """A document without its text, as JSON can hold it."""
    parts = ("pages", "headings", "tables", "warnings")
    return {
        "name": document.name,
        "language": document.language,
        **{part: [astuple(one) for one in getattr(document, part)] for part in parts},
    }


def _refusal(error: ReadError) -> dict[str, Any]:
    fields = {
        name: value if isinstance(value, (int, float)) else str(value)
        for name, value in error.fields.items()
    }
    return {"error": type(error).__name__, "fields": fields}


def _brief(error: Exception) -> str:
    words = " ".join(str(error).split())[:100]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _own_output() -> BinaryIO:
    """Standard output for answers alone; what parsers print goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    return answers


def _tell(answers: BinaryIO, message: dict[str, Any], text: bytes = b"") -> None:
    # Characters beyond ASCII are escaped, lone surrogates too: every line can be sent.
    answers.write(f"{json.dumps(message)}\n".encode("ascii"))
    answers.write(text)
    answers.flush()


def _listen(requests: queue.SimpleQueue[str]) -> None:
    """Hand requests on; the end of them ends the process, whatever it is doing."""
    for line in sys.stdin:
        requests.put(line)
    os._exit(0)


def _limit() -> None:
    """Take away what no parser needs: writing, the network, and memory beyond the limit."""
    sys.addaudithook(_forbid)
    # Code that is no Python has the system's limits, where there are such.
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = {"DATA": MEMORY_MB << 20, "FSIZE": 0, "CORE": 0}
    for name, limit in limits.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limit, limit))


def _forbid(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook (PEP 578)."""
    if event == "open":
        path, _, flags = arguments
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        # A number is a pipe that is open already.
        if writes and path != os.devnull and not isinstance(path, int):
            raise PermissionError("a reader may not write files")
    elif event in ("socket.connect", "socket.getaddrinfo"):
        raise PermissionError("a reader may not use the network")


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main()
