"""Would one slip of the reader explain a broken table? Tries the slips, row by row.

A slip moves printed numbers: part of a row shifted by one cell, a number split over two cells, two numbers joined in
one, a cell lost. A slip explains the table only if undoing it repairs every broken sum and breaks none, and only if
at least two sums were broken: a single one can be repaired in too many ways to prove anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from parsers.form_model import Equation
from parsers.reading import Reading
from parsers.result import Number

_LEAST_BROKEN = 2
Row = tuple[Number | None, ...]


class Repair(NamedTuple):
    """What was undone, in words."""

    zh: str
    en: str


class _Slip(NamedTuple):
    zh: str
    en: str
    values: Row


def find_repair(reading: Reading, table: str) -> Repair | None:
    """The one slip whose undoing repairs every broken sum of a table; None if there is none or it proves nothing."""
    sums = [e for e in reading.plan.equations if e.identity.table == table]
    values = {k: reading.value(k) for e in sums for k in e.keys}
    before = {e.id: _gap(values, e) for e in sums}
    broken = {name for name, gap in before.items() if gap}
    if len(broken) < _LEAST_BROKEN:
        return None
    form_table = reading.form.table(table)
    for row in form_table.rows:
        keys = [form_table.cell_key(row, c) for c in form_table.columns_of(row)]
        touching = [e for e in sums if not e.cells.isdisjoint(keys)]
        if not broken <= {e.id for e in touching}:
            continue
        own = [e for e in touching if e.cells.issubset(keys)]
        for slip in _slips(tuple(values[k] for k in keys)):
            if not _moves(tuple(values[k] for k in keys), slip.values):
                continue
            trial = values | dict(zip(keys, slip.values, strict=True))
            _derive(trial, own)
            after = {e.id: _gap(trial, e) for e in touching}
            if all(after[b] == 0 for b in broken) and not any(after[e.id] for e in touching):
                return Repair(f"如将“{row.label}”一行{slip.zh}", f"in the row {row.gloss}, {slip.en}")
    return None


def _moves(before: Row, after: Row) -> bool:
    """Whether a printed number comes to stand elsewhere: a number that is only derived proves nothing."""
    return any(b is not None and a is not None and a != b for a, b in zip(after, before, strict=True))


def _gap(values: Mapping[str, Number | None], equation: Equation) -> Number | None:
    """Left minus right; None where an operand is unknown."""
    total: Number = 0
    for sign, side in ((1, equation.left), (-1, equation.right)):
        for key in side:
            value = values[key]
            if value is None:
                return None
            total += sign * value
    return total


def _derive(values: dict[str, Number | None], own: Sequence[Equation]) -> None:
    """Fill the one number a row has lost, where the row's own sum gives it."""
    for equation in own:
        unknown = [k for k in equation.keys if values[k] is None]
        if len(unknown) == 1:
            values[unknown[0]] = 0
            gap = _gap(values, equation) or 0
            filled = gap if unknown[0] in equation.right else -gap
            values[unknown[0]] = filled if filled >= 0 else None


def _slips(row: Row) -> Iterator[_Slip]:
    """What the row may have been before each slip."""
    n = len(row)
    for i in range(n):
        for j in range(i + 1, n):
            if not row[j]:  # shifted left over a lost cell, the end of the run empty
                right = (*row[:i], row[j], *row[i:j], *row[j + 1 :])
                yield _Slip("自某格起右移一格", "moving part of it one cell to the right", right)
            if not row[i]:
                left = (*row[:i], *row[i + 1 : j + 1], row[i], *row[j + 1 :])
                yield _Slip("自某格起左移一格", "moving part of it one cell to the left", left)
    if None not in row:  # a phantom cell pushed the last number out
        for i in (i for i in range(n - 1) if row[i] == 0):
            yield _Slip("去掉一个多出的格", "taking out one cell too many", (*row[:i], *row[i + 1 :], None))
    for i in range(n - 1):
        yield from _split_or_joined(row, i)
    if row[-1] is None and row.count(None) == 1:
        for i in range(n - 1):
            yield _Slip("补回丢失的一格", "putting back a lost cell", (*row[:i], None, *row[i:-1]))


def _split_or_joined(row: Row, i: int) -> Iterator[_Slip]:
    first, second = row[i], row[i + 1]
    if _whole(first) and _whole(second) and (first or 0) > 0 <= (second or 0):
        joined = int(f"{first}{second}")
        yield _Slip("将被拆开的一个数合并", "joining a number that was split", (*row[:i], joined, *row[i + 2:], None))
        if None in row[i + 2:]:
            at = row.index(None, i + 2)
            yield _Slip("将被拆开的一个数合并", "joining a number that was split",
                        (*row[:i], joined, *row[i + 2:at], None, *row[at:][1:], None)[:len(row)])  # fmt: skip
    if _whole(first) and first is not None and first > 9 and None in row[i + 1:]:
        at = row.index(None, i + 1)
        digits = str(first)
        for cut in range(1, len(digits)):
            pair = (int(digits[:cut]), int(digits[cut:]))
            yield _Slip("将并在一起的两个数拆开", "splitting two numbers that were joined",
                        (*row[:i], *pair, *row[i + 1:at], *row[at + 1:]))  # fmt: skip


def _whole(value: Number | None) -> bool:
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
