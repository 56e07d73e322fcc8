"""Numbers far from the body's other years, which contradict nothing: information, no finding."""

from __future__ import annotations

import random
from collections.abc import Callable

from panelkit.made import Made
from panelkit.plant import SOURCE


def _unusual_before(m: Made | None) -> bool:
    """Whether an earlier number of the place is unusual: beside that, others may be none."""
    return m is not None and (bool(m.jumps) or _unusual_before(m.before))


def unusual(name: str, indicator: str, key: str, kind: str, change: Callable[[float], float], least: float) -> None:
    """A number that becomes another by ``change`` where last year's was ``least`` and more."""

    def plant(m: Made, last: Made | None, rng: random.Random) -> set[str] | None:
        if last is None or not last.present or last.cells.get(key, 0) < least or _unusual_before(last):
            return None
        if m.parts:  # whose sum it would contradict
            return None
        m.cells[key] = change(m.cells[key])
        m.jumps |= {(kind, indicator)}
        return set()

    SOURCE[name] = plant


_LICENCES, _PENALTIES = (f"table2.administrative_{w}.decisions" for w in ("licensing", "penalty"))
_FEES = "table2.administrative_fees.amount_wan_yuan"
unusual("sudden_zero", "licences", _LICENCES, "zero", lambda n: 0, 100)
unusual("far_more", "penalties", _PENALTIES, "high", lambda n: 30 * n, 2500)
unusual("far_less", "licences", _LICENCES, "low", lambda n: n // 30, 2500)
unusual("fees_in_a_larger_unit", "fees", _FEES, "unit", lambda n: round(n / 10_000, 4), 100)
