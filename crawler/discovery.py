"""Which link leads to the reports: judged by what it says and where it stands, never by its address.

Pure: page facts in, scored links out. Portals lead to the reports by
首页 > 政务公开 > 政府信息公开 > 政府信息公开年报 > list > article or file, in many wordings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from crawler.links import Link, PageFacts
from parsers.titles import Verdict, judge_title


class Kind(StrEnum):
    """What a link is good for."""

    REPORT = "report"  # a title that names a report
    FILE = "file"  # an attachment or shown document
    PAGER = "pager"  # another page of the same list
    COLUMN = "column"  # 政府信息公开年报
    YEAR = "year"  # a year's folder inside the column
    FRAME = "frame"  # part of the same page
    DISCLOSURE = "disclosure"  # 政府信息公开
    GROUP = "group"  # the county government, departments, townships inside the column
    OPENNESS = "openness"  # 政务公开
    SITEMAP = "sitemap"  # 网站地图
    DECOY = "decoy"  # looks like a report and is none
    OTHER = "other"


PRIORITY = {
    Kind.FILE: 95, Kind.REPORT: 90, Kind.PAGER: 80, Kind.COLUMN: 70, Kind.YEAR: 65, Kind.FRAME: 60,
    Kind.GROUP: 55, Kind.DISCLOSURE: 50, Kind.OPENNESS: 30, Kind.SITEMAP: 10, Kind.DECOY: 0, Kind.OTHER: 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scored:
    """A link, what it is good for, how much it is wanted (0 to 99), and the reporting year if it says one."""

    link: Link
    kind: Kind
    score: int
    year: int | None = None


_DISCLOSURE = re.compile(
    r"^(?:.{2,4}[县区市旗]|本?[县区市旗])?(?:人民政府|政府)?信息公开(?:专栏|平台|专区|栏目|网|公示|首页)?[>»]*$"
)
_OPENNESS = re.compile(r"^(?:政务公开|政府信息|政务信息|阳光政务|公开|政务|信息公开|政府公开|法定主动公开内容)[>»]*$")
_SITEMAP = re.compile(r"^(?:网站地图|站点地图|网站导航)$")
_YEAR_FOLDER = re.compile(r"^(20[0-4]\d)(?:年|年度|年报|年度报告)?$")
_SHORT_TITLE = re.compile(r"20[0-4]\d年?(?:度)?.{0,6}(?:年报|年度报告)$")
_GROUP = re.compile(
    r"^(?:县|区|市|旗)?(?:人民)?(?:政府|政府办公?室?|直部门|直单位|级部门|政府部门|各部门|部门|直机关)(?:年报)?$"
    r"|^(?:各)?(?:乡镇|镇街|街道|乡镇街道|乡\(?镇\)?|镇|乡)(?:人民政府|办事处|年报)?$|^\S{2,12}(?:人民政府|办公室|局|委员会)$"
)


def classify(link: Link, in_list: bool) -> Scored:
    """Judge one link.

    Args:
        link: as read from the page.
        in_list: the page is the report column or part of it, where short titles are enough.
    """
    label = link.label
    if link.how == "frame":
        return Scored(link, Kind.FRAME, PRIORITY[Kind.FRAME])
    if link.how == "viewer":
        return Scored(link, Kind.FILE, PRIORITY[Kind.FILE])
    verdict = judge_title(label)
    kind = _named_kind(label, verdict)
    if in_list and kind in (Kind.OTHER, Kind.COLUMN, Kind.OPENNESS):
        kind = _kind_in_list(label, verdict, kind)
    # Menus come first on a page and repeat everywhere; what stands in the list itself comes later.
    bonus = 4 if in_list and link.rank > 5 else 0
    year = verdict.year or (int(found[0]) if in_list and (found := re.search(r"20[0-4]\d", label)) else None)
    return Scored(link, kind, PRIORITY[kind] + bonus if PRIORITY[kind] else 0, year)


def score_links(facts: PageFacts, in_list: bool = False) -> list[Scored]:
    """Judge all links of a page, the most wanted first; one entry an address, its best one."""
    best: dict[str, Scored] = {}
    for link in facts.links:
        scored = classify(link, in_list)
        known = best.get(link.url)
        if known is None or scored.score > known.score:
            best[link.url] = scored
    return sorted(best.values(), key=lambda s: (-s.score, s.link.rank))


def _named_kind(label: str, verdict: Verdict) -> Kind:
    if verdict.kind in ("report", "column", "decoy"):
        return Kind(verdict.kind)
    if _OPENNESS.match(label):
        return Kind.OPENNESS
    if _DISCLOSURE.match(label):
        return Kind.DISCLOSURE
    if _SITEMAP.match(label):
        return Kind.SITEMAP
    return Kind.OTHER


def _kind_in_list(label: str, verdict: Verdict, kind: Kind) -> Kind:
    """Inside the column short texts are enough: 2023年, 2023年年报, 县直部门."""
    if _YEAR_FOLDER.match(label):
        return Kind.YEAR
    if kind is Kind.COLUMN and verdict.year:
        return Kind.REPORT
    if kind is not Kind.COLUMN and _SHORT_TITLE.search(label):
        return Kind.REPORT
    if _GROUP.match(label):
        return Kind.GROUP
    return kind
