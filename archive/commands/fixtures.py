"""The command ``fixture``: golden cases for the tests, from what was captured."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands.options import archive_option, fail


@click.group()
def fixture() -> None:
    """Make golden cases for the reader's tests."""


@fixture.command()
@click.argument("address")
@click.option("--name", required=True, help="Name of the case.")
@click.option("--out", type=click.Path(path_type=Path), default="tests/golden/saved", show_default=True,
              help="Folder of the cases.")  # fmt: skip
@archive_option
def save(address: str, name: str, out: Path, archive: Path) -> None:
    """Save a captured document (by address or SHA-256) and its reading; compare the two before you commit them."""
    from archive.fixture import save_fixture

    if not name.replace("-", "").isalnum():
        fail(f"--name takes letters, digits and hyphens, not {name!r}.", 2)
    for path in save_fixture(archive, address, out, name):
        click.echo(str(path))
    click.echo("Compare every number with the page before you commit: the reader wrote this expectation.", err=True)
