"""One file of a model hub, fetched so that an interrupted download goes on where it stopped.

The hub's own client (2.4) throws away a file that it has not finished, so it is of no use for
gigabytes over a line that breaks; its rules for addresses hold, `HF_ENDPOINT` among them.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ModelNoRoom
from index.models.catalogue import HubFile

if TYPE_CHECKING:
    import httpx

_SPARE = 64_000_000  # a disk that is filled to the last byte is of no use to anybody
_SILENCE = 30.0  # seconds
_BREAKS = 5
"""How many tries in a row may bring nothing, once something has come."""
_PAUSE = 1.0
_RANGE = re.compile(r"bytes (?:(?P<first>\d{1,18})-\d{1,18}|\*)/(?P<total>\d{1,18})", re.ASCII)

Tick = Callable[[int, int], None]
"""Told how many bytes are here, and how many there will be."""


class SourceError(Exception):
    """A source cannot give the model; the text says why, in a few words."""


def fetch_file(name: str, source: HubFile, part: Path, tick: Tick) -> None:
    """Fetch a file of the hub into `part`, behind what is there of it already.

    The file is whole afterwards, but not checked. `part` stays when this is interrupted, by an
    error as by Ctrl-C. `name` is what messages call the model. Raises SourceError, ModelNoRoom.
    """
    import httpx

    try:
        with _client() as client:
            _until_whole(client, name, source, part, tick)
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise SourceError("the hub's address cannot be used; check HF_ENDPOINT") from error
    except httpx.HTTPError as error:
        raise SourceError(f"the hub does not answer ({type(error).__name__})") from error


def _client() -> httpx.Client:
    import httpx

    try:
        return httpx.Client(timeout=_SILENCE, follow_redirects=True)
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        raise SourceError("the proxy that is set cannot be used") from error


def _until_whole(client: httpx.Client, name: str, source: HubFile, part: Path, tick: Tick) -> None:
    import httpx

    tries = 0
    while not _is_whole(part, source.bytes):
        before = _size(part)
        try:
            _go_on(client, name, source, part, tick)
        except httpx.UnsupportedProtocol:
            raise
        except httpx.TransportError:
            tries = _BREAKS if _size(part) > before else tries - 1
            if tries < 0:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _go_on(client: httpx.Client, name: str, source: HubFile, part: Path, tick: Tick) -> None:
    """Fetch what is missing in one go."""
    import httpx

    have = _size(part)
    headers = {"accept-encoding": "identity"} | ({"range": f"bytes={have}-"} if have else {})
    with client.stream("GET", _address(source), headers=headers) as response:
        if response.status_code == 416 and _range(response)[1] == have:
            return  # the hub has nothing behind what is here
        have, total = _begin(response, source, part, have)
        _require_room(name, part.parent, total - have)
        tick(have, total)
        with part.open("ab" if have else "wb") as file:
            for piece in response.iter_raw():
                have += file.write(piece)
                if have > total:
                    break
                tick(have, total)
    if have > total:
        raise _forget(part, f"{source.file} on the hub is larger than it should be")
    if have < total:
        raise httpx.ReadError("the file ended too early")


def _require_room(name: str, folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size + _SPARE:
        needed = (size + _SPARE) // 1_000_000
        raise ModelNoRoom(name=name, size=needed, free=free // 1_000_000, path=folder)


def _begin(response: httpx.Response, source: HubFile, part: Path, have: int) -> tuple[int, int]:
    """How many bytes stand before what comes now, and how many the whole file has."""
    if response.status_code == 206:
        first, total = _range(response)
        if first != have:
            raise _forget(part, "the hub answers with another part than it was asked for")
    elif response.status_code == 200:  # from the beginning, whatever was asked for
        have, total = 0, _number(response.headers.get("content-length"))
    elif response.status_code == 416 and have:
        raise _forget(part, "what was there of the file did not fit the one on the hub")
    else:
        raise SourceError(f"the hub answers with status {response.status_code}")
    total = total or source.bytes
    if total is None:
        raise SourceError(f"the hub does not tell how large {source.file} is")
    if source.bytes not in (None, total):
        raise SourceError(f"{source.file} on the hub has another size than it should")
    return have, total


def _forget(part: Path, why: str) -> SourceError:
    """What is here is of no use: the next pull begins anew."""
    part.unlink(missing_ok=True)
    return SourceError(why)


def _range(response: httpx.Response) -> tuple[int | None, int | None]:
    """Where a part of a file begins, and how large the file is, as the hub tells it."""
    told = _RANGE.fullmatch(response.headers.get("content-range", ""))
    return (_number(told["first"]), int(told["total"])) if told else (None, None)


def _number(told: str | None) -> int | None:
    return int(told) if told and told.isascii() and told.isdigit() and len(told) < 19 else None


def _address(source: HubFile) -> str:
    from huggingface_hub import hf_hub_url

    endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or None
    return hf_hub_url(source.repository, source.file, revision=source.revision, endpoint=endpoint)


def _is_whole(part: Path, size: int | None) -> bool:
    """Whether nothing is missing; a file that has grown too long begins again."""
    if size is not None and _size(part) > size:
        part.unlink()
    return size is not None and _size(part) == size


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0
