"""Arabic names of people and places in Latin letters, as a newspaper writes them.

«سوسن الطرابيشي» is "Sawsan al-Tarabishi". Common names have their usual spelling, from a table;
the rest go by rules, which guess the short vowels that Arabic does not write.
"""

from __future__ import annotations

import re

from index.text.keywords import normalise

_KNOWN = """
محمد Mohammed; أحمد Ahmed; محمود Mahmoud; حامد Hamed; حمزة Hamza; علي Ali; حسن Hassan;
حسين Hussein; عمر Omar; عثمان Othman; خالد Khaled; خليل Khalil; سعيد Said; سعد Saad; سالم Salem;
سليم Salim; سليمان Suleiman; سامي Sami; سمير Samir; سامر Samer; يوسف Youssef; يونس Younis;
يحيى Yahya; إبراهيم Ibrahim; إسماعيل Ismail; إسحاق Ishaq; موسى Musa; عيسى Issa; داود Dawood;
مصطفى Mustafa; طارق Tariq; كريم Karim; كمال Kamal; كامل Kamel; جمال Jamal; جميل Jamil;
جابر Jaber; جبران Gibran; جورج George; ماجد Majed; ماهر Maher; مازن Mazen; مالك Malik;
مروان Marwan; منصور Mansour; منير Munir; ناصر Nasser; نبيل Nabil; نزار Nizar; نادر Nader;
هشام Hisham; هاني Hani; وليد Walid; وسيم Wassim; وائل Wael; ياسر Yasser; ياسين Yassin; زياد Ziad;
زيد Zaid; رامي Rami; رائد Raed; رشيد Rashid; رياض Riyad; رضا Reda; بلال Bilal; بشير Bashir;
بسام Bassam; باسم Bassem; بدر Badr; توفيق Tawfiq; حبيب Habib; شريف Sharif; شادي Shadi;
صالح Saleh; صلاح Salah; طلال Talal; عادل Adel; عامر Amer; عباس Abbas; عبد Abdul; عبدالله Abdullah;
عدنان Adnan; عصام Issam; عماد Imad; عمار Ammar; عواد Awwad; غسان Ghassan; فادي Fadi; فارس Fares;
فراس Firas; فؤاد Fouad; فهد Fahd; فيصل Faisal; فريد Farid; قاسم Qasim; نور Nour; أنور Anwar;
أنس Anas; أمين Amin; أمير Amir; أيمن Ayman; أسامة Osama; أشرف Ashraf; أكرم Akram; إياد Iyad;
إلياس Elias; آدم Adam; فاطمة Fatima; عائشة Aisha; خديجة Khadija; زينب Zainab; مريم Maryam;
سارة Sarah; ليلى Layla; سلمى Salma; سلوى Salwa; سعاد Suad; سناء Sanaa; سوسن Sawsan; سمر Samar;
سميرة Samira; رنا Rana; رانيا Rania; ريم Reem; ريما Rima; هدى Huda; هند Hind; هناء Hanaa;
هالة Hala; هيفاء Haifa; هبة Heba; نادية Nadia; نوال Nawal; نورة Noura; نهى Nuha; ندى Nada;
منى Mona; مها Maha; مي May; لبنى Lubna; لينا Lina; لطيفة Latifa; أمل Amal; أمينة Amina;
أسماء Asmaa; إيمان Iman; جميلة Jamila; حنان Hanan; دلال Dalal; دينا Dina; داليا Dalia; رحمة Rahma;
شيماء Shaimaa; صفاء Safaa; عبير Abeer; غادة Ghada; فرح Farah; كوثر Kawthar; وفاء Wafa;
ياسمين Yasmin; بن bin; ابن ibn; بنت bint; أبو Abu; أم Umm; آل Al; الله Allah; الدين al-Din;
الرحمن al-Rahman; عمان Amman; بيروت Beirut; دمشق Damascus; بغداد Baghdad; القاهرة Cairo;
دبي Dubai; الرياض Riyadh; الدوحة Doha; الكويت Kuwait; مسقط Muscat; تونس Tunis; الجزائر Algiers;
القدس Jerusalem; جدة Jeddah; مصر Egypt; الأردن Jordan; لبنان Lebanon; سوريا Syria; العراق Iraq;
المغرب Morocco; قطر Qatar; السعودية Saudi Arabia; الإمارات the Emirates; البحرين Bahrain;
اليمن Yemen; فلسطين Palestine
"""
_TITLES = """
الدكتور Dr; الدكتورة Dr; دكتور Dr; دكتورة Dr; د Dr; السيد Mr; السيدة Mrs; الآنسة Ms;
البروفيسور Professor; البروفيسورة Professor; المهندس Engineer; المهندسة Engineer; م Engineer;
القاضي Judge; القاضية Judge; الشيخ Sheikh; الوزير Minister; الوزيرة Minister; المحامي Lawyer;
المحامية Lawyer
"""
_MARKS = re.compile("[\u064b-\u0650\u0652\u0670\u0640]")
_DOUBLED = re.compile("(.)\u0651")
_CONSONANTS = dict(
    zip(
        "بتثجحخدذرزسشصضطظعغفقكلمنهءئؤپچڤگ",
        [
            "b",
            "t",
            "th",
            "j",
            "h",
            "kh",
            "d",
            "dh",
            "r",
            "z",
            "s",
            "sh",
            "s",
            "d",
            "t",
            "z",
            "-",
            "gh",
            "f",
            "q",
            "k",
            "l",
            "m",
            "n",
            "h",
            "-",
            "-",
            "-",
            "p",
            "ch",
            "v",
            "g",
        ],
        strict=True,
    )
)
_SILENT = frozenset("عءئؤ")
_VOWELS = {"ا": "a", "أ": "a", "إ": "i", "آ": "a", "ى": "a", "ة": "a"}
_NO_NAMES = frozenset(("على", "منى", "أم", "أبو", "آل", "بن"))
"""Words that begin no name, though they are spelt like one."""
_MOST_WORDS = 6
_LONGEST = 80


def _table(entries: str) -> dict[str, str]:
    pairs = (entry.strip().split(" ", 1) for entry in entries.replace("\n", " ").split(";"))
    return {normalise(arabic): latin for arabic, latin in pairs}


_LATIN, _LATIN_TITLES = _table(_KNOWN), _table(_TITLES)


def is_name(arabic: str) -> bool:
    """Whether Arabic words begin with a known name, behind a title or before other words."""
    parts = arabic.split()
    if not 0 < len(parts) <= _MOST_WORDS or len(arabic) > _LONGEST:
        return False
    keys = [normalise(part) if part not in _NO_NAMES else "" for part in parts]
    titled = len(parts) > 1 and keys[0] in _LATIN_TITLES
    rest = keys[titled:]
    return all(map(str.isalpha, rest)) and len(rest) > (not titled) and rest[0] in _LATIN


def latin_name(arabic: str) -> str:
    """An Arabic name in Latin letters."""
    said: list[str] = []
    for place, word in enumerate(arabic.split()):
        spelt = normalise(word)
        article = spelt.startswith("ال") and len(spelt) > 4
        if place == 0 and spelt in _LATIN_TITLES and " " in arabic.strip():
            said.append(_LATIN_TITLES[spelt])
        elif said and said[-1] == "Abdul" and article:
            said[-1] = f"Abdul {_bare(word)}"
        elif article and spelt not in _LATIN:
            said.append(f"al-{_bare(word)}")
        else:
            said.append(_LATIN.get(spelt) or _by_rule(word))
    return " ".join(said)


def _bare(word: str) -> str:
    """A name without its article."""
    word = _MARKS.sub("", word)[2:]
    return _LATIN.get(normalise(word)) or _by_rule(word)


def _by_rule(word: str) -> str:
    """Long vowels as written, a short "a" where consonants cannot stand together."""
    word = _DOUBLED.sub(r"\1\1", _MARKS.sub("", word))
    said = ""
    for place, letter in enumerate(word):
        before, after = word[place - 1 : place], word[place + 1 : place + 2]
        if letter in _VOWELS:
            said += "" if said.endswith("a") and letter != "إ" else _VOWELS[letter]
        elif letter in "وي":
            said += _glide(letter, said, after)
        elif letter in _SILENT:
            said += "a" if place == 0 and after not in _VOWELS else ""
        elif letter in _CONSONANTS:
            stands = place == 1 or (place == len(word) - 1 and place > 1)
            if stands and letter != before and before in _CONSONANTS and before not in _SILENT:
                said += "" if said.endswith("a") else "a"
            said += _CONSONANTS[letter]
        else:
            said += letter
    return said[:1].upper() + said[1:]


def _glide(letter: str, said: str, after: str) -> str:
    """و and ي are consonants at the beginning and before a vowel, else vowels."""
    consonant, vowel = ("w", "u") if letter == "و" else ("y", "i")
    if not said or (after and after in _VOWELS) or said[-1] in "aiu":
        return consonant
    return vowel
