"""Find the rows of a form among the records of a document.

A row is found by its label. Exact labels count wherever they stand (a shuffled table is still read right); weaker
matches and rows without a readable label count only where the order of their neighbours leaves one possibility.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import pairwise
from typing import Any, NamedTuple

from parsers.form_model import Form, FormTable, Row, load_forms
from parsers.grid import Record, Token, exact_grid
from parsers.headings import spellings
from parsers.known import remembered
from parsers.labels import CONTAINED, CUT, LONGEST, LabelBook, Match, core

# A cell between label and numbers that says whose year they are (本年 leaves a word in the row: it is damaged).
A_YEAR = re.compile(r"(?:上一?|去|往)年(?:度|数|同期)?|同期|20\d{2}年度?")
_FEW_STRANGERS = 2  # rows of numbers under labels of their own that any table may have
SHORT_LABEL = 3  # labels of up to this many characters (其他, 总计, 规章) also head other tables


class RowHit(NamedTuple):
    """A row of the form found in a record. ``tokens`` are the cells after the label.

    ``score`` is that of the label; ``inferred`` says that the row was found by its neighbours alone.
    """

    row: Row
    record: Record
    tokens: tuple[Token, ...]
    score: float
    inferred: bool = False


@dataclass(slots=True)
class Located:
    """Where one table of a form stands: its rows and the header records over them, and what fits nowhere."""

    table: FormTable
    hits: list[RowHit] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)  # row keys printed twice with different numbers
    unmapped: list[str] = field(default_factory=list)  # labels in the table that the form does not know
    stray: int = 0  # rows of numbers inside the table that could not be told

    @property
    def blocks(self) -> set[int]:
        """The tables of the document that hold rows of this table."""
        return {h.record.block for h in self.hits}


@cache
def row_book(form_id: str, table_key: str) -> LabelBook:
    """Known spellings of the rows of a table."""
    form = load_forms()[form_id]
    other = spellings(form, table_key, "row")
    table = form.table(table_key)
    return LabelBook({r.key: [r.label, *other.get(r.key, []), *_with_group(table, r)] for r in table.rows})


def _with_group(table: FormTable, row: Row) -> list[str]:
    """A short label with its group's in front, as tables with one column of labels print it (其他处理3.其他)."""
    group = next((g for g in table.groups if g.key == row.group), None)
    return [group.label + row.label] if group is not None and _is_short(row) else []


@cache
def _strange_rows(form_id: str, table_key: str) -> LabelBook | None:
    """The rows of the same table that only other forms have; None if there are none."""
    own = {r.key for r in load_forms()[form_id].table(table_key).rows}
    tables = (t for form in load_forms().values() if form.id != form_id for t in form.tables if t.key == table_key)
    labels = {r.key: [r.label] for t in tables for r in t.rows if r.key not in own}
    return LabelBook(labels) if labels else None


def _goes_on_with(hit: RowHit, strange: LabelBook) -> bool:
    """Whether behind a label stands that of a row which only another form has: the first is a group's, and no row's."""
    first = hit.tokens[0]
    match = strange.find(first.text) if first.value.kind == "text" else None
    return match is not None and match.score >= CONTAINED


@cache
def column_book(form_id: str, table_key: str) -> LabelBook:
    """Known spellings of the columns of a table."""
    form = load_forms()[form_id]
    other = spellings(form, table_key, "column")
    return LabelBook({c.key: [c.label, *other.get(c.key, [])] for c in form.table(table_key).columns})


@cache
def group_book(form_id: str, table_key: str) -> LabelBook:
    """The labels that stand over several rows of a table."""
    return LabelBook({g.key: [g.label] for g in load_forms()[form_id].table(table_key).groups})


class Named(NamedTuple):
    """A row of a form named in a record, by its tokens from ``start`` to ``at``."""

    start: int
    at: int
    match: Match


_new_named: Callable[[tuple[Any, ...]], Named] = partial(tuple.__new__, Named)  # see ``document.new_cell``

# For each book of rows the records that name some of them.
RowNames = dict[LabelBook, list[tuple[Record, list[Named]]]]


def names_in(records: Iterable[Record]) -> RowNames:
    """The rows of every form that the records name: each label is looked up once, not once for each table."""
    out: RowNames = defaultdict(list)
    for record in records:
        if record.n_words in (0, len(record.tokens)):
            continue  # no label, or a heading or a sentence
        found: dict[LabelBook, list[Named]] = defaultdict(list)
        texts = [token.value.raw for token in record.tokens]
        for at, token in enumerate(record.tokens):
            if token.value.kind != "text":
                continue
            # Any text cell may end a label, with up to three cells before it.
            for start in range(at, max(at - 4, -1), -1):
                for book, match in _named_by(" ".join(texts[start : at + 1])):
                    found[book].append(_new_named((start, at, match)))
        for book, names in found.items():
            out[book].append((record, names))
    return out


@remembered(LONGEST)
def _named_by(text: str) -> tuple[tuple[LabelBook, Match], ...]:
    matches = ((book, book.find(text)) for book in row_books())
    return tuple((book, match) for book, match in matches if match is not None)


@cache
def row_books() -> tuple[LabelBook, ...]:
    """The rows of every table of every form that has one label a row."""
    tables = ((form.id, table) for form in load_forms().values() for table in form.tables)
    return tuple(row_book(form_id, table.key) for form_id, table in tables if table.layout != "side_by_side")


def locate_rows(form: Form, table: FormTable, records: Sequence[Record], names: RowNames) -> Located:
    """Find the rows of a table with one label a row (layouts ``matrix`` and ``blocks``)."""
    book = row_book(form.id, table.key)
    rows, units = table.by_key, table.units
    found = [hit for one in names.get(book, ()) if (hit := _label_hit(*one, rows, units)) is not None]
    if not found:
        return Located(table)
    strange = _strange_rows(form.id, table.key)
    found = [hit for hit in found if strange is None or not _goes_on_with(hit, strange)]
    found = [hit for hit in (_with_other_line(hit, records, book) for hit in found) if not _goes_on(hit)]
    found = [_with_line_above(hit, records, book, table) for hit in found]
    strangers = _strange_tables(found, records, names)
    found = [hit for hit in found if hit.record.block not in strangers]
    short = _short_rows(form.id, table.key)
    found = _in_context(found, form, table, records)
    found = _in_order(found, table, short)
    located = Located(table, found)
    if found:
        _fill_between(located, records, book, table.units)
        _report_unmapped(located, records, form)
        _drop_repeats(located)
    return located


def _strange_tables(hits: Sequence[RowHit], records: Sequence[Record], names: RowNames) -> set[int]:
    """The tables most of whose numbers have labels that are in no form: another report's figures (of the website), of
    which some rows have the words of a form's."""
    blocks = Counter([hit.record.block for hit in hits])
    known = Counter([hit.record.block for hit in hits if hit.record.n_numbers and hit.record.words])
    rows = Counter([r.block for r in records if r.n_numbers and r.words])
    if all(rows[block] - known[block] <= max(n, _FEW_STRANGERS) for block, n in blocks.items()):
        return set()  # too few rows are left
    named = {record.index for found in names.values() for record, _ in found}
    strange = Counter(
        r.block for r in records if r.block in blocks and r.n_numbers and r.n_words and r.index not in named
    )
    return {block for block, n in blocks.items() if strange[block] > max(n, _FEW_STRANGERS)}


def _values(tokens: tuple[Token, ...], units: frozenset[str]) -> tuple[Token, ...]:
    """Cells after a label, without a cell that only names the unit (it may stand in a column of its own)."""
    return tokens[1:] if tokens and tokens[0].text.strip() in units else tokens


def _label_hit(record: Record, names: list[Named], rows: dict[str, Row], units: frozenset[str]) -> RowHit | None:
    """The best reading of a record as label plus values."""
    best = names[0]
    for name in names[1:] if len(names) > 1 else ():
        # The last of several good labels is the row's own; those before it name its groups.
        own = name.start > best.at and name.match.score >= CUT and _no_numbers(record.tokens[: name.at])
        if own or (name.match.score, name.at) > (best.match.score, best.at):
            best = name
    tokens = _values(record.tokens[best.at + 1 :], units)
    if not tokens or (tokens[-1].value.kind == "text" and all(t.value.kind == "text" for t in tokens)):
        return None  # a heading or a sentence, not a row with values
    front = next((t for t in tokens if t.value.kind != "blank"), tokens[0])
    if front.value.kind == "text" and A_YEAR.fullmatch(front.text.strip()):
        return None  # one of several years' rows under one label
    return RowHit(rows[best.match.key], record, tokens, best.match.score)


def _goes_on(hit: RowHit) -> bool:
    """Whether a line is but the beginning of a label: its empty cells are not in the source."""
    return hit.record.kind == "aligned" and all(t.value.kind in ("blank", "text") for t in hit.tokens)


def _with_other_line(hit: RowHit, records: Sequence[Record], book: LabelBook) -> RowHit:
    """A row drawn as two, its label parted between them and the numbers in the other one; else the hit as it is."""
    if hit.tokens[0].value.kind != "blank" or not all(t.value.kind == "blank" for t in hit.tokens):
        return hit
    label = "".join(t.text for t in hit.record.tokens[: len(hit.record.tokens) - len(hit.tokens)])
    for step in (1, -1):
        at = hit.record.index + step
        other = records[at] if 0 <= at < len(records) else None
        if other is None or other.block != hit.record.block or not other.n_numbers:
            continue
        start = max((n for n, t in enumerate(other.tokens) if t.value.kind == "text"), default=-1) + 1
        part = "".join(t.text for t in other.tokens[:start])
        alone = book.find(part)
        whole = book.find(label + part if step > 0 else part + label)
        own = (alone is None or alone.key == hit.row.key) and whole is not None and whole.key == hit.row.key
        if core(part) and own and whole is not None and whole.score >= CONTAINED:
            return RowHit(hit.row, other, other.tokens[start:], whole.score)
    return hit


def _with_line_above(hit: RowHit, records: Sequence[Record], book: LabelBook, table: FormTable) -> RowHit:
    """A row whose label begins in a line of its own above its numbers: by the whole label it may be another row."""
    at = hit.record.index - 1
    above = records[at] if hit.score < 1 and at >= 0 else None
    if above is None or above.block != hit.record.block or not above.words or above.n_numbers:
        return hit
    own = hit.record.tokens[: len(hit.record.tokens) - len(hit.tokens)]
    label = "".join(t.text for t in (*above.tokens, *own) if t.value.kind == "text" and t.text not in table.units)
    whole = book.find(label)
    if whole is None or whole.score <= hit.score:
        return hit
    return hit._replace(row=table.by_key[whole.key], score=whole.score)


def _no_numbers(tokens: Sequence[Token]) -> bool:
    return not any(t.value.kind == "number" for t in tokens)


def _is_short(row: Row) -> bool:
    return len(core(row.label)) <= SHORT_LABEL


@cache
def _short_rows(form_id: str, table_key: str) -> frozenset[str]:
    """The keys of rows whose labels stand in other tables as well."""
    return frozenset(row.key for row in load_forms()[form_id].table(table_key).rows if _is_short(row))


def _in_context(hits: list[RowHit], form: Form, table: FormTable, records: Sequence[Record]) -> list[RowHit]:
    """Keep tables that are the standard one: short labels alone, or one lone row, prove nothing.

    Three telling rows do; fewer do where a group label of the form (第二十条第（九）项) stands in the same table. Right
    before them may stand the first rows over a page end, under the form's heading.
    """
    short, groups = _short_rows(form.id, table.key), group_book(form.id, table.key)
    telling: dict[int, set[str]] = defaultdict(set)
    for hit in hits:
        if hit.row.key not in short:
            telling[hit.record.block].add(hit.row.key)
    if len(set().union(*telling.values())) < min(3, len(table.rows)):
        telling = {
            block: keys for block, keys in telling.items()
            if any(groups.find(t.text) for r in records if r.block == block for t in r.tokens)
        }  # fmt: skip
    if not telling:
        return []
    first, last = min(telling), max(telling)
    before = [t.text for r in records if r.block == first - 1 for t in r.tokens if t.value.kind == "text"]
    columns = column_book(form.id, table.key)
    heads = {m.key for text in before if len(core(text)) > SHORT_LABEL and (m := columns.find(text)) is not None}
    first -= len(heads) > 1
    return [h for h in hits if first <= h.record.block <= last]


def _in_order(hits: list[RowHit], table: FormTable, short: frozenset[str]) -> list[RowHit]:
    """Drop weak matches that stand against the order of the sure ones around them."""
    place = {r.key: n for n, r in enumerate(table.rows)}
    sure = [h.score >= CONTAINED and h.row.key not in short for h in hits]
    kept: list[RowHit] = []
    for n, hit in enumerate(hits):
        if not sure[n]:
            before = [h for h, s in zip(hits[:n], sure, strict=False) if s][-1:]
            after = [h for h, s in zip(hits[n + 1 :], sure[n + 1 :], strict=True) if s][:1]
            own = place[hit.row.key]
            if any(place[h.row.key] >= own for h in before) or any(place[h.row.key] <= own for h in after):
                continue
        kept.append(hit)
    return kept


def _fill_between(located: Located, records: Sequence[Record], book: LabelBook, units: frozenset[str]) -> None:
    """Rows with numbers but no readable label, where the rows around them leave exactly one possibility."""
    apart = [(a, b) for a, b in pairwise(located.hits) if b.record.index != a.record.index + 1]
    if not apart:
        return  # nothing is between them
    known = {h.record.index for h in located.hits}
    found = {h.row.key for h in located.hits}
    # A row that stands for others is there only if its own label is.
    rows = [r for r in located.table.rows if not r.stands_for or r.key in found]
    place = {r.key: n for n, r in enumerate(rows)}
    for one, two in apart:
        gap = rows[place[one.row.key] + 1 : place[two.row.key]]
        between = [
            r for r in records[one.record.index + 1 : two.record.index]
            if r.index not in known
            and (r.n_numbers >= max(len(located.table.columns_of(one.row)) - 1, 1) or _is_empty_row(r, gap, book))
        ]  # fmt: skip
        if not gap or len(gap) != len(between) or any(r.key in found for r in gap):
            continue
        for row, record in zip(gap, between, strict=True):
            words = [n for n, t in enumerate(record.tokens) if t.value.kind == "text" and t.text.strip() not in units]
            at = max(words, default=-1)
            label = " ".join(t.text for t in record.tokens[: at + 1])
            score = book.score(row.key, label)
            if not core(label) or score > 0.4:
                # A label that several rows share (其他情形数) names its row once the order has settled which.
                tokens = _values(record.tokens[at + 1 :], units)
                hit = RowHit(row, record, tokens, score, inferred=score < CONTAINED)
                located.hits.append(hit)
    located.hits.sort(key=lambda h: h.record.index)


def _is_empty_row(record: Record, rows: Sequence[Row], book: LabelBook) -> bool:
    """Whether a record is one of these rows without a number: its label may be another row's as well."""
    empty = exact_grid(record.kind) and record.tokens and record.tokens[-1].value.kind in ("blank", "mark")
    label = " ".join(t.text for t in record.tokens if t.value.kind == "text")
    return bool(empty) and any(book.score(row.key, label) >= CONTAINED for row in rows)


def _report_unmapped(located: Located, records: Sequence[Record], form: Form) -> None:
    """Rows with numbers inside the table that no row of the form accounts for: never dropped in silence."""
    known = {h.record.index for h in located.hits}
    span = range(located.hits[0].record.index, located.hits[-1].record.index)
    groups = group_book(form.id, located.table.key)
    for record in records[span.start : span.stop]:
        if record.index in known or not record.n_numbers:
            continue
        located.stray += record.n_numbers > 1
        label = " ".join(t.text.strip() for t in record.tokens if t.value.kind == "text")
        if label and not (record.n_numbers < 2 and groups.find(label)):
            located.unmapped.append(" ".join(label.split())[:80])


def _drop_repeats(located: Located) -> None:
    """One hit a row. The same row printed twice with other numbers is a conflict, and neither is believed.

    Where one table has nearly all rows with a number for every column, another with none such is no copy of it.
    """
    n = len(located.table.columns) if located.table.layout == "matrix" else 0
    full = Counter(h.record.block for h in located.hits if n > 2 and h.record.n_numbers == n)
    if max(full.values(), default=0) * 4 >= len(located.table.rows) * 3:
        located.hits = [h for h in located.hits if full[h.record.block]]
    by_row: dict[str, list[RowHit]] = defaultdict(list)
    for hit in located.hits:
        by_row[hit.row.key].append(hit)
    kept = []
    for key, hits in by_row.items():
        if len(hits) == 1:
            kept.append(hits[0])
            continue
        hits.sort(key=lambda h: (-sum(t.value.kind == "number" for t in h.tokens), -h.score))
        numbers = {tuple(t.value.number for t in h.tokens if t.value.kind == "number") for h in hits} - {()}
        if len(numbers) > 1:
            located.conflicts.append(key)
        kept.append(hits[0])
    if 2 * len(located.conflicts) > len(by_row):
        located.conflicts = list(by_row)  # the whole table is there twice: its other rows are of one or the other
    located.hits = sorted(kept, key=lambda h: h.record.index)
