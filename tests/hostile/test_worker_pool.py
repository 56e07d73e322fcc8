"""Documents made to hurt, through the real reading processes: each costs only itself, and the batch goes on."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from archive import ingest as ingest_module
from archive import workdb
from archive.capture import Capture
from archive.ingest import ingest
from archive.store import open_store

CASES = Path(__file__).resolve().parents[1] / "golden" / "cases"
BOMB = b'<!DOCTYPE b [<!ENTITY a "hahahahaha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
W = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def pdf(*objects: bytes) -> bytes:
    out = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%sendobj\n" % (n, one) for n, one in enumerate(objects, 1))
    return out + b"trailer<</Root 1 0 R>>\n%%EOF"


def stream(content: bytes, extra: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream " % (extra, len(content), content)


def page(contents: bytes, *others: bytes, resources: bytes = b"") -> bytes:
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R%s>>" % resources, contents, *others,
    )  # fmt: skip


def endless_pdf() -> bytes:
    """A drawing that draws itself ten times, and so on."""
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A 5 0 R/B 6 0 R>>>>"
    uses = b"/Resources<</XObject<</A 5 0 R/B 6 0 R>>>>"
    return page(stream(b"/A Do " * 10), stream(b"/B Do " * 10, form), stream(b"/A Do " * 10, form), resources=uses)


def locked_pdf() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption("user", ownerPassword="owner"))
    canvas.drawString(100, 700, "text")
    canvas.save()
    return buffer.getvalue()


def compound_file(*names: str) -> bytes:
    """A compound file with streams of eight sectors, as a password makes of a .docx."""
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    fat = [0xFFFFFFFD, end]
    entries = [("Root Entry", 5, 1, end, 0)]
    for n, name in enumerate(names):
        first = len(fat)
        fat += [*range(first + 1, first + 8), end]
        entries.append((name, 2, n + 2 if n + 1 < len(names) else free, first, 4096))
    directory = b""
    for name, kind, neighbour, first, size in entries:
        child, right = (neighbour, free) if kind == 5 else (free, neighbour)
        raw = name.encode("utf-16-le")
        directory += raw.ljust(64, b"\0") + struct.pack("<HBB3I36xIQ", len(raw) + 2, kind, 1, free, right, child, first,
                                                        size)  # fmt: skip
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0
    )  # fmt: skip
    header += struct.pack("<109I", 0, *[free] * 108)
    table = struct.pack("<128I", *fat, *[free] * (128 - len(fat)))
    return header + table + directory.ljust(512, b"\0") + bytes(4096 * len(names))


def circular_workbook() -> bytes:
    """An .xls whose sectors follow each other in a circle."""
    data = bytearray((CASES / "xls-plain.xls").read_bytes())
    at = 512 * (struct.unpack("<I", data[76:80])[0] + 1)
    for n in range(127):
        data[at + 4 * n : at + 4 * n + 4] = struct.pack("<I", (n + 1) % 127)
    return bytes(data)


def changed(name: str, member: str, old: bytes, new: bytes) -> bytes:
    """A golden document with one of its parts changed."""
    with zipfile.ZipFile(CASES / name) as archive:
        return zipped({one: archive.read(one).replace(old, new) if one == member else archive.read(one)
                       for one in archive.namelist()})  # fmt: skip


def locked_zip() -> bytes:
    data = bytearray(zipped({"a.txt": b"x" * 50}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def wide_picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(buffer, "PNG")
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
DEEP = b"<w:document %s><w:body>%s<w:p/>" % (W, b"<w:sdt><w:sdtContent>" * 5_000)
HOSTILE = {
    "endless.pdf": (endless_pdf, "seconds|ended its process"),
    "locked.pdf": (locked_pdf, "password"),
    "cut.pdf": (lambda: (CASES / "pdf-full.pdf").read_bytes()[:900], "damaged"),
    "flood.pdf": (lambda: page(stream(zlib.compress(b"0 0 m 1 1 l S\n" * 400_000), b"/Filter/FlateDecode")), "."),
    "locked.docx": (lambda: compound_file("EncryptionInfo", "EncryptedPackage"), "password"),
    "deep.docx": (lambda: zipped({"word/document.xml": DEEP}), "damaged"),
    "entities.docx": (lambda: zipped({"word/document.xml": BOMB + b"<w:document %s/>" % W}), "document type"),
    "bomb.docx": (lambda: zipped({"word/document.xml": b" " * (30 << 20)}), "bomb"),
    "cut.docx": (lambda: (CASES / "docx-plain.docx").read_bytes()[:20_000], "damaged"),
    "cut.doc": (lambda: (CASES / "doc-plain.doc").read_bytes()[:3_000], "damaged|no HTML|install LibreOffice"),
    "circle.xls": (circular_workbook, "damaged"),
    "far.xlsx": (lambda: changed("xlsx-plain.xlsx", SHEET, b'<c r="A1"', b"<c r = 'XFD1048576'"), "beyond"),
    "entities.xlsx": (lambda: changed("xlsx-plain.xlsx", SHEET, b"<worksheet", BOMB + b"<worksheet"), "document type"),
    "entities.ofd": (lambda: changed("ofd-full.ofd", "Doc_0/Document.xml", b"<ofd:Document", BOMB + b"<ofd:Document"),
                     "document type|damaged"),
    "nested.html": (lambda: b"<html><body>" + b"<div>" * 200_000, "inside each other"),
    "spans.html": (lambda: b"<table>" + b"<tr><td rowspan=999999 colspan=999999>1<td>2" * 3_000, "."),
    "marks.html": (lambda: b"<table>" + b"<tr><td>a<td>5" + b"(*" * 9_000 + b"x" * 9, "."),
    "locked.zip": (locked_zip, "password"),
    "bomb.zip": (lambda: zipped({f"{n}.txt": bytes(40 << 20) for n in range(3)}), "bomb|unpacks"),
    "slip.zip": (lambda: zipped({"../../nianbao-slip.txt": b"text text"}), "."),
    "cut.rar": (lambda: (CASES / "rar-word.rar").read_bytes()[:9_000], "damaged|install unar"),
    "wide.png": (wide_picture, "too large|nianbao.ocr|seconds"),
    "cut.mht": (lambda: (CASES / "mht-word.mht").read_bytes()[:150], "."),
    "noise.bin": (lambda: bytes(range(256)) * 40, "no HTML"),
}  # fmt: skip


def test_every_hostile_document_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest_module, "SECONDS", 10)
    good = "http://www.lan.example/good.html"
    with open_store(tmp_path / "archive") as store:
        run = store.ledger.start_run("crawl", {}, "test")
        documents = {f"http://www.lan.example/{name}": make() for name, (make, _) in HOSTILE.items()}
        for url, body in {**documents, good: (CASES / "html-plain.html").read_bytes()}.items():
            store.add_resource(Capture(run_id=run, url=url, final_url=url, role="document", outcome="ok", via="http",
                                       fetched_at="2024-02-01T00:00:00Z"), body)  # fmt: skip
        store.ledger.finish_run(run, "finished", {})
    done = ingest(tmp_path / "archive", workers=2)
    assert (done.read, done.reports) == (len(HOSTILE) + 1, 1)
    with closing(workdb.open(tmp_path / "archive")) as conn:
        rows = conn.execute("SELECT c.url, d.is_report, d.reason FROM captures c JOIN documents d USING (sha256)")
        found = {url.rpartition("/")[2]: (is_report, reason) for url, is_report, reason in rows}
    assert found.pop("good.html")[0] == 1
    for name, (is_report, reason) in found.items():
        assert not is_report
        assert any(part in reason for part in HOSTILE[name][1].split("|")), (name, reason)
    assert not list(tmp_path.parent.rglob("nianbao-slip*"))
