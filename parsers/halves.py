"""A table too wide for its page, cut into two or three: its left columns in one, those to the right in the next.

The parts are put side by side where together they name every column of a form's table once, have the same rows, and
the sums of the form hold across the cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import NamedTuple

from parsers.document import Cell, Table
from parsers.form_model import Form, FormTable, load_forms
from parsers.labels import CUT
from parsers.locate import column_book, row_book
from parsers.values import read_value

_MOST_PARTS = 3
_FEWEST_COLUMNS = 3  # of a table that anybody would cut
_FEWEST_ROWS = 3
_HELD = 0.8  # of the sums must hold
_LONGEST = 12  # characters of the name of a column


class _Part(NamedTuple):
    """A part of a table: its columns' keys and places, its rows' labels and places."""

    table: Table
    columns: dict[str, int]
    rows: list[tuple[int, str | None]]


def with_whole_columns(tables: Sequence[Table]) -> list[Table]:
    """The tables with those cut between columns put together, in the place of the first part; nothing in the others'.

    Input and output have the same length, so that a table keeps its number.
    """
    out = list(tables)
    texts = [_short_texts(table) for table in tables]
    for form, form_table in _models():
        book = column_book(form.id, form_table.key)
        keys = {column.key for column in form_table.columns}
        named = [{m.key for text in short if (m := book.find(text)) is not None and m.score >= CUT} for short in texts]
        for n, end in _runs(len(out)):
            if not all(named[n:end]) or keys in named[n:end] or set().union(*named[n:end]) != keys:
                continue
            parts = [part for table in out[n:end] if (part := _part(table, form, form_table)) is not None]
            if len(parts) == end - n and _belong(parts, form, form_table):
                out[n:end] = [_side_by_side(parts), *(replace(t, cells=()) for t in out[n + 1 : end])]
                named[n:end] = [set()] * (end - n)
                texts[n:end] = [frozenset()] * (end - n)
    return out


def _runs(n: int) -> list[tuple[int, int]]:
    """Where a run of so many tables as a table may be cut into begins and ends."""
    return [(start, end) for start in range(n - 1) for end in range(start + 2, min(start + _MOST_PARTS, n) + 1)]


def _short_texts(table: Table) -> frozenset[str]:
    """The texts of a table that may name columns: those over its first number."""
    if table.kind not in ("exact", "ruled"):
        return frozenset()
    first = next((cell.row for cell in table.cells if cell.text.isdecimal()), 0)
    return frozenset([c.text for c in table.cells if c.row < first and 1 < len(c.text) <= _LONGEST])


@cache
def _models() -> tuple[tuple[Form, FormTable], ...]:
    tables = ((form, table) for form in load_forms().values() for table in form.tables)
    found = ((f, t) for f, t in tables if t.layout == "matrix" and len(t.columns) >= _FEWEST_COLUMNS)
    # Forms with the same columns differ in rows; those of the latest have all that the others have but for a few.
    return tuple({tuple(column.label for column in t.columns): (f, t) for f, t in found}.values())


def _part(table: Table, form: Form, form_table: FormTable) -> _Part | None:
    """The columns and rows of a table that has some of a form's columns; None where they cannot be told."""
    at = {(cell.row, cell.column): cell for cell in table.cells}
    numbers = [cell for cell in table.cells if cell.colspan == 1 and read_value(cell.text).kind == "number"]
    if not numbers:
        return None
    first, left = min(cell.row for cell in numbers), min(cell.column for cell in numbers)
    columns: dict[str, int] = {}
    for place in range(left, table.n_columns):
        over = (at[r, place].text for r in range(first - 1, -1, -1) if (r, place) in at)
        match = column_book(form.id, form_table.key).find(next((text for text in over if text.strip()), ""))
        if match is None or match.key in columns:
            return None
        columns[match.key] = place
    rows: list[tuple[int, str | None]] = []
    for row in range(first, table.n_rows):
        if all((row, place) in at and read_value(at[row, place].text).kind != "text" for place in columns.values()):
            label = next((at[row, c].text for c in range(left - 1, -1, -1) if at.get((row, c), _NONE).text.strip()), "")
            found = row_book(form.id, form_table.key).find(label) if label else None
            rows.append((row, found.key if found is not None and found.score >= CUT else None))
    return _Part(table, columns, rows) if len(rows) >= _FEWEST_ROWS else None


_NONE = Cell(0, 0, "")


def _belong(parts: Sequence[_Part], form: Form, form_table: FormTable) -> bool:
    """Whether parts have each column once and the same rows, and the sums of the form hold in what they make."""
    first = parts[0]
    columns = list(chain.from_iterable(part.columns for part in parts))
    if len(columns) != len(set(columns)) or any(len(part.rows) != len(first.rows) for part in parts):
        return False
    labels = [[key for _, key in part.rows] for part in parts]
    if sum(key is not None for key in labels[0]) < _FEWEST_ROWS:
        return False
    if any(a != b for other in labels[1:] for a, b in zip(labels[0], other, strict=True) if None not in (a, b)):
        return False
    values = {}
    for part in parts:
        text = {(cell.row, cell.column): cell.text for cell in part.table.cells}
        for (row, _), key in zip(part.rows, labels[0], strict=True):
            for column, place in part.columns.items():
                values[f"{form_table.key}.{key}.{column}"] = read_value(text[row, place]).number
    sums = [e for e in form.equations_of(form_table.key) if all(values.get(key) is not None for key in e.keys)]
    held = sum(sum(values[k] or 0 for k in e.left) == sum(values[k] or 0 for k in e.right) for e in sums)
    return bool(sums) and held >= _HELD * len(sums)


def _side_by_side(parts: Sequence[_Part]) -> Table:
    first = parts[0]
    cells = list(first.table.cells)
    width = first.table.n_columns
    for part in parts[1:]:
        at = {(cell.row, cell.column): cell for cell in part.table.cells}
        for place in part.columns.values():
            head = next(at[r, place] for r in range(part.rows[0][0] - 1, -1, -1) if at.get((r, place), _NONE).text)
            cells.append(head._replace(row=first.rows[0][0] - 1, column=width, rowspan=1, colspan=1))
            cells += [
                at[row, place]._replace(row=own, column=width)
                for (own, _), (row, _) in zip(first.rows, part.rows, strict=True)
            ]
            width += 1
    return replace(first.table, cells=tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))
