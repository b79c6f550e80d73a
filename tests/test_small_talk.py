"""Messages that are answered without the documents, and all those that are not."""

from __future__ import annotations

import pytest

from index import Language
from rag.small_talk import small_talk


@pytest.mark.parametrize(
    ("message", "language", "said"),
    [
        ("hello", "en", "Hello!"), ("Hi there!", "en", "Hello!"), ("hiiii", "en", "Hello!"),
        ("HEY SANAD 😀", "en", "Hello!"), ("Good morning!", "en", "Hello!"),
        ("good evening everyone", "en", "Hello!"), ("marhaba", "en", "Hello!"),
        ("Salam", "en", "Wa alaikum assalam!"), ("As-salamu alaykum", "en", "Wa alaikum assalam!"),
        ("السلام عليكم", "ar", "وعليكم السلام"), ("السّلامُ عليكم ورحمة الله وبركاته", "ar",
        "وعليكم السلام"), ("السلام عليكم، كيف الحال", "ar", "وعليكم السلام"),
        ("مرحبا", "ar", "أهلاً بك"), ("مرحباااا يا سند", "ar", "أهلاً بك"),
        ("صباح الخير ☀️", "ar", "أهلاً بك"), ("أهلاً", "ar", "أهلاً بك"),
        ("اهلا وسهلا", "ar", "أهلاً بك"), ("How are you?", "en", "Hello!"),
        ("thanks a lot", "en", "welcome"), ("Thank you so much!!", "en", "welcome"),
        ("شكراااا", "ar", "عفواً"), ("شكراً جزيلاً لك", "ar", "عفواً"),
        ("Thanks, that helped!", "en", "welcome"),
        ("يعطيك العافية", "ar", "عفواً"), ("Great, thanks!", "en", "welcome"),
        ("ok", "en", "welcome"), ("تمام", "ar", "عفواً"),
        ("Who are you?", "en", "I am Sanad"), ("what are you", "en", "I am Sanad"),
        ("Hello, who are you?", "en", "I am Sanad"), ("What is Sanad?", "en", "I am Sanad"),
        ("من أنت؟", "ar", "أنا سند"), ("ما هو سند", "ar", "أنا سند"),
        ("what can you do", "en", "documents"), ("ماذا يمكنك أن تفعل؟", "ar", "اسألني"),
    ],
)  # fmt: skip
def test_small_talk_is_answered_in_kind(message: str, language: Language, said: str) -> None:
    reply = small_talk(message, language)
    assert reply is not None
    assert said in reply


@pytest.mark.parametrize(
    "message",
    [
        "What does the greeting policy say?", "Hello, how many days of leave do I get?",
        "من هو سند بن علي؟", "من هو سند؟", "What is Sanad al-Din's book about?", "Who is Sanad?",
        "How does it work?", "شكرا، ومتى يفتح المتحف؟", "ما هو السند؟", "ما سند القبض؟",
        "Thanks, and on Fridays?", "Great Britain", "Great?", "Nice?", "evening?", "Nice, France",
        "good morning routine", "Hello Kitty", "hello world program", "Who are your suppliers?",
        "What can you tell me about parking?", "What are you supposed to wear?", "who made it",
        "How do you work out the fee?", "How are you insured?", "Is my data plan private?",
        "Is the data private?", "Which languages are taught?", "which languages?", "Goodbye party",
        "ok and the second one?", "تمام، وكم السعر؟", "السلام", "معاهدة السلام",
        "مرحبا بك في أي يوم",
        "كيف تعمل الآلة؟", "كيف يعمل؟", "من أنتج الفيلم؟", "هل تحتاج الرحلة إلى إنترنت؟",
        "صباح", "كم يوماً الإجازة؟", "Can you answer in Arabic?", "thanksgiving", "Perfect tense",
        "help desk hours", "ماذا تفعل عند الحريق؟", "", "?", "...", "👍", "and", "please", "سند",
        "hello " * 40, "ما اسم المدير؟", "Fine for late return", "Bye-laws",
    ],
)  # fmt: skip
def test_question_is_never_taken_for_small_talk(message: str) -> None:
    assert small_talk(message, "en") is None


@pytest.mark.parametrize("message", ["hello", "شكرا", "who are you", "تمام", "help", "salam"])
def test_every_reply_is_there_in_both_languages_and_cites_nothing(message: str) -> None:
    english, arabic = small_talk(message, "en"), small_talk(message, "ar")
    assert english is not None
    assert arabic is not None
    assert english.isascii() or "“" in english
    assert not any(letter.isascii() and letter.isalpha() for letter in arabic)
    assert "[" not in english + arabic
