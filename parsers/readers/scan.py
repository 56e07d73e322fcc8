"""A picture of a page to tables and lines: straighten, find the rules, cut the cells, recognise each cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from parsers.document import Cell, Place, Table
from parsers.readers.deskew import ink_of, straightened
from parsers.readers.ink import paper_of
from parsers.readers.orientation import is_legible, lies_on_side
from parsers.readers.pdf import PageLayout
from parsers.readers.pdf_grid import Grid
from parsers.readers.pdf_parts import Box, Page
from parsers.readers.recognise import Picture, Reading, recognise
from parsers.readers.scan_numbers import Cut, read_cuts
from parsers.readers.scan_rules import find_rules
from parsers.readers.scan_text import running_text

_PALE = 7  # levels between paper and the palest rules: fewer than of text, for no noise makes long runs
_EDGE = 1.5  # points of a cell's rim that may belong to its rule
_RIM = 3.0  # points around a table that belong to its outer rules
_LEAST_GREY = 0.005  # of the pixels of a picture with shades
_LEAST_INK = 0.9  # square points: less is dirt
_LEAST_SIDE = 3.0  # points: every line of text has a stroke this long
_FEWEST_LINES = 2  # of text tell which way up a page is; else labels do
_LABEL = 5.0  # width to height of labels of several characters
_TALL, _APART = 18.0, 4.5  # points: no line of a table is so tall, and no characters of a label are so far apart
_NEAR = 0.4  # of the longest stroke: what is small and farther away belongs to no character


@dataclass(frozen=True, slots=True)
class _CutTable:
    """A table cut into lines of text: for each cut the index of its cell."""

    page: int
    grid: Grid
    owners: tuple[int, ...]
    pictures: tuple[Picture, ...]


def read_pictures(pages: Iterable[tuple[int, Picture, float]]) -> list[PageLayout]:
    """Read the pages of one document: number, grey picture and points a pixel of each.

    Tables are of kind ``ocr``; each cell carries the lowest confidence of its lines. Boxes are in points of the
    straightened page. The numbers of all pages are read together, once every page is cut.
    """
    layouts: list[PageLayout] = []
    tables: list[tuple[PageLayout, _CutTable]] = []
    for number, picture, scale in pages:
        layout, cut = _cut_page(picture, number, scale)
        layouts.append(layout)
        tables.extend((layout, table) for table in cut)
    readings = iter(read_cuts([Cut(n, p) for n, (_, table) in enumerate(tables) for p in table.pictures]))
    for layout, table in tables:
        layout.tables.append(_table(table, [next(readings) for _ in table.owners]))
    return layouts


def _cut_page(picture: Picture, number: int, scale: float) -> tuple[PageLayout, list[_CutTable]]:
    """The lines of text of a page, read, and its tables, cut but not read; the page turned the right way up."""
    if lies_on_side(picture, scale):
        picture = np.ascontiguousarray(np.rot90(picture))
    layout, tables, legible = _cut_as_it_lies(picture, number, scale)
    if not legible:
        turned = _cut_as_it_lies(np.ascontiguousarray(np.rot90(picture, 2)), number, scale)
        if turned[2]:
            return turned[:2]
    return layout, tables


def _cut_as_it_lies(picture: Picture, number: int, scale: float) -> tuple[PageLayout, list[_CutTable], bool]:
    """The same for a page that may be upside down, and whether it can be read."""
    grey = straightened(picture)
    ink = ink_of(grey)
    ruled = find_rules(ink, ink_of(grey, _PALE), scale)
    layout = PageLayout(Page(number, grey.shape[1] * scale, grey.shape[0] * scale))
    if ruled.streaks.any():
        grey = _without_streaks(grey, ruled.streaks)
        ink = ink_of(grey)
    text_ink = cast(Picture, cv2.subtract(ink, ruled.rules))
    grey = _smoothed(grey) if _is_black_and_white(picture) else grey
    loose = grey.copy()
    tables = []
    for grid in ruled.grids:
        tables.append(_cut_table(grid, grey, text_ink, number, scale))
        b = grid.box
        x0, top, x1, bottom = _pixels(Box(b.x0 - _RIM, b.top - _RIM, b.x1 + _RIM, b.bottom + _RIM), scale)
        loose[top:bottom, x0:x1] = 255
    layout.lines, confidences = running_text(loose, scale)
    if len(confidences) < _FEWEST_LINES:
        confidences += _confidences_of_labels(tables)
    return layout, tables, is_legible(confidences)


def _confidences_of_labels(tables: list[_CutTable]) -> list[float]:
    """How surely some long labels of a page are read."""
    labels = [p for table in tables for p in table.pictures if p.shape[1] > _LABEL * p.shape[0]]
    return [score for _, score in recognise(labels[:_FEWEST_LINES])]


def _is_black_and_white(picture: Picture) -> bool:
    """Whether a picture has no grey to speak of, as faxes have none."""
    sample = picture[::7, ::7]
    return bool(((sample > 24) & (sample < 232)).mean() < _LEAST_GREY)


def _smoothed(grey: Picture) -> Picture:
    """Without the steps and gaps of strokes in black and white, which recognition stumbles over."""
    return cast(Picture, cv2.GaussianBlur(grey, (0, 0), 1.0))


def _without_streaks(grey: Picture, streaks: Picture) -> Picture:
    """The page without thin upright lines of dirt: what they cover is taken from both sides."""
    filled = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((1, 7), np.uint8))
    return np.where(cv2.dilate(streaks, np.ones((1, 3), np.uint8)) > 0, filled, grey).astype(np.uint8)


def _pixels(box: Box, scale: float) -> tuple[int, int, int, int]:
    x0, top, x1, bottom = (max(round(v / scale), 0) for v in (box.x0, box.top, box.x1, box.bottom))
    return x0, top, x1, bottom


def _cut_table(grid: Grid, grey: Picture, ink: Picture, number: int, scale: float) -> _CutTable:
    boxes = (_pixels(cell.box, scale) for cell in grid.cells)
    cuts = [(i, picture) for i, box in enumerate(boxes) for picture in _cuts(box, grey, ink, scale)]
    return _CutTable(number, grid, tuple(i for i, _ in cuts), tuple(picture for _, picture in cuts))


def _table(cut: _CutTable, readings: list[Reading]) -> Table:
    lines: dict[int, list[Reading]] = {}
    for owner, reading in zip(cut.owners, readings, strict=True):
        lines.setdefault(owner, []).append(reading)
    cells = []
    for i, g in enumerate(cut.grid.cells):
        read = lines.get(i, [])
        text = "\n".join(t for t, _ in read).strip()
        confidence = round(min((score for _, score in read), default=1.0), 3)
        cells.append(Cell(g.row, g.column, text, g.rowspan, g.colspan, _place(g.box, cut.page), confidence))
    return Table(tuple(cells), "ocr", _place(cut.grid.box, cut.page))


def _place(box: Box, page: int) -> Place:
    return Place(page=page, box=(round(box.x0, 1), round(box.top, 1), round(box.x1, 1), round(box.bottom, 1)))


def _cuts(box: tuple[int, int, int, int], grey: Picture, ink: Picture, scale: float) -> list[Picture]:
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
    for start, end, low, high in _lines(kept, scale):
        columns = start + np.flatnonzero(kept[low:high, start:end].any(axis=0))
        left, right = int(columns[0]), int(columns[-1]) + 1
        if max(high - low, right - left) * scale < _LEAST_SIDE:
            continue
        out.append(_framed(picture[low:high, left:right], kept[low:high, left:right]))
    return out


def _lines(kept: Picture, scale: float) -> list[tuple[int, int, int, int]]:
    """Lines of text in a cell: first column, that behind the last, first row, that behind the last.

    Where one is too tall, and words apart have lines of their own, these stand beside each other at different heights.
    """
    whole = [(0, kept.shape[1], *run) for run in _line_runs(kept, scale)]
    if max(high - low for _, _, low, high in whole) * scale < _TALL:
        return whole
    gap = np.ones((1, max(int(_APART / scale), 3) | 1), np.uint8)
    row = kept.max(axis=0)[None, :]
    padded = cv2.copyMakeBorder(row, 0, 0, gap.size, gap.size, cv2.BORDER_CONSTANT, value=0)
    joined = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, gap)[0, gap.size : gap.size + row.size] > 0
    edges = np.flatnonzero(np.diff(joined.astype(np.int8), prepend=0, append=0))
    words = [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]
    parts = [(start, end, *run) for start, end in words for run in _line_runs(kept[:, start:end], scale)]
    return parts if len(parts) > max(len(whole), len(words)) else whole


def _text_ink(inner: Picture, scale: float) -> Picture | None:
    """The ink of a cell without dirt and without what comes in over its rim."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inner)
    least = _LEAST_INK / scale / scale
    height, width = inner.shape
    x, y, w, h, area = (stats[:, i] for i in range(5))
    at_rim = (x == 0) | (y == 0) | (x + w == width) | (y + h == height)
    small, large = np.minimum(w, h) * scale, np.maximum(w, h) * scale
    thin = (small < 2.0) & (large > 6.0)  # what is left of a rule
    keep = (area >= least) & ~(at_rim & (thin | (area < 4 * least)))
    keep[0] = False
    strokes = np.flatnonzero(keep & (large >= _LEAST_SIDE))
    if not len(strokes):
        return None
    for i in np.flatnonzero(keep & (large < _LEAST_SIDE)):  # a point, a part of a character, or a speck
        apart = np.maximum(np.maximum(x[strokes] - x[i] - w[i], x[i] - x[strokes] - w[strokes]), 0)
        below = np.maximum(np.maximum(y[strokes] - y[i] - h[i], y[i] - y[strokes] - h[strokes]), 0)
        near = _NEAR * np.maximum(h[strokes].max(), w[strokes].max())
        keep[i] = bool(((apart <= near) & (below <= near)).any())
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
    paper = paper_of(picture)
    clean = np.where(near > 0, picture, paper).astype(np.uint8)
    margin = max(3, clean.shape[0] // 5)
    return cast(Picture, cv2.copyMakeBorder(clean, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=paper))
