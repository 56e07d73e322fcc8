"""Straighten the picture of a page: find the angle at which its level strokes fall into the fewest rows."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

_STEEPEST = 6.0  # degrees a page may lie askew
_LEAST = 0.04  # degrees: less does no harm
_RUN = 19  # pixels of the halved picture: longer than a stroke of body text, short enough for a slanting rule
_POINTS = 30_000  # are enough to tell
_STEPS = ((_STEEPEST, 0.25), (0.3, 0.05), (0.06, 0.01))  # search around the best so far: how far, how fine


def ink_of(grey: Picture) -> Picture:
    """White where ink is. The threshold follows the light of the surroundings."""
    block = max(31, (min(grey.shape) // 40) | 1)
    calm = cv2.GaussianBlur(grey, (3, 3), 0)
    found = cv2.adaptiveThreshold(calm, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, 12)
    return cast(Picture, found)


def straightened(grey: Picture) -> Picture:
    """The page turned so that its level lines are level. ``grey``: dark on light."""
    angle = _angle(grey)
    if abs(angle) < _LEAST:
        return grey
    height, width = grey.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return cast(Picture, cv2.warpAffine(grey, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=255))


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
