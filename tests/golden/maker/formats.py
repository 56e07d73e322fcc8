"""Documents that only one format can spoil: marks of notes, formats of spreadsheets, files inside files."""

from __future__ import annotations

import binascii
import csv
import io
import random
import struct
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP

import docx
import numpy as np
import openpyxl
from docx.shared import Cm

from maker import html, ofd, office, pdf, scan, text
from maker.figures import Figures
from maker.printed import Printed, Report

MARKS = ("¹", "①", "［1］", "*", "（注2）", "²")
ACCOUNTING = '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ '


def notes(figures: Figures, rng: random.Random) -> None:
    """Marks of notes behind some numbers."""
    for key, value in figures.cells.items():
        if isinstance(value, int) and rng.random() < 0.25:
            figures.shown[key] = f"{value}{rng.choice(MARKS)}"


def changes(figures: Figures, rng: random.Random) -> None:
    """Changes on last year in words: 增3, 减少2."""
    for field in figures.form.fields():
        value = figures.cells[field.key]
        if field.column.number == "signed" and value:
            words = ("增", "增加", "+") if value > 0 else ("减", "减少", "－")
            figures.shown[field.key] = f"{rng.choice(words)}{abs(value)}"


def dashes(figures: Figures, rng: random.Random) -> None:
    """Noughts that an accounting format shows as a dash."""
    for key, value in figures.cells.items():
        if value == 0:
            figures.lost.add(key)


def parted(figures: Figures, rng: random.Random) -> None:
    """Blanks between thousands."""
    figures.shown |= {k: f"{v:,}".replace(",", " ") for k, v in figures.cells.items() if v >= 1000}


def csv_bytes(report: Report, rng: random.Random) -> bytes:
    """The report as a spreadsheet saves it for Excel: every row with all its commas."""
    width = max(len(b.widths) for b in report.blocks if isinstance(b, Printed))
    rows = [[report.title]]
    for block in report.blocks:
        rows += text.grid_of(block) if isinstance(block, Printed) else [[block.removeprefix("#")]]
    out = io.StringIO()
    csv.writer(out).writerows([*row, *[""] * (width - len(row))] for row in rows)
    return out.getvalue().encode("gb18030")


def looks_bytes(report: Report, rng: random.Random) -> bytes:
    """A workbook with an accounting format, a hidden column with other numbers in the midst, and a hidden row."""
    book = openpyxl.load_workbook(io.BytesIO(office.xlsx_bytes(report, formats=True)))
    sheet = book.active
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, int | float) and cell.number_format != "General":
                cell.number_format = ACCOUNTING if isinstance(cell.value, int) else "0.0000"
    merged = [str(area) for area in sheet.merged_cells.ranges]
    for area in merged:
        sheet.unmerge_cells(area)
    at = 5
    sheet.insert_cols(at)
    for row in range(1, sheet.max_row + 1):
        sheet.cell(row, at, 99)
    sheet.column_dimensions["E"].hidden = True
    for area in merged:
        first, _, last = area.partition(":")
        sheet.merge_cells(f"{_moved(first, at)}:{_moved(last, at)}")
    return office.stable(book)


def _moved(reference: str, at: int) -> str:
    row, column = openpyxl.utils.cell.coordinate_to_tuple(reference)
    return f"{openpyxl.utils.get_column_letter(column + (column >= at))}{row}"


def mht_bytes(report: Report, rng: random.Random) -> bytes:
    """A single file web page as Word writes it."""
    message = EmailMessage(policy=SMTP)
    page = html.render(report, html.Style(word=True, charset="gb18030", declared="gb2312"), rng)
    message.set_content(page, maintype="text", subtype="html", cte="base64")
    message.make_related(boundary="----=_NextPart_01DA")
    return bytes(message).replace(b"text/html", b'text/html; charset="gb2312"', 1)


def rar_bytes(report: Report, rng: random.Random) -> bytes:
    """An archive in the old format of WinRAR (version 2.9) with the file stored as it is."""
    data = office.docx_bytes(report)
    name = b"nianbao/2023.docx"
    body = struct.pack("<IIBIIBBHI", len(data), len(data), 2, binascii.crc32(data), 0x58210000, 29, 0x30, len(name), 32)
    return (
        b"Rar!\x1a\x07\x00"
        + _block(0x73, 0, b"\0" * 6)
        + _block(0x74, 0x8000, body + name)
        + data
        + (_block(0x7B, 0x4000, b""))
    )


def _block(kind: int, flags: int, body: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", binascii.crc32(head) & 0xFFFF) + head


def docx_of_pictures(report: Report, rng: random.Random) -> bytes:
    """A Word file that holds its pages as pictures."""
    document = docx.Document()
    document.add_heading(report.title, 1)
    for page in _pages(report, rng):
        document.add_picture(io.BytesIO(page), width=Cm(15))
    return office.stable(document)


def ofd_of_pictures(report: Report, rng: random.Random) -> bytes:
    """An OFD file that holds its pages as pictures."""
    return ofd.of_pictures(_pages(report, rng))


def _pages(report: Report, rng: random.Random) -> list[bytes]:
    wear = scan.Wear(box="jpg", quality=60)
    return scan.pictures(report, wear, np.random.default_rng(rng.randrange(1 << 30)))


def plans(plan: Callable[..., object]) -> tuple[object, ...]:
    """The documents of this module; ``plan`` makes an entry of the list of all."""
    page = lambda made, rng: html.render(made, html.Style(), rng)  # noqa: E731
    marks = "marks of notes"
    return (
        plan("html-notes", "html", marks, "exact", page, touch=notes),
        plan("html-changes", "html", "changes in words", "exact", page, form="2019", touch=changes),
        plan("html-parted", "html", "blanks in numbers", "honest", page, largest=9_000, dense=0.6, touch=parted),
        plan("docx-notes", "docx", marks, "exact", lambda made, rng: office.docx_bytes(made), touch=notes),
        plan("pdf-notes", "pdf", marks, "exact", lambda made, rng: pdf.render(made, "full"), touch=notes),
        plan("xlsx-notes", "xlsx", marks, "exact", lambda made, rng: office.xlsx_bytes(made), touch=notes),
        plan("text-notes", "text", marks, "exact", lambda made, rng: text.render(made, "tabs"), touch=notes),
        plan("ofd-notes", "ofd", marks, "exact", lambda made, rng: ofd.render(made), touch=notes),
        plan("xlsx-looks", "xlsx", "hidden column, dash for zero", "exact", looks_bytes, form="2019", touch=dashes),
        plan("csv-plain", "csv", "none", "exact", csv_bytes, largest=9_000),
        plan("mht-word", "mht", "Word mark-up", "exact", mht_bytes, form="2019"),
        plan("rar-word", "rar", "none", "exact", rar_bytes),
        plan("docx-pictures", "docx", "one picture a page", "clean", docx_of_pictures),
        plan("ofd-pictures", "ofd", "one picture a page", "clean", ofd_of_pictures, form="2019"),
    )
