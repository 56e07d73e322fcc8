from __future__ import annotations

import pytest

from parsers.document import Cell, Document, Paragraph, Table
from parsers.readers import read
from parsers.sections import cut_sections, heading_number, section_spellings

NAMES = {n: names[0] for n, names in section_spellings().items()}


def document(*lines: str | Table | Paragraph) -> Document:
    return Document(tuple(Paragraph(b) if isinstance(b, str) else b for b in lines), "text/plain")


def whole(**text: str) -> list[str]:
    """The six official headings, each with a line of text."""
    out = []
    for n, name in NAMES.items():
        out += [f"{'一二三四五六'[n - 1]}、{name}", text.get(f"t{n}", f"第{n}部分的内容。")]
    return out


def test_the_official_headings_give_six_parts() -> None:
    sections = cut_sections(document("甲县2023年政府信息公开工作年度报告", "根据条例编制本报告。", *whole()))
    assert [(s.number, s.text) for s in sections] == [(n, f"第{n}部分的内容。") for n in range(1, 7)]
    assert sections[0].title == "总体情况"


@pytest.mark.parametrize(
    ("text", "level", "number"),
    [
        ("一、总体情况", 0, 1), ("## 一、总体情况", 0, 1), ("总体情况", 2, 1), ("1．总体情况", 0, 1),
        ("第一部分 总体情况", 0, 1),
        ("l六、其他需要报告的事项", 0, 6), ("五、其他需要报告的事项", 0, 6),
        ("三、收到和处理政府信息\n公开申请情况", 0, 3),
        ("四、因政府信息公开工作被申请行政复议、提起行政诉讼情况", 0, 4), ("五、存在的主要问题和改进措施", 0, 5),
        ("存在的主要问题及改进情况", 0, 5), ("四、政府信息公开的收费及减免情况", 0, 0),
        ("（一）主动公开政府信息情况", 0, None), ("总体情况", 0, None), ("1.规范审查流程", 0, None), ("", 0, None),
        ("全文包括总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况。", 0, None),
        ("一是总体情况良好", 0, None), ("一、政府信息公开工作概述", 0, 1), ("二、行政机关主动公开政府信息情况：", 0, 2),
        ("三、依申请公开政府信息和不予公开政府信息的情况", 0, 3), ("五、行政复议、诉讼情况", 0, 4),
        ("五、存在的不足及下一步改进措施", 0, 5), ("工作中存在的主要问题及改进情况", 0, 5),
        ("七、其他需要说明的事项与附表", 0, 6), ("四、依申请公开收费情况", 0, 0), ("1.存在的不足", 0, None),
        ("行政复议", 0, None), ("依申请公开工作", 0, None),
    ],
)  # fmt: skip
def test_headings_are_known_by_their_words(text: str, level: int, number: int | None) -> None:
    assert heading_number(text, level) == number


def test_tables_are_no_text_and_sentences_are_joined_over_page_breaks() -> None:
    table = Table((Cell(0, 0, "行政许可"), Cell(0, 1, "7")), "exact")
    cut = ["2023年，我县认真落实公开要求，不断扩大主动公开范围，建设法", "- 2 -", "治政府，成效明显。"]
    lines = ["一、总体情况", *cut, "二、主动公开政府信息情况", table, "三、收到和处理政府信息公开申请情况"]
    first, second, third = cut_sections(document(*lines))
    assert first.text == "2023年，我县认真落实公开要求，不断扩大主动公开范围，建设法治政府，成效明显。"
    assert (second.text, third.text) == ("", "")


def test_missing_and_renumbered_parts_keep_their_own_number() -> None:
    text = ["一、总体情况", "甲。", "二、政府信息公开行政复议、行政诉讼情况", "乙。", "三、其他需要报告的事项", "丙。"]
    assert [(s.number, s.text) for s in cut_sections(document(*text))] == [(1, "甲。"), (4, "乙。"), (6, "丙。")]


def test_a_repeated_part_and_a_list_of_contents_are_kept_once() -> None:
    contents = [f"{'一二三四五六'[n - 1]}、{name}" for n, name in NAMES.items()]
    text = "2023年我县主动公开政府信息三百条，比上年有所增加。"
    sections = cut_sections(document(*contents, "一、总体情况", text, *whole(t1=text)))
    assert [s.number for s in sections] == [1, 2, 3, 4, 5, 6]
    assert sections[0].text == text


def test_a_list_of_contents_inside_a_sentence_is_no_heading() -> None:
    preamble = "本报告包括：一、总体情况；二、主动公开政府信息情况；三、收到和处理政府信息公开申请情况。"
    sections = cut_sections(document(preamble, "一、总体情况", "内容。"))
    assert [(s.number, s.text) for s in sections] == [(1, "内容。")]


def test_headings_glued_to_text_and_run_together_tables() -> None:
    flat = (
        "本年度共收到7件申请。二、主动公开政府信息情况 "
        "第二十条第（一）项信息内容本年制发件数本年废止件数现行有效件数规章000"
        "三、收到和处理政府信息公开申请情况（本列数据的勾稽关系为：第一项加第二项之和）本年新收政府信息公开申请数量7属于国家秘密0"
        "结转下年度继续办理0六、其他需要报告的事项本年度未收取信息处理费。"
    )
    sections = {s.number: s.text for s in cut_sections(document(flat))}
    assert sections[6] == "本年度未收取信息处理费。"
    assert sections[0] == "本年度共收到7件申请。"
    assert "7" not in sections[3]
    assert "000" not in sections[2]


def test_the_head_of_a_run_together_table_of_cases_is_no_text() -> None:
    five = "结果维持结果纠正其他结果尚未审结总计"
    table = f"行政复议行政诉讼{five}未经复议直接起诉复议后起诉{five}{five}{'0' * 15}"
    (part,) = cut_sections(document("四、政府信息公开行政复议、行政诉讼情况", f"本年度无此类案件。{table}"))
    assert part.text == "本年度无此类案件。"


def test_numbers_inside_a_part_do_not_end_it() -> None:
    inside = ["一、存在的问题", "人员不足。", "二、改进的措施", "加强培训。"]
    text = ["五、存在的主要问题及改进情况", *inside, "六、其他需要报告的事项", "无。"]
    five, six = cut_sections(document(*text))
    assert "人员不足" in five.text
    assert "加强培训" in five.text
    assert six.text == "无。"


def test_parts_of_the_free_form_that_no_form_knows_are_kept() -> None:
    text = ["一、概述", "甲。", "四、政府信息公开的收费及减免情况", "未收费。", "五、其他需要报告的事项", "无。"]
    sections = {s.number: s for s in cut_sections(document(*text))}
    assert sections[0].text == "未收费。"
    assert sections[0].title == "四、政府信息公开的收费及减免情况"


def test_a_long_heading_with_a_comma_does_not_run_into_its_text() -> None:
    text = ["四、因政府信息公开申请行政复议、提起行政诉讼的情况", "本年度无此类案件"]
    text += ["五、存在的问题及努力方向", "人员不足。"]
    assert [(s.number, s.text) for s in cut_sections(document(*text))] == [(4, "本年度无此类案件"), (5, "人员不足。")]


def test_headings_without_any_number_or_with_brackets() -> None:
    bare = ["甲县2023年报告", "总体情况", "甲。", NAMES[2], "乙。", NAMES[3], "丙。"]
    assert [(s.number, s.text) for s in cut_sections(document(*bare))] == [(1, "甲。"), (2, "乙。"), (3, "丙。")]
    numbered = [line for n, name in NAMES.items() for line in (f"（{'一二三四五六'[n - 1]}）{name}", f"{n}。")]
    assert [(s.number, s.text) for s in cut_sections(document(*numbered))] == [(n, f"{n}。") for n in NAMES]
    inside = ["一、总体情况", "（一）主动公开政府信息情况", "甲。", "二、主动公开政府信息情况", "乙。"]
    first, second = cut_sections(document(*inside))
    assert ("甲" in first.text, second.text) == (True, "乙。")


def test_the_signature_is_not_part_of_the_text() -> None:
    sections = cut_sections(document("六、其他需要报告的事项", "无。", "甲县人民政府办公室", "2024年1月31日"))
    assert sections[0].text == "无。"


@pytest.mark.shared
def test_seeds_have_the_parts_that_survived(shared_dir) -> None:
    expected = {"000": [1, 4, 5, 6], "001": [1, 2, 3, 4, 5, 6], "002": [1, 2, 3, 4, 5, 6],
                "003": [1, 2, 3, 4, 5, 6], "004": [1, 2, 4, 5, 6]}  # fmt: skip
    for file in sorted((shared_dir / "seeds").glob("*.txt")):
        sections = cut_sections(read(file.read_bytes()))
        assert [s.number for s in sections] == expected[file.name[:3]]
        assert all("\t" not in s.text for s in sections)
