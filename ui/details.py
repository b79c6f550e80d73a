"""What readers and downloads say in English, in Arabic: the details inside of error messages."""

from __future__ import annotations

import re
from functools import cache

from ui.isolation import isolated

# A name in braces stands for whatever the reader puts there.
_ARABIC = {
    # what a file is instead of what its name says
    "a PDF": "ملف PDF",
    "a PNG picture": "صورة PNG",
    "a JPEG picture": "صورة JPEG",
    "a GIF picture": "صورة GIF",
    "no picture that can be read": "ملف ليس صورة يمكن قراءتها",
    "a Word document": "مستند Word",
    "a PowerPoint presentation": "عرض PowerPoint",
    "an Excel workbook": "مصنف Excel",
    "a binary Excel workbook (.xlsb)": "مصنف Excel ثنائي (.xlsb)",
    "an old Office document": "مستند Office بصيغة قديمة",
    "an old Word document (.doc)": "مستند Word بصيغة قديمة (.doc)",
    "an old PowerPoint presentation (.ppt)": "عرض PowerPoint بصيغة قديمة (.ppt)",
    "an old Excel workbook (.xls)": "مصنف Excel بصيغة قديمة (.xls)",
    "an Outlook message (.msg)": "رسالة Outlook (.msg)",
    "an EPUB book": "كتاب EPUB",
    "an OpenDocument text": "نص OpenDocument",
    "an OpenDocument spreadsheet": "جدول OpenDocument",
    "an OpenDocument presentation": "عرض OpenDocument",
    "an RTF document": "مستند RTF",
    "a web page or XML": "صفحة ويب أو XML",
    "plain text": "نص مجرد",
    "a ZIP archive": "أرشيف ZIP",
    "a ZIP archive or an Office document": "أرشيف ZIP أو مستند Office",
    "a gzip archive": "أرشيف gzip",
    "a 7z archive": "أرشيف 7z",
    "a RAR archive": "أرشيف RAR",
    "binary data, not text": "بيانات ثنائية لا نص",
    "a database": "قاعدة بيانات",
    "a program": "برنامج",
    # what is wrong with a name
    "it is empty": "هو فارغ",
    "it is longer than {count} characters": "يزيد طوله على {count} حرف",
    "it holds a control or direction character, or begins or ends with a space": (
        "فيه حرف تحكم أو اتجاه، أو يبدأ أو ينتهي بمسافة"
    ),
    # what is wrong with it
    "it is a folder": "هو مجلد",
    "it is not an ordinary file": "ليس ملفًا عاديًّا",
    "its name is not UTF-8; rename it": "اسمه ليس بترميز UTF-8؛ غيّر اسمه",
    "it is cut off or broken": "هو مبتور أو معطوب",
    "it is cut off or no PDF": "هو مبتور أو ليس ملف PDF",
    "none of its pages can be opened": "لا تُفتح أي صفحة من صفحاته",
    "its main part is missing": "جزؤه الرئيس مفقود",
    "its chapters are missing": "فصوله مفقودة",
    "its part {part} is missing": "الجزء {part} منه مفقود",
    "its part {part} is not whole": "الجزء {part} منه ناقص",
    "its part {part} cannot be read": "تعذّرت قراءة الجزء {part} منه",
    "it does not begin as rich text does": "لا يبدأ كما تبدأ ملفات RTF",
    "it does not begin as a file of its kind does": "لا يبدأ كما تبدأ الملفات من نوعه",
    "it is packed in an unusual way": "هو مضغوط بطريقة غير مألوفة",
    "it is no table": "ليس جدولًا",
    "line {line} is not JSON": "السطر {line} ليس JSON",
    "it unpacks to over {count} million pixels": "تزيد الصورة فيه على {count} مليون بكسل",
    "the picture breaks off or contradicts itself": "الصورة مبتورة أو معطوبة",
    "tesseract could not be started": "تعذّر تشغيل Tesseract",
    "tesseract gave up on the picture": "لم يستطع Tesseract قراءة الصورة",
    "the reader failed on it ({reason})": "تعطّل القارئ عنده ({reason})",
    "reading was stopped": "أُوقفت القراءة",
    # why it was not opened
    "it is nested without end": "أجزاؤه متداخلة بلا نهاية",
    "it is nested too deep": "أجزاؤه متداخلة أعمق من الحد",
    "it has over {count} parts": "فيه أكثر من {count} جزء",
    "unpacked, it would fill the machine": "لو فُك ضغطه لملأ الجهاز",
    "a part of it wants to be written elsewhere": "فيه جزء يريد أن يُكتب في مكان آخر",
    "its part {part} has entities of its own": "الجزء {part} منه يعرّف كيانات خاصة به",
    "its part {part} has a document type or entities of its own": (
        "الجزء {part} منه يعرّف نوع مستند أو كيانات خاصة به"
    ),
    # why a folder is not watched
    "its full path is needed": "يلزم مساره كاملًا",
    "it does not exist": "لا وجود له",
    "it is not a folder": "ليس مجلدًا",
    "it belongs to the system": "هو من مجلدات النظام",
    "documents are kept there": "هو من مجلدات المخزن",
    "it is watched already": "هو مراقَب من قبل",
    "it lies in {other}, which is watched": "هو داخل {other}، وذاك مراقَب",
    "{other}, which is watched, lies in it": "في داخله {other}، وذاك مراقَب",
    "{count} folders are watched already, the most there may be": (
        "يُراقَب {count} مجلد، وهذا هو الحد"
    ),
    "it is not there": "ليس في مكانه",
    "its drive is not connected": "قرصه غير موصول",
    # what the system says
    "permission denied": "لا إذن بقراءته",
    "input/output error": "خطأ في القرص",
    "no space left on device": "امتلأ القرص",
    "No space left on device": "امتلأ القرص",
    "Permission denied": "لا إذن بالكتابة فيه",
    "Read-only file system": "القرص للقراءة فقط",
    # why a model did not come
    "the package index does not answer ({reason})": "فهرس الحزم لا يجيب ({reason})",
    "No matching distribution found for {wheel}": "لا وجود للحزمة {wheel} في فهرس الحزم",
    "no reason was given": "بلا سبب معلن",
    "{repository} on the hub holds no {file}": "لا يوجد {file} في {repository} في المستودع",
    "the hub does not answer ({reason})": "المستودع لا يجيب ({reason})",
    "the hub answers with status {status}": "أجاب المستودع بالحالة {status}",
    "the hub's address cannot be used; check HF_ENDPOINT": (
        "لا يمكن استعمال عنوان المستودع؛ تحقق من HF_ENDPOINT"
    ),
    "the proxy that is set cannot be used": "لا يمكن استعمال الوسيط المضبوط",
    "the hub answers with another part than it was asked for": "أجاب المستودع بجزء غير المطلوب",
    "what was there of the file did not fit the one on the hub": (
        "لم يوافق ما كان موجودًا من الملف ما في المستودع"
    ),
    "the hub does not tell how large {file} is": "لا يذكر المستودع حجم {file}",
    "{file} on the hub has another size than it should": "حجم {file} في المستودع غير المتوقع",
    "{file} on the hub is larger than it should be": "{file} في المستودع أكبر مما ينبغي",
    "it ends too early": "ينتهي الملف قبل تمامه",
    "{wheel} holds no {file}": "لا يوجد {file} في {wheel}",
    "{file} in {wheel} is larger than it should be": "{file} في {wheel} أكبر مما ينبغي",
    "File is not a zip file": "الملف المجلوب ليس أرشيفًا",
    # what an endpoint did instead of answering
    "it reports an error: {message}": "يبلّغ عن خطأ: {message}",
    "it answers with status {status}: {message}": "أجاب بالحالة {status}: {message}",
    "it answers with status {status}": "أجاب بالحالة {status}",
    "it sent a web page instead of a reply": "أرسل صفحة ويب بدل الجواب",
    "it sent an empty reply": "أرسل جوابًا فارغًا",
    "it sent what is not JSON": "أرسل ما ليس JSON",
    "it sent JSON that is no reply of a chat": "أرسل JSON ليس جواب محادثة",
    "its stream holds no reply": "لا جواب في ما أرسله",
    "its reply is over {count} MB long": "جوابه أطول من {count} ميغابايت",
    "its connection broke off in the middle of its reply": "انقطع الاتصال به في أثناء جوابه",
    "its reply took over {seconds} seconds": "استغرق جوابه أكثر من {seconds} ثانية",
    "it fell silent for {seconds} seconds in the middle of its reply": (
        "سكت {seconds} ثانية في أثناء جوابه"
    ),
    "it said nothing for {seconds} seconds": "لم يقل شيئًا خلال {seconds} ثانية",
    "its address is one that no model is asked at": "عنوانه من العناوين التي لا يُسأل فيها نموذج",
    "nobody waits for its reply": "لم يعد أحد ينتظر جوابه",
    "nothing answers at its address": "لا شيء يجيب في عنوانه",
    "the proxy does not let it through ({reason})": "لا يسمح الوسيط بالوصول إليه ({reason})",
    "such a proxy cannot be used; give one that begins with http://": (
        "لا يمكن استعمال وسيط كهذا؛ أعطِ وسيطًا يبدأ عنوانه بـ http://"
    ),
    # of filters
    "{key} is not known of documents": "{key} ليس مما يُعرف عن المستندات",
    # of evaluations
    "a file in a folder that is there is needed": "يلزم ملف في مجلد موجود",
    # of people and servers
    "{least} to {most} characters are needed": "يلزم من {least} إلى {most} حرف",
    "the second one is another; try again": "الثانية غير الأولى؛ أعد المحاولة",
    "{url} is no address; write it as https://sanad.example.org/path": (
        "ليس {url} عنوانًا؛ اكتبه هكذا: https://sanad.example.org/path"
    ),
    # of stores and their backups
    "there is no such folder": "لا وجود لهذا المجلد",
    "there is no store in it": "لا مخزن فيه",
    "it holds other things, and no store; name another folder with --store": (
        "فيه أشياء أخرى ولا مخزن؛ سمِّ مجلدًا آخر بالخيار ‎--store"
    ),
    "a restore was cut off and cannot be finished": "انقطعت استعادة فيه وتعذّر إتمامها",
    "its tables are not those of a backup": "جداولها ليست جداول نسخة احتياطية",
    "a state in it is not as it was written": "حالة فيها ليست كما كُتبت",
    "a block in it is not as it was written": "قطعة فيها ليست كما كُتبت",
    "what it says cannot be": "ما تقوله غير ممكن",
    "{file} in it is not as it was written": "الملف {file} فيها ليس كما كُتب",
    "{file} in it is no file of a store": "الملف {file} فيها ليس من ملفات مخزن",
    "{file} in it is no sound database": "الملف {file} فيها ليس قاعدة بيانات سليمة",
    # of questions
    "it is empty; type some words": "هو فارغ؛ اكتب بعض الكلمات",
    "it is longer than {limit} characters; shorten it": "هو أطول من {limit} حرف؛ اختصره",
}


def in_arabic(detail: str) -> str:
    """The Arabic for a detail of an error; the detail itself where there is none."""
    known = _ARABIC.get(detail)
    if known is not None:
        return known
    for pattern, arabic in _patterns():
        match = pattern.fullmatch(detail)
        if match is not None:
            parts = {name: isolated(part) for name, part in match.groupdict().items()}
            return arabic.format(**parts)
    return detail


_PLACE = re.compile(r"\\{(\w+)\\}")


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(english))), arabic)
        for english, arabic in _ARABIC.items()
        if "{" in english
    ]
