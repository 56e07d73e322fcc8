"""Options and habits that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

archive_option = click.option(
    "--archive", type=click.Path(path_type=Path), default="archive-data", envvar="NIANBAO_ARCHIVE", show_default=True,
    help="The archive folder.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


def fail(message: str, code: int) -> NoReturn:
    """End the command with one sentence on stderr."""
    click.echo(f"Error: {message}", err=True)
    sys.exit(code)


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A function of (done, total) that draws a bar on a terminal and nothing elsewhere."""
    bar = None

    def show(done: int, total: int) -> None:
        nonlocal bar
        if bar is None:
            bar = click.progressbar(length=total, label=label, file=sys.stderr, show_pos=True).__enter__()
        bar.update(done - bar.pos)

    try:
        yield show if sys.stderr.isatty() else lambda done, total: None
    finally:
        if bar is not None:
            bar.render_finish()
