"""What the rules look at: one report as read, last year's report of the same body beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from parsers.form_model import Form
from parsers.result import CellResult, Claim, Number, Section, Status
from parsers.rules import Plan, plan_of

_ABSENT = CellResult("", Status.ABSENT)


@dataclass(frozen=True, slots=True)
class Reading:
    """One report: its form, cells by key, claims and prose, and what is known of the body and of the reading.

    ``grid`` is the least certain kind of table the cells stand in (None: not known), ``weak`` are the keys that a
    recogniser was not sure of. ``last`` is the same body's report on the year before, ``report_id`` names this one.
    ``title`` and ``preamble`` are what stands before part one.
    """

    form: Form
    cells: Mapping[str, CellResult]
    claims: Sequence[Claim]
    admin_level: str | None
    scope: str = "unknown"
    year: int | None = None
    sections: Sequence[Section] = ()
    grid: str | None = None
    weak: frozenset[str] = field(default_factory=frozenset)
    last: Reading | None = None
    report_id: str | None = None
    title: str = ""
    preamble: str = ""
    plan: Plan = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plan", plan_of(self.form))

    @property
    def prose(self) -> tuple[Section, ...]:
        """The preamble, where there is one, and the parts."""
        return (*([Section(0, "", self.preamble)] if self.preamble else []), *self.sections)

    def cell(self, key: str) -> CellResult:
        """The cell of a key; ``last:<key>`` is the cell of last year's report. Absent where there is none."""
        found = self.cells.get(key)
        if found is not None:
            return found
        return self.last.cell(key[5:]) if self.last and key.startswith("last:") else _ABSENT

    def value(self, key: str) -> Number | None:
        """The number in a cell, or None."""
        return self.cell(key).value

    def is_weak(self, key: str) -> bool:
        """Whether a recogniser was unsure of the cell."""
        if key.startswith("last:"):
            return self.last is not None and key[5:] in self.last.weak
        return key in self.weak
