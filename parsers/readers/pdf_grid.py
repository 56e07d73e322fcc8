"""From the rules of a page to table grids with spans. The search is pdfplumber's, on pdfium's rules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from pdfplumber.table import cells_to_tables, merge_edges

from parsers.readers.errors import LIMITS
from parsers.readers.pdf_cells import Span, crossings, enclosed
from parsers.readers.pdf_parts import Box

_SNAP = 3.0  # points: rules nearer than this are one
_JOIN = 10.0  # gaps in dashed and splintered rules
_TOUCH = 5.0  # how far a rule may stop short of a corner
_NARROWEST = 10.0  # no column or row is narrower; less is a rule that overshoots
_SHORTEST = 8.0
_MOST_CROSSINGS = 60_000

Edge = dict[str, float | str]


@dataclass(frozen=True, slots=True)
class GridCell:
    """An elementary or merged cell: its place in the grid and its box on the page."""

    row: int
    column: int
    rowspan: int
    colspan: int
    box: Box


@dataclass(frozen=True, slots=True)
class Grid:
    """One table found by its rules."""

    box: Box
    cells: tuple[GridCell, ...]

    @property
    def n_columns(self) -> int:
        """Number of grid columns."""
        return max(c.column + c.colspan for c in self.cells)


def find_grids(rules: Iterable[Box]) -> list[Grid]:
    """Tables that ``rules`` (boxes without width or height) draw, from top to bottom.

    Gaps in a rule are closed, rules may miss corners, a missing outer rule is taken from the ends of those that
    cross it. Grids of one cell or one column are frames, not tables, and are left out.
    """
    edges = _merged(rules)
    n_vertical = sum(1 for e in edges if e["orientation"] == "v")
    if n_vertical * (len(edges) - n_vertical) > _MOST_CROSSINGS:
        return []
    edges = [*edges, *_outer_edges(edges)]
    upright, level = ([_span(e) for e in edges if e["orientation"] == o] for o in ("v", "h"))
    grids = (_grid(group) for group in cells_to_tables(enclosed(crossings(upright, level, _TOUCH))))
    return sorted((g for g in grids if g.n_columns > 1), key=lambda g: (g.box.top, g.box.x0))


def _span(edge: Edge) -> Span:
    return _f(edge, "x0"), _f(edge, "top"), _f(edge, "x1"), _f(edge, "bottom")


def _merged(rules: Iterable[Box]) -> list[Edge]:
    raw = [_edge(box) for box, _ in zip(rules, range(LIMITS.max_rules), strict=False)]
    merged = merge_edges(raw, _SNAP, _SNAP, _JOIN, _JOIN) if raw else []
    return [e for e in merged if max(_f(e, "width"), _f(e, "height")) >= _SHORTEST]


def _edge(box: Box) -> Edge:
    width, height = box.x1 - box.x0, box.bottom - box.top
    return {
        "x0": box.x0, "x1": box.x1, "top": box.top, "bottom": box.bottom, "width": width, "height": height,
        "orientation": "v" if height > width else "h", "object_type": "line",
    }  # fmt: skip


def _f(edge: Edge, name: str) -> float:
    return float(edge[name])


def _outer_edges(edges: list[Edge]) -> list[Edge]:
    """Rules to close tables that are open at a side: three or more rules end there at one line, and none stands."""
    vertical = [e for e in edges if e["orientation"] == "v"]
    horizontal = [e for e in edges if e["orientation"] == "h"]
    out: list[Edge] = []
    for around in _connected(vertical, horizontal):
        v = [e for e in around if e["orientation"] == "v"]
        h = [e for e in around if e["orientation"] == "h"]
        out.extend(_closing(h, v, ("x0", "x1"), ("top", "bottom")))
        out.extend(_closing(v, h, ("top", "bottom"), ("x0", "x1")))
    return out


def _closing(
    crossed: list[Edge], standing: list[Edge], along: tuple[str, str], across: tuple[str, str]
) -> list[Edge]:
    if len(crossed) < 3 or not standing:
        return []
    out = []
    for side, pick in ((along[0], min), (along[1], max)):
        outermost = pick(_f(e, side) for e in crossed)
        ending = [e for e in crossed if abs(_f(e, side) - outermost) <= _TOUCH]
        if len(ending) < 3 or any(abs(_f(e, along[0]) - outermost) <= _NARROWEST for e in standing):
            continue
        # To the ends of the rules beside it, too: where two sides are open, their corner is as well.
        low = min(*(_f(e, across[0]) for e in ending), *(_f(e, across[0]) for e in standing))
        high = max(*(_f(e, across[0]) for e in ending), *(_f(e, across[1]) for e in standing))
        box = {along[0]: outermost, along[1]: outermost, across[0]: low, across[1]: high}
        out.append(_edge(Box(box["x0"], box["top"], box["x1"], box["bottom"])))
    return out


def _connected(vertical: list[Edge], horizontal: list[Edge]) -> list[list[Edge]]:
    """Group rules that cross, directly or through others."""
    edges = [*vertical, *horizontal]
    leader = list(range(len(edges)))

    def find(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    for i, v in enumerate(vertical):
        for j, h in enumerate(horizontal, len(vertical)):
            if (
                _f(h, "x0") - _TOUCH <= _f(v, "x0") <= _f(h, "x1") + _TOUCH
                and _f(v, "top") - _TOUCH <= _f(h, "top") <= _f(v, "bottom") + _TOUCH
            ):
                leader[find(i)] = find(j)
    groups: dict[int, list[Edge]] = {}
    for i, edge in enumerate(edges):
        groups.setdefault(find(i), []).append(edge)
    return [group for group in groups.values() if len(group) > 2]


def _grid(boxes: list[tuple[float, float, float, float]]) -> Grid:
    xs = _lines([b[0] for b in boxes] + [b[2] for b in boxes])
    ys = _lines([b[1] for b in boxes] + [b[3] for b in boxes])
    cells = []
    for x0, top, x1, bottom in boxes:
        column, row = _index(xs, x0), _index(ys, top)
        cells.append(
            GridCell(row, column, max(_index(ys, bottom) - row, 1), max(_index(xs, x1) - column, 1),
                     Box(x0, top, x1, bottom))
        )  # fmt: skip
    cells.sort(key=lambda g: (g.row, g.column))
    return Grid(Box(xs[0], ys[0], max(b[2] for b in boxes), max(b[3] for b in boxes)), tuple(cells))


def _lines(values: list[float]) -> list[float]:
    """Distinct grid lines: values nearer than the snap distance to the one before are the same line."""
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > _SNAP:
            out.append(value)
    return out


def _index(lines: list[float], value: float) -> int:
    return max(bisect_right(lines, value + 0.01) - 1, 0)
