"""When to stop guessing: how many pages in a row of one kind may lead to nothing before the rest is given up.

A portal's disclosure page may list sixty organs, each with reports of its own, or with none because the county's
column holds them all. Which of the two is told by trying a few.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

# (while no report is known, once some are): fruitless pages in a row of this kind.
_LIMITS = {
    "group": (10, 4), "disclosure": (8, 2), "organ": (6, 3), "openness": (6, 1), "neighbour": (3, 3), "entry": (5, 5),
    "sitemap": (2, 0), "frame": (6, 3), "parent": (3, 0), "area": (12, 12), "option": (4, 2),
    "loose": (8, 1), "stray": (24, 0),
}  # fmt: skip


@dataclass(slots=True)
class Patience:
    """One site's guesses so far.

    ``found`` counts the pages that were or led to reports, ``lists`` those of them that are lists.
    """

    found: int = 0
    lists: int = 0
    fruitless: Counter[str] = field(default_factory=Counter)

    @property
    def settled(self) -> bool:
        """True if the way to the reports is known; one report among the news does not say where the others are."""
        return self.lists > 0 or self.found > 2

    def lasts(self, kind: str) -> bool:
        """True if another page of this kind is worth a try."""
        if kind not in _LIMITS:
            return True
        before, after = _LIMITS[kind]
        return self.fruitless[kind] < (after if self.settled else before)

    def begin(self, kind: str) -> None:
        """A page of this kind is fetched: fruitless until it shows otherwise."""
        if kind in _LIMITS:
            self.fruitless[kind] += 1

    def reward(self, kinds: list[str], listed: bool = False) -> None:
        """A page that was reached by guesses of these kinds is a report or leads to some (``listed``: as a list)."""
        self.found += 1
        self.lists += listed
        for kind in kinds:
            self.fruitless[kind] = 0
