"""From rows of raw cells with spans to a Table, for every format whose mark-up states its spans."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from parsers.document import Place, Table, TableKind, new_cell, new_place
from parsers.readers.errors import LIMITS

_SPARE = 2
_NOWHERE = Place()


class RawCell:
    """One cell as the mark-up has it. ``skip`` counts grid columns left out in front of it.

    ``path``: its node path, where that is all that is known of its place. ``build_table`` sets ``row`` and ``column``,
    and the spans to what fits there.
    """

    __slots__ = ("colspan", "column", "confidence", "path", "place", "row", "rowspan", "skip", "text")
    row: int
    column: int

    def __init__(
        self, text: str, colspan: int = 1, rowspan: int = 1, place: Place = _NOWHERE, skip: int = 0,
        confidence: float = 1.0, path: str | None = None,
    ) -> None:  # fmt: skip
        self.text = text
        self.colspan = colspan
        self.rowspan = rowspan
        self.place = place
        self.skip = skip
        self.confidence = confidence
        self.path = path


def build_table(
    rows: Sequence[Sequence[RawCell]], kind: TableKind, place: Place | None = None, *, trim: bool = True
) -> Table | None:
    """Set ``rows`` into a grid as HTML does: each cell takes the next free column, spans cover what they span.

    Row spans end with the table; a column in which no cell begins is no column and is folded into its neighbour
    (this also undoes over-long column spans and converters' phantom columns). ``trim`` drops what lies more than
    two rows or columns behind the last text: a blank last row still means something, a thousand do not. Where
    ``place`` has the number of the table in the document, cells with a path get theirs. Returns None where nothing is
    left.
    """
    placed = _placed(rows[: LIMITS.max_rows])
    _fold_columns(placed)
    if trim:
        placed = _trimmed(placed)
    longest = LIMITS.max_cell_text
    place = place or _NOWHERE
    n = place.table
    places = [new_place((None, None, c.path, None, n, c.row, c.column, None)) if c.path else c.place for c in placed]
    cells = tuple([
        new_cell((c.row, c.column, c.text[:longest], c.rowspan, c.colspan, at, c.confidence))
        for c, at in zip(placed, places, strict=True)
    ])  # fmt: skip
    return Table(cells, kind, place) if cells else None


def _placed(rows: Sequence[Sequence[RawCell]]) -> list[RawCell]:
    """Give each cell its place, and the spans that there is room for."""
    out: list[RawCell] = []
    width = LIMITS.max_columns
    busy_until = [0] * width  # first row at which each column is free again
    for r, row in enumerate(rows):
        column = 0
        for cell in row:
            column += max(cell.skip, 0)
            while column < width and busy_until[column] > r:
                column += 1
            if column >= width or len(out) >= LIMITS.max_cells:
                break
            if cell.rowspan != 1:
                cell.rowspan = max(1, min(cell.rowspan, len(rows) - r))
            end = column + 1
            busy_until[column] = r + cell.rowspan
            if cell.colspan != 1:
                while end < min(column + cell.colspan, width) and busy_until[end] <= r:
                    busy_until[end] = r + cell.rowspan
                    end += 1
                cell.colspan = end - column
            cell.row, cell.column = r, column
            out.append(cell)
            column = end
    return out


def _fold_columns(placed: list[RawCell]) -> None:
    starts = sorted({c.column for c in placed})
    if not starts or starts[-1] == len(starts) - 1:  # no gaps
        for cell in placed:
            if cell.colspan != 1:
                cell.colspan = min(cell.colspan, len(starts) - cell.column)
        return
    for cell in placed:
        first = bisect_left(starts, cell.column)
        cell.colspan = bisect_left(starts, cell.column + cell.colspan) - first
        cell.column = first


def _trimmed(placed: list[RawCell]) -> list[RawCell]:
    filled = [(c.row + c.rowspan, c.column + c.colspan) for c in placed if c.text and not c.text.isspace()]
    if not filled:
        return []
    n_rows = max([row for row, _ in filled]) + _SPARE
    n_columns = max([column for _, column in filled]) + _SPARE
    if max([c.row + c.rowspan for c in placed]) <= n_rows and max([c.column + c.colspan for c in placed]) <= n_columns:
        return placed
    kept = [c for c in placed if c.row < n_rows and c.column < n_columns]
    for cell in kept:
        if cell.row + cell.rowspan > n_rows:
            cell.rowspan = n_rows - cell.row
        if cell.column + cell.colspan > n_columns:
            cell.colspan = n_columns - cell.column
    return kept


def is_layout(own: Iterable[int], nested: Iterable[int]) -> bool:
    """Whether a table that holds other tables is mere layout.

    ``own`` and ``nested`` give for each cell the length of its own text and of the text in tables inside it.
    A data table has several cells of its own, and what lies in inner tables is the lesser part.
    """
    pairs = list(zip(own, nested, strict=True))
    plain = [o for o, n in pairs if o and not n]
    around = sum(o + n for o, n in pairs if n)
    return len(plain) < 6 or around * 5 > 2 * (sum(plain) + around)
