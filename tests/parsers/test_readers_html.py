"""The HTML reader on pages as the portals build them, and as they break them."""

from pathlib import Path

import pytest

from parsers import Hints, parse
from parsers.document import Document, Paragraph, Table
from parsers.readers import UnreadableDocument
from parsers.readers.html import read_html

LONG = "全年主动公开政府信息若干条，办理申请若干件，均在法定期限内答复。" * 6


def page(body: str, head: str = "<title>某县年报</title>") -> Document:
    return read_html(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode())


def grid(table: Table) -> list[list[tuple[str, int, int]]]:
    return [[(c.text, c.rowspan, c.colspan) for c in row] for row in table.rows()]


def texts(table: Table) -> list[list[str]]:
    return [[c.text for c in row] for row in table.rows()]


def paragraphs(document: Document) -> list[str]:
    return [p.text for p in document.paragraphs]


def test_spans_are_kept_and_covered_places_stay_empty() -> None:
    (table,) = page(
        "<table><tr><td rowspan=2>甲</td><td colspan=2>乙</td></tr><tr><td>1</td><td>2</td></tr></table>"
    ).tables
    assert grid(table) == [[("甲", 2, 1), ("乙", 1, 2)], [("1", 1, 1), ("2", 1, 1)]]
    assert [(c.row, c.column) for c in table.cells] == [(0, 0), (0, 1), (1, 1), (1, 2)]


@pytest.mark.parametrize("span", ["4", "1000", "1000000000", "0", "-3", "3.7", "3px", "x", ""])
def test_column_spans_never_reach_beyond_the_table(span: str) -> None:
    (table,) = page(
        f"<table><tr><td colspan='{span}'>第一项</td></tr><tr><td>规章</td><td>1</td><td>2</td><td>3</td></tr></table>"
    ).tables
    assert table.n_columns == 4
    assert table.cells[0].colspan <= 4


@pytest.mark.parametrize("span", ["2", "99999999", "0"])
def test_row_spans_end_with_the_table(span: str) -> None:
    (table,) = page(f"<table><tr><td rowspan='{span}'>三</td><td>1</td></tr><tr><td>2</td></tr></table>").tables
    assert (table.n_rows, table.n_columns) == (2, 2)
    assert texts(table) == [["三", "1"], ["2"]]


def test_phantom_columns_are_folded() -> None:
    (table,) = page(
        "<table><tr><td>a</td><td colspan=2>b</td></tr><tr><td>1</td><td colspan=2>2</td></tr></table>"
    ).tables
    assert table.n_columns == 2


def test_unclosed_cells_are_repaired_as_a_browser_does() -> None:
    (table,) = page("<table><tr><td>规章<td>0<td>1<tr><td>许可<td>26<td>3</table>").tables
    assert texts(table) == [["规章", "0", "1"], ["许可", "26", "3"]]


def test_breaks_blocks_and_single_character_spans_inside_a_cell() -> None:
    (table,) = page(
        "<table><tr><td><p>结果</p><p>维持</p></td><td>其他<br>结果</td>"
        "<td><span>3</span><span>9</span>\n<span>8</span></td><td>&nbsp;</td><td>a&nbsp;b</td></tr></table>"
    ).tables
    assert texts(table) == [["结果\n维持", "其他\n结果", "39 8", "", "a b"]]


def test_hidden_text_comments_and_scripts_are_not_read() -> None:
    (table,) = page(
        "<table><tr><td>许可</td><td><span style='DISPLAY : none'>9</span><!-- 8 --><script>7</script>1"
        "<span hidden>6</span><font style='font-size:0'>5</font></td></tr></table>"
    ).tables
    assert texts(table) == [["许可", "1"]]


def test_cells_that_only_lose_their_visibility_keep_their_column() -> None:
    (table,) = page(
        "<table><tr><td>许可<td style='visibility:hidden'>9<td>1</tr>"
        "<tr><td>处罚<td style='display:none'>9<td>2<td>3</table>"
    ).tables
    assert texts(table) == [["许可", "", "1"], ["处罚", "2", "3"]]


def test_marks_of_notes_and_struck_numbers_do_not_run_into_the_number() -> None:
    (table,) = page(
        "<table><tr><td>许可<td>13<sup>1</sup><td><del>5</del>7"
        "<td><span style='text-decoration:line-through'>5</span>8</table>"
    ).tables
    assert texts(table) == [["许可", "13¹", "7", "8"]]


def test_layout_tables_are_dissolved_and_inner_tables_read() -> None:
    data = "<table><tr><td>规章</td><td>5</td></tr><tr><td>许可</td><td>6</td></tr></table>"
    content = f"<p>一、总体情况</p><p>{LONG}</p>{data}<p>完。</p>"
    document = page(f"<table><tr><td>栏目导航</td><td>{content}</td></tr></table>")
    assert texts(document.tables[0]) == [["规章", "5"], ["许可", "6"]]
    assert len(document.tables) == 1
    assert paragraphs(document) == ["栏目导航", "一、总体情况", LONG, "完。"]


def test_table_inside_a_cell_of_a_data_table_is_that_cells_text() -> None:
    rows = "".join(f"<tr><td>标签{i}</td><td>{i}</td></tr>" for i in range(6))
    inner = "<table><tr><td>7</td></tr></table>"
    (table,) = page(f"<table>{rows}<tr><td>标签六</td><td>{inner}</td></tr></table>").tables
    assert texts(table)[-1] == ["标签六", "7"]


def test_thousands_of_empty_cells_are_trimmed_and_blank_places_are_not() -> None:
    filler = "<td></td>" * 200
    (table,) = page(f"<table><tr><td>总计</td><td>1</td>{filler}</tr>{'<tr>' + filler + '</tr>'} </table>" * 1).tables
    assert (table.n_rows, table.n_columns) == (2, 4)
    blank = page("<table><tr><td>结果</td><td>合计</td></tr><tr><td></td><td></td></tr></table>").tables[0]
    assert texts(blank) == [["结果", "合计"], ["", ""]]


def test_navigation_is_left_out_and_main_text_headings_and_title_stay() -> None:
    document = page(
        "<div class=top><a href=/>首页</a> <a href=/a>政务公开</a> 今天是星期一</div>"
        "<div class=pos>当前位置：<a href=/>首页</a>&gt;<a href=/b>年报列表</a></div>"
        "<h1>某县2023年年报</h1><div class=t>某县2023年年度报告</div>"
        f"<ucapcontent><p>{LONG}</p><p>{LONG}</p><p><a href=x.docx>附件：报告.docx</a></p></ucapcontent>"
        "<footer>版权所有</footer><div>主办单位：某县人民政府</div>",
        head="<title>某县2023年年度报告_某县</title>",
    )
    assert paragraphs(document) == ["某县2023年年报", "某县2023年年度报告", LONG, LONG]
    assert [p.level for p in document.paragraphs] == [1, 0, 0, 0]


def test_tables_outside_the_main_text_are_kept() -> None:
    document = page(
        f"<div><p>{LONG}</p><p>{LONG}</p></div><aside><table><tr><td>规章</td><td>1</td></tr></table></aside>"
    )
    assert texts(document.tables[0]) == [["规章", "1"]]


def test_metadata_from_head_lines_and_head_tables() -> None:
    document = page(
        "<table><tr><td>索 引 号：</td><td>01/2023-1</td><td>发布机构</td><td>某县政府办</td></tr>"
        "<tr><td>文号</td><td></td><td>成文日期</td><td>2024-01-18</td></tr></table>"
        f"<p>发布日期：2024-01-19  来源：某县政府办  浏览次数：12</p><p>{LONG}</p>",
        head="<title>页名</title><meta name=ArticleTitle content='某县报告'><meta name=PubDate content='2024-01-20'>",
    )
    meta = document.meta
    assert meta["articletitle"] == "某县报告"
    assert meta["pubdate"] == "2024-01-20"
    assert meta["title"] == "页名"
    assert (meta["索引号"], meta["发布机构"], meta["成文日期"]) == ("01/2023-1", "某县政府办", "2024-01-18")
    assert (meta["发布日期"], meta["来源"]) == ("2024-01-19", "某县政府办")
    assert "文号" not in meta


def test_pictures_of_the_main_text_are_named_with_their_full_address() -> None:
    data = (
        f"<body><p>{LONG}</p><img src='./t/W1.png'><img src=//img.test/2.jpg><img src='icon.gif' width=16>"
        "<img src='data:image/png;base64,AAAA'><img src='javascript:x'></body>"
    ).encode()
    meta = read_html(data, url="https://county.example/nb/1.html").meta
    assert meta["images"].split("\n") == ["https://county.example/nb/t/W1.png", "https://img.test/2.jpg"]


def test_text_that_only_a_script_shows_is_read_with_a_warning() -> None:
    document = page(f"<div style='display:none'><p>{LONG}</p><table><tr><td>规章</td><td>4</td></tr></table></div>")
    assert texts(document.tables[0]) == [["规章", "4"]]
    assert "scripts" in document.warnings[0]


@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "iso-8859-1", "nonsense"])
def test_a_page_that_lies_about_its_encoding(declared: str) -> None:
    text = f"<html><head><meta charset={declared}></head><body><p>㐂镕喆：某县年报</p></body></html>"
    for encoding in ("utf-8", "gb18030"):
        document = read_html(text.encode(encoding), f"text/html; charset={declared}")
        assert paragraphs(document) == ["㐂镕喆：某县年报"]
        assert document.warnings == ()


def test_paths_lead_back_to_the_nodes() -> None:
    from selectolax.lexbor import LexborHTMLParser

    table = "<table><tr><td>规章</td><td>12</td></tr></table>"
    body = f"<div><!-- x --><p>{LONG}</p>{table}</div><div><p>后{LONG}</p></div>"
    html = f"<html><body>{body}</body></html>"
    document = read_html(html.encode())
    tree = LexborHTMLParser(html)
    for cell in document.tables[0].cells:
        assert tree.css_first(cell.place.path or "").text() == cell.text
    for paragraph in document.paragraphs:
        assert tree.css_first(paragraph.place.path or "").text() == paragraph.text


def test_blocks_are_in_reading_order_with_numbered_tables() -> None:
    table = "<table><tr><td>规章</td><td>1</td></tr></table>"
    document = page(f"<p>二、</p>{table}<p>三、</p>{table}")
    shapes = [b.text if isinstance(b, Paragraph) else b.place.table for b in document.blocks]
    assert shapes == ["二、", 0, "三、", 1]


def test_frames_only_page_is_refused_with_a_reason() -> None:
    with pytest.raises(UnreadableDocument, match="frames"):
        read_html(b"<frameset><frame src=a.html></frameset>")


@pytest.mark.shared
@pytest.mark.shared
def test_real_pages(shared_dir: Path) -> None:
    real = shared_dir / "realdata/documents"
    shanghai = read_html((real / "shanghai-office-2019.html").read_bytes())
    assert [(t.n_rows, t.n_columns) for t in shanghai.tables] == [(18, 5), (26, 10), (4, 15)]
    assert texts(shanghai.tables[1])[3][1:] == ["821", "35", "", "", "2", "1", "859"]
    assert "251000元" in [c.text for c in shanghai.tables[0].cells]
    assert shanghai.meta["发布日期"] == "2020-01-31"
    pasted = read_html((real / "pingtan-2019-tables.reconstructed.html").read_bytes())
    assert [(t.n_rows, t.n_columns) for t in pasted.tables] == [(18, 4), (26, 10)]


def test_preformatted_text_keeps_its_tabs_and_lines() -> None:
    rows = "行政许可\t12<br>行政处罚\t3\n行政强制\t<b>0</b>"
    document = page(f"<h1>年度报告</h1><div><p>说明。</p><pre>二、情况\n\n{rows}\n\n三、其他</pre></div>")
    (table,) = document.tables
    assert table.kind == "text"
    assert [[c.text for c in row] for row in table.rows()] == [["行政许可", "12"], ["行政处罚", "3"], ["行政强制", "0"]]
    assert all("pre" in (c.place.path or "") for c in table.cells)
    assert [p.text for p in document.paragraphs][-2:] == ["二、情况", "三、其他"]


@pytest.mark.parametrize(
    "frame",
    [
        '<iframe src="/js/pdfjs/web/viewer.html?file=%2Fp%2F2023.pdf&amp;page=1"></iframe>',
        '<embed src="/p/2023.pdf" type="application/pdf">',
        '<object data="/p/2023.pdf"></object>',
        '<iframe src="http://view.example/op/view.aspx?src=http%3A%2F%2Fa.example%2Fp%2F2023.pdf"></iframe>',
    ],
)
def test_a_page_that_only_shows_a_file_names_it(frame: str) -> None:
    title = "岚县人民政府2023年政府信息公开工作年度报告"
    data = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{frame}</body></html>".encode()
    result = parse(data, hints=Hints(url="http://a.example/art/1.html"))
    assert not result.is_report
    assert result.reason.endswith("http://a.example/p/2023.pdf")


def test_fields_of_a_form_in_cells_show_their_values() -> None:
    """Some systems print their tables as forms; what is hidden, or a button, is no number."""
    cells = ['<input value="3" readonly>', '<input type=number value="4">', "<textarea> 5</textarea>",
             '<input type=hidden value="6">', '<input type=button value="7">', '<input style="display:none" value="8">',
             '<input placeholder="9">']  # fmt: skip
    document = page(f"<table><tr>{''.join(f'<td>{c}</td>' for c in cells)}</tr><tr><td>甲</td><td>乙</td></tr></table>")
    assert [text for text in texts(document.tables[0])[0] if text] == ["3", "4", "5"]


@pytest.mark.parametrize(
    ("sheet", "text"),
    [(".old{display:none}", "5"), ("p{margin:0} td span.old, .x {visibility : hidden}", "5"), (".old{opacity:0}", "5"),
     (".old{position:absolute;left:-9999px}", "5"), (".old{font-size:0}", "5"), (".old{color:red}", "53"),
     ("@media print{.old{display:none}}", "53"), (".old{display:none} .open .old{display:inline}", "53"),
     ("/* .old{display:none} */", "53"), ("td.n i, td .old{display:none}", "5"), (".old{clip:rect(0 0 0 0)}", "5"),
     (".old{display:inline-block;width:0;overflow:hidden}", "5"), (".old{overflow:hidden; max-height:0}", "5"),
     (".old{overflow:hidden;max-width:90%}", "53"), (".old{transform:scale(0)}", "5")],
)  # fmt: skip
def test_what_the_style_sheet_hides_in_a_cell_is_no_digit(sheet: str, text: str) -> None:
    body = "<p class=old>前言</p><table><tr><td>甲</td><td>5<span class=old>3</span></td></tr><tr><td>乙<td>6</table>"
    document = page(body, f"<style>{sheet}</style>")
    assert texts(document.tables[0])[0] == ["甲", text]
    assert paragraphs(document) == ["前言"]


def test_the_way_from_the_homepage_is_kept():
    way = "<div>网站首页 &gt; <a href='/x'>政府信息公开</a> &gt; 清岭县水利局 &gt; 年报</div>"
    doc = read_html(f"{way}<p>{'正文内容。' * 90}</p>".encode())
    assert doc.meta["path"] == "网站首页 > 政府信息公开 > 清岭县水利局 > 年报"
    assert "path" not in read_html(f"<p>首页</p><p>{'正文内容。' * 90}</p>".encode()).meta
