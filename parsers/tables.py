"""The standard tables of a document: which form it uses, and every cell of that form."""

from __future__ import annotations

from dataclasses import dataclass, field

from parsers.align import align, align_flat, locate
from parsers.document import Document
from parsers.flat import flat_lines
from parsers.form_model import Form, FormTable, load_forms
from parsers.grid import Record, records
from parsers.labels import fold
from parsers.lines import Line
from parsers.locate import Located
from parsers.result import CellResult, Finding


@dataclass(frozen=True, slots=True)
class Tables:
    """The form whose tables stand in a document (None: no standard table), its cells, and what fitted nowhere.

    ``form`` has the tables as printed: without optional columns that are not there.
    """

    form: Form | None
    n_rows: int = 0
    cells: dict[str, CellResult] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def read_tables(document: Document) -> Tables:
    """Read the standard tables. The form is told by the labels that are there, never by the year."""
    rows = records(document)
    best = max((_find(form, document, rows) for form in load_forms().values()), key=lambda f: (f.evidence, f.form.id))
    if not best.n_rows:
        return Tables(None)
    cells: dict[str, CellResult] = {}
    for located in best.located:
        lines = best.flat.get(located.table.key)
        cells |= align_flat(best.form, located.table, lines) if lines else align(best.form, located, rows)
    findings = tuple(f for located in best.located for f in _leftovers(located))
    return Tables(best.form, best.n_rows, cells, findings)


@dataclass(frozen=True, slots=True)
class _Found:
    """What of one form stands in a document: rows in tables, and rows in running text where no table holds them."""

    form: Form
    located: list[Located]
    flat: dict[str, list[Line]]
    evidence: float

    @property
    def n_rows(self) -> int:
        return sum(len(located.hits) for located in self.located) + sum(map(len, self.flat.values()))


def _find(form: Form, document: Document, rows: list[Record]) -> _Found:
    form = form.model_copy(update={"tables": tuple(_as_printed(table, document) for table in form.tables)})
    located = locate(form, rows)
    flat = {one.table.key: flat_lines(form, one.table, document) for one in located if not one.hits}
    return _Found(form, located, flat, _evidence(located, flat, rows))


def _as_printed(table: FormTable, document: Document) -> FormTable:
    """The table without those optional columns whose heading stands nowhere in the document."""
    optional = [c for c in table.columns if c.optional]
    if not optional:
        return table
    printed = fold(" ".join(document.texts()))
    return table.without(c.key for c in optional if fold(c.label) not in printed)


def _evidence(found: list[Located], flat: dict[str, list[Line]], rows: list[Record]) -> float:
    """How much of a form's wording is there: its row labels, and the column labels of table 2 that set forms apart."""
    score = sum(hit.score for located in found for hit in located.hits)
    score += sum(len(lines) for lines in flat.values())
    printed = {t.text for r in rows if not r.n_numbers for t in r.tokens}
    for located in found:
        if located.table.layout == "blocks" and located.hits:
            score += sum(any(c.label in p for p in printed) for c in located.table.columns) / 2
    return score - sum(len(located.unmapped) for located in found) / 2


def _leftovers(located: Located) -> list[Finding]:
    """Headings the form does not know, and rows printed twice, as findings: never dropped in silence."""
    table = located.table.key
    out = [
        Finding("UNMAPPED_HEADING", "not_assessable", "warning", f"表中有未能识别的行：{label}",
                f"a row of the table was not recognised: {label}", (table,), doubt="reading")
        for label in located.unmapped
    ]  # fmt: skip
    return out + [
        Finding("ROW_PRINTED_TWICE", "not_assessable", "warning", "同一行出现两次且数字不同，均不采用",
                "the same row is printed twice with different numbers; neither is used",
                (f"{table}.{key}",), doubt="open")
        for key in located.conflicts
    ]  # fmt: skip
