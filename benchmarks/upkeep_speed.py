"""Upkeep: one document of two pages added to an empty store and to one of 500 documents."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.texts import document, write_documents
from index import Library

PAGES_OF_WORDS = 900


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        many = write_documents(work / "many", 500, 60)
        new = work / "new.txt"
        new.write_text(document(7_777, PAGES_OF_WORDS), encoding="utf-8")
        empty = Library.open(work / "empty")
        empty.warm_up()
        full = Library.open(work / "full")
        seconds = full.add(many).seconds
        print(f"500 documents of 60 words, at once    {seconds:6.2f} s")
        into_empty = empty.add(new).seconds
        into_full = full.add(new).seconds
        print(f"two pages into the empty store        {into_empty:6.2f} s")
        print(f"two pages into 500 documents          {into_full:6.2f} s", end="")
        print(f"   {into_full / into_empty:5.2f} x the empty store")
        again = full.add([many, new])
        assert len(again.unchanged) == 501
        print(f"all 501 again, unchanged              {again.seconds:6.2f} s")
        import time

        began = time.monotonic()
        full.remove("new.txt")
        print(f"the two pages removed                 {time.monotonic() - began:6.2f} s")
        assert full.verify() == []


if __name__ == "__main__":
    main()
