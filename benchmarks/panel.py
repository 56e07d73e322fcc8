"""A generated panel with planted faults: what the rules find, what they miss, whom they accuse, and how long it takes.

    python benchmarks/panel.py FOLDER [--places 3000] [--share 0.05] [--seed 1]

Every place has a report for each of its years from 2019 to 2025, millions of numbers that agree with each other, with
last year's and with the prose; some were renamed or merged, some have reports of an office, a bureau and a township.
A share of the reports gets one fault each: of the source, or of our reading. The work database is put together,
assessed and published by the real code; then found is held against planted. The same seed gives the same panel.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from panelkit.held import hold, hold_published  # noqa: E402
from panelkit.panel import panel  # noqa: E402
from panelkit.store import write  # noqa: E402

from archive import build, workdb  # noqa: E402
from archive.assess import assess  # noqa: E402
from archive.editions import assemble  # noqa: E402


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--places", type=int, default=3000)
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    steps = [("start", time.perf_counter(), time.process_time())]
    made = panel(options.places, options.share, options.seed)
    write(options.folder, made)
    steps.append(("generated", time.perf_counter(), time.process_time()))
    with closing(workdb.open(options.folder)) as conn:
        assemble(conn)
        steps.append(("put together", time.perf_counter(), time.process_time()))
        done = assess(conn)
        steps.append((f"assessed {done.renewed} of {done.reports} reports", time.perf_counter(), time.process_time()))
        again = assess(conn)
        steps.append((f"assessed again: {again.renewed} renewed", time.perf_counter(), time.process_time()))
        held = hold(conn, made)
    steps.append(("held", time.perf_counter(), time.process_time()))
    built = build.build(options.folder)
    steps.append((f"published {built.reports} reports", time.perf_counter(), time.process_time()))
    with closing(sqlite3.connect(options.folder / "public.db")) as conn:
        hold_published(conn, made, held)
    for (_, wall, cpu), (name, wall_then, cpu_then) in pairwise(steps):
        print(f"{wall_then - wall:8.1f} s wall {cpu_then - cpu:8.1f} s CPU  {name}")
    print("\n| fault | planted | found | wrong side |\n|---|---|---|---|")
    for name in sorted(held.planted):
        print(f"| {name} | {held.planted[name]} | {held.found[name]} | {held.wrong_side[name]} |")
    print("\n| rule | planted | found | beside another fault | without a fault |\n|---|---|---|---|---|")
    for rule in sorted({*held.rule_planted, *held.beside, *held.false}):
        counts = (c[rule] for c in (held.rule_planted, held.rule_found, held.beside, held.false))
        print(f"| {rule} | {' | '.join(map(str, counts))} |")
    print(f"\nfalse fails: {sum(held.false.values())} {dict(held.false)}")
    print(f"unusual numbers at reports without a fault: {sum(held.others.values())} {dict(held.others)}")
    print("\n".join(held.examples[:20]))


if __name__ == "__main__":
    main()
