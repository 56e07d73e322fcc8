"""What of a page's text nobody sees: in the colour of its ground, or under an area that was painted over it."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import NamedTuple

import pypdfium2.raw as c

from parsers.readers.pdf_parts import Box, Frame, Matrix

_SAME = 16  # of 255: colours nearer than this cannot be told apart
_WHITE = (255, 255, 255)
_OPAQUE, _CLEAR = 250, 10  # of 255: what shows nothing of its ground, and what is not seen itself
_FILLED = 0  # text render mode
_MOST_PAIRS = 1_000_000  # of text and areas: more are drawn by no office

Colour = tuple[int, int, int]


class Area(NamedTuple):
    """A painted rectangle: when it was painted, where, and how. No colour: a picture, or what shows its ground."""

    order: int
    box: Box
    colour: Colour | None

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.box.x0 <= x <= self.box.x1 and self.box.top <= y <= self.box.bottom


class _Text(NamedTuple):
    """A piece of text: when it was painted, with what, and the object with what says its place."""

    order: int
    colour: Colour | None
    obj: c.FPDF_PAGEOBJECT
    frame: Frame
    matrix: Matrix


class _Doubt(NamedTuple):
    """A piece of text that may not be seen: the areas over it, those under it from the uppermost down."""

    colour: Colour
    over: list[Area]
    under: list[Area]


class Ink:
    """The areas and the pieces of text of a page in the order in which they are painted."""

    def __init__(self) -> None:
        self._areas: list[Area] = []
        self._texts: list[_Text] = []
        self._doubts: dict[int, _Doubt] = {}  # by the address of the text object
        self._clear: set[int] = set()

    def add_area(self, box: Box, colour: Colour | None) -> None:
        """Add a rectangle that was painted after all that was added before."""
        self._areas.append(Area(len(self._areas) + len(self._texts), box, colour))

    def add_text(self, obj: c.FPDF_PAGEOBJECT, frame: Frame, matrix: Matrix) -> None:
        """Add a text object that was painted after all that was added before."""
        if c.FPDFTextObj_GetTextRenderMode(obj) == _FILLED:
            self._texts.append(
                _Text(len(self._areas) + len(self._texts), _colour(obj, _CLEAR), obj, frame, matrix)
            )  # fmt: skip

    def judge(self) -> None:
        """Find the pieces of text that need a look at each character. Most pages have none."""
        if len(self._areas) * len(self._texts) > _MOST_PAIRS:
            return
        colours = {_WHITE, *(a.colour for a in self._areas if a.colour is not None)}
        last = self._areas[-1].order if self._areas else -1
        for text in self._texts:
            if text.colour is None:
                self._clear.add(_address(text.obj))
            elif last > text.order or _alike(text.colour, colours):
                self._look_at(text, text.colour)

    def _look_at(self, text: _Text, colour: Colour) -> None:
        box = bounds(text.obj, text.frame, text.matrix)
        near = [a for a in self._areas if _meet(a.box, box)]
        over = [a for a in near if a.order > text.order and a.colour is not None]
        under = [a for a in reversed(near) if a.order < text.order]
        if over or _alike(colour, [_WHITE, *(a.colour for a in under if a.colour is not None)]):
            self._doubts[_address(text.obj)] = _Doubt(colour, over, under)

    def hides(self, key: int, x: float, y: float) -> bool:
        """Whether a character with its middle at ``x`` and ``y`` cannot be seen; ``key``: its text object's address."""
        doubt = self._doubts.get(key)
        if doubt is None:
            return key in self._clear
        if any(area.holds(x, y) for area in doubt.over):
            return True
        ground = next((area.colour for area in doubt.under if area.holds(x, y)), _WHITE)
        return ground is not None and _alike(doubt.colour, [ground])


def _meet(one: Box, two: Box) -> bool:
    return one.x0 < two.x1 and two.x0 < one.x1 and one.top < two.bottom and two.top < one.bottom


def _alike(colour: Colour, others: Iterable[Colour]) -> bool:
    return any(max(abs(a - b) for a, b in zip(colour, other, strict=True)) <= _SAME for other in others)


def colour_of(obj: c.FPDF_PAGEOBJECT) -> Colour | None:
    """The colour with which an object is filled; None where its ground shows through."""
    return _colour(obj, _OPAQUE)


def _colour(obj: c.FPDF_PAGEOBJECT, least: int) -> Colour | None:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not c.FPDFPageObj_GetFillColor(obj, red, green, blue, alpha) or alpha.value < least:
        return None
    return red.value, green.value, blue.value


def is_rectangle(points: list[tuple[float, float]], box: Box) -> bool:
    """Whether all corners of a path are corners of its box."""
    at_x = all(min(abs(x - box.x0), abs(x - box.x1)) < 1 for x, _ in points)
    return at_x and all(min(abs(y - box.top), abs(y - box.bottom)) < 1 for _, y in points)


def bounds(obj: c.FPDF_PAGEOBJECT, frame: Frame, matrix: Matrix) -> Box:
    """The box of an object on the page as read."""
    left, low, right, high = (ctypes.c_float() for _ in range(4))
    if not c.FPDFPageObj_GetBounds(obj, left, low, right, high):
        return Box(0, 0, 0, 0)
    return frame.placed(left.value, low.value, right.value, high.value, matrix)


def clipped(box: Box, obj: c.FPDF_PAGEOBJECT, frame: Frame, matrix: Matrix) -> Box:
    """What of an object's box its clip paths leave."""
    clip = c.FPDFPageObj_GetClipPath(obj)
    x, y = ctypes.c_float(), ctypes.c_float()
    for path in range(max(c.FPDFClipPath_CountPaths(clip), 0) if clip else 0):
        segments = range(max(c.FPDFClipPath_CountPathSegments(clip, path), 0))
        points = [
            (x.value, y.value) for n in segments
            if c.FPDFPathSegment_GetPoint(c.FPDFClipPath_GetPathSegment(clip, path, n), x, y)
        ]  # fmt: skip
        if points:
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            edge = frame.placed(min(xs), min(ys), max(xs), max(ys), matrix)
            box = Box(
                max(box.x0, edge.x0), max(box.top, edge.top), min(box.x1, edge.x1), min(box.bottom, edge.bottom)
            )  # fmt: skip
    return box


def _address(obj: c.FPDF_PAGEOBJECT) -> int:
    """The address by which pdfium's two views of a page know the same text."""
    return ctypes.cast(obj, ctypes.c_void_p).value or 0
