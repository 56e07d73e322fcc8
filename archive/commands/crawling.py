"""Commands that fetch: ``crawl``, ``run``, ``demo``. Scrapy runs in a child process of its own."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from archive import workdb
from archive.commands import publishing, reading
from archive.commands.options import archive_option, fail, json_option

OPTIONS = ("years", "proxy", "official_suffix", "max_pages", "browser", "province", "retry", "delay", "hours")


def crawl_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of a crawl, shared by ``crawl`` and ``run``; the child checks them."""
    for option in reversed((
        click.argument("targets", nargs=-1),
        archive_option,
        click.option("--years", help="Reporting years, e.g. 2019-2025; all by default."),
        click.option("--proxy", help="HTTP proxy that does the fetching and name resolution."),
        click.option("--official-suffix", default=".gov.cn", show_default=True, help="Suffix of official hosts."),
        click.option("--max-pages", type=click.IntRange(1), default=1500, show_default=True, help="Most pages a site."),
        click.option("--browser", type=click.Choice(["auto", "never", "always"]), default="auto", show_default=True),
        click.option("--province", help="Only sites whose division code begins like this."),
        click.option("--retry", metavar="RUN", help="Repeat what a run left open or failed for passing reasons."),
        click.option("--delay", type=click.FloatRange(0, 600), default=1.0, show_default=True,
                     help="Least seconds between two requests to one host."),
        click.option("--hours", help="Fetch only at these hours of the day, China's time, e.g. 20-7."),
    )):  # fmt: skip
        command = option(command)
    return command


@click.command()
@crawl_options
@json_option
def crawl(targets: tuple[str, ...], archive: Path, as_json: bool, **options: Any) -> None:
    """Find and capture the reports of one or more portals.

    TARGET is a homepage URL (no site record needed) or the code of a site record; without one, all known sites.
    """
    sys.exit(start_crawl(targets, archive, options, ["--json"] if as_json else []))


@click.command()
@crawl_options
@click.pass_context
def run(ctx: click.Context, /, targets: tuple[str, ...], archive: Path, **options: Any) -> None:
    """Crawl, read and publish: what a timer calls. Safe to call at any time, any number of times."""
    from archive.publishable import doubts

    code = start_crawl(targets, archive, options, ["--part-of-run"])
    if code == workdb.BusyError.exit_code:
        click.echo(f"Another nianbao command is at work on {archive}, so this one did nothing.", err=True)
        sys.exit(0)
    # Bad input, a full disk, or nothing to go on with. What a crawl that failed otherwise did bring is published.
    if code in (2, workdb.DiskFullError.exit_code) or not (archive / workdb.WORK_DB).exists():
        sys.exit(code)
    try:
        ctx.invoke(reading.ingest, archive=archive)
    except workdb.BusyError:
        click.echo(f"Another nianbao command began on {archive}; what was fetched is read by the next run.", err=True)
        sys.exit(0)
    if doubt := doubts(archive):
        fail(doubt, 1)
    ctx.invoke(publishing.build, archive=archive)
    sys.exit(code)


def start_crawl(targets: Sequence[str], archive: Path, options: dict[str, Any], more: list[str]) -> int:
    """Run ``python -m crawler.run`` to its end and return its exit code. An interrupt is passed on and waited for."""
    need_crawler()
    command = [sys.executable, "-m", "crawler.run", "--archive", str(archive), *more]
    for name in OPTIONS:
        if options.get(name) is not None:
            command += [f"--{name.replace('_', '-')}", str(options[name])]
    with _child([*command, "--", *targets]) as child:
        return child.wait()


def need_crawler() -> None:
    """End the command with one sentence where the crawl side is not installed."""
    for package in ("scrapy", "playwright"):
        if importlib.util.find_spec(package) is None:
            fail(f"The crawl side is not installed ({package}); install it with `pip install 'nianbao[crawl]'`.", 1)


@contextmanager
def _child(command: list[str], **given: Any) -> Iterator[subprocess.Popen[str]]:
    """A child process that gets our interrupts and is gone when the block ends."""
    with subprocess.Popen(command, text=True, **given) as child:  # noqa: S603 - our own module, arguments as a list
        def pass_on(number: int, _frame: object) -> None:
            child.send_signal(number)

        old = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield child
        finally:
            for number, handler in old.items():
                signal.signal(number, handler)
            if child.poll() is None:
                child.terminate()


@click.command()
@click.option("--archive", type=click.Path(path_type=Path), default="demo-data", show_default=True,
              help="The archive folder of the demonstration.")
@click.option("--no-serve", is_flag=True, help="Stop when everything is published.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="0 takes a free one.")
@click.pass_context
def demo(ctx: click.Context, archive: Path, no_serve: bool, port: int) -> None:
    """Show the whole thing offline: crawl the practice portals in this package, read, publish and serve."""
    need_crawler()
    options = {"official_suffix": ".example", "delay": 0, "max_pages": 300, "browser": "auto"}
    with _child([sys.executable, "-m", "crawler.replica", "--port", "0"], stdout=subprocess.PIPE) as replica:
        assert replica.stdout is not None
        proxy_port = replica.stdout.readline().strip()
        if not proxy_port.isdigit():
            fail("The practice portals did not start; see the message above.", 1)
        homepages = _homepages(replica.stdout)
        click.echo(f"Crawling {len(homepages)} practice portals: {' '.join(homepages)}", err=True)
        code = start_crawl(homepages, archive, {**options, "proxy": f"http://127.0.0.1:{proxy_port}"}, [])
    if code:
        sys.exit(code)
    ctx.invoke(reading.ingest, archive=archive)
    ctx.invoke(publishing.build, archive=archive)
    if not no_serve:
        ctx.invoke(publishing.serve, archive=archive, port=port)


def _homepages(lines: Any) -> list[str]:
    """The addresses that the practice portals print after their port, up to an empty line."""
    out = []
    for line in lines:
        if not line.strip():
            break
        out.append(line.strip())
    return out
