"""A county whose reports stand on its city's portal: which links lead there, and which of them are the county's. Pure.

The city's portal lists its own reports and those of all its counties. Only what stands under the county's own name is
followed: its folder in the column, or titles that name it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.discovery import Kind
from crawler.links import Link, PageFacts
from parsers.divisions import area, match_area

MAX_PARENTS = 3
_UNIT = re.compile(r"([\u3400-\u9fff]{1,14}?[县区市旗])(?:人民)?政府")
_ABOVE = re.compile(r"[市州盟区](?=.)")
_PARENT = re.compile(r"^[\u3400-\u9fff]{2,12}(?:市|州|盟|地区|行署)(?:人民)?(?:政府|行政公署)?(?:门户)?(?:网站?)?$")
# 县(市、区), 各县区, 区县政府: the folder in which a city keeps its counties.
_COUNTIES = re.compile(r"^[各县市区旗、和及/()人民政府级下属所辖年报信息公开]+$")
_OTHER_COUNTY = re.compile(r"[\u3400-\u9fff]{2,8}?[县区旗]")
_NO_COUNTY = re.compile(r"开发区|社区|园区|新区|景区|地区|小区|灌区|库区|林区|自治区")
_OF_ABOVE = re.compile(r"(?:全?[省市州盟]|国务院|国家|自治区)(?:人民政府|政府|级|直|本级|信息公开|政务公开)")
_MENUS = frozenset({Kind.DISCLOSURE, Kind.OPENNESS, Kind.FRAME, Kind.YEAR, Kind.PAGER, Kind.SITEMAP})


def county_of(facts: PageFacts, known: str | None = None) -> str | None:
    """The name that a portal's homepage gives its county (桃溪县); ``known`` is the record's, and goes first."""
    for text in (f"{known}政府" if known else "", facts.metas.get("sitename", ""), facts.title, facts.text[-600:]):
        if found := _UNIT.search(text):
            unit = found[1]
            inner = [unit[m.end() :] for m in _ABOVE.finditer(unit)]
            named = [part for part in inner if len(part) >= 2]
            return named[-1] if named else unit
    return None


def place_of(facts: PageFacts) -> tuple[str, str | None] | None:
    """The county that a homepage names, with its area code: the page's own if it is that county's, or the only one."""
    county = county_of(facts)
    if county is None:
        return None
    own = facts.metas.get("siteidcode", "")[:6]
    if (named := area(own)) and named.name == county:
        return county, own
    match = match_area(county, own or None)
    return county, match.area.code if match and match.length == len(county) else None


def mentions(label: str, county: str) -> bool:
    """True if a text names the county: by its stem (桃溪), or whole where that is a single character (古县)."""
    return (county[:-1] if len(county) > 2 else county) in label


def names_another(label: str, county: str) -> bool:
    """True if a text names a county, and not this one."""
    return not mentions(label, county) and bool(_OTHER_COUNTY.search(_NO_COUNTY.sub("", label)))


def is_above(label: str, county: str) -> bool:
    """True if a text names the government of the city or province above a county: 市政府信息公开 on a 区's portal."""
    return county[-1:] in "县区旗" and bool(_OF_ABOVE.match(label)) and not mentions(label, county)


def parents(links: Iterable[Link], county: str) -> list[str]:
    """Addresses of portals that may be the parent's, the likeliest first; at most three."""
    fits = [i for i in links if _PARENT.match(i.label) and not mentions(i.label, county)]
    fits.sort(key=lambda link: ("政府" not in link.label, link.rank))
    return list(dict.fromkeys(link.url for link in fits))[:MAX_PARENTS]


def is_ours(label: str, kind: Kind, county: str) -> bool:
    """True if a link of the city's portal, outside the county's own folder, is to be followed for the county."""
    if mentions(label, county):
        return True
    if kind in _MENUS:
        return True
    if kind is Kind.COLUMN:
        return not names_another(label, county)
    return kind is Kind.GROUP and bool(_COUNTIES.match(label) and re.search("[县区旗]", label))
