"""Rows that the end of a page has cut in two: one part of the label and the numbers here, the rest of the label there.

Only tables that are drawn on pages have such rows. The parts are put together where, joined, they are a label of a
form, and neither is one of another row by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from parsers.grid import Record, Token
from parsers.labels import CONTAINED
from parsers.locate import row_books
from parsers.values import read_value

_ON_PAGES = ("ruled", "aligned", "ocr")


def whole_rows(records: Sequence[Record]) -> list[Record]:
    """The records with cut rows put together, where the numbers stand; what is left of the other part is empty."""
    out = list(records)
    for upper, lower in _neighbours(records):
        if (upper.n_numbers > 0) == (lower.n_numbers > 0):
            continue
        numbered, other = (upper, lower) if upper.n_numbers else (lower, upper)
        label = _joined(upper, lower)
        if label is not None:
            out[numbered.index] = _relabelled(numbered, label)
            out[other.index] = replace(other, tokens=(), words=(), n_numbers=0)
    return out


def _neighbours(records: Sequence[Record]) -> list[tuple[Record, Record]]:
    """The last row of each page's table with the first row of the next one's; headings are passed over."""
    blocks: dict[int, list[Record]] = {}
    for record in records:
        if record.kind in _ON_PAGES and _label_end(record):
            blocks.setdefault(record.block, []).append(record)
    pairs = pairwise(sorted(blocks))
    return [
        (blocks[a][-1], blocks[b][0]) for a, b in pairs
        if b == a + 1 and blocks[a][-1].tokens[0].place.page != blocks[b][0].tokens[0].place.page
    ]  # fmt: skip


def _label_end(record: Record) -> int:
    """Where the label of a row with values, or places for them, ends; 0 for a heading."""
    end = max((n for n, t in enumerate(record.tokens) if t.value.kind == "text"), default=-1) + 1
    return end if end < len(record.tokens) else 0


def _joined(upper: Record, lower: Record) -> str | None:
    """The label of both parts together, if it is that of a row and neither part is another row's."""
    first, second = (r.tokens[_label_end(r) - 1].text for r in (upper, lower))
    for book in row_books():
        whole = book.find(first + second)
        if whole is not None and whole.score >= CONTAINED:
            alone = [match.key for part in (first, second) if (match := book.find(part)) is not None]
            if all(key == whole.key for key in alone):
                return first + second
    return None


def _relabelled(record: Record, label: str) -> Record:
    at = _label_end(record) - 1
    token: Token = record.tokens[at]._replace(value=read_value(label))
    tokens = (*record.tokens[:at], token, *record.tokens[at + 1 :])
    return replace(record, tokens=tokens, words=tuple(t for t in tokens if t.value.kind == "text"))
