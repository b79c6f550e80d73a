"""The order in which a person reads what stands on a slide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

_SAME_LINE = 0.5  # of the height of the lower of two: they stand side by side

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """Something on a slide, and where: its left upper corner and its size, in any unit."""

    item: T
    x: float
    y: float
    width: float
    height: float


def reading_order(placed: Sequence[Placed[T]], *, right_to_left: bool) -> list[T]:
    """What stands on a slide, from above to below and line by line.

    Where each thing of a line has another below it that is higher, as titles stand above their
    texts, every one is followed by what is below it.
    """
    lines = [_along(line, right_to_left) for line in _lines(placed)]
    ordered: list[T] = []
    while lines:
        line = lines.pop(0)
        if lines and _heads(line, lines[0]):
            pairs = zip(line, lines.pop(0), strict=True)
            ordered += [each.item for pair in pairs for each in pair]
        else:
            ordered += [each.item for each in line]
    return ordered


def _lines(placed: Sequence[Placed[T]]) -> list[list[Placed[T]]]:
    lines: list[list[Placed[T]]] = []
    for each in sorted(placed, key=lambda each: each.y):
        if lines and _side_by_side(lines[-1][0], each):
            lines[-1].append(each)
        else:
            lines.append([each])
    return lines


def _side_by_side(one: Placed[T], other: Placed[T]) -> bool:
    common = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    apart = one.x + one.width <= other.x or other.x + other.width <= one.x
    return common > _SAME_LINE * min(one.height, other.height) and (apart or one.y == other.y)


def _along(line: list[Placed[T]], right_to_left: bool) -> list[Placed[T]]:
    if right_to_left:
        return sorted(line, key=lambda each: -(each.x + each.width))
    return sorted(line, key=lambda each: each.x)


def _heads(line: list[Placed[T]], below: list[Placed[T]]) -> bool:
    return (
        len(line) == len(below) >= 2
        and all(head.height < body.height for head, body in zip(line, below, strict=True))
        and all(
            body.x <= head.x + head.width / 2 <= body.x + body.width
            for head, body in zip(line, below, strict=True)
        )
    )
