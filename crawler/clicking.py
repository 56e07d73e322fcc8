"""In the browser: menus that only a click opens, tabs, trees and tiles that have no address that could be read.

What a click brings is noted as links: where the page went, what its frame shows now, anchors that were not there
before. Lists that it loads are met among the page's exchanges like all others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from crawler.chromium import PAGE_SECONDS
from crawler.discovery import Kind, classify
from crawler.links import Link, read_page

if TYPE_CHECKING:
    from crawler.browser import BrowserLog

MAX_CLICKS = {"menu": 6, "column": 24}
SETTLE_SECONDS = 8
START_SECONDS = 1.0  # until a click has made the page ask for something
STEP = 0.1
_MENUS = (Kind.COLUMN, Kind.DISCLOSURE, Kind.OPENNESS)
_FOLDERS = (Kind.COLUMN, Kind.YEAR, Kind.GROUP, Kind.ORGAN)


async def click_menus(
    page: Page, log: BrowserLog, pause: float, in_column: bool, turn: Callable[[int], Awaitable[None]]
) -> None:
    """Click what is named like a way to the reports and has no address.

    Args:
        page: has settled.
        turn: shows all pages of the list that a click brought; gets the number of exchanges before the click.
        log: gets what the clicks lead to.
        pause: seconds between two clicks.
        in_column: the page is the report column, where years and organs are wanted.
    """
    start, n_clicks, choice = page.url, 0, _Choice(in_column)
    frames, anchors = {frame.url for frame in page.frames}, await _anchors(page)
    while n_clicks < MAX_CLICKS["column" if choice.in_column else "menu"]:
        with suppress(PlaywrightError):
            text = choice.next(await page.content(), page.url, await page.evaluate(_DEAD))
            if text is None:
                return
            before = log.started
            if not await page.evaluate(_CLICK, text):
                continue
            n_clicks += 1
            await settled(log, before, pause)
            if page.url != start:
                log.clicked.append((page.url, text, choice.in_column))
                if urldefrag(page.url)[0] != urldefrag(start)[0]:
                    before = log.started
                    await page.goto(start, timeout=PAGE_SECONDS * 1000)
                    await settled(log, before, pause)
                continue
            new = {frame.url for frame in page.frames} - frames
            log.clicked += [(url, text, choice.in_column) for url in new if url.startswith("http")]
            shown = await _anchors(page)
            log.passed += [pair for pair in shown if pair not in anchors]
            frames, anchors = frames | new, anchors | shown
            if choice.in_column:
                await turn(len(log.exchanges))
            continue
        return


@dataclass(slots=True)
class _Choice:
    """What to click next. ``listed`` says that the page showed reports by itself: then only classes of organs are
    clicked, and other years than those in ``years``, which were shown so far."""

    in_column: bool
    listed: bool | None = None
    done: set[str] = field(default_factory=set)
    years: set[int | None] = field(default_factory=set)

    def next(self, html: str, url: str, texts: list[Any]) -> str | None:
        """The most wanted text that has no address and was not clicked yet; None if there is none."""
        live = read_page(html, url).links
        dead = [Link("", text, "anchor", 9) for text in dict.fromkeys(str(t) for t in texts)]
        scored = [classify(link, self.in_column) for link in dead]
        self.years |= {s.year for s in (*scored, *(classify(link, self.in_column) for link in live))
                       if self.in_column and s.kind is Kind.REPORT}  # fmt: skip
        if self.listed is None:
            self.listed = bool(self.years)
        wanted = _MENUS if not self.in_column else (Kind.YEAR, Kind.GROUP) if self.listed else _FOLDERS
        known = self.done | {link.label for link in live}
        fits = [s for s in scored if s.kind in wanted and s.link.label not in known
                and not (self.listed and s.year and s.year in self.years)]  # fmt: skip
        if not fits:
            return None
        best = min(fits, key=lambda s: wanted.index(s.kind))
        self.done.add(best.link.label)
        self.in_column = self.in_column or best.kind is Kind.COLUMN
        return best.link.label


async def settled(log: BrowserLog, before: int, pause: float) -> None:
    """Wait until what a click began has ended, and for the pause between two requests.

    The browser's own "network idle" is of no use here: it is reached once, when the page has loaded.

    Args:
        log: of the page; it counts requests.
        before: how many requests there were before the click.
        pause: in seconds.
    """
    for _ in range(int(START_SECONDS / STEP)):
        await asyncio.sleep(STEP)
        if log.started != before:
            break
    quiet = 0
    for _ in range(int(SETTLE_SECONDS / STEP)):
        quiet = quiet + 1 if log.started <= log.ended else 0
        if quiet > 2:
            break
        await asyncio.sleep(STEP)
    await asyncio.sleep(pause)


async def _anchors(page: Page) -> set[tuple[str, str]]:
    with suppress(PlaywrightError):
        return {(str(href), str(text)) for href, text in await page.evaluate(ANCHORS)}
    return set()


# Addresses and texts of what a page shows; a link that only moves about on the page is none.
ANCHORS = """() => [...document.querySelectorAll('a[href]')].map((a) => [a.getAttribute('href'),
  a.getAttribute('title') || a.textContent.trim()]).filter(([h, t]) => t.length > 5 && !/^(#|javascript:)/i.test(h))
  .slice(0, 500)"""
# The innermost elements that bear a short text and are no links with an address.
_FIND = """(wanted) => {
  const squash = (text) => (text || '').normalize('NFKC').replace(/[\\s\\u200b]+/g, '');
  const skip = /^(SCRIPT|STYLE|SELECT|TEXTAREA|INPUT|IFRAME|TEMPLATE|NOSCRIPT|H1|H2|TITLE)$/;
  const out = [];
  for (const node of document.querySelectorAll('body *')) {
    if (skip.test(node.tagName)) continue;
    const text = squash(node.textContent) || squash(node.title);
    if (text.length < 2 || text.length > 24 || (wanted && text !== wanted)) continue;
    if ([...node.children].some((child) => squash(child.textContent) === text)) continue;
    const link = node.closest('a');
    const href = link ? link.getAttribute('href') || '' : '';
    if (href && !/^(#(?![/!])|javascript:)/i.test(href)) continue;
    if (/位置/.test((node.parentElement || node).textContent.slice(0, 20))) continue;
    out.push(wanted ? node : text);
    if (out.length > 1500) break;
  }
  return out;
}"""
_DEAD = f"() => ({_FIND})('')"
_CLICK = f"""(text) => {{
  const node = ({_FIND})(text)[0];
  if (!node) return false;
  if (node.tagName === 'OPTION') {{
    node.parentElement.value = node.value;
    node.parentElement.dispatchEvent(new Event('change', {{bubbles: true}}));
  }} else node.click();
  return true;
}}"""
