"""The language to answer a question in, and Arabic typed in Latin letters.

What a question is about may stand in any script (a name, a product, a quotation); its frame,
the question words and function words, is in the language of the person who asks. So the frame
decides, not the number of letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index import Language
from index.keywords import normalise
from index.sentences import text_language
from rag.types import Turn

_LETTER = re.compile(r"\w")
_ARABIC_NAMED = re.compile("arab|عرب", re.IGNORECASE)
_TURNS = 8  # how far back a question like "2019?" looks for its language


def question_language(
    question: str, history: Sequence[Turn] = (), preferred: Language | None = None
) -> Language:
    """The language to answer in.

    In this order: `preferred`; a request in the question ("answer in Arabic: ..."); Arabic in
    Latin letters; the frame around names, terms and quotations; the last earlier question that
    tells; the letters there are; English.
    """
    if preferred is not None:
        return preferred
    earlier = [turn.question for turn in reversed(history[-_TURNS:])]
    decided = (_decided(text) for text in [question, *earlier])
    return next((language for language in decided if language), text_language(question))


def without_request(question: str) -> str:
    """The question without its request for a language, which would only mislead the search.

    Empty when the question is nothing else: "in English, please".
    """
    found = _request(question)
    if found is None:
        return question
    before = question[: found.start("cut")].rstrip(":،,;؛—–-( \n")
    after = question[found.end("cut") :].lstrip(":،,;؛.—–-) \n")
    left = f"{before} {after}".strip() if _LETTER.match(after) else before + after
    return left if _LETTER.search(left) else ""


def _decided(text: str) -> Language | None:
    """The language that `text` shows by itself; None for digits, signs and bare Latin names."""
    if (request := _request(text)) is not None:
        return "ar" if _ARABIC_NAMED.search(request["cut"]) else "en"
    if _markers(text) is not None:
        return "ar"
    return _frame(unquoted(text)) or _frame(text)


# --- The frame -------------------------------------------------------------------------------

_QUOTED = re.compile(r'"[^"]{1,400}"|«[^»]{1,400}»|[“„][^“”]{1,400}[“”]')
_WORD = re.compile(
    r"(?P<latin>[A-Za-z\u00c0-\u024f][\w'’&.+-]*)"
    r"|(?P<arabic>[\u0621-\u065f\u0670-\u06d3\u06d5-\u06dc\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]+)"
)
_ARABIC_SIGN = re.compile(r"[؟،؛٠-٩٪٫٬]")
_SMALL = re.compile(r"[a-z\u00df-\u00ff][a-z\u00df-\u00ff'’-]+$")
_ASKS, _FUNCTION, _CONTENT, _NAME, _SIGN, _FIRST, _EDGE = 2.0, 1.0, 0.5, 0.1, 1.5, 2.0, 0.5


def _set(words: str) -> frozenset[str]:
    return frozenset(normalise(words).split())


_ENGLISH_ASKS = _set("what what's who who's whose whom which when where where's why how how's")
_ENGLISH_FRAME = _ENGLISH_ASKS | _set("""
    the an is are was were be been do does did has have had can could will would should shall may
    might must isn't aren't wasn't doesn't don't didn't can't won't of for from with without about
    between into during after before under over through since until by and or but if than then as
    that this these those there here it its he she they them their his her my our your you we me
    not no any some every each all many much more most please tell explain describe list give show
    summarize summarise compare define translate mean means in on at to
""")
_ARABIC_ASKS = _set(
    "من ما ماذا لماذا متى أين كيف كم هل أي أية بماذا لمن ماهو ماهي مين شو ايش وين ليش ليه"
)
_ARABIC_FRAME = _ARABIC_ASKS | _set("""
    في على إلى عن مع حتى منذ خلال عند بين بعد قبل تحت فوق حول دون ضد و أو أم ثم لكن لا لم لن
    ليس ليست هو هي هم هما هذا هذه ذلك تلك هناك الذي التي الذين كان كانت يكون تكون قد إن أن إذا
    كل بعض غير له لها لهم به بها فيه فيها منه منها عنه عنها عليه عليها يوجد توجد يمكن اشرح لخص
    اذكر عرف ترجم قارن معنى اللي
""")


def unquoted(text: str) -> str:
    """`text` without what stands in quotation marks: that was said by somebody else."""
    return _QUOTED.sub(" ", text)


def _frame(text: str) -> Language | None:
    words = [(found[0], found.lastgroup == "arabic") for found in _WORD.finditer(text)]
    sign = _ARABIC_SIGN.search(text) is not None
    if not any(arabic for _, arabic in words):
        latin = [word for word, _ in words]
        if any(normalise(word) in _ENGLISH_FRAME for word in latin):
            return "en"
        # A Latin word alone may be a name; the sign behind it shows the keyboard.
        return "ar" if sign else "en" if any(map(_SMALL.match, latin)) else None
    if all(arabic for _, arabic in words):
        return "ar"
    score = {True: _SIGN if sign else 0.0, False: 0.0}
    titled = _titled(words)
    for place, (word, arabic) in enumerate(words):
        weight = _arabic_weight(word) if arabic else _latin_weight(word, titled[place])
        if place == 0 and weight >= _FUNCTION:
            weight += _FIRST
        if place in (0, len(words) - 1) and weight > _NAME:
            weight += _EDGE
        score[arabic] += weight
    return "ar" if score[True] >= score[False] else "en"


def _arabic_weight(word: str) -> float:
    spelt = normalise(word)
    for form in (spelt, spelt[1:] if spelt[:1] in ("و", "ف") else ""):
        if form in _ARABIC_FRAME:
            return _ASKS if form in _ARABIC_ASKS else _FUNCTION
    return _CONTENT


def _latin_weight(word: str, titled: bool) -> float:
    spelt = normalise(word)
    if spelt in _ENGLISH_ASKS:
        return _ASKS
    if titled:
        return _NAME
    if spelt in _ENGLISH_FRAME:
        return _FUNCTION
    return _CONTENT if _SMALL.match(word) else _NAME


def _titled(words: Sequence[tuple[str, bool]]) -> list[bool]:
    """For each word whether it stands in a Latin title: "The Art of War" inside Arabic words."""
    titled = [False] * len(words)
    start = 0
    for place in range(len(words) + 1):
        if place < len(words) and not words[place][1]:
            continue
        run = [word for word, _ in words[start:place]]
        told = [word for word in run if normalise(word) not in _ENGLISH_FRAME]
        asks = bool(run) and normalise(run[0]) in _ENGLISH_ASKS
        if told and not asks and all(word[0].isupper() for word in (run[0], *told)):
            titled[start:place] = [True] * len(run)
        start = place + 1
    return titled


# --- Requests for a language -----------------------------------------------------------------

# No white space is passed over twice: a run of it is looked at from its last new line alone.
_BEGIN = r"(?:^|(?<=[.?!؟:،,;؛\n()—–]))[^\S\n]*"
_END = r"(?=[^\S\n]*(?:$|[.?!؟:،,;؛\n()—–]))"
_POLITE = (
    r"(?:(?:please|kindly|ok|okay|and|but|now|(?:can|could|would|will) you|i want you to"
    r"|من فضلك|لو سمحت|رجاء|رجاءً|ممكن|أرجو أن|ارجو ان),?\s+){0,8}"
)
_EN = r"(?:arabic|english)(?:\s+language)?"
_AR = r"(?:ب?(?:ال)?لغ[ةه]\s+|ب|لل|إلى\s+|الى\s+)?(?:ال)?(?:عربي|[إا]ن[جك]لي?زي)[ةه]?"
_AR_IN = rf"(?=ب){_AR}"
_REQUESTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_BEGIN}(?P<cut>{_POLITE}(?:answer|reply|respond|write|speak|say)(?:\s+(?:me|back|to\s+me"
        rf"|this|that|it|again|the\s+question|only|briefly|your\s+answer|please)){{0,8}}\s+in\s+{_EN}"
        r"(?:,?\s+please|\s+only)?)\b",
        rf"{_BEGIN}(?P<cut>{_POLITE}(?:و)?(?:[أا]جب(?:ني)?|جاوب(?:ني)?|رد|ردّ|اكتب|تكلم|تحدث)"
        rf"(?:\s+(?:علي|عن|على|لي|السؤال|هذا|الجواب|الإجابة|فقط|من فضلك)){{0,8}}\s+{_AR_IN}"
        r"(?:\s+فقط|،?\s+من فضلك|،?\s+لو سمحت)?)(?!\w)",
        rf"{_BEGIN}{_POLITE}(?:explain|tell|describe|summari[sz]e|list|give|show|define"
        rf"|repeat)\b[^.?!؟:\n]{{0,200}}?\s(?P<cut>in\s+{_EN}){_END}",
        rf"{_BEGIN}{_POLITE}translate\b[^.?!؟:\n]{{0,200}}?\s(?P<cut>(?:in|to|into)\s+{_EN}){_END}",
        rf"{_BEGIN}{_POLITE}(?:و)?(?:اشرح|لخص|قل|أخبرني|اخبرني|وضح|اذكر|عدد|صف|أعد|اعطني|أعطني)"
        rf"(?!\w)[^.?!؟:\n]{{0,200}}?\s(?P<cut>{_AR_IN}){_END}",
        rf"{_BEGIN}{_POLITE}ترجم(?!\w)[^.?!؟:\n]{{0,200}}?\s(?P<cut>(?=ب|لل|إلى|الى){_AR}){_END}",
        rf"(?<!\w)(?P<cut>(?:in\s+)?{_EN},?\s+(?:please|pls|plz)){_END}",
        rf"(?<!\w)(?P<cut>please,?\s+in\s+{_EN}){_END}",
        rf"(?<!\w)(?P<cut>{_AR_IN}،?\s+(?:من فضلك|لو سمحت|رجاءً?)){_END}",
        r"(?<!\w)(?P<cut>b(?:el|il|al)?[ -]?(?:3|')arabi|b(?:el|il|al)[ -]?(?:arabi"
        r"|[ei]ngl(?:iz|ish|eez)i?))(?!\w)",
    )
)
# These are no requests where the question is about a word of the other language.
_REQUESTS_ALONE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_BEGIN}(?P<cut>(?:in\s+{_EN}|{_AR_IN})){_END}",
        # One language's phrase at the end of words in the other's script.
        rf"^[^a-z]*\s(?P<cut>in\s+{_EN})\W*$",
        rf"^[^\u0621-\u064a]*\s(?P<cut>{_AR_IN})\W*$",
    )
)
_ABOUT_WORDS = re.compile(
    r"\b(?:call(?:ed)?|words?|say|said|means?|meaning|terms?|names?|named|titles?|spel(?:t|l|led)"
    r"|written|translat(?:ed|ion)|version|edition)\b"
    r"|معنى|تسمى|يسمى|كلمة|مصطلح|يقال|نقول|اسم|مكتوب|ترجمة|نسخة|مرادف",
    re.IGNORECASE,
)


def _request(text: str) -> re.Match[str] | None:
    text = _QUOTED.sub(lambda found: " " * len(found[0]), text)
    for pattern in _REQUESTS:
        found = pattern.search(text)
        if found and not _ABOUT_WORDS.search(text, found.start(), found.start("cut")):
            return found
    if _ABOUT_WORDS.search(text):
        return None
    return next((found for pattern in _REQUESTS_ALONE if (found := pattern.search(text))), None)


# --- Arabic in Latin letters -----------------------------------------------------------------

_TYPED = re.compile(r"[^\W_]+(?:['’][^\W_]+)*['’]?")


def _table(rows: str) -> dict[str, str]:
    return {
        typed: meant
        for row in rows.strip().split(";")
        for meant, *forms in [row.split()]
        for typed in forms
    }


# Function words that no text in English, French, Spanish or German is full of.
_TELLING = _table(
    """
    من meen miin; ما shu shou esh eish eyh shnu shinu; أين wayn wein weyn ween fein fayn
    feen ayna; متى emta imta emte aymta ayemta; كم kam addesh addeish 2addesh 2addeh gaddesh;
    كيف kif keef kayf kayfa ezay ezzay izzay izay; لماذا leish leesh lesh limatha limadha;
    ماذا matha madha; هو howa huwa howwa huwwe howe; هي hiye hiyye heyye hiyya;
    هذا hatha hadha hayda haida; هذه hathihi hadhihi haydi haidi; الذي elli illi yalli elly;
    على 3ala 3la; عن 3an; مع ma3a; عند 3end 3and 3ind; حتى 7atta 7ata; ليس mish moush;
    يوم youm yoom yawm; أيام ayyam ayam; لازم lazem lazim; ممكن momken mumkin;
    أريد 3ayez 3awez biddi bidde; قبل 2abl; بعد ba3d ba3ed; يوجد yoogad yujad; معنى ma3na;
    قريب 2areeb areeb qareeb
    """
)
# Words that other languages have too: they help, but never decide.
_HELPING = _table(
    """
    ال el al il; و w wa; في fi fee fih; من men min; يا ya; لا la; ما ma eh eih; متى mata;
    أنا ana; هي hiya hya; هو hwa; أي ay ayy; مع ma3; لماذا leh lih; كان kan; كانت kanet;
    هل hal; ماذا maza; هي heya; قبل abl; كل kull
    """
)
_MEANT = {**_HELPING, **_TELLING}
_FOREIGN = _ENGLISH_FRAME | _set("""
    i a los las del una para por con que como cual cuando donde quien son esta les des une du dans
    pour qui avec est sur quel quelle quand comment combien et ou der das und ist wie wann wo wer
    ein eine
""")
_ACCENT_OR_SIGN = re.compile(r"[\u00a1\u00bf\u00c0-\u024f\u0400-\u1fff\u2c00-\ufeff]")
_INSIDE = re.compile(r"[A-Za-z][a-z]*(?:[35679]|(?<=[aeiou])2|2(?=[aeiou]))[a-z0-9]*[a-z]\d?$")
_AT_EDGE = re.compile(r"[23579][a-z][a-z0-9]+$|[A-Za-z][a-z]+[37]$")
_COUNTED = re.compile(
    r"\d+(?:st|nd|rd|th|[ap]m|[kmgt]?b|mm|cm|km|kg|ml|gb|mb|px|mp|hrs?|mins?|secs?|days?|weeks?"
    r"|months?|years?|yrs?|hours?|stars?|ways?|packs?|beds?|doors?|inch|tons?|miles?|pages?|parts?"
    r"|people|persons?|men|fold|phase|in|x\d*|ds?|gs?|k|ish|am|er|s)$"
)
_PRODUCT = re.compile(r"(?:mp|ps|gpt|web|html|css|python|windows|iphone|form|[dghkmqsv])\d")


def _markers(text: str) -> list[str] | None:
    """The words of a text that is Arabic in Latin letters; None when it is anything else.

    Two signs are needed, at least one of them a word that is hardly anything but Arabic. Doubt
    goes to English, as names, product codes and chemistry have digits inside words too.
    """
    if _ACCENT_OR_SIGN.search(text.replace("؟", "").replace("،", "").replace("’", "'")):
        return None
    words = _TYPED.findall(unquoted(text))
    telling = helping = foreign = 0
    for word in words:
        small = word.casefold()
        if small in _TELLING:
            telling += 1
        elif small in _HELPING or small in _JOINED:
            helping += 1
        elif normalise(small) in _FOREIGN:
            foreign += 1
        elif _COUNTED.match(small) or _PRODUCT.match(small):
            continue
        elif len(word) > 3 and _INSIDE.match(word):
            telling += 1
        elif _AT_EDGE.match(word):
            helping += 1
    if telling and telling + helping >= 2 and foreign * 3 <= telling + helping and foreign < 2:
        return words
    return None


def from_arabizi(question: str) -> str | None:
    """Arabic typed in Latin letters, in Arabic script to search with; None for anything else.

    A best effort: short vowels are not written in Arabic, and long ones look the same in Latin
    letters. So common words come from a list, and the others from rules.
    """
    words = _markers(question)
    return None if words is None else _WRITTEN_ONTO.sub(r"\1", " ".join(_written(words)))


_JOINED = {"bel": "بال", "bil": "بال", "lel": "لل", "lil": "لل", "wel": "وال", "fel": "في ال"}
_WRITTEN_ONTO = re.compile(r"\b(ال|و) ")
_ARTICLED = re.compile(r"(?:el|al)(?=[b-df-hj-np-tv-z2-9])(?=.{4})")
_COMMON = """
    إجازة عطلة ساعة ساعات متحف محل وزير وزارة مدير شركة سعر تذكرة تذاكر مطار مدرسة جامعة مكتب مكتبة
    موظف موظفين راتب عقد عمل موعد عنوان رقم هاتف مدينة شارع فندق مطعم مستشفى عيادة طبيب تأمين تسجيل
    رسوم ضريبة سيارة سيارات موقف حديقة سياسة قانون مدة سبب شروط طلب وثيقة وثائق ملف كتاب تاريخ
    تعريف رئيس دولة حكومة سنة سنوات أسبوع جمعة خميس صيف شتاء مفتوح مغلق يفتح يغلق مجاني تكلفة بطاقة
    مشروع برنامج خدمة مؤتمر اجتماع تدريب منحة امتحان لغة طفل أطفال زيارة دخول خروج قطار
"""
_LETTERS = """
    3'=غ 7'=خ 9'=ض 6'=ظ sh=ش ch=تش kh=خ gh=غ th=ث dh=ذ ph=ف ou=و oo=و uu=و ee=ي ii=ي aa=ا ei=ي
    ey=ي ay=ي ai=ي aw=و au=و 2=ء 3=ع 5=خ 6=ط 7=ح 8=ق 9=ص b=ب t=ت j=ج g=ج d=د r=ر z=ز s=س f=ف q=ق
    k=ك l=ل m=م n=ن h=ه w=و y=ي p=ب v=ف x=كس c=ك
"""
_WRITES = {typed: meant for typed, _, meant in (x.partition("=") for x in _LETTERS.split())}
_SOUND = re.compile("|".join(map(re.escape, _WRITES)) + "|[aeiou]")
_SAME_SOUND = str.maketrans("طصضظذثقحة", "تسدززتكهه", "اىءأإآؤئ")
_SHORTEST = 3  # letters of a skeleton; fewer would fit too many words
_LONG_VOWEL = re.compile("[وي]")
_LAST_EH = re.compile("(?<=[a-z3579])eh$")
_DOUBLED = re.compile(r"([b-df-hj-np-tvwxz])\1")


def _skeleton(word: str) -> str:
    """What is left of a word without vowels, letters that sound alike folded together."""
    word = word.translate(_SAME_SOUND)
    return word[:1] + _LONG_VOWEL.sub("", word[1:])


_BY_SKELETON = {_skeleton(word): word for word in reversed(_COMMON.split())}


def _written(words: Sequence[str]) -> Iterator[str]:
    for word in map(str.casefold, words):
        if word in _MEANT:
            yield _MEANT[word]
        elif word in _JOINED:
            yield _JOINED[word]
        elif word.isdigit():
            yield word
        elif _ARTICLED.match(word):
            yield "ال" + _arabic_word(word[2:])
        else:
            yield _arabic_word(word)


def _arabic_word(typed: str) -> str:
    typed = _DOUBLED.sub(r"\1", typed.replace("’", "'"))
    spelt = _by_sound(typed)
    for form in (spelt, _by_sound(typed.replace("th", "t.h"))):  # mathaf: t and h, not th
        skeleton = _skeleton(form)
        if len(skeleton) >= _SHORTEST and skeleton in _BY_SKELETON:
            return _BY_SKELETON[skeleton]
    return spelt


def _by_sound(typed: str) -> str:
    """Arabic letters for Latin ones; a short vowel is left out, a long one has to be guessed.

    A vowel is taken for long before the last consonant (matar, wazir) and before the last
    consonant with an ending (ejaza), unless a closed syllable stands before it (tazkara).
    """
    typed = _LAST_EH.sub("e", typed)
    sounds = _SOUND.findall(typed)
    kinds = "".join("v" if s in "aeiou" else "Vc"[s[0] not in "aeiou"] for s in sounds)
    closed = kinds.find("cc") + 2 if "cc" in kinds else len(kinds)
    vowel = min(kinds.find(kind) % (len(kinds) + 1) for kind in "vV")
    spelt: list[str] = []
    for place, sound in enumerate(sounds):
        after = kinds[place + 1 : place + 4]
        if sound == "2":
            following = sounds[place + 1][0] if after else ""
            spelt.append(_hamza(sounds[place - 1] if place else "", following))
        elif kinds[place] != "v":
            spelt.append(_WRITES[sound])
        elif not place:
            spelt.append("ا")
        elif sounds[place - 1] == "2" and place == 1:
            continue  # the hamza that opens a word is written on the vowel
        elif not after:
            spelt.append({"a": "ة", "e": "ة", "i": "ي", "o": "و", "u": "و"}[sound])
        elif place < closed and (
            (after == "c" and place > vowel) or (after == "cv" and sound == "a")
        ):
            spelt.append({"a": "ا", "e": "", "i": "ي", "o": "و", "u": "و"}[sound])
    return "".join(spelt)


def _hamza(before: str, after: str) -> str:
    if before[-1:] in ("o", "u") or (before and after in ("o", "u")):
        return "ؤ"
    return "ئ" if before[-1:] in ("i", "e") or (before and after == "i") else "أ"
