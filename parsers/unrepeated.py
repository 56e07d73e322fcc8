"""Flattened tables in which a cell that spans several stands in each of them: such spans undone.

Spreadsheets and many converters fill covered places with the text of the cell that covers them. Words are told so by
standing beside themselves; a number only where the heading over it does, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from parsers.document import Cell, Table
from parsers.values import read_value

_WORD = 2  # letters of a text that repeats itself beside itself or in a heading
_LONG = 4  # the same under itself, in rows with numbers: units stand in every row
_TELLING = 5  # letters of a text that tells such a table
_FEWEST = 2  # of these


def unrepeated(table: Table) -> Table:
    """The table with each spanning cell once, where it is flattened text that repeats them; else as it is."""
    if table.kind != "text":
        return table
    rows = table.rows()
    told = sum(len(_letters(cell)) >= _TELLING for row in rows for cell in _again(row))
    if told < _FEWEST:
        return table
    gone: set[Cell] = set()
    above: dict[int, str] = {}
    heads: dict[int, int] = {}  # grid column -> the first of the columns that the heading over it spans
    for row in rows:
        numbered = any(_is_number(cell) for cell in row)
        beside = set(_again(row))
        under = {c for c in row if c.text == above.get(c.column) and _is_word(c, _LONG if numbered else _WORD)}
        if numbered:
            firsts = {cell.column: cell.text for cell in row}
            beside |= {c for c in row if _is_number(c) and heads.get(c.column, c.column) != c.column
                       and firsts.get(heads[c.column]) == c.text}  # fmt: skip
        else:
            heads = _spans(row)
        gone |= beside | under
        above = {cell.column: cell.text for cell in row}
    return replace(table, cells=tuple(cell for cell in table.cells if cell not in gone))


def _again(row: list[Cell]) -> Iterator[Cell]:
    """The cells of a row that say what the cell before them says, in words."""
    for one, two in pairwise(row):
        if one.text == two.text and two.column == one.column + one.colspan and _is_word(two, _WORD):
            yield two


def _spans(row: list[Cell]) -> dict[int, int]:
    again = {cell.column for cell in _again(row)}
    out: dict[int, int] = {}
    for cell in row:
        out[cell.column] = out.get(cell.column - 1, cell.column) if cell.column in again else cell.column
    return out


def _letters(cell: Cell) -> str:
    return "".join(cell.text.split())


def _is_word(cell: Cell, least: int) -> bool:
    return len(_letters(cell)) >= least and read_value(cell.text).kind == "text"


def _is_number(cell: Cell) -> bool:
    return read_value(cell.text).kind == "number"
