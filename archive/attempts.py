"""How often a place's site was looked through, for which years, and how that ended."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from archive.bodies import same_place

_OK = ("ok", "not_modified")
_SPAN = re.compile(r"^(\d{4})(?:-(\d{4}))?$")


class Look(NamedTuple):
    """One run at one place: when it last fetched something, and the years it was asked for (None: all)."""

    run_id: str
    last: str
    came_in: bool  # a page came, not only refusals
    first_year: int | None
    last_year: int | None

    def covers(self, year: int) -> bool:
        """Whether the run looked for reports on that year."""
        return (self.first_year or year) <= year <= (self.last_year or year)


@dataclass(slots=True)
class Looks:
    """All looks at each place, and how their visits ended; a renamed place has its sites under either code."""

    _by_place: dict[str, list[Look]] = field(default_factory=lambda: defaultdict(list))
    _outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def at(self, area_code: str) -> list[Look]:
        """Every look at a place."""
        return self._by_place.get(same_place(area_code), [])

    def outcomes(self, area_code: str) -> Mapping[str, int]:
        """How the visits to a place's sites ended, and how many each way."""
        return self._outcomes.get(same_place(area_code), Counter())

    def after(self, area_code: str, year: int, day: str) -> list[Look]:
        """Successful looks for a year's report that ended after a day (ISO date)."""
        return [v for v in self.at(area_code) if v.came_in and v.last[:10] > day and v.covers(year)]


def looks(conn: sqlite3.Connection, prefix: str = "") -> Looks:
    """Every look recorded in a work database; ``prefix`` is ``work.`` where it is attached under that name."""
    found = Looks()
    rows = conn.execute(f"SELECT run_id, args FROM {prefix}runs")  # noqa: S608 - our own prefix, here and below
    years = {row[0]: _years(row[1]) for row in rows}
    visits = conn.execute(
        f"SELECT s.area_code, c.run_id, max(c.fetched_at), max(c.outcome IN ({','.join('?' * len(_OK))}))"  # noqa: S608
        f" FROM {prefix}sites AS s JOIN {prefix}captures AS c ON c.site_id = s.site_id"
        " WHERE s.area_code IS NOT NULL AND c.role <> 'robots' GROUP BY 1, 2", _OK,
    )  # fmt: skip
    runs: dict[tuple[str, str], tuple[str, bool]] = {}
    for area_code, run_id, last, came_in in visits:
        key = same_place(area_code), run_id
        before = runs.get(key, ("", False))
        runs[key] = max(before[0], last), before[1] or bool(came_in)
    for (place, run_id), (last, came_in) in runs.items():
        found._by_place[place].append(Look(run_id, last, came_in, *years.get(run_id, (None, None))))
    ended = conn.execute(
        f"SELECT s.area_code, c.outcome, count(*) FROM {prefix}sites AS s"  # noqa: S608
        f" JOIN {prefix}captures AS c ON c.site_id = s.site_id"
        " WHERE s.area_code IS NOT NULL AND c.role <> 'robots' GROUP BY 1, 2"
    )
    for area_code, outcome, n in ended:
        found._outcomes[same_place(area_code)][outcome] += n
    return found


def _years(args: str | None) -> tuple[int | None, int | None]:
    """The years a run was limited to; ``2019-2025`` or ``[2019, 2025]``."""
    options: Mapping[str, object] = json.loads(args or "{}")
    years = options.get("years")
    if isinstance(years, str) and (span := _SPAN.match(years)):
        return int(span[1]), int(span[2] or span[1])
    if isinstance(years, list) and years and all(isinstance(y, int) for y in years):
        return min(years), max(years)
    return None, None
