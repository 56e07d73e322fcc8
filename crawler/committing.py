"""Commit what a crawl's pages wrote, of many sites together: a commit for each page costs more than the page's rows."""

from __future__ import annotations

import sqlite3
from typing import Any

from scrapy import signals
from twisted.internet.task import LoopingCall

COMMIT_EVERY = 0.2  # seconds


class Committing:
    """Scrapy extension: what waits is committed a few times a second; a crawl that cannot commit is stopped."""

    def __init__(self, spider: Any) -> None:
        self._spider = spider
        self._loop = LoopingCall(self._commit)

    @classmethod
    def from_crawler(cls, crawler: Any) -> Committing:
        """Build from the settings, as Scrapy asks for."""
        committing = cls(crawler.spider)
        crawler.signals.connect(committing._opened, signal=signals.spider_opened)
        crawler.signals.connect(committing._closed, signal=signals.spider_closed)
        return committing

    def _opened(self) -> None:
        self._spider.state.frontier.grouped = True
        self._loop.start(COMMIT_EVERY, now=False)

    def _closed(self) -> None:
        self._spider.state.frontier.grouped = False
        if self._loop.running:
            self._loop.stop()
        self._commit()

    def _commit(self) -> None:
        try:
            self._spider.state.frontier.commit()
        except sqlite3.Error as error:
            self._spider.stop_for(error)
