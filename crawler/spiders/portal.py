"""The one spider: takes pages from the frontier, walks each portal from its homepage to its reports.

Every product and county goes through it; what is special about a product comes as a platform module. The
frontier, not Scrapy's scheduler, is the memory of the crawl: pages are claimed one a site at a time, and marked
done when their capture is stored and their links are noted.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import scrapy
from scrapy import signals
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Request, Response, TextResponse
from twisted.python.failure import Failure
from w3lib.url import canonicalize_url

from archive.frontier import Frontier, Task
from archive.outcomes import Outcome
from archive.store import Store
from archive.workdb import ArchiveError, write_error
from crawler.browser import request_meta
from crawler.discovery import PRIORITY, Kind
from crawler.links import read_page
from crawler.scope import SiteScope, host_of
from crawler.walk import PageKind, Plan, Step, Where, plan

logger = logging.getLogger(__name__)
MAX_HTML = 4_000_000  # characters of one page that are looked at for links
BROWSER_PRIORITY = 85
BROWSER_PAGES = {"site": 15, "run": 200}
LEASE_SECONDS = 900  # longer than a page with all its retries may take
NAVIGATION_BELOW = PRIORITY[Kind.GROUP]  # priorities that only lead to the column


@dataclass(slots=True)
class SiteState:
    """What the crawl knows about one site. ``browser`` is ``auto``, ``needed`` or ``never``."""

    scope: SiteScope
    homepage: str
    browser: str = "auto"
    browser_pages: int = 0
    browser_in_vain: int = 0


@dataclass(slots=True)
class CrawlState:
    """Everything the spider shares with the command that started it."""

    frontier: Frontier
    store: Store
    sites: dict[str, SiteState]
    hosts: set[str]
    suffix: str
    years: tuple[int, int] | None
    max_pages: int
    browser: str  # auto, never or always
    browser_found: bool
    pages: int = 0
    documents: int = 0
    decoys: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    stopped_for: ArchiveError | None = None


class PortalSpider(scrapy.Spider):
    """See the module docstring."""

    name = "portal"

    def __init__(self, state: CrawlState, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.state = state
        self._in_flight = 0
        self._ready = deque(state.frontier.site_ids())  # sites with nothing in flight, the next one first
        self._spent = Counter(state.frontier.spent())
        self._stopping: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> PortalSpider:
        """Build as Scrapy asks for, and be told when there is nothing to do."""
        spider: PortalSpider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider._on_idle, signal=signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Yield the first pages of the frontier."""
        for request in self._claim():
            yield request

    def scope_of(self, request: Request) -> SiteScope | None:
        """The site that a request belongs to; None for robots.txt."""
        task: Task | None = request.meta.get("task")
        return self.state.sites[task.site_id].scope if task else None

    @contextmanager
    def _keeping(self) -> Iterator[None]:
        """Stop the crawl if the work database cannot be written: a page that is not noted is fetched again."""
        try:
            yield
        except sqlite3.Error as error:
            self.stop_for(error)
            raise

    def stop_for(self, error: ArchiveError | OSError | sqlite3.Error) -> None:
        """Stop the crawl because going on would lose pages (disk full, archive damaged)."""
        if self.state.stopped_for is None:
            given = isinstance(error, ArchiveError)
            self.state.stopped_for = error if given else write_error("The archive", error)
            self._stopping = asyncio.ensure_future(self.crawler.stop_async())

    def parse(self, response: Response) -> Iterator[Request]:
        """Note how the page ended and what it leads to, then take the next ones."""
        task: Task = response.meta["task"]
        outcome: Outcome = response.meta.get("outcome", Outcome.BROKEN)
        found: list[Task] = []
        self.state.pages += 1
        if outcome.stored:
            if task.role == "document":
                self.state.documents += 1
            with self._keeping():
                found = self._look_at(task, response)
        self._finish(task, outcome, found)
        yield from self._claim()

    def failed(self, failure: Failure) -> Iterator[Request]:
        """Note an attempt that brought nothing; a homepage gets a second chance on the other scheme."""
        if self.state.stopped_for:
            return  # its answer could not be kept: it stays leased, and the next run fetches it again
        request: Request = failure.request  # type: ignore[attr-defined]
        task: Task = request.meta["task"]
        outcome: Outcome = request.meta.get("outcome", Outcome.BROKEN)
        self._finish(task, outcome, self._other_scheme(task, outcome))
        yield from self._claim()

    # ---- the frontier ----

    def _claim(self) -> list[Request]:
        room = self.settings.getint("CONCURRENT_REQUESTS") - self._in_flight
        # After a signal the engine drains what is in flight; claiming more would only leave leases behind.
        if room <= 0 or self.state.stopped_for or not self.crawler.crawling:
            return []
        tasks: list[Task] = []
        with self._keeping():
            while self._ready and len(tasks) < room:
                site_id = self._ready.popleft()
                if self._spent[site_id] >= self.state.max_pages:
                    self.state.frontier.drop_waiting(site_id)
                elif task := self.state.frontier.claim(site_id, LEASE_SECONDS):
                    self._spent[site_id] += 1
                    tasks.append(task)
        self._in_flight += len(tasks)
        return [self._request(task) for task in tasks]

    def _request(self, task: Task) -> Request:
        meta: dict[str, Any] = {"task": task}
        if task.meta.get("browser"):
            meta |= request_meta()
        headers = {"Referer": task.referrer} if task.referrer else None
        return Request(task.url, callback=self.parse, errback=self.failed, meta=meta, headers=headers, dont_filter=True)

    def _finish(self, task: Task, outcome: Outcome, found: list[Task]) -> None:
        self._in_flight -= 1
        self._ready.append(task.site_id)
        with self._keeping():
            self.state.frontier.finish(task.key, outcome, found)

    def _on_idle(self) -> None:
        requests = self._claim()
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    # ---- one page ----

    def _look_at(self, task: Task, response: Response) -> list[Task]:
        kind = PageKind(str(task.meta.get("kind", PageKind.NAV)))
        if kind is PageKind.FILE or not isinstance(response, TextResponse) or _is_feed(response):
            return []
        site = self.state.sites[task.site_id]
        if kind is PageKind.HOME:
            site.scope.hosts.add(host_of(response.url))
            self.state.hosts.update(site.scope.hosts)
        html = response.text[:MAX_HTML]
        facts = read_page(html, response.url)
        where = Where(response.url, kind, task.depth, site.scope, self.state.suffix, self.state.years)
        ahead = plan(facts, html, where)
        self.state.decoys.update(ahead.decoys)
        found = [self._task(step, task, response.url) for step in ahead.steps]
        if task.meta.get("browser"):
            self._learn(task.site_id, site, useful=not ahead.needs_browser)
        elif self._wants_browser(site, ahead):
            if self.state.browser_found:
                site.browser_pages += 1
                found.append(_again_in_browser(task))
            else:
                self._miss_browser(task)
        if kind is PageKind.LIST and ahead.reports:
            self.state.frontier.drop_waiting(task.site_id, NAVIGATION_BELOW)
        return found

    def _task(self, step: Step, parent: Task, page_url: str) -> Task:
        meta: dict[str, object] = {"kind": str(step.kind)}
        if step.year:
            meta["year"] = step.year
        return Task(
            key=canonicalize_url(step.url), url=step.url, site_id=parent.site_id, role=step.kind.role,
            priority=step.priority, depth=parent.depth + 1, referrer=page_url, anchor=step.label or None, meta=meta,
        )  # fmt: skip

    def _other_scheme(self, task: Task, outcome: Outcome) -> list[Task]:
        if task.meta.get("kind") != PageKind.HOME or outcome in (Outcome.ROBOTS, Outcome.OFF_SITE, Outcome.DNS):
            return []
        scheme, rest = task.url.split("://", 1)
        url = f"{'http' if scheme == 'https' else 'https'}://{rest}"
        return [Task(canonicalize_url(url), url, task.site_id, task.role, task.priority, task.depth, meta=task.meta)]

    # ---- the browser ----

    def _wants_browser(self, site: SiteState, ahead: Plan) -> bool:
        always = self.state.browser == "always"
        if not (ahead.needs_browser or always):
            return False
        if self.state.browser == "never" or (site.browser == "never" and not always):
            return False
        total = sum(s.browser_pages for s in self.state.sites.values())
        return site.browser_pages < BROWSER_PAGES["site"] and total < BROWSER_PAGES["run"]

    def _miss_browser(self, task: Task) -> None:
        """Note the page as failed for want of a browser, so that ``--retry`` takes it up; say so once."""
        missed = _again_in_browser(task)
        self.state.frontier.add([missed])
        self.state.frontier.finish(missed.key, Outcome.BROWSER)
        sentence = (
            "Some pages only exist in a browser and none was found; install Chromium or set NIANBAO_CHROMIUM to "
            f"its path, then run again with --retry {self.state.frontier.run_id}."
        )
        if sentence not in self.state.problems:
            self.state.problems.append(sentence)

    def _learn(self, site_id: str, site: SiteState, useful: bool) -> None:
        """Remember per site whether the browser was worth it; two pages in vain are enough."""
        if useful:
            site.browser = "needed"
        else:
            site.browser_in_vain += 1
            if site.browser != "needed" and site.browser_in_vain >= 2:
                site.browser = "never"
        if site.browser != "auto":
            self.state.store.ledger.learn_browser(site_id, site.browser)


def home_task(site_id: str, homepage: str) -> Task:
    """The task that a site's walk begins with."""
    return Task(
        key=canonicalize_url(homepage), url=homepage, site_id=site_id, role="page", priority=99,
        meta={"kind": str(PageKind.HOME)},
    )  # fmt: skip


def _again_in_browser(task: Task) -> Task:
    return Task(
        key=f"browser {task.key}", url=task.url, site_id=task.site_id, role=task.role, priority=BROWSER_PRIORITY,
        depth=task.depth, referrer=task.referrer, anchor=task.anchor, meta={**task.meta, "browser": True},
    )  # fmt: skip


def _is_feed(response: TextResponse) -> bool:
    """JSON and the like have no links that a person would click."""
    content_type = (response.headers.get("Content-Type") or b"").lower()
    if b"json" in content_type:
        return True
    start = response.text[:1]
    if start in "{[":
        try:
            json.loads(response.text[:MAX_HTML])
        except ValueError:
            return False
        return True
    return False
