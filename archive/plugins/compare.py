"""Compare any counties over years and numbers; the address holds the whole question, so it can be shared."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import Response

from archive import words
from archive.indicators import indicators
from archive.plugins.charts import MAX_LINES, Line, line_chart
from archive.plugins.places import find_areas
from archive.plugins.rendering import page
from archive.plugins.web import Row, Sheet, language, number_of, read, rows, text_of
from archive.words import Lang

MAX_KEYS = 4
SCOPES = ("whole_area", "government_and_office", "unknown", "single_organ")


@dataclass(frozen=True, slots=True)
class Question:
    """What is compared: areas, numbers (indicators or keys of cells), and the years."""

    areas: tuple[str, ...]
    keys: tuple[str, ...]
    first: int | None
    last: int | None

    def address(self, **change: Any) -> str:
        """The query string of this question with something changed."""
        named = {"area": self.areas, "key": self.keys, "from": self.first, "to": self.last} | change
        return urlencode({k: v for k, v in named.items() if v}, doseq=True)


def _question(request: Any) -> Question:
    areas = [code for code in request.args.getlist("area") if code.isascii() and code.isdigit() and len(code) == 6]
    keys = [key[:120] for key in request.args.getlist("key") if key.replace("_", "").replace(".", "").isalnum()]
    return Question(
        tuple(dict.fromkeys(areas))[:MAX_LINES], tuple(dict.fromkeys(keys))[:MAX_KEYS] or ("new_requests",),
        number_of(request, "from", 1990, 2100), number_of(request, "to", 1990, 2100),
    )  # fmt: skip


async def compare(datasette: Any, request: Any) -> Response:
    """The page; ``add`` is what a person typed to add a county."""
    question, added = _question(request), text_of(request, "add")
    choices = await read(datasette, lambda conn: find_areas(conn, added)) if added else []
    exact = [c for c in choices if c["name"] == added and not c["valid_to"]] or choices
    if len(exact) == 1 and exact[0]["area_code"] not in question.areas:
        target = question.address(area=(*question.areas, exact[0]["area_code"]))
        return Response.redirect(f"{datasette.urls.path(request.path)}?{target}")
    found = await read(datasette, lambda conn: _answer(conn, question))
    pictures = [_picture(found, key, language(request)) for key in found["labels"]]
    return await page(datasette, request, "compare.html", {
        "question": question, "choices": choices, "added": added, "indicators": indicators(), "pictures": pictures,
        "full": len(question.areas) >= MAX_LINES, **found,
    })  # fmt: skip


async def compare_sheet(datasette: Any, request: Any) -> Sheet:
    """The numbers of the question, one row an area, year and number."""
    question = _question(request)
    found = await read(datasette, lambda conn: _answer(conn, question))
    head = ("area_code", "county", "year", "scope", "organ", "report_id", "key", "label", "value")
    body = [
        (a["area_code"], a["name"], year, *((row["scope"], row["organ"], row["report_id"]) if row else ("", "", "")),
         key, label[0], row["values"].get(key) if row else None)
        for a in found["areas"] for year in found["years"] for key, label in found["labels"].items()
        for row in [found["table"].get((a["area_code"], year))]
    ]  # fmt: skip
    return Sheet("compare", head, body)


def _answer(conn: sqlite3.Connection, question: Question) -> dict[str, Any]:
    marks = ", ".join("?" * len(question.areas))
    known = rows(conn, f"SELECT area_code, name, prefecture, province FROM divisions WHERE area_code IN ({marks})",  # noqa: S608
                 *question.areas)  # fmt: skip
    areas = sorted(known, key=lambda a: question.areas.index(a["area_code"]))
    main = rows(
        conn, f"SELECT * FROM highlights WHERE is_main AND area_code IN ({marks})"  # noqa: S608
        " AND year >= ? AND year <= ? ORDER BY year", *question.areas, question.first or 0, question.last or 9999,
    )  # fmt: skip
    labels = _labels(conn, question.keys)
    extra = _cells(conn, main, [key for key in labels if key not in indicators()])
    table = {}
    for row in main:
        values = {key: row[key] if key in indicators() else extra.get((row["report_id"], key)) for key in labels}
        table[row["area_code"], row["year"]] = {**row, "values": values}
    years = sorted({row["year"] for row in main})
    span = list(range(years[0], years[-1] + 1)) if years else []
    scopes = {row["scope"] for row in main}
    return {"areas": areas, "years": span, "labels": labels, "table": table, "mixed": len(scopes) > 1, "scopes": scopes}


def _labels(conn: sqlite3.Connection, keys: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    """Chinese label, English label and unit of each known key."""
    out = {}
    for key in keys:
        if key in indicators():
            out[key] = (*indicators()[key].label, indicators()[key].unit)
        elif found := rows(conn, "SELECT label_zh, label_en, unit FROM fields WHERE key = ? ORDER BY form DESC", key):
            out[key] = (found[0]["label_zh"], found[0]["label_en"], found[0]["unit"])
    return out


def _cells(conn: sqlite3.Connection, main: list[Row], keys: list[str]) -> dict[tuple[str, str], float]:
    """Printed values of single cells of the reports."""
    if not keys or not main:
        return {}
    marks, more = ", ".join("?" * len(main)), ", ".join("?" * len(keys))
    found = rows(
        conn, "SELECT report_id, key, value FROM cells WHERE edition_id IN ("  # noqa: S608
        f"SELECT edition_id FROM reports WHERE report_id IN ({marks})) AND key IN ({more})"
        " AND status IN ('printed', 'aligned')", *(m["report_id"] for m in main), *keys,
    )  # fmt: skip
    return {(row["report_id"], row["key"]): row["value"] for row in found}


def _picture(found: dict[str, Any], key: str, lang: Lang) -> dict[str, Any]:
    zh, en, unit = found["labels"][key]
    title = f"{zh}（{unit}）" if lang == "zh" else f"{en} ({words.word('unit', unit, lang)})"
    years, table = found["years"], found["table"]
    nothing: Row = {"values": {}}
    lines = [
        Line(a["name"], [table.get((a["area_code"], year), nothing)["values"].get(key) for year in years])
        for a in found["areas"]
    ]
    return {"key": key, "title": title, "svg": line_chart(title, years, lines, 540, 250) if lines and years else ""}
