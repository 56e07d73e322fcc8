"""What stands over numbers and beside them says whose they are: another year's, in hundreds, in another unit."""

from __future__ import annotations

import pytest

from parsers import parse
from tests.parsers.test_shapes import ROWS as ALL_ROWS
from tests.parsers.test_shapes_more import (
    HELD,
    KINDS,
    NEW,
    PERIOD,
    REVIEWS,
    TITLE,
    html,
    lines,
    numbers,
    proceedings,
    requests,
)

LICENCES, FEES = "table2.administrative_licensing.decisions", "table2.administrative_fees.amount_wan_yuan"


@pytest.mark.parametrize("how", [html, lines])
@pytest.mark.parametrize("caption", ["2022年收到和处理政府信息公开申请情况", "填报示例（供参考）", "（单位：百件）"])
def test_a_lone_table_that_is_not_of_this_year_is_not_read(how, caption: str) -> None:
    assert numbers(how(caption, requests(1), "正文", proceedings(1)), NEW, HELD, REVIEWS) == [None, None, 10]


@pytest.mark.parametrize("caption", ["2023年收到和处理政府信息公开申请情况", "（单位：件）", "发布日期：2024年1月20日",
                                     "2022年，全县共收到申请12件。"])  # fmt: skip
def test_other_words_over_a_table_cost_no_number(caption: str) -> None:
    data = html(caption, requests(1), "四、政府信息公开行政复议、行政诉讼情况", proceedings(1))
    assert numbers(data, NEW, HELD, REVIEWS) == [14, 3, 10]


def test_a_caption_inside_the_table_and_its_second_part() -> None:
    table = requests(1)
    parted = html([["2022年度申请办理情况"], *table[:5]], table[5:], proceedings(1))
    assert numbers(parted, NEW, HELD, REVIEWS) == [None, None, 10]


def test_years_of_the_period_are_the_reports_own() -> None:
    """Titles give the year of publication now and then."""
    data = html("2023年收到和处理政府信息公开申请情况", requests(1)).replace("县2023年".encode(), "县2024年".encode())
    assert numbers(data, NEW) == [14]


def table2(row: list[str], over: str) -> list[list[str]]:
    decisions = ["信息内容", "本年处理决定数量"]
    return [["第二十条第（五）项"], decisions, ["行政许可", "45"], ["第二十条第（六）项"], decisions,
            ["行政处罚", "31"], ["行政强制", "17"], ["第二十条第（八）项"], ["信息内容", over], row]  # fmt: skip


@pytest.mark.parametrize("how", [html, lines])
@pytest.mark.parametrize(
    ("label", "over", "right"),
    [("行政事业性收费", "本年收费金额（单位：万元）", 15000), ("行政事业性收费", "本年收费金额（单位：元）", 1.5),
     ("行政事业性收费（元）", "本年收费金额（单位：万元）", 1.5)],
)  # fmt: skip
def test_fees_are_in_the_unit_that_their_heading_or_label_names(how, label: str, over: str, right: float) -> None:
    cells = parse(how(table2([label, "15000"], over))).cells
    assert cells[LICENCES].value == 45
    assert cells[FEES].value == right or (how is lines and right == 1.5 and cells[FEES].value is None)


@pytest.mark.parametrize(("unit", "right"), [("条", 512), ("百条", None), ("万条", None)])
def test_a_column_of_units_counts_what_it_says(unit: str, right: int | None) -> None:
    rows = [["统计指标", "单位", "统计数"], ["（一）主动公开政府信息数", unit, "512"],
            ["制发规范性文件总数", "件", "7"], ["1.政府公报公开政府信息数", unit, "80"],
            ["2.政府网站公开政府信息数", unit, "400"],
            ["七、依申请公开信息收取的费用", "元", "5000"], ["六、举报投诉数量", "件", "3"]]  # fmt: skip
    cells = parse(html(rows).replace(b"2023", b"2016")).cells
    assert cells["statistics.b_disclosed_total.this_year"].value == right
    assert cells["statistics.b_normative_made.this_year"].value == 7
    assert cells["statistics.b_fees_wan.this_year"].value == 0.5


def test_columns_of_offices_are_no_applicants() -> None:
    table = requests(1)
    table[0][1:7] = ["县政府办", "财政局", "教育局", "民政局", "住建局", "卫健局"]
    assert not any(cell.value for cell in parse(html(table)).cells.values())


def test_one_number_over_several_rows_is_none_of_theirs() -> None:
    rows = ["".join(f"<td>{t}</td>" for t in row) for row in requests(1)]
    rows[4] = "<td>1.本机关不掌握相关政府信息</td>" + "<td rowspan=2>3</td>" * 7
    rows[5] = "<td>2.重复申请</td>"
    page = f"<h1>{TITLE}</h1><p>{PERIOD}</p><table>{''.join(f'<tr>{r}</tr>' for r in rows)}</table>"
    assert numbers(page.encode(), NEW, HELD, "table3.granted.total") == [14, None, 12]


@pytest.mark.parametrize("odd", ["3余", "3-5", "3/5", "3、5", "3.2万", "约3"])
def test_in_running_text_a_run_of_digits_that_goes_on_is_no_number(odd: str) -> None:
    table = requests(1)
    table[3][1] = odd
    text = [TITLE, PERIOD, " ".join(KINDS), *(" ".join(row) for row in table[1:])]
    cells = parse("\n".join(text).encode()).cells
    assert [cells[f"table3.granted.{k}"].value for k in ("natural_person", "total")] in ([None, None], [None, 12])
    assert cells[HELD].value == 3


def test_digits_run_together_under_two_headings_are_not_one_number() -> None:
    text = (f"{TITLE}\n{PERIOD}\n信息内容本年处理决定数量上年处理决定数量\n行政许可4512\n信息内容本年处理决定数量"
            "上年处理决定数量\n行政处罚319\n行政强制17\n")  # fmt: skip
    assert not any(cell.value for cell in parse(text.encode()).cells.values())


def test_a_label_of_two_rows_is_not_the_first_row_s_where_the_second_stands() -> None:
    """The reviews have dashes; the words 被依法纠错数 come again with the suits."""
    text = ("统计指标 单位 统计数\n（三）接受培训人员数 人次 40\n四、行政复议数量 件 -\n（一）维持具体行政行为数 件 -\n"
            "（二）被依法纠错数 件 -\n五、行政诉讼数量 件 9\n（一）维持具体行政行为或者驳回原告诉讼请求数 件 4\n"
            "（二）被依法纠错数 件 5\n六、举报投诉数量 件 2\n"
            "2.同意公开答复数 件 -\n4.不同意公开答复数 件 8\n")  # fmt: skip
    cells = parse(f"{TITLE}\n{PERIOD}\n{text}".replace("2023", "2016").encode()).cells
    assert cells["statistics.b_suits.this_year"].value == 9
    assert cells["statistics.b_review_corrected.this_year"].value is None
    assert cells["statistics.b_ans_granted.this_year"].value is None


@pytest.mark.parametrize("name", ["{}", "{}年", "{}年度"])
def test_rows_of_last_year_and_this_year_under_one_label(name: str) -> None:
    rows = [["申请人情况", "年度", *KINDS]]
    cells = [f"<tr>{''.join(f'<td>{t}</td>' for t in rows[0])}</tr>"]
    for now, before in zip(requests(1)[1:], requests(7)[1:], strict=True):
        for n, (year, row) in enumerate(((2022, before), (2023, now))):
            label = "" if n else f"<td rowspan=2>{row[0]}</td>"
            cells.append(f"<tr>{label}{''.join(f'<td>{t}</td>' for t in (name.format(year), *row[1:]))}</tr>")
    page = f"<h1>{TITLE}</h1><p>{PERIOD}</p><table>{''.join(cells)}</table>"
    assert numbers(page.encode(), NEW, HELD, "table3.granted.natural_person") == [14, 3, 9]


@pytest.mark.parametrize("heading", [True, False], ids=["whole heading", "heading without the column of years"])
@pytest.mark.parametrize("latest_first", [True, False])
@pytest.mark.parametrize("names", [("2022年", "2023年"), ("上年", "本年")])
def test_rows_of_two_years_whose_labels_have_lost_their_spans(
    names: tuple[str, str], latest_first: bool, heading: bool
) -> None:
    rows = [["申请人情况", *(["年度"] if heading else []), *KINDS]]
    for now, before in zip(requests(1)[1:], requests(7)[1:], strict=True):
        pair = [[names[0], *before[1:]], [names[1], *now[1:]]]
        first, second = reversed(pair) if latest_first else pair
        rows += [[now[0], *first], ["", *second]]
    assert numbers(html(rows), NEW, HELD, "table3.granted.natural_person") == [14, 3, 9]


def test_rows_of_two_years_that_have_slipped_are_not_read() -> None:
    rows = [["申请人情况", "年度", *KINDS]]
    for n, (now, before) in enumerate(zip(requests(1)[1:], requests(7)[1:], strict=True)):
        slip = [""] * (n % 2)
        rows += [[now[0], *slip, "2022年", *before[1:]], ["", *slip, "2023年", *now[1:]]]
    cells = parse(html(rows, proceedings(1))).cells
    assert not any(cell.value is not None for key, cell in cells.items() if key.startswith("table3"))


@pytest.mark.parametrize("caption", ["（2022年度数据）", "2022年情况\n", "申请情况（2022年）"])
def test_a_caption_of_another_year_set_into_the_first_cell(caption: str) -> None:
    table, own = requests(7), requests(1)
    table[0] = [caption + "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", *table[0][1:]]
    assert numbers(html(table, proceedings(1)), NEW, HELD, REVIEWS) == [None, None, 10]
    assert numbers(html(table, own, proceedings(1)), NEW, HELD, REVIEWS) == [14, 3, 10]


@pytest.mark.parametrize(("printed", "right"), [("12.345", None), ("1.000", None), ("12.5", 12.5), ("-3", -3),
                                                ("12.0", 12), ("12,345", 12345)])  # fmt: skip
def test_a_point_that_may_be_a_comma_is_no_number_of_cases(printed: str, right: float | None) -> None:
    cells = parse(html(table2(["行政事业性收费", "12.345"], "本年收费金额（单位：万元）"), requests(1))).cells
    assert cells[FEES].value == 12.345
    rows = table2(["行政事业性收费", "1"], "本年收费金额（单位：万元）")
    rows[2][1] = printed
    assert parse(html(rows)).cells[LICENCES].value == right


def test_labels_behind_their_numbers_are_not_read_as_before_them() -> None:
    text = [TITLE, PERIOD, *KINDS, *(t for row in requests(1)[1:] for t in (*row[1:], row[0]))]
    assert not any(cell.value for cell in parse("\n".join(text).encode()).cells.values())


def test_organisations_headed_before_persons_in_lines_of_their_own() -> None:
    swapped = [TITLE, PERIOD, "申请人情况", "法人或其他组织", "自然人", "总计", *KINDS[1:-1]]
    usual = [TITLE, PERIOD, "申请人情况", "自然人", "法人或其他组织", "总计", *KINDS[1:-1]]
    rows = [t for row in requests(1)[1:] for t in row]
    assert numbers("\n".join([*swapped, *rows]).encode(), NEW, HELD) == [None, None]
    assert numbers("\n".join([*usual, *rows]).encode(), NEW, HELD) == [14, 3]


def test_a_line_of_units_under_the_heading_costs_nothing() -> None:
    table = requests(1)
    assert numbers(html([table[0], ["", *["（件）"] * 7], *table[1:]]), NEW, HELD) == [14, 3]


@pytest.mark.parametrize("first", [True, False])
def test_a_label_parted_between_two_rows(first: bool) -> None:
    """The numbers stand in one of them; the other is empty."""
    table = requests(1)
    filled, empty = table[4][1:], [""] * 7
    one, two = (filled, empty) if first else (empty, filled)
    table[4:5] = [["1.本机关不掌", *one], ["握相关政府信息", *two]]
    assert numbers(html(table), NEW, HELD, "table3.rejected_repeat.total") == [14, 3, 1]


def test_a_table_that_only_shares_words_costs_no_row() -> None:
    """Messages of citizens are 予以公开, too."""
    other = [["办理情况", "网民留言", "热线", "总计"], ["予以公开", "12", "0", "12"], ["不予公开", "1", "3", "4"],
             ["重复申请", "4", "5", "9"], ["总计", "17", "8", "25"]]  # fmt: skip
    own = [["申请人情况", *KINDS], *([label, "2", *["0"] * 5, "2"] for label in ALL_ROWS.values())]
    assert numbers(html(other, "三、收到和处理政府信息公开申请情况", own), NEW, "table3.granted.total") == [2, 2]


@pytest.mark.parametrize("heads", [("2016年", "2015年"), ("2015年", "2016年"), ("本年度", "上年度")])
def test_the_annex_of_2014_with_last_year_beside(heads: tuple[str, str]) -> None:
    labels = ["（一）主动公开政府信息数", "制发规范性文件总数", "1.政府公报公开政府信息数", "六、举报投诉数量"]
    first, second = (5, 70) if heads[0] != "2015年" else (70, 5)
    rows = [["统计指标", "单位", *heads], *([z, "件", str(first + n), str(second + n)] for n, z in enumerate(labels))]
    cells = parse(html(rows).replace(b"2023", b"2016")).cells
    assert cells["statistics.b_disclosed_total.this_year"].value == 5
    assert cells["statistics.b_complaints.this_year"].value == 8


def test_last_years_number_beside_a_number_over_two_columns() -> None:
    head = "<td>信息内容</td><td colspan=2>本年处理决定数量</td><td>上年处理决定数量</td>"
    rows = [f"<td>{z}</td><td colspan=2>{n}</td><td>{n + 50}</td>" for z, n in (("行政处罚", 31), ("行政强制", 17))]
    top = "<td>信息内容</td><td>本年制发件数</td><td>本年废止件数</td><td>现行有效件数</td>"
    lines_ = [top, "<td>规章</td><td>0</td><td>0</td><td>0</td>",
              "<td>行政规范性文件</td><td>3</td><td>1</td><td>9</td>",
              head, "<td>行政许可</td><td colspan=2>45</td><td>60</td>", head, *rows]  # fmt: skip
    page = f"<h1>{TITLE}</h1><p>{PERIOD}</p><table>{''.join(f'<tr>{r}</tr>' for r in lines_)}</table>"
    keys = [LICENCES, "table2.administrative_penalty.decisions", "table2.normative_documents.in_force"]
    assert numbers(page.encode(), *keys) == [45, 31, 9]


@pytest.mark.parametrize("beside", ["1 2 3", "—", "O", "3-5"])
def test_one_number_beside_what_may_be_the_value_is_not_it(beside: str) -> None:
    """In a table of one column nothing else tells which of two cells is this year's."""
    labels = ["（一）主动公开政府信息数", "制发规范性文件总数", "1.政府公报公开政府信息数", "六、举报投诉数量"]
    rows = [["统计指标", "单位", "统计数", "备注"], *([z, "件", str(n + 5), ""] for n, z in enumerate(labels))]
    rows[2][2:] = [beside, "12"]
    for how in (html, lambda *parts: "\n".join([TITLE, PERIOD, *("\t".join(r) for r in parts[0])]).encode()):
        cells = parse(how(rows).replace(b"2023", b"2016")).cells
        assert cells["statistics.b_normative_made.this_year"].value is None
        assert cells["statistics.b_complaints.this_year"].value == 8


def test_two_annexes_of_2014_in_running_text_are_both_left() -> None:
    labels = ["（一）收到申请数", "1.当面申请数", "2.传真申请数", "3.网络申请数", "4.信函申请数",
              "（二）申请办结数", "1.按时办结数", "2.延期办结数", "（三）申请答复数",
              "六、举报投诉数量", "（二）举办各类培训班数"]  # fmt: skip
    annex = ["\n".join(f"{z} 件 {n + k}" for n, z in enumerate(labels)) for k in (3, 40)]
    head = f"{TITLE}\n{PERIOD}\n统计指标 单位 统计数\n".replace("2023", "2016")
    received = "statistics.b_req_received.this_year"
    prose = "全年收到申请数9件，举报投诉数量30件。\n"
    assert numbers(f"{head}{annex[0]}".encode(), received) == [3]
    assert numbers(head.replace("统计指标", f"{prose}统计指标").encode() + annex[0].encode(), received) == [3]
    assert numbers(f"{head}{annex[0]}\n县教育局\n{annex[1]}".encode(), received) == [None]



@pytest.mark.parametrize("remark", ["（上年）", "(去年同期)"])
def test_a_row_marked_as_last_years_is_not_this_years(remark: str) -> None:
    table = requests(1)
    table[1][1:] = ["12/3"] * 7
    table.insert(2, [table[1][0] + remark, *["5", "0", "0", "0", "0", "0", "5"]])
    assert numbers(html(table), NEW, HELD) == [None, 3]


def test_a_sum_of_organisations_in_a_flattened_heading() -> None:
    """One of the form's columns is gone, a sum of others stands there: seven names, and not the form's seven."""
    kinds = ["自然人", "小计", "商业企业", "科研机构", "社会公益组织", "其他", "总计"]
    text = [TITLE, PERIOD, "\t".join(["申请人情况", *kinds]), *("\t".join(row) for row in requests(1)[1:])]
    assert not any(cell.value for cell in parse("\n".join(text).encode()).cells.values())


@pytest.mark.parametrize("after", [True, False])
def test_rows_of_the_websites_figures_are_not_the_reports(after: bool) -> None:
    """The report's own row is missing; a table of other figures has one of the same words."""
    own = [row for row in requests(1) if row[0] != ALL_ROWS["new_requests"]]
    words = ["独立用户访问总量", "网站总访问量", "信息发布", "收到留言数量", "征集调查期数"]
    site = [["政府网站工作年度报表", ""], *([word, str(n)] for n, word in enumerate(words, 20))]
    site[3:3] = [[ALL_ROWS["new_requests"], "33"], [ALL_ROWS["granted"], "44"]]
    requested = ["三、收到和处理政府信息公开申请情况", own]
    parts = [*requested, site] if after else [site, *requested]
    rest = ["四、政府信息公开行政复议、行政诉讼情况", proceedings(1), "五、存在的主要问题及改进情况"]
    data = html("一、总体情况", *parts, *rest)
    assert numbers(data, NEW, HELD, REVIEWS) == [None, 3, 10]
