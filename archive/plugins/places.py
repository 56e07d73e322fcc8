"""Finding counties and organs by name, part of a name, former name or pinyin."""

from __future__ import annotations

import sqlite3

from archive import search
from archive.plugins.web import Row, rows

MOST = 24
_AREAS = (
    "SELECT d.*, coalesce(n.reports, 0) AS n_reports, coalesce(n.years, '') AS years FROM divisions AS d LEFT JOIN ("
    "  SELECT area_code AS code, count(*) AS reports, min(year) || '–' || max(year) AS years FROM reports"
    "  WHERE area_code IN (SELECT area_code FROM divisions AS d WHERE {where}) GROUP BY area_code"
    ") AS n ON n.code = d.area_code WHERE {where}"
    " ORDER BY d.name = :q DESC, n_reports > 0 DESC, d.valid_to IS NOT NULL, length(d.name), d.area_code LIMIT {most}"
)
_BY_NAME = "(instr(d.name, :q) OR instr(coalesce(d.former_names, ''), :q))"
_BY_LETTERS = "(d.pinyin GLOB :q || '*' OR d.initials = :q)"
_ORGANS = "SELECT * FROM organs WHERE pinyin GLOB :q || '*' OR initials = :q ORDER BY n_reports DESC, organ_no LIMIT 24"


def find_areas(conn: sqlite3.Connection, query: str) -> list[Row]:
    """Divisions that a word names, those with reports first; ``query`` is folded as in search."""
    folded = _folded(query)
    if not folded:
        return []
    where = _BY_LETTERS if folded.isascii() else _BY_NAME
    return rows(conn, _AREAS.format(where=where, most=MOST), q=folded)


def find_organs(conn: sqlite3.Connection, query: str) -> list[Row]:
    """Organs by pinyin; organs by Chinese name are found among the reports."""
    folded = _folded(query)
    return rows(conn, _ORGANS, q=folded) if folded.isascii() and len(folded) > 1 else []


def _folded(query: str) -> str:
    """The query as one folded word; only letters and characters, so that nothing in it is a pattern."""
    return "".join(c for c in search.fold(query[: search.MAX_QUERY])[0] if c.isalnum())
