"""CSV that a spreadsheet opens safely: a byte-order mark for Chinese, and no cell that is taken for a formula."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable

BOM = "\ufeff"
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
