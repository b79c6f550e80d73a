"""Reading a document: a section at a time."""

from __future__ import annotations

from index import Language

TEXTS: dict[str, dict[Language, str]] = {
    "reader_loading": {"en": "Opening the document…", "ar": "جارٍ فتح المستند…"},
    "reader_text": {"en": "The text of the section", "ar": "نص القسم"},
    "reader_contents": {"en": "Go to", "ar": "انتقل إلى"},
    "reader_beginning": {"en": "The beginning", "ar": "البداية"},
    "reader_show_passages": {"en": "Show passages", "ar": "أظهر المقاطع"},
    "reader_passage": {"en": "Passage {number} begins here", "ar": "هنا يبدأ المقطع {number}"},
    "reader_previous": {"en": "Previous section", "ar": "القسم السابق"},
    "reader_next": {"en": "Next section", "ar": "القسم التالي"},
    "reader_to_mark": {"en": "Back to the sentence", "ar": "عُد إلى الجملة"},
    "reader_page_of": {"en": "page {number} of {total}", "ar": "صفحة {number} من {total}"},
    "reader_slide_of": {"en": "slide {number} of {total}", "ar": "شريحة {number} من {total}"},
    "reader_sheet_of": {"en": "sheet {number} of {total}", "ar": "ورقة {number} من {total}"},
}
