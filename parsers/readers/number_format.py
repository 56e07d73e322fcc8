"""A stored number as a spreadsheet shows it under its number format (ECMA-376 part 1, clause 18.8.31)."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

_TOKEN = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[\$([^\]-]*)(?:-[^\]]*)?\]|\[[^\]]*\]|(.)', re.DOTALL)
_UNKNOWN = re.compile(r"\[(?:[<>=]|dbnum)", re.IGNORECASE)  # conditions, digits as Chinese characters
_PATTERN = re.compile(r"([0#?,]*)(?:\.([0#?]*))?(,*)")
_MOST_DECIMALS = 15


def shown(value: float, code: str) -> str:
    """What is printed for ``value`` under the format ``code``.

    A format outside plain numbers (fractions, powers, conditions) gives the format in brackets and the value: nobody
    takes that for a printed number.

    >>> shown(0.4, "0"), shown(1036, "#,##0.00"), shown(0, '#,##0;-#,##0;"-"'), shown(0.5, "0%"), shown(0, "#")
    ('0', '1,036.00', '-', '50%', '')
    """
    sections = _sections(code)
    signed = len(sections) < 2
    section = sections[0]
    if value < 0 and not signed:
        section = sections[1]
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    if section.strip().lower() == "general":
        return f"{value:.15g}"
    before, pattern, after = _parts(section)
    text = None if _UNKNOWN.search(code) else _digits(abs(value), pattern, (before + after).count("%"))
    if text is None:
        return f"[{code}] {value:.15g}"
    minus = "-" if value < 0 and signed and text.strip("0.,") else ""
    return f"{minus}{before}{text}{after}".strip()


@lru_cache(maxsize=500)
def _sections(code: str) -> list[str]:
    """The parts of a format for positive numbers, negative ones, nought and text."""
    out = [""]
    for found in _TOKEN.finditer(code):
        if found[4] == ";":
            out.append("")
        else:
            out[-1] += found[0]
    return out


@lru_cache(maxsize=500)
def _parts(section: str) -> tuple[str, str, str]:
    """The literal text in front of the digits, the pattern of the digits, and the text behind."""
    before, pattern, after = "", "", ""
    for quoted, escaped, money, plain in (found.groups("") for found in _TOKEN.finditer(section)):
        if plain in "0#?.,/Ee+" and plain and not (plain in "+E/e" and not pattern):
            pattern += after + plain  # what stands between digits belongs to them, and makes them unknown
            after = ""
        elif pattern:
            after += quoted or escaped or money or plain
        else:
            before += quoted or escaped or money or plain
    return before, pattern, after


def _digits(value: float, pattern: str, percents: int) -> str | None:
    """The digits of a number that is not negative; None for a pattern that is not understood."""
    if not pattern:
        return ""
    found = _PATTERN.fullmatch(pattern)
    if found is None:
        return None
    whole, fraction, thousands = found[1], found[2] or "", found[3] if "." in pattern else _trailing(found[1])
    if thousands or len(fraction) > _MOST_DECIMALS:
        return None  # a number of thousands that does not say so
    try:
        scaled = Decimal(f"{value:.15g}").scaleb(2 * percents)
        number = scaled.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    except InvalidOperation:  # more digits than a spreadsheet shows
        return None
    text = f"{number:,f}" if "," in whole else f"{number:f}"
    integer, _, decimals = text.partition(".")
    if integer == "0" and "0" not in whole:
        integer = ""
    integer = integer.zfill(whole.count("0")) if "," not in whole else integer
    least = len(fraction.rstrip("#?"))
    decimals = decimals[:least] + decimals[least:].rstrip("0")
    return f"{integer}.{decimals}" if "." in pattern and (decimals or integer == "") and fraction else integer


def _trailing(whole: str) -> str:
    return whole[len(whole.rstrip(",")) :]
