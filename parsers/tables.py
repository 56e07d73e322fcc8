"""The standard tables of a document: which form it uses, and every cell of that form."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile

from parsers.align import align, align_flat, locate
from parsers.captions import doubts
from parsers.certain import only_confirmed
from parsers.columns import hints_at_columns
from parsers.cutrows import whole_rows
from parsers.document import Document, Table
from parsers.flat import RunningText, flat_lines
from parsers.form_model import Column, Form, FormTable, load_forms
from parsers.grid import Record, records
from parsers.halves import with_whole_columns
from parsers.labels import core, fold
from parsers.lines import Line
from parsers.locate import Located, RowNames, names_in
from parsers.orgsums import with_organisations_apart
from parsers.reshape import in_form_shapes
from parsers.result import CellResult, Finding, Status, absent

NO_HEADING = "no heading says what the numbers of this row are"
_OVER = 6  # paragraphs over a table that may hold its heading
_FEW = 2  # columns of a table in which no sum stands in a row
_TELLING = 5  # characters that tell a heading of one form from those of the others


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
    source = _source(document)
    best = max((_find(form, source) for form in load_forms().values()), key=lambda f: (f.evidence, f.form.id))
    if not best.n_rows:
        return Tables(None)
    cells = dict(_all_absent(best.form.id))
    for located in best.located:
        lines = best.flat.get(located.table.key)
        if lines:
            found = align_flat(best.form, located.table, lines)
            if document.recognised:
                only_confirmed(found, best.form.equations_of(located.table.key))
        else:
            found = align(best.form, located, source.rows)
            _disbelieve(found, located, source.doubts)
            if _is_unheaded(located, source):
                found = {key: _without_heading(cell) for key, cell in found.items()}
        cells |= found
        for key in _under_no_heading(located.table, source.words):
            cells[key] = _without_heading(cells[key])
    findings = tuple(f for located in best.located for f in _leftovers(located))
    return Tables(best.form, best.n_rows, cells, findings)


def _without_heading(cell: CellResult) -> CellResult:
    return cell if cell.value is None else cell._replace(status=Status.UNREADABLE, value=None, proof=NO_HEADING)


def _is_unheaded(located: Located, source: _Source) -> bool:
    """Whether in flattened text nothing of a heading is left over several columns that their order alone tells."""
    columns = located.table.columns
    first = located.hits[0].record if located.hits else None
    if first is None or first.kind != "text" or located.table.layout != "matrix" or len(columns) <= _FEW:
        return False
    header = list(takewhile(lambda r: not (r.n_words and r.n_numbers), reversed(source.rows[: first.index])))[::-1]
    return not hints_at_columns(columns, header, source.over.get(first.block, ""))


def _disbelieve(cells: dict[str, CellResult], located: Located, doubts: dict[int, str]) -> None:
    """Take the numbers away of rows in tables that words over them say are not the report's own.

    A table that a page break parted has these words over its first part.
    """
    first = min(located.blocks & set(doubts), default=None)
    beside = located.table.layout == "side_by_side"
    for hit in located.hits if first is not None else ():
        rows = located.table.rows if beside else (hit.row,)
        for key in (located.table.cell_key(row, c) for row in rows for c in located.table.columns_of(row)):
            if first is not None and hit.record.block >= first and cells[key].value is not None:
                cells[key] = cells[key]._replace(status=Status.UNREADABLE, value=None, proof=doubts[first])


@cache
def _all_absent(form_id: str) -> dict[str, CellResult]:
    """Every cell that a form always has."""
    form = load_forms()[form_id]
    return {f.key: absent(f.key) for f in form.fields() if not f.column.optional and not f.row.stands_for}


@dataclass(frozen=True, slots=True)
class _Source:
    """Where every form is looked for: the rows of the tables, what rows of forms they name, the text over each table,
    the running text, and all words."""

    rows: list[Record]
    names: RowNames
    over: dict[int, str]
    running: RunningText
    words: str  # folded
    doubts: dict[int, str]  # why a table's numbers are not the report's own


def _source(document: Document) -> _Source:
    tables = [with_organisations_apart(table) for table in with_whole_columns(document.tables)]
    rows = whole_rows(records(in_form_shapes(tables)))
    words = fold(" ".join(document.texts()))
    over, running = _text_over_tables(document), RunningText(document)
    return _Source(rows, names_in(rows), over, running, words, doubts(document.blocks))


_NO_SENTENCE = r"(?!\D{0,25}\d[\d.,]*万?余?多?(?:条|件|次|份|篇|人次|元|万元))"


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


def _find(form: Form, source: _Source) -> _Found:
    form = form.with_tables(t.without(_missing_columns(t, source.words)) for t in form.tables)
    located = locate(form, source.rows, source.names, source.over)
    flat = {one.table.key: flat_lines(form, one.table, source.running) for one in located if not one.hits}
    for one in located:
        one.table = one.table.with_rows(_rows_instead(one, flat.get(one.table.key, [])))
        there = {row.key for row in one.table.rows}
        one.hits = [hit for hit in one.hits if hit.row.key in there]
        if one.table.key in flat:
            flat[one.table.key] = [line for line in flat[one.table.key] if line.keys[0].split(".")[1] in there]
    form = form.with_tables(one.table for one in located)
    return _Found(form, located, flat, _evidence(located, flat, source))


def _text_over_tables(document: Document) -> dict[int, str]:
    """The text of the last paragraphs over each table, by the table's number."""
    out: dict[int, str] = {}
    over: list[str] = []
    for block in document.blocks:
        if isinstance(block, Table):
            out[len(out)] = "".join(over[-_OVER:])
            over = []
        else:
            over.append(block.text)
    return out


def _missing_columns(table: FormTable, words: str) -> list[str]:
    """Optional columns whose heading stands nowhere in the document; words in a sentence (历年累计300条) are none."""
    optional = (c for c in table.columns if c.optional)
    return [c.key for c in optional if not re.search(re.escape(fold(c.label)) + _NO_SENTENCE, words)]


def _rows_instead(located: Located, flat: list[Line]) -> list[str]:
    """Rows that print one sum instead of the rows they stand for: they have the numbers, and those have none."""
    if not any(row.stands_for for row in located.table.rows):
        return []
    numbered = {h.row.key for h in located.hits if any(t.value.kind == "number" for t in h.tokens)}
    numbered |= {line.keys[0].split(".")[1] for line in flat}
    return [r.key for r in located.table.rows if r.key in numbered and r.stands_for and not numbered & {*r.stands_for}]


def _evidence(found: list[Located], flat: dict[str, list[Line]], source: _Source) -> float:
    """How much of a form's wording is there: its row labels, and the column labels of table 2 that set forms apart."""
    # A row that stands for others is another form's wording: it tells nothing.
    score = sum(hit.score for located in found for hit in located.hits if not hit.row.stands_for)
    score += sum(len(lines) for lines in flat.values())
    for located in found:
        if located.table.layout == "blocks" and (located.hits or flat.get(located.table.key)):
            score += sum(_is_named(c, source.words) for c in located.table.columns) / 2
    return score - sum(len(located.unmapped) for located in found) / 2


def _is_named(column: Column, text: str) -> bool:
    """Whether the beginning of a column's heading stands in folded text; its end may be on another line."""
    return core(column.label)[:_TELLING] in text


def _under_no_heading(table: FormTable, words: str) -> set[str]:
    """Cells whose columns are named nowhere: another form's numbers may stand there, under other headings."""
    rows = ((row, table.columns_of(row)) for row in table.rows) if table.layout == "blocks" else ()
    unnamed = ((row, columns) for row, columns in rows if not any(_is_named(c, words) for c in columns))
    return {table.cell_key(row, c) for row, columns in unnamed if len(columns) > 1 for c in columns}


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
