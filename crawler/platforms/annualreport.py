"""Hanweb's disclosure module: ``xxgkAnnualReport.jsp``, one address an organ and year, tabs and tree by script."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit

from crawler.platforms.base import Call, Page, sign_of

NAME = "hanweb_annualreport"
PATH = "xxgkannualreport.jsp"
sign = sign_of(r"(?i)/module/xxgk/xxgkAnnualReport\.jsp")
_YEARS = re.compile(r"(20[0-4]\d)年?")


def calls(page: Page) -> list[Call]:
    """Pages of the other years, where the tabs have no addresses: those years that the page's tabs name."""
    parts = urlsplit(page.url)
    given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if not parts.path.lower().endswith(PATH) or "area" not in given or "fbtime=" in page.html.partition("<body")[2]:
        return []
    years = sorted({int(y) for y in _YEARS.findall(page.facts.text[:1500])}, reverse=True)[:20]
    return [
        Call(parts._replace(query=urlencode({**given, "fbtime": year})).geturl(), label=f"{year}年", feed=False)
        for year in years
        if str(year) != given.get("fbtime")
    ]
