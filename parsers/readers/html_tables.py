"""One ``<table>`` element: its rows, cells and spans, and whether it is data or layout."""

from __future__ import annotations

from dataclasses import dataclass, field

from parsers.document import Place
from parsers.readers.dom import BLOCKS, Element, Event, collapse, tidy
from parsers.readers.errors import LIMITS
from parsers.readers.grid import RawCell, is_layout

_LONG_PROSE = 400  # characters in one cell; the longest label of a form has some 60


@dataclass(slots=True)
class _OpenCell:
    element: Element
    pieces: list[str] = field(default_factory=list)
    own: int = 0
    nested: int = 0


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


def read_table(events: list[Event]) -> HtmlTable:
    """Collect the rows of a table element from its events. Text of inner tables is part of the cell that holds them."""
    found = HtmlTable()
    groups: list[int] = []  # for each row, the number of its row group: spans end with the group
    depth = group = 0
    cell: _OpenCell | None = None
    caption: list[str] | None = None
    for kind, element, text in events:
        if kind == "text":
            if cell is not None or caption is not None:
                _add_text(cell, caption, collapse(text), depth)
            continue
        tag, starts = element.tag, kind == "start"
        if tag == "table":
            depth += 1 if starts else -1
            found.has_tables |= depth > 1
        if depth == 1 and tag in ("thead", "tbody", "tfoot"):
            group += 1
        elif depth == 1 and tag == "caption":
            if caption is not None:
                found.caption = tidy(caption)
            caption = [] if starts else None
        elif depth == 1 and tag == "tr" and starts:
            found.rows.append([])
            groups.append(group)
        elif depth == 1 and tag in ("td", "th"):
            if cell is not None:
                _close_cell(found, cell)
            cell = _OpenCell(element) if starts else None
        elif cell is not None and (tag in BLOCKS or (tag == "br" and starts)):
            cell.pieces.append("\n")
    _clip_to_groups(found.rows, groups)
    return found


def _add_text(cell: _OpenCell | None, caption: list[str] | None, text: str, depth: int) -> None:
    if cell is not None:
        cell.pieces.append(text)
        size = len(text.strip())
        if depth > 1:
            cell.nested += size
        else:
            cell.own += size
    elif caption is not None:
        caption.append(text)


def _close_cell(found: HtmlTable, cell: _OpenCell) -> None:
    if len(found.sizes) >= LIMITS.max_cells:
        return
    if not found.rows:
        found.rows.append([])
    raw = RawCell(tidy(cell.pieces), _span(cell.element, "colspan"), _span(cell.element, "rowspan"),
                  Place(path=cell.element.path))  # fmt: skip
    found.rows[-1].append(raw)
    found.sizes.append((cell.own, cell.nested))


def _span(element: Element, name: str) -> int:
    """The span an attribute states: HTML reads leading digits, and rowspan 0 means to the end of the group."""
    stated = element.attributes.get(name)
    if not stated or stated == "1":
        return 1
    stated = stated.strip()[:6]
    digits = stated[: len(stated) - len(stated.lstrip("0123456789"))]
    value = int(digits) if digits else 1
    if value == 0:
        return LIMITS.max_rows if name == "rowspan" else 1
    return min(value, LIMITS.max_span if name == "colspan" else LIMITS.max_rows)


def _clip_to_groups(rows: list[list[RawCell]], groups: list[int]) -> None:
    last = {group: i for i, group in enumerate(groups)}
    for i, (row, group) in enumerate(zip(rows, groups, strict=False)):
        for cell in row:
            cell.rowspan = min(cell.rowspan, last[group] - i + 1)
