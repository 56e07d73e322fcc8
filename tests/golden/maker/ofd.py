"""Reports as OFD files, the national page format: text and rules placed on pages, in millimetres."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

from maker.paged import Setting, Sheet, advance, set_pages
from maker.printed import Report

MM = 25.4 / 72
NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def render(report: Report, setting: Setting | None = None) -> bytes:
    """The report as an OFD file."""
    setting = setting or Setting()
    sheets = set_pages(report, setting)
    box = f"0 0 {setting.width * MM:.2f} {setting.height * MM:.2f}"
    listed = "".join(
        f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(1, len(sheets) + 1)
    )
    members = {
        "OFD.xml": f'<ofd:OFD {NS} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID>'
        f"</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>{box}"
        f"</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    for n, sheet in enumerate(sheets, 1):
        members[f"Doc_0/Pages/Page_{n}/Content.xml"] = _page(sheet, box)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            text = f'<?xml version="1.0" encoding="UTF-8"?>{content}'
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 10, 8, 0, 0)), text.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _page(sheet: Sheet, box: str) -> str:
    objects = []
    for n, f in enumerate(sheet.fields, 1):
        x, y, w, h = f.x0 * MM, f.top * MM, (f.x1 - f.x0) * MM, (f.bottom - f.top) * MM
        objects.append(
            f'<ofd:PathObject ID="{n}" Boundary="{x:.3f} {y:.3f} {w:.3f} {h:.3f}" LineWidth="0.18" Stroke="true">'
            f"<ofd:AbbreviatedData>M 0 0 L {w:.3f} 0 L {w:.3f} {h:.3f} L 0 {h:.3f} C</ofd:AbbreviatedData>"
            "</ofd:PathObject>"
        )
    for n, words in enumerate(sheet.words, len(sheet.fields) + 1):
        size = words.size * MM
        wide = advance(words.text) * size
        x = words.x * MM - (wide / 2 if words.anchor == "middle" else 0)
        steps = " ".join(f"{advance(c) * size:.3f}" for c in words.text[:-1])
        delta = f' DeltaX="{steps}"' if steps else ""
        objects.append(
            f'<ofd:TextObject ID="{n}" Boundary="{x:.3f} {words.y * MM - size:.3f} {wide:.3f} {1.2 * size:.3f}" '
            f'Font="1" Size="{size:.3f}"><ofd:TextCode X="0" Y="{size:.3f}"{delta}>{escape(words.text)}'
            "</ofd:TextCode></ofd:TextObject>"
        )
    return (
        f"<ofd:Page {NS}><ofd:Area><ofd:PhysicalBox>{box}</ofd:PhysicalBox></ofd:Area><ofd:Content>"
        f'<ofd:Layer ID="9999">{"".join(objects)}</ofd:Layer></ofd:Content></ofd:Page>'
    )
