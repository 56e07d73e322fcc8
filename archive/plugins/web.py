"""What the pages share: the language of an address, reading the database, checked arguments, kinds of answers."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from datasette.utils.asgi import Response

from archive.sheets import to_csv, to_xlsx
from archive.words import Lang

DATABASE = "public"
MAX_PAGES = 50
REMEMBERED = 256  # results kept; the database of a publication never changes
Row = dict[str, Any]
T = TypeVar("T")


def language(request: Any) -> Lang:
    """The language that an address asks for."""
    return "en" if request is not None and (request.path + "/").startswith("/en/") else "zh"


async def read(datasette: Any, fetch: Callable[[sqlite3.Connection], T]) -> T:
    """What ``fetch`` reads from the public database, in one of Datasette's reading threads."""
    result: T = await datasette.get_database(DATABASE).execute_fn(fetch)
    return result


async def remembered(datasette: Any, name: tuple[Any, ...], fetch: Callable[[sqlite3.Connection], T]) -> T:
    """Like ``read`` for what many pages ask for: read once, kept while this publication is served."""
    kept: OrderedDict[Any, Any] = datasette.__dict__.setdefault("_nianbao_kept", OrderedDict())
    if name not in kept:
        kept[name] = await read(datasette, fetch)
        while len(kept) > REMEMBERED:
            kept.popitem(last=False)
    kept.move_to_end(name)
    result: T = kept[name]
    return result


def rows(conn: sqlite3.Connection, sql: str, *values: object, **named: object) -> list[Row]:
    """The rows of a query as dictionaries."""
    return [dict(row) for row in conn.execute(sql, named or values)]


def has_table(conn: sqlite3.Connection, name: str) -> bool:
    """Whether this publication has a table or view; one made by an earlier version may lack it."""
    return conn.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [name]).fetchone() is not None


# ---- arguments ----


def number_of(request: Any, name: str, low: int, high: int) -> int | None:
    """A whole number argument inside its bounds; anything else is as if it were not there."""
    text = request.args.get(name) or ""
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
    return value if value is not None and low <= value <= high else None


def page_number(request: Any) -> int:
    """The ``page`` argument, 1 to ``MAX_PAGES``."""
    text = request.args.get("page") or ""
    return min(number_of(request, "page", 1, 10**8) or 1, MAX_PAGES) if text else 1


def choice(request: Any, name: str, allowed: Iterable[str], default: str | None = None) -> str | None:
    """An argument out of a closed list, or the default."""
    value = request.args.get(name)
    return value if value in set(allowed) else default


def text_of(request: Any, name: str, longest: int = 60) -> str:
    """A text argument, cut."""
    return (request.args.get(name) or "").strip()[:longest]


# ---- answers ----


class Sheet(NamedTuple):
    """A table to take home, as CSV or as a workbook: a name without ending, column names, rows."""

    name: str
    head: Sequence[str]
    body: Iterable[Iterable[object]]


def sheet_of(name: str, table: list[Row], columns: Sequence[str]) -> Sheet:
    """The named columns of rows."""
    return Sheet(name, columns, ([row.get(column) for column in columns] for row in table))


def wants_sheet(request: Any) -> bool:
    """Whether the address asks for the table alone."""
    return str(request.path).endswith((".csv", ".xlsx"))


async def sheet_answer(request: Any, sheet: Sheet) -> Response:
    """The download that the address asks for; either opens safely in a spreadsheet."""
    table = [sheet.head, *sheet.body]
    if str(request.path).endswith(".xlsx"):
        body: str | bytes = await asyncio.to_thread(to_xlsx, table)
        name, kind = f"{sheet.name}.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    else:
        body, name, kind = to_csv(table), f"{sheet.name}.csv", "text/csv; charset=utf-8"
    headers = {"content-disposition": attachment(name), "access-control-allow-origin": "*"}
    return Response(body, headers=headers, content_type=kind)


def attachment(name: str) -> str:
    """A Content-Disposition for a file name, whatever is in it."""
    return f'attachment; filename="{re.sub(r"[^A-Za-z0-9._-]", "_", name)}"'


def number(value: float | None) -> str:
    """A number as people write it: no decimals for whole ones, nothing for None."""
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() else repr(round(float(value), 6))


def percent(top: float | None, bottom: float | None) -> float | None:
    """A share in percent with one decimal; None where it cannot be formed."""
    return None if top is None or not bottom else round(100 * top / bottom, 1)
