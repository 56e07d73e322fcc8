"""From an answer to the facts of a page: mark-up, list data, or what a browser's page had loaded. No network."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scrapy.http import Response, TextResponse

from crawler.browser import BrowserLog
from crawler.feeds import Feed, Row, read_feed
from crawler.links import Link, PageFacts, read_page, resolve
from crawler.platforms import Call
from crawler.recipes import learn_template, list_call, rows_as_links, same_list
from crawler.texts import squash
from crawler.walk import PageKind

MAX_LISTS = 24  # lists of one page whose further pages are asked for
MAX_HTML = 4_000_000  # characters of one page that are looked at for links


@dataclass(frozen=True, slots=True)
class Seen:
    """What an answer shows: the facts, the text they were read from, and the feed if it was list data.

    ``calls`` are those that were seen to fill a page's lists, each with the number of rows that its answer spoke of.
    """

    facts: PageFacts
    html: str
    feed: Feed | None = None
    calls: tuple[tuple[Call, int | None], ...] = ()


def read_answer(
    response: Response, kind: PageKind, log: BrowserLog | None = None, template: tuple[str, str] | None = None
) -> Seen | None:
    """Read an answer, or None if it is nothing that could lead on (a file, a picture, foreign data).

    Args:
        response: as Scrapy gives it.
        kind: what the page was taken for.
        log: what a browser's page loaded; lists among it count as the page's own.
        template: for list data, the address that a row was seen to lead to (see ``crawler.recipes``).
    """
    if kind in (PageKind.FILE, PageKind.PICTURE, PageKind.PROBE) or not isinstance(response, TextResponse):
        return None
    html = response.text[:MAX_HTML]
    if kind is PageKind.FEED or _is_data(response, html):
        feed = read_feed(html, response.url)
        if feed is not None:
            if template and feed.numbered:
                feed = replace(feed, links=tuple(rows_as_links(feed.numbered, template)))
            return Seen(feed.as_page(), html, feed)
        if _is_data(response, html):
            return None
    facts = read_page(html, response.url)
    if log is None:
        return Seen(facts, html)
    links, calls = _loaded(log, response.url, facts)
    return Seen(replace(facts, links=links), html, calls=calls)


def _is_data(response: TextResponse, html: str) -> bool:
    content_type = (response.headers.get("Content-Type") or b"").lower()
    return b"json" in content_type or (b"xml" in content_type and b"html" not in content_type) or html[:1] in ("{", "[")


def _loaded(
    log: BrowserLog, page_url: str, facts: PageFacts
) -> tuple[tuple[Link, ...], tuple[tuple[Call, int | None], ...]]:
    """The page's links with those of the lists that it loaded; the calls that filled its lists of reports.

    A row takes the address that the page itself links to; rows without an address take the form that one of them was
    seen at.
    """
    links = [*facts.links, *(Link(resolved, squash(text), "anchor", 0, dated=True)
             for href, text in log.passed if (resolved := resolve(page_url, href)))]  # fmt: skip
    links += [Link(resolved, squash(text), "script", len(links), inside=column)
              for href, text, column in log.clicked if (resolved := resolve(page_url, href))]  # fmt: skip
    shown = {link.label for link in links}
    cut = tuple(label.rstrip(".…") for label in shown if len(label) > 8 and label.endswith(("...", "…")))
    calls: dict[str, tuple[Call, int | None]] = {}
    feeds = [(item, feed) for item in log.lists() if (feed := read_feed(item.text, page_url)) and feed.n_rows]
    # One of several lists may be shown no longer; its rows lead to where those of the others do.
    learnt = next((made for _, feed in feeds if (made := learn_template(links, feed.numbered))), None)
    for item, feed in feeds:
        template = log.template or learn_template(links, feed.numbered) or learnt
        rows = rows_as_links(feed.numbered, template) if template else feed.links
        found = [link for link in rows if link.label not in shown and not link.label.startswith(cut)]
        links += [replace(link, rank=len(links) + k) for k, link in enumerate(found)] if feed.n_rows > 1 else []
        made = list_call(item.url, item.method, item.sent.decode("utf-8", "replace"), item.request_headers, feed)
        if made is not None:
            made = replace(made, template=template)
            known = calls.get(same_list(made))
            if known is None or made.page < known[0].page:
                calls[same_list(made)] = (made, feed.total)
    return tuple(links), tuple(calls.values())[:MAX_LISTS]


__all__ = ["MAX_HTML", "Row", "Seen", "read_answer"]
