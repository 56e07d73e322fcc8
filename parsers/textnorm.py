"""Folding of text for comparison: width, blanks and years in Chinese digits."""

from __future__ import annotations

import re
import unicodedata

# Digits that are raised, lowered or stand in a circle: they point to a note or number a list, and folding would make
# plain digits of them (5① would become 51).
RAISED = "²³¹⁰⁴-⁹₀-₉①-⒛⓪-⓿❶-➓㉑-㉟㊱-㊿"
_NOTE = re.compile(rf"(?<=[0-9０-９])[{RAISED}]+|[{RAISED}]+(?=[0-9０-９])")
# Blanks, and characters that are never seen: zero-width, byte-order mark, soft hyphen.
_BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_ABOVE = str.maketrans("0123456789０１２３４５６７８９", "⁰¹²³⁴⁵⁶⁷⁸⁹" * 2)
_DIGIT = {c: str(n) for n, c in enumerate("零一二三四五六七八九")} | dict.fromkeys("〇○O0", "0")
_CHINESE_YEAR = re.compile(r"(二[零〇○O0]|一九)([零〇○O0一二三四五六七八九])([零〇○O0一二三四五六七八九])(?=年)")


def squeeze(text: str) -> str:
    """``text`` with full-width forms folded (NFKC) and every blank removed.

    Raised and circled digits beside a number go: they are no digits of it.
    """
    return _BLANK.sub("", unicodedata.normalize("NFKC", _NOTE.sub(" ", text)))


def raised(text: str) -> str:
    """``text`` with its digits as raised ones, for what a document's mark-up sets above or below the line."""
    return text.translate(_ABOVE)


def arabic_years(text: str) -> str:
    """Squeezed ``text`` with 二〇二三年 written 2023年."""
    return _CHINESE_YEAR.sub(lambda m: "".join(_DIGIT.get(c, c) for c in m.group()), text)
