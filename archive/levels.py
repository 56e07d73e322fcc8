"""A whole-area report beside the archived reports of its parts: office, departments, townships.

Whether all parts are archived is never known, so a sum of parts below the whole says nothing; above it, it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.bodies import Known
from archive.crossyear import LEAST_NOT_ZERO, identical
from parsers.reading import Reading
from parsers.result import Finding
from parsers.rules import AnyRule, load_rules
from parsers.verdicts import Outcome, show

_MOST_CELLS = 20


def _rule(rule_id: str) -> AnyRule:
    return next(r for r in load_rules() if r.id == rule_id)


def compare(whole: Reading, parts: Sequence[tuple[Known, Reading]]) -> Iterator[Outcome]:
    """``H_SUM`` and ``H_SCOPE`` for a whole-area report."""
    same_form = [(k, r) for k, r in parts if r.form.id == whole.form.id]
    if same_form:
        yield from _sum(whole, same_form)
        yield from _scope(whole, same_form)


def _summed(whole: Reading) -> list[str]:
    """Cells that add up over the parts: totals of requests, proceedings, decisions."""
    return [
        f.key for f in whole.plan.fields
        if f.table.key == "table4" or (f.table.key == "table3" and f.column.key == "total")
        or (f.table.key == "table2" and f.column.key == "decisions")
    ]  # fmt: skip


def _sum(whole: Reading, parts: Sequence[tuple[Known, Reading]]) -> Iterator[Outcome]:
    rule = _rule("H_SUM")
    exceeded: dict[str, tuple[float, float]] = {}
    for key in _summed(whole):
        value = whole.value(key)
        added = sum(r.value(key) or 0 for _, r in parts)
        if value is not None and added > value:
            exceeded[key] = (added, value)
    if not exceeded:
        yield Outcome(rule.id)
        return
    first = next(iter(exceeded))
    added, value = exceeded[first]
    largest, _ = max(parts, key=lambda p: p[1].value(first) or 0)
    yield Outcome(rule.id, Finding(
        rule.id, "fail", rule.severity,
        f"{rule.message_zh}：{len(parts)}份报告之和{show(added)} > {show(value)}（共{len(exceeded)}处）",
        f"{rule.message_en}: {len(parts)} reports add up to {show(added)} > {show(value)} ({len(exceeded)} cells)",
        tuple(exceeded)[:_MOST_CELLS], added, value, "open", "统计范围以外的原因无法排除",
        "another scope than the title says cannot be ruled out", other=largest.report_id,
    ))  # fmt: skip


def _scope(whole: Reading, parts: Sequence[tuple[Known, Reading]]) -> Iterator[Outcome]:
    rule = _rule("H_SCOPE")
    for known, part in parts:
        if known.scope != "government_and_office":
            continue
        same = identical(whole, part)
        if same is None:
            yield Outcome(rule.id)
        elif len(same) >= LEAST_NOT_ZERO:
            yield Outcome(rule.id, Finding(
                rule.id, "fail", rule.severity, f"{rule.message_zh}（{len(same)}个非零数字相同）",
                f"{rule.message_en} ({len(same)} numbers other than zero)", tuple(same[:_MOST_CELLS]), doubt="open",
                ground_zh="题名所称范围与数字所示范围不一致", ground_en="the title's scope and the numbers' differ",
                other=known.report_id,
            ))  # fmt: skip
