from __future__ import annotations

import csv
from pathlib import Path

import pytest

from parsers.divisions import (
    DivisionError,
    area,
    find_area,
    load_divisions,
    match_area,
    named_like,
    parse_divisions,
)

HEADER = "code,name,kind,alias,valid_from,valid_to,succeeded_by,pinyin,lat,lon"


@pytest.mark.parametrize(
    ("text", "code", "length"),
    [
        ("岚县2023年政府信息公开工作年度报告", "141127", 2),
        ("吕梁市离石区人民政府", "141102", 6),
        ("山西省吕梁市离石区", "141102", 9),
        ("山西岚县", "141127", 4),
        ("吕梁离石区", "141102", 5),
        ("临夏回族自治州永靖县", "622923", 10),
        ("临夏州永靖县", "622923", 6),
        ("离 石\n区", "141102", 3),
        ("上海市人民政府办公厅", "310000", 3),
        ("吉林省吉林市", "220200", 6),
        ("苏州工业园区管委会", "320576", 6),
        ("嘉峪关市人民政府", "620200", 4),
    ],
)
def test_whole_paths_are_matched_from_the_start(text: str, code: str, length: int) -> None:
    match = match_area(text)
    assert match is not None
    assert (match.area.code, match.length) == (code, length)


@pytest.mark.parametrize(
    "text", ["鼓楼区政府", "市中区", "城区街道", "县政府办", "市水利局", "合作市场监管局", "", "区"]
)
def test_what_is_shared_or_no_name_is_not_guessed(text: str) -> None:
    assert find_area(text) is None


@pytest.mark.parametrize(
    ("hint", "code"),
    [("320300", "320302"), ("徐州市鼓楼区人民政府", "320302"), ("www.fuzhou.gov.test", "350102"), ("320302", "320302"),
     ("320000", None), ("江苏省", None), ("gulou.example", None)],
)  # fmt: skip
def test_a_hint_settles_a_shared_name_only_if_it_leaves_one(hint: str, code: str | None) -> None:
    found = find_area("鼓楼区", hint)
    assert (found.code if found else None) == code


def test_a_word_that_is_also_a_name_needs_its_prefecture() -> None:
    found = [find_area("城区"), find_area("晋城市城区"), find_area("城区", "140500")]
    assert [a and a.code for a in found] == [None, "140502", "140502"]


def test_names_follow_the_year() -> None:
    named = [area("420600", 2008), area("420600", 2020), area("420600"), area("999999")]
    assert [a and a.name for a in named] == ["襄樊市", "襄阳市", "襄阳市", None]
    county = find_area("平泉县", year=2015)
    assert county is not None
    assert county.succeeded_by == "130881"


def test_a_renamed_prefecture_still_leads_to_its_counties() -> None:
    found = find_area("莱芜市莱城区", year=2016)
    assert found is not None
    assert found.code == "371202"


def test_relations_come_from_the_code() -> None:
    found = [area(code) for code in ("141127", "429004", "110101", "141100")]
    assert [a and (a.province_code, a.prefecture_code, a.level) for a in found] == [
        ("140000", "141100", "county"),
        ("420000", None, "county"),
        ("110000", None, "county"),
        ("140000", "141100", "prefecture"),
    ]


def test_the_list_is_whole() -> None:
    now = [a for a in load_divisions() if not a.valid_to]
    counties = [a for a in now if a.level == "county" and a.kind != "zone"]
    assert len([a for a in now if a.level == "province"]) == 31
    assert 330 <= len([a for a in now if a.level == "prefecture"]) <= 340
    assert 2840 <= len(counties) <= 2850
    codes = {a.code for a in load_divisions()}
    assert all(a.succeeded_by in codes for a in load_divisions() if a.succeeded_by)


def test_who_bears_a_name() -> None:
    shared = named_like("鼓楼区教育局")
    assert shared is not None
    assert len(shared.areas) == 4
    assert shared.length == 3
    assert named_like("教育局") is None


@pytest.mark.parametrize(
    "line",
    ["1411,岚县,county,,,,,,,", "141127,,county,,,,,,,", "141127,岚县,village,,,,,,,", "141127,岚县,county,,2008,,,,,",
     "141127,岚县,county,,,2008-13,,,,"],
)  # fmt: skip
def test_nonsense_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(DivisionError, match="line 2"):
        parse_divisions(f"{HEADER}\n{line}\n")


def test_a_foreign_header_and_a_repeated_row_are_refused() -> None:
    with pytest.raises(DivisionError, match="header"):
        parse_divisions("code,name\n1,2\n")
    with pytest.raises(DivisionError, match="line 3"):
        parse_divisions(f"{HEADER}\n" + "141127,岚县,county,,,,,,,\n" * 2)


def test_changes_that_are_known_by_hand_are_in_the_list() -> None:
    by_name = {(a.code, a.name): a for a in load_divisions()}
    file = Path(__file__).parents[2] / "docs" / "division_changes.csv"
    rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    assert len(rows) > 20
    for row in rows:
        one = by_name[row["code"], row["name"]]
        stated = {k: v for k, v in row.items() if v}
        assert {k: getattr(one, k) for k in stated} == stated


def test_a_successor_begins_when_the_old_name_ends() -> None:
    living = {(a.code, a.name): a for a in load_divisions() if not a.valid_to and a.level == "county"}
    for old in load_divisions():
        if old.valid_to > "2019-04" and old.succeeded_by and old.kind != "zone":
            heirs = [a for (code, _), a in living.items() if code == old.succeeded_by]
            assert heirs, old
            assert all(h.valid_from < "2019" or h.valid_from == old.valid_to for h in heirs), (old, heirs)
