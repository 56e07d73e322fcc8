"""Read what is stale and keep the result: captures -> documents -> reports and editions in the work database.

A document is stale when it was never read, or was read with another stamp (``parsers.stamp``). Reading happens in
worker processes; this process alone writes.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from os import PathLike, cpu_count, fspath

import sqlite_utils

from archive import workdb
from archive.editions import assemble
from archive.worker import SECONDS, Job, Read, failure_reason, not_read, pool_of, read_job
from parsers.stamp import stamp

ROLES = ("document", "list")  # a column's own page may be the report

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What one ingest did: documents read, how many of them are reports, cells that changed, reports now known."""

    read: int
    reports: int
    not_reports: int
    changed_cells: int
    total_reports: int


def ingest(
    archive_dir: str | PathLike[str],
    redo_all: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
) -> IngestSummary:
    """Read every stale document of an archive and bring reports and editions up to date.

    Args:
        archive_dir: the archive folder.
        redo_all: read everything again, stale or not.
        workers: reading processes; one a core by default.
        progress: called with (done, total) after each document.

    Raises:
        ArchiveError: the archive cannot be used, or another process writes to it.
    """
    with closing(workdb.open(archive_dir)) as conn, workdb.write_lock(archive_dir):
        jobs = list(stale_jobs(conn, fspath(archive_dir), redo_all))
        reports = changed = 0
        for done, one in enumerate(_read_all(jobs, workers), start=1):
            changed += store_reading(conn, one)
            reports += one.is_report
            if progress:
                progress(done, len(jobs))
        total = assemble(conn)
    return IngestSummary(len(jobs), reports, len(jobs) - reports, changed, total)


def stale_jobs(conn: sqlite3.Connection, archive_dir: str, redo_all: bool = False) -> Iterator[Job]:
    """The distinct documents to read, the first capture of each standing for all."""
    marks = ",".join("?" * len(ROLES))
    rows = conn.execute(
        f"""
        SELECT c.sha256, c.warc_file, c.warc_offset, c.warc_length, c.media_type, c.final_url, s.area_code
        FROM captures c LEFT JOIN sites s USING (site_id) LEFT JOIN documents d USING (sha256)
        WHERE c.role IN ({marks}) AND c.sha256 IS NOT NULL AND c.warc_file IS NOT NULL
          AND c.capture_id = (SELECT min(capture_id) FROM captures f WHERE f.sha256 = c.sha256
                              AND f.role IN ({marks}) AND f.warc_file IS NOT NULL)
          AND (? OR d.stamp IS NULL OR d.stamp <> ?)
        ORDER BY c.capture_id
        """,  # noqa: S608 - only question marks are put in
        (*ROLES, *ROLES, redo_all, stamp()),
    )
    for row in rows.fetchall():
        yield Job(archive_dir, *row)


def _read_all(jobs: list[Job], workers: int | None) -> Iterator[Read]:
    """Results in the order of the jobs; a reading that breaks its limits gives a result that says so."""
    if not jobs:
        return
    n = min(workers or cpu_count() or 1, len(jobs))
    with pool_of(n) as pool:
        futures = [pool.schedule(read_job, args=[job], timeout=SECONDS) for job in jobs]
        try:
            for job, future in zip(jobs, futures, strict=True):
                try:
                    yield future.result()
                except Exception as error:  # whatever a document did to its process
                    yield not_read(job.sha256, failure_reason(error), media_type=job.media_type)
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]
            raise


def store_reading(conn: sqlite3.Connection, one: Read) -> int:
    """Keep a reading; return how many cells differ from the reading before it."""
    before = conn.execute("SELECT result FROM documents WHERE sha256 = ?", (one.sha256,)).fetchone()
    row = {
        "sha256": one.sha256, "media_type": one.media_type, "size": one.size, "stamp": stamp(),
        "is_report": int(one.is_report), "reason": one.reason, "result": one.result, "read_at": workdb.utc_now(),
    }  # fmt: skip
    sqlite_utils.Database(conn).table("documents").upsert(row, pk="sha256")
    return _differences(before["result"], one.result) if before else 0


def _differences(before: str, after: str) -> int:
    old, new = (json.loads(text).get("cells", {}) for text in (before, after))
    same = {"value": None, "status": None}
    return sum(
        any(old.get(key, same).get(part) != new.get(key, same).get(part) for part in same) for key in {*old, *new}
    )
