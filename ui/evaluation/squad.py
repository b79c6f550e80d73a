"""Files in SQuAD format: read, and turned into documents that a library can take in.

Every distinct context becomes a document; a question's gold document is the context at its own
position, so that parallel files in two languages measure search across languages.

Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text" (2016);
Artetxe et al., "On the Cross-lingual Transferability of Monolingual Representations" (2020).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ui.evaluation.errors import EvaluationInvalid, usable


@dataclass(frozen=True, slots=True)
class Item:
    """A question, the position of its paragraph, and its gold answers."""

    question: str
    paragraph: int
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SquadFile:
    """The contexts of a file, one per paragraph, and its questions in order.

    `articles[i]` is the position of the article that paragraph i belongs to.
    """

    contexts: tuple[str, ...]
    articles: tuple[int, ...]
    items: tuple[Item, ...]

    def article_of(self, item: Item) -> int:
        """The position of the article that a question was written about."""
        return self.articles[item.paragraph]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Contexts as documents of a library; `names[i]` is the document of paragraph i."""

    names: tuple[str, ...]
    folder: Path


def read_squad(path: Path) -> SquadFile:
    """Read a file in SQuAD format. Raises EvaluationInvalid."""
    contexts: list[str] = []
    articles: list[int] = []
    items: list[Item] = []
    try:
        with usable(path):
            text = path.read_text(encoding="utf-8")
        for position, article in enumerate(json.loads(text)["data"]):
            for paragraph in article["paragraphs"]:
                for qa in paragraph["qas"]:
                    answers = tuple(answer["text"] for answer in qa["answers"])
                    items.append(Item(qa["question"], len(contexts), answers))
                contexts.append(paragraph["context"])
                articles.append(position)
    except (ValueError, KeyError, TypeError) as error:
        raise EvaluationInvalid(path=path, detail=f"not in SQuAD format ({error!r})") from error
    if not items:
        raise EvaluationInvalid(path=path, detail="it holds no questions")
    return SquadFile(tuple(contexts), tuple(articles), tuple(items))


def read_parallel(passages: Path, questions: Path) -> tuple[SquadFile, SquadFile]:
    """Both files, paragraph beside paragraph. Raises EvaluationInvalid where they differ."""
    contexts, asked = read_squad(passages), read_squad(questions)
    if len(contexts.contexts) != len(asked.contexts):
        raise EvaluationInvalid(
            path=questions,
            detail=f"it has {len(asked.contexts)} paragraphs and {passages} has "
            f"{len(contexts.contexts)}; they must run in parallel",
        )
    return contexts, asked


def parallel_answers(contexts: SquadFile, asked: SquadFile) -> list[tuple[str, ...]]:
    """For each question asked, its gold answers in the language of the passages.

    Empty where the files do not ask the same questions in the same order.
    """
    shapes = [[item.paragraph for item in file.items] for file in (contexts, asked)]
    if shapes[0] != shapes[1]:
        return [()] * len(asked.items)
    return [item.answers for item in contexts.items]


def write_corpus(contexts: Sequence[str], folder: Path) -> Corpus:
    """Write each distinct context to a file of its own.

    A folder that holds them already is left alone; files of another corpus in it are removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names: dict[str, str] = {}
    for context in contexts:
        if context not in names:
            names[context] = f"{folder.name}-{len(names):05}.txt"
            _write(folder / names[context], context)
    for file in folder.glob(f"{folder.name}-*.txt"):
        if file.name not in names.values():
            file.unlink()
    return Corpus(tuple(names[context] for context in contexts), folder)


def _write(file: Path, text: str) -> None:
    content = text.encode("utf-8")
    if not file.exists() or file.read_bytes() != content:
        file.write_bytes(content)
