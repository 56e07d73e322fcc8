"""Hold a reading against the truth: how many cells are right, unreadable or wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = ("cells", "right", "aligned", "derived", "unreadable", "wrong")


@dataclass
class Score:
    """Counts of one document or of many, and the cells that are wrong or missing, by key.

    ``right`` counts printed cells with the true value, ``aligned`` and ``derived`` those marked so; ``unreadable``
    are cells without a value that the document prints; ``wrong`` are values that it does not print there.
    """

    counts: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Share of cells with their true value."""
        return sum(self.counts[k] for k in ("right", "aligned", "derived")) / max(self.counts["cells"], 1)


def score(expected: Mapping[str, Any], cells: Mapping[str, Any], form: str | None) -> Score:
    """Compare ``cells`` (key -> CellResult) with an entry of expected.json."""
    out = Score()
    if form != expected["form"]:
        out.missing["form"] = f"read as {form}"
    for key, truth in expected["cells"].items():
        out.counts["cells"] += 1
        cell = cells.get(key)
        if cell is None or cell.value is None:
            out.counts["unreadable"] += 1
            out.missing[key] = f"{truth} ({cell.status if cell else 'no such cell'}, {cell.raw if cell else None!r})"
        elif cell.value == truth:
            out.counts["right" if cell.status == "printed" else str(cell.status)] += 1
        else:
            _wrong(out, key, f"{cell.value} for {truth} ({cell.status})")
    for key, cell in cells.items():
        if cell.value is not None and key not in expected["cells"] and cell.status != "derived":
            _wrong(out, key, f"{cell.value} where nothing is printed ({cell.status})")
    return out


def _wrong(out: Score, key: str, what: str) -> None:
    out.counts["wrong"] += 1
    out.wrong[key] = what


def table(scores: Iterable[tuple[tuple[str, ...], Score]]) -> str:
    """Scores added up by their labels (format, form, damage), as lines of a table."""
    sums: dict[tuple[str, ...], Counter[str]] = {}
    for labels, one in scores:
        counts = sums.setdefault(labels, Counter())
        counts.update(one.counts)
        counts["documents"] += 1
    total = sum(sums.values(), Counter())
    rows = [(" ".join(labels), counts) for labels, counts in sorted(sums.items())] + [("all", total)]
    wide = max(len(name) for name, _ in rows)
    head = f"{'':{wide}} {'docs':>5} " + " ".join(f"{k:>10}" for k in KINDS)
    return "\n".join([head, *(
        f"{name:{wide}} {c['documents']:5} " + " ".join(f"{c[k]:10}" for k in KINDS) for name, c in rows
    )])  # fmt: skip
