"""Asking: questions, answers, sources."""

from __future__ import annotations

from index import Language
from rag.prompt import DOUBT

TEXTS: dict[str, dict[Language, str]] = {
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
    "examples": {"en": "For example", "ar": "من الأمثلة"},
    "working": {"en": "Searching the documents…", "ar": "أبحث في المستندات…"},
    "stopped": {"en": "(stopped)", "ar": "(أُوقفت الإجابة)"},
    "failed": {
        "en": "Something went wrong inside Sanad; the terminal it runs in says more. Ask again.",
        "ar": "حدث خلل داخل سند، وتفصيله في الطرفية التي يعمل فيها. اسأل من جديد.",
    },
    "question_too_long": {
        "en": (
            "The question has {length} characters, and {limit} are the most. Nothing was asked; "
            "the whole text is still in the box: shorten it there, or add it as a document."
        ),
        "ar": (
            "في السؤال {length} حرف، والحد الأقصى {limit}. لم يُرسَل شيء، والنص كله باقٍ في "
            "مربع السؤال: اختصره هناك أو أضفه مستندًا."
        ),
    },
    "too_many_answers": {
        "en": "Too many questions are being answered at the moment. Ask again in a minute.",
        "ar": "تُكتب الآن إجابات كثيرة. اسأل مرة أخرى بعد دقيقة.",
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
    "close": {"en": "Close", "ar": "إغلاق"},
    # what can be done with a question and its answer
    "ask_about": {
        "en": "What does the document say about “{title}”?",
        "ar": "ماذا يقول المستند عن «{title}»؟",
    },
    "ask_next": {"en": "Ask next", "ar": "اسأل أيضًا"},
    "answers_before": {
        "en": "Waiting. Answers before yours: {count}",
        "ar": "في الانتظار. عدد الإجابات قبل إجابتك: {count}",
    },
    "edit_question": {"en": "Edit the question", "ar": "عدّل السؤال"},
    "edit_explained": {
        "en": "This question and everything after it are asked and answered anew.",
        "ar": "يُحذف هذا السؤال وكل ما بعده، ويُسأل من جديد.",
    },
    "send_again": {"en": "Send", "ar": "أرسل"},
    "again": {"en": "Answer again", "ar": "أجب من جديد"},
    "copy": {"en": "Copy the answer with its sources", "ar": "انسخ الإجابة ومصادرها"},
    "copied": {"en": "Copied.", "ar": "نُسخت."},
    "copy_refused": {
        "en": "The browser does not let the page copy. Select the text instead.",
        "ar": "لا يسمح المتصفح للصفحة بالنسخ. حدّد النص وانسخه.",
    },
    "like": {"en": "A good answer", "ar": "إجابة جيدة"},
    "dislike": {"en": "A bad answer", "ar": "إجابة سيئة"},
    "unsupported": {"en": "no source supports this", "ar": "لا مصدر لهذا"},
    "searched_all": {
        "en": "Searched: all documents ({count})",
        "ar": "بُحث في كل المستندات (عددها {count})",
    },
    "searched_some": {
        "en": "Searched: {count} of {of} documents",
        "ar": "عدد المستندات التي بُحث فيها: {count} من {of}",
    },
    "took": {
        "en": "first words after {first} s, all of it after {total} s",
        "ar": "أول الكلمات بعد {first} ث، والإجابة كلها بعد {total} ث",
    },
    # which documents are asked
    "scope_all": {
        "en": "All documents are asked ({count}).",
        "ar": "تُسأل كل المستندات (عددها {count}).",
    },
    "scope_some": {
        "en": "Of {of} documents these are asked: {count}.",
        "ar": "عدد المستندات التي تُسأل: {count} من {of}.",
    },
    "scope_change": {"en": "Choose documents", "ar": "اختر المستندات"},
    "scope_reset": {"en": "Ask all", "ar": "اسأل الكل"},
    "scope_title": {"en": "Which documents to ask", "ar": "أي المستندات تُسأل؟"},
    "scope_explained": {
        "en": "What is not ticked is left out; where nothing is ticked, all are asked.",
        "ar": "يُستبعد ما لم يُحدَّد؛ وإن لم يُحدَّد شيء سُئلت كل المستندات.",
    },
    "scope_folders": {"en": "Folders", "ar": "المجلدات"},
    "scope_added_here": {"en": "Added on this page", "ar": "ما أُضيف من هذه الصفحة"},
    "scope_search": {"en": "Find a document by name", "ar": "ابحث عن مستند باسمه"},
    "scope_more": {
        "en": "More of them: {count}. Type a part of the name.",
        "ar": "وهناك غيرها، وعددها {count}. اكتب جزءًا من الاسم.",
    },
    "scope_none": {"en": "No document has such a name.", "ar": "لا مستند بهذا الاسم."},
    "scope_use": {"en": "Ask these", "ar": "اسأل هذه"},
}
