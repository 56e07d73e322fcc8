"""Crawl the replica portals from their homepages alone and measure what was found, by portal.

``python -m benchmarks.crawl [--variant N] [--season 2] [--archive DIR] [--delay S]`` prints a table: reports found
and true, decoys and clones taken, pages fetched against pages needed, browser pages, seconds of politeness, memory.
"""

from __future__ import annotations

import json
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import click

SUFFIX = ".gov.example"
HEADER = (
    "portal",
    "found",
    "true",
    "recall",
    "decoys",
    "clones",
    "extra",
    "wrong year",
    "pages",
    "needed",
    "ratio",
    "browser",
    "trap",
    "robots",
    "seconds",
    "MB",
)


@dataclass
class Score:
    """What one portal's crawl came to."""

    portal: str
    true: int = 0
    found: int = 0
    decoys: int = 0
    clones: int = 0
    extra: int = 0
    wrong_year: int = 0
    pages: int = 0
    needed: int = 0
    browser: int = 0
    trap: int = 0
    robots: int = 0
    seconds: float = 0.0
    missing: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)

    def row(self, megabytes: float) -> tuple[str, ...]:
        recall, ratio = self.found / max(1, self.true), self.pages / max(1, self.needed)
        return (
            self.portal,
            f"{self.found}",
            f"{self.true}",
            f"{recall:.3f}",
            f"{self.decoys}",
            f"{self.clones}",
            f"{self.extra}",
            f"{self.wrong_year}",
            f"{self.pages}",
            f"{self.needed}",
            f"{ratio:.2f}",
            f"{self.browser}",
            f"{self.trap}",
            f"{self.robots}",
            f"{self.seconds:.0f}",
            f"{megabytes:.0f}",
        )


@contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[str, dict[str, Any], Path]]:
    """Serve the portals; yield the proxy's address, the manifest and the access log."""
    log = folder / f"access-{time.time_ns()}.jsonl"
    command = [sys.executable, "-m", "tests.portals", "--log", str(log), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            port = process.stdout.readline().strip()
            yield f"http://127.0.0.1:{port}", json.loads(process.stdout.readline()), log
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def crawl(archive: Path, proxy: str, manifest: dict[str, Any], *more: str) -> subprocess.CompletedProcess[str]:
    """Run the crawl command on all homepages."""
    homes = [portal["home"] for portal in manifest["portals"]]
    command = [
        sys.executable,
        "-m",
        "crawler.run",
        "--archive",
        str(archive),
        "--proxy",
        proxy,
        "--official-suffix",
        manifest["suffix"],
        "--json",
        *more,
        *homes,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def listed(archive: Path) -> list[dict[str, Any]]:
    """Read everything and list the reports, as a user would."""
    nianbao = [sys.executable, "-m", "archive.cli"]
    read = subprocess.run([*nianbao, "ingest", "--archive", str(archive)], capture_output=True, text=True, check=False)
    if read.returncode:
        raise SystemExit(f"Reading what was crawled failed: {read.stderr[-1500:]}")
    done = subprocess.run(
        [*nianbao, "reports", "--archive", str(archive), "--json"], capture_output=True, text=True, check=True
    )
    return list(json.loads(done.stdout))


def judge(manifest: dict[str, Any], reports: list[dict[str, Any]], log: Path) -> list[Score]:
    """Compare what was listed with what is true, and the access log with good manners."""
    scores = {p["key"]: Score(p["key"], needed=p["needed"]) for p in manifest["portals"]}
    by_url: dict[str, list[dict[str, Any]]] = {}
    for row in manifest["rows"]:
        for url in row["urls"]:
            by_url.setdefault(url, []).append(row)
    first: dict[str, dict[str, Any]] = {}
    for row in manifest["rows"]:
        if row["kind"] == "true":
            first.setdefault(row["canonical"], row)
    taken: set[str] = set()
    for report in reports:
        rows = [row for url in report["urls"] for row in by_url.get(url, ())]
        if any(row["kind"] == "former" and row["canonical"].split("|")[0] == report["organ"] for row in rows) and all(
            str(report["year"]) not in row["canonical"] for row in rows if row["kind"] == "true"
        ):
            continue  # what stood there before, kept as it should be
        if any(row["kind"] in ("decoy", "clone") for row in rows):
            row = next(row for row in rows if row["kind"] in ("decoy", "clone"))
            score = scores[row["portal"]]
            score.decoys += row["kind"] == "decoy"
            score.clones += row["kind"] == "clone"
            score.surplus.append(f"{row['kind']} {report['urls']}")
            continue
        keys = {row["canonical"] for row in rows if row["kind"] == "true"}
        fresh = keys - taken
        taken |= keys
        home = scores[rows[0]["portal"]] if rows else _of_host(scores, manifest, report["urls"])
        if not fresh or len(keys) > 1:
            home.extra += 1
            home.surplus.append(f"extra {report['organ']} {report['year']} {sorted(keys)} {report['urls']}")
        if fresh and str(report["year"]) not in {key.split("|")[1] for key in keys}:
            home.wrong_year += 1
            home.surplus.append(f"year {report['year']} of {report['urls']}")
    for key, row in first.items():
        score = scores[row["portal"]]
        score.true += 1
        score.found += key in taken
        if key not in taken:
            score.missing.append(f"{key} {row['urls']}")
    _manners(manifest, scores, log)
    return list(scores.values())


def _of_host(scores: dict[str, Score], manifest: dict[str, Any], urls: list[str]) -> Score:
    for portal in manifest["portals"]:
        if any(f"//{host}/" in url for host in portal["hosts"] for url in urls):
            return scores[portal["key"]]
    return next(iter(scores.values()))


def _manners(manifest: dict[str, Any], scores: dict[str, Score], log: Path) -> None:
    owner = {host: portal for portal in manifest["portals"] for host in portal["hosts"]}
    began: dict[str, list[float]] = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        portal = owner.get(asked["host"])
        if portal is None or asked["path"] == "/robots.txt":
            continue
        score = scores[portal["key"]]
        began.setdefault(portal["key"], []).append(asked["began"])
        score.pages += 1
        score.trap += any(re.search(pattern, asked["path"]) for pattern in portal["traps"].values())
        rules = portal["robots"].get(asked["host"], "")
        barred = [ln.split(":", 1)[1].strip() for ln in rules.splitlines() if ln.startswith("Disallow:")]
        score.robots += any(path and asked["path"].startswith(path) for path in barred)
    for key, times in began.items():
        scores[key].seconds = max(times) - min(times)


def manners(requests: list[dict[str, Any]], suffix: str) -> dict[str, Any]:
    """What the access log says: overlaps within an organisation's hosts, hosts not asked for robots.txt first, …"""
    groups: dict[str, list[dict[str, Any]]] = {}
    unasked, seen = [], set()
    for asked in sorted(requests, key=lambda r: r["began"]):
        bare = asked["host"].removesuffix(suffix)
        groups.setdefault(bare.rsplit(".", 1)[-1], []).append(asked)
        if asked["host"] not in seen and asked["path"] != "/robots.txt":
            unasked.append(asked["host"])
        seen.add(asked["host"])
    pairs = [(a, b) for group in groups.values() for a, b in pairwise(group)]
    pages = [r for r in requests if r["path"] != "/robots.txt"]
    return {
        "overlaps": sum(b["began"] < a["ended"] for a, b in pairs),
        "closest": min((b["began"] - a["began"] for a, b in pairs), default=0.0),
        "unasked": unasked,
        "foreign": sorted({r["host"] for r in requests if not r["host"].endswith(suffix)}),
        "nameless": sum(not (r["agent"] or "").startswith("nianbao/") for r in requests),
        "not_modified": sum(r["status"] == 304 for r in pages),
        "whole": sum(r["status"] == 200 for r in pages),
    }


def browser_pages(archive: Path, run_id: str, scores: list[Score], manifest: dict[str, Any]) -> None:
    """Count the pages of a run that went through the browser, by portal."""
    import sqlite3

    with sqlite3.connect(archive / "work.db") as conn:
        query = (
            "SELECT url FROM captures WHERE via = 'browser' AND record_type = 'resource' AND role <> 'asset'"
            " AND run_id = ?"
        )
        rows = conn.execute(query, (run_id,)).fetchall()
    by_key = {score.portal: score for score in scores}
    for (url,) in rows:
        for portal in manifest["portals"]:
            if any(f"//{host}/" in url for host in portal["hosts"]):
                by_key[portal["key"]].browser += 1
                break


def measure(
    folder: Path, archive: Path, options: list[str], more: list[str]
) -> tuple[list[Score], dict[str, Any], list[dict[str, Any]]]:
    """Serve, crawl, read and judge; return the scores, the crawl's summary and the access log."""
    with served(folder, *options) as (proxy, manifest, log):
        done = crawl(archive, proxy, manifest, *more)
        lines = done.stdout.splitlines()
        summary = json.loads(lines[-1]) if lines else {"problems": [done.stderr]}
        (folder / "crawl.err").write_text(done.stderr, encoding="utf-8")
        scores = judge(manifest, listed(archive), log)
        browser_pages(archive, str(summary.get("run_id")), scores, manifest)
        requests = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return scores, summary, requests


@click.command()
@click.option("--variant", type=int, default=0)
@click.option("--season", type=int, default=1)
@click.option("--only", multiple=True)
@click.option("--archive", type=click.Path(path_type=Path))
@click.option("--delay", type=float, default=0.0)
@click.option("--verbose", is_flag=True)
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON line.")
def main(
    variant: int, season: int, only: tuple[str, ...], archive: Path | None, delay: float, verbose: bool, as_json: bool
) -> None:
    """Measure one crawl of the replica portals."""
    options = ["--variant", str(variant), "--season", str(season), *(part for key in only for part in ("--only", key))]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.monotonic()
        scores, summary, requests = measure(folder, archive or folder / "archive", options, ["--delay", str(delay)])
        took = time.monotonic() - began
        if as_json:
            told = {"scores": [asdict(s) for s in scores], "summary": summary}
            click.echo(json.dumps(told | {"manners": manners(requests, SUFFIX)}, ensure_ascii=False))
            return
        _print_table(scores, summary, len(requests), took)
        if verbose:
            for score in scores:
                for kind in (*(f"missing {m}" for m in score.missing), *score.surplus):
                    click.echo(f"{score.portal}: {kind}")
            click.echo((folder / "crawl.err").read_text(encoding="utf-8")[-3000:])


def _print_table(scores: list[Score], summary: dict[str, Any], n_requests: int, took: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    table = [HEADER, *(score.row(peak) for score in scores)]
    widths = [max(len(row[k]) for row in table) for k in range(len(HEADER))]
    for row in table:
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join([row[0].ljust(widths[0]), *cells[1:]]))
    true, found = sum(s.true for s in scores), sum(s.found for s in scores)
    wrong = sum(s.decoys + s.clones + s.extra for s in scores)
    pages, needed = sum(s.pages for s in scores), sum(s.needed for s in scores)
    click.echo(
        f"recall {found / max(1, true):.4f}  precision {found / max(1, found + wrong):.4f}  "
        f"pages/needed {pages / max(1, needed):.2f}  requests {n_requests}  {took:.0f} s in all"
    )
    click.echo(json.dumps(summary.get("outcomes", summary), ensure_ascii=False))


if __name__ == "__main__":
    main()
