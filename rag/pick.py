"""Which row and which column of a table a question means.

Every content word of the question is compared with every cell and every column's name. A word
speaks for the row in which it stands more than in the others of its table, and for the column
whose name it is nearer to than to the others; what all rows share says nothing. So two-way tables
need nothing of their own, whichever side the entities stand on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from index import Language
from index.arrays import Vectors
from index.text.keywords import content_tokens, word_forms
from rag.evidence import Nearness
from rag.table import Row

SURE, AGREED = 0.5, 0.35
"""How sure a pick has to be, to be the answer: by itself, and in the passage that search has for
the best one."""
_UNRELATED = 0.25
"""A cosine of two words that says nothing: few unrelated ones come nearer."""
_RELATED = 0.5
"""So much more, and they are as good as the same; but never quite (`_ALIKE`)."""
_ALIKE = 0.8
_SENTENCE = 3.0
"""The weight of a row's own nearness to the question, beside that of its words."""
_NAMES_A_COLUMN = 0.7
"""So much less a word says of the row where it names a column: it asks for that one."""
_CODE = 1.5
"""The weight of a code (E6, PL-131): it names one thing, and is written alike in any language."""
_TELLS = 0.3
_HIT = 0.06
"""The weight of how much worse a table's passage was found than the best one."""
_ANOTHER = 0.5
"""A word says so much for another row than the best one, which has nothing of it: two are meant."""
_CLEAR = 0.3
"""What a column's name must have of the question, and half of it more than the next one."""
_MOST_ROWS = 3
_NAMES_TOLD = 3
"""So many names of columns tell one table of a document from another."""
_SAME = 0.999


@dataclass(frozen=True, slots=True)
class Pick:
    """The rows that a question means, the best first, and the places of its columns in them.

    No columns stands for all: none is clearly meant. `sure` goes from 0 to 1.
    """

    rows: tuple[Row, ...]
    columns: tuple[int, ...]
    sure: float


def pick(
    question: str, language: Language, rows: Sequence[Row], library: Nearness, before: str = ""
) -> Pick | None:
    """The row (or the few rows) and the columns that a question asks for; None for none.

    `before` is the question that it leans on, if any: that may name the row, and names the column
    only where the new one does not.
    """
    own = _asked(question, language)
    words = [*own, *(word for word in _asked(before, language) if word not in own)]
    if not words or not rows:
        return None
    tables = [list(group) for _, group in groupby(sorted(rows, key=_table), key=_table)]
    top = max(row.hit.score for row in rows)
    picks = [_within(words, len(own), table, library, top) for table in tables]
    best = max(picks, key=lambda found: found.sure)
    return best if best.sure > 0 else None


def _asked(question: str, language: Language) -> list[str]:
    forms = word_forms(question, language)
    return [forms.get(token, token) for token in dict.fromkeys(content_tokens(question, language))]


def _table(row: Row) -> tuple[str, str, tuple[str, ...]]:
    # A later part of a long table may know fewer of its names.
    return row.hit.document, row.head, tuple(name for name, _ in row.cells[:_NAMES_TOLD])


def _within(
    words: Sequence[str], own: int, rows: Sequence[Row], library: Nearness, top: float
) -> Pick:
    """What the words mean among the rows of one table; `top` is the score of the best hit.

    The first `own` words are the question's, the others those of the question before it.
    """
    widest = max(rows, key=lambda row: len(row.cells))
    names = [name for name, _ in widest.cells]
    cells = [(row.label, *(cell for _, cell in row.cells)) for row in rows]
    texts = list(dict.fromkeys([widest.head, *names, *(cell for row in cells for cell in row)]))
    place = {text: number for number, text in enumerate(texts)}
    near = _nearness(words, texts, library)
    held = np.stack([near[:, [place[c] for c in row]].max(axis=1) for row in cells], axis=1)
    named = near[:, [place[name] for name in names]]
    any_name = near[:, [place[name] for name in (widest.head, *names)]].max(axis=1)
    said = _contrast(held) * (1 - _NAMES_A_COLUMN * any_name.clip(max=1))[:, np.newaxis]
    score = said.sum(axis=0) + _SENTENCE * _similar(rows)
    order = np.argsort(-score, kind="stable").tolist()
    best = order[0]
    chosen = [best, *_others(said, named, order)]
    after = next((row for row in order if row not in chosen), None)
    margin = float(min(score[row] for row in chosen) - (score[after] if after is not None else 0))
    explained = float(np.maximum(held[:, chosen].max(axis=1), any_name).mean())
    sure = _sure(margin, explained) - _HIT * (top - max(row.hit.score for row in rows))
    rest = (1 - said[:, chosen].max(axis=1).clip(0, 1))[:, np.newaxis] * _contrast(named)
    columns = _columns(rest[:own], named[:own]) or _columns(rest, named)
    if columns:
        inside = near[:, [place[cell] for cell in cells[best]]]
        columns = tuple(sorted({*columns, *_telling(inside, said[:, best])}))
    return Pick(tuple(rows[row] for row in chosen), columns, min(1.0, max(0.0, sure)))


def _sure(margin: float, explained: float) -> float:
    """From the lead over the next row, and the share of the question that the cells explain."""
    lead = max(0.0, margin)
    return lead / (lead + 0.5) * (0.3 + 0.7 * explained)


def _similar(rows: Sequence[Row]) -> Vectors:
    """How much nearer to the question each row is than those of passages in its language."""
    every = np.array([row.sentence.similarity for row in rows], dtype=np.float32)
    languages = np.array([row.hit.language for row in rows])
    for language in set(languages):
        every[languages == language] -= every[languages == language].mean()
    return every


def _telling(inside: Vectors, said: Vectors) -> set[int]:
    """The columns, beside the label's, by whose cells the question's words tell the row."""
    told = [int(np.argmax(near)) for near, much in zip(inside, said, strict=True) if much >= _TELLS]
    return {cell - 1 for cell in told if cell}


def _nearness(words: Sequence[str], texts: Sequence[str], library: Nearness) -> Vectors:
    """From 0 for nothing in common to 1 for the same word: [words, texts].

    Codes and numbers are the same or not; short numbers, which stand in many cells, say less.
    """
    cosines = library.word_nearness(words, texts)
    same = cosines > _SAME
    near = ((cosines - _UNRELATED) / _RELATED).clip(0, _ALIKE)
    for number, word in enumerate(words):
        if any(map(str.isdigit, word)):
            near[number] = 0
    weight = [_weight(word) for word in words]
    found: Vectors = np.where(same, 1.0, near) * np.array(weight)[:, np.newaxis]
    return found


def _weight(word: str) -> float:
    if word.isdigit():
        return min(1.0, (len(word) + 1) / 4)
    return _CODE if any(map(str.isdigit, word)) else 1.0


def _contrast(near: Vectors) -> Vectors:
    """How much more a word says of each row or column than of all on the mean; nothing below."""
    mean = near.sum(axis=1, keepdims=True) / (near.shape[1] + 1)
    more: Vectors = (near - mean).clip(min=0)
    return more


def _others(said: Vectors, named: Vectors, order: Sequence[int]) -> list[int]:
    """Rows that are meant beside the best one: words say much for them and nothing for it."""
    found: list[int] = []
    free = said[:, order[0]] < _ANOTHER / 5
    for row in order[1:]:
        if len(found) + 1 < _MOST_ROWS and (said[free, row] >= _ANOTHER).any():
            found.append(row)
            free = free & (said[:, row] < _ANOTHER / 5)
    return found


def _columns(rest: Vectors, named: Vectors) -> tuple[int, ...]:
    """The columns that what is left of the question names; none where that is not clear."""
    if not rest.shape[1]:
        return ()
    score = rest.sum(axis=0)
    best = int(np.argmax(score))
    second = max((float(s) for at, s in enumerate(score) if at != best), default=0.0)
    if score[best] >= _CLEAR and score[best] - second >= _CLEAR / 2:
        return (best,)
    own = {int(np.argmax(row)) for row in named if row.max() >= 1 and (row >= 1).sum() == 1}
    return tuple(sorted(own)) if len(own) > 1 else ()
