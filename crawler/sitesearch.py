"""The portal's own search, asked once where nothing else led to a report. Pure: finds how the search is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.links import resolve

QUERY = "政府信息公开工作年度报告"
MAX_RESULT_PAGES = 3
_FIELD = r"(?:q|qt|kw|wd|key|keys|query|search|searchword|searchkey|searchtext|keyword|keywords|content|title|ss)"
_NAME = re.compile(_FIELD, re.IGNORECASE)
_ACTION = re.compile(r"search|sousuo|jiansuo|query|/so/|/s\b|cms_search|plugin", re.IGNORECASE)
# "/guestweb4/s?siteCode=1&searchWord=" + encodeURIComponent(word)
_WRITTEN = re.compile(rf"""['"]([^'"\s]{{1,400}}[?&]{_FIELD}=)['"]\s*\+""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Search:
    """One search as it is asked: address, method and body."""

    url: str
    method: str = "GET"
    body: str = ""


def find_search(html: str, url: str) -> Search | None:
    """How a page's search box asks for the reports; None if it has none that can be asked without a script."""
    if "<form" in html.lower():
        for form in LexborHTMLParser(html).css("form")[:6]:
            if found := _of_form(form, url):
                return found
    if written := _WRITTEN.search(html):
        target = resolve(url, written[1].replace("&amp;", "&"))
        return Search(target + quote(QUERY)) if target else None
    return None


def _of_form(form: LexborNode, url: str) -> Search | None:
    pairs: list[tuple[str, str]] = []
    asked = ""
    for field in form.css("input")[:40]:
        name, kind = field.attributes.get("name") or "", (field.attributes.get("type") or "text").lower()
        if kind in ("password", "file"):
            return None  # a login or a letter to the mayor
        if not name or kind in ("submit", "button", "image", "reset"):
            continue
        is_box = kind in ("text", "search") and not asked and _NAME.fullmatch(name)
        asked = name if is_box else asked
        pairs.append((name, QUERY if is_box else field.attributes.get("value") or ""))
    action = form.attributes.get("action") or ""
    target = resolve(url, action or url)
    if not asked or target is None or (not _ACTION.search(action) and len(pairs) > 4):
        return None
    if (form.attributes.get("method") or "get").lower() == "post":
        return Search(target, "POST", urlencode(pairs))
    return Search(urlsplit(target)._replace(query=urlencode(pairs)).geturl())
