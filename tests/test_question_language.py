"""The language a question is answered in, and Arabic typed in Latin letters."""

from __future__ import annotations

import pytest

from index import Language
from rag import Turn
from rag.arabizi import in_arabic_letters, is_arabizi
from rag.language import question_language, without_request

ARABIC = [Turn("متى يفتح المتحف؟", "يفتح في التاسعة [1].")]
ENGLISH = [Turn("When does the museum open?", "It opens at nine [1].")]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        # Very short.
        ("GDP؟", "ar"), ("GDP?", "en"), ("متى?", "ar"), ("why", "en"), ("why؟", "en"), ("؟", "ar"),
        ("?", "en"), ("2019?", "en"), ("٢٠١٩", "ar"), ("", "en"), ("السعر", "ar"), ("price", "en"),
        # Names and numbers alone.
        ("Minsk 2019?", "en"), ("Minsk ٢٠١٩؟", "ar"), ("مينسك 2019?", "ar"), ("Minsk، 2019", "ar"),
        # Latin names inside an Arabic frame, also where they are most of the letters.
        ("من هو Alexander Lukashenko؟", "ar"),
        ("ما معنى Retrieval-Augmented Generation؟", "ar"),
        ("متى تأسست International Business Machines Corporation؟", "ar"),
        ("من كتب The Lord of the Rings؟", "ar"),
        ("The Art of War من كتبه؟", "ar"),
        ("ما الفرق بين machine learning و deep learning؟", "ar"),
        ("كيف أثبت Visual Studio Code على Windows", "ar"),
        ("وهل يدعم Microsoft Office Professional Plus ذلك", "ar"),
        ("سعر iPhone 15 Pro Max", "ar"),
        ("Alexander Lukashenko من هو", "ar"),
        # Arabic names and terms inside an English frame.
        ("What does كفالة الأيتام mean?", "en"),
        ("What is the difference between الزكاة and الصدقة؟", "en"),
        ("Who is محمد بن راشد آل مكتوم?", "en"),
        ("please summarise the file عقد الإيجار السنوي للمحلات التجارية", "en"),
        ("Does وزارة الصحة والسكان publish the prices of medicines?", "en"),
        # Quotations.
        ('ما معنى "the tenant shall be liable for all of the damage"؟', "ar"),
        ("Where does it say «لا يجوز للمستأجر أن يؤجر من الباطن»?", "en"),
        ("translate «من هو المدير وأين يعمل ومتى يحضر؟»", "en"),
        # Requests.
        ("answer in Arabic: who is the mayor?", "ar"),
        ("Who is the mayor? Please answer in Arabic.", "ar"),
        ("who is the mayor, in arabic please", "ar"),
        ("Can you reply in English? من هو العمدة", "en"),
        ("أجب بالإنجليزية: من هو العمدة؟", "en"),
        ("من هو العمدة؟ أجب باللغة الإنجليزية من فضلك", "en"),
        ("من العمدة؟ (بالإنجليزية)", "en"),
        ("what is the notice period بالعربي", "ar"),
        ("كم مدة الإشعار in English", "en"),
        ("Explain the notice period in Arabic", "ar"),
        ("اشرح مدة الإشعار بالإنكليزية", "en"),
        ("translate the leave policy into Arabic", "ar"),
        ("ترجم سياسة الإجازات إلى الإنجليزية", "en"),
        ("in English please", "en"), ("بالعربي لو سمحت", "ar"),
        # The other language is only spoken of.
        ("What is an orphan called in Arabic?", "en"),
        ("Which of the contracts are written in Arabic?", "en"),
        ("How many pupils study in Arabic schools?", "en"),
        ("ما معنى هذا المصطلح بالإنجليزية؟", "ar"),
        ("هل تُدرّس المواد بالإنجليزية؟", "ar"),
        ('Who said "answer in Arabic"?', "en"),
        # Arabic in Latin letters.
        ("kam youm el ejaza?", "ar"), ("meen howa el wazeer", "ar"), ("shu hiye el 3a6le", "ar"),
        ("wayn el mat7af", "ar"), ("emta yeftah el ma7al?", "ar"), ("Kif bsajjel bel dawra?", "ar"),
        ("leh el ma7al mo2fal el youm", "ar"), ("Meen modeer el sherka?", "ar"),
        ("fein ma7atet el qitar", "ar"), ("shu el as3ar bel 3arabi", "ar"),
        # What looks like it.
        ("Where is the H2O lab?", "en"), ("B2B sales 2023", "en"), ("What is 3D printing?", "en"),
        ("Section 7a of the 2nd contract", "en"), ("¿Dónde está el museo?", "en"),
        ("Où est la gare?", "en"), ("cuando abre el museo", "en"), ("wann kam er an", "en"),
        ("El Salvador", "en"), ("Al Ain to El Alamein", "en"), ("mp3s ps5s", "en"),
        ("word2vec seq2seq", "en"), ("5star hotel 7days", "en"), ("Where is Al Kif street?", "en"),
        ("Mata Hari la espia", "en"), ("COVID19 el nino", "en"), ("7up 3M s3bucket", "en"),
        ("A3 paper 2nd floor", "en"), ("the kam al shaft", "en"),
    ],
)  # fmt: skip
def test_language_is_that_of_the_frame(question: str, language: Language) -> None:
    assert question_language(question) == language


@pytest.mark.parametrize("question", ["2019?", "?!", "42", "Minsk?", "GDP 2019", ""])
def test_question_that_does_not_tell_keeps_the_language_of_the_conversation(question: str) -> None:
    assert question_language(question, ARABIC) == "ar"
    assert question_language(question, ENGLISH) == "en"
    assert question_language(question, [*ARABIC, Turn("1999?", "")] * 2000) == "ar"


@pytest.mark.parametrize(("question", "language"), [("why", "en"), ("price?", "en"), ("متى", "ar")])
def test_conversation_does_not_outweigh_the_question(question: str, language: Language) -> None:
    assert question_language(question, ENGLISH if language == "ar" else ARABIC) == language


def test_request_of_the_turn_before_holds_for_a_question_that_does_not_tell() -> None:
    history = [Turn("answer in Arabic: what was the price in 2018?", "")]
    assert question_language("2019?", history) == "ar"


def test_preferred_language_goes_before_all() -> None:
    assert question_language("answer in English: why?", ENGLISH, "ar") == "ar"


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("answer in Arabic: who is the mayor?", "who is the mayor?"),
        ("Who is the mayor? Answer in Arabic.", "Who is the mayor?"),
        ("who is the mayor, in arabic please", "who is the mayor"),
        ("أجب بالإنجليزية: من هو العمدة؟", "من هو العمدة؟"),
        ("explain the leave policy in English", "explain the leave policy"),
        ("in English, please", ""),
        ("Who wrote it?", "Who wrote it?"),
    ],
)
def test_request_is_taken_off_what_is_searched(question: str, left: str) -> None:
    assert without_request(question) == left


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kam youm el ejaza?", "كم يوم الاجازة"),
        ("meen howa el wazeer", "من هو الوزير"),
        ("shu hiye el 3a6le", "ما هي العطلة"),
        ("wayn el mat7af", "أين المتحف"),
        ("emta yeftah el ma7al?", "متى يفته المحال"),
        ("kam se3r el tazkara", "كم سعر التزكرة"),
        ("meen mas2ool 3an elta2meen", "من مسؤول عن التأمين"),
        ("kif el 5edma fel matar 2020", "كيف الخدمة في المتار 2020"),
    ],
)
def test_arabic_in_latin_letters_is_written_in_arabic_ones(typed: str, meant: str) -> None:
    assert is_arabizi(typed)
    assert in_arabic_letters(typed) == meant


@pytest.mark.parametrize(
    "question", ["Where is the H2O lab?", "متى يفتح المتحف؟", "El Salvador", "why", "", "2019"]
)
def test_anything_else_is_not_rewritten(question: str) -> None:
    assert not is_arabizi(question)
