"""Which printed column is which: the order of the heading labels and the grid columns that hold the numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from parsers.form_model import Column
from parsers.grid import Record, exact_grid
from parsers.labels import LabelBook
from parsers.locate import RowHit


def printed_order(book: LabelBook, columns: Sequence[Column], header: Sequence[Record]) -> list[str] | None:
    """Column keys in the order in which the heading prints them.

    A heading that names every column once decides. One that names only some of them leaves the order of the form,
    unless a trustworthy grid contradicts that order: then None, and nothing under it can be placed.
    """
    standard = [c.key for c in columns]
    named = _named_columns(book, header)
    if sorted(named) == sorted(standard):
        return named
    in_order = [k for k in standard if k in named]
    trusted = bool(header) and all(exact_grid(r.kind) for r in header)
    return standard if [k for k in named if k in in_order] == in_order or not trusted else None


def _named_columns(book: LabelBook, header: Sequence[Record]) -> list[str]:
    """Keys named by the heading, from left to right; under each grid column the lowest label counts.

    A label may stand broken over several rows of the heading, so its parts are joined upwards.
    """
    stacks: dict[int, list[str]] = {}
    for record in header:
        for token in record.tokens:
            if token.value.kind == "text" and token.colspan == 1:
                stacks.setdefault(token.column, []).append(token.text)
    named: list[str] = []
    for column in sorted(stacks):
        parts = stacks[column]
        for start in range(len(parts) - 1, -1, -1):
            match = book.find(" ".join(parts[start:]))
            if match is not None:
                if match.key not in named:
                    named.append(match.key)
                break
    return named


def value_columns(hits: Sequence[RowHit], n: int) -> tuple[tuple[int, ...] | None, bool]:
    """Grid columns of the values of some rows of one table: where most full rows have their ``n`` numbers.

    Without a full row, a trustworthy grid may still show it: most rows have exactly ``n`` cells after the label.
    The second value says whether at least two rows bear it out.
    """
    full = Counter(
        tuple(t.column for t in h.tokens if t.value.kind == "number")
        for h in hits if sum(t.value.kind == "number" for t in h.tokens) == n
    )  # fmt: skip
    if full:
        places, votes = full.most_common(1)[0]
        return places, votes > 1
    counted = Counter(
        tuple(t.column for t in h.tokens)
        for h in hits if len(h.tokens) == n and exact_grid(h.record.kind) and not h.inferred
    )  # fmt: skip
    if counted:
        places, votes = counted.most_common(1)[0]
        if 2 * votes >= len(hits):
            return places, votes > 1
    return None, False
