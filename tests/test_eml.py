"""E-mails: what comes out of them, and what is refused."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import FileEmpty, FileLocked, ReadError
from tests.reading_files import ANY, check_read_or_refused, headings, read_file

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


def test_mail_names_its_files_and_does_not_read_them(tmp_path: Path) -> None:
    message = mail()
    message.set_content("See the list.")
    message.add_attachment("inside", filename="list.txt")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="خريطة.pdf")
    text = read_file(tmp_path, "a.eml", bytes(message)).text
    assert text == f"{HEAD}See the list.\n\nAttachments: list.txt, خريطة.pdf"


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
