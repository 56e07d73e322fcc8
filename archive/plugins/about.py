"""Pages about the data: codebook, one number of it, quality, the archive itself, the interface for machines."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.utils.asgi import NotFound, Response

from archive import words
from archive.plugins.grid import make_grid
from archive.plugins.rendering import page
from archive.plugins.web import Row, has_table, language, percent, remembered, rows
from parsers.form_model import load_forms


async def codebook(datasette: Any, request: Any) -> Response:
    """Every form as it is printed, each place leading to its entry."""
    lang = language(request)
    forms = [(form, [make_grid(table, lang) for table in form.tables])
             for form in sorted(load_forms().values(), key=lambda f: f.id, reverse=True)]  # fmt: skip
    entries = await remembered(datasette, ("fields",), lambda conn: {
        (f["form"], f["key"]): f for f in rows(conn, "SELECT form, key, label_zh, label_en FROM fields")})  # fmt: skip
    return await page(datasette, request, "codebook.html", {"forms": forms, "entries": entries})


async def entry(datasette: Any, request: Any) -> Response:
    """One key of the codebook: what it means, how it compares between forms, how it is filled in."""
    key = request.url_vars["key"]
    found = await remembered(datasette, ("entry", key), lambda conn: _entry(conn, key))
    if found is None:
        raise NotFound(f"没有指标 {key}。｜There is no such key.")
    return await page(datasette, request, "entry.html", {"key": key, **found, "statuses": words.statuses()})


def _entry(conn: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    fields = rows(conn, "SELECT * FROM fields WHERE key = ? ORDER BY form DESC", key)
    if not fields:
        return None
    # From the editions, not from the cells: one look-up an edition instead of a walk over every cell there is.
    years = rows(
        conn, "SELECT r.year, s.status, count(*) AS n, max(c.value) AS most FROM fields AS f"
        " CROSS JOIN editions AS e ON e.form = f.form AND e.is_current"
        " CROSS JOIN _cells AS c ON c.edition_no = e.edition_no AND c.field_no = f.field_no"
        " JOIN statuses AS s ON s.status_no = c.status_no JOIN reports AS r ON r.report_id = e.report_id"
        " WHERE f.key = ? GROUP BY 1, 2 ORDER BY 1 DESC", key,
    )  # fmt: skip
    by_year: dict[int, dict[str, int]] = {}
    for row in years:
        by_year.setdefault(row["year"], {})[row["status"]] = row["n"]
    sums = [(form.id, q) for form in load_forms().values() for q in form.equations() if key in q.keys]
    return {"fields": fields, "by_year": by_year, "sums": sums}


async def quality(datasette: Any, request: Any) -> Response:
    """How much was read, how it was read, and which rules fail how often."""
    return await page(datasette, request, "quality.html", await remembered(datasette, ("quality",), _quality))


def _quality(conn: sqlite3.Connection) -> dict[str, Any]:
    by_form = rows(
        conn, "SELECT form, count(*) AS n, sum(n_printed) AS printed, sum(n_derived) AS derived, sum(n_blank) AS blank,"
        " sum(n_unknown) AS unknown, sum(n_absent) AS absent, sum(n_findings > 0) AS failing FROM reports"
        " GROUP BY 1 ORDER BY 1 DESC")  # fmt: skip
    by_rule = rows(
        conn, "SELECT q.rule_id, r.message_zh, r.message_en, r.severity, sum(q.passed) AS passed,"
        " sum(q.failed) AS failed, sum(q.n_source) AS source, sum(q.n_reading) AS reading,"
        " sum(q.not_assessable) AS open FROM rule_rates AS q LEFT JOIN rules AS r ON r.rule_id = q.rule_id"
        " GROUP BY 1 ORDER BY 6 DESC, 1")  # fmt: skip
    errors = rows(conn, "SELECT * FROM reading_errors ORDER BY measured_on DESC, kind")
    return {"by_form": by_form, "by_rule": by_rule, "errors": errors, "about": _about(conn), "percent": percent}


def _about(conn: sqlite3.Connection) -> Row:
    return {row["name"]: row["value"] for row in rows(conn, "SELECT * FROM about")} if has_table(conn, "about") else {}


async def about(datasette: Any, request: Any) -> Response:
    """What the archive is, how to cite it, what may be done with it."""
    facts = await remembered(datasette, ("about",), _about)
    return await page(datasette, request, "about.html", {"facts": facts})


async def data_page(datasette: Any, request: Any) -> Response:
    """Everything to take home, and the interface for machines."""
    facts = await remembered(datasette, ("about",), _about)
    return await page(datasette, request, "data.html", {"facts": facts, "queries": words.queries()})
