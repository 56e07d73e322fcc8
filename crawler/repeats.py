"""Scripts, shells and menus that the browser's pages load again and again: fetched once or twice, then given."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request, Response, Route

from crawler.feeds import read_feed
from crawler.recipes import lists_reports

if TYPE_CHECKING:
    from crawler.browser import BrowserLog

MAX_ONCE = 100  # pages kept until the browser opens them
MAX_ANSWERS = 500  # addresses of data whose answers are compared
MAX_STATIC = 32 * 1024 * 1024  # bytes of scripts and shells kept in memory
MAX_BODY = 8 * 1024 * 1024
DATA = frozenset({"xhr", "fetch"})


class StaticFiles:
    """Scripts, and shells of single-page applications, that a crawl's pages loaded: fetched once, then given from here.

    A page of an application is a route behind ``#``: its shell and scripts are the same for all, and the browser's own
    cache is off while requests are looked at.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[dict[str, str], bytes]] = {}
        self._once: dict[str, tuple[dict[str, str], bytes]] = {}
        self._answers: dict[str, str] = {}  # digests of data that was answered once
        self._size = 0

    def give(self, url: str, media_type: str, body: bytes) -> None:
        """Take in a shell that was answered for several addresses alike; see ``shell_of``."""
        self._kept.setdefault(shell_of(url), ({"content-type": media_type}, body))

    def give_once(self, url: str, headers: dict[str, str], body: bytes) -> None:
        """Take in a page that was just fetched, so that it need not be fetched again when it is opened.

        It is given once: a page that sets a cookie and loads itself anew gets the site's next answer.
        """
        if len(self._once) < MAX_ONCE and len(body) <= MAX_BODY // 8:
            self._once[url] = (headers, body)

    async def serve(self, route: Route, log: BrowserLog) -> None:
        """Answer a page's request if it was answered before, else let it go its way."""
        kept = self._known(route.request)
        if kept is None:
            await route.fallback()
            return
        log.repeated.add(route.request)
        await route.fulfill(status=200, headers=kept[0], body=kept[1])

    def _known(self, request: Request) -> tuple[dict[str, str], bytes] | None:
        url = request.url.partition("#")[0]
        if request.method != "GET" or request.resource_type not in ("script", "document", *DATA):
            return None
        if request.resource_type == "document" and (once := self._once.pop(url, None)):
            return once
        if kept := self._kept.get(url):
            return kept
        return self._kept.get(shell_of(url)) if request.resource_type == "document" else None

    async def keep(self, response: Response, is_route: bool) -> None:
        """Remember a script, or the shell of a route."""
        kind, url = response.request.resource_type, response.url.partition("#")[0]
        wanted = kind == "script" or (kind == "document" and is_route) or kind in DATA
        if not wanted or response.status != 200 or url in self._kept or self._size > MAX_STATIC:
            return
        if response.request.method != "GET":
            return
        with suppress(PlaywrightError):
            body, headers = await response.body(), await response.all_headers()
            if len(body) <= MAX_BODY and (kind not in DATA or self._is_constant(url, body)):
                self._size += len(body)
                own = {n: v for n, v in headers.items() if n in ("content-type", "set-cookie")}
                self._kept[url] = (own, body)


    def _is_constant(self, url: str, body: bytes) -> bool:
        """True if an address answered the same data once more: menus and settings, but no tokens and no reports."""
        digest = hashlib.sha256(body).hexdigest()
        known, text = self._answers.get(url), body.decode("utf-8", "replace")
        if known is None and len(self._answers) < MAX_ANSWERS and not lists_reports(read_feed(text, url)):
            self._answers[url] = digest
        return known == digest


STATIC = StaticFiles()


def shell_of(url: str) -> str:
    """What addresses that may share a shell have in common: the part before the query, or the folder."""
    before, mark, _ = url.partition("#")[0].partition("?")
    return before + mark if mark else before.rsplit("/", 1)[0] + "/*"
