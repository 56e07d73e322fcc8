"""Rows found in a document -> one result for every cell of a table.

A row whose numbers fill its columns is read as printed. A row with blanks is read as its grid says where the grid
can be trusted and nothing contradicts it. Every other row is damaged and goes to ``parsers.solve``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice, pairwise

from parsers.certain import least_sure, without_unsure
from parsers.columns import names_columns, names_others, printed_order, value_columns
from parsers.form_model import Column, Equation, Form, FormTable
from parsers.grid import Record, Token, exact_grid
from parsers.labels import CUT, LabelBook
from parsers.lines import Line, cell_of, fit_to_grid, unreadable
from parsers.locate import Located, RowHit, RowNames, column_book, locate_rows, row_book
from parsers.result import CellResult, Number, Status, absent
from parsers.sidebyside import locate_side_by_side
from parsers.solve import Solved, solve
from parsers.units import is_telling, unit_of, whole_unit

_MAY_BE_NUMBER = re.compile(r"\d|^\s*\S{1,2}\s*$")
INFERRED_ROW = "row found by its neighbours"
BLANK_HOLDS_PLACE = "a cell that holds a blank shows which columns the numbers belong to"
ONLY_PLACEMENT = "the only placement that satisfies the form's identities"
ONLY_SPLIT = "digits run together; the only split that satisfies the form's identities"
ONLY_VALUE = "not printed in a place of its own; the only value that satisfies the form's identities"


def locate(form: Form, records: Sequence[Record], names: RowNames, headed: Mapping[int, str]) -> list[Located]:
    """Find every table of a form among the records of a document.

    ``names``: what rows the records name (``names_in``); ``headed``: the running text over the tables.
    """
    return [
        locate_side_by_side(form, table, records, headed)
        if table.layout == "side_by_side" else locate_rows(form, table, records, names)
        for table in form.tables
    ]  # fmt: skip


def align_flat(form: Form, table: FormTable, lines: Sequence[Line]) -> dict[str, CellResult]:
    """One result for every cell of a table found in running text; rows that were not found are ``absent``."""
    equations = form.equations_of(table.key)
    return _absent(table) | _settle(lines, equations)


def _absent(table: FormTable) -> dict[str, CellResult]:
    return {key: absent(key) for keys in table.keys_by_row.values() for key in keys.values()}


def align(form: Form, located: Located, records: Sequence[Record]) -> dict[str, CellResult]:
    """One result for every cell of a located table; rows that were not found are ``absent``."""
    table = located.table
    cells = _absent(table)
    equations = form.equations_of(table.key)
    lines = [line for hits in _by_block(located) for line in _lines(form, located, hits, records, cells)]
    # A row that could not be told may be the one whose numbers are missed: then sums settle nothing.
    cells.update(_settle(lines, equations, solvable=not located.stray))
    without_unsure(cells, lines, equations, least_sure(records, covered=bool(equations)))
    for row in table.rows:
        if row.key in located.conflicts:
            for line in lines:
                if table.cell_key(row, table.columns_of(row)[0]) in line.keys:
                    cells.update(unreadable(line, "printed more than once with different numbers"))
    return cells


def _by_block(located: Located) -> list[list[RowHit]]:
    return [[h for h in located.hits if h.record.block == block] for block in sorted(located.blocks)]


def _lines(
    form: Form, located: Located, hits: list[RowHit], records: Sequence[Record], cells: dict[str, CellResult]
) -> list[Line]:
    """The lines of one table of the document; rows under a heading that contradicts itself become unreadable."""
    table = located.table
    if table.layout == "side_by_side":
        line = _side_line(form, table, hits[0], records)
        if _in_form_order(form, table, hits[0], records):
            return [line]
        cells.update(unreadable(line, "the heading names the columns in an order that cannot be followed"))
        return []
    # Groups of a table with blocks may be drawn with different widths: only full rows tell their places there.
    order, places, sure = None, None, True
    if table.layout == "matrix":
        places, sure = value_columns(hits, len(table.columns))
        book = column_book(form.id, table.key)
        order = printed_order(book, table.columns, _header(book, located, hits[0], records), places)
        over = [r for r in records if r.block == hits[0].record.block and r.index < hits[0].record.index]
        if names_others(book, table.columns, over, places or ()):
            order = None
    # Rows of different width in flattened text: there the place of a cell in its row tells no column.
    ragged = hits[0].record.kind == "text" and len({hit.record.tokens[-1].column for hit in hits}) > 1
    out = []
    for hit in hits:
        columns = {c.key: c for c in table.columns_of(hit.row)}
        if table.layout == "blocks":
            order = _block_order(form, table, hit, records)
        there = places if not ragged or len(hit.tokens) == len(columns) else None
        line = _line(table, _in_unit(hit, table, records), tuple(columns[k] for k in order or columns), there, sure)
        if order is None:
            cells.update(unreadable(line, "the heading names the columns in an order that cannot be followed"))
        elif _is_shared(hit, records, row_book(form.id, table.key)):
            cells.update(unreadable(line, "one number for several rows"))
        else:
            out.append(line)
    return out


def _is_shared(hit: RowHit, records: Sequence[Record], book: LabelBook) -> bool:
    """Whether a number of a row is drawn over other rows of the form as well."""
    span = max([t.rowspan for t in hit.tokens if t.value.kind == "number"], default=1)
    if span < 2:
        return False
    below = records[hit.record.index + 1 : hit.record.index + span]
    words = (t.text for r in below if r.block == hit.record.block for t in r.tokens if t.value.kind == "text")
    return any(m.score >= CUT and m.key != hit.row.key for text in words if (m := book.find(text)) is not None)


def _header(book: LabelBook, located: Located, hit: RowHit, records: Sequence[Record]) -> list[Record]:
    """The heading over a row: where a page break parted the table, that of the last part that has one."""
    for block in sorted((b for b in located.blocks if b <= hit.record.block), reverse=True):
        start = min(h.record.index for h in located.hits if h.record.block == block)
        header = [r for r in records if r.block == block and r.index < start and not r.n_numbers]
        if names_columns(book, header):
            return header
    return []


def _block_order(form: Form, table: FormTable, hit: RowHit, records: Sequence[Record]) -> list[str] | None:
    """Column order of a row in a table with blocks: from the nearest heading record above it."""
    columns = table.columns_of(hit.row)
    above_it = (records[n] for n in range(hit.record.index - 1, -1, -1))
    over = (r for r in above_it if r.block == hit.record.block and not r.n_numbers)
    above = list(islice(over, 1))
    places = tuple(t.column for t in hit.tokens) if len(hit.tokens) == len(columns) else None
    book = column_book(form.id, table.key)
    order = printed_order(book, columns, above, places)
    standard = [c.key for c in columns]
    return None if order == standard and above and _misplaced(book, standard, hit, above[-1]) else order


def _in_unit(hit: RowHit, table: FormTable, records: Sequence[Record]) -> RowHit:
    """A row whose numbers have the unit that the row, or in a table with blocks the heading over it, names."""
    heading = None
    if table.layout == "blocks":
        above = (records[n] for n in range(hit.record.index - 1, -1, -1))
        heading = next((r for r in above if r.block != hit.record.block or not r.n_numbers), None)
    unit = whole_unit(unit_of(hit.record, heading), hit.record, records)
    if unit is None or not any(t.value.kind == "number" and t.value.unit is None for t in hit.tokens):
        return hit
    named = (t for t in hit.tokens if not is_telling(t.text))
    tokens = (t._replace(value=t.value._replace(unit=t.value.unit or unit)) for t in named)
    return hit._replace(tokens=tuple(tokens))


def _misplaced(book: LabelBook, standard: list[str], hit: RowHit, header: Record) -> bool:
    """Whether a heading in a source's own grid has a column of a row at another place in line than the form does."""
    if not exact_grid(header.kind):
        return False
    places = {t.column for t in hit.tokens}
    behind = [t for t in header.tokens if t.column >= min(places) and t.value.kind != "blank"]
    if places <= {t.column for t in behind}:
        behind = [t for t in behind if t.column in places]  # columns of another year were taken out of the rows
    named = [(n, m.key) for n, token in enumerate(behind) if (m := book.find(token.text)) is not None]
    return any(key in standard and standard.index(key) != n for n, key in named)


def _line(
    table: FormTable, hit: RowHit, columns: tuple[Column, ...], places: tuple[int, ...] | None, sure: bool
) -> Line:
    known = table.keys_by_row[hit.row.key]
    keys = tuple([known[column.key] for column in columns])
    grid = fit_to_grid(hit.tokens, places)
    # In a table with blocks, as many cells as columns is all there is to go by (judged again in _grid_stands).
    # In a sheet, empty cells may lie behind them: it is as wide as its widest table.
    behind = hit.tokens[len(keys) :] if exact_grid(hit.record.kind) else ()
    if grid is None and table.layout == "blocks" and len(hit.tokens) - len(behind) == len(keys):
        grid = hit.tokens[: len(keys)] if all(t.value.kind == "blank" for t in behind) else None
    parted = places if sure and hit.record.kind == "ocr" else None
    return Line(
        keys, columns, hit.tokens, grid, hit.record.kind, hit.record.block, hit.inferred, sure, places=parted
    )


def _in_form_order(form: Form, table: FormTable, hit: RowHit, records: Sequence[Record]) -> bool:
    """Whether the heading over rows that stand beside each other has them, and the columns, in the form's order."""
    over = [r for r in records if r.block == hit.record.block and r.index < hit.record.index]
    texts = [t.text for r in over for t in r.tokens if t.value.kind == "text"]
    rows, columns = [r.key for r in table.rows], [c.key for c in table.columns]
    books = ((row_book(form.id, table.key), rows, 1), (column_book(form.id, table.key), columns, len(rows)))
    for book, keys, times in books:
        order = {key: n for n, key in enumerate(keys)}
        named = [order[m.key] for text in texts if (m := book.find(text)) is not None and m.key in order]
        # Columns are named once for each row; a label that cannot be read leaves a gap, and changes no order.
        begun = 1 + sum(two <= one for one, two in pairwise(named))
        if len(set(named)) == len(keys) and begun > times:
            return False
    # Names of rows stand in several lines of the heading: there their columns tell which is first.
    book = row_book(form.id, table.key)
    at = [(t.column, rows.index(m.key)) for r in over for t in r.tokens if (m := book.find(t.text)) and m.key in rows]
    firsts = [min(column for column, row in at if row == n) for n in sorted({row for _, row in at})]
    return firsts == sorted(firsts)


def _side_line(form: Form, table: FormTable, hit: RowHit, records: Sequence[Record]) -> Line:
    pairs = [(row, column) for row in table.rows for column in table.columns]
    keys = tuple(table.cell_key(row, column) for row, column in pairs)
    grid = hit.tokens if len(hit.tokens) == len(keys) else None
    book = column_book(form.id, table.key)
    above = [r for r in records if r.block == hit.record.block and r.index < hit.record.index]
    named = sum(book.find(t.text) is not None for r in above for t in r.tokens)
    columns = tuple(column for _, column in pairs)
    return Line(keys, columns, hit.tokens, grid, hit.record.kind, hit.record.block, sure=named == len(keys))


def _settle(lines: Sequence[Line], equations: Sequence[Equation], *, solvable: bool = True) -> dict[str, CellResult]:
    """Read the lines that can be read as printed, then solve the rest with what is known (if ``solvable``)."""
    cells: dict[str, CellResult] = {}
    waiting: list[Line] = []
    damaged: list[Line] = []
    for line in lines:
        if line.readings is not None:
            only = _only_reading(line)
            cells.update(only)
            if not only:
                damaged.append(line)
        elif len(numbers := line.numbers) == len(line.keys) and (
            (line.grid is not None and line.sure)
            or (_sums_hold(line, numbers, equations) and _is_all(line, equations))
        ):
            cells.update(_as_printed(line, numbers))
        elif line.grid is not None:
            waiting.append(line)
        else:
            damaged.append(line)
    known = {k: c.value for k, c in cells.items()}
    read: dict[str, Number | None] = dict(known)
    sums = {side[0] for e in equations for side in (e.left, e.right) if len(side) == 1}
    for line in waiting:
        read.update(_with_blanks(line, sums))
    accepted = [line for line in waiting if _grid_stands(line, read, equations)]
    for line in accepted:
        assert line.grid is not None
        proof = None if line.exact or equations else BLANK_HOLDS_PLACE
        cells.update(_as_printed(line, line.grid, proof))
    damaged += [line for line in waiting if not any(line is one for one in accepted)]
    known = {k: c.value for k, c in cells.items()}
    solved = solve(damaged, known, equations) if equations and solvable else {}
    for line in damaged:
        if solved:
            cells.update(_from_solution(line, solved))
        else:
            cells.update(unreadable(line, "fewer or more numbers than columns, and no identity to place them"))
    return cells


def _as_printed(line: Line, tokens: Sequence[Token], proof: str | None = None) -> dict[str, CellResult]:
    proof = INFERRED_ROW if line.inferred else proof
    return {
        key: cell_of(key, column, token, proof, exact=line.exact)
        for key, column, token in zip(line.keys, line.columns, tokens, strict=True)
    }


def _only_reading(line: Line) -> dict[str, CellResult]:
    """Cells of a row in running text whose numbers are parted by blanks, or by having one digit each."""
    if line.readings is None or len(line.readings) != 1 or not line.sure:
        return {}
    return {
        key: CellResult(key, Status.PRINTED, value, line.raw, line.place)
        for key, value in zip(line.keys, line.readings[0], strict=True)
    }


def _is_all(line: Line, equations: Sequence[Equation]) -> bool:
    """Whether the numbers of a full line are all that is printed for it: where no sum of its own tells, a dash or a
    broken number beside them may be the value, and the number last year's or a remark."""
    if any(e.cells.issubset(line.keys) for e in equations):
        return True
    rest = (t for t in line.tokens if t.value.kind in ("mark", "text"))
    return not any(t.value.kind == "mark" or _MAY_BE_NUMBER.search(t.text) for t in rest)


def _sums_hold(line: Line, numbers: Sequence[Token], equations: Sequence[Equation]) -> bool:
    """Whether the numbers of a full line, taken in order, satisfy the line's own identities."""
    values = dict(zip(line.keys, (t.value.number for t in numbers), strict=True))
    own = (e for e in equations if e.cells <= values.keys())
    return all(_difference(e, values) == 0 for e in own)


def _difference(equation: Equation, values: Mapping[str, Number | None]) -> Number:
    left, right = (sum(values[k] or 0 for k in side) for side in (equation.left, equation.right))
    return round(left - right, 6)


def _grid_stands(
    line: Line, values: Mapping[str, Number | None], equations: Sequence[Equation]
) -> bool:
    """Whether a line with blanks may be read as its grid says. ``values``: all lines read so.

    Blank parts count nothing and a blank sum says nothing: read so, no identity may be broken. In flattened text a
    blank may also be the trace of a shifted row (and anywhere, where it is the only one and stands at an end), so
    every number but 0 must be confirmed there by an identity; where the form has none, only a cell that really holds
    a blank (and is not just empty) shows that it belongs there.
    """
    assert line.grid is not None
    if not equations:
        return line.exact or all(t.text != "" for t in line.grid if t.value.kind == "blank")
    touching = [e for e in equations if not e.cells.isdisjoint(line.keys)]
    sure = [e for e in touching if all(values.get(k) is not None for k in e.keys)]
    if any(_difference(e, values) != 0 for e in sure):
        return False
    # A shift leaves the row's own sum whole, so only sums across rows confirm, where the form has them.
    across = [e for e in touching if not e.cells.issubset(line.keys)]
    confirmed = {k for e in sure if not across or e in across for k in e.keys}
    blanks = [n for n, t in enumerate(line.grid) if t.value.kind == "blank"]
    shifted = not line.exact or blanks in ([0], [len(line.keys) - 1])
    return not shifted or all(values[k] in (0, None) or k in confirmed for k in line.keys)


def _with_blanks(line: Line, sums: set[str]) -> dict[str, Number | None]:
    """Values of a line read as its grid says: a blank part is 0 for sums, a blank sum or a text is unknown."""
    assert line.grid is not None
    out: dict[str, Number | None] = {}
    for key, token in zip(line.keys, line.grid, strict=True):
        empty = token.value.kind in ("blank", "mark") and key not in sums
        out[key] = 0 if empty else token.value.number
    return out


def _from_solution(line: Line, solved: Mapping[str, Solved]) -> dict[str, CellResult]:
    """Results of a damaged line.

    A line of a trustworthy grid that contradicts an identity is kept as printed if no other placement would do
    better: then it is the source that contradicts itself.
    """
    if line.exact and line.grid is not None and all(solved[k].contradiction for k in line.keys):
        return _as_printed(line, line.grid)
    out = unreadable(line, "the printed numbers fit the columns in more than one way, or in none")
    for n, (key, column) in enumerate(zip(line.keys, line.columns, strict=True)):
        one = solved[key]
        if one.value is not None and line.readings is not None:
            out[key] = CellResult(key, Status.ALIGNED, one.value, line.raw, line.place, ONLY_SPLIT)
        elif one.value is not None and one.token is not None:
            out[key] = cell_of(key, column, one.token, ONLY_PLACEMENT, exact=line.exact)
        elif one.value is not None:
            out[key] = CellResult(key, Status.DERIVED, one.value, proof=ONLY_VALUE)
        elif line.grid is not None and line.grid[n].value.kind in ("blank", "mark"):
            out[key] = cell_of(key, column, line.grid[n])
    return out
