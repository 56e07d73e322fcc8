"""A full disk: a stop with its own sentence and exit code, nothing torn, and the next run goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archive import workdb
from archive.store import open_store
from archive.verify import verify

BLOCK = 4096


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 16 MB that is really full when it is full, and can be made read-only."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("no right to mount a small file system here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill(folder, leave):
    """Take all room but ``leave`` bytes."""
    (folder / "ballast").write_bytes(b"x" * max(0, os.statvfs(folder).f_bavail * BLOCK - leave))


def sound(archive):
    report = verify(archive)
    return [str(f) for f in report.faults]


# Little room is short for the database's log, more of it for the captures: it runs out at another statement each time.
@pytest.mark.parametrize("leave", [0, 20_000, 60_000, 110_000, 160_000, 210_000])
def test_captures_stop_at_a_full_disk_and_go_on_after_it(small_disk, leave):
    archive = small_disk / "archive"
    with open_store(archive, vantage="test") as store:
        store.ledger.start_run("add", {}, "test")
    fill(small_disk, leave)
    stored = keep_until_full(archive)
    assert stored < 60
    (small_disk / "ballast").unlink()
    with open_store(archive, vantage="test") as store:
        kept = [row["url"] for row in store.ledger.captures()]
    assert kept[:stored] == [f"http://www.lan.example/{n}.html" for n in range(stored)]
    assert len(kept) <= stored + 1  # one may have been written whole before its row found no room
    assert sound(archive) == []


@pytest.mark.parametrize("command", ["ingest", "build", "rebuild"])
def test_other_commands_stop_with_one_sentence_and_go_on(small_disk, small_archive, command):
    archive = Path(shutil.copytree(small_archive, small_disk / "archive"))
    assert nianbao("build", archive).returncode == 0
    before = (archive / "public.db").read_bytes()
    fill(small_disk, 0)
    arguments = ["--all"] if command == "ingest" else []
    done = nianbao(command, archive, *arguments)
    assert done.returncode == workdb.DiskFullError.exit_code, done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error")]
    assert len(errors) == 1
    assert "free" in errors[0]
    assert "space" in errors[0]
    assert (archive / "public.db").read_bytes() == before
    (small_disk / "ballast").unlink()
    assert nianbao(command, archive, *arguments).returncode == 0
    assert sound(archive) == []


def nianbao(command, archive, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "archive.cli", command, "--archive", archive, *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


KEEP = """
import os, sys
from archive.capture import Capture
from archive.store import open_store
from archive.warcwrite import Exchange
from archive.workdb import ArchiveError, write_error
import sqlite3
n = 0
try:
    with open_store(sys.argv[1], vantage="test") as store:
        run = store.ledger.start_run("crawl", {}, "test")
        for n in range(60):
            url = f"http://www.lan.example/{n}.html"
            capture = Capture(run, url, url, "document", "2026-11-20T11:17:57Z", "ok", "http", http_status=200)
            store.add_exchange(capture, Exchange(url, b"GET / HTTP/1.1\\r\\n\\r\\n", b"HTTP/1.1 200 OK\\r\\n\\r\\n",
                                                 os.urandom(6000), capture.fetched_at))
            print(n + 1, flush=True)
except ArchiveError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
except sqlite3.Error as error:
    print(write_error("The work database", error), file=sys.stderr)
    sys.exit(write_error("The work database", error).exit_code)
"""


def keep_until_full(archive: Path) -> int:
    """Store pages until there is no room; returns how many were said to be stored."""
    done = subprocess.run([sys.executable, "-c", KEEP, archive], capture_output=True, text=True, check=False)
    assert done.returncode == workdb.DiskFullError.exit_code, done.stderr
    assert "free some space" in done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stdout.split()
    return int(lines[-1]) if lines else 0


@pytest.mark.parametrize("with_log", [True, False])
def test_an_archive_on_a_read_only_medium_is_checked_read_and_exported(small_disk, small_archive, tmp_path, with_log):
    archive = Path(shutil.copytree(small_archive, small_disk / "archive"))
    if not with_log:
        for path in archive.glob("work.db-*"):
            path.unlink()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    for command in (["verify"], ["status"], ["reports"], ["export", "--out", tmp_path / "out"]):
        done = nianbao(command[0], archive, *command[1:])
        assert done.returncode == 0, done.stderr
    for command in ("ingest", "build", "rebuild", "export"):
        done = nianbao(command, archive)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "Read-only file system" in done.stderr or "cannot be written" in done.stderr
        assert "free some space" not in done.stderr
