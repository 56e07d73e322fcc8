"""Measure our own reading errors on the committed golden documents and write archive/data/reading_errors.csv.

    python benchmarks/reading_errors.py [--format NAME ...] [--fresh SEEDS]

Every number of a golden document is known. A cell is wrong if a value came out that the document does not print there,
missed if it prints one and none came out. ``--fresh 3`` adds sets made from three new seeds, which nobody has looked
at while the readers were written. With ``--format`` the rows of other kinds stay as they are.
Every document of the set is measured: archives and pages as pictures count under the format that holds them.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from accuracy import committed, fresh  # noqa: E402

from parsers import parse  # noqa: E402

TARGET = ROOT / "archive" / "data" / "reading_errors.csv"
COLUMNS = ("measured_on", "documents", "kind", "n_documents", "n_cells", "n_wrong", "n_missed")
Document = tuple[str, dict[str, Any], bytes]


def measured(documents: Iterator[Document], only: list[str]) -> dict[str, Counter[str]]:
    """By kind of document (format, ``damaged`` where it was damaged on purpose): how many cells, wrong, missed."""
    from score import score

    out: dict[str, Counter[str]] = defaultdict(Counter)
    for _, expected, data in documents:
        if only and expected["format"] not in only:
            continue
        kind = expected["format"] + ("" if expected["damage"] == "none" else " (damaged)")
        result = parse(data)
        found = score(expected, result.cells, result.form)
        out[kind].update(documents=1, cells=found.counts["cells"], wrong=found.counts["wrong"],
                         missed=found.counts["unreadable"])  # fmt: skip
    return out


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--format", action="append", default=[], help="only documents of this format; may be repeated")
    parser.add_argument("--fresh", type=int, default=0, metavar="SEEDS")
    options = parser.parse_args()
    sets = [("committed", committed(""))]
    sets += [(f"seed {seed}", fresh(seed, "", None)) for seed in range(101, 101 + options.fresh)]
    today = datetime.now(UTC).date().isoformat()
    rows: dict[tuple[str, str], tuple[object, ...]] = {}
    if options.format:
        with TARGET.open(encoding="utf-8", newline="") as file:
            rows = {(r["documents"], r["kind"]): tuple(r.values()) for r in csv.DictReader(file)}
    for name, documents in sets:
        for kind, n in measured(documents, options.format).items():
            rows[name, kind] = (today, name, kind, n["documents"], n["cells"], n["wrong"], n["missed"])
            print(name, kind, dict(n))
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(COLUMNS)
        out.writerows(rows[key] for key in sorted(rows))


if __name__ == "__main__":
    main()
