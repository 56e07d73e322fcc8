"""Reports of the work database as the rules look at them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from archive.bodies import Known
from parsers.form_model import load_forms
from parsers.reading import Reading
from parsers.result import CellResult, Claim, Number, Section, Status

_STATUSES = {str(s): s for s in Status}


def load_reading(conn: sqlite3.Connection, one: Known) -> Reading | None:
    """The current edition of a report; None where it has no standard table."""
    form = load_forms().get(one.form)
    if form is None:
        return None
    edition = (one.edition_id,)
    cells = {
        key: CellResult(key, _STATUSES[status], _number(value), raw)
        for key, status, value, raw in conn.execute(
            "SELECT key, status, value, raw FROM cells WHERE edition_id = ?", edition
        )
    }
    claims = [
        Claim(kind, _number(value) or 0, unit or "", sentence or "", bool(approx), section)
        for kind, value, unit, sentence, approx, section in conn.execute(
            "SELECT kind, value, unit, sentence, approx, section FROM claims WHERE edition_id = ? ORDER BY n", edition
        )
    ]
    sections = [
        Section(number, title or "", text or "")
        for number, title, text in conn.execute(
            "SELECT number, title, text FROM sections WHERE edition_id = ? ORDER BY number", edition
        )
    ]
    grid, weak, title, preamble = _of_document(conn, one)
    return Reading(
        form.as_printed(cells), cells, claims, one.admin_level, one.scope, one.year, sections, grid,
        frozenset(json.loads(weak or "[]")), report_id=one.report_id, title=title or "", preamble=preamble or "",
    )  # fmt: skip


# A document's reading of the report that an edition is of; d is the edition's row, o the document's.
_READING = "CASE d.part WHEN 0 THEN o.result ELSE json_extract(o.further, '$[' || (d.part - 1) || ']') END"


def _of_document(conn: sqlite3.Connection, one: Known) -> tuple[str | None, ...]:
    """How the current document was read: its grid and doubtful cells (JSON), its title and preamble."""
    row = conn.execute(
        "SELECT json_extract(result, '$.grid'), json_extract(result, '$.weak'), json_extract(result, '$.title'),"  # noqa: S608
        f" json_extract(result, '$.preamble') FROM (SELECT {_READING} AS result"
        " FROM edition_documents AS d JOIN documents AS o USING (sha256) WHERE d.edition_id = ? AND d.sha256 = ?"
        " LIMIT 1)",
        (one.edition_id, one.sha256),
    ).fetchone()
    return tuple(row) if row else (None,) * 4


def _number(value: float | int | None) -> Number | None:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def other_documents(conn: sqlite3.Connection, one: Known) -> dict[str, Reading]:
    """Further documents of a report's current edition by address, as far as they have a standard table."""
    rows = conn.execute(
        f"SELECT DISTINCT d.url, {_READING} FROM edition_documents AS d JOIN documents AS o USING (sha256)"  # noqa: S608
        " WHERE d.edition_id = ? AND d.sha256 <> ? ORDER BY d.url",
        (one.edition_id, one.sha256),
    )
    found = {}
    for url, text in rows:
        result = json.loads(text)
        if (form := load_forms().get(result.get("form") or "")) is not None:
            cells = _cells(result["cells"])
            found[url] = Reading(form.as_printed(cells), cells, (), one.admin_level, grid=result.get("grid"))
    return found


def _cells(cells: Mapping[str, Any]) -> dict[str, CellResult]:
    return {k: CellResult(k, Status(c["status"]), _number(c["value"]), c["raw"]) for k, c in cells.items()}
