"""The few numbers that people ask for first, and the table ``highlights`` that holds them: one row a report.

Made from printed cells only (``archive/data/indicators.yml``); a sum with one missing part is NULL, never smaller.
"""

from __future__ import annotations

import sqlite3
from fnmatch import fnmatchcase
from functools import cache

from pydantic import BaseModel, ConfigDict

from archive.words import Pair, load
from parsers.form_model import load_forms


@cache
def _usual_keys(form: str) -> list[str]:
    return [field.key for field in load_forms()[form].as_printed(()).fields()]


class Indicator(BaseModel):
    """A number: the sum over ``cells`` (patterns of keys)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    label: Pair
    unit: str
    cells: tuple[str, ...]

    def keys(self, form: str) -> list[str]:
        """The cells of a form, as most organs print it, that it adds up; empty if the form does not have them all."""
        there = _usual_keys(form) if form in load_forms() else []
        found = [[key for key in there if fnmatchcase(key, pattern)] for pattern in self.cells]
        return [key for keys in found for key in keys] if all(found) else []


class Rate(BaseModel):
    """A share: the sum of the indicators ``top`` over the indicator ``bottom``, ranked from ``least`` cases on."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    label: Pair
    top: tuple[str, ...]
    bottom: str
    least: int


class _File(BaseModel):
    indicators: dict[str, Indicator]
    rates: dict[str, Rate]


@cache
def _file() -> _File:
    loaded: _File = load("indicators.yml", _File)
    return loaded


def indicators() -> dict[str, Indicator]:
    """The indicators by key, in the order in which people read them."""
    return _file().indicators


def rates() -> dict[str, Rate]:
    """The rates by key."""
    return _file().rates


_HEAD = "report_id, year, area_code, province, prefecture, county, organ, organ_kind, scope, form"


def fill_highlights(conn: sqlite3.Connection) -> None:
    """Make and fill ``highlights`` of the public database being built."""
    names = list(indicators())
    conn.execute(
        "CREATE TABLE highlights (report_id TEXT PRIMARY KEY REFERENCES reports(report_id), year INTEGER,"
        " area_code TEXT, province TEXT, prefecture TEXT, county TEXT, organ TEXT, organ_kind TEXT, scope TEXT,"
        f" form TEXT, is_main INTEGER NOT NULL, {', '.join(f'{name} NUMERIC' for name in names)})"
    )
    conn.execute("CREATE TEMP TABLE part (field_no INTEGER, name TEXT, parts INTEGER, PRIMARY KEY (field_no, name))")
    for form in load_forms():
        for name, one in indicators().items():
            keys = one.keys(form)
            conn.executemany(
                "INSERT INTO part SELECT field_no, ?, ? FROM fields WHERE form = ? AND key = ?",
                [(name, len(keys), form, key) for key in keys],
            )
    # Names come from our own file; each is a column name that pydantic and SQLite have both accepted above.
    columns = ", ".join(f"max(CASE WHEN name = '{name}' THEN value END)" for name in names)
    conn.execute(
        f"INSERT INTO highlights SELECT {_HEAD}, row_number() OVER ("  # noqa: S608
        " PARTITION BY area_code, year ORDER BY CASE WHEN organ_kind LIKE 'government%' THEN 0 ELSE 1 END,"
        " CASE scope WHEN 'whole_area' THEN 0 WHEN 'government_and_office' THEN 1 WHEN 'unknown' THEN 2 ELSE 3 END,"
        " n_printed DESC, report_id) = 1 AND scope <> 'single_organ' AND area_code IS NOT NULL AND year IS NOT NULL,"
        f" {columns} FROM reports LEFT JOIN ("
        "  SELECT e.report_id AS of_report, p.name, CASE WHEN count(*) = p.parts THEN sum(c.value) END AS value"
        "  FROM editions AS e JOIN _cells AS c ON c.edition_no = e.edition_no JOIN part AS p ON p.field_no = c.field_no"
        "  JOIN statuses AS s ON s.status_no = c.status_no AND s.status IN ('printed', 'aligned')"
        "  WHERE e.is_current GROUP BY e.report_id, p.name"
        " ) ON of_report = report_id GROUP BY report_id ORDER BY reports.rowid"
    )
    conn.execute("DROP TABLE part")
    conn.execute("CREATE INDEX highlights_area ON highlights(area_code, year)")
    conn.execute("CREATE INDEX highlights_year ON highlights(year, scope, province)")
    # Without statistics SQLite joins years by (year, scope), a whole country for each report.
    conn.execute("ANALYZE main.highlights")
