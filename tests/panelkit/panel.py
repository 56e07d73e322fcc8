"""The panel: every place and year, a share of the reports with one planted fault each."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import replace

from panelkit.made import COLUMNS, RESULTS, YEARS, Made, consistent
from panelkit.reading_faults import READING
from panelkit.source_faults import SOURCE
from parsers.divisions import Area, load_divisions


def panel(places: int, share: float, seed: int) -> list[Made]:
    """Every report, place by place and year by year; ``planted`` names the fault of those that have one."""
    rng = random.Random(seed)
    everywhere = _places()
    faults = [*((n, "source", p) for n, p in SOURCE.items()), *((n, "reading", p) for n, p in READING.items())]
    made: list[Made] = []
    planted: Counter[str] = Counter()
    for place in everywhere[:places]:
        last: Made | None = None
        for year in YEARS:
            one = consistent(place, year, last, rng)
            clean_last = last
            if rng.random() < share and (last is None or not last.planted):
                # The rarest first: one that fits few reports gets its turn when such a report comes.
                for name, side, plant in sorted(faults, key=lambda f: (planted[f[0]], f[0])):
                    parts = [replace(p, cells=dict(p.cells)) for p in one.parts]
                    trial = replace(one, cells=dict(one.cells), lines=[], raw={}, lost=set(), spoken={}, years={},
                                    parts=parts)  # fmt: skip
                    found = plant(trial, last, rng)
                    if found is not None:
                        planted[name] += 1
                        trial.planted, trial.side, trial.expected = name, side, frozenset(found)
                        made.append(trial)
                        # A misreading or a slip of one table is not carried on into the next year's.
                        chain = trial if name in ("stock", "same_numbers", "missing", "carry") else one
                        last = replace(trial, cells=chain.cells)
                        break
                else:
                    made.append(one)
                    last = one
            else:
                made.append(one)
                last = one
            assert clean_last is None or clean_last.year == year - 1
    _copy_texts(made, rng)
    _leave_blanks(made, rng)
    return made


def _leave_blanks(made: list[Made], rng: random.Random) -> None:
    """Some reports without a fault leave zeros and subtotals blank: unknown, and no fault."""
    for one in made:
        if not one.planted and rng.random() < 0.1:
            rows = rng.sample(RESULTS, 3)
            one.lost |= {f"table3.{row}.{c}" for row in rows for c in COLUMNS if not one.cells[f"table3.{row}.{c}"]}
            one.lost |= {f"table3.{row}.total" for row in rows[:2]}


def _places() -> list[Area]:
    """Counties that stood all the years, those that were made anew before, then prefectures: more than 3,000."""
    standing = [a for a in load_divisions() if not a.valid_to and (a.valid_from or "")[:4] < str(YEARS[0])]
    counties = [a for a in standing if a.kind in ("county", "city", "district", "banner")]
    counties.sort(key=lambda a: bool(a.valid_from))
    return counties + [a for a in standing if a.level == "prefecture"]


def _copy_texts(made: list[Made], rng: random.Random) -> None:
    by_year: dict[int, list[Made]] = defaultdict(list)
    for one in made:
        if not one.planted and one.present:
            by_year[one.year].append(one)
    for one in made:
        if one.planted in ("text_of_another", "lightly_edited_text_of_another"):
            one.text_of = rng.choice([o for o in by_year[one.year] if o.place.code != one.place.code])
            one.published_on = f"{one.year + 1}-03-20"
