"""The list of the folders that a library watches, in a file of its own."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from index.errors import StoreError
from index.store.atomic import write_whole

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeptFolder:
    """A folder that is to be watched, with the patterns of `index.folders.Selection`.

    `since` is when that was decided (in UTC), and `mounts` are the places at or below it
    where drives or network folders were mounted when it was looked at.
    """

    id: str
    path: Path
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    since: datetime
    mounts: tuple[Path, ...] = ()


def read_folders(file: Path) -> list[KeptFolder]:
    """The folders of the list, in their order; a damaged list is set aside and begun again."""
    try:
        return [_folder_of(shape) for shape in json.loads(file.read_bytes())["folders"]]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreError(path=file, detail=error.strerror or error) from error
    except (ValueError, LookupError, TypeError):
        aside = file.with_name(f"{file.name}.damaged")
        try:
            file.replace(aside)
        except OSError as error:
            raise StoreError(path=file, detail=error.strerror or error) from error
        _log.warning("%s is damaged: a new list is begun, the old one is %s", file.name, aside.name)
        return []


def write_folders(file: Path, folders: Sequence[KeptFolder]) -> None:
    """Keep the list. Raises StoreError."""
    kept = {"folders": [_kept(folder) for folder in folders]}
    try:
        write_whole(file, [json.dumps(kept, indent=1).encode()])
    except OSError as error:
        raise StoreError(path=file.parent, detail=error.strerror or error) from error


def _kept(folder: KeptFolder) -> dict[str, Any]:
    return {
        "id": folder.id,
        "path": str(folder.path),
        "include": folder.include,
        "exclude": folder.exclude,
        "since": folder.since.isoformat(),
        "mounts": [str(point) for point in folder.mounts],
    }


def _folder_of(shape: dict[str, Any]) -> KeptFolder:
    path = Path(str(shape["path"]))
    if not path.is_absolute():
        raise ValueError(path)
    return KeptFolder(
        str(shape["id"]),
        path,
        tuple(map(str, shape["include"])),
        tuple(map(str, shape["exclude"])),
        datetime.fromisoformat(shape["since"]),
        tuple(Path(str(point)) for point in shape["mounts"]),
    )
