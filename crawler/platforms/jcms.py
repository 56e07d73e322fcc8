"""Hanweb JCMS: the list's first records lie as XML in a script, the rest come from ``dataproxy.jsp``."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode

from crawler.links import resolve
from crawler.platforms.base import RECORDS, Call, Page, sign_of, with_page

NAME = "hanweb_jcms"
sign = sign_of(r"/module/web/jpage/(?:dataproxy|morecolumndataproxy)\.jsp", r"<datastore>", r"/col/col\d+/index\.html")
_NEXT = re.compile(r"<nextgroup>(.*?)</nextgroup>", re.DOTALL)
_HREF = re.compile(r"""href=["']([^"']+)["']""")
_VALUE = r"""%s['"]?\s*[:=]\s*['"]?([\w%%./-]+)"""
_NUMBERS = {
    name: re.compile(_VALUE % name, re.IGNORECASE) for name in ("unitid", "columnid", "webid", "perPage", "appid")
}
_MORE = re.compile(r"""['"]([^'"]*morecolumndataproxy\.jsp\?[^'"]+)['"]""")
_TOTAL = re.compile(r"totalRecord\s*:\s*['\"]?(\d+)")


def calls(page: Page) -> list[Call]:
    """The call for the next group of records, as the page gives it; none if all records are there."""
    found = _NEXT.search(page.html)
    link = _HREF.search(found[1]) if found else None
    if ("jpage" not in page.html and "<datastore" not in page.html) or not page.in_column:
        return []
    if link is None:
        return _more(page) or _by_number(page)
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


def _more(page: Page) -> list[Call]:
    """The call behind a "load more" button, as its script writes it; it counts pages from the one that is shown."""
    found = _MORE.search(page.facts.script)
    url = resolve(page.url, html.unescape(found[1])) if found else None
    if url is None:
        return []
    return [Call(with_page(url, "page", 1), turn="page")]


def _by_number(page: Page) -> list[Call]:
    """The older form of the call: records from one number to another, the column named in a form's fields."""
    total, here = _TOTAL.search(page.html), page.html.count("<record>")
    found = {name: m[1] for name, pattern in _NUMBERS.items() if (m := pattern.search(page.html))}
    target = resolve(page.url, "/module/web/jpage/dataproxy.jsp")
    if total is None or int(total[1]) <= here or not {"unitid", "columnid"} <= found.keys() or target is None:
        return []
    size = here or min(100, 3 * int(found.get("perPage", "15")))
    page_no = 2 if here else 1
    fields = {
        "col": 1, "appid": found.get("appid", 1), "webid": found.get("webid", 1), "path": "/",
        "columnid": found["columnid"], "sourceContentType": 1, "unitid": found["unitid"], "permissiontype": 0,
    }  # fmt: skip
    query = f"startrecord={1 + size * (page_no - 1)}&endrecord={size * page_no}&perpage={found.get('perPage', 15)}"
    return [Call(f"{target}?{query}", "POST", urlencode(fields), turn=RECORDS, size=size, page=page_no)]
