"""Numbers in the colour of their ground: not read, as nobody sees them. What is seen is read."""

from __future__ import annotations

import pytest

from parsers.readers.html import read_html

UNSEEN = {
    "inline": ('<td>26<span style="color:#fff">733</span></td>', ""),
    "upper case": ('<td>26<SPAN STYLE="COLOR: #FFFFFF">733</SPAN></td>', ""),
    "font": ('<td><font color="#FFFFFF">733</font>26</td>', ""),
    "by class": ('<td>26<b class="w">733</b></td>', ".w{color:white}"),
    "by place": ('<td class="w">26 <i>733</i></td>', "td.w i {color:rgb(255, 255, 255)}"),
    "nearly": ('<td>26<span style="color:#fdfdfd">733</span></td>', ""),
    "its cell's": ('<td bgcolor="#eeeeee">26<span style="color:#eee">733</span></td>', ""),
    "its row's": ('<td>26<span style="color:#eef3fa">733</span></td>', "tr{background-color:#eef3fa}"),
    "transparent": ('<td>26<span style="color:transparent">733</span></td>', ""),
    "clear": ('<td>26<span style="color:rgba(0,0,0,0)">733</span></td>', ""),
    "a digit each": ('<td>26<b style="color:#fff">7</b><b style="color:#fff">33</b></td>', ""),
}
SEEN = {
    "on dark": ('<td style="background:#135;color:#fff">26</td>', ""),
    "on a class's dark": ('<td class="d"><span style="color:#fff">26</span></td>', ".d{background:#333}"),
    "on a picture": ('<td style="background:url(x.png);color:#fff">26</td>', ""),
    "on a dark table": ('<td><span style="color:#fff">26</span></td>', "table{background:navy}"),
    "dark inside white": ('<td style="color:#fff"><span style="color:#333">26</span></td>', ""),
    "white behind": ('<td style="background-color:#fff;color:#000">26</td>', ""),
    "only a pseudo-class": ("<td>26</td>", "td:hover{color:#fff}"),
}


def number(cell: str, css: str) -> str:
    page = f"<style>{css}</style><table><tr><td>项目</td><td>件数</td></tr><tr><td>行政许可</td>{cell}</tr></table>"
    (table,) = read_html(page.encode()).tables
    return next(c.text for c in table.cells if (c.row, c.column) == (1, 1))


@pytest.mark.parametrize("name", UNSEEN)
def test_a_number_in_the_colour_of_its_ground_is_not_read(name: str) -> None:
    assert number(*UNSEEN[name]) == "26"


@pytest.mark.parametrize("name", SEEN)
def test_a_number_in_another_colour_is_read(name: str) -> None:
    assert number(*SEEN[name]) == "26"


def test_words_in_white_are_read_for_their_ground_may_come_from_elsewhere() -> None:
    page = '<table><tr><td style="color:#fff">项目</td><td>件数</td></tr><tr><td>行政许可</td><td>1</td></tr></table>'
    (table,) = read_html(page.encode()).tables
    assert [c.text for c in table.cells] == ["项目", "件数", "行政许可", "1"]
