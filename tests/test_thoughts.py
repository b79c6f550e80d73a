"""What a model thinks is not what it says."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from rag.thoughts import spoken, stream_spoken

SAID = "The fee is 55 dinars."


@pytest.mark.parametrize(
    "text",
    [
        SAID,
        f"<think>It may be 40.</think>\n{SAID}",
        f"<THINK>\nIt may be 40.\n</Think >{SAID}",
        f"<thinking>It may be 40.</thinking>{SAID}",
        f"<thought>It may be 40.</thought>{SAID}",
        f"<seed:think>It may be 40.</seed:think>{SAID}",
        f'<reasoning effort="high">It may be 40.</reasoning>{SAID}',
        f"[THINK]It may be 40.[/THINK]{SAID}",
        f"◁think▷It may be 40.◁/think▷{SAID}",
        f"&lt;think&gt;It may be 40.&lt;/think&gt;{SAID}",
        f"<|begin_of_thought|>40<|end_of_thought|>{SAID}",
        f"<think>a<think>b</think>c</think>{SAID}",
        f"It may be 40.\n</think>\n\n{SAID}",
        f"<think>a</think>b</think>{SAID}",
        f"{SAID}<think>It may be 40.",
        f"{SAID}<think>It may be 40.</think>",
        f"<think/>{SAID}",
        f"<|channel|>analysis<|message|>40<|end|><|start|>assistant<|channel|>final<|message|>{SAID}",
        f"<|im_start|>assistant\n{SAID}<|im_end|>",
        f"<s>{SAID}</s>",
        f"<｜begin▁of▁sentence｜>{SAID}<｜end▁of▁sentence｜>What else?",
        f"<start_of_turn>model\n{SAID}<end_of_turn>\n<start_of_turn>user\nAnd 40?",
        f"<answer>{SAID}</answer>",
    ],
)
def test_thoughts_and_tokens_are_left_out(text: str) -> None:
    assert spoken(text).strip() == SAID


@pytest.mark.parametrize("text", ["<think>", "<think>It may be 40.", "</think>", "<|im_end|>", ""])
def test_what_was_cut_off_in_a_thought_says_nothing(text: str) -> None:
    assert spoken(text) == ""


@pytest.mark.parametrize(
    "text",
    ["A plan begins with <think> and ends with </think>.", "Write </s> last.", "1 < 2 > 0, <b>"],
)
def test_a_quotation_of_such_a_mark_is_kept(text: str) -> None:
    assert spoken(text, f"Sentences:\n[1] {text}") == text
    thought = f"<think>It has </think>\n{text}"
    assert spoken(thought, f"Sentences:\n[1] {text}") == text


@pytest.mark.parametrize("step", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("before", ["", "<think>It may be 40.</think>", "<|im_start|>assistant\n"])
def test_marks_that_come_in_pieces_are_never_shown(step: int, before: str) -> None:
    text = f"{before}{SAID} It is due in May. <thinking>Or 40?</thinking></s>"

    def deltas() -> Generator[str]:
        for at in range(0, len(text), step):
            yield text[at : at + step]

    pieces = list(stream_spoken(deltas(), ""))
    assert "".join(pieces).strip() == f"{SAID} It is due in May."
    assert step > 7 or len(pieces) > 3
