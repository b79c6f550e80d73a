"""Endpoints that misbehave: what they did is said, and nobody waits for them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from index import Library
from rag import Assistant, Settings
from rag.ask import Model
from rag.config import Patience
from rag.errors import AnswerFailed, SettingInvalid
from rag.llm import open_endpoint, open_llm
from rag.wire import is_local
from tests.endpoint import DONE, KEY, QUESTION, Endpoint, chunk, words
from ui.details import in_arabic
from ui.problems import error_text
from ui.threads import ThreadedStream

FEE = "The yearly fee is 55 dinars."
QUICK = Patience(connect=2, first=0.5, pause=0.5, reply=3)


def ask(endpoint: str, *script: bytes | None, patience: Patience = QUICK) -> str:
    Endpoint.scripts["script"] = script
    return Model(open_endpoint("m", f"{endpoint}/script/v1", KEY, patience)).reply(QUESTION)


def raw(value: object) -> bytes:
    return f"data: {json.dumps(value)}\n\n".encode()


# --- what can be read ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [
        [*words(FEE), DONE],
        words(FEE),
        [chunk(None), *words(FEE), chunk(None), DONE],
        [raw({"choices": []}), *words(FEE), raw({"choices": None}), raw({"usage": {}}), DONE],
        [*words(FEE), raw({"choices": [{"index": 0, "delta": None}]}), DONE],
        [*words(FEE), raw({"choices": [{"index": 0, "finish_reason": "stop"}]}), DONE],
        [chunk(None, reasoning_content="It may be 40."), *words(FEE), DONE],
        [b": keep-alive\r\n\r\n", b"event: ping\r\ndata: \r\n\r\n", *words(FEE), DONE],
        [chunk([{"type": "text", "text": FEE}]), DONE],
        [b"".join(words(FEE)).replace(b"\n", b"\r\n")],
        [json.dumps({"choices": [{"message": {"content": FEE}}]}).encode()],
        [b"\xef\xbb\xbf", *words(FEE)],
    ],
)
def test_replies_that_can_be_understood_are_used(endpoint: str, script: Sequence[bytes]) -> None:
    assert ask(endpoint, *script) == FEE


def test_letters_may_be_cut_in_the_middle(endpoint: str) -> None:
    whole = chunk("سمكة")
    assert ask(endpoint, whole[:-20], whole[-20:]) == "سمكة"
    halves = [
        whole.replace(rb"\u0633\u0645\u0643\u0629", half) for half in (rb"\ud83d", rb"\ude00")
    ]
    assert ask(endpoint, *halves) == "\U0001f600"
    assert ask(endpoint, halves[0]) == "\ufffd"


# --- what cannot ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ([raw({"error": {"message": "upstream overloaded"}})], "reports an error: upstream overl"),
        ([*words(FEE), raw({"error": {"message": "overloaded"}}), DONE], "reports an error: over"),
        ([b'{"error": {"message": "model is loading"}}'], "reports an error: model is loading"),
        ([b'{"error": "model is loading"}'], "reports an error: model is loading"),
        ([b'{"detail": "Not Found"}'], "reports an error: Not Found"),
        ([b"data: {nothing\n\n"], "not JSON"),
        ([*words(FEE), b'data: {"id": "c", "choices": [{"del\n\n'], "not JSON"),
        ([b"<!doctype html><p>Welcome"], "a web page"),
        ([b"just some words"], "not JSON"),
        ([b"data: 4\n\n"], "no reply of a chat"),
        ([b"data: " + b"[" * 100_000 + b"\n\n"], "not JSON"),
        ([raw({"choices": ["x"]})], "no reply of a chat"),
        ([raw({"choices": [{"delta": "x"}]})], "no reply of a chat"),
        ([chunk(5)], "no reply of a chat"),
        ([raw({"choices": []}), DONE], "holds no reply"),
        ([b'{"object": "list", "choices": []}'], "no reply of a chat"),
        ([b""], "an empty reply"),
        ([b"x" * 5_000_000], "over 4 MB long"),
    ],
)
def test_what_an_endpoint_did_instead_is_said(
    endpoint: str, script: Sequence[bytes], said: str
) -> None:
    with pytest.raises(AnswerFailed, match=said) as caught:
        ask(endpoint, *script)
    assert "\n" not in str(caught.value)
    arabic = error_text(caught.value, "ar")
    detail = str(caught.value.fields["detail"])
    assert in_arabic(detail) != detail
    assert detail not in arabic


def test_an_error_does_not_repeat_the_key(endpoint: str) -> None:
    with pytest.raises(AnswerFailed) as caught:
        ask(endpoint, raw({"error": {"message": f"bad key {KEY}\nagain"}}))
    assert KEY not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_status_and_its_reason_are_said(endpoint: str) -> None:
    with pytest.raises(AnswerFailed, match="status 500: no memory left for Bearer …"):
        Model(open_endpoint("small", f"{endpoint}/failing/v1", KEY)).reply(QUESTION)


def test_where_nobody_listens_it_is_said_so() -> None:
    with pytest.raises(AnswerFailed, match="nothing answers at its address"):
        Model(open_endpoint("m", "http://127.0.0.1:1/v1")).reply(QUESTION)


# --- endless and silent ones ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ([None], "said nothing for 0.5 seconds"),
        ([b": ping\n\n", None], "said nothing for 0.5 seconds"),
        ([chunk("The yearly"), None], "fell silent for 0.5 seconds"),
    ],
)
def test_silence_has_an_end(endpoint: str, script: Sequence[bytes | None], said: str) -> None:
    with pytest.raises(AnswerFailed, match=said):
        ask(endpoint, *script)


def test_signs_of_life_are_no_words(endpoint: str) -> None:
    with pytest.raises(AnswerFailed, match="said nothing for"):
        Model(open_endpoint("small", f"{endpoint}/drips/v1", None, QUICK)).reply(QUESTION)


@pytest.mark.parametrize("text", [f"{FEE} ", "the fee and the fee and ", "لا "])
def test_a_reply_that_goes_round_in_circles_is_stopped(endpoint: str, text: str) -> None:
    Endpoint.scripts["script"] = [*[chunk(text)] * 2_000, None]
    llm = open_endpoint("m", f"{endpoint}/script/v1", None, Patience(pause=60, reply=60))
    started = time.monotonic()
    with closing(Model(llm).stream(QUESTION)) as reply:
        assert len("".join(reply)) <= 960
    assert time.monotonic() - started < 30


def test_more_than_was_asked_for_is_not_read(endpoint: str) -> None:
    endless = [chunk(f"{number} is a number. ") for number in range(5_000)]
    assert len(ask(endpoint, *endless, None, patience=Patience(pause=60))) <= 720


def test_who_leaves_a_silent_endpoint_makes_room_at_once(endpoint: str) -> None:
    Endpoint.scripts["script"] = [chunk("The yearly"), None]
    llm = open_endpoint("m", f"{endpoint}/script/v1", None, Patience(pause=300))

    def stalled() -> Iterator[str]:
        yield "begun"
        yield Model(llm).reply(QUESTION)

    async def within() -> None:
        queue = ThreadedStream()
        items = queue.items(stalled)
        assert await anext(items) == "begun"
        waiting = asyncio.ensure_future(anext(items))
        await asyncio.sleep(0.5)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await items.aclose()
        assert [item async for item in queue.items(lambda: iter(["next"]))] == ["next"]

    asyncio.run(asyncio.wait_for(within(), 20))
    assert Endpoint.left.wait(10)


# --- proxies -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True), ("LOCALHOST.", True), ("a.localhost", True), ("127.0.0.1", True),
        ("127.8.9.1", True), ("127.1", True), ("0x7f000001", True), ("::1", True), ("[::1]", True),
        ("::ffff:127.0.0.1", True), (".".join("0000"), True), ("::", True),
        ("example.org", False), ("10.0.0.1", False), ("127.0.0.1.example.org", False), ("", False),
        ("localhost.example.org", False), ("2001:db8::1", False),
    ],
)  # fmt: skip
def test_addresses_of_this_machine_are_known(host: str, local: bool) -> None:
    assert is_local(host) is local


@pytest.fixture
def proxies(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nobody listens there: what is sent to a proxy does not arrive."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
        monkeypatch.setenv(name.lower(), "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    return monkeypatch


@pytest.mark.usefixtures("proxies")
def test_what_is_on_this_machine_is_not_asked_through_a_proxy(endpoint: str) -> None:
    assert ask(endpoint, *words(FEE)) == FEE


def test_another_machine_is_asked_through_the_proxy(
    endpoint: str, proxies: pytest.MonkeyPatch
) -> None:
    proxies.setenv("http_proxy", f"{endpoint}/")
    proxies.setenv("HTTP_PROXY", f"{endpoint}/")
    with pytest.raises(AnswerFailed):
        Model(open_endpoint("m", "http://models.invalid/v1", KEY, QUICK)).reply(QUESTION)
    assert Endpoint.keys == [f"Bearer {KEY}"]


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "ftp://127.0.0.1", "http://[::1"])
def test_a_proxy_that_cannot_be_used_is_one_line(proxies: pytest.MonkeyPatch, proxy: str) -> None:
    for name in ("all_proxy", "ALL_PROXY", "http_proxy", "https_proxy"):
        proxies.setenv(name, proxy)
    with pytest.raises(SettingInvalid, match="ALL_PROXY") as caught:
        open_llm(Settings(store=Path("s"), llm="m", llm_url="http://models.invalid/v1"))
    assert "\n" not in str(caught.value)
    assert "http://" in error_text(caught.value, "ar")
    open_llm(Settings(store=Path("s"), llm="m", llm_url="http://localhost:11434/v1"))


# --- to the answer ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "thought",
    [
        "<think>\nThe fee may be 40 dinars.\n</think>\n\n{}",
        "The yearly fee might be 55 dinars I guess.\n</think>\n\n{}",
        "<thinking>a <think>b</think> c</thinking>{}</s>",
        "<|channel|>analysis<|message|>The pond was dug.<|end|>"
        "<|start|>assistant<|channel|>final<|message|>{}<|return|>",
        "{}<|im_end|>\n<|im_start|>user\nThe pond was dug in 1998.",
    ],
)
def test_thoughts_never_reach_an_answer(library: Library, endpoint: str, thought: str) -> None:
    dug = "The pond was dug in 1998 by pupils of the eighth class."
    Endpoint.scripts["script"] = [*words(thought.format(dug)), DONE]
    llm = open_endpoint("m", f"{endpoint}/script/v1", None, QUICK)
    answer = Assistant(library, llm, strictness="open").ask("Who dug the pond in the garden?")
    assert answer.text == f"{dug} [1]"
