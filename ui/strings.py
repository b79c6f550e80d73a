"""Every visible text of the web page, in Arabic and English, and the errors in Arabic.

The page gets all of `TEXTS` as one script and picks by its language; Python asks for single ones
with `text` and `error_text`.
"""

from __future__ import annotations

from index import Language, SanadError, errors
from rag import errors as rag_errors

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
    "no_documents_hint": {
        "en": "There are no documents yet. Add some under “Documents”.",
        "ar": "لا توجد مستندات بعد. أضف بعضها من تبويب «المستندات».",
    },
    "source_number": {"en": "Source {number}", "ar": "المصدر {number}"},
    "page": {"en": "page {page}", "ar": "صفحة {page}"},
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
    "kinds_of_files": {"en": "These are read: {kinds}", "ar": "تُقرأ الملفات: {kinds}"},
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
    "progress": {"en": "Progress", "ar": "التقدم"},
    "preparing": {"en": "Preparing…", "ar": "جارٍ التحضير…"},
    "reading_files": {
        "en": "Reading file {done} of {total}",
        "ar": "قراءة الملف {done} من {total}",
    },
    "embedding_texts": {
        "en": "Indexing: {done} of {total} texts",
        "ar": "الفهرسة: {done} من {total} نص",
    },
    "rebuilding": {
        "en": "Rebuilding: {done} of {total} documents",
        "ar": "إعادة البناء: {done} من {total} مستند",
    },
    "status_added": {"en": "added", "ar": "أُضيف"},
    "status_changed": {"en": "changed", "ar": "حُدّث"},
    "status_unchanged": {"en": "unchanged", "ar": "لم يتغير"},
    "status_failed": {"en": "not added", "ar": "لم يُضف"},
    "status_removed": {"en": "removed", "ar": "أُزيل"},
    "status_rebuilt": {"en": "rebuilt", "ar": "أُعيد بناؤه"},
}

_ERRORS_AR: dict[type[SanadError], str] = {
    SanadError: "حدث خلل: {detail}",
    errors.ReadError: "تعذّرت قراءة {path}: {detail}. افحص الملف ثم أضفه من جديد.",
    errors.FileMissing: "لا وجود لـ {path}. تحقق من المسار.",
    errors.FormatUnknown: "صيغة {path} غير مقروءة. أعطِ إحدى هذه الصيغ: {known}.",
    errors.FileEmpty: "لا نص في {path}. أضف ملفًا فيه نص.",
    errors.FileTooLarge: (
        "حجم {path} هو {size} ميغابايت والحد {limit} ميغابايت. قسّمه وأضف أجزاءه."
    ),
    errors.EncodingUnknown: (
        "{path} ليس نصًّا بترميز UTF-8 (البايت {byte}). احفظه بترميز UTF-8 ثم أضفه من جديد."
    ),
    errors.DocumentMissing: "لا مستند باسم {name}. يعرض الأمر `sanad list` الأسماء.",
    errors.StoreError: "تعذّر استعمال المخزن في {path}: {detail}.",
    errors.StoreDamaged: "المخزن في {path} تالف: {detail}. انقله جانبًا وأضف المستندات من جديد.",
    errors.StoreNewer: "المخزن في {path} من إصدار أحدث من سند. حدّث سند.",
    errors.StoreBusy: "برنامج آخر يكتب في المخزن {path}. أعد المحاولة حين ينتهي.",
    errors.ModelMismatch: (
        "بُني المخزن في {path} بالنموذج {stored}، والمضبوط الآن {wanted}. "
        "أعد ضبط {stored}، أو نفّذ `sanad rebuild` ليصير المخزن على {wanted}."
    ),
    errors.ModelError: "تعذّر استعمال النموذج {name}: {detail}.",
    errors.ModelUnknown: (
        "لا يوجد نموذج باسم {name}. يعرض الأمر `sanad models` النماذج المعروفة، "
        "ويصح أيضًا مجلد أو ملف GGUF أو اسم في المستودع (owner/model)."
    ),
    errors.ModelMissing: "النموذج {name} ليس على هذا الجهاز. نفّذ `sanad models pull {name}`.",
    errors.ModelLicence: (
        "{name} تحت رخصة {licence} ({terms}). اقرأها، فإن قبلتها فنفّذ "
        "`sanad models pull {name} --accept-licence`."
    ),
    errors.ModelDamaged: (
        "بصمة SHA-256 للملف {file} من {name} غير مطابقة، فحُذف الملف. "
        "نفّذ `sanad models pull {name}` من جديد."
    ),
    errors.ModelUnreachable: (
        "تعذّر جلب {name}: {detail}. تحقق من الاتصال ثم نفّذ `sanad models pull {name}` من جديد؛ "
        "ما اكتمل من الأجزاء محفوظ."
    ),
    errors.QuestionInvalid: "لا يمكن طرح السؤال: {detail}.",
    rag_errors.SettingInvalid: "الإعداد {setting} غير صالح: {detail}.",
    rag_errors.AnswerFailed: (
        "لم يُجب نموذج اللغة {model}: {detail}. تحقق من إعداداته وأعد المحاولة."
    ),
    rag_errors.EvaluationInvalid: "لا يمكن للتقويم استعمال {path}: {detail}.",
}
_ISOLATED = "\u2068{}\u2069"
"""Keeps a file name or an English phrase whole inside an Arabic sentence (UAX 9)."""


def text(key: str, language: Language, **fields: object) -> str:
    """The visible text of that key, its fields filled in."""
    return TEXTS[key][language].format(**fields)


def error_text(error: SanadError, language: Language) -> str:
    """One line that says what to do; English is `str(error)`.

    A class without an Arabic template of its own speaks as its nearest ancestor.
    """
    if language == "en":
        return str(error)
    for kind in type(error).__mro__:
        template = _ERRORS_AR.get(kind)
        if template is not None:
            isolated = {name: _ISOLATED.format(value) for name, value in error.fields.items()}
            try:
                return template.format(**isolated)
            except KeyError:  # an ancestor's template may ask for a field that this one lacks
                continue
    return str(error)
