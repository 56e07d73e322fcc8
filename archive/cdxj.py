"""CDXJ: one sorted line a capture, by which replay tools find a page in capture files.

Format: https://specs.webrecorder.net/cdxj/0.1.0/ — a sort-friendly address (SURT), the time in 14 digits, and JSON.
The usual library for SURT is under the AGPL, so the few rules that matter are here; a test holds them against
`cdxj-indexer`.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Iterator
from posixpath import normpath
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes, urlsplit

from archive.indexer import CAPTURE_KINDS
from archive.warc import Record, split_http

_PLAIN = "".join(c for c in string.printable if c.isprintable() and c not in ' "%#?<>')
_PORTS = {"http": 80, "https": 443}
_SESSION = re.compile(r"(?:(?:jsessionid|phpsessid|sid)=[0-9a-z]{32}|aspsessionid[a-z]{8}=[a-z]{24})", re.IGNORECASE)


class Line(NamedTuple):
    """One line of an index; sorts as the format asks."""

    key: str
    time: str
    fields: str

    def __str__(self) -> str:
        return f"{self.key} {self.time} {self.fields}\n"


def surt(url: str) -> str:
    """The sort-friendly form of an address: ``http://www.a.cn/X?b=2&a=1`` -> ``cn,a)/x?a=1&b=2``."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # no address at all; it still needs a line
        return url.strip().lower()
    if parts.scheme not in _PORTS:
        return url.strip().lower()
    host = (parts.hostname or "").rstrip(".")
    try:
        host = host.encode("idna").decode() if not host.isascii() else host
        port = parts.port
    except (UnicodeError, ValueError):
        port = None
    host = re.sub(r"^www\d*\.", "", host.lower())
    key = ",".join(reversed(host.split("."))) if ":" not in host else host
    if port is not None and port != _PORTS[parts.scheme]:
        key += f":{port}"
    path = _escaped(parts.path) or "/"
    path = re.sub(r"^//+", "/", normpath(path))
    arguments = sorted(a.partition("=") for a in _escaped(parts.query).split("&") if a and not _SESSION.fullmatch(a))
    query = "&".join("".join(argument) for argument in arguments)
    return f"{key}){path}" + (f"?{query}" if query else "")


def _escaped(text: str) -> str:
    """Escaped in one way, lower case."""
    return quote(unquote_to_bytes(text), safe=_PLAIN).lower()


def line_of(record: Record, filename: str) -> Line | None:
    """The index line of a capture; None for other records, and for an answer 304, which holds nothing to show."""
    if record.kind not in CAPTURE_KINDS:
        return None
    url, media_type, status = record.uri("warc-target-uri"), record.fields.get("content-type", ""), ""
    if record.kind != "resource":
        head, headers, _ = split_http(record.block)
        words = head.split(b" ")
        status = words[1].decode("latin-1") if len(words) > 1 else ""
        media_type = "warc/revisit" if record.kind == "revisit" else headers.get("content-type", "")
    if status == "304":
        return None
    time = re.sub(r"\D", "", record.fields.get("warc-date", ""))[:14]
    fields = {
        "url": url, "mime": re.split(r"[;,\s]", media_type.strip(), maxsplit=1)[0] or "unk", "status": status,
        "digest": record.fields.get("warc-payload-digest", ""), "length": str(record.length),
        "offset": str(record.offset), "filename": filename,
    }  # fmt: skip
    return Line(surt(url), time, json.dumps({k: v for k, v in fields.items() if v}, ensure_ascii=False))


def lines_of(records: Iterator[Record], filename: str) -> Iterator[Line]:
    """The index lines of a file's records, in their order."""
    for record in records:
        if (line := line_of(record, filename)) is not None:
            yield line
