"""The library as a whole: figures, bars, and a map of the passages."""

from __future__ import annotations

from index import Language

TEXTS: dict[str, dict[Language, str]] = {
    "overview_title": {"en": "The library at a glance", "ar": "المكتبة في لمحة"},
    "overview_refresh": {"en": "Refresh", "ar": "تحديث"},
    "overview_loading": {"en": "Counting…", "ar": "جارٍ العدّ…"},
    "overview_empty": {
        "en": "There is nothing to count yet. Add documents under “Documents”.",
        "ar": "لا شيء يُعدّ بعد. أضف مستندات من تبويب «المستندات».",
    },
    "overview_documents": {"en": "Documents", "ar": "المستندات"},
    "overview_passages": {"en": "Passages", "ar": "المقاطع"},
    "overview_sentences": {"en": "Sentences", "ar": "الجمل"},
    "overview_words": {"en": "Different words", "ar": "الكلمات المختلفة"},
    "overview_bytes": {"en": "Size on disk", "ar": "الحجم على القرص"},
    "overview_changed": {"en": "Last taken in", "ar": "آخر إضافة أو تحديث"},
    "overview_warnings": {"en": "Documents with warnings", "ar": "مستندات عليها تنبيهات"},
    "overview_languages": {"en": "Languages", "ar": "اللغات"},
    "overview_formats": {"en": "Formats", "ar": "الصيغ"},
    "overview_model_passages": {
        "en": "Model for passages",
        "ar": "نموذج المقاطع",
    },
    "overview_model_sentences": {
        "en": "Model for sentences",
        "ar": "نموذج الجمل",
    },
    "overview_no_format": {"en": "none", "ar": "بلا صيغة"},
    "overview_bars": {"en": "Passages by document", "ar": "المقاطع في كل مستند"},
    "overview_document": {"en": "Document", "ar": "المستند"},
    "overview_share": {"en": "Passages in all", "ar": "مجموع المقاطع"},
    "overview_others": {
        "en": "Other documents: {count}",
        "ar": "مستندات أخرى، وعددها {count}",
    },
    "overview_map": {"en": "Map of the passages", "ar": "خريطة المقاطع"},
    "overview_map_hint": {
        "en": "Passages about similar things stand near each other, whatever their language. "
        "Click a point to read there; with the keyboard, move with the arrow keys, "
        "and open with Enter. Page Up and Page Down go through all passages in turn.",
        "ar": "المقاطع المتشابهة في موضوعها متقاربة، أيًّا كانت لغتها. "
        "انقر نقطة لتقرأ المستند عندها، أو تنقّل بمفاتيح الأسهم ثم اضغط Enter. "
        "ويمر المفتاحان Page Up وPage Down بالمقاطع كلها واحدًا بعد واحد.",
    },
    "overview_map_sample": {
        "en": "Shown are {shown} of {total} passages, an equal share of each document.",
        "ar": "المعروض {shown} من أصل {total}، بنصيب متساوٍ لكل مستند.",
    },
    "overview_map_few": {
        "en": "A map needs at least three passages.",
        "ar": "تحتاج الخريطة إلى ثلاثة مقاطع على الأقل.",
    },
    "overview_nothing_pointed": {
        "en": "Point at a passage to see how it begins.",
        "ar": "أشر إلى مقطع لترى بدايته.",
    },
    "overview_legend": {
        "en": "Documents on the map; choose one to bring it out",
        "ar": "المستندات على الخريطة، واختر أحدها لإبرازه",
    },
    "overview_legend_others": {"en": "All other documents", "ar": "سائر المستندات"},
}
