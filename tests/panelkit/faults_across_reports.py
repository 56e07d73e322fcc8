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
    m.parts = [replace(m.parts[0], cells=dict(m.cells))]
    return {"H_SCOPE"}


@source
def missing(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    if last is None or not last.present:
        return None
    m.present = False
    return {"not_found"}


@source
def late(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.published_on = f"{m.year + 1}-04-{rng.randrange(1, 29):02}"
    return {"late"}
