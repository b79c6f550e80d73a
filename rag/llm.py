"""The door to language models: any LlamaIndex `LLM`; by default one that runs in this process.

The embedded model is a GGUF file run by llama.cpp (xllamacpp), which serves an OpenAI-compatible
endpoint on a free loopback port behind a random key; LlamaIndex's `OpenAILike` talks to it as it
would to any other endpoint.
"""

from __future__ import annotations

import atexit
import os
import secrets
import socket
import threading
import weakref
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from index import models
from index.errors import ModelNotLoaded
from rag.config import Patience, Settings
from rag.errors import EndpointFault, SettingInvalid
from rag.reach import refuse

if TYPE_CHECKING:
    from llama_index.core.llms import LLM


CONTEXT_TOKENS = 4096
ANSWER_TOKENS = 400
_PATIENCE = Patience()
_EMBEDDED = Patience(first=300.0, pause=60.0, reply=600.0)
"""A machine may be slow, and is not silent for that."""
_KEPT_PROMPTS = 512
"""MiB of prompts already read that are kept for others that begin alike; llama.cpp's own bound is
8 GiB, which is all that a laptop has."""
_NO_KEY = "none"
_NO_THINKING = {"extra_body": {"chat_template_kwargs": {"enable_thinking": False}}}
"""For the template in a GGUF file. Qwen's models think before they answer unless it is told so;
others know no such word and leave it."""


@dataclass(slots=True)
class _Server:
    """A running server, its address and key, and the language models that ask it."""

    server: Any
    url: str
    key: str
    users: list[weakref.ref[LLM]] = field(default_factory=list)


_servers: dict[Path, _Server] = {}
_lock = threading.RLock()  # a language model may be found unused at any moment


def open_llm(settings: Settings, *, trusted: bool = True) -> LLM:
    """The language model that the settings name, ready to answer.

    `trusted` says that whoever runs this named its address, not somebody on the page. Raises
    ModelMissing when the embedded model was not fetched, ModelNotLoaded when its file is no model
    that runs here, SettingInvalid for a bad address.
    """
    if settings.llm_url:
        if not settings.llm_url.startswith(("http://", "https://")):
            raise SettingInvalid(setting="llm_url", detail="it begins with http:// or https://")
        if not settings.llm:
            raise SettingInvalid(setting="llm", detail="llm_url needs the name of a model there")
        return open_endpoint(
            settings.llm, settings.llm_url, settings.llm_key, settings.patience, trusted=trusted
        )
    name = settings.llm or models.DEFAULT_LANGUAGE_MODEL
    with _lock:
        server = _embedded(name, settings.threads or os.cpu_count() or 2)
        llm = open_endpoint(name, server.url, server.key, _EMBEDDED, options=_NO_THINKING)
        server.users.append(weakref.ref(llm))
    return llm


def open_endpoint(
    model: str,
    url: str,
    key: str | None = None,
    patience: Patience = _PATIENCE,
    *,
    options: Mapping[str, Any] | None = None,
    trusted: bool = True,
) -> LLM:
    """A model of an OpenAI-compatible endpoint; nothing is asked of it yet.

    `options` go along with every request, as the OpenAI client takes them; `trusted` is as in
    `open_llm`. Raises SettingInvalid for an address that no model is asked at, and for a proxy in
    the environment that cannot be used.
    """
    from llama_index.llms.openai_like import OpenAILike

    from rag.wire import EndpointClient

    try:
        refuse(urlsplit(url).hostname or "", trusted=trusted)
    except EndpointFault as fault:
        raise SettingInvalid(setting="llm_url", detail=fault) from fault
    llm: LLM = OpenAILike(
        model=model,
        api_base=url,
        api_key=key or _NO_KEY,
        is_chat_model=True,
        context_window=CONTEXT_TOKENS,
        max_tokens=ANSWER_TOKENS,
        temperature=0.0,
        max_retries=0,
        http_client=EndpointClient(url, patience, trusted=trusted),
        additional_kwargs=dict(options or {}),
    )
    return llm


def unload_after(llm: LLM) -> None:
    """Free the memory of an embedded model as soon as no answer needs `llm` any more."""
    weakref.finalize(llm, _unload)


def _unload() -> None:
    with _lock:
        unused = [
            file
            for file, server in _servers.items()
            if all(user() is None for user in server.users)
        ]
        for file in unused:
            del _servers[file]


def _embedded(name: str, threads: int) -> _Server:
    """The server for that model, started when it is not running yet."""
    file = models.find(name)
    if file not in _servers:
        try:
            _servers[file] = _start(file, threads)
        except RuntimeError as error:
            raise ModelNotLoaded(name=name, file=file.name) from error
    return _servers[file]


def _start(file: Path, threads: int) -> _Server:
    import xllamacpp

    key = secrets.token_urlsafe(32)
    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.model_alias = {file.stem}
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.hostnames = ["127.0.0.1"]
    params.port = _free_port()
    params.api_keys = [key]
    params.ui = False
    params.offline = True
    params.verbosity = -1
    params.cache_prompt = True
    params.cache_ram_mib = _KEPT_PROMPTS
    server = xllamacpp.Server(params)
    return _Server(server, f"{server.listening_address}/v1", key)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@atexit.register
def _stop() -> None:
    with suppress(RuntimeError):
        _servers.clear()
