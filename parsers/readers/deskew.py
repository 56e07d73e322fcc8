"""Straighten the picture of a page.

First the angle at which its level strokes fall into the fewest rows; then, where rules still run together as they do
in a photograph taken aslant, the change of perspective that makes them parallel.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

_STEEPEST = 6.0  # degrees a page may lie askew
_LEAST = 0.04  # degrees: less does no harm
_LEAST_CONTRAST = 12  # levels between ink and paper
_RUN = 19  # pixels of the halved picture: longer than a stroke of body text, short enough for a slanting rule
_STEEP = 1.5  # degrees: more is turned first, so that thin rules stay in one piece
_LEAST_DRIFT = 3.0  # pixels over the page by which a rule may be off
_MOST_DRIFT = 0.15  # of the page's width: more is no page
_LONG_RULE = 0.08  # of the page's width
_FEWEST_RULES = 6
_POINTS = 30_000  # are enough to tell
_STEPS = ((_STEEPEST, 0.25), (0.3, 0.05), (0.06, 0.01))  # search around the best so far: how far, how fine


def ink_of(grey: Picture, least: int = _LEAST_CONTRAST) -> Picture:
    """White where ink is: ``least`` levels darker than its surroundings."""
    block = max(31, (min(grey.shape) // 40) | 1)
    calm = cv2.GaussianBlur(grey, (3, 3), 0)
    found = cv2.adaptiveThreshold(calm, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, least)
    return cast(Picture, found)


def straightened(grey: Picture) -> Picture:
    """The page turned and squared so that its rules are level and upright. ``grey``: dark on light."""
    angle = _angle(grey)
    height, width = grey.shape[:2]
    if abs(angle) >= _STEEP:
        grey = _turned(grey, angle)
    corners = _corners(grey)
    if corners is None:
        return grey if abs(angle) < _LEAST or abs(angle) >= _STEEP else _turned(grey, angle)
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    change = cv2.getPerspectiveTransform(corners, square)
    return cast(Picture, cv2.warpPerspective(grey, change, (width, height), flags=cv2.INTER_CUBIC, borderValue=255))


def _turned(grey: Picture, angle: float) -> Picture:
    height, width = grey.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return cast(Picture, cv2.warpAffine(grey, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=255))


def _corners(grey: Picture) -> npt.NDArray[np.float32] | None:
    """Where the corners of the page are if its rules are taken for level and upright.

    None where they are so, or where there are too few to tell.
    """
    height, width = grey.shape[:2]
    half = cast(Picture, cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    ink = ink_of(half)
    level = _slopes(ink, width / 2, height / 2)
    upright = _slopes(np.ascontiguousarray(ink.T), height / 2, width / 2)
    if level is None or upright is None:
        return None
    drift = max(map(abs, level)) * width, max(map(abs, upright)) * height
    if max(drift) < _LEAST_DRIFT or max(drift) > _MOST_DRIFT * width:
        return None
    out = []
    for slope_y, y0 in zip(level, (0.0, float(height)), strict=True):
        for slope_x, x0 in zip(upright, (0.0, float(width)), strict=True):
            # y = y0 + slope_y (x - width / 2); x = x0 + slope_x (y - height / 2)
            y = (y0 + slope_y * (x0 - slope_x * height / 2 - width / 2)) / (1 - slope_x * slope_y)
            out.append([x0 + slope_x * (y - height / 2), y])
    top_left, top_right, bottom_left, bottom_right = out
    return np.array([top_left, top_right, bottom_right, bottom_left], np.float32)


def _slopes(ink: Picture, width: float, height: float) -> tuple[float, float] | None:
    """Slopes of level rules at the top and at the bottom edge, from those of all long rules; None if they are few."""
    runs = cv2.morphologyEx(ink, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, (_RUN, 1)))
    joined = cv2.dilate(runs, np.ones((3, 5), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    long = [i for i in range(1, len(stats)) if stats[i, 2] > _LONG_RULE * width and stats[i, 3] < 0.1 * stats[i, 2]]
    at, slopes, weights = [], [], []
    for i in long[:400]:
        x, y, w, h, _ = stats[i]
        ys, xs = np.nonzero((labels[y : y + h, x : x + w] == i) & (runs[y : y + h, x : x + w] > 0))
        if len(xs) > w // 3:
            slope, offset = np.polyfit(xs + x - width / 2, ys + y, 1)
            at.append(float(offset))
            slopes.append(float(slope))
            weights.append(float(w))
    if len(at) < _FEWEST_RULES or max(at) - min(at) < height / 8:
        return None
    change, middle = np.polyfit(np.array(at) - height / 2, slopes, 1, w=weights)
    off = np.abs(middle + change * (np.array(at) - height / 2) - slopes) * width
    if np.median(off) > _LEAST_DRIFT:  # they follow no rule
        return None
    return float(middle - change * height / 2), float(middle + change * height / 2)


def _angle(grey: Picture) -> float:
    half = cast(Picture, cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    ink = ink_of(half)
    runs = cv2.morphologyEx(ink, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, (_RUN, 1)))
    ys, xs = np.nonzero(runs)
    if len(ys) < half.shape[1]:  # no rules: the lines of text themselves
        ys, xs = np.nonzero(ink)
    if not len(ys):
        return 0.0
    every = max(len(ys) // _POINTS, 1)
    y, x = ys[::every].astype(np.float64), xs[::every].astype(np.float64)
    best = 0.0
    for reach, step in _STEPS:
        tried = np.arange(best - reach, best + reach + step / 2, step)
        best = float(tried[np.argmax([_rows_filled(y, x, a) for a in tried])])
    return best if abs(best) < _STEEPEST else 0.0


def _rows_filled(y: npt.NDArray[np.float64], x: npt.NDArray[np.float64], angle: float) -> float:
    """How unevenly the points fall on rows that slope by ``angle`` degrees: most where rows lie along the rules."""
    rows = np.round(y - x * np.tan(np.radians(angle))).astype(np.int64)
    counts = np.bincount(rows - rows.min()).astype(np.float64)
    return float((counts**2).sum())
