"""One ``<table>`` element: its rows, cells and spans, and whether it is data or layout."""

from __future__ import annotations

from dataclasses import dataclass, field

from parsers.readers.dom import CELLS, Page, collapse, tidy
from parsers.readers.errors import LIMITS
from parsers.readers.grid import RawCell, is_layout

_LONG_PROSE = 400  # characters in one cell; the longest label of a form has some 60
_PARTS = frozenset(("thead", "tbody", "tfoot", "tr", "td", "th", "caption"))


@dataclass(slots=True)
class HtmlTable:
    """What was found in one table element."""

    rows: list[list[RawCell]] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)  # per cell: own text, text in inner tables
    caption: str = ""
    has_tables: bool = False

    @property
    def is_layout(self) -> bool:
        """Whether the table only arranges other content."""
        filled = [(own, nested) for own, nested in self.sizes if own or nested]
        if len(filled) < 2 or all(len(row) < 2 for row in self.rows):
            return True
        if self.has_tables:
            return is_layout((own for own, _ in filled), (nested for _, nested in filled))
        longest = max(own for own, _ in filled)
        return longest > _LONG_PROSE and longest * 2 > sum(own for own, _ in filled)


class _Reading:
    """A table element being read: what was found, and the cell or caption that is open."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found = HtmlTable()
        self.groups: list[int] = []  # for each row, the number of its row group: spans end with the group
        self.group = 0
        self.cell: int | None = None  # where the open cell begins
        self.pieces: list[str] | None = None  # of the open cell or caption
        self.nested = 0  # characters of the open cell that stand in inner tables

    def run(self, start: int, end: int) -> None:
        """Read what stands from ``start`` to ``end``. Text of inner tables is part of the cell that holds them."""
        tags, partners, inner = self.page.tags, self.page.partners, self.page.inner
        depth = 0
        for n, text in enumerate(self.page.texts[start : end + 1], start=start):
            if text and self.pieces is not None:
                text = collapse(text)
                self.pieces.append(text)
                if depth > 1:
                    self.nested += len(text.strip())
            tag = tags[n]
            if not tag.breaks:
                continue  # most tags are inside lines
            if tag.name == "table":
                depth += 1 if partners[n] > n else -1
                self.found.has_tables |= depth > 1
            elif depth == 1 and tag.name in _PARTS:
                if (leaf := inner[n]) is not None:
                    self._leaf(n, leaf)
                else:
                    self._part(n, tag.name, begins=partners[n] > n)
                continue
            if self.cell is not None and self.pieces is not None:
                self.pieces.append("\n")
                if leaf := inner[n]:  # a cell of a table inside
                    leaf = collapse(leaf)
                    self.pieces += (leaf, "\n")
                    self.nested += len(leaf.strip())
        _clip_to_groups(self.found.rows, self.groups)

    def _leaf(self, n: int, text: str) -> None:
        """A cell with nothing but text inside."""
        if self.cell is not None:
            self._close_cell(self.cell, self.pieces or [])
            self.cell = None
        self.pieces = None
        text = collapse(text).strip()
        self._add_cell(n, text, len(text))

    def _part(self, n: int, name: str, *, begins: bool) -> None:
        if name in CELLS:
            if self.cell is not None:
                self._close_cell(self.cell, self.pieces or [])
            self.cell = n if begins else None
            self.pieces = [] if begins else None
        elif name == "tr":
            if begins:
                self.found.rows.append([])
                self.groups.append(self.group)
        elif name == "caption":
            if self.pieces is not None and not begins:
                self.found.caption = tidy(self.pieces)
            self.pieces = [] if begins else None
        else:
            self.group += 1

    def _close_cell(self, start: int, pieces: list[str]) -> None:
        text = tidy(pieces)
        own = len(text) if len(pieces) == 1 else sum([len(piece.strip()) for piece in pieces]) - self.nested
        self._add_cell(start, text, own, self.nested)
        self.nested = 0

    def _add_cell(self, start: int, text: str, own: int, nested: int = 0) -> None:
        if len(self.found.sizes) >= LIMITS.max_cells:
            return
        if not self.found.rows:
            self.found.rows.append([])
        colspan, rowspan = self.page.tags[start].spans
        self.found.rows[-1].append(RawCell(text, colspan, rowspan, path=self.page.path(start)))
        self.found.sizes.append((own, nested))


def read_table(page: Page, start: int) -> HtmlTable:
    """Collect the rows of the table element that begins at ``start``."""
    reading = _Reading(page)
    reading.run(start, page.partners[start])
    return reading.found


def _clip_to_groups(rows: list[list[RawCell]], groups: list[int]) -> None:
    last = {group: i for i, group in enumerate(groups)}
    for i, (row, group) in enumerate(zip(rows, groups, strict=False)):
        for cell in row:
            if cell.rowspan > 1:
                cell.rowspan = min(cell.rowspan, last[group] - i + 1)
