"""A server for the browser tests: `python -m tests.serve STORE VIOLATIONS`.

Prints its address when it is up; what it tried to reach elsewhere is written to VIOLATIONS.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.guard import forbid_foreign_connections


def main(store: str, violations: str) -> None:
    def remember(host: str) -> None:
        with Path(violations).open("a", encoding="utf-8") as file:
            file.write(f"{host}\n")

    forbid_foreign_connections(remember)
    from index import Library
    from rag import Assistant
    from ui.server import serve

    library = Library.open(store)
    serve(library, Assistant(library), port=0, on_ready=lambda url: print(url, flush=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
