"""Every text of the command line, in English and Arabic. Light: `sanad --help` reads it.

The language follows `SANAD_LANG`, else the terminal's locale; English when neither says Arabic.
"""

from __future__ import annotations

import os
from typing import Literal

from ui.isolation import isolated, visible

Language = Literal["ar", "en"]

TEXTS: dict[str, dict[Language, str]] = {
    "about": {
        "en": "Ask your own documents, in Arabic or English; every sentence with its source.",
        "ar": "اسأل مستنداتك بالعربية أو الإنجليزية؛ لكل جملة مصدرها.",
    },
    # commands
    "add": {"en": "take in files and folders", "ar": "أدخِل ملفات ومجلدات"},
    "sync": {
        "en": "take in a folder, and remove what is gone from it",
        "ar": "أدخِل مجلدًا، واحذف ما لم يعد فيه",
    },
    "remove": {"en": "take documents out", "ar": "احذف مستندات"},
    "list": {"en": "list the documents", "ar": "اعرض المستندات"},
    "rebuild": {
        "en": "make the index again from the kept text (another model, say)",
        "ar": "أعد بناء الفهرس من النص المحفوظ (لنموذج آخر مثلًا)",
    },
    "verify": {"en": "is the store sound?", "ar": "هل المخزن سليم؟"},
    "repair": {
        "en": "save what can be read of a damaged store",
        "ar": "أنقذ ما يمكن قراءته من مخزن تالف",
    },
    "users": {"en": "who may ask, and what they may do", "ar": "من يحق له السؤال وما يحق له"},
    "users_add": {"en": "add a person", "ar": "أضف شخصًا"},
    "users_list": {"en": "list the people", "ar": "اعرض الأشخاص"},
    "users_remove": {
        "en": "remove a person; their sessions and tokens end at once",
        "ar": "احذف شخصًا؛ تنتهي جلساته ورموزه في الحال",
    },
    "users_role": {
        "en": "say what a person may do, everywhere or in one --collection",
        "ar": "حدّد ما يحق لشخص، في كل مكان أو في مجموعة واحدة (‎--collection)",
    },
    "users_password": {"en": "give a person another password", "ar": "غيّر كلمة سر شخص"},
    "users_token": {
        "en": "make a token with which programs ask in a person's name",
        "ar": "أنشئ رمزًا تسأل به البرامج باسم شخص",
    },
    "collections": {
        "en": "list the collections: sets of documents that share nothing",
        "ar": "اعرض المجموعات: مستندات كل منها بمعزل عن غيرها",
    },
    "collections_add": {"en": "make an empty collection", "ar": "أنشئ مجموعة فارغة"},
    "collections_remove": {
        "en": "delete a collection with all its documents and conversations",
        "ar": "احذف مجموعة بكل مستنداتها ومحادثاتها",
    },
    "arg_person": {"en": "the person's name", "ar": "اسم الشخص"},
    "arg_collection": {"en": "the collection's name", "ar": "اسم المجموعة"},
    "opt_collection": {
        "en": "the collection of the store to work in (main: the documents without one)",
        "ar": "مجموعة المخزن التي يُعمل فيها (main: المستندات التي بلا مجموعة)",
    },
    "opt_role": {
        "en": "reader (asks), editor (adds and removes documents too) or owner (models and people "
        "too); the first person is an owner, later ones are readers",
        "ar": "reader (يسأل) أو editor (ويضيف المستندات ويحذفها) أو owner (ويغيّر النماذج "
        "والأشخاص)؛ أول شخص مالك ومن بعده قارئ",
    },
    "opt_password_stdin": {
        "en": "read the password from standard input",
        "ar": "اقرأ كلمة السر من الإدخال القياسي",
    },
    "opt_token": {
        "en": "no password: print a token for programs",
        "ar": "بلا كلمة سر: اطبع رمزًا للبرامج",
    },
    "opt_revoke": {
        "en": "end all tokens of the person instead",
        "ar": "أنهِ كل رموز الشخص بدل ذلك",
    },
    "opt_login": {
        "en": "everybody logs in, also on this machine",
        "ar": "على الجميع تسجيل الدخول، على هذا الجهاز أيضًا",
    },
    "opt_insecure": {
        "en": "no login on another address than this machine's: whoever reaches it may read, add "
        "and remove documents",
        "ar": "بلا تسجيل دخول على عنوان غير عنوان هذا الجهاز: كل من يصل إليه يقرأ المستندات "
        "ويضيفها ويحذفها",
    },
    "opt_public_url": {
        "en": "the address at which a reverse proxy serves this, with its path if it has one",
        "ar": "العنوان الذي يقدّم وكيل عكسي هذا الخادم عليه، مع مساره إن كان له مسار",
    },
    "ask_password": {"en": "Password for {name}: ", "ar": "كلمة سر {name}: "},
    "ask_password_again": {"en": "Once more: ", "ar": "مرة أخرى: "},
    "no_people": {
        "en": "There is nobody yet. Add a person with `sanad users add NAME`.",
        "ar": "لا أحد بعد. أضف شخصًا بالأمر `sanad users add NAME`.",
    },
    "person_added": {"en": "{name} is added: {rights}", "ar": "أُضيف {name}: {rights}"},
    "person_removed": {"en": "{name} is removed.", "ar": "حُذف {name}."},
    "person_rights": {"en": "{name}: {rights}", "ar": "{name}: {rights}"},
    "password_set": {"en": "{name} has another password.", "ar": "تغيّرت كلمة سر {name}."},
    "token_once": {
        "en": "The token is shown this once; keep it as you keep a password:",
        "ar": "يُعرض الرمز هذه المرة فقط؛ احفظه كما تحفظ كلمة السر:",
    },
    "tokens_revoked": {"en": "{count} tokens ended.", "ar": "أُنهيت رموز عددها {count}."},
    "everywhere": {"en": "everywhere", "ar": "في كل مكان"},
    "no_rights": {"en": "nothing", "ar": "لا شيء"},
    "no_collections": {
        "en": "There are no collections. `sanad add --collection NAME PATH` makes one.",
        "ar": "لا مجموعات. يُنشئ الأمر `sanad add --collection NAME PATH` مجموعة.",
    },
    "collection_added": {"en": "{name} is there.", "ar": "أُنشئت {name}."},
    "collection_removed": {"en": "{name} is deleted.", "ar": "حُذفت {name}."},
    "backup": {
        "en": "save the store to a file, while it is in use too",
        "ar": "احفظ المخزن في ملف، ولو كان مستعملًا",
    },
    "restore": {
        "en": "put the store back as a backup has it",
        "ar": "أعد المخزن إلى ما كان عليه في نسخة احتياطية",
    },
    "search": {"en": "find passages; no language model", "ar": "ابحث عن مقاطع بلا نموذج لغة"},
    "ask": {"en": "ask a question", "ar": "اطرح سؤالًا"},
    "eval": {"en": "measure retrieval and answers", "ar": "قِس الاسترجاع والإجابات"},
    "eval_retrieval": {"en": "recall and MRR on SQuAD files", "ar": "الاستدعاء على ملفات SQuAD"},
    "eval_answers": {"en": "answers on SQuAD files", "ar": "الإجابات على ملفات SQuAD"},
    "eval_compare": {
        "en": "two logs of answers, question by question",
        "ar": "سجلّا إجابات، سؤالًا سؤالًا",
    },
    "calibrate": {
        "en": "fit what is refused to the embedding models in force",
        "ar": "اضبط ما يُمتنع عن جوابه على نماذج التضمين المستعملة",
    },
    "serve": {
        "en": "web chat and HTTP interface on this machine",
        "ar": "المحادثة وواجهة HTTP على هذا الجهاز",
    },
    "mcp": {
        "en": "tools over MCP for the program that starts it (standard input and output)",
        "ar": "أدوات MCP للبرنامج الذي يشغّله (عبر الدخل والخرج القياسيين)",
    },
    "audit": {"en": "who did what in the store", "ar": "من فعل ماذا في المخزن"},
    "models": {"en": "what models are there", "ar": "ما النماذج الموجودة"},
    "pull": {
        "en": "fetch models; the default ones when none is named",
        "ar": "اجلب نماذج؛ المبدئية إن لم يُسمَّ شيء",
    },
    "try": {
        "en": "find out by small tasks what a language model can do, and keep it",
        "ar": "تبيّن بمهام صغيرة ما يُحسنه نموذج اللغة واحفظ النتيجة",
    },
    # options
    "opt_store": {
        "en": "folder of the store (else SANAD_STORE, else the user's data folder)",
        "ar": "مجلد المخزن (وإلا SANAD_STORE، وإلا مجلد بيانات المستخدم)",
    },
    "opt_json": {
        "en": "print one JSON object and nothing else",
        "ar": "اطبع كائن JSON واحدًا لا غير",
    },
    "opt_debug": {"en": "show tracebacks of errors", "ar": "أظهر تفاصيل الأخطاء"},
    "opt_config": {"en": "settings file (TOML)", "ar": "ملف الإعدادات (TOML)"},
    "opt_embedding": {
        "en": "embedding model for passages",
        "ar": "نموذج تضمين المقاطع",
    },
    "opt_sentence_embedding": {
        "en": "embedding model for sentences",
        "ar": "نموذج تضمين الجمل",
    },
    "opt_llm": {
        "en": "language model: a name, a GGUF file, or a name at --llm-url",
        "ar": "نموذج اللغة: اسم، أو ملف GGUF، أو اسم عند ‎--llm-url",
    },
    "opt_llm_url": {
        "en": "OpenAI-compatible endpoint (its key: SANAD_LLM_KEY)",
        "ar": "خادم متوافق مع OpenAI (مفتاحه: SANAD_LLM_KEY)",
    },
    "opt_read_only": {
        "en": "let the program read and ask only, not add documents",
        "ar": "اسمح للبرنامج بالقراءة والسؤال فقط، دون إضافة مستندات",
    },
    "opt_strictness": {
        "en": "how readily it says that the documents do not tell (balanced)",
        "ar": "مدى التحفظ في القول إن المستندات لا تجيب (balanced)",
    },
    "opt_language": {
        "en": "language of the answer (else the question's)",
        "ar": "لغة الجواب (وإلا لغة السؤال)",
    },
    "opt_document": {
        "en": "look only in this document (may be repeated)",
        "ar": "ابحث في هذا المستند وحده (يجوز تكراره)",
    },
    "opt_arabic": {"en": "SQuAD file in Arabic", "ar": "ملف SQuAD بالعربية"},
    "opt_english": {
        "en": "the same SQuAD file in English, paragraph by paragraph",
        "ar": "ملف SQuAD نفسه بالإنجليزية، فقرةً فقرة",
    },
    "opt_sample_each": {
        "en": "how many questions of each file (300)",
        "ar": "عدد الأسئلة من كل ملف (300)",
    },
    "opt_read": {
        "en": "how many of them, per pair of languages, the language model is asked about, "
        "answerable and not (40); 0: none, and it has no say in what is refused",
        "ar": "عدد ما يُسأل عنه نموذج اللغة منها لكل لغتين، بجوابها ودونه (40)؛ "
        "و0: لا شيء، ولا رأي له فيما يُمتنع عنه",
    },
    "opt_people": {
        "en": "folder of everyday questions to count too: documents/ and questions.json "
        "(question, language, documents, refuse, history)",
        "ar": "مجلد أسئلة يومية تُحسب أيضًا: documents/ و questions.json "
        "(question و language و documents و refuse و history)",
    },
    "opt_out": {
        "en": "write the calibration to this file (else it is printed)",
        "ar": "اكتب الضبط في هذا الملف (وإلا طُبع)",
    },
    "arg_backup": {
        "en": "file of the backup; it holds the last states of the store",
        "ar": "ملف النسخة الاحتياطية، وفيه آخر حالات المخزن",
    },
    "opt_keep_states": {
        "en": "how many states the file holds at most (10); the oldest are dropped",
        "ar": "أكثر عدد من الحالات يبقى في الملف (10)، ويُحذف الأقدم",
    },
    "opt_list_states": {"en": "only list the states", "ar": "اعرض الحالات فقط"},
    "opt_check_states": {
        "en": "only read every state to its end, and say whether all is as it was written",
        "ar": "اقرأ كل حالة إلى آخرها فقط، وبيّن هل كلها كما كُتبت",
    },
    "opt_at": {
        "en": "the number of a state, or a day or time: the last state until then (else the "
        "newest)",
        "ar": "رقم حالة، أو يوم أو وقت: آخر حالة حتى ذلك الحين (وإلا فالأحدث)",
    },
    "opt_replace": {
        "en": "put it in the place of the store that is there",
        "ar": "ضعها محل المخزن الموجود",
    },
    "opt_k": {"en": "how many passages", "ar": "عدد المقاطع"},
    "opt_passages": {"en": "SQuAD file whose contexts are indexed", "ar": "ملف SQuAD تُفهرس نصوصه"},
    "opt_questions": {"en": "SQuAD file whose questions are asked", "ar": "ملف SQuAD تُطرح أسئلته"},
    "opt_without": {
        "en": "leave out a signal of search, and see what it is worth (may be repeated): passages, "
        "sentences, baseline, fulltext, words, names, identifiers",
        "ar": "استبعاد إشارة من إشارات البحث لمعرفة أثرها (يمكن تكراره): passages، sentences، "
        "baseline، fulltext، words، names، identifiers",
    },
    "opt_distractors": {
        "en": "SQuAD file whose contexts are indexed too, never right",
        "ar": "ملف SQuAD تُفهرس نصوصه أيضًا ولا تكون صوابًا",
    },
    "opt_sample": {
        "en": "how many questions, half of them without their document (40)",
        "ar": "عدد الأسئلة، ونصفها بلا مستندها (40)",
    },
    "opt_answerable": {
        "en": "instead of --sample: how many with their document",
        "ar": "بدل ‎--sample: عدد الأسئلة مع مستندها",
    },
    "opt_unanswerable": {
        "en": "instead of --sample: how many without their document",
        "ar": "بدل ‎--sample: عدد الأسئلة بلا مستندها",
    },
    "opt_far": {
        "en": "how many more without any document of their article",
        "ar": "عدد أسئلة أخرى بلا أي مستند من مقالها",
    },
    "opt_seed": {"en": "which sample", "ar": "أي عيّنة"},
    "opt_articles": {
        "en": "ask about every second article only (one half to tune on, one to report)",
        "ar": "اسأل عن نصف المقالات وحده (نصف للضبط ونصف للنتائج)",
    },
    "opt_log": {
        "en": "write one JSON line per question; go on with it when it is there",
        "ar": "اكتب سطر JSON لكل سؤال، وأكمل السجل إن كان موجودًا",
    },
    "opt_keep": {
        "en": "keep the documents and their store in this folder, and use them again",
        "ar": "احفظ المستندات ومخزنها في هذا المجلد لتُستعمل من جديد",
    },
    "opt_at_once": {
        "en": "how many questions at once (times are not told then)",
        "ar": "عدد الأسئلة معًا في وقت واحد (ولا تُذكر الأزمنة عندئذ)",
    },
    "opt_host": {"en": "address to listen on", "ar": "عنوان الاستماع"},
    "opt_port": {"en": "port to listen on", "ar": "منفذ الاستماع"},
    "opt_open": {"en": "open the page in the browser", "ar": "افتح الصفحة في المتصفح"},
    "opt_samples": {
        "en": "take in the sample documents when the store is empty",
        "ar": "أدخِل مستندات المثال إن كان المخزن فارغًا",
    },
    "opt_log_json": {
        "en": "tell of each request, and of errors, as a line of JSON on standard error",
        "ar": "اكتب كل طلب وكل خلل سطرَ JSON على مخرج الأخطاء",
    },
    "opt_audit_questions": {
        "en": "write the text of questions into the audit log too",
        "ar": "اكتب نص الأسئلة أيضًا في سجل المراجعة",
    },
    "opt_since": {
        "en": "only what was done from then on (2026-11-01, or with a time)",
        "ar": "ما حدث منذ ذلك الحين وحده (2026-11-01، أو مع الساعة)",
    },
    "audit_empty": {"en": "Nothing is in the audit log.", "ar": "لا شيء في سجل المراجعة."},
    "audit_nobody": {"en": "(no login)", "ar": "(بلا تسجيل دخول)"},
    "opt_include": {
        "en": 'only files of folders like "*.pdf" or "drafts/*" (may be repeated)',
        "ar": 'من المجلدات ما يوافق نمطًا مثل "*.pdf" أو "drafts/*" وحده (يجوز تكراره)',
    },
    "opt_exclude": {
        "en": "no files of folders like that (may be repeated)",
        "ar": "اترك من المجلدات ما يوافق نمطًا كهذا (يجوز تكراره)",
    },
    "opt_strict": {
        "en": "leave out pages whose text looks wrong",
        "ar": "اترك الصفحات التي يبدو نصها خاطئًا",
    },
    "opt_keep_both": {
        "en": "a file that has changed becomes a new document; the older one stays",
        "ar": "يصبح الملف الذي تغيّر مستندًا جديدًا ويبقى الأقدم",
    },
    "opt_watch": {
        "en": "go on with every change in the folder, until Ctrl-C",
        "ar": "تابع كل تغيير في المجلد حتى Ctrl-C",
    },
    "opt_accept": {
        "en": "I have read and accept the model's terms",
        "ar": "قرأت شروط النموذج وأقبلها",
    },
    "arg_path": {"en": "file or folder", "ar": "ملف أو مجلد"},
    "arg_folder": {"en": "folder", "ar": "مجلد"},
    "arg_name": {"en": "name of a document, as `sanad list` shows it", "ar": "اسم مستند"},
    "arg_query": {"en": "what to search for", "ar": "ما يُبحث عنه"},
    "arg_question": {"en": "the question", "ar": "السؤال"},
    "arg_log": {
        "en": "file that `sanad eval answers --log` wrote",
        "ar": "ملف كتبه الأمر `sanad eval answers --log`",
    },
    "arg_model": {"en": "name of a model", "ar": "اسم نموذج"},
    "arg_llm": {
        "en": "name of a language model, or a GGUF file (else the one in force)",
        "ar": "اسم نموذج لغة أو ملف GGUF (وإلا فالمستعمل الآن)",
    },
    # results
    "added": {"en": "added", "ar": "أُضيف"},
    "changed": {"en": "changed", "ar": "تغيّر"},
    "renamed": {"en": "renamed", "ar": "تغيّر اسمه"},
    "unchanged": {"en": "unchanged", "ar": "بلا تغيير"},
    "removed": {"en": "removed", "ar": "حُذف"},
    "skipped": {"en": "skipped", "ar": "لا يُقرأ"},
    "failed": {"en": "failed", "ar": "تعذّر"},
    "warnings": {"en": "warnings", "ar": "تنبيهات"},
    "rebuilt": {"en": "rebuilt", "ar": "أُعيد بناؤه"},
    "and_more": {"en": "and {count} more", "ar": "وغيرها ({count})"},
    "nothing": {"en": "There was nothing to do.", "ar": "لم يكن هناك ما يُعمل."},
    "warnings_told": {
        "en": "The text of these may be wrong:",
        "ar": "قد يكون في نص هذه المستندات خطأ:",
    },
    "in_seconds": {"en": "in {seconds} s", "ar": "في {seconds} ث"},
    "watching": {
        "en": "Watching {folder} (Ctrl-C ends it)",
        "ar": "أراقب {folder} (للإنهاء Ctrl-C)",
    },
    "sound": {"en": "The store is sound.", "ar": "المخزن سليم."},
    "backup_made": {
        "en": "State {number} saved: documents {documents}, {size} MB; the file grew by "
        "{added} MB and holds {count} states.",
        "ar": "حُفظت الحالة {number}: المستندات {documents}، والحجم {size} ميغابايت؛ "
        "أُضيف إلى الملف {added} ميغابايت، وعدد الحالات فيه {count}.",
    },
    "backup_secret": {
        "en": "It holds all that the store holds, password hashes too, and documents that you "
        "remove later stay in its states: keep it as safe as the store.",
        "ar": "فيه كل ما في المخزن حتى بصمات كلمات السر، وما تحذفه من مستندات بعد اليوم "
        "يبقى في حالاته: صُنه كما تصون المخزن.",
    },
    "backup_head": {
        "en": "state\ttime\tdocuments\tMB",
        "ar": "الحالة\tالوقت\tالمستندات\tميغابايت",
    },
    "backup_empty": {"en": "It holds no state yet.", "ar": "لا حالات فيه بعد."},
    "backup_sound": {
        "en": "Every file of every state is as it was written.",
        "ar": "كل ملف في كل حالة كما كُتب.",
    },
    "restored": {
        "en": "The store in {folder} is as it was on {time}: state {number}, documents "
        "{documents}.",
        "ar": "المخزن في {folder} كما كان في {time}: الحالة {number}، والمستندات {documents}.",
    },
    "restored_people": {
        "en": "People, passwords and tokens are as they were then, too; everybody is logged out.",
        "ar": "والأشخاص وكلمات سرهم ورموزهم أيضًا كما كانوا حينها؛ وسُجّل خروج الجميع.",
    },
    "restore_stopped": {
        "en": "Stopped. Nothing was changed.",
        "ar": "أُوقف. لم يتغير شيء.",
    },
    "repair_kept": {"en": "Documents saved: {count}", "ar": "المستندات التي أُنقذت: {count}"},
    "repair_index": {
        "en": "The documents are whole; the search index was made again.",
        "ar": "المستندات سليمة، وأُعيد بناء فهرس البحث.",
    },
    "repair_header": {
        "en": "The beginning of the file was destroyed; the rest was read without it.",
        "ar": "تلفت بداية الملف، فقُرئ ما بعدها من دونها.",
    },
    "repair_again": {"en": "Add these again:", "ar": "أضف هذه من جديد:"},
    "repair_doubtful": {
        "en": "The text of these may be damaged; the next `add` or `sync` reads their files again:",
        "ar": "قد يكون نص هذه تالفًا، وسيقرأ `add` أو `sync` القادم ملفاتها من جديد:",
    },
    "repair_unnamed": {
        "en": "a document whose name is lost too",
        "ar": "مستند فُقد اسمه أيضًا",
    },
    "repair_aside": {
        "en": "The damaged file is kept as {path}; delete it when nothing is missing.",
        "ar": "الملف التالف محفوظ باسم {path}؛ احذفه حين لا ينقصك شيء.",
    },
    "no_documents": {
        "en": "There are no documents yet. Add some: sanad add FILE",
        "ar": "لا توجد مستندات بعد. أضف بعضها: sanad add FILE",
    },
    "list_head": {
        "en": "name\tlanguage\tpages\tpassages\tadded",
        "ar": "الاسم\tاللغة\tالصفحات\tالمقاطع\tأُضيف في",
    },
    "no_hits": {"en": "Nothing was found.", "ar": "لم يُعثر على شيء."},
    "page": {"en": "page {number}", "ar": "صفحة {number}"},
    "slide": {"en": "slide {number}", "ar": "شريحة {number}"},
    "sheet": {"en": "sheet {number}", "ar": "ورقة {number}"},
    "sources": {"en": "Sources", "ar": "المصادر"},
    "nearest": {"en": "Nearest:", "ar": "أقرب ما وُجد:"},
    "tells_no_odds": {
        "en": "The language model {model} does not tell how sure it is: "
        "only what searching finds is fitted.",
        "ar": "نموذج اللغة {model} لا يفصح عن مدى يقينه، فلا يُضبط إلا ما يجده البحث.",
    },
    "calibrated": {
        "en": "On the half of the articles that nothing was fitted on:",
        "ar": "على نصف المقالات الذي لم يُضبط عليه شيء:",
    },
    "calibration_head": {
        "en": "rule\tto keep\tkept\tsame article caught\tother article caught",
        "ar": "القاعدة\tالمطلوب قبوله\tقُبل\tرُدّ من المقال نفسه\tرُدّ من مقال آخر",
    },
    "calibration_written": {
        "en": "Written to {path}. Name it as `calibration` in the settings, or in "
        "SANAD_CALIBRATION.",
        "ar": "كُتب في {path}. اجعله `calibration` في الإعدادات، أو ضعه في SANAD_CALIBRATION.",
    },
    "serving": {
        "en": "Sanad answers at {url} (Ctrl-C stops it)",
        "ar": "سند يجيب على {url} (للإيقاف Ctrl-C)",
    },
    "samples_in": {
        "en": "The store is empty: taking in the sample documents.",
        "ar": "المخزن فارغ: تُدخل مستندات المثال.",
    },
    "model_here": {"en": "here: {path}", "ar": "موجود: {path}"},
    "comma": {"en": ", ", "ar": "، "},
    "model_embedding": {"en": "for searching", "ar": "للبحث"},
    "model_language": {"en": "for answering", "ar": "للإجابة"},
    "model_memory": {
        "en": "wants {memory} GB of memory and {cores} cores",
        "ar": "يحتاج إلى ذاكرة {memory} غ.ب وأنوية عددها {cores}",
    },
    "model_absent_unmeasured": {
        "en": "not here (its size is known once it is asked for): sanad models pull {name}",
        "ar": "غير موجود (يُعرف حجمه عند طلبه): sanad models pull {name}",
    },
    "machine": {
        "en": "Memory of this machine: {memory} GB, cores: {cores}",
        "ar": "ذاكرة هذا الجهاز {memory} غ.ب، وعدد أنويته {cores}",
    },
    "model_recommended": {
        "en": "For better answers on it: {name}",
        "ar": "لإجابات أفضل عليه: {name}",
    },
    "model_pull_and_use": {
        "en": "Run `sanad models pull {name}`, then answer with `--llm {name}`, with "
        "SANAD_LLM={name}, or choose it in Settings.",
        "ar": "نفّذ `sanad models pull {name}`، ثم أجب به بالخيار `--llm {name}` "
        "أو بالمتغير SANAD_LLM={name} أو اختره في الإعدادات.",
    },
    "model_use": {
        "en": "Answer with `--llm {name}`, with SANAD_LLM={name}, or choose it in Settings.",
        "ar": "أجب به بالخيار `--llm {name}` أو بالمتغير SANAD_LLM={name} أو اختره في الإعدادات.",
    },
    "model_absent": {
        "en": "not here ({size} MB): sanad models pull {name}",
        "ar": "غير موجود ({size} م.ب): sanad models pull {name}",
    },
    "trial_head": {"en": "can it …\tright\t", "ar": "هل يُحسن …\tأصاب\t"},
    "trial_right": {"en": "{right} of {count}", "ar": "{right} من {count}"},
    "trial_can": {"en": "yes", "ar": "نعم"},
    "trial_cannot": {"en": "no", "ar": "لا"},
    "trial_kept": {
        "en": "Kept in the store: answers are asked of the model accordingly.",
        "ar": "حُفظت النتيجة في المخزن، ويُسأل النموذج على قدر ما يُحسن.",
    },
    "sample_twice": {
        "en": "give --sample, or --answerable and --unanswerable",
        "ar": "أعطِ ‎--sample أو ‎--answerable و‎--unanswerable",
    },
    "compare_head": {
        "en": "metric\tn\tA\tB\tbetter\tworse\tp",
        "ar": "المقياس\tالعدد\tA\tB\tأحسن\tأسوأ\tp",
    },
    "compared": {
        "en": "Questions in both logs: {count}",
        "ar": "الأسئلة التي في السجلين: {count}",
    },
    "changed_answers": {
        "en": "Questions that changed: {count}",
        "ar": "الأسئلة التي تغيّرت: {count}",
    },
    "gold": {"en": "gold", "ar": "الصواب"},
    "better": {"en": "better", "ar": "أحسن"},
    "worse": {"en": "worse", "ar": "أسوأ"},
    "stopped": {
        "en": "Stopped. What was finished is kept; the same command goes on from there.",
        "ar": "أُوقف. ما اكتمل محفوظ، والأمر نفسه يُكمل من هناك.",
    },
    # progress
    "stage_backup": {"en": "saving", "ar": "حفظ"},
    "stage_restore": {"en": "restoring", "ar": "استعادة"},
    "stage_check": {"en": "checking", "ar": "تحقق"},
    "stage_files": {"en": "files", "ar": "ملفات"},
    "stage_embedding": {"en": "embedding", "ar": "تضمين"},
    "stage_rebuild": {"en": "rebuilding", "ar": "إعادة بناء"},
    "stage_evaluation": {"en": "asking", "ar": "طرح الأسئلة"},
    "stage_trial": {"en": "trying the model", "ar": "تجربة النموذج"},
    "stage_download": {"en": "fetching", "ar": "جلب"},
    "stage_verify": {"en": "checking", "ar": "تحقق"},
    "stage_convert": {"en": "converting", "ar": "تحويل"},
    "stage_unpack": {"en": "unpacking", "ar": "فك"},
    "unit_files": {"en": "files", "ar": "ملف"},
    "unit_texts": {"en": "texts", "ar": "نص"},
    "unit_documents": {"en": "documents", "ar": "مستند"},
    "unit_tasks": {"en": "tasks", "ar": "مهمة"},
    "unit_questions": {"en": "questions", "ar": "سؤال"},
}


def language() -> Language:
    """The language of the terminal."""
    for name in ("SANAD_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "ar" if value.lower().startswith("ar") else "en"
    return "en"


def text(key: str, **fields: object) -> str:
    """The text of that key in the terminal's language."""
    return TEXTS[key][language()].format(**fields)


def whole(words: str) -> str:
    """A name or a quotation that keeps its own direction where the terminal speaks Arabic."""
    return isolated(visible(words)) if language() == "ar" else visible(words)
