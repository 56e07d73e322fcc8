"""Text that stands in another report: last year's of the same body, or another body's of the same years.

Texts are compared clause by clause, with years (for last year's) or all numbers and place names (for others) masked,
so that a template filled in anew counts as taken over. Clauses that many places use, official wording for the most
part, count for nothing. The others are rare enough that what two reports share is counted exactly, through an index
of SQLite's, where MinHash would estimate it.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from rapidfuzz import fuzz, process

from archive.bodies import Known, by_body, names_of_root, root
from archive.findingrows import COPIED_NO, insert
from parsers.prosechecks import sentences
from parsers.result import Finding, Section
from parsers.rules import load_rules
from parsers.textnorm import squeeze

RULE = "X_SAME_TEXT"
LAST_YEAR_RATE, OTHER_BODY_RATE = 0.9, 0.6  # shares of the text from which it is a finding
SHOWN_RATE = 0.3  # smaller shares are not kept
LEAST_TEXT = 200  # characters of a report's own words; less proves nothing
COMMON = 10  # places that use a clause from which on it belongs to nobody
_CLAUSE = re.compile(r"[^,;:。!?、\n]+")
_YEARS = re.compile(r"20\d\d年?")
_NUMBERS = re.compile(r"\d+(?:\.\d+)?%?")
_SHORTEST_CLAUSE = 6
_MOST_EXAMPLES = 30
_LIKELY = SHOWN_RATE * 0.8  # counted in clauses, not in characters


class Text(NamedTuple):
    """A report's prose in sentences as printed, and their clauses folded: with years masked, with all masked."""

    printed: tuple[str, ...]
    by_sentence: tuple[tuple[tuple[str, str], ...], ...]

    @property
    def dated(self) -> frozenset[str]:
        """Clauses with years masked."""
        return frozenset(c for s in self.by_sentence for c, _ in s)

    @property
    def masked(self) -> frozenset[str]:
        """Clauses with numbers and place names masked."""
        return frozenset(c for s in self.by_sentence for _, c in s)


def renew(conn: sqlite3.Connection, reports: Sequence[Known]) -> int:
    """Bring marks, copies and their findings up to date; returns how many reports' texts were marked anew."""
    dated = [r for r in reports if r.year is not None]
    before = dict(conn.execute("SELECT report_id, signature FROM text_marks").fetchall())
    wanted = {r.report_id: f"{r.signature} {r.edition_id} {_code()}" for r in dated}
    stale = [r for r in dated if before.get(r.report_id) != wanted[r.report_id]]
    gone = before.keys() - wanted.keys()
    conn.executemany("DELETE FROM text_marks WHERE report_id = ?", [(g,) for g in gone])
    conn.executemany(
        "INSERT OR REPLACE INTO text_marks VALUES (?, ?, ?)",
        ((r.report_id, wanted[r.report_id], _marks(_text(conn, r))) for r in stale),
    )
    if stale or gone or _lost(conn):
        _compare(conn, dated)
    return len(stale)


@cache
def _code() -> str:
    return hashlib.sha256(resources.files("archive").joinpath("copies.py").read_bytes()).hexdigest()[:10]


def _lost(conn: sqlite3.Connection) -> bool:
    """Whether findings of copies went with an edition that was written anew."""
    there = conn.execute("SELECT count(*) FROM findings WHERE rule = ?", (RULE,)).fetchone()[0]
    noted = conn.execute("SELECT total(failed) FROM verdicts WHERE rule_id = ?", (RULE,)).fetchone()[0]
    return bool(there != noted)


# ---- texts ----


def _text(conn: sqlite3.Connection, one: Known) -> Text:
    rows = conn.execute(
        "SELECT number, title, text FROM sections WHERE edition_id = ? ORDER BY number", (one.edition_id,)
    )
    return read_text([Section(n, title or "", text or "") for n, title, text in rows], one.area_code, one.organ)


def read_text(sections: Iterable[Section], area_code: str | None, organ: str | None) -> Text:
    """The clauses of a report; part five counts as well, though its plans are no facts."""
    names = _names(area_code, organ)
    printed, clauses = [], []
    everything = [Section(0, s.title, s.text) for s in sections]
    for folded, sentence in sentences(everything):
        found = [c for c in _CLAUSE.findall(folded) if len(c) >= _SHORTEST_CLAUSE]
        if found:
            printed.append(sentence)
            clauses.append(tuple((_YEARS.sub("#", c), _NUMBERS.sub("#", names.sub("@", c))) for c in found))
    return Text(tuple(printed), tuple(clauses))


@cache
def _names(area_code: str | None, organ: str | None) -> re.Pattern[str]:
    """What a place and its government call themselves."""
    names = {organ} if organ else set()
    if area_code:
        for code in {root(area_code), root(area_code[:4] + "00")}:
            for name in names_of_root().get(code, ()):
                names |= {name, name[:-1] if len(name) > 2 else name}
    words = sorted((re.escape(squeeze(n)) for n in names if n), key=len, reverse=True)
    return re.compile("|".join([*words, "[我全本][省市县区旗州乡镇街]|[县区市旗](?=政府|委|人民)"]))


def _marks(text: Text) -> bytes:
    """Hashes of the masked clauses, eight bytes each; none for a text too short to say anything."""
    clauses = text.masked
    if sum(map(len, clauses)) < LEAST_TEXT:
        return b""
    return b"".join(sorted(hashlib.blake2b(c.encode(), digest_size=8).digest() for c in clauses))


def _common_of(text: Text, common: frozenset[int]) -> frozenset[str]:
    """The masked clauses of a text that belong to nobody."""
    return frozenset(
        c for c in text.masked
        if int.from_bytes(hashlib.blake2b(c.encode(), digest_size=8).digest(), "little", signed=True) in common
    )  # fmt: skip


# ---- comparing ----


def _compare(conn: sqlite3.Connection, reports: list[Known]) -> None:
    common = _index_marks(conn, reports)
    by_id = {r.report_id: r for r in reports}
    marks = {r[0]: frozenset(array("q", r[1])) for r in conn.execute("SELECT report_id, marks FROM text_marks") if r[1]}
    pairs = sorted({*_last_years(reports, marks), *_alike(conn, reports)})
    conn.execute("DROP TABLE temp.clauses")
    conn.execute("DELETE FROM copies")
    conn.execute("DELETE FROM findings WHERE rule = ?", (RULE,))
    conn.execute("DELETE FROM verdicts WHERE rule_id = ?", (RULE,))
    worst: dict[str, tuple[float, Finding]] = {}
    for one, two, kind in pairs:
        copy = _copy(conn, by_id[one], by_id[two], kind, common)
        if copy is None or copy.rate < SHOWN_RATE:
            continue
        conn.execute("INSERT OR REPLACE INTO copies VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (one, two, kind, *copy.row()))
        finding = _finding(by_id[one], by_id[two], kind, copy)
        if finding and copy.rate > worst.get(one, (0.0, finding))[0]:
            worst[one] = copy.rate, finding
    conn.executemany("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, 0)",
                     [(r, RULE, int(r not in worst), int(r in worst)) for r in marks])  # fmt: skip
    for one, (_, finding) in worst.items():
        insert(conn, by_id[one].edition_id, [finding], COPIED_NO)


def _copy(conn: sqlite3.Connection, one: Known, two: Known, kind: str, common: frozenset[int]) -> Copy | None:
    text = _text(conn, one)
    return compare(text, _text(conn, two), kind, _common_of(text, common) if kind == "other_body" else frozenset())


def _index_marks(conn: sqlite3.Connection, reports: list[Known]) -> frozenset[int]:
    """Fill ``temp.clauses`` with the clauses that few places use; returns the hashes of the others."""
    conn.execute("CREATE TEMP TABLE clauses(h INTEGER, n INTEGER, place TEXT, year INTEGER)")
    for n, one in enumerate(reports):
        marks = conn.execute("SELECT marks FROM text_marks WHERE report_id = ?", (one.report_id,)).fetchone()[0]
        place = root(one.area_code) if one.area_code else one.report_id
        rows = ((h, n, place, one.year) for h in array("q", marks))
        conn.executemany("INSERT INTO clauses VALUES (?, ?, ?, ?)", rows)
    conn.execute("CREATE INDEX temp.clauses_h ON clauses(h, place)")
    common = conn.execute("SELECT h FROM clauses GROUP BY h HAVING count(DISTINCT place) >= ?", (COMMON,)).fetchall()
    conn.executemany("DELETE FROM clauses WHERE h = ?", common)
    return frozenset(row[0] for row in common)


def _last_years(reports: list[Known], marks: Mapping[str, frozenset[int]]) -> Iterator[tuple[str, str, str]]:
    """Reports with last year's, where enough clauses are shared to be worth a look at the texts."""
    for years in by_body(reports).values():
        for year, one in years.items():
            last = years.get(year - 1)
            here, there = marks.get(one.report_id), marks.get(last.report_id) if last else None
            if last and here and there and len(here & there) >= _LIKELY * len(here):
                yield one.report_id, last.report_id, "last_year"


def _alike(conn: sqlite3.Connection, reports: list[Known]) -> Iterator[tuple[str, str, str]]:
    """Pairs of reports of different places, of one year or neighbouring ones, the later first."""
    sizes = dict(conn.execute("SELECT n, count(*) FROM clauses GROUP BY n").fetchall())
    shared = conn.execute(
        "SELECT a.n, b.n, count(*) AS k FROM clauses AS a JOIN clauses AS b ON b.h = a.h AND b.place > a.place"
        " AND abs(b.year - a.year) <= 1 GROUP BY a.n, b.n HAVING k >= 3"
    )
    for a, b, k in shared:
        one, two = sorted((reports[a], reports[b]), key=_when, reverse=True)
        later = a if reports[a] is one else b
        if k >= _LIKELY * sizes[later]:
            yield one.report_id, two.report_id, "other_body"


def _when(one: Known) -> tuple[int, str, str]:
    return one.year or 0, one.published_on or "", one.report_id


class Copy(NamedTuple):
    """How much of a text stands in another, and examples."""

    rate: float
    n_shared: int
    n_changed: int
    shared: tuple[str, ...]
    changed: tuple[tuple[str, str], ...]

    def row(self) -> tuple[object, ...]:
        """The columns of ``copies`` after the key."""
        return (self.rate, self.n_shared, self.n_changed, json.dumps(self.shared, ensure_ascii=False),
                json.dumps(self.changed, ensure_ascii=False))  # fmt: skip


def compare(one: Text, two: Text, kind: str, common: frozenset[str] = frozenset()) -> Copy | None:
    """How much of ``one`` stands in ``two``; None where it has too few words of its own."""
    there = two.dated if kind == "last_year" else two.masked
    at = 0 if kind == "last_year" else 1
    total = same = 0
    shared: list[str] = []
    rest: list[str] = []
    for sentence, clauses in zip(one.printed, one.by_sentence, strict=True):
        own = [c for c in clauses if kind == "last_year" or c[1] not in common]
        length, found = sum(len(c[at]) for c in own), sum(len(c[at]) for c in own if c[at] in there)
        total, same = total + length, same + found
        if length:
            (shared if found >= 0.8 * length else rest).append(sentence)
    if total < LEAST_TEXT:
        return None
    changed = list(_changed(rest, two.printed))
    return Copy(round(same / total, 3), len(shared), len(rest), tuple(shared[:_MOST_EXAMPLES]), tuple(changed))


def _changed(rest: list[str], there: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Sentences that are not taken over, each with the one over there that is most like it."""
    for sentence in rest[:_MOST_EXAMPLES]:
        near = process.extractOne(sentence, there, scorer=fuzz.ratio, score_cutoff=60)
        yield sentence[:300], near[0][:300] if near else ""


def _finding(one: Known, two: Known, kind: str, copy: Copy) -> Finding | None:
    if copy.rate < (LAST_YEAR_RATE if kind == "last_year" else OTHER_BODY_RATE):
        return None
    rule = next(r for r in load_rules() if r.id == RULE)
    percent = f"{100 * copy.rate:.0f}%"
    whose = (f"本机关{two.year}年度报告", f"its own report on {two.year}") if kind == "last_year" else (
        f"{two.organ}{two.year}年度报告", f"the report of {two.organ} on {two.year}"
    )  # fmt: skip
    return Finding(
        RULE, "fail", rule.severity,
        f"正文{percent}的文字也见于{whose[0]}（{copy.n_shared}句相同，{copy.n_changed}句不同）",
        f"{percent} of the text stands in {whose[1]} too ({copy.n_shared} sentences shared, {copy.n_changed} not)",
        (), copy.rate, LAST_YEAR_RATE if kind == "last_year" else OTHER_BODY_RATE, "source",
        "逐句比对，数字与地名不计" if kind == "other_body" else "逐句比对，年份不计",
        "compared sentence by sentence, years masked, for others numbers and place names too",
        tuple(("sentence", s[:200]) for s in copy.shared[:5]), two.report_id,
    )  # fmt: skip
