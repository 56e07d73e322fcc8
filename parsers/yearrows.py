"""Tables whose rows stand there once for each of several years, with a column that says which year it is."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from parsers.document import Table

_FEWEST = 3  # rows of a year
_LONGEST = 12  # characters of a cell that names a year
_A_YEAR = re.compile(r"(20\d\d)(?:年度?)?|(本年度?|今年)|上一?年度?|去年")


def of_one_year(table: Table) -> Table:
    """A table whose rows stand there for several years, with a column that says which: the rows of the latest."""
    named: dict[int, dict[int, int]] = {}  # column -> row -> year
    for cell in table.cells:
        text = cell.text
        if len(text) >= _LONGEST or (text.isdigit() and len(text) != 4):  # as most cells
            continue
        if (match := _A_YEAR.fullmatch("".join(text.split()))) is not None:
            year = int(match[1]) if match[1] else 0 if match[2] else -1
            rows = range(cell.row, cell.row + cell.rowspan)
            named.setdefault(cell.column, {}).update(dict.fromkeys(rows, year))
    for column, years in named.items():
        counts = Counter(years.values())
        elsewhere = {row for other in named.values() for row in other} - set(years)  # the grid has slipped there
        if len(counts) > 1 and min(counts.values()) >= _FEWEST and not elsewhere:
            return _rows_of(table, years, max(counts), column)
    return table


def _rows_of(table: Table, years: dict[int, int], year: int, column: int) -> Table:
    """The rows of one year and those of none, without the cells of ``column`` that tell the year.

    A cell that spans several rows stands in the first of them that is left. Where spans are lost, a label stands in
    the first row alone, which may be another year's.
    """
    place = {row: n for n, row in enumerate(r for r in range(table.n_rows) if years.get(r, year) == year)}
    texts = {(c.row, c.column): c.text for c in table.cells}
    cells = []
    for cell in table.cells:
        rows = [place[r] for r in range(cell.row, cell.row + cell.rowspan) if r in place]
        if not rows or (cell.row in years and (cell.column, cell.colspan) == (column, 1)):
            continue
        text = cell.text
        if cell.column < column and not text.strip() and cell.row in years:
            text = _over(cell.row, cell.column, years, texts)
        cells.append(cell._replace(row=rows[0], rowspan=len(rows), text=text))
    return replace(table, cells=tuple(sorted(cells, key=lambda c: (c.row, c.column))))


def _over(row: int, column: int, years: dict[int, int], texts: dict[tuple[int, int], str]) -> str:
    """The text over an empty place in the rows of other years that belong to the same row of the form."""
    for above in range(row - 1, -1, -1):
        if above not in years or years[above] == years[row]:
            return ""
        if texts.get((above, column), "").strip():
            return texts[above, column]
    return ""
