"""Fetching a file from a model hub that a server on loopback plays; the real one is not asked."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from index import errors, models
from index.models import hub as client
from tests.hub import CONTENT, FILE, RESOLVED, Hub, hub_model, part
from tests.shop import until
from ui.problems import error_text

ROOT = Path(__file__).resolve().parent.parent
SIZE = len(CONTENT)
Steps = list[tuple[str, int, int, str]]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that broke is tried again without a pause."""
    monkeypatch.setattr(client, "_PAUSE", 0)


def pull(steps: Steps | None = None) -> Path:
    told: Steps = [] if steps is None else steps
    return models.pull("demo", progress=lambda *step: told.append(step))


def interrupt_at(count: int) -> models.Progress:
    """Progress that is told so many bytes and then gets a Ctrl-C."""

    def progress(stage: str, done: int, total: int, unit: str) -> None:
        if done >= count:
            raise KeyboardInterrupt

    return progress


def left(cache: Path) -> list[Path]:
    """The files in the cache, but for locks."""
    return [path for path in cache.rglob("*") if path.is_file() and path.suffix != ".lock"]


def told(error: errors.SanadError) -> str:
    """What an error says: in one line, without addresses, and in Arabic without English."""
    said = str(error)
    assert "\n" not in said
    assert "://" not in said
    arabic = re.sub("`[^`]*`", "", error_text(error, "ar"))
    assert re.search(r"[a-z]{3,} [a-z]{2,}", arabic) is None, arabic
    return said


def test_a_file_of_the_hub_becomes_a_model(hub: Hub, cache: Path) -> None:
    steps: Steps = []
    path = pull(steps)
    assert path == cache / "models" / "demo" / FILE
    assert path.read_bytes() == CONTENT
    assert hub.asked[0] == RESOLVED  # at its revision
    downloaded = [done for stage, done, _, _ in steps if stage == "download"]
    assert downloaded == sorted(downloaded)
    assert len(set(downloaded)) > 3
    assert steps[-1] == ("verify", SIZE, SIZE, "B")
    record = json.loads((path.parent / "sanad.json").read_text("utf-8"))
    assert record["licence"] == "Apache-2.0"
    assert record["source"].startswith("owner/demo-GGUF at 0123")
    assert not any((cache / "downloads").iterdir())
    pull()
    assert len(hub.ranges) == 1


def test_nothing_is_asked_of_the_hub_before_a_person_pulls(hub: Hub) -> None:
    models.states()
    with pytest.raises(errors.ModelMissing):
        models.find("demo")
    assert hub.asked == []


def test_an_interrupted_download_goes_on_where_it_stopped(hub: Hub, cache: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        models.pull("demo", progress=interrupt_at(SIZE // 2))
    have = part(cache).stat().st_size
    assert SIZE // 3 < have < SIZE
    with pytest.raises(errors.ModelMissing):
        models.find("demo")

    steps: Steps = []
    assert pull(steps).read_bytes() == CONTENT
    assert hub.ranges == [None, f"bytes={have}-"]
    assert steps[0] == ("download", have, SIZE, "B")


def test_a_line_that_breaks_is_taken_up_again(hub: Hub) -> None:
    hub.breaks = [100_000, 0, 0, 200_000, 0]
    assert pull().read_bytes() == CONTENT
    assert hub.sent == SIZE  # nothing came twice
    assert len(hub.ranges) == 6


def test_a_line_that_stays_broken_is_told_and_the_part_is_kept(hub: Hub, cache: Path) -> None:
    hub.breaks = [100_000, *[0] * 20]
    with pytest.raises(errors.ModelUnreachable) as caught:
        pull()
    assert "finished parts are kept" in told(caught.value)
    assert part(cache).stat().st_size == 100_000
    assert len(hub.ranges) < 10
    hub.breaks.clear()
    assert pull().read_bytes() == CONTENT


def test_a_wrong_sha256_stops_and_leaves_nothing(hub: Hub, cache: Path) -> None:
    hub.content = bytes(SIZE)
    with pytest.raises(errors.ModelDamaged, match="another SHA-256") as caught:
        pull()
    told(caught.value)
    assert left(cache) == []
    hub.content = CONTENT
    assert pull().read_bytes() == CONTENT


def test_a_part_of_another_file_is_found_out(hub: Hub, cache: Path) -> None:
    part(cache).parent.mkdir(parents=True)
    part(cache).write_bytes(bytes(1000))
    with pytest.raises(errors.ModelDamaged):
        pull()
    assert left(cache) == []
    assert hub.ranges == ["bytes=1000-"]


def test_a_hub_that_knows_no_ranges_sends_the_file_anew(hub: Hub, cache: Path) -> None:
    hub.breaks = [300_000]
    hub.way = "whole"
    assert pull().read_bytes() == CONTENT
    assert hub.sent == 300_000 + SIZE


@pytest.mark.parametrize("size", [SIZE, None])
def test_a_file_that_is_whole_is_not_fetched_again(
    hub: Hub, cache: Path, monkeypatch: pytest.MonkeyPatch, size: int | None
) -> None:
    monkeypatch.setitem(models.CATALOGUE, "demo", hub_model(size=size))
    part(cache).parent.mkdir(parents=True)
    part(cache).write_bytes(CONTENT)  # interrupted while it was checked
    assert pull().read_bytes() == CONTENT
    assert hub.sent == 0


def test_a_part_that_has_grown_too_long_is_thrown_away(hub: Hub, cache: Path) -> None:
    part(cache).parent.mkdir(parents=True)
    part(cache).write_bytes(CONTENT + b"more")
    assert pull().read_bytes() == CONTENT


def test_a_size_that_only_the_hub_knows_is_told_while_it_comes(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(models.CATALOGUE, "demo", hub_model(size=None))
    steps: Steps = []
    pull(steps)
    assert {total for _, _, total, _ in steps} == {SIZE}


@pytest.mark.parametrize(
    ("way", "size", "why"),
    [
        ("404", SIZE, "status 404"),
        ("503", SIZE, "status 503"),
        ("well", SIZE + 1, "another size"),
        ("unmeasured", SIZE - 1, "larger than it should be"),
        ("unmeasured", SIZE + 1, "does not answer"),
        ("unmeasured", None, "does not tell how large"),
    ],
)
def test_what_is_wrong_with_a_hub_is_said(
    hub: Hub, cache: Path, monkeypatch: pytest.MonkeyPatch, way: str, size: int | None, why: str
) -> None:
    monkeypatch.setitem(models.CATALOGUE, "demo", hub_model(size=size))
    hub.way = way
    with pytest.raises(errors.ModelUnreachable, match=why) as caught:
        pull()
    told(caught.value)
    assert not (cache / "models").exists()


def test_a_part_that_was_not_asked_for_is_not_taken(hub: Hub, cache: Path) -> None:
    hub.breaks, hub.way = [100_000], "shifted"
    with pytest.raises(errors.ModelUnreachable, match="another part"):
        pull()
    assert left(cache) == []


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1", "nowhere", "ftp://127.0.0.1", "http://127.0.0.1:x"]
)
def test_an_address_without_a_hub_is_said(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", address)
    with pytest.raises(errors.ModelUnreachable, match=r"does not answer|cannot be used") as caught:
        pull()
    told(caught.value)


def test_a_proxy_that_cannot_be_used_is_said(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("ALL_PROXY", "nonsense://127.0.0.1:1")
    with pytest.raises(errors.ModelUnreachable, match="proxy") as caught:
        pull()
    told(caught.value)


def test_room_on_the_disk_is_asked_for_first(
    hub: Hub, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1_500_000))
    with pytest.raises(errors.ModelNoRoom, match="needs 64 MB") as caught:
        pull()
    assert "1 MB are free" in told(caught.value)
    assert left(cache) == []


def test_of_two_at_once_one_fetches(hub: Hub) -> None:
    hub.held = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(models.pull, "demo") for _ in "12"]
        until(lambda: hub.sent)
        hub.held.set()
        assert {future.result(60).read_bytes() for future in both} == {CONTENT}
    assert len(hub.ranges) == 1


def command(name: str) -> subprocess.Popen[str]:
    """`sanad models pull NAME`, with the real catalogue."""
    return subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "models", "pull", name],
        env=os.environ | {"PYTHONPATH": str(ROOT), "SANAD_LANG": "en"},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_fetches_what_is_pinned_from_the_hub_that_is_named(hub: Hub) -> None:
    run = command("qwen3-4b-instruct-2507")
    said = run.communicate(timeout=120)[1].splitlines()[-1]
    assert run.returncode == 1
    assert said.startswith("sanad: qwen3-4b-instruct-2507 could not be fetched")
    assert "status 404" in said
    assert hub.asked == [
        "/bartowski/Qwen_Qwen3-4B-Instruct-2507-GGUF/resolve/"
        "ae44f08e1392f39c0e474af10c3ff8355c8b6688/Qwen_Qwen3-4B-Instruct-2507-Q4_K_M.gguf"
    ]


def test_ctrl_c_keeps_what_has_come_and_the_command_goes_on_from_there(
    hub: Hub, cache: Path
) -> None:
    """This hub has another file than the catalogue names, which is found out in the end."""
    name = "qwen3-1.7b"
    hub.path = "/MaziyarPanahi/Qwen3-1.7B-GGUF/resolve/main/Qwen3-1.7B.Q4_K_M.gguf"
    hub.held = threading.Event()
    run = command(name)
    half = cache / "downloads" / name / "Qwen3-1.7B.Q4_K_M.gguf.part"
    until(lambda: half.exists() and half.stat().st_size)
    run.send_signal(signal.SIGINT)
    assert "the same command goes on from there" in run.communicate(timeout=60)[1]
    assert run.returncode == 130
    have = half.stat().st_size

    hub.held.set()
    run = command(name)
    said = run.communicate(timeout=120)[1].splitlines()[-1]
    assert run.returncode == 1
    assert said.startswith("sanad: Qwen3-1.7B.Q4_K_M.gguf of qwen3-1.7b has another SHA-256")
    assert hub.ranges == [None, f"bytes={have}-"]
    assert left(cache) == []


def test_models_of_the_hub_are_pinned_and_free() -> None:
    offered = [model for model in models.CATALOGUE.values() if models.is_better(model)]
    assert [model.name for model in offered] == [
        "qwen3-4b-instruct-2507",
        "qwen3.5-4b",
        "qwen3-1.7b",
    ]
    for model in offered:
        (file, digest), (source,) = *model.files, model.sources
        assert isinstance(source, models.HubFile)
        assert (source.file, source.bytes) == (file, model.bytes)
        assert re.fullmatch("[0-9a-f]{64}", digest)
        assert (model.licence, model.terms) == ("Apache-2.0", None)
        assert model.memory > (model.bytes or 0)
