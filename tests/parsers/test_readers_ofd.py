"""OFD files, written here part by part as the standard lays them out."""

import io
import zipfile

import pytest

from parsers.readers import UnreadableDocument, read

NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
XS, YS = [20.0, 70.0, 110.0, 150.0], [40.0, 50.0, 60.0, 70.0]
ROWS = [["信息内容", "本年制发", "现行有效"], ["规章", "0", "11"], ["行政规范性文件", "16", "3985758"]]


def text(x: float, y: float, value: str, size: float = 4.0) -> str:
    steps = f"g {len(value) - 1} {size if ord(value[0]) > 255 else size / 2}" if len(value) > 1 else ""
    return (
        f'<ofd:TextObject Boundary="{x} {y} 60 6" Size="{size}">'
        f'<ofd:TextCode X="0" Y="4" DeltaX="{steps}">{value}</ofd:TextCode></ofd:TextObject>'
    )


def line(x0: float, y0: float, x1: float, y1: float) -> str:
    width, height = x1 - x0, y1 - y0
    return (
        f'<ofd:PathObject Boundary="{x0} {y0} {width} {height}" Stroke="true">'
        f"<ofd:AbbreviatedData>M 0 0 L {width} {height}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def saved(*pages: str, template: str = "", root: str = "Doc_0/Document.xml") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        start = f"<ofd:DocBody><ofd:DocRoot>{root}</ofd:DocRoot></ofd:DocBody>"
        archive.writestr("OFD.xml", f"<ofd:OFD {NS}>{start}</ofd:OFD>")
        refs = "".join(f'<ofd:Page ID="{i}" BaseLoc="Pages/{i}.xml"/>' for i in range(len(pages)))
        known = '<ofd:TemplatePage ID="9" BaseLoc="Tpl.xml"/>' if template else ""
        archive.writestr(
            "Doc_0/Document.xml",
            f"<ofd:Document {NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
            f"</ofd:PageArea>{known}</ofd:CommonData><ofd:Pages>{refs}</ofd:Pages></ofd:Document>",
        )
        use = '<ofd:Template TemplateID="9"/>' if template else ""
        wrapped = f"<ofd:Page {NS}>{{}}<ofd:Content><ofd:Layer>{{}}</ofd:Layer></ofd:Content></ofd:Page>"
        archive.writestr("Doc_0/Tpl.xml", wrapped.format("", template))
        for i, page in enumerate(pages):
            archive.writestr(f"Doc_0/Pages/{i}.xml", wrapped.format(use, page))
    return buffer.getvalue()


RULES = "".join(line(XS[0], y, XS[-1], y) for y in YS) + "".join(line(x, YS[0], x, YS[-1]) for x in XS)
CELLS = "".join(text(XS[c] + 2, YS[r] + 2, value) for r, row in enumerate(ROWS) for c, value in enumerate(row))


@pytest.mark.parametrize("in_template", [False, True])
def test_ruled_table_and_text(in_template: bool) -> None:
    page = text(20, 20, "二、主动公开政府信息情况") + CELLS + ("" if in_template else RULES)
    document = read(saved(page, template=RULES if in_template else ""))
    assert [p.text for p in document.paragraphs] == ["二、主动公开政府信息情况"]
    (table,) = document.tables
    assert [[c.text for c in row] for row in table.rows()] == ROWS
    assert table.kind == "ruled"
    assert table.place.box == pytest.approx((56.7, 113.4, 425.2, 198.4), abs=0.2)


def test_damaged_and_picture_only_files_say_so() -> None:
    with pytest.raises(UnreadableDocument, match="lacks its part"):
        read(saved("", root="/../../etc/passwd"))
    with pytest.raises(UnreadableDocument, match="only pictures"):
        read(saved('<ofd:ImageObject Boundary="0 0 210 297" ResourceID="3"/>'))


def test_steps_without_end_are_bounded() -> None:
    code = '<ofd:TextCode X="0" Y="4" DeltaX="g 999999999 1">公开</ofd:TextCode>'
    page = f'<ofd:TextObject Boundary="0 0 9 9" Size="4">{code}</ofd:TextObject>'
    assert read(saved(page)).text() == "公开"
