"""Pages in the browser, the last resort: how they are let settle, and what is kept of them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Response
from playwright.async_api import Request as PageRequest
from scrapy_playwright.page import PageMethod

from archive.warcwrite import Exchange
from archive.workdb import utc_now
from crawler.canon import is_route
from crawler.chromium import PAGE_SECONDS
from crawler.clicking import ANCHORS, click_menus, settled
from crawler.feeds import Feed, Row, read_feed
from crawler.links import read_page
from crawler.recipes import learn_template, list_call
from crawler.repeats import DATA, MAX_BODY, STATIC
from crawler.settings import USER_AGENT

SETTLE_SECONDS = 8
MAX_EXCHANGES = 60
MAX_SCROLLS = 25
MAX_TURNS = 40
PICTURE_HEIGHT = 6000  # pixels of a screenshot
KEPT_TYPES = frozenset({"document", *DATA})


@dataclass(frozen=True, slots=True)
class BrowserExchange:
    """One answer that a page loaded, as the browser reports it (body decoded)."""

    url: str
    resource_type: str
    method: str
    status: int
    status_text: str
    request_headers: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    body: bytes
    sent: bytes = b""

    @property
    def media_type(self) -> str:
        """Media type without parameters."""
        found = [value for name, value in self.headers if name.lower() == "content-type"]
        return found[0].split(";")[0].strip().lower() if found else ""

    @property
    def text(self) -> str:
        """The body as text."""
        return _decoded(self.body)

    def exchange(self) -> Exchange:
        """As WARC blocks. Headers that speak of the coded body are renamed, since the body is decoded."""
        target = urlsplit(self.url)._replace(scheme="", netloc="", fragment="").geturl() or "/"
        asked = [f"{self.method} {target} HTTP/1.1", f"Host: {urlsplit(self.url).netloc}"]
        asked += [f"{n}: {v}" for n, v in self.request_headers if not n.startswith(":") and n.lower() != "host"]
        told = [f"HTTP/1.1 {self.status} {self.status_text}".rstrip()]
        for name, value in self.headers:
            coded = name.lower() in ("content-encoding", "transfer-encoding", "content-length")
            told += [f"{'X-Orig-' if coded else ''}{name}: {line}" for line in value.split("\n")]
        told.append(f"Content-Length: {len(self.body)}")
        return Exchange(self.url, _head(asked), _head(told), self.body, utc_now(), request_body=self.sent)


def _decoded(body: bytes) -> str:
    return body.decode("utf-8", "replace")


def _head(lines: list[str]) -> bytes:
    return ("\r\n".join(line.replace("\r", " ").replace("\n", " ") for line in lines) + "\r\n\r\n").encode()


@dataclass(slots=True)
class BrowserLog:
    """What one page loaded. ``seen`` fills while it loads, ``exchanges`` when it has settled.

    ``cookies`` are the page's own, as a request would send them; ``template`` is the address that a row of its list
    was seen to lead to, with the row's number in it; ``passed`` are links (address and text) of the list's earlier
    pages, where a click turns them; ``clicked`` are addresses that a click on a text led to, with the text and whether
    that was in the report column.
    """

    seen: list[Response] = field(default_factory=list)
    all: list[Response] = field(default_factory=list)
    exchanges: list[BrowserExchange] = field(default_factory=list)
    cookies: str = ""
    template: tuple[str, str] | None = None
    passed: list[tuple[str, str]] = field(default_factory=list)
    clicked: list[tuple[str, str, bool]] = field(default_factory=list)
    picture: bytes = b""  # a JPEG of what was shown; empty if it could not be taken
    repeated: set[PageRequest] = field(default_factory=set)  # answered from memory, not by the site
    started: int = 0  # requests
    ended: int = 0
    _read: int = 0

    def count(self, started: int = 0, ended: int = 0) -> None:
        """Count requests as they begin and end."""
        self.started += started
        self.ended += ended

    def note(self, response: Response) -> None:
        """Keep an answer for later, if it is of a kind worth storing."""
        if len(self.all) < MAX_EXCHANGES:
            self.all.append(response)
        fresh = response.request not in self.repeated
        if fresh and response.request.resource_type in KEPT_TYPES and len(self.seen) < MAX_EXCHANGES:
            self.seen.append(response)

    @property
    def status(self) -> int | None:
        """Status of the page itself, after whatever its scripts reloaded."""
        pages = [r for r in self.seen if r.request.resource_type == "document" and r.frame.parent_frame is None]
        return pages[-1].status if pages else None

    async def collect(self) -> None:
        """Read the bodies while the page is still open; what was read before is not read again."""
        for response in self.seen[self._read :]:
            self._read += 1
            try:
                async with asyncio.timeout(SETTLE_SECONDS):
                    body = b"" if 300 <= response.status < 400 else await response.body()
                    headers = await response.headers_array()
                    asked = await response.request.all_headers()
            except (PlaywrightError, TimeoutError):
                continue
            if len(body) <= MAX_BODY:
                self.exchanges.append(
                    BrowserExchange(
                        response.url, response.request.resource_type, response.request.method, response.status,
                        response.status_text, tuple(asked.items()), tuple((h["name"], h["value"]) for h in headers),
                        body, (response.request.post_data_buffer or b""),
                    )
                )  # fmt: skip

    def lists(self) -> list[BrowserExchange]:
        """What the page's scripts loaded: where lists are to be looked for."""
        return [e for e in self.exchanges if e.resource_type != "document" and e.status == 200]

    def feeds(self, start: int = 0) -> list[tuple[BrowserExchange, Feed]]:
        """The lists among what was loaded, from an exchange on."""
        late = self.exchanges[start:]
        found = [(e, read_feed(e.text, e.url)) for e in self.lists() if not start or e in late]
        return [(e, feed) for e, feed in found if feed is not None]

    def rows(self) -> list[Row]:
        """Rows of loaded lists that have no address of their own."""
        return [row for _, feed in self.feeds() if feed.n_rows > 1 and not feed.links for row in feed.rows]

    def turns(self, start: int = 0) -> bool:
        """True if the list's further pages can be asked for without the browser."""
        return any(
            list_call(e.url, e.method, e.sent.decode("utf-8", "replace"), e.request_headers, feed)
            for e, feed in self.feeds(start)
        )


def request_meta(scroll: bool, pause: float, by_hand: bool = False, menu: bool | None = None) -> dict[str, Any]:
    """What a Scrapy request's ``meta`` needs to go through the browser and be kept whole.

    Args:
        scroll: the page is a list: go to its end, and learn where its rows lead to.
        by_hand: go to the list's end by scrolling and clicking, even if its calls could be repeated.
        menu: the page may hold menus that only a click opens: True for one that is (part of) the column, else False.
        pause: seconds to wait before the page is given back, so that the host has its rest.
    """
    log = BrowserLog()

    async def listen(page: Page, _request: Any) -> None:
        await page.add_init_script("window.open = function (u) { if (u) location.href = u; return window; };")
        page.on("response", lambda response: log.note(response))
        page.on("request", lambda _: log.count(started=1))
        page.on("requestfinished", lambda _: log.count(ended=1))
        page.on("requestfailed", lambda _: log.count(ended=1))
        await page.route("**/*", lambda route: STATIC.serve(route, log))

    async def settle(page: Page) -> None:
        await _rest(page, log, pause)
        await log.collect()
        if menu is not None:
            await click_menus(page, log, pause, menu, lambda before: _turn_on(page, log, pause, before))
            await log.collect()
        if scroll and (by_hand or not log.turns()):
            await _to_the_end(page, log, pause)
            await _turn_pages(page, log, pause)
            await log.collect()
        log.picture = await _picture(page)
        for response in log.all:
            await STATIC.keep(response, is_route(urlsplit(page.url).fragment))
        if (scroll or menu is not None) and (rows := log.rows()):
            await _learn_addresses(page, log, rows)
        with suppress(PlaywrightError):
            cookies = await page.context.cookies(page.url)
            log.cookies = "; ".join(f"{c.get('name')}={c.get('value')}" for c in cookies)[:4000]
        await asyncio.sleep(min(pause, 30))

    return {
        "playwright": True,
        "playwright_context": "nianbao",
        "playwright_context_kwargs": {
            "ignore_https_errors": True, "service_workers": "block", "accept_downloads": False,
            "user_agent": USER_AGENT, "locale": "zh-CN",
        },
        "playwright_page_init_callback": listen,
        "playwright_page_methods": [PageMethod(settle)],
        "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded", "timeout": PAGE_SECONDS * 1000},
        "browser_log": log,
    }  # fmt: skip


async def _picture(page: Page) -> bytes:
    """What the page shows, down to a sensible depth; empty if the browser cannot take it."""
    with suppress(PlaywrightError):
        wide, tall = await page.evaluate("[innerWidth, Math.max(innerHeight, document.documentElement.scrollHeight)]")
        return await page.screenshot(
            type="jpeg", quality=60, full_page=True, timeout=SETTLE_SECONDS * 1000,
            clip={"x": 0, "y": 0, "width": wide, "height": min(tall, PICTURE_HEIGHT)},
        )  # fmt: skip
    return b""


async def _rest(page: Page, log: BrowserLog, pause: float) -> None:
    """Wait until the page rests; a page that sets a cookie and loads itself again is waited for."""
    for _ in range(6):
        with suppress(PlaywrightError):  # a page that never rests is taken as it is
            await page.wait_for_load_state("networkidle", timeout=SETTLE_SECONDS * 1000)
        with suppress(PlaywrightError):
            text = await page.evaluate("document.body ? document.body.innerText.trim().length : 0")
            if (log.status or 200) < 400 and text > 20:
                return
        await asyncio.sleep(0.4 + pause / 3)


async def _to_the_end(page: Page, log: BrowserLog, pause: float) -> None:
    """Scroll until a list that grows on scrolling grows no more, or ask its "more" button.

    The page's calls are held back for the pause between two requests, so that an answer takes at least that long.
    """
    with suppress(PlaywrightError):
        before = -1
        for _ in range(MAX_SCROLLS):
            count = await page.evaluate("document.getElementsByTagName('*').length")
            if count == before:
                break
            before, asked = count, log.started
            await page.evaluate(_SCROLL)
            await settled(log, asked, 1.3 * pause)


async def _turn_on(page: Page, log: BrowserLog, pause: float, before: int) -> None:
    """Show all pages of a list that a click brought, unless its further pages can be asked for by its call."""
    await log.collect()
    if not log.turns(before):
        await _turn_pages(page, log, pause)
        with suppress(PlaywrightError):
            log.passed += [(str(href), str(text)) for href, text in await page.evaluate(ANCHORS)]


async def _turn_pages(page: Page, log: BrowserLog, pause: float) -> None:
    """Click "next page" where a script turns the pages, until nothing new is shown; keep the links of each page."""
    known: set[str] = set()
    for _ in range(MAX_TURNS):
        with suppress(PlaywrightError):
            shown = [(str(href), str(text)) for href, text in await page.evaluate(ANCHORS)]
            fresh = [(href, text) for href, text in shown if href not in known]
            before = log.started
            if not fresh or not await page.evaluate(_NEXT):
                return
            known.update(href for href, _ in fresh)
            log.passed += fresh
            await settled(log, before, pause)
            continue
        return


_SCROLL = """() => {
  window.scrollTo(0, 0); window.scrollTo(0, document.body.scrollHeight); window.dispatchEvent(new Event('scroll'));
  const fits = (node) => /^(加载更多|点击加载更多|查看更多|更多年报)$/.test(node.textContent.trim());
  for (const node of document.querySelectorAll('a, button, div, span, li')) {
    if (fits(node) && !node.getAttribute('href') && ![...node.children].some(fits)) { node.click(); break; }
  }
}"""
_NEXT = """() => {
  const fits = (node) => /^(下一页|下页|后一页|下翻|[>›»]{1,2})[>›»]*$/.test(
    (node.textContent || node.value || '').replace(/\\s+/g, ''));
  for (const node of document.querySelectorAll('a, button, span, li, div, td, input[type=button]')) {
    if (!fits(node) || [...node.children].some(fits)) continue;
    const around = node.className + ' ' + (node.parentElement ? node.parentElement.className : '');
    if (node.disabled || /disabled|lose|forbid/i.test(around)) return false;
    if (!/^(#.*|javascript:.*|)$/i.test(node.getAttribute('href') || '')) return false;
    node.click();
    return true;
  }
  return false;
}"""
_CLICK = """(title) => {
  const squash = (text) => text.replace(/\\s+/g, '');
  let best = null;
  for (const node of document.querySelectorAll('body *')) {
    if (squash(node.textContent).includes(squash(title))) best = node;
  }
  if (!best) return false;
  best.click();
  return true;
}"""


async def _learn_addresses(page: Page, log: BrowserLog, rows: list[Row]) -> None:
    """Click one row of a list whose rows have no addresses, and note the address that it leads to."""
    start, tried = page.url, 0
    with suppress(PlaywrightError):
        shown = read_page(await page.content(), start).links
        if learn_template(shown, rows):
            return  # the page's own links tell it
    for row in rows:
        if tried == 2:
            return
        with suppress(PlaywrightError):
            before = log.started
            if not await page.evaluate(_CLICK, row.title):
                continue  # a list that is no longer shown
            tried += 1
            await settled(log, before, 0)
            reached = page.url
            led = next((url for url in (reached, *(f.url for f in page.frames)) if row.number in url), start)
            if led != start:
                log.template = (led, row.number)
            if reached != start:
                before = log.started
                await page.goto(start, timeout=PAGE_SECONDS * 1000)
                await settled(log, before, 0)
        if log.template:
            return
