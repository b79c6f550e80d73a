"""What could be asked: questions about headings that stand in the documents."""

from __future__ import annotations

from pathlib import Path

from index import Library
from rag import Assistant
from tests.scripted import ScriptedLLM
from ui.suggestions import EXAMPLES, FOLLOW_UPS, examples, follow_ups


def test_examples_are_about_headings_in_the_document_s_language(library: Library) -> None:
    found = {one["question"]: one for one in examples(library, library.documents())}
    garden = found["What does the document say about “Opening hours”?"]
    assert (garden["language"], garden["documents"]) == ("en", ["garden.md"])
    train = found["ماذا يقول المستند عن «الرحلات»؟"]
    assert (train["language"], train["documents"]) == ("ar", ["قطار.md"])
    assert not any("bakery" in str(one) for one in found.values())  # it has no headings


def test_examples_follow_what_comes_and_goes(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "harbour.md"
    file.write_text("# Harbour\n\n## Ice\n\nThe harbour freezes in January.\n", encoding="utf-8")
    library.add(file)
    assert any("“Ice”" in one["question"] for one in examples(library, library.documents()))
    file.write_text("# Harbour\n\n## Fog\n\nIn May there is fog.\n", encoding="utf-8")
    library.add(file)
    asked = [one["question"] for one in examples(library, library.documents())]
    assert not any("“Ice”" in question for question in asked)
    assert any("“Fog”" in question for question in asked)
    library.remove("harbour.md")
    asked = [one["question"] for one in examples(library, library.documents())]
    assert not any("“Fog”" in question for question in asked)


def test_there_are_few_examples_however_many_documents(library: Library, tmp_path: Path) -> None:
    for number in range(20):
        text = "".join(f"## Part {'abc'[part]} {number}\n\nText {part}.\n\n" for part in range(3))
        (tmp_path / f"{number}.md").write_text(f"# Title\n\n{text}", encoding="utf-8")
    library.add([tmp_path / f"{number}.md" for number in range(20)])
    assert len(examples(library, library.documents())) == EXAMPLES


def test_follow_ups_are_about_what_stands_beside_the_citation(library: Library) -> None:
    llm = ScriptedLLM("Forty goldfish live in the pond.")
    answer = Assistant(library, llm, strictness="open").ask("How many goldfish live in the pond?")
    assert answer.citations[0].section[-1] == "The pond"
    found = follow_ups(library, answer, ())
    assert "What does the document say about “Opening hours”?" in found
    assert not any("The pond" in question for question in found)
    assert len(found) <= FOLLOW_UPS
    assert follow_ups(library, answer, found) == []  # nothing is suggested twice


def test_nothing_follows_a_refusal(library: Library) -> None:
    answer = Assistant(library, ScriptedLLM("NO_ANSWER")).ask("What is the capital of Mongolia?")
    assert answer.abstained
    assert follow_ups(library, answer, ()) == []
