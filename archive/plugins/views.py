"""The front page, the page of a report with its downloads, and search. Chinese at ``/``, English at ``/en/``."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any

from datasette.utils.asgi import NotFound, Response

from archive import search, words
from archive.plugins.copies import has_copies
from archive.plugins.lists import shown_year
from archive.plugins.places import find_areas, find_organs
from archive.plugins.rendering import page
from archive.plugins.report_page import Report, load_report
from archive.plugins.web import (
    MAX_PAGES,
    Row,
    Sheet,
    language,
    number,
    number_of,
    page_number,
    percent,
    read,
    remembered,
    rows,
)  # fmt: skip

PAGE = 30  # results a page
COUNTED = PAGE * MAX_PAGES  # hits are counted up to here, as far as people can turn pages


async def home(datasette: Any, request: Any) -> Response:
    """What the archive is, what it holds and what is new."""
    return await page(datasette, request, "home.html", {
        **await remembered(datasette, ("home",), _home), "percent": percent, "tiles": words.tiles(),
    })  # fmt: skip


def _home(conn: sqlite3.Connection) -> dict[str, Any]:
    cells, findings, areas, total = conn.execute(
        "SELECT total(n_printed), total(n_findings), count(DISTINCT area_code), count(*) FROM reports"
    ).fetchone()
    due = shown_year(conn)
    provinces = rows(
        conn, "SELECT d.province, substr(c.area_code, 1, 2) || '0000' AS code, count(*) AS n,"
        " sum(c.state IN ('found', 'late', 'gone')) AS here, sum(c.state = 'late') AS late,"
        " sum(c.state = 'not_tried') AS untried FROM coverage AS c JOIN divisions AS d ON d.area_code = c.area_code"
        " WHERE c.year = ? AND d.province IS NOT NULL GROUP BY 2 ORDER BY 2", due,
    )  # fmt: skip
    return {
        "has_copies": has_copies(conn),
        "cells": int(cells), "findings": int(findings), "areas": areas, "total": total, "due": due,
        "provinces": {p["code"]: p for p in provinces},
        "years": rows(
            conn, "SELECT year, count(*) AS n FROM reports WHERE year IS NOT NULL GROUP BY 1 ORDER BY 1 DESC"),
        "reports": rows(conn, "SELECT * FROM reports ORDER BY first_seen DESC, rowid LIMIT 10"),
        "newest": rows(
            conn, "SELECT f.message_zh, f.message_en, f.doubt, r.report_id, r.year, r.organ, r.title FROM reports AS r"
            " CROSS JOIN findings AS f ON f.report_id = r.report_id WHERE f.verdict = 'fail' AND f.severity = 'error'"
            " AND f.doubt = 'source' ORDER BY r.rowid LIMIT 5"),
    }  # fmt: skip


# ---- reports ----


async def report(datasette: Any, request: Any) -> Response:
    """The page of one report; ``?edition=1`` shows an earlier edition."""
    found = await _load(datasette, request)
    return await page(datasette, request, "report.html", {"report": found, "r": found.row, "number": number})


async def _load(datasette: Any, request: Any) -> Report:
    ordinal = number_of(request, "edition", 0, 99_999) if request.args.get("edition") else None
    report_id = request.url_vars["report_id"]
    found = await read(datasette, lambda conn: load_report(conn, report_id, ordinal, language(request)))
    if found is None:
        raise NotFound(f"没有编号为 {report_id} 的报告或版本。｜There is no such report or edition.")
    return found


async def report_sheet(datasette: Any, request: Any) -> Sheet:
    """The cells of one report for a spreadsheet."""
    found = await _load(datasette, request)
    head = ["report_id", "edition_id", "key", "label", "value", "raw", "status", "unit", "corrected_value"]
    ids = [found.row["report_id"], found.edition["edition_id"]]
    body = [[*ids, c.key, c.label, number(c.value), c.raw, c.status, c.unit, c.corrected] for c in found.cells.values()]
    return Sheet(found.row["report_id"], head, body)


_CELL = ("value", "raw", "status", "unit", "corrected_value")
_REWORDED = "SELECT * FROM text_changes WHERE report_id = ? ORDER BY new_edition_id, n"


async def report_json(datasette: Any, request: Any) -> Response:
    """One report with everything that is known about it."""
    found = await _load(datasette, request)
    cells = found.cells.values()
    body = {
        "report": dict(found.row), "edition": found.edition,
        "cells": {c.key: {name: getattr(c, name) for name in _CELL} for c in cells},
        "sections": [{k: s[k] for k in ("number", "title", "text")} for s in found.sections],
        "claims": [claim for s in found.sections for claim in s["claims"]],
        "findings": [{**f, "cells": json.loads(f["cells"] or "[]")} for f in found.findings],
        "documents": [{**d, "captures": json.loads(d["captures"])} for d in found.documents],
        "changes": found.changes,
        "text_changes": await read(datasette, lambda conn: rows(conn, _REWORDED, found.row["report_id"])),
    }  # fmt: skip
    return Response(json.dumps(body, ensure_ascii=False), content_type="application/json; charset=utf-8",
                    headers={"access-control-allow-origin": "*"})  # fmt: skip


# ---- search ----


async def search_page(datasette: Any, request: Any) -> Response:
    """Places, then reports by name, then passages of the text, then findings."""
    query = (request.args.get("q") or "").strip()[: search.MAX_QUERY]
    at = page_number(request)
    found = await read(datasette, lambda conn: _search(conn, query, at)) if search.words(query) else {}
    if "total" in found and not found["more"] and (at == 1 or found["passages"]):
        found["total"] = (at - 1) * PAGE + len(found["passages"])
    elif "total" in found:
        match = search.to_phrases(query)
        found["total"] = await remembered(datasette, ("hits", match), lambda conn: _count(conn, match))
    return await page(datasette, request, "search.html", {
        "q": query, "page": at, "counted": COUNTED, "areas": [], "organs": [], "reports": [], "passages": [],
        "findings": [], "total": 0, "more": False, **found,
    })  # fmt: skip


def _search(conn: sqlite3.Connection, query: str, at: int) -> dict[str, Any]:
    match = search.to_phrases(query)
    passages = rows(conn, _PASSAGES, match, PAGE + 1, (at - 1) * PAGE)
    first: dict[str, Any] = {}
    if at == 1:
        first = {"areas": find_areas(conn, query), "organs": find_organs(conn, query),
                 "reports": rows(conn, _REPORTS, match), "findings": _findings(conn, query)}  # fmt: skip
    return {
        **first, "more": len(passages) > PAGE, "total": 0,
        "passages": [{**row, "parts": passage_parts(row["text"], query)} for row in passages[:PAGE]],
    }  # fmt: skip


def _count(conn: sqlite3.Connection, match: str) -> int:
    sql = f"SELECT count(*) FROM (SELECT 1 FROM sections_fts WHERE sections_fts MATCH ? LIMIT {COUNTED + 1})"  # noqa: S608
    return int(conn.execute(sql, [match]).fetchone()[0])


_REPORTS = (
    "SELECT * FROM reports WHERE rowid IN (SELECT rowid FROM reports_fts WHERE reports_fts MATCH ? LIMIT 40)"
    " ORDER BY county, year DESC"
)
# Sections lie in the file newest first, and FTS5 gives hits in that order: the first ones come without sorting all.
_PASSAGES = (
    "SELECT s.report_id, s.number, s.title, s.text, r.title AS report_title, r.organ, r.year, r.prefecture,"
    " r.province FROM"
    " (SELECT rowid AS hit FROM sections_fts WHERE sections_fts MATCH ? ORDER BY rowid LIMIT ? OFFSET ?)"
    " JOIN sections AS s ON s.section_no = hit JOIN reports AS r ON r.report_id = s.report_id ORDER BY s.section_no"
)


def _findings(conn: sqlite3.Connection, query: str) -> list[Row]:
    """Kinds of findings whose rule has all the words of the query."""
    wanted = search.words(query)
    failing = rows(
        conn, "SELECT rule_id, message_zh, message_en, (SELECT count(*) FROM findings AS f"
        " WHERE f.rule_id = rules.rule_id AND verdict = 'fail') AS n FROM rules",
    )  # fmt: skip
    spelt = ((rule, search.fold("".join(str(rule[c]) for c in rule if c != "n"))[0]) for rule in failing if rule["n"])
    return [rule for rule, text in spelt if all(word in text for word in wanted)][:8]


def passage_parts(text: str | None, query: str) -> list[tuple[bool, str]]:
    """A passage around the first hit, cut into (is a hit, text)."""
    marks = search.MARK_OPEN + search.MARK_CLOSE
    parts = re.split(f"({search.MARK_OPEN}.*?{search.MARK_CLOSE})", search.snippet(text, query), flags=re.DOTALL)
    return [(part.startswith(search.MARK_OPEN), part.strip(marks)) for part in parts if part]
