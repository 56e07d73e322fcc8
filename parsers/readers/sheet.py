"""Workbooks (.xlsx, .xls): one table a sheet, merged ranges as spans."""

from __future__ import annotations

import io
import re
from datetime import date, datetime

import python_calamine as calamine

from parsers.document import Block, Document, Paragraph, Place
from parsers.readers.errors import LIMITS, UnreadableDocument
from parsers.readers.flow import number_tables
from parsers.readers.grid import RawCell, build_table
from parsers.readers.meta import labelled
from parsers.readers.zipsafe import open_zip, read_member
from parsers.sniff import XLSX

_WHAT = "workbook"
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]{0,200}?\br="([A-Z]{1,3})(\d{1,7})"')
_SHEET = re.compile(r"xl/(?:worksheets|macrosheets|chartsheets)/[^/]+\.xml")
_MOST_SHEETS = 30

Value = int | float | str | bool | object
Merges = dict[tuple[int, int], tuple[int, int]]  # anchor -> rows, columns


def read_sheet(data: bytes, kind: str) -> Document:
    """Read a workbook. Each visible sheet gives one table of kind ``exact``; places carry its name as ``part``.

    Rows at the top and the bottom that hold a single text are paragraphs (titles, notes). A value is written as
    the file stores it. Raises UnreadableDocument for damaged, locked and oversized workbooks.
    """
    if kind == XLSX:
        _check_extent(data)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError as error:
        raise UnreadableDocument("The workbook is locked with a password; save a copy without it.") from error
    except (calamine.CalamineError, calamine.ZipError, calamine.XmlError) as error:
        raise UnreadableDocument("The workbook is damaged or cut short; fetch it again.") from error
    blocks: list[Block] = []
    warnings: list[str] = []
    for sheet in book.sheets_metadata[:_MOST_SHEETS]:
        if sheet.visible != calamine.SheetVisibleEnum.Visible or sheet.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        try:
            blocks.extend(_sheet_blocks(book.get_sheet_by_name(sheet.name), sheet.name))
        except (calamine.CalamineError, calamine.XmlError):
            warnings.append(f"The sheet {sheet.name[:60]} is damaged and was not read.")
    meta = labelled(b.text for b in blocks if isinstance(b, Paragraph))
    return Document(number_tables(blocks), kind, meta, tuple(warnings))


def _check_extent(data: bytes) -> None:
    """Refuse sheets with a cell far out: the library allots the whole rectangle before it can be asked its size."""
    with open_zip(data, _WHAT) as archive:
        for info in archive.infolist():
            if not _SHEET.fullmatch(info.filename):
                continue
            xml = read_member(archive, info, LIMITS.max_markup_bytes, _WHAT)
            for n, found in enumerate(_CELL.finditer(xml)):
                column, row = found.group(1), int(found.group(2))
                if row > LIMITS.max_rows or _number(column) > LIMITS.max_columns or n > LIMITS.max_cells:
                    raise UnreadableDocument(
                        f"A sheet has cells beyond row {LIMITS.max_rows} or column {LIMITS.max_columns}; "
                        "it is no report and is not read."
                    )


def _number(letters: bytes) -> int:
    n = 0
    for letter in letters:
        n = n * 26 + letter - 64
    return n


def _sheet_blocks(sheet: calamine.CalamineSheet, name: str) -> list[Block]:
    if sheet.total_height > LIMITS.max_rows * 14 or sheet.total_width > LIMITS.max_columns * 64:
        return []
    values = sheet.to_python(skip_empty_area=False, nrows=LIMITS.max_rows)
    texts = [[_shown(value) for value in row[: LIMITS.max_columns]] for row in values]
    filled = [[c for c, text in enumerate(row) if text] for row in texts]
    wide = [r for r, columns in enumerate(filled) if len(columns) > 1]
    if not wide:
        return [_title(texts[r][c[0]], name, r, c[0]) for r, c in enumerate(filled) if c]
    merges = _merges(sheet, wide[-1] + 1)
    covered = {
        (r, c) for (top, left), (h, w) in merges.items() for r in range(top, top + h) for c in range(left, left + w)
    } - merges.keys()
    rows = [_row(texts[r], r, merges, covered, name) for r in range(wide[0], wide[-1] + 1)]
    table = build_table(rows, "exact", Place(part=name))
    before = [_title(texts[r][c[0]], name, r, c[0]) for r, c in enumerate(filled[: wide[0]]) if c]
    after = [_title(texts[r][c[0]], name, r, c[0]) for r, c in enumerate(filled) if c and r > wide[-1]]
    return [*before, *([table] if table else []), *after]


def _title(text: str, name: str, row: int, column: int) -> Paragraph:
    return Paragraph(text, Place(part=name, row=row, column=column))


def _merges(sheet: calamine.CalamineSheet, n_rows: int) -> Merges:
    out: Merges = {}
    area = LIMITS.max_cells
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        height, width = min(bottom, n_rows - 1) - top + 1, min(right, LIMITS.max_columns - 1) - left + 1
        area -= max(height, 0) * max(width, 0)
        if area < 0:
            break
        if height > 0 and width > 0:
            out[top, left] = (height, width)
    return out


def _row(texts: list[str], r: int, merges: Merges, covered: set[tuple[int, int]], name: str) -> list[RawCell]:
    out = []
    for column, text in enumerate(texts):
        if (r, column) not in covered:
            height, width = merges.get((r, column), (1, 1))
            out.append(RawCell(text, width, height, Place(part=name)))
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
