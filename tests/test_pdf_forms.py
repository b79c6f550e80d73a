"""What people put on the pages of a PDF is read where it stands, beside its label."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.readers import read_document
from index.types import Document
from tests.conftest import SHARED
from tests.form_files import (
    FormFile,
    appearance,
    note,
    stream,
    text_field,
    tick_box,
    utf16,
    widget,
)


def text_of(folder: Path, form: FormFile) -> str:
    return document_of(folder, form).text


def document_of(folder: Path, form: FormFile) -> Document:
    path = folder / "form.pdf"
    path.write_bytes(form.content())
    return read_document(path, path.name)


def painted(arabic: str) -> str:
    """Arabic letters in the order in which they stand from left to right."""
    return arabic[::-1]


def test_a_value_follows_the_label_beside_it(tmp_path: Path) -> None:
    form = FormFile(
        [(50, 700, "Name"), (50, 670, "Date of birth:"), (50, 640, "City ________________")],
        [
            text_field((150, 695, 300, 715), "Huda Salem"),
            text_field((150, 665, 300, 685), "12/3/1990"),
            text_field((80, 635, 200, 655), "Tripoli"),
        ],
    )
    assert (
        text_of(tmp_path, form) == "Name: Huda Salem\n\nDate of birth: 12/3/1990\n\nCity: Tripoli"
    )


def test_an_arabic_label_stands_right_of_its_field(tmp_path: Path) -> None:
    form = FormFile(
        [
            (460, 700, painted("الاسم")),
            (460, 670, painted("تاريخ الميلاد:")),
            (100, 640, "Employer"),
            (400, 640, painted("جهة العمل")),
        ],
        [
            text_field((200, 695, 450, 715), "هدى سالم"),
            text_field((200, 665, 450, 685), "12/3/1990"),
            text_field((160, 635, 390, 655), "شركة النور"),
        ],
    )
    text = text_of(tmp_path, form)
    assert "الاسم: هدى سالم" in text
    assert "تاريخ الميلاد: 12/3/1990" in text
    assert "جهة العمل: شركة النور" in text


def test_a_label_may_stand_above_or_below_its_field(tmp_path: Path) -> None:
    form = FormFile(
        [(50, 720, "First name"), (250, 720, "Last name"), (50, 560, "Signature")],
        [
            text_field((50, 695, 200, 715), "Huda"),
            text_field((250, 695, 400, 715), "Salem"),
            text_field((50, 575, 300, 600), "H. Salem"),
        ],
    )
    text = text_of(tmp_path, form)
    assert "First name: Huda" in text
    assert "Last name: Salem" in text
    assert "Signature: H. Salem" in text


def test_without_a_label_the_field_names_itself(tmp_path: Path) -> None:
    form = FormFile(
        [(50, 700, "An application for a permit to fish in the harbour")],
        [
            text_field((50, 600, 200, 620), "Huda", f"/TU {utf16('الاسم الكامل')}"),
            text_field((50, 560, 200, 580), "44", "/T (boat_number)"),
            text_field((50, 520, 200, 540), "blue", "/T (Text12)"),
        ],
    )
    blocks = text_of(tmp_path, form).split("\n\n")
    assert blocks[1:] == ["الاسم الكامل: Huda", "boat number: 44", "blue"]


def test_a_gap_in_a_sentence_is_filled(tmp_path: Path) -> None:
    form = FormFile(
        [(50, 700, "I,"), (180, 700, "born in"), (300, 700, "agree to pay"), (440, 700, "dinars")],
        [
            text_field((66, 696, 176, 714), "Huda Salem"),
            text_field((226, 696, 296, 714), "Tripoli"),
            text_field((376, 696, 436, 714), "500"),
        ],
    )
    assert text_of(tmp_path, form) == "I, Huda Salem born in Tripoli agree to pay 500 dinars"


def test_a_grid_of_fields_is_read_row_by_row(tmp_path: Path) -> None:
    rows = {"Apples": ("12", "3.50"), "Pears": ("7", "4.25"), "Plums": ("40", "1.75")}
    words = [(50.0, 700.0, "Item"), (200.0, 700.0, "Quantity"), (300.0, 700.0, "Price")]
    fields = []
    for number, (item, values) in enumerate(rows.items()):
        foot = 670.0 - 20 * number
        words.append((50.0, foot, item))
        fields += [
            text_field((left, foot - 4, left + 90, foot + 13), value)
            for left, value in zip((200, 300), values, strict=True)
        ]
    text = text_of(tmp_path, FormFile(words, fields))
    assert [line for line in text.splitlines() if line] == [
        "Item | Quantity | Price",
        "Apples | 12 | 3.50",
        "Pears | 7 | 4.25",
        "Plums | 40 | 1.75",
    ]


def test_ticked_boxes_stand_at_their_words(tmp_path: Path) -> None:
    form = FormFile(
        [
            (50, 700, "Status"), (165, 700, "single"), (245, 700, "married"),
            (50, 670, "Smoker: Yes"), (150, 670, "No"),
            (72, 640, "I have read the terms"),
            (72, 610, "Send me letters"),
        ],
        [
            tick_box(150, 698), tick_box(230, 698, "married"),
            tick_box(118, 668, "On"), tick_box(164, 668),
            tick_box(56, 638, "Yes"), tick_box(56, 608),
        ],
    )  # fmt: skip
    text = text_of(tmp_path, form)
    assert "☐ single ☑ married" in text
    assert "☑ Yes ☐ No" in text or "Yes ☑ No ☐" in text
    assert "☑ I have read the terms" in text
    assert "\n\nSend me letters" in text


def test_boxes_behind_their_words_are_understood(tmp_path: Path) -> None:
    form = FormFile(
        [(50, 670, "Yes"), (100, 670, "No")], [tick_box(72, 668, "Yes"), tick_box(118, 668)]
    )
    assert text_of(tmp_path, form) == "Yes ☑ No ☐"


def test_a_ticked_box_in_a_table_names_its_column(tmp_path: Path) -> None:
    questions = ["Do you drive a car?", "Do you own a boat?", "Do you play chess?"]
    words = [(50.0, 700.0, "Question"), (250.0, 700.0, "Yes"), (300.0, 700.0, "No")]
    words += [(50.0, 670.0 - 30 * number, text) for number, text in enumerate(questions)]
    boxes = [
        tick_box(left, 668 - 30 * number, "On" if (left > 260) == (number > 0) else "Off")
        for number in range(3)
        for left in (252, 302)
    ]
    lines = text_of(tmp_path, FormFile(words, boxes)).splitlines()
    assert next(line for line in lines if "drive" in line).endswith("☑ Yes")
    assert next(line for line in lines if "chess" in line).endswith("☑ No")


def test_radio_buttons_name_the_option_that_is_on(tmp_path: Path) -> None:
    form = FormFile(
        [(50, 700, "A form without words near its buttons")],
        [
            tick_box(50, 500, "Monthly", f"/Ff 32768 /TU {utf16('Payment')}"),
            tick_box(80, 500, "Off", "/Ff 32768"),
        ],
    )
    assert text_of(tmp_path, form).endswith("\n\nPayment: ☑ Monthly")


def test_chosen_options_are_read_as_the_list_shows_them(tmp_path: Path) -> None:
    form = FormFile(
        [(50, 700, "Country"), (50, 670, "Days")],
        [
            widget(
                (150, 695, 300, 715),
                "Ch",
                "/Ff 131072 /Opt [[(ly)(Libya)][(tn)(Tunisia)]] /V (ly)",
            ),
            widget((150, 640, 300, 685), "Ch", "/Opt [(Mon)(Tue)(Wed)] /I [0 2]"),
        ],
    )
    assert text_of(tmp_path, form) == "Country: Libya\n\nDays: Mon, Wed"


def test_a_value_that_only_the_appearance_holds_is_read(tmp_path: Path) -> None:
    form = FormFile(
        [(50, 700, "Name"), (50, 670, "Signature")],
        [
            text_field((150, 695, 300, 715), rest="/AP << /N 20 0 R >>"),
            widget((150, 665, 300, 685), "Sig", "/V << /Type /Sig >> /AP << /N 21 0 R >>"),
            note("Stamp", (300, 500, 450, 530), "", "/AP << /N 22 0 R >>"),
        ],
        [appearance("Huda Salem"), appearance("Signed by Huda"), appearance("PAID")],
    )
    assert text_of(tmp_path, form) == "Name: Huda Salem\n\nSignature: Signed by Huda\n\nPAID"


def test_a_value_may_be_inherited_or_a_stream(tmp_path: Path) -> None:
    form = FormFile(
        [(50, 700, "Name"), (50, 670, "Remark")],
        [
            "<< /Subtype /Widget /Rect [150 695 300 715] /Parent 20 0 R >>",
            widget((150, 665, 300, 685), "Tx", "/V 21 0 R"),
        ],
        [f"<< /FT /Tx /V {utf16('Huda')} /Parent 20 0 R >>", stream("Call at noon.")],
    )
    assert text_of(tmp_path, form) == "Name: Huda\n\nRemark: Call at noon."


def test_empty_hidden_and_secret_fields_give_nothing(tmp_path: Path) -> None:
    form = FormFile(
        [(50, 700, "Name"), (50, 670, "Password"), (50, 640, "Hidden"), (50, 610, "Agreed")],
        [
            text_field((150, 695, 300, 715), "", f"/TU {utf16('Full name')}"),
            text_field((150, 665, 300, 685), "1234", "/Ff 8192 /AP << /N 20 0 R >>"),
            text_field((150, 635, 300, 655), "ghost").replace("/F 4", "/F 2"),
            text_field((150, 900, 300, 920), "beyond the page"),
            tick_box(150, 608),
            widget((150, 500, 300, 520), "Btn", "/Ff 65536 /MK << /CA (Send) >> /AS /On"),
        ],
        [appearance("1234")],
    )
    text = text_of(tmp_path, form)
    assert set(text.split()) == {"Name", "Password", "Hidden", "Agreed"}


def test_a_value_that_is_printed_on_the_page_too_comes_once(tmp_path: Path) -> None:
    form = FormFile(
        [(50, 700, "Name"), (152, 700, "Huda Salem")],
        [text_field((150, 695, 300, 715), "Huda Salem")] * 2,
    )
    assert text_of(tmp_path, form).count("Huda") == 1


def test_free_text_stands_at_its_place_and_comments_at_the_end(tmp_path: Path) -> None:
    form = FormFile(
        [(50, 700, "Name: ......................"), (50, 670, "Approved by")],
        [
            note("Text", (500, 700, 520, 720), "Check the date.", "/T (Omar)"),
            note("FreeText", (90, 696, 250, 714), "Huda Salem"),
            note("FreeText", (300, 500, 500, 560), "اتصل قبل الظهر.\rThe bell is broken."),
            note("Highlight", (50, 700, 80, 712), "Name"),
            note("Popup", (50, 700, 80, 712), "Check the date."),
        ],
    )
    assert text_of(tmp_path, form).split("\n\n") == [
        "Name: Huda Salem",
        "Approved by",
        "اتصل قبل الظهر. The bell is broken.",
        "Omar: Check the date.",
    ]


@pytest.mark.parametrize("flag", ["/NeedsRendering true", ""])
def test_a_form_that_is_only_xfa_is_told_of(tmp_path: Path, flag: str) -> None:
    words = [(50.0, 700.0, "Please wait...")]
    form = FormFile(words, form="/XFA 20 0 R", extra=[stream("<xdp/>")], catalog=flag)
    document = document_of(tmp_path, form)
    assert [warning.kind for warning in document.warnings] == ["form_unread"]


def test_a_form_with_xfa_beside_its_fields_is_read(tmp_path: Path) -> None:
    form = FormFile(
        [(50, 700, "Name")],
        [text_field((150, 695, 300, 715), "Huda")],
        [stream("<xdp/>")],
        form="/XFA 20 0 R",
    )
    document = document_of(tmp_path, form)
    assert (document.text, document.warnings) == ("Name: Huda", ())


def test_fields_beyond_measure_are_told_of(tmp_path: Path) -> None:
    many = [text_field((150, 100, 300, 120), str(number)) for number in range(1200)]
    document = document_of(tmp_path, FormFile([(50, 700, "Name")], many))
    assert [warning.kind for warning in document.warnings] == ["partial"]
    shared = [widget((9, n, 99, n + 1), "Tx", "/V 20 0 R") for n in range(500)]
    document = document_of(tmp_path, FormFile([(50, 700, "a")], shared, [f"({'salt ' * 90_000})"]))
    assert len(document.text) < 2_000_000
    assert [warning.kind for warning in document.warnings] == ["partial"]


@pytest.mark.parametrize(
    "annotation",
    ["<< /Subtype /Widget /Rect [0 0] /FT /Tx /V (x) >>", "<< /Subtype 5 >>", "99 0 R", "(text)",
     "<< /Subtype /Widget /Rect [1 1 50 20] /FT /Tx /V 3 0 R /Parent (a) >>",
     "<< /Subtype /Widget /Rect [1 1 50 20] /FT /Btn /AS [] /AP 7 /Opt [1] /F (a) >>",
     "<< /Subtype /Widget /Rect [1 1 50 20] /FT /Ch /Opt 4 /V [[(a)]] /I (b) >>",
     "<< /Subtype /FreeText /Rect [1 1 50 20] /AP << /N 4 0 R >> >>"],
)  # fmt: skip
def test_broken_annotations_cost_nothing_else(tmp_path: Path, annotation: str) -> None:
    good = text_field((150, 695, 300, 715), "Huda")
    form = FormFile([(50, 700, "Name")], [annotation, good])
    assert "Name: Huda" in text_of(tmp_path, form)


def test_the_form_of_a_person_is_read() -> None:
    path = SHARED / "cases" / "reading" / "filled-form.pdf"
    if not path.is_file():
        pytest.skip("the cases are not beside this checkout")
    text = read_document(path, path.name).text
    assert "Name: Sara Haddad" in text
    assert "From: 12 March 2026" in text
    assert "Reason: Wedding of my brother in Amman" in text
