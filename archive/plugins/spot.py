"""The page of one number: where it stands in the archived original, and what speaks for and against it.

Its address names edition and key, so it never comes to mean another number.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datasette.utils.asgi import NotFound, Response
from pebble import ProcessPool

from archive import words
from archive.evidence import SECONDS, Evidence, Spot, pool, prepare, show
from archive.plugins.captures import archive_dir
from archive.plugins.rendering import page
from archive.plugins.report_page import place_words
from archive.plugins.web import DATABASE, Row, language, number, read, rows
from parsers.form_model import load_forms

KEPT_BYTES = 32 << 20  # of drawn spots kept in memory
WAITING = 8  # spots being drawn or waiting; beyond that the answer is "busy"
COUNTED = {"printed", "aligned"}


@dataclass(slots=True)
class Drawer:
    """Draws spots in processes of its own and keeps the last ones."""

    processes: ProcessPool | None = None
    waiting: int = 0
    kept: OrderedDict[str, Evidence] = field(default_factory=OrderedDict)

    async def draw(self, name: str, spot: Spot) -> Evidence:
        """The evidence for a spot; ``name`` tells spots apart."""
        if name in self.kept:
            self.kept.move_to_end(name)
            return self.kept[name]
        if self.waiting >= WAITING:
            return Evidence(reason="busy")
        self.waiting += 1
        try:
            self.processes = self.processes or pool()
            drawn = await asyncio.wrap_future(self.processes.schedule(show, args=[spot], timeout=SECONDS))
        except Exception:  # whatever the document did to its process
            drawn = Evidence(reason="not_drawn")
        finally:
            self.waiting -= 1
        self.kept[name] = drawn
        while sum(e.size for e in self.kept.values()) > KEPT_BYTES:
            self.kept.popitem(last=False)
        return drawn


def warm_up(datasette: Any) -> None:
    """Start the drawing process: its start costs a second of processor time, which the first reader would wait for."""
    drawer: Drawer = datasette.__dict__.setdefault("_nianbao_drawer", Drawer())
    drawer.processes = drawer.processes or pool()
    drawer.processes.schedule(prepare, timeout=SECONDS)


def close(datasette: Any) -> None:
    """End the drawing processes of a site that shuts down."""
    drawer: Drawer | None = datasette.__dict__.get("_nianbao_drawer")
    if drawer and drawer.processes:
        drawer.processes.stop()  # type: ignore[no-untyped-call]
        drawer.processes.join()  # type: ignore[no-untyped-call]


async def cell(datasette: Any, request: Any) -> Response:
    """One number; ``?part=1`` gives only the part that the report page shows beside its tables."""
    found = await _load(datasette, request)
    found["evidence"] = await _evidence(datasette, found)
    template = "_spot.html" if request.args.get("part") else "cell.html"
    return await page(datasette, request, template, found)


async def cell_image(datasette: Any, request: Any) -> Response:
    """The picture of one spot."""
    evidence = await _evidence(datasette, await _load(datasette, request))
    if not evidence.image:
        raise NotFound("这个位置没有图像。｜There is no picture of this place.")
    return Response(evidence.image, content_type="image/png", headers={"cache-control": "public, max-age=86400"})


async def _load(datasette: Any, request: Any) -> dict[str, Any]:
    edition_id, key = request.url_vars["edition_id"], request.url_vars["key"]
    found = await read(datasette, lambda conn: _facts(conn, edition_id, key))
    if found is None:
        raise NotFound(f"版本 {edition_id} 中没有指标 {key}。｜There is no such number in this edition.")
    lang = language(request)
    found["place_words"] = place_words(found["c"]["place"], lang)
    found["number"] = number
    return found


def _facts(conn: sqlite3.Connection, edition_id: str, key: str) -> dict[str, Any] | None:
    found = rows(conn, "SELECT c.*, f.label_en, f.form, f.field_no FROM cells AS c JOIN editions AS e"
                 " ON e.edition_id = c.edition_id JOIN fields AS f ON f.form = e.form AND f.key = c.key"
                 " WHERE c.edition_id = ? AND c.key = ?", edition_id, key)  # fmt: skip
    if not found:
        return None
    one = found[0]
    report = rows(conn, "SELECT * FROM reports WHERE report_id = ?", one["report_id"])[0]
    edition = rows(conn, "SELECT * FROM editions WHERE edition_id = ?", edition_id)[0]
    checks = _checks(conn, edition, key) if edition["is_current"] else []
    captures = _captures(conn, "sha256", edition["sha256"])
    place = json.loads(one["place"] or "{}")
    if str(place.get("part")).startswith(("http://", "https://")):  # the page shows the number in a picture
        captures = _captures(conn, "final_url", place.pop("part"))
    return {
        "c": one, "r": report, "e": edition, "checks": checks, "captures": captures, "place": place,
        "status": words.statuses()[one["status"]],
        "corrections": rows(conn, "SELECT * FROM corrections WHERE report_id = ? AND key = ? AND state = 'used'",
                            one["report_id"], key),
        "versions": rows(conn, "SELECT c.value, c.raw, c.status, c.edition_id, e.ordinal, e.first_seen"
                         " FROM editions AS e JOIN cells AS c ON c.edition_id = e.edition_id AND c.key = ?"
                         " WHERE e.report_id = ? ORDER BY e.ordinal", key, one["report_id"]),
        "years": rows(conn, "SELECT r.year, c.value, c.status, c.edition_id FROM reports AS r JOIN cells AS c"
                      " ON c.edition_id = r.edition_id AND c.key = ? WHERE r.area_code IS ? AND r.organ IS ?"
                      " AND r.scope = ? ORDER BY r.year LIMIT 30", key, report["area_code"], report["organ"],
                      report["scope"]),
    }  # fmt: skip


def _captures(conn: sqlite3.Connection, column: str, value: str) -> list[Row]:
    return rows(conn, f"SELECT * FROM captures WHERE {column} = ? AND warc_file IS NOT NULL"  # noqa: S608 - our names
                " ORDER BY record_type = 'revisit', fetched_at DESC LIMIT 20", value)  # fmt: skip


def _checks(conn: sqlite3.Connection, edition: Row, key: str) -> list[dict[str, Any]]:
    """Every sum of the form that this cell is in, written out with its numbers, and every other finding on it."""
    findings = {f["rule"]: f for f in rows(conn, "SELECT * FROM findings WHERE report_id = ?", edition["report_id"])
                if key in json.loads(f["cells"] or "[]")}  # fmt: skip
    form = load_forms().get(edition["form"] or "")
    equations = [q for q in form.equations() if key in q.keys] if form else []
    cells = {c["key"]: c for c in rows(conn, "SELECT key, value, raw, status, label_zh FROM cells WHERE edition_id = ?",
                                       edition["edition_id"])} if equations else {}  # fmt: skip
    out: list[dict[str, Any]] = []
    for equation in equations:
        finding = findings.pop(equation.id, None)
        sides = [[cells.get(k) or {"key": k, "value": None, "status": "absent"} for k in side]
                 for side in (equation.left, equation.right)]  # fmt: skip
        printed = all(c["status"] in COUNTED for side in sides for c in side)
        verdict = finding["verdict"] if finding else "pass" if printed else "not_assessable"
        out.append({"rule": equation.id, "verdict": verdict, "finding": finding, "sides": sides,
                    "message_zh": equation.identity.message_zh, "message_en": equation.identity.message_en,
                    "sums": [sum(c["value"] or 0 for c in side) if printed else None for side in sides]})  # fmt: skip
    for rule, finding in findings.items():
        out.append({"rule": rule, "verdict": finding["verdict"], "finding": finding, "sides": [], "sums": [],
                    "message_zh": finding["message_zh"], "message_en": finding["message_en"]})  # fmt: skip
    return out


async def _evidence(datasette: Any, found: dict[str, Any]) -> Evidence:
    root: Path | None = archive_dir(datasette)
    if not found["c"]["place"]:
        return Evidence(reason="not_printed" if found["c"]["status"] in ("derived", "absent") else "no_place")
    if root is None or not found["captures"]:
        return Evidence(reason="not_at_hand")
    capture, edition = found["captures"][0], found["e"]
    drawer: Drawer = datasette.__dict__.setdefault("_nianbao_drawer", Drawer())
    spot = Spot(str(root), capture["warc_file"], capture["warc_offset"], capture["warc_length"], capture["media_type"],
                capture["url"], found["place"])  # fmt: skip
    name = f"{DATABASE} {edition['sha256']} {found['c']['place']}"
    return await drawer.draw(name, spot)
