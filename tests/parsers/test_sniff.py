"""Media types by content."""

import io
import zipfile

import pytest

from parsers.sniff import sniff

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(*names: str, mimetype: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.4\n", "application/pdf"),
        (b"\n\njunk\n%PDF-1.7", "application/pdf"),
        (b"{\\rtf1\\ansi}", "application/rtf"),
        (b"Rar!\x1a\x07\x01\x00", "application/vnd.rar"),
        (b"7z\xbc\xaf\x27\x1c\x00", "application/x-7z-compressed"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0..", "image/jpeg"),
        (b"RIFF....WEBPVP8 ", "image/webp"),
        (b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=b\r\n", "message/rfc822"),
        (b"BM1234\x00\x00\x00\x00....", "image/bmp"),
        (b"II*\x00....", "image/tiff"),
        (b"GIF89a..", "image/gif"),
        (zipped("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (zipped("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (zipped("OFD.xml"), "application/ofd"),
        (zipped("a.pdf", "b.docx"), "application/zip"),
        (zipped("content.xml", mimetype="application/vnd.oasis.opendocument.text"),
         "application/vnd.oasis.opendocument.text"),
        (b"PK\x03\x04 cut short", "application/zip"),
        (OLE + b"\x00" * 600, "application/x-ole-storage"),
        (b"<!DOCTYPE html><p>x", "text/html"),
        (b"\xef\xbb\xbf\r\n<HTML><body>", "text/html"),
        (b"<?xml version='1.0'?><!-- word --><html xmlns='x'>", "text/html"),
        ("<table><tr><td>规章</td></tr></table>".encode("gb18030"), "text/html"),
        ("某县：<br>1<br>2<p>3".encode(), "text/html"),
        ("规章\t0\t1\n".encode("gb18030"), "text/plain"),
        ("# 某县年报\n".encode(), "text/plain"),
        ("某县年报".encode("utf-16"), "text/plain"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n boundary=x\r\n\r\n", "multipart/related"),
        (b"", "application/octet-stream"),
        (b"   \n", "application/octet-stream"),
        (b"\x00\x01\x02\x03" * 50, "application/octet-stream"),
        (b"<html><body>" + b"<p>2023</p>" * 90 + b"\x00</body></html>", "text/html"),  # browsers pass over it, too
        (bytes(range(1, 32)) * 20, "application/octet-stream"),
    ],
)  # fmt: skip
def test_kind_is_told_by_content(data: bytes, kind: str) -> None:
    assert sniff(data) == kind
    assert sniff(data, "image/png") == kind  # a wrong declaration changes nothing


def test_declaration_decides_only_between_html_and_text() -> None:
    fragment = "某县年报 &nbsp; 一、总体情况".encode()
    assert sniff(fragment) == "text/plain"
    assert sniff(fragment, "text/html; charset=utf-8") == "text/html"
    assert sniff(b"%PDF-1.4", "text/html") == "application/pdf"
