"""Between the walk and the frontier: steps become tasks, tasks become requests."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from scrapy.http import Request

from archive.frontier import Task
from crawler.abroad import mentions
from crawler.canon import is_route, url_key
from crawler.sitesearch import Search
from crawler.state import CrawlState, SiteState
from crawler.walk import PageKind, Step, Where

BROWSER_PRIORITY = 85
HOME_PRIORITY, PROBE_PRIORITY = 99, 98
KNOWN_PRIORITY = 20
PARENT_PRIORITY = 15
KEPT_META = ("column", "number", "call", "parent", "listed", "method", "body")


def home_task(site_id: str, homepage: str) -> Task:
    """The task that a site's walk begins with."""
    return Task(
        key=url_key(homepage), url=homepage, site_id=site_id, role="page", priority=HOME_PRIORITY,
        meta={"kind": str(PageKind.HOME)},
    )  # fmt: skip


def probe_task(task: Task, url: str) -> Task:
    """A request for an address that cannot exist, to learn what the host answers then."""
    parts = urlsplit(url)
    name = hashlib.sha256(parts.netloc.encode()).hexdigest()[:10]
    target = f"{parts.scheme}://{parts.netloc}/nianbao-{name}.html"
    return Task(
        key=f"probe {parts.netloc}", url=target, site_id=task.site_id, role=PageKind.PROBE.role,
        priority=PROBE_PRIORITY, depth=task.depth + 1, referrer=url, meta={"kind": str(PageKind.PROBE)},
    )  # fmt: skip


def parent_task(site: SiteState, url: str) -> Task:
    """The homepage of a portal that may be the county's parent's (see ``crawler.abroad``)."""
    meta: dict[str, object] = {
        "kind": str(PageKind.NAV),
        "abroad": site.county,
        "guess": "parent",
        "guesses": ["parent"],
    }
    return Task(
        f"abroad {url_key(url)}", url, site.scope.site_id, PageKind.NAV.role, PARENT_PRIORITY, depth=1,
        referrer=site.homepage, meta=meta,
    )  # fmt: skip


def stray_task(site: SiteState, url: str, depth: int, label: str) -> Task:
    """A menu of the portal that nothing speaks for."""
    meta: dict[str, object] = {"kind": str(PageKind.NAV), "guess": "stray", "guesses": ["stray"]}
    return Task(
        url_key(url), url, site.scope.site_id, PageKind.NAV.role, PARENT_PRIORITY, depth=min(depth + 1, 2),
        referrer=site.homepage, anchor=label or None, meta=meta,
    )  # fmt: skip


def search_task(site: SiteState, search: Search) -> Task:
    """The portal's own search, asked for the reports."""
    meta: dict[str, Any] = {"kind": str(PageKind.LIST), "search": True}
    if search.method == "POST":
        meta |= {"method": "POST", "body": search.body}
    return Task(
        f"search {url_key(search.url)}", search.url, site.scope.site_id, "page", PARENT_PRIORITY, depth=1,
        referrer=site.homepage, meta=meta,
    )  # fmt: skip


def known_task(site_id: str, url: str, role: str) -> Task:
    """A page that held a report or listed some in an earlier run: it is looked at again, linked to or not."""
    kind = PageKind.LIST if role == "list" else PageKind.ARTICLE
    meta = {"kind": str(kind), "column": kind is PageKind.LIST, "known": True}
    priority = KNOWN_PRIORITY + (5 if kind is PageKind.LIST else 0)
    return Task(url_key(url), url, site_id, role, priority, depth=1, meta=meta)


def task_of(step: Step, parent: Task, page_url: str, browser: bool) -> Task:
    """The task for a step.

    Args:
        step: what to fetch.
        parent: the task whose page led there; its guesses are inherited.
        page_url: the page's address, for the referrer.
        browser: whether routes of single-page applications may be opened in a browser.
    """
    guesses = [g for g in (*_texts(parent.meta.get("guesses")), step.patience) if g]
    meta: dict[str, Any] = {"kind": str(step.kind), **{k: v for k, v in step.meta.items() if v}}
    if step.year:
        meta["year"] = step.year
    if guesses:
        meta["guesses"] = guesses[-4:]
    if step.patience:
        meta["guess"] = step.patience
    if county := parent.meta.get("abroad"):
        meta |= {"abroad": county, "named": bool(parent.meta.get("named")) or mentions(step.label, str(county))}
    if parent.meta.get("search") and step.kind is PageKind.LIST:
        meta["search"] = True
    if browser and is_route(urlsplit(step.url).fragment):
        meta["browser"] = True
    key = key_of(step)
    if step.meta.get("sent_on") and key == parent.key:  # from / to /index.php: one address, and yet another page
        key = f"sent on {step.url}"
    return Task(
        key=key, url=step.url, site_id=parent.site_id, role=step.kind.role, priority=step.priority,
        depth=parent.depth + 1, referrer=page_url, anchor=step.label or None, meta=meta,
    )  # fmt: skip


def where_of(task: Task, url: str, site: SiteState, state: CrawlState, rendered: bool = False) -> Where:
    """Where in the walk the page of a task stands. ``rendered``: it comes from the browser."""
    meta, kind = task.meta, PageKind(str(task.meta.get("kind", PageKind.NAV)))
    return Where(
        url, kind, task.depth, site.scope, state.suffix, state.years,
        in_column=bool(meta.get("column")) or kind is PageKind.FEED, number=int(str(meta.get("number") or 1)),
        learnt=None if rendered else site.recipes.get(url_key(task.url)), county=site.county,
        abroad=bool(meta.get("abroad")), named=bool(meta.get("named")), search=bool(meta.get("search")),
        chosen=bool(meta.get("chosen")),
    )  # fmt: skip


def key_of(step: Step) -> str:
    """The frontier's key of a step: that of its address; a form's fields and list calls make it another page."""
    body = str(step.meta.get("body") or "")
    if body:
        return f"{url_key(step.url)} {hashlib.sha256(body.encode()).hexdigest()[:16]}"
    return url_key(step.url)


BY_HAND = "by hand"


def again_in_browser(task: Task, why: str = "", key: str = "") -> Task:
    """The same page, in a browser.

    ``why`` is ``challenge`` where only a script's cookie is wanted, ``by hand`` where a list's call could not be made
    without the browser, so that its pages have to be turned there. ``key`` is the frontier's, if not a new one. A page
    that was a guess is none once more.
    """
    return replace(
        task,
        key=key or f"browser {why if why == BY_HAND else ''} {task.key}".replace("  ", " "),
        priority=max(BROWSER_PRIORITY, task.priority),
        meta={**{k: x for k, x in task.meta.items() if k != "guess"}, "browser": True, "why": why},
    )


def once_more(task: Task, how: str, url: str = "") -> Task:
    """The same task once more, after everything else, or at another address."""
    meta = {**task.meta, "again": True}
    meta.pop("browser", None)
    meta.pop("instead", None)
    return replace(task, key=f"{how} {task.key}", url=url or task.url, priority=task.priority if url else 2, meta=meta)


def request_of(task: Task, headers: dict[str, str]) -> Request:
    """The request for a task, without callbacks. ``headers`` are added to the referrer's."""
    own = {"Referer": task.referrer.partition("#")[0]} if task.referrer else {}
    method, body = str(task.meta.get("method") or "GET"), str(task.meta.get("body") or "")
    if method == "POST":
        kind = "application/json" if body[:1] in "{[" else "application/x-www-form-urlencoded"
        own |= {"Content-Type": kind}
    if isinstance(call := task.meta.get("call"), dict):
        own |= {str(name): str(value) for name, value in call.get("headers") or ()}
    return Request(
        task.url, method=method, body=body, headers={**own, **headers}, meta={"task": task}, dont_filter=True
    )


def _texts(value: object) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else []


def own_guess(task: Task) -> list[str]:
    """The guess that this very page is, if it is one (what it inherited was judged before)."""
    guesses = task.meta.get("guesses")
    kind = str(task.meta.get("guess") or "")
    return [kind] if kind and isinstance(guesses, list) else []


def is_first(task: Task) -> bool:
    """True if a task makes the first of a list's calls."""
    call = task.meta.get("call")
    return isinstance(call, dict) and call.get("page") == 1


def in_column(task: Task) -> bool | None:
    """Whether a task's page is (part of) the report column; None if it is no menu and no list."""
    kind = task.meta.get("kind")
    if task.meta.get("why") == "challenge" or kind not in (PageKind.HOME, PageKind.NAV, PageKind.LIST):
        return None
    return bool(task.meta.get("column"))


def other_addresses(task: Task, where: Where) -> list[Step]:
    """The next of the addresses that were given in case this one fails."""
    others = task.meta.get("instead")
    if not isinstance(others, list) or not others:
        return []
    meta = {k: v for k, v in task.meta.items() if k in KEPT_META}
    return [
        Step(str(others[0]), where.kind, task.priority, task.anchor or "", None, "", {**meta, "instead": others[1:]})
    ]
