"""What to search for: a question by itself, and behind what it leans on.

Whether a question leans on the one before is judged by its wording alone: it opens with "and",
points with a pronoun that nothing in the question itself explains, or leaves out what a whole
question has. Where the judgement is wrong little is lost: a question that leans is searched for
both ways, and a question that stands is searched for by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from index.keywords import content_tokens, normalise
from index.normal import normalised
from index.sentences import split_sentences
from rag.language import from_arabizi, question_language, unquoted, without_request
from rag.prompt import NO_DOCUMENTS, REFUSAL
from rag.small_talk import small_talk
from rag.spelling import SPELLING, UNSEEN
from rag.topic import topic_of
from rag.types import Turn

_TURNS = 6  # how far back a question may reach
_CHAIN = 3  # earlier questions that a follow-up of follow-ups is put behind
_QUESTION_CHARACTERS = 300  # of each of them
_ANSWER_CHARACTERS = 300
_LETTER = re.compile(r"\w")
_MARKER = re.compile(r"\s?\[\d{1,3}\]")


def search_queries(question: str, history: Sequence[Turn]) -> tuple[str, ...]:
    """What to search with: the question, and where it leans on history also behind that.

    The scores of both are to be averaged. Measured on two-turn chats, recall@1 of the follow-up
    alone is .30, behind the question and answer before .90 to 1.0, and .80 to .90 for the mean;
    after a change of topic those are .90, .25 and .80: the mean is what survives both.
    Arabic in Latin letters is searched for in Arabic ones, and of a question that only names a
    topic the topic alone.
    """
    alone = _query(question)
    turns = _about_documents(history)
    if not turns or not _leans(question):
        return (alone or question,)
    behind = " ".join(filter(None, [*_chain(turns), _said(turns[-1].answer), alone]))
    return (alone, behind) if _LETTER.search(alone) else (behind,)


def leans_on_history(question: str, history: Sequence[Turn]) -> bool:
    """Whether the question says too little without an earlier one about the documents."""
    return bool(_about_documents(history)) and _leans(question)


def turn_before(history: Sequence[Turn]) -> Turn | None:
    """The turn that a question leans on: the last one that was no small talk."""
    turns = _about_documents(history)
    return turns[-1] if turns else None


def _about_documents(history: Sequence[Turn]) -> list[Turn]:
    return [turn for turn in history[-_TURNS:] if small_talk(turn.question, "en") is None]


def _query(question: str) -> str:
    return topic_of(without_request(question)) or _whole(question)


def _whole(question: str) -> str:
    asked = without_request(question)
    return from_arabizi(asked) or asked


def _chain(turns: Sequence[Turn]) -> list[str]:
    """The last question, and while it leans itself the one before it, the oldest first."""
    chain: list[str] = []
    for turn in turns[: -_CHAIN - 1 : -1]:
        chain.insert(0, _query(turn.question)[:_QUESTION_CHARACTERS])
        if not _leans(turn.question):
            break
    return chain


def _said(answer: str) -> str:
    """The first sentences of an answer, without markers; nothing of one that abstains."""
    answer = _MARKER.sub("", answer[: 8 * _ANSWER_CHARACTERS]).strip()
    sentences = split_sentences(answer)
    if not sentences or answer in (*REFUSAL.values(), *NO_DOCUMENTS.values()):
        return ""
    ends = [sentence.end for sentence in sentences if sentence.end <= _ANSWER_CHARACTERS]
    if ends:
        return answer[: ends[-1]]
    return answer[:_ANSWER_CHARACTERS].rpartition(" ")[0]


# --- Leaning ---------------------------------------------------------------------------------

# "Thanks, and when ...": what comes before the question says nothing about it.
_ACKNOWLEDGED = re.compile(
    r"^\s*(?:(?:ok(?:ay)?|thanks|thank you|great|well|yes|no|so|hm+|i see|please"
    r"|شكرا|طيب|طب|تمام|حسنا|نعم|لا|جيد|ممتاز)(?!\w)[\s,.!،:-]*)+",
    re.IGNORECASE,
)


@lru_cache(maxsize=512)
def _leans(question: str) -> bool:
    asked = _whole(question)
    asked = normalised("NFKC", UNSEEN.sub("", asked)).translate(SPELLING)
    asked = " ".join(asked.split())
    asked = _ACKNOWLEDGED.sub("", asked) or asked
    own = unquoted(asked).strip() or asked
    return (
        _OPENS.match(own) is not None
        or _points_in_english(own)
        or _points_in_arabic(own)
        or _leaves_out(asked)
    )


# The last words of the Arabic half: "and" written onto a noun with article (وللأطفال؟), but not
# the nouns that begin with these letters themselves.
_OPENS = re.compile(
    r"(?:and|but|or|also|plus|then|what else|who else|(?:what|how) about|what of)\b"
    r"|[وف](?:ماذا|ما|من|متي|اين|كم|كيف|لماذا|هل|في|عن|اي|اية|ايهما|ايهم|علي|لمن|باي|منذ|حتي|بكم"
    r"|الي|مع|بعد|قبل|خلال|ماهو|ماهي|مين|شو|وين|ليش|ليه|هذا|هذه)(?!\w)"
    r"|(?:ثم|اما|لكن|ولكن|ماذا عن|ماذا بعد|و?بالنسبة|و)(?!\w)"
    r"|(?!وال(?:د(?:ة|ه|ي|ين|ان|ته|تها|ها|تي|اي)?|ي)(?!\w))و(?:ال|لل|بال)\w{3}",
    re.IGNORECASE,
)

# --- Pronouns in English ---

_POSSIBLE = (
    r"(?:not )?(?:true|possible|impossible|allowed|necessary|safe|legal|illegal|forbidden|permitted"
    r"|ok|okay|required|mandatory|compulsory|normal|correct|worth|better|best|important|hard|easy"
    r"|difficult|enough|right|wrong|fair|common|usual|likely|cheaper|time|customary|too late)"
)
# "It" that stands for nothing, "there" of existence, "that" that joins, and the present day.
_EMPTY = re.compile(
    rf"\b(?:is|was|be|would|will|isn't|wasn't) it (?:be )?{_POSSIBLE}\b"
    rf"|\bit(?:'s| is| was| would be) {_POSSIBLE}\b"
    r"|\b(?:does|did|do|will|would|can) it (?:usually |normally |typically |still )?"
    r"(?:cost|take|need|require)(?: \w+){0,3}? to\b"
    r"|\bdoes it mean (?:for|to|if|when|that)\b|\bis it called (?:if|when)\b"
    r"|\bis it (?:to|from|between|like to|that|for \w+ to)\b|\bwhat (?:time|day|date) is it\b"
    r"|\b(?:is|are|was|were|be|been|isn't|aren't) there\b(?! (?:yet|then)\b)"
    r"|\bthis (?:year|month|week|day|morning|afternoon|evening|summer|winter|spring|autumn|fall"
    r"|season|semester|quarter|century|document|documents|file|collection)\b|\bthese days\b"
    r"|\bthose (?:who|that|which|with|without|of|in|on|under|over|from|aged)\b"
    r"|\bthe (?:other|same|first|second|last|next) \w+ (?:of|in|for|that)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(?P<owner>his|her|their|its)\b(?= \w)"
    r"|\b(?P<thing>it|it's|they|they're|them|he|he's|him|she|she's|her|hers|theirs|these|those|this"
    r"|its|itself|themselves)\b"
    r"|\b(?:is|are|was|does|did|of|about|for|in|on|at|by|with|after|before|from|like"
    r"|than|to|why|how) that\b(?! (?:the|a|an|my|our|all|every)\b)|\bthat(?=\W*$)"
    r"|\bthere(?=\W*$)|\bthen(?=\W*$)|\b(?:above|mentioned|aforementioned)\b"
    r"|\b(?:which|another|other|this|that|first|second|third|fourth|last|next|previous) ones?\b"
    r"|\b(?:the (?:same|latter|former|others?|rest|first|second|third|last|next|previous)|another"
    r"|others|both)(?: two| three)?(?=\W*$)"
    r"|\b(?:too|as well|either|instead|otherwise)(?=\W*$)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?i:the|an?|each|every|which|any|all|most|some|no|many|our|my|your|do|does|did|can|must|should"
    r"|may) (?!i\b|you\b|we\b|it\b|he\b|she\b|they\b|the\b)[a-z]{3,}|(?<=\w )[A-Z]\w+"
)
_JOINS = re.compile(
    r"\b(?:when|if|after|before|because|while|until|once|that|as|and|or|but|who|which|says?|said"
    r"|claim(?:ed)?|announced?|believe)\b",
    re.I,
)


def _points_in_english(asked: str) -> bool:
    asked = _EMPTY.sub(" ", asked)
    named = joined = None  # once found, found for all that stands behind it
    for found in _POINTS.finditer(asked):
        named = named or _NAMED.search(asked, 0, found.start())
        if named and found["owner"]:  # when did the museum change its hours
            continue
        if named and found["thing"]:
            joined = joined or _JOINS.search(asked, named.end(), found.start())
            if joined:
                continue  # what happens to a parcel if it is lost
        return True
    return False


# --- Pronouns in Arabic ---


def _set(words: str) -> frozenset[str]:
    return frozenset(words.translate(SPELLING).split())


_WORD = re.compile(r"\w+")
_ASKING = _set("ما من كم أين متى كيف ماذا أي أية أيهما أيهم وما ومن وكم وأين ومتى وكيف مين شو وين")
_APART = _set("هو هي هم هما هن وهو وهي وهم فهو فهي")
_SHOWING = _set(
    "ذلك تلك هذا هذه هؤلاء أولئك ذاك هذين هاتين بذلك لذلك بهذا بهذه لهذا لهذه كهذا كهذه "
    "وذلك وهذا وهذه هاد هادا هاي هيدا هيدي"
)
_RELATIVE = _set("الذي التي الذين اللذان اللذين اللتان اللتين اللاتي اللواتي اللي")
_NOW = _set(
    "العام السنة الشهر الأسبوع اليوم الصباح المساء الصيف الشتاء الفصل القرن الأيام المستند "
    "المستندات الملف الملفات الوثيقة الوثائق"
)
_ADVERBS = _set("الآن اليوم حاليا غدا أمس هنا بالضبط تحديدا إذن")
_ONTO_PARTICLE = _set(
    "به بها بهم بهما له لها لهم لهما فيه فيها فيهم فيهما منه منها منهم منهما عنه عنها عنهم عليه "
    "عليها عليهم إليه إليها إليهم معه معها معهم بعده بعدها قبله قبلها لديه لديها لديهم عنده عندها "
    "عندهم بينهم بينها بينهما خلاله خلالها يمكنه يمكنها يمكنهم بإمكانه بإمكانها أيهما أيهم أيها "
    "كلاهما كلتاهما غيره غيرها مثله مثلها فوقه تحته حوله حولها ضده ضدها"
)
_LIKE_BEFORE = _set(
    "هناك الأول الأولى الثاني الثانية الثالث الثالثة الأخير الأخيرة الآخر الأخرى الباقي البقية "
    "السابق السابقة نفسه نفسها أيضا كذلك المذكور المذكورة الاثنين كليهما"
)
# Words whose own last letters look like a pronoun.
_NO_PRONOUN = _set(
    """
    وجه فقه شبه كره نزه تنبيه توجيه ترفيه تشبيه تشويه تمويه مياه شفاه جباه اتجاه انتباه اشتباه
    تجاه إكراه رفاه شاه عبده نبيه وجيه فقيه نزيه سفيه مكروه مشبوه منتزه متنزه فواكه إله انتبه
    مشابه تشابه يشبه تشبه واجه يواجه تواجه توجه يتوجه تتوجه سيبويه مسكويه عبدالله وحده وحدها
    وحدهم بنفسه بنفسها أنفسهم بأنفسهم ذاته ذاتها بذاته اتجاها وجها فقها كرها شبها تنبيها توجيها
    مياها أبها بنها سبها مهم أهم درهم سهم فهم تفهم يفهم نفهم أفهم تفاهم اتهم متهم ملهم مبهم
    ساهم يساهم تساهم مساهم أسهم يسهم تسهم وهم شهم أدهم دراهم مراهم درهما سهما مهما فهما متهما
    مساهما والمهم ومهم بدرهم انه انها إنهم أنهم لأنه لأنها لأنهم كأنه كأنها بأنه بأنها
    وكأنه وكأنها وأنه وأنها فإنه فإنها
    """
)
_BEFORE = 3  # words that are looked at before one
_FRONTED = 2  # words before "who is he" that make it whole: the father of Avicenna, who is he
_SUFFIX = re.compile(r"(?!وال|ال|بال|لل|كال|فال)\w{2,}?(?P<whose>هما|هم|ها|ه)$")
_DEFINITE = re.compile(r"(?:[وف]?[بك]?ال|[وف]?لل)\w{2,}$")
_NAMES_ENOUGH = 3  # words of content; so many hold some name, with article or without
_HOW_MANY = _set("كم وكم فكم")
_TO_THEM = _set("له لها لهم عليه عليها عليهم")
_FEMININE = re.compile(r"(?:[ةه]|ات|اء)$")


def _points_in_arabic(asked: str) -> bool:
    words = _WORD.findall(asked)
    # Who types heh for teh marbuta leaves no way to tell one from a pronoun.
    loose = any(_DEFINITE.match(word) and word.endswith("ه") and word != "الله" for word in words)
    named = _Named()
    for place, word in enumerate(words):
        if place:
            named.add(words[place - 1])
        before = words[max(0, place - _BEFORE) : place]
        last, following = before[-1:], words[place + 1 : place + 2]
        if word in _RELATIVE:
            return False  # a pronoun behind it belongs to it: the city that he was born in
        if word in _APART:
            asks = last and last[0] in _ASKING
            whole = following[0] not in _ADVERBS if following else len(before) > _FRONTED
            if not (asks and whole) and not named.fits(word[-2:]):
                return True
        elif word in _SHOWING:
            own = following and (following[0] in _NOW or following[0] in _RELATIVE)
            if not own and before[-2:] != ["بما", "في"]:
                return True
        elif word in _LIKE_BEFORE:
            # But "the first quarter" has its noun, and "is there" is no place.
            if last and not following and last[0] != "هل" and not _DEFINITE.match(last[0]):
                return True
        else:
            # How many birds were given a ring: "on them" is what is counted, if a verb is between.
            if word in _TO_THEM and len(before) > 2 and before[-3] in _HOW_MANY:
                continue
            whose = _pronoun(word, following, loose, first=place <= 1)
            if whose and not named.fits(whose):
                return True
    return False


def _pronoun(word: str, after: Sequence[str], loose: bool, *, first: bool) -> str:
    """The pronoun written onto `word`; empty when there is none."""
    found = _SUFFIX.fullmatch(word)
    if word in _ONTO_PARTICLE:
        return found["whose"] if found else word[1:]
    if found is None or len(word) < 4 or word in _NO_PRONOUN:
        return ""
    if found["whose"] != "ه" or word[0] == "ي":
        return found["whose"]
    ends = (
        not after
        or normalise(after[0]) in _SMALL_WORDS
        or (first and _DEFINITE.match(after[0]) is None)
    )
    return "ه" if ends and not loose else ""


_SMALL_WORDS = _set(
    "في على إلى عن من مع بعد قبل خلال منذ حتى عند بين أو أم ثم كل لكل بدون دون غير أول عام سنة يوم"
)


class _Named:
    """What the words so far name, for a pronoun to mean: by gender, if not by sense."""

    def __init__(self) -> None:
        self._content = 0
        self._capital = False
        self._feminine: set[bool] = set()  # of each noun with the article

    def add(self, word: str) -> None:
        """Take in the next word."""
        content = content_tokens(word, "ar")
        self._content += len(content)
        self._capital |= word[0].isascii() and word[0].isupper()
        if _DEFINITE.match(word) and not _OF_SOMETHING.issuperset(content):
            self._feminine.add(_FEMININE.search(word) is not None)

    def fits(self, whose: str) -> bool:
        """Whether the pronoun may mean something of it."""
        if self._content >= _NAMES_ENOUGH or self._capital:
            return True
        if whose in ("هم", "هما", "هن"):
            return bool(self._feminine)
        return (whose in ("ها", "هي")) in self._feminine


# --- What a whole question has ---

# Words that name a property of something, and need that something: "what is the price?"
_OF_SOMETHING = frozenset(
    content_tokens(
        """
        price cost fee fare deadline address phone telephone number email name date year month
        reason duration length size age height depth weight width distance capital population
        area manager director head owner author founder limit minimum maximum amount total sum
        result purpose goal aim difference exception condition requirement penalty advantage
        disadvantage example detail meaning type kind status role source percentage rate value
        salary location time hour long far old big large high deep often late early tall wide
        heavy expensive soon explain elaborate continue summarise summarize mean happen include
        cover apply
        """,
        "en",
    )
    + content_tokens(
        """
        السعر سعر الثمن ثمن التكلفة تكلفة الكلفة الرسوم العنوان عنوان الهاتف هاتف رقم الرقم
        الاسم اسم التاريخ تاريخ الموعد موعد المواعيد السبب سبب الأسباب المدة مدة الطول طول
        الحجم حجم العمر عمر الارتفاع العمق الوزن العرض المسافة العاصمة عدد العدد السكان المساحة
        المدير الرئيس المالك المؤلف المؤسس الحد الأقصى الأدنى المبلغ المجموع النتيجة الهدف
        الغرض الفرق الاستثناء الاستثناءات الشروط شروط المتطلبات العقوبة المزايا العيوب مثال
        أمثلة تفاصيل التفاصيل المعنى معنى النوع أنواع الحالة الدور المصدر النسبة القيمة الراتب
        المكان الوقت الساعة اشرح أكثر المزيد أكمل لخص يعني يشمل يوجد توجد يمكن يحدث ينطبق
        تقريبا بالضبط تحديدا اليوم الآن حاليا
        """,
        "ar",
    )
)
_FRAME = re.compile(
    r"^(?:(?:in|for|at|on|since|until|from|by|to|of|with|under|up to|about) )?"
    r"(?:what|who|whom|whose|which|when|where|why|how|is|are|was|were|am|do|does|did|has|have|had|can"
    r"|could|will|would|shall|should|may|must|isn't|aren't|don't|doesn't|what's|who's|where's|when's"
    r"|how's|explain|summari[sz]e|list|describe|compare|define|show|give|tell|translate|name|find)\b"
    r"|\b(?:what|which|who|whom|whose|how)\b"
    r"|(?<!\w)[وفبل]?(?:ما|من|ماذا|لماذا|متي|اين|كم|كيف|هل|اي|اية|ماهو|ماهي|مين|شو|وين|ليش|ليه)(?!\w)"
    r"|^(?:اشرح|لخص|اذكر|عدد|وضح|عرف|قارن|ترجم|اعطني|اكتب|صف|حدد|اخبرني|قل)(?!\w)",
    re.IGNORECASE,
)
# What is asked for by its own name: "what is inflation", "who is Ada", "where is the museum".
_BY_NAME = re.compile(
    r"^(?:(?i:what(?:'s| is| are| was| were)) \w|(?i:who|where|when)(?i:'s| is| are| was| were) "
    r"(?:(?i:the|an?) \w|[A-Z]))"
    r"|(?:^|\s)(?:ما|من|اين|متي|كيف|ماذا)\s+(?:(?:هو|هي|هم|هما)\s+\w|ال\w|[A-Za-z])"
    r"|^(?:ماهو|ماهي)\s+\w",
)
_INDEFINITE = re.compile(r"^what(?:'s| is| are) an? ", re.IGNORECASE)
_IN_OR_FOR = re.compile(
    r"^(?:(?:in|for|at|on|during|with|without|after|before|from|to|by|under|until|since)\b"
    r"|(?:في|علي|عن|مع|بعد|قبل|خلال|منذ|حتي|الي|بدون|دون|من|عند)\s|لل\w|بال\w)",
    re.IGNORECASE,
)
_FRAGMENT, _FRAGMENT_IN_OR_FOR = 2, 4


def _leaves_out(asked: str) -> bool:
    """Whether what is left of a whole question is too little to search with."""
    if unquoted(asked) != asked:
        return False  # a quotation names what it is about
    content = content_tokens(asked, question_language(asked))
    if all(word in _OF_SOMETHING for word in content):
        return _INDEFINITE.match(asked) is None
    if _FRAME.search(asked) is None:
        fragment = _FRAGMENT_IN_OR_FOR if _IN_OR_FOR.match(asked) else _FRAGMENT
        return len(content) <= fragment
    return len(content) <= 1 and _BY_NAME.search(asked) is None


# --- Length ----------------------------------------------------------------------------------

_LONG = re.compile(
    r"\b(?:summar\w+|overview|outline|list|enumerate|compare|comparison|differences?|explain"
    r"|describe|steps|procedure|pros and cons|advantages|disadvantages|everything|tell me about"
    r"|walk me through|in detail)\b"
    r"|^(?:what|which) (?:\w+ ){0,2}?(?:are|were) (?:all |some of )?the (?:\w+ )?(?:\w+[^s\W]s)\b"
    r"|^how (?:do|should) |^(?:through|under) which |\bmust \w+ (?:\S+ ){0,4}(?:do|bring)\b"
    r"|\b(?:what|which) (?:happens|rules|conditions|requirements|measures|ways|kinds|types|things"
    r"|stages|steps|equipment)\b|\band (?:what|how|when|why|where|who) \w+ \w+"
    r"|(?<!\w)(?:لخص|لخصي|ملخص|ملخصا|تلخيص|اذكر|اذكري|عدد لي|عددي|قارن|قارني|مقارنه|الفرق|الفروق"
    r"|اشرح|اشرحي|صف لي|وضح|خطوات|مراحل|بالتفصيل|مزايا|عيوب|شروط|الشروط|متطلبات|قواعد|القواعد"
    r"|اجراءات|كل ما|حدثني|نبذه|تحدث عن)(?!\w)"
    r"|^(?:كيف (?:ي|ت|ا|ن)\w+|ما هي ال\w+ات(?!\w)|ماذا (?:يحدث|تعني ال)|عدد (?!\w+ (?:ال)?\w+؟)"
    r"|ما (?:ال)?(?:انواع|اشياء|انشطه|مقادير|اعطال|طرق|اسباب|خطط|اهم)|ما الذي يجب|كيف كان)(?!\w)"
    r"|[؟?\w،,] و(?:ما|متي|كيف|ماذا|كم|لماذا|اين|هل)(?!\w)",
    re.IGNORECASE,
)
# One number, unless more is asked for behind it.
_HOW_MUCH = re.compile(
    r"^(?:how (?:many|much)|how (?:does|do|did|can) (?:\w+ ){1,4}(?:cost|weigh|measure)|كم)\b"
    r"(?!.*(?:\b(?:and|describe|explain|list)\b|(?<!\w)و(?:ما|متي|كيف|ماذا|كم|لماذا|اين|هل)(?!\w)))",
    re.IGNORECASE,
)


def wants_long_answer(question: str) -> bool:
    """Whether the question asks for more than one fact: a summary, a list, a comparison, a way."""
    spelt = normalised("NFKC", UNSEEN.sub("", question)).translate(SPELLING)
    spelt = " ".join(spelt.replace("ة", "ه").split())
    return _LONG.search(spelt) is not None and _HOW_MUCH.match(spelt) is None
