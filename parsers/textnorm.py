"""Folding of text for comparison: width, blanks and years in Chinese digits."""

from __future__ import annotations

import re
import unicodedata

from parsers.known import Known

_LONGEST_LINE = 200
# Digits that are raised, lowered or stand in a circle: they point to a note or number a list, and folding would make
# plain digits of them (5① would become 51).
RAISED = "²³¹⁰⁴-⁹₀-₉①-⒛⓪-⓿❶-➓㉑-㉟㊱-㊿"
_NOTE = re.compile(rf"(?<=[0-9０-９])[{RAISED}]+|[{RAISED}]+(?=[0-9０-９])")
# Blanks, and characters that are never seen: zero-width, byte-order mark, soft hyphen.
_BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_ABOVE = str.maketrans("0123456789０１２３４５６７８９", "⁰¹²³⁴⁵⁶⁷⁸⁹" * 2)
_DIGIT = {c: str(n) for n, c in enumerate("零一二三四五六七八九")} | dict.fromkeys("〇○O0", "0")
_CHINESE_YEAR = re.compile(r"(二[零〇○O0]|一九)([零〇○O0一二三四五六七八九])([零〇○O0一二三四五六七八九])(?=年)")


# Nearly all text of reports: ASCII, Chinese, its punctuation, full-width forms. None of these characters combines with
# another, so each can be folded for itself, some ten times faster than by the general way.
_EASY = re.compile("[\x00-\x7f\u2010-\u2016\u2018-\u2027\u3000-\u301f\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e]*+")
_WIDTHS = {
    c: folded for c in map(chr, (*range(0x2010, 0x2028), *range(0x3000, 0x3020), *range(0xFF01, 0xFF5F)))
    if (folded := unicodedata.normalize("NFKC", c)) != c
}  # fmt: skip
_WIDE = re.compile(f"[{re.escape(''.join(_WIDTHS))}]")


def nfkc(text: str) -> str:
    """``text`` with full-width forms folded: Unicode's normal form NFKC."""
    return _narrow(text) if _EASY.fullmatch(text) else unicodedata.normalize("NFKC", text)


def _narrow(text: str) -> str:
    if not text.isascii():
        for wide in set(_WIDE.findall(text)):
            text = text.replace(wide, _WIDTHS[wide])
    return text


def squeeze(text: str) -> str:
    """``text`` with full-width forms folded (NFKC) and every blank removed.

    Raised and circled digits beside a number go: they are no digits of it.
    """
    return _squeezed[text]


def short(text: str, most: int) -> str | None:
    """``text`` squeezed, or None if that has more than ``most`` characters."""
    if len(text) > _LONGEST_LINE and len(squeeze(text[:_LONGEST_LINE])) > most:
        return None  # a paragraph: its beginning tells
    squeezed = squeeze(text)
    return squeezed if len(squeezed) <= most else None


def _squeeze(text: str) -> str:
    if _EASY.fullmatch(text):  # nothing raised, and no invisible characters but blanks
        return "".join(_narrow(text).split())
    return _BLANK.sub("", unicodedata.normalize("NFKC", _NOTE.sub(" ", text)))


_squeezed = Known(_squeeze, _LONGEST_LINE, most=1_024)  # each line of a document is looked at several times


def raised(text: str) -> str:
    """``text`` with its digits as raised ones, for what a document's mark-up sets above or below the line."""
    return text.translate(_ABOVE)


def arabic_years(text: str) -> str:
    """Squeezed ``text`` with 二〇二三年 written 2023年."""
    return _CHINESE_YEAR.sub(lambda m: "".join(_DIGIT.get(c, c) for c in m.group()), text)
