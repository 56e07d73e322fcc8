from __future__ import annotations

from dataclasses import replace

import pytest

from parsers.checks import Reading, check
from parsers.readers import read
from parsers.result import CellResult, Claim, Status
from parsers.tables import read_tables


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
