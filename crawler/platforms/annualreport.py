"""Hanweb's disclosure module: ``xxgkAnnualReport.jsp``, one address an organ and year, tabs and tree by script."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit

from crawler.platforms.base import Call, Page, sign_of

NAME = "hanweb_annualreport"
PATH = "xxgkannualreport.jsp"
sign = sign_of(r"(?i)/module/xxgk/xxgkAnnualReport\.jsp")
# A node of the tree of organs in a script, {id:'001008003006', name:'教育局'}, or changeArea('001008003006').
_AREA = r"""(?:[0-9]{6,30}|[0-9A-Z]{18})"""
_NODE = re.compile(rf"""\b(?:id|area|code|areacode|value)['"]?\s*[:=]\s*['"]({_AREA})['"]""", re.IGNORECASE)
_CLICK = re.compile(rf"""\b\w*(?:area|organ|dept|unit)\w*\(\s*['"]({_AREA})['"]""", re.IGNORECASE)
MAX_ORGANS = 150
_YEARS = re.compile(r"(20[0-4]\d)年?")


def calls(page: Page) -> list[Call]:
    """Pages of the organs in the page's tree, and of the years that its tabs name, where these have no addresses."""
    parts = urlsplit(page.url)
    given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if not parts.path.lower().endswith(PATH) or "area" not in given:
        return []
    return [*_organs(page, given), *_years(page, given)]


def _organs(page: Page, given: dict[str, str]) -> list[Call]:
    """Pages of the organs in the tree, where it has no addresses; without a year, so that each names its own years."""
    if any("area=" in link.url and PATH in link.url.lower() for link in page.facts.links):
        return []
    areas = dict.fromkeys([*_NODE.findall(page.html), *_CLICK.findall(page.html)])
    same = {k: v for k, v in given.items() if k not in ("area", "fbtime", "artid")}
    address, years = urlsplit(page.url)._replace(query="").geturl(), _named_years(page, given)
    out = []
    for area in list(areas)[:MAX_ORGANS]:
        if area != given["area"]:
            first, *others = [f"{address}?{urlencode({'area': area, **same, **y})}" for y in ({}, *years[:4])]
            out.append(Call(first, label="部门政府信息公开年报", instead=tuple(others), feed=False))
    return out


def _named_years(page: Page, given: dict[str, str]) -> list[dict[str, int]]:
    """The years that the page's tabs name, newest first; where it names none, those around the one that it shows."""
    years = {int(y) for y in _YEARS.findall(page.facts.text[:1500])}
    shown = given.get("fbtime", "")
    if not years and shown.isdigit() and len(shown) == 4:
        years = set(range(int(shown) - 4, int(shown) + 3))
    return [{"fbtime": year} for year in sorted(years, reverse=True)[:20]]


def _years(page: Page, given: dict[str, str]) -> list[Call]:
    if any("fbtime=" in link.url for link in page.facts.links):
        return []
    parts = urlsplit(page.url)
    return [
        Call(parts._replace(query=urlencode({**given, **y})).geturl(), label=f"{y['fbtime']}年", feed=False)
        for y in _named_years(page, given)
        if str(y["fbtime"]) != given.get("fbtime")
    ]
