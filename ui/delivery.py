"""How the page's files travel: compressed once, and kept by the browser for good."""

from __future__ import annotations

import gzip
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath

from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.types import Scope

from ui.threads import in_thread

FOR_GOOD = "public, max-age=31536000, immutable"
# Said here, for machines differ in what they know of names, and browsers take nothing else.
_KINDS = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}
_COMPRESSIBLE = ("text/", "image/svg", "font/ttf", "application/json", "application/wasm")


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file in memory, as it is and compressed."""

    kind: str
    plain: bytes
    packed: bytes | None

    def answer(self, packed: bool) -> Response:
        headers = {"cache-control": FOR_GOOD, "vary": "Accept-Encoding"}
        if packed and self.packed is not None:
            headers["content-encoding"] = "gzip"
            return Response(self.packed, headers=headers, media_type=self.kind)
        return Response(self.plain, headers=headers, media_type=self.kind)


class KeptFiles(StaticFiles):
    """A folder whose addresses never mean another content, for they hold a hash of it.

    `made` are files by name that do not lie in the folder but are served as if they did.
    """

    def __init__(self, directory: Path, made: Mapping[str, str] | None = None) -> None:
        super().__init__(directory=directory)
        self._kept = {name: _keep(name, text.encode()) for name, text in (made or {}).items()}

    async def get_response(self, path: str, scope: Scope) -> Response:
        kept = self._kept.get(path)
        if kept is None or scope["method"] not in ("GET", "HEAD"):
            found = await super().get_response(path, scope)
            if not isinstance(found, FileResponse):
                return found
            kept = await in_thread(partial(_read, Path(found.path)))
            self._kept[path] = kept
        return kept.answer("gzip" in Headers(scope=scope).get("accept-encoding", ""))


def _read(file: Path) -> _Kept:
    return _keep(file.name, file.read_bytes())


def _keep(name: str, content: bytes) -> _Kept:
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    kind = _KINDS.get(PurePath(name).suffix, guessed)
    packs = kind.startswith(_COMPRESSIBLE)
    return _Kept(kind, content, gzip.compress(content, 6, mtime=0) if packs else None)
