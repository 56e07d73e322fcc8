"""Lists that come as data: JSON, XML records or fragments of mark-up, read as the links of a page. Pure.

The names of fields differ from product to product; what a row is, is told by its shape: an object with a title and
an address or a number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from crawler.links import Link, PageFacts, read_page, resolve
from crawler.scripts import read_scripts
from crawler.texts import squash
from parsers.titles import judge_title

MAX_DEPTH = 12
MAX_ROWS = 2000
_TITLES = (
    "title",
    "infotitle",
    "doctitle",
    "name",
    "showname",
    "subject",
    "articletitle",
    "headline",
    "bt",
    "biaoti",
    "topic",
)
_URLS = ("url", "post_url", "link", "linkurl", "href", "staticurl", "docpuburl", "chnldocurl", "puburl", "path",
         "htmlurl", "detailurl", "infourl", "articleurl", "pageurl", "jumpurl")  # fmt: skip
_IDS = ("id", "manuscriptid", "articleid", "contentid", "infoid", "docid", "newsid", "guid", "uuid", "iid")
_DATES = ("publishedtimestr", "publishtime", "publishedtime", "pubdate", "created_at", "create_time", "date",
          "releasetime", "display_publish_time", "createtime", "docreltime", "time", "fbrq")  # fmt: skip
_TOTALS = ("total", "totalcount", "totalrecord", "totalrecords", "totalelements", "recordcount", "count")


_NUMBER = re.compile(r"(?!(?:19|20)\d\d[-/.年]?)(?=[\w-]*\d)[A-Za-z\d][\w-]{3,63}", re.ASCII)
_PAGE = re.compile(r"(?:https?://|/)[^\s<>\"']{1,400}\.(?:s?html?|jspx?|aspx?|php)(?:\?[^\s<>\"']*)?", re.IGNORECASE)
_DAY = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}")


@dataclass(frozen=True, slots=True)
class Row:
    """A row without an address of its own: its title and the number that its page is asked for by."""

    title: str
    number: str


@dataclass(frozen=True, slots=True)
class Feed:
    """What a list call answered: links, rows without addresses, how many rows there are in all (None if not told).

    ``numbered`` are all rows that have a number, also those with an address of their own: what a product writes into
    its data is at times not the address that its pages link to.
    """

    links: tuple[Link, ...] = ()
    rows: tuple[Row, ...] = ()
    total: int | None = None
    n_rows: int = 0
    markup: str = ""
    numbered: tuple[Row, ...] = ()

    def as_page(self) -> PageFacts:
        """The feed as the facts of a page."""
        return PageFacts(self.links, text=self.markup)


def read_feed(text: str, url: str) -> Feed | None:
    """Read the answer of a list call.

    Args:
        text: decoded answer.
        url: its address, against which rows' addresses are resolved.

    Returns:
        the feed, with no links if it lists nothing; None if the text is no data that could list something.
    """
    start = text.lstrip("\ufeff \t\r\n(")[:1]
    if start in ("{", "[", '"') or re.match(r"\s*[\w.$]{1,60}\(\s*[\[{]", text):
        return _read_json(text, url)
    if "<datastore" in text or "<record" in text:
        return _read_records(text, url)
    if start == "<" and "<html" not in text[:2000].lower():
        page = read_page(text, url)
        return Feed(page.links, n_rows=len(page.links), markup=page.text)
    return None


def _read_records(text: str, url: str) -> Feed:
    total = re.search(r"<totalrecord>\s*(\d+)", text)
    records = re.findall(r"<record>(.*?)</record>", text, re.DOTALL)[:MAX_ROWS]
    markup = re.sub(r"<!\[CDATA\[|\]\]>", "", "\n".join(records))
    page = read_page(markup, url)
    return Feed(page.links, total=int(total[1]) if total else None, n_rows=len(records), markup=page.text)


def _read_json(text: str, url: str) -> Feed | None:
    data = _loads(text)
    if isinstance(data, str):  # JSON within JSON
        data = _loads(data)
    if not isinstance(data, dict | list):
        return _read_loose(text, url)
    links: list[Link] = []
    rows: list[Row] = []
    numbered: list[Row] = []
    markup: list[str] = []
    total: int | None = None
    for node in _walk(data, 0):
        if isinstance(node, str):
            markup.append(node)
            continue
        total = total if total is not None else _number(node, _TOTALS)
        if (title := _pick(node, _TITLES) or _title_by_looks(node)) is None:
            continue
        title = squash(re.sub(r"<[^>]*>", "", title))
        address, number = _address(node), _pick(node, _IDS) or _number_by_looks(node)
        target = resolve(url, address) if address and not address.startswith("{") else None
        if target:
            links.append(Link(target, title, "data", len(links), dated=_is_dated(node)))
        elif number:
            rows.append(Row(title, number))
        if number:
            numbered.append(Row(title, number))
    n_rows = len(links) + len(rows)
    for part in markup:
        page = read_page(part, url)
        links += [replace(link, rank=len(links) + k) for k, link in enumerate(page.links)]
        n_rows += len(page.links)
        counted = re.search(r"""\bcount=['"]?(\d+)""", part)
        total = total if total is not None or counted is None else int(counted[1])
    return Feed(tuple(links[:MAX_ROWS]), tuple(rows[:MAX_ROWS]), total, n_rows, numbered=tuple(numbered[:MAX_ROWS]))


def _read_loose(text: str, url: str) -> Feed | None:
    """What only looks like JSON (names without quotes, single quotes): its flat objects with a name and an address."""
    pairs = read_scripts([text]).named
    found = [(target, squash(re.sub(r"<[^>]*>", "", name))) for name, href in pairs if (target := resolve(url, href))]
    links = tuple(Link(target, name, "data", rank, dated=True) for rank, (target, name) in enumerate(found))
    return Feed(links[:MAX_ROWS], n_rows=len(links)) if links else None


def _loads(text: str) -> Any:
    body = text.strip("\ufeff \t\r\n;")
    if found := re.fullmatch(r"[\w.$]*\((.*)\)", body, re.DOTALL):  # a call around the data
        body = found[1]
    try:
        return json.loads(body, strict=False)
    except (ValueError, RecursionError):
        return None


def _walk(node: Any, depth: int) -> Iterator[dict[str, Any] | str]:
    """Every object, and every string that holds a list's mark-up."""
    if depth > MAX_DEPTH:
        return
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _walk(value, depth + 1)
    elif isinstance(node, list):
        for value in node[:MAX_ROWS]:
            yield from _walk(value, depth + 1)
    elif isinstance(node, str) and "<a " in node and ("<li" in node or "<tr" in node or "<dl" in node):
        yield node
    elif isinstance(node, str) and node[:1] in "{[" and '"url' in node:
        inner = _loads(node)
        if isinstance(inner, dict | list):
            yield from _walk(inner, depth + 1)


def _pick(node: dict[str, Any], names: tuple[str, ...]) -> str | None:
    lowered = {key.lower(): value for key, value in node.items()}
    for name in names:
        value = lowered.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool) and names is not _TITLES and names is not _URLS:
            return str(value)
    return None


def _title_by_looks(node: dict[str, Any]) -> str | None:
    """The text of an object that is a report's title, whatever its field is called."""
    texts = (v for v in node.values() if isinstance(v, str) and 6 <= len(v) <= 200 and "公开" in v)
    return next((text for text in texts if judge_title(text).kind in ("report", "decoy")), None)


def _number_by_looks(node: dict[str, Any]) -> str | None:
    """What may be an object's number where no field is called so: a word of letters and digits, no date and no text."""
    values = [str(v) for v in node.values() if isinstance(v, str | int) and not isinstance(v, bool)]
    return max((v for v in values if _NUMBER.fullmatch(v)), key=len, default=None)


def _is_dated(node: dict[str, Any]) -> bool:
    return _pick(node, _DATES) is not None or any(isinstance(v, str) and _DAY.match(v) for v in node.values())


def _address(node: dict[str, Any]) -> str | None:
    """A row's address; some keep one for each kind of device, as an object or as JSON in a text."""
    inner = node.get("urls")
    inner = _loads(inner) if isinstance(inner, str) and inner[:1] == "{" else inner
    if isinstance(inner, dict):
        return _pick(inner, ("pc", "common", *_URLS))
    if named := _pick(node, _URLS):
        return named
    texts = (v for v in node.values() if isinstance(v, str) and _PAGE.fullmatch(v))
    return next(texts, None)


def _number(node: dict[str, Any], names: tuple[str, ...]) -> int | None:
    value = _pick(node, names)
    return int(value) if value and value.isdigit() else None
