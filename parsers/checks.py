"""What the numbers of a report say against each other, against its prose and against the report before it.

Three verdicts: pass, fail, not assessable (an operand is unknown). Fails and what could not be assessed become
findings; nothing is ever changed. Derived cells satisfy the identities by construction and are taken as they are.
Where operands are unknown, a sum of the known ones that is already too large is a fail all the same: counts are
never negative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from parsers.doubt import of_unknown, settle
from parsers.form_model import Equation
from parsers.prosechecks import PROSE_CHECKS
from parsers.reading import Reading
from parsers.result import Finding, Number
from parsers.rules import (
    AllZero,
    Analysis,
    AnyRule,
    ClaimEquals,
    Compare,
    Factor,
    Limit,
    Suspect,
    UnitStated,
    WholeNumbers,
    is_number,
    load_rules,
    read_condition,
    read_term,
)
from parsers.verdicts import Outcome, by_rule, evidence, passed, show, total

TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Assessment:
    """The findings of a report, and for each rule how often it passed, failed and could not be assessed."""

    findings: tuple[Finding, ...]
    verdicts: Mapping[str, tuple[int, int, int]]

    @property
    def counts(self) -> dict[str, int]:
        """How many sums of the form and statements of the prose were assessed, passed, failed, not assessable."""
        looks = {r.id for r in load_rules() if not isinstance(r, ClaimEquals)}
        counted = [v for rule, v in self.verdicts.items() if rule not in looks]
        passed, failed, unknown = (sum(v[n] for v in counted) for n in range(3))
        return {"assessed": passed + failed, "passed": passed, "failed": failed, "not_assessable": unknown}


def assess(reading: Reading) -> Assessment:
    """Apply every identity and rule; rules across years only where ``reading.last`` is there."""
    values = {key: cell.value for key, cell in reading.cells.items()}
    outcomes = [
        passed(e.identity.id) if _holds_plainly(values, e) else _identity(reading, e) for e in reading.plan.equations
    ]
    for rule in load_rules():
        if rule.form in (None, reading.form.id):
            outcomes += _CHECKS[type(rule)](reading, rule)
    verdicts = by_rule(outcomes)
    findings = tuple(settle(reading, [o.finding for o in outcomes if o.finding]))
    return Assessment(findings, verdicts)


def check(reading: Reading) -> tuple[list[Finding], dict[str, int]]:
    """The findings, and how many sums and statements were assessed, passed, failed, not assessable."""
    done = assess(reading)
    return list(done.findings), done.counts


def _identity(reading: Reading, equation: Equation) -> Outcome:
    identity = equation.identity
    terms = tuple((1, k) for k in equation.left), tuple((1, k) for k in equation.right)
    blank = Finding(equation.id, "", identity.severity, identity.message_zh, identity.message_en, equation.keys)
    return _sides(reading, identity.id, blank, "=", *terms)


def _holds_plainly(values: dict[str, Number | None], equation: Equation) -> bool:
    """Whether all numbers are there and the sums are the very same, as in nearly all reports: spares the rest."""
    try:
        left, right = (sum(map(values.__getitem__, side)) for side in (equation.left, equation.right))  # type: ignore
    except (KeyError, TypeError):  # a cell that is not there, or has no number
        return False
    return left == right


def _sides(
    reading: Reading, rule_id: str, blank: Finding, op: str,
    left: Sequence[tuple[int, str]], right: Sequence[tuple[int, str]],
) -> Outcome:  # fmt: skip
    """Compare two sums; ``blank`` carries rule, severity, plain messages and keys."""
    a, b = total(reading, left), total(reading, right)
    if not a.unknown and not b.unknown:
        gap = a.value - b.value
        if abs(gap) < TOLERANCE or (op == "<=" and gap < 0):
            return Outcome(rule_id)
        return Outcome(rule_id, _failed(reading, blank, a.value, b.value, "≠" if op == "=" else ">"))
    # What is known of one side may already be more than all of the other, whatever the blanks hold.
    if a.is_floor and not b.unknown and a.value > b.value + TOLERANCE:
        return Outcome(rule_id, _failed(reading, blank, a.value, b.value, "＞", "至少", "at least "))
    if op == "=" and b.is_floor and not a.unknown and b.value > a.value + TOLERANCE:
        return Outcome(rule_id, _failed(reading, blank, a.value, b.value, "＜至少", "", "", " < at least "))
    unknown = (*a.unknown, *b.unknown)
    return Outcome(rule_id, replace(
        blank, verdict="not_assessable", message_zh=f"无法核对：{blank.message_zh}（缺{len(unknown)}个数）",
        message_en=f"cannot be assessed, {len(unknown)} numbers are missing: {blank.message_en}", cells=unknown,
        doubt=of_unknown(reading, unknown),
    ))  # fmt: skip


def _failed(
    reading: Reading, blank: Finding, left: Number, right: Number, sign: str,
    zh: str = "", en: str = "", sign_en: str | None = None,
) -> Finding:  # fmt: skip
    signs_en = sign_en or f" {sign.replace('＞', '>')} "
    return replace(
        blank, verdict="fail", left_value=left, right_value=right,
        message_zh=f"{blank.message_zh}：{zh}{show(left)} {sign} {show(right)}",
        message_en=f"{blank.message_en}: {en}{show(left)}{signs_en}{show(right)}",
        evidence=evidence(reading, blank.cells), other=_other(reading, blank.cells),
    )  # fmt: skip


def _other(reading: Reading, keys: Sequence[str]) -> str | None:
    return reading.last.report_id if reading.last and any(k.startswith("last:") for k in keys) else None


def _terms(reading: Reading, texts: Sequence[str], x: str = "") -> list[tuple[int, str]]:
    """Terms written out: sign and key, ``last:`` in front where it is the other report's."""
    out: list[tuple[int, str]] = []
    for text in texts:
        term = read_term(text, x)
        about = reading.last if term.last else reading
        mark = "last:" if term.last else ""
        out += [(term.sign, mark + key) for key in (about.plan.expand(term.pattern) if about else ())]
    return out


def _compare(reading: Reading, rule: Compare) -> Iterator[Outcome]:
    if any("last:" in t for t in (*rule.left, *rule.right)) and reading.last is None:
        return
    for x in rule.each or ("",):
        left, right = _terms(reading, rule.left, x), _terms(reading, rule.right, x)
        name = f"{rule.id}.{x}" if x else rule.id
        keys = tuple(k for _, k in (*left, *right))
        severity = rule.severity_of.get(x, rule.severity)
        blank = Finding(name, "", severity, rule.message_zh, rule.message_en, keys)
        if rule.last_form and reading.last and reading.last.form.id != rule.last_form:
            yield Outcome(rule.id, replace(
                blank, verdict="not_assessable", doubt="source", other=reading.last.report_id,
                message_zh=f"无法核对：两年表格口径不同，不可比（{rule.message_zh}）",
                message_en=f"cannot be assessed, the two forms are not comparable: {rule.message_en}",
            ))  # fmt: skip
        elif left and right:
            yield _sides(reading, rule.id, blank, rule.op, left, right)


def _suspect(reading: Reading, rule: Suspect) -> Iterator[Outcome]:
    if any("last:" in c for c in rule.when) and reading.last is None:
        return
    holds: list[bool | None] = []
    keys: list[str] = []
    for condition in rule.when:
        left, op, right = read_condition(condition)
        sides = []
        for text in (left, right):
            terms = [] if is_number(text) else _terms(reading, [text])
            keys += [k for _, k in terms]
            sides.append(float(text) if is_number(text) else reading.value(terms[0][1]) if terms else None)
        a, b = sides
        holds.append(None if a is None or b is None else {"=": a == b, ">": a > b, "<": a < b}[op])
    names = tuple(dict.fromkeys(keys))
    if False in holds:
        yield Outcome(rule.id)
    elif None in holds:
        yield Outcome(rule.id, unknown=True)  # a look that could not be taken is no news to anybody
    else:
        values = "，".join(show(reading.value(k)) for k in names)
        yield Outcome(rule.id, Finding(
            rule.id, "fail", rule.severity, f"{rule.message_zh}：{values}", f"{rule.message_en}: {values}", names,
            reading.value(names[0]), reading.value(names[1]) if len(names) > 1 else None,
            evidence=evidence(reading, names), other=_other(reading, names),
        ))  # fmt: skip


def _one(reading: Reading, rule: AnyRule, key: str, limit: Number | None) -> Outcome:
    value = reading.value(key)
    return Outcome(rule.id, Finding(
        rule.id, "fail", rule.severity, f"{rule.message_zh}：{show(value)}", f"{rule.message_en}: {show(value)}",
        (key,), value, limit, evidence=evidence(reading, (key,)),
    ))  # fmt: skip


def _zero(reading: Reading, rule: AllZero) -> Iterator[Outcome]:
    keys = [k for pattern in rule.cells for k in reading.plan.expand(pattern)]
    if reading.admin_level not in rule.levels or not keys:
        return
    wrong = [k for k in keys if reading.value(k)]
    for key in wrong:
        yield _one(reading, rule, key, 0)
    if not wrong and all(reading.value(k) is not None for k in keys):
        yield Outcome(rule.id)


def _whole(reading: Reading, rule: WholeNumbers) -> Iterator[Outcome]:
    known, signed = False, reading.plan.signed
    wrong = []
    for key, cell in zip(keys := reading.plan.whole(rule.tables), map(reading.cells.get, keys), strict=True):
        if cell is None or (value := cell.value) is None:
            continue
        known = True
        if (type(value) is float and not value.is_integer()) or (value < 0 and key not in signed):
            wrong.append(key)
    for key in wrong:
        yield _one(reading, rule, key, None)
    if known and not wrong:
        yield passed(rule.id)


def _limit(reading: Reading, rule: Limit) -> Iterator[Outcome]:
    level = reading.admin_level or ""
    limit = rule.limits.get(f"{level}.{reading.scope}", rule.limits.get(level))
    value = reading.value(rule.cell)
    if limit is not None and value is not None:
        yield _one(reading, rule, rule.cell, limit) if value > limit else Outcome(rule.id)


def _factor(reading: Reading, rule: Factor) -> Iterator[Outcome]:
    keys = (rule.cell, f"last:{rule.cell}")
    here, last = (reading.value(k) for k in keys)
    if reading.last is None or not here or not last or min(here, last) < 0:
        return
    if not rule.least <= max(here / last, last / here) <= rule.most:
        yield Outcome(rule.id)
        return
    yield Outcome(rule.id, Finding(
        rule.id, "fail", rule.severity, f"{rule.message_zh}：{show(last)} → {show(here)}",
        f"{rule.message_en}: {show(last)} → {show(here)}", keys, here, last, evidence=evidence(reading, keys),
        other=reading.last.report_id,
    ))  # fmt: skip


def _unit(reading: Reading, rule: UnitStated) -> Iterator[Outcome]:
    cell = reading.cell(rule.cell)
    if cell.value:
        stated = rule.pattern.search(cell.raw or "")
        yield Outcome(rule.id) if stated else _one(reading, rule, rule.cell, None)


_CHECKS: Mapping[type, Callable[[Reading, Any], Iterator[Outcome]]] = {
    WholeNumbers: _whole, AllZero: _zero, Compare: _compare, Suspect: _suspect, Limit: _limit, Factor: _factor,
    UnitStated: _unit, Analysis: lambda reading, rule: iter(()),  # of many reports
    **PROSE_CHECKS,
}  # fmt: skip
__all__ = ["Assessment", "Reading", "assess", "check"]
