"""Functions of short texts that keep their results: reports share their labels, and a report says things twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_Found = TypeVar("_Found")
_MOST = 1_024  # texts of one function; all labels of all reports seen are some thousand


class Known(dict[str, _Found]):
    """Results of a function of a text. ``known[text]`` works them out the first time; a hit costs no Python call.

    Memory stays small whatever is read: texts over ``longest`` are worked out each time, and a full table starts anew
    with those results of the last one that are asked for again.
    """

    def __init__(self, work: Callable[[str], _Found], longest: int, most: int = _MOST) -> None:
        super().__init__()
        self._work = work
        self._longest = longest
        self._most = most
        self._last: dict[str, _Found] = {}

    def __missing__(self, text: str) -> _Found:
        if len(text) > self._longest:
            return self._work(text)
        found = self._last[text] if text in self._last else self._work(text)
        if len(self) >= self._most:
            self._last = dict(self)
            self.clear()
        self[text] = found
        return found


def remembered(longest: int, most: int = _MOST) -> Callable[[Callable[[str], _Found]], Callable[[str], _Found]]:
    """Have a function of a text keep its results (``Known``)."""
    return lambda work: Known(work, longest, most).__getitem__
