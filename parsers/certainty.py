"""How sure a reading can be of places and digits: the kind of the tables, and what a recogniser was unsure of."""

from __future__ import annotations

from collections.abc import Mapping

from parsers.document import Document
from parsers.result import CellResult

_FROM_CERTAIN = ("exact", "ruled", "aligned", "text", "ocr")
UNSURE = 0.85  # below it a recogniser's reading of a number is not relied upon


def certainty(document: Document, cells: Mapping[str, CellResult]) -> tuple[str | None, frozenset[str]]:
    """The least certain kind of table that a printed cell stands in, and the keys of doubtful recognitions.

    Cells read from running text count as ``text``. None and nothing where no cell has a number.
    """
    kinds: set[str] = set()
    weak: set[str] = set()
    tables = {table.place.table: table for table in document.tables}
    unsure = {c.place for table in tables.values() for c in table.cells if c.confidence < UNSURE}
    for key, cell in cells.items():
        if cell.value is None or cell.place is None:
            continue
        table = tables.get(cell.place.table) if cell.place.table is not None else None
        kinds.add("text" if table is None else table.kind)
        if unsure and cell.place in unsure:
            weak.add(key)
    return max(kinds, key=_FROM_CERTAIN.index, default=None), frozenset(weak)
