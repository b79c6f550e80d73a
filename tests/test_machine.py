"""What a machine can run, and which language model is recommended for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from index import models
from index.models.machine import Machine, this_machine

GIB = 1 << 30


def test_a_machine_tells_its_memory_and_cores(tmp_path: Path) -> None:
    machine = this_machine(tmp_path)  # no limits lie there
    assert machine.memory == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert 1 <= machine.cores <= (os.cpu_count() or 1)


@pytest.mark.parametrize(
    ("file", "limit"),
    [
        ("memory.max", "536870912\n"),
        ("memory/memory.limit_in_bytes", "536870912\n"),
    ],
)
def test_a_container_has_the_memory_of_its_limit(tmp_path: Path, file: str, limit: str) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(limit)
    assert this_machine(tmp_path).memory == GIB // 2


@pytest.mark.parametrize(
    ("limit", "least", "most"),
    [("100000 100000", 1, 1), ("50000 100000", 1, 1), ("max 100000", 1, None), ("", 1, None)],
)
def test_a_container_has_the_cores_of_its_quota(
    tmp_path: Path, limit: str, least: int, most: int | None
) -> None:
    (tmp_path / "cpu.max").write_text(limit)
    (tmp_path / "memory.max").write_text("max\n")
    machine = this_machine(tmp_path)
    assert least <= machine.cores <= (most or os.cpu_count() or 1)
    assert machine.memory == this_machine(tmp_path / "none").memory


def test_a_system_that_does_not_tell_its_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "sysconf")
    assert this_machine(tmp_path).memory is None


@pytest.mark.parametrize(
    ("memory", "cores", "name"),
    [
        (64, 16, "qwen3-4b-instruct-2507"),
        (7.7, 4, "qwen3-4b-instruct-2507"),  # sold as 8 GB
        (7.7, 2, "qwen3-1.7b"),
        (5.5, 8, "qwen3-1.7b"),
        (64, 1, None),
        (3.8, 8, None),
        (None, 8, None),
    ],
)
def test_a_model_is_recommended_by_memory_and_cores(
    memory: float | None, cores: int, name: str | None
) -> None:
    machine = Machine(None if memory is None else int(memory * GIB), cores)
    found = models.recommended(machine)
    assert (found.name if found else None) == name


def test_how_a_model_fits_a_machine() -> None:
    model = models.CATALOGUE["qwen3.5-4b"]
    assert models.fit(model, Machine(16 * GIB, 4)) == "well"
    assert models.fit(model, Machine(16 * GIB, 2)) == "slowly"
    assert models.fit(model, Machine(6 * GIB, 4)) == "not"
    assert models.fit(model, Machine(None, 4)) is None
