"""Plain text: the ways in which tables arrive flattened."""

from pathlib import Path

import pytest

from parsers.document import Table
from parsers.readers.text import read_text


def texts(table: Table) -> list[list[str]]:
    return [[c.text for c in row] for row in table.rows()]


def test_lines_with_tabs_are_a_table_and_empty_cells_keep_their_column() -> None:
    document = read_text("二、主动公开\n\n信息内容\t制发\t废止\t\n\t规章\t0\t1\n完。\n".encode())
    (table,) = document.tables
    assert texts(table) == [["信息内容", "制发", "废止", ""], ["", "规章", "0", "1"]]
    assert [(c.column, c.text) for c in table.rows()[1]][3] == (3, "1")
    assert [p.text for p in document.paragraphs] == ["二、主动公开", "完。"]
    assert table.kind == "text"


def test_places_are_lines_counted_from_one() -> None:
    document = read_text("标题\n\na\t1\nb\t2\n".encode())
    assert document.paragraphs[0].place.line == 1
    assert [c.place.line for c in document.tables[0].cells] == [3, 3, 4, 4]


@pytest.mark.parametrize("gap", ["\n", "\f"])
def test_blank_line_or_page_break_parts_a_table(gap: str) -> None:
    tables = read_text(f"a\t1\nb\t2\n{gap}c\t3\nd\t4\n".encode()).tables
    assert [texts(t) for t in tables] == [[["a", "1"], ["b", "2"]], [["c", "3"], ["d", "4"]]]


def test_one_cell_a_line_dump() -> None:
    dump = (
        "二、主动公开\n\t第一项\n\n\t信息内容\n\t本年\n制发\n\t现行\n\n\t规章\n\t0\n\t13\n\n"
        "\t许可\n \t0\n\t15\n\n\t\n\t甲\n\t\n7\n\n\n三、申请\n"
    )
    document = read_text(dump.encode())
    (table,) = document.tables
    assert texts(table) == [
        ["第一项"], ["信息内容", "本年\n制发", "现行"], ["规章", "0", "13"], ["许可", " ", "0", "15"], ["", "甲", "7"],
    ]  # fmt: skip
    assert [p.text for p in document.paragraphs] == ["二、主动公开", "三、申请"]


def test_tab_for_indentation_is_no_table() -> None:
    document = read_text("\t第一段的文字。\n第二段。\n".encode())
    assert document.tables == []
    assert [p.text for p in document.paragraphs] == ["第一段的文字。", "第二段。"]


def test_markdown_headings_emphasis_and_pipe_tables() -> None:
    source = (
        "# 某县 2023 年报\n\n## 一、总体情况\n**一是**公开。2**3=8\n\n"
        "| 项 | 数 |\n| --- | ---: |\n| **规章** | 1 |\n| 许可 |  |\n"
    )
    document = read_text(source.encode())
    found = [(p.text, p.level) for p in document.paragraphs]
    assert found == [("某县 2023 年报", 1), ("一、总体情况", 2), ("一是公开。2**3=8", 0)]
    assert texts(document.tables[0]) == [["项", "数"], ["规章", "1"], ["许可", ""]]


def test_sentences_cut_by_line_ends_are_joined_and_titles_are_not() -> None:
    source = (
        "某县人民政府办公室2023年政府信息公开工作年度报告\n\n根据条例要求，编制本报告，数据统计期限自一月一日起，到年底\n\n为止。\n\n"
        "（一）主动公开，做到了应公开尽公开，没有遗漏的地方\n一是及时。\n某县人民政府办公室\n2024年1月31日\n"
    )
    assert [p.text for p in read_text(source.encode()).paragraphs] == [
        "某县人民政府办公室2023年政府信息公开工作年度报告",
        "根据条例要求，编制本报告，数据统计期限自一月一日起，到年底为止。",
        "（一）主动公开，做到了应公开尽公开，没有遗漏的地方一是及时。",
        "某县人民政府办公室",
        "2024年1月31日",
    ]


def test_glued_text_stays_a_paragraph_and_labelled_lines_become_metadata() -> None:
    document = read_text("标题: 某区2021年年报\n发布时间: 2022-02-08 16:34\n规章000许可2293\n".encode())
    assert document.tables == []
    assert document.paragraphs[-1].text == "规章000许可2293"
    assert document.meta == {"标题": "某区2021年年报", "发布时间": "2022-02-08"}


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_of_every_system(end: str) -> None:
    assert texts(read_text(f"a\t1{end}b\t2{end}".encode()).tables[0]) == [["a", "1"], ["b", "2"]]


@pytest.mark.shared
@pytest.mark.shared
@pytest.mark.parametrize(
    ("number", "shapes"),
    [
        (0, [(18, 10), (8, 11), (4, 15)]), (1, [(14, 4), (28, 10), (4, 15)]), (2, [(14, 4), (28, 10), (4, 15)]),
        (3, [(6, 4), (8, 2), (9, 10), (15, 10), (5, 10), (5, 18)]), (4, [(13, 9), (11, 9), (4, 9), (4, 15)]),
    ],
)  # fmt: skip
def test_damaged_texts(shared_dir: Path, number: int, shapes: list[tuple[int, int]]) -> None:
    (path,) = (shared_dir / "seeds").glob(f"00{number}_*.txt")
    tables = read_text(path.read_bytes()).tables
    assert [(t.n_rows, t.n_columns) for t in tables] == shapes
