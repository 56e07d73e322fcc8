"""Mend what a killed run left: close its capture files at the last whole record and index what is missing."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from archive.ledger import Capture, Ledger
from archive.warc import OPEN_SUFFIX, Record, iter_records
from archive.warcwrite import Stored
from archive.workdb import WARC_DIR, utc_now

logger = logging.getLogger(__name__)
CAPTURE_KINDS = frozenset({"response", "revisit", "resource"})


def salvage(archive_dir: Path, ledger: Ledger) -> int:
    """Close every ``.open`` file of a dead writer; return how many captures were indexed anew.

    The torn tail is kept beside the file as ``….torn``. Only the holder of the write lock may call this.
    """
    added = 0
    for path in sorted((archive_dir / WARC_DIR).glob(f"*{OPEN_SUFFIX}")):
        records = list(_spans(path))
        # A capture's records end with its metadata; without that one the group is torn and was never indexed.
        end = max((r.offset + r.length for r, _ in records if r.kind in ("metadata", "warcinfo")), default=0)
        _cut(path, end)
        added += _index(path.name.removesuffix(OPEN_SUFFIX), records, ledger)
        _forget_lost(path.name.removesuffix(OPEN_SUFFIX), end, ledger)
        path.rename(path.with_name(path.name.removesuffix(OPEN_SUFFIX)))
        logger.warning("%s was left open by a run that did not end; it is closed at byte %d", path.name, end)
    return added


def _spans(path: Path) -> list[tuple[Record, dict[str, str]]]:
    """Each record without its block, and the notes of metadata records: the file may be large."""
    out = []
    for record in iter_records(path):
        notes: dict[str, str] = {}
        if record.kind == "metadata":
            lines = record.block.decode("utf-8", "replace").split("\r\n")
            notes = {k.strip(): v.strip() for k, _, v in (line.partition(":") for line in lines) if v}
        out.append((Record(record.fields, b"", record.offset, record.length), notes))
    return out


def _cut(path: Path, end: int) -> None:
    size = path.stat().st_size
    if size <= end:
        return
    with path.open("r+b") as handle:
        handle.seek(end)
        path.with_name(path.name.removesuffix(OPEN_SUFFIX) + ".torn").write_bytes(handle.read())
        handle.truncate(end)
        os.fsync(handle.fileno())


def _index(warc_file: str, records: list[tuple[Record, dict[str, str]]], ledger: Ledger) -> int:
    places = {record.uri("warc-record-id"): record for record, _ in records if record.kind in CAPTURE_KINDS}
    known = {row["record_id"] for row in ledger.captures()} if places else set()
    added = 0
    for record, notes in records:
        about = record.uri("warc-concurrent-to")
        if record.kind != "metadata" or about not in places or about in known:
            continue
        try:
            capture = Capture.from_notes(notes)
        except (KeyError, ValueError):
            logger.warning("%s: the notes at byte %d are not whole; left alone", warc_file, record.offset)
            continue
        _ensure_run(capture.run_id, ledger)
        place = places[about]
        ledger.add_capture(capture, Stored(warc_file, place.offset, place.length, about, place.kind))
        added += 1
    return added


def _ensure_run(run_id: str, ledger: Ledger) -> None:
    if ledger.run(run_id) is None:
        ledger.conn.execute(
            "INSERT INTO runs(run_id, kind, started_at, state, args) VALUES (?, 'crawl', ?, 'interrupted', '{}')",
            (run_id, utc_now()),
        )


def _forget_lost(warc_file: str, end: int, ledger: Ledger) -> None:
    """After a power cut the index can be ahead of the disk: rows behind the last whole record point nowhere."""
    ledger.conn.execute(
        "DELETE FROM captures WHERE warc_file = ? AND warc_offset + warc_length > ?", (warc_file, end)
    )
