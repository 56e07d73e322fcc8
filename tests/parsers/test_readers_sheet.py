"""Workbooks, written with openpyxl and by hand."""

import datetime
import io
import sys
import zipfile

import openpyxl
import pytest

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
