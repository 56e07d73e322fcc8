"""Which link leads to the reports: judged by what it says and where it stands, never by its address.

Pure: page facts in, scored links out. Portals lead to the reports by
首页 > 政务公开 > 政府信息公开 > 政府信息公开年报 > list > article or file, in many wordings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from crawler.links import Link, PageFacts
from crawler.texts import squash
from crawler.wordings import bare, wordings
from parsers.titles import Verdict, judge_title


class Kind(StrEnum):
    """What a link is good for."""

    REPORT = "report"  # a title that names a report
    FILE = "file"  # an attachment or shown document
    PAGER = "pager"  # another page of the same list
    COLUMN = "column"  # 政府信息公开年报
    YEAR = "year"  # a year's folder inside the column
    FRAME = "frame"  # part of the same page
    ENTRY = "entry"  # an article of the column whose title says nothing
    GROUP = "group"  # the county government, departments, townships inside the column
    DISCLOSURE = "disclosure"  # 政府信息公开
    ORGAN = "organ"  # an organ's own disclosure pages
    NEIGHBOUR = "neighbour"  # the column's neighbours, where reports are filed by mistake
    OPENNESS = "openness"  # 政务公开
    SITEMAP = "sitemap"  # 网站地图
    DECOY = "decoy"  # looks like a report and is none
    OTHER = "other"


PRIORITY = {
    Kind.FILE: 95, Kind.REPORT: 90, Kind.PAGER: 80, Kind.COLUMN: 70, Kind.YEAR: 65, Kind.FRAME: 62, Kind.ENTRY: 58,
    Kind.GROUP: 55, Kind.DISCLOSURE: 50, Kind.ORGAN: 45, Kind.OPENNESS: 35, Kind.NEIGHBOUR: 30, Kind.SITEMAP: 10,
    Kind.DECOY: 0, Kind.OTHER: 0,
}  # fmt: skip


LOOSE_PRIORITY = {Kind.COLUMN: 52, Kind.DISCLOSURE: 40, Kind.OPENNESS: 25}
LONGEST_GROUP = 24  # characters
LONGEST_MENU = 14
_MORE = re.compile(r"^(?:查看|了解|点击)?(?:更多|more|全部)?[>»＞.+…]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scored:
    """A link, what it is good for, how much it is wanted (0 to 99), and the reporting year if it says one.

    ``loose`` says that its text only sounds like that kind.
    """

    link: Link
    kind: Kind
    score: int
    year: int | None = None
    loose: bool = False


_YEAR_FOLDER = re.compile(r"^(20[0-4]\d)(?:年|年度|年报|年度报告|年度年报)?(?:[（(]\d+[)）])?$")
_FULL_TEXT = re.compile(
    r"^(?:点击|在线)?(?:查看|阅读|下载|浏览)?(?:报告|年报)?(?:全文|文字版|文本版|纯文本|网页版|电子版|pdf版?)(?:下载|阅读|浏览)?[>»]*$",
    re.IGNORECASE,
)
_SHORT_TITLE = re.compile(r"20[0-4]\d年?(?:度)?.{0,6}(?:年报|年度报告)$")
# 县直部门, 乡镇(街道), 县政府及县政府办, 县(市、区): a folder for a class of organs is named with these words alone.
_GROUP = re.compile(
    r"^(?=.*(?:部门|单位|乡|镇|街道|苏木|政府|机关|[县市区旗].*[县市区旗]))[各本全]?"
    r"(?:(?:人民)?政府(?:办公?室?|组成|工作|派出)?|部门|单位|机关|机构|乡镇|乡|镇街?|街道?|苏木|办事处|县|区|市|旗|级|直属?|下属"
    r"|企?事业|公共|垂直管理|驻[县区市旗]?|园区|及其|[、,/和及与()]|年报|年度报告)+$"
)
_ORGAN = re.compile(
    r"^[\u3400-\u9fff]{2,18}(?:人民政府|政府|办公室|[局委办社院所站队馆署镇乡]|苏木|街道|办事处|委员会|指挥部|开发区|园区|[农林牧渔]场|工会|中心|公司|集团|联合会|协会|总工会|银行|残联|妇联"
    r"|工商联|管委会|管理处)$"
)
# A row's text that was cut before it said what it is, and no title with it: 云溪县交通运输局2024年政…
_CUT = re.compile(
    r"^(?=.{6})(?:[\u3400-\u9fff]{2,20}(?:政府|办公室|[局委办镇乡]|苏木|街道|办事处|中心))?(?:2(?:0(?:[0-4](?:\d年?度?)?)?)?)?"
    r"(?:政(?:府(?:信(?:息(?:公(?:开.{0,12})?)?)?)?)?)?(?:\.{2,}|…+)$"
)
_NO_ORGAN = re.compile(
    r"^(?:新闻|数据|个人|用户|服务|媒体|政务服务|便民服务|互动|政策|资讯|信息|专题|视频|图片|帮助|会员|下载|办事|互动交流)中心$"
    r"|^(?:中华|国务院|中国政府|全国)|门户|网站|(?:不|好|一次|我要|马上|网|掌上|快)办$"
)


def _is_folder(link: Link, verdict: Verdict, kind: Kind) -> bool:
    """True if what stands under the column's name may be one of its folders."""
    inner = _kind_in_list(link, verdict, kind)
    short = inner is Kind.OTHER and 2 <= len(link.label) <= LONGEST_MENU and not wordings().dull.search(link.label)
    return short or inner in (Kind.COLUMN, Kind.YEAR, Kind.GROUP, Kind.ORGAN)


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
    if link.how == "postback":
        return Scored(link, Kind.OTHER, 0)
    verdict = judge_title(label)
    kind, loose = _named_kind(label, verdict)
    if _MORE.match(link.text) and any(judge_title(text).kind == "report" for text in link.box):
        kind, loose = Kind.COLUMN, False
    if link.inside and not in_list and kind is not Kind.COLUMN and _is_folder(link, verdict, kind):
        kind, loose = Kind.COLUMN, True  # a folder of the column, in a tree or under a heading
    if in_list and kind in (Kind.OTHER, Kind.COLUMN, Kind.OPENNESS, Kind.ORGAN):
        kind = _kind_in_list(link, verdict, kind)
        loose = loose and kind is Kind.COLUMN
    # Menus come first on a page and repeat everywhere; what stands in the list itself comes later.
    bonus = 4 if in_list and link.rank > 5 else 0
    year = verdict.year or (int(found[0]) if in_list and (found := re.search(r"20[0-4]\d", label)) else None)
    base = LOOSE_PRIORITY[kind] if loose else PRIORITY[kind]
    return Scored(link, kind, base + bonus if base else 0, year, loose)


def is_full_text(label: str) -> bool:
    """True if a link's text says that the whole of the report is behind it (文字版, 点击查看全文)."""
    return bool(_FULL_TEXT.match(label))


def score_links(facts: PageFacts, in_list: bool = False) -> list[Scored]:
    """Judge all links of a page, the most wanted first; one entry an address, its best one."""
    best: dict[str, Scored] = {}
    for link in facts.links:
        scored = classify(link, in_list)
        known = best.get(link.url)
        if known is None or scored.score > known.score:
            best[link.url] = scored
    return sorted(best.values(), key=lambda s: (-s.score, s.link.rank))


def unopened(facts: PageFacts, scored: list[Scored]) -> bool:
    """True if a page of the column lists some reports and has tabs without an address for other years or organs."""
    known = {s.year for s in scored if s.kind in (Kind.REPORT, Kind.YEAR)}
    if not known or not facts.n_scripts:
        return False
    judged = [classify(Link("", text, "anchor", 9), True) for text in facts.tabs]
    years = {s.year for s in judged if s.kind is Kind.YEAR} - known
    groups = sum(s.kind is Kind.GROUP for s in judged)
    return bool(years) or (groups > 1 and not any(s.kind is Kind.GROUP for s in scored))


def is_column_page(facts: PageFacts) -> bool:
    """True if a page says of itself that it is the report column: by its metadata, heading or breadcrumb."""
    names = [facts.metas.get("columnname", ""), facts.metas.get("columntype", ""), *facts.headings[:3]]
    names.append(re.sub(r"[-_|–—].*$", "", facts.title))
    if any(judge_title(name).kind == "column" for name in names if name):
        return True
    tail = re.split(r"[>»＞›]", facts.breadcrumb)
    return any(judge_title(part[:24]).kind == "column" for part in tail[1:4])


_PARTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"主动公开政府信息的?情况",
        r"(?:收到和处理|依)(?:政府信息公开)?申请(?:公开)?(?:政府信息)?的?情况",
        r"行政复议",
        r"存在的?(?:主要)?问题",
        r"其他需要报告",
        r"本年制发件数|勾稽关系|本年新收|本年新制作数量",
        r"统计(?:时限|期限|时间)",
    )
)
TABLES = re.compile(r"本年制发件数|勾稽关系|本年新收|本年新制作|申请人情况")


def report_marks(text: str) -> int:
    """How many of seven marks of a report a text bears: names of its parts, of its tables, of its period."""
    squeezed = squash(text[:200_000])
    return sum(bool(pattern.search(squeezed)) for pattern in _PARTS)


def looks_like_report(text: str) -> bool:
    """True if a text bears enough marks to be a report's body; a list of links or an interpretation bears fewer."""
    return report_marks(text) >= 4


def _named_kind(label: str, verdict: Verdict) -> tuple[Kind, bool]:
    """What a text names, and whether it only sounds like it."""
    words, text = wordings(), bare(label)
    if verdict.kind != "decoy" and words.earlier.names(text):
        return Kind.COLUMN, False
    if verdict.kind in ("report", "column", "decoy"):
        return Kind(verdict.kind), False
    for menu, kind in ((words.column, Kind.COLUMN), (words.neighbour, Kind.NEIGHBOUR),
                       (words.disclosure, Kind.DISCLOSURE), (words.openness, Kind.OPENNESS),
                       (words.entrance, Kind.OPENNESS), (words.sitemap, Kind.SITEMAP)):  # fmt: skip
        if menu.names(text):
            return kind, False
    if _ORGAN.match(label) and not _NO_ORGAN.search(label):
        return Kind.ORGAN, False
    if not words.never.search(text):
        for menu, kind in ((words.column, Kind.COLUMN), (words.disclosure, Kind.DISCLOSURE),
                           (words.openness, Kind.OPENNESS)):  # fmt: skip
            if menu.hints(text):
                return kind, True
    return Kind.OTHER, False


def strays(facts: PageFacts) -> list[tuple[bool, Link]]:
    """Menus that say nothing we know, for where nothing else led to a report; those with a telling word come first."""
    words, out = wordings(), []
    for link in facts.links:
        text = bare(link.label)
        plain = link.how in ("anchor", "script", "data", "frame") and not link.dated and not link.is_file
        if plain and 2 <= len(text) <= LONGEST_MENU and not words.dull.search(text) and not text.isdigit():
            out.append((bool(words.telling.search(text)), link))
    return sorted(out, key=lambda pair: not pair[0])


def _kind_in_list(link: Link, verdict: Verdict, kind: Kind) -> Kind:
    """Inside the column short texts are enough: 2023年, 2023年年报, 县直部门, a department's bare name."""
    label = link.label
    if _YEAR_FOLDER.match(label) and not link.is_file:
        return Kind.YEAR
    if kind is Kind.COLUMN and (verdict.year or link.dated):  # 水利局政府信息公开年报 with its date is no folder
        return Kind.REPORT
    if kind is not Kind.COLUMN and _SHORT_TITLE.search(label):
        return Kind.REPORT
    if kind in (Kind.OTHER, Kind.ORGAN) and ((link.dated and len(label) >= 4) or _CUT.match(label)):
        return Kind.ENTRY
    if (len(label) <= LONGEST_GROUP and _GROUP.match(label)) or kind is Kind.ORGAN:
        return Kind.GROUP
    return kind
