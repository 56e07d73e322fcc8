"""What is left where nothing led to a report: menus that scripts write, the city's portal, the portal's own search."""

from __future__ import annotations

import hashlib

from scrapy.http import Response

from archive.frontier import Task
from crawler.abroad import county_of, parents
from crawler.browser import STATIC, shell_of
from crawler.reading import Seen
from crawler.scope import is_own, may_follow
from crawler.sitesearch import find_search
from crawler.state import SiteState
from crawler.tasks import again_in_browser, parent_task, search_task

MAX_MENUS = 4  # menus that are looked at in a browser


def note_menu(task: Task, site: SiteState, seen: Seen, url: str, suffix: str) -> None:
    """Remember what the last resorts need: the menu itself, the county's name, its city's portal, the search."""
    if not task.meta.get("browser") and seen.facts.n_scripts and len(site.menus) < MAX_MENUS:
        site.menus.append(task)
    site.county = site.county or county_of(seen.facts) or ""
    if site.county and not site.parents:
        links = [link for link in seen.facts.links if may_follow(link.url, site.scope, suffix)]
        site.parents = parents([link for link in links if not is_own(link.url, site.scope, suffix)], site.county)
    site.search = site.search or find_search(seen.html, url)


def last_resort(site: SiteState, suffix: str, may_browse: bool) -> list[Task]:
    """The next of the last resorts that a site has; each is tried once. Empty if none is left."""
    while site.resorts < 3:
        site.resorts += 1
        tasks: list[Task] = []
        if site.resorts == 1 and may_browse and site.browser_pages < MAX_MENUS:
            tasks = [again_in_browser(menu) for menu in site.menus]
        elif site.resorts == 2 and site.county:
            tasks = [parent_task(site, url) for url in site.parents]
        elif site.resorts == 3 and site.search and is_own(site.search.url, site.scope, suffix):
            tasks = [search_task(site, site.search)]
        if tasks:
            return tasks
    return []


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
