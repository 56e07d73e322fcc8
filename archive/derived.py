"""Tables of what can be computed from printed cells: totals by province, and change on last year.

Each number says how many reports it rests on and how many are missing. Scopes are never added up together, and
nothing is compared across forms that the crosswalk does not call the same, nor across a change of a place's extent.
"""

from __future__ import annotations

import sqlite3
from functools import cache
from itertools import pairwise

from archive.bodies import reshaped_since
from archive.codebook import comparable
from archive.indicators import indicators
from parsers.form_model import load_forms

_PRESENT = "('found', 'late', 'gone')"
_TOTALS = """CREATE TABLE totals (
  year INTEGER NOT NULL, province TEXT, scope TEXT NOT NULL, form TEXT, name TEXT NOT NULL, total NUMERIC,
  n_reports INTEGER NOT NULL, n_missing INTEGER NOT NULL, n_areas_without INTEGER NOT NULL
)"""
_CELLS = """CREATE TABLE cell_totals (
  year INTEGER NOT NULL, scope TEXT NOT NULL, form TEXT NOT NULL, key TEXT NOT NULL, total NUMERIC,
  n_reports INTEGER NOT NULL, n_missing INTEGER NOT NULL, PRIMARY KEY (year, scope, form, key)
)"""
_CHANGES = """CREATE TABLE yearly_changes (
  report_id TEXT NOT NULL REFERENCES reports(report_id), year INTEGER, area_code TEXT, province TEXT, county TEXT,
  organ TEXT, scope TEXT NOT NULL, name TEXT NOT NULL, value NUMERIC NOT NULL, last_value NUMERIC NOT NULL,
  difference NUMERIC NOT NULL, percent REAL, last_report_id TEXT NOT NULL, PRIMARY KEY (report_id, name, last_report_id)
)"""


def fill_derived(conn: sqlite3.Connection) -> None:
    """Make and fill ``totals``, ``cell_totals`` and ``yearly_changes`` from ``highlights``, ``coverage`` and cells.

    They are tables: as views, every page of them computed the whole country anew, for a second and more.
    """
    names = list(indicators())  # columns of highlights, from our own file
    parts = [
        f"SELECT year, province, scope, form, '{n}' AS name, sum({n}) AS total, count({n}) AS n_reports,"  # noqa: S608
        f" sum({n} IS NULL) AS n_missing FROM highlights WHERE is_main AND year IS NOT NULL GROUP BY 1, 2, 3, 4"
        for n in names
    ]
    _fill_cell_totals(conn)
    conn.execute(_TOTALS)
    conn.execute(
        "WITH without AS MATERIALIZED ("  # noqa: S608
        " SELECT c.year, d.province, count(*) AS n FROM coverage AS c JOIN divisions AS d ON d.area_code = c.area_code"
        f" WHERE c.state NOT IN {_PRESENT} GROUP BY 1, 2)"
        " INSERT INTO totals SELECT t.*, coalesce(w.n, 0)"
        f" FROM ({' UNION ALL '.join(parts)}) AS t"
        " LEFT JOIN without AS w ON w.year = t.year AND w.province = t.province"
        " ORDER BY t.year DESC, t.province, t.scope, t.form"
    )
    parts = [
        f"SELECT h.report_id, h.year, h.area_code, h.province, h.county, h.organ, h.scope, '{n}' AS name,"  # noqa: S608
        f" h.{n} AS value, l.{n} AS last_value, h.{n} - l.{n} AS difference,"
        f" CASE WHEN l.{n} > 0 THEN round(100.0 * (h.{n} - l.{n}) / l.{n}, 1) END AS percent,"
        " l.report_id AS last_report_id FROM highlights AS h JOIN highlights AS l ON l.area_code = h.area_code"
        " AND l.year = h.year - 1 AND l.scope = h.scope AND l.organ_kind IS h.organ_kind"
        " AND (l.organ = h.organ OR h.organ_kind IN ('government', 'government_office', 'government_body'))"
        f" WHERE h.{n} IS NOT NULL AND l.{n} IS NOT NULL AND (h.form = l.form{_across(n)})"
        " AND NOT reshaped_since(h.area_code, h.year)"
        for n in names
    ]
    conn.execute(_CHANGES)
    conn.create_function("reshaped_since", 2, reshaped_since, deterministic=True)
    conn.execute(f"INSERT INTO yearly_changes {' UNION ALL '.join(parts)} ORDER BY 2 DESC, 3, 1")


def _fill_cell_totals(conn: sqlite3.Connection) -> None:
    """Each number of the forms added up over the country: one report a place, printed numbers only."""
    conn.execute(_CELLS)
    conn.execute(
        "INSERT INTO cell_totals SELECT s.year, s.scope, f.form, f.key, s.total, s.n, s.rows - s.n FROM ("
        " SELECT h.year, h.scope, c.field_no, count(*) AS rows,"
        "  sum(CASE WHEN t.status IN ('printed', 'aligned') THEN c.value END) AS total,"
        "  count(CASE WHEN t.status IN ('printed', 'aligned') THEN c.value END) AS n"
        " FROM highlights AS h JOIN reports AS r ON r.report_id = h.report_id"
        " JOIN editions AS e ON e.edition_id = r.edition_id JOIN _cells AS c ON c.edition_no = e.edition_no"
        " JOIN statuses AS t ON t.status_no = c.status_no WHERE h.is_main AND h.year IS NOT NULL GROUP BY 1, 2, 3"
        ") AS s JOIN fields AS f ON f.field_no = s.field_no ORDER BY s.year DESC, s.scope, s.field_no"
    )


@cache
def series_comparable(name: str, one: str, two: str) -> bool:
    """Whether an indicator counts the same in two forms: the same form, or neighbours that the crosswalk joins."""
    if one == two:
        return True
    indicator = indicators()[name]
    forms = [f for f in load_forms() if indicator.keys(f)]
    near = [(a, b) for a, b in pairwise(forms) if {a, b} == {one, two}]
    return any(comparable(a, indicator.keys(a), b, indicator.keys(b)) for a, b in near)


def _across(name: str) -> str:
    """The pairs of forms between which an indicator may be compared, as SQL."""
    pairs = ((a, b) for a, b in pairwise(load_forms()) if series_comparable(name, a, b))
    return "".join(f" OR (l.form = '{a}' AND h.form = '{b}')" for a, b in pairs)
