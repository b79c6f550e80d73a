"""Make `index/search/baseline_means.json` again: what usual questions mean to the default model."""

from __future__ import annotations

import json
from pathlib import Path

import index
from index.arrays import packed
from index.models import DEFAULT_EMBEDDING
from index.models.embed import Embedder
from index.search.baseline import baseline_questions, computed

FILE = Path(index.__file__).parent / "search" / "baseline_means.json"


def main() -> None:
    embedder = Embedder(DEFAULT_EMBEDDING)
    means = {
        f"baseline {kind} {language}": packed(computed(embedder, kind, language))
        for language in baseline_questions()
        for kind in ("passages", "sentences", "words")
    }
    text = json.dumps({DEFAULT_EMBEDDING: means}, indent=1)
    FILE.write_text(text + "\n", encoding="utf-8")
    print(f"{FILE}: {len(text)} bytes")


if __name__ == "__main__":
    main()
