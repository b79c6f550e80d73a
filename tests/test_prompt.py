"""What the model reads of rows: names of columns above them, a sign between them."""

from __future__ import annotations

from index import Hit, HitSentence
from rag.prompt import evidence_of, messages


def _hit(lines: list[str], best: int, section: tuple[str, ...] = ()) -> Hit:
    text = "\n".join(lines)
    sentences: list[HitSentence] = []
    start = 0
    for number, line in enumerate(lines):
        similarity = 0.9 if number == best else 0.9 - 0.01 * abs(number - best)
        sentences.append(HitSentence(number, start, start + len(line), line, similarity))
        start += len(line) + 1
    return Hit(
        rank=1, score=1.0, passage_id=1, document="fees.xlsx", page=None, start=0, end=len(text),
        text=text, language="en", section=section, sentences=tuple(sentences),
        sentence=sentences[best], similarity=0.9, coverage=1.0,
    )  # fmt: skip


ROWS = ["Course | Fee"] + [f"A course with quite a long name, number {n} | {n}0" for n in range(60)]


def _asked(hit: Hit) -> str:
    _, question = messages("How much?", "en", evidence_of([hit]))
    return str(question.content)


def test_rows_that_are_read_alone_come_with_the_names_of_their_columns() -> None:
    asked = _asked(_hit(["The fees of this year:", *ROWS], 50, ("Prices",)))
    assert "[1] (Prices › Course | Fee) A course" in asked
    assert "number 49 | 490" in asked
    assert "number 3 | 30" not in asked


def test_names_of_columns_from_an_earlier_passage_follow_the_heading() -> None:
    asked = _asked(_hit(ROWS[1:], 50, ("School", "Prices", "Course | Fee")))
    assert "[1] (Prices › Course | Fee) A course" in asked
    assert "number 0 | 00" not in asked


def test_names_of_columns_that_are_read_anyway_are_not_said_twice() -> None:
    asked = _asked(_hit(ROWS[:4], 1, ("Prices",)))
    assert "[1] (Prices) Course | Fee; A course" in asked
    assert asked.count("Course | Fee") == 1


def test_rows_are_told_apart_and_prose_stays_one_line() -> None:
    asked = _asked(_hit(["The fees of\nthis year:", "Course | Fee", "Weaving | 20", "Paid."], 2))
    assert "[1] The fees of this year: Course | Fee; Weaving | 20 Paid.\n" in asked
