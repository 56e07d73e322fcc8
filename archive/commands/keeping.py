"""Commands that keep the archive sound and let others read it: ``verify``, ``rebuild``, ``export``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from archive.commands.options import archive_option, fail, json_option, progress_bar

MOST_SHOWN = 20  # faults on a terminal; --json lists more


@click.command()
@archive_option
@click.option("--mend", is_flag=True, help="First close what a killed run left open and index what the index lacks.")
@json_option
def verify(archive: Path, mend: bool, as_json: bool) -> None:
    """Check every stored byte: capture files, their index, readings and reports. Exit code 1 if anything is wrong."""
    from archive.store import open_store
    from archive.verify import verify as run_verify

    if mend:
        with open_store(archive, create=False):
            pass  # opening mends
    with progress_bar("Checking") as show:
        report = run_verify(archive, show)
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
    for note in report.notes:
        click.echo(f"Note: {note}", err=True)
    for fault in report.faults[:MOST_SHOWN]:
        click.echo(f"Fault: {fault}.", err=True)
    if report.n_faults > MOST_SHOWN:
        click.echo(f"… and {report.n_faults - MOST_SHOWN} more; --json lists them.", err=True)
    click.echo(
        f"Checked {report.files} file(s) of {report.size} bytes, {report.records} records, {report.captures} captures, "
        f"{report.readings} readings and {report.reports} reports: "
        + ("everything is whole." if report.whole else f"{report.n_faults} fault(s)."),
        err=True,
    )
    sys.exit(0 if report.whole else 1)


@click.command()
@archive_option
@click.option("--workers", type=click.IntRange(1, 256), help="Reading processes; one a core by default.")
@json_option
def rebuild(archive: Path, workers: int | None, as_json: bool) -> None:
    """Make the work database again from the captures alone; the old one stays until the new one is whole."""
    from archive.rebuild import rebuild as run_rebuild

    with progress_bar("Indexing") as indexed, progress_bar("Reading") as show:
        done = run_rebuild(archive, workers, indexed, show)
    if as_json:
        click.echo(json.dumps(done.as_dict(), ensure_ascii=False, indent=1))
    for problem in done.problems:
        click.echo(f"Warning: {problem}", err=True)
    click.echo(
        f"Made the work database again from {done.files} file(s): {done.captures} captures of {done.runs} run(s), "
        f"{done.documents} documents, {done.reports} reports.",
        err=True,
    )
    sys.exit(1 if done.problems else 0)


def _release(archive: Path, out: Path | None, kind: str, as_json: bool) -> None:
    """Write the tables of the publication."""
    from archive.package import write_package

    with progress_bar("Writing") as show:
        folder = write_package(archive, out or archive / "export" / f"release-{kind}", kind, show)
    if as_json:
        click.echo(json.dumps({"path": str(folder)}))
    click.echo(f"{folder}: the published tables as {kind}, with datapackage.json and SHA256SUMS.", err=True)


@click.command()
@archive_option
@click.option("--format", "kind", type=click.Choice(["wacz", "cdxj", "csv", "parquet"]), default="wacz",
              show_default=True, help="Packages for web-archive readers, one index over all capture files, or the "
              "published tables as a Frictionless data package of CSV or Parquet files.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write to; `export` in the archive by default.")
@click.option("--area", help="Only division codes that begin like this.")
@click.option("--year", type=click.IntRange(1990, 2100), help="Only reports of this year.")
@json_option
def export(archive: Path, kind: str, out: Path | None, area: str | None, year: int | None, as_json: bool) -> None:
    """Write what others' tools read: a package a county and year, an index of all captures, the published tables."""
    if kind in ("csv", "parquet"):
        if area or year:
            fail("--area and --year are for packages; a release holds every published table.", 2)
        _release(archive, out, kind, as_json)
        return
    from archive.wacz import export_cdxj, export_wacz

    target = out or archive / "export"
    if kind == "cdxj":
        if area or year:
            fail("--area and --year are for packages; the index covers all captures.", 2)
        done = [export_cdxj(archive, target)]
    else:
        with progress_bar("Packing") as show:
            done = export_wacz(archive, target, area, year, show)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in done], ensure_ascii=False, indent=1))
    for one in done:
        click.echo(f"{one.path}: {one.captures} captures, {one.pages} pages, {one.size} bytes", err=True)
    if not done:
        fail("There is no report for that; nothing was written.", 1)
