"""The state of an archive at a glance: what ran, what came, what failed and why, what is due next.

When a site is due is settled in ``archive.due``.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive import workdb
from archive.due import days_between_visits, last_visits
from archive.ingest import stale_jobs
from archive.outcomes import Outcome
from archive.workdb import LOCK_FILE, WARC_DIR

LATEST = 5  # runs shown
LISTED = 10  # sites shown


@dataclass(frozen=True, slots=True)
class SiteState:
    """One site: when it was last visited and last answered, how the last visit ended, when it is due."""

    site_id: str
    name: str | None
    last_visit: str | None
    last_answer: str | None
    failure: str | None  # outcome of the last visit where that brought nothing
    due: str  # may lie in the past; empty if it was never looked at to the end


@dataclass(frozen=True, slots=True)
class Status:
    """Everything `nianbao status` tells."""

    archive: str
    busy: str | None  # process that writes at the moment
    holds: dict[str, int]  # files, bytes, captures, documents, reports
    read_at: str | None
    stale: int  # documents to be read (again)
    published_at: str | None
    runs: list[dict[str, Any]]  # newest first
    sites: list[SiteState]  # the most overdue first

    def as_dict(self) -> dict[str, Any]:
        """JSON form."""
        return asdict(self)

    def due(self, now: datetime) -> list[SiteState]:
        """Sites that are due."""
        return [site for site in self.sites if site.due <= _text(now)]


def status(archive_dir: str | os.PathLike[str], now: datetime) -> Status:
    """Look at an archive at a moment (with time zone), also while another process writes to it.

    Raises:
        ArchiveError: there is none, or it cannot be read.
    """
    root = Path(archive_dir)
    with closing(workdb.open(root)) as conn:
        runs = [dict(row) for row in conn.execute("SELECT * FROM runs ORDER BY started_at DESC, run_id DESC")]
        for run in runs:
            run["args"], run["summary"] = json.loads(run["args"]), json.loads(run["summary"] or "{}")
        return Status(
            str(root), _writer(root), _holds(root, conn),
            conn.execute("SELECT max(read_at) FROM documents").fetchone()[0], len(stale_jobs(conn, str(root))),
            _published(root), runs, site_states(conn, now),
        )  # fmt: skip


def _writer(root: Path) -> str | None:
    try:
        with (root / LOCK_FILE).open("r", encoding="ascii") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return handle.read(20).strip() or "unknown"
    except OSError:
        pass
    return None


def _holds(root: Path, conn: sqlite3.Connection) -> dict[str, int]:
    files = [path.stat().st_size for path in (root / WARC_DIR).glob("*.warc.gz*") if "sha256" not in path.suffix]
    counts = {
        name: conn.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - our own names
        for name in ("captures", "documents", "reports")
    }
    return {"files": len(files), "bytes": sum(files), **counts}


def _published(root: Path) -> str | None:
    try:
        with closing(workdb.open_public(root)) as conn:
            row = conn.execute("SELECT value FROM about WHERE name = 'built_at'").fetchone()
    except workdb.ArchiveError:
        return None
    return str(row[0]) if row else None


def site_states(conn: sqlite3.Connection, now: datetime) -> list[SiteState]:
    """Every known site, the most overdue first."""
    last: dict[str, tuple[str, Counter[str]]] = {}
    for row in conn.execute(
        "SELECT c.site_id, c.outcome, count(*) AS n, max(c.fetched_at) AS at FROM captures c JOIN"
        # SQLite takes the other columns from the row that has the greatest number.
        " (SELECT site_id, run_id, max(capture_id) FROM captures WHERE site_id IS NOT NULL AND role <> 'robots'"
        "  GROUP BY site_id) AS newest USING (site_id, run_id) WHERE c.role <> 'robots' GROUP BY 1, 2"
    ):
        at, outcomes = last.get(row["site_id"], ("", Counter()))
        outcomes[row["outcome"]] += row["n"]
        last[row["site_id"]] = (max(at, row["at"]), outcomes)
    answers = dict(conn.execute(
        "SELECT site_id, max(fetched_at) FROM captures WHERE outcome IN ('ok', 'not_modified')"
        " AND role IN ('page', 'list') AND site_id IS NOT NULL GROUP BY site_id"
    ).fetchall())  # fmt: skip
    visits = last_visits(conn, now)
    states = [
        _state(one, name, last.get(one), answers.get(one), visits.get(one), now)
        for one, name in conn.execute("SELECT site_id, name FROM sites").fetchall()
    ]
    return sorted(states, key=lambda s: (s.due, s.site_id))


def _state(
    site_id: str, name: str | None, visit: tuple[str, Counter[str]] | None, answer: str | None, done: str | None,
    now: datetime,
) -> SiteState:  # fmt: skip
    at, failure, due = None, None, ""
    if visit is not None:
        at, outcomes = visit
        answered = any(Outcome(outcome).stored for outcome in outcomes)
        failure = None if answered else outcomes.most_common(1)[0][0]
    if done is not None:
        last = datetime.strptime(done, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        due = _text(last + timedelta(days=days_between_visits(now)))
    return SiteState(site_id, name, at, answer, failure, due)


def _text(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def in_words(found: Status, now: datetime) -> str:
    """The status for a terminal."""
    blocks = [_head_lines(found), _all_run_lines(found.runs), _failing_lines(found.sites), _due_lines(found, now)]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def _head_lines(found: Status) -> list[str]:
    h = found.holds
    size = f"{h['captures']} captures in {h['files']} file(s) ({h['bytes'] / 1e6:.1f} MB)"
    state = f"Process {found.busy} is at work." if found.busy else "Nothing runs at the moment."
    lines = [
        f"Archive {found.archive}: {size}, {h['documents']} documents, {h['reports']} reports.",
        f"{state} Last read {_short(found.read_at)}, published {_short(found.published_at)}.",
    ]
    if found.stale:
        lines.append(f"{found.stale} document(s) are to be read: run `nianbao ingest`.")
    elif found.read_at and found.read_at > (found.published_at or ""):
        lines.append("What was read last is not published yet: run `nianbao build`.")
    return lines


def _all_run_lines(runs: list[dict[str, Any]]) -> list[str]:
    if not runs:
        return ["No run yet; begin with `nianbao crawl`."]
    lines = ["Runs, the newest first"]
    for run in runs[:LATEST]:
        lines += _run_lines(run)
    if len(runs) > LATEST:
        lines.append(f"  … and {len(runs) - LATEST} earlier ones; --json lists them")
    return lines


def _run_lines(run: dict[str, Any]) -> list[str]:
    summary = run["summary"]
    came = ", ".join(f"{summary[name]} {name}" for name in ("sites", "pages", "documents") if name in summary)
    lines = [f"  {_short(run['started_at'])}  {run['kind']:5} {run['state']:11} {came}  [{run['run_id']}]"]
    for name, n in summary.get("outcomes", {}).items():
        if n and not Outcome(name).stored and name != Outcome.REDIRECT:
            lines.append(f"      {n} × {name}: {Outcome(name).meaning}")
    lines += [f"      {problem}" for problem in summary.get("problems", [])]
    if summary.get("left"):
        lines.append(f"      {summary['left']} page(s) left; the same command goes on with them")
    return lines


def _failing_lines(sites: list[SiteState]) -> list[str]:
    failing = [site for site in sites if site.failure]
    if not failing:
        return []
    lines = [f"Sites that brought nothing at the last visit: {len(failing)} of {len(sites)}"]
    for site in failing[:LISTED]:
        reason = Outcome(site.failure or "").meaning
        lines.append(f"  {site.site_id} {site.name or ''}: {reason} Last answer: {_short(site.last_answer)}.")
    return lines


def _due_lines(found: Status, now: datetime) -> list[str]:
    if not found.sites:
        return []
    due = found.due(now)
    lines = [f"Due now: {len(due)} of {len(found.sites)} site(s)"]
    if due:
        lines.append("  " + ", ".join(s.site_id for s in due[:LISTED]) + (" …" if len(due) > LISTED else ""))
    else:
        lines.append(f"  next: {found.sites[0].site_id} on {_short(found.sites[0].due)}")
    return lines


def _short(when: str | None) -> str:
    """``2026-11-20 02:30 UTC``, or ``never``."""
    return f"{when[:16].replace('T', ' ')} UTC" if when else "never"
