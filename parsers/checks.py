"""What the numbers of one report say against each other.

Three verdicts: pass, fail, not assessable (an operand is unknown). Fails and what could not be assessed become
findings; nothing is ever changed. Derived cells take no part: they satisfy the identities by construction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from parsers.form_model import Equation, Form
from parsers.result import CellResult, Claim, Finding, Number, Status
from parsers.rules import AllZero, ClaimEquals, WholeNumbers, expand, load_rules

TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Reading:
    """What the checks look at: the form, its cells by key, the claims, and the level of the organ."""

    form: Form
    cells: Mapping[str, CellResult]
    claims: Sequence[Claim]
    admin_level: str | None

    def value(self, key: str) -> Number | None:
        """The number in a cell, or None."""
        return self.cells[key].value


def check(reading: Reading) -> tuple[list[Finding], dict[str, int]]:
    """Apply every identity and rule. Returns the findings and how many rules passed, failed, were not assessable."""
    outcomes = [_identity(reading, equation) for equation in reading.form.equations()]
    for rule in load_rules():
        if rule.form in (None, reading.form.id):
            match rule:
                case ClaimEquals():
                    outcomes += _claims(reading, rule)
                case AllZero():
                    outcomes += _zero(reading, rule)
                case WholeNumbers():
                    outcomes += _whole(reading, rule)
    findings = [o for o in outcomes if isinstance(o, Finding)]
    failed = sum(f.verdict == "fail" for f in findings)
    passed = sum(not isinstance(o, Finding) for o in outcomes)
    counts = {"assessed": passed + failed, "passed": passed, "failed": failed,
              "not_assessable": len(findings) - failed}  # fmt: skip
    return findings, counts


def _identity(reading: Reading, equation: Equation) -> Finding | None:
    identity = equation.identity
    sides = [[reading.value(k) for k in side] for side in (equation.left, equation.right)]
    unknown = [k for k in equation.keys if reading.value(k) is None]
    if unknown:
        return Finding(
            equation.id, "not_assessable", identity.severity,
            f"无法核对：{identity.message_zh}（缺{len(unknown)}个数）",
            f"cannot be assessed, {len(unknown)} numbers are missing: {identity.message_en}", tuple(unknown),
            doubt=_doubt_of_unknown(reading, unknown),
        )  # fmt: skip
    left, right = (round(sum(v for v in side if v is not None), 6) for side in sides)
    if abs(left - right) < TOLERANCE:
        return None
    return Finding(
        equation.id, "fail", identity.severity, f"{identity.message_zh}：{_show(left)} ≠ {_show(right)}",
        f"{identity.message_en}: {_show(left)} ≠ {_show(right)}", equation.keys, left, right,
        _doubt_of_fail(reading, equation.keys),
    )  # fmt: skip


def _doubt_of_unknown(reading: Reading, keys: Sequence[str]) -> str:
    """A blank or a missing table is the source's; what could not be read is ours."""
    ours = any(reading.cells[k].status is Status.UNREADABLE for k in keys)
    return "reading" if ours else "source"


def _doubt_of_fail(reading: Reading, keys: Sequence[str]) -> str:
    """Plainly printed numbers that do not add up are the source's contradiction; inferred places leave it open."""
    plain = all(reading.cells[k].status is Status.PRINTED for k in keys)
    return "source" if plain else "open"


def _claims(reading: Reading, rule: ClaimEquals) -> Iterator[Finding | None]:
    """Compare the first claim of the kind (the most direct one); an approximate number is not compared."""
    claim = next((c for c in reading.claims if c.kind == rule.claim and not c.approx), None)
    sums = [_sum(reading, terms) for terms in rule.accept if all(expand(reading.form, t.lstrip("-")) for t in terms)]
    if claim is None or not sums:
        return
    keys = tuple(dict.fromkeys(k for terms in rule.accept for t in terms for k in expand(reading.form, t.lstrip("-"))))
    cells = (f"claim.{rule.claim}", *keys)
    if any(s is not None and abs(s - claim.value) < TOLERANCE for s in sums):
        yield None
    elif any(s is None for s in sums):
        yield Finding(
            rule.id, "not_assessable", rule.severity, f"无法核对：正文为{_show(claim.value)}，表格缺数",
            f"cannot be assessed, the table lacks numbers: {rule.message_en}", cells, claim.value,
            doubt=_doubt_of_unknown(reading, [k for k in keys if reading.value(k) is None]),
        )  # fmt: skip
    else:
        right = sums[0]
        yield Finding(
            rule.id, "fail", rule.severity, f"{rule.message_zh}：正文{_show(claim.value)}，表格{_show(right)}",
            f"{rule.message_en}: {_show(claim.value)} ≠ {_show(right)}", cells, claim.value, right,
            _doubt_of_fail(reading, keys),
        )  # fmt: skip


def _sum(reading: Reading, terms: Sequence[str]) -> Number | None:
    total: Number = 0
    for term in terms:
        sign = -1 if term.startswith("-") else 1
        for key in expand(reading.form, term.lstrip("-")):
            value = reading.value(key)
            if value is None:
                return None
            total += sign * value
    return total


def _zero(reading: Reading, rule: AllZero) -> Iterator[Finding | None]:
    if reading.admin_level not in rule.levels:
        return
    keys = [k for pattern in rule.cells for k in expand(reading.form, pattern)]
    wrong = tuple(k for k in keys if reading.value(k))
    for key in wrong:
        value = reading.value(key)
        yield Finding(rule.id, "fail", rule.severity, f"{rule.message_zh}：{_show(value)}",
                      f"{rule.message_en}: {_show(value)}", (key,), value, 0,
                      _doubt_of_fail(reading, (key,)))  # fmt: skip


def _whole(reading: Reading, rule: WholeNumbers) -> Iterator[Finding | None]:
    for field in reading.form.fields():
        value = reading.value(field.key)
        if field.table.key not in rule.tables or value is None or field.column.number in ("decimal", "money"):
            continue
        if not float(value).is_integer() or (value < 0 and field.column.number != "signed"):
            yield Finding(rule.id, "fail", rule.severity, f"{rule.message_zh}：{_show(value)}",
                          f"{rule.message_en}: {_show(value)}", (field.key,), value, None,
                          _doubt_of_fail(reading, (field.key,)))  # fmt: skip


def _show(value: Number | None) -> str:
    return "—" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
