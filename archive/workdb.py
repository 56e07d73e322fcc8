"""The archive folder and its work database: where things lie, how to open them, who may write.

Layout of an archive folder: ``warc/`` (the captures, never edited), ``work.db`` (rebuildable),
``public.db`` (the published copy), ``runs/`` (one log a run), ``write.lock`` (held by the one writer).
"""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TextIO

WORK_DB = "work.db"
PUBLIC_DB = "public.db"
WARC_DIR = "warc"
RUNS_DIR = "runs"
LOCK_FILE = "write.lock"
CHECKPOINT_PAGES = 4096  # of 4 kB, in the log before they are put into the database


DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


class ArchiveError(Exception):
    """Something about the archive folder that the operator must mend; its text is one plain sentence."""

    exit_code = 1


class DiskFullError(ArchiveError):
    """There is no room left; what was written before is whole, and the same command goes on once there is."""

    exit_code = 3


class BusyError(ArchiveError):
    """Another process writes to this archive."""

    exit_code = 4


def error_class(error: OSError | sqlite3.Error) -> type[ArchiveError]:
    """What to raise for a failed write: a full disk is told apart from all else."""
    if isinstance(error, OSError):
        return DiskFullError if error.errno in DISK_FULL else ArchiveError
    # SQLite says IOERR, not FULL, where the file system refuses its write-ahead log or its shared memory.
    full = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)
    return DiskFullError if getattr(error, "sqlite_errorcode", None) in full else ArchiveError


def write_error(what: str, error: OSError | sqlite3.Error) -> ArchiveError:
    """The error to raise when something could not be written, in one sentence."""
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    kind = error_class(error)
    remedy = "free some space" if kind is DiskFullError else "see that the place can be written"
    return kind(f"{what} could not be written ({reason}); {remedy} and run the command again: what was kept is whole.")


def commit(conn: sqlite3.Connection) -> None:
    """Commit what waits in an open transaction, if anything does."""
    if conn.in_transaction:
        conn.execute("COMMIT")


def utc_now() -> str:
    """The time now as the tables hold it: UTC, ISO 8601 with seconds and ``Z``."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def open(archive_dir: str | os.PathLike[str], create: bool = False) -> sqlite3.Connection:  # noqa: A001
    """Open the work database of an archive folder.

    Args:
        archive_dir: the archive folder.
        create: make the folder and an empty archive where there is none.

    Returns:
        a connection with the schema applied, rows as ``sqlite3.Row``, WAL and ``synchronous=NORMAL``.

    Raises:
        ArchiveError: the folder is missing, is no archive, cannot be written, or its database is damaged.
    """
    root = Path(archive_dir)
    if create:
        _make_folders(root)
    _check_folder(root, create)
    return connect(root / WORK_DB)


@contextmanager
def changes(conn: sqlite3.Connection, commit: bool = True) -> Iterator[None]:
    """One transaction, committed at the end, given up on an error; rows of captures that wait go with it.

    Without ``commit`` the changes wait in the open transaction for somebody who commits, and fall with it.
    """
    if not conn.in_transaction:
        conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        if commit:
            conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:  # SQLite itself gives up some: with a full disk, for one
            conn.execute("ROLLBACK")
        raise


def read_address(path: Path) -> str:
    """The address (URI) that opens a database for reading, also on a read-only medium such as a mounted backup.

    SQLite cannot make its log there, so it must be told that nothing changes; not where a log holds the last rows.
    """
    log = path.with_name(path.name + "-wal")
    frozen = path.is_file() and os.statvfs(path.parent).f_flag & os.ST_RDONLY
    settled = frozen and not (log.exists() and log.stat().st_size)
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if settled else ''}"


def connect(path: Path) -> sqlite3.Connection:
    """Open or make a work database at a path of its own; see ``open``."""
    read_only = "immutable" in (address := read_address(path))
    try:
        # Autocommit: the ledger opens short transactions of its own; a kill never leaves a long one behind.
        conn = sqlite3.connect(address if read_only else path, isolation_level=None, timeout=30, uri=read_only)
        conn.row_factory = sqlite3.Row
        conn.execute("PRAGMA journal_mode=WAL")
        conn.execute("PRAGMA synchronous=NORMAL")
        # SQLite's own 4 MB are full after a hundred captures, and each time all waits for the disk.
        conn.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        conn.execute("PRAGMA foreign_keys=ON")
        _bring_up_to_date(conn)
    except (sqlite3.Error, UnicodeDecodeError) as error:  # what SQLite says of a damaged schema may be no text
        if isinstance(error, sqlite3.Error) and error_class(error) is DiskFullError:
            raise write_error(f"The work database {path}", error) from error
        raise ArchiveError(
            f"The work database {path} cannot be used ({error}); check the folder's permissions and free space. If "
            "it is damaged, `nianbao rebuild` makes it again from the captures."
        ) from error
    return conn


def open_public(archive_dir: str | os.PathLike[str]) -> sqlite3.Connection:
    """Open the published database of an archive folder for reading, rows as ``sqlite3.Row``.

    Raises:
        ArchiveError: nothing is published there, or the file is no database of ours.
    """
    path = Path(archive_dir) / PUBLIC_DB
    if not path.is_file():
        raise ArchiveError(f"There is no {PUBLIC_DB} in {path.parent}; run `nianbao build` first.")
    conn = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    conn.row_factory = sqlite3.Row
    try:
        conn.execute("SELECT value FROM about WHERE name = 'built_at'").fetchone()
    except sqlite3.Error as error:
        conn.close()
        raise ArchiveError(f"{path} is no public database ({error}); run `nianbao build` again.") from error
    return conn


def _bring_up_to_date(conn: sqlite3.Connection) -> None:
    """Apply the schema; a database of an earlier version gets the columns that it lacks."""
    schema = resources.files("archive").joinpath("schema.sql").read_text(encoding="utf-8")
    version = zlib.crc32(schema.encode()) & 0x7FFFFFFF
    if conn.execute("PRAGMA user_version").fetchone()[0] == version:
        return
    wanted = sqlite3.connect(":memory:")
    try:
        wanted.executescript(schema)
        for (table,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            have = {row[1] for row in conn.execute(f"PRAGMA table_info({table})")}
            for _, name, kind, not_null, default, _ in wanted.execute(f"PRAGMA table_info({table})").fetchall():
                if name not in have:
                    rule = f" NOT NULL DEFAULT {default}" if not_null else ""
                    conn.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}{rule}")
    finally:
        wanted.close()
    conn.executescript(schema)
    conn.execute(f"PRAGMA user_version = {version}")


def _make_folders(root: Path) -> None:
    ours = (root / WORK_DB).exists() or (root / WARC_DIR).exists()
    if root.is_dir() and any(root.iterdir()) and not ours:
        raise ArchiveError(
            f"{root} holds other files and is no nianbao archive; give an empty or new folder with --archive."
        )
    try:
        for folder in (root, root / WARC_DIR, root / RUNS_DIR):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(
            f"The archive folder {root} cannot be made or written ({error.strerror}); give another --archive."
        ) from error
    if not os.access(root, os.W_OK | os.X_OK):
        raise ArchiveError(f"The folder {root} cannot be written; change its permissions or give another.")


def _check_folder(root: Path, create: bool) -> None:
    if not root.exists():
        raise ArchiveError(f"There is no archive at {root}; run `nianbao crawl` first or give --archive.")
    if (root / WORK_DB).is_file():
        return
    if next((root / WARC_DIR).glob("*.warc.gz*"), None) is not None:
        raise ArchiveError(f"{root} holds captures but no {WORK_DB}; run `nianbao rebuild` to make it again from them.")
    if not create:
        raise ArchiveError(f"{root} is no nianbao archive (no {WORK_DB} in it); give the right --archive.")


@contextmanager
def nobody_writes(archive_dir: str | os.PathLike[str]) -> Iterator[None]:
    """Keep writers out while something is checked; where the archive cannot be written, a shared lock must do.

    Raises:
        ArchiveError: another process is writing to this archive.
    """
    path = Path(archive_dir) / LOCK_FILE
    if os.access(path if path.exists() else path.parent, os.W_OK):
        with write_lock(archive_dir):
            yield
        return
    try:
        handle = path.open("r", encoding="ascii")
    except OSError:  # it was never written to, and cannot be
        yield
        return
    with handle:
        _take(handle, fcntl.LOCK_SH, archive_dir)
        yield


def _take(handle: TextIO, kind: int, archive_dir: str | os.PathLike[str]) -> None:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except OSError as error:
        handle.seek(0)
        holder = handle.read(20).strip() or "unknown"
        raise BusyError(
            f"Another nianbao command (process {holder}) is writing to {archive_dir}; wait until it has finished."
        ) from error


@contextmanager
def write_lock(archive_dir: str | os.PathLike[str]) -> Iterator[None]:
    """Hold the archive's single-writer lock.

    SQLite before 3.51.3 can lose commits when two connections write and checkpoint, so one process writes.
    The lock goes away with the process, however it ends.

    Raises:
        ArchiveError: another process is writing to this archive.
    """
    path = Path(archive_dir) / LOCK_FILE
    try:
        handle = path.open("a+", encoding="ascii")
    except OSError as error:
        raise ArchiveError(f"The archive {archive_dir} cannot be written ({error.strerror}).") from error
    with handle:
        _take(handle, fcntl.LOCK_EX, archive_dir)
        handle.truncate(0)
        handle.write(f"{os.getpid()}\n")
        handle.flush()
        yield
