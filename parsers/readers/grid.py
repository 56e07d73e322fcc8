"""From rows of raw cells with spans to a Table, for every format whose mark-up states its spans."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from parsers.document import Cell, Place, Table, TableKind
from parsers.readers.errors import LIMITS

_SPARE = 2


@dataclass(slots=True)
class RawCell:
    """One cell as the mark-up has it. ``skip`` counts grid columns left out in front of it."""

    text: str
    colspan: int = 1
    rowspan: int = 1
    place: Place = field(default_factory=Place)
    skip: int = 0
    confidence: float = 1.0


def build_table(
    rows: Sequence[Sequence[RawCell]], kind: TableKind, place: Place | None = None, *, trim: bool = True
) -> Table | None:
    """Set ``rows`` into a grid as HTML does: each cell takes the next free column, spans cover what they span.

    Row spans end with the table; a column in which no cell begins is no column and is folded into its neighbour
    (this also undoes over-long column spans and converters' phantom columns). ``trim`` drops what lies more than
    two rows or columns behind the last text: a blank last row still means something, a thousand do not. Returns
    None where nothing is left.
    """
    placed = _placed(rows[: LIMITS.max_rows])
    _fold_columns(placed)
    if trim:
        placed = _trimmed(placed)
    cells = tuple(Cell(p.row, p.column, p.raw.text[: LIMITS.max_cell_text], p.height, p.width, p.raw.place,
                       p.raw.confidence) for p in placed)  # fmt: skip
    return Table(cells, kind, place or Place()) if cells else None


@dataclass(slots=True)
class _Placed:
    """A raw cell at its place in the grid."""

    raw: RawCell
    row: int
    column: int
    height: int
    width: int


def _placed(rows: Sequence[Sequence[RawCell]]) -> list[_Placed]:
    out: list[_Placed] = []
    busy_until = [0] * LIMITS.max_columns  # first row at which each column is free again
    for r, row in enumerate(rows):
        column = 0
        for raw in row:
            column += max(raw.skip, 0)
            while column < len(busy_until) and busy_until[column] > r:
                column += 1
            if column >= len(busy_until) or len(out) >= LIMITS.max_cells:
                break
            end = column + 1
            while end < min(column + raw.colspan, len(busy_until)) and busy_until[end] <= r:
                end += 1
            height = max(1, min(raw.rowspan, len(rows) - r))
            for c in range(column, end):
                busy_until[c] = r + height
            out.append(_Placed(raw, r, column, height, end - column))
            column = end
    return out


def _fold_columns(placed: list[_Placed]) -> None:
    starts = sorted({p.column for p in placed})
    for p in placed:
        first = bisect_left(starts, p.column)
        p.width = bisect_left(starts, p.column + p.width) - first
        p.column = first


def _trimmed(placed: list[_Placed]) -> list[_Placed]:
    filled = [p for p in placed if p.raw.text and not p.raw.text.isspace()]
    if not filled:
        return []
    n_rows = max(p.row + p.height for p in filled) + _SPARE
    n_columns = max(p.column + p.width for p in filled) + _SPARE
    kept = [p for p in placed if p.row < n_rows and p.column < n_columns]
    for p in kept:
        p.height = min(p.height, n_rows - p.row)
        p.width = min(p.width, n_columns - p.column)
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
