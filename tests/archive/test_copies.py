"""How much of a text stands in another, and whose it is."""

from __future__ import annotations

import pytest

from archive.copies import compare, read_text
from parsers.result import Section

OURS = ["全年召开政务公开专题会议{n}次，研究解决平台建设中的难点。", "对照目录逐项核对信息，清理过期栏目{n}个。",
        "组织业务骨干赴窗口一线跟班学习，答复质量明显提高。", "围绕春耕备耕发布农技资料，方便群众查询。",
        "把公开情况纳入年终考核，权重为百分之五。", "建立保密审查台账，逐条登记审查人和时间。",
        "在乡镇便民中心设置查阅点，配备专用电脑。", "邀请代表委员旁听会议，现场提出意见建议。",
        "对重大项目开工建设情况实行月报制度，及时上网。", "开展政策宣讲进社区活动，发放明白卡。",
        "梳理历年文件，标注有效性并集中公布在专栏。", "定期抽查各单位栏目更新，通报问题并督促整改。"]  # fmt: skip


def text(lines, code="141127", n=3, year=2023):
    lines = [f"{year}年，岚县人民政府认真抓好公开工作。", *lines]
    return read_text([Section(1, "", "".join(line.format(n=n) for line in lines))], code, "岚县人民政府")


def test_the_same_text_is_wholly_shared_and_another_not_at_all():
    here = text(OURS)
    copy = compare(here, here, "other_body")
    assert (copy.rate, copy.n_shared, copy.n_changed, copy.changed) == (1.0, 13, 0, ())
    other = text([line[::-1].replace("}n{", "{n}") for line in OURS])
    assert compare(here, other, "other_body").rate < 0.15


def test_other_numbers_and_the_own_name_do_not_hide_a_copy():
    theirs = read_text(
        [Section(1, "", "2023年，古县人民政府认真抓好公开工作。" + "".join(line.format(n=9) for line in OURS))],
        "141025", "古县人民政府",
    )  # fmt: skip
    assert compare(text(OURS), theirs, "other_body").rate == 1.0


def test_last_years_text_with_new_numbers_is_not_last_years_text():
    last = text(OURS, n=8, year=2022)
    assert compare(text(OURS, n=8), last, "last_year").rate == 1.0
    renewed = compare(text([line.replace("。", "{n}项。") for line in OURS], n=5), last, "last_year")
    assert renewed.rate < 0.7


def test_what_many_places_write_counts_for_nothing():
    here, there = text(OURS), text([*OURS[:6], *(line[::-1].replace("}n{", "{n}") for line in OURS[6:])])
    plain = compare(here, there, "other_body")
    without = compare(here, there, "other_body", frozenset(text(OURS[:3]).masked))
    assert without is None or without.rate < plain.rate


def test_changed_sentences_stand_beside_the_nearest():
    lines = [*OURS[:-1], "定期抽查各单位栏目更新，通报问题并约谈负责人员。"]
    copy = compare(text(lines), text(OURS), "last_year")
    assert copy.changed == (("定期抽查各单位栏目更新，通报问题并约谈负责人员", OURS[-1].rstrip("。")),)


@pytest.mark.parametrize("lines", [[], OURS[:2]])
def test_a_short_text_says_nothing(lines):
    assert compare(text(lines), text(lines), "other_body") is None
