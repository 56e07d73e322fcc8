"""A report beside last year's report of the same body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from parsers.reading import Reading
from parsers.result import Finding
from parsers.rules import load_rules
from parsers.verdicts import Outcome

LEAST_NOT_ZERO = 8  # fewer numbers than that can be the same by chance
LEAST_SHARE = 0.9  # of the numbers other than zero, those that both reports print


def beside(one: Reading, last: Reading | None) -> Reading:
    """The reading with last year's report beside it."""
    return replace(one, last=last) if last is not None else one


def same_numbers(one: Reading, last: Reading) -> Iterator[Outcome]:
    """``X_SAME_NUMBERS``: whether every number of the tables is last year's. Says nothing of nearly empty reports."""
    if one.form.id != last.form.id:
        return
    if (not_zero := identical(one, last)) is None:
        yield Outcome("X_SAME_NUMBERS")
        return
    if len(not_zero) < LEAST_NOT_ZERO:
        return
    rule = next(r for r in load_rules() if r.id == "X_SAME_NUMBERS")
    certain = "ocr" not in (one.grid, last.grid)
    yield Outcome(rule.id, Finding(
        rule.id, "fail", rule.severity, f"{rule.message_zh}：{len(not_zero)}个非零数字逐一相同",
        f"{rule.message_en}: {len(not_zero)} numbers other than zero", tuple(not_zero[:40]),
        doubt="source" if certain else "open", ground_zh="两份报告的数字均为原文印出",
        ground_en="the numbers are printed in both reports", other=last.report_id,
    ))  # fmt: skip


def identical(one: Reading, two: Reading) -> list[str] | None:
    """Keys of the numbers other than zero that two reports share; None where any number differs.

    A blank is no other number, whatever it stands for; but where many numbers stand beside a blank, or beside a table
    that is missing, nothing is said of the whole.
    """
    same: list[str] = []
    alone = 0  # numbers other than zero that one of the two prints
    for key, cell in one.cells.items():
        if key not in two.cells:
            continue
        here, there = cell.value, two.cells[key].value
        if here is not None and there is not None and here != there:
            return None
        if here and there:
            same.append(key)
        else:
            alone += bool(here or there)
    return same if len(same) >= LEAST_SHARE * (len(same) + alone) else []
