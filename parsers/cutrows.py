"""Rows that the end of a page has cut in two: one part of the label and the numbers here, the rest of the label there.

Only tables that are drawn on pages have such rows. The parts are put together where, joined, they are a label of a
form, and neither is one of another row by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from parsers.grid import GUESSED, Record, Token
from parsers.labels import CONTAINED
from parsers.locate import row_books
from parsers.values import read_value

_ON_PAGES = ("ruled", "aligned", "ocr")


def whole_rows(records: Sequence[Record]) -> list[Record]:
    """The records with cut rows put together, where the numbers stand; what is left of the other part is empty."""
    out = list(records)
    for upper, lower in _ends(records):
        if (tokens := _with_rest_of_numbers(upper, lower)) is not None:
            label = _joined(upper, lower) if lower.n_words else None
            whole = upper._replace(tokens=tokens)
            out[upper.index] = whole if label is None else _relabelled(whole, label)
            out[lower.index] = lower._replace(tokens=(), words=(), n_numbers=0)
    for upper, lower in _neighbours(out):
        if (upper.n_numbers > 0) == (lower.n_numbers > 0):
            continue
        numbered, other = (upper, lower) if upper.n_numbers else (lower, upper)
        label = _joined(upper, lower)
        if label is not None:
            out[numbered.index] = _relabelled(numbered, label)
            out[other.index] = other._replace(tokens=(), words=(), n_numbers=0)
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


def _ends(records: Sequence[Record]) -> list[tuple[Record, Record]]:
    """The last row of each ruled table with the first of the one on the next page; without rules, rows and the next."""
    on_pages = [r for r in records if r.kind in ("ruled", "aligned") and r.tokens]
    return [
        (a, b) for a, b in pairwise(on_pages)
        if (b.block == a.block and a.kind == "aligned")
        or (b.block == a.block + 1 and (_page(a) or 0) + 1 == _page(b))
    ]  # fmt: skip


def _page(record: Record) -> int | None:
    return next((t.place.page for t in record.tokens if t.place.page), None)


def _with_rest_of_numbers(upper: Record, lower: Record) -> tuple[Token, ...] | None:
    """The cells of a row, its numbers with the digits that stand alone under some of them on the next page.

    A narrow column may part a number, too. What is joined so is only likely: a sum must confirm it.
    """
    rest = [t for t in lower.tokens if t.value.kind not in ("blank", "text")]
    if lower.n_words and (not _label_end(lower) or not _label_end(upper) or _joined(upper, lower) is None):
        return None
    if not rest or not all(t.text.strip().isdecimal() for t in rest) or 2 * len(rest) > upper.n_numbers:
        return None
    over = {id(b): [a for a in upper.tokens if _overlap(a, b)] for b in rest}
    if any(len(found) != 1 or found[0].value.kind != "number" for found in over.values()):
        return None
    joined = {id(found[0]): b.text for b in rest for found in (over[id(b)],)}
    return tuple(_with_digits(t, joined[id(t)]) if id(t) in joined else t for t in upper.tokens)


def _overlap(one: Token, two: Token) -> bool:
    """Whether two cells stand over each other."""
    a, b = one.place.box, two.place.box
    return a is not None and b is not None and 2 * (min(a[2], b[2]) - max(a[0], b[0])) > min(a[2] - a[0], b[2] - b[0])


def _with_digits(token: Token, digits: str) -> Token:
    value = read_value(token.text.strip() + digits.strip())
    value = value._replace(raw=f"{token.text}\n{digits}")
    return token._replace(value=value, confidence=min(token.confidence, GUESSED))


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
    return record._replace(tokens=tokens, words=tuple(t for t in tokens if t.value.kind == "text"))
