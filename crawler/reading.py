"""From an answer to the facts of a page: mark-up, list data, or what a browser's page had loaded. No network."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scrapy.http import Response, TextResponse

from crawler.browser import BrowserLog
from crawler.feeds import Feed, Row, read_feed
from crawler.links import Link, PageFacts, read_page
from crawler.walk import PageKind

MAX_HTML = 4_000_000  # characters of one page that are looked at for links


@dataclass(frozen=True, slots=True)
class Seen:
    """What an answer shows: the facts, the text they were read from, and the feed if it was list data."""

    facts: PageFacts
    html: str
    feed: Feed | None = None


def read_answer(response: Response, kind: PageKind, log: BrowserLog | None = None) -> Seen | None:
    """Read an answer, or None if it is nothing that could lead on (a file, a picture, foreign data).

    Args:
        response: as Scrapy gives it.
        kind: what the page was taken for.
        log: what a browser's page loaded; lists among it count as the page's own.
    """
    if kind in (PageKind.FILE, PageKind.PICTURE, PageKind.PROBE) or not isinstance(response, TextResponse):
        return None
    html = response.text[:MAX_HTML]
    if kind is PageKind.FEED or _is_data(response, html):
        feed = read_feed(html, response.url)
        if feed is not None:
            return Seen(feed.as_page(), html, feed)
        if _is_data(response, html):
            return None
    facts = read_page(html, response.url)
    if log is not None:
        facts = replace(facts, links=(*facts.links, *_loaded(log, response.url, len(facts.links))))
    return Seen(facts, html)


def _is_data(response: TextResponse, html: str) -> bool:
    content_type = (response.headers.get("Content-Type") or b"").lower()
    return b"json" in content_type or (b"xml" in content_type and b"html" not in content_type) or html[:1] in ("{", "[")


def _loaded(log: BrowserLog, page_url: str, rank: int) -> list[Link]:
    """Links of the lists that a page loaded; rows without an address take the form that one of them was seen at."""
    out: list[Link] = []
    for item in log.exchanges:
        if item.resource_type == "document" or item.status != 200:
            continue
        feed = read_feed(item.body.decode("utf-8", "replace"), page_url)
        if feed is None or feed.n_rows < 2:
            continue
        out += [replace(link, rank=rank + len(out) + k) for k, link in enumerate(feed.links)]
        out += [
            Link(url, row.title, "data", rank + len(out) + k, dated=True)
            for k, row in enumerate(feed.rows)
            if (url := log.address_of(row))
        ]
    return out


__all__ = ["MAX_HTML", "Row", "Seen", "read_answer"]
