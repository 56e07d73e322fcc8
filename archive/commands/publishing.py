"""Commands that publish: ``build`` and ``serve``."""

from __future__ import annotations

import re
from pathlib import Path

import click

from archive.commands.options import archive_option

_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_WEB = re.compile(r"https?://[^\s\"'<>]+")


def _contact(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is None or _MAIL.fullmatch(value) or _WEB.fullmatch(value):
        return value
    raise click.BadParameter(f"{value!r} is neither an e-mail address nor a web address (http or https).")


_contact_option = click.option(
    "--contact", callback=_contact, help="E-mail or web address for reports of errors, shown beside every number."
)


@click.command()
@archive_option
@_contact_option
def build(archive: Path, contact: str | None) -> None:
    """Make the public database from the work database; the old one stays until the new one is whole."""
    from archive.build import build as run_build

    done = run_build(archive, contact=contact)
    click.echo(
        f"Published {done.reports} report(s), {done.cells} number(s), {done.findings} finding(s) in {done.path}.",
        err=True,
    )
    for sentence in done.unused_corrections:
        click.echo(f"Warning: {sentence}", err=True)


@click.command()
@archive_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="0 takes a free one.")
@click.option("--processes", type=click.IntRange(1, 64), help="Processes that draw pages; one a core by default.")
@_contact_option
def serve(archive: Path, host: str, port: int, processes: int | None, contact: str | None) -> None:
    """Serve the public database until interrupted; a new publication is taken up by itself."""
    from archive.serve import WORKERS
    from archive.serve import serve as run_serve

    def ready(address: str) -> None:
        click.echo(f"The archive is open at {address} (Ctrl-C ends it).")

    run_serve(archive, host, port, ready, processes or WORKERS, contact)
