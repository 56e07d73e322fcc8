"""Tables that a spreadsheet opens safely: CSV with a byte-order mark for Chinese, and workbooks, without formulas."""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
from collections.abc import Iterable

BOM = "\ufeff"
_LONGEST = 32_767  # characters in a cell of a workbook
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_FORMULA = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")  # full-width forms too: some spreadsheets take them


def safe(value: object) -> object:
    """The value with an apostrophe in front where a spreadsheet would run it; numbers stay numbers."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA) and not _NUMBER.fullmatch(value):
        return "'" + value
    return value


def to_csv(rows: Iterable[Iterable[object]]) -> str:
    """The rows as CSV text with a byte-order mark, made safe."""
    out = io.StringIO()
    out.write(BOM)
    csv.writer(out).writerows([safe(value) for value in row] for row in rows)
    return out.getvalue()


def to_xlsx(rows: Iterable[Iterable[object]]) -> bytes:
    """The rows as a workbook, the first one a heading that stays in sight: numbers are numbers, all else is text."""
    import xlsxwriter  # only a machine that serves has it

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "in_memory": True}) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 40, 16)
        for n, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
                    sheet.write_number(n, column, value)
                elif value not in (None, ""):
                    sheet.write_string(n, column, str(value)[:_LONGEST], None if n else bold)
    return out.getvalue()


class CsvFilter:
    """Makes a stream of CSV bytes safe, chunk by chunk; a record may be cut anywhere."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._first = True

    def feed(self, chunk: bytes, last: bool) -> bytes:
        """The safe bytes that can be given out after ``chunk``."""
        text = self._rest + self._decoder.decode(chunk, last)
        cut = len(text) if last else _last_record_end(text)
        self._rest = text[cut:]
        out = io.StringIO()
        if self._first and (cut or last):
            out.write(BOM)
            self._first = False
        csv.writer(out).writerows([safe(v) for v in row] for row in csv.reader(io.StringIO(text[:cut], newline="")))
        return out.getvalue().encode()


def _last_record_end(text: str) -> int:
    """Where the last whole record ends: the last line end that is not inside quotation marks."""
    end, quoted = 0, False
    for n, char in enumerate(text):
        if char == '"':
            quoted = not quoted
        elif char == "\n" and not quoted:
            end = n + 1
    return end
