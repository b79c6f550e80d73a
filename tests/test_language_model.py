"""Choosing the language model that answers, and trying one, against endpoints made here."""

from __future__ import annotations

import gc
import json
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from index import models
from index.errors import ModelMissing, ModelNotLoaded, ModelUnknown
from rag import Settings
from rag.errors import SettingInvalid
from rag.llm import _Server, open_llm
from tests.endpoint import DONE, KEY, SETTINGS, Endpoint, reason, reply, words
from ui import language_model
from ui.language_model import LanguageModels

EMBEDDED = models.DEFAULT_LANGUAGE_MODEL


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where `chosen` keeps the choice."""
    return tmp_path / "state" / "language-model.json"


@pytest.fixture
def embedded_is_there(cache: Path) -> None:
    """A file of the right name; nothing here loads it."""
    file = models.CATALOGUE[EMBEDDED].files[0][0]
    folder = cache / "models" / EMBEDDED
    folder.mkdir(parents=True)
    (folder / file).write_bytes(b"GGUF")


def test_a_file_that_is_no_model_is_refused_in_one_line(
    chosen: LanguageModels, embedded_is_there: None
) -> None:
    with pytest.raises(ModelNotLoaded, match=r"gguf is damaged, of a kind"):
        chosen.current()


# --- choosing ---------------------------------------------------------------------------------


def test_the_embedded_model_is_the_default(chosen: LanguageModels, cache: Path) -> None:
    described = chosen.described()
    assert (described["kind"], described["name"], described["url"]) == ("embedded", EMBEDDED, None)
    assert described["loaded"] is False
    assert described["fixed"] is False
    named = [name for name, model in models.CATALOGUE.items() if model.kind == "language"]
    assert named[0] == EMBEDDED
    assert described["embedded"] == [{"name": name, "there": False} for name in named]
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


def test_a_choice_lies_in_files_for_their_owner_alone(chosen: LanguageModels, kept: Path) -> None:
    for model in ("small", "large"):
        chosen.use("http://127.0.0.1:1/v1", model, KEY if model == "small" else None)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in kept.parent.iterdir()}
        assert modes == {"language-model.json": 0o600, "language-model.key": 0o600}
        assert KEY not in kept.read_text()


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
    under_way = chosen.current()
    with ThreadPoolExecutor(1) as pool:
        words = pool.submit(reply, under_way)
        chosen.use(f"{endpoint}/v/v1", "large")
        assert reply(chosen.current()) == "large says yes"
        assert not words.done()
        Endpoint.release.set()
        assert words.result() == "small says yes"


@pytest.mark.usefixtures("embedded_is_there")
def test_back_to_the_embedded_model(chosen: LanguageModels, kept: Path, endpoint: str) -> None:
    chosen.use(f"{endpoint}/v/v1", "small", KEY)
    chosen.use_embedded(EMBEDDED)
    assert chosen.described()["kind"] == "embedded"
    assert chosen.described()["embedded"][0] == {"name": EMBEDDED, "there": True}
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


def test_a_model_in_this_process_is_told_not_to_think_aloud(
    cache: Path, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its template reads that. An endpoint may refuse what it does not know, and is not told."""
    file = models.CATALOGUE["qwen3-1.7b"].files[0][0]
    (cache / "models" / "qwen3-1.7b").mkdir(parents=True)
    (cache / "models" / "qwen3-1.7b" / file).write_bytes(b"GGUF")
    Endpoint.scripts["scripted"] = [*words("<think> hm </think> yes"), DONE]
    started = _Server(None, f"{endpoint}/scripted/v1", KEY)
    monkeypatch.setattr("rag.llm._servers", {})
    monkeypatch.setattr("rag.llm._start", lambda path, threads: started)
    here = open_llm(Settings(store=Path("store"), llm="qwen3-1.7b"))
    assert reply(here) == "yes"
    assert Endpoint.bodies[-1]["chat_template_kwargs"] == {"enable_thinking": False}

    elsewhere = Settings(store=Path("store"), llm="small", llm_url=f"{endpoint}/v/v1")
    assert reply(open_llm(elsewhere)) == "small says yes"
    assert "chat_template_kwargs" not in Endpoint.bodies[-1]


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


def test_an_embedded_model_that_is_left_gives_its_memory_back_behind_its_last_answer(
    kept: Path, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: dict[Path, object] = {}
    monkeypatch.setattr("rag.llm._servers", running)
    chosen = LanguageModels(Settings(store=Path("store")), kept, changeable=True)
    answering = chosen.current()
    chosen.use(f"{endpoint}/v/v1", "small")
    assert len(running) == 1  # an answer is still being written
    chosen.use_embedded(EMBEDDED)
    again = chosen.current()
    del answering
    gc.collect()
    assert len(running) == 1  # it was chosen again meanwhile
    assert reply(again)
    del again
    chosen.use(f"{endpoint}/v/v1", "small")
    gc.collect()
    assert not running


def test_an_endpoint_writes_several_answers_at_a_time_and_the_embedded_model_one(
    chosen: LanguageModels, endpoint: str
) -> None:
    assert chosen.at_once() == 1
    chosen.use(f"{endpoint}/v/v1", "small")
    assert chosen.at_once() == SETTINGS.llm_at_once > 1
