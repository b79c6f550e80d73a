"""Archives made to do harm, locked, broken or renamed: each is one clear error."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from index.errors import (
    FileDamaged,
    FileDisguised,
    FileLocked,
    FileUnsafe,
    ReadError,
    ReadingTooLarge,
)
from index.readers import read_document
from index.readers.archive import Archive, open_archive
from index.readers.source import Source
from tests.conftest import SHARED
from tests.reading_files import read_file
from tests.zipped import zipped

HOSTILE = SHARED / "documents" / "hostile"
OFFICE = (".docx", ".pptx", ".xlsx", ".odt")
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PARAGRAPH = "<w:p><w:r><w:t>%s</w:t></w:r></w:p>"
WORD = f'<w:document xmlns:w="{W}"><w:body>{PARAGRAPH}</w:body></w:document>'
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def archive_of(content: bytes) -> Archive:
    return open_archive(Source(content, Path("a.zip"), "a"))


def with_stream(name: str) -> bytes:
    return COMPOUND + f"{name}\0".encode("utf-16-le") + bytes(100)


def changed(content: bytes, size: int | None = None, flags: int = 0) -> bytes:
    """An archive of one part whose directory says another size, or sets flags."""
    changed = bytearray(content)
    directory = changed.index(b"PK\x01\x02")
    changed[directory + 8] |= flags
    changed[6] |= flags
    if size is not None:
        changed[directory + 24 : directory + 28] = changed[22:26] = struct.pack("<I", size)
    return bytes(changed)


def test_parts_are_read_by_their_names() -> None:
    archive = archive_of(zipped({"Folder/One.xml": "<a><b/></a>", "two.txt": "words"}))
    assert archive.names == ("Folder/One.xml", "two.txt")
    assert "two.txt" in archive
    assert "three.txt" not in archive
    assert archive.read("two.txt") == b"words"
    assert archive.xml("folder/one.xml")[0].tag == "b"
    with pytest.raises(FileDamaged, match=r"three\.txt is missing"):
        archive.read("three.txt")


@pytest.mark.parametrize(
    "name", ["../../evil.sh", "word/../../evil", "/etc/evil", "C:/evil", "..\\evil"]
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileUnsafe, match="written elsewhere"):
        read_file(tmp_path, "a.docx", zipped({"word/document.xml": WORD % "x", name: "x"}))


def test_what_unpacks_to_a_thousandfold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnsafe, match="fill the machine"):
        read_file(tmp_path, "a.docx", zipped({"word/document.xml": WORD % (" " * 40_000_000)}))


def test_more_parts_than_any_document_has_are_refused(tmp_path: Path) -> None:
    parts = {"word/document.xml": WORD % "x"} | {f"media/{at}": "" for at in range(20_001)}
    with pytest.raises(FileUnsafe, match="over 20000 parts"):
        read_file(tmp_path, "a.docx", zipped(parts))


def test_a_part_that_holds_more_than_it_says_is_not_unpacked(tmp_path: Path) -> None:
    content = zipped({"word/document.xml": WORD % (" " * 40_000_000)})
    with pytest.raises(FileDamaged, match="cannot be read"):
        read_file(tmp_path, "a.docx", changed(content, size=900))


def test_a_tree_that_would_take_too_much_memory_is_refused(tmp_path: Path) -> None:
    body = WORD % "x" + "<!-- -->" * 2_600_000
    with pytest.raises(ReadingTooLarge, match="500 MB"):
        read_file(tmp_path, "a.docx", zipped({"word/document.xml": body}))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "declared",
    [
        '[<!ENTITY x SYSTEM "{secret}">]',
        '[<!ENTITY a "aaaa"><!ENTITY x "&a;&a;&a;">]',
        'SYSTEM "{secret}"',
    ],
)
def test_entities_are_refused_and_nothing_outside_is_read(
    tmp_path: Path, declared: str, encoding: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not quote me", encoding="utf-8")
    content = (
        f'<?xml version="1.0" encoding="{encoding}"?><!--{" " * 90_000}-->'
        f"<!DOCTYPE d {declared.format(secret=secret.as_uri())}>" + WORD % "&x;"
    )
    with pytest.raises(FileUnsafe, match="entities"):
        read_file(tmp_path, "a.docx", zipped({"word/document.xml": content.encode(encoding)}))


def test_a_document_type_that_is_only_named_is_allowed_where_it_is_usual() -> None:
    named = '<!DOCTYPE a PUBLIC "-//X//Y" "http://localhost:9/y.dtd"><a>text</a>'
    archive = archive_of(zipped({"a.xml": named, "b.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}))
    assert archive.xml("a.xml", doctype=True).text == "text"
    with pytest.raises(FileUnsafe):
        archive.xml("a.xml")
    with pytest.raises(FileUnsafe):
        archive.xml("b.xml", doctype=True)


def test_entries_with_a_password_are_locked(tmp_path: Path) -> None:
    with pytest.raises(FileLocked):
        read_file(tmp_path, "a.docx", changed(zipped({"word/document.xml": "x"}), flags=1))


@pytest.mark.parametrize("stream", ["EncryptedPackage", "EncryptionInfo"])
@pytest.mark.parametrize("extension", [".docx", ".pptx", ".xlsx"])
def test_office_files_with_a_password_are_locked(
    tmp_path: Path, stream: str, extension: str
) -> None:
    with pytest.raises(FileLocked):
        read_file(tmp_path, f"a{extension}", with_stream(stream))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (with_stream("WordDocument"), "old Word document"),
        (with_stream("Workbook"), "old Excel workbook"),
        (with_stream("PowerPoint Document"), "old PowerPoint"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"{\\rtf1 ...}", "RTF"),
        ("<html><p>كلام</p></html>".encode(), "web page"),
        ("كلام عادي لا غير".encode(), "plain text"),
        (zipped({"xl/workbook.xml": "<a/>"}), "an Excel workbook"),
        (zipped({"mimetype": "application/epub+zip", "x": "y"}), "an EPUB book"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "OpenDocument text"),
        (zipped({"photo.txt": "y"}), "a ZIP archive"),
    ],
)
def test_renamed_files_are_told_apart(tmp_path: Path, content: bytes, found: str) -> None:
    with pytest.raises(FileDisguised, match=found):
        read_file(tmp_path, "a.docx", content)


@pytest.mark.parametrize(
    "content",
    [
        zipped({"word/document.xml": WORD % "x"})[:-30],
        zipped({"word/document.xml": (WORD % "x")[:-5]}),
        zipped({"word/document.xml": '<?xml version="1.0" encoding="nothing"?><a/>'}),
        zipped({"word/styles.xml": "<a/>"}),
        zipped({"word/document.xml": WORD % "words"}).replace(b"PK\x03\x04", b"PK\x03\x05"),
        bytes(range(128, 256)) * 9,
    ],
    ids=["cut off", "broken XML", "unknown encoding", "no main part", "broken entry", "noise"],
)
def test_broken_files_are_damaged(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileDamaged):
        read_file(tmp_path, "a.docx", content)


def test_an_archive_within_is_left_alone(tmp_path: Path) -> None:
    inner = zipped({"x": "0" * 50_000_000})
    parts: dict[str, str | bytes] = {
        "word/document.xml": WORD % "نص",
        "word/embeddings/x.zip": inner,
    }
    assert read_file(tmp_path, "a.docx", zipped(parts)).text == "نص"


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the hostile documents are not here")
def test_every_hostile_file_is_one_clear_line() -> None:
    paths = [path for path in sorted(HOSTILE.iterdir()) if path.suffix in OFFICE]
    assert paths
    for path in paths:
        if path.name == "huge_dim.xlsx":
            assert read_document(path, path.name).text
            continue
        with pytest.raises(ReadError) as caught:
            read_document(path, path.name)
        assert "\n" not in str(caught.value)
        assert type(caught.value) is not ReadError
