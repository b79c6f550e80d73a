"""Every visible text of the web page, in Arabic and English; what went wrong is in `problems`.

The page gets all of `TEXTS` as one script and picks by its language; Python asks for single ones
with `text`.
"""

from __future__ import annotations

from index import Language
from rag.prompt import DOUBT
from ui.formats import formats_text

LANGUAGES: tuple[Language, ...] = ("en", "ar")

TEXTS: dict[str, dict[Language, str]] = {
    # the frame
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
    # asking
    "conversation": {"en": "Conversation", "ar": "المحادثة"},
    "welcome": {
        "en": "Ask about your documents\n\nIn Arabic or English, whatever language they are in.",
        "ar": "اسأل عن مستنداتك\n\nبالعربية أو الإنجليزية، أيًّا كانت لغتها.",
    },
    "question": {"en": "Your question", "ar": "سؤالك"},
    "question_hint": {
        "en": "Ask a question in Arabic or English…",
        "ar": "اكتب سؤالك بالعربية أو الإنجليزية…",
    },
    "send": {"en": "Send the question", "ar": "أرسل السؤال"},
    "stop": {"en": "Stop the answer", "ar": "أوقف الإجابة"},
    "new_conversation": {"en": "New conversation", "ar": "محادثة جديدة"},
    "examples": {"en": "For example", "ar": "من الأمثلة"},
    "working": {"en": "Searching the documents…", "ar": "أبحث في المستندات…"},
    "stopped": {"en": "(stopped)", "ar": "(أُوقفت الإجابة)"},
    "failed": {
        "en": "Something went wrong inside Sanad; the terminal it runs in says more. Ask again.",
        "ar": "حدث خلل داخل سند، وتفصيله في الطرفية التي يعمل فيها. اسأل من جديد.",
    },
    "question_too_long": {
        "en": "The question is longer than {limit} characters. Shorten it.",
        "ar": "السؤال أطول من {limit} حرف. اختصره.",
    },
    "doubt": DOUBT,
    # sources
    "sources": {"en": "Sources", "ar": "المصادر"},
    "nearest_passages": {"en": "Nearest passages", "ar": "أقرب المقاطع"},
    "nearest_hint": {
        "en": "These came nearest to the question but do not answer it.",
        "ar": "هذه أقرب ما وُجد إلى السؤال، لكنها لا تجيب عنه.",
    },
    "sources_hint": {
        "en": "The sentences that an answer rests on appear here.",
        "ar": "تظهر هنا الجمل التي تستند إليها الإجابة.",
    },
    "no_sources": {
        "en": "No sentence of the documents was found to support this answer.",
        "ar": "لم توجد في المستندات جملة تسند هذه الإجابة.",
    },
    "no_sources_needed": {
        "en": "This answer says nothing about the documents, so it has no sources.",
        "ar": "لا تقول هذه الإجابة شيئًا عن المستندات، فلا مصادر لها.",
    },
    "no_documents_hint": {
        "en": "There are no documents yet. Add some under “Documents”.",
        "ar": "لا توجد مستندات بعد. أضف بعضها من تبويب «المستندات».",
    },
    "source_number": {"en": "Source {number}", "ar": "المصدر {number}"},
    "page": {"en": "page {number}", "ar": "صفحة {number}"},
    "slide": {"en": "slide {number}", "ar": "شريحة {number}"},
    "sheet": {"en": "sheet {number}", "ar": "ورقة {number}"},
    "warning_of_document": {
        "en": "Warning about the text: ",
        "ar": "تنبيه بشأن النص: ",
    },
    "language_ar": {"en": "Arabic", "ar": "العربية"},
    "language_en": {"en": "English", "ar": "الإنجليزية"},
    "show_in_document": {"en": "Show in the document", "ar": "اعرضها في المستند"},
    "passage_gone": {
        "en": "This passage is no longer in the documents.",
        "ar": "لم يعد هذا المقطع في المستندات.",
    },
    "close": {"en": "Close", "ar": "إغلاق"},
    # documents
    "add_files": {"en": "Add files", "ar": "أضف ملفات"},
    "drop_files": {
        "en": "Drop files here, or click to choose them",
        "ar": "أسقط الملفات هنا، أو انقر لاختيارها",
    },
    "kinds_of_files": {
        "en": f"These are read: {formats_text('en')}.",
        "ar": f"تُقرأ الصيغ الآتية: {formats_text('ar')}.",
    },
    "documents_in_store": {"en": "In the library", "ar": "في المكتبة"},
    "no_documents": {"en": "Nothing here yet.", "ar": "لا شيء هنا بعد."},
    "column_name": {"en": "Name", "ar": "الاسم"},
    "column_language": {"en": "Language", "ar": "اللغة"},
    "column_pages": {"en": "Pages", "ar": "الصفحات"},
    "column_passages": {"en": "Passages", "ar": "المقاطع"},
    "column_added": {"en": "Added", "ar": "أُضيف في"},
    "column_actions": {"en": "Actions", "ar": "إجراءات"},
    "remove": {"en": "Remove", "ar": "إزالة"},
    "remove_named": {"en": "Remove {name}", "ar": "إزالة {name}"},
    "remove_title": {"en": "Remove this document?", "ar": "أتريد إزالة هذا المستند؟"},
    "remove_explained": {
        "en": "Answers will no longer come from {name}. A file on your disk stays where it is; "
        "a file added on this page is deleted with it.",
        "ar": "لن تأتي إجابة من {name} بعد الآن. يبقى الملف في مكانه على القرص، "
        "إلا ما أُضيف من هذه الصفحة فيُحذف معه.",
    },
    "cancel": {"en": "Cancel", "ar": "إلغاء"},
    "rebuild": {"en": "Rebuild the index", "ar": "أعد بناء الفهرس"},
    "rebuild_hint": {
        "en": "Cuts and indexes every document again, for example after a change of model.",
        "ar": "يعيد تقطيع كل المستندات وفهرستها، مثلًا بعد تغيير النموذج.",
    },
    "preparing": {"en": "Preparing…", "ar": "جارٍ التحضير…"},
    "reading_files": {
        "en": "Files: {done} of {total}",
        "ar": "الملفات: {done} من {total}",
    },
    "embedding_texts": {
        "en": "Indexing: {done} of {total} texts",
        "ar": "الفهرسة: {done} من {total} نص",
    },
    "rebuilding": {
        "en": "Rebuilding: {done} of {total} documents",
        "ar": "إعادة البناء: {done} من {total} مستند",
    },
    "results_told": {
        "en": "{total} files: {counts}",
        "ar": "عدد الملفات {total}: {counts}",
    },
    "status_added": {"en": "added", "ar": "أُضيف"},
    "status_changed": {"en": "changed", "ar": "حُدّث"},
    "status_renamed": {"en": "renamed", "ar": "تغيّر اسمه"},
    "status_unchanged": {"en": "unchanged", "ar": "لم يتغير"},
    "status_failed": {"en": "not added", "ar": "لم يُضف"},
    "status_removed": {"en": "removed", "ar": "أُزيل"},
    "status_rebuilt": {"en": "rebuilt", "ar": "أُعيد بناؤه"},
}


def text(key: str, language: Language, **fields: object) -> str:
    """The visible text of that key, its fields filled in."""
    return TEXTS[key][language].format(**fields)
