"""The stored questions on pages of ours: a form in words, sensible answers at once, every row a link to its source.

A page stops at Datasette's thousand rows and says so; CSV and workbook hold all. Datasette answers the same address as
JSON, and lets people edit the SQL.
"""

from __future__ import annotations

import re
import sqlite3
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import Response
from markupsafe import Markup

from archive import words
from archive.plugins import bilingual, values
from archive.plugins.lists import SCOPES, choices, shown_year
from archive.plugins.rendering import page
from archive.plugins.web import DATABASE, Sheet, language, number, page_number, remembered, text_of, wants_sheet

PAGE = 100  # rows a page
_LONG = {"message_zh", "message_en", "label_zh", "label_en", "passage", "reason_zh", "reason_en", "title"}
_PARAMETER = re.compile(r"(?<!:):([a-z]+)")


async def question(datasette: Any, request: Any) -> Response | Sheet:
    """One stored question; what it asks for is in the address, with a year and a scope to begin with."""
    name, lang = request.url_vars["name"], language(request)
    asked = words.queries()[name]
    given = {one: text_of(request, one) for one in dict.fromkeys(_PARAMETER.findall(asked.sql))}
    given |= {one: value or await _first(datasette, one) for one, value in given.items()}
    ready = all(given.values())
    columns: list[str] = []
    found: list[sqlite3.Row] = []
    cut = False
    if ready:
        results = await datasette.execute(DATABASE, asked.sql, given, truncate=not wants_sheet(request))
        columns, found, cut = [d[0] for d in results.description], results.rows, results.truncated
    # What is there in both languages is shown in one.
    drawn = [c for c in columns if not c.endswith("_en" if lang == "zh" else "_zh") or f"{c[:-2]}{lang}" not in columns]
    if wants_sheet(request):
        return Sheet(name, columns, found)
    at = page_number(request)
    return await page(datasette, request, "question.html", {
        **await choices(datasette, request), "asked": asked, "given": given, "ready": ready, "scopes": SCOPES,
        "head": [(c, heading(name, c, lang)) for c in drawn], "numeric": _numeric(columns, found),
        "shown": [_row(datasette, drawn, row, lang) for row in found[(at - 1) * PAGE : at * PAGE]],
        "total": len(found), "cut": cut, "page": at, "more": at * PAGE < len(found),
        "csv": f"/{DATABASE}/{name}.csv?{urlencode(given)}",
        "json": f"/{DATABASE}/{name}.json?{urlencode({**given, '_shape': 'objects'})}",
        "edit": f"?{urlencode({'sql': asked.sql.strip(), **given})}", "long": _LONG,
        "parameter": lambda one: bilingual.parameter(one, lang),
    })  # fmt: skip


async def _first(datasette: Any, parameter: str) -> str:
    """What a question begins with: the last year with reports, the widest scope; nothing where only people know."""
    if parameter == "year":
        return str(await remembered(datasette, ("shown year",), shown_year) or "")
    return "whole_area" if parameter == "scope" else ""


def heading(name: str, column: str, lang: words.Lang) -> str:
    """What a column of an answer is called: by the question, else as in the tables."""
    own = words.queries()[name].columns.get(column)
    return own[0 if lang == "zh" else 1] if own else bilingual.column(column, lang)


def _numeric(columns: list[str], found: list[sqlite3.Row]) -> set[str]:
    """The columns that hold nothing but numbers."""
    return {c for n, c in enumerate(columns)
            if c != "year" and all(isinstance(row[n], int | float | None) for row in found)}  # fmt: skip


def _row(datasette: Any, columns: list[str], row: sqlite3.Row, lang: words.Lang) -> list[Any]:
    return [_cell(datasette, column, row[column], lang) for column in columns]


def _cell(datasette: Any, column: str, value: Any, lang: words.Lang) -> Any:
    if value is None:
        return Markup('<span class="none">—</span>')
    if column.endswith("report_id"):
        here = datasette.urls.path(f"{'/en' if lang == 'en' else ''}/report/{value}")
        words_of_link = "看报告" if lang == "zh" else "open"
        return Markup('<a href="{}" title="{}">{}</a>').format(here, value, words_of_link)
    link = values.shown(datasette, column, value, lang)
    return link if link is not None else number(value) if isinstance(value, float) else value


