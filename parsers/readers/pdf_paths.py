"""The painted objects of a PDF page: rules, filled areas, pictures."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from itertools import pairwise

import pypdfium2.raw as c

from parsers.readers.errors import LIMITS
from parsers.readers.pdf_ink import Ink, bounds, clipped, colour_of, is_rectangle
from parsers.readers.pdf_parts import Box, Frame, Matrix, Page, times

_THIN = 3.0  # points: a filled rectangle no thicker than this is a rule
_STRAIGHT = 1.0  # points a rule may lean
_FORM_DEPTH = 8
_CORNERS = 6  # points of a closed rectangle, with some to spare

_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def read_paths(page: c.FPDF_PAGE, frame: Frame, out: Page) -> Ink:
    """Add the rules and fills of a page to ``out``. Returns what its text is painted with, and on."""
    n = c.FPDFPage_CountObjects(page)
    out.cut |= n > LIMITS.max_page_objects
    stack = [(c.FPDFPage_GetObject(page, i), _IDENTITY, 0) for i in range(min(n, LIMITS.max_page_objects))]
    stack.reverse()
    budget = LIMITS.max_page_objects
    ink = Ink()
    while stack and budget > 0:
        budget -= 1
        obj, matrix, depth = stack.pop()
        kind = c.FPDFPageObj_GetType(obj)
        if kind == c.FPDF_PAGEOBJ_TEXT:
            ink.add_text(obj, frame, matrix)
        elif kind == c.FPDF_PAGEOBJ_PATH:
            budget -= _read_path(obj, matrix, frame, out, ink)
        elif kind in (c.FPDF_PAGEOBJ_IMAGE, c.FPDF_PAGEOBJ_SHADING):
            a, b, cc, d, *_ = times(_matrix(obj), matrix)
            share = abs(a * d - b * cc) / max(out.width * out.height, 1.0)
            if kind == c.FPDF_PAGEOBJ_IMAGE:
                out.image_area = max(out.image_area, min(share, 1.0))
            ink.add_area(bounds(obj, frame, matrix), None)
        elif kind == c.FPDF_PAGEOBJ_FORM and depth < _FORM_DEPTH:
            inner = times(_matrix(obj), matrix)
            count = min(c.FPDFFormObj_CountObjects(obj), max(budget - len(stack), 0))
            stack.extend((c.FPDFFormObj_GetObject(obj, i), inner, depth + 1) for i in reversed(range(count)))
    out.cut |= bool(stack)
    ink.judge()
    return ink


def _matrix(obj: c.FPDF_PAGEOBJECT) -> Matrix:
    m = c.FS_MATRIX()
    return (m.a, m.b, m.c, m.d, m.e, m.f) if c.FPDFPageObj_GetMatrix(obj, m) else _IDENTITY


def _read_path(obj: c.FPDF_PAGEOBJECT, outer: Matrix, frame: Frame, out: Page, ink: Ink) -> int:
    """Sort the straight parts of a path into rules and fills. Returns the number of its segments."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not c.FPDFPath_GetDrawMode(obj, fill, stroke) or not (fill.value or stroke.value):
        return 1
    n = min(int(c.FPDFPath_CountSegments(obj)), 4_000)
    out.n_shapes += n > _CORNERS
    parts = list(_subpaths(obj, n, times(_matrix(obj), outer), frame))
    for points in parts:
        add_path(out, points, fill=bool(fill.value), stroke=bool(stroke.value))
    if fill.value and len(parts) == 1 and len(parts[0]) <= _CORNERS:
        box = _box_of(parts[0])
        if is_rectangle(parts[0], box) and min(box.x1 - box.x0, box.bottom - box.top) > _THIN:
            ink.add_area(clipped(box, obj, frame, outer), colour_of(obj))
    return n


def add_path(page: Page, points: list[tuple[float, float]], *, fill: bool, stroke: bool) -> None:
    """Add one drawn subpath, in points from the top left corner: as rules where it is straight, or as a fill."""
    box = _box_of(points)
    if not all(map(math.isfinite, (box.x0, box.top, box.x1, box.bottom))):
        return
    if fill and (box.x1 - box.x0 <= _THIN or box.bottom - box.top <= _THIN):
        page.rules.append(_centre_line(box))
    elif stroke:
        for a, b in pairwise(points):
            if abs(a[0] - b[0]) <= _STRAIGHT or abs(a[1] - b[1]) <= _STRAIGHT:
                line = Box(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
                page.rules.append(_centre_line(line))
    elif fill and len(points) <= _CORNERS:
        page.fills.append(box)


def _box_of(points: list[tuple[float, float]]) -> Box:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


def _centre_line(box: Box) -> Box:
    if box.x1 - box.x0 < box.bottom - box.top:
        x = (box.x0 + box.x1) / 2
        return Box(x, box.top, x, box.bottom)
    y = (box.top + box.bottom) / 2
    return Box(box.x0, y, box.x1, y)


def _subpaths(
    obj: c.FPDF_PAGEOBJECT, n: int, m: Matrix, frame: Frame
) -> Iterator[list[tuple[float, float]]]:
    points: list[tuple[float, float]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for i in range(n):
        segment = c.FPDFPath_GetPathSegment(obj, i)
        kind = c.FPDFPathSegment_GetType(segment)
        if not c.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        if kind == c.FPDF_SEGMENT_MOVETO and len(points) > 1:
            yield points
        if kind == c.FPDF_SEGMENT_MOVETO:
            points = []
        px, py = x.value, y.value
        points.append(frame.point(m[0] * px + m[2] * py + m[4], m[1] * px + m[3] * py + m[5]))
        if c.FPDFPathSegment_GetClose(segment) and points:
            points.append(points[0])
    if len(points) > 1:
        yield points
