"""Faults of the reader: a report whose source is right and whose cells came out wrong."""

from __future__ import annotations

import random

from panelkit.made import COLUMNS, RESULTS, Made
from panelkit.plant import Plant

READING: dict[str, Plant] = {}


def reading(plant: Plant) -> Plant:
    READING[plant.__name__] = plant
    return plant


def _busy_row(m: Made, rng: random.Random) -> str | None:
    """A row whose sums notice every slip: two columns and more that are not zero."""
    rows = [r for r in RESULTS if sum(bool(m.cells[f"table3.{r}.{c}"]) for c in COLUMNS) >= 2]
    return rng.choice(rows) if rows else None


def _set_row(m: Made, row: str, values: list[float | None]) -> None:
    for column, value in zip((*COLUMNS, "total"), values, strict=True):
        key = f"table3.{row}.{column}"
        if value is None:
            m.lost.add(key)
        else:
            m.cells[key] = value


def _row(m: Made, row: str) -> list[float | None]:
    return [m.cells[f"table3.{row}.{c}"] for c in (*COLUMNS, "total")]


@reading
def slid_right(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    row = _busy_row(m, rng)
    if row is None:
        return None
    m.grid = rng.choice(("aligned", "text"))
    _set_row(m, row, [0, *_row(m, row)[:-1]])
    return {"T3_ROW_SUM", "T3_RESULT_SUM"}


@reading
def split_number(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    for row in RESULTS:
        values = _row(m, row)
        if (values[0] or 0) > 9:
            digits = str(int(values[0] or 0))
            m.grid = rng.choice(("aligned", "text"))
            _set_row(m, row, [int(digits[0]), int(digits[1:]), *values[1:-1]])
            return {"T3_ROW_SUM", "T3_RESULT_SUM"}
    return None


@reading
def lost_cell(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    row = _busy_row(m, rng)
    if row is None:
        return None
    m.grid = rng.choice(("aligned", "text"))
    values = _row(m, row)
    _set_row(m, row, [*values[1:], None])
    return {"T3_RESULT_SUM"}


@reading
def slid_left(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    """From the second column on, over an empty cell that went."""
    row = next((r for r in RESULTS if not _row(m, r)[1] and sum(map(bool, _row(m, r)[2:6]))), None)
    if row is None:
        return None
    m.grid = rng.choice(("aligned", "text"))
    values = _row(m, row)
    _set_row(m, row, [values[0], *values[2:], None])
    return {"T3_RESULT_SUM"}


@reading
def joined_numbers(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    for row in RESULTS:
        values = _row(m, row)
        if values[0] and values[1]:
            m.grid = rng.choice(("aligned", "text"))
            _set_row(m, row, [int(f"{values[0]:g}{values[1]:g}"), *values[2:], None])
            return {"T3_RESULT_SUM"}
    return None


@reading
def unsure_stock(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    """A digit of table 2, which no sum holds: only last year's report tells."""
    if m.year < 2022 or last is None or not last.present:
        return None
    m.grid = "ocr"
    key = "table2.normative_documents.in_force"
    m.spoken[key] = m.cells[key]
    m.cells[key] += 30
    m.weak = (key,)
    return {"X_NORMATIVE", "N_NORM_IN_FORCE"}


@reading
def unsure_digit(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.grid = "ocr"
    key = f"table3.{rng.choice(RESULTS)}.natural_person"
    m.cells[key] += rng.choice((1, 3, 5))
    m.weak = (key,)
    return {"T3_ROW_SUM", "T3_RESULT_SUM"}


@reading
def second_document(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
    m.grid = "aligned"
    m.second = dict(m.cells)
    m.cells[f"table3.{rng.choice(RESULTS)}.natural_person"] += rng.choice((1, 3, 5))
    return {"T3_ROW_SUM", "T3_RESULT_SUM"}
