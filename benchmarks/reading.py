"""Reading whole documents: processor time by stage and format, and memory over thousands of documents.

Usage: python benchmarks/reading.py [--times N] [--documents 10000]

Time: the golden documents of each format, each read N times in one process; the least time counts. As a yardstick that
any machine can repeat, the time of a million rounds of an empty loop is printed beside it. Memory: a fresh process
reads changed copies of the golden pages, no two alike, and tells its resident memory after the first hundredth, the
first tenth, half, and at the end.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden"
sys.path.insert(0, str(ROOT))
import parsers.parse as door  # noqa: E402
from parsers.decode import decode  # noqa: E402

STAGES = ("read_all", "split_reports", "read_tables", "cut", "read_metadata", "read_claims", "certainty", "check")
FORMATS = ("html", "docx", "xlsx", "text", "pdf")
LETTERS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"


def golden(kind: str) -> list[bytes]:
    """The golden documents of one format."""
    expected = json.loads((GOLDEN / "expected.json").read_text("utf-8")).values()
    return [(GOLDEN / one["file"]).read_bytes() for one in expected if one["format"] == kind]


def spent(work: Callable[[], object]) -> float:
    """Milliseconds of processor time."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def timed(name: str, into: dict[str, float]) -> None:
    """Have a stage of reading add up its time."""
    stage = getattr(door, name)

    def measured(*given: Any, **named: Any) -> Any:
        began = time.process_time()
        try:
            return stage(*given, **named)
        finally:
            into[name] = into.get(name, 0.0) + (time.process_time() - began) * 1000

    setattr(door, name, measured)


def show_times(times: int) -> None:
    into: dict[str, float] = {}
    for name in STAGES:
        timed(name, into)
    loop = min(spent(lambda: [None for _ in range(1_000_000)]) for _ in range(5))
    print(f"milliseconds a document; a million rounds of a loop take {loop:.0f}")
    print(f"{'format':8} {'number':>6} {'whole':>7} {'a second':>8}  " + " ".join(f"{name:>13}" for name in STAGES))
    for kind in FORMATS:
        documents = golden(kind)
        best, stages = 0.0, dict.fromkeys(STAGES, 0.0)
        for data in documents:
            door.parse(data)  # imports and tables made once are not measured
            runs = []
            for _ in range(times):
                into.clear()
                runs.append((spent(lambda data=data: door.parse(data)), dict(into)))
            least, parts = min(runs, key=lambda run: run[0])
            best += least / len(documents)
            for name in STAGES:
                stages[name] += parts.get(name, 0.0) / len(documents)
        shown = " ".join(f"{stages[name]:13.2f}" for name in STAGES)
        print(f"{kind:8} {len(documents):6} {best:7.1f} {1000 / best:8.0f}  {shown}")


def changed(pages: list[str], number: int) -> Iterator[bytes]:
    """Copies of the pages with other numbers, whose sums hold as they do in reports, and other words; no two alike."""
    rng = random.Random(number)
    for n in range(number):
        factor = n // len(pages) + 1

        def other(found: re.Match[str], factor: int = factor) -> str:
            return str(int(found[0]) * factor)

        page = re.sub(r"(?<=>)\d{1,4}(?=<)", other, pages[n % len(pages)])
        yield page.replace("。", f"，{''.join(rng.choices(LETTERS, k=12))}。").encode()


def resident() -> float:
    """Megabytes of resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def read_many(number: int) -> None:
    pages = [decode(data).text for data in golden("html")]
    for n, data in enumerate(changed(pages, number), start=1):
        door.parse(data)
        if n in (number // 100, number // 10, number // 2, number):
            print(f"after {n:6} documents: {resident():.1f} MB resident", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--documents", type=int, default=10_000, help="documents read for the memory, 0 for none")
    options = parser.parse_args()
    if options.times:
        show_times(options.times)
    if options.documents:
        child = multiprocessing.get_context("spawn").Process(target=read_many, args=(options.documents,))
        child.start()
        child.join()


if __name__ == "__main__":
    main()
