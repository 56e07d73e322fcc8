"""Cut-out numbers that look the same, put together: a page of noughts need not be recognised one by one.

Two cuts look alike only if they have the same size and no spot of one differs from the other; 8 and 0, 1 and 7 differ
in a stroke, which is a spot. What noise sets apart stays apart and is recognised by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from parsers.readers.ink import Picture, ink_share

_Look = npt.NDArray[np.float32]

_HEIGHT = 24  # pixels that ink is brought to before it is compared
_SPOT = 0.25  # of full contrast: the largest difference of two alike cuts at any spot
_SIZE = 0.06  # how much sizes may differ
_STROKE = 1.2  # pixels: strokes are some 3 wide at that height


def groups(crops: Sequence[Picture]) -> list[list[int]]:
    """Indices of cuts that look alike. In each group the second is the one that differs most from the first."""
    by_size: dict[int, list[tuple[_Look, list[tuple[float, int]], tuple[int, int]]]] = {}
    for i, crop in enumerate(crops):
        look, size = _look(crop)
        known = by_size.setdefault(look.shape[1], [])
        for other, members, other_size in known:
            distance = float(np.abs(other - look).max()) if _same(size, other_size) else 1.0
            if distance < _SPOT:
                members.append((distance, i))
                break
        else:
            known.append((look, [(-1.0, i)], size))
    found = (members for looks in by_size.values() for _, members, _ in looks)
    return [[members[0][1], *(i for _, i in sorted(members[1:], reverse=True))] for members in found]


def _same(one: tuple[int, int], two: tuple[int, int]) -> bool:
    return all(abs(a - b) <= max(1.0, _SIZE * a) for a, b in zip(one, two, strict=True))


def _look(crop: Picture) -> tuple[_Look, tuple[int, int]]:
    """The ink of a cut at a standard height, softened, and its size in pixels."""
    ink = ink_share(crop)
    rows, columns = np.flatnonzero((ink > 0.5).any(axis=1)), np.flatnonzero((ink > 0.5).any(axis=0))
    if not len(rows):
        return np.zeros((_HEIGHT, 1), np.float32), (0, 0)
    tight = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = tight.shape
    scaled = cv2.resize(tight, (_width(width, height), _HEIGHT), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(cast(Picture, scaled), (0, 0), _STROKE)
    return np.asarray(soft, np.float32), (int(height), int(width))


def _width(width: int, height: int) -> int:
    return max(round(_HEIGHT * width / height / 2) * 2, 2)
