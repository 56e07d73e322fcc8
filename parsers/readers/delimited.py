"""Comma-separated files (RFC 4180), as spreadsheets save them: one table, titles and notes around it."""

from __future__ import annotations

import csv
from collections import Counter

from parsers.document import Block, Paragraph, Place
from parsers.readers.errors import LIMITS
from parsers.readers.grid import RawCell, build_table

_SIGNS = (",", ";")
_FEWEST_ROWS = 3
_ALIKE = 0.95  # of the rows have as many cells

Row = tuple[int, list[str]]  # number of its last line, cells


def delimited_blocks(text: str) -> list[Block]:
    """The blocks of a comma-separated file; none for text of any other kind.

    Spreadsheets write every row with all its commas, so nearly all rows have as many cells; sentences have not. The
    grid is the source's own: the table is of kind ``exact``. Rows at the top and the bottom with a single text are
    paragraphs. Places carry the line.
    """
    for sign in _SIGNS:
        rows = _rows(text, sign)
        filled = [[c for c, cell in enumerate(cells) if cell.strip()] for _, cells in rows]
        wide = [n for n, found in enumerate(filled) if len(found) > 1]
        if wide:
            raw = [[RawCell(c.strip(), place=Place(line=line)) for c in cells] for line, cells in rows]
            table = build_table(raw[wide[0] : wide[-1] + 1], "exact", Place(line=rows[wide[0]][0]))
            alone = [(n, Paragraph(rows[n][1][f[0]].strip(), Place(line=rows[n][0])))
                     for n, f in enumerate(filled) if len(f) == 1]  # fmt: skip
            before = [title for n, title in alone if n < wide[0]]
            return [*before, *([table] if table else []), *(title for n, title in alone if n > wide[-1])]
    return []


def _rows(text: str, sign: str) -> list[Row]:
    """The rows of a file whose cells are parted by ``sign``; none where it is not such a file."""
    reader = csv.reader(text.splitlines(keepends=True), delimiter=sign, strict=True)
    rows: list[Row] = []
    try:
        for cells in reader:
            if cells:
                rows.append((reader.line_num, cells))
            if len(rows) > LIMITS.max_rows:
                return []
    except csv.Error:  # a quotation mark inside a sentence, a field without end
        return []
    if len(rows) < _FEWEST_ROWS:
        return []
    width, alike = Counter(len(cells) for _, cells in rows).most_common(1)[0]
    sentences = sum("。" in "".join(cells) for _, cells in rows)
    return rows if width > 1 and alike >= _ALIKE * len(rows) and 2 * sentences < len(rows) else []
