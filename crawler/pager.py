"""The further pages of a list: next links, numbered links, and pagers that a script writes. Pure."""

from __future__ import annotations

import re

from crawler.links import PageFacts, resolve

MAX_PAGES = 60
_NEXT = re.compile(r"^(?:下一页|下页|后一页|下一頁|next|nextpage|[>›»]{1,2})[>›»]*$", re.IGNORECASE)
_NUMBER = re.compile(r"^\[?(\d{1,3})\]?$")
# createPageHTML(pages, current, "index", "shtml") counts from 0; with the id of an element first, from 1.
_WRITTEN = re.compile(
    r"""createPageHTML\(\s*(?:['"][^'"]*['"]\s*,\s*)?(\d{1,5})\s*,\s*\d+\s*,\s*['"]([\w./-]+)['"]\s*,\s*['"](\w+)['"]"""
)


def further_pages(facts: PageFacts, html: str, url: str) -> list[str]:
    """Addresses of the other pages of the list on this page, without repeats, at most ``MAX_PAGES``.

    A pager written by ``createPageHTML`` does not exist in the mark-up; its files are ``stem_1.ext`` and on. Most
    sites call their second page ``stem_1``, some ``stem_2``, so that the last number may not exist.
    """
    found: dict[str, None] = {}
    numbered = [link for link in facts.links if (m := _NUMBER.match(link.label)) and 1 < int(m[1]) <= MAX_PAGES]
    has_next = [link for link in facts.links if _NEXT.match(link.label)]
    # A lone number is a date in a calendar or a count; with a next link or a neighbour it is a pager.
    if has_next or len(numbered) > 1 or "页" in facts.text:
        found.update(dict.fromkeys(link.url for link in [*has_next, *numbered]))
    for call in _WRITTEN.finditer(_without_comments(html)):
        pages, stem, extension = min(int(call[1]), MAX_PAGES), call[2], call[3]
        if pages < 2:
            continue
        for number in range(1, pages + 1):
            if target := resolve(url, f"{stem}_{number}.{extension}"):
                found[target] = None
    found.pop(url, None)
    return list(found)[:MAX_PAGES]


def _without_comments(html: str) -> str:
    return re.sub(r"<!--(?!\[if).*?-->", "", html, flags=re.DOTALL)
