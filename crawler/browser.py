"""The browser, the last resort: which one, how it is started, what it may load, and what is kept of it."""

from __future__ import annotations

import asyncio
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Response
from playwright.async_api import Request as PageRequest
from scrapy_playwright.page import PageMethod
from scrapy_playwright.provider import PlaywrightBrowserProvider

from archive.warcwrite import Exchange
from archive.workdb import utc_now
from crawler.egress import Egress
from crawler.scope import HostRules, host_of

PAGE_SECONDS = 30
SETTLE_SECONDS = 8
MAX_EXCHANGES = 40
MAX_BODY = 8 * 1024 * 1024
KEPT_TYPES = frozenset({"document", "xhr", "fetch"})
BLOCKED_TYPES = frozenset({"image", "media", "font", "stylesheet", "websocket", "eventsource", "manifest", "texttrack"})
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-quic",
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

    @property
    def media_type(self) -> str:
        """Media type without parameters."""
        found = [value for name, value in self.headers if name.lower() == "content-type"]
        return found[0].split(";")[0].strip().lower() if found else ""

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
        return Exchange(self.url, _head(asked), _head(told), self.body, utc_now())


def _head(lines: list[str]) -> bytes:
    return ("\r\n".join(line.replace("\r", " ").replace("\n", " ") for line in lines) + "\r\n\r\n").encode()


@dataclass(slots=True)
class BrowserLog:
    """What one page loaded. ``seen`` fills while it loads, ``exchanges`` when it has settled."""

    seen: list[Response] = field(default_factory=list)
    exchanges: list[BrowserExchange] = field(default_factory=list)

    def note(self, response: Response) -> None:
        """Keep an answer for later, if it is of a kind worth storing."""
        if response.request.resource_type in KEPT_TYPES and len(self.seen) < MAX_EXCHANGES:
            self.seen.append(response)

    async def collect(self) -> None:
        """Read the bodies while the page is still open."""
        for response in self.seen:
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
                        body,
                    )
                )  # fmt: skip


def request_meta() -> dict[str, Any]:
    """What a Scrapy request's ``meta`` needs to go through the browser and be kept whole."""
    log = BrowserLog()

    async def listen(page: Page, _request: Any) -> None:
        page.on("response", lambda response: log.note(response))

    async def settle(page: Page) -> None:
        with suppress(PlaywrightError):  # a page that never rests is taken as it is
            await page.wait_for_load_state("networkidle", timeout=SETTLE_SECONDS * 1000)
        await log.collect()

    return {
        "playwright": True,
        "playwright_context": "nianbao",
        "playwright_context_kwargs": {
            "ignore_https_errors": True, "service_workers": "block", "accept_downloads": False,
        },
        "playwright_page_init_callback": listen,
        "playwright_page_methods": [PageMethod(settle)],
        "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded", "timeout": PAGE_SECONDS * 1000},
        "browser_log": log,
    }  # fmt: skip


class AbortRules:
    """Says which requests of a page are not made: heavy kinds, foreign hosts. The egress has the last say."""

    def __init__(self, rules: HostRules) -> None:
        self._rules = rules

    def __call__(self, request: PageRequest) -> bool:
        """Return True if the request must not be made."""
        if request.url.startswith(("data:", "blob:", "about:")):
            return False
        return request.resource_type in BLOCKED_TYPES or not self._rules.allows(host_of(request.url))


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


def browser_settings(path: str | None, proxy: str | None, rules: HostRules) -> dict[str, Any]:
    """Scrapy settings for a browser: its path (None: Playwright's own), the operator's proxy, allowed hosts."""
    launch: dict[str, Any] = {"args": FLAGS, "headless": True, "timeout": 30_000}
    launch["nianbao_egress"] = Egress(rules, proxy)
    if path:
        launch["executable_path"] = path
    return {
        "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "crawler.wire.BrowserHandler"),
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_BROWSER_PROVIDER": "crawler.browser.GuardedBrowserProvider",
        "PLAYWRIGHT_LAUNCH_OPTIONS": launch,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 2,
        "PLAYWRIGHT_MAX_CONTEXTS": 1,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": PAGE_SECONDS * 1000,
        "PLAYWRIGHT_ABORT_REQUEST": AbortRules(rules),
    }
