"""What to fetch next after a page: the walk from the homepage to the reports. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from crawler.discovery import PRIORITY, Kind, Scored, score_links
from crawler.links import PageFacts
from crawler.pager import further_pages
from crawler.scope import SiteScope, is_own, may_follow, names_private_place

MAX_DEPTH = {"nav": 4, "list": 8, "article": 12, "file": 13}
MAX_FILES = 20  # of one page
MIN_TEXT = 200  # characters of visible text under which a page with scripts counts as a shell


class PageKind(StrEnum):
    """Where in the walk a page stands. Its ledger role follows from it."""

    HOME = "home"
    NAV = "nav"
    LIST = "list"
    ARTICLE = "article"
    FILE = "file"

    @property
    def role(self) -> str:
        """The role of its capture: what may hold a report is a ``document``."""
        return {"home": "page", "nav": "page", "list": "list"}.get(self, "document")


@dataclass(frozen=True, slots=True)
class Step:
    """One page to fetch next."""

    url: str
    kind: PageKind
    priority: int
    label: str
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a page leads to. ``reports`` counts report links of any year; ``decoys`` are titles left alone."""

    steps: tuple[Step, ...]
    reports: int
    decoys: tuple[str, ...]
    needs_browser: bool


@dataclass(frozen=True, slots=True)
class Where:
    """The page a plan is made for."""

    url: str
    kind: PageKind
    depth: int
    site: SiteScope
    suffix: str
    years: tuple[int, int] | None = None


_FOLLOW = {
    PageKind.HOME: {Kind.COLUMN, Kind.DISCLOSURE, Kind.OPENNESS, Kind.SITEMAP, Kind.REPORT},
    PageKind.NAV: {Kind.COLUMN, Kind.DISCLOSURE, Kind.OPENNESS, Kind.REPORT, Kind.FRAME},
    PageKind.LIST: {Kind.REPORT, Kind.FILE, Kind.COLUMN, Kind.YEAR, Kind.GROUP, Kind.FRAME},
    PageKind.ARTICLE: {Kind.FILE, Kind.FRAME, Kind.REPORT},
}
_LEADS_TO = {
    Kind.REPORT: PageKind.ARTICLE, Kind.FILE: PageKind.FILE, Kind.COLUMN: PageKind.LIST, Kind.YEAR: PageKind.LIST,
    Kind.GROUP: PageKind.LIST, Kind.DISCLOSURE: PageKind.NAV, Kind.OPENNESS: PageKind.NAV,
    Kind.SITEMAP: PageKind.NAV,
}  # fmt: skip


def plan(facts: PageFacts, html: str, where: Where) -> Plan:
    """Say what to fetch next.

    Args:
        facts: of the page, from ``links.read_page``.
        html: its decoded text.
        where: its address, place in the walk and site.
    """
    scored = score_links(facts, in_list=where.kind is PageKind.LIST)
    reports = sum(s.kind is Kind.REPORT for s in scored)
    steps = [step for s in scored if (step := _step(s, where, reports)) is not None]
    files = [step for step in steps if step.kind is PageKind.FILE]
    steps = [step for step in steps if step.kind is not PageKind.FILE] + files[:MAX_FILES]
    more: list[str] = []
    if where.kind is PageKind.LIST or (where.kind is PageKind.ARTICLE and reports > 2):
        more = [url for url in further_pages(facts, html, where.url) if _allowed(url, Kind.PAGER, where)]
        steps += [Step(url, PageKind.LIST, PRIORITY[Kind.PAGER], "") for url in more]
    if facts.redirect and not steps and _allowed(facts.redirect, Kind.PAGER, where):
        steps = [Step(facts.redirect, where.kind, 99, "")]
    decoys = tuple(s.link.label for s in scored if s.kind is Kind.DECOY)
    listed = bool(more) or any(s.kind in (Kind.REPORT, Kind.FILE, Kind.YEAR) for s in scored)
    return Plan(tuple(steps), reports, decoys, _is_shell(facts, where.kind, bool(steps), listed))


def _step(scored: Scored, where: Where, reports: int) -> Step | None:
    kind = Kind.FILE if scored.link.is_file and _wanted_file(scored, where) else scored.kind
    if kind not in _FOLLOW[where.kind] or not _allowed(scored.link.url, kind, where):
        return None
    if kind is Kind.GROUP and urlsplit(scored.link.url).path in ("", "/"):
        return None  # the portal's own name in the page head
    if kind is Kind.REPORT and where.kind is PageKind.ARTICLE and reports < 2:
        return None  # its own title, or a neighbour in a "next article" line
    if not _year_wanted(scored.year, kind, where.years):
        return None
    target = where.kind if kind is Kind.FRAME else _LEADS_TO[kind]
    if where.depth + 1 > MAX_DEPTH.get(target, 1):
        return None
    label = scored.link.label
    return Step(scored.link.url, target, max(scored.score, PRIORITY[kind]), label, scored.year)


def _wanted_file(scored: Scored, where: Where) -> bool:
    """On a report's own page every attachment may be the report; elsewhere its title must say so."""
    if where.kind is PageKind.ARTICLE:
        return scored.kind is not Kind.DECOY
    return scored.kind in (Kind.REPORT, Kind.FILE)


def _year_wanted(year: int | None, kind: Kind, years: tuple[int, int] | None) -> bool:
    if year is None or years is None:
        return True
    # A year's folder may be named after the year of publication, one later.
    return years[0] <= year <= years[1] + (1 if kind is Kind.YEAR else 0)


def _allowed(url: str, kind: Kind, where: Where) -> bool:
    if not may_follow(url, where.site, where.suffix) or names_private_place(url.split("/")[2].split(":")[0]):
        return False
    # Another organisation's official host (the city's portal) may hold the column or the report itself;
    # its menus are not ours to walk.
    return is_own(url, where.site, where.suffix) or kind in (Kind.COLUMN, Kind.REPORT, Kind.FILE)


def _is_shell(facts: PageFacts, kind: PageKind, leads_on: bool, listed: bool) -> bool:
    """A page that scripts fill: a list that lists nothing, a menu that leads nowhere, a report without text."""
    if not facts.n_scripts or facts.redirect:
        return False
    if kind is PageKind.ARTICLE:
        return not leads_on and len(facts.text) < MIN_TEXT
    return not listed if kind is PageKind.LIST else not leads_on
