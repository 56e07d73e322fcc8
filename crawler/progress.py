"""What a person sees while a crawl runs: one line that is renewed on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Any, TextIO

from scrapy import signals
from twisted.internet.task import LoopingCall

from crawler.state import CrawlState


class Progress:
    """Scrapy extension that prints to stderr; it reads the crawl's state and changes nothing."""

    def __init__(self, state: CrawlState, stream: TextIO) -> None:
        self._state = state
        self._stream = stream
        self._tty = stream.isatty()
        self._every = 1.0 if self._tty else 20.0
        self._began = time.monotonic()
        self._loop = LoopingCall(self.show)

    @classmethod
    def from_crawler(cls, crawler: Any) -> Progress:
        """Build from the settings, as Scrapy asks for."""
        progress = cls(crawler.spider.state, sys.stderr)
        crawler.signals.connect(progress._opened, signal=signals.spider_opened)
        crawler.signals.connect(progress._closed, signal=signals.spider_closed)
        return progress

    def line(self) -> str:
        """The line as text."""
        counts = self._state.frontier.counts()
        open_tasks = counts.get("waiting", 0) + counts.get("leased", 0)
        seconds = int(time.monotonic() - self._began)
        return (
            f"{len(self._state.sites)} site(s), {self._state.pages} pages fetched, "
            f"{self._state.documents} documents, {open_tasks} to go, {seconds // 60}:{seconds % 60:02d}"
        )

    def show(self) -> None:
        """Print the line."""
        if self._tty:
            self._stream.write(f"\r\x1b[K{self.line()}")
        else:
            self._stream.write(self.line() + "\n")
        self._stream.flush()

    def _opened(self) -> None:
        self._loop.start(self._every, now=False)

    def _closed(self) -> None:
        if self._loop.running:
            self._loop.stop()
        self.show()
        if self._tty:
            self._stream.write("\n")
