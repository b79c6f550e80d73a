"""What a model says without what it thinks: blocks of thought and template tokens are left out.

Thinking models write their thoughts into the reply, as `<think>...</think>` or in one of many
other spellings. A closing mark without an opening one ends a thought that began in the prompt, so
all that stands before it goes; an opening one without an end was cut off, and all behind it goes.
A mark that stands in the prompt itself may be a quotation from a document, and is left alone
unless the reply begins with it.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import closing

_NAMES = (
    r"(?:\w{1,20}:)?(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|scratchpad"
    r"|(?:inner_?)?monologue|chain_of_thought)"
)
_MARK = re.compile(
    rf"(?P<open>(?:<|&lt;)\s{{0,3}}{_NAMES}(?:\s[^<>\n]{{0,80}})?(?:>|&gt;)|\[THINK\]|◁think▷"
    r"|<\|(?:begin_of_thought|start_thinking|think(?:ing)?)\|>"
    r"|<\|channel\|>(?!\s{0,3}final)\s{0,3}\w{0,20})"
    rf"|(?P<close>(?:<|&lt;)\s{{0,3}}/\s{{0,3}}{_NAMES}\s{{0,3}}(?:>|&gt;)|\[/THINK\]|◁/think▷"
    r"|<\|(?:end_of_thought|end_thinking|/think(?:ing)?)\|>|<\|channel\|>\s{0,3}final)"
    r"|(?P<end><\|end\|>)"
    r"|(?P<stop></s>|<(?:eos|end_of_turn)>|<｜end[^<>｜\n]{0,30}｜>"
    r"|<\|(?:im_end|eot_id|eom_id|endoftext|end_of_text|end_of_sentence|return)\|>)"
    r"|(?P<token><(?:\|[^<>|\n]{1,60}\||｜[^<>｜\n]{1,60}｜)>|<s>|\[/?INST\]"
    rf"|<{_NAMES}\s?/>"
    r"|</?(?:bos|pad|unk|mask|start_of_turn|end_of_utterance"
    r"|answer|response|output|final(?:_answer)?)>)",
    re.IGNORECASE,
)
_ROLE = re.compile(r"\s{0,3}(?:assistant|model)\b\s{0,3}", re.IGNORECASE)
_GROWING = re.compile(
    r"(?:(?:<|&l?t?;?|\[/?|◁)[^<>\[\]◁▷\n]{0,110}|<[^<>\n]{0,9}start[^<>\n]{0,12}>\s{0,3}\w{0,10})\Z"
)
"""The beginning of a mark, at the end of what has come."""
_MARK_CHARACTERS = 120


def spoken(text: str, prompt: str = "") -> str:
    """The text without thoughts and marks; marks that stand in the `prompt` may be quotations."""
    quotable = prompt.lower()
    kept: list[str] = []
    depth = done = last = 0
    begun = False
    for mark in _MARK.finditer(text):
        begun = begun or bool(text[last : mark.start()].strip())
        last = mark.end()
        if depth == 0 and begun and mark[0].lower() in quotable and not _alone(text, mark):
            continue
        if depth == 0:
            kept.append(text[done : mark.start()])
        done = mark.end()
        if mark.lastgroup == "stop" and begun:  # what follows is a turn that the model made up
            return _joined(kept) if depth == 0 else ""
        if mark.lastgroup == "open":
            depth += 1
        elif mark.lastgroup == "close" or (mark.lastgroup == "end" and depth):
            if depth == 0:
                kept.clear()
            depth = max(0, depth - 1)
            begun = False
        if "start" in mark[0].lower() and (role := _ROLE.match(text, done)):
            done = last = role.end()
    if depth == 0:
        kept.append(text[done:])
    return _joined(kept)


def _alone(text: str, mark: re.Match[str]) -> bool:
    """Whether a closing mark stands on a line of its own, as no quotation does."""
    before, behind = (
        text[max(0, mark.start() - 3) : mark.start()],
        text[mark.end() : mark.end() + 3],
    )
    return mark.lastgroup == "close" and (
        before.rstrip(" ")[-1:] in ("", "\n") and behind.lstrip(" ")[:1] in ("", "\n")
    )


def _joined(kept: list[str]) -> str:
    return "".join(kept).lstrip()


def stream_spoken(deltas: Generator[str], prompt: str) -> Generator[str]:
    """The same of a reply as it is written, but for a closing mark that comes alone: what stands
    before it has been shown by then."""
    raw = shown = ""
    with closing(deltas):
        for delta in deltas:
            raw += delta
            growing = _GROWING.search(raw, max(0, len(raw) - _MARK_CHARACTERS))
            now = spoken(raw[: growing.start()] if growing else raw, prompt)
            if now.startswith(shown) and len(now) > len(shown):
                yield now[len(shown) :]
                shown = now
    now = spoken(raw, prompt)
    if now.startswith(shown):
        yield now[len(shown) :]
