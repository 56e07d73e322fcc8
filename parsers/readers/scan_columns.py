"""Columns of a table whose rules are level only: told by the paper between the words of its fullest rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from parsers.readers.pdf_grid import Grid
from parsers.readers.scan_grid import Run, drawn_share, grids_between, lines_of, rules_on

Picture = npt.NDArray[np.uint8]

_WIDEST_SHARE = 0.3  # of the page: a level rule of such a table is at least that long
_FEWEST_RULES = 4
_ROW = 22.0  # points: a higher row holds several words, or it is a heading between two tables
_WORD_GAP = 6.0  # points: ink nearer than this is one word
_CELL_GAP = 14.0  # and farther apart than words of a heading stand
_LEAST_GAP = 2.5  # points of paper between two columns
_FEWEST_WORDS, _FEWEST_ROWS = 3, 2


def level_tables(text: Picture, level: Picture, runs: Sequence[Run], scale: float) -> tuple[list[Grid], Picture]:
    """Grids, in pixels, of tables without upright rules, and the mask of their rules.

    ``text``: ink of the page without rules; ``level``: its level rules; ``runs``: those of them that are no text.
    """
    grids: list[Grid] = []
    rules = np.zeros_like(level)
    for ys in _groups(text, runs, scale):
        own = [run for run in runs if ys[0] - 3 <= run.at <= ys[-1] + 3]
        left, right = float(min(run.start for run in own)), float(max(run.end for run in own))
        inner, free = separators(text[:, round(left) : round(right)], ys, scale)
        if not inner:
            continue
        xs = [left, *(left + x for x in inner), right]
        h = drawn_share(level, ys, xs, scale)
        v = np.hstack([np.ones((len(free), 1)), free, np.ones((len(free), 1))])
        grids.extend(grids_between(xs, ys, h, v))
        rules = np.maximum(rules, rules_on(level, np.zeros_like(level), ys, xs, scale))
    return grids, rules


def _groups(text: Picture, runs: Sequence[Run], scale: float) -> list[list[float]]:
    """Level rules that belong to one table, from top to bottom."""
    long = [y for y in lines_of(runs, scale) if _length(runs, y) > _WIDEST_SHARE * text.shape[1]]
    groups: list[list[float]] = []
    for y in lines_of(runs, scale):
        if groups and _is_row(text, groups[-1][-1], y, scale):
            groups[-1].append(y)
        else:
            groups.append([y])
    return [g for g in groups if len(g) >= _FEWEST_RULES and sum(y in long for y in g) >= _FEWEST_RULES - 1]


def _length(runs: Sequence[Run], y: float) -> int:
    return sum(run.end - run.start for run in runs if abs(run.at - y) < 4)


def _is_row(text: Picture, top: float, bottom: float, scale: float) -> bool:
    if (bottom - top) * scale <= _ROW:
        return True
    return _starts(_words(text[round(top) + 2 : round(bottom) - 1], scale, _CELL_GAP)) >= _FEWEST_WORDS


def separators(text: Picture, ys: Sequence[float], scale: float) -> tuple[list[float], npt.NDArray[np.float64]]:
    """Where columns are parted in a table with level rules at ``ys``, all in pixels, and which rows respect that.

    ``text``: its ink without rules. The second is 1 for each row and separator that crosses no word, else 0. Nothing
    is found where no two rows hold three words or more.
    """
    bands = [
        _words(text[round(top) + 2 : max(round(bottom) - 1, round(top) + 3)], scale) for top, bottom in pairwise(ys)
    ]
    counts = [_starts(band) for band in bands]
    most = sorted(counts)[-_FEWEST_ROWS] if len(counts) >= _FEWEST_ROWS else 0  # one label may fall apart
    full = [band for band, n in zip(bands, counts, strict=True) if n >= max(most - 1, _FEWEST_WORDS)]
    if len(full) < _FEWEST_ROWS:
        return [], np.zeros((len(bands), 0))
    covered = np.any(full, axis=0)
    edges = np.flatnonzero(np.diff(covered.astype(np.int8)))
    starts, ends = [int(e) for e in edges if covered[e]], [int(e) for e in edges if not covered[e]]
    inner = [(s, next((e for e in ends if e > s), None)) for s in starts]
    xs = [(s + e) / 2 for s, e in inner if e is not None and (e - s) * scale >= _LEAST_GAP]
    free = [[float(not band[max(round(x) - 1, 0) : round(x) + 2].any()) for x in xs] for band in bands]
    return xs, np.array(free).reshape(len(bands), len(xs))


def _words(band: Picture, scale: float, apart: float = _WORD_GAP) -> npt.NDArray[np.bool_]:
    """Which columns of pixels lie in a word."""
    columns = (band > 0).sum(axis=0) > 0
    gap = max(int(apart / scale), 3)
    row = columns.astype(np.uint8)[None, :]
    padded = cv2.copyMakeBorder(row, 0, 0, gap, gap, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    return np.asarray(closed[0, gap : gap + len(columns)] > 0)


def _starts(words: npt.NDArray[np.bool_]) -> int:
    return int(words[:1].sum() + (np.diff(words.astype(np.int8)) > 0).sum())
