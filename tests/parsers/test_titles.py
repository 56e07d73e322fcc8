from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.titles import TitleRuleError, judge_title, parse_rules, parse_title

REPORTS = [
    ("义县水利局23年政府信息公开工作年度报告", 2023, "义县水利局"),
    ("2023年政府信息公开工作年度报告（义县水利局）", 2023, "义县水利局"),
    ("【义县水利局】2023年政府信息公开工作年度报告", 2023, "义县水利局"),
    ("义县水利局：2023年政府信息公开工作年度报告", 2023, "义县水利局"),
    ("义县2022年政府信息公开工作年度报告（2023年1月20日发布）", 2022, "义县"),
    ("甲县2023年政府信息公开工作年度报告", 2023, "甲县"),
    ("甲县 2023 年政府信息公开年度报告", 2023, "甲县"),
    ("2019年乙市人民政府办公厅政府信息公开工作年度报告", 2019, "乙市人民政府办公厅"),
    ("2009年度丙镇政府信息公开工作年度报告", 2009, "丙镇"),
    ("县政府办2022年度政府信息公开工作年报", 2022, "县政府办"),
    ("二〇二三年甲县政府信息公开年报", 2023, "甲县"),
    ("甲县人民政府信息公开工作年度报告（2023年）", 2023, "甲县人民政府"),
    ("甲县人民政府信息公开2023年度报告", 2023, "甲县人民政府"),
    ("2025年度政务公开工作情况的报告", 2025, None),
    ("关于2023年度政府信息公开工作情况的报告", 2023, None),
    ("《甲县2023年政府信息公开工作年度报告》", 2023, "甲县"),
    ("[图文]甲县2023年政府信息公开工作年度报告", 2023, "甲县"),
    ("甲县2023年政府信息公开工作年度报告_甲县人民政府门户网站", 2023, "甲县"),
    ("甲县2023年政府信息公开工作年度报告-政府工作报告-甲县", 2023, "甲县"),
    ("甲县2023年政府信息公开工作年度…", 2023, "甲县"),
    ("附件1：甲县2023年政府信息公开工作年度报告.docx", 2023, "甲县"),
    ("· 甲县2023年政府信息公开工作年度报告 2024-01-10", 2023, "甲县"),
    ("标题：甲县2023年政府信息公开工作年度报告", 2023, "甲县"),
    ("县审计局2023年政府信息公开工作年度报告", 2023, "县审计局"),
    ("县政府网站管理中心2023年政府信息公开工作年度报告", 2023, "县政府网站管理中心"),
    ("2022年甲县教育局2023年政府信息公开工作年度报告", 2023, "甲县教育局"),
    ("甲县2019-2020年政府信息公开工作年度报告", None, "甲县"),
    ("甲县政府信息公开工作年度报告", None, "甲县"),
]
DECOYS = [
    "甲县政府网站工作年度报表", "政府网站年度工作报表", "2023年法治政府建设年度报告", "甲县人民政府2023年政府工作报告",
    "2023年度甲县财政决算公开", "企业年报", "甲县企业2023年环境信息公开年度报告",
    "《甲县2023年政府信息公开工作年度报告》解读",
    "【图解】甲县2023年政府信息公开工作年度报告", "关于做好2023年政府信息公开工作年度报告编制和发布工作的通知",
    "甲县2023年政府信息公开工作年度报告公布情况", "甲县各部门2023年政府信息公开年度报告汇总",
    "政府信息公开工作年度报告制度",
    "甲省发布2016年政府信息公开工作年度报告", "乙经开区2019年政府信息公开年度报告说明",
    "中华人民共和国政府信息公开工作年度报告格式",
]  # fmt: skip
COLUMNS = [
    "政府信息公开年报", "政府信息\n公开年报", "信息公开年报 >>", "年报", "年度报告", "公开年报",
    "政府信息公开工作年度报告",
    "部门信息公开年报", "乡镇政府信息公开年报", "县直部门政府信息公开年报", "县政府信息公开年报", "2023年年报",
]  # fmt: skip
OTHERS = [
    "", "首页", "2023年", "政府信息公开指南", "现将2023年政府信息公开工作报告如下", "甲县人民政府办公室",
    "根据要求，现公布甲县2021年政府信息公开工作年度报告。", "甲县2023年政府信息公开工作年度报告显示全年办件增长",
    "信" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize(("text", "year", "organ"), REPORTS)
def test_reports(text: str, year: int | None, organ: str | None) -> None:
    verdict = judge_title(text)
    assert (verdict.kind, verdict.year, verdict.organ_printed) == ("report", year, organ)


@pytest.mark.parametrize("text", DECOYS)
def test_decoys_say_what_they_are(text: str) -> None:
    info = parse_title(text)
    assert info is not None
    assert info.kind == "decoy"
    assert info.reason_zh
    assert info.reason_en


@pytest.mark.parametrize("text", COLUMNS)
def test_columns(text: str) -> None:
    assert judge_title(text).kind == "column"


@pytest.mark.parametrize("text", OTHERS)
def test_other_text(text: str) -> None:
    assert judge_title(text).kind == "other"


@given(st.data())
def test_blanks_and_full_width_digits_anywhere_keep_the_reading(data: st.DataObject) -> None:
    text, year, organ = data.draw(st.sampled_from(REPORTS[5:11] + [(d, None, None) for d in DECOYS[:6]]))
    wide = data.draw(st.booleans())
    printed = text.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)}) if wide else text
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(printed)))
        blank = data.draw(st.sampled_from([" ", "\n", "\r\n", "\t", "\u3000", "\u00a0", "\u200b", "\ufeff"]))
        printed = printed[:at] + blank + printed[at:]
    assert parse_title(printed) == parse_title(text)
    if year:
        verdict = judge_title(printed)
        assert (verdict.year, verdict.organ_printed) == (year, organ)


@given(st.text(max_size=200))
def test_any_text_gets_a_verdict(text: str) -> None:
    assert judge_title(text).kind in {"report", "decoy", "column", "other"}


@pytest.mark.parametrize("text", ["core: '('", "[]", "core: a\nwrong: 1", "core: [", "- {"])
def test_a_broken_rule_file_is_refused(text: str) -> None:
    with pytest.raises(TitleRuleError, match=r"titles\.yml"):
        parse_rules(text)
