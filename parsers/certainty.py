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
    tables = {table.place.table: table for table in document.tables}
    found = {key: cell.place for key, cell in cells.items() if cell.value is not None and cell.place is not None}
    numbers = {place.table for place in found.values()}
    kinds: set[str] = {tables[n].kind if n is not None and n in tables else "text" for n in numbers}
    unsure = {c.place for table in tables.values() for c in table.cells if c.confidence < UNSURE}
    weak = frozenset(key for key, place in found.items() if place in unsure) if unsure else frozenset[str]()
    return max(kinds, key=_FROM_CERTAIN.index, default=None), weak
