"""Cuts of table cells to text. Numbers carry no context that would tell 1 from 11, so none rests on one look.

Of cuts that look alike one is recognised. Then the shapes of the document's own digits (``typeface``) read every cut
that may be a number once more. Where both say the same the number is sure; else the recogniser looks again, at the
cut itself, softer and, if those differ, darker.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import cast

import cv2
import numpy as np

from parsers.readers.ink import paper_of
from parsers.readers.lookalike import groups
from parsers.readers.recognise import Picture, Reading, recognise
from parsers.readers.typeface import Shape, ink_height, learn

_SHORT = 4.0  # width to height of what may be a number; labels are longer
_CLEAR = 0.9  # confidence of a reading that shapes are learnt from
_NEAR = 0.2  # of a digit's ink: a digit may be so far from its mean
_APART = 0.6  # and so near to the next likely digit: the ratio of the two distances
AGREED = 0.98  # confidence where recogniser and shapes say the same
DISPUTED = 0.3  # confidence where readings differ
_LETTERS = str.maketrans("OoQD〇。lI|i", "0000001111")  # what a lone digit is often taken for
_BRACKETS = ("()", "( )", "0)", "(0", "（）", "C)", "(")
_POINTS = str.maketrans("", "", ",.+-")
_NO_DIGIT = re.compile(r"[^0-9]")
_WORDS = re.compile(r"[一-鿿]")


@dataclass(frozen=True, slots=True)
class Cut:
    """One line of text cut from a cell. ``table``: its numbers are set in one size."""

    table: int
    picture: Picture


def read_cuts(cuts: Sequence[Cut]) -> list[Reading]:
    """Text and confidence of each cut, in order: sure (0.95 and more), in doubt, or in dispute (0.3 and less).

    All cuts of a document should come together, for what looks alike and for the shapes of its digits.
    """
    out, alike = _first_looks(cuts)
    heights = _heights(cuts, out)
    typeface = learn(
        (c.picture, text, heights[c.table])
        for c, (text, score) in zip(cuts, out, strict=True)
        if _is_digits(text) and score >= _CLEAR and c.table in heights
    )
    doubtful: dict[int, Shape | None] = {}
    for i, cut in enumerate(cuts):
        text, score = out[i]
        if not _is_short(cut) or (_WORDS.search(text) and score >= _CLEAR):
            continue
        shape = typeface.read(cut.picture, heights[cut.table]) if cut.table in heights else None
        if shape is not None and not all(d in typeface.digits for d in _digits_of(text)):
            shape = None  # of a digit that they do not know the shapes say nothing
        if shape is not None and _says(shape, text) and typeface.tells(shape):
            out[i] = (text, max(score, AGREED))
        else:
            doubtful[i] = shape

    def second_looks(which: Sequence[int]) -> dict[int, Reading]:
        looks = _looks([cuts[i].picture for i in which])
        return {i: _judged(seen, doubtful[i]) for i, seen in zip(which, looks, strict=True)}

    for i, reading in _looked_again(doubtful, alike, second_looks).items():
        out[i] = reading
    return out


def _first_looks(cuts: Sequence[Cut]) -> tuple[list[Reading], list[list[int]]]:
    """What the recogniser makes of each cut, and which look alike; those are taken to read alike."""
    short = [i for i, cut in enumerate(cuts) if _is_short(cut)]
    alike = [[short[k] for k in group] for group in groups([cuts[i].picture for i in short])]
    alike += [[i] for i, cut in enumerate(cuts) if not _is_short(cut)]
    out: list[Reading] = [("", 0.0)] * len(cuts)
    for group, reading in zip(alike, recognise([cuts[group[0]].picture for group in alike]), strict=True):
        for i in group:
            out[i] = reading
    return out, alike


def _looked_again(
    doubtful: Mapping[int, Shape | None],
    alike: Sequence[Sequence[int]],
    look: Callable[[Sequence[int]], dict[int, Reading]],
) -> dict[int, Reading]:
    """Readings of the doubtful cuts. Of those that look alike the two that differ most are looked at; where both are
    sure, so are the others, if their own shapes say the same."""
    left = [[i for i in group if i in doubtful] for group in alike]
    out = look([i for group in left for i in group[:2]])
    rest = []
    for group in left:
        sure = {out[i] for i in group[:2]}
        for i in group[2:]:
            shape = doubtful[i]
            if shape is not None and sure == {(shape.text, AGREED)} and _says(shape, shape.text):
                out[i] = (shape.text, AGREED)
            else:
                rest.append(i)
    return out | look(rest)


def _says(shape: Shape, text: str) -> bool:
    """Whether the shapes say clearly that a cut is this number."""
    return shape.text == text and _fits(shape) and not shape.dots


def _is_short(cut: Cut) -> bool:
    return bool(cut.picture.shape[1] <= _SHORT * cut.picture.shape[0])


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _heights(cuts: Sequence[Cut], readings: Sequence[Reading]) -> dict[int, float]:
    """Usual height of the numbers of each table, in pixels."""
    found: dict[int, list[int]] = {}
    for cut, (text, _) in zip(cuts, readings, strict=True):
        if _is_digits(text):
            found.setdefault(cut.table, []).append(ink_height(cut.picture))
    return {table: float(median(heights)) for table, heights in found.items()}


def _fits(shape: Shape) -> bool:
    return shape.distance <= _NEAR and shape.distance <= _APART * shape.next_best


def _looks(crops: Sequence[Picture]) -> list[list[Reading]]:
    """The recogniser's readings of each cut: as it is, softened, and where those differ, darkened."""
    out = [list(pair) for pair in zip(recognise(crops), recognise([_softened(c) for c in crops]), strict=True)]
    disputed = [i for i, looks in enumerate(out) if looks[0][0] != looks[1][0]]
    for i, reading in zip(disputed, recognise([_darkened(crops[i]) for i in disputed]), strict=True):
        out[i].append(reading)
    return out


def _judged(looks: Sequence[Reading], shape: Shape | None) -> Reading:
    """One reading of several looks and what the shapes say."""
    texts = [text for text, _ in looks]
    if shape is not None and _fits(shape):
        agreeing = [number for number in map(_as_number, texts) if _digits_of(number) == shape.text]
        if len(agreeing) * 2 >= len(texts):
            return (agreeing[0], AGREED if len(set(agreeing)) == 1 else DISPUTED)
        if 2 * sum(_NO_DIGIT.sub("", text) == shape.text for text in texts) >= len(texts):
            return (shape.text, AGREED)  # the recogniser has put a word behind it that has no ink
        if any(_digits_of(text) for text in texts):  # whom to believe?
            return (texts[0], DISPUTED)
    (first, score), (second, other) = looks[:2]
    if first == second:
        return (first, min(score, other))
    return (second if texts[2] == second else first, min(score, DISPUTED))


def _as_number(text: str) -> str:
    """The number that is meant by what a nought or a one is often taken for; another text as it is."""
    if text in _BRACKETS:
        return "0"
    meant = text.translate(_LETTERS)
    return meant if _digits_of(meant) else text


def _digits_of(text: str) -> str:
    """The digits of a number without its sign and points; nothing where the text is no number."""
    digits = text.strip().translate(_POINTS)
    return digits if _is_digits(digits) else ""


def _darkened(crop: Picture) -> Picture:
    """The cut with thicker strokes."""
    return cast(Picture, cv2.GaussianBlur(cv2.erode(crop, np.ones((2, 2), np.uint8)), (0, 0), 0.8))


def _softened(crop: Picture) -> Picture:
    """The cut somewhat larger and softer."""
    height, width = crop.shape[:2]
    larger = cv2.resize(crop, (width * 3 // 2, height * 3 // 2), interpolation=cv2.INTER_CUBIC)
    margin = height // 4
    paper = paper_of(crop)
    framed = cv2.copyMakeBorder(larger, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=paper)
    return cast(Picture, cv2.GaussianBlur(framed, (3, 3), 0))
