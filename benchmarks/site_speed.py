"""How fast the site answers ten readers at once who never pause to read.

    python benchmarks/site_speed.py FOLDER [--readers 10] [--seconds 8]

FOLDER holds the public database of site_data.py. For each kind of page, every reader asks for one after another, each
of another report, county or question; printed are milliseconds at the median and the 95th percentile, milliseconds of
processor time a page in all the site's processes (Linux), and the size of the answer as it went over the wire. The
readers run on the same machine. Words are drawn from the text itself, so that few pages are known from before.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlsplit

from archive.words import queries

SERVE = "import sys; from archive.serve import serve; serve(sys.argv[1], port=0, ready=lambda a: print(a, flush=True))"
WORDS = ["征地", "公开", "行政复议", "信息处理费", "乡镇", "答复", "岚县", "规范性文件", "满意度", "教育", "矿"]
KEYS = ("table3.new_requests.total", "table3.unavailable_not_held.total", "table4.review.total")


class Pool:
    """What readers ask for, drawn from the database."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        with closing(sqlite3.connect(f"{(folder / 'public.db').absolute().as_uri()}?mode=ro", uri=True)) as conn:
            self.editions = [row[0] for row in conn.execute("SELECT edition_id FROM editions ORDER BY random()")]
            self.areas = [row[0] for row in conn.execute("SELECT DISTINCT area_code FROM reports")]
            self.years = [row[0] for row in conn.execute("SELECT DISTINCT year FROM reports")]
            texts = [row[0] for row in conn.execute(
                "SELECT text FROM sections WHERE section_no % 997 = 3 AND length(text) > 20 LIMIT 400")]  # fmt: skip
            self.words = WORDS + [t[k : k + n] for t in texts for n in (2, 4) for k in [self.random.randrange(16)]]
            self.queries = sorted(queries())
            self.provinces = [row[0] for row in conn.execute("SELECT DISTINCT province FROM reports")]

    def pages(self) -> dict[str, Callable[[], str]]:
        """A maker of addresses for each kind of page."""
        pick = self.random.choice
        return {
            "home": lambda: "/",
            "search": lambda: f"/search?q={quote(pick(self.words))}&page={self.random.randrange(1, 6)}",
            "search, two words": lambda: f"/search?q={quote(pick(self.words) + ' ' + pick(self.words))}",
            "report": lambda: f"/report/{pick(self.editions).rpartition('@')[0]}",
            "cell": lambda: f"/cell/{pick(self.editions)}/{pick(KEYS)}",
            "county": lambda: f"/area/{pick(self.areas)}",
            "province": lambda: f"/area/{pick(self.areas)[:2]}0000",
            "compare": lambda: "/compare?" + "&".join(f"area={pick(self.areas)}" for _ in range(5)),
            "rankings": lambda: f"/rankings?year={pick(self.years)}&province={quote(pick(self.provinces))}",
            "late and missing": lambda: f"/late?year={pick(self.years)}&province={quote(pick(self.provinces))}",
            "contradictions": lambda: f"/contradictions?year={pick(self.years)}&page={self.random.randrange(1, 9)}",
            "changes": lambda: f"/changes?year={pick(self.years)}",
            "copies": lambda: "/copies",
            "unusual": lambda: f"/unusual?year={pick(self.years)}&province={quote(pick(self.provinces))}",
            "wording": lambda: f"/wording?year={pick(self.years)}&province={quote(pick(self.provinces))}",
            "entry": lambda: f"/codebook/{pick(KEYS)}",
            "codebook": lambda: "/codebook",
            "quality": lambda: "/quality",
            "feed": lambda: f"/feed/reports.atom?province={quote(pick(self.provinces))}",
            "table": lambda: f"/public/reports?year={pick(self.years)}&province={quote(pick(self.provinces))}",
            "table of requests": lambda: f"/public/applications?year={pick(self.years)}&area_code={pick(self.areas)}",
            "table of cells": lambda: f"/public/cells?report_id={pick(self.editions).rpartition('@')[0]}",
            "table of totals": lambda: f"/public/totals?year={pick(self.years)}&province={quote(pick(self.provinces))}",
            "table search": lambda: f"/public/sections?_search={quote(pick(self.words))}",
            "stored question": lambda: (
                f"/public/{pick(self.queries)}?year={pick(self.years)}&scope=whole_area&word="
                f"{quote(pick(self.words))}&county={quote('县')}&codes={pick(self.areas)}"
            ),
        }


def _reader(address: str, make: Callable[[], str], until: float, times: list[float], sizes: list[int]) -> None:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    while time.monotonic() < until:
        path = make()
        start = time.monotonic()
        connection.request("GET", path, headers={"accept-encoding": "gzip"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
        times.append((time.monotonic() - start) * 1000)
        sizes.append(len(body))


def measure(address: str, make: Callable[[], str], readers: int, seconds: float) -> tuple[list[float], list[int]]:
    """Milliseconds and bytes of every answer that ``readers`` got in ``seconds``."""
    times: list[float] = []
    sizes: list[int] = []
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=_reader, args=(address, make, until, times, sizes)) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, sizes


def processor_seconds(pid: int) -> float:
    """What a process and all under it have used so far, those included that ended and were waited for."""
    parents: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        number = int(stat.parent.name)
        parents.setdefault(int(fields[1]), []).append(number)
        used[number] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    total, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        total += used.get(one, 0.0)
        waiting += parents.get(one, [])
    return total


def main() -> None:
    """Command line: a table, one line a kind of page."""
    parser = argparse.ArgumentParser(description="Measure the site with several readers at once.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--readers", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    with subprocess.Popen([sys.executable, "-c", SERVE, str(args.folder)], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            address = server.stdout.readline().strip()
            print("| page | median ms | 95 % ms | CPU ms | pages/s | kB |\n| --- | ---: | ---: | ---: | ---: | ---: |")
            for name, make in Pool(args.folder, 1).pages().items():
                if args.only in name:
                    measure(address, make, 2, 1)
                    before = processor_seconds(server.pid)
                    times, sizes = measure(address, make, args.readers, args.seconds)
                    used = (processor_seconds(server.pid) - before) * 1000 / len(times)
                    high = statistics.quantiles(times, n=20)[-1]
                    kilobytes = statistics.median(sizes) / 1000
                    rate, middle = len(times) / args.seconds, statistics.median(times)
                    print(
                        f"| {name} | {middle:.0f} | {high:.0f} | {used:.1f} | {rate:.0f} | {kilobytes:.0f} |",
                        flush=True,
                    )
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
