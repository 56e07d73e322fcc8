"""The panel: every place and year, a share of the reports with one planted fault each."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import replace

from panelkit.made import COLUMNS, RESULTS, Made, consistent, parts
from panelkit.places import lines
from panelkit.reading_faults import READING
from panelkit.source_faults import SOURCE

# A misreading or a slip of one table is not carried on into the next year's report; these are.
_GO_ON = ("stock", "same_numbers", "same_numbers_beside_blanks", "missing", "missing_and_looked_for_once", "carry")


def panel(places: int, share: float, seed: int) -> list[Made]:
    """Every report, place by place and year by year; ``planted`` names the fault of those that have one."""
    rng = random.Random(seed)
    made: list[Made] = []
    planted: Counter[str] = Counter()
    for line in lines(places):
        last: Made | None = None
        of_parts = random.Random(f"{seed} parts of {line}")
        has_parts = of_parts.random() < 0.08
        for year, place in line.areas.items():
            last = None if year in line.fresh else last
            one = consistent(place, year, last, rng)
            one.parts = parts(one, of_parts) if has_parts else []
            may = rng.random() < share and (last is None or not last.planted)
            trial = _with_a_fault(one, last, planted, rng) if may else None
            made.append(trial or one)
            last = one if trial is None else trial if trial.planted in _GO_ON else replace(trial, cells=one.cells)
    _copy_texts(made, rng)
    _leave_blanks(made, rng)
    return made


def _with_a_fault(one: Made, last: Made | None, planted: Counter[str], rng: random.Random) -> Made | None:
    faults = [*((n, "source", p) for n, p in SOURCE.items()), *((n, "reading", p) for n, p in READING.items())]
    # The rarest first: one that fits few reports gets its turn when such a report comes.
    for name, side, plant in sorted(faults, key=lambda f: (planted[f[0]], f[0])):
        trial = one.copy()
        found = plant(trial, last, rng)
        if found is not None:
            planted[name] += 1
            trial.planted, trial.side, trial.expected = name, side, frozenset(found)
            return trial
    return None


def _leave_blanks(made: list[Made], rng: random.Random) -> None:
    """Some reports without a fault leave zeros and subtotals blank, or a table out: unknown, and no fault."""
    before_faults = {(m.before.place.code, m.before.year) for m in made if m.planted and m.before}
    for one in made:
        if one.planted or rng.random() > 0.12:
            continue
        rows = rng.sample(RESULTS, 3)
        zeros = {f"table3.{row}.{c}" for row in rows for c in COLUMNS if not one.cells[f"table3.{row}.{c}"]}
        if rng.random() < 0.3:
            one.dashed |= zeros
        else:
            one.lost |= zeros | {f"table3.{row}.total" for row in rows[:2]}
        if (one.place.code, one.year) not in before_faults and rng.random() < 0.2:
            one.gone |= {k for k in one.cells if k.startswith("table2.")}


def _copy_texts(made: list[Made], rng: random.Random) -> None:
    by_year: dict[int, list[Made]] = defaultdict(list)
    for one in made:
        if not one.planted and one.present:
            by_year[one.year].append(one)
    for one in made:
        if one.planted in ("text_of_another", "lightly_edited_text_of_another", "older_text_of_another"):
            year = one.year - (one.planted == "older_text_of_another")
            one.text_of = rng.choice([o for o in by_year[year] if o.place.code[:4] != one.place.code[:4]])
            one.published_on = f"{one.year + 1}-03-20"
