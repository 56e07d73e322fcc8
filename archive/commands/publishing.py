"""Commands that publish: ``build`` and ``serve``."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands.options import archive_option


@click.command()
@archive_option
def build(archive: Path) -> None:
    """Make the public database from the work database; the old one stays until the new one is whole."""
    from archive.build import build as run_build

    done = run_build(archive)
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
def serve(archive: Path, host: str, port: int, processes: int | None) -> None:
    """Serve the public database until interrupted; a new publication is taken up by itself."""
    from archive.serve import WORKERS
    from archive.serve import serve as run_serve

    def ready(address: str) -> None:
        click.echo(f"The archive is open at {address} (Ctrl-C ends it).")

    run_serve(archive, host, port, ready, processes or WORKERS)
