"""E-mails: what comes out of them, and what is refused."""

from __future__ import annotations

from base64 import b64encode
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import FileEmpty, FileLocked, ReadError
from index.readers.reading import ReaderPool
from index.readers.source import Source
from index.store.rows import warnings_json, warnings_of
from index.types import Document, ReadWarning
from tests.office_files import slides_file, word_file
from tests.reading_files import ANY, check_read_or_refused, headings, read_file
from tests.zipped import page_texts

WORDS = "The mill by the river grinds barley from May until the first frost of autumn. " * 5

HEADERS = [
    *("Subject: ", "From: ", "=?utf-8?b?", "=?windows-1256?Q?=C7=E1?=", "?=", "\n", "\n\n", "a, b"),
    *("Content-Type: multipart/mixed; boundary=x\n", "--x\n", "--x--\n", "message/rfc822", "كلمة"),
    *(
        "Content-Type: text/plain; charset=",
        "utf-7",
        "Content-Transfer-Encoding: base64\n",
        "=====",
    ),
    *(
        "Content-Disposition: attachment; filename*=",
        "utf-8''%D9",
        '"',
        ";",
        "name*0*=x",
        "\r",
        "(",
    ),
    *("Content-Type: multipart/alternative; boundary=x\n", "Content-Type: message/rfc822\n"),
]


def mail(subject: str = "موعد الحصاد", sender: str = "سلمى <salma@example.org>") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, sender, "Omar <o@example.org>"
    message["Date"] = "Tue, 03 Mar 2020 10:00:00 +0200"
    return message


HEAD = (
    "موعد الحصاد\n\nFrom: سلمى <salma@example.org>\nTo: Omar <o@example.org>\n"
    "Date: Tue, 03 Mar 2020 10:00:00 +0200\n\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1256"])
@pytest.mark.parametrize("transfer", ["base64", "quoted-printable", "8bit"])
def test_mail_is_its_subject_its_people_and_its_text(
    tmp_path: Path, encoding: str, transfer: str
) -> None:
    message = mail()
    message.set_content("يبدأ الحصاد يوم الأحد.\n\nBring water.\n", charset=encoding, cte=transfer)
    document = read_file(tmp_path, "a.eml", bytes(message))
    assert document.text == f"{HEAD}يبدأ الحصاد يوم الأحد.\n\nBring water."
    assert headings(document) == [(1, "موعد الحصاد")]


def test_mail_that_says_the_same_twice_is_read_once(tmp_path: Path) -> None:
    message = mail()
    message.set_content("On Sunday.")
    message.add_alternative("<p>On <b>Sunday</b>.</p>", subtype="html")
    assert read_file(tmp_path, "a.eml", bytes(message)).text == f"{HEAD}On Sunday."


def test_mail_whose_plain_text_is_but_a_pointer_is_read_as_html(tmp_path: Path) -> None:
    message = mail()
    message.set_content("Open in a browser.")
    message.add_alternative(f"<h2>Harvest</h2><p>{WORDS}</p>", subtype="html")
    document = read_file(tmp_path, "a.eml", bytes(message))
    assert document.text == f"{HEAD}Harvest\n\n{WORDS.strip()}"
    assert headings(document)[1] == (2, "Harvest")


def test_mail_in_html_alone_is_read(tmp_path: Path) -> None:
    message = mail()
    html = "<meta charset=windows-1256><p>يبدأ <b>الحصاد</b> غداً</p><footer>سلمى</footer>"
    message.set_content(html.encode("cp1256"), maintype="text", subtype="html")
    assert read_file(tmp_path, "a.eml", bytes(message)).text == f"{HEAD}يبدأ الحصاد غداً\n\nسلمى"


def test_files_sent_along_are_read_under_their_names(tmp_path: Path) -> None:
    message = mail()
    message.set_content("See the list.")
    message.add_attachment("inside", filename="list.txt")
    message.add_attachment(
        "الصنف,الثمن\nقمح,5\n".encode("cp1256"), maintype="text", subtype="csv",
        filename="جدول.csv", params={"charset": "windows-1256"},
    )  # fmt: skip
    document = read_file(tmp_path, "a.eml", bytes(message))
    assert document.text == (
        f"{HEAD}See the list.\n\nAttachments: list.txt, جدول.csv\n\nlist.txt\n\ninside"
        "\n\nجدول.csv\n\nالصنف | الثمن\nقمح | 5"
    )
    assert headings(document) == [(1, "موعد الحصاد"), (2, "list.txt"), (2, "جدول.csv")]
    (table,) = document.tables
    assert document.text[table.start : table.header_end] == "الصنف | الثمن"
    assert document.pages == ()
    assert document.warnings == ()


def test_pages_of_a_file_follow_that_of_the_mail(tmp_path: Path) -> None:
    message = mail("Offer")
    message.set_content("Two files.")
    slides = slides_file(("Prices", "Barley 5"), ("Terms", "30 days"), None)
    contract = word_file("#Contract", "Number 44")
    for name, content in {"Offer.PPTX": slides, "c.docx": contract}.items():
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )
    document = read_file(tmp_path, "a.eml", bytes(message))
    pages = page_texts(document)
    assert pages[1].endswith("Attachments: Offer.PPTX, c.docx")
    assert pages[2] == "Offer.PPTX\n\nPrices\n\nBarley 5"
    assert pages[3] == "Terms\n\n30 days"
    assert pages[5] == "c.docx\n\nContract\n\nNumber 44"
    assert headings(document)[1:] == [
        (2, "Offer.PPTX"), (3, "Prices"), (3, "Terms"), (2, "c.docx"), (3, "Contract"),
    ]  # fmt: skip
    assert document.warnings == (ReadWarning("no_text", (4,)),)


def test_files_that_are_not_read_are_named_and_told(tmp_path: Path) -> None:
    message = mail()
    message.set_content("See there.")
    for name, content in {
        "خريطة.pdf": b"%PDF", "a.zip": b"PK\x03\x04", "b.docx": b"no", "empty.txt": b" ",
    }.items():  # fmt: skip
        message.add_attachment(content, maintype="application", subtype="zip", filename=name)
    message.add_attachment(
        b"sign", maintype="application", subtype="pkcs7-signature", filename="smime.p7s"
    )
    document = read_file(tmp_path, "a.eml", bytes(message))
    names = "خريطة.pdf, a.zip, b.docx, empty.txt, smime.p7s"
    assert document.text == f"{HEAD}See there.\n\nAttachments: {names}"
    assert document.warnings == (ReadWarning("attachment", names=("خريطة.pdf", "a.zip", "b.docx")),)
    assert "خريطة.pdf, a.zip, b.docx" in str(document.warnings[0])


def test_reader_that_fails_on_a_file_costs_only_that_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: Source) -> Document:
        raise IndexError(source.name)

    monkeypatch.setattr("index.readers.json.read_json", fail)
    message = mail()
    message.set_content("See there.")
    message.add_attachment("{}", subtype="json", filename="x.json")
    document = read_file(tmp_path, "a.eml", bytes(message))
    assert document.warnings == (ReadWarning("attachment", names=("x.json",)),)


def test_names_in_warnings_come_out_of_the_process_and_the_store(tmp_path: Path) -> None:
    message = mail()
    message.set_content("See there.")
    message.add_attachment(b"no", maintype="application", subtype="pdf", filename="خريطة.pdf")
    path = tmp_path / "a.eml"
    path.write_bytes(bytes(message))
    with ReaderPool(size=1) as pool:
        document = pool.read(path).document
    assert document.warnings == (ReadWarning("attachment", names=("خريطة.pdf",)),)
    assert warnings_of(warnings_json(document)) == document.warnings
    # As earlier versions kept them.
    assert warnings_of('[["partial", [2, 3]]]') == (ReadWarning("partial", (2, 3)),)


def nested(depth: int) -> bytes:
    message = mail(f"Mail {depth}")
    message.set_content(f"Text {depth}.")
    if depth:
        message.add_attachment(
            nested(depth - 1), maintype="application", subtype="octet-stream", filename="in.eml"
        )
    return bytes(message)


def test_mails_that_are_files_of_mails_are_read_to_a_depth(tmp_path: Path) -> None:
    document = read_file(tmp_path, "a.eml", nested(2))
    assert headings(document) == [
        (1, "Mail 2"), (2, "in.eml"), (3, "Mail 1"), (4, "in.eml"), (5, "Mail 0"),
    ]  # fmt: skip
    assert document.text.endswith("Text 0.")
    deep = read_file(tmp_path, "b.eml", nested(9))
    assert "Text 4." in deep.text
    assert "Text 3." not in deep.text
    assert deep.warnings == (ReadWarning("attachment", names=("in.eml",)),)


def test_files_of_a_mail_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.readers.eml._MOST_FILES", 2)
    monkeypatch.setattr("index.readers.eml._MOST_CHARACTERS", 10)
    message = mail()
    message.set_content("See there.")
    for name, words in {"a": "12345", "b": "1234567890", "c": "1"}.items():
        message.add_attachment(words, filename=f"{name}.txt")
    document = read_file(tmp_path, "a.eml", bytes(message))
    assert document.text.endswith("a.txt\n\n12345")
    assert document.warnings == (ReadWarning("attachment", names=("b.txt", "c.txt")),)


def test_text_behind_a_mail_with_pages_is_on_a_page_of_its_own(tmp_path: Path) -> None:
    inner = mail("Weather")
    inner.set_content("Dry.")
    slides = slides_file(("Rain", "none"))
    inner.add_attachment(slides, maintype="application", subtype="x", filename="r.pptx")
    message = mail("Outer")
    message.set_content("Before.")
    message.add_attachment(inner)
    message.add_attachment("After.", disposition="inline")
    pages = page_texts(read_file(tmp_path, "a.eml", bytes(message)))
    assert pages[2] == "r.pptx\n\nRain\n\nnone"
    assert pages[3] == "After."


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_mail_in_utf16_is_read(tmp_path: Path, encoding: str) -> None:
    content = (
        "Subject: موعد الحصاد\nFrom: Salma\nContent-Type: text/plain; charset=utf-16\n\n"
        "يبدأ الحصاد يوم الأحد.\n"
    )
    document = read_file(tmp_path, "a.eml", content.encode(encoding))
    assert document.text == "موعد الحصاد\n\nFrom: Salma\n\nيبدأ الحصاد يوم الأحد."


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("named", ["utf-16", "utf-8"])
def test_text_of_a_mail_in_utf16_is_read(
    tmp_path: Path, encoding: str, packed: bool, named: str
) -> None:
    text = "يبدأ الحصاد يوم الأحد.\nBring water.\n".encode(encoding)
    head = "Subject: =?utf-16-be?B?BkUGSAY5Bi8=?=\nContent-Type: text/plain; charset=" + named
    head += f"\nContent-Transfer-Encoding: {'base64' if packed else '8bit'}\n\n"
    content = head.encode() + (b64encode(text) if packed else text)
    document = read_file(tmp_path, "a.eml", content)
    assert document.text == "موعد\n\nيبدأ الحصاد يوم الأحد.\nBring water."


def test_mail_sent_along_is_read(tmp_path: Path) -> None:
    inner = mail("Weather", "Zeid <z@example.org>")
    inner.set_content("Dry all week.")
    message = mail()
    message.set_content("As he writes:")
    message.add_attachment(inner)
    document = read_file(tmp_path, "a.eml", bytes(message))
    assert document.text.startswith(f"{HEAD}As he writes:\n\nWeather\n\nFrom: Zeid <z@example.org>")
    assert document.text.endswith("Dry all week.")
    assert headings(document) == [(1, "موعد الحصاد"), (2, "Weather")]


def test_mail_with_flowing_lines_has_whole_paragraphs(tmp_path: Path) -> None:
    content = (
        "Subject: x\nContent-Type: text/plain; charset=utf-8; format=flowed\n\n"
        "One long \nline.\n> quoted \n> words\n> more\n-- \nZeid\n"
    )
    text = read_file(tmp_path, "a.eml", content).text
    assert text == "x\n\nOne long line.\n> quoted words\n> more\n-- \nZeid"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1256"])
def test_mail_with_unencoded_letters_in_its_head_is_read(tmp_path: Path, encoding: str) -> None:
    content = "Subject: موعد الحصاد القادم\n\nيبدأ الحصاد يوم الأحد القادم.\n"
    document = read_file(tmp_path, "a.eml", content.encode(encoding))
    assert document.text == "موعد الحصاد القادم\n\nيبدأ الحصاد يوم الأحد القادم."


def test_mail_in_an_unknown_encoding_is_read(tmp_path: Path) -> None:
    content = b"Subject: x\nContent-Type: text/plain; charset=x-none\n\n" + (
        "يبدأ الحصاد يوم الأحد القادم.".encode("cp1256")
    )
    assert read_file(tmp_path, "a.eml", content).text.endswith("يبدأ الحصاد يوم الأحد القادم.")


def test_mail_without_anything_is_empty_and_a_locked_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileEmpty):
        read_file(tmp_path, "a.eml", "X-Mailer: none\n\n\n")
    locked = "Subject: x\nContent-Type: application/pkcs7-mime; name=smime.p7m\n\nMIIB\n"
    with pytest.raises(FileLocked):
        read_file(tmp_path, "a.eml", locked)
    with pytest.raises(ReadError):
        read_file(tmp_path, "a.eml", bytes(range(256)) * 10)


def test_mail_nested_without_end_is_refused(tmp_path: Path) -> None:
    content = "".join(
        f"Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\n"
        for number in range(500)
    )
    with pytest.raises(ReadError):
        read_file(tmp_path, "a.eml", f"Subject: x\n{content}\nwords")


@settings(max_examples=250, **ANY)
@given(st.lists(st.sampled_from(HEADERS), max_size=30), st.sampled_from(["utf-8", "cp1256"]))
def test_any_mail_is_read_or_refused(tmp_path: Path, pieces: list[str], encoding: str) -> None:
    check_read_or_refused(tmp_path / "any.eml", "".join(pieces).encode(encoding))
