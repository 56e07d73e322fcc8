"""UCAP: the column's number stands in a meta element or a script; further pages are JSON at one of two addresses."""

from __future__ import annotations

import re

from crawler.links import resolve
from crawler.pager import next_page
from crawler.platforms.base import Call, Page, sign_of

NAME = "ucap"
sign = sign_of(r"(?i)<ucap(?:title|content)", r"(?i)UCAP-CONTENT", r"/common/search/\w", r"/site/c\d{4,}\w?/")
_CHANNEL = re.compile(r"""(?:channelid|channelId)\s*(?:=|:)\s*['"]([0-9a-f]{32})['"]""", re.IGNORECASE)
_OTHER_API = re.compile(r"/interface-cms/")  # a sister product with list calls of its own, learnt in the browser
SIZE = 15


def calls(page: Page) -> list[Call]:
    """The list call of the page's column, where the mark-up itself has no pager."""
    found = _CHANNEL.search(page.html)
    channel = page.facts.metas.get("channelid") or (found[1] if found else "")
    if not page.in_column or not re.fullmatch(r"[0-9a-f]{32}", channel):
        return []
    if _OTHER_API.search(page.html) or next_page(page.facts, page.html, page.url):
        return []
    query = f"{channel}?page=1&_pageSize={SIZE}&_isAgg=true&_isJson=true&_template=index&_rangeTimeGte=&_channelName="
    urls = [url for path in ("/common/search/", "/searchList/") if (url := resolve(page.url, path + query))]
    return [Call(urls[0], turn="page", size=SIZE, instead=tuple(urls[1:]))] if urls else []
