"""What a planted fault is: it changes a report and says which rules must then fail, or that it does not fit there."""

from __future__ import annotations

import random
from collections.abc import Callable

from panelkit.made import Made

Plant = Callable[[Made, "Made | None", random.Random], "set[str] | None"]
SOURCE: dict[str, Plant] = {}


def source(plant: Plant) -> Plant:
    SOURCE[plant.__name__] = plant
    return plant


def add(m: Made, row: str, column: str, n: float) -> None:
    """Change a cell of table 3 and its row's total with it."""
    m.cells[f"table3.{row}.{column}"] += n
    m.cells[f"table3.{row}.total"] += n
