"""Unattended work: the schedule is written, shown and removed; status is readable; `run` may be called at any time."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest

from archive import build, publishable, workdb
from archive.schedule import plan_of
from archive.status import in_words, status
from archive.workdb import ArchiveError

FAKES = {
    "systemctl": '#!/bin/sh\necho "$@" >> "$FAKE_LOG"\ncase "$*" in *is-system-running*) echo running;; esac\n',
    "crontab": '#!/bin/sh\nif [ "$1" = -l ]; then cat "$FAKE_TAB" 2>/dev/null; else cat > "$FAKE_TAB"; fi\n',
}


@pytest.fixture
def machine(tmp_path):
    """A machine of our own: stand-ins for systemctl and crontab, so that nobody's schedule is touched."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in FAKES.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    env = {
        **os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "NIANBAO_UNITS": str(tmp_path / "units"),
        "FAKE_LOG": str(tmp_path / "log"), "FAKE_TAB": str(tmp_path / "tab"), "NIANBAO_CONTACT": "a 100% \"b\" $c",
    }  # fmt: skip

    def run(*arguments, without=()):
        for name in without:
            (folder / name).unlink()
        hidden = env | ({"PATH": str(folder)} if without else {})
        return subprocess.run([sys.executable, "-m", "archive.cli", *arguments], capture_output=True, text=True,
                              env=hidden, cwd=tmp_path, check=False)  # fmt: skip

    run.folder = tmp_path
    return run


def test_units_are_written_shown_and_removed(machine):
    done = machine("schedule", "write", "--archive", "my archive", "--at", "3:05", "--", "--years", "2023")
    assert done.returncode == 0, done.stderr
    service, timer = sorted((machine.folder / "units").iterdir())
    assert service.suffix == ".service"
    text = service.read_text()
    assert f'"run" "--archive" "{machine.folder / "my archive"}" "--years" "2023"' in text
    assert r'Environment="NIANBAO_CONTACT=a 100%% \"b\" $c"' in text
    assert "OnCalendar=*-*-* 03:05:00" in timer.read_text()
    log = (machine.folder / "log").read_text()
    assert "daemon-reload" in log
    assert f"enable --now {timer.name}" in log
    shown = machine("schedule", "show", "--archive", "my archive")
    assert "OnCalendar" in shown.stdout
    assert machine("schedule", "remove", "--archive", "my archive").returncode == 0
    assert list((machine.folder / "units").iterdir()) == []
    assert machine("schedule", "show", "--archive", "my archive").returncode == 1


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_systemd_understands_the_units(tmp_path):
    plan = plan_of(tmp_path / "a b%c", "02:30", "mon", ["--years", "2019-2025"])
    for name, text in plan.units().items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", *map(str, sorted(tmp_path.glob("nianbao-*")))],
                          capture_output=True, text=True, check=False)  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "nianbao" in line]
    assert ours == []
    when = subprocess.run(["systemd-analyze", "calendar", "Mon *-*-* 02:30:00"], capture_output=True, check=False)
    assert when.returncode == 0


def test_a_crontab_keeps_its_other_lines(machine):
    tab = machine.folder / "tab"
    tab.write_text("0 5 * * * backup\n")
    for at in ("02:30", "4:00"):
        assert machine("schedule", "write", "--cron", "--archive", "a%b", "--at", at, "--on", "sun").returncode == 0
    first, line = tab.read_text().splitlines()
    assert first == "0 5 * * * backup"
    assert line.startswith("0 4 * * 0 ")
    assert r"a\%b" in line
    assert machine("schedule", "show", "--archive", "a%b").stdout.strip() == line
    assert machine("schedule", "remove", "--archive", "a%b").returncode == 0
    assert tab.read_text() == "0 5 * * * backup\n"


def test_print_changes_nothing_and_is_offered_where_there_is_no_systemd(machine):
    printed = machine("schedule", "write", "--print")
    assert "OnCalendar" in printed.stdout
    assert not (machine.folder / "units").exists()
    done = machine("schedule", "write", without=("systemctl",))
    assert done.returncode == 1
    assert "--print" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("at", ["25:00", "2.30", "", "02:60"])
def test_a_time_that_is_none(tmp_path, at):
    with pytest.raises(ArchiveError, match="no time of day"):
        plan_of(tmp_path, at, None, [])


def test_a_line_break_cannot_get_into_a_unit(tmp_path):
    with pytest.raises(ArchiveError, match="line break"):
        plan_of(tmp_path / "a\nExecStart=x", "02:30", None, [])


def test_status_at_a_glance(visits, report_page):
    home = {"url": "http://www.lan.example/", "body": b"<p>home</p>", "role": "page"}
    visits.run("2024-02-01T00:00:00Z", home, {"url": "http://www.lan.example/a.html", "body": report_page()})
    run = visits.run("2024-03-01T00:00:00Z", {"url": "http://www.lan.example/a.html", "outcome": "timeout"})
    with closing(workdb.open(visits.folder)) as conn:
        summary = {"sites": 1, "pages": 0, "outcomes": {"timeout": 1}, "problems": ["The log says why."]}
        conn.execute("UPDATE runs SET summary = ?, state = 'failed' WHERE run_id = ?", (json.dumps(summary), run))
    march = datetime(2024, 3, 5, tzinfo=UTC)
    found = status(visits.folder, march)
    text = in_words(found, march)
    for wanted in (
        "3 captures", "Nothing runs at the moment", "run `nianbao ingest`", "1 × timeout: No answer in time.",
        "The log says why.", "Sites that brought nothing at the last visit: 1 of 1", "Last answer: 2024-02-01",
        "Due now: 1 of 1", "published never",
    ):  # fmt: skip
        assert wanted in text
    assert found.sites[0].due == "2024-02-08T00:00:00Z"  # in the season a site is looked at every week
    june = datetime(2024, 6, 1, tzinfo=UTC)
    assert status(visits.folder, june).sites[0].due == "2024-03-02T00:00:00Z"
    assert "next: lan on 2024-02-08" in in_words(found, datetime(2024, 2, 7, tzinfo=UTC))


def test_status_says_who_is_at_work(small_archive):
    with workdb.write_lock(small_archive):
        assert status(small_archive, datetime.now(UTC)).busy == str(os.getpid())
    assert status(small_archive, datetime.now(UTC)).busy is None


def test_a_second_run_does_nothing_and_says_so(small_archive, machine):
    with workdb.write_lock(small_archive):
        done = machine("run", "--archive", str(small_archive), "www.lan.example", "--official-suffix", ".example")
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if not line.startswith("Note: ")]
    assert said == [f"Another nianbao command is at work on {small_archive}, so this one did nothing."]
    assert not (small_archive / "public.db").exists()


def test_a_publication_is_not_replaced_by_far_less(sample_archive):
    assert publishable.doubts(sample_archive) is None
    with closing(sqlite3.connect(sample_archive / "work.db")) as conn:
        conn.execute("UPDATE cells SET status = 'unreadable', value = NULL WHERE key LIKE 'table3.%'")
        conn.commit()
    doubt = publishable.doubts(sample_archive)
    assert "printed numbers" in doubt
    assert "nianbao build" in doubt
    build.build(sample_archive)  # asked for by a person
    assert publishable.doubts(sample_archive) is None
