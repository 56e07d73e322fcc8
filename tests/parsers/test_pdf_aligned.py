"""Tables that a PDF page shows without rules."""

from __future__ import annotations

import pytest
from reportlab.pdfgen.canvas import Canvas

from parsers import parse
from parsers.readers.pdf import read_pdf
from tests.parsers.test_pdf_ink import FONT, drawn, texts

Row = tuple[str, ...]
TITLE = "示例县2023年政府信息公开工作年度报告"
PERIOD = "本报告所列数据的统计期限为2023年1月1日至12月31日。"
RIGHT = (300, 380, 460)
DECISIONS = ("信息内容", "本年处理决定数量")
TABLE2: list[Row] = [
    ("二、主动公开政府信息情况",), ("第二十条第（一）项",),
    ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数"),
    ("规章", "1", "2", "3"), ("行政规范性文件", "4", "5", "6"), ("第二十条第（五）项",), DECISIONS, ("行政许可", "71"),
    ("第二十条第（六）项",), DECISIONS, ("行政处罚", "82"), ("行政强制", "93"), ("第二十条第（八）项",),
    ("信息内容", "本年收费金额（单位：万元）"), ("行政事业性收费", "1874.25"),
]  # fmt: skip


def lines(canvas: Canvas, rows: list[Row], y: float) -> None:
    canvas.setFont(FONT, 10)
    for n, (label, *rest) in enumerate(rows):
        canvas.drawString(60, y - n * 20, label)
        for text, right in zip(rest, RIGHT, strict=False):
            canvas.drawRightString(right, y - n * 20, text)


@pytest.mark.parametrize("cut", [4, 5, 7, 8, 11, 12, 13])
def test_table_2_over_a_page_end(cut: int) -> None:
    def paint(canvas: Canvas) -> None:
        lines(canvas, [(TITLE,), (PERIOD,), ("一、总体情况",), *TABLE2[:cut]], 700)
        canvas.showPage()
        lines(canvas, [*TABLE2[cut:], ("三、收到和处理政府信息公开申请情况",)], 780)

    cells = parse(drawn(paint)).cells
    values = [cell.value for key, cell in cells.items() if key.startswith("table2")]
    assert values == [1, 2, 3, 4, 5, 6, 71, 82, 93, 1874.25]


def test_a_table_of_contents_is_no_table() -> None:
    def paint(canvas: Canvas) -> None:
        lines(canvas, [("一、总体情况", "1"), ("二、主动公开政府信息情况", "3"), ("三、申请情况", "4")], 780)

    assert read_pdf(drawn(paint)).tables == []


def test_the_parts_of_a_number_in_two_lines_are_joined_where_a_sum_says_so() -> None:
    kinds = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
    row = ("1200", "1", "2", "3", "4", "5", "121")

    def paint(canvas: Canvas) -> None:
        canvas.setFont(FONT, 10)
        for y, text in ((740, TITLE), (720, PERIOD), (700, "三、收到和处理政府信息公开申请情况")):
            canvas.drawString(60, y, text)
        for y, label, numbers in (
            (680, "", kinds), (656, "一、本年新收政府信息公开申", row), (644, "请数量", ("",) * 6 + ("5",)),
            (620, "二、上年结转政府信息公开申请数量", "0000000"), (596, "（一）予以公开", "1000001"),
            (572, "2.重复申请", "2000002"), (548, "四、结转下年度继续办理", "0000000"),
        ):  # fmt: skip
            canvas.drawString(40, y, label)
            for n, text in enumerate(numbers):
                canvas.drawString(230 + 48 * n, y, text)

    cell = parse(drawn(paint)).cells["table3.new_requests.total"]
    assert (cell.value, str(cell.status)) == (1215, "aligned")


def columns_close_together(canvas: Canvas) -> None:
    canvas.setFont(FONT, 10)
    canvas.drawString(60, 742, "项目情况")
    canvas.drawString(150, 742, "本年新制作数量本年新公开数量")
    rows = [("甲种事项", ("12", "0", "26")), ("乙种", ("3", "55", "0")), ("丙种", ("0", "1", "329"))]
    for n, (label, numbers) in enumerate(rows):
        y = 725 - n * 15
        canvas.drawRightString(103, y, label)
        for number, right in zip(numbers, (118, 130, 148), strict=True):
            canvas.drawRightString(right, y, number)


def test_numbers_of_narrow_columns_stay_apart() -> None:
    rows = texts(drawn(columns_close_together))
    assert [row[1:4] for row in rows[-3:]] == [["12", "0", "26"], ["3", "55", "0"], ["0", "1", "329"]]
