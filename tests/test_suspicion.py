"""Text that is not what stands on the page: each fault is noticed, clean pages are left alone."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable

import pytest

from index.readers.suspicion import suspicions
from index.types import WarningKind
from tests.conftest import SHARED

Fault = Callable[[str], str]

ARABIC = """
خرج الصيادون من الميناء القديم قبل الفجر بساعة، وكانت الريح خفيفة والبحر هادئًا. قال كبيرهم إن
السمك يقترب من الشاطئ في هذا الفصل من السنة، لأن الماء يبرد في الأعماق. لم يصدقه الشباب في أول
الأمر، ثم رأوا الشباك تمتلئ بعد وقت قصير. عادوا إلى السوق مع شروق الشمس، وباعوا ما جمعوه في أقل
من ساعتين. بعد ذلك جلسوا في المقهى الصغير عند باب المدينة، وطلبوا الشاي والخبز الساخن والزيتون.
سأل أحدهم عن السفينة التي غرقت في الشتاء الماضي، فحكى صاحب المقهى قصتها من البداية إلى النهاية.
كانت السفينة تحمل القمح والأخشاب من ميناء بعيد، وضربتها عاصفة لم يعرف الناس مثلها منذ ثلاثين عامًا.
نجا البحارة جميعًا، إلا أن القبطان فقد ذراعه اليسرى حين سقطت عليه قطعة من الصاري. وهو يعيش اليوم
في بيت أبيض فوق التل، ويعلّم الأطفال صناعة القوارب الخشبية. يقول لهم دائمًا: من خاف البحر عرفه،
ومن عرفه أحبه. أما الشباك القديمة فقد علقت في مدخل المدرسة، وكتب تحتها تاريخ اليوم الذي رجع فيه
الجميع سالمين. ويأتي الزوار في الصيف لرؤيتها، ثم يمشون على الرصيف الحجري حتى المنارة، وهناك يشترون
الأصداف والعسل من النساء الكبيرات في السن. وفي المساء تضاء المصابيح على طول الطريق، وتسمع الأغاني
من النوافذ المفتوحة، وتظل القوارب تتأرجح برفق حتى الصباح.
""".strip()

ENGLISH = """
The mill stood at the bend of the river, where the water ran fast enough to turn both wheels even
in August. Farmers came from six villages with their carts, and while the stones were grinding
they sat on the wall and talked about prices, weather and the roads. The miller kept a book in
which every sack was entered with its weight and the name of its owner; it survives in the parish
archive, and from it we know how poor the harvest of that year had been. When the railway reached
the valley, flour became cheaper in the towns, and one wheel was taken down for its iron. The
other went on turning until the great flood carried away the weir. After that the house was empty
for a long time. Children believed that a ghost worked there at night, because the loose boards
knocked against each other whenever the wind blew from the west. Today a potter lives in it with
her two sons. She found the old stones under the nettles, had them cleaned, and made a table of
the larger one, which visitors may see on the first Sunday of the month.
""".strip()

VOWELLED = """
جَلَسَ الوَلَدُ تَحْتَ الشَّجَرَةِ وَفَتَحَ كِتَابَهُ، ثُمَّ قَرَأَ صَفْحَةً وَاحِدَةً وَنَظَرَ إِلَى السَّمَاءِ.
كَانَتِ الطُّيُورُ تَعُودُ إِلَى أَعْشَاشِهَا، وَكَانَتِ الرِّيحُ تُحَرِّكُ الأَغْصَانَ بِرِفْقٍ. نَادَتْهُ أُمُّهُ مِنَ
البَيْتِ فَأَجَابَهَا وَقَامَ مُسْرِعًا، وَنَسِيَ الكِتَابَ عَلَى العُشْبِ حَتَّى الصَّبَاحِ.
"""
VERSE = """
يا نسمةَ الفجرِ مُرّي فوق بستاني
وخبّري الوردَ عن شوقي وأحزاني
كم ليلةٍ بتُّ والأنجمُ تحرسني
أعدّها ثم أنسى عدَّها الثاني
ما كلُّ من سار في الصحراءِ يعرفها
ولا كلُّ من ذاق طعمَ الماءِ ظمآنِ
"""
NAMES = """
1. سلوى عبد الرحيم النجار
2. قيس بن طلال الحداد
3. هالة رشيد الخياط
4. زهير مصطفى القصاب
5. نجاة إبراهيم الصباغ
6. ثامر ذياب الغانم
7. ضحى أيوب الظاهر
8. خلدون شفيق آل عثمان
"""
TABLE = """
المادة | الوزن (كغ) | السعر
قمح | 120 | 45.5
شعير | 80 | 30
عدس | 35 | 62.25
حمص | 40 | 58
"""
GEOMETRY = """
ليكن أ ب ج مثلثًا قائم الزاوية في ب، ولتكن د منتصف الضلع أ ج. نرسم من د عمودًا على ب ج يقطعه في هـ.
أثبت أن المثلث د ب هـ يساوي المثلث د ج هـ، ثم احسب طول د هـ إذا كان أ ب = 6 وكانت س + ص = 10.
"""
PERSIAN = """
کتابخانه‌ی شهر در خیابان بزرگ قرار دارد و هر روز از ساعت هشت صبح باز می‌شود. دانش‌آموزان برای خواندن
و نوشتن به آنجا می‌روند و گاهی تا شب می‌مانند. پیرمردی مهربان از کتاب‌ها نگهداری می‌کند و قصه می‌گوید.
"""
URDU = """
شہر کی پرانی لائبریری ہر روز صبح آٹھ بجے کھلتی ہے اور بچے وہاں کہانیاں پڑھنے آتے ہیں۔ ایک بوڑھا آدمی
کتابوں کی دیکھ بھال کرتا ہے اور شام کو سب کو چائے پلاتا ہے۔ بارش کے دنوں میں وہاں بہت رونق ہوتی ہے۔
"""
EZAFE = """
خانهٔ ما در کوچهٔ باریک کنار رودخانهٔ بزرگ بود. بچه‌های همسایهٔ روبه‌رو هر روز به مدرسهٔ تازه می‌رفتند.
"""
SCRIPTURE = """
قَالَ لَهُمُ ٱلشَّيْخُ ذَٰلِكَ ٱلْكِتَـٰبُ لَا رَيْبَ فِيهِ ۛ هُدًى لِّلنَّاسِ وَأُو۟لَـٰٓئِكَ هُمُ ٱلْمُفْلِحُونَ
وَٱلَّذِينَ يَقْرَءُونَهُۥ فِى ٱلْمَسَآءِ يَجِدُونَ فِيهِ رَحْمَةً ۖ وَسَلَـٰمًا مِّن رَّبِّهِمْ
"""
ALGEBRA = """
إذا كان س٢ + ٣ص = ١٢ وكان أ١ب قطعة طولها ٤سم، فاحسب قيمة س٢ص عندما تكون ص = ٢ في عام ٢٠٢٤م.
"""
NOTICE = """
THE TENANT SHALL KEEP THE GARDEN IN GOOD ORDER AND SHALL NOT REMOVE ANY TREE WITHOUT CONSENT.
ALL NOTICES MUST BE SENT BY POST. CONTACT THE OFFICE OF THE UNHCR, UNESCO OR THE WHO IN TRIPOLI.
"""
GERMAN = """
Die Bergbahngesellschaft veröffentlichte gestern ihre Geschäftsentwicklung: Trotz ungewöhnlicher
Witterungsverhältnisse stiegen die Fahrgastzahlen. Der Aufsichtsratsvorsitzende kündigte eine
Erweiterung der Wintersportanlagen an, über die der Gemeinderat im Frühjahr entscheiden wird.
"""
FRENCH = """
Le musée rouvrira ses portes au début de l'été, après des années de travaux. Les élèves ont déjà
visité la grande salle, où l'on a retrouvé des fenêtres cachées derrière un mur de briques.
"""
CODE = """
def total(rows: list[Row]) -> int:
    for i, (k, v) in enumerate(rows): x[i] = k * w(v, f=1); y += x[i] ** 2  # sum_sq
    return fn_ptr->idx[j] if (a && !b) || c else -1;
#define MVWGETNSTR(w, y, x, s, n) (wmove((w), (y), (x)) == ERR ? ERR : wgetnstr((w), (s), (n)))
"""
REFERENCES = """
[1] K. L. Orme and P. Vasquez, "Tidal mills of the north coast," J. Hist. Eng., vol. 12, no. 3,
pp. 44-61, 1987. doi:10.0000/jhe.1987.0012
[2] S. T. Hale, W. Brandt, R. Iyer, Q. Zhou, Water and Stone, 2nd ed. Leeds: Carr, 2004.
"""
NUMBERS = "\n".join(" ".join(str(n * k % 977) for k in range(3, 14)) for n in range(40, 60))


@pytest.mark.parametrize(
    "text",
    [ARABIC, ENGLISH, VOWELLED, VERSE, NAMES, TABLE, GEOMETRY, PERSIAN, URDU, EZAFE,
     SCRIPTURE, ALGEBRA, NOTICE, GERMAN, FRENCH, CODE,
     REFERENCES, NUMBERS, "", "نعم", "Yes.", "الفصل الأول", "3", ARABIC + ENGLISH,
     "\uf0b7 first point of a list\n\uf0b7 second point of it\n\uf0b7 third and last point"],
)  # fmt: skip
def test_clean_text_raises_no_suspicion(text: str) -> None:
    assert suspicions(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "هخٓ ض حؼُٞ سٍ حلَُ ٤شٔ",
        "حظٜٗ صَ هٞ حص كَ خٔ",
        # Fonts whose letters were put for others of their script, marks and digits among them.
        " ".join(["ﻢﻴﺤ ظٖ٣س ٌحؾٜ ؤٞضَ ٓ٤غ"] * 4),
        " ".join(["ڛٲڬ ٶڨڎٷ ڟٳڝ ٸڴ ڔڲڣ"] * 4),
        "hGdY kHbT wVuN dJaM gFgT xBdR pQrT nMbV sDfG hJkL zXcV qWeR " * 3,
    ],
)
def test_signs_that_cannot_stand_in_a_word_are_noticed(text: str) -> None:
    assert "letters" in suspicions(text)


def by_lines(change: Fault) -> Fault:
    return lambda text: "\n".join(map(change, text.splitlines()))


def with_words_reversed(line: str) -> str:
    """As lines come out that were put down for the eye, word by word."""
    return " ".join(re.sub(r"\w+", lambda word: word.group()[::-1], line[::-1]).split())


def without_spaces(share: float) -> Fault:
    chance = random.Random(1)  # noqa: S311 - reproducible

    return lambda text: "".join(
        letter for letter in text if letter != " " or chance.random() >= share
    )


def torn(share: float) -> Fault:
    chance = random.Random(2)  # noqa: S311 - reproducible

    return lambda text: re.sub(
        r"(?<=\w)(?=\w)", lambda _: " " if chance.random() < share else "", text
    )


LATIN = "abcdefghijklmnopqrstuvwxyz"


def put_for(letters: str, others: str) -> Fault:
    return lambda text: text.translate(str.maketrans(letters, others))


@pytest.mark.parametrize(
    ("text", "fault", "kind"),
    [
        (ARABIC, by_lines(lambda line: line[::-1]), "order"),
        (ENGLISH, by_lines(lambda line: line[::-1]), "order"),
        (ARABIC, by_lines(with_words_reversed), "order"),
        (ENGLISH, by_lines(with_words_reversed), "order"),
        (ARABIC, without_spaces(1), "spacing"),
        (ENGLISH, without_spaces(1), "spacing"),
        (ARABIC, without_spaces(0.5), "spacing"),
        (ENGLISH, without_spaces(0.5), "spacing"),
        (ARABIC, torn(0.12), "spacing"),
        (ENGLISH, torn(0.12), "spacing"),
        (ARABIC, lambda text: re.sub("([اورد])(?=[ب-ي])", r"\1 ", text), "spacing"),
        (ENGLISH, lambda text: " ".join(text), "spacing"),
        (ARABIC, put_for("يتعسلم", "قصخكبط"), "letters"),
        (ARABIC, put_for("لنيرم", "نيرمل"), "letters"),
        (ENGLISH, put_for("aeronmi", "eronmia"), "letters"),
        (ENGLISH, put_for("abcdefghijklmnopqrstuvwxyz", "bcdefghijklmnopqrstuvwxyza"), "letters"),
        (ENGLISH, lambda text: put_for(LATIN, LATIN[3:] + LATIN[:3])(text).upper(), "letters"),
        (ARABIC, lambda text: re.sub("ل([أإآ])", r"\1ل", text), "letters"),
        (ARABIC, lambda text: text.encode("cp1256", "ignore").decode("latin-1"), "letters"),
        (ARABIC, lambda text: text.encode().decode("cp1252", "replace"), "letters"),
        (ARABIC, lambda text: re.sub("[عس]", "\ufffd", text), "unmapped"),
        (ENGLISH, lambda text: text.replace("t", "\ue054"), "unmapped"),
        (ENGLISH, lambda text: text.replace("fi", "(cid:12)").replace("v", "(cid:9)"), "unmapped"),
    ],
)
def test_each_fault_is_noticed(text: str, fault: Fault, kind: WarningKind) -> None:
    assert kind in suspicions(fault(text))


def test_presentation_forms_and_marks_do_not_hide_a_reversal() -> None:
    shaped = put_for("بتسعن", "ﺑﺗﺳﻋﻧ")
    assert suspicions(shaped(ARABIC)) == ()
    assert suspicions("\n".join(shaped(line)[::-1] for line in ARABIC.splitlines())) == ("order",)


def test_one_broken_page_in_a_long_text_is_noticed() -> None:
    broken = "\n".join(line[::-1] for line in ARABIC.splitlines())
    assert suspicions("\n".join([ARABIC] * 12 + [broken] * 4 + [ENGLISH] * 12)) == ("order",)


def test_kinds_come_in_one_order_and_once() -> None:
    unmapped = ENGLISH.replace("t", "\ue054")
    found = suspicions("\n".join([unmapped] * 6 + [torn(0.3)(ARABIC)] * 6))
    assert found == ("spacing", "unmapped")


@pytest.fixture(scope="module")
def pages() -> dict[str, list[str]]:
    """Pages of about 1,500 characters of a test collection in both languages."""
    found = {}
    for language in ("ar", "en"):
        file = SHARED / "eval" / f"xquad.{language}.json"
        if not file.is_file():
            pytest.skip("the evaluation texts are not beside this checkout")
        articles = json.loads(file.read_text(encoding="utf-8"))["data"]
        text = "\n".join(part["context"] for piece in articles for part in piece["paragraphs"])
        found[language] = [text[at : at + 1500] for at in range(0, len(text) - 1500, 1500)]
    return found


def caught(texts: Iterable[str], kind: WarningKind) -> float:
    verdicts = [kind in suspicions(text) for text in texts]
    return sum(verdicts) / len(verdicts)


def substituted(text: str, alphabet: str, count: int, number: int) -> str:
    """With some letters put for others, which ones depends on the number."""
    chance = random.Random(number)  # noqa: S311 - reproducible
    letters = chance.sample(alphabet, count)
    others = [chance.choice([other for other in alphabet if other != one]) for one in letters]
    return text.translate(str.maketrans("".join(letters), "".join(others)))


def test_pages_of_a_collection_raise_no_suspicion(pages: dict[str, list[str]]) -> None:
    assert [text for texts in pages.values() for text in texts if suspicions(text)] == []


def test_letters_put_for_marks_and_digits_are_noticed_on_short_pages(
    pages: dict[str, list[str]],
) -> None:
    signs = [
        chr(code) for code in (*range(0x621, 0x63B), *range(0x641, 0x659), *range(0x660, 0x66A))
    ]
    letters = "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءأإآؤئ"

    def garbled(text: str, number: int) -> str:
        others = random.Random(number).sample(signs, len(letters))  # noqa: S311 - reproducible
        return text[:150].translate(str.maketrans(letters, "".join(others)))

    assert caught((garbled(text, n) for n, text in enumerate(pages["ar"])), "letters") > 0.95


@pytest.mark.parametrize("length", [60, 250])
def test_short_pieces_of_a_collection_raise_no_suspicion_of_letters(
    pages: dict[str, list[str]], length: int
) -> None:
    pieces = [text[at : at + length] for texts in pages.values() for text in texts
              for at in range(0, len(text) - length, 2 * length)]  # fmt: skip
    assert sum("letters" in suspicions(piece) for piece in pieces) <= len(pieces) / 1000


@pytest.mark.parametrize(
    ("language", "alphabet"),
    [("ar", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"), ("en", "abcdefghijklmnopqrstuvwxyz")],
)
def test_substituted_letters_are_noticed_on_most_pages(
    pages: dict[str, list[str]], language: str, alphabet: str
) -> None:
    texts = list(enumerate(pages[language]))
    assert caught((substituted(t, alphabet, 4, n) for n, t in texts), "letters") > 0.85
    assert caught((substituted(t, alphabet, 7, n) for n, t in texts), "letters") > 0.95
