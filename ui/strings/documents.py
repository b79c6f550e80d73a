"""Documents: adding, removing, rebuilding."""

from __future__ import annotations

from index import Language
from ui.formats import formats_text

TEXTS: dict[str, dict[Language, str]] = {
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
    "search_documents": {"en": "Search by name", "ar": "ابحث بالاسم"},
    "sort_documents": {"en": "Sort by", "ar": "رتّب حسب"},
    "documents_counted": {"en": "Documents: {total}", "ar": "عدد المستندات: {total}"},
    "documents_found": {
        "en": "Found: {found} of {total}",
        "ar": "عدد ما وُجد: {found} من {total}",
    },
    "documents_shown": {
        "en": "Shown: {shown} of {found}",
        "ar": "المعروض: {shown} من {found}",
    },
    "no_document_of_that_name": {
        "en": "No document has a name like this.",
        "ar": "لا مستند باسم كهذا.",
    },
    "show_more_documents": {"en": "Show more", "ar": "اعرض المزيد"},
    "read_named": {"en": "Read {name}", "ar": "اقرأ {name}"},
    "more_actions": {"en": "More", "ar": "المزيد"},
    "more_actions_named": {"en": "More for {name}", "ar": "المزيد عن {name}"},
    "reread": {"en": "Read the file again", "ar": "أعد قراءة الملف"},
    "reread_named": {
        "en": "Read the file again: {name}",
        "ar": "أعد قراءة الملف: {name}",
    },
    "remove": {"en": "Remove", "ar": "إزالة"},
    "remove_named": {"en": "Remove {name}", "ar": "إزالة {name}"},
    "remove_title": {"en": "Remove this document?", "ar": "أتريد إزالة هذا المستند؟"},
    "remove_explained": {
        "en": "Answers will no longer come from {name}. A file on your disk stays where it is; "
        "a file added on this page is deleted with it. Conversations that are kept go on "
        "holding what they quote; delete them too if that must not be.",
        "ar": "لن تأتي إجابة من {name} بعد الآن. يبقى الملف في مكانه على القرص، "
        "إلا ما أُضيف من هذه الصفحة فيُحذف معه. وتظل المحادثات المحفوظة تحمل ما اقتبسته منه؛ "
        "فاحذفها أيضًا إن لم يجز بقاؤه.",
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
    "status_beside": {
        "en": "added beside the file of that name, which has other content",
        "ar": "أُضيف إلى جانب ملف بالاسم نفسه محتواه مختلف",
    },
    "status_changed": {"en": "changed", "ar": "حُدّث"},
    "status_renamed": {"en": "renamed", "ar": "تغيّر اسمه"},
    "status_unchanged": {"en": "unchanged", "ar": "لم يتغير"},
    "status_failed": {"en": "not added", "ar": "لم يُضف"},
    "status_removed": {"en": "removed", "ar": "أُزيل"},
    "status_reread": {"en": "read again", "ar": "أُعيدت قراءته"},
    "status_rebuilt": {"en": "rebuilt", "ar": "أُعيد بناؤه"},
}
