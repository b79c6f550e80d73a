"""Fixtures over the real embedding model, and the small documents that the suite stands on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index import Library, models

if TYPE_CHECKING:
    from index.sentence_transformer import SentenceTransformerEmbedding

SHARED = Path(__file__).resolve().parents[2] / "shared"

DOCUMENTS = {
    "garden.md": (
        "# The school garden\n\n"
        "## Opening hours\n\n"
        "The garden opens at seven in the morning from April to October. "
        "In winter it stays closed, except on the first Saturday of each month.\n\n"
        "## The pond\n\n"
        "The pond was dug in 1998 by pupils of the eighth class. "
        "It is two metres deep, and forty goldfish live in it. "
        "Feeding them is the duty of Mrs. Ostrander.\n"
    ),
    "قطار.md": (
        "# قطار الجبل\n\n"
        "## الرحلات\n\n"
        "يغادر قطار الجبل محطة الوادي أربع مرات في اليوم، وأول رحلة في السادسة صباحًا. "
        "تستغرق الرحلة إلى القمة ساعة وعشرين دقيقة. "
        "ثمن التذكرة 35 دينارًا للكبار و15 دينارًا للأطفال.\n\n"
        "## التاريخ\n\n"
        "افتُتح الخط سنة 1934 بعد تسع سنوات من العمل. "
        "صمّم المهندسُ سليم الحداد الجسرَ الحجري الذي يمر فوق النهر.\n"
    ),
    "bakery.txt": (
        "The bakery on Mill Street sells rye bread and almond cake. "
        "Its oven was brought from Lyon in 1921. "
        "Bread from the day before costs half. "
        "The owner, Piet Verhagen, begins work at three in the morning."
    ),
}


@pytest.fixture(scope="session")
def embedding() -> SentenceTransformerEmbedding:
    """The real default embedding model, loaded once for the whole run."""
    from index.sentence_transformer import SentenceTransformerEmbedding

    return SentenceTransformerEmbedding(
        models.DEFAULT_EMBEDDING, models.find(models.DEFAULT_EMBEDDING)
    )


@pytest.fixture
def open_library(embedding: SentenceTransformerEmbedding) -> Iterator[Callable[[Path], Library]]:
    """Opens libraries over the model that is loaded already, and closes them."""
    opened: list[Library] = []

    def open_(folder: Path) -> Library:
        library = Library.open(folder, embedding=embedding, sentence_embedding=embedding)
        opened.append(library)
        return library

    yield open_
    for library in opened:
        library.close()


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """A folder with the three small documents."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def library(open_library: Callable[[Path], Library], documents: Path, tmp_path: Path) -> Library:
    """A library of the three small documents."""
    library = open_library(tmp_path / "store")
    library.add(documents)
    return library
