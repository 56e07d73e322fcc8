"""From rows of raw cells with spans to a Table, for every format whose mark-up states its spans."""

from __future__ import annotations

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
    rows = rows[: LIMITS.max_rows]
    cells = _fold_columns(_placed(rows))
    if trim:
        cells = _trimmed(cells)
    return Table(tuple(cells), kind, place or Place()) if cells else None


def _placed(rows: Sequence[Sequence[RawCell]]) -> list[Cell]:
    out: list[Cell] = []
    busy_until = [0] * LIMITS.max_columns  # first row at which each column is free again
    for r, row in enumerate(rows):
        column = 0
        for raw in row:
            column += max(raw.skip, 0)
            while column < len(busy_until) and busy_until[column] > r:
                column += 1
            if column >= len(busy_until) or len(out) >= LIMITS.max_cells:
                break
            width = max(1, min(raw.colspan, len(busy_until) - column))
            height = max(1, min(raw.rowspan, len(rows) - r))
            busy = next((c for c in range(column, column + width) if busy_until[c] > r), column + width)
            width = busy - column
            for c in range(column, column + width):
                busy_until[c] = r + height
            text = raw.text[: LIMITS.max_cell_text]
            out.append(Cell(r, column, text, height, width, raw.place, raw.confidence))
            column += width
    return out


def _fold_columns(cells: list[Cell]) -> list[Cell]:
    starts = sorted({c.column for c in cells})
    index = {start: i for i, start in enumerate(starts)}
    out = []
    for c in cells:
        end = c.column + c.colspan
        width = sum(1 for start in starts[index[c.column] :] if start < end)
        out.append(Cell(c.row, index[c.column], c.text, c.rowspan, width, c.place, c.confidence))
    return out


def _trimmed(cells: list[Cell]) -> list[Cell]:
    filled = [c for c in cells if c.text.strip()]
    if not filled:
        return []
    n_rows = max(c.row + c.rowspan for c in filled) + _SPARE
    n_columns = max(c.column + c.colspan for c in filled) + _SPARE
    return [
        Cell(c.row, c.column, c.text, min(c.rowspan, n_rows - c.row), min(c.colspan, n_columns - c.column),
             c.place, c.confidence)
        for c in cells
        if c.row < n_rows and c.column < n_columns
    ]  # fmt: skip


def is_layout(own: Iterable[int], nested: Iterable[int]) -> bool:
    """Whether a table that holds other tables is mere layout.

    ``own`` and ``nested`` give for each cell the length of its own text and of the text in tables inside it.
    A data table has several cells of its own, and what lies in inner tables is the lesser part.
    """
    pairs = list(zip(own, nested, strict=True))
    plain = [o for o, n in pairs if o and not n]
    around = sum(o + n for o, n in pairs if n)
    return len(plain) < 6 or around * 5 > 2 * (sum(plain) + around)
