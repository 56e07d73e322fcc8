"""The command line: ``nianbao``.

Errors are one plain sentence on stderr; exit code 2 for bad input, 1 for everything else that went wrong. Heavy parts
are imported inside the commands, so that a machine that only serves needs no crawler and no reader.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from typing import NoReturn

import click

from archive.commands import coverage, crawling, fixtures, keeping, publishing, reading, sites, timing
from archive.workdb import DISK_FULL, ArchiveError, write_error


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nianbao")
def cli() -> None:
    """Keep and publish the annual reports of Chinese county governments on information disclosure.

    政府信息公开工作年度报告：采集、存档、读数、核对、公布。
    """


for command in (
    crawling.demo, crawling.crawl, reading.add, reading.read, reading.ingest, publishing.build, publishing.serve,
    crawling.run, reading.reports, coverage.coverage, timing.status, timing.schedule, keeping.verify,
    keeping.rebuild, keeping.export, sites.site, fixtures.fixture,
):  # fmt: skip
    cli.add_command(command)


def main() -> None:
    """Entry point of the ``nianbao`` script: turns every expected failure into one sentence and an exit code."""
    try:
        sys.exit(cli.main(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("Interrupted; what was done is kept, and the same command goes on from there.", err=True)
        sys.exit(130)
    except ArchiveError as error:
        _end(error)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("archive", "parsers"):
            raise
        click.echo(
            f"Error: the package {error.name} is not installed; this command needs `pip install 'nianbao[all]'`.",
            err=True,
        )
        sys.exit(1)
    except sqlite3.Error as error:
        _end(write_error("The archive's database", error))
    except BrokenPipeError:
        # The reader of our output went away (`| head`); keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        _end(write_error(error.filename or "A file", error))


def _end(error: ArchiveError) -> NoReturn:
    click.echo(f"Error: {error}", err=True)
    sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
