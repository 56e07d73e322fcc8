"""The one spider: takes pages from the frontier, walks each portal from its homepage to its reports.

Every product and county goes through it; what is special about a product comes as a platform module. The
frontier, not Scrapy's scheduler, is the memory of the crawl: pages are claimed one a site at a time, and marked
done when their capture is stored and their links are noted.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import scrapy
from scrapy import signals
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from archive.frontier import Task
from archive.outcomes import Outcome
from archive.workdb import ArchiveError, write_error
from crawler.abroad import place_of
from crawler.browser import request_meta
from crawler.canon import url_key
from crawler.links import PageFacts
from crawler.offpeak import is_open
from crawler.platforms import Call, Page
from crawler.platforms import calls as platform_calls
from crawler.platforms.base import next_call
from crawler.reading import Seen, read_answer
from crawler.recipes import as_recipe
from crawler.repeats import shell_of
from crawler.resorts import hand_over, last_resort, note_menu, note_shell
from crawler.scope import SiteScope, host_of, is_bare_address, is_own, organisation
from crawler.seasons import conditions, kept_answer
from crawler.state import CrawlState, SiteState
from crawler.tasks import (
    BY_HAND,
    again_in_browser,
    in_column,
    is_first,
    once_more,
    other_addresses,
    own_guess,
    probe_task,
    request_of,
    task_of,
    where_of,
)
from crawler.walk import PageKind, Plan, Step, Where, call_step, plan

logger = logging.getLogger(__name__)
LEASE_SECONDS = 900  # longer than a page with all its retries may take
_TRY_LATER = (Outcome.CHALLENGE, Outcome.REFUSED, Outcome.EMPTY, Outcome.SERVER_ERROR, Outcome.TIMEOUT)


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
        """Stop the crawl if something cannot be noted: a page that is not noted is fetched again."""
        try:
            yield
        except (ArchiveError, OSError, sqlite3.Error) as error:
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
        with self._keeping():
            if outcome.stored:
                if task.role == "document":
                    self.state.documents += 1
                found = self._look_at(task, response, outcome)
            else:
                found = self._instead(task, outcome, host_of(response.url))
        self._finish(task, outcome, found)
        yield from self._claim()

    def failed(self, failure: Failure) -> Iterator[Request]:
        """Note an attempt that brought nothing; there may be another way to the same page."""
        if self.state.stopped_for:
            return  # its answer could not be kept: it stays leased, and the next run fetches it again
        request: Request = failure.request  # type: ignore[attr-defined]
        task: Task = request.meta["task"]
        outcome: Outcome = request.meta.get("outcome", Outcome.BROKEN)
        with self._keeping():
            found = self._other_scheme(task, outcome) or self._instead(task, outcome, host_of(task.url))
        self._finish(task, outcome, found)
        yield from self._claim()

    # ---- the frontier ----

    def _claim(self) -> list[Request]:
        room = self.settings.getint("CONCURRENT_REQUESTS") - self._in_flight
        # After a signal the engine drains what is in flight; claiming more would only leave leases behind.
        if room <= 0 or self.state.stopped_for or not self.crawler.crawling or not is_open(self.state.hours):
            return []
        tasks: list[Task] = []
        with self._keeping():
            while self._ready and len(tasks) < room:
                if task := self._next_of(self._ready.popleft()):
                    tasks.append(task)
            self._in_flight += len(tasks)
            return [self._request(task) for task in tasks]

    def _next_of(self, site_id: str) -> Task | None:
        """The site's most wanted task that is worth fetching."""
        site = self.state.sites[site_id]
        if self._spent[site_id] >= self.state.max_pages:
            self.state.frontier.drop_waiting(site_id)
            return None
        while task := self.state.frontier.claim(site_id, LEASE_SECONDS):
            if site.walled(host_of(task.url)):
                self.state.frontier.finish(task.key, Outcome.CHALLENGE)
            elif self.state.rests.too_long(organisation(host_of(task.url), self.state.suffix)):
                self.state.frontier.finish(task.key, Outcome.REFUSED)  # for --retry, once the host has rested
            elif not all(site.patience.lasts(guess) for guess in own_guess(task)):
                self.state.frontier.drop(task.key)
            else:
                for guess in own_guess(task):
                    site.patience.begin(guess)
                self._spent[site_id] += 1
                return task
        while not site.patience.settled and (
            tasks := last_resort(site, self.state.suffix, self._may_browse(site))
        ):
            if self.state.frontier.add(tasks):
                return self._next_of(site_id)
        return None

    def _request(self, task: Task) -> Request:
        site = self.state.sites[task.site_id]
        if task.meta.get("kind") == PageKind.ARTICLE and shell_of(task.url) in site.same_shell:
            task = again_in_browser(task, key=task.key) if self._may_browse(site) else task
        in_browser = bool(task.meta.get("browser"))
        headers: dict[str, str] = {}
        if not in_browser:
            if cookie := site.cookies.get(host_of(task.url)):
                headers["Cookie"] = cookie
            headers |= conditions(self.state.store.ledger, task)
        if is_bare_address(host := host_of(task.url)):  # the portal's own, see walk
            site.scope.hosts.add(host)
            self.state.hosts.add(host)
        request = request_of(task, headers)
        if in_browser:
            site.browser_pages += 1
            scroll = task.meta.get("kind") == PageKind.LIST
            by_hand = task.meta.get("why") == BY_HAND
            request.meta.update(
                request_meta(scroll, self.settings.getfloat("DOWNLOAD_DELAY"), by_hand, in_column(task))
            )
        return request.replace(callback=self.parse, errback=self.failed)

    def _finish(self, task: Task, outcome: Outcome, found: list[Task]) -> None:
        self._in_flight -= 1
        self._ready.append(task.site_id)
        with self._keeping():
            self.state.frontier.finish(task.key, outcome, found)

    def _on_idle(self) -> None:
        requests = self._claim()
        for request in requests:
            self.crawler.engine.crawl(request)
        waiting = (
            not is_open(self.state.hours) and not self.state.stopped_for and self.state.frontier.counts().get("waiting")
        )
        if requests or waiting:
            raise DontCloseSpider

    # ---- one page ----

    def _look_at(self, task: Task, response: Response, outcome: Outcome) -> list[Task]:
        kind, site = PageKind(str(task.meta.get("kind", PageKind.NAV))), self.state.sites[task.site_id]
        log = response.meta.get("browser_log")
        if outcome is Outcome.NOT_MODIFIED:
            response = kept_answer(self.state.store, response)
        if log is not None and log.cookies:
            site.cookies[host_of(response.url)] = log.cookies
        if kind is PageKind.PROBE:
            self.state.missing.learn(response.url, getattr(response, "text", ""))
            return []
        probes = self._new_hosts(task, kind, site, response.url)
        given = task.meta.get("call")
        template = given.get("template") if isinstance(given, dict) else None
        seen = read_answer(response, kind, log, (template[0], template[1]) if template else None)
        if seen is None:
            return probes
        if kind is PageKind.HOME and len(seen.facts.links) > 9:
            self.state.missing.learn(response.url, seen.html)  # some send their homepage for what is gone
        if kind in (PageKind.HOME, PageKind.NAV) and not task.meta.get("abroad"):
            note_menu(task, site, seen, response.url, self.state.suffix)
            if kind is PageKind.HOME and (place := place_of(seen.facts)):
                self.state.store.ledger.learn_place(task.site_id, *place)
        where = where_of(task, response.url, site, self.state, rendered=log is not None)
        ahead = plan(seen.facts, seen.html, where)
        self.state.decoys.update(ahead.decoys)
        steps = [*ahead.steps, *self._onward(task, seen, ahead, where, site)]
        found = [self._task(step, task, response.url) for step in steps]
        self._reward(task, site, ahead, found, where)
        if where.kind is PageKind.ARTICLE and ahead.needs_browser and log is None:
            note_shell(site, response)
        wishes = self._browser_wishes(task, site, ahead, seen, where)
        if any(wish.url == response.url for wish in wishes):
            hand_over(response)
        return [*probes, *found, *wishes]

    def _new_hosts(self, task: Task, kind: PageKind, site: SiteState, url: str) -> list[Task]:
        """Take in the host that a homepage sent us to, and ask each own host once for a page that cannot exist."""
        host = host_of(url)
        if kind is PageKind.HOME:
            site.scope.hosts.add(host)
            self.state.hosts.update(site.scope.hosts)
        if host in site.probed or not is_own(url, site.scope, self.state.suffix):
            return []
        site.probed.add(host)
        return [probe_task(task, url)]

    def _onward(self, task: Task, seen: Seen, ahead: Plan, where: Where, site: SiteState) -> list[Step]:
        """The next page of a list, while pages bring something new."""
        keys = {url_key(url) for url in ahead.rows}
        new = bool(keys - site.rows)
        site.rows |= keys
        if seen.calls and task.meta.get("why") != BY_HAND and not where.search:
            return self._learn_calls(task, seen.calls, where, site)
        if where.kind is not PageKind.FEED:
            return list(ahead.onward) if new or where.number == 1 else other_addresses(task, where)
        if not new and not (is_first(task) and seen.feed and seen.feed.n_rows):
            return other_addresses(task, where)
        given = task.meta.get("call")
        if not isinstance(given, dict) or seen.feed is None:
            return []
        where = replace(where, url=str(task.meta.get("parent") or where.url))
        call = Call.from_meta(task.url, given)
        if not call.turn:
            return [call_step(c, where) for c in platform_calls(Page(task.url, seen.html, PageFacts(()), True))]
        following = next_call(call, seen.feed.n_rows, seen.feed.total)
        return [call_step(following, where, learnt=bool(task.meta.get("learnt")))] if following else []

    def _learn_calls(
        self, task: Task, calls: tuple[tuple[Call, int | None], ...], where: Where, site: SiteState
    ) -> list[Step]:
        """Note the call that fills a list, for the next season; the next pages are asked for by the calls at once."""
        key = url_key(task.url)
        site.recipes[key] = calls[0][0]  # what was known before, if anything, has just failed
        self.state.store.ledger.learn_call(task.site_id, key, as_recipe(calls[0][0]))
        following = [next_call(call, call.size, total) for call, total in calls]
        return [call_step(call, where, listed=True, learnt=True) for call in following if call]

    def _reward(self, task: Task, site: SiteState, ahead: Plan, found: list[Task], where: Where) -> None:
        """Note that the walk has come to reports; what an earlier run knew was not come to."""
        documents = [t.key for t in found if t.role == "document"]
        if task.meta.get("known"):
            return
        if set(documents) - self.state.frontier.known(documents) or (ahead.useful and not documents):
            guesses = task.meta.get("guesses")
            listed = where.kind in (PageKind.LIST, PageKind.FEED)
            site.patience.reward([str(g) for g in guesses] if isinstance(guesses, list) else [], listed)
        elif documents:
            site.patience.found += 1

    def _task(self, step: Step, parent: Task, page_url: str) -> Task:
        # List calls are made on behalf of the page that shows the list; some gateways insist on its address.
        shown_on = str(step.meta.get("parent") or page_url)
        return task_of(step, parent, shown_on, self.state.browser_found)

    # ---- other ways ----

    def _instead(self, task: Task, outcome: Outcome, host: str) -> list[Task]:
        """What to try when a page did not come: another address, the browser, or the same again at the end."""
        site = self.state.sites[task.site_id]
        where = Where(task.url, PageKind(str(task.meta["kind"])), task.depth, site.scope, self.state.suffix)
        if others := other_addresses(task, where):
            return [self._task(step, task, task.referrer or task.url) for step in others]
        if outcome is Outcome.CHALLENGE and task.role != "document":
            site.walls[host] = site.walls.get(host, 0) + 1
            site.cookies.pop(host, None)
            if not task.meta.get("browser") and self._may_browse(site) and not site.walled(host):
                return [again_in_browser(task, "challenge")]
        if where.kind is PageKind.FEED and self._may_browse(site) and not task.meta.get("listed") and is_first(task):
            return [self._parent_in_browser(task)]
        if task.meta.get("learnt") and self._may_browse(site):
            return [self._parent_in_browser(task)]
        if outcome in _TRY_LATER and task.role == "document" and not task.meta.get("again"):
            return [once_more(task, "again")]
        return []

    def _parent_in_browser(self, task: Task) -> Task:
        url = str(task.meta["parent"])
        meta = {"kind": str(PageKind.LIST), "column": True}
        parent = Task(
            url_key(url), url, task.site_id, PageKind.LIST.role, task.priority, task.depth, task.referrer, meta=meta
        )
        return again_in_browser(parent, BY_HAND if task.meta.get("learnt") and not is_first(task) else "")

    def _other_scheme(self, task: Task, outcome: Outcome) -> list[Task]:
        if task.meta.get("kind") != PageKind.HOME or outcome in (Outcome.ROBOTS, Outcome.OFF_SITE, Outcome.DNS):
            return []
        scheme, rest = task.url.split("://", 1)
        url = f"{'http' if scheme == 'https' else 'https'}://{rest}"
        return [Task(f"scheme {url}", url, task.site_id, task.role, task.priority, task.depth, meta=task.meta)]

    # ---- the browser ----

    def _may_browse(self, site: SiteState) -> bool:
        allowed = self.state.browser != "never" and self.state.browser_found
        return allowed and self.state.browser_left(site)

    def _browser_wishes(self, task: Task, site: SiteState, ahead: Plan, seen: Seen, where: Where) -> list[Task]:
        """The page once more in a browser, if scripts fill it and neither its mark-up nor a list call serves."""
        if task.meta.get("browser"):
            if task.meta.get("why") != "challenge":
                self._learn(task.site_id, site, useful=not ahead.needs_browser)
            return []
        if where.kind is PageKind.FEED:
            if task.meta.get("learnt"):
                fruitless = seen.feed is None or (is_first(task) and not seen.feed.n_rows)
            else:
                fruitless = not (seen.feed and seen.feed.links) and is_first(task) and not task.meta.get("listed")
            elsewhere = task.meta.get("instead") and not (seen.feed and seen.feed.n_rows)  # asked for in ``_onward``
            wanted = fruitless and not elsewhere and self._may_browse(site) and site.browser != "never"
            return [self._parent_in_browser(task)] if wanted else []
        always = self.state.browser == "always"
        if not (ahead.needs_browser or ahead.by_hand or ahead.unopened or always) or self.state.browser == "never":
            return []
        if (site.browser == "never" and not always) or not self.state.browser_left(site):
            return []
        if not self.state.browser_found:
            self._miss_browser(task)
            return []
        return [again_in_browser(task, BY_HAND if ahead.by_hand else "")]

    def _miss_browser(self, task: Task) -> None:
        """Note the page as failed for want of a browser, so that ``--retry`` takes it up; say so once."""
        missed = again_in_browser(task)
        self.state.frontier.add([missed])
        self.state.frontier.finish(missed.key, Outcome.BROWSER)
        sentence = (
            "Some pages only exist in a browser and none was found; install Chromium or set NIANBAO_CHROMIUM to "
            f"its path, then run again with --retry {self.state.frontier.run_id}."
        )
        if sentence not in self.state.problems:
            self.state.problems.append(sentence)

    def _learn(self, site_id: str, site: SiteState, useful: bool) -> None:
        """Remember per site whether the browser was worth it; three pages in vain are enough."""
        if useful:
            site.browser = "needed"
        else:
            site.browser_in_vain += 1
            if site.browser != "needed" and site.browser_in_vain >= 3:
                site.browser = "never"
        if site.browser != "auto":
            self.state.store.ledger.learn_browser(site_id, site.browser)
