"""How much of a text stands in another, and whose it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import permutations

import pytest

from archive.boilerplate import COMMON, boilerplate, read_marked, stored
from archive.clauses import read_text
from archive.copies import compare
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
    without = compare(here, there, "other_body", {c.masked for clauses in text(OURS[:3]).clauses for c in clauses})
    assert without is None or without.rate < plain.rate


def test_changed_sentences_stand_beside_the_nearest():
    lines = [*OURS[:-1], "定期抽查各单位栏目更新，通报问题并约谈负责人员。"]
    copy = compare(text(lines), text(OURS), "last_year")
    assert copy.changed == (("定期抽查各单位栏目更新，通报问题并约谈负责人员", OURS[-1].rstrip("。")),)


# The words that a light edit exchanges; each is in one sentence.
EDITS = (
    ("研究", "商讨"), ("逐项", "逐条"), ("明显", "显著"), ("发布", "推送"), ("权重", "比重"), ("逐条登记", "逐一登记"),
    ("配备", "添置"), ("现场", "当场"), ("及时", "按时"), ("发放", "分发"), ("集中", "统一"), ("督促", "敦促"),
)  # fmt: skip


def lightly_edited():
    lines = list(OURS)
    for n, (old, new) in enumerate(EDITS):
        assert old in lines[n]
        lines[n] = lines[n].replace(old, new)
    return lines


@pytest.mark.parametrize("kind", ["last_year", "other_body"])
def test_a_lightly_edited_sentence_is_taken_over_and_shown_beside_the_other(kind):
    copy = compare(text(lightly_edited()), text(OURS), kind)
    assert copy.rate > 0.9
    assert (copy.n_shared + copy.n_edited, copy.n_changed) == (13, 0)
    assert copy.n_edited > 8
    theirs = [line.format(n=3).rstrip("。") for line in OURS]
    ours = [line.format(n=3).rstrip("。") for line in lightly_edited()]
    assert set(copy.edited) < set(zip(ours, theirs, strict=True))


def test_a_sentence_with_other_numbers_is_no_light_edit_of_last_years():
    renewed = [line.replace("{n}", "17") for line in lightly_edited()]
    copy = compare(text(renewed), text(OURS), "last_year")
    assert [pair[0] for pair in copy.changed] == [line.rstrip("。") for line in renewed if "17" in line]


def test_most_marks_outlive_light_edits():
    here, there = text(lightly_edited()).marks, text(OURS).marks
    assert 0.5 < len(here & there) / len(here) < 1


def test_a_mark_is_of_the_clause_alone_whatever_stands_around():
    clauses = ("梳理历年各类文件。", "标注文件有效性。")
    alone = [mark for clause in clauses for mark in read_text([Section(1, "", clause)], None, None).marks]
    together = read_text([Section(1, "", "标注文件有效性，梳理历年各类文件。")], None, None)
    assert together.marks == set(alone)
    assert len(alone) == 2


@pytest.mark.parametrize("lines", [[], OURS[:2]])
def test_a_short_text_says_nothing(lines):
    assert compare(text(lines), text(lines), "other_body") is None


# ---- clauses that belong to nobody ----

LONG = "".join(OURS).replace("{n}", "")


def nobodys(sentence, others):
    """Whether ``sentence`` is nobody's beside other places' sentences, each in a text of its own."""
    with closing(sqlite3.connect(":memory:")) as conn:
        conn.execute("CREATE TABLE text_marks (report_id, signature, marks, clauses)")
        for n, one in enumerate(others):
            own = f"{LONG[n:]}{LONG[:n]}".replace("，", "").replace("。", "")  # one clause, the place's own
            conn.execute("INSERT INTO text_marks VALUES (?, '', ?, ?)",
                         (str(n), *stored(read_text([Section(1, "", f"{own}。{one}。")], None, None))))  # fmt: skip
        text = read_marked(*stored(read_text([Section(1, "", f"{LONG}{sentence}。")], None, None)))
        places = {str(n): n for n in range(len(others))}
        return sentence in boilerplate(conn, places, set(text.marks)).of(text)


PHRASE = "扎实推进决策执行管理服务结果公开"


def test_what_ten_places_write_belongs_to_nobody():
    assert nobodys(PHRASE, [PHRASE] * COMMON)
    assert not nobodys(PHRASE, [PHRASE] * (COMMON - 1))


def test_official_wording_lightly_edited_in_each_place_belongs_to_nobody():
    edited = ["全面", "深入", "积极", "大力", "稳步", "有序", "切实", "继续", "不断", "着力", "主动", "加快"]
    others = [PHRASE.replace("扎实", word) for word in edited]
    marks = [read_text([Section(1, "", f"{one}。")], None, None).marks for one in (PHRASE, *others)]
    assert sum(m == marks[0] for m in marks) > COMMON  # an edit seldom changes the mark
    assert nobodys(PHRASE, others)


def test_other_clauses_with_the_same_mark_do_not_make_a_clause_nobodys():
    """Many clauses speak of the same thing in part and mean another."""
    words = ("春耕农机", "供水电价", "学位摇号", "医保异地", "公租房源", "公交线路", "古树保护")
    clauses = [f"{a}与{b}及{c}等" + PHRASE[:8] for a, b, c in permutations(words, 3)]
    marks = [next(iter(read_text([Section(1, "", f"{c}。")], None, None).marks)) for c in clauses]
    same = [c for c, m in zip(clauses, marks, strict=True) if m == max(marks, key=marks.count)]
    assert len(same) > COMMON
    assert not nobodys(same[0], same)
