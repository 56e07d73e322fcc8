"""Make ``parsers/data/standin.ttf``: a font with a box for every wide and one for every narrow character.

Needs fontTools (MIT), which the program does not: ``pip install fonttools && python docs/make_standin_font.py``. Why it
is there: ``parsers/readers/pdf_fonts.py``.
"""

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

EM = 1000
TOP, BOTTOM, SIDE = 850, -120, 40  # of the box: about the ink of a Chinese character
WIDTHS = {".notdef": EM, "narrow": EM // 2, "wide": EM}
MANY_TO_ONE = 13  # the format of a character map in which a whole range has one glyph


def main() -> None:
    """Write the file; the same bytes each time."""
    font = FontBuilder(EM, isTTF=True)
    font.setupGlyphOrder(list(WIDTHS))
    font.setupGlyf({name: _box(width) for name, width in WIDTHS.items()})
    font.setupHorizontalMetrics({name: (width, SIDE) for name, width in WIDTHS.items()})
    font.setupHorizontalHeader(ascent=880, descent=-120)
    font.setupNameTable({"familyName": "nianbao stand-in", "styleName": "Regular"})
    font.setupPost(keepGlyphNames=False)
    font.font["cmap"] = _characters()
    font.setupOS2()
    font.font.recalcTimestamp = False
    font.font["head"].created = font.font["head"].modified = 0
    font.save(Path(__file__).parent.parent / "parsers" / "data" / "standin.ttf")


def _box(width: int):
    pen = TTGlyphPen(None)
    pen.moveTo((SIDE, BOTTOM))
    for corner in ((SIDE, TOP), (width - SIDE, TOP), (width - SIDE, BOTTOM)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def _characters():
    table = CmapSubtable.newSubtable(MANY_TO_ONE)
    table.platformID, table.platEncID, table.format = 3, 10, MANY_TO_ONE
    table.reserved = table.length = table.language = table.nGroups = 0
    table.cmap = {c: "narrow" if _is_narrow(c) else "wide" for c in range(0x20, 0x110000) if not 0xD800 <= c < 0xE000}
    cmap = newTable("cmap")
    cmap.tableVersion, cmap.tables = 0, [table]
    return cmap


def _is_narrow(code: int) -> bool:
    return code < 0x1100 or 0xFF61 <= code <= 0xFFDC


if __name__ == "__main__":
    main()
