"""Text that reports share: with the same body's last report, or with another place's. Sentence beside sentence."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from datasette.utils.asgi import Response

from archive import words
from archive.plugins.lists import PAGE, choices
from archive.plugins.rendering import page
from archive.plugins.web import Row, Sheet, choice, number_of, page_number, read, rows, sheet_of, wants_sheet

LEAST = 50  # percent of text in common from which a pair is listed
SENTENCES = 5  # shown of each sort
_SQL = (
    "SELECT c.*, r.year, r.province, r.prefecture, r.county, r.area_code, r.organ, r.title, o.organ AS other_organ,"
    " o.title AS other_title, o.year AS other_year, o.province AS other_province, o.county AS other_county"
    " FROM copies AS c JOIN reports AS r ON r.report_id = c.report_id"
    " JOIN reports AS o ON o.report_id = c.other_report_id"
    " WHERE c.kind = :kind AND c.rate >= :least AND (:year IS NULL OR r.year = :year)"
    " AND (:province IS NULL OR r.province = :province) ORDER BY c.rate DESC, c.report_id LIMIT :size OFFSET :skip"
)


async def copies(datasette: Any, request: Any) -> Response | Sheet:
    """Pairs of reports with much text in common, and the sentences."""
    chosen = await choices(datasette, request)
    kind = choice(request, "kind", words.values("copy"), "last_year")
    least = number_of(request, "least", 1, 100) or LEAST
    at, size = (1, 20_000) if wants_sheet(request) else (page_number(request), PAGE)
    named = {"kind": kind, "least": least / 100, "year": chosen["year"], "province": chosen["province"],
             "size": size + 1, "skip": (at - 1) * size}  # fmt: skip
    table = await read(datasette, lambda conn: rows(conn, _SQL, **named))
    if wants_sheet(request):
        columns = ["report_id", "year", "province", "county", "organ", "other_report_id", "other_year",
                   "other_province", "other_county", "other_organ", "kind", "rate", "n_shared",
                   "n_edited", "n_changed"]  # fmt: skip
        return sheet_of("copies", table, columns)
    return await page(datasette, request, "copies.html", {
        **chosen, "kind": kind, "kinds": words.values("copy"), "least": least, "page": at,
        "more": len(table) > size, "shown": [_sentences(row) for row in table[:size]],
    })  # fmt: skip


def _sentences(row: Row) -> Row:
    return {**row, **{name: json.loads(row[name] or "[]")[:SENTENCES] for name in ("shared", "edited", "changed")}}


def has_copies(conn: sqlite3.Connection) -> bool:
    """Whether this publication holds any."""
    return conn.execute("SELECT 1 FROM copies LIMIT 1").fetchone() is not None
