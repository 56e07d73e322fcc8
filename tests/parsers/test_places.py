"""Every number's place, looked up in the source by other means than the reader's, holds the raw text."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from parsers import parse
from parsers.decode import decode
from parsers.result import Status
from parsers.textnorm import raised, squeeze

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
EXPECTED = json.loads((GOLDEN / "expected.json").read_text("utf-8"))
W = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}
SHOWN = (Status.PRINTED, Status.ALIGNED, Status.MARK, Status.BLANK)


def in_html(data, declared=None):
    tree = LexborHTMLParser(decode(data, declared).text)

    def look(place):
        for hidden in (node := tree.css_first(place["path"])).css("[style*='display:none'], sup"):
            hidden.replace_with(raised(hidden.text()) if hidden.tag == "sup" else "")
        return node.text()

    return look


def in_word(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))

    def look(place):
        path = "/".join(f"w:{step}" for step in place["path"].split("/"))
        (cell,) = root.xpath(f"/w:document/{path}", namespaces=W)
        return "".join(
            raised(t.text or "") if t.getparent().find("w:rPr/w:vertAlign", W) is not None else t.text or ""
            for t in cell.iterfind(".//w:t", W)
        )

    return look


def in_pdf(data):
    document = pypdfium2.PdfDocument(data)

    def look(place):
        page = document[place["page"] - 1]
        left, top, right, bottom = place["box"]
        height = page.get_size()[1]
        return page.get_textpage().get_text_bounded(left - 1, height - bottom - 1, right + 1, height - top + 1)

    return look


def in_workbook(data):
    book = openpyxl.load_workbook(io.BytesIO(data))

    def look(place):
        value = book[place["part"]][place["path"]].value
        return "" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)

    return look


def in_lines(data):
    lines = decode(data).text.split("\n")
    return lambda place: lines[place["line"] - 1]


def in_rows(data):
    reader = csv.reader(io.StringIO(decode(data).text))
    rows = dict((reader.line_num, row) for row in reader)  # noqa: C402 - the number changes with each row
    return lambda place: rows[place["line"]][place["column"]]


def in_ofd(data):
    """Text objects whose first character stands in the box, in millimetres of the page."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    scale = 72 / 25.4

    def look(place):
        root = etree.fromstring(archive.read(f"Doc_0/Pages/Page_{place['page']}/Content.xml"))
        left, top, right, bottom = place["box"]
        found = []
        for node in root.iter("{*}TextObject"):
            x, y, _, height = (scale * float(v) for v in node.get("Boundary").split())
            if left - 1 <= x <= right + 1 and top - 1 <= y + height / 2 <= bottom + 1:
                found.append("".join(node.itertext()))
        return "".join(found)

    return look


LOOK = {"html": in_html, "docx": in_word, "pdf": in_pdf, "xlsx": in_workbook, "csv": in_rows, "ofd": in_ofd}
NAMES = [
    "html-plain", "html-word", "html-lost", "html-overrun", "html-layout", "html-nested-cells", "html-char-spans",
    "html-notes", "html-remarks", "html-blank", "docx-plain", "docx-2014", "docx-nested", "docx-notes", "docx-blank",
    "pdf-full", "pdf-cut", "pdf-none", "pdf-three", "pdf-libreoffice", "xlsx-plain", "xlsx-sheets", "xlsx-hidden",
    "csv-plain", "ofd-full", "ofd-2019",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_place_of_every_cell_holds_its_raw_text(name):
    data = (GOLDEN / EXPECTED[name]["file"]).read_bytes()
    look = LOOK[EXPECTED[name]["format"]](data)
    looked = 0
    for cell in parse(data).cells.values():
        if cell.status in SHOWN:
            assert cell.place is not None, cell
            there = look(cell.place.as_dict())
            assert squeeze(there) == squeeze(cell.raw), cell
            looked += 1
    assert looked >= len(EXPECTED[name]["cells"]) - 5


@pytest.mark.parametrize("name", ["text-tabs", "text-dump", "text-spaces", "text-pipes", "text-cells", "text-glued"])
def test_the_line_of_every_cell_holds_its_raw_text(name):
    data = (GOLDEN / EXPECTED[name]["file"]).read_bytes()
    look = in_lines(data)
    for cell in parse(data).cells.values():
        if cell.status in SHOWN:
            assert cell.place is not None, cell
            assert re.split(r"[\n\t ]", cell.raw.strip())[0] in look(cell.place.as_dict()), cell
