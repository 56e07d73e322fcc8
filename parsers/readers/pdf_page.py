"""One PDF page as pdfium sees it: characters and rules with places in points from the page's top left corner."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as c

from parsers.readers.errors import LIMITS

_THIN = 3.0  # points: a filled rectangle no thicker than this is a rule
_STRAIGHT = 1.0  # points a rule may lean
_SLANT = 8  # degrees: text more slanted than this is stamped over the page
_INVISIBLE = 3  # text render mode of the layer under a scan
_FORM_DEPTH = 8

# pdfium's FPDFText_GetTextObject with the object's address as a number: for every character, a pointer costs more to
# make and to read than the call itself.
_object_at = ctypes.CFUNCTYPE(ctypes.c_void_p, c.FPDF_TEXTPAGE, ctypes.c_int)(
    ctypes.cast(c.FPDFText_GetTextObject, ctypes.c_void_p).value or 0
)

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(slots=True)
class Char:
    """A character: its box, its font size, and whether it is drawn so that nobody sees it."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    hidden: bool = False

    @property
    def x(self) -> float:
        """Horizontal middle."""
        return (self.x0 + self.x1) / 2

    @property
    def y(self) -> float:
        """Vertical middle."""
        return (self.top + self.bottom) / 2


class Box(NamedTuple):
    """A rectangle; a rule is one without width or height."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(slots=True)
class Page:
    """Everything of one page that matters for its text and tables."""

    number: int
    width: float
    height: float
    chars: list[Char] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    fills: list[Box] = field(default_factory=list)
    image_area: float = 0.0  # of the largest picture, as a share of the page
    cut: bool = False  # more objects than the limit


@dataclass(frozen=True, slots=True)
class _Frame:
    """From PDF user space to the page as displayed: its box and its rotation."""

    left: float
    bottom: float
    width: float
    height: float
    rotation: int

    def point(self, x: float, y: float) -> tuple[float, float]:
        u, v = x - self.left, y - self.bottom
        if self.rotation == 90:
            return v, u
        if self.rotation == 180:
            return self.width - u, v
        if self.rotation == 270:
            return self.height - v, self.width - u
        return u, self.height - v

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        if not self.rotation:
            high = self.bottom + self.height
            return Box(x0 - self.left, high - y1, x1 - self.left, high - y0)
        (a, b), (d, e) = self.point(x0, y0), self.point(x1, y1)
        return Box(min(a, d), min(b, e), max(a, d), max(b, e))


def load_page(document: pdfium.PdfDocument, index: int) -> Page:
    """Read page ``index`` (from 0). Raises pdfium's PdfiumError for a page that cannot be loaded."""
    page = document[index]
    try:
        left, bottom, right, top = page.get_bbox()
        frame = _Frame(left, bottom, right - left, top - bottom, page.get_rotation())
        turned = frame.rotation in (90, 270)
        width, height = (frame.height, frame.width) if turned else (frame.width, frame.height)
        out = Page(index + 1, width, height)
        text_page = page.get_textpage()
        try:
            _read_chars(text_page.raw, frame, out)
        finally:
            text_page.close()
        _read_paths(page.raw, frame, out)
        return out
    finally:
        page.close()


def _read_chars(text_page: c.FPDF_TEXTPAGE, frame: _Frame, out: Page) -> None:
    n = c.FPDFText_CountChars(text_page)
    out.cut |= n > LIMITS.max_page_objects
    x0, x1, y0, y1, ox, oy = (ctypes.c_double() for _ in range(6))
    loose = c.FS_RECTF()
    looks: dict[int, tuple[float, float, bool]] = {}  # text object -> size, angle, hidden
    for i in range(min(n, LIMITS.max_page_objects)):
        code = c.FPDFText_GetUnicode(text_page, i)
        if code in (0, 10, 13, 0xFFFE, 2):
            continue
        text = chr(code) if code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else "\ufffd"
        if text.isspace():
            if out.chars:  # pdfium gives the gaps it sees no box of their own
                last = out.chars[-1]
                out.chars.append(Char(" ", last.x1, last.top, last.x1, last.bottom, last.size, last.hidden))
            continue
        if not c.FPDFText_GetCharBox(text_page, i, x0, x1, y0, y1):
            continue
        key = _object_at(text_page, i) or 0
        if key not in looks:
            looks[key] = _look(text_page, i)
        size, angle, hidden = looks[key]
        if _SLANT < angle % 90 < 90 - _SLANT:
            continue  # a watermark across the page: no line of text, and its digits must not get into cells
        c.FPDFText_GetCharOrigin(text_page, i, ox, oy)
        box = frame.box(x0.value, y0.value, x1.value, y1.value)
        if not (math.isfinite(box.x0) and math.isfinite(box.top) and box.x1 >= 0 and box.top <= out.height):
            continue
        upright = (angle + frame.rotation) % 360 < 1
        if upright:  # ink boxes of 一 and ， say little about the line and the gaps; baseline and advance do
            base = frame.point(ox.value, oy.value)[1]
            if c.FPDFText_GetLooseCharBox(text_page, i, loose):
                advance = frame.box(loose.left, y0.value, loose.right, y1.value)
                box = advance if advance.x0 - 1 <= box.x0 and box.x1 <= advance.x1 + 1 else box
            box = Box(box.x0, base - 0.85 * size, box.x1, base + 0.15 * size)
        out.chars.append(Char(text, box.x0, box.top, box.x1, box.bottom, size, hidden))


def _look(text_page: c.FPDF_TEXTPAGE, index: int) -> tuple[float, float, bool]:
    """Size on the page, clockwise angle in degrees and visibility of a character's text object."""
    m = c.FS_MATRIX()
    size = c.FPDFText_GetFontSize(text_page, index)
    angle = 0.0
    if c.FPDFText_GetMatrix(text_page, index, m):
        size *= math.hypot(m.c, m.d) or 1.0
        angle = math.degrees(-math.atan2(m.b, m.a)) % 360
    mode = c.FPDFTextObj_GetTextRenderMode(c.FPDFText_GetTextObject(text_page, index))
    return (size if 0.5 < size < 500 else 10.0), round(angle) % 360, mode == _INVISIBLE


def _read_paths(page: c.FPDF_PAGE, frame: _Frame, out: Page) -> None:
    n = c.FPDFPage_CountObjects(page)
    out.cut |= n > LIMITS.max_page_objects
    stack = [(c.FPDFPage_GetObject(page, i), _IDENTITY, 0) for i in range(min(n, LIMITS.max_page_objects))]
    stack.reverse()
    budget = LIMITS.max_page_objects
    while stack and budget > 0:
        budget -= 1
        obj, matrix, depth = stack.pop()
        kind = c.FPDFPageObj_GetType(obj)
        if kind == c.FPDF_PAGEOBJ_PATH:
            budget -= _read_path(obj, _times(_matrix(obj), matrix), frame, out)
        elif kind == c.FPDF_PAGEOBJ_IMAGE:
            a, b, cc, d, *_ = _times(_matrix(obj), matrix)
            share = abs(a * d - b * cc) / max(out.width * out.height, 1.0)
            out.image_area = max(out.image_area, min(share, 1.0))
        elif kind == c.FPDF_PAGEOBJ_FORM and depth < _FORM_DEPTH:
            inner = _times(_matrix(obj), matrix)
            count = min(c.FPDFFormObj_CountObjects(obj), max(budget - len(stack), 0))
            stack.extend((c.FPDFFormObj_GetObject(obj, i), inner, depth + 1) for i in reversed(range(count)))
    out.cut |= bool(stack)


def _matrix(obj: c.FPDF_PAGEOBJECT) -> Matrix:
    m = c.FS_MATRIX()
    return (m.a, m.b, m.c, m.d, m.e, m.f) if c.FPDFPageObj_GetMatrix(obj, m) else _IDENTITY


def _times(m: Matrix, n: Matrix) -> Matrix:
    a, b, cc, d, e, f = m
    g, h, i, j, k, l_ = n
    return (a * g + b * i, a * h + b * j, cc * g + d * i, cc * h + d * j, e * g + f * i + k, e * h + f * j + l_)


def _read_path(obj: c.FPDF_PAGEOBJECT, matrix: Matrix, frame: _Frame, out: Page) -> int:
    """Sort the straight parts of a path into rules and fills. Returns the number of its segments."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not c.FPDFPath_GetDrawMode(obj, fill, stroke) or not (fill.value or stroke.value):
        return 1
    n = min(int(c.FPDFPath_CountSegments(obj)), 4_000)
    for points in _subpaths(obj, n, matrix, frame):
        add_path(out, points, fill=bool(fill.value), stroke=bool(stroke.value))
    return n


def add_path(page: Page, points: list[tuple[float, float]], *, fill: bool, stroke: bool) -> None:
    """Add one drawn subpath, in points from the top left corner: as rules where it is straight, or as a fill."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    box = Box(min(xs), min(ys), max(xs), max(ys))
    if not all(map(math.isfinite, (box.x0, box.top, box.x1, box.bottom))):
        return
    if fill and (box.x1 - box.x0 <= _THIN or box.bottom - box.top <= _THIN):
        page.rules.append(_centre_line(box))
    elif stroke:
        for a, b in pairwise(points):
            if abs(a[0] - b[0]) <= _STRAIGHT or abs(a[1] - b[1]) <= _STRAIGHT:
                line = Box(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
                page.rules.append(_centre_line(line))
    elif fill and len(points) <= 6:
        page.fills.append(box)


def _centre_line(box: Box) -> Box:
    if box.x1 - box.x0 < box.bottom - box.top:
        x = (box.x0 + box.x1) / 2
        return Box(x, box.top, x, box.bottom)
    y = (box.top + box.bottom) / 2
    return Box(box.x0, y, box.x1, y)


def _subpaths(
    obj: c.FPDF_PAGEOBJECT, n: int, m: Matrix, frame: _Frame
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
