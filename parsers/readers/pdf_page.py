"""One PDF page as pdfium sees it: characters and rules with places in points from the page's top left corner."""

from __future__ import annotations

import ctypes
import math
from collections import Counter

import pypdfium2 as pdfium
import pypdfium2.raw as c

from parsers.readers.errors import LIMITS
from parsers.readers.pdf_codes import UNKNOWN, is_strange
from parsers.readers.pdf_ink import Ink
from parsers.readers.pdf_parts import Box, Char, Frame, Page
from parsers.readers.pdf_paths import read_paths

_SLANT = 8  # degrees: text more slanted than this is stamped over the page
_INVISIBLE = 3  # text render mode of the layer under a scan
_SAMPLE = 60  # characters by which is told which way up a page is
_MOST = 0.6  # of them

# pdfium's FPDFText_GetTextObject with the object's address as a number: for every character, a pointer costs more to
# make and to read than the call itself.
_object_at = ctypes.CFUNCTYPE(ctypes.c_void_p, c.FPDF_TEXTPAGE, ctypes.c_int)(
    ctypes.cast(c.FPDFText_GetTextObject, ctypes.c_void_p).value or 0
)


def load_page(document: pdfium.PdfDocument, index: int) -> Page:
    """Read page ``index`` (from 0), turned so that its text stands upright.

    Raises pdfium's PdfiumError for a page that cannot be loaded.
    """
    page = document[index]
    try:
        left, bottom, right, top = page.get_bbox()
        text_page = page.get_textpage()
        try:
            turn = _turn(text_page.raw, page.get_rotation())
            frame = Frame(left, bottom, right - left, top - bottom, (page.get_rotation() + turn) % 360)
            wide = (frame.height, frame.width) if frame.rotation in (90, 270) else (frame.width, frame.height)
            out = Page(index + 1, *wide, turn=turn)
            ink = read_paths(page.raw, frame, out)
            _read_chars(text_page.raw, frame, ink, out)
            if any(map(is_strange, {ch.text for ch in out.chars})):
                out.chars.clear()
                _read_chars(text_page.raw, frame, ink, out, doubted=True)
            if frame.rotation == 180:  # pdfium has put each line the other way round
                out.chars = _reordered(out.chars)
        finally:
            text_page.close()
        return out
    finally:
        page.close()


def _reordered(chars: list[Char]) -> list[Char]:
    """Characters by lines from the top, each from the left; a line is what stands at one height in a row.

    The gaps that pdfium has seen are none this way round, and left out.
    """
    rows: list[list[Char]] = []
    for ch in (ch for ch in chars if not ch.text.isspace()):
        if not rows or abs(ch.y - rows[-1][-1].y) > 0.5 * max(ch.size, rows[-1][-1].size):
            rows.append([])
        rows[-1].append(ch)
    return [ch for row in sorted(rows, key=lambda row: row[0].y) for ch in sorted(row, key=lambda ch: ch.x0)]


def _turn(text_page: c.FPDF_TEXTPAGE, rotation: int) -> int:
    """Degrees clockwise by which a page must be turned to have most of its text upright: wide tables stand aslant."""
    n = c.FPDFText_CountChars(text_page)
    spread = range(0, n, max(n // _SAMPLE, 1))
    sample = [i for i in spread if c.FPDFText_IsGenerated(text_page, i) == 0]
    angles = Counter((_look(text_page, i)[1] + rotation) % 360 for i in sample)
    angle, votes = angles.most_common(1)[0] if angles else (0, 0)
    return int(360 - angle) if angle in (90, 180, 270) and votes > _MOST * len(sample) else 0


def _read_chars(text_page: c.FPDF_TEXTPAGE, frame: Frame, ink: Ink, out: Page, *, doubted: bool = False) -> None:
    """Read the characters. Where they are ``doubted``, those that pdfium has guessed from a code come out unknown.

    Without a table of meanings in its font a digit may be any glyph; asking costs time, and few pages need it.
    """
    n = c.FPDFText_CountChars(text_page)
    out.cut |= n > LIMITS.max_page_objects
    x0, x1, y0, y1, ox, oy = (ctypes.c_double() for _ in range(6))
    loose = c.FS_RECTF()
    looks: dict[int, tuple[float, float, bool]] = {}  # text object -> size, angle, hidden
    for i in range(min(n, LIMITS.max_page_objects)):
        code = c.FPDFText_GetUnicode(text_page, i)
        if code in (0, 10, 13, 0xFFFE, 2):
            continue
        text = chr(code) if code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else UNKNOWN
        if doubted and not text.isspace() and c.FPDFText_HasUnicodeMapError(text_page, i) == 1:
            text = UNKNOWN
        if text.isspace():
            if out.chars:  # pdfium gives the gaps it sees no box of their own
                last = out.chars[-1]
                out.chars.append(Char(" ", last.x1, last.top, last.x1, last.bottom, last.size, last.hidden))
            continue
        if not c.FPDFText_GetCharBox(text_page, i, x0, x1, y0, y1):
            continue
        key = _object_at(text_page, i) or 0
        if key not in looks:
            looks[key] = _look(text_page, i)
        size, angle, hidden = looks[key]
        if _SLANT < angle % 90 < 90 - _SLANT:
            continue  # a watermark across the page: no line of text, and its digits must not get into cells
        c.FPDFText_GetCharOrigin(text_page, i, ox, oy)
        box = frame.box(x0.value, y0.value, x1.value, y1.value)
        if not (math.isfinite(box.x0) and math.isfinite(box.top) and box.x1 >= 0 and box.top <= out.height):
            continue
        hidden = hidden or ink.hides(key, (box.x0 + box.x1) / 2, (box.top + box.bottom) / 2)
        upright = (angle + frame.rotation) % 360 < 1
        if upright:  # ink boxes of 一 and ， say little about the line and the gaps; baseline and advance do
            base = frame.point(ox.value, oy.value)[1]
            if c.FPDFText_GetLooseCharBox(text_page, i, loose):
                advance = frame.box(loose.left, loose.bottom, loose.right, loose.top)
                box = advance if advance.x0 - 1 <= box.x0 and box.x1 <= advance.x1 + 1 else box
            box = Box(box.x0, base - 0.85 * size, box.x1, base + 0.15 * size)
        out.chars.append(Char(text, box.x0, box.top, box.x1, box.bottom, size, hidden))


def _look(text_page: c.FPDF_TEXTPAGE, index: int) -> tuple[float, float, bool]:
    """Size on the page, clockwise angle in degrees and visibility of a character's text object."""
    m = c.FS_MATRIX()
    size = c.FPDFText_GetFontSize(text_page, index)
    angle = 0.0
    if c.FPDFText_GetMatrix(text_page, index, m):
        size *= math.hypot(m.c, m.d) or 1.0
        angle = math.degrees(-math.atan2(m.b, m.a)) % 360
    mode = c.FPDFTextObj_GetTextRenderMode(c.FPDFText_GetTextObject(text_page, index))
    return (size if 0.5 < size < 500 else 10.0), round(angle) % 360, mode == _INVISIBLE
