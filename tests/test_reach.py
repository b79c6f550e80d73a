"""Addresses that no language model is asked at: in every spelling, by name, when connecting."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path
from typing import Any

import pytest

from rag import Settings, reach
from rag.ask import Model
from rag.errors import AnswerFailed, EndpointFault, SettingInvalid
from rag.llm import open_endpoint, open_llm
from rag.reach import refuse
from tests.endpoint import KEY, QUESTION, Endpoint, reason
from ui.details import in_arabic
from ui.errors import ChoiceRefused
from ui.language_model import LanguageModels
from ui.problems import error_text

METADATA = (
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "168.63.129.16",
    "[fd00:ec2::254]",
    "metadata.google.internal",
    "METADATA.google.internal.",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::1]",
    "[::169.254.169.254]",
)
CLOSED_TO_THE_PAGE = (
    "169.254.1.1",
    "[fe80::1]",
    "0.0.0.0",  # noqa: S104 - refused, not bound
    "0",
    "[::]",
    "224.0.0.1",
    "[ff02::1]",
    "[::ffff:0.0.0.0]",
)
OPEN = (
    "127.0.0.1",
    "localhost",
    "[::1]",
    "192.168.1.20",
    "10.0.0.4",
    "172.16.3.3",
    "[fd12:3456::1]",
    "100.64.0.1",
    "203.0.113.9",
    "models.example",
    "2130706433",
)


@pytest.mark.parametrize("host", METADATA)
def test_metadata_services_are_asked_by_nobody(host: str, chosen: LanguageModels) -> None:
    for trusted in (True, False):
        with pytest.raises(EndpointFault):
            refuse(host, trusted=trusted)
    # Some spellings are no address of a page to begin with.
    why = reason(lambda: chosen.use(f"http://{host}/v1", "m"))
    assert why in ("llm_address_forbidden", "llm_address_invalid")
    with pytest.raises(SettingInvalid, match="no model is asked at"):
        open_llm(Settings(store=Path("s"), llm="m", llm_url=f"http://{host}/v1"))


@pytest.mark.parametrize("host", CLOSED_TO_THE_PAGE)
def test_the_page_names_no_link_local_unspecified_or_multicast_address(
    host: str, chosen: LanguageModels
) -> None:
    asked = {
        "use": lambda: chosen.use(f"http://{host}:11434/v1", "m"),
        "test": lambda: chosen.test(f"http://{host}:11434/v1", "m"),
        "list": lambda: chosen.models_of(f"http://{host}:11434/v1"),
    }
    assert {reason(work) for work in asked.values()} == {"llm_address_forbidden"}
    refuse(host, trusted=True)


@pytest.mark.parametrize("host", OPEN)
def test_this_machine_and_private_networks_stay_open(host: str) -> None:
    refuse(host, trusted=False)


def test_a_refusal_is_one_line_in_both_languages(chosen: LanguageModels) -> None:
    with pytest.raises(ChoiceRefused) as caught:
        chosen.use("http://169.254.169.254/v1", "m")
    assert str(caught.value).startswith("http://169.254.169.254/v1 is not asked")
    assert "لا يُسأل" in error_text(caught.value, "ar")
    assert in_arabic("its address is one that no model is asked at").startswith("عنوانه")


def resolve(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Let every name stand for these addresses, the next lookup for the next one; returns which
    names were looked up."""
    looked_up: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401
        if isinstance(host, str) and host.endswith(".example"):
            address = answers[min(len(looked_up), len(answers) - 1)]
            looked_up.append(address)
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            return [(family, socket.SOCK_STREAM, 6, "", (address, port or 0))]
        return real(host, port, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return looked_up


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254"])
def test_a_name_that_stands_for_such_an_address_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, chosen: LanguageModels, address: str
) -> None:
    resolve(monkeypatch, address)
    assert reason(lambda: chosen.test("http://llm.example/v1", "m")) == "llm_address_forbidden"
    assert reason(lambda: chosen.models_of("http://llm.example/v1")) == "llm_address_forbidden"


def test_a_name_that_moves_between_the_look_and_the_connection_gets_nothing(
    monkeypatch: pytest.MonkeyPatch, chosen: LanguageModels, endpoint: str
) -> None:
    """The endpoint at the second address is there, and is sent not one request."""
    port = endpoint.rpartition(":")[2]
    looked_up = resolve(monkeypatch, "127.0.0.2", "127.0.0.1")
    monkeypatch.setattr(reach, "_METADATA", frozenset({ipaddress.ip_address("127.0.0.1")}))
    url = f"http://llm.example:{port}/v/v1"
    assert reason(lambda: chosen.models_of(url, KEY)) == "llm_address_forbidden"
    assert looked_up == ["127.0.0.2", "127.0.0.1"]
    assert (Endpoint.keys, Endpoint.bodies) == ([], [])


def test_an_answer_says_why_a_kept_address_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, "169.254.169.254")
    with pytest.raises(AnswerFailed, match="no model is asked at"):
        Model(open_endpoint("m", "http://llm.example/v1")).reply(QUESTION)


def test_a_redirect_is_not_followed(chosen: LanguageModels, endpoint: str) -> None:
    assert reason(lambda: chosen.test(f"{endpoint}/moved/v1", "small")) == "llm_failed"
    assert len(Endpoint.bodies) == 1
