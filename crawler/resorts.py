"""What is left where nothing led to a report: menus that scripts write, menus by other names, the city's portal, the
portal's own search."""

from __future__ import annotations

import hashlib

from scrapy.http import Response

from archive.frontier import Task
from crawler.abroad import county_of, parents
from crawler.discovery import strays
from crawler.reading import Seen
from crawler.repeats import STATIC, shell_of
from crawler.scope import is_own, may_follow
from crawler.sitesearch import find_search
from crawler.state import SiteState
from crawler.tasks import again_in_browser, parent_task, search_task, stray_task

MAX_MENUS = 4  # menus that are looked at in a browser
MAX_STRAYS = {True: 8, False: 12}  # menus with a telling word, and others, that are tried at a time
MAX_KEPT_STRAYS = 200


def note_menu(task: Task, site: SiteState, seen: Seen, url: str, suffix: str) -> None:
    """Remember what the last resorts need: the menu itself, the county's name, its city's portal, the search."""
    if not task.meta.get("browser") and seen.facts.n_scripts and len(site.menus) < MAX_MENUS:
        site.menus.append(task)
    site.county = site.county or county_of(seen.facts) or ""
    if site.county and not site.parents:
        links = [link for link in seen.facts.links if may_follow(link.url, site.scope, suffix)]
        site.parents = parents([link for link in links if not is_own(link.url, site.scope, suffix)], site.county)
    site.search = site.search or find_search(seen.html, url)
    for telling, link in strays(seen.facts):
        if len(site.strays) < MAX_KEPT_STRAYS and is_own(link.url, site.scope, suffix):
            site.strays.setdefault(link.url, (telling, task.depth, link.label))


def last_resort(site: SiteState, suffix: str, may_browse: bool) -> list[Task]:
    """The next of the last resorts that a site has; each is tried once. Empty if none is left."""
    while site.resorts < 6:
        site.resorts += 1
        if tasks := _resort(site, suffix, may_browse):
            return tasks
    return []


def _resort(site: SiteState, suffix: str, may_browse: bool) -> list[Task]:
    if site.resorts == 1 and may_browse and site.browser_pages < MAX_MENUS:
        return [again_in_browser(menu) for menu in site.menus]
    if site.resorts in (2, 5, 6):
        return _stray_tasks(site, telling=site.resorts == 2)
    if site.resorts == 3 and site.county:
        return [parent_task(site, url) for url in site.parents]
    if site.resorts == 4 and site.search and is_own(site.search.url, site.scope, suffix):
        return [search_task(site, site.search)]
    return []


def _stray_tasks(site: SiteState, telling: bool) -> list[Task]:
    """Menus of the portal that nothing spoke for, those with a telling word and near the homepage first."""
    known = sorted(site.strays.items(), key=lambda item: (not item[1][0], item[1][1]))
    chosen = [(url, depth, label) for url, (tells, depth, label) in known if tells or not telling]
    for url, _, _ in chosen[: MAX_STRAYS[telling]]:
        del site.strays[url]
    return [stray_task(site, url, depth, label) for url, depth, label in chosen[: MAX_STRAYS[telling]]]


def note_shell(site: SiteState, response: Response) -> None:
    """Two addresses that differ in their query or last part and give the same shell: others are not asked for it."""
    base, digest = shell_of(response.url), hashlib.sha256(response.body).hexdigest()
    url, known = site.shells.setdefault(base, (response.url, digest))
    if url != response.url and known == digest and base not in site.same_shell:
        site.same_shell.add(base)
        media_type = (response.headers.get("Content-Type") or b"text/html").decode("latin-1")
        STATIC.give(response.url, media_type, response.body)


def hand_over(response: Response) -> None:
    """Give the browser a page that was just fetched and that it will open."""
    headers = {"content-type": (response.headers.get("Content-Type") or b"text/html").decode("latin-1")}
    if cookies := response.headers.getlist("Set-Cookie"):
        headers["set-cookie"] = "\n".join(value.decode("latin-1") for value in cookies)
    STATIC.give_once(response.url, headers, response.body)
