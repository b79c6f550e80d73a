"""Watched folders, on the Documents tab."""

from __future__ import annotations

from index import Language

TEXTS: dict[str, dict[Language, str]] = {
    "watched_folders": {"en": "Watched folders", "ar": "المجلدات المراقَبة"},
    "watched_folders_hint": {
        "en": "Files in these folders are added by themselves, updated when they change, and "
        "removed when they are deleted.",
        "ar": "تُضاف الملفات في هذه المجلدات تلقائيًّا، وتُحدَّث إذا تغيّرت، وتُزال إذا حُذفت.",
    },
    "folder_to_watch": {
        "en": "Full path of a folder on this computer",
        "ar": "المسار الكامل لمجلد على هذا الجهاز",
    },
    "watch_folder": {"en": "Watch", "ar": "راقِب"},
    "folder_watching": {"en": "Watched", "ar": "مراقَب"},
    "folder_syncing": {
        "en": "Reading: {done} of {total} files",
        "ar": "قراءة الملفات: {done} من {total}",
    },
    "folder_unreachable": {"en": "Not reachable", "ar": "يتعذّر الوصول إليه"},
    "folder_documents": {"en": "Documents: {count}", "ar": "عدد المستندات: {count}"},
    "folder_changed": {"en": "Last change: {time}", "ar": "آخر تغيير: {time}"},
    "folder_include": {"en": "Only: {patterns}", "ar": "فقط: {patterns}"},
    "folder_exclude": {"en": "Without: {patterns}", "ar": "ما عدا: {patterns}"},
    "stop_watching": {"en": "Stop watching", "ar": "أوقف المراقبة"},
    "stop_watching_named": {"en": "Stop watching {folder}", "ar": "أوقف مراقبة {folder}"},
    "stop_watching_title": {
        "en": "Stop watching this folder?",
        "ar": "أتريد إيقاف مراقبة هذا المجلد؟",
    },
    "stop_watching_explained": {
        "en": "What changes in {folder} will no longer be noticed. Its files stay where they "
        "are. Its documents ({count}) can stay in the library or be removed from it.",
        "ar": "لن يُلتفت بعد الآن إلى ما يتغيّر في {folder}. تبقى ملفاته في مكانها. "
        "أما مستنداته (عددها {count}) فيمكن أن تبقى في المكتبة أو تُزال منها.",
    },
    "keep_documents": {"en": "Keep the documents", "ar": "أبقِ المستندات"},
    "remove_documents": {"en": "Remove the documents", "ar": "أزِل المستندات"},
    "folder_events": {"en": "What happened last", "ar": "آخر ما حدث"},
    "folder_no_events": {"en": "Nothing yet.", "ar": "لا شيء بعد."},
    "folder_was": {"en": "before: {name}", "ar": "سابقًا: {name}"},
    "status_unreachable": {"en": "not reachable", "ar": "تعذّر الوصول إليه"},
    "status_reachable": {"en": "reachable again", "ar": "عاد متاحًا"},
}
