"""The signature at the end of a report: who signed, and when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from parsers.textnorm import arabic_years, short, squeeze

# An organ's whole name: what a signature line consists of.
_ORGAN = re.compile(
    r"[\u4e00-\u9fff、()·]{2,40}(?:人民政府|政府机关|政府|办公室|办公厅|府办|局|委员会|管委会|委|厅|院|署|办事处|街道办?|中心|总队|支队|大队|队|站|所|处|部|海关"
    r"|集团|公司|银行|学校|大学|学院|中学|小学|幼儿园|联合会|协会|红十字会|总工会|档案馆|苏木|[镇乡])(?:\([\u4e00-\u9fff]{2,20}\))?"
)
_NOT_SIGNED = re.compile(
    r"^(?:主办|承办|版权|联系|地址|网站|技术|维护|协办|来源|作者|发布|信息|责任|抄送|首页|上一|下一|附件)"
)
_DATE = re.compile(r"(20\d{2})[年./-](\d{1,2})[月./-](\d{1,2})日?")
_CHINESE = {c: n for n, c in enumerate("一二三四五六七八九", 1)}
_CHINESE_DATE = re.compile(r"(20\d{2})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日")
_MONTH = re.compile(r"20\d{2}年(?:\d{1,2}|[元一二三四五六七八九十]{1,2})月")
_ANNEX = re.compile(r"(?<=日)\s*附[件表:：]")  # run together with the date before it
_FAR_FROM_END = 30
_LONGEST_LINE = 60  # characters of a line of a signature
_SHORT = 8  # lines; in a longer document the first half holds no signature


@dataclass(frozen=True, slots=True)
class Signature:
    """``signed_on`` is an ISO date; ``lines`` are the indexes of the lines the signature takes up."""

    signatory: str | None = None
    signed_on: str | None = None
    lines: frozenset[int] = frozenset()


def read_date(text: str) -> str | None:
    """The ISO date at the start of ``text`` (2024年1月31日, 2024-01-31 15:22, 二〇二四年一月三十一日), or None."""
    folded = arabic_years(squeeze(text)).replace("年元月", "年1月", 1)
    found = _DATE.match(folded)
    numbers = [int(n) for n in found.groups()] if found else []
    if not found and (written := _CHINESE_DATE.match(folded)):
        numbers = [int(written[1]), _small(written[2]), _small(written[3])]
    try:
        return date(*numbers).isoformat() if numbers else None
    except ValueError:
        return None


def _small(text: str) -> int:
    tens, has_ten, ones = text.rpartition("十")
    return (_CHINESE.get(tens, 1) * 10 if has_ten else 0) + _CHINESE.get(ones, 0)


def organ_line(text: str) -> str | None:
    """The organ's name if the line is nothing else, without blanks; None otherwise."""
    line = squeeze(text)
    return line if _ORGAN.fullmatch(line) and not _NOT_SIGNED.match(line) else None


def _bare_date(folded: str, above: str) -> re.Match[str] | None:
    """A date in digits at the end of a line (2024-01-31, 2024.1.31). Pages show such dates for other things, too: only
    one behind or under an organ's name is a signature's."""
    dated = re.search(r"(?<![\d.-])20\d{2}([./-])\d{1,2}\1\d{1,2}$", folded)
    return dated if dated and organ_line(folded[: dated.start()] or above) else None


def read_signature(lines: Sequence[str]) -> Signature:
    """Find the signature in the last lines of a document (footers may follow it).

    A line that is a date alone, with the organ before it (or on the same line, or after it); without any date only
    an organ that is the very last line.
    """
    first = max(0, len(lines) - _FAR_FROM_END, len(lines) // 2 if len(lines) > _SHORT else 0)
    for n in range(len(lines) - 1, first - 1, -1):
        line = short(_ANNEX.split(lines[n])[0], _LONGEST_LINE)
        if line is None:
            continue
        folded = arabic_years(line).replace("年元月", "年1月", 1)
        dated = re.search(r"\(?20\d{2}年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日\)?$", folded)
        dated = dated or _bare_date(folded, lines[n - 1] if n else "")
        signed_on = read_date(dated.group().strip("()")) if dated else None
        if not dated or not signed_on:
            continue
        before = folded[: dated.start()]
        if not before:
            around = [k for k in (n - 1, n + 1) if 0 <= k < len(lines) and organ_line(lines[k])]
            signer = organ_line(lines[around[0]]) if around else None
            return Signature(signer, signed_on, frozenset([n, *around[:1]]))
        if signer := organ_line(before):
            return Signature(signer, signed_on, frozenset([n]))
    return _undated(lines)


def _undated(lines: Sequence[str]) -> Signature:
    """An organ that is the very last line, or has nothing but a month behind it: a month is no date."""
    last = len(lines) - 1
    month = last > 0 and _MONTH.fullmatch(arabic_years(short(lines[-1], _LONGEST_LINE) or ""))
    at = last - 1 if month else last
    signer = organ_line(lines[at]) if lines else None
    return Signature(signer, None, frozenset(range(at, last + 1))) if signer else Signature()
