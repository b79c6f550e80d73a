"""Conversations that are kept, and what is exported of them."""

from __future__ import annotations

from index import Language

TEXTS: dict[str, dict[Language, str]] = {
    # the list beside the chat
    "chats": {"en": "Conversations", "ar": "المحادثات"},
    "chats_new": {"en": "New conversation", "ar": "محادثة جديدة"},
    "chats_search": {"en": "Search the conversations", "ar": "ابحث في المحادثات"},
    "chats_found": {"en": "Conversations: {count}", "ar": "عدد المحادثات: {count}"},
    "chats_none": {
        "en": "Nothing is kept yet. Ask a question: the conversation will stand here, "
        "and you can come back to it.",
        "ar": "لا محادثات محفوظة بعد. اطرح سؤالًا تجد محادثته هنا، ويمكنك العودة إليها متى شئت.",
    },
    "chats_none_found": {
        "en": "No conversation holds all of these words. Try fewer words, or others.",
        "ar": "لا توجد محادثة فيها كل هذه الكلمات. جرّب كلمات أقل أو غيرها.",
    },
    "chats_loading": {"en": "Loading the conversations…", "ar": "جارٍ تحميل المحادثات…"},
    "chats_try_again": {"en": "Try again", "ar": "أعد المحاولة"},
    "chats_questions": {"en": "Questions: {count}", "ar": "عدد الأسئلة: {count}"},
    "chats_unnamed": {"en": "Conversation without a name", "ar": "محادثة بلا اسم"},
    "chats_actions": {"en": "Actions for {name}", "ar": "إجراءات {name}"},
    "chats_rename": {"en": "Rename", "ar": "إعادة التسمية"},
    "chats_new_name": {"en": "New name of {name}", "ar": "الاسم الجديد لـ {name}"},
    "chats_name_hint": {
        "en": "Enter keeps the name, Esc leaves it as it was.",
        "ar": "يحفظ Enter الاسم، ويتركه Esc كما كان.",
    },
    "chats_as_markdown": {"en": "Export as Markdown", "ar": "تصدير بصيغة Markdown"},
    "chats_as_html": {"en": "Export as HTML", "ar": "تصدير بصيغة HTML"},
    "chats_as_json": {"en": "Export as JSON", "ar": "تصدير بصيغة JSON"},
    "chats_delete": {"en": "Delete", "ar": "حذف"},
    "chats_delete_title": {
        "en": "Delete this conversation?",
        "ar": "أتريد حذف هذه المحادثة؟",
    },
    "chats_delete_explained": {
        "en": "The questions and answers of “{name}” are deleted and cannot be brought back. "
        "The documents stay.",
        "ar": "ستُحذف أسئلة «{name}» وإجاباتها ولا يمكن استرجاعها. أما المستندات فتبقى.",
    },
    "chats_ratings": {"en": "Export ratings", "ar": "تصدير التقييمات"},
    "chats_delete_all": {"en": "Delete all", "ar": "حذف الكل"},
    "chats_delete_all_title": {
        "en": "Delete all conversations?",
        "ar": "أتريد حذف كل المحادثات؟",
    },
    "chats_delete_all_explained": {
        "en": "All your questions and answers on this server are deleted, those that a search "
        "does not show too. They cannot be brought back. The documents stay.",
        "ar": "ستُحذف كل أسئلتك وإجاباتها على هذا الخادم، حتى ما لا يظهر في البحث، "
        "ولا يمكن استرجاعها. أما المستندات فتبقى.",
    },
    # what is exported
    "export_told": {
        "en": "A conversation with Sanad. Questions: {count}. Last question: {day}.",
        "ar": "محادثة مع سند. عدد الأسئلة: {count}. تاريخ آخر سؤال: {day}.",
    },
    "export_months": {
        "en": "January February March April May June July August September October November "
        "December",
        "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    },
    "export_question": {"en": "Question {number}", "ar": "السؤال {number}"},
    "export_answer": {"en": "Answer", "ar": "الإجابة"},
    "export_refused": {
        "en": "Not answered: the documents do not hold the answer.",
        "ar": "لم يُجَب عن السؤال: لا تتضمن المستندات إجابته.",
    },
    "export_stopped": {
        "en": "The answer was stopped before its end.",
        "ar": "أُوقفت الإجابة قبل نهايتها.",
    },
    "export_failed": {
        "en": "No answer was given: something went wrong.",
        "ar": "لم تُقدَّم إجابة: حدث خلل.",
    },
    "export_unsupported": {
        "en": "No source was found for: {sentence}",
        "ar": "لم يوجد مصدر لما يأتي: {sentence}",
    },
}
