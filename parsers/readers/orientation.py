"""Which way up the picture of a page is."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import cast

import cv2
import numpy as np

from parsers.readers.deskew import Picture, ink_of

_BETWEEN = 3.6  # points: characters of a line are nearer to each other than that, lines are not
_RULE = 18.0  # points: longer runs of ink are rules
_SIDEWAYS = 0.6  # upright pages have 1.1 and more, pages on their side 0.45 and less
_LEGIBLE = 0.7  # usual confidence of lines of text; upside down it is half as much
_FEWEST = 2  # lines that tell


def lies_on_side(grey: Picture, scale: float) -> bool:
    """Whether the lines of text run from top to bottom: gaps between characters are nearer than those between lines.

    ``scale``: points a pixel.
    """
    half = cast(Picture, cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    ink = ink_of(half)
    text = cast(Picture, cv2.subtract(ink, cv2.dilate(_rules(ink, scale), np.ones((3, 3), np.uint8))))
    gap = max(int(_BETWEEN / scale / 2) | 1, 3)
    across, down = (np.count_nonzero(_closed(text, bar)) for bar in (_bar(gap), _bar(gap).T))
    own = np.count_nonzero(text)
    return bool(across - own < _SIDEWAYS * (down - own))


def _rules(ink: Picture, scale: float) -> Picture:
    bar = _bar(max(int(_RULE / scale / 2), 9))
    level, upright = (cv2.morphologyEx(ink, cv2.MORPH_OPEN, b) for b in (bar, bar.T))
    return cast(Picture, cv2.max(level, upright))


def _closed(ink: Picture, bar: Picture) -> Picture:
    return cast(Picture, cv2.morphologyEx(ink, cv2.MORPH_CLOSE, bar))


def _bar(length: int) -> Picture:
    return np.ones((1, length), np.uint8)


def is_legible(confidences: Sequence[float]) -> bool:
    """Whether lines of text read with such confidences are the right way up; few lines do not tell and pass."""
    return len(confidences) < _FEWEST or median(confidences) >= _LEGIBLE
