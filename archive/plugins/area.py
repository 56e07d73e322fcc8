"""The page of a county, and of the province or prefecture over it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import NotFound, Response

from archive.indicators import indicators
from archive.plugins.charts import Line, line_chart
from archive.plugins.rendering import page
from archive.plugins.web import Row, Sheet, has_table, language, percent, read, remembered, rows, sheet_of
from archive.words import Lang

PEERS = 6
# What a county's page draws: title, and the indicators in one picture.
PICTURES = (
    (("新收申请与结转", "Requests received and carried over"), ("new_requests", "carried_out")),
    (("办理结果", "Outcomes"), ("granted", "partially_granted", "denied", "unavailable", "rejected")),
    (("复议与诉讼", "Reviews and lawsuits"), ("reviews", "suits")),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart and the names of its lines."""

    title: str
    svg: str
    names: tuple[str, ...]


async def area(datasette: Any, request: Any) -> Response:
    """The page of one division."""
    code, lang = request.url_vars["area_code"], language(request)
    found = await read(datasette, lambda conn: _division(conn, code))
    if found is None:
        raise NotFound(f"没有代码为 {code} 的行政区划。｜There is no division with this code.")
    if found["has_parts"]:
        context = await remembered(datasette, ("over", code), lambda conn: _over(conn, found))
        return await page(datasette, request, "region.html", {"d": found, **context})
    context = await read(datasette, lambda conn: _county(conn, found))
    return await page(datasette, request, "county.html", {"d": found, **context, **_pictures(context["main"], lang)})


async def area_sheet(datasette: Any, request: Any) -> Sheet:
    """The numbers of a division's reports for a spreadsheet."""
    code = request.url_vars["area_code"]
    prefix = code.removesuffix("00").removesuffix("00")
    table = await read(datasette, lambda conn: rows(
        conn, "SELECT * FROM highlights WHERE area_code >= ? AND area_code < ? ORDER BY area_code, year, organ",
        prefix, prefix + "~"))  # fmt: skip
    if not table:
        raise NotFound("没有这个地区的报告。｜There are no reports of this area.")
    return sheet_of(code, table, list(table[0]))


def _division(conn: sqlite3.Connection, code: str) -> Row | None:
    found = rows(conn, "SELECT * FROM divisions WHERE area_code = ?", code)
    if not found:
        return None
    one = found[0]
    for name, key in (("parent", one["parent_code"]), ("successor", one["succeeded_by"])):
        one[name] = _named(conn, key)
    prefix = code.removesuffix("00").removesuffix("00")
    # 东莞 and 中山 are prefectures without counties: they are shown like a county.
    one["has_parts"] = len(prefix) < len(code) and conn.execute(
        "SELECT 1 FROM divisions WHERE area_code > ? AND area_code < ? LIMIT 1", [code, prefix + "~"]
    ).fetchone() is not None  # fmt: skip
    top = code[:2] + "0000"
    one["top"] = _named(conn, top) if top != code else None
    return one


def _named(conn: sqlite3.Connection, code: str | None) -> Row | None:
    return next(iter(rows(conn, "SELECT area_code, name FROM divisions WHERE area_code = ?", code)), None)


# ---- a county ----


def _county(conn: sqlite3.Connection, d: Row) -> dict[str, Any]:
    code = d["area_code"]
    reports = rows(conn, "SELECT * FROM reports WHERE area_code = ? ORDER BY year DESC, organ LIMIT 2000", code)
    states = rows(conn, "SELECT * FROM coverage WHERE area_code = ? ORDER BY year", code)
    main = rows(conn, "SELECT * FROM highlights WHERE area_code = ? AND is_main ORDER BY year", code)
    last = next((m for m in reversed(main) if m["new_requests"] is not None), main[-1] if main else None)
    organs: dict[str, list[Row]] = {}
    for report in reports:
        organs.setdefault(report["organ"] or report["title"] or "", []).append(report)
    return {
        "reports": reports, "states": states, "main": main, "organs": sorted(organs.items(), key=_rank),
        "last": last, "neighbours": _neighbours(conn, d, last), "peers": _peers(conn, d, last) if last else [],
        "findings": rows(conn, _FINDINGS, code),
        "sites": rows(conn, "SELECT name, homepage, checked_at FROM sites WHERE area_code = ? LIMIT 5", code)
        if has_table(conn, "sites") else [],
        "indicators": indicators(), "percent": percent,
    }  # fmt: skip


def _rank(entry: tuple[str, list[Row]]) -> tuple[bool, int, str]:
    name, reports = entry
    return not (reports[0]["organ_kind"] or "").startswith("government"), -len(reports), name


_FINDINGS = (
    "SELECT f.report_id, f.rule_id, f.message_zh, f.message_en, f.doubt, r.year, r.organ FROM reports AS r"
    " JOIN findings AS f ON f.report_id = r.report_id WHERE r.area_code = ? AND f.verdict = 'fail'"
    " AND f.severity IS NOT 'info'"
    " ORDER BY r.year DESC, f.finding_no LIMIT 12"
)
_SHOWN = (
    "h.area_code, h.county, h.prefecture, h.province, h.report_id, h.scope, h.new_requests, h.handled, h.granted,"
    " h.partially_granted, h.denied, h.not_held, h.reviews, h.suits"
)


def _neighbours(conn: sqlite3.Connection, d: Row, last: Row | None) -> list[Row]:
    """The other counties of the same prefecture (of the province, where none is between), in the last year."""
    if last is None or not d["parent_code"]:
        return []
    prefix = d["parent_code"].removesuffix("00").removesuffix("00")
    return rows(
        conn, f"SELECT {_SHOWN} FROM highlights AS h WHERE year = ? AND is_main AND area_code >= ? AND area_code < ?"  # noqa: S608
        " AND area_code NOT LIKE '%00' ORDER BY area_code LIMIT 40", last["year"], prefix, prefix + "~",
    )  # fmt: skip


def _peers(conn: sqlite3.Connection, d: Row, last: Row) -> list[Row]:
    """Counties of the same kind and the same scope with the most similar number of requests in the same year."""
    if last["new_requests"] is None:
        return []
    return rows(
        conn, f"SELECT {_SHOWN} FROM highlights AS h"  # noqa: S608
        " JOIN divisions AS o ON o.area_code = h.area_code AND o.kind IS :kind"
        " WHERE h.year = :year AND h.scope = :scope AND h.is_main AND h.area_code <> :code"
        " AND h.new_requests IS NOT NULL AND h.handled > 0"
        " ORDER BY abs(h.new_requests - :requests), h.area_code LIMIT :most",
        kind=d["kind"], year=last["year"], scope=last["scope"], code=d["area_code"],
        requests=last["new_requests"], most=PEERS,
    )  # fmt: skip


def _pictures(main: list[Row], lang: Lang) -> dict[str, Any]:
    which = 0 if lang == "zh" else 1
    by_year = {row["year"]: row for row in main}
    years = list(range(min(by_year), max(by_year) + 1)) if by_year else []
    pictures = []
    for title, keys in PICTURES:
        names = tuple(indicators()[key].label[which] for key in keys)
        lines = [Line(name, [by_year[y][key] if y in by_year else None for y in years])
                 for name, key in zip(names, keys, strict=True)]  # fmt: skip
        if any(v is not None for line in lines for v in line.values):
            pictures.append(Picture(title[which], line_chart(title[which], years, lines, 460, 230), names))
    return {"pictures": pictures, "years": years, "by_year": by_year}


# ---- a province or a prefecture ----


def _over(conn: sqlite3.Connection, d: Row) -> dict[str, Any]:
    prefix = d["area_code"].removesuffix("00").removesuffix("00")
    table = rows(
        conn, "SELECT d.area_code, d.name, d.prefecture, h.report_id, c.* FROM divisions AS d"
        " JOIN coverage AS c ON c.area_code = d.area_code"
        " LEFT JOIN highlights AS h ON h.area_code = d.area_code AND h.year = c.year AND h.is_main"
        " WHERE d.area_code >= ? AND d.area_code < ? ORDER BY d.area_code, c.year", prefix, prefix + "~",
    )  # fmt: skip
    years = sorted({row["year"] for row in table})
    counties: dict[str, dict[str, Any]] = {}
    for row in table:
        one = counties.setdefault(row["area_code"], {"code": row["area_code"], "name": row["name"],
                                                     "prefecture": row["prefecture"], "years": {}})  # fmt: skip
        one["years"][row["year"]] = row
    totals = {year: [0, 0] for year in years}
    for row in table:
        totals[row["year"]][1] += row["state"] != "not_due"
        totals[row["year"]][0] += row["report_id"] is not None
    return {"years": years, "counties": list(counties.values()), "totals": totals, "percent": percent}
