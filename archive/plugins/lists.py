"""Lists over the whole country: rankings, late and missing, contradictions, changes. Each also as CSV."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from datasette.utils.asgi import Response

from archive import words
from archive.indicators import indicators, rates
from archive.plugins.rendering import page
from archive.plugins.web import (
    Row,
    Sheet,
    choice,
    number_of,
    page_number,
    percent,
    read,
    remembered,
    rows,
    sheet_of,
    text_of,
    wants_sheet,
)  # fmt: skip

PAGE = 50
MOST = 20_000  # rows of a CSV
SCOPES = ("whole_area", "government_and_office", "unknown")


def _frame(conn: sqlite3.Connection) -> dict[str, Any]:
    """The choices that every list offers."""
    return {
        "all_years": [r["year"] for r in rows(
            conn, "SELECT DISTINCT year FROM reports WHERE year > 0 ORDER BY 1 DESC")],
        "all_provinces": [r["province"] for r in rows(
            conn, "SELECT province FROM reports WHERE province IS NOT NULL GROUP BY 1 ORDER BY min(area_code)")],
    }  # fmt: skip


async def choices(datasette: Any, request: Any) -> dict[str, Any]:
    """The year and province that an address asks for, beside all there are."""
    frame = await remembered(datasette, ("frame",), _frame)
    return {**frame, "province": choice(request, "province", frame["all_provinces"]),
            "year": number_of(request, "year", 1990, 2100)}  # fmt: skip


# ---- rankings ----


async def rankings(datasette: Any, request: Any) -> Response | Sheet:
    """Counties by a rate or a number, and how many could not be ranked and why."""
    chosen = await choices(datasette, request)
    chosen["year"] = chosen["year"] or next(iter(chosen["all_years"]), 0)
    by = choice(request, "by", [*rates(), *indicators()], "not_held_share") or ""
    scope = choice(request, "scope", SCOPES, "whole_area") or ""
    at = 1 if wants_sheet(request) else page_number(request)
    found = await remembered(
        datasette, ("ranking", by, scope, chosen["year"], chosen["province"]),
        lambda conn: _ranking(conn, by, scope, chosen["year"], chosen["province"]),
    )  # fmt: skip
    if wants_sheet(request):
        columns = ["rank", "area_code", "province", "prefecture", "county", "year", "scope", "share", "top", "bottom",
                   "report_id"]  # fmt: skip
        return sheet_of(f"ranking-{by}-{chosen['year']}", found["ranked"], columns)
    return await page(datasette, request, "rankings.html", {
        **chosen, **found, "by": by, "scope": scope, "rates": rates(), "indicators": indicators(), "scopes": SCOPES,
        "rate": rates().get(by), "page": at, "shown": found["ranked"][(at - 1) * PAGE : at * PAGE],
        "more": at * PAGE < len(found["ranked"]), "largest": max((r["share"] for r in found["ranked"]), default=0),
    })  # fmt: skip


def _ranking(conn: sqlite3.Connection, by: str, scope: str, year: int, province: str | None) -> dict[str, Any]:
    rate = rates().get(by)
    top = " + ".join(rate.top) if rate else by  # names of columns, out of our own file
    bottom = rate.bottom if rate else "1"
    table = rows(
        conn, f"SELECT area_code, province, prefecture, county, organ, report_id, year, scope, {top} AS top,"  # noqa: S608
        f" {bottom} AS bottom FROM highlights WHERE year = :year AND scope = :scope AND is_main"
        " AND (:province IS NULL OR province = :province)", year=year, scope=scope, province=province,
    )  # fmt: skip
    whole = [r for r in table if r["top"] is not None and r["bottom"] is not None]
    ranked = [r for r in whole if not rate or r["bottom"] >= rate.least]
    for row in ranked:
        row["share"] = percent(row["top"], row["bottom"]) if rate else row["top"]
    ranked = [r for r in ranked if r["share"] is not None]
    ranked.sort(key=lambda r: (-r["share"], -(r["bottom"] or 0), r["area_code"]))
    rank = 0
    for n, row in enumerate(ranked, start=1):
        rank = n if n == 1 or row["share"] != ranked[n - 2]["share"] else rank
        row["rank"] = rank
    others = rows(conn, "SELECT scope, count(*) AS n FROM highlights WHERE year = :year AND is_main AND scope <> :scope"
                  " AND (:province IS NULL OR province = :province) GROUP BY 1 ORDER BY 2 DESC",
                  year=year, scope=scope, province=province)  # fmt: skip
    middle = sorted(r["share"] for r in ranked)
    return {"ranked": ranked, "n_all": len(table), "n_incomplete": len(table) - len(whole),
            "n_small": len(whole) - len(ranked), "others": others,
            "median": middle[len(middle) // 2] if middle else None}  # fmt: skip


# ---- late and missing ----


async def late(datasette: Any, request: Any) -> Response | Sheet:
    """What is known of every county's report on a year: late, missing, gone, blocked, and why we think so."""
    chosen = await choices(datasette, request)
    years = await remembered(datasette, ("coverage years",), _coverage_years)
    chosen["all_years"] = [y["year"] for y in years]
    # Of some provinces nothing was found at all: they matter most here.
    chosen["all_provinces"] = await remembered(datasette, ("coverage provinces",), _coverage_provinces)
    chosen["province"] = choice(request, "province", chosen["all_provinces"])
    chosen["year"] = chosen["year"] or await remembered(datasette, ("shown year",), shown_year)
    state = choice(request, "state", words.values("coverage"))
    table = await read(datasette, lambda conn: rows(
        conn, _LATE, year=chosen["year"], province=chosen["province"], state=state))  # fmt: skip
    if wants_sheet(request):
        columns = ["area_code", "province", "prefecture", "name", "year", "state", "reason", "checked_at", "days_late",
                   "published_on", "deadline", "report_id", "reason_en"]  # fmt: skip
        return sheet_of(f"late-and-missing-{chosen['year']}", table, columns)
    at = page_number(request)
    counts = await remembered(datasette, ("coverage", chosen["year"]), lambda conn: _states(conn, chosen["year"]))
    return await page(datasette, request, "late.html", {
        **chosen, "state": state, "counts": counts, "page": at, "total": len(table),
        "shown": table[(at - 1) * 100 : at * 100], "more": at * 100 < len(table), "percent": percent,
    })  # fmt: skip


def _coverage_years(conn: sqlite3.Connection) -> list[Row]:
    return rows(conn, "SELECT DISTINCT year FROM coverage ORDER BY year DESC")


def _coverage_provinces(conn: sqlite3.Connection) -> list[str]:
    return [r["province"] for r in rows(
        conn, "SELECT d.province FROM divisions AS d WHERE d.province IS NOT NULL AND d.area_code IN"
        " (SELECT area_code FROM coverage) GROUP BY 1 ORDER BY min(d.area_code)")]  # fmt: skip


def shown_year(conn: sqlite3.Connection) -> int | None:
    """The year to begin with: the last one of which reports were due and some were found, else the last one due."""
    sql = "SELECT max(CASE WHEN state IN ('found', 'late', 'gone') THEN year END), max(year) FROM coverage"
    found, due = conn.execute(f"{sql} WHERE state <> 'not_due'").fetchone()
    return found if found is not None else due


# A publication of an earlier version has no reason in English; c.* comes last, so that r's columns are seen first.
_LATE = (
    "SELECT d.province, d.prefecture, d.name, r.days_late,"
    " r.published_on, r.deadline, r.report_id, c.* FROM coverage AS c JOIN divisions AS d ON d.area_code = c.area_code"
    " LEFT JOIN highlights AS h ON h.area_code = c.area_code AND h.year = c.year AND h.is_main"
    " LEFT JOIN reports AS r ON r.report_id = h.report_id"
    " WHERE c.year = :year AND c.state <> 'found' AND (:state IS NULL OR c.state = :state)"
    " AND (:province IS NULL OR d.province = :province) "
    " ORDER BY CASE c.state WHEN 'late' THEN 0 WHEN 'not_found' THEN 1 WHEN 'gone' THEN 2 WHEN 'not_tried' THEN 9"
    " WHEN 'not_due' THEN 10 ELSE 3 END, c.area_code LIMIT 20000"
)


def _states(conn: sqlite3.Connection, year: int) -> dict[str, Any]:
    """For each province how many counties are in which state."""
    table = rows(conn, "SELECT d.province, c.state, count(*) AS n FROM coverage AS c JOIN divisions AS d"
                 " ON d.area_code = c.area_code WHERE c.year = ? GROUP BY 1, 2"
                 " ORDER BY min(c.area_code)", year)  # fmt: skip
    by_province: dict[str, dict[str, int]] = {}
    for row in table:
        by_province.setdefault(row["province"] or "—", {})[row["state"]] = row["n"]
    used = [s for s in words.values("coverage") if any(s in states for states in by_province.values())]
    total = {s: sum(states.get(s, 0) for states in by_province.values()) for s in used}
    return {"by_province": by_province, "states": used, "sum": total}


# ---- contradictions ----


async def contradictions(datasette: Any, request: Any) -> Response | Sheet:
    """Reports whose numbers do not agree with each other."""
    chosen = await choices(datasette, request)
    all_rules = await remembered(datasette, ("failing rules",), _rules)
    rule = choice(request, "rule", [r["rule_id"] for r in all_rules])
    doubt = choice(request, "doubt", words.values("doubt"))
    area = text_of(request, "area", 6)
    at, size = (1, MOST) if wants_sheet(request) else (page_number(request), PAGE)
    named = {"year": chosen["year"], "province": chosen["province"], "rule": rule, "doubt": doubt, "area": area or None}
    table = await read(datasette, lambda conn: rows(conn, _where(named) + " LIMIT :size OFFSET :skip",
                                                    **named, size=size + 1, skip=(at - 1) * size))  # fmt: skip
    if wants_sheet(request):
        columns = ["report_id", "year", "province", "county", "organ", "rule", "severity", "doubt", "left_value",
                   "right_value", "cells", "message_zh", "message_en"]  # fmt: skip
        return sheet_of("contradictions", table, columns)
    return await page(datasette, request, "contradictions.html", {
        **chosen, "rule": rule, "rules": all_rules, "doubt": doubt, "doubts": words.values("doubt"), "area": area,
        "shown": table[:size], "page": at, "more": len(table) > size,
    })  # fmt: skip


def _rules(conn: sqlite3.Connection) -> list[Row]:
    return rows(conn, "SELECT f.rule_id, count(*) AS n, r.message_zh, r.message_en FROM findings AS f"
                " LEFT JOIN rules AS r ON r.rule_id = f.rule_id WHERE f.verdict = 'fail'"
                " GROUP BY 1 ORDER BY 2 DESC")  # fmt: skip


def _where(named: dict[str, Any]) -> str:
    """Only the conditions that are asked for, so that SQLite can choose an index."""
    conditions = {"year": "r.year = :year", "province": "r.province = :province", "rule": "f.rule_id = :rule",
                  "doubt": "f.doubt = :doubt", "area": "r.area_code = :area"}  # fmt: skip
    wanted = "".join(f" AND {conditions[name]}" for name, value in named.items() if value is not None)
    if named["rule"] is None:  # what is only worth a look is shown when it is asked for
        wanted += " AND f.severity IS NOT 'info'"
    # Reports lie in the file newest first; CROSS JOIN keeps that order, so a page needs no sorting.
    return (
        "SELECT f.*, r.year, r.province, r.prefecture, r.county, r.organ, r.title FROM reports AS r"  # noqa: S608
        f" CROSS JOIN findings AS f ON f.report_id = r.report_id WHERE f.verdict = 'fail'{wanted}"
        " ORDER BY r.rowid, f.finding_no"
    )


# ---- changes ----


async def changes(datasette: Any, request: Any) -> Response | Sheet:
    """Numbers that changed after publication, report by report."""
    chosen = await choices(datasette, request)
    named = {"year": chosen["year"], "province": chosen["province"]}
    if wants_sheet(request):
        return sheet_of("changes", await read(datasette, lambda conn: rows(conn, _CHANGES, **named)), _CHANGED)
    at = page_number(request)
    table = await read(datasette, lambda conn: _revised(conn, named, at))
    return await page(datasette, request, "changes.html", {
        **chosen, "shown": table[:PAGE], "page": at, "more": len(table) > PAGE,
    })  # fmt: skip


_CHANGED = ["report_id", "year", "province", "county", "organ", "key", "old_edition_id", "new_edition_id", "old_value",
            "new_value", "old_status", "new_status", "first_seen"]  # fmt: skip
_ONLY = " (:year IS NULL OR r.year = :year) AND (:province IS NULL OR r.province = :province)"
_CHANGES = (
    "SELECT c.*, r.year, r.province, r.county, r.organ, e.first_seen FROM changes AS c JOIN reports AS r"  # noqa: S608
    f" ON r.report_id = c.report_id JOIN editions AS e ON e.edition_id = c.new_edition_id WHERE {_ONLY} LIMIT 20000"
)


def _revised(conn: sqlite3.Connection, named: dict[str, Any], at: int) -> list[Row]:
    found = rows(
        conn, "SELECT c.report_id, c.new_edition_id, count(*) AS n, r.year, r.province, r.prefecture, r.county,"  # noqa: S608
        " r.organ, r.title, e.first_seen, e.ordinal FROM changes AS c JOIN reports AS r ON r.report_id = c.report_id"
        f" JOIN editions AS e ON e.edition_id = c.new_edition_id WHERE {_ONLY}"
        " GROUP BY c.report_id, c.new_edition_id ORDER BY e.first_seen DESC, c.report_id LIMIT :size OFFSET :skip",
        **named, size=PAGE + 1, skip=(at - 1) * PAGE,
    )  # fmt: skip
    for row in found:
        row["some"] = rows(
            conn, "SELECT c.*, f.label_zh, f.label_en FROM changes AS c LEFT JOIN fields AS f ON f.key = c.key"
            " WHERE c.report_id = ? AND c.new_edition_id = ? GROUP BY c.key ORDER BY min(f.field_no) LIMIT 6",
            row["report_id"], row["new_edition_id"],
        )  # fmt: skip
    return found


LISTS: dict[str, Callable[..., Any]] = {
    "rankings": rankings, "late": late, "contradictions": contradictions, "changes": changes,
}  # fmt: skip
