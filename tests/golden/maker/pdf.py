"""Reports as PDF files with a text layer, with rules drawn in every way seen, or without."""

from __future__ import annotations

import io
from itertools import pairwise

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from maker.office import RAISED
from maker.paged import Field, Setting, Sheet, set_pages
from maker.printed import Report

FONT = "STSong-Light"
STYLES = ("full", "open", "short", "dashed", "splinters", "fills", "level", "three", "none", "no-inner", "bold",
          "turned", "locked")  # fmt: skip


def render(report: Report, style: str = "full", setting: Setting | None = None) -> bytes:
    """The report as a PDF in one of STYLES."""
    setting = setting or Setting()
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    locked = StandardEncryption("", ownerPassword="owner", canPrint=0, strength=128) if style == "locked" else None
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(setting.width, setting.height), invariant=1, encrypt=locked)
    for sheet in set_pages(report, setting):
        if style == "turned":
            canvas.setPageRotation(90)  # exchanges the sides of the page
            canvas.translate(setting.height, 0)
            canvas.rotate(90)
        _draw(canvas, sheet, style, setting.height)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw(canvas: Canvas, sheet: Sheet, style: str, height: float) -> None:
    canvas.setLineWidth(0.5)
    for field in sheet.fields:
        _frame(canvas, field, style, height)
    canvas.setDash()
    canvas.setFillGray(0)
    for words in sheet.words:
        canvas.setFont(FONT, words.size)
        x = words.x
        if words.anchor == "middle":
            x -= pdfmetrics.stringWidth(words.text, FONT, words.size) / 2
        mark = words.text[-1:] if words.text[-1:] in RAISED else ""
        canvas.drawString(x, height - words.y, words.text.removesuffix(mark))
        if mark:
            x += pdfmetrics.stringWidth(words.text.removesuffix(mark), FONT, words.size)
            canvas.setFont(FONT, 0.6 * words.size)
            canvas.drawString(x, height - words.y + 0.4 * words.size, RAISED[mark])
        if style == "bold":
            canvas.drawString(x + 0.25, height - words.y, words.text)


def _frame(canvas: Canvas, f: Field, style: str, height: float) -> None:
    x0, x1, y0, y1 = f.x0, f.x1, height - f.bottom, height - f.top
    if style == "none":
        return
    if style == "fills":
        canvas.setFillGray(0.9)
        canvas.rect(x0 + 0.8, y0 + 0.8, x1 - x0 - 1.6, y1 - y0 - 1.6, stroke=0, fill=1)
        return
    inset = 3.0 if style == "short" else 0.0
    level = [(x0 + inset, y0, x1 - inset, y0), (x0 + inset, y1, x1 - inset, y1)]
    upright = [(x0, y0 + inset, x0, y1 - inset), (x1, y0 + inset, x1, y1 - inset)]
    if style == "three":
        level = [line for line, wanted in zip(level, (f.row == f.n_rows - 1, f.row <= 3), strict=True) if wanted]
    if style in ("level", "three"):
        upright = []
    if style == "open":
        upright = [line for line in upright if line[0] not in (50.0, 545.0)]
    if style == "no-inner" and f.n_columns == 10 and f.column >= 3:
        upright = upright[1:] if f.column == f.n_columns - 1 else []
    if style == "dashed":
        canvas.setDash(3, 3)
    for line in level + upright:
        for piece in _splinters(line) if style == "splinters" else [line]:
            canvas.line(*piece)


def _splinters(line: tuple[float, float, float, float]) -> list[tuple[float, float, float, float]]:
    x0, y0, x1, y1 = line
    length = max(abs(x1 - x0), abs(y1 - y0))
    n = max(int(length // 17), 1)
    at = [k / n for k in range(n + 1)]
    return [
        (x0 + (x1 - x0) * a, y0 + (y1 - y0) * a, x0 + (x1 - x0) * b, y0 + (y1 - y0) * b)
        for a, b in pairwise(at)
    ]  # fmt: skip
