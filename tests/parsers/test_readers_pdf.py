"""The PDF reader on our own renderings: every way a word processor draws, or does not draw, its rules."""

import io
import random
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from parsers.document import Document, Paragraph, Table
from parsers.readers import UnreadableDocument
from parsers.readers.pdf import read_layouts, read_pdf
from parsers.readers.pdf_fonts import stand_in

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
HEIGHT = 842

Item = tuple[int, int, int, int, str]  # row, column, rowspan, colspan, text


@dataclass
class Drawing:
    """A table to draw: grid lines from the page's top left corner, and cells."""

    xs: list[float]
    ys: list[float]
    items: list[Item] = field(default_factory=list)

    def box(self, item: Item) -> tuple[float, float, float, float]:
        r, c, rs, cs, _ = item
        return self.xs[c], self.ys[r], self.xs[c + cs], self.ys[r + rs]


def form(seed: int = 1, rows: int = 8) -> Drawing:
    """A table like those of the reports: a head over two rows, a group label, labels that wrap, seven numbers."""
    rng = random.Random(seed)
    xs = [60, 100, 230, 270, 310, 350, 390, 430, 470, 520]
    ys = [100.0 + 26 * i for i in range(rows + 3)]
    items: list[Item] = [(0, 0, 2, 2, "勾稽关系说明"), (0, 2, 2, 1, "甲类")]
    items += [(0, 3, 1, 5, "乙类组织"), (0, 8, 2, 1, "合计")]
    items += [(1, 3 + i, 1, 1, f"乙{i}") for i in range(5)]
    items.append((2, 0, rows, 1, "结果"))
    for r in range(rows):
        items.append((r + 2, 1, 1, 1, "一行写不下所以要折成\n两行的标签" if r % 3 == 1 else f"{r + 1}.标签"))
        numbers = rng.choices([0, 0, 1, 7, 11, 100, 258, 666, 3119, 3985758], k=7)
        items += [(r + 2, 2 + c, 1, 1, str(number)) for c, number in enumerate(numbers)]
    return Drawing([float(x) for x in xs], ys, items)


def write(canvas: Canvas, drawing: Drawing, *, bold: bool = False, size: float = 9) -> None:
    canvas.setFont(FONT, size)
    for item in drawing.items:
        x0, top, x1, bottom = drawing.box(item)
        lines = item[4].split("\n")
        y = HEIGHT - (top + bottom) / 2 + (len(lines) - 1) * size * 0.6 - size * 0.35
        for i, line in enumerate(lines):
            for dx in (0, 0.3) if bold else (0,):
                canvas.drawCentredString((x0 + x1) / 2 + dx, y - i * size * 1.2, line)


Edges = set[tuple[float, float, float, float]]


def edges(drawing: Drawing) -> tuple[Edges, Edges]:
    level: Edges = set()
    upright: Edges = set()
    for item in drawing.items:
        x0, top, x1, bottom = drawing.box(item)
        level |= {(x0, top, x1, top), (x0, bottom, x1, bottom)}
        upright |= {(x0, top, x0, bottom), (x1, top, x1, bottom)}
    return level, upright


def rule(canvas: Canvas, drawing: Drawing, style: str) -> None:
    level, upright = edges(drawing)
    left, right = drawing.xs[0], drawing.xs[-1]
    top, bottom = drawing.ys[0], drawing.ys[-1]
    canvas.setLineWidth(0.5)
    if style == "open":
        upright = {e for e in upright if e[0] not in (left, right)}
    if style == "headless":
        level = {e for e in level if e[1] not in (top, bottom)}
    for x0, y0, x1, y1 in sorted(level | upright):
        a, b, c, d = x0, HEIGHT - y0, x1, HEIGHT - y1
        if style == "short":  # rules stop before the corners
            a, c = (a + 3, c - 3) if y0 == y1 else (a, c)
            b, d = (b - 3, d + 3) if x0 == x1 else (b, d)
        if style == "bars":
            canvas.rect(min(a, c) - 0.4, min(b, d) - 0.4, abs(c - a) + 0.8, abs(d - b) + 0.8, stroke=0, fill=1)
        elif style == "dashed":
            canvas.setDash(3, 3)
            canvas.line(a, b, c, d)
        else:
            canvas.line(a, b, c, d)


def fill(canvas: Canvas, drawing: Drawing) -> None:
    canvas.setFillGray(0.9)
    for item in drawing.items:
        x0, top, x1, bottom = drawing.box(item)
        canvas.rect(x0 + 0.8, HEIGHT - bottom + 0.8, x1 - x0 - 1.6, bottom - top - 1.6, stroke=0, fill=1)
    canvas.setFillGray(0)


def start(**options: object) -> tuple[io.BytesIO, Canvas]:
    buffer = io.BytesIO()
    return buffer, Canvas(buffer, pagesize=(595, HEIGHT), invariant=1, **options)


def rendered(style: str, drawing: Drawing, *, bold: bool = False, **options: object) -> bytes:
    buffer, canvas = start(**options)
    if style == "fills":
        fill(canvas, drawing)
    elif style:
        rule(canvas, drawing, style)
    write(canvas, drawing, bold=bold)
    canvas.save()
    return buffer.getvalue()


def cells_of(table: Table) -> set[Item]:
    return {(c.row, c.column, c.rowspan, c.colspan, c.text) for c in table.cells}


@pytest.mark.parametrize("style", ["full", "open", "headless", "short", "bars", "dashed", "fills"])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_way_of_ruling_gives_the_same_grid(style: str, seed: int) -> None:
    drawing = form(seed)
    (table,) = read_pdf(rendered(style, drawing)).tables
    assert cells_of(table) == set(drawing.items)
    assert table.kind == "ruled"


def test_glyphs_printed_twice_for_bold_are_read_once() -> None:
    drawing = form()
    (table,) = read_pdf(rendered("full", drawing, bold=True)).tables
    assert cells_of(table) == set(drawing.items)


def test_a_page_drawn_again_for_bold_is_read_once() -> None:
    drawing = form(3)
    buffer, canvas = start()
    rule(canvas, drawing, "full")
    for dx, dy in ((0, 0), (0.4, 0), (0, 0.4)):
        canvas.saveState()
        canvas.translate(dx, dy)
        write(canvas, drawing)
        canvas.restoreState()
    canvas.save()
    (table,) = read_pdf(buffer.getvalue()).tables
    assert cells_of(table) == set(drawing.items)


def test_codes_that_no_table_explains_are_not_read_as_digits() -> None:
    """Without its table of meanings a font's own codes look like letters, and on another page like plain digits."""
    vera = TTFont("Vera", "Vera.ttf", asciiReadable=0)
    pdfmetrics.registerFont(vera)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, HEIGHT), pageCompression=0)
    canvas.setFont("Vera", 12)
    letters = "".join(map(chr, range(0xA1, 0x17F)))  # more glyphs than control codes: later ones get those of digits
    for n in range(0, len(letters), 40):
        canvas.drawString(60, 700 - n, letters[n : n + 40])
    canvas.showPage()
    canvas.setFont("Vera", 12)
    canvas.drawString(60, 700, letters[40:60])
    canvas.save()
    data = re.sub(rb"/ToUnicode \d+ 0 R", lambda m: b" " * len(m[0]), buffer.getvalue())
    with PdfDocument(data) as document:
        layouts, _ = read_layouts(document)
    assert [ch.text for ch in layouts[1].page.chars if ch.text.isdigit()]
    assert all(layout.is_picture for layout in layouts)


def test_a_number_wider_than_its_cell_stays_whole() -> None:
    drawing = form(rows=4)
    items = [i if (i[0], i[1]) != (3, 4) else (3, 4, 1, 1, "119253.55") for i in drawing.items]
    wide = Drawing(drawing.xs, drawing.ys, [i if i[:2] != (3, 5) else (3, 5, 1, 1, "") for i in items])
    buffer, canvas = start()
    rule(canvas, wide, "full")
    write(canvas, Drawing(wide.xs, wide.ys, [i for i in wide.items if i[:2] != (3, 4)]))
    canvas.drawString(wide.xs[4] + 12, HEIGHT - wide.ys[3] - 16, "119253.55")
    canvas.save()
    assert cells_of(read_pdf(buffer.getvalue()).tables[0]) == set(wide.items)


def test_marks_of_notes_do_not_run_into_the_number() -> None:
    drawing = form(rows=4)
    buffer, canvas = start()
    rule(canvas, drawing, "full")
    write(canvas, Drawing(drawing.xs, drawing.ys, [i for i in drawing.items if i[:2] != (3, 4)]))
    canvas.drawString(drawing.xs[4] + 12, HEIGHT - drawing.ys[3] - 16, "13")
    canvas.setFont(FONT, 5)
    canvas.drawString(drawing.xs[4] + 21.2, HEIGHT - drawing.ys[3] - 13, "1")
    canvas.save()
    cells = {(c.row, c.column): c.text for c in read_pdf(buffer.getvalue()).tables[0].cells}
    assert cells[3, 4] == "13¹"


def test_owner_password_is_no_obstacle_and_user_password_is() -> None:
    drawing = form()
    data = rendered("full", drawing, encrypt=StandardEncryption("", ownerPassword="owner", canPrint=0))
    assert cells_of(read_pdf(data).tables[0]) == set(drawing.items)
    locked = rendered("full", drawing, encrypt=StandardEncryption("secret", ownerPassword="owner"))
    with pytest.raises(UnreadableDocument, match="password"):
        read_pdf(locked)


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_turned_pages_are_read_as_displayed(angle: int) -> None:
    drawing = form()
    buffer, canvas = start()
    width, height = 595, HEIGHT
    canvas.setPageRotation(angle)  # which also swaps the sides of the page for 90 and 270
    if angle == 90:
        canvas.transform(0, 1, -1, 0, height, 0)
    elif angle == 180:
        canvas.transform(-1, 0, 0, -1, width, height)
    else:
        canvas.transform(0, -1, 1, 0, 0, width)
    rule(canvas, drawing, "full")
    write(canvas, drawing)
    canvas.save()
    (table,) = read_pdf(buffer.getvalue()).tables
    assert cells_of(table) == set(drawing.items)
    assert table.place.box == pytest.approx((60, 100, 520, drawing.ys[-1]), abs=1.5)


def test_scaled_drawing_space_keeps_places_and_lines() -> None:
    drawing = form()
    buffer, canvas = start()
    canvas.scale(0.24, 0.24)  # as printer drivers do
    big = Drawing([x / 0.24 for x in drawing.xs], [y / 0.24 for y in drawing.ys], drawing.items)
    canvas.setFont(FONT, 9 / 0.24)
    canvas.translate(0, HEIGHT / 0.24 - HEIGHT)
    rule(canvas, big, "full")
    write(canvas, big, size=9 / 0.24)
    canvas.save()
    (table,) = read_pdf(buffer.getvalue()).tables
    assert cells_of(table) == set(drawing.items)


def test_places_are_page_and_box_from_the_top_left_corner() -> None:
    drawing = form()
    (table,) = read_pdf(rendered("full", drawing)).tables
    cell = next(c for c in table.cells if (c.row, c.column) == (1, 3))
    assert cell.place.page == 1
    assert cell.place.box == pytest.approx(drawing.box((1, 3, 1, 1, "")), abs=1)
    assert (cell.place.table, cell.place.row, cell.place.column) == (0, 1, 3)


def numbers(table: Table, n: int) -> list[list[str]]:
    return [[c.text for c in row][-n:] for row in table.rows()]


@pytest.mark.parametrize("style", ["", "level"])
def test_table_without_upright_rules_is_found_by_its_columns(style: str) -> None:
    drawing = form(rows=6)
    kept = [i for i in drawing.items if i[0] > 1 and i[1] > 0 and (style or "\n" not in i[4])]
    plain = Drawing(drawing.xs, drawing.ys, kept)
    buffer, canvas = start()
    if style:
        for y in drawing.ys[2:]:
            canvas.line(drawing.xs[0], HEIGHT - y, drawing.xs[-1], HEIGHT - y)
    write(canvas, plain)
    canvas.save()
    (table,) = read_pdf(buffer.getvalue()).tables
    wanted = [[i[4] for i in plain.items if i[0] == r and i[1] > 1] for r in range(2, 8)]
    assert table.kind == "aligned"
    assert numbers(table, 7) == wanted


def prose(canvas: Canvas, y: float, lines: list[tuple[float, str]]) -> None:
    canvas.setFont(FONT, 12)
    for i, (indent, line) in enumerate(lines):
        canvas.drawString(72 + indent, y - 20 * i, line)


FULL = "这一行从版心的左边一直排到右边所以它没有结束还要接着排在下一行里面不可断开"  # 37 characters of 12 points


def paragraphs(document: Document) -> list[str]:
    return [b.text for b in document.blocks if isinstance(b, Paragraph)]


def test_lines_are_joined_to_paragraphs_over_a_page_end_and_page_numbers_go() -> None:
    buffer, canvas = start()
    prose(canvas, 760, [(150, "某县二〇二三年报告"), (24, FULL[:-2]), (0, FULL), (0, "到此为止。")])
    prose(canvas, 680, [(24, FULL[:-2])])
    canvas.drawCentredString(297, 30, "- 1 -")
    canvas.showPage()
    prose(canvas, 760, [(0, FULL), (0, "这里才完。"), (24, "一、总体情况")])
    canvas.drawCentredString(297, 30, "- 2 -")
    canvas.save()
    assert paragraphs(read_pdf(buffer.getvalue())) == [
        "某县二〇二三年报告", FULL[:-2] + FULL + "到此为止。", FULL[:-2] + FULL + "这里才完。", "一、总体情况",
    ]  # fmt: skip


def test_a_date_set_at_the_right_does_not_run_into_the_next_line() -> None:
    buffer, canvas = start()
    prose(canvas, 760, [(24, FULL[:-2]), (0, "到此为止。"), (0, FULL[:-1] + "。")])
    canvas.drawRightString(72 + 12 * len(FULL), 700, "二〇二四年一月三十一日")
    canvas.drawString(72, 680, "附表")
    canvas.save()
    assert paragraphs(read_pdf(buffer.getvalue()))[-2:] == ["二〇二四年一月三十一日", "附表"]


def test_running_heads_go_and_lone_numbers_inside_the_page_stay() -> None:
    buffer, canvas = start()
    for page in range(3):
        prose(canvas, 815, [(0, "某县人民政府办公室文件")])
        prose(canvas, 500, [(24, f"第{page}页的正文。"), (24, "128")])
        canvas.showPage()
    canvas.save()
    wanted = [text for page in range(3) for text in (f"第{page}页的正文。", "128")]
    assert paragraphs(read_pdf(buffer.getvalue())) == wanted


def test_blocks_keep_the_reading_order_and_tables_stay_one_a_page() -> None:
    drawing = form(rows=4)
    buffer, canvas = start()
    for page in range(2):
        prose(canvas, 780, [(0, f"前面{page}。")])
        rule(canvas, drawing, "full")
        write(canvas, drawing)
        prose(canvas, 400, [(0, f"后面{page}。")])
        canvas.showPage()
    canvas.save()
    document = read_pdf(buffer.getvalue())
    shapes = [b.text if isinstance(b, Paragraph) else b.place.page for b in document.blocks]
    assert shapes == ["前面0。", 1, "后面0。", "前面1。", 2, "后面1。"]
    assert [t.place.table for t in document.tables] == [0, 1]


def test_shaded_lines_of_prose_are_no_table() -> None:
    buffer, canvas = start()
    canvas.setFillGray(0.9)
    for i in range(8):
        canvas.rect(72, 695 - 20 * i, 450, 18, stroke=0, fill=1)
    canvas.setFillGray(0)
    prose(canvas, 700, [(0, FULL)] * 8)
    canvas.save()
    document = read_pdf(buffer.getvalue())
    assert document.tables == []
    assert FULL in document.text()


def test_text_inside_the_frame_of_a_table_but_in_no_cell_is_kept() -> None:
    drawing = form(rows=4)
    buffer, canvas = start()
    rule(canvas, drawing, "full")
    write(canvas, drawing)
    prose(canvas, 90, [(0, "表外注记。")])
    canvas.save()
    assert "表外注记。" in read_pdf(buffer.getvalue()).text()


@pytest.mark.shared
@pytest.mark.shared
def test_real_report_of_a_city(shared_dir: Path) -> None:
    document = read_pdf((shared_dir / "realdata/documents/huaian-city-2024.pdf").read_bytes())
    assert [(t.kind, t.n_rows, t.n_columns) for t in document.tables] == [
        ("ruled", 8, 4), ("ruled", 6, 2), ("ruled", 16, 10), ("ruled", 12, 10), ("ruled", 4, 15),
    ]  # fmt: skip
    row = next(r for r in document.tables[2].rows() if r[0].text.startswith("一、本年新收"))
    assert [c.text for c in row[1:]] == ["3001", "53", "0", "0", "61", "4", "3119"]
    titles = [p.text for p in document.paragraphs if p.text[1] == "、"]
    assert [t[0] for t in titles] == list("一二三四五六")


def test_a_font_that_is_not_in_the_file_does_not_come_from_the_machine() -> None:
    buffer, canvas = start()
    canvas.setFont(FONT, 100)
    canvas.drawString(100, 400, "一")  # flat in every real font
    canvas.save()
    with PdfDocument(buffer.getvalue()) as before:
        drawn = before[0].render().to_numpy()
    with stand_in(), PdfDocument(buffer.getvalue()) as document:
        left, bottom, right, top = document[0].get_textpage().get_charbox(0)
    # The box of the stand-in, in thousandths of the size: 40 to 960 across, 120 below the line to 850 above it.
    assert (left, right, bottom, top) == pytest.approx((104, 196, 388, 485), abs=2)
    with PdfDocument(buffer.getvalue()) as after:  # and pages are drawn as they would be without us
        assert (after[0].render().to_numpy() == drawn).all()
