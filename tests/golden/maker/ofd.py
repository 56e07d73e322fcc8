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
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(1, len(sheets) + 1))
    members = {
        "OFD.xml": f'<ofd:OFD {NS} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID>'
        f"</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>{box}"
        f"</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    for n, sheet in enumerate(sheets, 1):
        members[f"Doc_0/Pages/Page_{n}/Content.xml"] = _page(sheet, box)
    return _package({name: _XML + content.encode() for name, content in members.items()})


_XML = b'<?xml version="1.0" encoding="UTF-8"?>'


def of_pictures(pages: list[bytes]) -> bytes:
    """Pages that hold one JPEG each and nothing else."""
    box = "0 0 210 297"
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}.xml"/>' for n in range(1, len(pages) + 1))
    media = "".join(
        f'<ofd:MultiMedia ID="{100 + n}" Type="Image"><ofd:MediaFile>page_{n}.jpg</ofd:MediaFile></ofd:MultiMedia>'
        for n in range(1, len(pages) + 1)
    )
    texts = {
        "OFD.xml": f"<ofd:OFD {NS}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>{box}"
        "</ofd:PhysicalBox></ofd:PageArea><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes></ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
        "Doc_0/DocumentRes.xml": f'<ofd:Res {NS} BaseLoc="Res"><ofd:MultiMedias>{media}</ofd:MultiMedias></ofd:Res>',
    }
    for n in range(1, len(pages) + 1):
        texts[f"Doc_0/Pages/Page_{n}.xml"] = (
            f'<ofd:Page {NS}><ofd:Content><ofd:Layer ID="1"><ofd:ImageObject ID="2" Boundary="{box}" '
            f'CTM="210 0 0 297 0 0" ResourceID="{100 + n}"/></ofd:Layer></ofd:Content></ofd:Page>'
        )
    members = {name: _XML + content.encode() for name, content in texts.items()}
    return _package(members | {f"Doc_0/Res/page_{n}.jpg": page for n, page in enumerate(pages, 1)})


def _package(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 10, 8, 0, 0)), content, zipfile.ZIP_DEFLATED)
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
