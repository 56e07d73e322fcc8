"""Which documents are reports, and what the others are."""

from __future__ import annotations

import pytest

from parsers.document import Cell, Document, Paragraph, Table
from parsers.metadata import read_metadata
from parsers.pagekind import PageRuleError, parse_rules
from parsers.readers import read
from tests.parsers.built import HEADINGS, PERIOD, TITLE, document, report


def reason(doc: Document, n_form_rows: int = 0) -> str:
    m = read_metadata(doc, n_form_rows=n_form_rows)
    assert not m.is_report
    assert m.reason_en
    return m.reason_zh


PROSE = "我县认真贯彻落实条例，主动公开政府信息，受理政府信息公开申请。" * 15


@pytest.mark.parametrize(
    "doc",
    [
        report(),
        report("政府信息公开年报"),
        document(TITLE, PERIOD, "一、总体情况", PROSE),
        document("岚县2010年政府信息公开工作年度报告", PROSE),
        document(
            "首页 解读 图解", "【图解】岚县2023年政府信息公开工作年度报告", *HEADINGS, meta={"articletitle": TITLE}
        ),
    ],
)
def test_reports_are_reports(doc: Document) -> None:
    m = read_metadata(doc)
    assert (m.is_report, m.reason_zh, m.reason_en) == (True, "", "")


def test_a_table_is_enough_whatever_the_title_says() -> None:
    table = Table((Cell(0, 0, "一、本年新收政府信息公开申请数量"), Cell(0, 1, "1")), "exact")
    doc = Document((Paragraph("年报"), table), "text/html")
    assert read_metadata(doc, n_form_rows=25).is_report
    assert not read_metadata(doc, n_form_rows=2).is_report


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("岚县政府网站工作年度报表（2023年度）", "政府网站"),
        ("岚县2023年法治政府建设年度报告", "法治政府"),
        ("2024年岚县人民政府工作报告", "政府工作报告"),
        ("《岚县2023年政府信息公开工作年度报告》解读", "解读"),
        ("关于做好2023年政府信息公开工作年度报告编制工作的通知", "通知"),
        ("岚县2023年度部门决算公开", "决算"),
    ],
)
def test_decoys_are_refused_with_what_they_are(title: str, words: str) -> None:
    assert words in reason(document(title, PROSE))
    assert words in reason(document("首页", PROSE, meta={"articletitle": title}))


def test_an_interpretation_under_the_report_s_own_title_is_none() -> None:
    doc = document(TITLE, "一、编制背景", PROSE, "二、编制依据", PROSE, "三、主要内容", "报告分为六个部分。")
    assert "解读" in reason(doc)


def test_a_list_of_reports_is_none() -> None:
    rows = [f"岚县{year}年政府信息公开工作年度报告 {year + 1}-01-31" for year in range(2018, 2025)]
    assert "列表" in reason(document("政府信息公开年报", *rows))
    assert "列表" in reason(document("政府信息公开年报 " + " ".join(rows)))
    assert "列表" in reason(document(rows[0], "岚县2023年法治政府建设年度报告", "岚县水利局2023年度部门决算"))
    assert "列表" in reason(
        document("首页 > 政府信息公开年报", rows[0], meta={"title": "政府信息公开年报-岚县人民政府"})
    )


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([""], "没有可读的文字"),
        (["404 Not Found", "您访问的页面不存在或已删除，请返回首页。"], "页面不存在"),
        (["首页 > 政府信息公开 > 政府信息公开年报", "暂无相关信息，请稍后再来查看。"], "列表页"),
        ([TITLE, "附件：点击下载岚县年度报告全文"], "附件"),
        (["甲村举办文艺演出，村民踊跃参加，现场气氛热烈。", PROSE.replace("政府信息公开", "文艺")], "没有找到"),
    ],
)
def test_other_pages_are_none(lines: list[str], words: str) -> None:
    assert words in reason(document(*lines))


def test_an_empty_form_is_none() -> None:
    body = [p for h in HEADINGS for p in (h, "（文字描述）")]
    assert "空白" in reason(document("政府信息公开工作年度报告", *body), n_form_rows=30)


@pytest.mark.parametrize("text", ["[", "missing: '('", "- 1", ""])
def test_a_broken_rule_file_is_refused(text: str) -> None:
    with pytest.raises(PageRuleError, match=r"pages\.yml"):
        parse_rules(text)


@pytest.mark.shared
def test_real_pages_that_are_no_reports(shared_dir) -> None:
    pages = sorted((shared_dir / "realdata" / "portal-pages").glob("*.html"))
    assert pages
    reports = [p.name for p in pages if read_metadata(read(p.read_bytes())).is_report]
    assert reports == []
