"""Where each report was seen and until when, judged from all visits to its addresses.

"Gone" is a judgement over several runs: only when at least two runs in a row came to an address and were told that
the report is not there (gone, soft 404, another page, led elsewhere) is it gone, since the first of them. A visit
that failed for a passing reason says nothing either way.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from archive.identity import ReportKey
from archive.outcomes import Outcome

RUNS_TO_JUDGE = 2
NOT_THERE = frozenset({Outcome.GONE, Outcome.SOFT_404})


# Of each document (by SHA-256) that holds reports: which.
Keys = Mapping[str, Collection[ReportKey]]


class Sighting(NamedTuple):
    """A document at one address, over an unbroken stretch of visits.

    ``left_on`` is when the address was found to carry something else or nothing; None while it is there still.
    """

    url: str
    sha256: str
    first_seen: str
    last_seen: str
    left_on: str | None


class _Visit(NamedTuple):
    at: str
    run_id: str
    sha256: str | None  # of a report's document; None where the address had none
    definite: bool  # whether the visit says anything about what is there


@dataclass(frozen=True, slots=True)
class _Stretch:
    sha256: str
    first: str
    last: str


def sightings(conn: sqlite3.Connection, keys: Keys) -> dict[ReportKey, list[Sighting]]:
    """Sightings of every report, earliest first.

    Args:
        conn: the work database.
        keys: of each document that holds reports (by SHA-256), the reports that it belongs to.
    """
    found: dict[ReportKey, list[Sighting]] = defaultdict(list)
    for url, visits in _visits(conn, keys):
        for key in {key for v in visits if v.sha256 for key in keys[v.sha256]}:
            found[key] += _at_address(url, visits, key, keys)
    for seen in found.values():
        seen.sort(key=lambda s: (s.first_seen, s.url, s.sha256))
    return dict(found)


def _visits(conn: sqlite3.Connection, keys: Keys) -> Iterator[tuple[str, list[_Visit]]]:
    """All visits to every address that ever carried a report, by address, earliest first."""
    rows = conn.execute(
        """
        WITH addresses AS (SELECT DISTINCT final_url AS url FROM captures
                           WHERE sha256 IN (SELECT sha256 FROM documents WHERE is_report))
        SELECT a.url AS address, c.fetched_at, c.run_id, c.sha256, c.outcome, c.capture_id, 1 AS arrived
        FROM addresses a JOIN captures c ON c.final_url = a.url
        UNION ALL
        SELECT a.url, c.fetched_at, c.run_id, NULL, c.outcome, c.capture_id, 0
        FROM addresses a JOIN captures c ON c.url = a.url AND c.url <> c.final_url
        ORDER BY address, fetched_at, capture_id
        """
    )
    for address, group in groupby(rows, key=lambda row: row["address"]):
        yield address, [_visit(row, keys) for row in group]


def _visit(row: sqlite3.Row, keys: Keys) -> _Visit:
    outcome = Outcome(row["outcome"])
    report = row["sha256"] if row["arrived"] and outcome.stored and row["sha256"] in keys else None
    return _Visit(row["fetched_at"], row["run_id"], report, outcome.stored or outcome in NOT_THERE)


def _at_address(url: str, visits: list[_Visit], key: ReportKey, keys: Keys) -> list[Sighting]:
    """Sightings of one report at one address."""
    stretches: list[_Stretch] = []
    for visit in visits:
        if visit.sha256 is None or key not in keys[visit.sha256]:
            continue
        if stretches and stretches[-1].sha256 == visit.sha256:
            stretches[-1] = _Stretch(visit.sha256, stretches[-1].first, visit.at)
        else:
            stretches.append(_Stretch(visit.sha256, visit.at, visit.at))
    ends = [s.first for s in stretches[1:]] + [_gone_since(visits, key, keys)]
    return [
        Sighting(url, s.sha256, s.first, s.last, end) for s, end in zip(stretches, ends, strict=True)
    ]  # fmt: skip


def _gone_since(visits: list[_Visit], key: ReportKey, keys: Keys) -> str | None:
    """When an address ceased to carry a report, or None: see the module's rule.

    A run that saw the report at the address saw it, whatever else it met there (a shell that scripts fill).
    """
    first_miss: dict[str, str] = {}
    seen_by = ""
    for visit in visits:
        if visit.sha256 is not None and key in keys[visit.sha256]:
            first_miss.clear()
            seen_by = visit.run_id
        elif visit.definite:
            first_miss.setdefault(visit.run_id, visit.at)
    first_miss.pop(seen_by, None)
    return min(first_miss.values()) if len(first_miss) >= RUNS_TO_JUDGE else None
