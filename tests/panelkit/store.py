"""The panel as a work database: sites, runs, captures and readings, as a crawl would have left them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from archive import workdb
from panelkit.made import Made, Part
from panelkit.told import prose
from parsers.prose import read_claims
from parsers.result import Section


def _result(
    m: Made, cells: dict[str, float], grid: str, weak: tuple[str, ...], part: Part | None = None
) -> dict[str, object]:
    organ = part.organ if part else f"{m.place.name}人民政府"
    sections = [Section(1, "一、总体情况", f"{organ}认真做好政府信息公开工作。")] if part else prose(m)
    named = m.year if part else m.years.get("title", m.year)
    title = f"{part.organ if part else m.place.name}{named}年政府信息公开工作年度报告"
    claims = read_claims(sections, m.year)
    shown = {}
    for key, value in cells.items():
        status = "printed" if part else m.status(key)
        unit = "元" if key.endswith("total_amount") else ""
        raw = m.raw.get(key, f"{value:g}{unit}" if not float(value).is_integer() else f"{int(value)}{unit}")
        raw = {"printed": raw, "mark": "—"}.get(status, "")
        shown[key] = {"value": value if status == "printed" else None, "raw": raw, "status": status, "place": None}
    return {
        "is_report": True, "organ": organ, "organ_kind": part.kind if part else "government",
        "admin_level": part.level if part else m.level, "area_code": m.place.code, "year": m.year,
        "scope": part.scope if part else "whole_area", "form": m.form.id, "title": title,
        "preamble": "" if part else f"{title}\n现将{m.place.name}{m.years.get('preamble', m.year)}年政府信息公开工作"
                                    f"年度报告公布如下。{m.preamble}",
        "published_on": part.published_on if part else m.published_on, "cells": shown,
        "sections": [{"number": s.number, "title": s.title, "text": s.text} for s in sections],
        "claims": [{"kind": c.kind, "value": c.value, "approx": c.approx, "unit": c.unit, "section": c.section,
                    "sentence": c.sentence} for c in claims],
        "findings": [], "grid": grid, "weak": list(weak),
    }  # fmt: skip


def documents(m: Made) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Address, media type and reading of each document of a report."""
    base = f"http://www.{m.place.code}.example/nb/{m.year}"
    yield f"{base}.html", "text/html", _result(m, m.cells, m.grid, m.weak)
    if m.second is not None:
        thin = dict(m.second)
        for key in [k for k in thin if k.startswith("table2.")][:3]:
            del thin[key]  # so that the first document is the fuller one, from which the edition is read
        yield f"{base}.docx", "application/vnd.openxmlformats", _result(m, thin, "exact", ())
    for n, part in enumerate(m.parts):
        yield f"{base}-{n}.html", "text/html", _result(m, part.cells, "exact", (), part)


def write(root: Path, made: list[Made]) -> None:
    """The work database of the panel: sites, runs, captures, documents."""
    with closing(workdb.open(root, create=True)) as conn:
        conn.execute("BEGIN")
        for n, day in enumerate(("2026-05-01", "2026-06-01"), start=1):
            conn.execute(
                "INSERT INTO runs(run_id, kind, started_at, state, args) VALUES (?, 'crawl', ?, 'finished', '{}')",
                (f"r{n}", f"{day}T00:00:00Z"),
            )
        closed = {m.site for m in made if m.planted == "missing_and_looked_for_once"}  # to the second run
        for site, place in {m.site: m.place for m in reversed(made)}.items():
            url = f"http://www.{site}.example/"
            conn.execute("INSERT INTO sites(site_id, homepage, name, area_code, hosts) VALUES (?, ?, ?, ?, '[]')",
                         (site, url, place.name, site))  # fmt: skip
            _capture(conn, "r1", site, f"{url}nb/", "2026-05-01T01:00:00Z", None)
            outcome = "timeout" if site in closed else "ok"
            _capture(conn, "r2", site, f"{url}nb/", "2026-06-01T01:00:00Z", None, outcome)
        for m in made:
            if m.present:
                for url, media_type, result in documents(m):
                    _document(conn, m, url, media_type, result, m.site in closed)
        conn.execute("COMMIT")


def _capture(
    conn: sqlite3.Connection, run: str, site: str, url: str, at: str, sha256: str | None, outcome: str = "ok"
) -> None:
    conn.execute(
        "INSERT INTO captures(run_id, site_id, url, final_url, role, fetched_at, outcome, sha256, via, record_type)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'http', 'response')",
        (run, site, url, url, "document" if sha256 else "list", at, outcome, sha256),
    )


def _document(
    conn: sqlite3.Connection, m: Made, url: str, media_type: str, result: dict[str, object], once: bool
) -> None:
    text = json.dumps(result, ensure_ascii=False)
    sha256 = hashlib.sha256(f"{url}{text}".encode()).hexdigest()
    conn.execute(
        "INSERT INTO documents(sha256, media_type, size, stamp, is_report, result, read_at, area_code, organ,"
        " organ_kind, year, scope)"
        " VALUES (?, ?, ?, 'panel', 1, ?, '2026-06-01T02:00:00Z', ?, ?, ?, ?, ?)",
        (
            sha256,
            media_type,
            len(text),
            text,
            m.place.code,
            result["organ"],
            result["organ_kind"],
            m.year,
            result["scope"],
        ),
    )
    for run, day in (("r1", "2026-05-01"), ("r2", "2026-06-01"))[: 1 if once else 2]:
        _capture(conn, run, m.site, url, f"{day}T01:30:00Z", sha256)
