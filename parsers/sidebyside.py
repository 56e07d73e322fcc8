"""Find the one printed row of a table whose rows stand beside each other (reviews and lawsuits)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from parsers.form_model import Form, FormTable
from parsers.grid import Record, exact_grid
from parsers.labels import core, fold
from parsers.locate import Located, RowHit, row_book


def locate_side_by_side(
    form: Form, table: FormTable, records: Sequence[Record], headed: Mapping[int, str] | None = None
) -> Located:
    """Find the one data row of a table whose model rows stand beside each other (reviews and lawsuits).

    It is the first record of numbers without words after the heading words of the table, in the same table of the
    document or, where a page break parted them, in the next one. A row of empty cells only is read as blank.
    ``headed`` holds the running text right over tables of the document: where a table without rules has its heading
    words there, a row with exactly as many numbers as the table has cells is its data row.
    """
    located = Located(table)
    headers = _side_headers(form, table, records)
    n_cells = len(table.rows) * len(table.columns)
    if not headers:
        blocks = {block for block, text in (headed or {}).items() if _names_rows(table, text)}
        full = [r for r in records if r.block in blocks and len(r.tokens) == r.n_numbers == n_cells]
        located.hits = [RowHit(table.rows[0], r, r.tokens, 1.0) for r in full] if len(full) == 1 else []
        return located
    filled: list[RowHit] = []
    empty: list[RowHit] = []
    for header in headers:
        for hit in _side_rows(table, header, records):
            (filled if sum(t.value.kind == "number" for t in hit.tokens) > 1 else empty).append(hit)
    located.hits = filled
    numbers = {tuple(t.value.number for t in h.tokens if t.value.kind == "number") for h in located.hits}
    if len(numbers) > 1:
        located.conflicts.append(table.rows[0].key)
    located.hits = (located.hits or empty)[:1]
    return located


def _side_rows(table: FormTable, header: Record, records: Sequence[Record]) -> Iterator[RowHit]:
    """The rows of numbers under a heading of a table with its model rows beside each other, and its empty rows."""
    n_cells = len(table.rows) * len(table.columns)
    for record in records[header.index + 1 :]:
        if record.block > header.block + 1:
            break
        if record.n_words and not (
            exact_grid(record.kind) and len(record.tokens) == n_cells and record.n_numbers > record.n_words
        ):
            continue  # a heading; a data row may hold words as well, but has a cell for each number
        if [t.value.number for t in record.tokens] == list(range(1, n_cells + 1)):
            continue  # the columns' own numbers
        if record.n_numbers >= 2 or len(record.tokens) == n_cells:
            yield RowHit(table.rows[0], record, record.tokens, 1.0)


def _names_rows(table: FormTable, text: str) -> bool:
    """Whether most rows of the table are named in a text."""
    text = fold(text)
    return 2 * sum(core(row.label) in text for row in table.rows) > len(table.rows)


def _side_headers(form: Form, table: FormTable, records: Sequence[Record]) -> list[Record]:
    """The records with the heading words of the model rows, of each table of the document that has most of them."""
    book = row_book(form.id, table.key)
    named: dict[int, set[str]] = defaultdict(set)
    first: dict[int, Record] = {}
    for record in records:
        for token in record.words:
            if (match := book.find(token.text)) is not None:
                named[record.block].add(match.key)
                first.setdefault(record.block, record)
    return [first[block] for block, keys in named.items() if 2 * len(keys) > len(table.rows)]
