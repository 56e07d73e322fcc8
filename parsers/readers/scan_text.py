"""Lines of running text in the picture of a page: found by their ink, recognised one by one."""

from __future__ import annotations

from statistics import median
from typing import cast

import cv2
import numpy as np

from parsers.readers.deskew import Picture, ink_of
from parsers.readers.pdf_lines import Line
from parsers.readers.pdf_parts import Box, Char
from parsers.readers.recognise import Reading, detect_lines, recognise

_GAP = 14.0  # points: characters nearer than this stand in one word
_WORD_GAP = 30.0  # points: words nearer than this stand in one line
_LOWEST, _TALLEST = 4.0, 2.2  # points of a line's height; and how many usual lines a stamp is higher
_LEAST_INK = 1.0  # square points
_LONG = 4.0  # width to height of a line of several characters
_STROKE = 3.0  # points: every character has a stroke this long
_DENSE = 0.02  # of the frame is ink at least; less is an empty frame
_DENSE_TALL = 0.04  # the same of what is higher than a line

Frame = tuple[int, int, int, int]  # left, top, right, bottom in pixels


def running_text(loose: Picture, scale: float) -> tuple[list[Line], list[float]]:
    """Lines of text of a straightened page, from top to bottom, and the confidence of those that are long; ``scale``
    is points a pixel.

    What is far higher than a line (a stamp over the signature, a photograph) goes to the text detector. Heights that
    differ little count as one size.
    """
    ink = ink_of(loose)
    frames = _frames(ink, scale)
    usual = median(f[3] - f[1] for f in frames) if frames else 1.0
    plain = [f for f in frames if f[3] - f[1] <= _TALLEST * usual]
    read = _read(loose, plain)
    found = [(_grown(f, loose.shape), text) for f, (text, _) in zip(plain, read, strict=True)]
    long = [score for f, (_, score) in zip(plain, read, strict=True) if f[2] - f[0] > _LONG * (f[3] - f[1])]
    for left, top, right, bottom in (
        f for f in frames if f[3] - f[1] > _TALLEST * usual and _holds_text(f, ink, usual)
    ):
        for (x0, y0, x1, y1), (text, _) in detect_lines(loose[top:bottom, left:right]):
            found.append(((int(x0) + left, int(y0) + top, int(x1) + left, int(y1) + top), text))
    return _as_lines(found, usual * scale, scale), long


def _holds_text(frame: Frame, ink: Picture, usual: float) -> bool:
    """Whether a frame far higher than a line may hold text: no edge of the paper, no shadow, no few specks."""
    left, top, right, bottom = frame
    return right - left > 2 * usual and bool((ink[top:bottom, left:right] > 0).mean() >= _DENSE_TALL)


def _as_lines(found: list[tuple[Frame, str]], usual: float, scale: float) -> list[Line]:
    out = []
    for frame, text in found:
        if not text:
            continue
        box = Box(*(v * scale for v in frame))
        height = box.bottom - box.top
        size = max(0.9 * (usual if 0.6 * usual < height < 1.5 * usual else height), 1.0)
        out.append(Line([Char(text, box.x0, box.top, box.x1, box.bottom, size)], box, size))
    return sorted(out, key=lambda line: (round(line.box.top / 6), line.box.x0))


def _read(page: Picture, frames: list[Frame]) -> list[Reading]:
    crops = []
    for frame in frames:
        left, top, right, bottom = _grown(frame, page.shape)
        crops.append(page[top:bottom, left:right])
    return recognise(crops)


def _grown(frame: Frame, shape: tuple[int, ...]) -> Frame:
    """The frame with a little paper around it."""
    left, top, right, bottom = frame
    rim = max((bottom - top) // 6, 2)
    return max(left - rim, 0), max(top - rim, 0), min(right + rim, shape[1]), min(bottom + rim, shape[0])


def _frames(ink: Picture, scale: float) -> list[Frame]:
    """Frames of connected stretches of text, words of one line joined."""
    wide = max(int(_GAP / scale) | 1, 3)
    smeared = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, (wide, 1)))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(smeared)
    inked = np.bincount(labels[ink > 0], minlength=count)
    found: list[Frame] = []
    for i in range(1, min(count, 6_000)):
        x, y, w, h, _ = (int(v) for v in stats[i])
        thin = min(w, h) * scale < 1.5 and max(w, h) * scale > 60  # a rule
        if inked[i] * scale * scale >= _LEAST_INK and inked[i] >= _DENSE * w * h and not thin:
            found.append((x, y, x + w, y + h))
    joined = _joined(sorted(found, key=lambda f: (f[1] + f[3]) / 2), scale)
    large = [f for f in joined if (f[3] - f[1]) * scale >= _LOWEST and (f[2] - f[0]) * scale >= _LOWEST]
    return [f for f in large if _has_strokes(ink[f[1] : f[3], f[0] : f[2]], scale)]


def _has_strokes(ink: Picture, scale: float) -> bool:
    """Whether some of the ink hangs together over the length of a stroke; specks that lie near each other do not."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    return bool((stats[1:, 2:4].max(initial=0)) * scale >= _STROKE)


def _joined(frames: list[Frame], scale: float) -> list[Frame]:
    """Put together what stands in one line: frames that share most of their height and are near each other."""
    out: list[Frame] = []
    for frame in frames:
        merged = frame
        for other in list(out[-12:]):
            if _one_line(merged, other, scale):
                out.remove(other)
                merged = cast(Frame, (*map(min, merged[:2], other[:2]), *map(max, merged[2:], other[2:])))
        out.append(merged)
    return out


def _one_line(one: Frame, two: Frame, scale: float) -> bool:
    shared = min(one[3], two[3]) - max(one[1], two[1])
    lower = min(one[3] - one[1], two[3] - two[1])
    apart = max(one[0], two[0]) - min(one[2], two[2])
    if shared >= 0.5 * lower:
        return apart * scale < _WORD_GAP
    # The strokes of 二 standing alone.
    together = max(one[3], two[3]) - min(one[1], two[1])
    return apart < 0 and lower * scale < _LOWEST and together * scale < 14 and -shared * scale < 6
