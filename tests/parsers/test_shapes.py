"""Tables in other shapes than the form's. The labels are typed from the official notices, apart from our form files."""

from __future__ import annotations

import random
import re

import pytest

from parsers import parse

KINDS = {"natural_person": "自然人", "business": "商业企业", "research": "科研机构", "public_welfare": "社会公益组织",
         "legal_service": "法律服务机构", "other_org": "其他", "total": "总计"}  # fmt: skip
ROWS = {
    "new_requests": "一、本年新收政府信息公开申请数量",
    "carried_in": "二、上年结转政府信息公开申请数量",
    "granted": "（一）予以公开",
    "partially_granted": "（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
    "denied_state_secret": "1.属于国家秘密",
    "denied_prohibited_by_law": "2.其他法律行政法规禁止公开",
    "denied_security_stability": "3.危及“三安全一稳定”",
    "denied_third_party": "4.保护第三方合法权益",
    "denied_internal_affairs": "5.属于三类内部事务信息",
    "denied_process_info": "6.属于四类过程性信息",
    "denied_enforcement_file": "7.属于行政执法案卷",
    "denied_admin_query": "8.属于行政查询事项",
    "unavailable_not_held": "1.本机关不掌握相关政府信息",
    "unavailable_needs_creation": "2.没有现成信息需要另行制作",
    "unavailable_unclear": "3.补正后申请内容仍不明确",
    "rejected_petition_complaint": "1.信访举报投诉类申请",
    "rejected_repeat": "2.重复申请",
    "rejected_publication": "3.要求提供公开出版物",
    "rejected_excessive": "4.无正当理由大量反复申请",
    "rejected_reconfirm": "5.要求行政机关确认或重新出具已获取信息",
    "other_no_correction": "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    "other_fee_unpaid": "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    "other_misc": "（六）其他处理3.其他",
    "total_handled": "（七）总计",
    "carried_out": "四、结转下年度继续办理",
}
CASES = {"review": "行政复议", "suit_direct": "未经复议直接起诉", "suit_after_review": "复议后起诉"}
RESULTS = {"upheld": "结果维持", "corrected": "结果纠正", "other_result": "其他结果", "pending": "尚未审结",
           "total": "总计"}  # fmt: skip
DECISIONS = [("第二十条第（五）项", "行政许可"), ("第二十条第（六）项", "行政处罚")]
HEAD = "<h1>示例县2023年政府信息公开工作年度报告</h1><p>统计期限为2023年1月1日至12月31日。</p>"


def numbers(seed: int) -> dict[str, int]:
    """Consistent numbers, no two columns or rows alike, so that every swap shows."""
    rng = random.Random(seed)
    v: dict[str, int] = {}
    outcomes = list(ROWS)[2:-2]
    for n, kind in enumerate(list(KINDS)[:-1]):
        parts = [rng.randint(0, 9 + 40 // (n + 1)) for _ in outcomes]
        v |= {f"table3.{row}.{kind}": p for row, p in zip(outcomes, parts, strict=True)}
        after, before = rng.randint(0, 9), rng.randint(0, 5)
        v[f"table3.total_handled.{kind}"], v[f"table3.carried_out.{kind}"] = sum(parts), after
        v[f"table3.carried_in.{kind}"], v[f"table3.new_requests.{kind}"] = before, sum(parts) + after - before
    for row in ROWS:
        v[f"table3.{row}.total"] = sum(v[f"table3.{row}.{k}"] for k in list(KINDS)[:-1])
    for case in CASES:
        four = [rng.randint(0, 60) for _ in range(4)]
        v |= {f"table4.{case}.{r}": n for r, n in zip(RESULTS, [*four, sum(four)], strict=True)}
    return v


def html(*tables: list[list[str]]) -> bytes:
    """A cell is its text, or ``text|colspan|rowspan``."""
    out = [HEAD]
    for rows in tables:
        out.append("<table>")
        for row in rows:
            cells = [(*cell.split("|"), "1", "1")[:3] for cell in row]
            out.append("<tr>" + "".join(f'<td colspan="{c}" rowspan="{r}">{t}</td>' for t, c, r in cells) + "</tr>")
        out.append("</table>")
    return "".join(out).encode()


def text(rows: list[list[str]]) -> bytes:
    return (re.sub(r"<.*?>", "\n", HEAD) + "\n".join(" ".join(row) for row in rows)).encode()


def body3(v: dict[str, int], kinds: list[str] | None = None) -> list[list[str]]:
    return [[label, *(str(v[f"table3.{row}.{k}"]) for k in kinds or KINDS)] for row, label in ROWS.items()]


def row4(v: dict[str, int], *cases: str, order: list[str] | None = None) -> list[str]:
    return [str(v[f"table4.{case}.{r}"]) for case in cases or CASES for r in order or RESULTS]


def wrong(data: bytes, v: dict[str, int]) -> dict[str, object]:
    shown = {k: c.value for k, c in parse(data).cells.items() if c.value is not None}
    return {k: (n, v.get(k)) for k, n in shown.items() if n != v.get(k)}


def assert_all_read(data: bytes, v: dict[str, int], table: str) -> None:
    cells = parse(data).cells
    assert {k: c.value for k, c in cells.items() if k.startswith(table)} == {
        k: n for k, n in v.items() if k.startswith(table)
    }


def on_its_side(v):
    heads = [["申请人情况|1|1", *ROWS.values()]]
    return heads + [[label, *(str(v[f"table3.{row}.{kind}"]) for row in ROWS)] for kind, label in KINDS.items()]


def kinds_shuffled(v):
    kinds = ["research", "total", "business", "natural_person", "other_org", "public_welfare", "legal_service"]
    return [["项目", *(KINDS[k] for k in kinds)], *body3(v, kinds)]


def line_numbers(v):
    head = ["项目", "行次", *KINDS.values()]
    return [head, *([row[0], str(n + 1), *row[1:]] for n, row in enumerate(body3(v)))]


def last_years_total(v):
    return [["项目", *KINDS.values(), "上年总计"], *([*row, str(n)] for n, row in enumerate(body3(v)))]


def last_year_first(v):
    head = [["项目|1|2", "2022年|7", "2023年|7"], [*KINDS.values(), *KINDS.values()]]
    return head + [[row[0], *(str(n % 5) for n in range(7)), *row[1:]] for row in body3(v)]


def remarks(v):
    said = ["", "含结转2件", "3", "与上年持平"]
    return [["项目", *KINDS.values(), "备注"], *([*row, said[n % 4]] for n, row in enumerate(body3(v)))]


def subtotal(v):
    head = ["项目", *list(KINDS.values())[:-1], "小计", "总计"]
    return [head, *([*row[:7], str(sum(map(int, row[2:7]))), row[7]] for row in body3(v))]


def last_years_rows(v):
    rows = body3(v)
    rows.insert(1, ["上年新收政府信息公开申请数量", *"1234567"])
    return [["项目", *KINDS.values()], *rows]


def heading_beside_its_columns(v):
    # The note over the labels lost one row of its span: the third heading row slides to the left.
    head = [["勾稽关系|1|2", "申请人情况|7"], ["自然人|1|2", "法人或其他组织|5", "总计|1|2"], list(KINDS.values())[1:6]]
    return head + body3(v)


def rows_drawn_as_two(v):
    out = [["项目", *KINDS.values()]]
    for row in body3(v):
        cut = len(row[0]) // 2
        split = len(row[0]) > 16
        out += [[row[0][:cut], *[""] * 7], [row[0][cut:], *row[1:]]] if split else [row]
    return out


@pytest.mark.parametrize("shape", [
    on_its_side, kinds_shuffled, line_numbers, last_years_total, last_year_first, remarks, subtotal, last_years_rows,
    heading_beside_its_columns, rows_drawn_as_two,
])  # fmt: skip
def test_table_3(shape) -> None:
    v = numbers(1)
    assert_all_read(html(shape(v)), v, "table3")


def matrix(v):
    rows = [[name, *row4(v, case)] for case, name in CASES.items()]
    rows[1][0], rows[2][0] = "行政诉讼（未经复议直接起诉）", "行政诉讼（复议后起诉）"
    return [[["类别", *RESULTS.values()], *rows]]


def one_a_row(v):
    rows = [[label, str(v[f"table4.{case}.{r}"])] for case in CASES for r, label in RESULTS.items()]
    for n, (name, span) in enumerate((("行政复议", "|1|5"), ("未经复议直接起诉", "|1|5"), ("复议后起诉", "|1|5"))):
        rows[5 * n].insert(0, name + span)
    return [rows]


def under_each_other(v):
    suits = [["行政诉讼|10"], ["未经复议直接起诉|5", "复议后起诉|5"], [*RESULTS.values()] * 2]
    review = [["行政复议|10"], [f"{r}|2" for r in RESULTS.values()], [f"{n}|2" for n in row4(v, "review")]]
    return [[*review, *suits, row4(v, "suit_direct", "suit_after_review")]]


def in_two_tables(v):
    review = [["行政复议|5"], [*RESULTS.values()], row4(v, "review")]
    suits = [["行政诉讼|10"], ["未经复议直接起诉|5", "复议后起诉|5"], [*RESULTS.values()] * 2]
    return [review, [*suits, row4(v, "suit_direct", "suit_after_review")]]


def suits_first(v):
    head = ["未经复议直接起诉|5", "复议后起诉|5", *(f"{r}|1|2" for r in RESULTS.values())]
    values = row4(v, "suit_direct", "suit_after_review", "review")
    return [[["行政诉讼|10", "行政复议|5"], head, [*RESULTS.values()] * 2, values]]


def totals_first(v):
    order = ["total", "upheld", "corrected", "other_result", "pending"]
    names = [RESULTS[r] for r in order]
    head = [[f"{name}|5" for name in CASES.values()], names * 3]
    return [[*head, row4(v, order=order)]]


def with_a_remark(v):
    head = [[f"{name}|5" for name in CASES.values()] + ["备注|1|2"], [*RESULTS.values()] * 3]
    return [[*head, [*row4(v), "其中1件为上年受理"]]]


@pytest.mark.parametrize("shape", [
    matrix, one_a_row, under_each_other, in_two_tables, suits_first, totals_first, with_a_remark,
])  # fmt: skip
def test_table_4(shape) -> None:
    v = numbers(2)
    data = html([["项目", *KINDS.values()], *body3(v)], *shape(v))
    assert_all_read(data, v, "table3")
    assert_all_read(data, v, "table4")


def test_a_word_in_the_row_costs_one_number() -> None:
    v = numbers(3)
    row = row4(v)
    row[6] = "待核"
    head = [[f"{name}|5" for name in CASES.values()], [*RESULTS.values()] * 3]
    cells = parse(html([["项目", *KINDS.values()], *body3(v)], [*head, row])).cells
    lost = {k for k, n in v.items() if k.startswith("table4") and cells[k].value != n}
    assert lost <= {"table4.suit_direct.corrected"}


@pytest.mark.parametrize("seed", range(6))
def test_lost_and_overrunning_spans_of_the_heading_move_no_number(seed: int) -> None:
    rng = random.Random(seed)
    v = numbers(seed)
    note = f"勾稽关系|{rng.choice([1, 1, 2])}|{rng.choice([1, 2, 3, 4])}"
    high = rng.choice([1, 2, 3])
    second = [f"自然人|1|{high}", "法人或其他组织|5", f"总计|1|{high}"]
    head = [[note, "申请人情况|7"], second, list(KINDS.values())[1:6]]
    assert wrong(html(head + body3(v)), v) == {}


@pytest.mark.parametrize("seed", range(2))
def test_columns_in_another_order_are_not_poured_into_the_form_from_running_text(seed: int) -> None:
    v = numbers(seed)
    kinds = [*KINDS][:6]
    random.Random(seed).shuffle(kinds)
    rows = [["项目", *(KINDS[k] for k in [*kinds, "total"])], *body3(v, [*kinds, "total"])]
    for data in (text(rows), text([[cell] for row in rows for cell in row]), text([["".join(row)] for row in rows])):
        assert wrong(data, v) == {}


def test_a_heading_holds_behind_a_page_break() -> None:
    v = numbers(6)
    rows = kinds_shuffled(v)
    assert_all_read(html(rows[:9], rows[9:]), v, "table3")


def test_two_years_rows_under_one_label_are_not_taken_for_one() -> None:
    v = numbers(6)
    rows = []
    for label, *own in body3(v):
        rows += [[f"{label}|1|2", "上年", *"1234567"], ["本年", *own]]
    assert wrong(html([["项目", "年度", *KINDS.values()], *rows]), v) == {}


def test_suits_before_reviews_in_running_text() -> None:
    v = numbers(4)
    head = ["行政诉讼", "行政复议", "未经复议直接起诉", "复议后起诉", *[*RESULTS.values()] * 3]
    rows = [["项目", *KINDS.values()], *body3(v), head, row4(v, "suit_direct", "suit_after_review", "review")]
    assert {k for k in wrong(text(rows), v) if k.startswith("table4")} == set()


def test_numbers_under_headings_of_2019_are_none_of_2021() -> None:
    # Headings broken over two lines, as a layout of blanks prints them.
    lines = ["二、主动公开政府信息情况", "第二十条第（一）项", "信息内容    本年新制作  本年新公开  对外公开总",
             "            数量        数量        数量", "规章        0           0           0",
             "规范性文件  18          60          8", "第二十条第（五）项",
             "信息内容    上一年项目  本年增/减   处理决定数", "行政许可    371         8           15129",
             "第二十条第（六）项",
             "行政处罚    355         +60         4932", "行政强制    166         +11         57"]  # fmt: skip
    result = parse((re.sub(r"<.*?>", "\n", HEAD) + "\n".join(lines)).encode())
    assert result.form == "2019"
    assert not {k for k in result.cells if k.endswith((".issued", ".repealed", ".in_force"))}


def test_last_years_column_beside_this_years_in_table_2() -> None:
    rows = [
        ["第二十条第（一）项|7"],
        ["信息内容", "本年制发件数", "上年制发件数", "本年废止件数", "上年废止件数", "现行有效件数", "上年有效数"],
        ["规章", *"090807"],
        ["行政规范性文件", "12", "9", "3", "8", "40", "31"],
    ]
    for n, (group, name) in enumerate(DECISIONS):
        rows += [[f"{group}|7"]]
        rows += [["信息内容", "本年处理决定数量|3", "上年处理决定数量|3"], [name, f"{51 + n}|3", "77|3"]]
    cells = parse(html(rows)).cells
    assert [cells[f"table2.normative_documents.{c}"].value for c in ("issued", "repealed", "in_force")] == [12, 3, 40]
    assert cells["table2.administrative_licensing.decisions"].value == 51
    assert cells["table2.administrative_penalty.decisions"].value == 52


def test_a_report_saved_as_one_table() -> None:
    v = numbers(5)
    prose = "全年共受理政府信息公开申请12件，已全部办结。"
    rows = [["岚县2023年政府信息公开工作年度报告|8"], ["一、总体情况|8"], [f"{prose}|8"],
            ["三、收到和处理政府信息公开申请情况|8"], ["项目", *KINDS.values()], *body3(v),
            ["注：本年受理99件。|8"]]  # fmt: skip
    result = parse(html(rows).replace(HEAD.encode(), b""))
    assert (result.year, result.organ, result.sections[0].title) == (2023, "岚县人民政府", "总体情况")
    assert [c.value for c in result.claims if c.kind == "requests_accepted"] == [12]
    assert {k: c.value for k, c in result.cells.items() if k in v and k.startswith("table3")} == {
        k: n for k, n in v.items() if k.startswith("table3")
    }


STATISTICS = {
    "b_req_received": "（一）收到申请数", "b_req_in_person": "1.当面申请数", "b_req_fax": "2.传真申请数",
    "b_req_online": "3.网络申请数", "b_req_letter": "4.信函申请数", "b_req_completed": "（二）申请办结数",
    "b_req_on_time": "1.按时办结数", "b_req_extended": "2.延期办结数", "b_req_answered": "（三）申请答复数",
    "b_ans_already_public": "1.属于已主动公开范围数", "b_ans_granted": "2.同意公开答复数",
    "b_ans_partial": "3.同意部分公开答复数", "b_ans_refused": "4.不同意公开答复数",
    "b_ref_state_secret": "其中：1.涉及国家秘密", "b_ref_trade_secret": "2.涉及商业秘密",
    "b_ref_privacy": "3.涉及个人隐私",
    "b_review": "四、行政复议数量", "b_review_upheld": "（一）维持具体行政行为数",
    "b_review_corrected": "（二）被依法纠错数",
    "b_review_other": "（三）其他情形数", "b_suits": "五、行政诉讼数量",
}  # fmt: skip


def statistics(cells, expected) -> None:
    assert {k: cells[f"statistics.{k}.this_year"].value for k in STATISTICS} == expected


def test_the_annex_of_2014_folded_in_two_and_with_columns_of_its_parts() -> None:
    v = {k: 3 + 7 * n for n, k in enumerate(STATISTICS)}
    rows = [[label, "件", str(v[k])] for k, label in STATISTICS.items()]
    half = 11
    folded = [["统计指标", "单位", "统计数"] * 2]
    folded += [a + b for a, b in zip(rows[:half], [*rows[half:], ["", "", ""]], strict=True)]
    statistics(parse(html(folded)).cells, v)
    parts = [["统计指标", "单位", "合计", "政府", "部门", "乡镇"], *([*row, "1", "2", "0"] for row in rows)]
    statistics(parse(html(parts)).cells, v)


def test_empty_rows_with_a_label_that_two_parts_share() -> None:
    v = {k: 3 + 7 * n for n, k in enumerate(STATISTICS)}
    empty = {"b_review_corrected", "b_review_other"}
    rows = [[label, "件", "" if k in empty else str(v[k])] for k, label in STATISTICS.items()]
    cells = parse(html([["统计指标", "单位", "统计数"], *rows])).cells
    statistics(cells, {k: None if k in empty else n for k, n in v.items()})
    assert {str(cells[f"statistics.{k}.this_year"].status) for k in empty} == {"blank"}
