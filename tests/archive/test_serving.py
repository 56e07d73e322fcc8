"""The processes of a running site: a new publication is taken up, what dies comes back, SQL runs elsewhere."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from archive.workdb import ArchiveError

SERVE = (
    "import sys; from archive.serve import serve;"
    " serve(sys.argv[1], port=0, ready=lambda a: print(a, flush=True), workers=1)"
)
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
WAIT = 60.0  # seconds, for slow machines; none of these tests measures time


@pytest.fixture
def running(sample_archive: Path) -> Iterator[tuple[str, int, Path]]:
    command = [sys.executable, "-c", SERVE, str(sample_archive)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout
        address = server.stdout.readline().strip()
        assert address, "the site did not come up"
        yield address, server.pid, sample_archive
        server.send_signal(signal.SIGINT)
        server.communicate()
    assert server.returncode == 0


def _get(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def _children(pid: int) -> list[int]:
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT
    while not done():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.2)


def test_a_new_publication_is_taken_up_without_a_gap(running: tuple[str, int, Path]) -> None:
    address, _, root = running
    assert _get(f"{address}report/991101-2023-government-aa")[0] == 200
    made = root / "new.db"
    made.write_bytes((root / "public.db").read_bytes())
    with closing(sqlite3.connect(made)) as conn:
        conn.execute("UPDATE about SET value = '2031-01-02T03:04:05Z' WHERE name = 'built_at'")
        conn.commit()
    made.replace(root / "public.db")

    def new() -> bool:
        status, html = _get(f"{address}about")
        assert status == 200
        return "2031-01-02 03:04:05 UTC" in html

    _until(new)


def test_a_process_that_dies_is_started_anew(running: tuple[str, int, Path]) -> None:
    address, pid, _ = running
    time.sleep(5.1)  # a process that ends sooner after its start is taken for one that cannot run
    before = set(_children(pid))
    assert len(before) == 2
    for child in before:
        os.kill(child, signal.SIGKILL)
    _until(lambda: len(set(_children(pid)) - before) == 2)
    assert _get(address)[0] == 200
    rows = json.loads(_get(f"{address}public.json?sql=select+1+as+one&_shape=array")[1])
    assert rows == [{"one": 1}]


def test_an_endless_query_ends_politely(running: tuple[str, int, Path]) -> None:
    address, _, _ = running
    status, html = _get(f"{address}public?sql={quote(ENDLESS)}")
    assert status == 400
    assert "这条查询超过一秒" in html
    assert _get(f"{address}report/991101-2023-government-aa")[0] == 200


def test_a_site_that_cannot_come_up_says_so(sample_archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive import serve

    monkeypatch.setattr(serve, "_await", lambda process: (_ for _ in ()).throw(ArchiveError("does not come up")))
    with pytest.raises(ArchiveError, match="does not come up"):
        serve.serve(sample_archive, port=0, workers=1)
