"""A line is the unit of placing numbers: the cells of one printed row of a form, and what is printed for them."""

from __future__ import annotations

import re
from typing import NamedTuple

from parsers.document import Place, TableKind
from parsers.form_model import Column
from parsers.grid import Token, exact_grid
from parsers.result import CellResult, Number, Status, new_result

_PRINTED, _PLACED = Status.PRINTED, Status.ALIGNED
Values = tuple[Number | None, ...]


class Line(NamedTuple):
    """One printed row. ``keys`` and ``columns`` in printed order; ``tokens`` are the cells after the label.

    ``grid`` holds the token of each column where the grid of the source says so, else None; ``sure`` says that other
    rows or the heading bear that grid out. ``inferred``: the row was found by its neighbours, not by its label.
    A row of run-together text has no tokens but ``readings``, all ways to split its digits (``raw``, at ``place``).
    ``places``: the grid columns of the values in a picture, where rules part them.
    """

    keys: tuple[str, ...]
    columns: tuple[Column, ...]
    tokens: tuple[Token, ...]
    grid: tuple[Token, ...] | None
    kind: TableKind
    block: int
    inferred: bool = False
    sure: bool = False
    readings: tuple[Values, ...] | None = None
    raw: str = ""
    place: Place | None = None
    places: tuple[int, ...] | None = None

    def may_print(self, token: Token, n: int) -> bool:
        """Whether the token may stand in column ``n``: where rules part the columns, in those that its cell reaches."""
        if self.places is None or token.column + token.colspan <= self.places[0]:
            return True
        ends = (*self.places[1:], token.column + token.colspan)
        return self.places[n] < token.column + token.colspan and token.column < ends[n]

    @property
    def numbers(self) -> tuple[Token, ...]:
        """The tokens that print a number, in order."""
        return tuple([t for t in self.tokens if t.value.kind == "number"])

    @property
    def exact(self) -> bool:
        """Whether the grid of the source can be trusted."""
        return exact_grid(self.kind)

    @property
    def shape(self) -> tuple[object, ...]:
        """Lines of one table with as many numbers have the same shape: they lost (or gained) the same columns."""
        return (self.block, len(self.numbers))


def fit_to_grid(tokens: tuple[Token, ...], places: tuple[int, ...] | None) -> tuple[Token, ...] | None:
    """The tokens at the value columns, if every one of them is there and nothing is printed elsewhere."""
    if places is None:
        return None
    if tuple([t.column for t in tokens]) == places and max([t.colspan for t in tokens], default=1) < 2:
        return tokens  # as nearly all rows are
    by_column = {t.column: t for t in tokens}
    if any(p not in by_column or by_column[p].colspan > 1 for p in places):
        return None
    if any(t.value.kind != "blank" and t.column not in places for t in tokens):
        return None
    return tuple(by_column[p] for p in places)


def cell_of(key: str, column: Column, token: Token, proof: str | None = None, *, exact: bool = True) -> CellResult:
    """The result for a cell whose token is known; ``proof`` says what placed it if its place was inferred.

    A sign before a count is the source's where the grid is (``exact``); else it may be a dash, or mean a change.
    """
    value = token.value
    kind = value.kind
    if value.unit is None and not value.signed and type(value.number) is int and "." not in value.raw:
        # Most cells of all reports: spare the rest.
        return new_result((key, _PLACED if proof else _PRINTED, value.number, value.raw, token.place, proof))
    if kind != "number":
        status = {"blank": Status.BLANK, "mark": Status.MARK}.get(kind, Status.UNREADABLE)
        return CellResult(key, status, None, token.text, token.place)
    if value.signed and column.number == "count" and not exact:
        return CellResult(key, Status.UNREADABLE, None, token.text, token.place, "a sign before a count")
    number, converted = in_column_unit(column, token)
    if number is None:
        return CellResult(key, Status.UNREADABLE, None, token.text, token.place, converted)
    proof = "；".join(p for p in (proof, converted) if p) or None
    return CellResult(
        key, Status.ALIGNED if proof else Status.PRINTED, number, token.text, token.place, proof
    )  # fmt: skip


_POINTED = re.compile(r"\d[.．]\d{3}(?!\d)")  # 12.345: the point may stand for a comma
_SCALES = "十百千万亿"
_YUAN = {"元": 1, "万元": 10_000, "亿元": 100_000_000}


def in_column_unit(column: Column, token: Token) -> tuple[Number | None, str | None]:
    """The printed number in the unit of its column, and a note where a unit printed in the cell was converted.

    A count with a money unit, or money with a unit of things, is not the number that the column asks for.
    """
    number, unit = token.value.number, token.value.unit
    if token.value.worded and column.number != "signed":
        return None, "a change (增 or 减) in a column of counts"
    if column.number in ("count", "signed") and _POINTED.search(token.text):
        return None, "a point before three digits in a column of counts"
    if number is None or unit is None:
        return number, None
    wanted = "万元" if column.number == "decimal" else "元"
    if column.number not in ("decimal", "money"):
        fits = unit not in _YUAN and unit[0] not in _SCALES
        return (number, None) if fits else (None, f"unit {unit} in a column of counts")
    if unit not in _YUAN:
        return None, f"unit {unit} in a column of money"
    if unit == wanted:
        return number, None
    value = round(number * _YUAN[unit] / _YUAN[wanted], 6)
    return (int(value) if float(value).is_integer() else value), f"printed in {unit}, converted to {wanted}"


def unreadable(line: Line, why: str) -> dict[str, CellResult]:
    """Nothing of the line can be placed: every cell unreadable, with the printed row as raw text."""
    raw = line.raw or "\t".join(t.text for t in line.tokens).strip()
    place = line.tokens[0].place if line.tokens else line.place
    return {key: CellResult(key, Status.UNREADABLE, None, raw, place, why) for key in line.keys}
