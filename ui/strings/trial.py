"""Trying a language model: how far it is, and what the model can do."""

from __future__ import annotations

from index import Language

TEXTS: dict[str, dict[Language, str]] = {
    "trial_progress": {
        "en": "Trying the model: {done} of {total}",
        "ar": "يُجرَّب النموذج: {done} من {total}",
    },
    "trial_meanwhile": {
        "en": "Small tasks show what it can do. Until then it is used with care.",
        "ar": "مهام صغيرة تبيّن ما يُحسنه، ويُستعمل باحتياط إلى أن تكتمل.",
    },
    "trial_known": {
        "en": "The model was tried. What it can do: {able} of {all}.",
        "ar": "جُرِّب النموذج. عدد ما يُحسنه: {able} من {all}.",
    },
    "trial_which": {"en": "What it can do", "ar": "ما يُحسنه"},
    "trial_yes": {"en": "can", "ar": "يُحسنه"},
    "trial_no": {"en": "cannot", "ar": "لا يُحسنه"},
    "trial_untried": {
        "en": "This model has not been tried. Until it is, it is not asked for a yes or no, a "
        "translation or a sum.",
        "ar": "لم يُجرَّب هذا النموذج بعد. وإلى أن يُجرَّب لا يُطلب منه نعم أو لا، ولا ترجمة ولا حساب.",
    },
    "trial_begin": {"en": "Try it now", "ar": "جرّبه الآن"},
    "trial_again": {"en": "Try it again", "ar": "جرّبه من جديد"},
    "trial_stop": {"en": "Stop", "ar": "أوقف"},
    "trial_stop_named": {"en": "Stop trying {name}", "ar": "أوقف تجربة {name}"},
    "trial_stopped": {
        "en": "Stopped. Nothing was kept of it.",
        "ar": "أُوقفت التجربة، ولم يُحفظ منها شيء.",
    },
    "trial_done": {
        "en": "The model has been tried. What it can do counts from the next question on.",
        "ar": "اكتملت تجربة النموذج، ويُعمل بنتيجتها من السؤال التالي.",
    },
    # what a model can do
    "capability_write_en": {"en": "answer in English", "ar": "الإجابة بالإنجليزية"},
    "capability_write_ar": {"en": "answer in Arabic", "ar": "الإجابة بالعربية"},
    "capability_yesno_en": {
        "en": "say yes or no in English",
        "ar": "الجواب بنعم أو لا بالإنجليزية",
    },
    "capability_yesno_ar": {
        "en": "say yes or no in Arabic",
        "ar": "الجواب بنعم أو لا بالعربية",
    },
    "capability_not_there": {
        "en": "say that the answer is not there",
        "ar": "التنبيه إلى أن الجواب غير موجود",
    },
    "capability_point": {
        "en": "point at the words that answer",
        "ar": "الدلالة على الكلمات التي فيها الجواب",
    },
    "capability_to_ar": {"en": "translate into Arabic", "ar": "الترجمة إلى العربية"},
    "capability_to_en": {"en": "translate into English", "ar": "الترجمة إلى الإنجليزية"},
    "capability_reckon": {"en": "do a sum", "ar": "الحساب"},
    "capability_rewrite": {
        "en": "complete a follow-up question",
        "ar": "إكمال السؤال المبني على ما قبله",
    },
}
