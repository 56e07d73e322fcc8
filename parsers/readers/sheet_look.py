"""How the cells of an .xlsx workbook look: number formats, hidden rows and columns, raised characters, formulas.

The library that reads the values says nothing of these, and a value that is stored is not always what is printed:
an accounting format shows 0 as a dash, a format without decimals shows 0.4 as 0 (ECMA-376 part 1, clause 18).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from parsers.readers.errors import LIMITS, UnreadableDocument
from parsers.readers.zipsafe import parse_xml, read_member
from parsers.textnorm import raised

_WHAT = "workbook"
_REFERENCE = re.compile(r"\$?([A-Z]{1,7})\$?(\d{1,15})", re.ASCII)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
# Formats that every program knows by number (clause 18.8.30); the others are dates, which the library tells.
_BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
             13: "# ??/??", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00",
             40: "#,##0.00;-#,##0.00", 41: '#,##0;-#,##0;"-"', 42: '#,##0;-#,##0;"-"', 43: '#,##0.00;-#,##0.00;"-"',
             44: '#,##0.00;-#,##0.00;"-"', 48: "##0.0E+0"}  # fmt: skip

Spot = tuple[int, int]  # row and column from 0


@dataclass(slots=True)
class Look:
    """What of a sheet is not as its values say.

    ``formats``: number formats other than the general one. ``texts``: cells whose text has raised characters, and
    formulas that no program has computed, as text beginning with ``=``.
    """

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formats: dict[Spot, str] = field(default_factory=dict)
    texts: dict[Spot, str] = field(default_factory=dict)


def letters(column: int) -> str:
    """A column's letters: 0 is A."""
    out = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out


def read_looks(archive: zipfile.ZipFile) -> dict[str, Look]:
    """The look of every sheet, by its name; none for a binary workbook.

    Raises UnreadableDocument for damaged parts, and for a sheet with a cell far out: the library that reads the values
    allots the whole rectangle, and ends the process where it cannot.
    """
    names = set(archive.namelist())

    def part(name: str) -> etree._Element | None:
        xml = read_member(archive, name, LIMITS.max_markup_bytes, _WHAT) if name in names else None
        return parse_xml(xml, _WHAT) if xml is not None else None

    book, relations = part("xl/workbook.xml"), part("xl/_rels/workbook.xml.rels")
    if book is None or relations is None:
        return {}
    targets = {r.get("Id"): posixpath.normpath(posixpath.join("/xl", r.get("Target", "")))[1:] for r in relations}
    formats, strings = _formats(part("xl/styles.xml")), _raised_strings(part("xl/sharedStrings.xml"))
    out = {}
    for sheet in book.iter("{*}sheet"):
        root = part(targets.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION), ""))
        if root is not None:
            out[sheet.get("name", "")] = _look(root, formats, strings)
    return out


def _formats(styles: etree._Element | None) -> list[str]:
    """Number formats by the number of a cell's style; an empty text for the general one."""
    if styles is None:
        return []
    own = {node.get("numFmtId"): node.get("formatCode", "") for node in styles.iter("{*}numFmt")}
    out = []
    for table in styles.iter("{*}cellXfs"):
        for style in table.iter("{*}xf"):
            number = style.get("numFmtId", "0")
            code = own.get(number, _BUILT_IN.get(int(number) if number.isdigit() else 0, ""))
            out.append("" if code.lower() in ("general", "@") else code[:255])
    return out


def _raised_strings(root: etree._Element | None) -> dict[int, str]:
    """Shared texts with raised characters, by number."""
    found = {}
    for n, item in enumerate(root.iter("{*}si") if root is not None else ()):
        if (text := _raised(item)) is not None:
            found[n] = text
    return found


def _raised(item: etree._Element) -> str | None:
    """The text of a rich string with its raised characters told apart; None where it has none."""
    if next(item.iter("{*}vertAlign"), None) is None:
        return None
    pieces = []
    for run in item.iter("{*}r", "{*}t"):
        parent = run.getparent()
        if etree.QName(run).localname == "r" or parent is None or etree.QName(parent).localname == "rPh":
            continue
        above = next(parent.iter("{*}vertAlign"), None) if etree.QName(parent).localname == "r" else None
        up = above is not None and above.get("val") in ("superscript", "subscript")
        pieces.append(raised(run.text or "") if up else run.text or "")
    return "".join(pieces)


def _look(root: etree._Element, formats: list[str], strings: dict[int, str]) -> Look:
    look, n = Look(), 0
    for column in root.iter("{*}col"):
        if _is_hidden(column, "width"):
            first, last = ((column.get(name) or "")[:6] for name in ("min", "max"))
            if first.isdecimal() and last.isdecimal():
                look.hidden_columns.update(range(int(first) - 1, min(int(last), LIMITS.max_columns)))
    at = -1
    for row in root.iter("{*}row"):
        stated = (row.get("r") or "")[:7]
        at = int(stated) - 1 if stated.isdecimal() else at + 1
        if _is_hidden(row, "ht"):
            look.hidden_rows.add(at)
        for spot, cell in _cells(row, at):
            n += 1
            if spot[0] >= LIMITS.max_rows or spot[1] >= LIMITS.max_columns or n > LIMITS.max_cells:
                raise UnreadableDocument(
                    f"A sheet has cells beyond row {LIMITS.max_rows} or column {LIMITS.max_columns}; "
                    "it is no report and is not read."
                )
            _add(look, spot, cell, formats, strings)
    return look


def _is_hidden(node: etree._Element, size: str) -> bool:
    return node.get("hidden") in ("1", "true") or (node.get(size) or "1").rstrip("0") in ("", "0.")


def _cells(row: etree._Element, number: int) -> Iterator[tuple[Spot, etree._Element]]:
    """The cells of a row and where they stand: what a cell says of itself counts before its order."""
    column = -1
    for cell in row.iter("{*}c"):
        found = _REFERENCE.fullmatch((cell.get("r") or "").strip().upper())
        column = _column(found[1]) if found else column + 1
        yield (int(found[2]) - 1 if found else number, column), cell


def _column(name: str) -> int:
    n = 0
    for letter in name:
        n = n * 26 + ord(letter) - 64
    return n - 1


def _add(look: Look, spot: Spot, cell: etree._Element, formats: list[str], strings: dict[int, str]) -> None:
    style, kind = (cell.get("s") or "0")[:6], cell.get("t", "n")
    code = formats[int(style)] if style.isdecimal() and int(style) < len(formats) else ""
    value, formula = (next(cell.iter(f"{{*}}{name}"), None) for name in ("v", "f"))
    content = (value.text or "") if value is not None else ""
    if kind == "n" and code:
        look.formats[spot] = code
    if kind == "s" and content.isdecimal() and int(content[:7]) in strings:
        look.texts[spot] = strings[int(content[:7])]
    elif kind == "inlineStr" and (text := _raised(cell)) is not None:
        look.texts[spot] = text
    elif formula is not None and not content and kind != "str":
        look.texts[spot] = f"={formula.text or ''}"[: LIMITS.max_cell_text]
