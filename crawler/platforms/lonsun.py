"""LonSun: lists are fragments of mark-up asked for at ``/site/label/8888``; ``type=3`` is the report column."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode, urlsplit

from crawler.links import resolve
from crawler.platforms.base import Call, Page, sign_of

NAME = "lonsun"
sign = sign_of(r"/site/label/8888", r"/public/column/\d+", r"/content/column/\d+")
_URL = re.compile(r"""['"]([^'"]*/site/(?:label|tpl)/\d+\?[^'"]+)['"]""")
_PARAMETER = re.compile(
    r"""['"]?(labelName|siteId|organId|type|catId|catIds|pageSize|isDate|dateFormat|length|action|file|result)['"]?\s*:\s*"""
    r"""['"]?([^'",}\n]*)['"]?"""
)
_ORGAN = re.compile(r"/public/column/\d+")
_COUNT = re.compile(r"pageCount\s*:\s*['\"]?(\d+)")
_SIZE = re.compile(r"pageSize['\"]?\s*[:=]\s*['\"]?(\d+)")


def calls(page: Page) -> list[Call]:
    """The call of the list on this page, put together as the page's own script does it."""
    script, organ = page.facts.script, _ORGAN.search(page.url)
    if organ and not page.in_column and "type=3" not in page.html:
        url = f"{page.url[: organ.end()]}?type=3&action=list"
        return [Call(url, label="政府信息公开年报", feed=False)]
    if not page.in_column or "organId" not in script:
        return []
    count = _COUNT.search(script)
    if count and int(count[1]) == 0:
        return []
    if found := _URL.search(script):
        url = resolve(page.url, html.unescape(found[1]))
    else:
        pairs = dict(_PARAMETER.findall(script))
        if "organId" not in pairs:
            return []
        pairs.setdefault("labelName", "publicInfoList")
        pairs.setdefault("siteId", page.facts.metas.get("siteid", ""))
        parts = urlsplit(page.url)
        url = f"{parts.scheme}://{parts.netloc}/site/label/8888?{urlencode({'IsAjax': 1, 'dataType': 'html', **pairs})}"
    if url is None:
        return []
    url += "" if "pageIndex=" in url else "&pageIndex=1"
    size = _SIZE.search(script)
    return [Call(url, turn="pageIndex", size=int(size[1]) if size else 0)]
