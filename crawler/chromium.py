"""The browser itself: which one, how it is started, and what its pages may load."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request as PageRequest
from scrapy_playwright.provider import PlaywrightBrowserProvider

from crawler.egress import Egress
from crawler.scope import HostRules, host_of, organisation

PAGE_SECONDS = 30
BLOCKED_TYPES = frozenset({"image", "media", "font", "stylesheet", "websocket", "eventsource", "manifest", "texttrack"})
FLAGS = [
    # Chromium refuses to run as root in its sandbox; for everybody else the sandbox stays.
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
    "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-quic",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
    "--disable-domain-reliability", "--no-pings",
    # Otherwise loopback hosts would go past the proxy, and WebRTC past everything.
    "--proxy-bypass-list=<-loopback>", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
]  # fmt: skip


def find_browser() -> tuple[bool, str | None]:
    """Look for a Chromium: ``NIANBAO_CHROMIUM``, then the PATH, then the one that Playwright installs.

    Returns:
        whether there is one, and its path (None for Playwright's own).
    """
    if named := os.environ.get("NIANBAO_CHROMIUM"):
        return os.access(named, os.X_OK), named
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return True, path
    own = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return any(own.glob("chromium*/*/*")), None


class AbortRules:
    """Says which requests of a page are not made, and when the others are.

    Heavy kinds, foreign hosts and what robots.txt bars are not. The requests of pages wait for one another, with the
    pause between two that the host gets from us otherwise. The egress has the last say on hosts.
    """

    def __init__(self, rules: HostRules, pause: float) -> None:
        self._rules = rules
        self._pause = pause
        self._last: dict[str, float] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._current: dict[str, PageRequest] = {}

    def __deepcopy__(self, _memo: dict[int, object]) -> AbortRules:
        """Scrapy copies its settings; the clock must stay shared."""
        return self

    async def __call__(self, request: PageRequest) -> bool:
        """Return True if the request must not be made; wait until it may be."""
        if request.url.startswith(("data:", "blob:", "about:")):
            return False
        host = host_of(request.url)
        if request.resource_type in BLOCKED_TYPES or not self._rules.allows(host):
            return True
        if self._rules.robots is not None and not await self._rules.robots(request.url):
            return True
        group = organisation(host, self._rules.suffix)
        async with self._locks.setdefault(group, asyncio.Lock()):
            await self._finished(self._current.get(group))
            self._current[group] = request
            wait = self._last.get(group, 0.0) + self._pause - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            self._last[group] = time.monotonic()
        return False

    @staticmethod
    async def _finished(request: PageRequest | None) -> None:
        """Wait for the end of the request before, so that a host has one of ours at a time."""
        if request is not None:
            with suppress(PlaywrightError, TimeoutError):
                async with asyncio.timeout(PAGE_SECONDS):
                    if (response := await request.response()) is not None:
                        await response.finished()


class GuardedBrowserProvider(PlaywrightBrowserProvider):
    """Starts driver (270 MB), egress proxy and browser with the first page that needs them, not before."""

    async def start(self) -> None:
        """Do nothing yet."""

    async def launch_browser(self) -> Any:
        """Start driver and proxy, then the browser behind it."""
        if self.playwright is None:
            await super().start()
        options = self.config.launch_options
        self._egress: Egress = options.pop("nianbao_egress", None) or self._egress
        options["proxy"] = {"server": await self._egress.start()}
        return await super().launch_browser()

    async def close(self) -> None:
        """Stop everything that was started."""
        if self.playwright is not None:
            await super().close()
            await self._egress.close()


def browser_settings(path: str | None, proxy: str | None, rules: HostRules, pause: float) -> dict[str, Any]:
    """Scrapy settings for a browser.

    Args:
        path: where it is; None for Playwright's own.
        proxy: the operator's.
        rules: the hosts that may be reached.
        pause: seconds between two requests to one host.
    """
    launch: dict[str, Any] = {"args": FLAGS, "headless": True, "timeout": 30_000}
    launch["nianbao_egress"] = Egress(rules, proxy)
    if path:
        launch["executable_path"] = path
    return {
        "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "crawler.wire.BrowserHandler"),
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_BROWSER_PROVIDER": "crawler.chromium.GuardedBrowserProvider",
        "PLAYWRIGHT_LAUNCH_OPTIONS": launch,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 2,
        "PLAYWRIGHT_MAX_CONTEXTS": 1,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": PAGE_SECONDS * 1000,
        "PLAYWRIGHT_ABORT_REQUEST": AbortRules(rules, pause),
    }
