"""Found or not, for each county and year, and why not: the one place that judges it."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from archive.deadlines import deadline
from archive.words import word

COUNTY_KINDS = {"county", "city", "district", "banner"}  # zones publish too, but none is expected of them


class State(NamedTuple):
    """One row of the public table ``coverage``."""

    area_code: str
    year: int
    state: str
    reason: str | None
    checked_at: str | None


class _Attempts(NamedTuple):
    outcomes: dict[str, int]
    runs: int
    last: str


def coverage(conn: sqlite3.Connection, today: date) -> Iterator[State]:
    """Judge every county and year from the reports and captures.

    ``conn`` is the public database being built, divisions, reports and sites filled, with the work database
    attached as ``work``. Years run from the first reported one to the last complete one.
    """
    reports = _reports(conn)
    attempts = _attempts(conn)
    years = [year for _, year in reports]
    span = range(min([*years, today.year - 1]), max([*years, today.year - 1]) + 1)
    for code, kind, valid_from, valid_to in conn.execute(
        "SELECT area_code, kind, valid_from, valid_to FROM divisions ORDER BY area_code"
    ):
        for year in span:
            if (code, year) in reports:
                yield _found(code, year, reports[code, year])
            elif kind in COUNTY_KINDS and _existed(year, valid_from, valid_to):
                yield _not_found(code, year, attempts.get(code), today)


def _existed(year: int, valid_from: str | None, valid_to: str | None) -> bool:
    return (valid_from or "")[:4] <= str(year) and (valid_to or "9999")[:4] > str(year)


def _reports(conn: sqlite3.Connection) -> dict[tuple[str, int], list[sqlite3.Row]]:
    found = defaultdict(list)
    for row in conn.execute(
        "SELECT area_code, year, gone_since, days_late, last_seen FROM reports WHERE area_code IS NOT NULL"
        " AND year IS NOT NULL AND scope IN ('whole_area', 'government_and_office', 'unknown')"
    ):
        found[row["area_code"], row["year"]].append(row)
    return dict(found)


def _attempts(conn: sqlite3.Connection) -> dict[str, _Attempts]:
    """How the visits to the sites of each area ended."""
    outcomes: dict[str, dict[str, int]] = defaultdict(dict)
    for row in conn.execute(
        "SELECT s.area_code, c.outcome, count(*) AS n FROM sites AS s JOIN captures AS c ON c.site_id = s.site_id"
        " WHERE s.area_code IS NOT NULL AND c.role <> 'robots' GROUP BY 1, 2"
    ):
        outcomes[row["area_code"]][row["outcome"]] = row["n"]
    spans = conn.execute(
        "SELECT s.area_code, count(DISTINCT c.run_id) AS runs, max(c.fetched_at) AS last FROM work.sites AS s"
        " JOIN work.captures AS c ON c.site_id = s.site_id WHERE s.area_code IS NOT NULL GROUP BY 1"
    )
    return {row["area_code"]: _Attempts(outcomes.get(row["area_code"], {}), row["runs"], row["last"]) for row in spans}


def _found(code: str, year: int, rows: list[sqlite3.Row]) -> State:
    last = max(row["last_seen"] or "" for row in rows) or None
    here = [row for row in rows if row["gone_since"] is None]
    if not here:
        return State(code, year, "gone", "原址已撤下，本库存有副本", last)
    late = [row["days_late"] for row in here]
    if all(late):
        return State(code, year, "late", f"晚于法定期限{min(late)}天公布", last)
    return State(code, year, "found", None, last)


def _not_found(code: str, year: int, attempts: _Attempts | None, today: date) -> State:
    due = deadline(year, "government", None)
    if due is not None and today <= date.fromisoformat(due):
        return State(code, year, "not_due", f"法定期限为{due}", None)
    if attempts is None:
        return State(code, year, "not_tried", "尚未查找该县网站", None)
    if attempts.outcomes.get("ok") or attempts.outcomes.get("not_modified"):
        # Absence is a judgement over several runs; after one it is said to be provisional.
        reason = f"查找过{attempts.runs}轮，均未找到" if attempts.runs > 1 else "只查找过一轮，尚不能断定没有公布"
        return State(code, year, "not_found", reason, attempts.last)
    for outcome, state in (("challenge", "blocked"), ("refused", "refused")):
        if attempts.outcomes.get(outcome):
            return State(code, year, state, f"网站{word('outcome', outcome)}", attempts.last)
    worst = max(attempts.outcomes, key=lambda name: attempts.outcomes[name], default="")
    return State(code, year, "failed", word("outcome", worst) or "没有成功的访问", attempts.last)
