"""Found held against planted: what was missed, whom it accused, what fails without a fault."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from panelkit.made import Made


@dataclass
class Held:
    """The outcome: per fault how many were planted and found, misjudged or beside the point."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    wrong_side: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


def hold(conn: sqlite3.Connection, made: list[Made]) -> Held:
    """Hold findings against what was planted; a fail at a clean report is false unless its neighbour explains it."""
    found: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
    for code, year, rule, doubt in conn.execute(
        "SELECT r.area_code, r.year, f.rule, f.doubt FROM findings AS f"
        " JOIN editions AS e ON e.edition_id = f.edition_id JOIN reports AS r ON r.report_id = e.report_id"
        " WHERE f.verdict = 'fail'"
    ):
        found[code, year].append((rule, doubt))
    out = Held()
    by_key = {(m.place.code, m.year): m for m in made}
    for m in made:
        fails = found.get((m.place.code, m.year), [])
        before, after = (by_key.get((m.place.code, m.year + step)) for step in (-1, 1))
        if m.planted and not m.expected & {"late", "not_found"}:
            _one_fault(out, m, fails)
        neighbours = bool((before and before.planted) or (after and after.planted))
        for rule, doubt in fails:
            if not m.planted and not (neighbours and rule.startswith(("X_", "T2_REPEALED", "T4_", "J_"))):
                out.false[rule.split(".")[0]] += 1
                out.examples.append(f"{m.place.name} {m.year}: {rule} ({doubt})")
    return out


def _one_fault(out: Held, m: Made, fails: list[tuple[str, str]]) -> None:
    out.planted[m.planted] += 1
    names = {r for r, _ in fails} | {r.split(".")[0] for r, _ in fails}
    if m.side == "reading":
        hit = bool(m.expected & names)
        blamed = [d for r, d in fails if r.split(".")[0] in m.expected]
        wrong = hit and any(d != "reading" for d in blamed)
    else:
        hit = m.expected <= names
        wrong = any(d == "reading" for _, d in fails)
    out.found[m.planted] += hit
    out.wrong_side[m.planted] += wrong
    if not hit or wrong:
        out.examples.append(f"{m.place.name} {m.year} {m.planted}: {sorted(m.expected)} / {sorted(fails)}")
