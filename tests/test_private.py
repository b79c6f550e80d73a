"""Whose files of a store are, how commands end, and errors of the HTTP interface."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from llama_index.core.embeddings import MockEmbedding

from index import Library
from rag import Assistant
from tests.scripted import ScriptedLLM
from ui import cli
from ui.site import WebApp

MOCK = MockEmbedding(embed_dim=8, model_name="mock-eight")


def opened(store: Path) -> Library:
    return Library.open(store, embedding=MOCK, sentence_embedding=MOCK)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}


def open_to_others(folder: Path) -> list[str]:
    return [name for name, mode in modes(folder).items() if mode & 0o077]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    (tmp_path / "note.txt").write_text("The box weighs three kilos.", encoding="utf-8")
    return tmp_path / "store"


@pytest.mark.skipif(sys.platform == "win32", reason="rights are told in another way there")
def test_everything_in_a_store_is_its_owner_s_alone(store: Path) -> None:
    library = opened(store)
    library.add(store.parent / "note.txt")
    with TestClient(WebApp(library, Assistant(library, llm=ScriptedLLM("x")))):
        assert {"store", "sanad.db", "sanad.db-wal", "sanad.db-shm", "passages.en.faiss",
                "chats.db"} <= modes(store).keys()  # fmt: skip
        assert open_to_others(store) == []
    library.close()


@pytest.mark.skipif(sys.platform == "win32", reason="rights are told in another way there")
def test_a_store_of_an_earlier_version_is_closed_to_others(store: Path) -> None:
    library = opened(store)
    library.add(store.parent / "note.txt")
    library.close()
    (store / "uploads").mkdir()
    (store / "uploads" / "sent.txt").write_text("Sent.", encoding="utf-8")
    for path in [store, *store.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    opened(store).close()
    assert open_to_others(store) == []


@pytest.mark.skipif(sys.platform == "win32", reason="rights are told in another way there")
def test_a_folder_that_holds_other_things_too_stays_open(tmp_path: Path) -> None:
    (tmp_path / "somebody's.txt").write_text("Not ours.", encoding="utf-8")
    for path in (tmp_path, tmp_path / "somebody's.txt"):
        path.chmod(0o755)
    opened(tmp_path).close()
    assert modes(tmp_path)[tmp_path.name] == 0o755
    assert modes(tmp_path)["somebody's.txt"] == 0o755
    assert modes(tmp_path)["sanad.db"] == 0o600


# -- ends --------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_server_that_is_told_to_end_leaves_nothing_behind(
    store: Path, tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "tmp").mkdir()
    command = [sys.executable, "-m", "ui.cli", "serve", "--store", str(store), "--port", "0"]
    environ = {**os.environ, "SANAD_LANG": "en", "TMPDIR": str(tmp_path / "tmp")}
    command[-1] = str(_free_port())
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environ)
    try:
        assert server.stderr is not None
        assert "answers at" in server.stderr.readline()
        server.send_signal(number)
        _, told = server.communicate(timeout=60)
    finally:
        server.kill()
    assert server.returncode == 0
    assert "Traceback" not in told
    assert not list((tmp_path / "tmp").glob("sanad-*"))


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
def test_a_command_that_is_told_to_end_says_so(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    command = [sys.executable, "-m", "ui.cli", "sync", "--watch", str(tmp_path / "documents")]
    environ = {**os.environ, "SANAD_LANG": "en", "SANAD_STORE": str(tmp_path / "store")}
    watching = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ
    )
    try:
        assert watching.stderr is not None
        assert watching.stderr.readline().startswith("Watching")
        watching.send_signal(signal.SIGTERM)
        _, told = watching.communicate(timeout=60)
    finally:
        watching.kill()
    assert watching.returncode == 143
    assert told.strip().startswith("Stopped.")
    assert told.count("\n") == 1


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


# -- flags and errors --------------------------------------------------------------------------


def test_flags_may_stand_before_or_after_the_command(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in (["--json", "list"], ["list", "--json"]):
        assert cli.main([*line, "--store", str(store)]) == 0
    assert capsys.readouterr().out == 2 * '{"documents": []}\n'
    for line in (["--debug", "remove", "x"], ["remove", "x", "--debug"]):
        with pytest.raises(Exception, match="no document"):
            cli.main(["--store", str(store), *line])


@pytest.fixture
def client(store: Path) -> Iterator[TestClient]:
    library = opened(store)
    app = WebApp(library, Assistant(library, llm=ScriptedLLM("x")))
    with TestClient(app, base_url="http://127.0.0.1:7860", raise_server_exceptions=False) as client:
        yield client
    library.close()


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/api", 404),
        ("DELETE", "/api/v1/nothing/at/all", 404),
        ("PUT", "/api/v1/documents", 405),
        ("GET", "/api/v1/ask", 405),
        ("GET", "/api/v1/search", 422),
        ("GET", "/api/v1/passages/x", 422),
        ("GET", f"/api/v1/passages/{2**62}", 404),
        ("GET", f"/api/v1/passages/{2**63}", 422),
        ("GET", f"/api/v1/passages/{'9' * 5000}", 422),
        ("GET", f"/api/v1/passages/-{2**70}", 422),
    ],
)
def test_every_error_of_the_interface_is_json(
    client: TestClient, method: str, address: str, status: int
) -> None:
    answer = client.request(method, address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert list(answer.json()) == ["error"]
    assert set(answer.json()["error"]) == {"code", "message", "hint"}
    if status == 405:
        assert answer.headers["allow"]


def test_what_fails_inside_is_json_too(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a secret path")

    monkeypatch.setattr("index.library.Library.documents", fail)
    answer = client.get("/api/v1/documents")
    assert answer.status_code == 500
    assert "secret" not in json.dumps(answer.json())
    monkeypatch.undo()
    with (store / "sanad.db").open("r+b") as file:
        file.write(b"x" * 4096)
    (store / "sanad.db-wal").unlink(missing_ok=True)
    answer = client.get("/api/v1/documents")
    assert answer.status_code in (200, 500)  # what was read before may still be there
    assert "error" in answer.json() or "documents" in answer.json()
