"""PDF pages whose text is not simply there: unseen, aslant, drawn as shapes, without meaning."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from parsers.readers.pdf import open_pdf, read_layouts, read_pdf

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
WIDTH, HEIGHT = 595, 842
XS, YS = (60, 260, 360, 460), (100, 130, 160, 190)
ROWS = [["项目", "甲", "乙"], ["一行", "17962", "5"], ["二行", "260", "40"]]


def drawn(paint: Callable[[Canvas], None], *, rotation: int = 0, size: tuple[int, int] = (WIDTH, HEIGHT)) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=1)
    canvas.setPageRotation(rotation)
    canvas.setFont(FONT, 10)
    paint(canvas)
    canvas.save()
    return buffer.getvalue()


def table(canvas: Canvas) -> None:
    canvas.setFont(FONT, 10)
    for y in YS:
        canvas.line(XS[0], HEIGHT - y, XS[-1], HEIGHT - y)
    for x in XS:
        canvas.line(x, HEIGHT - YS[0], x, HEIGHT - YS[-1])
    for row, y in zip(ROWS, YS, strict=False):
        for text, x in zip(row, XS, strict=False):
            canvas.drawString(x + 8, HEIGHT - y - 20, text)


def texts(data: bytes) -> list[list[str]]:
    (found,) = read_pdf(data).tables
    return [[cell.text for cell in row] for row in found.rows()]


def old_number(canvas: Canvas) -> None:
    """In the cell of 260, beside it."""
    canvas.drawString(XS[1] + 40, HEIGHT - YS[2] - 20, "733")


def in_white(canvas: Canvas) -> None:
    table(canvas)
    canvas.setFillGray(1)
    old_number(canvas)


def in_the_colour_of_its_cell(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.9, 0.95, 1)
    canvas.rect(XS[1], HEIGHT - YS[3], XS[2] - XS[1], 30, stroke=0, fill=1)
    old_number(canvas)
    canvas.setFillGray(0)
    table(canvas)


def under_a_patch(canvas: Canvas) -> None:
    old_number(canvas)
    canvas.setFillGray(1)
    canvas.rect(XS[1] + 2, HEIGHT - YS[2] - 26, 90, 22, stroke=0, fill=1)
    canvas.setFillGray(0)
    table(canvas)


@pytest.mark.parametrize("paint", [in_white, in_the_colour_of_its_cell, under_a_patch])
def test_a_number_that_nobody_sees_is_not_read(paint: Callable[[Canvas], None]) -> None:
    assert texts(drawn(paint)) == ROWS


def white_on_dark(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.1, 0.3, 0.6)
    canvas.rect(XS[0], HEIGHT - YS[3], XS[3] - XS[0], YS[3] - YS[0], stroke=0, fill=1)
    canvas.setFillGray(1)
    table(canvas)


def patch_cut_to_another_place(canvas: Canvas) -> None:
    """A white area over the whole table, of which a clip leaves only the foot of the page."""
    table(canvas)
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(0, 0, WIDTH, 100)
    canvas.clipPath(path, stroke=0)
    canvas.setFillGray(1)
    canvas.rect(0, 0, WIDTH, HEIGHT, stroke=0, fill=1)
    canvas.restoreState()


@pytest.mark.parametrize("paint", [white_on_dark, patch_cut_to_another_place])
def test_what_is_seen_is_read(paint: Callable[[Canvas], None]) -> None:
    assert texts(drawn(paint)) == ROWS


TURNS = {90: (0, 1, -1, 0, HEIGHT, 0), 180: (-1, 0, 0, -1, WIDTH, HEIGHT), 270: (0, -1, 1, 0, 0, WIDTH)}


@pytest.mark.parametrize("turn", [90, 180, 270])
@pytest.mark.parametrize("rotation", [0, 90])
def test_text_that_stands_aslant_is_read_and_placed_as_shown(turn: int, rotation: int) -> None:
    def paint(canvas: Canvas) -> None:
        canvas.transform(*TURNS[turn])
        table(canvas)

    # The library swaps the sides of a page that has a rotation.
    across = (turn == 180) == (rotation == 90)
    data = drawn(paint, rotation=rotation, size=(HEIGHT, WIDTH) if across else (WIDTH, HEIGHT))
    assert texts(data) == ROWS
    with open_pdf(data) as document:
        wide, high = document[0].get_size()
        shown = document[0].render(scale=1).to_numpy()[..., 0]
    (found,) = read_pdf(data).tables
    box = next(cell.place.box for cell in found.cells if cell.text == "17962")
    assert box is not None
    assert 0 <= box[0] < box[2] <= wide
    assert 0 <= box[1] < box[3] <= high
    left, top, right, bottom = (round(edge) for edge in box)
    assert (shown[top + 4 : bottom - 4, left + 4 : right - 4] < 128).any()  # the number is in it, not a rule


def test_a_page_of_letters_drawn_as_shapes_is_a_picture() -> None:
    def paint(canvas: Canvas) -> None:
        for n in range(150):
            canvas.circle(60 + n % 30 * 12, 700 - n // 30 * 20, 4, stroke=0, fill=1)

    with open_pdf(drawn(paint)) as document:
        (layout,), _ = read_layouts(document)
    assert layout.is_picture


def test_a_page_of_codes_without_meaning_is_a_picture() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(60, 700, "Û£o ÇÙ dû¡Ç 2 ´Ð ÂÃ ñhÇ fÄ´P 3 ÔhÇ éÈÇ kn")

    with open_pdf(drawn(paint)) as document:
        (layout,), _ = read_layouts(document)
    assert layout.is_picture
