"""Pagers that exist only in scripts: how many pages they speak of, and how another page is asked for. Pure.

``location.href = 'list.do?cat=7&pageNum=' + n`` turns the page, ``$.get('/more?p=' + n, …)`` loads more into it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.links import PageFacts, resolve

_FLAGS = re.IGNORECASE
PAGE_NAME = r"(?:c|cur|current|to|goto)?_?(?:page|pn|p)_?(?:no|num|index|number|id)?"
_TURNED = re.compile(
    rf"""['"`](?P<before>[^'"`\s<>]{{0,300}}?[?&]|)(?P<name>{PAGE_NAME})=(?:['"`]\s*\+|\$\{{)""", _FLAGS
)
_LOADS = re.compile(r"(?:fetch|\.get|\.getJSON|\.load|\burl\s*:|open\s*\(\s*['\"]GET['\"]\s*,|axios)\W{0,4}$", _FLAGS)
_PAGES = re.compile(
    r"\b(?:pages|pageCount|totalPages?|page_count|countPage|pageTotal|maxPage|allPage)['\"]?\s*[:=]\s*['\"]?(\d{1,4})",
    _FLAGS,
)
_COUNT = re.compile(
    r"\b(?:count|total|totalCount|totalRecords?|totalNum|records?|recordCount|itemCount)['\"]?\s*[:=]\s*['\"]?(\d{1,5})",
    _FLAGS,
)
_SIZE = re.compile(r"\b(?:limit|page_?size|size|perPage|rows|nums)['\"]?\s*[:=]\s*['\"]?(\d{1,3})", _FLAGS)
_LAID = re.compile(
    r"laypage|pagination\w*\s*\(|\.paging\w*\(|createPage\w*\(|jqPaginator\(|new\s+Pag\w+\(|\.page\(\s*\{", _FLAGS
)
# 'list_' + i + '.html'
_FILES = re.compile(
    r"""(?P<stem>[\w/.-]{0,100}?)['"]\s*\+\s*\(?[\w.]{1,20}(?:\s*[+-]\s*1)?\)?\s*\+\s*['"](?P<end>\.(?:s?html?|jhtml|jspx?))"""
)
_MORE_OF_IT = re.compile(r"加载更多|点击加载|查看更多年报|展开更多")


@dataclass(frozen=True, slots=True)
class Turn:
    """How a script asks for another page: the address with an empty page number, that parameter's name, and whether
    the answer is loaded into the page (or the reader sent there)."""

    url: str
    name: str
    loads: bool

    def address(self, page: int) -> str:
        """The address of a page."""
        parts = urlsplit(self.url)
        query = [(n, v) for n, v in parse_qsl(parts.query, True) if n != self.name]
        return parts._replace(query=urlencode([*query, (self.name, str(page))])).geturl()


def read_turns(script: str, url: str) -> list[Turn]:
    """The ways in which the scripts of the page at ``url`` ask for other pages of its list."""
    out = []
    for found in _TURNED.finditer(script):
        loads = bool(_LOADS.search(script[max(0, found.start() - 40) : found.start()]))
        before = found["before"]
        own = None if loads else url  # where the rest is put together from parts, only a page's own address is known
        target = resolve(url, f"{before}{found['name']}=") if before.strip("?&") else own
        if target and len(out) < 4:
            out.append(Turn(target, found["name"], loads))
    return out


def read_files(script: str, url: str, number: int) -> list[str]:
    """Addresses that the page after this one may have by a script that numbers files: from 1, or from 0."""
    for found in _FILES.finditer(script):
        if found["stem"].endswith(("_", "-", "/", "list", "index", "page")) or found["stem"] == "":
            names = (f"{found['stem']}{n}{found['end']}" for n in (number + 1, number))
            return [target for name in names if (target := resolve(url, name)) and target != url]
    return []


def pages_set(script: str) -> int | None:
    """How many pages the settings of a pager speak of; None if there are none."""
    if found := _PAGES.search(script):
        return int(found[1])
    count, size = _COUNT.search(script), _SIZE.search(script)
    return -(-int(count[1]) // max(1, int(size[1]))) if count and size else None


def says_empty(facts: PageFacts) -> bool:
    """True if a script's pager speaks of no rows at all: the list is empty, and not yet to be filled."""
    count = _COUNT.search(facts.script) if _LAID.search(facts.script) else None
    return count is not None and int(count[1]) == 0


def is_laid(facts: PageFacts) -> bool:
    """True if a script draws a pager for more rows than the page shows."""
    rows = sum(link.dated for link in facts.links)
    count = _COUNT.search(facts.script) if rows and _LAID.search(facts.script) else None
    return count is not None and int(count[1]) > rows


def asks_for_more(facts: PageFacts) -> bool:
    """True if a list has a button for more of it that is no link."""
    found = _MORE_OF_IT.search(facts.text)
    return bool(found) and not any(_MORE_OF_IT.search(link.label) for link in facts.links)


def loads_more(facts: PageFacts, url: str) -> Turn | None:
    """How a list that goes on loads its next rows into the page, if a script shows it."""
    if not (asks_for_more(facts) or is_laid(facts)):
        return None
    return next((turn for turn in read_turns(facts.script, url) if turn.loads), None)
