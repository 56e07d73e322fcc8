"""Which report a reading belongs to: organ × year × scope, and the stable public id of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from parsers.divisions import area, named_like

UNKNOWN_AREA = "000000"
# 清岭县水利局 says where it is; 县水利局, 城市管理局 and 经济开发区管委会 could be anywhere.
_PLACE = re.compile(r"[\u4e00-\u9fff]{2,}?[省市县区旗州盟]")
_ANYWHERE = re.compile(
    r"(?:本|我|全)?[省市县区旗州盟]|城市|[\u4e00-\u9fff]{0,6}城市(?=建设|管理|更新|规划|综合|运行)"
    r"|(?:经济|高新|技术|产业|工业|农业|旅游|度假|生态|文化|科技|循环|综合|保税|物流|合作|集聚|集中|示范|管理|开发|新|园|景|林|矿|社)+区"
)


class ReportKey(NamedTuple):
    """What makes two documents the same report. ``site`` only counts where the organ could be any county's."""

    area_code: str | None
    organ: str | None
    year: int | None
    scope: str
    site: str = ""


def report_key(result: Mapping[str, Any], sha256: str, part: int = 0, site: str | None = None) -> ReportKey:
    """The key of a reading, the report number ``part`` of its document, which was found on a ``site``.

    Without an organ or a year nothing can be joined: the document stands for itself. Two sites' 县水利局 are two
    organs as long as nobody knows of which counties.
    """
    organ, year = result.get("organ"), result.get("year")
    if organ is None or year is None:
        organ = f"{organ or '未具名机关'}（{sha256[:8]}{f'-{part}' if part else ''}）"
    area_code = result.get("area_code")
    where = "" if area_code or names_place(organ) else site or ""
    return ReportKey(area_code, organ, year, result.get("scope") or "unknown", where)


def names_place(organ: str) -> bool:
    """True if an organ's name says where it is, listed or not: 清岭县水利局, not 鼓楼区水利局."""
    return bool(_PLACE.match(organ)) and not _ANYWHERE.match(organ) and not named_like(organ)


def report_id(key: ReportKey, organ_kind: str | None) -> str:
    """``<area>-<year>-<kind of organ>-<hash>``: readable, and the same for as long as the report is.

    The hash covers organ and scope, so that two organs of one county, or two scopes of one organ, stay two.
    """
    whose = f"{key.area_code}|{key.organ}|{key.scope}" + (f"|{key.site}" if key.site else "")
    digest = hashlib.sha256(whose.encode()).hexdigest()[:6]
    return f"{key.area_code or UNKNOWN_AREA}-{key.year or 'undated'}-{organ_kind or 'unknown'}-{digest}"


def place_names(code: str | None, year: int | None) -> dict[str, str | None]:
    """Names of province, prefecture and county of an area code, as they were in that year."""
    names: dict[str, str | None] = {"province": None, "prefecture": None, "county": None}
    one = area(code, year) if code else None
    for level, parent in (("province", "province_code"), ("prefecture", "prefecture_code")):
        parent_code = getattr(one, parent, None) if one else None
        over = area(parent_code, year) if parent_code else None
        names[level] = over.name if over else None
    if one is not None:
        names[one.level] = one.name
    return names
