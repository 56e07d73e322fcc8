"""Read what is stale and keep the result: captures -> documents -> reports and editions in the work database.

A document is stale when it was never read, or was read with another stamp (``parsers.stamp``). Reading happens in
worker processes; this process alone writes. Documents go through one by one, so memory does not grow with them.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from os import PathLike, cpu_count, fspath
from typing import Any

import sqlite_utils
from pebble import ProcessFuture

from archive import workdb
from archive.assess import put_together
from archive.worker import SECONDS, Job, PictureRecord, Read, digest_of, failure_reason, not_read, pool_of, read_job
from parsers.readers.errors import LIMITS
from parsers.stamp import stamp

AHEAD = 4  # documents handed out per reading process: enough to keep it busy, few enough to hold the results
MOST_CHANGES = 1000  # that a summary lists
KEY_FIELDS = ("area_code", "organ", "organ_kind", "year", "scope")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What one ingest did: documents read, how many of them are reports, cells that changed, reports now known.

    ``changes`` lists the changed cells (at most ``MOST_CHANGES``): ``sha256``, ``url``, ``key``, ``old``, ``new``.
    """

    read: int
    reports: int
    not_reports: int
    changed_cells: int
    total_reports: int
    changes: tuple[dict[str, object], ...] = ()


def ingest(
    archive_dir: str | PathLike[str],
    redo_all: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
) -> IngestSummary:
    """Read every stale document of an archive and bring reports and editions up to date.

    Args:
        archive_dir: the archive folder.
        redo_all: read everything again, stale or not; where an earlier such call was interrupted, what it left.
        workers: reading processes; one a core by default.
        progress: called with (done, total) after each document.

    Raises:
        ArchiveError: the archive cannot be used, or another process writes to it.
    """
    with closing(workdb.open(archive_dir)) as conn, workdb.write_lock(archive_dir):
        return read_into(conn, archive_dir, redo_all, workers, progress)


def read_into(
    conn: sqlite3.Connection,
    archive_dir: str | PathLike[str],
    redo_all: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
) -> IngestSummary:
    """``ingest`` on an open work database, for the holder of the write lock."""
    if redo_all:
        _mark_all(conn)
    jobs = stale_jobs(conn, fspath(archive_dir))
    reports = changed = 0
    listed: list[dict[str, object]] = []
    for done, (job, one) in enumerate(_read_all(jobs, workers), start=1):
        for change in store_reading(conn, one):
            changed += 1
            if len(listed) < MOST_CHANGES:
                listed.append({"sha256": one.sha256, "url": job.url, **change})
        reports += one.is_report
        if progress:
            progress(done, len(jobs))
    conn.execute("DELETE FROM rereading")  # also what no capture holds as a document any more
    total = put_together(conn)
    return IngestSummary(len(jobs), reports, len(jobs) - reports, changed, total, tuple(listed))


def _mark_all(conn: sqlite3.Connection) -> None:
    """Mark every reading as to be done again. Marks that are left are those of a call that was interrupted: go on."""
    if conn.execute("SELECT 1 FROM rereading").fetchone() is None:
        conn.execute("INSERT INTO rereading SELECT sha256 FROM documents")


# A column's own page may be the report. A picture that a page shows or links to is part of that page, and read with it.
_DOCUMENT = """
    {0}.role IN ('document', 'list') AND {0}.sha256 IS NOT NULL
    AND NOT (coalesce({0}.media_type, '') LIKE 'image/%' AND EXISTS (
        SELECT 1 FROM captures p WHERE p.final_url = {0}.referrer AND p.run_id = {0}.run_id AND p.role = 'document'
        AND p.media_type LIKE 'text/html%' AND p.sha256 IS NOT NULL))"""
_STALE = f"""{_DOCUMENT.format('c')} AND (d.stamp IS NULL OR d.stamp <> ? OR d.row_sha256 IS NULL
    OR EXISTS (SELECT 1 FROM rereading r WHERE r.sha256 = c.sha256))"""  # noqa: S608 - only our own text is put in
_ORIGINAL = """o.capture_id = (SELECT min(capture_id) FROM captures f WHERE f.sha256 = c.sha256
                                AND f.record_type IN ('response', 'resource'))"""


def stale_jobs(conn: sqlite3.Connection, archive_dir: str) -> list[Job]:
    """The distinct documents to read: where each was captured first, and the record that holds its bytes."""
    shown = _pictures(conn)
    read_with = dict(conn.execute("SELECT sha256, pictures FROM documents").fetchall()) if shown else {}
    anew = [page for page, pictures in shown.items() if page in read_with and read_with[page] != digest_of(pictures)]
    rows = conn.execute(
        f"""
        SELECT c.sha256, o.warc_file, o.warc_offset, o.warc_length, c.media_type, c.final_url, s.area_code,
               s.name
        FROM captures c JOIN captures o ON {_ORIGINAL}
        LEFT JOIN sites s ON s.site_id = c.site_id LEFT JOIN documents d ON d.sha256 = c.sha256
        WHERE c.capture_id = (SELECT min(capture_id) FROM captures f WHERE f.sha256 = c.sha256
                              AND {_DOCUMENT.format("f")})
          AND ({_STALE} OR c.sha256 IN (SELECT value FROM json_each(?)))
        ORDER BY c.capture_id
        """,  # noqa: S608 - only our own text is put in
        (stamp(), json.dumps(anew)),
    )
    return [replace(Job(archive_dir, *row), pictures=shown.get(row["sha256"], ())) for row in rows]


def _pictures(conn: sqlite3.Connection) -> dict[str, tuple[PictureRecord, ...]]:
    """The pictures of each page (by SHA-256), as the first run that fetched any for it has them, in that order."""
    found: dict[str, tuple[str, dict[str, PictureRecord]]] = {}
    rows = conn.execute(
        f"""
        SELECT p.sha256, c.run_id, c.sha256, c.final_url, o.warc_file, o.warc_offset, o.warc_length
        FROM captures c JOIN captures p ON p.final_url = c.referrer AND p.run_id = c.run_id AND p.role = 'document'
             AND p.media_type LIKE 'text/html%' AND p.sha256 IS NOT NULL
        JOIN captures o ON {_ORIGINAL}
        WHERE c.media_type LIKE 'image/%' AND c.role IN ('asset', 'document') AND c.sha256 IS NOT NULL
        ORDER BY c.capture_id
        """  # noqa: S608 - only our own text is put in
    )
    for page, run, picture, *record in rows:
        first, pictures = found.setdefault(page, (run, {}))
        if run == first and len(pictures) < LIMITS.max_pictures:
            pictures.setdefault(picture, PictureRecord(*record))
    return {page: tuple(pictures.values()) for page, (_, pictures) in found.items()}


def _read_all(jobs: list[Job], workers: int | None) -> Iterator[tuple[Job, Read]]:
    """Jobs with their results, in order; a reading that breaks its limits gives a result that says so."""
    if not jobs:
        return
    n = min(workers or cpu_count() or 1, len(jobs))
    with pool_of(n) as pool:
        waiting: deque[tuple[Job, ProcessFuture[Read]]] = deque()
        try:
            for job in jobs:
                waiting.append((job, pool.schedule(read_job, args=[job], timeout=SECONDS)))
                if len(waiting) >= AHEAD * n:
                    yield _result(*waiting.popleft())
            while waiting:
                yield _result(*waiting.popleft())
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]
            raise


def _result(job: Job, future: ProcessFuture[Read]) -> tuple[Job, Read]:
    try:
        return job, future.result()
    except Exception as error:  # whatever a document did to its process
        failed = not_read(job.sha256, failure_reason(error), media_type=job.media_type)
        return job, replace(failed, pictures=digest_of(job.pictures))


def store_reading(conn: sqlite3.Connection, one: Read) -> list[dict[str, object]]:
    """Keep a reading; return the cells that differ from the reading before it: ``key``, ``old``, ``new``."""
    before = conn.execute("SELECT result, further FROM documents WHERE sha256 = ?", (one.sha256,)).fetchone()
    result = json.loads(one.result)
    row = {
        "sha256": one.sha256, "media_type": one.media_type, "size": one.size, "stamp": stamp(),
        "is_report": int(one.is_report), "reason": one.reason, "result": one.result, "further": one.further,
        "pictures": one.pictures, "read_at": workdb.utc_now(),
        **{name: result.get(name) for name in KEY_FIELDS},
    }  # fmt: skip
    sqlite_utils.Database(conn).table("documents").upsert({**row, "row_sha256": row_digest(row)}, pk="sha256")
    conn.execute("DELETE FROM rereading WHERE sha256 = ?", (one.sha256,))
    if before is None:
        return []
    earlier: list[dict[str, Any]] = [json.loads(before["result"]), *json.loads(before["further"] or "[]")]
    now: list[dict[str, Any]] = [result, *json.loads(one.further or "[]")]
    return [change for n in range(max(len(earlier), len(now)))
            for change in _differences(*(found[n] if n < len(found) else {} for found in (earlier, now)))]  # fmt: skip


def row_digest(row: Mapping[str, object]) -> str:
    """The check sum that a row of ``documents`` carries, over its other columns by name."""
    text = json.dumps({name: row[name] for name in sorted(row) if name != "row_sha256"}, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _differences(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, object]]:
    old, new = (
        {key: (cell["value"], cell["status"]) for key, cell in result.get("cells", {}).items()}
        for result in (before, after)
    )
    return [
        {"key": key, "old": old.get(key), "new": new.get(key)}
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key)
    ]
