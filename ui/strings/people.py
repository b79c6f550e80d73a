"""Logging in, collections, and what a role allows."""

from __future__ import annotations

from index import Language

TEXTS: dict[str, dict[Language, str]] = {
    "login": {"en": "Log in", "ar": "تسجيل الدخول"},
    "login_hint": {
        "en": "These documents are for people who say who they are.",
        "ar": "هذه المستندات لمن يعرّف بنفسه.",
    },
    "person_name": {"en": "Name", "ar": "الاسم"},
    "password": {"en": "Password", "ar": "كلمة السر"},
    "login_wrong": {
        "en": "No such name with this password. Try again.",
        "ar": "لا يوجد هذا الاسم بكلمة السر هذه. أعد المحاولة.",
    },
    "login_wait": {
        "en": "Too many tries. Wait {seconds} seconds, then try again.",
        "ar": "محاولات كثيرة. حاول من جديد بعد {seconds} ثانية.",
    },
    "log_out": {"en": "Log out", "ar": "تسجيل الخروج"},
    "nothing_yet": {
        "en": "You may not see any documents here yet. Ask whoever runs this server.",
        "ar": "لا يُسمح لك برؤية أي مستندات هنا بعد. اطلب ذلك ممن يدير هذا الخادم.",
    },
    "collection": {"en": "Collection", "ar": "المجموعة"},
    "main_collection": {"en": "Main documents", "ar": "المستندات الرئيسية"},
    "role_too_low": {
        "en": "Your role here does not allow this. Ask an owner of these documents.",
        "ar": "دورك هنا لا يسمح بهذا. اطلب ذلك من مالك هذه المستندات.",
    },
}
