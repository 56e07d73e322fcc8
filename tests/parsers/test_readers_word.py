"""The .docx reader on documents written with python-docx, and on raw WordprocessingML for what that cannot write."""

import io
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.document import Document as Written

from parsers.document import Document, Paragraph, Table
from parsers.readers import UnreadableDocument
from parsers.readers.word import read_docx

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def saved(document: Written) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def raw(body: str, **parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return buffer.getvalue()


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def tbl(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def grid(table: Table) -> list[list[tuple[str, int, int, int]]]:
    return [[(c.text, c.column, c.rowspan, c.colspan) for c in row] for row in table.rows()]


def paragraphs(document: Document) -> list[str]:
    return [b.text for b in document.paragraphs]


def test_merged_cells_give_spans() -> None:
    written = docx.Document()
    table = written.add_table(rows=4, cols=4)
    for r in range(4):
        for c in range(4):
            table.cell(r, c).text = f"{r}{c}"
    table.cell(0, 0).merge(table.cell(1, 1)).text = "勾稽"
    table.cell(0, 2).merge(table.cell(0, 3)).text = "申请人"
    table.cell(2, 0).merge(table.cell(3, 0)).text = "三"
    (read,) = read_docx(saved(written)).tables
    assert grid(read) == [
        [("勾稽", 0, 2, 2), ("申请人", 2, 1, 2)],
        [("12", 2, 1, 1), ("13", 3, 1, 1)],
        [("三", 0, 2, 1), ("21", 1, 1, 1), ("22", 2, 1, 1), ("23", 3, 1, 1)],
        [("31", 1, 1, 1), ("32", 2, 1, 1), ("33", 3, 1, 1)],
    ]
    assert read.cells[1].place.path == "body/tbl[1]/tr[1]/tc[2]"


def test_headings_breaks_and_tabs() -> None:
    written = docx.Document()
    written.add_heading("一、总体情况", 2)
    paragraph = written.add_paragraph("前")
    paragraph.add_run().add_tab()
    paragraph.add_run("后")
    paragraph.add_run().add_break()
    paragraph.add_run("下一行")
    document = read_docx(saved(written))
    assert [(b.text, b.level) for b in document.paragraphs] == [("一、总体情况", 2), ("前\t后", 0), ("下一行", 0)]


def test_order_of_text_and_tables_and_core_properties() -> None:
    written = docx.Document()
    written.core_properties.title = "某县年报"
    for n in range(2):
        written.add_paragraph(f"表{n}")
        table = written.add_table(rows=1, cols=2)
        table.cell(0, 0).text, table.cell(0, 1).text = "规章", str(n)
    document = read_docx(saved(written))
    assert [b.text if isinstance(b, Paragraph) else b.place.table for b in document.blocks] == ["表0", 0, "表1", 1]
    assert document.meta["title"] == "某县年报"


def test_deleted_and_hidden_text_is_not_part_of_the_document() -> None:
    document = read_docx(
        raw(
            "<w:p><w:r><w:t>申请</w:t></w:r><w:del><w:r><w:delText>9</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>3</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>8</w:t></w:r>"
            "<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>件</w:t></w:r></w:p>"
            + tbl(tc("规章") + tc("1"), "<w:trPr><w:del/></w:trPr>" + tc("规章") + tc("7"), tc("许可") + tc("2"))
        )
    )
    assert paragraphs(document) == ["申请3件"]
    assert [[c.text for c in r] for r in document.tables[0].rows()] == [["规章", "1"], ["许可", "2"]]


def test_marks_of_notes_and_struck_numbers_do_not_run_into_the_number() -> None:
    run = "<w:r><w:rPr>{}</w:rPr><w:t>{}</w:t></w:r>"
    body = run.format("", 13) + run.format('<w:vertAlign w:val="superscript"/>', 1) + run.format("", "件")
    document = read_docx(raw(f"<w:p>{body}</w:p><w:p>{run.format('<w:strike/>', 5)}{run.format('', 7)}</w:p>"))
    assert paragraphs(document) == ["13¹件", "7"]


def test_content_controls_and_text_boxes_are_opened_once() -> None:
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = f"<w:txbxContent>{p('框内文字')}</w:txbxContent>"
    document = read_docx(
        raw(
            f"<w:sdt><w:sdtContent>{p('控件')}{tbl(tc('规章') + tc('4'))}</w:sdtContent></w:sdt>"
            f"<w:p><w:r><mc:AlternateContent {mc}><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
            "</mc:AlternateContent></w:r></w:p>"
        )
    )
    assert paragraphs(document) == ["控件", "框内文字"]
    assert document.tables[0].cells[1].text == "4"


def test_rows_that_leave_columns_out_keep_their_places() -> None:
    document = read_docx(
        raw(
            tbl(
                tc("甲") + tc("乙") + tc("丙"),
                '<w:trPr><w:gridBefore w:val="1"/></w:trPr>' + tc("1") + tc("2"),
            )
        )
    )
    assert grid(document.tables[0])[1] == [("1", 1, 1, 1), ("2", 2, 1, 1)]


def test_layout_table_is_dissolved_and_inner_table_read() -> None:
    inner = tbl(tc("规章") + tc("1"), tc("许可") + tc("2"))
    document = read_docx(raw(f"<w:tbl><w:tr><w:tc>{p('正文')}{inner}{p('尾')}</w:tc></w:tr></w:tbl>"))
    assert paragraphs(document) == ["正文", "尾"]
    assert len(document.tables) == 1


def test_automatic_numbers_are_shown() -> None:
    level = '<w:lvl w:ilvl="{}"><w:start w:val="1"/><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'
    numbering = (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">'
        + level.format(0, "chineseCountingThousand", "%1、")
        + level.format(1, "decimal", "（%2）")
        + '</w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    style = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="5"/></w:numPr>'
    body = "".join(p(t, style.format(n)) for t, n in [("总体", 0), ("主动", 1), ("申请", 1), ("公开", 0), ("再", 1)])
    document = read_docx(raw(body, numbering=numbering))
    assert paragraphs(document) == ["一、总体", "（1）主动", "（2）申请", "二、公开", "（1）再"]


def test_continuation_without_an_anchor_is_a_cell_of_its_own() -> None:
    document = read_docx(raw(tbl(tc("", "<w:vMerge/>") + tc("1") + tc("x"), tc("", "<w:vMerge/>") + tc("2") + tc("y"))))
    assert [[c.text for c in r] for r in document.tables[0].rows()] == [["", "1", "x"], ["2", "y"]]


@pytest.mark.parametrize("cut", [0.3, 0.7, 0.98])
def test_cut_file_is_refused_in_one_sentence(cut: float) -> None:
    data = saved(docx.Document())
    with pytest.raises(UnreadableDocument, match=r"^The Word document .*\.$"):
        read_docx(data[: int(len(data) * cut)])


@pytest.mark.shared
@pytest.mark.shared
def test_the_official_form(shared_dir: Path) -> None:
    document = read_docx((shared_dir / "realdata/documents/form-2021-blank.docx").read_bytes())
    assert [(t.n_rows, t.n_columns) for t in document.tables] == [(14, 4), (28, 10), (4, 15)]
    assert document.tables[1].cells[0].rowspan == 3
    assert [c.text for c in document.tables[2].rows()[3]] == [""] * 15


def test_a_table_pasted_as_a_workbook_is_read() -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (["规章", 0, 16], ["行政规范性文件", 3, 9]):
        book.active.append(row)
    book.save(out)
    named = 'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    buffer = io.BytesIO(raw(p("标题") + f'<w:p><w:r><w:object><o:OLEObject {named} r:id="r1"/></w:object></w:r></w:p>'))
    with zipfile.ZipFile(buffer, "a") as archive:
        relation = '<Relationships><Relationship Id="r1" Target="embeddings/a.xlsx"/></Relationships>'
        archive.writestr("word/_rels/document.xml.rels", relation)
        archive.writestr("word/embeddings/a.xlsx", out.getvalue())
    (table,) = read_docx(buffer.getvalue()).tables
    assert [[text for text, *_ in row] for row in grid(table)] == [["规章", "0", "16"], ["行政规范性文件", "3", "9"]]
    assert (table.cells[1].place.part, table.cells[1].place.path) == ("word/embeddings/a.xlsx/Sheet", "B1")
