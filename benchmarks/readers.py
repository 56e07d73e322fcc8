"""The PDF reader side by side with pdfium alone, pdfplumber, PyMuPDF and camelot: time a page and rows right.

Usage: python benchmarks/readers.py [--documents N] [--seed N] [PDF ...]

Made documents carry their truth: three pages each, in every style in which word processors draw rules or leave them
out. A row counts as right when all its texts are there, in order and nothing else; a row that the tool gives and the
document does not have is wrong. The golden PDFs and those named on the command line are only timed.
"""

from __future__ import annotations

import argparse
import ctypes
import io
import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pdfplumber
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

try:
    import pymupdf
except ImportError:
    pymupdf = None
try:
    import camelot
except ImportError:
    camelot = None

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden"
sys.path.insert(0, str(ROOT))
from parsers.readers.pdf import read_pdf  # noqa: E402

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


def with_pdfium_alone(data: bytes) -> Rows:
    """The floor: every character with its box, every drawn path with its points; no tables."""
    document = pdfium.PdfDocument(data)
    box = [ctypes.c_double() for _ in range(4)]
    x, y = ctypes.c_float(), ctypes.c_float()
    for page in document:
        text = page.get_textpage()
        for i in range(text.count_chars()):
            raw.FPDFText_GetUnicode(text.raw, i)
            raw.FPDFText_GetCharBox(text.raw, i, *box)
        for i in range(raw.FPDFPage_CountObjects(page.raw)):
            drawn = raw.FPDFPage_GetObject(page.raw, i)
            if raw.FPDFPageObj_GetType(drawn) == raw.FPDF_PAGEOBJ_PATH:
                for k in range(raw.FPDFPath_CountSegments(drawn)):
                    raw.FPDFPathSegment_GetPoint(raw.FPDFPath_GetPathSegment(drawn, k), x, y)
    document.close()
    return []


def with_pdfplumber(data: bytes) -> Rows:
    """pdfplumber as one would tune it: no doubled glyphs, wider tolerances, words where there are no rules."""
    rules = {"snap_tolerance": 4, "join_tolerance": 6, "intersection_tolerance": 5}
    words = {"vertical_strategy": "text", "horizontal_strategy": "text"}
    rows: Rows = []
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            page = page.dedupe_chars()
            page.extract_text()
            tables = page.extract_tables(rules) or page.extract_tables(words)
            rows += [key(row) for table in tables for row in table]
    return rows


def with_pymupdf(data: bytes) -> Rows:
    rows: Rows = []
    with pymupdf.open(stream=data, filetype="pdf") as document:
        for page in document:
            page.get_text()
            rows += [key(row) for table in page.find_tables().tables for row in table.extract()]
    return rows


def with_camelot(flavor: str) -> Callable[[bytes], Rows]:
    def read(data: bytes) -> Rows:
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(data)
            file.flush()
            tables = camelot.read_pdf(file.name, pages="all", flavor=flavor, suppress_stdout=True)
            return [key(list(row)) for table in tables for row in table.df.itertuples(index=False)]

    return read


def tools() -> dict[str, Callable[[bytes], Rows]]:
    """Ours, the floor, and every rival that is installed. Rivals are never among our requirements: run this script
    with the Python of an environment that has them (pip install nianbao[read] reportlab camelot-py pymupdf)."""
    found = {"ours": with_ours, "pdfium alone": with_pdfium_alone, "pdfplumber": with_pdfplumber}
    if pymupdf:
        found["PyMuPDF"] = with_pymupdf
    if camelot:
        found |= {f"camelot {flavor}": with_camelot(flavor) for flavor in ("lattice", "stream")}
    return found


def measure(tool: Callable[[bytes], Rows], documents: list[tuple[bytes, Rows]]) -> tuple[float, int, int]:
    """Milliseconds of processor time a page, rows right, rows wrong."""
    times, right, wrong = [], 0, 0
    for data, truth in documents:
        began = time.process_time()
        try:
            found = [row for row in tool(data) if row]
        except Exception:  # a rival that gives up has read nothing
            found = []
        times.append((time.process_time() - began) * 1000 / 3)
        good = sum((Counter(found) & Counter(truth)).values())
        right, wrong = right + good, wrong + len(found) - good
    return statistics.median(times), right, wrong


def golden_pdfs() -> Iterator[tuple[bytes, dict[str, object]]]:
    for expected in json.loads((GOLDEN / "expected.json").read_text("utf-8")).values():
        if expected["format"] == "pdf":
            yield (GOLDEN / expected["file"]).read_bytes(), expected


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=4, help="made documents for each style")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("pdf", nargs="*", type=Path)
    options = parser.parse_args()
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    sets = {s: [document(s, options.seed * 1000 + i) for i in range(options.documents)] for s in STYLES}
    n = sum(len(truth) for documents in sets.values() for _, truth in documents)
    print(f"made documents, {len(STYLES)} styles of rules, {n} rows")
    print(f"{'tool':16} {'ms/page':>8} {'to ours':>8} {'right':>6} {'wrong':>6}")
    ours = 0.0
    for name, tool in tools().items():
        tool(document("full", 0)[0])  # imports are not measured
        figures = [measure(tool, documents) for documents in sets.values()]
        time_ = statistics.median(f[0] for f in figures)
        ours = ours or time_
        print(f"{name:16} {time_:8.1f} {time_ / ours:8.1f} {sum(f[1] for f in figures):6} "
              f"{sum(f[2] for f in figures):6}")  # fmt: skip
    files = [data for data, _ in golden_pdfs()] + [path.read_bytes() for path in options.pdf]
    pages = sum(len(pdfium.PdfDocument(data)) for data in files)
    print(f"\n{len(files)} golden and named documents, {pages} pages: processor time only")
    ours = 0.0
    for name, tool in tools().items():
        seconds = sum(measure(tool, [(data, [])])[0] * 3 for data in files) / 1000
        ours = ours or seconds
        print(f"{name:16} {seconds / pages * 1000:8.1f} {seconds / ours:8.1f}")


if __name__ == "__main__":
    main()
