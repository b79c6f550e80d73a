"""Whether the HTTP API does what its schema says, tried with thousands of requests.

Schemathesis makes requests out of the schema, fitting ones and wrong ones, and sends them to the
application in this process, over a small library and a language model that is scripted. Counted
are answers of 5xx, and violations: a status, a content type or a body that the schema does not
name, and wrong data that was taken. `python -m benchmarks.api_conformance 4000` makes so many.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from index import Library
from tests.conformance import HANDBOOK, tried

CASES = 2_000
ADDRESSES = 18
"""Those that are asked with something; the others have one request each."""
_SHOWN = 20


def main(cases: int = CASES) -> int:
    """Print what came of at least so many requests; 1 when anything was wrong."""
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "handbook.md"
        document.write_text(HANDBOOK, encoding="utf-8")
        library = Library.open(Path(folder) / "store")
        library.add(document)
        began = time.monotonic()
        told = tried(library, -(-cases // (2 * ADDRESSES)))
        library.close()
    print(f"{told.requests} requests in {time.monotonic() - began:.0f} s")
    for status, count in sorted(told.statuses.items()):
        print(f"  {status}: {count}")
    print(f"{told.server_errors} answers of 5xx, {len(told.violations)} violations")
    for violation in told.violations[:_SHOWN]:
        print(violation)
    return 1 if told.server_errors or told.violations else 0


if __name__ == "__main__":
    sys.exit(main(*(int(given) for given in sys.argv[1:])))
