"""What went wrong, and what may be wrong, as people read it: errors and warnings in both languages.

English is what `index` and `rag` say themselves; Arabic has a template for every kind of error
and warning, and the details that readers give most.
"""

from __future__ import annotations

import re

from index import Language, ReadWarning, SanadError, errors
from index.types import WarningKind, page_ranges
from rag import errors as rag_errors
from ui.details import in_arabic
from ui.errors import ChoiceRefused, TooManyQuestions, TooManyRequests
from ui.evaluation.errors import EvaluationInvalid
from ui.formats import Unit, formats_text, unit_of
from ui.isolation import isolated, visible
from ui.people import errors as people_errors
from ui.strings import LANGUAGES

_ERRORS_AR: dict[type[SanadError], str] = {
    SanadError: "حدث خلل: {detail}",
    errors.ReadError: "تعذّرت قراءة {path}: {detail}. افحص الملف ثم أضفه من جديد.",
    errors.FileMissing: "لا وجود لـ {path}. تحقق من المسار.",
    errors.FormatUnknown: "صيغة {path} غير مقروءة. أعطِ إحدى هذه الصيغ: {known}.",
    errors.FileEmpty: "لا نص في {path}. أضف ملفًا فيه نص.",
    errors.FileTooLarge: (
        "حجم {path} هو {size} ميغابايت والحد {limit} ميغابايت. قسّمه وأضف أجزاءه."
    ),
    errors.TextTooLong: (
        "في {path} أكثر من {limit} حرف من النص. قسّمه وأضف أجزاءه، "
        "أو ارفع الحد بالمتغير SANAD_FILE_CHARACTERS."
    ),
    errors.EncodingUnknown: (
        "{path} ليس نصًّا بترميز UTF-8 (البايت {byte}). احفظه بترميز UTF-8 ثم أضفه من جديد."
    ),
    errors.FileLocked: "{path} محمي بكلمة سر. احفظ نسخة منه بلا كلمة سر وأضفها.",
    errors.FileDamaged: "{path} تالف: {detail}. احصل عليه أو احفظه من جديد ثم أضفه.",
    errors.FileDisguised: "{path} ليس كما يقول اسمه، بل هو {found}. صحّح اسمه أو حوّل صيغته.",
    errors.FileUnsafe: "لم يُفتح {path}: {detail}. لا تُضفه إلا إن كنت أنت من صنعه.",
    errors.ReadingTooLong: (
        "أُوقفت قراءة {path}: استغرقت خطوة منها أكثر من {seconds} ثانية. احفظه بصيغة أخرى أو قسّمه."
    ),
    errors.ReadingTooLarge: (
        "أُوقفت قراءة {path}: تحتاج إلى أكثر من {limit} ميغابايت من الذاكرة. "
        "احفظه بصيغة أخرى أو قسّمه."
    ),
    errors.ReadingCrashed: (
        "أُوقفت قراءة {path}: تعطّل قارئه. احفظه بصيغة أخرى ثم أضف النسخة الجديدة."
    ),
    errors.FileDoubtful: "تُرك {path} لأن نصه يبدو خاطئًا. أضفه بلا ‎--strict للإبقاء عليه.",
    errors.OcrMissing: (
        "{path} صورة، وقراءة الصور تحتاج إلى برنامج Tesseract بالعربية والإنجليزية. "
        "ثبّت tesseract-ocr وtesseract-ocr-ara ثم أضفه من جديد."
    ),
    errors.NameInvalid: "لا يصلح {path} اسمًا لمستند: {detail}. أعطِ النص اسمًا آخر.",
    errors.NameTaken: (
        "{path} اسم مستند آخر، ولا يُستبدل به. أعطِ النص اسمًا آخر، أو احذف ذلك المستند أولًا."
    ),
    errors.NoFile: (
        "لا ملف للمستند {path} تُعاد قراءته، لأن نصه أُعطي مباشرة. أعطِ النص من جديد إن تغيّر."
    ),
    errors.DocumentMissing: "لا مستند باسم {name}. يعرض الأمر `sanad list` الأسماء.",
    errors.CollectionMissing: "لا مجموعة باسم {name}. يعرض الأمر `sanad collections` الأسماء.",
    errors.CollectionInvalid: (
        "لا يصلح {name} اسمًا لمجموعة. استعمل حروفًا وأرقامًا، وبينها مسافات أو - _ .، "
        "على ألا يزيد على {limit}."
    ),
    errors.FolderRefused: "لا يمكن تتبّع {path}: {detail}. اختر مجلدًا آخر.",
    errors.FolderUnknown: ("لا مجلد مراقَبًا بالمعرّف {id}. تجد المعرّفات في قائمة المجلدات المراقَبة."),
    errors.FolderUnreachable: (
        "تعذّر الوصول إلى {path}: {detail}. تبقى مستنداته، وتُستأنف مراقبته حالما يعود."
    ),
    errors.StoreError: "تعذّر استعمال المخزن في {path}: {detail}.",
    errors.StoreDamaged: (
        "المخزن في {path} تالف: {detail}. يبيّن الأمر `sanad verify` موضع التلف، "
        "وينقذ الأمر `sanad repair` ما يمكن قراءته."
    ),
    errors.StoreNewer: "المخزن في {path} من إصدار أحدث من سند. حدّث سند.",
    errors.StoreBusy: "برنامج آخر يكتب في المخزن {path}. أعد المحاولة حين ينتهي.",
    errors.StoreFull: (
        "امتلأ القرص الذي فيه المخزن {path}. ما اكتمل محفوظ. أفرغ بعض المساحة هناك "
        "(وحذف مستندات يُفرغ منها أيضًا) ثم أعد المحاولة."
    ),
    errors.StoreReadOnly: (
        "لا يمكن تغيير المخزن في {path} لأن ملفاته أو مجلده للقراءة فقط. "
        "وما زال عرض المستندات والبحث فيها وسؤالها ممكنًا."
    ),
    errors.StoreInUse: (
        "المخزن في {path} مستعمل الآن، يفتحه خادم أو أمر آخر. أوقفه ثم أعد الاستعادة. لم يتغير شيء."
    ),
    errors.StoreRestoring: "المخزن في {path} قيد الاستعادة. أعد المحاولة حين تنتهي.",
    errors.StorePresent: (
        "في {path} ملفات. أضف ‎--replace لتحل النسخة الاحتياطية محل المخزن الذي هناك، "
        "أو سمِّ مجلدًا آخر بالخيار ‎--store."
    ),
    errors.RestoreNoRoom: (
        "تحتاج الاستعادة إلى مساحة في {path} قدرها {size} ميغابايت، والمتاح هناك {free} ميغابايت. "
        "أفرغ بعض المساحة، أو سمِّ مجلدًا على قرص آخر بالخيار ‎--store. لم يتغير شيء."
    ),
    errors.IndexUnsaved: (
        "المستندات في المخزن، لكن تعذّرت كتابة فهرس البحث في {path}: {detail}. "
        "سيُبنى الفهرس عند كل بدء إلى أن تمكن كتابته."
    ),
    errors.ModelMismatch: (
        "بُني المخزن في {path} بالنموذج {stored}، والمضبوط الآن {wanted}. "
        "أعد ضبط {stored}، أو نفّذ `sanad rebuild` ليصير المخزن على {wanted}."
    ),
    errors.BackupError: "تعذّر استعمال النسخة الاحتياطية {path}: {detail}.",
    errors.BackupMissing: "لا نسخة احتياطية في {path}. تحقق من المسار.",
    errors.BackupUnknown: (
        "{path} ليس نسخة احتياطية من سند. سمِّ ملفًا أنشأه الأمر `sanad backup`، أو ملفًا غير موجود."
    ),
    errors.BackupNewer: "كتب النسخةَ الاحتياطية {path} إصدارٌ أحدث من سند. حدّث سند.",
    errors.BackupDamaged: (
        "النسخة الاحتياطية {path} تالفة: {detail}. خذ نسخة أخرى من الملف، "
        "أو حالة أخرى منه بالخيار ‎--at."
    ),
    errors.BackupBusy: "تُكتب الآن نسخة احتياطية أخرى في {path}. أعد المحاولة حين تنتهي.",
    errors.BackupFull: (
        "امتلأ القرص الذي فيه النسخة الاحتياطية {path}. ما كان فيها محفوظ. "
        "أفرغ بعض المساحة هناك، أو سمِّ ملفًا على قرص آخر."
    ),
    errors.BackupInside: (
        "يقع {path} داخل مجلد المخزن. سمِّ ملفًا خارجه، والأفضل أن يكون على قرص آخر."
    ),
    errors.StateMissing: (
        "لا توجد الحالة {wanted} في النسخة الاحتياطية {path}. "
        "يعرض الأمر `sanad backup --list {path}` ما فيها."
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
    errors.ModelNoRoom: (
        "يحتاج {name} إلى مساحة في {path} قدرها {size} ميغابايت، والمتاح هناك {free} ميغابايت. "
        "أفرغ بعض المساحة، أو اجعل SANAD_CACHE مجلدًا على قرص آخر، ثم نفّذ "
        "`sanad models pull {name}` من جديد."
    ),
    errors.ModelNotLoaded: (
        "تعذّر تحميل النموذج {name}: الملف {file} تالف، أو من نوع لا يعمل هنا، "
        "أو أكبر من ذاكرة هذا الجهاز. اختر نموذجًا آخر."
    ),
    errors.ModelUnreachable: (
        "تعذّر جلب {name}: {detail}. تحقق من الاتصال ثم نفّذ `sanad models pull {name}` من جديد؛ "
        "ما اكتمل من الأجزاء محفوظ."
    ),
    errors.QuestionInvalid: "لا يمكن طرح السؤال: {detail}.",
    people_errors.PersonMissing: "لا أحد باسم {name}. يعرض الأمر `sanad users list` الأسماء.",
    people_errors.PersonExists: ("{name} موجود. غيّر ما يحق له بالأمر `sanad users role {name}`."),
    people_errors.PersonNameInvalid: (
        "لا يصلح {name} اسمًا لشخص هنا: يلزم من حرف ظاهر واحد إلى {limit}."
    ),
    people_errors.PasswordInvalid: "لا تُقبل كلمة السر هذه: {detail}.",
    people_errors.PeopleNeeded: (
        "كل من يصل إلى {host} يستطيع قراءة المستندات وإضافتها وحذفها، فلا أحد يُسأل عن هويته بعد. "
        "أضف شخصًا أولًا بالأمر `sanad users add NAME`، أو اقبل ذلك بالخيار ‎--insecure."
    ),
    rag_errors.SettingInvalid: "الإعداد {setting} غير صالح: {detail}.",
    rag_errors.FilterInvalid: (
        "لا يمكن استعمال المرشِّح: {detail}. تُرشَّح المستندات بحسب document وlanguage وadded وpages."
    ),
    rag_errors.AnswerFailed: (
        "لم يُجب نموذج اللغة {model}: {detail}. تحقق من إعداداته وأعد المحاولة."
    ),
    TooManyRequests: "طلباتك كثيرة. أعد المحاولة بعد {seconds} ثانية.",
    TooManyQuestions: (
        "لك أسئلة تنتظر أجوبتها بلغت الحد المسموح به معًا ({count}). اسأل من جديد حين يُجاب عن أحدها."
    ),
    EvaluationInvalid: "لا يمكن للتقويم استعمال {path}: {detail}.",
}

_WARNINGS_AR: dict[WarningKind, str] = {
    "letters": (
        "تبدو الحروف خاطئة، كأن الملف يسمّيها بغير أسمائها. "
        "قارن النص بالأصل، أو أضف صورة ممسوحة منه."
    ),
    "order": ("تبدو الحروف أو الكلمات معكوسة. قارن النص بالأصل، أو أضف صورة ممسوحة منه."),
    "spacing": ("تبدو الكلمات مقطّعة أو متلاصقة. قارن النص بالأصل، أو أضف صورة ممسوحة منه."),
    "unmapped": ("بعض الرموز لا معنى لها في الملف. قارن النص بالأصل، أو أضف صورة ممسوحة منه."),
    "no_text": "لم يُعثر على نص، بل على صورة فقط.",
    "ocr_missing": (
        "لا توجد سوى صورة، وقراءتها تحتاج إلى برنامج Tesseract بالعربية والإنجليزية. "
        "ثبّت tesseract-ocr وtesseract-ocr-ara ثم أضف الملف من جديد."
    ),
    "ocr_doubtful": (
        "قُرئ النص من صورة تصعب قراءتها. قارنه بالأصل، "
        "أو امسح الأصل من جديد بدقة 300 نقطة في البوصة."
    ),
    "ocr_numbers": (
        "قُرئ النص من صورة، وقد تكون أرقامه خاطئة لأن الأرقام العربية المشرقية كثيرًا ما تُقرأ خطأ. "
        "قارنها بالأصل."
    ),
    "left_out": "تُرك النص لأنه يبدو خاطئًا. أضف الملف بلا ‎--strict للإبقاء عليه.",
    "partial": "لم يُقرأ كل ما في الملف: جزء منه تالف أو أطول من الحد. قارنه بالأصل أو قسّمه.",
    "formula": (
        "بعض الصيغ بلا نتيجة محفوظة، فبقيت كما كُتبت. "
        "افتح الملف في برنامج جداول واحفظه فيه ثم أضفه من جديد."
    ),
    "attachment": "مرفقات تعذّرت قراءتها: {names}. احفظها في ملفات وتحقق منها.",
    "form_unread": (
        "هذا نموذج XFA لا تعرض حقوله إلا برامج قليلة، فلم تُقرأ. "
        "افتحه في Adobe Reader واطبعه إلى ملف PDF جديد ثم أضف هذا الملف."
    ),
}

_UNITS: dict[Language, dict[Unit, tuple[str, str]]] = {
    "en": {
        "page": ("Page", "Pages"),
        "slide": ("Slide", "Slides"),
        "sheet": ("Sheet", "Sheets"),
    },
    "ar": {
        "page": ("الصفحة", "الصفحات"),
        "slide": ("الشريحة", "الشرائح"),
        "sheet": ("الورقة", "الأوراق"),
    },
}
_NAMES = frozenset({"path", "name", "file", "model"})
"""Fields of errors that hold what a person called something."""
_WORD_BEGINS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WHOLE: dict[Language, str] = {"en": "The document", "ar": "المستند"}


def error_text(error: SanadError, language: Language) -> str:
    """One line that says what to do; English is `str(error)`.

    A class without an Arabic template of its own speaks as its nearest ancestor.
    """
    if isinstance(error, ChoiceRefused):
        return error.in_language(language)
    fields = dict(error.fields)
    if isinstance(error, errors.FormatUnknown):  # families of formats, not every extension
        fields["known"] = formats_text(language)
    told = {name: visible(str(value)) for name, value in fields.items()}
    if language == "en":
        return error.template.format(**told)
    arabic = {
        # A file may be called like one of our phrases: names are never translated.
        name: isolated(value if name in _NAMES else in_arabic(value))
        for name, value in told.items()
    }
    for kind in type(error).__mro__:
        template = _ERRORS_AR.get(kind)
        if template is not None:
            try:
                return template.format(**arabic)
            except KeyError:  # an ancestor's template may ask for a field that this one lacks
                continue
    return str(error)


def code_of(error: SanadError) -> str:
    """A stable name for programs: that of the error's class, in snake_case."""
    name = next(kind.__name__ for kind in type(error).__mro__ if not kind.__name__.startswith("_"))
    return _WORD_BEGINS.sub("_", name).lower()


def warning_text(warning: ReadWarning, document: str, language: Language) -> str:
    """One line: which pages of the document, what may be wrong, and what to do."""
    advice = warning.advice
    if language == "ar":
        names = "، ".join(map(isolated, warning.names))
        advice = _WARNINGS_AR[warning.kind].format(names=names)
    if not warning.pages:
        return f"{_WHOLE[language]}: {advice}"
    one, many = _UNITS[language][unit_of(document)]
    unit = one if len(warning.pages) == 1 else many
    ranges = page_ranges(warning.pages)
    if language == "ar":
        ranges = "، ".join(isolated(run) for run in ranges.split(", "))
    return f"{unit} {ranges}: {advice}"


def error_in_all_languages(error: SanadError) -> dict[Language, str]:
    """The error as a page shows it, whichever language it is switched to."""
    return {language: error_text(error, language) for language in LANGUAGES}


def warning_in_all_languages(warning: ReadWarning, document: str) -> dict[Language, str]:
    """The same for a warning."""
    return {language: warning_text(warning, document, language) for language in LANGUAGES}
