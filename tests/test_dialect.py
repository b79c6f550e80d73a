"""Dialect words that standard Arabic says otherwise, and standard words that must stay."""

from __future__ import annotations

import pytest

from rag.dialect import standard
from rag.question import parse


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("شو سعر التذكرة؟", "ماذا سعر التذكرة؟"), ("وش الوثائق المطلوبة", "ما الوثائق المطلوبة"),
        ("قدّيش لازم نستنى", "كم لازم نستنى"), ("قد إيه مدة الضمان؟", "كم مدة الضمان؟"),
        ("وين المحطة؟ ووين الموقف؟", "أين المحطة؟ وأين الموقف؟"),
        ("الاجتماع امتى", "الاجتماع متى"), ("ليش انقفل الباب", "لماذا انقفل الباب"),
        ("شحال الثمن ديال التذكرة", "كم الثمن التذكرة"), ("مين المدير؟", "من المدير؟"),
        ("الشقة دي فيها كام أوضة", "الشقة هذه فيها كم أوضة"), ("عايز أجدد", "أريد أجدد"),
        ("أبي أعرف السعر", "أريد أن أعرف السعر"), ("لو ما حضرتش الدرس", "لو ما حضرت الدرس"),
        ("شنو هو المبلغ اللي ندفعه", "ماذا هو المبلغ الذي ندفعه"),
    ],
)  # fmt: skip
def test_small_words_are_put_into_standard_arabic(typed: str, meant: str) -> None:
    assert standard(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "ما تفسير آية الكرسي؟", "أبي يعمل هنا، متى يخرج؟", "من هو دي ماريا؟", "ما زي المدرسة؟",
        "ما حق المستأجر؟", "من تبع القائد؟", "ما الغش؟", "متى يفتح المتحف؟", "أية لجنة قررت ذلك؟",
        "How deep is the pond?", "", "  two  spaces  ",
    ],
)  # fmt: skip
def test_standard_words_stay(text: str) -> None:
    assert standard(text) == text


def test_what_is_typed_is_kept_and_what_is_meant_is_asked() -> None:
    question = parse("وين مكتب البريد؟")
    assert question.text == "وين مكتب البريد؟"
    assert question.asked == "أين مكتب البريد؟"
    assert question.queries == ("أين مكتب البريد؟",)
