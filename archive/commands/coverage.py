"""The command ``coverage``: expected and found, for each county and year."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import click

from archive import workdb
from archive.commands.options import archive_option, fail, json_option

STATES = ("found", "late", "gone", "not_found", "refused", "blocked", "failed", "not_tried", "not_due")
COUNTS = """SELECT year, state, count(*) AS n FROM coverage
            WHERE area_code LIKE :area AND (:year IS NULL OR year = :year) GROUP BY 1, 2"""
COUNTIES = """SELECT area_code, province, prefecture, divisions.name AS county, year, state, reason, checked_at
              FROM coverage JOIN divisions USING (area_code)
              WHERE area_code LIKE :area AND (:year IS NULL OR year = :year) AND (:state IS NULL OR state = :state)
              ORDER BY area_code, year"""


@click.command()
@archive_option
@click.option("--area", help="Only division codes that begin like this: 14 a province, 1411 a prefecture.")
@click.option("--year", type=click.IntRange(1990, 2100), help="Only reports of this year.")
@click.option("--state", type=click.Choice(STATES), help="Only this state; lists the counties one a line.")
@json_option
def coverage(archive: Path, area: str | None, year: int | None, state: str | None, as_json: bool) -> None:
    """Say of how many counties a report was found, year by year; with --state or --json, of which, and why not."""
    if area and not area.isdigit():
        fail(f"--area takes the first digits of a division code, not {area!r}.", 2)
    wanted = {"area": f"{area or ''}%", "year": year, "state": state}
    with closing(workdb.open_public(archive)) as conn:
        if as_json or state:
            click.echo(_lines([dict(row) for row in conn.execute(COUNTIES, wanted)], as_json))
        else:
            click.echo(_table({(row["year"], row["state"]): row["n"] for row in conn.execute(COUNTS, wanted)}))


def _lines(rows: list[dict[str, object]], as_json: bool) -> str:
    """The counties one a line, for machines or for people."""
    if as_json:
        return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]"
    names = ("area_code", "year", "province", "prefecture", "county", "state", "reason")
    return "\n".join("\t".join(str(row[name] or "") for name in names) for row in rows)


def _table(counts: dict[tuple[int, str], int]) -> str:
    """Years down, states across; states that no county is in are left out."""
    states = [state for state in STATES if any(key[1] == state for key in counts)]
    lines = ["year" + "".join(f"{state:>11}" for state in states)]
    lines += [
        f"{year}" + "".join(f"{counts.get((year, state), 0):>11}" for state in states)
        for year in sorted({key[0] for key in counts})
    ]
    return "\n".join(lines)
