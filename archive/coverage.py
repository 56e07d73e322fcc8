"""Found or not, for each county and year, and why not: the one place that judges it."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from archive.attempts import Looks, looks
from archive.bodies import began, heirs
from archive.deadlines import deadline
from archive.words import Pair, word

COUNTY_KINDS = {"county", "city", "district", "banner"}  # zones publish too, but none is expected of them
LEAST_RUNS = 2  # absence is a judgement over several runs
MIGRATED = 180  # days late from which a signature in time makes the page's date doubtful (sites that moved)


class State(NamedTuple):
    """One row of the public table ``coverage``."""

    area_code: str
    year: int
    state: str
    reason: str | None
    checked_at: str | None
    report_id: str | None = None
    published_on: str | None = None
    first_seen: str | None = None
    n_runs: int = 0  # runs that looked for it after it was due
    reason_en: str | None = None


def _state(code: str, year: int, state: str, reason: Pair | None, checked_at: str | None, *more: str | None,
           n_runs: int = 0) -> State:  # fmt: skip
    zh, en = reason or (None, None)
    report_id, published_on, first_seen = more or (None, None, None)
    return State(code, year, state, zh, checked_at, report_id, published_on, first_seen, n_runs, en)


def _say(name: str, more: Pair = ("", ""), **what: object) -> Pair:
    """A reason in both languages; what differs between them is given as a pair."""
    zh, en = ({key: value[n] if isinstance(value, tuple) else value for key, value in what.items()} for n in (0, 1))
    return word("reason", name).format(**zh) + more[0], word("reason", name, "en").format(**en) + more[1]


def _outcome(name: str) -> Pair:
    return word("outcome", name), word("outcome", name, "en")


class _Division(NamedTuple):
    code: str
    name: str
    valid_from: str
    valid_to: str

    def existed(self, year: int) -> bool:
        """Whether it was there at the end of a year: who is gone by then does not report on it."""
        return self.valid_from[:4] <= str(year) and (self.valid_to or "9999")[:4] > str(year)


def coverage(conn: sqlite3.Connection, today: date) -> Iterator[State]:
    """Judge every county and year from the reports and captures.

    ``conn`` is the public database being built, divisions, reports and sites filled, with the work database
    attached as ``work``. Years run from the first reported one to the last complete one.
    """
    reports = _reports(conn)
    tried = looks(conn, "work.")
    years = [year for _, year in reports]
    span = range(min([*years, today.year - 1]), max([*years, today.year - 1]) + 1)
    names = dict(conn.execute("SELECT area_code, name FROM divisions").fetchall())
    for code, name, kind, valid_from, valid_to in conn.execute(
        "SELECT area_code, name, kind, coalesce(valid_from, ''), coalesce(valid_to, '') FROM divisions ORDER BY 1"
    ):
        division = _Division(code, name, began().get(code, valid_from), valid_to)
        for year in span:
            if (code, year) in reports:
                yield _found(code, year, reports[code, year])
            elif kind in COUNTY_KINDS and division.existed(year):
                yield _by_heir(code, year, reports, names) or _not_found(division, year, tried, today, names)


def _reports(conn: sqlite3.Connection) -> dict[tuple[str, int], list[sqlite3.Row]]:
    found = defaultdict(list)
    for row in conn.execute(
        "SELECT report_id, area_code, year, gone_since, days_late, deadline, published_on, signed_on, first_seen,"
        " last_seen FROM reports WHERE area_code IS NOT NULL AND year IS NOT NULL"
        " AND scope IN ('whole_area', 'government_and_office', 'unknown')"
    ):
        found[row["area_code"], row["year"]].append(row)
    return dict(found)


def _found(code: str, year: int, rows: list[sqlite3.Row], note: Pair | None = None) -> State:
    """A place with reports: judged by the one that was published first."""
    last = max(row["last_seen"] or "" for row in rows) or None
    here = [row for row in rows if row["gone_since"] is None]
    best = min(here or rows, key=lambda r: (r["days_late"] is None, r["days_late"] or 0, r["report_id"]))
    state, reason = _in_time(best) if here else ("gone", _say("taken_down", day=best["gone_since"][:10]))
    return _state(code, year, state, note or reason, last, best["report_id"], best["published_on"], best["first_seen"])


def _in_time(row: sqlite3.Row) -> tuple[str, Pair | None]:
    late, due = row["days_late"], row["deadline"]
    if late is None:
        return "found", _say("no_date") if due else None
    if not late:
        return "found", None
    if (row["first_seen"] or "9999")[:10] <= due:
        return "found", _say("seen_in_time", published=row["published_on"])
    if late > MIGRATED and row["signed_on"] and row["signed_on"] <= due:
        return "found", _say("signed_in_time", published=row["published_on"], signed=row["signed_on"])
    return "late", _say("late", days=late)


def _by_heir(
    code: str, year: int, reports: dict[tuple[str, int], list[sqlite3.Row]], names: dict[str, str]
) -> State | None:
    """A county that was renamed or merged before it reported: its successor may have done so."""
    heir = heirs().get(code)
    if heir is None or (heir, year) not in reports:
        return None
    return _found(code, year, reports[heir, year], _say("by_heir", heir=names.get(heir, heir)))


def _not_found(division: _Division, year: int, tried: Looks, today: date, names: dict[str, str]) -> State:
    code, due = division.code, deadline(year, "government", None)
    if due is not None and today <= date.fromisoformat(due):
        return _state(code, year, "not_due", _say("not_due", due=due), None)
    every = tried.at(code)
    last = max((look.last for look in every), default=None)
    after = tried.after(code, year, due or "")
    more = _succession(division, year, names)
    if len(after) >= LEAST_RUNS:
        reason = _say("not_found", more, runs=len(after))
        return _state(code, year, "not_found", reason, last, n_runs=len(after))
    if after:
        return _state(code, year, "not_tried", _say("one_look", more), last, n_runs=1)
    if not every:
        return _state(code, year, "not_tried", _say("never_looked", more), None)
    if any(look.came_in for look in every):
        return _state(code, year, "not_tried", _say("not_since", more), last)
    return _shut_out(code, year, tried.outcomes(code), last)


def _succession(division: _Division, year: int, names: dict[str, str]) -> Pair:
    """A place that ended before its report was due, in words."""
    heir = heirs().get(division.code)
    if division.valid_to[:4] != str(year + 1):
        return "", ""
    if heir is None:
        return _say("ended", day=division.valid_to)
    return _say("succeeded", day=division.valid_to, heir=names.get(heir, heir))


def _shut_out(code: str, year: int, outcomes: Mapping[str, int], last: str | None) -> State:
    for outcome, state in (("challenge", "blocked"), ("refused", "refused")):
        if outcomes.get(outcome):
            return _state(code, year, state, _say("site", outcome=_outcome(outcome)), last)
    worst = max(outcomes, key=lambda name: outcomes[name], default="")
    return _state(code, year, "failed", _outcome(worst) if worst else _say("no_success"), last)
