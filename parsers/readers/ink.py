"""Ink and paper of a cut-out line of text."""

from __future__ import annotations

from typing import cast

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
Ink = npt.NDArray[np.float32]

_PAPER = 0.9  # of the pixels are no brighter than the paper


def paper_of(cut: Picture) -> int:
    """The brightness of the paper."""
    counts = np.bincount(cut.ravel(), minlength=256)
    return int(counts.cumsum().searchsorted(_PAPER * cut.size))


def ink_share(cut: Picture) -> Ink:
    """How dark each pixel is: from 0, paper, to 1, the darkest of the cut."""
    paper, dark = float(paper_of(cut)), float(cut.min())
    return cast(Ink, ((paper - cut.astype(np.float32)) / max(paper - dark, 1.0)).clip(0, 1))
