"""Rests for hosts that ask for one: ``Retry-After``, 429 and 503, and connections that broke.

Who is asked to come back later does not ask at once again, nor does anybody else of the same crawl: all requests to
the organisation's hosts wait. A rest that is longer than a crawl can wait ends the host's part of the run.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Request, Response

from crawler.scope import host_of, organisation

LONGEST_REST = 180.0  # seconds that a crawl waits for a host; with longer rests it goes on without it
BUSY_CODES = frozenset({429, 503})
GROWTH = 4.0  # a rest of our own grows like this from attempt to attempt


def seconds_asked(value: str | None, now: datetime) -> float | None:
    """The seconds that a ``Retry-After`` header asks for (a number, or a date of RFC 9110); None if it says nothing."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (then.replace(tzinfo=then.tzinfo or UTC) - now).total_seconds())


class Rests:
    """Until when which organisation's hosts are left alone, by the clock of this process."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def begin(self, group: str, seconds: float) -> None:
        """Let a group of hosts rest; a rest that is under way is never cut short."""
        self._until[group] = max(self._until.get(group, 0.0), time.monotonic() + seconds)

    def left(self, group: str) -> float:
        """Seconds that the rest still lasts; 0 if there is none."""
        return max(0.0, self._until.get(group, 0.0) - time.monotonic())

    def too_long(self, group: str) -> bool:
        """True if the rest is longer than a crawl waits."""
        return self.left(group) > LONGEST_REST


class RestingRetryMiddleware(RetryMiddleware):
    """Scrapy's retries, each after a rest of its host."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler.settings)
        self.crawler = crawler
        self._rests: Rests = crawler.spider.state.rests
        self._suffix: str = crawler.settings["NIANBAO_SUFFIX"]
        self._pause = crawler.settings.getfloat("DOWNLOAD_DELAY")

    @classmethod
    def from_crawler(cls, crawler: Any) -> RestingRetryMiddleware:
        """Build from the settings, as Scrapy asks for."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait until the host has rested."""
        group = organisation(host_of(request.url), self._suffix)
        while wait := self._rests.left(group):
            await asyncio.sleep(min(wait, LONGEST_REST))

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Let a busy host rest, then try again, unless it asks for more than we can wait."""
        if response.status not in BUSY_CODES:
            return super().process_response(request, response)
        header = response.headers.get("Retry-After")
        asked = seconds_asked(header.decode("latin-1") if header else None, datetime.now(UTC))
        group = self._rest(request, asked)
        if self._rests.too_long(group):
            return response
        return super().process_response(request, response)

    def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:
        """Let a host rest that broke a connection off or did not answer, then try again."""
        again = super().process_exception(request, exception)
        if again is not None:
            self._rest(request, None)
        return again

    def _rest(self, request: Request, asked: float | None) -> str:
        group = organisation(host_of(request.url), self._suffix)
        own = self._pause * GROWTH ** (1 + int(request.meta.get("retry_times", 0)))
        self._rests.begin(group, asked if asked is not None else min(own, LONGEST_REST))
        return group
