"""Which language model answers: the choice, where it is kept, and whether an endpoint is of use.

An answer holds on to the model that it began with; a new choice counts from the next one on.
"""

from __future__ import annotations

import json
import logging
import threading
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from index import models
from index.errors import ModelError, ModelUnknown
from rag import Settings
from rag.ask import Model
from rag.config import Patience
from rag.errors import AnswerFailed, EndpointFault, SettingInvalid
from rag.llm import open_endpoint, open_llm, unload_after
from rag.profile import Profile, profile_for
from rag.reach import refuse
from rag.wire import EndpointClient
from ui.errors import ChoiceRefused
from ui.keys import KeyStore, write_private

if TYPE_CHECKING:
    from llama_index.core.llms import LLM
    from openai import APIStatusError

ADDRESS_CHARACTERS = 2_000
MODEL_CHARACTERS = 200
KEY_CHARACTERS = 1_000
TEST_SECONDS = 15.0
_LIST_SECONDS = 5.0
_LISTED = 500
_DETAIL = 200
_TEST = "Reply with one word: yes."
_REFUSALS, _NOT_TAKEN = (401, 403), (400, 404, 405, 422)
_UNANSWERED = (httpx.HTTPError, EndpointFault, httpx.InvalidURL, OSError, UnicodeError)
_log = logging.getLogger(__name__)


class LanguageModels:
    """The language model that answers, and the others that could.

    `kept` is the file that remembers a choice, and the key of an endpoint is kept by itself
    (`ui.keys`). The choice counts only where neither the command line nor the environment nor the
    configuration names a model. Where the server is not `changeable` nothing is changed or tried:
    anybody in the network could make it fetch any address. Safe to use from many threads.
    """

    def __init__(self, settings: Settings, kept: Path, changeable: bool) -> None:
        self.changeable = changeable
        self._settings, self._kept = settings, kept
        self._keys = KeyStore(kept.with_suffix(".key"))
        self._fixed = settings.llm is not None or settings.llm_url is not None
        choice = settings if self._fixed else _remembered(kept, self._keys, settings)
        self._chosen = _Chosen(choice, trusted=self._fixed)
        self._changing = threading.Lock()

    def current(self) -> LLM:
        """The model that answers, loaded when it is first asked for.

        Raises ModelMissing where it is not on this machine.
        """
        return self._chosen.llm()

    @property
    def chosen(self) -> Settings:
        """The choice in force, with the key of its endpoint."""
        return self._chosen.choice

    def profile(self) -> Profile:
        """What the chosen model may be asked for: measured, shipped, or careful."""
        return profile_for(self._chosen.choice)

    def opened(self, choice: Settings) -> LLM:
        """The model of that choice, shared with the answers where it is in force.

        Raises ModelMissing.
        """
        chosen = self._chosen
        if chosen.choice == choice:
            return chosen.llm()
        return open_llm(choice, trusted=self._fixed and choice == self._settings)

    def at_once(self) -> int:
        """How many answers the chosen model writes side by side: the embedded one has one slot."""
        return self._settings.llm_at_once if self._chosen.choice.llm_url else 1

    def described(self) -> dict[str, Any]:
        """What answers, and what could, for the page: JSON values, never the key.

        `fixed` says that the server was started with a model, to which it returns.
        """
        choice = self._chosen.choice
        url = choice.llm_url
        return {
            "kind": "endpoint" if url else "embedded",
            "name": choice.llm if url else _shown(_embedded_name(choice)),
            "url": _without_credentials(url) if url else None,
            "has_key": bool(url and choice.llm_key),
            "loaded": self._chosen.loaded,
            "fixed": self._fixed,
            "embedded": [
                {"name": shown, "there": _is_there(name)}
                for shown, name in self._embedded_names().items()
            ],
        }

    def test(self, url: str, model: str, key: str | None = None) -> None:
        """Ask that model for a short reply, as an answer would; raises ChoiceRefused.

        Without a key the kept one is used, where the address is the one that it was given for.
        """
        _answer_once(self._endpoint(url, model, key))

    def models_of(self, url: str, key: str | None = None) -> list[str]:
        """The names of the models at that address; none where it does not tell."""
        self.require_changeable()
        address = _address(url)
        try:
            return _listed(address, self._key_for(address, key)) or []
        except _UNANSWERED as error:
            raise _unanswered(address, error, _LIST_SECONDS) from error

    def use(self, url: str, model: str, key: str | None = None) -> None:
        """Answer with a model of an endpoint from now on; the key is as in `test`."""
        self._change(self._endpoint(url, model, key))

    def use_embedded(self, name: str) -> None:
        """Answer with a model on this machine from now on.

        Only models that `described` names: the page does not open any file of this machine.
        Raises ModelUnknown, ModelMissing.
        """
        self.require_changeable()
        found = self._embedded_names().get(name)
        if found is None:
            raise ModelUnknown(name=name)
        models.find(found)
        self._change(replace(self._settings, llm=found, llm_url=None, llm_key=None))

    def require_changeable(self) -> None:
        """Raises ChoiceRefused where others than this machine can talk to the server."""
        if not self.changeable:
            raise ChoiceRefused("settings_locked")

    def _endpoint(self, url: str, model: str, key: str | None) -> Settings:
        self.require_changeable()
        address, name = _address(url), model.strip()
        if not name or len(name) > MODEL_CHARACTERS or not name.isprintable():
            raise ChoiceRefused("llm_model_missing")
        key = self._key_for(address, key)
        return replace(self._settings, llm=name, llm_url=address, llm_key=key)

    def _key_for(self, address: str, key: str | None) -> str | None:
        if key is None:
            choice = self._chosen.choice
            return choice.llm_key if choice.llm_url == address else None
        key = key.strip()
        if len(key) > KEY_CHARACTERS or not all("!" <= letter <= "~" for letter in key):
            raise ChoiceRefused("llm_key_invalid")
        return key or None

    def _embedded_names(self) -> dict[str, str]:
        """Models that can run in this process, by the names that the page shows."""
        names = [model.name for model in models.CATALOGUE.values() if model.kind == "language"]
        choices = (self._settings, self._chosen.choice)
        names += [_embedded_name(choice) for choice in choices if not choice.llm_url]
        return {_shown(name): name for name in names}

    def _change(self, choice: Settings) -> None:
        with self._changing:
            self._keep(choice)
            before, self._chosen = self._chosen, _Chosen(choice, trusted=False)
            before.leave()

    def _keep(self, choice: Settings) -> None:
        """Remember the choice and its key, and forget the key of the one before."""
        before = _kept_url(self._kept)
        if choice.llm_url and choice.llm_key:
            self._keys.keep(choice.llm_url, choice.llm_key)
        _remember(self._kept, choice)
        # Last: what could not be written leaves the choice before it whole.
        if before is not None and (before != choice.llm_url or not choice.llm_key):
            self._keys.forget(before)


class _Chosen:
    """One choice, and its model once it was asked for; `trusted` is as in `open_llm`."""

    def __init__(self, choice: Settings, *, trusted: bool) -> None:
        self.choice = choice
        self._trusted = trusted
        self._llm: LLM | None = None
        self._opening = threading.Lock()

    @property
    def loaded(self) -> bool:
        return self._llm is not None

    def llm(self) -> LLM:
        with self._opening:
            if self._llm is None:
                self._llm = open_llm(self.choice, trusted=self._trusted)
            return self._llm

    def leave(self) -> None:
        """It is chosen no more: its memory is freed once the last answer has been written."""
        with self._opening:
            if self._llm is not None:
                unload_after(self._llm)


def _embedded_name(choice: Settings) -> str:
    return choice.llm or models.DEFAULT_LANGUAGE_MODEL


def _shown(name: str) -> str:
    """The name of a model; of a file without its folders, which are nobody else's business."""
    return name if name in models.CATALOGUE else Path(name).name


def _is_there(name: str) -> bool:
    with suppress(ModelError):
        return models.find(name).exists()
    return False


# --- Addresses -----------------------------------------------------------------------------


def _address(url: str) -> str:
    """The address as it is used; raises ChoiceRefused where it is none of an endpoint."""
    url = url.strip()
    if not url or len(url) > ADDRESS_CHARACTERS or not url.isprintable() or " " in url:
        raise ChoiceRefused("llm_address_invalid")
    try:
        parts = urlsplit(url)
        httpx.URL(url)
        port = parts.port
    except (ValueError, httpx.InvalidURL) as error:
        raise ChoiceRefused("llm_address_invalid") from error
    if parts.username is not None or parts.password is not None:
        raise ChoiceRefused("llm_address_with_key")
    web = parts.scheme in ("http", "https") and parts.hostname and port != 0
    if not web or parts.query or parts.fragment:
        raise ChoiceRefused("llm_address_invalid")
    try:
        refuse(parts.hostname or "", trusted=False)
    except EndpointFault as fault:
        raise ChoiceRefused("llm_address_forbidden", address=url) from fault
    # The whole address of the chat is what many endpoints show to be copied.
    return url.rstrip("/").removesuffix("/chat/completions")


def _without_credentials(url: str) -> str:
    """An address from the command line may hold a password; the page does not see it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


# --- Asking an endpoint -----------------------------------------------------------------------


def _answer_once(choice: Settings) -> None:
    """Raises ChoiceRefused unless the endpoint of that choice answers with a word of text."""
    from llama_index.core.llms import ChatMessage

    address, name = choice.llm_url or "", choice.llm or ""
    seconds = TEST_SECONDS
    patience = Patience(connect=seconds, first=seconds, pause=seconds, reply=seconds)
    llm = open_endpoint(name, address, choice.llm_key, patience, trusted=False)
    try:
        with closing(Model(llm).stream([ChatMessage(role="user", content=_TEST)])) as reply:
            said = any(words.strip() for words in reply)
    except AnswerFailed as error:
        raise _why(choice, error.__cause__) from error
    except UnicodeError as error:
        raise ChoiceRefused("llm_unreachable", address=address) from error
    if not said:
        silent = _names(choice) is not None
        raise ChoiceRefused("llm_silent" if silent else "llm_no_chat", address=address, name=name)


def _why(choice: Settings, cause: BaseException | None) -> ChoiceRefused:
    """What a person can do about a model that did not answer."""
    from openai import APIConnectionError, APIError, APIStatusError

    while isinstance(cause, APIConnectionError) and cause.__cause__ is not None:
        cause = cause.__cause__
    if isinstance(cause, EndpointFault):
        return _why_at_fault(choice, cause)
    if isinstance(cause, APIStatusError):
        return _why_refused(choice, cause)
    if isinstance(cause, APIError) and not isinstance(cause, APIConnectionError):
        return _failed(choice, cause.message)
    return _unanswered(choice.llm_url or "", cause, TEST_SECONDS)


def _why_at_fault(choice: Settings, fault: EndpointFault) -> ChoiceRefused:
    address = choice.llm_url
    if fault.kind == "forbidden":
        return ChoiceRefused("llm_address_forbidden", address=address)
    if fault.kind == "slow":
        return ChoiceRefused("llm_too_slow", address=address, seconds=round(TEST_SECONDS))
    if fault.kind == "unreadable":
        return ChoiceRefused("llm_no_chat", address=address)
    return _failed(choice, str(fault))


def _why_refused(choice: Settings, error: APIStatusError) -> ChoiceRefused:
    address, name, status = choice.llm_url or "", choice.llm or "", error.status_code
    said = error.body.get("message") if isinstance(error.body, dict) else None
    message = said if isinstance(said, str) else ""
    if status in _REFUSALS:
        return ChoiceRefused("llm_key_refused", address=address)
    if status in _NOT_TAKEN:
        names = _names(choice)
        if (names and name not in names) or (status == 404 and name in message):
            return ChoiceRefused("llm_model_unknown", address=address, name=name)
        if status in (404, 405):
            return ChoiceRefused("llm_no_chat", address=address)
    return _failed(choice, f"{status} {message}")


def _failed(choice: Settings, message: str) -> ChoiceRefused:
    """An error in the endpoint's own words, which may repeat the key."""
    said = message.replace(choice.llm_key, "…") if choice.llm_key else message
    detail = " ".join(said.split())[:_DETAIL]
    return ChoiceRefused("llm_failed", address=choice.llm_url, detail=detail)


def _unanswered(address: str, error: BaseException | None, seconds: float) -> ChoiceRefused:
    """Nobody there, somebody who takes too long, or an address that is not asked."""
    if isinstance(error, EndpointFault) and error.kind == "forbidden":
        return ChoiceRefused("llm_address_forbidden", address=address)
    if isinstance(error, EndpointFault) and error.kind == "slow":
        return ChoiceRefused("llm_too_slow", address=address, seconds=round(seconds))
    return ChoiceRefused("llm_unreachable", address=address)


def _names(choice: Settings) -> list[str] | None:
    """The models of an endpoint, as far as they can be had."""
    with suppress(*_UNANSWERED, ChoiceRefused):
        return _listed(choice.llm_url or "", choice.llm_key)
    return None


def _listed(address: str, key: str | None) -> list[str] | None:
    """The names at `address`/models; None where it gives no such list."""
    seconds = _LIST_SECONDS
    patience = Patience(connect=seconds, first=seconds, pause=seconds, reply=seconds)
    with EndpointClient(address, patience, trusted=False) as client:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        answer = client.get(f"{address}/models", headers=headers)
        if answer.status_code in _REFUSALS:
            raise ChoiceRefused("llm_key_refused", address=address)
        try:
            told = answer.json() if answer.is_success else None
        except (ValueError, RecursionError):
            return None
    found = told.get("data") if isinstance(told, dict) else None
    if not isinstance(found, list):
        return None
    names = [entry.get("id") for entry in found[:_LISTED] if isinstance(entry, dict)]
    return [name for name in names if isinstance(name, str) and len(name) <= MODEL_CHARACTERS]


# --- Remembering ---------------------------------------------------------------------------


def _remember(file: Path, choice: Settings) -> None:
    """Write the choice, without its key; raises SettingInvalid."""
    fields = {"llm": choice.llm, "llm_url": choice.llm_url}
    write_private(file, json.dumps({name: value for name, value in fields.items() if value}))


def _kept_url(file: Path) -> str | None:
    """The address of the endpoint that was kept, if one was."""
    with suppress(OSError, ValueError, AttributeError):
        url = json.loads(file.read_text(encoding="utf-8")).get("llm_url")
        return url if isinstance(url, str) else None
    return None


def _remembered(file: Path, keys: KeyStore, settings: Settings) -> Settings:
    """The settings with the choice that was kept; as they are where there is none of use.

    A key that stands in the file, as in those of earlier versions, is moved to where keys are kept.
    """
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        name, url, key = (told.get(field) for field in ("llm", "llm_url", "llm_key"))
        if not isinstance(name, str) or not isinstance(key, str | None):
            raise ValueError("the model or the key is no text")
        address = None if url is None else _address(url)
    except FileNotFoundError:
        return settings
    except (OSError, ValueError, AttributeError, ChoiceRefused) as error:
        _log.warning("The kept choice of language model in %s is of no use: %s", file, error)
        return settings
    choice = replace(settings, llm=name, llm_url=address, llm_key=None)
    if address is None:
        return choice
    if key is None:
        return replace(choice, llm_key=keys.load(address))
    with suppress(SettingInvalid):  # a store that can only be read stays as it is
        keys.keep(address, key)
        _remember(file, choice)
    return replace(choice, llm_key=key)
