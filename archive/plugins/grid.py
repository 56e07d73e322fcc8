"""The printed shape of a form's table: merged headers, group labels and places for values, for any form.

The shape is what a person knows from the official form; it comes from ``parsers/forms`` and, for labels over
several columns, from ``archive/data/form_layout.yml``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from archive.words import Lang, TableLayout, layouts
from parsers.form_model import Column, FormTable, Group, Row


@dataclass(frozen=True, slots=True)
class Head:
    """A header cell. ``scope`` is the HTML attribute; ``kind`` is a class name for its looks."""

    text: str
    colspan: int = 1
    rowspan: int = 1
    scope: str = "col"
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a value, by cell key."""

    key: str
    colspan: int = 1


Line = list[Head | Slot]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table to draw: header lines, body lines, number of columns, and the layout's name."""

    key: str
    title: str
    unit: str
    layout: str
    columns: int
    head: list[Line] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)


def make_grid(table: FormTable, lang: Lang = "zh") -> Grid:
    """The printed shape of ``table`` in one language."""
    draw = {"matrix": _matrix, "blocks": _blocks, "side_by_side": _side_by_side}[table.layout]
    return draw(table, lang)


def _text(part: FormTable | Column | Group | Row, lang: Lang) -> str:
    return part.label if lang == "zh" else part.gloss


def _grid(table: FormTable, lang: Lang, columns: int, head: list[Line], body: list[Line]) -> Grid:
    return Grid(table.key, _text(table, lang), table.unit, table.layout, columns, head, body)


# ---- rows by columns ----


def _matrix(table: FormTable, lang: Lang) -> Grid:
    depth = 1 + max(len(table.group_path(row)) for row in table.rows)
    head = _matrix_head(table, depth, lang)
    body: list[Line] = []
    before: tuple[Group, ...] = ()
    for n, row in enumerate(table.rows):
        path = table.group_path(row)
        line: Line = []
        for level, group in enumerate(path):
            if path[: level + 1] != before[: level + 1]:
                span = _run(table, n, path[: level + 1])
                line.append(Head(_text(group, lang), 1, span, "rowgroup", "tall" if level == 0 else "group"))
        line.append(Head(_text(row, lang), depth - len(path), 1, "row", "item" if path else "main"))
        line += [Slot(table.cell_key(row, column)) for column in table.columns]
        body.append(line)
        before = path
    return _grid(table, lang, depth + len(table.columns), head, body)


def _run(table: FormTable, start: int, path: tuple[Group, ...]) -> int:
    """How many rows from ``start`` on stand under the same groups."""
    length = 0
    for row in table.rows[start:]:
        if table.group_path(row)[: len(path)] != path:
            break
        length += 1
    return length


def _matrix_head(table: FormTable, depth: int, lang: Lang) -> list[Line]:
    layout = layouts().get(table.key, TableLayout())
    which = 0 if lang == "zh" else 1
    grouped = {name: group for group in layout.groups for name in group.columns}
    first: Line = []
    second: Line = []
    for column in table.columns:
        group = grouped.get(column.key)
        if group is None:
            first.append(Head(_text(column, lang), 1, 2 if layout.groups else 1))
            continue
        if column.key == group.columns[0]:
            first.append(Head(group.label[which], len(group.columns), 1, "colgroup"))
        second.append(Head(_text(column, lang)))
    lines = [line for line in (first, second) if line]
    if layout.over:
        lines.insert(0, [Head(layout.over[which], len(table.columns), 1, "colgroup")])
    corner = layout.corner[which] if layout.corner else (table.stub or "")
    lines[0].insert(0, Head(corner, depth, len(lines), "col", "corner"))
    return lines


# ---- blocks, each with its own columns ----


def _blocks(table: FormTable, lang: Lang) -> Grid:
    width = max(len(table.columns_of(row)) for row in table.rows)
    body: list[Line] = []
    for group in table.groups:
        rows = [row for row in table.rows if row.group == group.key]
        if not rows:
            continue
        columns = table.columns_of(rows[0])
        spans = _spans(len(columns), width)
        stub = (table.stub or "") if lang == "zh" else "Content"
        body.append([Head(_text(group, lang), width + 1, 1, "rowgroup", "band")])
        heads = [Head(_text(c, lang), s, 1, "col", "sub") for c, s in zip(columns, spans, strict=True)]
        body.append([Head(stub, kind="sub"), *heads])
        for row in rows:
            slots = [Slot(table.cell_key(row, c), s) for c, s in zip(columns, spans, strict=True)]
            body.append([Head(_text(row, lang), 1, 1, "row", "main"), *slots])
    return _grid(table, lang, width + 1, [], body)


def _spans(count: int, width: int) -> list[int]:
    """Spans of ``count`` cells that fill ``width`` columns; the first ones take what is left over."""
    base, more = divmod(width, count)
    return [base + (n < more) for n in range(count)]


# ---- rows that stand beside each other ----


def _side_by_side(table: FormTable, lang: Lang) -> Grid:
    depth = 2 + max(len(table.group_path(row)) for row in table.rows)
    head: list[Line] = [[] for _ in range(depth)]
    line: Line = []
    before: tuple[Group, ...] = ()
    for n, row in enumerate(table.rows):
        path, width = table.group_path(row), len(table.columns)
        for level, group in enumerate(path):
            if path[: level + 1] != before[: level + 1]:
                span = width * _run(table, n, path[: level + 1])
                head[level].append(Head(_text(group, lang), span, 1, "colgroup"))
        head[len(path)].append(Head(_text(row, lang), width, 1, "colgroup"))
        below = len(path) + 1
        head[below] += [Head(_text(column, lang), 1, depth - below) for column in table.columns]
        line += [Slot(table.cell_key(row, column)) for column in table.columns]
        before = path
    return _grid(table, lang, len(line), head, [line])
