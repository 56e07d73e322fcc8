"""Faults between the reports of one place, and reports that come late or not at all."""

from __future__ import annotations

import random
from dataclasses import replace

from panelkit.made import Made
from panelkit.plant import source


@source
def parts_exceed_the_whole(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if not m.parts:
        return None
    key = rng.choice(("table3.new_requests", "table3.granted"))
    n = m.cells[f"{key}.total"] + 5
    for row in ("granted", "new_requests", "total_handled"):
        m.parts[1].cells |= {f"table3.{row}.{c}": n for c in ("natural_person", "total")}
    return {"H_SUM"}


@source
def office_report_as_the_whole(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if not m.parts:
        return None
    nothing = dict.fromkeys(m.cells, 0.0)
    m.parts = [replace(m.parts[0], cells=dict(m.cells)), *(replace(p, cells=nothing) for p in m.parts[1:])]
    return {"H_SCOPE"}


@source
def missing(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if last is None or not last.present or m.level != "county" or m.parts or _missing_once(last):
        return None
    m.present = False
    return {"not_found"}


@source
def missing_and_looked_for_once(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    """The second run found the site closed: nothing may be said yet."""
    if last is None or not last.present or m.level != "county" or m.parts or _missing_once(last):
        return None
    m.present = False
    return {"not_tried"}


def _missing_once(m: Made | None) -> bool:
    """Whether a report of the place is missing already."""
    return m is not None and (not m.present or _missing_once(m.before))


@source
def late(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if m.level != "county" or m.parts:  # the office's report would be in time
        return None
    m.published_on = f"{m.year + 1}-04-{rng.randrange(1, 29):02}"
    return {"late"}
