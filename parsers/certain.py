"""Numbers that character recognition was not sure of: confirmed by a sum, or not shown.

Recognition reads each number twice; where the two differ, or the recogniser itself doubts, the confidence says so.
Such a number counts only if an identity of the form, all its other cells being sure, comes out right with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from parsers.form_model import Equation
from parsers.lines import Line
from parsers.result import CellResult, Status

SURE = 0.95  # every wrong reading met so far had less
CONFIRMED = "recognised with doubt; an identity of the form confirms it"
DOUBTED = "recognised with doubt, and no identity confirms it"


def without_unsure(cells: dict[str, CellResult], lines: Sequence[Line], equations: Sequence[Equation]) -> None:
    """Mark doubtful numbers in ``cells``: ``aligned`` where an identity confirms them, else ``unreadable``."""
    weak = {t.place for line in lines for t in line.tokens if t.confidence < SURE}
    if not weak:
        return
    open_keys = {k for line in lines for k in line.keys if cells[k].value is not None and cells[k].place in weak}
    while confirmed := {k for k in open_keys if any(_confirms(e, k, cells, open_keys) for e in equations)}:
        for key in confirmed:
            proof = "；".join(p for p in (cells[key].proof, CONFIRMED) if p)
            cells[key] = replace(cells[key], status=Status.ALIGNED, proof=proof)
        open_keys -= confirmed
    for key in open_keys:
        cells[key] = replace(cells[key], status=Status.UNREADABLE, value=None, proof=DOUBTED)


def _confirms(equation: Equation, key: str, cells: dict[str, CellResult], open_keys: set[str]) -> bool:
    if key not in equation.keys or any(k in open_keys for k in equation.keys if k != key):
        return False
    left, right = ([cells[k].value for k in side if k in cells] for side in (equation.left, equation.right))
    if len(left) + len(right) < len(equation.keys) or None in left or None in right:
        return False
    return abs(sum(v for v in left if v is not None) - sum(v for v in right if v is not None)) < 1e-6
