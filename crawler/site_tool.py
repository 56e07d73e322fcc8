"""Work on site records: ``python -m crawler.site_tool new|check|probe``, started by ``nianbao site``.

Exit codes: 0 all is well, 1 something was found wrong or did not answer, 2 bad input.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click

from archive import warc, workdb
from archive.outcomes import Outcome
from archive.workdb import ArchiveError
from crawler.fleet import check_fleet, province_file, record_text
from crawler.judge import rough_text
from crawler.links import read_page
from crawler.platforms import Page, recognise
from crawler.run import Options, check_proxy, crawl
from crawler.site_records import FOLDER, SiteError, find_target, load_records

PROBE_PAGES = 14

_suffix = click.option("--official-suffix", "suffix", default=".gov.cn", show_default=True)
_archive = click.option("--archive", type=click.Path(path_type=Path), required=True, help="The archive folder.")


@click.group()
def cli() -> None:
    """Add, check and probe county portals."""


@cli.command()
@_archive
@_suffix
def check(archive: Path, suffix: str) -> None:
    """Check all records, those of the program and those of the archive, without a network."""
    records = load_records(FOLDER, archive / "sites")
    wrong = list(check_fleet(records, suffix))
    for sentence in wrong:
        click.echo(sentence, err=True)
    click.echo(f"{len(records)} record(s) checked, {len(wrong)} fault(s).")
    sys.exit(1 if wrong else 0)


@cli.command()
@_archive
@click.option("--column", help="The page that lists the reports, if it is known.")
@click.option("--platform", help="The site product, if it is known.")
@click.option("--why", help="What the guess of the platform rests on.")
@click.argument("code")
@click.argument("homepage")
def new(archive: Path, code: str, homepage: str, **more: str | None) -> None:
    """Write a record for a county into the archive's own sites/ folder. CODE is its division code."""
    records = load_records(FOLDER, archive / "sites")
    if code in records:
        raise SiteError(f"There is a record for {code} already: {records[code].homepage}")
    record = find_target(homepage, {})
    text = record_text(code, record.homepage, more.items())
    workdb.open(archive, create=True).close()
    path = province_file(archive / "sites", code)
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(before + text, encoding="utf-8")
    try:
        load_records(FOLDER, archive / "sites")
    except SiteError:
        path.write_text(before, encoding="utf-8")
        raise
    click.echo(f"Written to {path}:\n{text}", nl=False)


@dataclass(slots=True)
class Probed:
    """What a probe found out about a portal."""

    homepage: str
    outcome: str = "unreachable"
    meaning: str = ""
    final_url: str = ""
    title: str = ""
    platform: str | None = None
    sign: str | None = None
    browser: bool = False
    columns: list[dict[str, str]] = field(default_factory=list)
    reports_seen: int = 0


@cli.command()
@_suffix
@click.option("--proxy", help="HTTP proxy that does the fetching and name resolution.")
@click.option("--delay", type=click.FloatRange(0, 600), default=1.0, show_default=True)
@click.option("--browser", type=click.Choice(["auto", "never", "always"]), default="auto", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
@click.argument("homepage")
def probe(homepage: str, suffix: str, proxy: str | None, delay: float, browser: str, as_json: bool) -> None:
    """Say what answers at a homepage, which product it is and where the report column seems to be."""
    target = find_target(homepage, {}).homepage
    with tempfile.TemporaryDirectory(prefix="nianbao-probe-") as name:
        folder = Path(name) / "archive"
        crawl(Options(archive=folder, targets=(target,), years=None, proxy=check_proxy(proxy), suffix=suffix,
                      max_pages=PROBE_PAGES, browser=browser, province=None, retry=None, delay=delay, hours=None,
                      as_json=False))  # fmt: skip
        found = _judge(folder, target)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
    else:
        click.echo("\n".join(_told(found)))
    sys.exit(0 if found.columns else 1)


def _judge(folder: Path, homepage: str) -> Probed:
    """Read the probe's own captures: nothing is fetched twice."""
    found = Probed(homepage)
    conn = workdb.open(folder)
    try:
        rows = conn.execute("SELECT * FROM captures ORDER BY capture_id").fetchall()
    finally:
        conn.close()
    for row in rows:
        if row["role"] == "page" and row["url"].rstrip("/") == homepage.rstrip("/"):
            found.outcome, found.final_url = row["outcome"], row["final_url"]
            found.meaning = Outcome(row["outcome"]).meaning
        found.browser |= row["via"] == "browser"
        if row["record_id"] and row["outcome"] == Outcome.OK and "html" in (row["media_type"] or ""):
            _learn(found, folder, row)
    found.reports_seen = len({r["final_url"] for r in rows if r["role"] == "document" and r["outcome"] == Outcome.OK})
    return found


def _learn(found: Probed, folder: Path, row: sqlite3.Row) -> None:
    payload = warc.read_payload(folder, row["warc_file"], row["warc_offset"], row["warc_length"])
    html = rough_text(payload.body, tags=True)
    facts = read_page(html, row["final_url"])
    if row["url"].rstrip("/") == found.homepage.rstrip("/"):
        found.title = facts.title
    if found.platform is None and (product := recognise(Page(row["final_url"], html, facts))):
        found.platform, found.sign = product
    known = {column["url"] for column in found.columns}
    if row["role"] == "list" and row["via"] == "http" and row["anchor"] and row["final_url"] not in known:
        found.columns.append({"url": row["final_url"], "called": row["anchor"]})


def _told(found: Probed) -> Iterator[str]:
    yield f"{found.homepage}: {found.outcome}. {found.meaning}"
    yield f"Title: {found.title or '(none)'}" + ("; a browser was needed" if found.browser else "")
    product = f"{found.platform} (told by {found.sign})" if found.platform else "none that is known"
    yield f"Product: {product}"
    for column in found.columns:
        yield f"Column: {column['url']} ({column['called']})"
    if not found.columns:
        yield "Column: none found within a few pages."
    yield f"Documents seen on the way: {found.reports_seen}"


def main(*args: Any) -> None:
    """Run, and tell what went wrong in one sentence."""
    try:
        cli(*args)
    except SiteError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    except ArchiveError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
