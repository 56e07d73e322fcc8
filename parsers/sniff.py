"""What kind of document some bytes are. Told by the content; names and declared types only break ties."""

from __future__ import annotations

import io
import re
import zipfile

HTML = "text/html"
TEXT = "text/plain"
MARKDOWN = "text/markdown"  # text with tables of HTML in it, as recognition services and converters write it
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
ODT = "application/vnd.oasis.opendocument.text"
RTF = "application/rtf"
OFD = "application/ofd"
MHTML = "multipart/related"
MAIL = "message/rfc822"
ZIP = "application/zip"
RAR = "application/vnd.rar"
SEVEN_ZIP = "application/x-7z-compressed"
OLE = "application/x-ole-storage"
ENCRYPTED = "application/encrypted"  # a .docx or .xlsx with a password is a compound file around its cipher text
UNKNOWN = "application/octet-stream"
ARCHIVES = (ZIP, RAR, SEVEN_ZIP, MAIL)  # what holds other documents
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/bmp", "image/tiff", "image/webp")

_MAGIC = (
    (b"{\\rtf", RTF), (b"Rar!\x1a\x07", RAR), (b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP),
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"), (b"II*\x00", "image/tiff"), (b"MM\x00*", "image/tiff"),
)  # fmt: skip
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HTML_START = re.compile(
    r"(?:\s|<!--.*?-->|<\?xml[^>]*>|<\?[^>]*>)*<(?:!doctype\s+html|html|head|body|meta|title|script|style|table|tbody"
    r"|div|p|span|h[1-6]|center|font|ul|ol|br|img|a|section|article|form|ucapcontent)\b",
    re.IGNORECASE | re.DOTALL,
)
_HEADERS = r"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?"
_SAVED_PAGE = re.compile(_HEADERS + r"content-type:\s*multipart/related", re.IGNORECASE)
_MIME = re.compile(_HEADERS + r"content-type:\s*(?:multipart/|text/html)", re.IGNORECASE)
_HTML_ANYWHERE = re.compile(r"<(?:table|div|td|p|span|br)\b[^<>]{0,400}/?>", re.IGNORECASE)
_A_TABLE = re.compile(r"<table\b.*?(?:</table\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_MARKS = re.compile(r"^(?:#{1,6} +\S|\*\*\S.*\*\*$|\|.*\|$)", re.MULTILINE)
_OF_A_PAGE = re.compile(r"<(?:p|br|li|td|tr|h[1-6]|script|style|a)\b[^<>]{0,400}>", re.IGNORECASE)
_PAGE_START = re.compile(r"\s*<(?:\?|!|html|head|body|meta)", re.IGNORECASE)
_CONTROL = bytes([*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20)])
_HEAD = 65_536


def sniff(data: bytes, declared: str | None = None) -> str:
    """Return the media type of ``data`` by its content.

    ``declared`` (a Content-Type value, parameters allowed) decides only between HTML and plain text where a
    fragment could be either. Bytes of no known kind give ``application/octet-stream``.
    """
    for magic, media_type in _MAGIC:
        if data.startswith(magic):
            return media_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[:2] == b"BM" and data[6:10] == b"\x00\x00\x00\x00":
        return "image/bmp"
    if b"%PDF-" in data[:1024]:  # the header may follow some junk (ISO 32000-1, annex H.3.4.1)
        return PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _sniff_zip(data)
    if data.startswith(_OLE_MAGIC):
        return _sniff_ole(data)
    return _sniff_text(data, declared or "")


def _sniff_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {info.filename for info in archive.infolist()[:5_000]}
            kind = archive.read("mimetype").strip() if "mimetype" in names and len(data) < 1 << 28 else b""
    except Exception:  # a damaged archive is still an archive; its reader says what is wrong with it
        return ZIP
    if "word/document.xml" in names:
        return DOCX
    if any(name.startswith("xl/workbook.") for name in names):
        return XLSX
    if "OFD.xml" in names:
        return OFD
    return ODT if kind == ODT.encode() else ZIP


def _sniff_ole(data: bytes) -> str:
    import olefile  # type: ignore[import-untyped]

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            top = {entry[0].lower() for entry in ole.listdir() if len(entry) == 1}
    except Exception:  # olefile raises many kinds on a damaged directory; such a file has no readable kind
        return OLE
    if "encryptedpackage" in top:
        return ENCRYPTED
    if "worddocument" in top:
        return DOC
    return XLS if top & {"workbook", "book"} else OLE


def _sniff_text(data: bytes, declared: str) -> str:
    head = data[:_HEAD]
    if not head.strip():
        return UNKNOWN
    encoding = next((name for bom, name in _BOMS if head.startswith(bom)), None)
    text = head.decode(encoding, "replace") if encoding else _loose(head)
    plain = text.encode("utf-8", "replace") if encoding else head
    control = len(plain) - len(plain.translate(None, _CONTROL))
    if control > len(text) // 200 or text.count("\ufffd") > len(text) // 20 + 2:
        return UNKNOWN
    if _MIME.match(text):
        return MHTML if _SAVED_PAGE.match(text) else MAIL
    if _HTML_START.match(text.lstrip("\ufeff")):
        return MARKDOWN if not _PAGE_START.match(text) and _is_marked_down(text) else HTML
    if declared.partition(";")[0].strip().lower() in (HTML, "application/xhtml+xml"):
        return HTML
    if len(_HTML_ANYWHERE.findall(text)) < 3:
        return TEXT
    return MARKDOWN if _is_marked_down(text) or _is_text_around_tables(text) else HTML


def _is_text_around_tables(text: str) -> bool:
    """Whether mark-up stands in tables alone, so that the lines around them are paragraphs."""
    around, tables = _A_TABLE.subn("\n", text)
    return bool(tables) and "\n" in around.strip() and not _OF_A_PAGE.search(around)


def _is_marked_down(text: str) -> bool:
    """Whether a text has the marks of Markdown, and outside tables no element that a page is made of."""
    around = _A_TABLE.sub("\n", text)
    return len(_MARKS.findall(around)) > 1 and not _OF_A_PAGE.search(around)


def _loose(head: bytes) -> str:
    utf8 = head.decode("utf-8", "replace")
    return utf8 if utf8.count("\ufffd") <= len(utf8) // 100 + 1 else head.decode("gb18030", "replace")
