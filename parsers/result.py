"""What reading a document yields: cells, sections, claims, findings and metadata, all immutable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, partial
from typing import Any, NamedTuple

from parsers.document import Place

Number = int | float


class Status(StrEnum):
    """How much a cell can be trusted, and why it has no value where it has none."""

    PRINTED = "printed"  # a printed number in its own place
    ALIGNED = "aligned"  # printed, but its row or column was inferred
    DERIVED = "derived"  # not printed; the document's own identities leave one value
    BLANK = "blank"  # the place is there and empty
    MARK = "mark"  # a dash, a slash, 无, 不适用
    UNREADABLE = "unreadable"  # something is there and cannot be read or placed
    ABSENT = "absent"  # row, table or page is not in the document


class CellResult(NamedTuple):
    """One cell of a form: ``value`` is a number only for printed, aligned and derived cells, else None."""

    key: str
    status: Status
    value: Number | None = None
    raw: str | None = None
    place: Place | None = None
    proof: str | None = None  # for aligned and derived: what settled it

    def as_dict(self) -> dict[str, Any]:
        """JSON form of one cell."""
        out: dict[str, Any] = {"value": self.value, "raw": self.raw, "status": str(self.status)}
        out["place"] = self.place.as_dict() if self.place else None
        if self.proof:
            out["proof"] = self.proof
        return out


new_result: Callable[[tuple[Any, ...]], CellResult] = partial(tuple.__new__, CellResult)  # see ``document.new_cell``


@cache
def absent(key: str) -> CellResult:
    """The result for a cell of a form that is not in the document."""
    return CellResult(key, Status.ABSENT)


@dataclass(frozen=True, slots=True)
class Section:
    """One of the six parts, its title as printed, and its text without the tables."""

    number: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A number stated in prose, with its sentence."""

    kind: str
    value: Number
    unit: str
    sentence: str
    approx: bool = False
    section: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that failed or could not be assessed.

    ``verdict`` is ``fail`` or ``not_assessable``; ``doubt`` is ``reading``, ``source`` or ``open``, and ``ground_zh``
    and ``ground_en`` say on what grounds. ``cells`` are cell keys, ``claim.<kind>``, or ``last:<key>`` for cells of the
    other report, which ``other`` names. ``evidence`` pairs what is quoted (a key, ``sentence``) with its raw text.
    """

    rule: str
    verdict: str
    severity: str
    message_zh: str
    message_en: str
    cells: tuple[str, ...] = ()
    left_value: Number | None = None
    right_value: Number | None = None
    doubt: str = "open"
    ground_zh: str = ""
    ground_en: str = ""
    evidence: tuple[tuple[str, str], ...] = ()
    other: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON form; ``message`` is the Chinese sentence."""
        return {
            "rule": self.rule, "verdict": self.verdict, "severity": self.severity, "doubt": self.doubt,
            "ground": self.ground_zh, "ground_en": self.ground_en,
            "cells": list(self.cells), "left_value": self.left_value, "right_value": self.right_value,
            "evidence": [list(pair) for pair in self.evidence], "other_report_id": self.other,
            "message": self.message_zh, "message_en": self.message_en,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ParseResult:
    """Everything read from one document. See the module docstring of ``parsers.parse`` for the fields' sources."""

    is_report: bool
    reason: str = ""
    reason_zh: str = ""
    organ: str | None = None
    organ_printed: str | None = None
    organ_kind: str | None = None
    admin_level: str | None = None
    area_code: str | None = None
    year: int | None = None
    scope: str = "unknown"
    form: str | None = None
    title: str | None = None
    signatory: str | None = None
    signed_on: str | None = None
    published_on: str | None = None
    index_no: str | None = None
    document_no: str | None = None
    cells: dict[str, CellResult] = field(default_factory=dict)
    preamble: str = ""  # what stands before the heading of part one
    sections: tuple[Section, ...] = ()
    claims: tuple[Claim, ...] = ()
    findings: tuple[Finding, ...] = ()
    checks: dict[str, int] = field(default_factory=dict)  # assessed, passed, failed, not_assessable
    grid: str | None = None  # the least certain kind of table the cells stand in: exact, ruled, aligned, text, ocr
    weak: tuple[str, ...] = ()  # keys of cells that a recogniser was not sure of
    media_type: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def fullness(self) -> tuple[bool, int]:
        """For choosing among the reports of a document: a report before none, then by the numbers that it has."""
        return self.is_report, sum(cell.value is not None for cell in self.cells.values())

    def as_dict(self) -> dict[str, Any]:
        """The object that ``nianbao read --json`` prints."""
        head: dict[str, Any] = {"is_report": self.is_report}
        if not self.is_report:
            return {**head, "reason": self.reason, "reason_zh": self.reason_zh, "title": self.title,
                    "media_type": self.media_type, "warnings": list(self.warnings)}  # fmt: skip
        for name in ("organ", "organ_printed", "organ_kind", "admin_level", "area_code", "year", "scope", "form",
                     "title", "signatory", "signed_on", "published_on", "index_no", "document_no",
                     "media_type"):  # fmt: skip
            head[name] = getattr(self, name)
        head["cells"] = {key: cell.as_dict() for key, cell in self.cells.items()}
        head["preamble"] = self.preamble
        head["sections"] = [{"number": s.number, "title": s.title, "text": s.text} for s in self.sections]
        head["claims"] = [
            {"kind": c.kind, "value": c.value, "approx": c.approx, "unit": c.unit, "section": c.section,
             "sentence": c.sentence} for c in self.claims
        ]  # fmt: skip
        head["findings"] = [f.as_dict() for f in self.findings]
        head["checks"] = self.checks
        head["grid"] = self.grid
        head["weak"] = list(self.weak)
        head["warnings"] = list(self.warnings)
        return head
