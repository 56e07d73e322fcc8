from __future__ import annotations

import pytest

from parsers.readers import read

FILE = '某县2023年统计表,,\r\n项目,本年,说明\r\n规章,"1,036","两行\r\n说明"\r\n许可,,无\r\n注：无,,\r\n'


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_comma_separated_file_is_one_exact_table(encoding):
    document = read(FILE.encode(encoding), "text/csv")
    (table,) = document.tables
    assert table.kind == "exact"
    assert [[c.text for c in row] for row in table.rows()] == [
        ["项目", "本年", "说明"], ["规章", "1,036", "两行\n说明"], ["许可", "", "无"],
    ]  # fmt: skip
    assert [p.text for p in document.paragraphs] == ["某县2023年统计表", "注：无"]
    assert [c.place.line for c in table.cells if c.text in ("项目", "1,036", "无")] == [2, 4, 5]


def test_semicolons_part_cells_too():
    (table,) = read("项目;本年\n规章;3\n许可;4\n".encode()).tables
    assert [[c.text for c in row] for row in table.rows()] == [["项目", "本年"], ["规章", "3"], ["许可", "4"]]


@pytest.mark.parametrize(
    "text",
    ["受理1,036件。\n其中答复1,000件。\n另有3,000件。\n", 'a,"b\nc,d\ne,f\n', "甲,乙\n丙,丁\n", "甲,乙\n丙\n丁\n"],
)
def test_sentences_with_commas_are_text(text):
    assert read(text.encode()).tables == []
