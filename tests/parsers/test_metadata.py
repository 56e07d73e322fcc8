from __future__ import annotations

import json
from itertools import pairwise

import pytest

from parsers.document import Document, Paragraph
from parsers.metadata import Metadata, read_metadata
from parsers.organs import OrganRuleError, parse_rules, read_organ
from parsers.readers import read
from parsers.signature import read_date, read_signature
from tests.parsers.built import PERIOD, TITLE, report


def facts(m: Metadata) -> tuple[str | None, str | None, str, str | None]:
    return m.organ, m.organ_kind, m.scope, m.area_code


# ---- organs ----

OFFICE = ("government_office", "government_and_office")
BODY = ("government_body", "government_and_office")


@pytest.mark.parametrize(
    ("printed", "hints", "name", "kind", "scope", "code", "level"),
    [
        ("岚县", [], "岚县人民政府", "government", "whole_area", "141127", "county"),
        ("吕梁市离石区", [], "吕梁市离石区人民政府", "government", "whole_area", "141102", "county"),
        ("淮安市人民政府", [], "淮安市人民政府", "government", "whole_area", "320800", "prefecture"),
        ("县政府办", ["141127"], "岚县人民政府办公室", *OFFICE, "141127", "county"),
        ("县政府办", [], "县人民政府办公室", *OFFICE, None, "county"),
        ("岚县县政府办公室", [], "岚县人民政府办公室", *OFFICE, "141127", "county"),
        ("上海市人民政府办公厅", [], "上海市人民政府办公厅", *OFFICE, "310000", "province"),
        ("岚县人民政府机关", [], "岚县人民政府机关", *BODY, "141127", "county"),
        ("岚县人民政府及其办公室", [], "岚县人民政府及办公室", *BODY, "141127", "county"),
        ("和田地区行署办公室", [], "和田地区行政公署办公室", *OFFICE, "653200", "prefecture"),
        ("岚县水利局", [], "岚县水利局", "department", "single_organ", "141127", "county"),
        ("县水利局", ["141127"], "岚县水利局", "department", "single_organ", "141127", "county"),
        ("桃江县鲊埠回族乡", [], "桃江县鲊埠回族乡人民政府", "township", "single_organ", "430922", "township"),
        ("河街道", ["141127"], "河街道办事处", "subdistrict", "single_organ", "141127", "township"),
        ("随县经济开发区", [], "随县经济开发区", "zone", "unknown", "421321", None),
        ("某某新区管理委员会", [], "某某新区管理委员会", "zone", "single_organ", None, None),
        ("苏州工业园区", [], "苏州工业园区", "zone", "unknown", "320576", None),
        ("鼓楼区", [], "鼓楼区人民政府", "government", "whole_area", None, "county"),
        ("鼓楼区", ["徐州市鼓楼区门户网站"], "鼓楼区人民政府", "government", "whole_area", "320302", "county"),
        ("市水利局", ["141127"], "市水利局", "department", "single_organ", None, None),
        ("清岭县", [], "清岭县人民政府", "government", "whole_area", None, "county"),
        ("清岭县政府办", [], "清岭县人民政府办公室", *OFFICE, None, "county"),
        ("金河市", [], "金河市人民政府", "government", "whole_area", None, None),
        ("达茂旗政府办", ["150223"], "达茂旗人民政府办公室", *OFFICE, "150223", "county"),
        ("安沟县", ["320800"], "安沟县人民政府", "government", "whole_area", None, "county"),
        ("南岭经济开发区", [], "南岭经济开发区", "zone", "unknown", None, None),
        ("县水利局", ["清岭县人民政府"], "清岭县水利局", "department", "single_organ", None, "county"),
        ("县水利局", ["岚县人民政府门户网站"], "岚县水利局", "department", "single_organ", "141127", "county"),
        ("县水利局", ["金河市人民政府"], "县水利局", "department", "single_organ", None, "county"),
        ("某某供水公司", [], "某某供水公司", "other", "single_organ", None, None),
    ],
)  # fmt: skip
def test_organs(
    printed: str, hints: list[str], name: str, kind: str, scope: str, code: str | None, level: str | None
) -> None:
    organ = read_organ(printed, hints, 2023)
    assert organ is not None
    found = organ.area.code if organ.area else None
    assert (organ.name, organ.kind, organ.scope, found, organ.admin_level) == (name, kind, scope, code, level)


def test_no_organ() -> None:
    assert read_organ(" \n") is None


# ---- signature ----


@pytest.mark.parametrize(
    ("text", "iso"),
    [("2024 年 1 月 31 日", "2024-01-31"), ("二○一二年二月二十日", "2012-02-20"),
        ("二〇二四年十月三十一日", "2024-10-31"),
     ("2024-01-31 15:22", "2024-01-31"), ("2024/1/5", "2024-01-05"), ("2024年2月30日", None), ("昨天", None),
     ("", None)],
)  # fmt: skip
def test_dates(text: str, iso: str | None) -> None:
    assert read_date(text) == iso


@pytest.mark.parametrize(
    ("lines", "signatory", "signed_on"),
    [
        (["无。", "岚县人民政府办公室", "2024年1月10日"], "岚县人民政府办公室", "2024-01-10"),
        (["无。", "2024年1月10日", "岚县人民政府"], "岚县人民政府", "2024-01-10"),
        (["无。", "岚县水利局 2024年1月10日", "打印 关闭", "版权所有：岚县人民政府"], "岚县水利局", "2024-01-10"),
        (["无。", "2024年1月10日"], None, "2024-01-10"),
        (["无。", "岚县人民政府"], "岚县人民政府", None),
        (["无。", "义县人民政府", "二○一二年二月二十日 附件1：统计表 " + "条 0 " * 30], "义县人民政府", "2012-02-20"),
        (["无。", "义县政府办公室（县外事办公室）", "2024年1月8日"], "义县政府办公室(县外事办公室)", "2024-01-08"),
        (["无。", "义县水利局", "2024年元月8日"], "义县水利局", "2024-01-08"),
        (["无。", "义县水利局", "二〇二四年一月"], "义县水利局", None),
        (["无。", "云阳县双江街道", "2024年1月10日"], "云阳县双江街道", "2024-01-10"),
        (["自2023年1月1日起执行，至2024年1月10日"], None, None),
        (["无。"], None, None),
        (["2024年1月10日", *["正文。"] * 9], None, None),
        ([], None, None),
    ],
)
def test_signatures(lines: list[str], signatory: str | None, signed_on: str | None) -> None:
    found = read_signature(lines)
    assert (found.signatory, found.signed_on) == (signatory, signed_on)


# ---- title, organ, year ----


def test_a_report_says_who_when_and_what() -> None:
    meta = {"索引号": "bgs01/2024-00011", "发布日期": "2024-01-12 08:00", "文号": "无", "title": TITLE}
    m = read_metadata(report(meta=meta, end=("岚县人民政府办公室", "2024年1月10日")), "http://x.example/2019/a.html")
    assert m.is_report
    assert facts(m) == ("岚县人民政府", "government", "whole_area", "141127")
    assert (m.year, m.title, m.organ_printed) == (2023, TITLE, "岚县")
    assert (m.signatory, m.signed_on, m.published_on) == ("岚县人民政府办公室", "2024-01-10", "2024-01-12")
    assert (m.index_no, m.document_no) == ("bgs01/2024-00011", None)
    assert m.confidence["year"] == "agreed"
    assert m.notes == ()


@pytest.mark.parametrize(
    "lines",
    [
        ["岚县人民政府办公室", "2023年政府信息公开工作年度报告"],
        ["岚县人民政府办公室2023年", "政府信息公开工作年度报告"],
        ["岚县人民政府办公室2023年政府信息公开", "工作年度报告"],
        ["首页 > 政府信息公开年报", "岚县人民政府办公室2023年政府信息公开工作年度报告"],
        ["岚县人民政府办公室2023年政府信息公开工作年度报告"] * 2,
    ],
)
def test_titles_are_found_broken_over_lines(lines: list[str]) -> None:
    m = read_metadata(report(*lines, PERIOD))
    assert (m.organ, m.year, m.scope) == ("岚县人民政府办公室", 2023, "government_and_office")


def test_a_declared_title_helps_where_the_body_s_says_less() -> None:
    m = read_metadata(report("2023年政府信息公开工作年度报告", PERIOD, meta={"articletitle": TITLE}))
    assert (m.organ, m.title) == ("岚县人民政府", TITLE)


def test_the_period_counts_before_the_title_and_the_dispute_is_noted() -> None:
    m = read_metadata(report("岚县2022年政府信息公开工作年度报告", PERIOD))
    assert (m.year, m.confidence["year"], m.rests_on["year"]) == (2023, "disputed", ("period",))
    assert "2022" in m.notes[0]
    assert "2022" in m.notes_zh[0]


def test_a_signature_settles_a_dispute_between_period_and_title() -> None:
    m = read_metadata(report("岚县2024年政府信息公开工作年度报告", PERIOD, end=("岚县人民政府", "2025年1月20日")))
    assert (m.year, m.confidence["year"], m.rests_on["year"]) == (2024, "disputed", ("title", "signature"))
    assert "2023" in m.notes_zh[0]
    m = read_metadata(report("岚县2022年政府信息公开工作年度报告", PERIOD, end=("岚县人民政府", "2024年1月20日")))
    assert (m.year, m.rests_on["year"]) == (2023, ("period",))


@pytest.mark.parametrize(("day", "year"), [("2025-01-20", 2024), ("2024-01-20", 2023), ("2031-07-01", 2023)])
def test_a_date_of_publication_settles_it_where_nobody_signed(day: str, year: int) -> None:
    m = read_metadata(report("岚县2024年政府信息公开工作年度报告", PERIOD, meta={"发布日期": day}))
    assert (m.year, m.confidence["year"]) == (year, "disputed")


def test_a_title_that_ran_into_the_first_sentence_is_found() -> None:
    text = "双江拉祜族佤族布朗族傣族自治县政府办公室2023年政府信息公开工作年度报告根据《条例》要求编制。"
    text += PERIOD + "本报告由六个部分组成。" * 4
    m = read_metadata(report(text))
    assert (m.organ, m.year) == ("双江拉祜族佤族布朗族傣族自治县人民政府办公室", 2023)


@pytest.mark.parametrize(
    ("period", "year"),
    [
        ("统计期限为2020年1月1日至12月21日。", 2020),
        ("统计时限：2020年1月1日-2020年12月31日。", 2020),
        ("所列数据统计期限从 2020 年度 1 月 1 日到 12 月 31 日止。", 2020),
        ("数据统计期限自2019年1月1日至2020年12月31日。", None),
        ("活动自2020年1月1日起至12月31日举行。", None),
        ("统计数据口径有调整。", None),
    ],
)
def test_statistics_periods(period: str, year: int | None) -> None:
    assert read_metadata(report("岚县政府信息公开工作年度报告", period)).year == year


def test_a_report_dated_before_its_year_ended_is_noted() -> None:
    m = read_metadata(report(end=("岚县人民政府", "2023年1月20日")))
    assert (m.year, m.signed_on) == (2023, "2023-01-20")
    assert "2023-01-20" in m.notes[0]
    assert "落款日期" in m.notes_zh[0]
    assert read_metadata(report(end=("岚县人民政府", "2023年12月29日"))).notes == ()


def test_the_path_says_nothing_about_the_year() -> None:
    m = read_metadata(report("岚县政府信息公开工作年度报告"), "http://x.example/2021/2021n/report.html")
    assert m.year is None


def test_without_an_organ_in_the_title_the_signature_names_it() -> None:
    m = read_metadata(report("2023年政府信息公开工作年度报告", PERIOD, end=("岚县水利局", "2024年1月10日")))
    assert facts(m) == ("岚县水利局", "department", "single_organ", "141127")
    assert m.rests_on["organ"] == ("signature",)
    office = report("2023年政府信息公开工作年度报告", PERIOD, end=("岚县人民政府办公室", "2024年1月10日"))
    assert read_metadata(office).scope == "unknown"


@pytest.mark.parametrize(("meta", "organ"), [
    ({"path": "网站首页 > 政府信息公开 > 清岭县水利局 > 政府信息公开年报"}, "清岭县水利局"),
    ({"来源": "清岭县水利局"}, "清岭县水利局"),
    ({"来源": "清岭县融媒体中心", "path": "首页>县直部门>县水利局>年报", "sitename": "清岭县人民政府"}, "清岭县水利局"),
    ({"path": "首页 > 政务公开 > 乡镇 > 年报"}, None),
    ({"path": "首页 > 新闻中心"}, None),
])  # fmt: skip
def test_where_nothing_else_says_whose_a_report_is_its_source_or_the_way_to_it_does(
    meta: dict[str, str], organ: str | None
) -> None:
    assert read_metadata(report("2023年政府信息公开工作年度报告", PERIOD, meta=meta)).organ == organ


def test_a_site_s_place_completes_an_organ_s_name() -> None:
    m = read_metadata(report("县水利局2023年政府信息公开工作年度报告", PERIOD), place="清岭县")
    assert (m.organ, m.area_code) == ("清岭县水利局", None)


def test_a_department_under_the_county_s_bare_name_leaves_the_scope_open() -> None:
    assert read_metadata(report(end=("岚县水利局", "2024年1月10日"))).scope == "unknown"


def test_hints_settle_shared_names() -> None:
    doc = report("鼓楼区2023年政府信息公开工作年度报告", PERIOD)
    bare = read_metadata(doc)
    assert (bare.area_code, bare.admin_level) == (None, "county")
    assert "cannot be told" in bare.notes[0]
    assert "无法确定" in bare.notes_zh[0]
    assert read_metadata(doc, hint_area="320302").area_code == "320302"
    assert read_metadata(doc, "http://www.xuzhou.gov.example/gl/").area_code == "320302"
    named = report("鼓楼区2023年政府信息公开工作年度报告", PERIOD, meta={"siteidcode": "3203020001"})
    assert read_metadata(named).area_code == "320302"


def test_the_printed_area_outweighs_the_site() -> None:
    assert read_metadata(report(), hint_area="140825").area_code == "141127"


@pytest.mark.parametrize("text", ["[", "missing: '('", "- 1", ""])
def test_broken_rule_files_are_refused(text: str) -> None:
    with pytest.raises(OrganRuleError, match=r"organs\.yml"):
        parse_rules(text)


@pytest.mark.shared
def test_seeds_say_what_their_gold_says(shared_dir) -> None:
    for file in sorted((shared_dir / "seeds").glob("*.txt")):
        gold = json.loads((shared_dir / "gold" / f"{file.stem}.json").read_text("utf-8"))
        m = read_metadata(read(file.read_bytes()))
        assert m.is_report
        assert (m.organ, m.organ_printed) == (gold["org"], gold["org_printed"])
        assert (m.year, m.title) == (gold["year"], gold["title"])
        assert (m.signatory, m.signed_on, m.admin_level) == (gold["signatory"], gold["date_printed"], gold["level"])


@pytest.mark.shared
def test_real_reports(shared_dir) -> None:
    folder = shared_dir / "realdata" / "documents"
    names = ["huaian-city-2024.pdf", "shanghai-office-2019.html", "pingtan-county-2011.page.extract.txt"]
    read_out = [read_metadata(read((folder / name).read_bytes())) for name in names]
    assert [(m.is_report, m.year, m.area_code, m.scope) for m in read_out] == [
        (True, 2024, "320800", "whole_area"),
        (True, 2019, "310000", "government_and_office"),
        (True, 2011, "350128", "whole_area"),
    ]
    assert all(a != b for a, b in pairwise(m.title for m in read_out))


def test_neighbours_titles_do_not_take_the_place_of_the_page_s_own() -> None:
    beside = [f"岚县{year}年政府信息公开工作年度报告" for year in (2022, 2021, 2020)]
    assert read_metadata(report(*beside, TITLE, PERIOD)).title == TITLE
    assert read_metadata(report(*beside, TITLE, meta={"articletitle": TITLE})).year == 2023
    headed = Document((*(Paragraph(b) for b in beside), Paragraph(TITLE, level=1), *report("").blocks), "text/html")
    assert read_metadata(headed).year == 2023


def test_a_file_s_stale_title_property_is_not_believed() -> None:
    blocks = report("2023年政府信息公开工作年度报告").blocks
    stale = {"title": "岚县2019年政府信息公开工作年度报告"}
    word = Document(blocks, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", stale)
    assert (read_metadata(word).year, read_metadata(word).organ) == (2023, None)
    assert read_metadata(Document(blocks, "text/html", stale)).year == 2023
