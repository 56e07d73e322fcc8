"""What the reports say against each other: every rule, for every report whose numbers or neighbours changed.

Runs after the editions are put together and replaces the findings of current editions: those of a single document
are settled anew beside last year's report, the other documents of the edition, and the reports of the same place.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import sqlite_utils

from archive import copies, crossyear, levels, missing, names
from archive.bodies import Known, families, known_reports, last_years
from archive.editions import assemble
from archive.findingrows import MISSING_NO, insert
from archive.readings import load_reading, other_documents
from parsers.checks import assess as assess_reading
from parsers.doubt import with_other_documents
from parsers.form_model import load_forms
from parsers.reading import Reading
from parsers.result import Finding
from parsers.rules import load_rules
from parsers.stamp import stamp
from parsers.verdicts import Outcome, by_rule

_OWN_CODE = ("assess.py", "bodies.py", "crossyear.py", "levels.py", "names.py", "readings.py")
_TOGETHER = 200  # reports in one transaction
_SEPARATE = ("X_MISSING", "X_SAME_TEXT")  # judged over the whole archive each time


@dataclass(frozen=True, slots=True)
class Assessed:
    """How many reports there are, and how many had to be looked at again."""

    reports: int
    renewed: int


def put_together(conn: sqlite3.Connection) -> int:
    """Readings to reports, and reports to findings; writes only what changed. Returns how many reports there are."""
    last = conn.execute("SELECT coalesce(max(capture_id), 0) FROM captures").fetchone()[0]
    total = assemble(conn)
    assess(conn)
    conn.execute("INSERT OR REPLACE INTO assembled (one, capture_id) VALUES (1, ?)", (last,))
    return total


def assess(conn: sqlite3.Connection) -> Assessed:
    """Bring findings and verdicts of all current editions up to date. The caller holds the write lock."""
    db = sqlite_utils.Database(conn)
    reports = known_reports(conn)
    last = last_years(reports)
    around = families(reports)
    before = dict(conn.execute("SELECT report_id, signature FROM assessments").fetchall())
    loaded: dict[str, Reading | None] = {}
    stale: list[tuple[Known, list[Known], str]] = []
    for one in _by_body_and_year(reports):
        family = _parts(one, around)
        signature = _signature(one, last.get(one.report_id), family)
        if before.get(one.report_id) != signature:
            stale.append((one, family, signature))
    for start in range(0, len(stale), _TOGETHER):
        with db.atomic():
            for one, family, signature in stale[start : start + _TOGETHER]:
                _renew(conn, one, last.get(one.report_id), family, signature, loaded)
    _forget(conn, before.keys() - {one.report_id for one in reports})
    with db.atomic():
        missing.renew(conn, reports)
        copies.renew(conn, reports)
    return Assessed(len(reports), len(stale))


def _by_body_and_year(reports: Iterable[Known]) -> list[Known]:
    """One body after the other, so that last year's report is still at hand when it is needed."""
    return sorted(reports, key=lambda r: (r.area_code or "", r.organ or "", r.scope, r.year or 0, r.report_id))


def _parts(one: Known, around: Mapping[tuple[str, int], list[Known]]) -> list[Known]:
    """For a whole-area report the archived reports of its parts, else none."""
    if one.scope != "whole_area" or one.area_code is None or one.year is None:
        return []
    return [r for r in around[one.area_code, one.year] if r.scope in ("single_organ", "government_and_office")]


def _signature(one: Known, last: Known | None, parts: list[Known]) -> str:
    digest = hashlib.sha256(_code())
    for r in (one, last, *parts):
        digest.update(f"{r.report_id} {r.signature} {r.edition_id}\n".encode() if r else b"-\n")
    return digest.hexdigest()[:16]


@cache
def _code() -> bytes:
    own = b"".join(resources.files("archive").joinpath(name).read_bytes() for name in _OWN_CODE)
    return stamp().encode() + own


def _reading(conn: sqlite3.Connection, one: Known, loaded: dict[str, Reading | None]) -> Reading | None:
    """A report's reading, from those at hand where it was needed a moment ago."""
    if one.report_id not in loaded:
        if len(loaded) > 8:
            loaded.clear()
        loaded[one.report_id] = load_reading(conn, one)
    return loaded[one.report_id]


def _renew(
    conn: sqlite3.Connection, one: Known, last: Known | None, parts: list[Known], signature: str,
    loaded: dict[str, Reading | None],
) -> None:  # fmt: skip
    alone = _reading(conn, one, loaded)
    findings: list[Finding] = []
    verdicts: dict[str, tuple[int, int, int]] = {}
    if alone is not None:
        earlier = _reading(conn, last, loaded) if last else None
        done = assess_reading(crossyear.beside(alone, earlier))
        findings, verdicts = list(done.findings), dict(done.verdicts)
        if any(f.verdict == "fail" for f in findings):
            others = other_documents(conn, one)
            findings = [with_other_documents(f, alone, others) for f in findings]
        outcomes: list[Outcome] = list(crossyear.same_numbers(alone, earlier)) if earlier else []
        if parts:
            beside = [(p, r) for p in parts if (r := load_reading(conn, p)) is not None]
            outcomes += levels.compare(alone, beside)
        outcomes += names.other_counties(alone, one.area_code)
        findings += [o.finding for o in outcomes if o.finding]
        verdicts |= by_rule(outcomes)
    _write(conn, one, findings, verdicts)
    conn.execute("INSERT OR REPLACE INTO assessments VALUES (?, ?)", (one.report_id, signature))


@cache
def _ours() -> frozenset[str]:
    """Ids of the rules whose findings are written here."""
    sums = {i.id for form in load_forms().values() for i in form.identities}
    return frozenset(sums | {r.id for r in load_rules()} - set(_SEPARATE))


def _write(
    conn: sqlite3.Connection, one: Known, findings: list[Finding], verdicts: Mapping[str, tuple[int, int, int]]
) -> None:
    """Replace what rules found before; what a reader or the editions noted stays."""
    there = conn.execute("SELECT n, rule FROM findings WHERE edition_id = ?", (one.edition_id,)).fetchall()
    ours = {n for n, rule in there if rule.partition(".")[0] in _ours()}
    conn.executemany("DELETE FROM findings WHERE edition_id = ? AND n = ?", [(one.edition_id, n) for n in sorted(ours)])
    first = 1 + max((n for n, _ in there if n not in ours and n < MISSING_NO), default=-1)
    insert(conn, one.edition_id, findings, first)
    conn.execute("DELETE FROM verdicts WHERE report_id = ?", (one.report_id,))
    conn.executemany("INSERT INTO verdicts VALUES (?, ?, ?, ?, ?)",
                     [(one.report_id, rule, *counts) for rule, counts in verdicts.items()])  # fmt: skip


def _forget(conn: sqlite3.Connection, gone: Iterable[str]) -> None:
    for table in ("assessments", "verdicts"):
        conn.executemany(f"DELETE FROM {table} WHERE report_id = ?", [(one,) for one in gone])  # noqa: S608 - our names
