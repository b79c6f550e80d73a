"""Settings: how to answer, how the page looks, which models there are and which one answers."""

from __future__ import annotations

from index import Language

TEXTS: dict[str, dict[Language, str]] = {
    # answers
    "settings_answers": {"en": "Answers", "ar": "الإجابات"},
    "settings_of_browser": {
        "en": "Kept in this browser, and used from the next question on.",
        "ar": "تُحفظ في هذا المتصفح، ويُعمل بها من السؤال التالي.",
    },
    "settings_saved": {"en": "Saved.", "ar": "حُفظ."},
    "settings_not_saved": {
        "en": "This browser keeps nothing: it holds until the page is closed.",
        "ar": "لا يحفظ هذا المتصفح شيئًا، فيبقى الاختيار حتى تُغلق الصفحة.",
    },
    "settings_retry": {"en": "Try again", "ar": "أعد المحاولة"},
    "settings_length": {"en": "Length", "ar": "الطول"},
    "length_short": {"en": "Short", "ar": "قصيرة"},
    "length_short_meaning": {
        "en": "The one fact that was asked for.",
        "ar": "المعلومة المطلوبة وحدها.",
    },
    "length_automatic": {"en": "Automatic", "ar": "تلقائية"},
    "length_automatic_meaning": {
        "en": "Several sentences where the question asks for a list, a summary or a comparison.",
        "ar": "عدة جمل إن طلب السؤال قائمة أو ملخصًا أو مقارنة.",
    },
    "length_long": {"en": "Long", "ar": "طويلة"},
    "length_long_meaning": {
        "en": "Several sentences, each with its source.",
        "ar": "عدة جمل، لكل جملة مصدرها.",
    },
    "settings_strictness": {"en": "Strictness", "ar": "الصرامة"},
    "strictness_open": {"en": "Open", "ar": "متساهل"},
    "strictness_open_meaning": {
        "en": "Refuses seldom; more answers are in doubt, and some are wrong.",
        "ar": "قلّما يمتنع سند عن الإجابة، فتزيد الإجابات المشكوك فيها ويخطئ بعضها.",
    },
    "strictness_balanced": {"en": "Balanced", "ar": "متوازن"},
    "strictness_balanced_meaning": {
        "en": "Refuses where the documents hardly hold the answer, and says where it is in doubt.",
        "ar": "يمتنع سند إن استبعد وجود الإجابة في المستندات، وينبّه عند الشك.",
    },
    "strictness_strict": {"en": "Strict", "ar": "صارم"},
    "strictness_strict_meaning": {
        "en": "Answers only what the documents clearly say; some good answers are lost.",
        "ar": "لا يجيب سند إلا بما تقوله المستندات بوضوح، وقد تضيع إجابات صحيحة.",
    },
    "settings_answer_language": {"en": "Language of the answer", "ar": "لغة الإجابة"},
    "answer_language_question": {"en": "As the question", "ar": "لغة السؤال"},
    "answer_language_ar": {"en": "Arabic", "ar": "العربية"},
    "answer_language_en": {"en": "English", "ar": "الإنجليزية"},
    "settings_passages": {"en": "Nearest passages", "ar": "أقرب المقاطع"},
    "settings_passages_meaning": {
        "en": "How many are shown where the documents hold no answer.",
        "ar": "كم مقطعًا يُعرض إن لم تكن الإجابة في المستندات.",
    },
    # look
    "settings_look": {"en": "Look", "ar": "المظهر"},
    "settings_look_of": {"en": "Colours", "ar": "الألوان"},
    "look_system": {"en": "As the system", "ar": "كالنظام"},
    "look_light": {"en": "Light", "ar": "فاتح"},
    "look_dark": {"en": "Dark", "ar": "داكن"},
    # the language model that answers
    "settings_llm": {"en": "Language model", "ar": "نموذج اللغة"},
    "settings_of_server": {
        "en": "Holds for everybody who uses this Sanad.",
        "ar": "يسري على كل من يستعمل هذه النسخة من سند.",
    },
    "llm_now_embedded": {
        "en": "In use: {name}, on this machine",
        "ar": "المستعمل الآن: {name}، على هذا الجهاز",
    },
    "llm_now_endpoint": {
        "en": "In use: {name}, at {address}",
        "ar": "المستعمل الآن: {name}، في {address}",
    },
    "llm_loads_later": {
        "en": "It is loaded with the next question.",
        "ar": "يُحمَّل مع السؤال التالي.",
    },
    "llm_fixed": {
        "en": "Sanad was started with a model of its own, and returns to it when it is started so.",
        "ar": "حُدد لسند نموذج عند تشغيله، فيعود إليه كلما شُغّل كذلك.",
    },
    "llm_kind": {"en": "Where it runs", "ar": "مكان التشغيل"},
    "llm_kind_embedded": {"en": "On this machine", "ar": "على هذا الجهاز"},
    "llm_kind_embedded_meaning": {
        "en": "Nothing leaves it.",
        "ar": "لا يخرج منه شيء.",
    },
    "llm_kind_endpoint": {"en": "At an address", "ar": "في عنوان آخر"},
    "llm_kind_endpoint_meaning": {
        "en": "Questions and passages of your documents are sent there.",
        "ar": "تُرسَل إليه الأسئلة ومقاطع من مستنداتك.",
    },
    "llm_embedded_model": {"en": "Model", "ar": "النموذج"},
    "llm_not_there": {"en": "{name} (not downloaded)", "ar": "{name} (لم يُنزَّل)"},
    "llm_address": {"en": "Address of the endpoint", "ar": "عنوان الخدمة"},
    "llm_address_hint": {
        "en": "Any OpenAI-compatible one; it usually ends in /v1.",
        "ar": "أي خدمة متوافقة مع \u2066OpenAI\u2069، وآخر عنوانها عادة \u2066/v1\u2069.",
    },
    "llm_model": {"en": "Name of the model", "ar": "اسم النموذج"},
    "llm_models_found": {
        "en": "Models there: {count}. Choose one or type a name.",
        "ar": "عدد النماذج هناك: {count}. اختر أحدها أو اكتب اسمًا.",
    },
    "llm_key": {"en": "Key", "ar": "المفتاح"},
    "llm_key_hint": {
        "en": "Only where the endpoint wants one. It is kept on this machine and shown to nobody.",
        "ar": "إن طلبته الخدمة فقط. يُحفظ على هذا الجهاز ولا يُعرض على أحد.",
    },
    "llm_key_kept": {
        "en": "A key is kept for this address. Leave this empty to go on using it.",
        "ar": "لهذا العنوان مفتاح محفوظ. اترك الحقل فارغًا ليبقى مستعملًا.",
    },
    "llm_key_forget": {"en": "Without the kept key", "ar": "بلا المفتاح المحفوظ"},
    "llm_test": {"en": "Test", "ar": "اختبر"},
    "llm_testing": {"en": "Asking the model…", "ar": "يُسأل النموذج الآن…"},
    "llm_test_passed": {
        "en": "The model answers. Time taken: {seconds} s.",
        "ar": "النموذج يجيب. المدة بالثواني: {seconds}.",
    },
    "llm_use": {"en": "Use this model", "ar": "استعمل هذا النموذج"},
    "llm_in_use_now": {
        "en": "Saved. It answers from the next question on.",
        "ar": "حُفظ، وهو يجيب من السؤال التالي.",
    },
    # why a choice is refused
    "settings_locked": {
        "en": "This Sanad can be reached from the network, so its models are chosen when it is "
        "started, not here.",
        "ar": "يمكن الوصول إلى هذه النسخة من سند عبر الشبكة، فتُختار نماذجها عند تشغيلها لا من هنا.",
    },
    "llm_address_invalid": {
        "en": "That is no address of an endpoint. It looks like http://127.0.0.1:11434/v1.",
        "ar": "ليس هذا عنوان خدمة. يكون العنوان على هذه الصورة: \u2066http://127.0.0.1:11434/v1\u2069",
    },
    "llm_address_with_key": {
        "en": "The address holds a name or a password. Put the key into its own field.",
        "ar": "في العنوان اسم أو كلمة سر. ضع المفتاح في حقله.",
    },
    "llm_address_forbidden": {
        "en": "{address} is not asked: such an address leads to a service of the network or of a "
        "cloud, not to a language model.",
        "ar": "لا يُسأل {address}، فمثل هذا العنوان يقود إلى خدمة من خدمات الشبكة أو السحابة "
        "لا إلى نموذج لغة.",
    },
    "llm_model_missing": {
        "en": "The name of a model is needed.",
        "ar": "لا بد من اسم نموذج.",
    },
    "llm_key_invalid": {
        "en": "The key holds characters that no key has. Copy it again.",
        "ar": "في المفتاح حروف لا تكون في المفاتيح. انسخه من جديد.",
    },
    "llm_unreachable": {
        "en": "Nothing answers at {address}. Is it running, and is the address right?",
        "ar": "لا شيء يجيب في {address}. تأكد من أن الخدمة تعمل ومن صحة العنوان.",
    },
    "llm_too_slow": {
        "en": "{address} did not answer in time (limit: {seconds} s). It may still be loading the "
        "model: try again.",
        "ar": "لم يجب {address} في الوقت المحدد (الحد بالثواني: {seconds}). لعله ما زال يحمّل "
        "النموذج، فأعد المحاولة.",
    },
    "llm_key_refused": {
        "en": "{address} refuses the key, or wants one.",
        "ar": "يرفض {address} المفتاح، أو يطلب مفتاحًا.",
    },
    "llm_model_unknown": {
        "en": "{address} has no model named {name}.",
        "ar": "لا نموذج باسم {name} في {address}.",
    },
    "llm_no_chat": {
        "en": "There is no OpenAI-compatible chat at {address}. Such addresses usually end in /v1.",
        "ar": "ليست في {address} محادثة متوافقة مع \u2066OpenAI\u2069. "
        "آخر العنوان عادة \u2066/v1\u2069.",
    },
    "llm_silent": {
        "en": "{name} at {address} answers without text. A model that thinks for long is of no use "
        "here.",
        "ar": "يجيب {name} في {address} بلا نص. لا يصلح هنا نموذج يطيل التفكير.",
    },
    "llm_failed": {
        "en": "{address} answers with an error: {detail}",
        "ar": "يجيب {address} بخطأ: {detail}",
    },
    # better answers
    "settings_better": {"en": "Better answers", "ar": "إجابات أفضل"},
    "better_hint": {
        "en": "Newer language models that are known for better Arabic; how well they answer in "
        "Sanad has not been measured. Pressing Download fetches one from a model hub on the "
        "internet; from then on it runs on this machine alone.",
        "ar": "نماذج لغة أحدث ومعروفة بعربية أجود، ولم تُقَس جودة إجاباتها في سند. يُجلب النموذج من "
        "مستودع على الإنترنت حين تضغط «نزّل»، ثم يعمل على هذا الجهاز وحده.",
    },
    "better_machine": {
        "en": "Memory of this machine: {memory} GB, cores: {cores}.",
        "ar": "ذاكرة هذا الجهاز {memory} غيغابايت، وعدد أنويته {cores}.",
    },
    "better_machine_cores": {
        "en": "Cores of this machine: {cores}.",
        "ar": "عدد أنوية هذا الجهاز {cores}.",
    },
    "model_recommended": {"en": "recommended for this machine", "ar": "موصى به لهذا الجهاز"},
    "model_memory": {"en": "Memory: {memory} GB", "ar": "الذاكرة: {memory} غيغابايت"},
    "model_cores": {"en": "Cores: {cores}", "ar": "الأنوية: {cores}"},
    "model_fit_slowly": {
        "en": "This machine has fewer cores, so it would answer slowly.",
        "ar": "أنوية هذا الجهاز أقل من ذلك، فيجيب ببطء.",
    },
    "model_fit_not": {
        "en": "It needs more memory than this machine can spare.",
        "ar": "يحتاج إلى ذاكرة أكبر مما يمكن أن يتيحه هذا الجهاز.",
    },
    "model_use": {"en": "Use for answers", "ar": "استعمله للإجابة"},
    "model_use_named": {"en": "Use {name} for answers", "ar": "استعمل {name} للإجابة"},
    # models
    "settings_models": {"en": "Models", "ar": "النماذج"},
    "models_hint": {
        "en": "They are downloaded once and run on this machine.",
        "ar": "تُنزَّل مرة واحدة وتعمل على هذا الجهاز.",
    },
    "model_kind_embedding": {"en": "for searching", "ar": "للبحث"},
    "model_kind_language": {"en": "for answering", "ar": "للإجابة"},
    "model_size": {"en": "Size: {size} MB", "ar": "الحجم: {size} ميغابايت"},
    "model_size_unknown": {
        "en": "Size: known when the download begins",
        "ar": "الحجم: يُعرف حين يبدأ التنزيل",
    },
    "model_licence": {"en": "Licence: {licence}", "ar": "الرخصة: {licence}"},
    "model_terms": {"en": "Read the terms", "ar": "اقرأ الشروط"},
    "model_in_use": {"en": "in use", "ar": "مستعمل"},
    "model_there": {"en": "on this machine", "ar": "على هذا الجهاز"},
    "model_absent": {"en": "not downloaded", "ar": "لم يُنزَّل"},
    "model_embed": {"en": "Use for the documents", "ar": "استعمله للمستندات"},
    "model_embed_named": {
        "en": "Use {name} for the documents",
        "ar": "استعمل {name} للمستندات",
    },
    "model_embed_title": {
        "en": "Rebuild the index with this model?",
        "ar": "أيُعاد بناء الفهرس بهذا النموذج؟",
    },
    "model_embed_explained": {
        "en": "Every document is indexed again with {name}, which takes a while: with many "
        "documents, hours. Until it is done, questions are answered from the index as it is; if "
        "it is interrupted, it goes on from there the next time.",
        "ar": "يُفهرس كل مستند من جديد بالنموذج {name}، ويستغرق ذلك وقتًا، وقد يبلغ ساعات إن كثرت "
        "المستندات. وحتى يتم، يُجاب عن الأسئلة من الفهرس الحالي، وإن قُطع أُكمل في المرة القادمة.",
    },
    "model_embed_begin": {"en": "Rebuild", "ar": "أعد البناء"},
    "model_download": {"en": "Download", "ar": "نزّل"},
    "model_download_named": {"en": "Download {name}", "ar": "نزّل {name}"},
    "model_cancel": {"en": "Stop", "ar": "أوقف"},
    "model_cancel_named": {"en": "Stop downloading {name}", "ar": "أوقف تنزيل {name}"},
    "model_cancelled": {
        "en": "Stopped. Finished parts are kept for the next time.",
        "ar": "أُوقف التنزيل. تبقى الأجزاء المكتملة للمرة القادمة.",
    },
    "model_arrived": {
        "en": "{name} is on this machine now.",
        "ar": "صار {name} على هذا الجهاز.",
    },
    "model_accept_title": {"en": "Accept the terms?", "ar": "أتقبل الشروط؟"},
    "model_accept_explained": {
        "en": "{name} may be used under its own terms: {licence}. Read them first.",
        "ar": "يُستعمل {name} بشروطه الخاصة: {licence}. اقرأها أولًا.",
    },
    "model_accept": {"en": "Accept and download", "ar": "أقبل، نزّله"},
    "download_busy": {
        "en": "{name} is being downloaded. Wait until it is there, or stop it.",
        "ar": "يُنزَّل {name} الآن. انتظر حتى يكتمل أو أوقفه.",
    },
    "download_waiting": {"en": "Downloading…", "ar": "جارٍ التنزيل…"},
    "download_bytes": {
        "en": "Downloading: {done} of {total} MB",
        "ar": "التنزيل: {done} من {total} ميغابايت",
    },
    "download_verify": {
        "en": "Checking that it is whole: {done} of {total} MB",
        "ar": "التحقق من سلامته: {done} من {total} ميغابايت",
    },
    "download_convert": {"en": "Converting…", "ar": "جارٍ التحويل…"},
    "download_unpack": {
        "en": "Unpacking: {done} of {total} MB",
        "ar": "فك الضغط: {done} من {total} ميغابايت",
    },
}

GOOD_FOR: dict[str, str] = {
    "multilingual-e5-small": "صغير وسريع، يبحث بلغات كثيرة (384 بعدًا)، وهو المعتاد.",
    "qwen2.5-coder-1.5b-instruct": (
        "يجيب بالعربية والإنجليزية على معالج حاسوب محمول، وهو المعتاد."
    ),
    "embeddinggemma-300m": (
        "دقيق، يبحث بلغات كثيرة (768 بعدًا)، وهو الأفضل حين تختلف لغة السؤال عن لغة المستند."
    ),
    "qwen3-4b-instruct-2507": "أربعة مليارات مُعامل، ومعروف بجودة عربيته وإنجليزيته.",
    "qwen3.5-4b": "أربعة مليارات مُعامل ومن جيل أحدث، بالعربية والإنجليزية.",
    "qwen3-1.7b": "1.7 مليار مُعامل وأحدث من المعتاد، بالعربية والإنجليزية.",
}
"""What models of the catalogue are good for, in Arabic; English is their `summary`."""
