"""Reports as Word files and workbooks, and through LibreOffice as .doc, .wps, .rtf, .odt, .xls and PDF."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

import docx
import openpyxl
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from maker.printed import Printed, Report

RAISED = {"¹": "1", "²": "2"}  # marks that a renderer sets above the line with its own means


def docx_bytes(report: Report, *, nested: bool = False, halves: bool = False, narrow: bool = False,
               deleted: bool = False) -> bytes:  # fmt: skip
    """A .docx with true merges. ``nested``: in a layout table; ``halves``: table 3 cut in two by hand;
    ``deleted``: tracked deletions beside the numbers."""
    document = docx.Document()
    section = document.sections[0]
    section.left_margin = section.right_margin = Cm(1.8)
    document.styles["Normal"].font.size = Pt(9)
    document.styles["Normal"].font.name = "Noto Serif CJK SC"
    fonts = document.styles["Normal"].element.rPr.rFonts
    fonts.set(qn("w:eastAsia"), "Noto Serif CJK SC")
    document.add_heading(report.title, 1)
    where = document.add_table(1, 1).cell(0, 0) if nested else document
    for block in report.blocks:
        if isinstance(block, Printed):
            halved = halves and len(block.rows) > 20
            middle = len(block.rows) // 2
            parts = [block.part(0, middle, head=False), block.part(middle, len(block.rows), head=False)]
            for part in parts if halved else [block]:
                _add_table(where, part, narrow=narrow, deleted=deleted)
                where.add_paragraph("")
        elif block.startswith("#"):
            where.add_paragraph(block[1:], style="Heading 2" if not nested else None)
        else:
            where.add_paragraph(block)
    return stable(document)


def _add_table(where, printed: Printed, *, narrow: bool, deleted: bool) -> None:
    n = len(printed.widths)
    table = where.add_table(len(printed.rows), n)
    if hasattr(table, "style"):
        table.style = "Table Grid"
    table.autofit = False
    total = sum(printed.widths)
    cells = [list(row.cells) for row in table.rows]
    for row in cells:
        for cell, width in zip(row, printed.widths, strict=True):
            cell.width = Cm(17.2 * width / total)
    for r, c, slot in printed.placed():
        cell = cells[r][c]
        if slot.rows > 1 or slot.columns > 1:
            cell = cell.merge(cells[r + slot.rows - 1][c + slot.columns - 1])
        mark = slot.text[-1:] if slot.text[-1:] in RAISED else ""
        text = slot.text.removesuffix(mark)
        lines = list(text) or [""] if narrow and slot.upright else text.split("\n")
        run = cell.paragraphs[0].add_run(lines[0])
        for line in lines[1:]:
            run.add_break()
            run.add_text(line)
        if mark:
            cell.paragraphs[0].add_run(RAISED[mark]).font.superscript = True
        if deleted and slot.key:
            cell.paragraphs[0]._p.append(_deletion("8"))


def _deletion(text: str):
    gone, run, piece = OxmlElement("w:del"), OxmlElement("w:r"), OxmlElement("w:delText")
    gone.set(qn("w:id"), "1")
    gone.set(qn("w:author"), "a")
    piece.text = text
    run.append(piece)
    gone.append(run)
    return gone


def stable(document) -> bytes:
    """The same bytes each time: members carry no clock."""
    raw = io.BytesIO()
    document.save(raw)
    return _restamped(raw.getvalue())


def _restamped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == "docProps/core.xml":
                continue_at = content.split(b"<dcterms:created")[0]
                content = continue_at + b"</cp:coreProperties>" if b"<dcterms:created" in content else content
            new.writestr(zipfile.ZipInfo(info.filename, (2024, 1, 10, 8, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def xlsx_bytes(report: Report, *, sheets: bool = False, formats: bool = False, hidden: bool = False) -> bytes:
    """A workbook. ``sheets``: one table a sheet; ``formats``: numbers with display formats (1,036 or 12.30);
    ``hidden``: a hidden row and a hidden column with other numbers."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "年报"
    at = 1
    sheet.cell(1, 1, report.title)
    for block in report.blocks:
        if not isinstance(block, Printed):
            at += 1
            sheet.cell(at, 1, block.removeprefix("#"))
            continue
        if sheets:
            sheet, at = book.create_sheet(f"表{len(book.worksheets)}"), 0
        for r, c, slot in block.placed():
            cell = sheet.cell(at + 1 + r, c + 1, _typed(slot.text) if slot.key else slot.text)
            if formats and slot.key:
                cell.number_format = "#,##0" if isinstance(cell.value, int) else "0.00##"
            if slot.rows > 1 or slot.columns > 1:
                sheet.merge_cells(None, at + 1 + r, c + 1, at + r + slot.rows, c + slot.columns)
        at += len(block.rows) + 1
        if hidden:
            sheet.cell(at, 1, "核对")
            for c in range(2, 11):
                sheet.cell(at, c, 99)
            sheet.row_dimensions[at].hidden = True
    return stable(book)


def _typed(text: str) -> object:
    if text[-1:] in RAISED and text:
        return CellRichText(text[:-1], TextBlock(InlineFont(vertAlign="superscript"), RAISED[text[-1]]))
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text


def converted(data: bytes, suffix: str, target: str, filters: str = "") -> bytes:
    """``data`` (a file with ``suffix``) as LibreOffice saves it under ``target``."""
    program = shutil.which("soffice")
    if program is None:
        raise RuntimeError("LibreOffice (soffice) is not installed; the old Word formats cannot be made.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / f"in.{suffix}").write_bytes(data)
        subprocess.run(
            [program, f"-env:UserInstallation={(folder / 'p').as_uri()}", "--headless", "--norestore",
             "--convert-to", f"{target}{':' + filters if filters else ''}", "--outdir", str(folder / "out"),
             str(folder / f"in.{suffix}")],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return next((folder / "out").iterdir()).read_bytes()


def zipped(members: dict[str, bytes], *, gbk: bool = False) -> bytes:
    """A zip archive; ``gbk``: member names as old Chinese Windows programs write them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (2024, 1, 10, 8, 0, 0))
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    data = out.getvalue()
    if gbk:
        for name in members:
            old, new = name.encode(), name.encode("gb18030")
            if len(new) > len(old):
                raise ValueError("a GBK name is never longer than its UTF-8 form")
            data = data.replace(old, new.ljust(len(old), b"_"))
        data = _without_utf8_flag(data)
    return data


def _without_utf8_flag(data: bytes) -> bytes:
    raw = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + offset + 1] &= ~0x08
            at = raw.find(mark, at + 4)
    return bytes(raw)
