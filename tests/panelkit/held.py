"""Found held against planted: what was missed, whom it accused, what fails without a fault."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from panelkit.made import Made

# Rules that look at two years: a fault of last year's report shows in this year's, a missing one at the one before.
ACROSS = {"X_CARRY", "X_NORMATIVE", "X_RULES", "X_ITEMS", "X_SAME_NUMBERS", "X_SAME_TEXT", "T2_REPEALED_LE_STOCK",
          "T2_PROC_JUMP", "T4_PENDING_RESOLVED", "T4_AFTER_WITHOUT_REVIEW"}  # fmt: skip
Fails = list[tuple[str, str]]  # rule with its part, doubt


@dataclass
class Held:
    """The outcome: per fault how many were planted and found, or laid to the wrong side; per rule the same, beside
    the fails that no plant explains (``false``: at a report without a fault; ``beside``: at one with another)."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    wrong_side: Counter[str] = field(default_factory=Counter)
    rule_planted: Counter[str] = field(default_factory=Counter)
    rule_found: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    beside: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


def hold(conn: sqlite3.Connection, made: list[Made]) -> Held:
    """Hold findings against what was planted; a fail at a clean report is false unless its neighbour explains it."""
    out = Held()
    found: dict[tuple[str, int], Fails] = defaultdict(list)
    for code, year, scope, rule, doubt in conn.execute(
        "SELECT r.area_code, r.year, r.scope, f.rule, f.doubt FROM findings AS f"
        " JOIN editions AS e ON e.edition_id = f.edition_id JOIN reports AS r ON r.report_id = e.report_id"
        " WHERE f.verdict = 'fail'"
    ):
        if scope == "whole_area":
            found[code, year].append((rule, doubt))
        else:  # the reports of offices and bureaus are all right
            out.false[_base(rule)] += 1
    by_key = {(m.place.code, m.year): m for m in made}
    for m in made:
        fails = found.get((m.place.code, m.year), [])
        before, after = (by_key.get((m.place.code, m.year + step)) for step in (-1, 1))
        explained = set(ACROSS) if before and before.planted else set()
        explained |= {"X_MISSING"} if after and after.planted == "missing" else set()
        if m.planted and not m.expected & {"late", "not_found"}:
            _one_fault(out, m, fails)
            out.beside.update({_base(r) for r, _ in fails} - explained - {_base(r) for r in m.expected})
        elif not m.planted:
            for rule, doubt in fails:
                if _base(rule) not in explained:
                    out.false[_base(rule)] += 1
                    out.examples.append(f"{m.place.name} {m.year}: {rule} ({doubt})")
    return out


def _base(rule: str) -> str:
    return rule.partition(".")[0]


def _one_fault(out: Held, m: Made, fails: Fails) -> None:
    out.planted[m.planted] += 1
    names = {r for r, _ in fails} | {_base(r) for r, _ in fails}
    if m.side == "reading":
        hit = bool(m.expected & names)
        wrong = hit and any(d != "reading" for r, d in fails if _base(r) in m.expected)
    else:
        hit = m.expected <= names
        wrong = any(d == "reading" for _, d in fails)
        out.rule_planted.update({_base(r) for r in m.expected})
        out.rule_found.update({_base(r) for r in m.expected & names})
    out.found[m.planted] += hit
    out.wrong_side[m.planted] += wrong
    if not hit or wrong:
        out.examples.append(f"{m.place.name} {m.year} {m.planted}: {sorted(m.expected)} / {sorted(fails)}")
