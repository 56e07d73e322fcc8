"""Small parts that all rules share: an outcome, a sum that knows what it lacks, and how numbers are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from parsers.reading import Reading
from parsers.result import Finding, Number, Status

_MOST_EVIDENCE = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """One application of a rule; without a finding it passed, or was not assessable and is only counted."""

    rule_id: str
    finding: Finding | None = None
    unknown: bool = False


@cache
def passed(rule_id: str) -> Outcome:
    """What nearly all applications of a rule come to."""
    return Outcome(rule_id)


def by_rule(outcomes: Iterable[Outcome]) -> Mapping[str, tuple[int, int, int]]:
    """How often each rule passed, failed and could not be assessed."""
    counts: dict[str, list[int]] = {}
    for one in outcomes:
        unknown = one.unknown if one.finding is None else one.finding.verdict != "fail"
        at = 2 if unknown else 0 if one.finding is None else 1
        counts.setdefault(one.rule_id, [0, 0, 0])[at] += 1
    return {rule: (c[0], c[1], c[2]) for rule, c in counts.items()}


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over cells: of those that are known, the keys of the others, and whether it can only be larger."""

    value: Number
    unknown: tuple[str, ...]
    is_floor: bool  # nothing is subtracted and nothing misread: the true sum is no smaller


def total(reading: Reading, terms: Sequence[tuple[int, str]]) -> Total:
    """Add up cells; ``terms`` are signs and keys."""
    value: Number = 0
    unknown: list[str] = []
    floor = True
    for sign, key in terms:
        cell = reading.cell(key)
        if cell.value is None:
            unknown.append(key)
            # A blank or a dash may stand for a number, never for a negative one; what could not be read, or a row
            # that was lost, may also have displaced its neighbours.
            floor = floor and cell.status in (Status.BLANK, Status.MARK)
        else:
            value += sign * cell.value
            floor = floor and cell.status is Status.PRINTED
        floor = floor and sign > 0
    return Total(round(value, 6) if isinstance(value, float) else value, tuple(unknown), floor)


def evidence(reading: Reading, keys: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The raw text of the cells that print something other than zero, at most twelve."""
    pairs = ((k, reading.cell(k).raw or "") for k in keys if not k.startswith("claim."))
    return tuple((k, raw[:60]) for k, raw in pairs if raw and raw != "0")[:_MOST_EVIDENCE]


def show(value: Number | None) -> str:
    """A number as people write it: no trailing zeros, no exponent."""
    if value is None:
        return "—"
    return f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
