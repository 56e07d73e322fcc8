"""What a crawl knows while it runs: one state for the whole, one for each site."""

from __future__ import annotations

from dataclasses import dataclass, field

from archive.frontier import Frontier, Task
from archive.store import Store
from archive.workdb import ArchiveError
from crawler.patience import Patience
from crawler.platforms import Call
from crawler.rests import Rests
from crawler.scope import SiteScope
from crawler.sitesearch import Search
from crawler.soft404 import MissingPages

BROWSER_PAGES = {"site": 400, "run": 3000}
MAX_WALLS = 2  # refusals by a firewall after which a host is left alone


@dataclass(slots=True)
class SiteState:
    """What the crawl knows about one site.

    ``browser`` is ``auto``, ``needed`` or ``never``; ``cookies`` are those that a host's own script set in the
    browser; ``walls`` counts the challenges by host; ``rows`` are the addresses its lists have shown so far.
    """

    scope: SiteScope
    homepage: str
    browser: str = "auto"
    browser_pages: int = 0
    browser_in_vain: int = 0
    patience: Patience = field(default_factory=Patience)
    cookies: dict[str, str] = field(default_factory=dict)
    walls: dict[str, int] = field(default_factory=dict)
    rows: set[str] = field(default_factory=set)
    probed: set[str] = field(default_factory=set)
    menus: list[Task] = field(default_factory=list)  # homepage and menus that answered, for the last resort
    shells: dict[str, tuple[str, str]] = field(default_factory=dict)  # by address without query: address, digest
    same_shell: set[str] = field(default_factory=set)  # those that were the same for two queries
    county: str = ""  # its name, as the record or the homepage says it
    strays: dict[str, tuple[bool, int, str]] = field(default_factory=dict)  # menus not gone to: telling, depth, text
    parents: list[str] = field(default_factory=list)  # portals that its pages link to and that may be its city's
    search: Search | None = None
    resorts: int = 0  # how many of the last resorts were tried
    recipes: dict[str, Call] = field(default_factory=dict)  # by the key of the page that the call fills

    def walled(self, host: str) -> bool:
        """True if a host asks for what we do not give, and was asked often enough."""
        return self.walls.get(host, 0) >= MAX_WALLS and host not in self.cookies


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
    hours: tuple[int, int] | None = None
    pages: int = 0
    documents: int = 0
    decoys: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    rests: Rests = field(default_factory=Rests)
    missing: MissingPages = field(default_factory=MissingPages)
    stopped_for: ArchiveError | None = None

    def browser_left(self, site: SiteState) -> bool:
        """True if a site may still open pages in the browser."""
        total = sum(s.browser_pages for s in self.sites.values())
        return site.browser_pages < BROWSER_PAGES["site"] and total < BROWSER_PAGES["run"]
