"""Found held against planted: what was missed, whom it accused, what fails without a fault."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from panelkit.made import Made

# Rules that look at two years: a fault of last year's report shows in this year's, a missing one at the one before.
ACROSS = {"X_CARRY", "X_NORMATIVE", "X_RULES", "X_ITEMS", "X_SAME_NUMBERS", "X_SAME_TEXT", "T2_REPEALED_LE_STOCK",
          "T2_PROC_JUMP", "T4_PENDING_RESOLVED", "T4_AFTER_WITHOUT_REVIEW"}  # fmt: skip
STATES = {"late", "not_found", "not_tried"}  # of coverage, not findings
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
    others: Counter[str] = field(default_factory=Counter)  # unusual numbers at reports where none was planted
    examples: list[str] = field(default_factory=list)


def hold(conn: sqlite3.Connection, made: list[Made]) -> Held:
    """Hold findings against what was planted; a fail at a clean report is false unless its neighbour explains it."""
    out = Held()
    found: dict[tuple[str, int], Fails] = defaultdict(list)
    of_parts: dict[tuple[str, int], Fails] = defaultdict(list)
    for code, year, scope, rule, doubt in conn.execute(
        "SELECT r.area_code, r.year, r.scope, f.rule, f.doubt FROM findings AS f"
        " JOIN editions AS e ON e.edition_id = f.edition_id JOIN reports AS r ON r.report_id = e.report_id"
        " WHERE f.verdict = 'fail'"
    ):
        (found if scope == "whole_area" else of_parts)[code, year].append((rule, doubt))
    after = {(m.before.place.code, m.before.year): m for m in made if m.before}
    for m in made:
        fails = found.get((m.place.code, m.year), [])
        explained = set(ACROSS) if m.before and m.before.planted else set()
        _parts_without_fault(out, m, of_parts.get((m.place.code, m.year), []))
        follower = after.get((m.place.code, m.year))
        explained |= {"X_MISSING"} if follower and follower.planted == "missing" else set()
        if m.expected - STATES:
            _one_fault(out, m, fails)
            out.beside.update({_base(r) for r, _ in fails} - explained - {_base(r) for r in m.expected})
        elif not m.expected:  # clean, or with an unusual number, which contradicts nothing
            for rule, doubt in fails:
                if _base(rule) not in explained:
                    out.false[_base(rule)] += 1
                    out.examples.append(f"{m.place.name} {m.year}: {rule} ({doubt})")
    return out


def _parts_without_fault(out: Held, m: Made, fails: Fails) -> None:
    """The reports of offices and bureaus are all right, unless one was made that has the whole's numbers."""
    around = {m.planted, m.before.planted if m.before else ""}
    for rule, doubt in fails:
        if not ("office_report_as_the_whole" in around and _base(rule) in ACROSS):
            out.false[_base(rule)] += 1
            out.examples.append(f"a part of {m.place.name} {m.year}: {rule} ({doubt})")


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


# ---- what is only published ----


def hold_published(conn: sqlite3.Connection, made: list[Made], out: Held) -> None:
    """The same for coverage, deadlines and unusual numbers, which the public database has."""
    _hold_coverage(conn, made, out)
    _hold_deadlines(conn, made, out)
    _hold_jumps(conn, made, out)


def _hold_coverage(conn: sqlite3.Connection, made: list[Made], out: Held) -> None:
    """Every place has one state a year, as planted; in years in which it did not exist it has none."""
    rows = conn.execute("SELECT area_code, year, state FROM coverage")
    states = {(code, year): state for code, year, state in rows}
    wanted = {(m.place.code, m.year): m for m in made}
    codes = {m.place.code for m in made}
    for (code, year), state in states.items():
        m = wanted.pop((code, year), None)
        if m is None and code in codes:
            out.false[f"coverage {state}"] += 1
            out.examples.append(f"{code} {year}: {state}, but it did not exist")
        elif m is not None:
            expected = next(iter(m.expected & STATES), "found")
            if expected != "found":
                out.planted[m.planted] += 1
                out.found[m.planted] += state == expected
            if state != expected:
                out.false[f"coverage {state}"] += expected == "found"
                out.examples.append(f"{m.place.name} {year}: {state}, not {expected}")
    out.examples += [f"{code} {year}: no state" for code, year in wanted]


_LAST_DAYS = {"department": "01-31", "government_office": "03-31"}  # none for townships


def _hold_deadlines(conn: sqlite3.Connection, made: list[Made], out: Held) -> None:
    """Parts of a place publish when they do; how late they are is counted anew from the Regulation."""
    rows = conn.execute("SELECT organ, year, area_code, days_late FROM reports")
    late = {(organ, year, code): days for organ, year, code, days in rows}
    for m in made:
        for part in m.parts if m.present else ():
            last_day = _LAST_DAYS.get(part.kind)
            expected = None
            if last_day:
                due = date.fromisoformat(f"{m.year + 1}-{last_day}")
                expected = max(0, (date.fromisoformat(part.published_on) - due).days)
            name = f"{part.kind} {'late' if expected else 'in time'}"
            out.planted[name] += 1
            right = late[part.organ, m.year, m.place.code] == expected
            out.found[name] += right
            if not right:
                out.examples.append(f"{part.organ} {m.year}: {late[part.organ, m.year, m.place.code]}, not {expected}")


def _hold_jumps(conn: sqlite3.Connection, made: list[Made], out: Held) -> None:
    found: dict[tuple[str, int], set[tuple[str, str]]] = defaultdict(set)
    for code, year, kind, name in conn.execute(
        "SELECT r.area_code, r.year, j.kind, j.name FROM jumps AS j JOIN reports AS r ON r.report_id = j.report_id"
        " WHERE r.scope = 'whole_area'"
    ):
        found[code, year].add((kind, name))
    for m in made:
        here = found[m.place.code, m.year]
        for kind, name in m.jumps:
            out.planted[f"unusual: {kind}"] += 1
            out.found[f"unusual: {kind}"] += (kind, name) in here
            if (kind, name) not in here:
                out.examples.append(f"{m.place.name} {m.year} {m.planted}: {kind} {name} / {sorted(here)}")
        if not m.planted:
            out.others.update(f"{kind} {name}" for kind, name in here)
