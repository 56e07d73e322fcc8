"""The portal's own search, asked once where nothing else led to a report. Pure: finds how the search is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.links import resolve, tamed

QUERY = "政府信息公开工作年度报告"
MAX_RESULT_PAGES = 3
_FIELD = r"(?:q|qt|kw|wd|key|keys|query|search|searchword|searchkey|searchtext|keyword|keywords|content|title|ss)"
_NAME = re.compile(_FIELD, re.IGNORECASE)
_ACTION = re.compile(r"search|sousuo|jiansuo|query|/so/|/s\b|cms_search|plugin", re.IGNORECASE)
_NEVER = re.compile(
    r"submit|save|insert|add|login|register|ysq|sqgk|letter|mail|message|liuyan|vote|upload", re.IGNORECASE
)
_VAGUE = re.compile(r"title|content", re.IGNORECASE)
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
        for form in LexborHTMLParser(tamed(html)).css("form")[:6]:
            if found := _of_form(form, url):
                return found
    if written := _WRITTEN.search(html):
        target = resolve(url, written[1].replace("&amp;", "&"))
        return Search(target + quote(QUERY)) if target else None
    return None


def _of_form(form: LexborNode, url: str) -> Search | None:
    """The search that a form is, or None: a letter, an application or a login must never be sent off."""
    action, method = form.attributes.get("action") or "", (form.attributes.get("method") or "get").lower()
    target = resolve(url, action or url)
    searches = bool(_ACTION.search(action))
    if target is None or _NEVER.search(action) or form.css_first("textarea") is not None:
        return None
    pairs: list[tuple[str, str]] = []
    boxes: list[str] = []
    for field in form.css("input")[:40]:
        name, kind = field.attributes.get("name") or "", (field.attributes.get("type") or "text").lower()
        if kind in ("password", "file"):
            return None
        if not name or kind in ("submit", "button", "image", "reset"):
            continue
        boxes += [name] if kind in ("text", "search") else []
        pairs.append((name, field.attributes.get("value") or ""))
    asked = next((name for name in boxes if _NAME.fullmatch(name)), None)
    if asked is None or not (searches or (method == "get" and boxes == [asked] and not _VAGUE.fullmatch(asked))):
        return None
    filled = urlencode([(name, QUERY if name == asked else value) for name, value in pairs])
    if method == "post":
        return Search(target, "POST", filled)
    return Search(urlsplit(target)._replace(query=filled).geturl())
