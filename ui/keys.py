"""Where the key of an endpoint is kept: in the system's keyring, or in a file for its owner alone.

The keyring is asked in a thread with a limit of time, for it may ask a person in its turn, and
nobody may be there. One that failed or was too slow once is not asked again by this process.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from index.store.atomic import write_whole
from rag.errors import SettingInvalid

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "Sanad"
_SECONDS = 3.0
_RECOMMENDED = 1
"""The priority from which on a keyring is one of the system's; below are plain files."""
T = TypeVar("T")
_log = logging.getLogger(__name__)


class KeyStore:
    """One key, and the address that it is for. `file` is used where no keyring works.

    In the keyring, its folder tells the keys of two stores apart.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._keyring = _Keyring()

    def load(self, url: str) -> str | None:
        """The key that was kept for that address; None where there is none."""
        return self._in_file(url) or self._keyring.get(self._name(url))

    def keep(self, url: str, key: str) -> None:
        """Keep the key for that address; raises SettingInvalid where it can be kept nowhere."""
        if self._keyring.set(self._name(url), key):
            with suppress(OSError):
                self._file.unlink(missing_ok=True)
        else:
            write_private(self._file, json.dumps({"url": url, "key": key}))

    def forget(self, url: str) -> None:
        """Forget the key of that address, wherever it is; the file may hold another one's."""
        with suppress(OSError):
            if self._in_file(url) is not None:
                self._file.unlink(missing_ok=True)
        self._keyring.delete(self._name(url))

    def _in_file(self, url: str) -> str | None:
        with suppress(OSError, ValueError, AttributeError):
            told = json.loads(self._file.read_text(encoding="utf-8"))
            key = told.get("key")
            if told.get("url") == url and isinstance(key, str):
                return key
        return None

    def _name(self, url: str) -> str:
        return f"{url} ({self._file.parent})"


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all; raises SettingInvalid."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, [text.encode()])
    except OSError as error:
        detail = (error.strerror or str(error)).lower()
        raise SettingInvalid(setting=file.name, detail=detail) from error


class _Keyring:
    """The system's keyring, as long as it works."""

    def __init__(self) -> None:
        self._works = True

    def get(self, name: str) -> str | None:
        def work() -> str | None:
            ring = _recommended()
            return None if ring is None else ring.get_password(SERVICE, name)

        return self._asked(work)

    def set(self, name: str, key: str) -> bool:
        """Whether it has the key now."""

        def work() -> bool:
            ring = _recommended()
            if ring is None:
                return False
            ring.set_password(SERVICE, name, key)
            return ring.get_password(SERVICE, name) == key

        return self._asked(work) or False

    def delete(self, name: str) -> None:
        def work() -> None:
            ring = _recommended()
            if ring is not None and ring.get_password(SERVICE, name) is not None:
                ring.delete_password(SERVICE, name)

        self._asked(work)

    def _asked(self, work: Callable[[], T]) -> T | None:
        """What `work` returns; None where the keyring fails, or lets wait."""
        if not self._works:
            return None
        done: list[T] = []

        def asking() -> None:
            try:
                done.append(work())
            except Exception as error:  # noqa: BLE001 - backends raise of every kind
                # Its words could repeat the key.
                _log.warning("The system's keyring failed (%s)", type(error).__name__)

        thread = threading.Thread(target=asking, name="sanad-keyring", daemon=True)
        thread.start()
        thread.join(_SECONDS)
        if not done:
            self._works = False
            return None
        return done[0]


def _recommended() -> KeyringBackend | None:
    """The keyring, where it is one of the system's."""
    import keyring

    ring = keyring.get_keyring()
    return ring if ring.priority >= _RECOMMENDED else None
