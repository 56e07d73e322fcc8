"""The innermost downloader middleware: an answer is in the archive before anything else sees it.

``process_response`` stores and then returns; if it cannot store it stops the crawl, so that an unarchived page
never reaches the spider. Attempts that brought no answer are recorded with their outcome.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.exceptions import StopDownload
from scrapy.http import Request, Response, TextResponse

from archive.capture import Capture
from archive.frontier import Task
from archive.outcomes import Outcome
from archive.store import Store
from archive.warc import decode_body
from archive.warcwrite import Exchange
from archive.workdb import ArchiveError, utc_now
from crawler.browser import BrowserLog
from crawler.certificates import UNKNOWN
from crawler.guard import PublicOnlyResolver
from crawler.judge import bears_report, outcome_of, outcome_of_failure, rough_text
from crawler.scope import host_of
from crawler.wire import take_certificate, take_wire_head

MAX_BODY = 32 * 1024 * 1024
_HIDDEN_REQUEST_HEADERS = frozenset({b"proxy-authorization"})


class ArchiveMiddleware:
    """Writes every exchange through the run's ``Store``."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._store: Store = crawler.spider.state.store
        self._run_id: str = crawler.spider.state.frontier.run_id

    @classmethod
    def from_crawler(cls, crawler: Any) -> ArchiveMiddleware:
        """Build from the settings, as Scrapy asks for, and watch how much comes in."""
        crawler.signals.connect(_cut_off, signal=signals.bytes_received)
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Store, note the outcome in ``request.meta['outcome']``, and hand the response on."""
        try:
            if "playwright" in response.flags:
                outcome = self._keep_browser_page(request, response)
            else:
                outcome = self._keep_exchange(request, response)
        except (ArchiveError, OSError, sqlite3.Error) as error:
            self._crawler.spider.stop_for(error)
            raise
        request.meta["outcome"] = outcome
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Record an attempt that brought no answer."""
        outcome = outcome_of_failure(exception)
        detail = f"{type(exception).__name__}: {exception}"[:500]
        if outcome is Outcome.DNS and (host := host_of(request.url)) in PublicOnlyResolver.refused:
            outcome, detail = Outcome.OFF_SITE, f"{host} resolves to a private address"
        request.meta["outcome"] = outcome
        via = "browser" if request.meta.get("playwright") else "http"
        try:
            self._store.add_failure(replace(self._capture(request, request.url, outcome, via), detail=detail))
        except (ArchiveError, OSError, sqlite3.Error) as error:
            self._crawler.spider.stop_for(error)

    def _capture(self, request: Request, final_url: str, outcome: Outcome, via: str, **more: Any) -> Capture:
        task: Task | None = request.meta.get("task")
        first = (request.meta.get("redirect_urls") or [request.url])[0]
        role = task.role if task else "robots"
        return Capture(
            run_id=self._run_id, url=first, final_url=final_url, fetched_at=utc_now(), outcome=outcome, via=via,
            role="page" if outcome is Outcome.REDIRECT else role, site_id=task.site_id if task else None,
            referrer=task.referrer if task else None, anchor=task.anchor if task else None, **more,
        )  # fmt: skip

    def _keep_exchange(self, request: Request, response: Response) -> Outcome:
        wire_head, certificate = take_wire_head(response.headers), take_certificate(response.headers)
        coding = (response.headers.get("Content-Encoding") or b"").decode("latin-1")
        media_type = _media_type(response)
        try:
            decoded = decode_body(response.body, coding)
        except ArchiveError:
            decoded = None
        body = decoded or b""
        outcome = self._judged(request, response, media_type, body)
        notes = [("fetch-ms", f"{1000 * request.meta.get('download_latency', 0):.0f}")]
        if certificate := certificate or (UNKNOWN if request.url.startswith("https:") else None):
            notes.append(("tls-verified", certificate))
        if wire_head is None:
            notes.append(("header-fidelity", "rebuilt from parsed headers; order, case and reason phrase are lost"))
        exchange = Exchange(
            url=request.url, request_head=_request_head(request), request_body=request.body,
            response_head=_response_head(response, wire_head), body=response.body, date=utc_now(), notes=notes,
            ip_address=None if request.meta.get("proxy") else _text(response.ip_address), truncated=_cut(response),
        )  # fmt: skip
        capture = self._capture(
            request, response.url, outcome, "http", http_status=response.status, media_type=media_type,
            etag=_header(response, "ETag"), last_modified=_header(response, "Last-Modified"),
        )  # fmt: skip
        if capture.role == "page" and outcome is Outcome.OK and bears_report(body):
            capture = replace(capture, role="list")  # menus and guides hold reports at times: as a list it is read
        self._store.add_exchange(capture, exchange, coding, decoded)
        return outcome

    def _judged(self, request: Request, response: Response, media_type: str, body: bytes) -> Outcome:
        outcome = outcome_of(response.status, media_type, body, response.url)
        task: Task | None = request.meta.get("task")
        kind = task.meta.get("kind") if task else None
        if outcome is not Outcome.OK or kind in (None, "home", "probe", "feed"):
            return outcome
        if _cut(response):
            return Outcome.TOO_LARGE if _cut(response) == "length" else Outcome.BROKEN
        if "html" not in media_type:
            return outcome
        first = (request.meta.get("redirect_urls") or [request.url])[0]
        sent_home = urlsplit(response.url).path in ("", "/") and urlsplit(first).path not in ("", "/")
        missing = self._crawler.spider.state.missing.matches(response.url, rough_text(body, tags=True))
        return Outcome.SOFT_404 if missing or (sent_home and kind != "nav") else outcome

    def _keep_browser_page(self, request: Request, response: Response) -> Outcome:
        """Store what the browser loaded for the page, then the page as scripts made it, then a picture of it."""
        log: BrowserLog | None = request.meta.get("browser_log")
        for item in log.exchanges if log else ():
            is_page = item.resource_type == "document"
            outcome = outcome_of(item.status, item.media_type, item.body, item.url)
            capture = replace(
                self._capture(request, item.url, outcome, "browser"), url=item.url, http_status=item.status,
                role="page" if is_page else "api", media_type=item.media_type,
            )  # fmt: skip
            notes = [("header-fidelity", "as the browser tells them; the body is decoded, its coding headers renamed")]
            if item.url.startswith("https:"):
                notes.append(("tls-verified", UNKNOWN))  # the browser takes every certificate, and does not say
            self._store.add_exchange(capture, replace(item.exchange(), notes=notes))
        status = (log.status if log else None) or response.status
        outcome = outcome_of(status, "text/html", response.body, response.url)
        capture = replace(
            self._capture(request, response.url, outcome, "browser"), http_status=response.status,
            media_type="text/html", detail="rendered page, after its scripts ran",
        )  # fmt: skip
        charset = response.encoding if isinstance(response, TextResponse) else "utf-8"
        self._store.add_resource(capture, response.body, f"urn:nianbao:rendered:{response.url}", charset)
        if log and log.picture:
            # Under an address of its own and without a referrer: it is no visit to the page, nor a picture in it.
            shown = f"urn:nianbao:screenshot:{response.url}"
            picture = replace(
                capture, url=shown, final_url=shown, role="asset", media_type="image/jpeg", referrer=None,
                outcome=Outcome.OK, http_status=None, detail="screenshot of the rendered page",
            )  # fmt: skip
            self._store.add_resource(picture, log.picture)
        return outcome


def _cut_off(data: bytes, request: Request) -> None:
    """End a download that is larger than the limit; what came so far is kept and marked."""
    request.meta["received"] = request.meta.get("received", 0) + len(data)
    if request.meta["received"] > MAX_BODY:
        raise StopDownload(fail=False)


def _cut(response: Response) -> str | None:
    """Why a body is not whole (``length`` or ``disconnect``), or None if it is."""
    if "download_stopped" in response.flags:
        return "length"
    return "disconnect" if "dataloss" in response.flags else None


def _request_head(request: Request) -> bytes:
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{request.method} {target} HTTP/1.1".encode(), b"Host: " + parts.netloc.split("@")[-1].encode()]
    for name, values in request.headers.items():
        if name.lower() not in _HIDDEN_REQUEST_HEADERS:
            lines += [name + b": " + value for value in values]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _response_head(response: Response, wire_head: bytes | None) -> bytes:
    if wire_head is None:
        lines = [f"HTTP/1.1 {response.status}".encode()]
        lines += [name + b": " + value for name, values in response.headers.items() for value in values]
    else:
        lines = wire_head.split(b"\r\n")
    # The chunk framing is undone, so a reader must not look for it.
    lines = [b"X-Orig-" + ln if ln.lower().startswith(b"transfer-encoding:") else ln for ln in lines]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _media_type(response: Response) -> str:
    return (response.headers.get("Content-Type") or b"").decode("latin-1").split(";")[0].strip().lower()


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1")[:300] if value else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
