"""Make the work database again from the capture files, the form definitions and the corrections alone.

The new database is written beside the old one and swapped in when it is whole; a failure or a kill before that
leaves the old one as it was. What was still to be fetched by a run that did not end (the frontier) is not in the
captures: such a run is not resumed, its sites are crawled anew.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from archive import workdb
from archive.indexer import Groups, Indexer
from archive.ingest import Progress, read_into
from archive.ledger import Ledger
from archive.salvage import salvage
from archive.walk import Damage, walk
from archive.workdb import WARC_DIR, WORK_DB, ArchiveError, write_error

BUILDING = WORK_DB + ".building"


@dataclass(frozen=True, slots=True)
class RebuildSummary:
    """What was made again. ``problems`` says, a sentence each, what the capture files did not yield."""

    files: int
    captures: int
    runs: int
    sites: int
    documents: int
    reports: int
    problems: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """JSON form."""
        return asdict(self)


def rebuild(
    archive_dir: str | os.PathLike[str],
    workers: int | None = None,
    indexed: Callable[[int, int], None] | None = None,
    progress: Progress | None = None,
) -> RebuildSummary:
    """Make ``work.db`` of an archive folder again.

    Args:
        archive_dir: the archive folder.
        workers: reading processes; one a core by default.
        indexed: called with (files done, files in all) after each capture file.
        progress: called with (documents read, documents in all).

    Raises:
        ArchiveError: there are no captures, they cannot be read, the new database cannot be written, or another
            process writes to the archive.
    """
    root = Path(archive_dir)
    if not (root / WARC_DIR).is_dir():
        raise ArchiveError(f"There are no captures at {root}; give the right --archive.")
    with workdb.write_lock(root):
        building = root / BUILDING
        _remove(building)
        try:
            with closing(workdb.connect(building)) as conn:
                summary = _fill(root, conn, workers, indexed, progress)
                conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                conn.execute("PRAGMA journal_mode=DELETE")
            _swap(root, building)
        except (OSError, sqlite3.Error) as error:
            raise write_error("The new work database", error) from error
        finally:
            _remove(building)
    return summary


def _fill(
    root: Path,
    conn: sqlite3.Connection,
    workers: int | None,
    indexed: Callable[[int, int], None] | None,
    progress: Progress | None,
) -> RebuildSummary:
    indexer = Indexer(Ledger(conn))
    salvage(root, indexer.ledger)
    paths = sorted((root / WARC_DIR).glob("*.warc.gz"))
    for done, path in enumerate(paths, start=1):
        conn.execute("BEGIN")
        _index(path, indexer)
        conn.execute("COMMIT")
        if indexed:
            indexed(done, len(paths))
    indexer.ledger.close_dead_runs()
    read = read_into(conn, root, workers=workers, progress=progress)
    counts = {
        name: conn.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - our own names
        for name in ("captures", "runs", "sites")
    }
    return RebuildSummary(
        len(paths), **counts, documents=read.read, reports=read.total_reports,
        problems=(*indexer.problems, *_lost(conn)),
    )  # fmt: skip


def _index(path: Path, indexer: Indexer) -> None:
    groups = Groups(path.name)
    for record in walk(path):
        if isinstance(record, Damage):
            indexer.problems.append(f"{path.name}: {record.length} bytes at {record.offset} are lost: {record.reason}.")
        else:
            indexer.take(path.name, groups.take(record))
    indexer.problems += [
        f"{path.name}: the capture at {main.offset} has no metadata any more; it is left alone."
        for main in groups.open_groups.values()
    ]


def _lost(conn: sqlite3.Connection) -> list[str]:
    """What revisits stand for and no file holds any more."""
    n = conn.execute(
        "SELECT count(*) FROM captures AS c WHERE record_type = 'revisit' AND NOT EXISTS"
        " (SELECT 1 FROM captures AS o WHERE o.record_id = c.refers_to AND o.record_type = 'response')"
    ).fetchone()[0]
    return [f"The captures that {n} revisit(s) repeat are in no file; restore what is missing."] if n else []


def _swap(root: Path, building: Path) -> None:
    """Put the new database in the place of the old one; the old one's log must not be taken for the new one's."""
    old = root / WORK_DB
    if old.exists():
        try:
            with closing(sqlite3.connect(old, isolation_level=None)) as conn:
                conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error:
            pass  # it is damaged, which is why it is made again
    for suffix in ("-wal", "-shm"):
        old.with_name(old.name + suffix).unlink(missing_ok=True)
    with building.open("rb") as handle:
        os.fsync(handle.fileno())
    building.replace(old)


def _remove(building: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        building.with_name(building.name + suffix).unlink(missing_ok=True)
