"""Colour pictures to grey ones in which red stamps over the text are gone."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

_RED = 60  # levels by which red outshines green and blue
_LEAST, _MOST = 0.0002, 0.06  # of the pixels of a page with a stamp; more red than that is its ground
_BLACK, _BRIGHT = 60.0, 100.0  # brightness of ink under a stamp at most, and of red alone at least


def without_colour(picture: Picture) -> Picture:
    """Grey of a picture of red, green and blue (height, width, 3).

    A page with a little red on it (stamps, marks) is seen through a red glass: red becomes paper. JPEG smears colours,
    not brightness, so what is dark stays dark however red its surroundings have made it.
    """
    grey = cast(Picture, cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    sample = picture[::5, ::5].astype(np.int16)
    share = float((sample[..., 0] - sample[..., 1:].max(axis=2) > _RED).mean())
    if not _LEAST < share < _MOST:
        return grey
    red = picture[..., 0].astype(np.float32)
    lift = (red - picture[..., 1:].max(axis=2)).clip(0) * ((grey - _BLACK) / (_BRIGHT - _BLACK)).clip(0, 1)
    return cast(Picture, (red + 2 * lift).clip(0, 255).astype(np.uint8))
