"""Unusual numbers, names that do not belong, parts and whole, and the rates' arithmetic."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from archive import bodies, levels, names
from archive.bodies import Known, by_body, last_years, root
from archive.crossyear import same_numbers
from archive.jumps import jumps
from archive.rates import reading_errors, upper_bound
from parsers.checks import Reading
from parsers.form_model import load_forms
from parsers.result import CellResult, Section, Status


@pytest.fixture
def highlights():
    """An empty table of highlights with what ``jumps`` looks at."""
    from archive.indicators import indicators

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        columns = ", ".join(f"{n} NUMERIC" for n in indicators())
        conn.execute("CREATE TABLE highlights (report_id TEXT, year INTEGER, area_code TEXT, organ TEXT,"
                     f" organ_kind TEXT, scope TEXT, form TEXT, {columns})")  # fmt: skip
        conn.execute("CREATE TABLE findings (report_id, other_report_id, rule, rule_id, verdict)")
        conn.execute("CREATE TABLE cells (report_id, key, value, is_current)")
        yield conn


def series(conn, name, values, area="990101", form="2021"):
    for year, value in enumerate(values, start=2021):
        conn.execute(
            f"INSERT INTO highlights(report_id, year, area_code, organ, organ_kind, scope, form, {name})"
            " VALUES (?, ?, ?, '甲县人民政府', 'government', 'whole_area', ?, ?)",
            [f"{area}-{year}", year, area, form, value],
        )


@pytest.mark.parametrize(("name", "values", "found"), [
    ("fees", [120.5, 130.2, 1_250_000, 128], [(2023, "unit")]),
    ("fees", [120.5, 130.2, 1_255_120.25, 128], [(2023, "unit")]),
    ("licences", [900, 950, 0, 940], [(2023, "zero")]),
    ("new_requests", [20, 25, 900, 30], [(2023, "high")]),
    ("new_requests", [200, 250, 3, 300], [(2023, "low")]),
    ("new_requests", [20, 35, 60, 110], []),    # grows, but step by step
    ("reviews", [0, 3, 0, 12], []),             # small numbers jump by nature
    ("fees", [120.5, None, 0, 128], []),        # a zero after a year without a number
])  # fmt: skip
def test_jumps_are_told_with_the_comparison(highlights, name, values, found):
    series(highlights, name, values)
    got = list(jumps(highlights))
    assert [(int(j.report_id[-4:]), j.kind) for j in got] == found
    for jump in got:
        assert jump.n_years == 3
        assert f"{jump.own_low:g}" in jump.message_zh
        assert str(jump.value) in jump.message_zh
        assert "e+" not in jump.message_zh + jump.message_en


def test_numbers_of_forms_that_count_otherwise_are_no_comparison(highlights):
    series(highlights, "norms_in_force", [20, 25, 30])
    series(highlights, "norms_in_force", [900_000, 900_000, 900_000], form="2019")
    assert {j.n_years for j in jumps(highlights) if j.report_id} <= {2}


# ---- reports ----

FORM = load_forms()["2021"].as_printed(())


def made(**values):
    cells = {f.key: CellResult(f.key, Status.PRINTED, 0, "0") for f in FORM.fields()}
    cells |= {k: CellResult(k, Status.PRINTED, v, str(v)) for k, v in values.items()}
    return Reading(FORM, cells, (), "county", grid="exact", report_id="r")


def known(report_id, scope="single_organ", year=2023, area="141127", organ="甲局", kind="department"):
    return Known(report_id, area, organ, kind, "county", scope, year, "s", f"{report_id}@1", "x", "2021", None)


def fails(outcomes):
    return [o.finding for o in outcomes if o.finding]


NEW, REVIEW = "table3.new_requests.total", "table4.review.total"


def test_parts_may_not_exceed_the_whole():
    whole = made(**{NEW: 30, REVIEW: 2})
    parts = [(known("a"), made(**{NEW: 20})), (known("b"), made(**{NEW: 9}))]
    assert fails(levels.compare(whole, parts)) == []
    (finding,) = fails(levels.compare(whole, [*parts, (known("c"), made(**{NEW: 5}))]))
    assert (finding.rule, finding.left_value, finding.right_value, finding.other) == ("H_SUM", 34, 30, "a")
    assert finding.doubt == "open"


def test_a_whole_that_is_only_the_office():
    values = {f.key: n for n, f in enumerate(FORM.fields()[:12], start=1)}
    office = (known("o", "government_and_office"), made(**values))
    found = {f.rule for f in fails(levels.compare(made(**values), [office]))}
    assert "H_SCOPE" in found
    assert "H_SCOPE" not in {f.rule for f in fails(levels.compare(made(**{**values, NEW: 999}), [office]))}


def test_the_same_numbers_need_enough_of_them():
    many = {f.key: 3 for f in FORM.fields()[:12]}
    (finding,) = fails(same_numbers(made(**many), replace(made(**many), report_id="last")))
    assert (finding.rule, finding.other) == ("X_SAME_NUMBERS", "last")
    few = {f.key: 3 for f in FORM.fields()[:4]}
    assert fails(same_numbers(made(**few), made(**few))) == []
    assert fails(same_numbers(made(**many), made(**{**many, NEW: 4}))) == []


def blank(reading, *keys):
    cells = {k: CellResult(k, Status.BLANK, None, "") if k in keys else c for k, c in reading.cells.items()}
    return replace(reading, cells=cells)


def test_blanks_beside_numbers_are_no_other_numbers():
    values = {f.key: n for n, f in enumerate(FORM.fields()[:30], start=1)}
    here, zeros = made(**values), [f.key for f in FORM.fields()[30:]]
    (finding,) = fails(same_numbers(here, blank(here, *zeros)))  # noughts left blank last year
    assert "30个非零数字" in finding.message_zh
    (finding,) = fails(same_numbers(blank(here, *zeros, *list(values)[:2]), here))
    assert "28个非零数字" in finding.message_zh
    assert fails(same_numbers(here, blank(made(**values | {list(values)[5]: 99}), *zeros))) == []
    assert fails(same_numbers(here, blank(here, *list(values)[:10]))) == []  # too little of the whole


@pytest.mark.parametrize(("text", "named"), [
    ("2023年，隆德县人民政府认真贯彻条例。", "隆德县"),
    ("双江拉祜族佤族布朗族傣族自治县人民政府门户网站运行平稳。", "双江拉祜族佤族布朗族傣族自治县"),
    ("2023年，岚县人民政府认真贯彻条例。", None),
    ("赴隆德县人民政府办公室学习考察。", None),
    ("1件不属于本机关职责，告知申请人向隆德县人民政府提出。", None),
    ("会同临县人民政府办公室开展业务培训。", None),  # a neighbour in the same prefecture
    ("隆德县的小米远近闻名。", None),
])  # fmt: skip
def test_another_countys_name_as_the_subject(text, named):
    reading = replace(made(), sections=(Section(1, "", text),))
    found = fails(names.other_counties(reading, "141127"))
    assert [named in f.message_zh for f in found] == ([True] if named else [])


def test_prefectures_may_name_their_counties():
    reading = replace(made(), sections=(Section(1, "", "隆德县人民政府门户网站改版。"),))
    assert fails(names.other_counties(reading, "140000")) == []


def test_bodies_go_on_under_other_names():
    assert root("110228") == "110118"
    offices = [
        known("a", "government_and_office", 2014, "110228", "密云县人民政府办公室", "government_office"),
        known("b", "government_and_office", 2015, "110118", "密云区政府办", "government_office"),
        known("c", "whole_area", 2015, "110118", "密云区人民政府", "government"),
    ]
    chains = by_body(offices)
    assert [{y: k.report_id for y, k in years.items()} for years in chains.values()] == [
        {2014: "a", 2015: "b"}, {2015: "c"},
    ]  # fmt: skip
    bureaus = [known("a", year=2019, area="130526", organ="任县教育局"),
               known("b", year=2020, area="130505", organ="任泽区教育局")]  # fmt: skip
    assert [list(years) for years in by_body(bureaus).values()] == [[2019, 2020]]
    twice = [known("a"), known("b")]
    assert list(by_body(twice).values()) == [{}]  # two of one year: nothing tells which one goes on


def of_place(report_id, area, year):
    return known(report_id, "whole_area", year, area, f"{area}人民政府", "government")


def test_last_years_report_is_that_of_the_same_place_unless_it_was_merged():
    renamed = [of_place("a", "532331", 2020), of_place("b", "532302", 2021)]  # 禄丰县 became 禄丰市 in 2021
    assert {k: v.report_id for k, v in last_years(renamed).items()} == {"b": "a"}
    # 上城区 took in 江干区 in 2021; the report on 2020 was due before.
    merged = [of_place(f"c{year}", "330102", year) for year in range(2019, 2024)]
    found = {k: v.report_id for k, v in last_years(merged).items()}
    assert found == {"c2020": "c2019", "c2022": "c2021", "c2023": "c2022"}
    # 临平区 was made of a part of 余杭区 in 2021.
    smaller = [of_place(f"d{year}", "330110", year) for year in range(2020, 2023)]
    assert {k: v.report_id for k, v in last_years(smaller).items()} == {"d2022": "d2021"}


def test_nothing_is_missing_of_a_place_that_is_no_more():
    assert bodies.goes_on("141127", 2023)
    assert bodies.goes_on("130526", 2020)  # 任县 became 任泽区
    assert not bodies.goes_on("130503", 2020)  # 桥西区 went into 信都区 with 邢台县
    assert not bodies.goes_on("110103", 2011)  # 崇文区, without a successor in the list
    assert bodies.goes_on("110103", 2009)


def test_an_upper_bound_is_never_below_the_share():
    assert upper_bound(0, 0) is None
    assert 0 < upper_bound(0, 10_000) < 0.0005
    assert upper_bound(5, 100) > 0.05
    assert upper_bound(100, 100) == 1.0


def test_measured_reading_errors_are_whole():
    for measured_on, _, kind, documents, cells, wrong, missed, rate, high in reading_errors():
        assert measured_on >= "2026"
        assert kind
        assert cells >= documents > 0
        assert 0 <= wrong + missed <= cells
        assert rate <= high
