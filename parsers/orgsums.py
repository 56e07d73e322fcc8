"""Small organs' table 3: natural persons, legal persons together, total. The kinds of organisation are not printed.

The sum of the organisations is set over the places of all five kinds together with its heading, which makes words of
it: nothing says how it parts, so they stay unreadable. What is printed of persons and in total is read.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from parsers.document import Cell, Table
from parsers.form_model import load_forms
from parsers.labels import LabelBook
from parsers.locate import column_book
from parsers.result import Number
from parsers.values import read_value

_PERSON, _TOTAL = "natural_person", "total"
_TOGETHER = re.compile(r"法人[或及和与、/]?(?:者|其他|其它)?.{0,3}(?:组织|单位)?")
_FEWEST_ROWS = 3
_HELD = 0.9  # of the rows must add up
_KINDS = 5


def with_organisations_apart(table: Table) -> Table:
    """A table whose numbers stand under persons, organisations together and total, in the columns of the form; any
    other table as it is."""
    if table.kind not in ("exact", "ruled"):
        return table
    first = next((cell.row for cell in table.cells if cell.text.isdecimal()), 0)
    heads = {cell: key for cell in table.cells if cell.row < first and (key := _head(cell.text)) is not None}
    if sorted(heads.values()) != sorted((_PERSON, _TOGETHER.pattern, _TOTAL)) or any(c.colspan > 1 for c in heads):
        return table
    places = {key: cell.column for cell, key in heads.items()}
    person, together, total = places[_PERSON], places[_TOGETHER.pattern], places[_TOTAL]
    if not person < together < total or not _adds_up(table, first, person, together, total):
        return table
    heading = next(cell.text for cell, key in heads.items() if key == _TOGETHER.pattern)
    cells = (part for cell in table.cells for part in _apart(cell, first, together, heading))
    return replace(table, cells=tuple(cells))


@cache
def _columns() -> LabelBook:
    """The columns of the table that has persons and organisations."""
    tables = ((form, table) for form in load_forms().values() for table in form.tables)
    return next(column_book(f.id, t.key) for f, t in tables if _PERSON in {column.key for column in t.columns})


def _head(text: str) -> str | None:
    """The column that a head names: persons, total, or organisations together; another of the form's as itself."""
    plain = "".join(text.split())
    if _TOGETHER.fullmatch(plain):
        return _TOGETHER.pattern
    match = _columns().find(plain) if plain else None
    return match.key if match is not None else None


def _adds_up(table: Table, first: int, *places: int) -> bool:
    rows: dict[int, dict[int, Number | None]] = {}
    for cell in table.cells:
        if cell.row >= first and cell.column in places:
            rows.setdefault(cell.row, {})[cell.column] = read_value(cell.text).number
    full = [tuple(row[p] for p in places) for row in rows.values() if all(row.get(p) is not None for p in places)]
    held = sum((a or 0) + (b or 0) == c for a, b, c in full)
    return len(full) >= _FEWEST_ROWS and held >= _HELD * len(full)


def _apart(cell: Cell, first: int, together: int, heading: str) -> list[Cell]:
    """A cell in its new place; the sum of a row five times, as words."""
    if cell.column > together:
        return [cell._replace(column=cell.column + _KINDS - 1)]
    if cell.column != together or cell.row < first:
        wide = cell.column <= together < cell.column + cell.colspan
        return [cell._replace(colspan=cell.colspan + _KINDS - 1) if wide else cell]
    text = f"{heading}\n{cell.text}" if cell.text.strip() else ""
    return [cell._replace(column=cell.column + n, text=text) for n in range(_KINDS)]
