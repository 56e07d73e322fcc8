"""The pages of the site: home, report, capture, search. Chinese at ``/``, English at ``/en/``."""

from __future__ import annotations

import asyncio
import json
import mimetypes
import re
import sqlite3
from pathlib import Path
from typing import Any

from datasette.utils.asgi import NotFound, Response

from archive import search
from archive.plugins.guard import STRICT
from archive.plugins.report_page import Report, load_report, number
from archive.plugins.sheet import to_csv
from archive.warc import Payload, read_payload
from archive.words import Lang
from archive.workdb import ArchiveError

DATABASE = "public"
PAGE = 30  # results a page
MAX_PAGES = 50
_STRICT = {"content-security-policy": STRICT}
_SANDBOX = {"content-security-policy": "sandbox; default-src 'none'", "cache-control": "no-store"}


def language(request: Any) -> Lang:
    """The language that an address asks for."""
    return "en" if request is not None and (request.path + "/").startswith("/en/") else "zh"


async def _page(datasette: Any, request: Any, template: str, context: dict[str, Any]) -> Response:
    body = await datasette.render_template(template, context, request=request)
    return Response.html(body, headers=dict(_STRICT))


def _page_number(request: Any) -> int:
    text = request.args.get("page") or "1"
    return min(max(int(text), 1), MAX_PAGES) if text.isascii() and text.isdigit() and len(text) < 6 else 1


async def home(datasette: Any, request: Any) -> Response:
    """What the archive is and what it holds."""
    db = datasette.get_database(DATABASE)
    page = _page_number(request)
    total = (await db.execute("SELECT count(*) FROM reports")).first()[0]
    reports = await db.execute(
        "SELECT * FROM reports ORDER BY year DESC, province, prefecture, county, organ LIMIT ? OFFSET ?",
        [PAGE, (page - 1) * PAGE],
    )
    years, provinces = await db.execute(_YEARS), await db.execute(_PROVINCES)
    cells, findings, areas = (await db.execute(_SUMS)).first()
    return await _page(datasette, request, "home.html", {
        "reports": reports.rows, "years": years.rows, "provinces": provinces.rows, "total": total,
        "cells": int(cells), "findings": int(findings), "areas": areas, "page": page, "more": page * PAGE < total,
    })  # fmt: skip


_SUMS = "SELECT total(n_printed), total(n_findings), count(DISTINCT area_code) FROM reports"
_YEARS = "SELECT year, count(*) AS n FROM reports WHERE year IS NOT NULL GROUP BY 1 ORDER BY 1 DESC"
_PROVINCES = "SELECT province, count(*) AS n FROM reports WHERE province IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"


async def report(datasette: Any, request: Any) -> Response:
    """The page of one report; ``?edition=1`` shows an earlier edition."""
    found = await _load(datasette, request)
    return await _page(datasette, request, "report.html", {"report": found, "r": found.row, "number": number})


async def _load(datasette: Any, request: Any) -> Report:
    wanted = request.args.get("edition") or ""
    ordinal = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else None
    report_id = request.url_vars["report_id"]
    found = await load_report(datasette.get_database(DATABASE), report_id, ordinal, language(request))
    if found is None:
        raise NotFound(f"没有编号为 {report_id} 的报告或版本。There is no such report or edition.")
    return found


async def report_csv(datasette: Any, request: Any) -> Response:
    """The cells of one report for a spreadsheet."""
    found = await _load(datasette, request)
    head = ["report_id", "edition_id", "key", "label", "value", "raw", "status", "unit"]
    ids = [found.row["report_id"], found.edition["edition_id"]]
    rows = [[*ids, c.key, c.label, number(c.value), c.raw, c.status, c.unit] for c in found.cells.values()]
    name = f"{found.row['report_id']}.csv"
    return Response(to_csv([head, *rows]), headers={"content-disposition": attachment(name)},
                    content_type="text/csv; charset=utf-8")  # fmt: skip


async def report_json(datasette: Any, request: Any) -> Response:
    """One report with everything that is known about it."""
    found = await _load(datasette, request)
    cells = found.cells.values()
    body = {
        "report": dict(found.row), "edition": found.edition,
        "cells": {c.key: {"value": c.value, "raw": c.raw, "status": c.status, "unit": c.unit} for c in cells},
        "sections": [{k: s[k] for k in ("number", "title", "text")} for s in found.sections],
        "claims": [claim for s in found.sections for claim in s["claims"]],
        "findings": [{**f, "cells": json.loads(f["cells"] or "[]")} for f in found.findings],
        "documents": [{**d, "captures": json.loads(d["captures"])} for d in found.documents],
        "changes": found.changes,
    }  # fmt: skip
    return Response(json.dumps(body, ensure_ascii=False), content_type="application/json; charset=utf-8",
                    headers={"access-control-allow-origin": "*"})  # fmt: skip


async def search_page(datasette: Any, request: Any) -> Response:
    """Reports by name, then passages of the text."""
    query = (request.args.get("q") or "").strip()[: search.MAX_QUERY]
    page = _page_number(request)
    context: dict[str, Any] = {"q": query, "page": page, "reports": [], "passages": [], "total": 0, "more": False}
    if search.words(query):
        db, match = datasette.get_database(DATABASE), search.to_phrases(query)
        total = (await db.execute("SELECT count(*) FROM sections_fts WHERE sections_fts MATCH ?", [match])).first()[0]
        rows = await db.execute(_PASSAGES, [match, PAGE, (page - 1) * PAGE])
        reports = await db.execute(_REPORTS, [match]) if page == 1 else None
        context |= {
            "reports": reports.rows if reports else [], "total": total, "more": page * PAGE < total,
            "passages": [{**dict(row), "parts": passage_parts(row["text"], query)} for row in rows.rows],
        }  # fmt: skip
    return await _page(datasette, request, "search.html", context)


_REPORTS = (
    "SELECT * FROM reports WHERE rowid IN (SELECT rowid FROM reports_fts WHERE reports_fts MATCH ?)"
    " ORDER BY county, year DESC LIMIT 60"
)
_PASSAGES = (
    "SELECT s.report_id, s.number, s.title, s.text, r.title AS report_title, r.organ, r.year, r.prefecture,"
    " r.province FROM sections AS s JOIN reports AS r ON r.report_id = s.report_id"
    " WHERE s.section_no IN (SELECT rowid FROM sections_fts WHERE sections_fts MATCH ?)"
    " ORDER BY r.year DESC, s.section_no LIMIT ? OFFSET ?"
)


def passage_parts(text: str | None, query: str) -> list[tuple[bool, str]]:
    """A passage around the first hit, cut into (is a hit, text)."""
    marks = search.MARK_OPEN + search.MARK_CLOSE
    parts = re.split(f"({search.MARK_OPEN}.*?{search.MARK_CLOSE})", search.snippet(text, query), flags=re.DOTALL)
    return [(part.startswith(search.MARK_OPEN), part.strip(marks)) for part in parts if part]


# ---- captures ----


async def _capture(datasette: Any, request: Any) -> dict[str, Any]:
    number_text = request.url_vars["capture_id"]
    db = datasette.get_database(DATABASE)
    row = (await db.execute("SELECT * FROM captures WHERE capture_id = ?", [int(number_text)])).first()
    if row is None:
        raise NotFound(f"没有编号为 {number_text} 的抓取记录。There is no such capture.")
    return dict(row)


async def capture(datasette: Any, request: Any) -> Response:
    """The facts of one exchange."""
    row = await _capture(datasette, request)
    db = datasette.get_database(DATABASE)
    carried = await db.execute(
        "SELECT DISTINCT e.report_id, e.ordinal, e.title FROM documents AS d JOIN editions AS e"
        " ON e.edition_id = d.edition_id WHERE d.sha256 = ? ORDER BY 1, 2 LIMIT 20", [row["sha256"]],
    )  # fmt: skip
    at_hand = row["warc_file"] is not None and archive_dir(datasette) is not None
    return await _page(datasette, request, "capture.html", {"c": row, "editions": carried.rows, "at_hand": at_hand})


async def capture_payload(datasette: Any, request: Any) -> Response:
    """The archived bytes, always as a download: nothing from outside is shown as a page of this site."""
    row = await _capture(datasette, request)
    root = archive_dir(datasette)
    if row["warc_file"] is None or root is None:
        raise NotFound("这次访问没有存下内容，或原始存档不在本机。The archived bytes are not at hand.")
    try:
        payload = await asyncio.to_thread(_read, root, row)
    except (ArchiveError, sqlite3.Error) as error:
        raise NotFound("原始存档无法读取，请运行 nianbao verify 检查。The archived bytes cannot be read.") from error
    name = f"capture-{row['capture_id']}{_suffix(payload.media_type)}"
    return Response(payload.body, headers={**_SANDBOX, "content-disposition": attachment(name)},
                    content_type="application/octet-stream")  # fmt: skip


def _read(root: Path, row: dict[str, Any]) -> Payload:
    return read_payload(root, row["warc_file"], row["warc_offset"], row["warc_length"])


def archive_dir(datasette: Any) -> Path | None:
    """Where the captures are: the ``archive`` of the plugin's configuration, or the folder of the database."""
    configured = (datasette.plugin_config("nianbao") or {}).get("archive")
    path = datasette.get_database(DATABASE).path
    root = Path(configured) if configured else Path(path).parent if path else None
    return root if root and (root / "warc").is_dir() else None


def attachment(name: str) -> str:
    """A Content-Disposition for a file name, whatever is in it."""
    return f'attachment; filename="{re.sub(r"[^A-Za-z0-9._-]", "_", name)}"'


def _suffix(media_type: str) -> str:
    return mimetypes.guess_extension(media_type or "") or ".bin"
