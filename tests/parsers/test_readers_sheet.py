"""Workbooks, written with openpyxl and by hand."""

import datetime
import io
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from parsers.document import Document
from parsers.readers import UnreadableDocument, read
from parsers.readers.sheet import read_sheet
from parsers.sniff import XLS, XLSX


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def sheet_of(*rows: list[object], merge: tuple[str, ...] = ()) -> Document:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "附表"
    for row in rows:
        sheet.append(row)
    for area in merge:
        sheet.merge_cells(area)
    return read(saved(book))


def test_values_are_written_as_stored() -> None:
    document = sheet_of(["甲", "乙", "丙", "丁"], [30.0, 18.2, 0.1 + 0.2, True], [None, " 1,234 ", "３", "-"])
    assert [[c.text for c in row] for row in document.tables[0].rows()] == [
        ["甲", "乙", "丙", "丁"], ["30", "18.2", "0.3", "TRUE"], ["", "1,234", "３", "-"],
    ]  # fmt: skip
    dated = sheet_of(["日期", "时刻"], [datetime.date(2024, 1, 31), datetime.datetime(2024, 1, 31, 8, 30)])
    assert [c.text for c in dated.tables[0].rows()[1]] == ["2024-01-31", "2024-01-31T08:30:00"]


def test_merged_ranges_are_spans() -> None:
    document = sheet_of(
        ["勾稽", None, "申请人", None], [None, None, "自然人", "总计"], ["三", "公开", 1, 2], [None, "其他", 3, 4],
        merge=("A1:B2", "C1:D1", "A3:A4"),
    )  # fmt: skip
    cells = {(c.row, c.column): (c.text, c.rowspan, c.colspan) for c in document.tables[0].cells}
    assert cells[0, 0] == ("勾稽", 2, 2)
    assert cells[0, 2] == ("申请人", 1, 2)
    assert cells[2, 0] == ("三", 2, 1)
    assert cells[3, 2] == ("3", 1, 1)
    assert (1, 0) not in cells
    assert (3, 0) not in cells


def test_title_and_note_rows_are_paragraphs() -> None:
    document = sheet_of(["某县2023年统计表", None], ["规章", 1], ["许可", 2], ["注：无", None])
    assert [p.text for p in document.paragraphs] == ["某县2023年统计表", "注：无"]
    assert [[c.text for c in r] for r in document.tables[0].rows()] == [["规章", "1"], ["许可", "2"]]
    assert document.tables[0].place.part == "附表"


def test_each_visible_sheet_is_a_table() -> None:
    book = openpyxl.Workbook()
    for n, state in enumerate(["visible", "hidden", "visible"]):
        sheet = book.create_sheet(f"表{n}")
        sheet.append(["规章", n])
        sheet.sheet_state = state
    assert [t.place.part for t in read(saved(book)).tables] == ["表0", "表2"]


def far_cell(reference: str) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["规章", 1])
    source, target = io.BytesIO(saved(book)), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                data = data.replace(b'r="B1"', f'r="{reference}"'.encode())
            new.writestr(info.filename, data)
    return target.getvalue()


@pytest.mark.parametrize("reference", ["XFD1048576", "A1048576", "XFD1"])
def test_a_cell_far_out_is_refused_before_the_rectangle_is_allotted(reference: str) -> None:
    with pytest.raises(UnreadableDocument, match="beyond"):
        read(far_cell(reference))


def test_without_the_library_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    monkeypatch.delitem(sys.modules, "parsers.readers.sheet", raising=False)
    with pytest.raises(UnreadableDocument, match=r"python_calamine; install nianbao\[read\]"):
        read(saved(openpyxl.Workbook()))


@pytest.mark.parametrize("kind", [XLSX, XLS])
def test_damaged_workbooks_are_refused(kind: str) -> None:
    data = saved(openpyxl.Workbook())
    with pytest.raises(UnreadableDocument, match="damaged"):
        read_sheet(data[: len(data) // 2], kind)


def formatted(*pairs: tuple[object, str]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for r, (value, code) in enumerate(pairs, 1):
        book.active.cell(r, 1, f"行{r}")
        book.active.cell(r, 2, value).number_format = code
    return book


ACCOUNTING = '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ '


def test_numbers_read_as_their_format_shows_them() -> None:
    pairs = [(0.4, "0"), (1036, "#,##0"), (0, ACCOUNTING), (7, ACCOUNTING), (0.5, "0%"), (3, '0"件"'), (5, ";;;"),
             (0, "#"), (18.2, "0.00##"), (3, "# ?/?"), (4, "[DBNum1]General"), (2.5, "General"),
             (6, "[Red]0")]  # fmt: skip
    shown = [row[1].text for row in read(saved(formatted(*pairs))).tables[0].rows()]
    assert shown == ["0", "1,036", "-", "7", "50%", "3件", "", "", "18.20", "[# ?/?] 3",
                     "[[DBNum1]General] 4", "2.5", "6"]  # fmt: skip


def test_hidden_rows_and_columns_are_left_out_of_spans_too() -> None:
    book = openpyxl.Workbook()
    for row in (["表头", None, None, None], ["许可", 1, 99, 2], ["核对", 7, 7, 7], ["处罚", 3, 99, 4]):
        book.active.append(row)
    book.active.merge_cells("A1:D1")
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["C"].hidden = True
    (table,) = read(saved(book)).tables
    assert table.n_columns == 3
    numbers = [(c.text, c.place.path) for c in table.cells if c.text.isdigit()]
    assert numbers == [("1", "B2"), ("2", "D2"), ("3", "B4"), ("4", "D4")]


def test_a_raised_digit_in_a_cell_is_a_notes_mark() -> None:
    book = openpyxl.Workbook()
    book.active.append(["许可", CellRichText("5", TextBlock(InlineFont(vertAlign="superscript"), "1"))])
    assert [c.text for c in read(saved(book)).tables[0].cells] == ["许可", "5¹"]


def test_a_formula_that_no_program_computed_is_no_number() -> None:
    book = openpyxl.Workbook()
    book.active.append(["许可", "=1+1"])
    assert [c.text for c in read(saved(book)).tables[0].cells] == ["许可", "=1+1"]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_an_old_workbook_shows_its_formats_through_libreoffice(tmp_path: Path) -> None:
    book = formatted((0, ACCOUNTING), (0.4, "0"), (9, "0"))
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "in.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'p').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xls", "--outdir", str(tmp_path), "in.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    document = read((tmp_path / "in.xls").read_bytes())
    assert [[c.text for c in row] for row in document.tables[0].rows()] == [["行1", "-"], ["行2", "0"]]


def test_an_old_workbook_without_libreoffice_says_what_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    golden = Path(__file__).resolve().parents[1] / "golden" / "cases" / "xls-plain.xls"
    monkeypatch.setattr(shutil, "which", lambda name: None)
    document = read(golden.read_bytes())
    assert document.tables
    assert any("LibreOffice" in note for note in document.warnings)


def test_a_format_that_cuts_thousands_off_shows_no_count() -> None:
    """``#,##0,`` shows 7 for 6994 and does not say so."""
    from parsers.readers.number_format import shown

    assert shown(6994, "#,##0,") == "[#,##0,] 6994"
