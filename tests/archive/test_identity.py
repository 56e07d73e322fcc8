"""Which readings are one report."""

from __future__ import annotations

import pytest

from archive.identity import names_place, report_id, report_key

READING = {"area_code": None, "organ": "县水利局", "year": 2023, "scope": "single_organ"}


@pytest.mark.parametrize("organ", ["清岭县水利局", "清岭县人民政府", "滨河新区税务局", "清岭县经济开发区管委会"])
def test_names_that_say_where(organ):
    assert names_place(organ)


@pytest.mark.parametrize("organ", [
    "县水利局", "白马乡人民政府", "城市管理局", "县城市管理局", "市场监督管理局", "住房和城市建设局",
    "经济技术开发区管委会", "高新区管委会", "鼓楼区水利局",
])  # fmt: skip
def test_names_that_could_be_anywhere(organ):
    assert not names_place(organ)


def test_two_sites_organs_of_unknown_places_stay_two():
    one, two = (report_key(READING, "a" * 64, site=site) for site in ("www.a.example", "www.b.example"))
    assert one != two
    assert report_id(one, "department") != report_id(two, "department")


@pytest.mark.parametrize("known", [{"area_code": "141127"}, {"organ": "清岭县水利局"}])
def test_a_known_place_is_one_on_all_sites(known):
    one, two = (report_key(READING | known, "a" * 64, site=site) for site in ("www.a.example", "www.b.example"))
    assert one == two
