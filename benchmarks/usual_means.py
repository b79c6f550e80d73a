"""Make `index/usual_means.json` again: what usual questions mean to the default model."""

from __future__ import annotations

import json
from pathlib import Path

import index
from index.embed import Embedder
from index.models import DEFAULT_EMBEDDING
from index.schema import packed
from index.usual import computed, usual_questions

FILE = Path(index.__file__).parent / "usual_means.json"


def main() -> None:
    embedder = Embedder(DEFAULT_EMBEDDING)
    means = {
        f"usual {kind} {language}": packed(computed(embedder, kind, language))
        for language in usual_questions()
        for kind in ("passages", "sentences", "words")
    }
    text = json.dumps({DEFAULT_EMBEDDING: means}, indent=1)
    FILE.write_text(text + "\n", encoding="utf-8")
    print(f"{FILE}: {len(text)} bytes")


if __name__ == "__main__":
    main()
