"""Hanweb JCMS: the list's first records lie as XML in a script, the rest come from ``dataproxy.jsp``."""

from __future__ import annotations

import html
import re

from crawler.links import resolve
from crawler.platforms.base import Call, Page, sign_of

NAME = "hanweb_jcms"
sign = sign_of(r"/module/web/jpage/(?:dataproxy|morecolumndataproxy)\.jsp", r"<datastore>", r"/col/col\d+/index\.html")
_NEXT = re.compile(r"<nextgroup>(.*?)</nextgroup>", re.DOTALL)
_HREF = re.compile(r"""href=["']([^"']+)["']""")
_TOTAL = re.compile(r"totalRecord\s*:\s*['\"]?(\d+)")


def calls(page: Page) -> list[Call]:
    """The call for the next group of records, as the page gives it; none if all records are there."""
    found = _NEXT.search(page.html)
    link = _HREF.search(found[1]) if found else None
    if link is None or "<datastore" not in page.html or not page.in_column:
        return []
    here, total = page.html.count("<record>"), _TOTAL.search(page.html)
    if not here or (total and int(total[1]) <= here):
        return []
    # The page's own records are the first group: the call names it, or the one after it.
    url = resolve(page.url, html.unescape(link[1]))
    if url is None:
        return []
    number = re.search(r"[?&]page=(\d+)", url)
    page_no = int(number[1]) if number else 1
    if page_no == 1:
        url = re.sub(r"([?&]page=)1\b", r"\g<1>2", url)
    return [Call(url, turn="page" if number else "", size=here, page=max(2, page_no))]
