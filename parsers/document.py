"""The document model: what every reader turns its format into.

A document is a list of blocks in reading order. A block is a paragraph of text or a table of cells.
Cells covered by a span are not repeated. Every paragraph and cell knows its place in the source. Places and cells come
by the thousand, so they are tuples: a frozen dataclass takes four times as long to make.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from typing import Any, Literal, NamedTuple

# How the grid of a table is known: from mark-up, from drawn rules, from aligned text, from flattened text,
# from a picture by character recognition.
TableKind = Literal["exact", "ruled", "aligned", "text", "ocr"]


class Place(NamedTuple):
    """Where something stands in the source. Only the fields that the format has are set.

    ``page`` counts from 1; ``box`` is (left, top, right, bottom) in points from the page's top left corner;
    ``path`` is a node path (HTML: a CSS path of ``tag:nth-of-type(n)`` steps; Word: ``body/tbl[2]/tr[3]/tc[1]``);
    ``line`` counts from 1 in decoded text; ``table``, ``row`` and ``column`` count from 0 in the document model;
    ``part`` names the member of an archive or the sheet of a workbook.
    """

    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    path: str | None = None
    line: int | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    part: str | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the fields that are set, ready for JSON."""
        pairs = zip(self._fields, self, strict=True)
        return {name: list(v) if isinstance(v, tuple) else v for name, v in pairs if v is not None}


class Cell(NamedTuple):
    """One cell of a table as the source has it: grid place, span and raw text (line breaks kept as ``\\n``).

    ``confidence`` is the recogniser's (0 to 1) for pictures, else 1.
    """

    row: int
    column: int
    text: str
    rowspan: int = 1
    colspan: int = 1
    place: Place = Place()
    confidence: float = 1.0


_COLUMN = itemgetter(1)

# Made from a tuple of all their fields, without the Python call that a named tuple's own class costs: less than half
# the time, for what comes by the hundred a page.
new_place: Callable[[tuple[Any, ...]], Place] = partial(tuple.__new__, Place)
new_cell: Callable[[tuple[Any, ...]], Cell] = partial(tuple.__new__, Cell)


@dataclass(frozen=True, slots=True)
class Table:
    """A grid of cells in row order. ``cells`` holds only the anchor cells; covered places stay empty."""

    cells: tuple[Cell, ...]
    kind: TableKind
    place: Place = field(default_factory=Place)

    @property
    def n_rows(self) -> int:
        """Number of grid rows."""
        return max([c[0] + c[3] for c in self.cells], default=0)

    @property
    def n_columns(self) -> int:
        """Number of grid columns."""
        return max([c[1] + c[4] for c in self.cells], default=0)

    def rows(self) -> list[list[Cell]]:
        """Anchor cells grouped by grid row, in column order. A row with no anchor cell is an empty list."""
        out: list[list[Cell]] = [[] for _ in range(self.n_rows)]
        for cell in self.cells:
            out[cell.row].append(cell)
        for row in out:
            row.sort(key=_COLUMN)
        return out


class Paragraph(NamedTuple):
    """A run of text outside tables. ``level`` is the source's own heading level (1 to 6), 0 for body text."""

    text: str
    place: Place = Place()
    level: int = 0


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader returns.

    ``meta`` holds the source's own statements about itself, by lower-case name: HTML ``<meta>`` names and the
    ``title`` element, labelled lines such as 索引号 or 发布日期 found outside the body, PDF and Word properties.
    ``warnings`` are plain sentences about what could not be read (encrypted, truncated, limit reached).
    ``recognised``: text outside tables, or some of it, was read from pictures, in one look.
    """

    blocks: tuple[Block, ...]
    media_type: str
    meta: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    recognised: bool = False

    @property
    def tables(self) -> list[Table]:
        """The tables in reading order."""
        return [b for b in self.blocks if isinstance(b, Table)]

    @property
    def paragraphs(self) -> list[Paragraph]:
        """The paragraphs in reading order."""
        return [b for b in self.blocks if isinstance(b, Paragraph)]

    def text(self) -> str:
        """All paragraphs, one a line."""
        return "\n".join(p.text for p in self.paragraphs)

    def texts(self) -> Iterator[str]:
        """Every piece of text in reading order, table cells included."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield block.text
            else:
                for cell in block.cells:
                    yield cell.text
