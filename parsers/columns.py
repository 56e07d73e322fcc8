"""Which printed column is which: the order of the heading labels and the grid columns that hold the numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from parsers.form_model import Column
from parsers.grid import Record, exact_grid
from parsers.labels import LabelBook, core, fold
from parsers.locate import RowHit

_SEVERAL = 2
_NAME = 8  # characters of the name of a column
_REMARKS = re.compile("备注|说明|申请人|法人|组织|[件条元项]")


def printed_order(
    book: LabelBook, columns: Sequence[Column], header: Sequence[Record], places: tuple[int, ...] | None = None
) -> list[str] | None:
    """Column keys in the order in which the heading prints them.

    A heading that names every column once decides, if it stands over the grid columns ``places`` that hold the
    values; one that stands beside them (a lost or overrunning span) has lost its order, too. Such a heading, and one
    that names only some columns, leaves the order of the form, unless one of its rows, from left to right, contradicts
    that order: then None, and nothing under it can be placed.
    """
    standard = [c.key for c in columns]
    named = _named_columns(book, header)
    order = list(named.values())
    over = places is None or set(named) == set(places)
    if order == standard or (over and sorted(order) == sorted(standard) and (places or not _trusted(header))):
        return order
    if sorted(order) == sorted(standard) or not over:
        rows = ([m.key for t in r.tokens if (m := book.find(t.text))] for r in header)
        return standard if all(_in_order(row, standard) for row in rows) else None
    return standard if _in_order(order, standard) or not _trusted(header) else None


def _trusted(header: Sequence[Record]) -> bool:
    return bool(header) and all(exact_grid(r.kind) for r in header)


def _in_order(named: Sequence[str], standard: Sequence[str]) -> bool:
    return list(named) == [k for k in standard if k in named]


def names_others(book: LabelBook, columns: Sequence[Column], header: Sequence[Record], places: Sequence[int]) -> bool:
    """Whether words that are no column's of the form stand over several columns of numbers (offices, months).

    A spelling that nobody has seen shares a character with the form's; such words share none.
    """
    if header and all(r.kind == "text" for r in header):
        return len(columns) > _SEVERAL and _goes_on_with_others(book, columns, header)
    stacks = _stacks(header) if _trusted(header) else {}
    strange = 0
    for column, place in zip(columns, places, strict=False):
        words = core("".join(stacks.get(place, ())))
        known = book.find(words) is not None or set(words) & set(core(column.label))
        strange += len(words) > 1 and not known
    return strange >= _SEVERAL


def _goes_on_with_others(book: LabelBook, columns: Sequence[Column], header: Sequence[Record]) -> bool:
    """Whether in flattened text a cell of the heading, behind the first column's name, names others (小计)."""
    letters = set("".join(c.label for c in columns))
    words = [t.text for r in header for t in r.tokens if t.value.kind == "text" and len(core(t.text)) <= _NAME]
    first = next((n for n, word in enumerate(words) if book.find(word) is not None), len(words))
    strange = (set(core(w)) for w in words[first:] if book.find(w) is None and not _REMARKS.search(w))
    return any(len(word) > 1 and 2 * len(word & letters) <= len(word) for word in strange)


def hints_at_columns(columns: Sequence[Column], header: Sequence[Record], over: str) -> bool:
    """Whether a heading, or the text ``over`` it, holds pieces of the names of several columns: their characters may
    stand under each other."""
    words = fold(" ".join([*("".join(stack) for stack in _stacks(header).values()), over]))
    pieces = ({name[n : n + 2] for n in range(len(name) - 1)} for name in (core(c.label) for c in columns))
    return sum(any(piece in words for piece in some) for some in pieces) >= _SEVERAL


def names_columns(book: LabelBook, header: Sequence[Record]) -> bool:
    """Whether a heading names any column."""
    return bool(_named_columns(book, header))


def _named_columns(book: LabelBook, header: Sequence[Record]) -> dict[int, str]:
    """Keys named by the heading by grid column, from left to right; under each the lowest label counts.

    A label may stand broken over several rows of the heading, so its parts are joined upwards.
    """
    stacks = _stacks(header)
    named: dict[int, str] = {}
    for column in sorted(stacks):
        parts = stacks[column]
        for start in range(len(parts) - 1, -1, -1):
            match = book.find(" ".join(parts[start:]))
            if match is not None:
                if match.key not in named.values():
                    named[column] = match.key
                break
    return named


def _stacks(header: Sequence[Record]) -> dict[int, list[str]]:
    """The words over each grid column, from above."""
    stacks: dict[int, list[str]] = {}
    for record in header:
        for token in record.tokens:
            if token.value.kind == "text" and token.colspan == 1:
                stacks.setdefault(token.column, []).append(token.text)
    return stacks


def value_columns(hits: Sequence[RowHit], n: int) -> tuple[tuple[int, ...] | None, bool]:
    """Grid columns of the values of some rows of one table: where most full rows have their ``n`` numbers.

    Without a full row, a trustworthy grid may still show it: most rows have exactly ``n`` cells after the label, and
    behind them only empty ones (a sheet is as wide as its widest table). The second value says whether at least two
    rows bear it out.
    """
    numbers = (tuple([t.column for t in h.tokens if t.value.kind == "number"]) for h in hits)
    full = Counter(columns for columns in numbers if len(columns) == n)
    if full:
        places, votes = full.most_common(1)[0]
        return places, votes > 1
    counted = Counter(
        tuple(t.column for t in h.tokens[:n])
        for h in hits if len(h.tokens) >= n and exact_grid(h.record.kind) and not h.inferred
        and all(t.value.kind == "blank" for t in h.tokens[n:])
    )  # fmt: skip
    if counted:
        places, votes = counted.most_common(1)[0]
        if 2 * votes >= len(hits):
            return places, votes > 1
    return None, False
