"""Mend what a killed run left: close its capture files at the last whole capture and index what is missing."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

from archive.indexer import Groups, Indexer
from archive.ledger import Ledger
from archive.walk import Damage, walk
from archive.warc import OPEN_SUFFIX
from archive.warcwrite import DIGEST_SUFFIX, close_file, digest_of
from archive.workdb import WARC_DIR, write_error

TORN_SUFFIX = ".torn"  # of the bytes behind the last whole capture, kept aside
logger = logging.getLogger(__name__)


def salvage(archive_dir: Path, ledger: Ledger) -> int:
    """Close every ``.open`` file of a dead writer; return how many captures were indexed anew.

    The torn tail is kept beside the file as ``….torn``. Only the holder of the write lock may call this.

    Raises:
        ArchiveError: there is no room to keep a torn tail aside; nothing is cut then.
    """
    added = 0
    folder = archive_dir / WARC_DIR
    for path in sorted(folder.glob(f"*{OPEN_SUFFIX}")):
        added += _close(path, ledger)
    for path in folder.glob("*.warc.gz"):
        if not path.with_name(path.name + DIGEST_SUFFIX).exists():
            _write_digest(path)
    return added


def _close(path: Path, ledger: Ledger) -> int:
    name = path.name.removesuffix(OPEN_SUFFIX)
    groups, indexer, end = Groups(name), Indexer(ledger), 0
    for record in walk(path):
        if isinstance(record, Damage):
            continue  # the torn end; or damage in the middle, which `nianbao verify` names
        indexer.take(name, groups.take(record))
        # A capture's records end with its metadata; a group without one was never indexed and never happened.
        if record.kind in ("metadata", "warcinfo"):
            end = record.offset + record.length
    for problem in indexer.problems:
        logger.warning("%s", problem)
    try:
        _cut(path, end)
        _forget_lost(name, end, ledger)
        close_file(path, digest_of(path))
    except OSError as error:
        raise write_error(f"The end of {path}", error) from error
    logger.warning("%s was left open by a run that did not end; it is closed at byte %d", name, end)
    return indexer.added


def _cut(path: Path, end: int) -> None:
    if path.stat().st_size <= end:
        return
    with path.open("r+b") as handle:
        handle.seek(end)
        torn = path.with_name(path.name.removesuffix(OPEN_SUFFIX) + TORN_SUFFIX)
        try:
            with torn.open("wb") as aside:
                shutil.copyfileobj(handle, aside)
        except OSError:
            torn.unlink(missing_ok=True)
            raise
        handle.truncate(end)
        os.fsync(handle.fileno())


def _forget_lost(warc_file: str, end: int, ledger: Ledger) -> None:
    """After a power cut the index can be ahead of the disk: rows behind the last whole record point nowhere.

    Their tasks were marked done after them, so the run's frontier is asked to fetch them again.
    """
    lost = "warc_file = ? AND warc_offset + warc_length > ?"
    ledger.conn.execute("BEGIN IMMEDIATE")
    ledger.conn.execute(
        "UPDATE frontier SET state = 'waiting', outcome = NULL, leased_until = NULL WHERE (run_id, url) IN"  # noqa: S608
        f" (SELECT run_id, url FROM captures WHERE {lost})",
        (warc_file, end),
    )
    ledger.conn.execute(f"DELETE FROM captures WHERE {lost}", (warc_file, end))  # noqa: S608 - a constant
    ledger.conn.execute("COMMIT")


def _write_digest(path: Path) -> None:
    """The digest that a full disk or a kill kept from being written."""
    try:
        close_file(path, digest_of(path))
    except OSError as error:
        logger.warning("%s has no digest file beside it (%s)", path.name, error.strerror)
