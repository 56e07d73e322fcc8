"""Lists of what is worth a look: numbers far from a body's own years, sentences that a later edition altered."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from difflib import SequenceMatcher
from typing import Any

from datasette.utils.asgi import Response

from archive import words
from archive.indicators import indicators
from archive.plugins.lists import MOST, PAGE, choices
from archive.plugins.rendering import page
from archive.plugins.web import Row, Sheet, choice, page_number, read, rows, sheet_of, text_of, wants_sheet

SHOWN = 8  # changed sentences of one report in the list
SHOWN_OF_ONE = 400  # where the address asks for one report
LONGEST = 600  # characters of a sentence in which the changed words are marked
_WORD = re.compile(r"\d+(?:\.\d+)?|.", re.DOTALL)
Parts = list[tuple[str, str]]  # ("same" | "old" | "new", text)

# Reports lie in the file newest first; CROSS JOIN keeps that order, so a page needs no sorting.
_JUMPS = (
    "SELECT j.*, r.year, r.province, r.prefecture, r.county, r.organ, r.title, r.edition_id FROM reports AS r"
    " CROSS JOIN jumps AS j ON j.report_id = r.report_id WHERE (:year IS NULL OR r.year = :year)"
    " AND (:province IS NULL OR r.province = :province) AND (:kind IS NULL OR j.kind = :kind)"
    " AND (:name IS NULL OR j.name = :name) ORDER BY r.rowid LIMIT :size OFFSET :skip"
)
_ONLY = (
    " (:year IS NULL OR r.year = :year) AND (:province IS NULL OR r.province = :province)"
    " AND (:report IS NULL OR e.report_id = :report)"
)
_REWORDED = (
    "SELECT e.report_id, e.edition_id, e.ordinal, e.first_seen, r.year, r.province, r.prefecture, r.county, r.organ,"  # noqa: S608
    " r.title, (SELECT count(*) FROM text_changes AS t WHERE t.report_id = e.report_id"
    " AND t.new_edition_id = e.edition_id AND (:kind IS NULL OR t.kind = :kind)) AS n"
    f" FROM editions AS e JOIN reports AS r ON r.report_id = e.report_id WHERE e.ordinal > 1 AND n > 0 AND {_ONLY}"
    " ORDER BY e.first_seen DESC, e.report_id LIMIT :size OFFSET :skip"
)
_SENTENCES = (
    "SELECT * FROM text_changes WHERE report_id = ? AND new_edition_id = ? AND (? IS NULL OR kind = ?)"
    " ORDER BY n LIMIT ?"
)
_ALL_SENTENCES = (
    "SELECT t.*, r.year, r.province, r.county, r.organ, e.first_seen FROM editions AS e JOIN reports AS r"  # noqa: S608
    " ON r.report_id = e.report_id JOIN text_changes AS t ON t.report_id = e.report_id"
    f" AND t.new_edition_id = e.edition_id AND (:kind IS NULL OR t.kind = :kind) WHERE e.ordinal > 1 AND {_ONLY}"
    f" ORDER BY e.first_seen DESC, t.report_id, t.n LIMIT {MOST}"
)


async def unusual(datasette: Any, request: Any) -> Response | Sheet:
    """Numbers far from the body's other years and its peers, each with what it is compared with."""
    chosen = await choices(datasette, request)
    at, size = (1, MOST) if wants_sheet(request) else (page_number(request), PAGE)
    kind, name = choice(request, "kind", words.values("jump")), choice(request, "name", indicators())
    named = {"year": chosen["year"], "province": chosen["province"], "kind": kind, "name": name}
    table = await read(
        datasette, lambda conn: rows(conn, _JUMPS, **named, size=size + 1, skip=(at - 1) * size)
    )  # fmt: skip
    if wants_sheet(request):
        columns = ["report_id", "year", "province", "county", "organ", "kind", "name", "value", "last_value",
                   "last_report_id", "own_low", "own_high", "n_years", "peer_median", "peer_high", "n_peers",
                   "message_zh", "message_en"]  # fmt: skip
        return sheet_of("unusual", table, columns)
    return await page(datasette, request, "unusual.html", {
        **chosen, "kind": kind, "kinds": words.values("jump"), "name": name, "indicators": indicators(),
        "shown": table[:size], "page": at, "more": len(table) > size,
    })  # fmt: skip


async def wording(datasette: Any, request: Any) -> Response | Sheet:
    """Sentences that a later edition added, removed or altered, report by report; ``report`` narrows to one."""
    chosen = await choices(datasette, request)
    kind, at = choice(request, "kind", words.values("rewording")), page_number(request)
    report = text_of(request, "report", 80) or None
    named = {"year": chosen["year"], "province": chosen["province"], "kind": kind, "report": report}
    if wants_sheet(request):
        columns = ["report_id", "year", "province", "county", "organ", "old_edition_id", "new_edition_id", "first_seen",
                   "section", "kind", "old_text", "new_text"]  # fmt: skip
        return sheet_of(
            "wording", await read(datasette, lambda conn: rows(conn, _ALL_SENTENCES, **named)), columns
        )  # fmt: skip
    table = await read(datasette, lambda conn: _reworded(conn, named, at))
    return await page(datasette, request, "wording.html", {
        **chosen, "kind": kind, "kinds": words.values("rewording"), "report": report, "shown": table[:PAGE],
        "page": at, "more": len(table) > PAGE,
    })  # fmt: skip


def _reworded(conn: sqlite3.Connection, named: dict[str, Any], at: int) -> list[Row]:
    found = rows(conn, _REWORDED, **named, size=PAGE + 1, skip=(at - 1) * PAGE)
    most = SHOWN_OF_ONE if named["report"] else SHOWN
    for row in found:
        changed = rows(conn, _SENTENCES, row["report_id"], row["edition_id"], named["kind"], named["kind"], most)
        row["some"] = [{**one, "parts": parts(one["old_text"] or "", one["new_text"] or "")} for one in changed]
    return found


def parts(old: str, new: str) -> Parts:
    """Two sentences as one run of text: what both have, what went, what came; a number counts as one word."""
    if not old or not new or max(len(old), len(new)) > LONGEST:
        return [(kind, text) for kind, text in (("old", old), ("new", new)) if text]
    out: Parts = []
    one, two = _WORD.findall(old), _WORD.findall(new)
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        before, after = "".join(one[i1:i2]), "".join(two[j1:j2])
        if kind == "equal":
            out.append(("same", before))
        else:
            out += [(side, text) for side, text in (("old", before), ("new", after)) if text]
    return out


LISTS: dict[str, Callable[..., Any]] = {"unusual": unusual, "wording": wording}
