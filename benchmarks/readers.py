"""The PDF reader side by side with pdfplumber: time a page and rows right, on the same documents.

Usage: python benchmarks/readers.py [--documents N] [--seed N] [PDF ...]

Made documents carry their truth: three pages each, in every style in which word processors draw rules or leave them
out. A row counts as right when all its texts are there, in order and nothing else; a row that the tool gives and the
document does not have is wrong. PDFs named on the command line are only timed.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pdfplumber
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from parsers.readers.pdf import read_pdf

Rows = list[tuple[str, ...]]
FONT, HEIGHT = "STSong-Light", 842
STYLES = ("full", "open", "short", "dashed", "bars", "bold", "fills", "level", "none")
XS = [60, 100, 230, 270, 310, 350, 390, 430, 470, 520]
PROSE = "本年度主动公开政府信息若干条，受理申请若干件，均在法定期限内办结并予以答复。"


def rows_of(rng: random.Random, n: int) -> list[list[str]]:
    """A head and ``n`` rows: group label or nothing, label, seven numbers."""
    head = ["", "", *(f"申请人{c}" for c in "甲乙丙丁戊己庚")]
    rows = [head]
    for r in range(n):
        label = f"{r + 1}.很长的行标签需要\n折成两行才放得下" if rng.random() < 0.3 else f"{r + 1}.行标签"
        numbers = [str(rng.choice([0, 0, 0, 1, 2, 16, 91, 258, 3985758])) for _ in range(7)]
        rows.append(["" if r % 4 else f"（{r}）组", label, *numbers])
    return rows


def draw(canvas: Canvas, rows: list[list[str]], style: str) -> None:
    ys = [120.0 + 26 * i for i in range(len(rows) + 1)]
    canvas.setLineWidth(0.5)
    canvas.setDash(*((3, 3) if style == "dashed" else ()))
    for r in range(len(rows)):
        for c in range(len(XS) - 1):
            frame(canvas, style, c, (XS[c], HEIGHT - ys[r + 1], XS[c + 1], HEIGHT - ys[r]))
    canvas.setDash()
    canvas.setFont(FONT, 8)
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            lines = text.split("\n")
            y = HEIGHT - (ys[r] + ys[r + 1]) / 2 + (len(lines) - 1) * 5 - 3
            for i, line in enumerate(lines):
                for dx in (0, 0.3) if style == "bold" else (0,):
                    canvas.drawCentredString((XS[c] + XS[c + 1]) / 2 + dx, y - 10 * i, line)


def frame(canvas: Canvas, style: str, column: int, box: tuple[float, float, float, float]) -> None:
    """Draw what surrounds one cell in this style."""
    x0, y0, x1, y1 = box
    inset = 3 if style == "short" else 0
    if style == "fills":
        canvas.setFillGray(0.9)
        canvas.rect(x0 + 0.8, y0 + 0.8, x1 - x0 - 1.6, y1 - y0 - 1.6, stroke=0, fill=1)
        canvas.setFillGray(0)
    elif style == "bars":
        for x, y, width, height in ((x0, y0, x1 - x0, 0.8), (x0, y1, x1 - x0, 0.8), (x0, y0, 0.8, y1 - y0)):
            canvas.rect(x, y, width, height, stroke=0, fill=1)
        canvas.rect(x1, y0, 0.8, y1 - y0, stroke=0, fill=1)
    elif style != "none":
        for y in (y0, y1):
            canvas.line(x0 + inset, y, x1 - inset, y)
        outer = {0: x0, len(XS) - 2: x1}.get(column) if style == "open" else None
        for x in {x0, x1} - {outer} if style != "level" else ():
            canvas.line(x, y0 + inset, x, y1 - inset)


def document(style: str, seed: int) -> tuple[bytes, Rows]:
    rng = random.Random(seed)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, HEIGHT), invariant=1)
    truth: Rows = []
    for _ in range(3):
        rows = rows_of(rng, 18)
        draw(canvas, rows, style)
        canvas.setFont(FONT, 12)
        for i in range(8):
            canvas.drawString(72, 200 - 20 * i, PROSE)
        canvas.showPage()
        truth += [key(row) for row in rows]
    canvas.save()
    return buffer.getvalue(), truth


def key(row: list[str | None]) -> tuple[str, ...]:
    return tuple(text for cell in row if (text := re.sub(r"\s", "", cell or "")))


def with_ours(data: bytes) -> Rows:
    return [key([c.text for c in row]) for table in read_pdf(data).tables for row in table.rows()]


def with_pdfplumber(data: bytes) -> Rows:
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        tables = [table for page in pdf.pages for table in (page.extract_tables(), page.extract_text())[0]]
    return [key(row) for table in tables for row in table]


def measure(tool: Callable[[bytes], Rows], documents: list[tuple[bytes, Rows]]) -> tuple[float, int, int]:
    """Milliseconds of processor time a page, rows right, rows wrong."""
    times, right, wrong = [], 0, 0
    for data, truth in documents:
        began = time.process_time()
        found = [row for row in tool(data) if row]
        times.append((time.process_time() - began) * 1000 / 3)
        good = sum((Counter(found) & Counter(truth)).values())
        right, wrong = right + good, wrong + len(found) - good
    return statistics.median(times), right, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=4, help="made documents for each style")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("pdf", nargs="*", type=Path)
    options = parser.parse_args()
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    with_ours(document("full", 0)[0]), with_pdfplumber(document("full", 0)[0])  # imports are not measured
    print(f"{'style':8} {'rows':>5} | {'ours ms/page':>12} right wrong | {'pdfplumber':>12} right wrong | ratio")
    ratios = []
    for style in STYLES:
        documents = [document(style, options.seed * 1000 + i) for i in range(options.documents)]
        n = sum(len(truth) for _, truth in documents)
        ours, theirs = measure(with_ours, documents), measure(with_pdfplumber, documents)
        ratios.append(theirs[0] / ours[0])
        print(f"{style:8} {n:5} | {ours[0]:12.1f} {ours[1]:5} {ours[2]:5} | "
              f"{theirs[0]:12.1f} {theirs[1]:5} {theirs[2]:5} | {ratios[-1]:5.1f}")  # fmt: skip
    print(f"median ratio {statistics.median(ratios):.1f}")
    for path in options.pdf:
        documents = [(path.read_bytes(), [])] * 5
        pages = len(pdfplumber.open(path).pages)
        ours, theirs = (measure(tool, documents)[0] * 3 / pages for tool in (with_ours, with_pdfplumber))
        print(f"{path.name}: ours {ours:.1f}, pdfplumber {theirs:.1f} ms/page, ratio {theirs / ours:.1f}")


if __name__ == "__main__":
    main()
