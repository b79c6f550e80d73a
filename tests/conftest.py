"""What tests share: no connection to another machine, small libraries with the real model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index import Library
from tests.guard import forbid_foreign_connections

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

_tried: list[str] = []


def pytest_configure() -> None:
    """Before any test module is imported: imports may phone home too."""
    forbid_foreign_connections(_tried.append)


@pytest.fixture(autouse=True)
def stays_local() -> Iterator[None]:
    """Fails the test in which something tried to reach another machine, even if it hid that."""
    _tried.clear()
    yield
    assert not _tried, f"foreign hosts were tried: {_tried}"


MakeLibrary = Callable[[Path, Mapping[str, str]], Library]


@pytest.fixture(scope="session")
def embedding() -> BaseEmbedding:
    """The real default embedding model, loaded once for all tests."""
    from index.embed import Embedder
    from index.models import DEFAULT_EMBEDDING

    return Embedder(DEFAULT_EMBEDDING).load()


@pytest.fixture(scope="session")
def make_library(embedding: BaseEmbedding) -> Iterator[MakeLibrary]:
    """Makes a library below a folder out of texts by file name."""
    opened: list[Library] = []

    def make(folder: Path, texts: Mapping[str, str]) -> Library:
        documents = folder / "documents"
        documents.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (documents / name).write_text(text, encoding="utf-8")
        library = Library.open(folder / "store", embedding=embedding)
        opened.append(library)
        report = library.add(documents)
        assert not report.failed
        return library

    yield make
    for library in opened:
        library.close()
