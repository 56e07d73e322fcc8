"""Grids from the straight runs of ink in an area of a page: its lines, what of them is drawn, and the cells between.

A few gaps merge no cells: a stretch between two crossings counts as drawn if most of it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from parsers.readers.pdf_grid import Grid, GridCell
from parsers.readers.pdf_parts import Box

Picture = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Share = npt.NDArray[np.float64]
_Ends = tuple[tuple[int, ...], tuple[int, ...]]
_Fields = tuple[int, int, int, int]  # first row and column, and those behind the last

_ONE_LINE = 2.6  # points: runs nearer than that lie on one line
BAND = 1.3  # points to each side in which a rule may waver
_COVERED = (0.55, 0.3, 0.1)  # of a stretch between two crossings is drawn; less where cells would be no rectangles
_CORNER = 2.0  # points of a stretch next to a crossing line: text keeps away from it
_NARROWEST = 7.0  # points of a row or column
_MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Run:
    """A straight run of ink in pixels: its line, and where it begins and ends on it."""

    at: float
    start: int
    end: int


def grids_of(
    level: Picture, upright: Picture, across: Sequence[Run], down: Sequence[Run], scale: float
) -> tuple[list[Grid], Picture]:
    """The grids in an area, in pixels of the area, and the mask of their rules. ``across``, ``down``: sure runs."""
    ys, xs = lines_of(across, scale), lines_of(down, scale)
    if len(ys) > 1 and len(xs) > 0:
        xs = _closed(xs, across, scale)
    if len(xs) > 1 and len(ys) > 0:
        ys = _closed(ys, down, scale)
    if len(xs) < 3 or len(ys) < 2 or len(xs) + len(ys) > _MOST_LINES:
        return [], np.zeros_like(level)
    xs, ys = _anchored(level, upright, xs, ys, (_ends(across, xs, scale), _ends(down, ys, scale)), scale)
    if len(xs) < 3 or len(ys) < 2:
        return [], np.zeros_like(level)
    h = drawn_share(level, ys, xs, scale, closing=_ends(down, ys, scale))
    v = drawn_share(upright.T, xs, ys, scale, closing=_ends(across, xs, scale)).T
    return grids_between(xs, ys, h, v), rules_on(level, upright, ys, xs, scale)


def grids_between(xs: Sequence[float], ys: Sequence[float], h: Share, v: Share) -> list[Grid]:
    """Grids of two columns or more on lines at ``xs`` and ``ys``; what of them is drawn as for ``drawn_share``."""
    found = []
    for cells in _together(_cells(h, v)):
        if len({c[1] for c in cells}) < 2:
            continue
        boxes = [Box(xs[c], ys[r], xs[c2], ys[r2]) for r, c, r2, c2 in cells]
        frame = Box(min(b.x0 for b in boxes), min(b.top for b in boxes),
                    max(b.x1 for b in boxes), max(b.bottom for b in boxes))  # fmt: skip
        found.append(Grid(frame, _numbered(cells, boxes)))
    return found


def _together(cells: list[_Fields]) -> list[list[_Fields]]:
    """Cells that share an edge, directly or through others, in row order."""
    left = sorted(cells)
    out = []
    while left:
        group, todo = [], [left.pop(0)]
        while todo:
            one = todo.pop()
            group.append(one)
            beside = [other for other in left if _touch(one, other)]
            todo += beside
            left = [other for other in left if other not in beside]
        out.append(sorted(group))
    return out


def _touch(one: _Fields, two: _Fields) -> bool:
    shared_rows = min(one[2], two[2]) - max(one[0], two[0])
    shared_columns = min(one[3], two[3]) - max(one[1], two[1])
    return min(shared_rows, shared_columns) == 0 and max(shared_rows, shared_columns) > 0


def _numbered(cells: list[_Fields], boxes: list[Box]) -> tuple[GridCell, ...]:
    """Cells by rows and columns in which some cell begins; lines at which none begins do not count."""
    rows, columns = sorted({c[0] for c in cells}), sorted({c[1] for c in cells})
    return tuple(
        GridCell(
            rows.index(r), columns.index(c), sum(r <= k < r2 for k in rows), sum(c <= k < c2 for k in columns), box
        )
        for (r, c, r2, c2), box in zip(cells, boxes, strict=True)
    )


def lines_of(runs: Sequence[Run], scale: float) -> list[float]:
    """Where lines lie, none nearer than a narrow row to the next, if they run beside each other."""
    out: list[list[Run]] = []
    for line in collinear(runs, scale):
        near = bool(out) and (middle(line) - middle(out[-1])) * scale < _NARROWEST
        if near and _beside(line, out[-1]):  # a double rule, or a stroke beside one
            if _drawn(line) > _drawn(out[-1]):
                out[-1] = line
            continue
        out.append(line)
    return [middle(line) for line in out]


def _drawn(line: Sequence[Run]) -> int:
    return sum(r.end - r.start for r in line)


def _beside(one: Sequence[Run], two: Sequence[Run]) -> bool:
    """Whether two lines share some of their stretch; those of two tables, one over the other, do not."""
    first, second = ((min(r.start for r in line), max(r.end for r in line)) for line in (one, two))
    return first[0] < second[1] and second[0] < first[1]


def collinear(runs: Sequence[Run], scale: float) -> list[list[Run]]:
    """Runs that lie on one line, from the first line to the last."""
    out: list[list[Run]] = []
    for run in sorted(runs, key=lambda r: r.at):
        if out and run.at - middle(out[-1]) <= _ONE_LINE / scale:
            out[-1].append(run)
        else:
            out.append([run])
    return out


def middle(line: Sequence[Run]) -> float:
    """Where the line of some runs lies, in pixels."""
    lengths = [r.end - r.start for r in line]
    return sum(r.at * n for r, n in zip(line, lengths, strict=True)) / max(sum(lengths), 1)


def _closed(lines: list[float], crossing: Sequence[Run], scale: float) -> list[float]:
    """Lines with those that close an open side: where three or more of the crossing runs end together."""
    out = list(lines)
    for pick, side in ((min, "start"), (max, "end")):
        at = float(pick(getattr(r, side) for r in crossing))
        ending = sum(abs(getattr(r, side) - at) * scale <= 5 for r in crossing)
        outside = (lines[0] - at if side == "start" else at - lines[-1]) * scale
        if ending >= 3 and outside > _NARROWEST:
            out.append(at)
    return sorted(out)


def _ends(crossing: Sequence[Run], lines: list[float], scale: float) -> tuple[int, ...]:
    """Indices of lines that are drawn by nothing but the ends of those that cross them: to be taken as drawn."""
    out = []
    for index, side in ((0, "start"), (len(lines) - 1, "end")):
        ending = sum(abs(getattr(r, side) - lines[index]) * scale <= 5 for r in crossing)
        if ending >= 3:
            out.append(index)
    return tuple(out)


def _anchored(
    level: Picture, upright: Picture, xs: list[float], ys: list[float], closing: _Ends, scale: float
) -> tuple[list[float], list[float]]:
    """Lines without those that strokes of text have made: no stretch of them reaches from one line to the next."""
    keep = ({xs[i] for i in closing[0]}, {ys[i] for i in closing[1]})
    for _ in range(4):
        h, v = drawn_share(level, ys, xs, scale, whole=True), drawn_share(upright.T, xs, ys, scale, whole=True)
        rows = [y for y, drawn in zip(ys, h, strict=True) if drawn.max(initial=0) > 0 or y in keep[1]]
        columns = [x for x, drawn in zip(xs, v, strict=True) if drawn.max(initial=0) > 0 or x in keep[0]]
        if (len(rows), len(columns)) == (len(ys), len(xs)) or len(rows) < 2 or len(columns) < 2:
            break
        xs, ys = columns, rows
    return columns, rows


def drawn_share(
    mask: Picture, lines: list[float], across: list[float], scale: float, *,
    closing: tuple[int, ...] = (), whole: bool = False,
) -> Share:  # fmt: skip
    """For each line and each stretch between two crossing lines: what share of it is drawn.

    What reaches neither end of its stretch is text; with ``whole`` it must reach both. Of the outermost lines less
    is enough, ``closing`` ones are taken as drawn.
    """
    reach, corner = max(int(BAND / scale), 1), max(int(_CORNER / scale), 2)
    out = np.zeros((len(lines), len(across) - 1))
    for i, at in enumerate(lines):
        low = max(round(at) - reach, 0)
        band = mask[low : round(at) + reach + 1].max(axis=0) > 0
        for j, (start, end) in enumerate(pairwise(across)):
            part = band[round(start) + 2 : max(round(end) - 1, round(start) + 3)]
            if part.size:
                ends = int(part[:corner].any()) + int(part[-corner:].any())
                out[i, j] = float(part.mean()) if ends >= 1 + whole else 0.0
        if i in (0, len(lines) - 1):
            out[i] = np.where(out[i] >= _COVERED[-1], 1.0, 0.0)
        if i in closing and out[i].max(initial=0) < _COVERED[0]:
            out[i] = 1.0
    return np.where(out >= _COVERED[0], out, 0.0) if whole else out


def _cells(h: Share, v: Share) -> list[_Fields]:
    """Rectangles of elementary fields with no rule between them: first row and column, and those behind the last.

    ``h[i, c]``: how much of the top of field (i, c) is drawn; ``v[r, j]``: of its left side. Where fields form no
    rectangle a rule is missing: less of one is enough there. Fields open to the outside are none.
    """
    drawn_h, drawn_v = h >= _COVERED[0], v >= _COVERED[0]
    for enough in (*_COVERED[1:], 0.0):
        areas = _areas(drawn_h, drawn_v)
        uneven = [fields for fields in areas if len(fields) != _size(*_bounds(fields))]
        if not uneven:
            break
        for fields in uneven:
            for r, c in fields:
                drawn_h[r : r + 2, c] |= h[r : r + 2, c] >= enough
                drawn_v[r, c : c + 2] |= v[r, c : c + 2] >= enough
    return [_bounds(fields) for fields in _areas(drawn_h, drawn_v)]


def _bounds(fields: Sequence[tuple[int, int]]) -> _Fields:
    rows, columns = [r for r, _ in fields], [c for _, c in fields]
    return min(rows), min(columns), max(rows) + 1, max(columns) + 1


def _size(top: int, left: int, bottom: int, right: int) -> int:
    return (bottom - top) * (right - left)


def _areas(h: Mask, v: Mask) -> list[list[tuple[int, int]]]:
    """Fields that are open to each other, without those that are open to the outside."""
    n_rows, n_columns = h.shape[0] - 1, v.shape[1] - 1
    area = np.full((n_rows + 2, n_columns + 2), -1)
    groups: list[list[tuple[int, int]]] = []
    for r in range(-1, n_rows + 1):
        for c in range(-1, n_columns + 1):
            if area[r + 1, c + 1] < 0:
                groups.append(_flooded(r, c, area, len(groups), h, v))
    return groups[1:]  # the first began outside


def _flooded(r: int, c: int, area: npt.NDArray[np.int_], name: int, h: Mask, v: Mask) -> list[tuple[int, int]]:
    """All fields that are open to a field; ``area`` gets their name. Row and column -1 and n are the outside."""
    n_rows, n_columns = h.shape[0] - 1, v.shape[1] - 1
    area[r + 1, c + 1] = name
    todo, out = [(r, c)], []
    while todo:
        r, c = todo.pop()
        out.append((r, c))
        for r2, c2 in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
            if not (-1 <= r2 <= n_rows and -1 <= c2 <= n_columns) or area[r2 + 1, c2 + 1] >= 0:
                continue
            beside = r2 == r
            if not (0 <= r < n_rows and v[r, max(c, c2)] if beside else 0 <= c < n_columns and h[max(r, r2), c]):
                area[r2 + 1, c2 + 1] = name
                todo.append((r2, c2))
    return out


def rules_on(level: Picture, upright: Picture, ys: list[float], xs: list[float], scale: float) -> Picture:
    """The runs that lie on lines of the grid, a little thicker than they are."""
    out = np.zeros_like(level)
    reach = max(int(BAND / scale), 1)
    for y in ys:
        rows = slice(max(round(y) - reach, 0), round(y) + reach + 1)
        out[rows] = np.maximum(out[rows], level[rows])
    for x in xs:
        columns = slice(max(round(x) - reach, 0), round(x) + reach + 1)
        out[:, columns] = np.maximum(out[:, columns], upright[:, columns])
    return cast(Picture, cv2.dilate(out, np.ones((3, 3), np.uint8)))
