"""What to fetch next after a page: the walk from the homepage to the reports. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from crawler.abroad import is_above, is_ours, mentions, names_another
from crawler.canon import is_route, is_twin
from crawler.discovery import (
    PRIORITY,
    TABLES,
    Kind,
    Scored,
    is_column_page,
    is_full_text,
    looks_like_report,
    score_links,
    unopened,
)
from crawler.links import PageFacts
from crawler.pager import NextPage, chosen_years, goes_on, is_pager, next_page
from crawler.platforms import Call, Page, calls
from crawler.scope import SiteScope, host_of, is_bare_address, is_own, may_follow, names_private_place, organisation
from crawler.sitesearch import MAX_RESULT_PAGES
from crawler.texts import squash
from crawler.turns import loads_more, says_empty
from crawler.wordings import bare, wordings
from parsers.titles import judge_title

MAX_DEPTH = {"nav": 5, "list": 9, "feed": 70, "article": 72, "file": 73}
MAX_FILES = 20  # of one page
LEAST_ROWS = 3  # reports that make a page a list of them
MIN_TEXT = 200  # characters of visible text under which a page with scripts counts as a shell
MAX_ENTRANCES = 4  # links of a page that only leads into the portal
MAX_CALLS = 3  # list calls of a page's own scripts that are tried
FEED_PRIORITY = 82
LONGEST_NAME = 12  # characters of a county's name with its city's and 人民政府


class PageKind(StrEnum):
    """Where in the walk a page stands. Its ledger role follows from it."""

    HOME = "home"
    NAV = "nav"
    LIST = "list"
    FEED = "feed"
    ARTICLE = "article"
    FILE = "file"
    PICTURE = "picture"
    PROBE = "probe"

    @property
    def role(self) -> str:
        """The role of its capture: what may hold a report is a ``document``."""
        roles = {"home": "page", "nav": "page", "probe": "page", "list": "list", "feed": "api", "picture": "asset"}
        return roles.get(self, "document")


@dataclass(frozen=True, slots=True)
class Step:
    """One page to fetch next. ``patience`` is the kind of guess it is (see ``crawler.patience``), if it is one."""

    url: str
    kind: PageKind
    priority: int
    label: str
    year: int | None = None
    patience: str = ""
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a page leads to.

    ``onward`` are the next page of its list and the like, which are wanted only while pages bring something new.
    ``reports`` counts report links of any year; ``decoys`` are titles left alone; ``rows`` the addresses that the
    page lists; ``useful`` says that it is a report or leads to some; ``by_hand`` that only clicking turns its pages,
    ``unopened`` that it has tabs which only a click opens.
    """

    steps: tuple[Step, ...]
    onward: tuple[Step, ...]
    reports: int
    decoys: tuple[str, ...]
    rows: frozenset[str]
    needs_browser: bool
    useful: bool
    by_hand: bool = False
    unopened: bool = False


@dataclass(frozen=True, slots=True)
class Where:
    """The page a plan is made for. ``number`` is which page of its list it is.

    ``county`` is the name of the site's county, where it is known. ``abroad`` says that the page belongs to the city's
    portal and is looked at for the county's sake (see ``crawler.abroad``), ``named`` that it stands under the county's
    name there. ``search`` says that the page shows what the portal's search found.
    """

    url: str
    kind: PageKind
    depth: int
    site: SiteScope
    suffix: str
    years: tuple[int, int] | None = None
    in_column: bool = False
    number: int = 1
    learnt: Call | None = None  # the call that was seen to fill this very list (see crawler.recipes)
    county: str = ""
    abroad: bool = False
    named: bool = False
    search: bool = False
    chosen: bool = False  # the list of a year that was chosen in a form


_NAV_FOLLOWS = {Kind.COLUMN, Kind.DISCLOSURE, Kind.OPENNESS, Kind.REPORT, Kind.FRAME, Kind.NEIGHBOUR, Kind.ORGAN}
_FOLLOW = {
    PageKind.HOME: {Kind.COLUMN, Kind.DISCLOSURE, Kind.OPENNESS, Kind.SITEMAP, Kind.REPORT, Kind.FRAME},
    PageKind.NAV: _NAV_FOLLOWS,
    PageKind.LIST: {Kind.REPORT, Kind.FILE, Kind.COLUMN, Kind.YEAR, Kind.GROUP, Kind.FRAME, Kind.ENTRY},
    PageKind.FEED: {Kind.REPORT, Kind.FILE, Kind.ENTRY},
    PageKind.ARTICLE: {Kind.FILE, Kind.FRAME, Kind.REPORT},
}
_MENUS_ABOVE = frozenset({Kind.COLUMN, Kind.DISCLOSURE, Kind.OPENNESS, Kind.GROUP, Kind.ORGAN, Kind.NEIGHBOUR})
_LEADS_TO = {
    Kind.REPORT: PageKind.ARTICLE, Kind.ENTRY: PageKind.ARTICLE, Kind.FILE: PageKind.FILE, Kind.COLUMN: PageKind.LIST,
    Kind.YEAR: PageKind.LIST, Kind.GROUP: PageKind.LIST, Kind.DISCLOSURE: PageKind.NAV, Kind.OPENNESS: PageKind.NAV,
    Kind.SITEMAP: PageKind.NAV, Kind.NEIGHBOUR: PageKind.NAV, Kind.ORGAN: PageKind.NAV,
}  # fmt: skip
GUESSES = frozenset({
    Kind.GROUP, Kind.DISCLOSURE, Kind.OPENNESS, Kind.NEIGHBOUR, Kind.ORGAN, Kind.SITEMAP, Kind.ENTRY, Kind.FRAME,
})  # fmt: skip


def plan(facts: PageFacts, html: str, where: Where) -> Plan:
    """Say what to fetch next.

    Args:
        facts: of the page, from ``links.read_page`` (or of list data, from ``feeds``).
        html: its decoded text.
        where: its address, place in the walk and site.
    """
    is_report = looks_like_report(facts.text)
    where = _placed(facts, where, is_report)
    scored = score_links(facts, in_list=where.in_column)
    reports = sum(s.kind is Kind.REPORT for s in scored)
    if where.kind is PageKind.NAV and not where.search and _is_list(scored, reports):
        where = _but(where, PageKind.LIST, in_column=True)
        scored = score_links(facts, in_list=True)
    folder = reports > 2 or (reports and is_column_page(facts) and not facts.pictures)
    if where.kind is PageKind.ARTICLE and folder and not is_report:  # 2023年政府信息公开年报 was a folder
        where = _but(where, PageKind.LIST, in_column=True)
    steps = [step for s in scored if (step := _step(s, where, reports, len(scored))) is not None]
    files = [step for step in steps if step.kind is PageKind.FILE]
    steps = [step for step in steps if step.kind is not PageKind.FILE] + files[:MAX_FILES]
    steps += _pictures(facts, where, bool(files))
    if where.kind is PageKind.ARTICLE and not is_report and not steps:
        steps += _elsewhere(scored, facts, where)
    if where.kind in (PageKind.HOME, PageKind.NAV) and not any(s.kind is PageKind.LIST for s in steps):
        steps += _fragments(facts, where)
    if where.kind is PageKind.HOME and not steps and not facts.redirect:
        steps = _entrances(facts, where)
    listed = any(s.kind in (Kind.REPORT, Kind.FILE, Kind.YEAR, Kind.ENTRY) for s in scored) or is_report
    onward = _onward(facts, html, where, listed)
    if facts.redirect and not steps and _allowed(facts.redirect, Kind.PAGER, where):
        steps = [Step(facts.redirect, where.kind, 99, "", None, "", {"sent_on": True})]
    useful = is_report or any(s.kind in (PageKind.ARTICLE, PageKind.FILE) for s in steps)
    return Plan(
        steps=tuple(sorted(steps, key=lambda s: is_twin(s.url))), onward=onward, reports=reports,
        decoys=tuple(s.link.label for s in scored if s.kind is Kind.DECOY),
        rows=frozenset(link.url for link in facts.links if len(link.label) > 5 and not is_pager(link)),
        needs_browser=_is_shell(facts, where, bool(steps or onward), listed or bool(onward)), useful=useful,
        by_hand=bool(facts.n_scripts) and where.kind is PageKind.LIST and where.in_column and where.number == 1
        and listed and not onward and not where.search and goes_on(facts),
        unopened=where.kind is PageKind.LIST and where.in_column and where.number == 1 and unopened(facts, scored),
    )  # fmt: skip


def _entrances(facts: PageFacts, where: Where) -> list[Step]:
    """The ways on from a page that shows hardly more than a picture to click on."""
    own = [i for i in facts.links if i.url != where.url and is_own(i.url, where.site, where.suffix)
           and not i.is_file and not wordings().dull.search(bare(i.label))]  # fmt: skip
    urls = list(dict.fromkeys(link.url for link in own))
    if len(urls) > MAX_ENTRANCES or len(facts.text) > MIN_TEXT or where.depth > 0:
        return []
    return [Step(url, PageKind.HOME, 97, "", None, "", {}) for url in urls if not names_private_place(host_of(url))]


def _placed(facts: PageFacts, where: Where, is_report: bool) -> Where:
    """A page that calls itself the column is the column, however it was reached; a report's page never is."""
    if where.search:
        return where
    if where.kind is PageKind.NAV and not is_report and is_column_page(facts):
        return _but(where, PageKind.LIST, in_column=True)
    if where.kind is PageKind.LIST and not where.in_column and is_column_page(facts):
        return _but(where, where.kind, in_column=True)
    return where


def _is_list(scored: list[Scored], reports: int) -> bool:
    """True if a menu turns out to be a list of reports that goes by another name: most of its dated rows are some."""
    dated = sum(s.link.dated for s in scored)
    return reports >= LEAST_ROWS and 2 * reports >= dated and not any(s.kind is Kind.COLUMN for s in scored)


def _but(where: Where, kind: PageKind, in_column: bool) -> Where:
    return replace(where, kind=kind, in_column=in_column)


def _step(scored: Scored, where: Where, reports: int, n_links: int) -> Step | None:
    link = scored.link
    kind = Kind.FILE if link.is_file and _wanted_file(scored, where) else scored.kind
    if where.abroad and kind is Kind.OTHER and len(link.label) <= LONGEST_NAME and mentions(link.label, where.county):
        kind = Kind.GROUP if where.in_column else Kind.ORGAN  # the county's folder on its city's portal
    if kind not in _FOLLOW[where.kind] or not _allowed(link.url, kind, where) or not _ours(link.label, kind, where):
        return None
    if kind in (Kind.GROUP, Kind.ORGAN) and urlsplit(link.url).path in ("", "/") and not urlsplit(link.url).fragment:
        return None  # the portal's own name in the page head
    if kind is Kind.REPORT and where.kind is PageKind.ARTICLE and reports < 2:
        return None  # its own title, or a neighbour in a "next article" line
    if not _year_wanted(scored.year, kind, where.years):
        return None
    target = where.kind if kind is Kind.FRAME else _LEADS_TO[kind]
    if where.depth + 1 > MAX_DEPTH.get(target, 1):
        return None
    meta: dict[str, Any] = {"column": True} if kind in (Kind.COLUMN, Kind.YEAR, Kind.GROUP) or where.in_column else {}
    if kind is Kind.YEAR and link.how == "option":  # the years of a selection may only repeat what the list shows
        return Step(link.url, target, PRIORITY[Kind.GROUP], link.label, scored.year, "option", meta)
    patience = str(kind) if kind in GUESSES and not (kind is Kind.FRAME and n_links < 8) else ""
    if scored.loose:
        return Step(link.url, target, scored.score, link.label, scored.year, "loose", meta)
    return Step(link.url, target, max(scored.score, PRIORITY[kind]), link.label, scored.year, patience, meta)


def _ours(label: str, kind: Kind, where: Where) -> bool:
    """False for what another organisation's portal shows of others, and for all but reports among search results."""
    if where.search:
        return kind in (Kind.REPORT, Kind.FILE, Kind.FRAME)
    if where.abroad:
        return where.named or is_ours(label, kind, where.county)
    if where.county and kind in _MENUS_ABOVE and is_above(label, where.county):
        return False
    away = where.county and where.in_column and not is_own(where.url, where.site, where.suffix)
    return not away or kind is Kind.FRAME or not names_another(label, where.county)


def _onward(facts: PageFacts, html: str, where: Where, listed: bool) -> tuple[Step, ...]:
    """The next page of a list, or the list calls that its scripts would make."""
    if where.kind is not PageKind.LIST:
        page = Page(where.url, html, facts)
        return _call_steps(calls(page), where, listed) if where.kind is PageKind.NAV else ()
    if where.search and where.number >= MAX_RESULT_PAGES:
        return ()
    if where.learnt is not None:
        return _call_steps([where.learnt], where, listed, learnt=True)
    if where.number == 1 and (found := calls(Page(where.url, html, facts, where.in_column))):
        return _call_steps(found, where, listed)
    years = _chosen(facts, where) if where.number == 1 and where.in_column and not where.chosen else ()
    if ahead := next_page(facts, html, where.url, where.number):
        return (*_page_step(ahead, where), *years)
    if where.number == 1 and listed and where.in_column and (turn := loads_more(facts, where.url)):
        more = Call(turn.address(2), turn=turn.name, page=2)
        return (*_call_steps([more], where, listed), *years)
    if years:
        return years
    if not listed and facts.calls:
        return _call_steps([_guessed(url) for url in facts.calls[:MAX_CALLS]], where, listed)
    return ()


def _chosen(facts: PageFacts, where: Where) -> tuple[Step, ...]:
    steps = []
    for label, ahead in chosen_years(facts):
        meta: dict[str, Any] = {"column": True, "chosen": True}
        if ahead.method == "POST":
            meta |= {"method": "POST", "body": ahead.body}
        if _allowed(ahead.url, Kind.PAGER, where) and _year_wanted(int(label[:4]), Kind.YEAR, where.years):
            steps.append(Step(ahead.url, PageKind.LIST, PRIORITY[Kind.GROUP], label, int(label[:4]), "option", meta))
    return tuple(steps)


def _guessed(url: str) -> Call:
    """A list call as a page's own script writes it; its page number is whichever parameter looks like one."""
    names = [pair.split("=")[0] for pair in urlsplit(url).query.split("&")]
    turn = next((n for n in names if n.lower() in ("page", "pageno", "pagenum", "pageindex", "p", "currentpage")), "")
    return Call(url, turn=turn)


def call_step(call: Call, where: Where, listed: bool = False, learnt: bool = False) -> Step:
    """The step that makes a list call.

    ``listed``: the page shows entries of its own, so that much may go wrong. ``learnt``: it was seen in the browser,
    which is to be used again if it fails.
    """
    kind = PageKind.FEED if call.feed else PageKind.LIST
    meta: dict[str, Any] = {
        "column": True, "call": call.as_meta(), "parent": where.url, "instead": list(call.instead), "listed": listed,
    }  # fmt: skip
    if learnt:
        meta["learnt"] = True
    if call.method != "GET":
        meta |= {"method": call.method, "body": call.body}
    if call.feed:
        return Step(call.url, kind, FEED_PRIORITY, call.label, None, "", meta)
    return Step(call.url, kind, PRIORITY[Kind.YEAR], call.label, None, "area", meta)


def _call_steps(found: list[Call], where: Where, listed: bool, learnt: bool = False) -> tuple[Step, ...]:
    return tuple(call_step(call, where, listed, learnt) for call in found if _allowed(call.url, Kind.PAGER, where))


def _page_step(ahead: NextPage, where: Where) -> tuple[Step, ...]:
    if not _allowed(ahead.url, Kind.PAGER, where):
        return ()
    meta: dict[str, Any] = {"column": where.in_column, "number": where.number + 1, "instead": list(ahead.instead)}
    if ahead.method == "POST":
        meta |= {"method": "POST", "body": ahead.body}
    return (Step(ahead.url, PageKind.LIST, PRIORITY[Kind.PAGER], "", None, "", meta),)


def _fragments(facts: PageFacts, where: Where) -> list[Step]:
    """Pieces of mark-up that a menu page loads into its tabs, where the column is not among its links."""
    urls = [url for url in facts.calls if re.search(r"\.(?:s?html?|jspx?)$", url) and _allowed(url, Kind.FRAME, where)]
    return [Step(url, PageKind.NAV, PRIORITY[Kind.FRAME], "", None, str(Kind.FRAME)) for url in urls[:MAX_CALLS]]


def _pictures(facts: PageFacts, where: Where, has_files: bool) -> list[Step]:
    """Images in a report's body: its tables, or all of it, where the text itself does not hold them."""
    if where.kind is not PageKind.ARTICLE or has_files or TABLES.search(squash(facts.text)):
        return []
    kind = PageKind.PICTURE if len(facts.text) >= MIN_TEXT else PageKind.FILE
    shown = facts.leaves or facts.pictures[:MAX_FILES]
    urls = [url for url in shown if _allowed(url, Kind.FILE, where)]
    return [Step(url, kind, PRIORITY[Kind.FILE] - k, "") for k, url in enumerate(urls)]  # they are read in this order


def _elsewhere(scored: list[Scored], facts: PageFacts, where: Where) -> list[Step]:
    """Where the text of a report is, if its own page has none: behind 文字版, 全文, or a link with the same title."""
    year = judge_title(re.sub(r"[-_|–—].*$", "", facts.title)).year
    found = [
        s.link for s in scored
        if s.link.url != where.url and _allowed(s.link.url, Kind.REPORT, where)
        and (is_full_text(s.link.text) or (s.kind is Kind.REPORT and year is not None and s.year == year))
    ]  # fmt: skip
    return [Step(link.url, PageKind.ARTICLE, PRIORITY[Kind.FILE], link.label) for link in found[:2]]


def _wanted_file(scored: Scored, where: Where) -> bool:
    """On a report's own page every attachment may be the report; elsewhere its title must say so."""
    if where.kind is PageKind.ARTICLE:
        return scored.kind is not Kind.DECOY
    by_place = where.in_column and scored.kind in (Kind.GROUP, Kind.YEAR, Kind.ENTRY)  # a cell with the organ
    return by_place or scored.kind in (Kind.REPORT, Kind.FILE)


def _year_wanted(year: int | None, kind: Kind, years: tuple[int, int] | None) -> bool:
    if year is None or years is None:
        return True
    # A year's folder may be named after the year of publication, one later.
    return years[0] <= year <= years[1] + (1 if kind is Kind.YEAR else 0)


def _allowed(url: str, kind: Kind, where: Where) -> bool:
    if not may_follow(url, where.site, where.suffix) or names_private_place(host_of(url)):
        # The portal itself may keep its reports on a server without a name; nobody else's word is taken for that.
        official = is_bare_address(host_of(url)) and is_own(where.url, where.site, where.suffix)
        return official and kind in (Kind.COLUMN, Kind.REPORT, Kind.FILE)
    if is_own(url, where.site, where.suffix):
        return True
    if where.search:
        return False
    if where.abroad:
        return organisation(host_of(url), where.suffix) == organisation(host_of(where.url), where.suffix)
    if kind in (Kind.COLUMN, Kind.REPORT, Kind.FILE):
        return True
    # Another organisation's official host (the city's portal) may hold the column or the report itself; that list is
    # walked, but its menus are not ours to walk.
    same_list = where.in_column and host_of(url) == host_of(where.url)
    return same_list and kind in (Kind.PAGER, Kind.YEAR, Kind.ENTRY)


def _is_shell(facts: PageFacts, where: Where, leads_on: bool, listed: bool) -> bool:
    """A page that scripts fill: a list that lists nothing, a menu that leads nowhere, a report without text."""
    if not facts.n_scripts or facts.redirect or where.kind is PageKind.FEED or where.number > 1:
        return False
    if is_route(urlsplit(where.url).fragment):
        return False  # that came from a browser already
    if where.kind is PageKind.ARTICLE:
        return not leads_on and len(facts.text) < MIN_TEXT
    return not (listed or says_empty(facts)) if where.kind is PageKind.LIST else not leads_on
