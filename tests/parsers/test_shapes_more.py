"""Tables that a document prints more than once, and headings that only seem to be the form's."""

from __future__ import annotations

import pytest

from parsers import parse, parse_all
from tests.parsers.conftest import invent

KINDS = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
ROWS = {
    "new_requests": "一、本年新收政府信息公开申请数量",
    "carried_in": "二、上年结转政府信息公开申请数量",
    "granted": "（一）予以公开",
    "unavailable_not_held": "1.本机关不掌握相关政府信息",
    "rejected_repeat": "2.重复申请",
    "total_handled": "（七）总计",
    "carried_out": "四、结转下年度继续办理",
}
RESULTS = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
TITLE = "示例县2023年政府信息公开工作年度报告"
PERIOD = "统计期限为2023年1月1日至12月31日。"


def requests(times: int) -> list[list[str]]:
    """A table of requests whose numbers are all multiples of ``times``."""
    first = [["申请人情况", *KINDS]]
    amounts = [[10, 2, 1, 0, 0, 1], [3, 0, 0, 0, 0, 0], [9, 1, 1, 0, 0, 1], [2, 1, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]]
    amounts += [[sum(c) for c in zip(*amounts[2:5], strict=True)], [1, 0, 0, 0, 0, 0]]
    rows = zip(ROWS.values(), amounts, strict=True)
    return first + [[label, *(str(times * n) for n in (*row, sum(row)))] for label, row in rows]


def proceedings(times: int) -> list[list[str]]:
    head = ["行政复议", *[""] * 4, "行政诉讼", *[""] * 9]
    split = [*[""] * 5, "未经复议直接起诉", *[""] * 4, "复议后起诉", *[""] * 4]
    row = [4, 3, 2, 1, 10, 0, 0, 2, 0, 2, 1, 0, 0, 0, 1]
    return [head, split, RESULTS * 3, [str(times * n) for n in row]]


def html(*parts: str | list[list[str]]) -> bytes:
    out = [f"<h1>{TITLE}</h1><p>{PERIOD}</p>"]
    for part in parts:
        if isinstance(part, str):
            out.append(f"<p>{part}</p>")
        else:
            rows = ("<tr>" + "".join(f"<td>{t}</td>" for t in row) + "</tr>" for row in part)
            out.append(f"<table>{''.join(rows)}</table>")
    return "".join(out).encode()


def lines(*parts: str | list[list[str]]) -> bytes:
    text = [TITLE, PERIOD]
    for part in parts:
        text += [part] if isinstance(part, str) else [t for row in part for t in row if t]
    return "\n".join(text).encode()


def numbers(data: bytes, *keys: str) -> list[object]:
    cells = parse(data).cells
    return [cells[key].value for key in keys]


NEW, HELD, REVIEWS = "table3.new_requests.total", "table3.unavailable_not_held.total", "table4.review.total"


@pytest.mark.parametrize(
    "caption", ["附：2022年收到和处理政府信息公开申请情况", "上年度情况", "填报示例（数据仅供参考）"]
)
def test_a_table_of_another_year_or_a_sample_is_not_the_reports_own(caption: str) -> None:
    own, other = [requests(1), proceedings(1)], [requests(7), proceedings(7)]
    after, before = html(*own, caption, *other), html(caption, *other, "正文", *own)
    assert numbers(after, NEW, HELD, REVIEWS) == [14, 3, 10]
    assert numbers(before, NEW, HELD, REVIEWS) == [14, 3, 10]


@pytest.mark.parametrize("how", [html, lines])
def test_two_tables_that_nothing_tells_apart_are_both_left(how) -> None:
    parts = [requests(1), proceedings(1), "县属部门情况", requests(7), proceedings(7)]
    assert numbers(how(*parts), NEW, HELD, REVIEWS) == [None] * 3
    assert len(parse_all(how(*parts))) == 1


def test_a_group_of_three_rows_is_not_the_one_row_of_2019() -> None:
    """The other form's columns in table 2 make the document one of 2019."""
    table2 = [["第二十条第（五）项"], ["信息内容", "上一年项目数量", "本年增/减", "处理决定数量"],
              ["行政许可", "12", "-3", "45"], ["其他对外管理服务事项", "6", "1", "7"],
              ["第二十条第（六）项"], ["信息内容", "上一年项目数量", "本年增/减", "处理决定数量"],
              ["行政处罚", "2", "0", "31"], ["行政强制", "5", "1", "17"],
              ["第二十条第（九）项"], ["信息内容", "采购项目数量", "采购总金额"],
              ["政府集中采购", "3", "19"]]  # fmt: skip
    table3 = requests(1)
    table3[-2:-2] = [["（六）其他处理", "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", *"5010006"]]
    result = parse(html(table2, [[row[0], "", *row[1:]] if len(row) == 8 else row for row in table3]))
    assert result.form == "2019"
    assert result.cells["table3.other_handling.total"].value is None
    assert result.cells["table2.administrative_licensing.decisions"].value == 45


def test_suits_drawn_before_reviews_are_not_read_in_the_forms_order() -> None:
    row = [str(n) for n in (7, 0, 0, 1, 8, 1, 0, 0, 0, 1, 4, 3, 2, 1, 10)]
    head = ["行政诉讼", *[""] * 9, "行政复议", *[""] * 4]
    split = ["未经复议直接起诉", *[""] * 4, "复议后起诉", *[""] * 4, *RESULTS]
    table = [head, split, [*RESULTS * 2, *[""] * 5], row]
    data = "\n".join(
        [TITLE, PERIOD, *("\t".join(r) for r in requests(1)), "四、复议和诉讼", *("\t".join(r) for r in table)]
    ).encode()
    assert numbers(data, "table4.review.upheld", REVIEWS) in ([4, 10], [None, None])


def test_the_last_column_in_running_text_stands_where_its_heading_does() -> None:
    head = "信息内容\n本年制发件数\n现行有效件数\n本年废止件数\n规章\n1\n7\n2\n行政规范性文件\n3\n9\n4\n"
    rest = "信息内容\n本年处理决定数量\n行政许可\n45\n信息内容\n本年处理决定数量\n行政处罚\n31\n行政强制\n17\n"
    result = parse(f"{TITLE}\n{PERIOD}\n{head}{rest}".encode())
    assert result.cells["table2.administrative_licensing.decisions"].value == 45
    assert result.cells["table2.normative_documents.repealed"].value in (4, None)
    assert result.cells["table2.normative_documents.in_force"].value in (9, None)


def test_a_column_in_another_place_of_a_blocks_heading_is_not_read_in_the_forms_order() -> None:
    """The sheet-like grid has a spanned heading cell, so not every name stands over its number."""
    page = (
        "<table><tr><td colspan=4>第二十条第（一）项</td></tr>"
        "<tr><td>信息内容</td><td>本年废止件数</td><td colspan=2>现行有效件数</td></tr>"
        "<tr><td>规章</td><td>5</td><td colspan=2>6</td><td></td></tr>"
        "<tr><td>行政规范性文件</td><td>7</td><td colspan=2>8</td><td></td></tr>"
        "<tr><td>信息内容</td><td colspan=3>本年处理决定数量</td></tr><tr><td>行政许可</td><td colspan=3>45</td></tr>"
        "<tr><td>信息内容</td><td colspan=3>本年处理决定数量</td></tr><tr><td>行政处罚</td><td colspan=3>31</td></tr>"
        "<tr><td>行政强制</td><td colspan=3>17</td></tr></table>"
    )
    data = f"<h1>{TITLE}</h1><p>{PERIOD}</p>{page}".encode()
    cells = parse(data).cells
    assert cells["table2.administrative_licensing.decisions"].value == 45
    assert cells["table2.normative_documents.issued"].value is None
    assert cells["table2.normative_documents.repealed"].value in (7, None)


def test_counts_in_hundreds_are_not_the_number_of_cases() -> None:
    table = requests(1)
    scaled = parse(html([["（单位：百件）", *[""] * 7], *table])).cells
    assert not any(cell.value for cell in scaled.values())
    assert numbers(html([["（单位：件）", *[""] * 7], *table]), NEW, HELD) == [14, 3]


@pytest.mark.parametrize("change", ["本年增/减", "本年增減", "本年增／减"])
def test_a_signed_column_ahead_of_the_form_s_place_is_no_stock(change: str) -> None:
    """The column of changes is named with a stroke, however it is printed: its place in the heading counts."""
    head = f"信息内容\n{change}\n上一年项目数量\n处理决定数量\n"
    text = (
        f"第二十条第（五）项\n{head}行政许可\n-15\n255\n210\n其他对外管理服务事项\n1\n547\n862\n"
        f"第二十条第（六）项\n{head}行政处罚\n-2\n33\n5\n行政强制\n4\n44\n6\n"
    )
    cells = parse(f"{TITLE.replace('2023', '2020')}\n{PERIOD}\n{text}".encode()).cells
    assert cells["table2.other_external_services.items_last_year"].value in (547, None)
    assert cells["table2.other_external_services.items_change"].value in (1, None)


def test_a_blank_sum_says_nothing_of_its_parts() -> None:
    """A row of sums left blank in one column is no nought there: the rows it adds up stay as printed."""
    report = invent("2021", 6, 0.5)
    grids = report.grids()
    total = next(row for row in grids["table3"] if "（七）" in row[1])
    refused = next(row for row in grids["table3"] if "三类内部" in row[1])
    total[2] = refused[5] = ""
    cells = parse(report.html(grids)).cells
    shown = {k: (c.value, str(c.status)) for k, c in cells.items() if k.startswith("table3")}
    left = {"table3.total_handled.natural_person", "table3.denied_internal_affairs.public_welfare"}
    assert shown == {k: (None, "blank") if k in left else (report.values[k], "printed") for k in shown}


def test_rows_with_dashes_for_noughts_in_a_sheet_wider_than_they_are() -> None:
    """No row has all its numbers, and behind each stand empty cells of a wider table: the grid shows the columns."""
    report = invent("2021", 1, 0.1)
    grids = report.grids()
    rows = [[("-" if c == "0" else c) for c in row] + [""] * 6 for row in grids["table3"]]
    grids["table3"] = [*rows, ["行政复议", *[""] * 4, "行政诉讼", *[""] * 9]]
    cells = parse(report.html(grids)).cells
    shown = {k: (c.value, str(c.status)) for k, c in cells.items() if k.startswith("table3")}
    assert shown == {k: (report.values[k], "printed") if report.values[k] else (None, "mark") for k in shown}
