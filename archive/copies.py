"""Text that stands in another report: last year's of the same body, or another body's of the same years.

Pairs worth a look (``archive/copypairs.py``) are compared sentence by sentence: a clause that is the same, or a
sentence that is only lightly edited, is taken over. Clauses that many places use (``archive/boilerplate.py``) count for
nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from rapidfuzz import fuzz, process

from archive.bodies import Known
from archive.boilerplate import EDITED, boilerplate, read_marked, read_marks, stored
from archive.clauses import LEAST_TEXT, Text, read_text
from archive.copypairs import alike, index_marks, place_of, with_last_years
from archive.findingrows import COPIED_NO, insert
from parsers.result import Finding, Section
from parsers.rules import load_rules
from parsers.stamp import stamp

RULE = "X_SAME_TEXT"
LAST_YEAR_RATE, OTHER_BODY_RATE = 0.8, 0.6  # shares of the text from which it is a finding
SHOWN_RATE = 0.3  # smaller shares are not kept
NEAR = 60  # per cent of characters in common that make two sentences worth showing side by side
_LEAST_EDITED = 12  # characters; in a shorter sentence one other word is another sense
_MOST_EXAMPLES = 30
_KEPT = 64  # texts at hand
_NUMBERS = re.compile(r"\d+(?:\.\d+)?")
_CODE = ("bodies.py", "boilerplate.py", "clauses.py", "copies.py", "copypairs.py")

Pair = tuple[str, str]  # a report, and the other one


def renew(conn: sqlite3.Connection, reports: Sequence[Known]) -> int:
    """Bring marks, copies and their findings up to date; returns how many reports' texts were marked anew."""
    dated = [r for r in reports if r.year is not None]
    before = dict(conn.execute("SELECT report_id, signature FROM text_marks").fetchall())
    wanted = {r.report_id: f"{r.signature} {r.edition_id} {_code()}" for r in dated}
    stale = [r for r in dated if before.get(r.report_id) != wanted[r.report_id]]
    gone = before.keys() - wanted.keys()
    conn.executemany("DELETE FROM text_marks WHERE report_id = ?", [(g,) for g in gone])
    conn.executemany(
        "INSERT OR REPLACE INTO text_marks(report_id, signature, marks, clauses) VALUES (?, ?, ?, ?)",
        ((r.report_id, wanted[r.report_id], *stored(_text(conn, r))) for r in stale),
    )
    if stale or gone or _lost(conn):
        _compare(conn, dated, wanted)
    return len(stale)


@cache
def _code() -> str:
    own = b"".join(resources.files("archive").joinpath(name).read_bytes() for name in _CODE)
    return hashlib.sha256(stamp().encode() + own).hexdigest()[:10]  # the reader's own data say what places are called


def _lost(conn: sqlite3.Connection) -> bool:
    """Whether findings went with an edition that was written anew, or a report went that others were compared with."""
    there = conn.execute("SELECT count(*) FROM findings WHERE rule = ?", (RULE,)).fetchone()[0]
    noted = conn.execute("SELECT total(failed) FROM verdicts WHERE rule_id = ?", (RULE,)).fetchone()[0]
    orphan = conn.execute(
        "SELECT 1 FROM text_pairs WHERE report_id NOT IN (SELECT report_id FROM reports)"
        " OR other_report_id NOT IN (SELECT report_id FROM reports) LIMIT 1"
    ).fetchone()
    return bool(there != noted or orphan)


def _text(conn: sqlite3.Connection, one: Known) -> Text:
    rows = conn.execute(
        "SELECT number, title, text FROM sections WHERE edition_id = ? ORDER BY number", (one.edition_id,)
    )
    return read_text([Section(n, title or "", text or "") for n, title, text in rows], one.area_code, one.organ)


def _compare(conn: sqlite3.Connection, reports: list[Known], wanted: Mapping[str, str]) -> None:
    by_id = {r.report_id: r for r in reports}
    marks = {r: frozenset(read_marks(blob)[0]) for r, blob in conn.execute("SELECT report_id, marks FROM text_marks")
             if blob}  # fmt: skip
    common = index_marks(conn, reports)
    pairs = {(one, two): kind for one, two, kind in (*alike(conn, reports), *with_last_years(reports, marks))}
    conn.execute("DROP TABLE temp.clauses")
    nobodys = _nobodys(conn, reports, {one for (one, _), kind in pairs.items() if kind == "other_body"}, common)
    before = {(a, b): s for a, b, s in conn.execute("SELECT report_id, other_report_id, signature FROM text_pairs")}
    kept = {tuple(row) for row in conn.execute("SELECT report_id, other_report_id FROM copies")}
    for table in ("copies", "text_pairs"):
        conn.executemany(f"DELETE FROM {table} WHERE report_id = ? AND other_report_id = ?",  # noqa: S608 - our names
                         (before.keys() | kept) - pairs.keys())  # fmt: skip
    texts: dict[str, Text] = {}
    for pair, kind in sorted(pairs.items()):
        without = nobodys[pair[0]] if kind == "other_body" else frozenset()
        signature = _signature(wanted[pair[0]], wanted[pair[1]], kind, without)
        if before.get(pair) != signature:
            one, two = (_at_hand(conn, by_id[name], texts) for name in pair)
            _keep(conn, pair, kind, compare(one, two, kind, without), signature)
    _write_findings(conn, by_id, marks)


def _nobodys(
    conn: sqlite3.Connection, reports: Sequence[Known], names: Collection[str], common: frozenset[int]
) -> dict[str, frozenset[str]]:
    """Of each report named the clauses that belong to nobody."""
    row = "SELECT marks, clauses FROM text_marks WHERE report_id = ?"
    texts = {name: read_marked(*conn.execute(row, (name,)).fetchone()) for name in names}
    numbers: dict[str, int] = {}
    places = {r.report_id: numbers.setdefault(place_of(r), len(numbers)) for r in reports}
    found = boilerplate(conn, places, common & {m for text in texts.values() for m in text.marks})
    return {name: found.of(text) for name, text in texts.items()}


def _signature(one: str, two: str, kind: str, nobodys: frozenset[str]) -> str:
    return hashlib.sha256("\n".join((one, two, kind, *sorted(nobodys))).encode()).hexdigest()[:16]


def _at_hand(conn: sqlite3.Connection, one: Known, texts: dict[str, Text]) -> Text:
    if one.report_id not in texts:
        if len(texts) >= _KEPT:
            texts.clear()
        texts[one.report_id] = _text(conn, one)
    return texts[one.report_id]


# ---- two texts ----


class Copy(NamedTuple):
    """How much of a text stands in another: sentences taken over, lightly edited, and others, with examples."""

    rate: float
    n_shared: int
    n_edited: int
    n_changed: int
    shared: tuple[str, ...]
    edited: tuple[Pair, ...]
    changed: tuple[Pair, ...]


def compare(one: Text, two: Text, kind: str, nobodys: Collection[str] = frozenset()) -> Copy | None:
    """How much of ``one`` stands in ``two``; None where it has too few words of its own.

    ``nobodys`` are clauses, masked, that belong to nobody. An edited sentence counts in full, but against last year's
    report only with the same numbers.
    """
    which = "dated" if kind == "last_year" else "masked"
    there = {getattr(c, which) for sentence in two.clauses for c in sentence}
    others = ["".join(getattr(c, which) for c in sentence) for sentence in two.clauses]
    total = same = 0
    shared: list[str] = []
    edited: list[Pair] = []
    changed: list[Pair] = []
    for sentence, clauses in zip(one.printed, one.clauses, strict=True):
        own: list[str] = [getattr(c, which) for c in clauses if c.masked not in nobodys]
        length, found = sum(map(len, own)), sum(len(c) for c in own if c in there)
        total += length
        if not length:
            continue
        if found >= 0.8 * length:
            shared.append(sentence)
        else:
            here = "".join(getattr(c, which) for c in clauses)
            near = process.extractOne(here, others, scorer=fuzz.ratio, score_cutoff=NEAR)
            beside = (sentence[:300], two.printed[near[2]][:300] if near else "")
            light = near is not None and near[1] >= EDITED and len(here) >= _LEAST_EDITED
            if light and near is not None and _NUMBERS.findall(here) == _NUMBERS.findall(near[0]):
                found = length
                edited.append(beside)
            else:
                changed.append(beside)
        same += found
    if total < LEAST_TEXT:
        return None
    shown = (tuple(shared[:_MOST_EXAMPLES]), tuple(edited[:_MOST_EXAMPLES]), tuple(changed[:_MOST_EXAMPLES]))
    return Copy(round(same / total, 3), len(shared), len(edited), len(changed), *shown)


# ---- what is kept of it ----


def _keep(conn: sqlite3.Connection, pair: Pair, kind: str, copy: Copy | None, signature: str) -> None:
    conn.execute("INSERT OR REPLACE INTO text_pairs VALUES (?, ?, ?)", (*pair, signature))
    conn.execute("DELETE FROM copies WHERE report_id = ? AND other_report_id = ?", pair)
    if copy is not None and copy.rate >= SHOWN_RATE:
        examples = (json.dumps(x, ensure_ascii=False) for x in (copy.shared, copy.edited, copy.changed))
        conn.execute(
            "INSERT INTO copies(report_id, other_report_id, kind, rate, n_shared, n_edited, n_changed, shared, edited,"
            " changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*pair, kind, *copy[:4], *examples),
        )


def _write_findings(conn: sqlite3.Connection, by_id: Mapping[str, Known], marks: Mapping[str, object]) -> None:
    """One finding for a report at most: the other report in which most of its text stands."""
    conn.execute("DELETE FROM findings WHERE rule = ?", (RULE,))
    conn.execute("DELETE FROM verdicts WHERE rule_id = ?", (RULE,))
    worst: dict[str, sqlite3.Row] = {}
    for row in conn.execute("SELECT * FROM copies ORDER BY rate DESC, other_report_id"):
        if row["rate"] >= (LAST_YEAR_RATE if row["kind"] == "last_year" else OTHER_BODY_RATE):
            worst.setdefault(row["report_id"], row)
    conn.executemany("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, 0)",
                     [(r, RULE, int(r not in worst), int(r in worst)) for r in marks])  # fmt: skip
    for one, row in worst.items():
        insert(conn, by_id[one].edition_id, [_finding(by_id[row["other_report_id"]], row)], COPIED_NO)


def _finding(two: Known, row: sqlite3.Row) -> Finding:
    rule = next(r for r in load_rules() if r.id == RULE)
    percent = f"{100 * row['rate']:.0f}%"
    last_year = row["kind"] == "last_year"
    whose = (f"本机关{two.year}年度报告", f"its own report on {two.year}") if last_year else (
        f"{two.organ}{two.year}年度报告", f"the report of {two.organ} on {two.year}"
    )  # fmt: skip
    n = (row["n_shared"], row["n_edited"], row["n_changed"])
    return Finding(
        RULE, "fail", rule.severity,
        f"正文{percent}的文字也见于{whose[0]}（{n[0]}句相同，{n[1]}句略有改动，{n[2]}句不同）",
        f"{percent} of the text stands in {whose[1]} too ({n[0]} sentences shared, {n[1]} lightly edited, {n[2]} not)",
        (), row["rate"], LAST_YEAR_RATE if last_year else OTHER_BODY_RATE, "source",
        "逐句比对，年份不计" if last_year else "逐句比对，数字与地名不计",
        "compared sentence by sentence, years masked, for others numbers and place names too",
        tuple(("sentence", s[:200]) for s in json.loads(row["shared"])[:5]), two.report_id,
    )  # fmt: skip
