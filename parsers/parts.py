"""Several reports in one document (two forms, two years): where one ends and the next begins.

A table that begins anew, or a table of another form, begins another report: two forms are two tables, never one. Only
labels in the very words of a form count here, and several of them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cache

from parsers.document import Block, Document, Paragraph, Table
from parsers.form_model import FormTable, load_forms
from parsers.headings import spellings
from parsers.known import remembered
from parsers.labels import LONGEST, core
from parsers.lonerows import prose_out
from parsers.repeats import without_captioned_repeats
from parsers.textparts import starts_in_text, without_foreign_text
from parsers.titles import parse_title

_FEWEST = 3  # labels that tell a table
_SHORTEST = 4  # characters of a label that tells: 其他 and 总计 stand everywhere
_LONGEST_TITLE = 90

Mark = tuple[str, str]  # table key, row or column key
_Marks = dict[Mark, set[str]]  # the forms whose words it has


def split_reports(document: Document) -> list[Document]:
    """The reports of a document in their order, each with its own blocks; mostly the document itself.

    A table that begins anew is another report only under a title, or in another form; else the report prints it twice.
    A part without a title of its own has the paragraphs before the first table of the document in front. Running text
    inside tables comes out as paragraphs.
    """
    document = without_foreign_text(without_captioned_repeats(prose_out(document), _standard))
    starts = sorted({*_starts(document.blocks), *starts_in_text(document.blocks)})
    if len(starts) < 2:
        return [document]
    ends = [*starts[1:], len(document.blocks)]
    head = tuple(b for b in document.blocks[: _first_table(document.blocks)] if isinstance(b, Paragraph))
    out = []
    for n, (start, end) in enumerate(zip(starts, ends, strict=True)):
        blocks = document.blocks[start:end]
        out.append(replace(document, blocks=blocks if not n or _title(blocks) is not None else head + blocks))
    return out


@dataclass(slots=True)
class _Part:
    """What one report has shown so far."""

    seen: set[Mark] = field(default_factory=set)
    form: str | None = None

    def ends_before(self, marks: _Marks, form: str | None) -> bool:
        """Whether a table with these marks belongs to another report."""
        again = self.seen & set(marks)
        return len(again) > max(_FEWEST, len(marks) // 2) or (form is not None and self.form not in (None, form))


def _standard(table: Table) -> set[Mark]:
    """What tells which standard table this is, that on reviews and lawsuits too; nothing if it is none."""
    marks = set(_marks(table))
    words = {core(cell.text) for cell in table.cells}
    for form_table in (t for form in load_forms().values() for t in form.tables):
        if form_table.layout == "side_by_side":
            labels = {r.key: r.label for r in form_table.rows} | {c.key: c.label for c in form_table.columns}
            marks |= {(form_table.key, key) for key, label in labels.items() if core(label) in words}
    return marks if len(marks) >= _FEWEST else set()


def _starts(blocks: tuple[Block, ...]) -> list[int]:
    """Numbers of the blocks at which a report begins."""
    starts, part, last = [0], _Part(), 0
    for n, block in enumerate(blocks):
        if not isinstance(block, Table):
            continue
        marks = _marks(block)
        if len(marks) < _FEWEST:
            continue
        form = _form_of(marks)
        if part.ends_before(marks, form):
            titled = _title(blocks[last + 1 : n]) is not None
            if titled or (form is not None and part.form not in (None, form)):
                starts.append(_beginning(blocks, last + 1, n))
                part = _Part()
        part.seen |= set(marks)
        part.form = part.form or form
        last = n
    return starts


def _beginning(blocks: tuple[Block, ...], low: int, table: int) -> int:
    """Where the report of a table begins: at its title, else at the paragraph over the table."""
    title = _title(blocks[low:table])
    return low + title if title is not None else max(low, table - 1)


def _title(blocks: tuple[Block, ...]) -> int | None:
    for n, block in enumerate(blocks):
        if isinstance(block, Paragraph) and len(block.text) <= _LONGEST_TITLE:
            info = parse_title(block.text)
            if info is not None and info.kind == "report" and info.year is not None:
                return n
    return None


def _first_table(blocks: tuple[Block, ...]) -> int:
    return next((n for n, block in enumerate(blocks) if isinstance(block, Table)), 0)


def _marks(table: Table) -> _Marks:
    out: _Marks = defaultdict(set)
    for cell in table.cells:
        if len(cell.text) >= _SHORTEST:  # as few cells have: most hold a number
            for form, mark in _told(cell.text):
                out[mark].add(form)
    return out


@remembered(LONGEST)
def _told(text: str) -> tuple[tuple[str, Mark], ...]:
    return tuple((form, (table, key)) for form, table, key in _words().get(core(text), ()))


def _form_of(marks: _Marks) -> str | None:
    """The form whose words alone stand in a table; None where they are shared or few."""
    own: dict[str, int] = defaultdict(int)
    for forms in marks.values():
        if len(forms) == 1:
            own[next(iter(forms))] += 1
    told = [form for form, count in own.items() if count >= _FEWEST]
    return told[0] if len(told) == 1 else None


@cache
def _words() -> dict[str, set[tuple[str, str, str]]]:
    """Folded labels -> (form, table, key) of the rows, and of the columns that differ between forms."""
    out: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for form in load_forms().values():
        for table in form.tables:
            for kind, keys in _kinds(table):
                other = spellings(form, table.key, kind)
                for key, label in keys:
                    for spelled in (label, *other.get(key, [])):
                        if len(core(spelled)) >= _SHORTEST:
                            out[core(spelled)].add((form.id, table.key, key))
    return out


def _kinds(table: FormTable) -> list[tuple[str, list[tuple[str, str]]]]:
    if table.layout == "side_by_side":
        return []
    rows = ("row", [(r.key, r.label) for r in table.rows])
    return [rows, ("column", [(c.key, c.label) for c in table.columns])] if table.layout == "blocks" else [rows]
