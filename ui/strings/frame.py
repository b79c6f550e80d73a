"""The frame of the page: name, tabs, language."""

from __future__ import annotations

from index import Language

TEXTS: dict[str, dict[Language, str]] = {
    "page_title": {"en": "Sanad: ask your documents", "ar": "سند: اسأل مستنداتك"},
    "brand": {"en": "Sanad", "ar": "سند"},
    "tagline": {
        "en": "Answers from your own documents, each sentence with its source",
        "ar": "إجابات من مستنداتك، لكل جملة مصدرها",
    },
    # The button that leads to the other language is written in that language.
    "other_language": {"en": "العربية", "ar": "English"},
    "tab_ask": {"en": "Ask", "ar": "اسأل"},
    "tab_documents": {"en": "Documents", "ar": "المستندات"},
    "tab_overview": {"en": "Overview", "ar": "نظرة عامة"},
    "tab_settings": {"en": "Settings", "ar": "الإعدادات"},
    "server_gone": {
        "en": "Sanad does not answer. Is it still running?",
        "ar": "لا يجيب سند. أما زال يعمل؟",
    },
    "not_there": {
        "en": "That is no longer there. Load the page again.",
        "ar": "لم يعد هذا موجودًا. أعد تحميل الصفحة.",
    },
}
