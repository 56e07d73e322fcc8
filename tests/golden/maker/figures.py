"""Numbers of one report that satisfy every sum of their form: real ones where they are known, else invented."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from pathlib import Path

from parsers.form_model import Form, load_forms

Number = int | float
REAL = Path(__file__).with_name("figures.json")


@dataclass
class Figures:
    """``cells``: a number a cell key. ``shown``: how it is printed where that differs from the bare number."""

    form: Form
    cells: dict[str, Number]
    shown: dict[str, str] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)  # keys that cannot be known from the document: blank, hidden, marks

    def text(self, key: str) -> str:
        """What the document prints in a cell."""
        return self.shown.get(key, str(self.cells[key]))


def form_of(form_id: str, *, one_row: bool = False, cumulative: bool = False) -> Form:
    """A form as organs print it; ``one_row``: （六）其他处理 as one row; ``cumulative``: the column of all years."""
    form = load_forms()[form_id]
    tables = []
    for table in form.tables:
        if table.key == "table3":
            table = table.with_rows(["other_handling"] if one_row and form_id == "2021" else ())
        if not cumulative:
            table = table.without([c.key for c in table.columns if c.optional])
        tables.append(table)
    return form.model_copy(update={"tables": tuple(tables)})


def invented(form: Form, rng: random.Random, density: float, largest: int = 400) -> Figures:
    """Numbers drawn at random; totals and what came in follow from them."""
    cells: dict[str, Number] = {}
    for one in form.fields():
        cells[one.key] = _draw(rng, density, largest, one.column.number)
    figures = Figures(form, cells)
    if form.id == "2014":
        _add_up(figures)
    else:
        _balance(figures, rng, density)
    return figures


def _draw(rng: random.Random, density: float, largest: int, kind: str) -> Number:
    if kind == "decimal":
        return round(rng.uniform(0, 3000), rng.choice([0, 1, 2, 4])) if rng.random() < max(density, 0.7) else 0
    if kind == "money":
        return rng.randrange(10_000, 90_000_000)
    if kind == "signed":
        return rng.randrange(-300, 900)
    if rng.random() >= density:
        return 0
    return rng.choice([rng.randrange(1, 10), rng.randrange(1, 100), rng.randrange(1, largest + 1)])


def _add_up(figures: Figures) -> None:
    for _ in range(3):  # sums of sums
        for equation in figures.form.equations():
            figures.cells[equation.left[0]] = sum(figures.cells[k] for k in equation.right)


def _balance(figures: Figures, rng: random.Random, density: float) -> None:
    cell, form = figures.cells, figures.form
    sums = {e.id: e for e in form.equations()}
    table = form.table("table3")
    for column in [c.key for c in table.columns][:-1]:
        handled = sum(cell[k] for k in sums[f"T3_RESULT_SUM.{column}"].right)
        cell[f"table3.total_handled.{column}"] = handled
        both = handled + cell[f"table3.carried_out.{column}"]
        carried = rng.randrange(0, int(both) + 1) if rng.random() < density else 0
        cell[f"table3.carried_in.{column}"], cell[f"table3.new_requests.{column}"] = carried, both - carried
    for name in ("table3", "table4"):
        for row in form.table(name).rows:
            parts = [c.key for c in form.table(name).columns][:-1]
            cell[f"{name}.{row.key}.total"] = sum(cell[f"{name}.{row.key}.{c}"] for c in parts)


def real(name: str) -> Figures:
    """Figures of a published report, by the name they have in figures.json."""
    stored = json.loads(REAL.read_text("utf-8"))[name]
    form = form_of(stored["form"])
    return Figures(form, {f.key: stored["cells"].get(f.key, 0) for f in form.fields()})  # zeros are left out there


def real_names() -> list[str]:
    """Names of all real reports."""
    return sorted(json.loads(REAL.read_text("utf-8")))
