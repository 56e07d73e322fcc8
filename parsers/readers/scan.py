"""A picture of a page to tables and lines: straighten, find the rules, cut the cells, recognise each cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from parsers.document import Cell, Place, Table
from parsers.readers.deskew import ink_of, straightened
from parsers.readers.pdf import PageLayout
from parsers.readers.pdf_grid import Grid, find_grids
from parsers.readers.pdf_page import Box, Page
from parsers.readers.recognise import Picture, recognise_twice
from parsers.readers.scan_text import running_text

_LONG_RULE = 28.0  # points: longer than a dash of two characters
_TALL_RULE = 18.0  # points: taller than a stroke of body text, no taller than the lowest row
_EDGE = 1.5  # points of a cell's rim that may belong to its rule
_RIM = 3.0  # points around a table that belong to its outer rules
_LEAST_GREY = 0.005  # of the pixels of a picture with shades
_LEAST_INK = 0.9  # square points: less is dirt
_LEAST_SIDE = 3.0  # points: every line of text has a stroke this long


@dataclass(frozen=True, slots=True)
class _Cut:
    """One line of text cut from a cell."""

    cell: int
    picture: Picture


def read_picture(picture: Picture, number: int, points_per_pixel: float) -> PageLayout:
    """Read one page from a grey picture. Tables are of kind ``ocr``; each cell carries the lowest confidence of its
    lines. Boxes are in points of the straightened page."""
    grey = straightened(picture)
    page = Page(number, grey.shape[1] * points_per_pixel, grey.shape[0] * points_per_pixel)
    ink = ink_of(grey)
    rules, rule_mask = _rules(ink, points_per_pixel)
    grids = find_grids(rules)
    layout = PageLayout(page)
    text_ink = cast(Picture, cv2.subtract(ink, rule_mask))
    grey = _smoothed(grey) if _is_black_and_white(picture) else grey
    loose = grey.copy()
    for grid in grids:
        layout.tables.append(_table(grid, grey, text_ink, number, points_per_pixel))
        b = grid.box
        x0, top, x1, bottom = _pixels(Box(b.x0 - _RIM, b.top - _RIM, b.x1 + _RIM, b.bottom + _RIM), points_per_pixel)
        loose[top:bottom, x0:x1] = 255
    layout.lines = running_text(loose, points_per_pixel)
    return layout


def _is_black_and_white(picture: Picture) -> bool:
    """Whether a picture has no grey to speak of, as faxes have none."""
    sample = picture[::7, ::7]
    return bool(((sample > 24) & (sample < 232)).mean() < _LEAST_GREY)


def _smoothed(grey: Picture) -> Picture:
    """Without the steps and gaps of strokes in black and white, which recognition stumbles over."""
    return cast(Picture, cv2.GaussianBlur(grey, (0, 0), 1.0))


def _rules(ink: Picture, scale: float) -> tuple[list[Box], Picture]:
    """Straight runs of ink as rules in points, and the picture of them."""
    out: list[Box] = []
    mask = np.zeros_like(ink)
    wide = max(int(_LONG_RULE / scale), 15)
    tall = max(int(_TALL_RULE / scale), 12)
    for size, bridge in (((wide, 1), (7, 3)), ((1, tall), (3, 7))):
        runs = cv2.morphologyEx(ink, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, size))
        joined = cv2.dilate(runs, cv2.getStructuringElement(cv2.MORPH_RECT, bridge))
        mask = np.maximum(mask, joined)
        count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
        for x, y, width, height, _ in stats[1 : min(count, 4_000)]:
            level = size[1] == 1
            if (height if level else width) * scale > 8:  # a black area, no rule
                continue
            dx, dy = bridge[0] // 2, bridge[1] // 2  # what joining has added at the ends
            x0, top, x1, bottom = (float(v) * scale for v in (x + dx, y + dy, x + width - dx, y + height - dy))
            middle = (top + bottom) / 2 if level else (x0 + x1) / 2
            out.append(Box(x0, middle, x1, middle) if level else Box(middle, top, middle, bottom))
    return out, mask


def _pixels(box: Box, scale: float) -> tuple[int, int, int, int]:
    x0, top, x1, bottom = (max(round(v / scale), 0) for v in (box.x0, box.top, box.x1, box.bottom))
    return x0, top, x1, bottom


def _table(grid: Grid, grey: Picture, ink: Picture, number: int, scale: float) -> Table:
    boxes = [_pixels(cell.box, scale) for cell in grid.cells]
    cuts = [cut for i, box in enumerate(boxes) for cut in _cuts(i, box, grey, ink, scale)]
    readings = recognise_twice([cut.picture for cut in cuts])
    lines: dict[int, list[tuple[str, float]]] = {}
    for cut, reading in zip(cuts, readings, strict=True):
        lines.setdefault(cut.cell, []).append(reading)
    cells = []
    for i, g in enumerate(grid.cells):
        read = lines.get(i, [])
        text = "\n".join(t for t, _ in read).strip()
        box = (round(g.box.x0, 1), round(g.box.top, 1), round(g.box.x1, 1), round(g.box.bottom, 1))
        confidence = round(min((score for _, score in read), default=1.0), 3)
        cells.append(Cell(g.row, g.column, text, g.rowspan, g.colspan, Place(page=number, box=box), confidence))
    b = grid.box
    frame = (round(b.x0, 1), round(b.top, 1), round(b.x1, 1), round(b.bottom, 1))
    return Table(tuple(cells), "ocr", Place(page=number, box=frame))


def _cuts(cell: int, box: tuple[int, int, int, int], grey: Picture, ink: Picture, scale: float) -> list[_Cut]:
    """Cut the lines of text out of one cell. A cell without ink gives none, so that nothing is read into it."""
    x0, top, x1, bottom = box
    rim = max(int(_EDGE / scale), 1)
    inner = ink[top + rim : bottom - rim, x0 + rim : x1 - rim]
    picture = grey[top + rim : bottom - rim, x0 + rim : x1 - rim]
    if inner.size == 0:
        return []
    kept = _text_ink(inner, scale)
    if kept is None:
        return []
    out = []
    for low, high in _line_runs(kept, scale):
        columns = np.flatnonzero(kept[low:high].any(axis=0))
        left, right = int(columns[0]), int(columns[-1]) + 1
        if max(high - low, right - left) * scale < _LEAST_SIDE:
            continue
        out.append(_Cut(cell, _framed(picture[low:high, left:right], kept[low:high, left:right])))
    return out


def _text_ink(inner: Picture, scale: float) -> Picture | None:
    """The ink of a cell without dirt and without what comes in over its rim."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inner)
    least = _LEAST_INK / scale / scale
    height, width = inner.shape
    keep = np.zeros(count, bool)
    longest = 0
    for i in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[i])
        at_rim = x == 0 or y == 0 or x + w == width or y + h == height
        thin = min(w, h) * scale < 2.0 and max(w, h) * scale > 6.0  # what is left of a rule
        keep[i] = area >= least and not (at_rim and (thin or area < 4 * least))
        longest = max(longest, max(w, h) if keep[i] else 0)
    if longest * scale < _LEAST_SIDE:
        return None
    return np.where(keep[labels], inner, 0).astype(np.uint8)


def _line_runs(kept: Picture, scale: float) -> list[tuple[int, int]]:
    """Rows of pixels from the top to the bottom of each text line. Parts of one character are put together."""
    filled = np.flatnonzero(kept.any(axis=1))
    breaks = np.flatnonzero(np.diff(filled) > 1)
    starts = [int(filled[0]), *(int(filled[i + 1]) for i in breaks)]
    ends = [*(int(filled[i]) + 1 for i in breaks), int(filled[-1]) + 1]
    tallest = max(e - s for s, e in zip(starts, ends, strict=True))
    one = max(tallest, int(8 / scale))  # a line is at least as tall as the tallest unbroken run
    runs: list[tuple[int, int]] = []
    for start, end in zip(starts, ends, strict=True):
        if runs and end - runs[-1][0] <= 1.25 * one:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def _framed(picture: Picture, ink: Picture) -> Picture:
    """The cut with a white margin; whatever is not text ink is faded to paper."""
    near = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_RECT, (5, 5)))
    paper = int(np.percentile(picture, 90))
    clean = np.where(near > 0, picture, paper).astype(np.uint8)
    margin = max(3, clean.shape[0] // 5)
    return cast(
        Picture, cv2.copyMakeBorder(clean, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=paper)
    )
