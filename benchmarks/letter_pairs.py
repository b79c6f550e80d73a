"""Makes index/readers/letter_pairs.json: the letter pairs of Arabic and of the Latin script.

From the vocabulary of the default embedding model, whose pieces are weighted with their
probability, and for Arabic from the sample document too.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from math import exp
from pathlib import Path

from benchmarks.texts import SAMPLES
from index import models

TABLE = Path(__file__).resolve().parents[1] / "index" / "readers" / "letter_pairs.json"
ARABIC = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي"
ARABIC_COMMON = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
LATIN = "abcdefghijklmnopqrstuvwxyz"
LATIN_COMMON = "abcdefghilmnoprstuv"  # the rest is rare in one language or another
FLATTENING = 0.6  # power of a piece's probability: between counting tokens and counting words
SAMPLE_SHARE = 0.1
SCALE = 200_000
EDGE_LEAST = 3  # letters of a piece that probably ends where its word does

Piece = tuple[str, float]


def main() -> None:
    """Write the table."""
    pieces = list(_pieces())
    arabic = [(text, weight) for text, weight in pieces if re.fullmatch(f"▁?[{ARABIC}]+", text)]
    whole = sum(weight for _, weight in arabic)
    sample = [f"▁{word}$" for word in _sample_words()]
    arabic += [(word, SAMPLE_SHARE * whole / len(sample)) for word in sample]
    latin = [
        (flat, weight)
        for text, weight in pieces
        if re.fullmatch(f"▁?[{LATIN}]+", flat := _without_accents(text))
    ]
    tables = {
        "arabic": (ARABIC, ARABIC_COMMON, _counts(ARABIC, arabic)),
        "latin": (LATIN, LATIN_COMMON, _counts(LATIN, latin)),
    }
    TABLE.write_text(_written(tables), encoding="utf-8")
    print(f"{TABLE.name}: {len(arabic)} Arabic and {len(latin)} Latin pieces")


def _pieces() -> Iterator[Piece]:
    folder = models.find(models.DEFAULT_EMBEDDING)
    tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    for text, score in tokenizer["model"]["vocab"]:
        yield text, exp(score) ** FLATTENING


def _sample_words() -> list[str]:
    text = (SAMPLES / "benghazi-minsk.md").read_text(encoding="utf-8")
    marks = re.compile("[\u0640\u064b-\u0652\u0670]")
    return re.findall(f"[{ARABIC}]+", marks.sub("", text))


def _without_accents(text: str) -> str:
    return "".join(
        c for c in unicodedata.normalize("NFKD", text) if c.isalpha() or c == "▁"
    ).lower()


def _counts(letters: str, pieces: list[Piece]) -> list[list[int]]:
    edge = len(letters)
    weights: defaultdict[tuple[int, int], float] = defaultdict(float)
    for text, weight in pieces:
        bare = text.strip("▁$")
        numbers = [letters.index(letter) for letter in bare]
        if text.startswith("▁"):
            weights[edge, numbers[0]] += weight
        if not text.startswith("▁") or text.endswith("$") or len(bare) >= EDGE_LEAST:
            weights[numbers[-1], edge] += weight
        for pair in pairwise(numbers):
            weights[pair] += weight
    whole = sum(weights.values())
    size = edge + 1
    return [[round(weights[a, b] / whole * SCALE) for b in range(size)] for a in range(size)]


def _written(tables: dict[str, tuple[str, str, list[list[int]]]]) -> str:
    """As JSON with a line for each letter, so that changes can be read."""
    parts = []
    for script, (letters, common, counts) in tables.items():
        rows = ",\n".join(f"   {json.dumps(row, separators=(',', ':'))}" for row in counts)
        parts.append(
            f' "{script}": {{\n  "letters": "{letters}",\n  "common": "{common}",\n'
            f'  "counts": [\n{rows}\n  ]\n }}'
        )
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    main()
