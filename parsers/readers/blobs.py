"""What hangs together in a mask, by its outlines: on a page that is mostly empty many times faster than by labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Blob:
    """One patch of set pixels: its frame and its outline."""

    x: int
    y: int
    width: int
    height: int
    outline: npt.NDArray[np.int32]

    def middle(self) -> tuple[float, float]:
        """Its centre of mass, taken as solid: column and row."""
        of = cv2.moments(self.outline)
        if not of["m00"]:  # thinner than three pixels
            return self.x + (self.width - 1) / 2, self.y + (self.height - 1) / 2
        return of["m10"] / of["m00"], of["m01"] / of["m00"]


def blobs(mask: Picture, most: int) -> list[Blob]:
    """The patches of a mask, also those inside the holes of others, from top to bottom; no more than ``most``."""
    outlines, order = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if order is None:
        return []
    outer = [outline for outline, (_, _, _, parent) in zip(outlines, order[0], strict=True) if parent < 0]
    return sorted(map(_blob, outer), key=lambda blob: (blob.y, blob.x))[:most]


def _blob(outline: Any) -> Blob:
    x, y, width, height = cv2.boundingRect(outline)
    return Blob(x, y, width, height, outline)


def wipe(mask: Picture, patches: Sequence[Blob]) -> None:
    """Clear what lies within some patches."""
    for blob in patches:
        cv2.drawContours(mask, [blob.outline], -1, 0, cv2.FILLED)
