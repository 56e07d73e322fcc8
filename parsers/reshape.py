"""Tables drawn in another shape than the form's, brought into the form's shape before their rows are looked for.

Some organs turn table 3 on its side, draw reviews and lawsuits as rows or under each other, or set further columns
beside the form's (line numbers, remarks, last year's figures). Every cell keeps its text and its place in the source;
only its place in the grid changes. A table that names no row and column of the form twice over is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import pairwise

from parsers.document import Cell, Table
from parsers.form_model import Form, FormTable, load_forms
from parsers.known import Known, remembered
from parsers.labels import CUT, LONGEST, core, fold
from parsers.locate import A_YEAR, SHORT_LABEL, column_book, row_book
from parsers.units import is_telling
from parsers.unrepeated import unrepeated
from parsers.values import read_value
from parsers.yearrows import of_one_year

_FEWEST_LABELS = 3  # telling labels that make a table one of the form's
_FEWEST_HALF = 8  # telling labels in one column that make it a part of a table of its own
_MOST_CELLS = 20_000
_MOST = 0.8  # of the rows or numbers of a table must bear a shape out
_YEAR = re.compile(r"(20\d\d)年?度?$")
_BOTH = re.compile(r"复议\s*[、和及与,，]")
_THIS, _LAST = re.compile(r"本年|今年|本期|当年"), re.compile(r"上年|上一年|去年|往年|上期|同期")

Grid = dict[tuple[int, int], Cell]
_Labels = dict[Cell, str]  # the rows of a form that cells name


class _Model:
    """One table of a form, with its labels. ``parts``: the row that a heading names, its group perhaps with it."""

    def __init__(self, form: Form, table: FormTable) -> None:
        self.table = table
        self.rows = row_book(form.id, table.key)
        self.columns = column_book(form.id, table.key)
        self.sums = tuple(e for e in form.equations() if e.identity.table == table.key)
        self.parts = Known(partial(_part, self), LONGEST)


def in_form_shapes(tables: Sequence[Table]) -> list[Table]:
    """Each table in the shape of its form; one drawn as two or three stands where the first was, nothing in the rest.

    Input and output have the same length, so that a table keeps its number.
    """
    out = [in_form_shape(unrepeated(table)) for table in tables]
    for model in _models("side_by_side"):
        parts = [_is_part(table, model) for table in out]
        for n in range(len(out)):
            for end in range(n + 2, min(n + 4, len(out) + 1)):
                joined = _joined(out[n:end], model) if all(parts[n:end]) else None
                if joined is not None:
                    out[n:end] = [joined, *(replace(t, cells=()) for t in out[n + 1 : end])]
                    parts[n:end] = [_is_part(table, model) for table in out[n:end]]
                    break
    return out


def _joined(parts: Sequence[Table], model: _Model) -> Table | None:
    """Reviews and lawsuits from tables of their own that follow each other."""
    cells: list[Cell] = []
    top = 0
    for part in parts:
        cells += [c._replace(row=c.row + top) for c in part.cells]
        top += part.n_rows
    return _side_by_side(replace(parts[0], cells=tuple(cells)), model, must_add_up=False)


def _is_part(table: Table, model: _Model) -> bool:
    """Whether a table has all the columns of a model, names one of its rows, and has too few values for all of them."""
    if table.kind not in ("exact", "ruled") or not table.cells or len(table.cells) > _MOST_CELLS:
        return False
    words = _words(table)
    columns = {m.key for c in words if (m := model.columns.find(c.text)) is not None}
    if len(columns) < len(model.table.columns) or not any(model.parts[c.text] for c in words):
        return False
    return sum(map(_is_value, table.cells)) < len(model.table.rows) * len(model.table.columns)


def in_form_shape(table: Table) -> Table:
    """The table in the shape of the form it belongs to, or as it is where its shape is known or cannot be told.

    Only grids of the source's own (mark-up, rules) are reshaped. Elsewhere a cell's neighbours prove little; there
    reviews and lawsuits are put together only where every sum of the form then holds.
    """
    if table.kind == "ocr" or len(table.cells) > _MOST_CELLS:
        return table
    exact = table.kind in ("exact", "ruled")
    for model in _models("side_by_side"):
        if (found := _side_by_side(table, model, must_add_up=not exact)) is not None:
            return found
    if not exact:
        return table
    table = of_one_year(table)
    told = _labels(table)
    for step, model in _steps():
        if model in told:
            drawn, table = table, step(table, model, told[model])
            if table is not drawn:
                told = _labels(table)
    return table


@cache
def _steps() -> tuple[tuple[Callable[[Table, _Model, _Labels], Table], _Model], ...]:
    """What is tried on a table that names rows of a model, in this order."""
    matrices, blocks = _models("matrix"), _models("blocks")
    turned = [(step, model) for model in matrices for step in (_upright, _in_one_column)]
    return (*turned, *((_own_columns, model) for model in (*matrices, *blocks)))


@cache
def _models(layout: str) -> tuple[_Model, ...]:
    """The tables of all forms with that layout; of tables with the same labels only the first."""
    out: dict[object, _Model] = {}
    for form in load_forms().values():
        for table in form.tables:
            if table.layout == layout:
                labels = (tuple(r.label for r in table.rows), tuple(c.label for c in table.columns))
                out.setdefault(labels, _Model(form, table))
    return tuple(out.values())


def _is_value(cell: Cell) -> bool:
    return read_value(cell.text).kind != "text"


def _is_number(cell: Cell) -> bool:
    return read_value(cell.text).kind == "number"


def _words(table: Table) -> list[Cell]:
    """The cells that may hold words. Most cells hold a number, and no form has a label of digits alone."""
    return [c for c in table.cells if c.text and not c.text.isdigit()]


def _labels(table: Table) -> dict[_Model, _Labels]:
    """The rows that the cells of a table name, for each model; only labels that stand in no other table."""
    out: dict[_Model, _Labels] = {}
    for cell in _words(table):
        for model, key in _telling(cell.text):
            out.setdefault(model, {})[cell] = key
    return out


@remembered(LONGEST)
def _telling(text: str) -> tuple[tuple[_Model, str], ...]:
    """The row that a text names in each model."""
    if len(core(text)) <= SHORT_LABEL or read_value(text).kind != "text":
        return ()
    matches = ((model, model.rows.find(text)) for model in (*_models("matrix"), *_models("blocks")))
    return tuple((model, match.key) for model, match in matches if match is not None and match.score >= CUT)


def _upright(table: Table, model: _Model, labels: _Labels) -> Table:
    """Turn a table that has the form's rows side by side and its columns under each other."""
    if table.n_columns < len(model.table.rows) / 2:
        return table
    beside, under = {c.column for c in labels}, {c.row for c in labels}
    if len(set(labels.values())) < _FEWEST_LABELS or len(beside) <= 2 * len(under):
        return table
    named = [c for c in _words(table) if model.columns.find(c.text) is not None]
    if len({c.row for c in named}) <= len({c.column for c in named}):
        return table
    turned = (
        c._replace(row=c.column, column=c.row, rowspan=c.colspan, colspan=c.rowspan) for c in table.cells
    )  # fmt: skip
    return replace(table, cells=tuple(sorted(turned, key=lambda c: (c.row, c.column))))


def _in_one_column(table: Table, model: _Model, labels: _Labels) -> Table:
    """Put the parts of a long table under each other that stand side by side to save paper."""
    named: dict[int, set[str]] = {}
    for cell, key in labels.items():
        named.setdefault(cell.column, set()).add(key)
    starts = sorted(c for c, keys in named.items() if len(keys) >= _FEWEST_HALF)
    apart = sum(len(named[c]) for c in starts) == len(set().union(*(named[c] for c in starts)))
    if len(starts) < 2 or not apart or any(b - a < 2 for a, b in pairwise(starts)):
        return table
    cells = []
    for n, (start, end) in enumerate(pairwise([min(starts[0], 0), *starts[1:], table.n_columns])):
        part = [c for c in table.cells if start <= c.column and c.column + c.colspan <= end]
        cells += [c._replace(row=c.row + n * table.n_rows, column=c.column - start) for c in part]
    return replace(table, cells=tuple(cells))


def _side_by_side(table: Table, model: _Model, *, must_add_up: bool) -> Table | None:
    """One row with the model rows beside each other, from cells that stand anywhere under and beside their labels."""
    pairs = [(row.key, column.key) for row in model.table.rows for column in model.table.columns]
    named = {model.parts[c.text] for c in _words(table)} - {None}
    if len(named) <= len(model.table.rows) // 2:
        return None
    values = [c for c in table.cells if _is_value(c)]
    if len(values) < len(pairs):
        return None
    grid = _grid(_words(table))
    found: dict[tuple[str, str], Cell] = {}
    strangers = 0
    for cell in values:
        pair = _named_by(cell, grid, model)
        if pair is None:
            strangers += _is_number(cell)
        elif pair in found:
            return None
        else:
            found[pair] = cell
    if len(found) < len(pairs) or strangers > (1 - _MOST) * len(pairs):
        return None
    if must_add_up and not _adds_up(found, model):
        return None
    if [c.column for c in table.cells if c.row == found[pairs[0]].row] == [found[p].column for p in pairs]:
        return None  # in the form's shape already
    width = len(model.table.columns)
    cells = [Cell(0, n * width, row.label, 1, width) for n, row in enumerate(model.table.rows)]
    cells += [Cell(1, n, model.table.columns[n % width].label) for n in range(len(pairs))]
    cells += [found[p]._replace(row=2, column=n, rowspan=1, colspan=1) for n, p in enumerate(pairs)]
    return replace(table, cells=tuple(cells))


def _adds_up(found: dict[tuple[str, str], Cell], model: _Model) -> bool:
    values = {f"{model.table.key}.{row}.{column}": read_value(c.text).number for (row, column), c in found.items()}
    return None not in values.values() and all(
        sum(values[k] or 0 for k in e.left) == sum(values[k] or 0 for k in e.right) for e in model.sums
    )


def _grid(cells: Iterable[Cell]) -> Grid:
    return {(c.row + r, c.column + k): c for c in cells for r in range(c.rowspan) for k in range(c.colspan)}


def _named_by(cell: Cell, grid: Grid, model: _Model) -> tuple[str, str] | None:
    """The row and column of the form that the nearest labels over and before a cell name; None if they disagree."""
    over, before = list(_over(cell, grid)), list(_before(cell, grid))
    rows = {key for side in (over, before) if (key := _first(side, model, rows=True))}
    columns = {key for side in (over, before) if (key := _first(side, model, rows=False))}
    return (rows.pop(), columns.pop()) if len(rows) == len(columns) == 1 else None


def _over(cell: Cell, grid: Grid) -> Iterator[Cell]:
    yield from (grid[r, cell.column] for r in range(cell.row - 1, -1, -1) if (r, cell.column) in grid)


def _before(cell: Cell, grid: Grid) -> Iterator[Cell]:
    yield from (grid[cell.row, k] for k in range(cell.column - 1, -1, -1) if (cell.row, k) in grid)


def _first(cells: list[Cell], model: _Model, *, rows: bool) -> str | None:
    for cell in cells:
        match = model.columns.find(cell.text)
        key = model.parts[cell.text] if rows else match.key if match else None
        if key is not None:
            return key
    return None


def _part(model: _Model, text: str) -> str | None:
    """The row that a heading names; it may name its group with it (行政诉讼（复议后起诉）)."""
    if len(text) < SHORT_LABEL:
        return None
    match = model.rows.find(text)
    if match is not None:
        return match.key
    folded = fold(text)
    inside = [row for row in model.table.rows if core(row.label) in folded]
    return max(inside, key=lambda row: len(core(row.label))).key if inside and not _all_of(text) else None


def _all_of(text: str) -> bool:
    """Whether a heading names reviews and lawsuits together, as the title of the table does."""
    return bool(_BOTH.search(text))


def _own_columns(table: Table, model: _Model, labels: _Labels) -> Table:
    """Take cells out that stand under a heading which is none of the form's, where the form's are all there."""
    if len(set(labels.values())) < min(_FEWEST_LABELS, len(model.table.rows)):
        return table
    gone: set[Cell] = set()
    for header, body in _regions(table, labels, model):
        inside = {c: key for c, key in labels.items() if c.row in body}
        gone |= _foreign(table, model, inside, header, body)
    return replace(table, cells=tuple(c for c in table.cells if c not in gone)) if gone else table


def _regions(table: Table, labels: _Labels, model: _Model) -> Iterator[tuple[range, range]]:
    """Rows of headings, each with the rows under them."""
    if model.table.layout == "matrix":
        first = min(c.row for c in labels)
        yield range(first), range(first, table.n_rows)
        return
    headings = sorted({c.row for c in _words(table) if c.column and model.columns.find(c.text)})
    for row, after in pairwise([*headings, table.n_rows]):
        yield range(row, row + 1), range(row + 1, after)


def _foreign(table: Table, model: _Model, labels: _Labels, header: range, body: range) -> set[Cell]:
    """Cells of a region that stand in columns of their own beside all of the form's."""
    if not labels:
        return set()
    stub = max(c.column + c.colspan for c in labels)
    labelled = {c.row for c in labels}
    columns = sorted({c[1] for c in table.cells if c[1] >= stub and c[0] in labelled})
    row = next(r for r in model.table.rows if r.key in labels.values())
    wanted = [c.key for c in model.table.columns_of(row) if not c.optional]
    if len(columns) <= len(wanted):
        return set()  # no column beside the form's
    grid = _grid(table.cells)
    own = _columns_named(columns, wanted, header, grid, model)
    if own is None or not set(columns) - own:
        return set()
    rows: dict[int, list[Cell]] = {n: [] for n in labelled}
    for cell in table.cells:
        if cell.row in rows and cell.column >= stub:
            rows[cell.row].append(cell)
    borne_out = sum(all(_is_value(c) for c in cells if c.column in own) for cells in rows.values())
    if borne_out < _MOST * len(rows):
        return set()
    rest = set(columns) - own
    strange = {n for n in rest if _heading_of(n, header, grid, model) or _is_strange(n, own, header, grid)}
    told = {c.column for c in table.cells if c.row in body and A_YEAR.fullmatch(c.text.strip())}
    return {c for c in table.cells if c.row in body and c.column in strange - told and not is_telling(c.text)}


def _is_strange(column: int, own: set[int], header: range, grid: Grid) -> bool:
    """Whether words that no form uses for a column stand over this column, and over none of the form's."""
    over = {grid[r, column] for r in header if (r, column) in grid}
    words = [c for c in over if c.text.strip() and not own & set(range(c.column, c.column + c.colspan))]
    known = (m.columns.find(c.text) for c in words for layout in ("matrix", "blocks") for m in _models(layout))
    return bool(words) and not any(known)


def _columns_named(columns: list[int], wanted: list[str], header: range, grid: Grid, model: _Model) -> set[int] | None:
    """Which of some grid columns are the form's, if the heading names each of those; where it names them for two
    years, those of the later one. None where they cannot be told."""
    found: dict[str, list[int]] = {}
    for column in columns:
        key = _heading_of(column, header, grid, model)
        if key is not None:
            found.setdefault(key, []).append(column)
    if not set(wanted) <= set(found):
        return _of_latest(columns, header, grid) if len(wanted) == 1 else None
    counts = {len(found[key]) for key in found}
    if counts == {1}:
        return {c for places in found.values() for c in places}
    if counts != {2}:
        return None
    first, second = ({places[n] for places in found.values()} for n in (0, 1))
    return _later(first, second, header, grid)


def _heading_of(column: int, header: range, grid: Grid, model: _Model) -> str | None:
    """The form's column that the lowest words over a grid column name; broken words are joined upwards."""
    over: list[Cell] = []
    for r in header:
        cell = grid.get((r, column))
        if cell is not None and cell.text.strip() and cell not in over and not _is_value(cell):
            over.append(cell)
    joined = ("".join(c.text for c in over[start:]) for start in range(len(over) - 1, -1, -1))
    return next((match.key for text in joined if (match := model.columns.find(text)) is not None), None)


def _later(first: set[int], second: set[int], header: range, grid: Grid) -> set[int] | None:
    """Of two sets of columns that differ in the year over them, those of this year."""
    years = [_year_over(columns, header, grid) for columns in (first, second)]
    if None in years or years[0] == years[1]:
        return None
    return first if (years[0] or 0) > (years[1] or 0) else second


def _of_latest(columns: list[int], header: range, grid: Grid) -> set[int] | None:
    """Of columns that are named by years alone, the one of the latest; None where fewer than two are."""
    years = {n: year for n in columns if (year := _year_over({n}, header, grid)) is not None}
    latest = [n for n, year in years.items() if year == max(years.values())]
    return set(latest) if len(latest) == 1 and len(years) > 1 else None


def _year_over(columns: set[int], header: range, grid: Grid) -> int | None:
    """The year over some columns; 0 and -1 where only 本年 or 上年 stands there. None if nothing or two say it."""
    over = {grid[r, c].text for r in header for c in columns if (r, c) in grid}
    found = {year for text in over if (year := _year_of(text)) is not None}
    return found.pop() if len(found) == 1 else None


def _year_of(text: str) -> int | None:
    plain = re.sub(r"\s", "", text)
    if match := _YEAR.search(plain):
        return int(match[1])
    return -1 if _LAST.search(plain) else 0 if _THIS.search(plain) else None
