"""What a PDF page is made of: characters and rules with places in points from the page's top left corner."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

Matrix = tuple[float, float, float, float, float, float]


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
    n_shapes: int = 0  # paths with more corners than a rectangle: letters drawn as shapes, seals
    cut: bool = False  # more objects than the limit
    turn: int = 0  # degrees clockwise by which it was turned from how it is shown, to have its text upright

    def shown(self, box: Box) -> Box:
        """Where a box of this page lies on the page as it is shown."""
        if self.turn == 90:
            return Box(box.top, self.width - box.x1, box.bottom, self.width - box.x0)
        if self.turn == 180:
            return Box(self.width - box.x1, self.height - box.bottom, self.width - box.x0, self.height - box.top)
        if self.turn == 270:
            return Box(self.height - box.bottom, box.x0, self.height - box.top, box.x1)
        return box


@dataclass(frozen=True, slots=True)
class Frame:
    """From PDF user space to the page as read: its box, and its rotation clockwise."""

    left: float
    bottom: float
    width: float
    height: float
    rotation: int

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of user space lies on the page as read."""
        u, v = x - self.left, y - self.bottom
        if self.rotation == 90:
            return v, u
        if self.rotation == 180:
            return self.width - u, v
        if self.rotation == 270:
            return self.height - v, self.width - u
        return u, self.height - v

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """The box of two corners on the page as read."""
        if not self.rotation:
            high = self.bottom + self.height
            return Box(x0 - self.left, high - y1, x1 - self.left, high - y0)
        (a, b), (d, e) = self.point(x0, y0), self.point(x1, y1)
        return Box(min(a, d), min(b, e), max(a, d), max(b, e))

    def placed(self, x0: float, y0: float, x1: float, y1: float, m: Matrix) -> Box:
        """The box of a rectangle that lies in a space of its own, of which ``m`` is the matrix."""
        corners = ((x0, y0), (x1, y0), (x0, y1), (x1, y1))
        points = [self.point(m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]) for x, y in corners]
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        return Box(min(xs), min(ys), max(xs), max(ys))


def times(m: Matrix, n: Matrix) -> Matrix:
    """First ``m``, then ``n``."""
    a, b, cc, d, e, f = m
    g, h, i, j, k, l_ = n
    return (a * g + b * i, a * h + b * j, cc * g + d * i, cc * h + d * j, e * g + f * i + k, e * h + f * j + l_)
