"""Faults of the source: each changes a report and says which rules must then fail."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from panelkit.made import COLUMNS, RESULTS, Made
from parsers.divisions import load_divisions

Plant = Callable[[Made, "Made | None", random.Random], "set[str] | None"]
SOURCE: dict[str, Plant] = {}


def source(plant: Plant) -> Plant:
    SOURCE[plant.__name__] = plant
    return plant


def add(m: Made, row: str, column: str, n: float) -> None:
    """Change a cell of table 3 and its row's total with it."""
    m.cells[f"table3.{row}.{column}"] += n
    m.cells[f"table3.{row}.total"] += n


@source
def balance(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    column = rng.choice(COLUMNS[:2])
    add(m, "new_requests", column, 3)
    return {f"T3_BALANCE.{column}", "T3_BALANCE.total"}


@source
def balance_of_columns_only(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.cells["table3.new_requests.natural_person"] += 1
    m.cells["table3.new_requests.other_org"] -= 1
    if m.cells["table3.new_requests.other_org"] < 0:
        return None
    return {"T3_BALANCE.natural_person", "T3_BALANCE.other_org"}


@source
def results(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    column = rng.choice(COLUMNS)
    add(m, rng.choice(RESULTS), column, rng.randrange(1, 9))
    return {f"T3_RESULT_SUM.{column}", "T3_RESULT_SUM.total"}


@source
def row_total(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    row = rng.choice(RESULTS)
    m.cells[f"table3.{row}.total"] += rng.choice((-1, 1, 10)) if m.cells[f"table3.{row}.total"] else 1
    return {f"T3_ROW_SUM.{row}", "T3_RESULT_SUM.total"}


@source
def wrong_column(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    """Filled in one column too far, in a table whose own mark-up says so."""
    if not m.cells["table3.granted.natural_person"] or m.cells["table3.granted.business"]:
        return None
    m.grid = "exact"
    m.cells["table3.granted.business"] = m.cells["table3.granted.natural_person"]
    m.cells["table3.granted.natural_person"] = 0
    return {"T3_RESULT_SUM.natural_person", "T3_RESULT_SUM.business"}


@source
def table4(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    row = rng.choice(("review", "suit_direct"))
    m.cells[f"table4.{row}.total"] += 1
    return {f"T4_SUM.{row}"}


@source
def decimal(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.cells["table2.administrative_penalty.decisions"] += 0.5
    return {"T2_INT"}


@source
def rules_of_a_county(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year < 2021:
        return None
    m.cells |= {"table2.regulations.issued": 1, "table2.regulations.repealed": 1}
    return {"T2_RULES_AT_COUNTY"}


@source
def disclosed(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year >= 2021:
        return None
    key = "table2.normative_documents.{}".format
    m.cells[key("newly_disclosed")] = m.cells[key("total_disclosed")] + 2
    return {"T2_DISCLOSED_LE_TOTAL.normative_documents"}


@source
def procurement_without_unit(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    key = "table2.central_procurement.total_amount"
    if m.year >= 2021:
        return None
    m.raw[key] = f"{m.cells[key]:g}"
    return {"T2_PROC_UNIT"}


@source
def procurement_in_another_unit(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    key = "table2.central_procurement.total_amount"
    if m.year != 2020 or last is None or not last.present:
        return None
    m.cells[key] = round(last.cells[key] / 10_000, 2)
    return {"T2_PROC_JUMP"}


@source
def fee_in_yuan(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year < 2021:
        return None
    m.cells["table2.administrative_fees.amount_wan_yuan"] *= 10_000
    return {"T2_FEE_UNIT"} if m.cells["table2.administrative_fees.amount_wan_yuan"] > 500_000 else set()


@source
def carry(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if last is None or not last.present:
        return None
    add(m, "carried_in", "business", 2)
    add(m, "new_requests", "business", -2)
    return None if m.cells["table3.new_requests.business"] < 0 else {"X_CARRY.business", "X_CARRY.total"}


@source
def stock(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year < 2022 or last is None or not last.present:
        return None
    m.cells["table2.normative_documents.in_force"] += 3
    return {"X_NORMATIVE"}


@source
def items(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year != 2020 or last is None or not last.present:
        return None
    m.cells["table2.administrative_licensing.items_last_year"] += 7
    return {"X_ITEMS.administrative_licensing"}


_OUTCOMES = {"N_GRANTED", "N_PARTIAL", "N_DENIED", "N_UNAVAILABLE", "N_REJECTED", "N_OTHER"}


def spoken(name: str, key: str, n: int, from_year: int = 2019) -> None:
    """A fault of the prose: a number said that the table does not have."""

    def plant(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
        if m.year < from_year:
            return None
        base = {"denied": ("denied_third_party", "denied_process_info"), "other": (m.other,),
                "unavailable": ("unavailable_not_held", "unavailable_unclear")}.get(key)  # fmt: skip
        if key == "suits":
            value = m.cells["table4.suit_direct.total"] + m.cells["table4.suit_after_review.total"]
        else:
            value = sum(m.total(r) for r in base) if base else m.cells[key]
        m.spoken[key] = value + n
        return {name, "N_PARTS"} if name in _OUTCOMES else {name}

    SOURCE[f"prose_{name}"] = plant


for _name, _key, _from in (
    ("N_NEW", "table3.new_requests.total", 2019), ("N_DONE", "table3.total_handled.total", 2019),
    ("N_GRANTED", "table3.granted.total", 2019), ("N_PARTIAL", "table3.partially_granted.total", 2019),
    ("N_DENIED", "denied", 2019), ("N_UNAVAILABLE", "unavailable", 2019),
    ("N_REJECTED", "table3.rejected_repeat.total", 2019), ("N_OTHER", "other", 2019),
    ("N_CARRY", "table3.carried_out.total", 2019),
    ("N_REVIEW", "table4.review.total", 2019), ("N_SUIT", "suits", 2019),
    ("N_NORM_ISSUED", "table2.normative_documents.issued", 2021),
    ("N_NORM_IN_FORCE", "table2.normative_documents.in_force", 2021),
):  # fmt: skip
    spoken(_name, _key, 1009, _from)


@source
def all_done(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.lines.append("收到的政府信息公开申请均已按期办结。")
    return {"N_ALL_DONE.total"} if m.total("carried_out") else None


@source
def all_upheld(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.lines.append("上述信息公开行政复议案件均获维持。")
    row = "table4.review.{}".format
    return {"N_OUTCOME.review"} if any(m.cells[row(c)] for c in ("corrected", "other_result", "pending")) else None


@source
def all_concluded(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.lines.append("上述信息公开行政诉讼案件均已审结。")
    pending = m.cells["table4.suit_direct.pending"] + m.cells["table4.suit_after_review.pending"]
    return {"N_CONCLUDED.suit"} if pending else None


def share(part: int, words: str) -> None:
    """A percentage that no whole in report or sentence gives."""

    def plant(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
        if m.total("new_requests") < 2 * part:
            return None
        m.lines.append(words)
        return {"N_SHARE"}

    SOURCE[f"share_of_{part}"] = plant


share(20, "其中征地拆迁类申请20件，占93.1%。")
share(7, "涉及教育的申请7件，占比88.25%。")
share(11, "企业提出的申请11件，约占申请总数的97%。")


@source
def period(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.period = m.year - 1
    return {"X_YEAR"}


@source
def year_of_the_title(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.years["title"] = m.year + rng.choice((-1, 1))
    return {"X_YEAR"}


@source
def year_of_the_preamble(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.years["preamble"] = m.year - 1
    return {"X_YEAR"}


@source
def year_of_the_opening(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.years["opening"] = m.year - 1
    return {"X_YEAR"}


@source
def outcomes_said_twice(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    n = m.total("total_handled")
    m.lines.append(f"答复政府信息公开申请{n}件，其中予以公开{m.total('granted')}件，部分公开{n + 5}件，不予公开0件，"
                   "无法提供0件，不予处理0件，其他处理0件。")  # fmt: skip
    return {"N_TWICE.N_PARTIAL"}


@source
def answered(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    n = m.total("total_handled")
    m.said_right = False
    m.lines.append(f"全年答复政府信息公开申请{n + 1009}件。")
    return {"N_ANSWERED"}


@source
def answered_twice(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    n = m.total("total_handled")
    m.lines += [f"答复政府信息公开申请{n}件。", f"全年答复政府信息公开申请{n + 1009}件。"]
    return {"N_TWICE.N_ANSWERED"}


@source
def granted_any(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    n = m.total("granted") + m.total("partially_granted") + 3
    m.lines.append(f"办理的政府信息公开申请中，予以公开和部分公开{n}件。")
    return {"N_GRANTED_ANY"}


@source
def scope_of_the_office(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.preamble = "本报告数据仅统计县政府办公室，不含各部门。"
    return {"H_SCOPE_TEXT"}


@source
def parts_exceed_the_whole(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if not m.parts:
        return None
    key = rng.choice(("table3.new_requests", "table3.granted"))
    n = m.cells[f"{key}.total"] + 5
    for row in ("granted", "new_requests", "total_handled"):
        m.parts[1].cells |= {f"table3.{row}.{c}": n for c in ("natural_person", "total")}
    return {"H_SUM"}


@source
def office_report_as_the_whole(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if not m.parts:
        return None
    m.parts = [replace(m.parts[0], cells=dict(m.cells))]
    return {"H_SCOPE"}


@source
def suits_after_no_review(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if last is None or not last.present or last.total_of("review") or last.cells["table4.review.pending"]:
        return None
    m.cells |= {f"table4.review.{c}": 0 for c in ("upheld", "corrected", "other_result", "pending", "total")}
    m.cells["table4.suit_after_review.upheld"] += 2
    m.cells["table4.suit_after_review.total"] += 2
    return {"T4_AFTER_WITHOUT_REVIEW"}


@source
def parts_exceed_a_total_beside_blanks(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    """Blanks are unknown, but what is printed is already too much."""
    m.grid = "exact"
    m.lost |= {f"table3.granted.{c}" for c in COLUMNS[2:]}
    m.cells["table3.granted.total"] = 1
    return {"T3_ROW_SUM.granted"} if sum(m.cells[f"table3.granted.{c}"] for c in COLUMNS[:2]) > 1 else None


@source
def no_fee(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.fee = "除上述情况外，本机关没有其他需要报告的事项，特此说明。"
    return {"N_FEE"} if m.year >= 2021 else None


@source
def placeholder(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.lines.append("全年组织政务公开业务培训××次，参训人员较多。")
    return {"C_PLACEHOLDER"}


@source
def placeholder_in_the_preamble(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.preamble = rng.choice(("联系电话：______。", "如有疑问，请与×××县政务公开办联系。"))
    return {"C_PLACEHOLDER"}


@source
def copied_stock(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year < 2022 or last is None:
        return None
    stock_before = last.cells["table2.normative_documents.in_force"]
    if stock_before < 2 or stock_before % 2:
        return None
    half = stock_before / 2
    m.cells |= {"table2.normative_documents.issued": 0, "table2.normative_documents.repealed": half,
                "table2.normative_documents.in_force": half}  # fmt: skip
    return {"T2_REPEAT"}


@source
def more_repealed_than_there(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year < 2022 or last is None or not last.present:
        return None
    m.cells["table2.normative_documents.repealed"] = 5000
    return {"T2_REPEALED_LE_STOCK.normative_documents"}


@source
def rules_stock(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.year < 2022 or last is None or not last.present:
        return None
    m.cells["table2.regulations.in_force"] = 2
    return {"X_RULES", "T2_RULES_AT_COUNTY"}


@source
def pending_forgotten(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if last is None or not last.present or not last.cells["table4.suit_direct.pending"]:
        return None
    m.cells |= {f"table4.suit_direct.{c}": 0 for c in ("upheld", "corrected", "other_result", "pending", "total")}
    return {"T4_PENDING_RESOLVED.suit_direct"}


@source
def channels(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    n = m.total("new_requests")
    m.lines.append(f"共收到政府信息公开申请{n}件，其中网络申请{n}件，信函申请7件。")
    return {"N_CHANNELS"} if n else None


@source
def fee_said_twice(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.lines.append("全年收取政府信息公开信息处理费300元。")
    return {"N_FEE_AGREES"}


@source
def same_numbers(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if last is None or not last.present or last.form.id != m.form.id or last.planted:
        return None
    m.cells = dict(last.cells)
    return {"X_SAME_NUMBERS"}


@source
def text_of_last_year(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if last is None or not last.present or last.planted or last.form.id != m.form.id:
        return None
    m.text_of = last
    return {"X_SAME_TEXT"}


@source
def text_of_another(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    return {"X_SAME_TEXT"}  # whose text it is, is known when all reports are made


def _far(m: Made, rng: random.Random) -> str:
    """The name of a county in another province."""
    counties = (a for a in load_divisions() if a.kind == "county" and not a.valid_to and len(a.name) > 2)
    return rng.choice([a for a in counties if a.code[:2] != m.place.code[:2]]).name


@source
def another_name(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.place.code.endswith("00"):  # a prefecture may name counties by right
        return None
    m.lines.append(f"{_far(m, rng)}人民政府门户网站全年运行平稳。")
    return {"C_OTHER_NAME"}


@source
def lightly_edited_text_of_another(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.edited = True
    return {"X_SAME_TEXT"}


@source
def lightly_edited_text_of_last_year(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.edited = True
    return text_of_last_year(m, last, rng)


@source
def another_name_in_the_preamble(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.place.code.endswith("00"):  # a prefecture may name counties by right
        return None
    m.preamble = f"现将{_far(m, rng)}人民政府有关情况公布如下。"
    return {"C_OTHER_NAME"}


@source
def missing(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if last is None or not last.present:
        return None
    m.present = False
    return {"not_found"}


@source
def late(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.published_on = f"{m.year + 1}-04-{rng.randrange(1, 29):02}"
    return {"late"}
