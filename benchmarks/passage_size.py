"""How the size of passages changes retrieval: `python -m benchmarks.passage_size F G SIZE...`

F and G are SQuAD files as in `sanad eval retrieval`; each size is a limit in tokens.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import index.cutting
from index import Library
from ui.evaluation.retrieval import evaluate_retrieval


def main() -> None:
    passages, questions, *sizes = sys.argv[1:]
    for size in sizes or ["160", "224", "320", "480"]:
        index.cutting.PASSAGE_TOKENS = int(size)
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            result = evaluate_retrieval(
                Library.open(work / "store"), work / "d", Path(passages), Path(questions)
            )
        recall = "  ".join(f"@{k} {share:.3f}" for k, share in result["recall"].items())
        print(f"{size:>4} tokens  {result['passages']:5} passages  {recall}", flush=True)


if __name__ == "__main__":
    main()
