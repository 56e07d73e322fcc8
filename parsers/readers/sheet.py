"""Workbooks (.xlsx, .xls): one table a sheet, merged ranges as spans."""

from __future__ import annotations

import io
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, datetime

import python_calamine as calamine

from parsers.document import Block, Document, Paragraph, Place
from parsers.readers.errors import LIMITS, UnreadableDocument
from parsers.readers.flow import number_tables
from parsers.readers.grid import RawCell, build_table
from parsers.readers.meta import labelled
from parsers.readers.number_format import shown
from parsers.readers.office import convert
from parsers.readers.olesafe import runs_in_circles
from parsers.readers.sheet_look import Look, letters, read_looks
from parsers.readers.zipsafe import open_zip
from parsers.sniff import XLS, XLSX

_WHAT = "workbook"
_MOST_SHEETS = 30

Value = int | float | str | bool | object
Merges = dict[tuple[int, int], tuple[int, int]]  # anchor among what is shown -> rows, columns


def read_sheet(data: bytes, kind: str) -> Document:
    """Read a workbook. Each visible sheet gives one table of kind ``exact``.

    Places carry the sheet's name as ``part`` and the cell's (B7) as ``path``. Rows at the top and the bottom that hold
    a single text are paragraphs (titles, notes). A number reads as its format shows it; hidden rows and columns are
    left out. Of an .xls file neither is known but through LibreOffice; without it, stored values count and a warning
    says so. Raises UnreadableDocument for damaged, locked and oversized workbooks.
    """
    warnings: list[str] = []
    looks = _looks(data) if kind == XLSX else {}
    if kind == XLS and runs_in_circles(data):
        raise UnreadableDocument("The workbook is damaged or cut short; fetch it again.")
    book = _open(data)
    if kind == XLS:
        try:
            data = convert(data, XLS, XLSX)
            looks, book = _looks(data), _open(data)
        except UnreadableDocument:
            warnings.append("Number formats and hidden rows of an old workbook need LibreOffice; values are as stored.")
    blocks: list[Block] = []
    for sheet in book.sheets_metadata[:_MOST_SHEETS]:
        if looks and sheet.name not in looks:
            warnings.append(f"The sheet {sheet.name[:60]} is damaged and was not read.")
            continue
        if sheet.visible != calamine.SheetVisibleEnum.Visible or sheet.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        try:
            blocks.extend(_sheet_blocks(book.get_sheet_by_name(sheet.name), sheet.name, looks.get(sheet.name, Look())))
        except (calamine.CalamineError, calamine.XmlError):
            warnings.append(f"The sheet {sheet.name[:60]} is damaged and was not read.")
    meta = labelled(b.text for b in blocks if isinstance(b, Paragraph))
    return Document(number_tables(blocks), kind, meta, tuple(warnings))


def _looks(data: bytes) -> dict[str, Look]:
    with open_zip(data, _WHAT) as archive:
        return read_looks(archive)


def _open(data: bytes) -> calamine.CalamineWorkbook:
    try:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError as error:
        raise UnreadableDocument("The workbook is locked with a password; save a copy without it.") from error
    except (calamine.CalamineError, calamine.ZipError, calamine.XmlError) as error:
        raise UnreadableDocument("The workbook is damaged or cut short; fetch it again.") from error


def _sheet_blocks(sheet: calamine.CalamineSheet, name: str, look: Look) -> list[Block]:
    if sheet.total_height > LIMITS.max_rows * 14 or sheet.total_width > LIMITS.max_columns * 64:
        return []
    values = sheet.to_python(skip_empty_area=False, nrows=LIMITS.max_rows)
    extent = [(r, len(row)) for r, row in enumerate(values, 1)] + [(r + 1, c + 1) for r, c in look.texts]
    height, width = (min(max((e[i] for e in extent), default=0), most)
                     for i, most in enumerate((LIMITS.max_rows, LIMITS.max_columns)))  # fmt: skip
    values += [[] for _ in range(height - len(values))]
    rows = [r for r in range(height) if r not in look.hidden_rows]
    columns = [c for c in range(width) if c not in look.hidden_columns]
    texts = [[_text(values[r], r, c, look) for c in columns] for r in rows]
    spots = [[Place(part=name, path=f"{letters(c)}{r + 1}") for c in columns] for r in rows]
    filled = [[c for c, text in enumerate(row) if text] for row in texts]
    wide = [r for r, found in enumerate(filled) if len(found) > 1]
    titles = [(r, Paragraph(texts[r][c[0]], spots[r][c[0]])) for r, c in enumerate(filled) if len(c) == 1]
    if not wide:
        return [title for _, title in titles]
    merges = _merges(sheet, rows, columns, wide[-1] + 1)
    table = build_table(_rows(texts, spots, merges, range(wide[0], wide[-1] + 1)), "exact", Place(part=name))
    before = [title for r, title in titles if r < wide[0]]
    return [*before, *([table] if table else []), *(title for r, title in titles if r > wide[-1])]


def _text(row: Sequence[Value], r: int, c: int, look: Look) -> str:
    """What a cell shows; for a formula that was never computed the formula, which is no number."""
    special = look.texts.get((r, c))
    if special is not None:
        return special
    value = row[c] if c < len(row) else ""
    code = look.formats.get((r, c))
    if code and isinstance(value, (int, float)) and not isinstance(value, bool):
        return shown(float(value), code)
    return _shown(value)


def _merges(sheet: calamine.CalamineSheet, rows: list[int], columns: list[int], n_rows: int) -> Merges:
    """Merged ranges among the rows and columns that are shown, anchored at the first of each that is."""
    out: Merges = {}
    area = LIMITS.max_cells
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        first, last = bisect_left(rows, top), min(bisect_right(rows, bottom), n_rows)
        start, end = bisect_left(columns, left), bisect_right(columns, right)
        area -= max(last - first, 0) * max(end - start, 0)
        if area < 0:
            break
        if last > first and end > start:
            out[first, start] = (last - first, end - start)
    return out


def _rows(texts: list[list[str]], spots: list[list[Place]], merges: Merges, span: range) -> list[list[RawCell]]:
    covered = {
        (r, c) for (top, left), (h, w) in merges.items() for r in range(top, top + h) for c in range(left, left + w)
    } - merges.keys()
    out = []
    for r in span:
        row = []
        for c, text in enumerate(texts[r]):
            if (r, c) not in covered:
                height, width = merges.get((r, c), (1, 1))
                row.append(RawCell(text, width, height, spots[r][c]))
        out.append(row)
    return out


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        # Stored as binary fractions: 15 digits are what a spreadsheet shows of 18.199999999999999.
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).replace("\r\n", "\n").replace("\xa0", " ").strip()[: LIMITS.max_cell_text]
