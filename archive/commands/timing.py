"""Commands for unattended work: ``schedule`` and ``status``."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.commands.options import archive_option, fail, json_option
from archive.schedule import Cron, Plan, Systemd, plan_of


@click.group()
def schedule() -> None:
    """Have `nianbao run` called regularly, by systemd or by cron."""


@schedule.command()
@archive_option
@click.option("--at", default="02:30", show_default=True, help="Time of day, local.")
@click.option("--on", "weekday", type=click.Choice(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]),
              help="Once a week on this day; every day by default.")
@click.option("--cron", is_flag=True, help="A line of the crontab instead of systemd units.")
@click.option("--print", "only_print", is_flag=True, help="Print what would be written, and change nothing.")
@click.argument("arguments", nargs=-1)
def write(
    archive: Path, at: str, weekday: str | None, cron: bool, only_print: bool, arguments: tuple[str, ...]
) -> None:
    """Write the schedule of an archive. ARGUMENTS (after --) are passed on to `nianbao run`."""
    plan = plan_of(archive, at, weekday, arguments)
    if only_print:
        click.echo(plan.cron_line() if cron else "\n".join(f"# {name}\n{text}" for name, text in plan.units().items()))
        return
    place = Cron() if cron else Systemd()
    if not place.there():
        what = "no crontab command" if cron else "no systemd running"
        fail(f"There is {what} here; --print shows what to put in place by hand.", 1)
    place.write(plan)
    click.echo(f"Scheduled {plan.name}; `nianbao schedule show --archive {plan.archive}` shows it.", err=True)


@schedule.command()
@archive_option
def show(archive: Path) -> None:
    """Show the schedule of an archive, and when it runs next."""
    plan = _any(archive)
    found = [text for place in (Systemd(), Cron()) if (text := place.show(plan))]
    if not found:
        fail(f"Nothing is scheduled for {plan.archive}; `nianbao schedule write` does that.", 1)
    click.echo("\n".join(found))


@schedule.command()
@archive_option
def remove(archive: Path) -> None:
    """Remove the schedule of an archive."""
    plan = _any(archive)
    removed = [place.remove(plan) for place in (Systemd(), Cron())]
    if not any(removed):
        fail(f"Nothing is scheduled for {plan.archive}.", 1)
    click.echo(f"Removed {plan.name}.", err=True)


def _any(archive: Path) -> Plan:
    """A plan by which the schedule of an archive is found, whatever its time."""
    return plan_of(archive, "00:00", None, ())


@click.command()
@archive_option
@json_option
def status(archive: Path, as_json: bool) -> None:
    """Say what ran, what came, what failed and why, and what is due next."""
    from archive.status import in_words
    from archive.status import status as look

    now = datetime.now(UTC)
    found = look(archive, now)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=1))
    else:
        click.echo(in_words(found, now))
