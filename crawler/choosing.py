"""Which sites a run is about: the ones named, or those of the records and of earlier runs that are due."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from archive.due import days_between_visits, last_visits
from archive.frontier import Frontier
from archive.ledger import Ledger
from archive.outcomes import Outcome
from archive.store import Store
from crawler.site_records import SiteError, SiteRecord, find_target

NO_SITE = "There is no site to crawl; give a homepage URL, or write a record with `nianbao site new`."


class NothingDueError(SiteError):
    """All sites were looked at not long ago."""


def known_sites(ledger: Ledger, site_ids: Iterable[str] | None = None) -> list[SiteRecord]:
    """Records of sites that were crawled before, from the ledger; of these ids, or of all."""
    wanted = None if site_ids is None else set(site_ids)
    return [
        SiteRecord(row["site_id"], row["homepage"], tuple(json.loads(row["hosts"])), row["area_code"], row["name"])
        for row in ledger.sites()
        if wanted is None or row["site_id"] in wanted
    ]


def of_province(records: Iterable[SiteRecord], province: str | None) -> list[SiteRecord]:
    """Those of the records whose code begins like the province's; all if none is asked for."""
    return [r for r in records if not province or (r.code or "").startswith(province[:2])]


def choose_sites(
    targets: Iterable[str], province: str | None, records: Mapping[str, SiteRecord], ledger: Ledger
) -> list[SiteRecord]:
    """The sites to crawl: the targets, or all known ones that are due.

    Raises:
        SiteError: there is no site at all.
        NothingDueError: there are sites, and none is due.
    """
    named = {r.site_id: r for r in (find_target(target, records) for target in targets)}
    if named:
        return of_province(named.values(), province)
    every = {r.site_id: r for r in [*known_sites(ledger), *records.values()]}
    chosen = of_province(every.values(), province)
    if not chosen:
        raise SiteError(NO_SITE)
    now = datetime.now(UTC)
    limit = (now - timedelta(days=days_between_visits(now))).strftime("%Y-%m-%dT%H:%M:%SZ")
    visits = last_visits(ledger.conn, now)
    due = [r for r in chosen if visits.get(r.site_id, "") < limit]
    if not due:
        raise NothingDueError(f"No site is due: all {len(chosen)} were looked at in the last days.")
    return due


def retry_run(run_id: str, store: Store, args: Mapping[str, object]) -> Frontier:
    """Start a run with what another one left open or failed for passing reasons.

    Raises:
        SiteError: there is no such run, or nothing to try again.
    """
    ledger = store.ledger
    if ledger.run(run_id) is None:
        raise SiteError(f"There is no run {run_id}; `nianbao status` lists them.")
    frontier = Frontier(ledger.conn, ledger.start_run("crawl", args, store.vantage))
    if not frontier.take_over(run_id, [o for o in Outcome if o.transient]):
        ledger.finish_run(frontier.run_id, "finished", {"pages": 0})
        raise SiteError(f"The run {run_id} left nothing to try again.")
    return frontier
