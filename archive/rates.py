"""How often our own reading is wrong: measured on documents whose every number is known, kept as data.

``benchmarks/reading_errors.py`` measures and writes ``archive/data/reading_errors.csv``; the method is in
``docs/quality.md``. Nothing here is estimated from findings.
"""

from __future__ import annotations

import csv
from importlib import resources
from math import sqrt

_Z = 1.96  # 95 %


def reading_errors() -> list[tuple[object, ...]]:
    """The rows of the public table ``reading_errors``: counts, the rate, and the upper end of its interval."""
    text = (resources.files("archive") / "data" / "reading_errors.csv").read_text("utf-8")
    out: list[tuple[object, ...]] = []
    for row in csv.DictReader(text.splitlines()):
        documents, cells, wrong, missed = (int(row[k]) for k in ("n_documents", "n_cells", "n_wrong", "n_missed"))
        rate = round(wrong / cells, 6) if cells else None
        out.append((row["measured_on"], row["documents"], row["kind"], documents, cells, wrong, missed, rate,
                    upper_bound(wrong, cells)))  # fmt: skip
    return out


def upper_bound(wrong: int, n: int) -> float | None:
    """Upper end of Wilson's 95 % interval of a share; None without cases."""
    if not n:
        return None
    share = wrong / n
    middle = share + _Z**2 / (2 * n)
    spread = _Z * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return round(min(1.0, (middle + spread) / (1 + _Z**2 / n)), 6)
