"""Bytes of text to text. Chinese pages lie about their encoding, so strict trials come before the declaration."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_META = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w-]{2,30})""", re.IGNORECASE
)
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w-]{2,30})""", re.IGNORECASE)
# One damaged character in 50 still shows which encoding a text is in; a wrong one damages nearly all.
_TOLERANCE = 50


@dataclass(frozen=True, slots=True)
class Decoded:
    """Decoded text, the encoding used, and a sentence where characters were lost."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Decode ``data``: byte-order mark, strict UTF-8, strict GB18030, then the declared encoding with replacement.

    ``declared`` is an encoding name or a Content-Type value. Never raises; what could not be decoded becomes
    U+FFFD and a warning. GB18030 stands for gb2312 and gbk, which are its subsets. A text with a few damaged
    bytes keeps the encoding of the rest: GB18030 would accept most UTF-8 bytes and show other characters.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _lenient(data[len(bom) :], encoding)
    trials = ("utf-8", "gb18030")
    for encoding in trials:
        try:
            return Decoded(data.decode(encoding), encoding)
        except UnicodeDecodeError:
            attempt = _lenient(data, encoding)
            foreign = sum(1 for ch in attempt.text if ch > "\x7f")
            if attempt.text.count("\ufffd") * _TOLERANCE <= foreign:
                return attempt
    return _lenient(data, _declared(data, declared) or "gb18030")


def _declared(data: bytes, declared: str | None) -> str | None:
    found = _META.search(data[:4096])
    inside = found.group(1).decode("ascii") if found else None
    outside = _CHARSET.search(declared or "")
    for name in (outside.group(1) if outside else declared, inside):
        try:
            known = codecs.lookup(name or "")
        except (LookupError, ValueError):  # ValueError: a name holding a NUL
            continue
        if known._is_text_encoding and known.name not in ("utf-8", "idna", "punycode", "unicode_escape"):
            return "gb18030" if known.name in ("gb2312", "gbk") else known.name
    return None


def _lenient(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    lost = text.count("\ufffd") - data.count("\ufffd".encode()) * (encoding == "utf-8")
    if lost <= 0:
        return Decoded(text, encoding)
    return Decoded(text, encoding, (f"{lost} characters could not be decoded as {encoding} and were replaced.",))
