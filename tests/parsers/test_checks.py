from __future__ import annotations

from dataclasses import replace

import pytest

from parsers.checks import Reading, check
from parsers.readers import read
from parsers.result import CellResult, Claim, Section, Status
from parsers.tables import read_tables

APPLICANTS = ("natural_person", "business", "research", "public_welfare", "legal_service", "other_org", "total")


@pytest.fixture
def whole(inventor):
    """A consistent reading, to be spoiled by the tests."""
    invented = inventor("2021", 3, 0.4)
    invented.values.update({f"table2.regulations.{c}": 0 for c in ("issued", "repealed", "in_force")})
    tables = read_tables(read(invented.text()))
    return Reading(tables.form, tables.cells, [], "county")


def spoil(reading, key, value, status=Status.PRINTED):
    return replace(reading, cells={**reading.cells, key: CellResult(key, status, value)})


def rules(findings, verdict="fail"):
    return {f.rule for f in findings if f.verdict == verdict}


def test_a_consistent_report_has_no_findings(whole):
    findings, counts = check(whole)
    assert findings == []
    assert counts == {"assessed": 42, "passed": 42, "failed": 0, "not_assessable": 0}


def test_one_wrong_cell_breaks_the_sums_it_is_part_of(whole):
    key = "table3.granted.business"
    findings, counts = check(spoil(whole, key, whole.value(key) + 5))
    assert rules(findings) == {"T3_ROW_SUM.granted", "T3_RESULT_SUM.business"}
    assert counts["failed"] == 2
    one = next(f for f in findings if f.rule == "T3_ROW_SUM.granted")
    assert one.right_value - one.left_value == 5
    assert key in one.cells
    assert one.doubt == "source"  # plainly printed numbers that do not add up


def test_an_inferred_cell_leaves_the_doubt_open(whole):
    findings, _ = check(spoil(whole, "table4.review.total", 999, Status.ALIGNED))
    assert [(f.rule, f.doubt) for f in findings] == [("T4_SUM.review", "open")]


@pytest.mark.parametrize(("status", "doubt"), [(Status.BLANK, "source"), (Status.UNREADABLE, "reading")])
def test_an_unknown_cell_is_not_assessable(whole, status, doubt):
    findings, counts = check(spoil(whole, "table4.review.upheld", None, status))
    assert [(f.rule, f.verdict, f.doubt) for f in findings] == [("T4_SUM.review", "not_assessable", doubt)]
    assert counts["not_assessable"] == 1


def test_a_county_makes_no_government_rules(whole):
    spoiled = spoil(whole, "table2.regulations.issued", 2)
    assert rules(check(spoiled)[0]) == {"T2_RULES_AT_COUNTY"}
    assert check(replace(spoiled, admin_level="prefecture"))[0] == []


@pytest.mark.parametrize("value", [1.5, -1])
def test_counts_are_whole_and_not_negative(whole, value):
    assert "T2_INT" in rules(check(spoil(whole, "table2.administrative_licensing.decisions", value))[0])


def claim(kind, value, approx=False):
    return Claim(kind, value, "件", "某句。", approx, 1)


def test_prose_may_count_carried_requests_or_not(whole):
    new, carried = whole.value("table3.new_requests.total"), whole.value("table3.carried_in.total")
    for value in (new, new + carried):
        assert check(replace(whole, claims=[claim("requests_accepted", value)]))[0] == []
    assert rules(check(replace(whole, claims=[claim("requests_accepted", new + carried + 1)]))[0]) == {"N_NEW"}


def test_prose_classes_are_compared_with_group_sums(whole):
    denied = sum(c.value for k, c in whole.cells.items() if k.startswith("table3.denied_") and k.endswith(".total"))
    assert check(replace(whole, claims=[claim("denied_all", denied)]))[0] == []
    (finding,), _ = check(replace(whole, claims=[claim("denied_all", denied + 2)]))
    assert (finding.rule, finding.left_value, finding.right_value) == ("N_DENIED", denied + 2, denied)
    assert f"正文{denied + 2}，表格{denied}" in finding.message_zh


def test_an_approximate_claim_is_not_compared(whole):
    assert check(replace(whole, claims=[claim("requests_accepted", 99999, approx=True)]))[0] == []


# ---- across years ----


def beside(whole, **last):
    """The report beside a copy of itself as last year's, with some cells of that one changed."""
    cells = dict(whole.cells)
    for key, value in last.items():
        cells[key] = CellResult(key, Status.PRINTED, value)
    return replace(whole, last=replace(whole, cells=cells, report_id="last"))


def across(findings):
    return {f.rule: f for f in findings if f.verdict == "fail" and any(c.startswith("last:") for c in f.cells)}


def test_carry_over_is_compared_in_every_column(whole):
    last = {f"table3.carried_out.{c}": whole.value(f"table3.carried_in.{c}") for c in APPLICANTS}
    agreeing = beside(whole, **last)
    assert not [r for r in across(check(agreeing)[0]) if r.startswith("X_CARRY")]
    # One person more and one company less: the total agrees, two columns do not.
    last["table3.carried_out.natural_person"] += 1
    last["table3.carried_out.business"] -= 1
    found = across(check(beside(whole, **last))[0])
    assert {r for r in found if r.startswith("X_CARRY")} == {"X_CARRY.natural_person", "X_CARRY.business"}
    one = found["X_CARRY.business"]
    assert (one.other, one.severity, one.left_value - one.right_value) == ("last", "warning", -1)


def test_stocks_follow_from_last_years(whole):
    key = "table2.normative_documents.{}".format
    due = whole.value(key("in_force")) - whole.value(key("issued")) + whole.value(key("repealed"))
    assert "X_NORMATIVE" not in across(check(beside(whole, **{key("in_force"): due}))[0])
    assert across(check(beside(whole, **{key("in_force"): due + 2}))[0])["X_NORMATIVE"].right_value == (
        whole.value(key("in_force")) + 2
    )


def test_forms_that_count_other_things_are_not_compared(whole, inventor):
    earlier = read_tables(read(inventor("2019", 4, 0.3).text()))
    last = Reading(earlier.form, earlier.cells, [], "county", report_id="last")
    findings, _ = check(replace(whole, last=last))
    assert {f.verdict for f in findings if f.rule in ("X_NORMATIVE", "X_RULES")} == {"not_assessable"}
    assert any(f.rule.startswith("X_CARRY") for f in findings)  # table 3 counts the same in both


@pytest.mark.parametrize(("last", "fails"), [(2_510_000_000, True), (25.1, True), (251_000, False), (9_000_000, False)])
def test_an_amount_ten_thousand_times_off_last_years_is_perhaps_in_another_unit(inventor, last, fails):
    tables = read_tables(read(inventor("2019", 4, 0.3).text()))
    key = "table2.central_procurement.total_amount"
    amount = {key: CellResult(key, Status.PRINTED, 251_000, "251000元")}
    here = Reading(tables.form, {**tables.cells, **amount}, [], "county")
    before = spoil(replace(here, report_id="last"), key, last)
    found = across(check(replace(here, last=before))[0])
    assert ("T2_PROC_JUMP" in found) == fails
    if fails:
        one = found["T2_PROC_JUMP"]
        assert (one.left_value, one.right_value, one.other, one.severity) == (251_000, last, "last", "info")


# ---- blanks ----


def test_what_is_printed_may_already_be_too_much(whole):
    """A blank may stand for anything but a negative number."""
    keys = [f"table4.review.{c}" for c in ("upheld", "corrected", "other_result", "pending", "total")]
    cells = {**whole.cells, **{k: CellResult(k, Status.PRINTED, 0) for k in keys}}
    cells[keys[0]] = CellResult(keys[0], Status.PRINTED, 5)
    cells[keys[1]] = CellResult(keys[1], Status.BLANK)
    cells[keys[4]] = CellResult(keys[4], Status.PRINTED, 4)
    (finding,) = [f for f in check(replace(whole, cells=cells))[0] if f.rule == "T4_SUM.review"]
    assert (finding.verdict, finding.left_value, finding.right_value) == ("fail", 4, 5)
    cells[keys[4]] = CellResult(keys[4], Status.PRINTED, 6)
    (finding,) = [f for f in check(replace(whole, cells=cells))[0] if f.rule == "T4_SUM.review"]
    assert finding.verdict == "not_assessable"


# ---- wordings ----


def said(whole, text, number=1):
    return replace(whole, sections=(Section(number, "", text),), year=2023)


@pytest.mark.parametrize(("text", "rule"), [
    ("收到的政府信息公开申请均已按时办结。", "N_ALL_DONE.total"),
    ("除1件结转外，收到的政府信息公开申请均已按时办结。", None),
    ("上年结转的信息公开申请均已办结。", None),
    ("12345热线转办件均已按时办结，信息公开水平提高。", None),
    ("本报告数据统计期限为2022年1月1日至2022年12月31日。", "X_YEAR"),
    ("本报告数据统计期限为2023年1月1日至12月31日。", None),
    ("全年举办培训××次。", "C_PLACEHOLDER"),
    ("全年举办培训××期，占比XX%。", "C_PLACEHOLDER"),
    ("二〇〇〇年以来共公开一〇〇件。", None),
    ("申请公开××村征地批复的1件。", None),
])  # fmt: skip
def test_wordings(whole, text, rule):
    reading = spoil(said(whole, text), "table3.carried_out.total", whole.value("table3.carried_out.total"))
    assert whole.value("table3.carried_out.total") > 0
    assert rules(check(reading)[0]) == ({rule} if rule else set())


@pytest.mark.parametrize(("part", "text"), [
    ("title", "某县2022年政府信息公开工作年度报告"),
    ("preamble", "数据统计期限自2022年1月1日至12月31日止。"),
    ("preamble", "现将某县二〇二二年政府信息公开工作年度报告公布如下。"),
    ("sections", (Section(1, "", "2022年，本县认真落实公开要求。"),)),
])  # fmt: skip
def test_title_preamble_and_opening_name_the_reports_year(whole, part, text):
    here = said(whole, "")
    assert rules(check(replace(here, **{part: text}))[0]) == {"X_YEAR"}
    right = (Section(1, "", "2023年，本县认真落实公开要求。"),) if part == "sections" else text.replace(
        "2022", "2023").replace("二〇二二", "二〇二三")  # fmt: skip
    assert rules(check(replace(here, **{part: right}))[0]) == set()


@pytest.mark.parametrize("text", [
    "2022年，本县公开信息10条；2023年，公开信息20条。", "2019年，新修订的条例施行以来，本县认真落实。",
    "2023年，申请比2022年，有所增加。",
])  # fmt: skip
def test_an_opening_may_name_other_years(whole, text):
    assert check(said(whole, text))[0] == []


def test_another_year_and_an_unfilled_place_are_seen_in_the_preamble_too(whole):
    assert rules(check(replace(said(whole, ""), preamble="联系电话：____。"))[0]) == {"C_PLACEHOLDER"}


@pytest.mark.parametrize(("scope", "text", "fails"), [
    ("whole_area", "本报告数据仅统计县政府办公室，不含各部门。", True),
    ("whole_area", "现将某县人民政府办公室2023年政府信息公开工作年度报告公布如下。", True),
    ("whole_area", "现将某县2023年政府信息公开工作年度报告公布如下。", False),
    ("single_organ", "统计数据包括全县各乡镇、各部门。", True),
    ("single_organ", "统计数据包括本局及下属单位。", False),
    ("unknown", "本报告数据仅统计县政府办公室。", False),
])  # fmt: skip
def test_title_and_text_speak_of_the_same_scope(whole, scope, text, fails):
    findings, _ = check(replace(said(whole, ""), scope=scope, preamble=text))
    assert [(f.rule, f.severity, f.doubt) for f in findings] == ([("H_SCOPE_TEXT", "info", "source")] if fails else [])


def test_part_six_states_the_fee_or_says_nothing_at_all(whole):
    assert rules(check(said(whole, "本机关没有其他需要报告的重要事项。", 6))[0]) == {"N_FEE"}
    for text in ("无。", "本年度未收取信息处理费。"):
        assert rules(check(said(whole, text, 6))[0]) == set()


def test_administrative_fees_are_not_compared_with_the_processing_fee(whole):
    assert whole.value("table2.administrative_fees.amount_wan_yuan") is not None
    none = Claim("info_processing_fee_collected", 0, "元", "未收取信息处理费。", False, 6)
    assert check(spoil(replace(whole, claims=[none]), "table2.administrative_fees.amount_wan_yuan", 18.2))[0] == []


def test_a_sentence_about_the_whole_county_leaves_the_office_report_open(whole):
    wrong = Claim("granted", 999, "件", "全县予以公开999件。", False, 1)
    (finding,), _ = check(replace(whole, claims=[wrong], scope="government_and_office"))
    assert (finding.rule, finding.doubt) == ("N_GRANTED", "open")
    (finding,), _ = check(replace(whole, claims=[wrong], scope="whole_area"))
    assert finding.doubt == "source"
