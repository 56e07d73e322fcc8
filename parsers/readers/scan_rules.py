"""The rules in the picture of a page, also where they are broken, pale or worn, and the grids that they draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from parsers.readers.blobs import blobs, wipe
from parsers.readers.pdf_grid import Grid, GridCell
from parsers.readers.pdf_parts import Box
from parsers.readers.scan_columns import level_tables
from parsers.readers.scan_grid import BAND, Run, collinear, grids_of, middle

Picture = npt.NDArray[np.uint8]

_RUN = 9.5  # points: longer than most strokes of table text
_PALE_RUN = 40.0  # points: where text is pale its strokes run together, not over so many characters
_SURE_LEVEL, _SURE_UPRIGHT = 18.0, 13.0  # points: longer than any stroke of a table; no longer than the lowest row
_THICKEST = 8.0  # points: more is a black area
_GAP = 5.0  # points that may be missing in a rule
_NEAR = 10.0  # points: rules of one table are no farther from each other than twice that
_LEAST_WIDTH, _LOWEST = 48.0, 7.0  # points of a table, and of a row
_SURE_STREAK = 25.0  # points: longer than strokes of the title
_LONGEST_STROKE = 30.0  # points, with what touches it
_OVERSHOOT = 30.0  # points: an upright line that ends so far from all level ones is dirt on the glass
_LEAST_STREAK, _BESIDE = 150.0, 150.0  # points of its length; how far beside it rules are looked for


@dataclass(frozen=True, slots=True)
class Ruled:
    """Grids from top to bottom, in points; masks of their rules and of streaks that are no rules, in pixels."""

    grids: list[Grid]
    rules: Picture
    streaks: Picture


def find_rules(ink: Picture, pale: Picture, scale: float) -> Ruled:
    """Rules and grids of a straight page. ``ink``: 255 where ink is; ``pale``: also where it is paler than text;
    ``scale``: points a pixel."""
    level, sure_level = _long(ink, pale, _SURE_LEVEL, scale, upright=False)
    upright, sure_upright = _long(ink, pale, _SURE_UPRIGHT, scale, upright=True)
    streaks = _streaks(sure_level, sure_upright, scale)
    upright[streaks > 0] = sure_upright[streaks > 0] = 0
    _drop_strokes(sure_level, sure_upright, scale)
    grids: list[Grid] = []
    rules = np.zeros_like(ink)
    for left, top, right, bottom in _regions(sure_level, sure_upright, scale):
        part = np.s_[top:bottom, left:right]
        across = _runs(sure_level[part], upright=False)
        down = _runs(sure_upright[part], upright=True)
        found, drawn = grids_of(level[part], upright[part], across, down, scale)
        if found:
            grids.extend(_moved(grid, left, top, scale) for grid in found)
            rules[part] = np.maximum(rules[part], drawn)
            sure_level[part] = 0
    text = cast(Picture, cv2.subtract(ink, level))
    open_sided, drawn = level_tables(text, level, _runs(sure_level, upright=False), scale)
    grids.extend(_moved(grid, 0, 0, scale) for grid in open_sided)
    return Ruled(sorted(grids, key=lambda g: (g.box.top, g.box.x0)), np.maximum(rules, drawn), streaks)


def _long(ink: Picture, pale: Picture, sure: float, scale: float, *, upright: bool) -> tuple[Picture, Picture]:
    """Runs of ink in one direction with small gaps closed, and those runs alone that no text has. No black areas."""

    def opened(picture: Picture, length: float) -> Picture:
        bar = _bar(max(int(length / scale), 9), upright=upright)
        whole = cv2.morphologyEx(picture, cv2.MORPH_CLOSE, _bar(3, upright=upright))
        return cast(Picture, cv2.morphologyEx(whole, cv2.MORPH_OPEN, bar))

    runs = np.maximum(opened(ink, _RUN), opened(pale, _PALE_RUN))
    thick = max(int(_THICKEST / scale), 6)
    runs = cv2.subtract(runs, cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones((thick, thick), np.uint8)))
    closed = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, _bar(max(int(_GAP / scale), 5), upright=upright))
    longest = cv2.morphologyEx(runs, cv2.MORPH_OPEN, _bar(max(int(sure / scale), 12), upright=upright))
    return cast(Picture, closed), cast(Picture, longest)


def _bar(length: int, *, upright: bool) -> Picture:
    return cast(Picture, np.ones((length, 1) if upright else (1, length), np.uint8))


def _runs(mask: Picture, *, upright: bool) -> list[Run]:
    joined = cast(Picture, cv2.dilate(mask, np.ones((1, 3) if upright else (3, 1), np.uint8)))
    out = []
    for blob in blobs(joined, 6_000):
        x, y = blob.middle()
        out.append(Run(x, blob.y, blob.y + blob.height) if upright else Run(y, blob.x, blob.x + blob.width))
    return out


def _streaks(level: Picture, upright: Picture, scale: float) -> Picture:
    """Long upright lines that end far from every level rule: those of a table end at its first or last rule."""
    out = np.zeros_like(upright)
    reach, beside, over = (max(int(v / scale), 1) for v in (BAND, _BESIDE, _OVERSHOOT))
    long = [run for run in _runs(upright, upright=True) if (run.end - run.start) * scale > _SURE_STREAK]
    for line in collinear(long, scale):
        top, bottom, x = min(r.start for r in line), max(r.end for r in line), round(middle(line))
        if (bottom - top) * scale < _LEAST_STREAK:
            continue
        ruled = level[:, max(x - beside, 0) : x + beside]
        if not all(ruled[max(end - over, 0) : end + over].any() for end in (top, bottom)):
            part = np.s_[top:bottom, max(x - reach, 0) : x + reach + 1]
            out[part] = upright[part]
    return out


def _drop_strokes(level: Picture, upright: Picture, scale: float) -> None:
    """Take out of two masks what meets nothing else and is no longer than a stroke of the title."""
    near = 2 * max(int(BAND / scale), 1) + 1
    around = cast(Picture, cv2.dilate(np.maximum(level, upright), np.ones((near, near), np.uint8)))
    short = [b for b in blobs(around, around.size) if max(b.width, b.height) * scale < _LONGEST_STROKE]
    wipe(level, short)
    wipe(upright, short)


def _regions(level: Picture, upright: Picture, scale: float) -> list[tuple[int, int, int, int]]:
    """Areas of runs near each other: left, top, right, bottom, with a rim."""
    near = max(int(_NEAR / scale), 2)
    around = cv2.dilate(np.maximum(level, upright), np.ones((2 * near + 1, 2 * near + 1), np.uint8))
    return [
        (b.x, b.y, b.x + b.width, b.y + b.height)
        for b in blobs(cast(Picture, around), 400)
        if b.width * scale > _LEAST_WIDTH and b.height * scale > 2 * _LOWEST
    ]


def _moved(grid: Grid, left: int, top: int, scale: float) -> Grid:
    """A grid in pixels of an area as one in points of the page."""

    def moved(box: Box) -> Box:
        return Box((box.x0 + left) * scale, (box.top + top) * scale, (box.x1 + left) * scale,
                   (box.bottom + top) * scale)  # fmt: skip

    cells = tuple(GridCell(c.row, c.column, c.rowspan, c.colspan, moved(c.box)) for c in grid.cells)
    return Grid(moved(grid.box), cells)
