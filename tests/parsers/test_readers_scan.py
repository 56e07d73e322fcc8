"""Pictures of pages: drawn with Pillow's own font, so that nothing depends on fonts of the machine."""

import base64
import io
import sys

import pytest
from PIL import Image, ImageDraw, ImageFont

from parsers import parse
from parsers.document import Paragraph, Table
from parsers.readers import UnreadableDocument, read
from parsers.readers.embedded import pictures_in_page

NUMBERS = [[0, 1, 7, 16, 61], [258, 0, 9, 66, 91], [3119, 0, 0, 6, 2]]


def drawn(angle: float = 0.0) -> Image.Image:
    picture = Image.new("L", (1240, 900), 255)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=28)
    xs, ys = [100 + 200 * i for i in range(6)], [200 + 60 * i for i in range(5)]
    for x in xs:
        draw.line((x, ys[1] if x not in (xs[0], xs[-1]) else ys[0], x, ys[-1]), 0, 2)
    for y in ys:
        draw.line((xs[0], y, xs[-1], y), 0, 2)
    draw.text((600, ys[0] + 30), "HEAD", 0, font, anchor="mm")
    for r, row in enumerate(NUMBERS):
        for c, number in enumerate(row):
            if number != 2:  # left blank
                draw.text((xs[c] + 100, ys[r + 1] + 30), str(number), 0, font, anchor="mm")
    return picture.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def check(table: Table) -> None:
    check_texts(table)
    assert (table.kind, table.cells[0].colspan) == ("ocr", 5)
    assert all(0.4 < c.confidence <= 1 for c in table.cells)


def check_texts(table: Table) -> None:
    rows = [[c.text for c in row] for row in table.rows()]
    assert rows[0] == ["HEAD"]
    assert rows[1:] == [[str(n) if n != 2 else "" for n in row] for row in NUMBERS]


@pytest.mark.parametrize(("kind", "angle"), [("PNG", 0.0), ("JPEG", 0.7), ("TIFF", -1.2)])
def test_cells_are_cut_along_the_rules_and_recognised(kind: str, angle: float) -> None:
    pytest.importorskip("rapidocr")
    (table,) = read(encoded(drawn(angle), kind)).tables
    check(table)


def test_scanned_pdf_is_recognised_and_boxes_are_in_points() -> None:
    pytest.importorskip("rapidocr")
    (table,) = read(encoded(drawn(), "PDF", resolution=150)).tables
    check(table)
    assert table.place.page == 1
    assert table.place.box == pytest.approx((48, 96, 528, 211), abs=2)


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_pages_are_turned_the_right_way_up(angle: int) -> None:
    pytest.importorskip("rapidocr")
    page = drawn()
    draw = ImageDraw.Draw(page)
    for n, words in enumerate(("Annual report of the county", "on the disclosure of information", "in numbers")):
        draw.text((100, 20 + 50 * n), words, 0, ImageFont.load_default(size=28))
    document = read(encoded(page.rotate(angle, expand=True), "PDF", resolution=150))
    (table,) = document.tables
    check_texts(table)
    assert any("disclosure" in block.text for block in document.blocks if isinstance(block, Paragraph))


def test_without_the_recogniser_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from parsers.readers import recognise

    recognise._engine.cache_clear()
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    for data in (encoded(drawn()), encoded(drawn(), "PDF")):
        with pytest.raises(UnreadableDocument, match=r"install nianbao\[ocr\]"):
            read(data)


def test_pictures_inside_the_mark_up_of_a_report_are_looked_at() -> None:
    pytest.importorskip("rapidocr")
    damaged = encoded(drawn())[:3000]
    address = b"data:image/png;base64," + base64.b64encode(damaged)
    page = b'<html><body><h1>{}</h1><p><img src="' + address + b'"></p></body></html>'
    assert [body for _, body in pictures_in_page(page)] == [damaged]
    report, other = (
        parse(page.replace(b"{}", title.encode())).warnings
        for title in ("岚县人民政府2023年政府信息公开工作年度报告", "岚县召开会议")
    )
    assert [note.split(":")[0] for note in report] == ["A picture in the document (picture 1 in the page) was not read"]
    assert other == ()


def test_icons_and_damaged_pictures_are_refused() -> None:
    pytest.importorskip("rapidocr")
    with pytest.raises(UnreadableDocument, match="too small"):
        read(encoded(Image.new("L", (64, 64))))
    with pytest.raises(UnreadableDocument, match="damaged"):
        read(encoded(drawn())[:200])
