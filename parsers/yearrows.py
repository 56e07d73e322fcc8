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
        if len(cell.text) < _LONGEST and (match := _A_YEAR.fullmatch("".join(cell.text.split()))):
            year = int(match[1]) if match[1] else 0 if match[2] else -1
            rows = range(cell.row, cell.row + cell.rowspan)
            named.setdefault(cell.column, {}).update(dict.fromkeys(rows, year))
    for column, years in named.items():
        counts = Counter(years.values())
        if len(counts) > 1 and min(counts.values()) >= _FEWEST:
            kept = [r for r in range(table.n_rows) if years.get(r, max(counts)) == max(counts)]
            return _only_rows(table, kept, without=column)
    return table


def _only_rows(table: Table, kept: list[int], without: int) -> Table:
    """Some rows of a table, a cell that spans several in the first of them; ``without`` the cells of a column."""
    place = {row: n for n, row in enumerate(kept)}
    cells = []
    for cell in table.cells:
        rows = [place[r] for r in range(cell.row, cell.row + cell.rowspan) if r in place]
        if rows and (cell.column, cell.colspan) != (without, 1):
            cells.append(cell._replace(row=rows[0], rowspan=len(rows)))
    return replace(table, cells=tuple(sorted(cells, key=lambda c: (c.row, c.column))))
