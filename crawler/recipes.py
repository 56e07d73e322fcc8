"""List calls that a site's own scripts were seen to make in the browser, to be made again over plain HTTP. Pure.

A page that only scripts fill is opened in the browser once; what it asked for to fill its list is noted with the
place where the page number stands. The further pages, and the same list in the next season, then need no browser
for as long as the call works.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from crawler.feeds import Feed, Row
from crawler.links import Link
from crawler.platforms.base import IN_BODY, Call, next_call
from crawler.texts import squash
from parsers.titles import judge_title

MAX_BODY = 4000  # characters of a posted body that is worth repeating
_PAGE = r"(?:page|pageno|pagenum|pageindex|pagenumber|currentpage|curpage|current|cpage|pn|p)"
_PAGE_NAME = re.compile(_PAGE, re.IGNORECASE)
_JSON_PAGE = re.compile(rf'"({_PAGE})"\s*:\s*"?(\d{{1,4}})\b', re.IGNORECASE)
# Headers that every browser sends by itself, and those that are good for one visitor only. What else a page's own
# script adds to a call (siteCode, tenant) is kept.
_OF_THE_BROWSER = re.compile(
    r"^(?:host|connection|keep-alive|user-agent|referer|origin|cookie|content-length|cache-control|pragma|priority|dnt|te"
    r"|upgrade.*|accept-.+|if-.+|sec-.+|proxy-.+|:.+|.*(?:auth|token|secret|session|sign|nonce).*)$",
    re.IGNORECASE,
)
MAX_HEADERS = 12


def list_call(url: str, method: str, body: str, headers: Iterable[tuple[str, str]], feed: Feed | None) -> Call | None:
    """The call as it can be made again, if its answer lists reports and it says which page it asks for.

    Args:
        url, method, body, headers: of the request, as the browser made it.
        feed: what it was answered, as ``feeds.read_feed`` gives it.
    """
    if feed is None or feed.n_rows < 1 or len(body) > MAX_BODY or method not in ("GET", "POST"):
        return None
    if not lists_reports(feed):
        return None
    turn, page = _turn(url, body)
    if not turn:
        return None
    kept = tuple((n, v) for n, v in headers if not _OF_THE_BROWSER.match(n) and len(v) < 500)
    return Call(url, method, body, turn, size=feed.n_rows, page=page, headers=kept[:MAX_HEADERS])


def lists_reports(feed: Feed | None) -> bool:
    """True if list data names reports."""
    titles = [link.label for link in feed.links] + [row.title for row in feed.rows] if feed else []
    return any(judge_title(title).kind == "report" for title in titles)


def _turn(url: str, body: str) -> tuple[str, int]:
    """Where the page number stands (as ``platforms.base.next_call`` wants it) and which it is; empty if nowhere."""
    for name, value in parse_qsl(urlsplit(url).query):
        if _PAGE_NAME.fullmatch(name) and value.isdigit():
            return name, int(value)
        if value[:1] == "{" and (inner := _JSON_PAGE.search(value)):
            return f"{name}:{inner[1]}", int(inner[2])
    if body[:1] in ("{", "["):
        found = _JSON_PAGE.search(body)
        return (IN_BODY + found[1], int(found[2])) if found else ("", 1)
    for name, value in parse_qsl(body):
        if _PAGE_NAME.fullmatch(name) and value.isdigit():
            return IN_BODY + name, int(value)
    return "", 1


def same_list(call: Call) -> str:
    """What the calls for all pages of one list have in common."""
    first = next_call(replace(call, page=0), 1, None)
    return f"{first.url} {first.body}" if first else call.url


def learn_template(links: Iterable[Link], rows: Iterable[Row]) -> tuple[str, str] | None:
    """The address that a row of list data leads to on the page, with the row's number in it; None if none is seen."""
    by_title = {squash(row.title): row.number for row in rows if len(row.number) > 2}
    for link in links:
        number = by_title.get(link.label)
        if number and number in link.url:
            return link.url, number
    return None


def rows_as_links(rows: Iterable[Row], template: tuple[str, str], rank: int = 0) -> list[Link]:
    """The rows of list data as links, in the form that one of them was seen at."""
    url, number = template
    return [
        Link(url.replace(number, quote(row.number, safe="")), row.title, "data", rank + k, dated=True)
        for k, row in enumerate(rows)
    ]


def as_recipe(call: Call) -> dict[str, Any]:
    """The call for the ledger."""
    return {"url": call.url, "call": call.as_meta()}


def from_recipe(given: object) -> Call | None:
    """What ``as_recipe`` noted; None if it is not whole."""
    if not isinstance(given, dict) or not isinstance(given.get("call"), dict):
        return None
    return Call.from_meta(str(given["url"]), given["call"])
