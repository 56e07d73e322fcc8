"""What must stand in flattened text before its numbers count, and what tables in it may look like."""

from __future__ import annotations

import random

import pytest

from parsers import parse, parse_all
from parsers.parts import split_reports
from parsers.readers import read
from parsers.result import Status
from parsers.tables import read_tables

COLUMNS = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
HEAD = "申请人情况\n自然人\n法人或其他组织\n总计\n商业企业\n科研机构\n社会公益组织\n法律服务机构\n其他\n"


def numbered(cells, table="table3."):
    return {k for k, c in cells.items() if c.value is not None and k.startswith(table)}


def rows_of(invented, table="table3"):
    """The rows of table 3 without its heading, label and numbers."""
    return [row[1:] for row in invented.grids()[table][1:]]


def report(*parts):
    return "\n".join(["松原岭县2023年政府信息公开工作年度报告", "三、收到和处理政府信息公开申请情况", *parts]).encode()


def blanks(rows):
    return "\n".join(" ".join(row) for row in rows)


@pytest.mark.parametrize("between", [" ", ""])
def test_a_heading_with_persons_behind_organisations_is_not_read_in_the_forms_order(inventor, between):
    rows = "\n".join(between.join(row) for row in rows_of(inventor("2021", 3, 0.1)))
    moved = between.join(["申请人情况", "法人或其他组织", "自然人", "总计", *COLUMNS[1:-1]])
    right = between.join(["申请人情况", "自然人", "法人或其他组织", "总计", *COLUMNS[1:-1]])
    assert numbered(read_tables(read(report(moved, rows))).cells) == set()
    assert len(numbered(read_tables(read(report(right, rows))).cells)) > 150


@pytest.mark.parametrize("sign", [" ", "\t"])
def test_columns_that_only_their_order_tells_need_a_heading(inventor, sign):
    rows = "\n".join(sign.join(row) for row in rows_of(inventor("2021", 3, 0.1)))
    assert numbered(read_tables(read(report(rows))).cells) == set()
    head = sign.join(["", *COLUMNS])
    assert len(numbered(read_tables(read(report(head, rows))).cells)) == 175


@pytest.mark.parametrize("over_all", ["申请人情况", ""])
@pytest.mark.parametrize(("persons", "shown"), [(40, 175), (76, 0)])
def test_in_the_layout_of_a_page_a_heading_tells_by_where_it_stands(inventor, over_all, persons, shown):
    """As pdftotext prints it: what heads several columns stands a line above, the names under it are broken."""
    over = "（本列数据的勾稽关系为：" + " " * 36 + "法人或其他组织"
    names = "  第一项加第二项之和）" + " " * (persons - 22) + "自然人" + " " * (90 - persons) + "总计"
    broken = " " * 48 + "商业企      科研机      社会公      法律服      其他"
    below = " " * 49 + "业          构        益组织     务机构"
    rows = "\n".join(f"  {row[0]}{' ' * 8}" + "      ".join(row[1:]) for row in rows_of(inventor("2021", 3, 0.1)))
    head = "\n".join([" " * 60 + over_all, over, names, broken, below])
    assert len(numbered(read_tables(read(report(head, rows))).cells)) == shown


def test_labels_behind_their_numbers_name_no_other_rows(inventor):
    rows = "\n".join(" ".join([*row[1:], row[0]]) for row in rows_of(inventor("2021", 3, 0.1)))
    assert numbered(read_tables(read(report(HEAD, rows))).cells) == set()


@pytest.mark.parametrize("caption", ["2022年度情况表", "（填写示例）", "（单位：百件）"])
def test_a_caption_that_runs_into_its_table_counts(inventor, caption):
    rows = "".join("".join(row) for row in rows_of(inventor("2021", 3, 0.05)))
    head = "".join(HEAD.split())
    assert numbered(read_tables(read(report(caption + head + rows))).cells) == set()
    assert len(numbered(read_tables(read(report("2023年度情况表" + head + rows))).cells)) > 150


def test_prose_with_the_words_of_rows_is_no_row(inventor):
    said = "2022年，本年新收政府信息公开申请数量12件，上年结转政府信息公开申请数量3件；予以公开5件。"
    invented = inventor("2021", 3, 0.1)
    cells = read_tables(read(report(said, HEAD + blanks(rows_of(invented))))).cells
    assert {k: cells[k].value for k in numbered(cells)} == {
        k: v for k, v in invented.values.items() if k.startswith("table3.")
    }


@pytest.mark.parametrize("printed", ["＋5", "-3"])
def test_a_sign_before_a_count_is_no_count_in_flattened_text(inventor, printed):
    invented = inventor("2021", 3, 0.1)
    grids = invented.grids()
    row = next(row for row in grids["table2"] if row[0] == "行政许可")
    row[1] = printed
    cell = read_tables(read(invented.text(grids))).cells["table2.administrative_licensing.decisions"]
    assert (cell.status, cell.raw) == (Status.UNREADABLE, printed)


def test_blanks_inside_a_number_part_none_where_the_other_rows_run_together():
    text = (
        "第二十条第（一）项信息内容本年新制作数量本年新公开数量对外公开总数量规章000规范性文件1215"
        "第二十条第（五）项信息内容上一年项目数量本年增/减处理决定数量行政许可1 4 202819其他对外管理服务事项000"
    )
    cells = read_tables(read(f"松原岭县2019年政府信息公开工作年度报告\n{text}".encode())).cells
    assert cells["table2.regulations.made_this_year"].value == 0
    assert cells["table2.administrative_licensing.decisions"].value is None


def test_a_cell_broken_over_lines_goes_on_in_its_row():
    text = "信息内容\t制发\n规\n章\t1\n行政规范\n性文件\t2\n注：以县本级计。\n"
    document = read(text.encode())
    (table,) = document.tables
    assert [[c.text for c in row] for row in table.rows()] == [
        ["信息内容", "制发"], ["规\n章", "1"], ["行政规范\n性文件", "2"]
    ]  # fmt: skip
    assert [p.text for p in document.paragraphs] == ["注：以县本级计。"]


@pytest.mark.parametrize("line", ["三、收到和处理政府信息公开申请情况", "2022年数据", "（填写示例表", "12", ""])
def test_a_line_of_its_own_ends_a_table(line):
    document = read(f"甲\t1\n乙\t2\n{line}\n丙\t3\n丁\t4\n".encode())
    assert [len(t.rows()) for t in document.tables] == [2, 2]


def test_a_spanning_cell_that_stands_in_each_place_it_covers_counts_once(inventor):
    rows = [
        ["第二十条第（五）项"] * 4, ["信息内容", *["本年处理决定数量"] * 3], ["行政许可", "7", "7", "7"],
        ["第二十条第（六）项"] * 4, ["信息内容", *["本年处理决定数量"] * 3], ["行政处罚", "3", "3", "3"],
        ["行政强制", "5", "5", "4"],
    ]  # fmt: skip
    text = "松原岭县2023年政府信息公开工作年度报告\n" + "\n".join("\t".join(row) for row in rows)
    cells = read_tables(read(text.encode())).cells
    values = [cells[f"table2.administrative_{name}.decisions"].value for name in ("licensing", "penalty", "coercion")]
    assert values == [7, 3, None]


def test_markdown_around_tables_of_html_keeps_its_lines(inventor):
    table = inventor("2021", 5, 0.2).html().decode()
    for head in ("# ", "<div class=article>\n\n# "):
        text = (
            f"{head}松原岭县水利局2023年政府信息公开工作年度报告\n\n## 一、总体情况\n\n"
            f"全年主动公开信息20条。\n\n{table}\n\n"
            "松原岭县水利局\n\n2024年1月12日\n"
        ).replace("<h2>", "\n").replace("</h2>", "\n")
        result = parse(text.encode())
        assert (result.organ, result.signatory, result.signed_on) == ("松原岭县水利局", "松原岭县水利局", "2024-01-12")
        assert result.title == "松原岭县水利局2023年政府信息公开工作年度报告"
        assert len(numbered(result.cells, "table")) == 200
        assert result.grid == "exact"


def test_a_report_in_random_order_of_lines_is_never_wrong(inventor):
    invented = inventor("2021", 9, 0.2)
    lines = invented.text().decode().split("\n")
    for seed in range(12):
        shuffled = list(lines)
        random.Random(seed).shuffle(shuffled)
        cells = read_tables(read("\n".join(shuffled).encode())).cells
        assert {k: c.value for k, c in cells.items() if c.value not in (None, invented.values[k])} == {}


def test_where_blank_cells_leave_no_trace_digits_that_run_together_say_nothing(inventor):
    rows = rows_of(inventor("2021", 3, 0.3))
    glued = "\n".join("".join([row[0], *(c if c != "0" else "" for c in row[1:])]) for row in rows)
    assert numbered(read_tables(read(report(HEAD, glued))).cells) == set()


@pytest.mark.parametrize("place", [3, 9])
def test_a_column_too_many_is_told_by_the_sums_of_all_rows(inventor, place):
    invented = inventor("2021", 3, 0.3)
    draw = random.Random(place)
    grids = invented.grids()
    for row in grids["table3"][1:]:
        row.insert(place, str(draw.randrange(30)))
    grids["table3"].insert(0, ["", "申请人情况", "去年总计"])
    cells = read_tables(read(invented.text(grids))).cells
    assert {k: cells[k].value for k in numbered(cells)} == {
        k: v for k, v in invented.values.items() if k.startswith("table3.")
    }


def test_a_heading_in_narrow_cells_still_tells_persons_from_organisations(inventor):
    rows = blanks(rows_of(inventor("2021", 3, 0.1)))
    for head, n in (("自然 法人或其他组织\n商业企 科研机 其 总\n人 业 构 他 计", 175),
                    ("法人或其他组织 自然 总\n商业企 科研机 其\n业 构 他 人 计", 0)):  # fmt: skip
        assert len(numbered(read_tables(read(report("申请人情况", head, rows))).cells)) == n


def whole_report(invented, year, between):
    parts = [f"松原岭县{year}年政府信息公开工作年度报告", "一、总体情况", "全年工作平稳有序，未发生违法情形。"]
    for table in invented.form.tables:
        parts.append(f"{'一二三四五六'[table.section - 1]}、{table.label}")
        parts += [between.join(c for c in row if c) for row in invented.grids()[table.key]]
    return [*parts, "五、存在的主要问题及改进情况", "公开内容还不够全面。", "松原岭县人民政府", f"{year + 1}年1月12日"]


@pytest.mark.parametrize("between", [" ", "\n", "\t"])
def test_two_years_reports_in_one_text_are_two(inventor, between):
    ours, older = inventor("2021", 3, 0.3), inventor("2021", 4, 0.3)
    lines = [*whole_report(ours, 2023, between), *whole_report(older, 2022, between)]
    results = parse_all("\n".join(lines).encode())
    assert [(r.year, r.signed_on) for r in results] == [(2023, "2024-01-12"), (2022, "2023-01-12")]
    for result, invented in zip(results, (ours, older), strict=True):
        assert {k: c.value for k, c in result.cells.items()} == invented.values


def test_last_years_table_beside_this_years_is_left_out_of_running_text(inventor):
    ours, older = inventor("2021", 3, 0.3), inventor("2021", 4, 0.3)
    last, this = (blanks([[], *rows_of(i)]).strip() for i in (older, ours))
    text = report("2022年统计表：", HEAD + last, "2023年统计表：", HEAD + this)
    cells = read_tables(split_reports(read(text))[0]).cells
    values = {k: v for k, v in ours.values.items() if k.startswith("table3.")}
    assert {k: cells[k].value for k in numbered(cells)} == values
    text = report("上年结转情况已全部办结。", HEAD + this)  # a sentence is no caption
    assert len(numbered(read_tables(split_reports(read(text))[0]).cells)) == 175


def test_a_label_that_goes_on_behind_its_numbers_is_one(inventor):
    invented = inventor("2021", 3, 0.3)
    lines = []
    for label, *numbers in rows_of(invented):
        half = len(label) // 2
        tail = len(label) > 10 and "（" not in label
        lines += [" ".join([label[:half], *numbers]), label[half:]] if tail else [" ".join([label, *numbers])]
    cells = read_tables(read(report(HEAD, *lines))).cells
    values = {k: v for k, v in invented.values.items() if k.startswith("table3.")}
    assert {k: cells[k].value for k in numbered(cells)} == values


@pytest.mark.parametrize("mark", ["①", "*", "（注1）", "[1]"])
def test_marks_of_notes_behind_numbers_in_running_text(inventor, mark):
    invented = inventor("2021", 3, 0.3)
    marked = [[label, *(f"{n}{mark}" if n == "7" else n for n in numbers)] for label, *numbers in rows_of(invented)]
    cells = read_tables(read(report(HEAD, blanks(marked)))).cells
    values = {k: v for k, v in invented.values.items() if k.startswith("table3.")}
    assert {k: cells[k].value for k in numbered(cells)} == values


def test_escapes_of_markdown_are_no_letters(inventor):
    rows = blanks(rows_of(inventor("2021", 3, 0.3))).replace("“", '\\"').replace("”", '\\"').replace("1.", "1\\.")
    assert len(numbered(read_tables(read(report(HEAD, rows))).cells)) == 175


def test_blanks_in_rows_of_different_width_tell_no_column(inventor):
    invented = inventor("2021", 3, 0.3)
    rows = []
    for n, row in enumerate(invented.grids()["table3"]):
        group, label, *numbers = row
        named = [group, label] if n % 3 else [group, label, ""]  # a covered place here and there
        rows.append("\t".join(named + [c if c != "0" or n % 2 else "" for c in numbers]))
    cells = read_tables(read(report(*rows))).cells
    assert {k: v.value for k, v in cells.items() if v.value is not None and v.value != invented.values[k]} == {}


def test_words_of_the_table_before_are_no_heading(inventor):
    head = "申请人情况\n自然 商业企 法人或其他组织\n社会公益组 法律服务机 其 总计\n人 业 织 构 他"
    before = "其他对外管理服务事项 12 0 3"
    rows = blanks(rows_of(inventor("2021", 3, 0.3)))
    assert len(numbered(read_tables(read(report(before, head, rows))).cells)) == 175


def test_a_dash_that_runs_into_digits_stands_for_a_cell():
    text = "第二十条第（一）项信息内容本年新制作数量本年新公开数量对外公开总数量规章000规范性文件121-"
    text += "第二十条第（五）项信息内容上一年项目数量本年增/减处理决定数量行政许可000其他对外管理服务事项000"
    cells = read_tables(read(f"松原岭县2019年政府信息公开工作年度报告\n{text}".encode())).cells
    assert cells["table2.administrative_licensing.decisions"].value == 0
    assert {cells[f"table2.normative_documents.{c}"].value for c in ("newly_disclosed", "total_disclosed")} == {None}


def test_a_label_at_the_end_of_another_rows_is_not_its_row():
    text = (
        "政府信息公开情况统计表 指标 单位 统计数 主动公开政府信息数 条 12 制发规范性文件总数 件 3 "
        "2.政府网站在线访谈次数 次 / 其中：主要负责同志参加政府网站在线访谈次数 次 2 3.政策解读稿件发布数 篇 5"
    )
    cells = read_tables(read(f"松原岭县2016年政府信息公开工作年度报告\n{text}".encode())).cells
    names = ("b_interviews", "b_interviews_head", "b_interpretations")
    assert [cells[f"statistics.{n}.this_year"].value for n in names] == [None, 2, 5]


def test_a_label_in_two_lines_of_a_table_is_read_whole_before_it_is_told():
    """Under bars a long label takes two lines, the number beside the second; that half alone is like another row's."""
    lines = [
        "松原岭县2015年政府信息公开工作年度报告", "| 指标名称 | 单位 | 数量 |", "|---|---|---|",
        "| （一）回应公众关注热点或重大舆情数 | 次 | 4 |", "| （二）通过不同渠道和方式回应解读的情况 | —— | |",
        "| 1.参加或举办 |", "| 新闻发布会总次数 | 次 | 31 |", "| 其中：主要负责同志 |",
        "| 参加新闻发布会次数 | 次 | 2 |",
        "| 2.政府网站在线访谈次数 | 次 | 6 |", "| 3.政策解读稿件发布数 | 篇 | 7 |", "| 4.微博微信回应事件数 | 次 | 1 |",
    ]  # fmt: skip
    cells = read_tables(read("\n".join(lines).encode())).cells
    shown = {k.split(".")[1]: c.value for k, c in cells.items() if "press_conf" in k}
    assert shown == {"b_press_conf": 31, "b_press_conf_head": 2}
