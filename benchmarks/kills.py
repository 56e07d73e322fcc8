"""Kill crawl, ingest and build with SIGKILL at random moments, go on, and count what is lost or doubled.

Usage: python benchmarks/kills.py [--kills 100] [--seed N] [--keep DIR]

Portals of our own making are served on loopback, a pause before each answer: two hosts, or more than are fetched from
at once, whose pages are committed together. Capture files are begun anew every few kilobytes, so that kills fall on
rotation too. After some kills each archive is let run to its end and checked: every page captured, every record
indexed, every row with its record (``nianbao verify``), no host asked again for more than one page a kill, the one that
was in flight or not committed yet; after killed ingests and builds, the same rows and the same publication as without
kills.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from archive.verify import verify
from crawler.replica.server import Replica

TWO = {"www.anping.example": "安平县", "www.beihe.example": "北河县"}
MANY = {f"www.c{n}.example": f"第{n}县" for n in range(48)}
REPORTS = {2: 10, 48: 2}  # on each portal, by the number of portals
ORGANS = tuple(f"第{n}局" for n in "一二三四五六七八九十")
MADE = ("reports", "editions", "edition_documents", "cells", "sections", "claims", "findings")
HTML = '<html><head><meta charset="utf-8"><title>{0}</title></head><body><h1>{0}</h1>{1}</body></html>'
BODY = (
    "<p>本报告所列数据的统计期限为2023年1月1日至12月31日。</p><h2>一、总体情况</h2><p>{prose}</p>"
    "<h2>二、主动公开政府信息情况</h2><table><tr><td>第二十条第（五）项</td></tr>"
    "<tr><td>信息内容</td><td>本年处理决定数量</td></tr><tr><td>行政许可</td><td>{number}</td></tr></table>"
    "<h2>五、存在的主要问题及改进情况</h2><p>继续改进。</p><h2>六、其他需要报告的事项</h2><p>无。</p>"
)


@dataclass(slots=True)
class Table:
    """What a phase of the trial came to."""

    what: str
    kills: int = 0
    archives: int = 0
    lost: int = 0
    doubled: int = 0  # fetched again though neither in flight at a kill nor the last one of its host
    refetched: int = 0  # in flight or not committed at a kill, so fetched again
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"| {self.what} | {self.kills} | {self.archives} | {self.lost} | {self.doubled} | {self.refetched} "
            f"| {len(self.faults)} |"
        )


def make_portals(folder: Path, portals: Mapping[str, str]) -> set[str]:
    """Write the pages of portals (county by host); returns the addresses that a crawl must capture."""
    expected = set()
    for host, county in portals.items():
        pages = {
            "index.html": HTML.format(f"{county}人民政府", '<a href="/xxgk/">政府信息公开</a>'),
            "xxgk/index.html": HTML.format("政府信息公开", '<a href="/xxgk/nb/">政府信息公开年报</a>'),
        }
        rows = []
        for i, organ in enumerate(ORGANS[: REPORTS[len(portals)]]):
            title = f"{county}{organ}2023年政府信息公开工作年度报告"
            prose = f"{county}{organ}全年工作平稳有序。" * (20 + 15 * i)
            pages[f"xxgk/nb/202401/t{i}.html"] = HTML.format(title, BODY.format(prose=prose, number=10 + i))
            rows.append(f'<li><a href="./202401/t{i}.html" title="{title}">{title}</a><span>2024-01-20</span></li>')
        pages["xxgk/nb/index.html"] = HTML.format("政府信息公开年报", f"<ul>{''.join(rows)}</ul>")
        pages["robots.txt"] = "User-agent: *\nDisallow:\n"
        for name, text in pages.items():
            path = folder / host / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        expected |= {f"http://{host}/xxgk/nb/202401/t{i}.html" for i in range(len(rows))}
    return expected


@contextmanager
def serving(folder: Path, log: Path, pause: float) -> Iterator[str]:
    """Serve the portals as a proxy in a thread; gives its address. ``log`` gets one JSON line a request."""
    ready, stop = threading.Event(), threading.Event()
    address = ""

    async def run() -> None:
        nonlocal address
        with log.open("a", encoding="utf-8") as handle:
            server, port = await Replica(pages=folder, log=handle, pause=pause).start()
            address = f"http://127.0.0.1:{port}"
            ready.set()
            async with server:
                while not stop.is_set():
                    await asyncio.sleep(0.02)

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield address
    finally:
        stop.set()
        thread.join(10)


def pages_asked(log: Path) -> Counter[str]:
    """How often each page was asked for, robots.txt left out."""
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    return Counter(f"http://{r['host']}{r['path']}" for r in lines if r["path"] != "/robots.txt")


def crawl_command(archive: Path, proxy: str, portals: Mapping[str, str]) -> list[str]:
    """A crawl of all portals, without delays."""
    return [
        sys.executable, "-m", "crawler.run", "--archive", str(archive), "--proxy", proxy, "--official-suffix",
        ".example", "--delay", "0", "--browser", "never", "--json", *portals,
    ]  # fmt: skip


def run(command: list[str], wait: float | None = None, **env: str) -> int:
    """Run a command to its end, or kill it with SIGKILL after ``wait`` seconds; returns its exit code."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **env},
        start_new_session=True,
    )  # fmt: skip
    try:
        return process.wait(wait if wait is not None else 300)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def kill_when(command: list[str], log: Path, after: int, then: float, **env: str) -> int:
    """Kill a crawl once it made ``after`` more requests and ``then`` seconds went by; its exit code."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **env})
    goal = len(log.read_text("utf-8").splitlines()) + after
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if len(log.read_text("utf-8").splitlines()) >= goal:
            break
        time.sleep(0.001)
    time.sleep(then)
    process.kill()
    return process.wait()


def crawl_trial(work: Path, rng: random.Random, kills: int, table: Table, portals: Mapping[str, str] = TWO) -> Path:
    """One archive: some killed crawls, then one to the end; returns the archive."""
    expected = make_portals(work / "pages", portals)
    log, archive = work / "access.jsonl", work / "archive"
    log.touch()
    env = {"NIANBAO_WARC_BYTES": str(rng.choice([4_000, 12_000, 1_000_000]))}
    done = 0
    with serving(work / "pages", log, pause=0.01) as proxy:
        command = crawl_command(archive, proxy, portals)
        for _ in range(kills):
            after = rng.randrange(0, len(portals) + 7)
            if kill_when(command, log, after, rng.uniform(0, 0.05), **env) != -signal.SIGKILL:
                break  # it came to its end before the kill: a further run would be another season
            done += 1
        else:
            run(command, **env)
    table.kills += done
    table.archives += 1
    again: Counter[str] = Counter()
    for url, times in pages_asked(log).items():
        again[url.split("/")[2]] += times - 1
    table.refetched += sum(min(n, done) for n in again.values())
    table.doubled += sum(max(0, n - done) for n in again.values())
    table.faults += check(archive)
    with closing(sqlite3.connect(archive / "work.db")) as conn:
        kept = {url for (url,) in conn.execute("SELECT url FROM captures WHERE outcome = 'ok'")}
        (still_open,) = conn.execute("SELECT count(*) FROM frontier WHERE state IN ('waiting', 'leased')").fetchone()
    table.lost += len(expected - kept) + still_open
    return archive


def lost_index_trial(work: Path, rng: random.Random, table: Table) -> None:
    """A killed crawl whose work database is lost too: rebuilt, its sites are crawled anew, and every page is kept.

    What was fetched before is asked for again, and kept as revisits; only originals kept twice count as doubled.
    """
    expected = make_portals(work / "pages", TWO)
    log, archive = work / "access.jsonl", work / "archive"
    log.touch()
    with serving(work / "pages", log, pause=0.01) as proxy:
        command = crawl_command(archive, proxy, TWO)
        table.kills += kill_when(command, log, rng.randrange(4, 20), rng.uniform(0, 0.05)) == -signal.SIGKILL
        asked = len(pages_asked(log))
        for path in archive.glob("work.db*"):
            path.unlink()
        run([sys.executable, "-m", "archive.cli", "rebuild", "--archive", str(archive)])
        run(command)
    run([sys.executable, "-m", "archive.cli", "ingest", "--archive", str(archive)])
    table.archives += 1
    table.refetched += sum(pages_asked(log).values()) - len(pages_asked(log))
    table.faults += check(archive)
    with closing(sqlite3.connect(archive / "work.db")) as conn:
        kept = conn.execute("SELECT url, sum(record_type = 'response') FROM captures WHERE outcome = 'ok' GROUP BY url")
        responses = dict(kept.fetchall())
    table.lost += len(expected - set(responses))
    table.doubled += sum(n > 1 for n in responses.values())
    if not asked:
        table.faults.append("nothing had been asked for before the kill")


def check(archive: Path) -> list[str]:
    """The faults that `nianbao verify` finds, and files left open."""
    report = verify(archive)
    return [str(f) for f in report.faults] + [p.name for p in (archive / "warc").glob("*.open")]


def rows(archive: Path) -> dict[str, list[tuple[object, ...]]]:
    """What an ingest makes, without the time of reading."""
    with closing(sqlite3.connect(archive / "work.db")) as conn:
        out = {"documents": sorted(conn.execute("SELECT sha256, stamp, is_report, result FROM documents").fetchall())}
        for table in MADE:
            out[table] = sorted(conn.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
    return out


def forget_readings(archive: Path) -> None:
    """As if nothing had been read yet."""
    with closing(sqlite3.connect(archive / "work.db", isolation_level=None)) as conn:
        for table in (*reversed(MADE), "documents"):
            conn.execute(f"DELETE FROM {table}")


def ingest_trial(archive: Path, rng: random.Random, kills: int, table: Table) -> None:
    """Killed ingests of one archive, then one to the end: the same rows as without kills."""
    command = [sys.executable, "-m", "archive.cli", "ingest", "--archive", str(archive)]
    began = time.monotonic()
    run(command)
    seconds, wanted = time.monotonic() - began, rows(archive)
    forget_readings(archive)
    hit = 0
    for _ in range(4 * kills):
        if hit == kills:
            break
        if run(command, rng.uniform(0.2, 1.0) * seconds) == -signal.SIGKILL:
            hit += 1
        else:  # it was quicker than the kill: begin anew, and strike earlier
            forget_readings(archive)
            seconds *= 0.7
    table.kills += hit
    run(command)
    table.archives += 1
    found = rows(archive)
    table.lost += sum(len(set(wanted[name]) - set(found[name])) for name in wanted)
    table.doubled += sum(len(found[name]) - len(set(found[name])) for name in found)
    table.faults += check(archive)


def build_trial(archive: Path, rng: random.Random, kills: int, table: Table) -> None:
    """Killed builds beside an earlier publication: readers see the old one or the new one, whole, at any time."""
    command = [sys.executable, "-m", "archive.cli", "build", "--archive", str(archive)]
    public = archive / "public.db"
    began = time.monotonic()
    run(command)
    seconds, wanted = time.monotonic() - began, published(public)
    hit = 0
    for _ in range(4 * kills):
        if hit == kills:
            break
        if run(command, rng.uniform(0.2, 1.0) * seconds) == -signal.SIGKILL:
            hit += 1
        else:
            seconds *= 0.7
        if published(public) != wanted:
            table.lost += 1
    table.kills += hit
    run(command)
    table.archives += 1
    table.lost += published(public) != wanted
    table.faults += [p.name for p in archive.glob("public.db?*") if p.name != "public.db"]


def published(public: Path) -> tuple[str, int, int]:
    """Whether a public database is sound, and how much it holds."""
    with closing(sqlite3.connect(f"{public.as_uri()}?mode=ro", uri=True)) as conn:
        (state,) = conn.execute("PRAGMA integrity_check(1)").fetchone()
        counts = [conn.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("reports", "captures")]
    return state, counts[0], counts[1]


def trial(work: Path, seed: int, kills: int, each: int = 4) -> Iterator[Table]:
    """The whole trial in a folder; one table row a phase, as it ends."""
    rng = random.Random(seed)
    ingests, builds = Table("ingest"), Table("build")
    indexes = Table("crawl, and the work database lost with it")
    for what, portals, goal in (("48 sites", MANY, kills // 2), ("two sites", TWO, kills)):
        crawls = Table(f"crawl, {what}, rotation")
        while crawls.kills < goal:
            folder = work / f"crawl{len(portals)}-{crawls.archives}"
            folder.mkdir()
            archive = crawl_trial(folder, rng, min(each, goal - crawls.kills), crawls, portals)
        yield crawls
    for n in range(max(1, kills // 10)):
        folder = work / f"index{n}"
        folder.mkdir()
        lost_index_trial(folder, rng, indexes)
    yield indexes
    build_trial(archive, rng, kills // 3, builds)
    yield builds
    ingest_trial(archive, rng, kills // 3, ingests)
    yield ingests


def main() -> None:
    """Run the trial and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--kills", type=int, default=100,
        help="of the crawl of two sites; that of 48 gets half, ingest and build a third each, lost databases a tenth",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="leave the archives here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = given.keep or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        print("| killed | kills | archives | lost | doubled | fetched again (in flight or not committed) | faults |")
        print("|---|---|---|---|---|---|---|", flush=True)
        tables = []
        for table in trial(work, given.seed, given.kills):
            tables.append(table)
            print(table, flush=True)
            for fault in table.faults[:5]:
                print("   ", fault)
    sys.exit(any(t.lost or t.doubled or t.faults for t in tables))


if __name__ == "__main__":
    main()
