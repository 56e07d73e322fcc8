"""The period that a report's numbers cover: 2023年1月1日至12月31日, 2023.1.1-2023.12.31, 2023年1-12月."""

from __future__ import annotations

import re

_PERIOD = re.compile(
    r"(?<!\d)(20\d{2})(?:年度?|[./-])(?:0?1|元)(?:月|[./-])?(?:0?1日?)?(?:起|开始)?(?:至|到|—+|-+|~|–)"
    r"(?:(20\d{2})(?:年度?|[./-]))?12(?:月份?|[./-])(?:\d{1,2}日?|底)?"
)
_WORD = re.compile(r"统计|期限|时限|数据|起止|时间")
_BEFORE, _BEHIND = 40, 12  # characters around a period in which a word says that it is the statistics'


def periods(text: str) -> list[int | None]:
    """The year of every period of a whole year in squeezed ``text``; None for one over several years."""
    return [_year(found) for found in _PERIOD.finditer(text)]


def statistics_periods(text: str) -> list[int | None]:
    """Of the periods those that are said to be the statistics'."""
    return [
        _year(found) for found in _PERIOD.finditer(text)
        if _WORD.search(text[max(0, found.start() - _BEFORE) : found.end() + _BEHIND])
    ]  # fmt: skip


def _year(found: re.Match[str]) -> int | None:
    return int(found[1]) if found[2] in (None, found[1]) else None
