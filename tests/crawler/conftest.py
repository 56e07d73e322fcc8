"""A running replica of the practice portals, and the crawl command on it."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive import workdb


@dataclass
class Proxy:
    """A replica process: its proxy address and what it was asked for."""

    address: str
    log: Path

    def requests(self):
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]


@dataclass
class Crawled:
    """A finished crawl command."""

    archive: Path
    code: int
    summary: dict
    errors: str

    def rows(self, query, *values):
        conn = workdb.open(self.archive)
        try:
            return conn.execute(query, values).fetchall()
        finally:
            conn.close()


def start_replica(folder, *options):
    log = folder / "access.jsonl"
    log.touch()
    process = subprocess.Popen(
        [sys.executable, "-m", "crawler.replica", "--log", str(log), *options], stdout=subprocess.PIPE, text=True
    )
    port = process.stdout.readline().strip()
    return process, Proxy(f"http://127.0.0.1:{port}", log)


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    process.stdout.close()


def crawl_command(archive, proxy, *args):
    return [
        sys.executable,
        "-m",
        "crawler.run",
        "--archive",
        str(archive),
        "--proxy",
        proxy.address,
        "--official-suffix",
        ".example",
        "--delay",
        "0",
        "--json",
        *args,
    ]


def run_crawl(archive, proxy, *args, env=None):
    done = subprocess.run(
        crawl_command(archive, proxy, *args),
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **(env or {})},
    )
    lines = done.stdout.splitlines()
    return Crawled(archive, done.returncode, json.loads(lines[-1]) if lines else {}, done.stderr)


@pytest.fixture
def replica(tmp_path):
    """A replica of its own for one test; gives a function that starts it with options."""
    processes = []

    def start(*options):
        process, proxy = start_replica(tmp_path, *options)
        processes.append(process)
        return proxy

    yield start
    for process in processes:
        stop(process)


@pytest.fixture
def crawl():
    """The crawl command as a function: archive folder, replica, further arguments."""
    return run_crawl


@pytest.fixture
def command():
    """The crawl command as a list of arguments, for tests that interrupt it."""
    return crawl_command


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A crawl of both portals without a browser, and the replica's requests; one for all tests of a module."""
    folder = tmp_path_factory.mktemp("plain")
    process, proxy = start_replica(folder)
    try:
        result = run_crawl(folder / "a", proxy, "--browser", "never", "www.qinghe.example", "http://www.anlan.example/")
        yield result, proxy.requests()
    finally:
        stop(process)
