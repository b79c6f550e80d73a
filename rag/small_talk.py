"""Greetings, thanks and questions about Sanad itself: answered without looking into documents.

A message is small talk only when all of it is: it is taken apart into known phrases, and one
word left over makes it a question to search for. So "Hello, how many days of leave do I get?"
is a question, and nothing about the documents is ever swallowed.
"""

from __future__ import annotations

import re
from functools import lru_cache

from index import Language
from index.keywords import normalise

_LONGEST = 120  # characters; no one says hello at greater length

# What each kind of message is answered; the first kind of this table that a message holds counts,
# so "hello, who are you?" is answered with who. All wording is here.
_REPLIES: dict[str, dict[Language, str]] = {
    "private": {
        "en": (
            "Your documents, questions and answers stay on the machine that I run on. Only if you "
            "chose a language model elsewhere does that model read your question and the passages "
            "found for it."
        ),
        "ar": (
            "تبقى مستنداتك وأسئلتك وأجوبتها على الجهاز الذي أعمل عليه. فقط إذا اخترت نموذجاً لغوياً "
            "في مكان آخر يقرأ ذلك النموذج سؤالك والمقاطع التي وُجدت له."
        ),
    },
    "offline": {
        "en": (
            "I need no internet to answer: I work offline. Only fetching the models, once, "
            "needs a connection, or a language model elsewhere if you have chosen one."
        ),
        "ar": (
            "لا أحتاج إلى الإنترنت للإجابة، فأنا أعمل دون اتصال. لا يلزم الاتصال إلا لجلب النماذج "
            "مرة واحدة، أو إذا اخترت نموذجاً لغوياً في مكان آخر."
        ),
    },
    "languages": {
        "en": (
            "I understand Arabic and English, in questions and in documents, and answer in the "
            "language of your question. You can also ask for the other one: “answer in Arabic”."
        ),
        "ar": (
            "أفهم العربية والإنجليزية، في الأسئلة وفي المستندات، وأجيب بلغة سؤالك. ويمكنك أن تطلب "
            "اللغة الأخرى: «أجب بالإنجليزية»."
        ),
    },
    "working": {
        "en": (
            "I search your documents for the passages that answer your question, write a short "
            "answer from them, and tie its sentences to the source they rest on. When the answer "
            "is not there, I say so."
        ),
        "ar": (
            "أبحث في مستنداتك عن المقاطع التي تجيب عن سؤالك، وأكتب منها جواباً قصيراً، وأربط جمله "
            "بالمصدر الذي تستند إليه. وإذا لم يكن الجواب فيها قلت ذلك."
        ),
    },
    "able": {
        "en": (
            "Ask me anything that your documents answer, in English or Arabic. I answer from them "
            "alone, show the sentence of the source that each statement rests on, and say so when "
            "the answer is not there."
        ),
        "ar": (
            "اسألني عن كل ما تجيب عنه مستنداتك، بالعربية أو بالإنجليزية. أجيب منها وحدها، وأُظهر "
            "جملة المصدر التي يستند إليها كل قول، وأقول لك إذا لم أجد الجواب فيها."
        ),
    },
    "who": {
        "en": (
            "I am Sanad, a program that answers questions about your own documents, in Arabic or "
            "English. I name the source of what I say, work offline, and say so when the answer is "
            "not in the documents."
        ),
        "ar": (
            "أنا سند، برنامج يجيب عن الأسئلة حول مستنداتك بالعربية أو بالإنجليزية. أذكر مصدر ما "
            "أقوله، وأعمل دون اتصال بالإنترنت، وأقول لك إذا لم يكن الجواب في المستندات."
        ),
    },
    "how are you": {
        "en": "I am well, thank you. What would you like to know from your documents?",
        "ar": "بخير، شكراً لك. ماذا تود أن تعرف من مستنداتك؟",
    },
    "thanks": {
        "en": "You are welcome! Ask me again whenever you like.",
        "ar": "عفواً! اسألني متى شئت.",
    },
    "good night": {"en": "Good night!", "ar": "تصبح على خير!"},
    "bye": {"en": "Goodbye, see you soon!", "ar": "مع السلامة، إلى اللقاء!"},
    "salam": {
        "en": "Wa alaikum assalam! What would you like to know from your documents?",
        "ar": "وعليكم السلام ورحمة الله وبركاته! ماذا تود أن تعرف من مستنداتك؟",
    },
    "morning": {
        "en": "Good morning! What would you like to know from your documents?",
        "ar": "صباح النور! ماذا تود أن تعرف من مستنداتك؟",
    },
    "afternoon": {
        "en": "Good afternoon! What would you like to know from your documents?",
        "ar": "طاب يومك! ماذا تود أن تعرف من مستنداتك؟",
    },
    "evening": {
        "en": "Good evening! What would you like to know from your documents?",
        "ar": "مساء النور! ماذا تود أن تعرف من مستنداتك؟",
    },
    "marhaba": {
        "en": "Marhaba! What would you like to know from your documents?",
        "ar": "مرحباً بك! ماذا تود أن تعرف من مستنداتك؟",
    },
    "ahlan": {
        "en": "Ahlan! What would you like to know from your documents?",
        "ar": "أهلاً وسهلاً بك! ماذا تود أن تعرف من مستنداتك؟",
    },
    "hello": {
        "en": "Hello! What would you like to know from your documents?",
        "ar": "أهلاً بك! ماذا تود أن تعرف من مستنداتك؟",
    },
    "acknowledged": {
        "en": "Good. Ask me whatever else you would like to know from your documents.",
        "ar": "حسناً. اسألني عن أي شيء آخر تود معرفته من مستنداتك.",
    },
}
# With a question mark these may be about the answer, or a town: "great?", "nice?", "evening?".
_NEVER_ASKED = {"acknowledged", "morning", "afternoon", "evening", "good night", "bye", "thanks"}
_FILLER = "filler"

# Phrases of each kind, with commas between them. A bare "it" never stands for Sanad: "how does it
# work?" may follow an answer about a boiler.
_PHRASES = {
    "private": """
        is my data private, is my data safe, is my data secure, are my documents private,
        are my documents safe, are my files private, are my files safe, where is my data stored,
        where are my documents stored, do you share my data, do you store my data,
        do you send my data anywhere, do you keep my data, do you upload my documents,
        do you collect my data, is this chat private, who can see my documents, هل بياناتي آمنة,
        هل بياناتي خاصة, هل بياناتي سرية, هل بياناتي في أمان, هل مستنداتي آمنة, هل مستنداتي خاصة,
        هل مستنداتي سرية, هل ملفاتي آمنة, هل ملفاتي سرية, أين تحفظ بياناتي, أين تخزن بياناتي,
        هل ترسل بياناتي, هل تشارك بياناتي, هل تحفظ بياناتي, من يرى مستنداتي
    """,
    "offline": """
        do you need internet, do you need the internet, do you need an internet connection,
        do you work offline, can you work offline, do you work without internet,
        can you work without internet, are you offline, are you online, do you use the internet,
        does sanad need internet, does sanad need the internet, does sanad work offline,
        do i need internet, هل تحتاج إلى إنترنت, هل تحتاج إلى الإنترنت, هل تحتاج إنترنت,
        هل تحتاج الإنترنت, هل تحتاج إلى اتصال بالإنترنت, هل تعمل بدون إنترنت, هل تعمل دون إنترنت,
        هل تعمل بدون الإنترنت, هل تعمل من دون إنترنت, هل تعمل بلا إنترنت, هل يحتاج سند إلى إنترنت,
        هل يعمل سند بدون إنترنت, هل أنت متصل بالإنترنت, هل تستخدم الإنترنت
    """,
    "languages": """
        which languages do you speak, what languages do you speak,
        which languages do you understand, what languages do you understand,
        which languages do you support, what languages do you know, what languages do you support,
        which language do you speak, what language do you speak, which languages can you speak,
        which languages does sanad support, do you speak arabic, do you speak english,
        can you speak arabic, can you speak english, do you understand arabic,
        do you understand english, can i ask in arabic, can i ask in english,
        what languages does sanad support, ما اللغات التي تدعمها, ما اللغات التي تفهمها,
        ما هي اللغات التي تدعمها, ما هي اللغات التي تفهمها, ما اللغات التي تتحدثها,
        ما هي اللغات التي تتحدثها, ما لغاتك, بأي لغة تجيب, بأي لغة تتحدث, بأي لغات تجيب,
        هل تتحدث العربية, هل تتحدث الإنجليزية, هل تتكلم العربية, هل تتكلم الإنجليزية,
        هل تتكلم عربي, هل تفهم العربية, هل تفهم الإنجليزية, بتحكي عربي, تتكلم عربي
    """,
    "working": """
        how do you work, how does sanad work, how do you answer, how do you find answers,
        how do you answer questions, explain how you work, tell me how you work,
        where do your answers come from, where do you get your answers, كيف تعمل, كيف يعمل سند,
        كيف تجيب, كيف تجيب عن الأسئلة, كيف تجيب على الأسئلة, اشرح كيف تعمل, من أين تأتي أجوبتك,
        من أين تأتي بالأجوبة, كيف بتشتغل, ازاي بتشتغل
    """,
    "able": """
        what can you do, what do you do, what can i ask, what can i ask you,
        what can you help with, what can you help me with, what can you answer, how can you help,
        how can you help me, can you help, can you help me, what are you able to do,
        what are you for, help, help me, what can sanad do, what does sanad do, how can i use you,
        how do i use you, what questions can i ask, ماذا يمكنك أن تفعل, ماذا تستطيع أن تفعل,
        ما الذي تفعله, ما الذي يمكنك فعله, ماذا يمكنك فعله, بماذا يمكنك مساعدتي,
        كيف يمكنك مساعدتي, كيف يمكنك أن تساعدني, كيف تساعدني, بماذا تساعدني, هل يمكنك مساعدتي,
        ما هي قدراتك, ما قدراتك, ماذا يفعل سند, ماذا يمكنني أن أسألك, ماذا أسألك, عن ماذا أسألك,
        مساعدة, ساعدني, شو بتعمل, شو فيك تعمل, كيف أستخدمك, ما وظيفتك, ما عملك
    """,
    "who": """
        who are you, what are you, whats your name, what is your name, who made you,
        who created you, who built you, what is sanad, whats sanad, tell me about yourself,
        introduce yourself, are you a robot, are you a bot, are you an ai, are you human,
        are you a human, are you a person, are you real, are you chatgpt, who am i talking to,
        من أنت, من أنتم, من أنتي, مين أنت, مين أنتي, ما أنت, ما اسمك, ما هو اسمك, شو اسمك,
        ايش اسمك, اسمك ايه, ما هو سند, ما سند, عرفني بنفسك, عرف بنفسك, عرف نفسك, حدثني عن نفسك,
        هل أنت روبوت, هل أنت إنسان, هل أنت بشر, هل أنت ذكاء اصطناعي, من صنعك, من طورك, مين انت,
        meen enta, min enta
    """,
    "how are you": """
        how are you, how are you doing, how are you today, hows it going, how is it going,
        how do you do, whats up, how r u, كيف حالك, كيف الحال, كيفك, كيف انت, شلونك, ازيك,
        عامل ايه, شو اخبارك, ما أخبارك, كيف أنت اليوم, kifak, keefak, kif halak
    """,
    "thanks": """
        thanks, thank you, thx, ty, many thanks, thanks a lot, thank you very much,
        thanks so much, thank you so much, thanks a million, much appreciated, appreciated,
        i appreciate it, thanks for your help, thank you for your help, thanks for the help,
        cheers, شكرا, شكرا جزيلا, شكرا لك, شكرا كثيرا, شكرا جدا, جزيل الشكر, ألف شكر, الف شكر,
        أشكرك, مشكور, مشكورة, متشكر, يعطيك العافية, الله يعطيك العافية, جزاك الله خيرا,
        جزاك الله كل خير, بارك الله فيك, تسلم, يسلمو, كل الشكر, شكرا على المساعدة, شكرا لمساعدتك,
        ممنون, shukran, shokran, merci, ميرسي
    """,
    "good night": "good night, goodnight, تصبح على خير, تصبحون على خير, ليلة سعيدة, طابت ليلتك",
    "bye": """
        bye, bye bye, goodbye, good bye, see you, see you later, see you soon, see ya, farewell,
        take care, have a nice day, have a good day, talk to you later, مع السلامة, وداعا,
        إلى اللقاء, باي, باي باي, في أمان الله, أستودعك الله, نراك لاحقا, أراك لاحقا, يومك سعيد,
        ma3 el salameh
    """,
    "salam": """
        السلام عليكم, السلام عليكم ورحمة الله, السلام عليكم ورحمة الله وبركاته, سلام عليكم, سلام,
        salam, salaam, salam alaikum, salam aleikum, salam alaykum, assalamu alaikum,
        assalamu alaykum, as salamu alaykum, as salam alaikum, assalam alaikum, asalamu alaikum,
        al salam alaykum, salamu alaikum, essalamu aleikum, el salam 3alaykom, salam 3alaykom,
        wa rahmatullah, wa rahmatullahi wa barakatuh
    """,
    "morning": """
        good morning, morning, gm, صباح الخير, صباح النور, صباحك سعيد, صباح الورد, sabah el kheir,
        sabah al khair, sabah al kheir, saba7 el 5eir, saba7 el kheir, sabah el khair
    """,
    "afternoon": "good afternoon, good day, نهارك سعيد, طاب يومك, نهارك طيب",
    "evening": """
        good evening, evening, مساء الخير, مساء النور, مساؤك سعيد, masa el kheir, masa al khair,
        masaa el kheir, masa2 el kheir
    """,
    "marhaba": "مرحبا, مرحبتين, يا مرحبا, مرحبا بك, مرحبا بكم, marhaba, mar7aba, mer7aba, marhaban",
    "ahlan": """
        أهلا, أهلين, أهلا وسهلا, أهلا بك, هلا, يا هلا, هلا والله, ahlan, ahlan wa sahlan, ahlein,
        حياك الله
    """,
    "hello": """
        hello, hi, hey, hiya, howdy, greetings, hello again, hi again, hey again, good to see you,
        nice to meet you, pleased to meet you, هاي, هالو, ألو, تحية طيبة, تحياتي, تشرفنا,
        سررت بلقائك
    """,
    "acknowledged": """
        ok, okay, k, great, perfect, cool, nice, good, fine, excellent, awesome, wonderful,
        amazing, got it, understood, i see, i understand, alright, all right, sounds good,
        very good, well done, good job, nice work, great work, great answer, good answer,
        that helps, that is helpful, wow, thats helpful, thats great, thats all, never mind,
        nevermind, no problem, sure, makes sense, تمام, ممتاز, حسنا, طيب, جميل, جميل جدا, رائع,
        رائع جدا, فهمت, واضح, جيد, جيد جدا, ممتاز جدا, حلو, أوكي, اوك, ماشي, أحسنت, عظيم, لا بأس,
        لا مشكلة, مفهوم, إجابة رائعة, إجابة ممتازة, وضحت الفكرة, هذا كل شيء, tamam, mumtaz, mashi,
        yalla
    """,
    _FILLER: """
        sanad, سند, يا سند, dear sanad, there, everyone, all, friend, my friend, dear, sir,
        please, so much, very much, again, and, then, for now, now, today, يا صديقي, صديقي, أخي,
        يا أخي, عزيزي, من فضلك, لو سمحت, رجاء, جميعا, يا جماعة, و, لك, لكم, جدا, كثيرا, الآن,
        حاليا, اليوم
    """,
}
_KINDS = {
    tuple(normalise(phrase).split()): kind
    for kind, phrases in reversed(_PHRASES.items())
    for phrase in phrases.split(",")
}
_MOST_WORDS = max(map(len, _KINDS))
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_QUESTION_MARK = re.compile("[?؟]")


def small_talk(question: str, language: Language) -> str | None:
    """The reply to a message that is nothing but small talk, in `language`; None for all others.

    Greetings are answered in kind. Spelling, punctuation, emoji and letters drawn out
    ("شكراااا") do not matter.
    """
    kind = _kind(question.strip()) if len(question) <= _LONGEST else None
    return None if kind is None else _REPLIES[kind][language]


@lru_cache(maxsize=1024)
def _kind(message: str) -> str | None:
    spelt = normalise(message)
    for once in (r"\1", r"\1\1"):  # "hiii" has one i, "coool" two
        kinds = _taken_apart(_DRAWN_OUT.sub(once, spelt).split())
        told = [kind for kind in _REPLIES if kind in kinds]
        if told and not (set(told) <= _NEVER_ASKED and _QUESTION_MARK.search(message)):
            return told[0]
    return None


def _taken_apart(words: list[str]) -> set[str]:
    """The kinds of the phrases that `words` are made of; none when a word is left over."""
    kinds: set[str] = set()
    place = 0
    while place < len(words):
        for count in range(min(_MOST_WORDS, len(words) - place), 0, -1):
            if kind := _KINDS.get(tuple(words[place : place + count])):
                kinds.add(kind)
                place += count
                break
        else:
            return set()
    return kinds - {_FILLER}
