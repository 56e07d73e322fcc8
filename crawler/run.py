"""The crawl command: ``python -m crawler.run --archive DIR [TARGET …]``, started by ``nianbao crawl``.

Exit codes: 0 something was captured, 1 nothing was found or the crawl failed, 2 bad input, 3 the disk is full.
"""

from __future__ import annotations

import gc
import json
import logging
import re
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive.frontier import Frontier
from archive.outcomes import Outcome
from archive.store import Store, open_store
from archive.workdb import RUNS_DIR, ArchiveError, BusyError, write_error
from crawler.abroad import county_of
from crawler.choosing import NO_SITE, NothingDueError, choose_sites, known_sites, of_province, retry_run
from crawler.chromium import browser_settings, find_browser
from crawler.compare import compare
from crawler.links import PageFacts
from crawler.offpeak import parse_hours
from crawler.scope import HostRules, SiteScope
from crawler.seasons import known_pages, known_recipes
from crawler.settings import CONTACT
from crawler.site_records import FOLDER, SiteError, SiteRecord, find_target, load_records
from crawler.spiders.portal import PortalSpider
from crawler.state import CrawlState, SiteState
from crawler.tasks import home_task, known_task

BAD_INPUT = 2


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a crawl, as given."""

    archive: Path
    targets: tuple[str, ...]
    years: tuple[int, int] | None
    proxy: str | None
    suffix: str
    max_pages: int
    browser: str
    province: str | None
    retry: str | None
    delay: float
    hours: tuple[int, int] | None
    as_json: bool

    def as_args(self) -> dict[str, object]:
        """What makes two runs the same crawl, for going on with an interrupted one."""
        return {
            "targets": sorted(self.targets), "years": list(self.years) if self.years else None,
            "suffix": self.suffix, "max_pages": self.max_pages, "browser": self.browser,
            "province": self.province, "retry": self.retry,
        }  # fmt: skip


def parse_years(value: str | None) -> tuple[int, int] | None:
    """``2019-2025`` or ``2023`` as first and last year; None for all. Raises SiteError for anything else."""
    if not value:
        return None
    found = re.fullmatch(r"(\d{4})(?:\s*-\s*(\d{4}))?", value.strip())
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 2000 <= first <= last <= 2100:
        raise SiteError(f"--years {value!r} is no year or range of years; write it like 2019-2025.")
    return first, last


def check_proxy(value: str | None) -> str | None:
    """A proxy address. Raises SiteError if it is none."""
    if not value:
        return None
    parts = urlsplit(value if "://" in value else f"http://{value}")
    try:
        good = parts.scheme == "http" and parts.hostname and parts.port
    except ValueError:
        good = None
    if not good:
        raise SiteError(f"--proxy {value!r} is no proxy address; write it like http://127.0.0.1:3128.")
    return parts.geturl()


def check_hours(value: str | None) -> tuple[int, int] | None:
    """``20-7`` as hours of the day in China's time; None for all day. Raises SiteError if it is none."""
    if not value:
        return None
    hours = parse_hours(value)
    if hours is None:
        raise SiteError(f"--hours {value!r} is no range of hours; write it like 20-7.")
    return hours


def begin_run(
    options: Options, records: Mapping[str, SiteRecord], store: Store
) -> tuple[Frontier, list[SiteRecord], bool]:
    """Start a run, or go on with one that did not end; return its frontier, its sites and whether it goes on.

    Raises:
        SiteError: bad input, in one sentence.
    """
    ledger, args = store.ledger, options.as_args()
    if run_id := ledger.resumable_run("crawl", args):
        ledger.reopen_run(run_id)
        frontier = Frontier(ledger.conn, run_id)
        frontier.release_leases()
        return frontier, known_sites(ledger, frontier.site_ids()), True
    if options.retry:
        frontier = retry_run(options.retry, store, args)
        return frontier, known_sites(ledger, frontier.site_ids()), False
    chosen = choose_sites(options.targets, options.province, records, ledger)
    frontier = Frontier(ledger.conn, ledger.start_run("crawl", args, store.vantage))
    for r in chosen:
        ledger.upsert_site(r.site_id, r.homepage, r.hosts, r.name, r.code, r.platform)
    frontier.add(home_task(record.site_id, record.homepage) for record in chosen)
    frontier.add(known_task(r.site_id, r.column, "list") for r in chosen if r.column)
    frontier.add(known_pages(ledger, [record.site_id for record in chosen]))
    return frontier, chosen, False


def make_state(options: Options, store: Store, frontier: Frontier, records: list[SiteRecord]) -> CrawlState:
    """Put together what the spider works with."""
    sites: dict[str, SiteState] = {}
    for record in records:
        browser = record.browser if record.browser != "auto" else store.ledger.site_browser(record.site_id)
        scope = SiteScope(record.site_id, set(record.hosts))
        county = county_of(PageFacts(()), record.name) or ""
        sites[record.site_id] = SiteState(scope, record.homepage, browser, county=county)
    for site_id, page_key, call in known_recipes(store.ledger, sites):
        sites[site_id].recipes[page_key] = call
    return CrawlState(
        frontier=frontier, store=store, sites=sites, hosts={h for s in sites.values() for h in s.scope.hosts},
        suffix=options.suffix, years=options.years, max_pages=options.max_pages, browser=options.browser,
        browser_found=options.browser != "never" and find_browser()[0], hours=options.hours,
    )  # fmt: skip


def make_settings(options: Options, state: CrawlState) -> Settings:
    """Scrapy's settings for this run."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    own: dict[str, Any] = {
        "NIANBAO_SUFFIX": options.suffix,
        "NIANBAO_PROXY": options.proxy,
        "DOWNLOAD_DELAY": options.delay,
        "AUTOTHROTTLE_START_DELAY": options.delay,
        "AUTOTHROTTLE_ENABLED": options.delay > 0,  # without pauses there is nothing to adapt (demo, tests)
        "EXTENSIONS": {"crawler.progress.Progress": 0, "crawler.committing.Committing": 0},
        "LOG_FILE": str(options.archive / RUNS_DIR / f"{state.frontier.run_id}.log"),
        "LOG_FILE_APPEND": True,
    }
    if state.browser_found:
        rules = HostRules(options.suffix, state.hosts)
        own["NIANBAO_HOST_RULES"] = rules
        own |= browser_settings(find_browser()[1], options.proxy, rules, options.delay)
    settings.update(own, priority="cmdline")
    return settings


@contextmanager
def _database_errors() -> Iterator[None]:
    """A full disk can hit the work database at any statement; a run that could not be ended is resumed later."""
    try:
        yield
    except sqlite3.Error as error:
        raise write_error("The work database", error) from error


def collect_seldom() -> None:
    """Let Python look for garbage in circles less often: by default that is a tenth of what a page costs."""
    gc.freeze()  # what was loaded by now stays
    gc.set_threshold(5000)


def crawl(options: Options) -> dict[str, Any]:
    """Run a crawl to its end; return the summary.

    Raises:
        SiteError: bad input.
        ArchiveError: the archive cannot be used.
    """
    records = load_records(FOLDER, options.archive / "sites")
    for target in options.targets:
        find_target(target, records)  # bad input is told before a folder is made
    if options.retry and not options.archive.exists():
        raise SiteError(f"There is no archive at {options.archive}, so there is no run {options.retry} to try again.")
    if not (options.targets or of_province(records.values(), options.province) or options.archive.exists()):
        raise SiteError(NO_SITE)
    with _database_errors(), open_store(options.archive, create=not options.retry) as store:
        frontier, chosen, resumed = begin_run(options, records, store)
        state = make_state(options, store, frontier, chosen)
        process = AsyncCrawlerProcess(make_settings(options, state))
        collect_seldom()
        failed = True
        try:
            process.crawl(PortalSpider, state=state)
            process.start()
            failed = False
        finally:
            left = frontier.counts()
            open_tasks = left.get("waiting", 0) + left.get("leased", 0)
            run_state = "failed" if failed or state.stopped_for else "interrupted" if open_tasks else "finished"
            summary = {
                "run_id": frontier.run_id, "state": run_state, "resumed": resumed, "sites": len(state.sites),
                "pages": state.pages, "documents": state.documents, "left": open_tasks,
                "outcomes": store.ledger.outcomes(frontier.run_id), "decoys_seen": len(state.decoys),
                "problems": [*state.problems, *([str(state.stopped_for)] if state.stopped_for else [])],
                "stopped_with": state.stopped_for.exit_code if state.stopped_for else 0,
            }  # fmt: skip
            summary["compared"] = compare(store.ledger, frontier.run_id)
            summary["problems"] += [sentence for one in summary["compared"] if (sentence := one.pop("problem"))]
            store.ledger.finish_run(frontier.run_id, run_state, summary)
    return summary


def nothing_found(summary: Mapping[str, Any]) -> str:
    """Why there is no document, as far as the outcomes tell, and what to do."""
    failures = {name: n for name, n in summary["outcomes"].items() if not Outcome(name).stored}
    if not summary["pages"]:
        worst = next(iter(failures), "")
        return f"No page was fetched. {Outcome(worst).meaning if worst else ''} Check the address and the network."
    return (
        "No report was found. Check that the address is the portal's homepage, that --official-suffix fits its hosts "
        "and that --years holds the years you want; the log in runs/ says what was fetched."
    )


@click.command()
@click.option("--archive", type=click.Path(path_type=Path), required=True, help="The archive folder.")
@click.option("--years", help="Reporting years, e.g. 2019-2025; all by default.")
@click.option("--proxy", help="HTTP proxy that does the fetching and name resolution.")
@click.option("--official-suffix", "suffix", default=".gov.cn", show_default=True, help="Suffix of official hosts.")
@click.option("--max-pages", type=click.IntRange(1), default=1500, show_default=True, help="Most pages of one site.")
@click.option("--browser", type=click.Choice(["auto", "never", "always"]), default="auto", show_default=True)
@click.option("--province", help="Only sites whose division code begins like this.")
@click.option("--retry", help="Try again what a run left open or failed for passing reasons.")
@click.option(
    "--delay", type=click.FloatRange(0, 600), default=1.0, show_default=True, help="Seconds between two requests."
)
@click.option("--hours", help="Fetch only at these hours of the day, China's time, e.g. 20-7.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON line.")
@click.option("--part-of-run", is_flag=True, hidden=True, help="Leave it to `nianbao run` to say that others write.")
@click.argument("targets", nargs=-1)
def main(years: str | None, proxy: str | None, hours: str | None, part_of_run: bool, **given: Any) -> None:
    """Find and capture reports. TARGET is a homepage URL or the code of a site record; all sites by default."""
    logging.captureWarnings(True)
    try:
        options = Options(years=parse_years(years), proxy=check_proxy(proxy), hours=check_hours(hours), **given)
        if not CONTACT and not options.proxy:
            click.echo(
                "Note: set NIANBAO_CONTACT to an e-mail address or page, so that the sites' people can reach you.",
                err=True,
            )
        summary = crawl(options)
    except NothingDueError as error:
        click.echo(str(error), err=True)
        sys.exit(0)
    except SiteError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(BAD_INPUT)
    except ArchiveError as error:
        if not (part_of_run and isinstance(error, BusyError)):
            click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    if not summary["documents"] and not summary["problems"]:
        summary["problems"].append(nothing_found(summary))
    for problem in summary["problems"]:
        click.echo(f"Warning: {problem}", err=True)
    if options.as_json:
        click.echo(json.dumps(summary, ensure_ascii=False))
    else:
        ends = ", ".join(f"{name} {count}" for name, count in summary["outcomes"].items())
        click.echo(
            f"Run {summary['run_id']} {summary['state']}: {summary['pages']} pages and {summary['documents']} "
            f"documents from {summary['sites']} site(s) ({ends}).",
            err=True,
        )
    sys.exit(summary["stopped_with"] or (0 if summary["documents"] and summary["state"] != "failed" else 1))


if __name__ == "__main__":
    main()
