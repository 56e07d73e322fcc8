"""Which reports' texts are worth comparing: those that share many marks of clauses, found through an index of SQLite's.

A clause whose mark many places have is looked for by its finer mark, unless many have that too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping

from archive.bodies import Known, last_years, root
from archive.boilerplate import COMMON, read_marks

_LIKELY = 0.15  # share of marks in common; an edited clause may have another mark
Marks = Mapping[str, frozenset[int]]  # of each report whose text is long enough


def place_of(one: Known) -> str:
    """What tells places apart: the code under which a place goes on, or a report without one by itself."""
    return root(one.area_code) if one.area_code else one.report_id


def index_marks(conn: sqlite3.Connection, reports: list[Known]) -> frozenset[int]:
    """Fill ``temp.clauses`` with marks that few places share, finer ones among them; returns the others."""
    conn.execute("CREATE TEMP TABLE marked(h INTEGER, finer INTEGER, n INTEGER, place TEXT, year INTEGER)")
    blobs = dict(conn.execute("SELECT report_id, marks FROM text_marks").fetchall())
    for n, one in enumerate(reports):
        both = zip(*read_marks(blobs[one.report_id]), strict=True)
        rows = ((h, finer, n, place_of(one), one.year) for h, finer in both)
        conn.executemany("INSERT INTO marked VALUES (?, ?, ?, ?, ?)", rows)
    many = "SELECT h FROM {} GROUP BY h HAVING count(DISTINCT place) >= ?"
    common = [row[0] for row in conn.execute(many.format("marked"), (COMMON,))]
    conn.execute("CREATE TEMP TABLE common(h INTEGER PRIMARY KEY)")
    conn.executemany("INSERT INTO common VALUES (?)", ((h,) for h in common))
    conn.execute("CREATE TEMP TABLE clauses AS SELECT DISTINCT CASE WHEN h IN (SELECT h FROM common) THEN finer ELSE h"
                 " END AS h, n, place, year FROM marked")  # fmt: skip
    conn.execute("CREATE INDEX temp.clauses_h ON clauses(h, place)")
    conn.execute(f"DELETE FROM clauses WHERE h IN ({many.format('clauses')})", (COMMON,))  # noqa: S608 - our names
    conn.execute("DROP TABLE temp.marked")
    conn.execute("DROP TABLE temp.common")
    return frozenset(common)


def with_last_years(reports: list[Known], marks: Marks) -> Iterator[tuple[str, str, str]]:
    """Reports with last year's, where enough marks are shared to be worth a look at the texts."""
    for one, last in last_years(reports).items():
        here, there = marks.get(one), marks.get(last.report_id)
        if here and there and len(here & there) >= _LIKELY * len(here):
            yield one, last.report_id, "last_year"


def alike(conn: sqlite3.Connection, reports: list[Known]) -> Iterator[tuple[str, str, str]]:
    """Pairs of reports of different places, of one year or neighbouring ones, the later first."""
    sizes = dict(conn.execute("SELECT n, count(*) FROM clauses GROUP BY n").fetchall())
    shared = conn.execute(
        "SELECT a.n, b.n, count(*) AS k FROM clauses AS a JOIN clauses AS b ON b.h = a.h AND b.place > a.place"
        " AND abs(b.year - a.year) <= 1 GROUP BY a.n, b.n HAVING k >= 3"
    )
    for a, b, k in shared:
        one, two = sorted((reports[a], reports[b]), key=_when, reverse=True)
        later = a if reports[a] is one else b
        if k >= _LIKELY * sizes[later]:
            yield one.report_id, two.report_id, "other_body"


def _when(one: Known) -> tuple[int, str, str]:
    return one.year or 0, one.published_on or "", one.report_id
