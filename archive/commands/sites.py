"""``nianbao site``: county portals without Python. The work is done by the crawl side, in a child process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from archive.commands.crawling import need_crawler
from archive.commands.options import archive_option


@click.group()
def site() -> None:
    """Add, check and probe county portals."""


@site.command()
@archive_option
@click.option("--column", help="The page that lists the reports, if it is known.")
@click.option("--platform", help="The site product, if it is known.")
@click.option("--why", help="What the guess of the platform rests on.")
@click.argument("code")
@click.argument("homepage")
def new(archive: Path, code: str, homepage: str, **more: str | None) -> None:
    """Write a record for a county into the archive's sites/ folder. CODE is its division code, e.g. 141127."""
    options = [part for name, value in more.items() if value for part in (f"--{name}", value)]
    _run("new", "--archive", str(archive), *options, "--", code, homepage)


@site.command()
@archive_option
@click.option("--official-suffix", default=".gov.cn", show_default=True, help="Suffix of official hosts.")
def check(archive: Path, official_suffix: str) -> None:
    """Check all site records without a network: codes, names, hosts."""
    _run("check", "--archive", str(archive), "--official-suffix", official_suffix)


@site.command()
@click.option("--official-suffix", default=".gov.cn", show_default=True, help="Suffix of official hosts.")
@click.option("--proxy", help="HTTP proxy that does the fetching and name resolution.")
@click.option("--delay", type=click.FloatRange(0, 600), default=1.0, show_default=True)
@click.option("--browser", type=click.Choice(["auto", "never", "always"]), default="auto", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
@click.argument("url")
def probe(url: str, official_suffix: str, proxy: str | None, delay: float, browser: str, as_json: bool) -> None:
    """Say what answers at a homepage, which product it is, and where the report column seems to be."""
    options = ["--official-suffix", official_suffix, "--delay", str(delay), "--browser", browser]
    options += ["--proxy", proxy] if proxy else []
    _run("probe", *options, *(["--json"] if as_json else []), "--", url)


def _run(*arguments: str) -> None:
    need_crawler()
    command = [sys.executable, "-m", "crawler.site_tool", *arguments]
    sys.exit(subprocess.run(command, check=False).returncode)  # noqa: S603 - our own module, arguments as a list
