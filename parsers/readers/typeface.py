"""The digits of one document as it prints them, learnt from its clear numbers: a second reader beside the recogniser.

A report is set in one typeface, so its noughts look alike and so do its sevens. What the recogniser made of the clear
cuts gives a mean picture of each digit; every cut is then read once more by those pictures alone. The two readers err
in different ways: the recogniser knows no shape but its own, this one knows nothing but the shapes of the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from parsers.readers.ink import Ink, Picture, ink_share

_HEIGHT = 24  # pixels that a digit's height is brought to
_RIM = 5  # pixels of paper around the ink
_SOFT = 1.0  # pixels that edges are softened by
_FEWEST, _MOST = 2, 40  # samples of a digit
_LONGEST = 9  # digits of a number
_GROWTH = 0.22  # a number this much higher or lower than its neighbours is set in another size
_OUTLIER = 2.5  # times the usual distance: no sample of its digit
_SMALL = 0.35  # of a digit's height: smaller are points, signs and specks
_FAINT = 0.25  # of full contrast: the thinnest strokes that hold a digit together
_PITCH = 0.42  # of a digit's height: digits that stand in a row are at least this far apart
_THIN = 0.5  # of the usual ink of a column: where two digits touch there is less
_RIVALS = {"0": "68", "1": "7", "2": "", "3": "58", "4": "", "5": "36", "6": "58", "7": "1", "8": "036", "9": "8"}
# In 100 fonts, bold ones among them, no digit comes nearer than 0.067 to another, but for 6 and 8: 0.039. Those that
# are no others are nearer than this but for one in twenty.
_SAME, _UNLIKE = 0.04, "01234579"
_ADVANCE = 1.0  # of the usual digit's width: every digit takes up as much
_NARROW = 0.65  # of the usual digit's width
_WIDEST = 1.2  # of a digit's height: wider are two that touch


@dataclass(frozen=True, slots=True)
class Shape:
    """What the shapes say of a cut: its digits, how far they are from them, and how far the next likely ones are.

    ``distance`` and ``next_best`` are shares of a digit's ink, those of the least certain digit. ``dots``: something
    small lies beside the digits, a point, a sign or a speck.
    """

    text: str
    distance: float
    next_best: float
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Typeface:
    """Mean picture of each digit, at a height of 24 pixels, and how far clear samples are from it."""

    digits: dict[str, Ink]
    spread: float

    def tells(self, shape: Shape) -> bool:
        """Whether what the shapes say is sure: those of all digits are known that may be meant instead, or the cut is
        so near to its digits that it can be no others."""
        near = "" if shape.distance > _SAME else _UNLIKE
        return all(d in near or all(rival in self.digits for rival in _RIVALS[d]) for d in shape.text)

    def read(self, crop: Picture, height: float) -> Shape | None:
        """Read a cut by the shapes alone. ``height``: of its neighbours' digits in pixels. None: no number."""
        ink, dots = _scaled(crop, height)
        if ink is None or len(self.digits) < 2:
            return None
        labels = list(self.digits)
        costs = [_costs(ink, self.digits[label]) for label in labels]
        empty = (ink**2).sum(axis=0)
        widths = [self.digits[label].shape[1] for label in labels]
        placed = _cheapest(costs, widths, empty)
        if not placed or len(placed) > _LONGEST:
            return None
        nearest, distance, next_best = self._nearest(placed, costs, widths, empty)
        return Shape("".join(labels[k] for k in nearest), distance, next_best, dots)

    def _nearest(
        self, placed: list[tuple[int, int]], costs: list[Ink], widths: list[int], empty: Ink
    ) -> tuple[list[int], float, float]:
        """The nearest digit in each place, how far the worst is from its shape, and how near any is to another's."""
        energy = float(np.mean([(ink**2).sum() for ink in self.digits.values()]))
        before = np.concatenate([[0.0], np.cumsum(empty)])
        ends = [x + widths[k] for k, x in placed]
        chosen, worst, nearest = [], 0.0, 9.0
        for i in range(len(placed)):
            left = 0 if i == 0 else (ends[i - 1] + placed[i][1]) // 2
            right = len(empty) if i == len(placed) - 1 else (ends[i] + placed[i + 1][1]) // 2
            best = [_in_slot(cost, width, before, left, right) for cost, width in zip(costs, widths, strict=True)]
            first, second = sorted(range(len(best)), key=best.__getitem__)[:2]
            chosen.append(first)
            worst, nearest = max(worst, best[first] / energy), min(nearest, best[second] / energy)
        return chosen, worst, nearest


def ink_height(crop: Picture) -> int:
    """Height in pixels of the digits in a cut."""
    ink, _ = _tidied(ink_share(crop))
    rows = np.flatnonzero((ink > 0.5).any(axis=1))
    return int(rows[-1] - rows[0] + 1) if len(rows) else 0


def learn(samples: Iterable[tuple[Picture, str, float]]) -> Typeface:
    """The shapes of the digits in cuts whose reading is clear. Each sample: cut, its digits, neighbours' height."""
    pieces: dict[str, list[Ink]] = {}
    for crop, text, height in samples:
        if any(len(pieces.get(d, ())) < _MOST for d in text) and (ink := _scaled(crop, height)[0]) is not None:
            for digit, part in zip(text, _parted(ink, len(text)), strict=False):
                pieces.setdefault(digit, []).append(part)
    widths = [part.shape[1] for digit, parts in pieces.items() if digit != "1" for part in parts]
    least = _NARROW * median(widths) if widths else 0.0  # of every digit but 1: less is a half of one
    whole = {d: [p for p in parts if d == "1" or p.shape[1] >= least] for d, parts in sorted(pieces.items())}
    found = {digit: _mean(parts[:_MOST]) for digit, parts in whole.items() if len(parts) >= _FEWEST}
    usual = median(mean.shape[1] for mean, _ in found.values()) if found else 0
    return Typeface(
        {digit: _at_least(mean, round(_ADVANCE * usual)) for digit, (mean, _) in found.items()},
        median(spread for _, spread in found.values()) if found else 0.0,
    )


def _tidied(ink: Ink) -> tuple[Ink, bool]:
    """The ink without what is small and lies beside the larger parts, and whether there was any."""
    dark = (ink > _FAINT).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dark)
    if count <= 2:
        return ink, False
    x, w, h = stats[1:, 0], stats[1:, 2], stats[1:, 3]
    large = np.maximum(w, h) > _SMALL * h.max()
    # What stands above, below or in a larger part may be a piece of it.
    meets = np.array([bool(((x[large] < x[i] + w[i]) & (x[i] < (x + w)[large])).any()) for i in range(count - 1)])
    drop = np.concatenate([[False], ~large & ~meets])
    if not drop.any():
        return ink, False
    spots = cv2.dilate(drop[labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.where((spots > 0) & (dark == 0) | drop[labels], 0, ink).astype(np.float32), True


def _scaled(crop: Picture, height: float) -> tuple[Ink | None, bool]:
    """The ink of a cut with its rim, digits 24 pixels high, and whether small things beside them were left out.

    None where it is no line of digits of that height.
    """
    ink, dots = _tidied(ink_share(crop))
    rows, columns = np.flatnonzero((ink > 0.5).any(axis=1)), np.flatnonzero((ink > 0.5).any(axis=0))
    if not len(rows) or height < 4:
        return None, dots
    own = int(rows[-1] - rows[0] + 1)
    if abs(own - height) > max(_GROWTH * height, 1.5):
        return None, dots
    tight = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    factor = _HEIGHT / height
    size = (max(round(tight.shape[1] * factor), 1), max(round(own * factor), 1))
    small = cv2.resize(tight, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    top = _RIM + (_HEIGHT - size[1]) // 2
    framed = cv2.copyMakeBorder(
        small, top, 2 * _RIM + _HEIGHT - size[1] - top, _RIM, _RIM, cv2.BORDER_CONSTANT, value=0
    )
    return np.asarray(cv2.GaussianBlur(framed, (0, 0), _SOFT), np.float32), dots


def _parted(ink: Ink, n: int) -> list[Ink]:
    """The ``n`` characters of a cut, parted by columns without ink, or with little of it where they touch.

    Nothing where one is broken, or where they cannot be parted.
    """
    filled = np.flatnonzero(ink.max(axis=0) > 0.3)
    if not len(filled):
        return []
    breaks = [int(i) for i in np.flatnonzero(np.diff(filled) > 1)] if n > 1 else []
    starts = [int(filled[0]), *(int(filled[i + 1]) for i in breaks)]
    ends = [*(int(filled[i]) + 1 for i in breaks), int(filled[-1]) + 1]
    if len(starts) < n:
        cuts = _thin_places(ink, starts[0], ends[-1], n)
        starts, ends = [starts[0], *cuts], [*cuts, ends[-1]]
    widths = [e - s for s, e in zip(starts, ends, strict=True)]
    if len(widths) != n or max(widths) > _WIDEST * _HEIGHT or (n > 1 and _pieces_of_digits(starts, ends)):
        return []
    return [ink[:, max(s - 1, 0) : e + 1] for s, e in zip(starts, ends, strict=True)]


def _thin_places(ink: Ink, start: int, end: int, n: int) -> list[int]:
    """Columns at which ``n`` characters of like width may be parted; nothing where one of them has much ink."""
    amount = ink.sum(axis=0)
    step = (end - start) / n
    out = []
    for k in range(1, n):
        low, high = round(start + (k - 0.2) * step), round(start + (k + 0.2) * step) + 1
        out.append(low + int(np.argmin(amount[low:high])))
    return out if all(amount[x] < _THIN * amount[start:end].mean() for x in out) else []


def _pieces_of_digits(starts: list[int], ends: list[int]) -> bool:
    """Whether the middles of the parts stand at uneven distances: then one is the half of a broken digit."""
    middles = np.array([(s + e) / 2 for s, e in zip(starts, ends, strict=True)])
    steps = np.diff(middles)
    return bool(steps.min() < _PITCH * _HEIGHT)


def _mean(parts: Sequence[Ink]) -> tuple[Ink, float]:
    """The mean of samples without those that are far from it, and how far the others are, as a share of its ink."""
    width = round(median(part.shape[1] for part in parts))
    same = [_to_width(part, width) for part in parts if abs(part.shape[1] - width) <= 3]
    mean = np.mean(same, axis=0)
    for _ in range(2):
        distances = [float(((part - mean) ** 2).sum() / max((mean**2).sum(), 1.0)) for part in same]
        usual = median(distances)
        same = [part for part, d in zip(same, distances, strict=True) if d <= _OUTLIER * usual + 1e-6]
        mean = np.mean(same, axis=0)
    inked = np.flatnonzero(mean.max(axis=0) > _FAINT)  # what is left of neighbours is fainter
    return np.asarray(mean[_RIM // 2 : -_RIM // 2, inked[0] : inked[-1] + 1], np.float32), usual


def _at_least(digit: Ink, width: int) -> Ink:
    """A digit with the paper that it takes up in a row: without it both sides of a nought would pass for ones."""
    spare = max(width - digit.shape[1], 0)
    return np.pad(digit, ((0, 0), (spare // 2, spare - spare // 2)))


def _to_width(part: Ink, width: int) -> Ink:
    """A part padded or trimmed to a width, its middle kept."""
    spare = width - part.shape[1]
    if spare >= 0:
        return np.pad(part, ((0, 0), (spare // 2, spare - spare // 2)))
    return part[:, -spare // 2 : -spare // 2 + width]


def _costs(ink: Ink, digit: Ink) -> Ink:
    """Squared difference of a digit set at each column of a cut, the best of several heights."""
    if ink.shape[1] < digit.shape[1]:
        spare = digit.shape[1] - ink.shape[1]
        ink = np.pad(ink, ((0, 0), (0, spare)))
    found = cv2.matchTemplate(ink, digit, cv2.TM_SQDIFF)
    # Rows of the cut that the digit does not reach are paper.
    outside = np.array([(ink[:dy] ** 2).sum(axis=0) + (ink[dy + len(digit) :] ** 2).sum(axis=0)
                        for dy in range(found.shape[0])])  # fmt: skip
    window = np.ones(digit.shape[1], np.float32)
    beyond = np.array([np.convolve(row, window, "valid") for row in outside])
    return cast(Ink, np.maximum(found + beyond, 0).min(axis=0).astype(np.float32))


def _cheapest(costs: list[Ink], widths: list[int], empty: Ink) -> list[tuple[int, int]]:
    """The row of digits (index, column) that covers the ink best; columns between digits should be paper."""
    n = len(empty)
    total = np.full(n + 1, np.inf)
    total[0] = 0.0
    came: list[tuple[int, int] | None] = [None] * (n + 1)
    for x in range(n):
        if total[x] + empty[x] < total[x + 1]:
            total[x + 1], came[x + 1] = total[x] + empty[x], (-1, x)
        for k, (cost, width) in enumerate(zip(costs, widths, strict=True)):
            if x < len(cost) and x + width <= n and total[x] + cost[x] < total[x + width]:
                total[x + width], came[x + width] = total[x] + cost[x], (k, x)
    placed = []
    x = n
    while x > 0 and (step := came[x]) is not None:
        if step[0] >= 0:
            placed.append(step)
        x = step[1]
    return placed[::-1]


def _in_slot(cost: Ink, width: int, before: npt.NDArray[np.float64], left: int, right: int) -> float:
    """Cost of one digit alone between two columns, what it leaves uncovered included."""
    if right - left < width:  # a digit wider than its slot: overlapping its neighbours a little
        middle = (left + right - width) // 2
        return float(cost[min(max(middle, 0), len(cost) - 1)])
    xs = np.arange(left, right - width + 1)
    xs = xs[xs < len(cost)]
    if not len(xs):
        return float("inf")
    around = before[xs] - before[left] + before[right] - before[xs + width]
    return float((cost[xs] + around).min())
