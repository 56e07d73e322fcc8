"""Accuracy on a freshly made set of documents, or on the committed one: right, unreadable and wrong cells.

Usage: python benchmarks/accuracy.py [--seed N] [--only PART] [--keep DIR] [--verbose]

Without --seed the committed documents are read. With it a new set is made that nobody has looked at, other numbers
and noise in the same formats, and read from memory. Exit code 1 if a value is wrong or a document misses its bar.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden"
sys.path[:0] = [str(ROOT), str(GOLDEN)]

from score import Score, score, table  # noqa: E402

from parsers import parse  # noqa: E402

BARS = {"exact": 1.0, "clean": 1.0, "poor": 0.998, "honest": 0.0}


def committed(only: str) -> Iterator[tuple[str, dict[str, Any], bytes]]:
    for name, expected in json.loads((GOLDEN / "expected.json").read_text("utf-8")).items():
        if only in name:
            yield name, expected, (GOLDEN / expected["file"]).read_bytes()


def fresh(seed: int, only: str, keep: Path | None) -> Iterator[tuple[str, dict[str, Any], bytes]]:
    from make import entry, suffix
    from maker.cases import goldens

    for golden in goldens(seed, only):
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{golden.name}.{suffix(golden)}").write_bytes(golden.data)
        yield golden.name, entry(golden, ""), golden.data


def _first(found: dict[str, str]) -> dict[str, str]:
    return dict(list(found.items())[:8])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", type=Path, help="folder for the documents made")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    made = committed(options.only) if options.seed is None else fresh(options.seed, options.only, options.keep)
    scores: list[tuple[tuple[str, ...], Score]] = []
    failed = 0
    for name, expected, data in made:
        began = time.process_time()
        try:
            result = parse(data)
        except Exception as error:  # a document that breaks the reader is a result, too
            print(f"{name}: {type(error).__name__}: {error}")
            failed += 1
            continue
        seconds = time.process_time() - began
        one = score(expected, result.cells, result.form)
        bad = bool(one.wrong) or one.share < BARS[expected["bar"]] or result.form != expected["form"]
        failed += bad
        if bad or options.verbose:
            print(f"{name}: {one.share:.4f} of {one.counts['cells']} ({seconds:.2f} s) "
                  f"wrong {_first(one.wrong)} missing {_first(one.missing)}")
        scores.append(((expected["format"], expected["form"], expected["damage"]), one))
    print(table(scores))
    whole = sum(not one.wrong and one.share == 1 for _, one in scores)
    print(f"{whole} of {len(scores)} documents wholly right; {failed} failed their bar")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
