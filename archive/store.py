"""One open archive to put captures into: the lock, the WARC writer and the ledger, in the right order."""

from __future__ import annotations

import mimetypes
import os
import platform
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from archive import workdb
from archive.capture import Capture
from archive.ledger import Ledger
from archive.outcomes import Outcome
from archive.salvage import salvage
from archive.warc import MAX_PAYLOAD, TooLargeError, decode_body
from archive.warcwrite import ROTATE_AT, Exchange, Fields, Original, Stored, WarcWriter, sha256_hex
from archive.workdb import ArchiveError, utc_now

LOCAL_TYPES = {
    ".wps": "application/vnd.ms-works", ".ofd": "application/ofd", ".docx":
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".xlsx":
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


class Store:
    """Writes captures. Made by ``open_store``; every method stores first and indexes second."""

    def __init__(self, archive_dir: Path, ledger: Ledger, writer: WarcWriter, vantage: str) -> None:
        self.archive_dir = archive_dir
        self.ledger = ledger
        self.vantage = vantage
        self._writer = writer
        self._next_id = ledger.next_capture_id()

    def add_exchange(self, capture: Capture, exchange: Exchange, coding: str = "", decoded: bytes | None = None) -> int:
        """Store one HTTP exchange and index it; return the capture's number.

        Args:
            capture: what is known about the attempt; digests, size and vantage are filled in here.
            exchange: the bytes; its ``notes`` and ``original`` are filled in here.
            coding: the ``Content-Encoding`` of the body, for the digest of the decoded payload.
            decoded: the decoded body, if the caller has it already.

        Raises:
            ArchiveError: nothing was stored, or the decoded payload is too large (then it is stored all the same).
        """
        known: dict[str, Any] = {
            "vantage": self.vantage, "coding": coding.strip().lower() or None, "truncated": exchange.truncated,
        }  # fmt: skip
        if capture.http_status == 304 and (kept := self.ledger.last_kept(capture.final_url)):
            return self._add_not_modified(replace(capture, **known), exchange, kept)
        known["payload_sha256"] = coded = sha256_hex(exchange.body)
        try:
            decoded = decode_body(exchange.body, coding) if decoded is None else decoded
            known |= {"sha256": coded if decoded is exchange.body else sha256_hex(decoded), "size": len(decoded)}
        except TooLargeError as error:
            known |= {"outcome": Outcome.TOO_LARGE, "detail": str(error)}
        except ArchiveError as error:
            known |= {"outcome": Outcome.BROKEN, "detail": str(error)}
        original, notes = None, exchange.notes
        if exchange.body and not exchange.truncated:
            original = self.ledger.original_of(coded, known.get("sha256"), known["coding"])
        if original and original.payload_sha256 != coded:
            # The same content, packed anew by the server: the revisit stands for the payload that was kept first.
            notes = [*notes, ("wire-payload-sha256", coded)]
            known["payload_sha256"] = original.payload_sha256
        return self._keep(replace(capture, **known), exchange, original, notes)

    def _add_not_modified(self, capture: Capture, exchange: Exchange, kept: sqlite3.Row) -> int:
        """An answer 304 stands for the capture it confirms: same content, its own headers."""
        capture = replace(
            capture, outcome=Outcome.NOT_MODIFIED, sha256=kept["sha256"], size=kept["size"], coding=kept["coding"],
            payload_sha256=kept["payload_sha256"], media_type=kept["media_type"],
            etag=capture.etag or kept["etag"], last_modified=capture.last_modified or kept["last_modified"],
        )  # fmt: skip
        original = self.ledger.original_of_kept(kept)
        return self._keep(capture, replace(exchange, not_modified=True), original, exchange.notes)

    def _keep(self, capture: Capture, exchange: Exchange, original: Original | None, notes: Fields) -> int:
        """Write the records, then the row. The record's address and date are the row's, so that others find it."""
        capture = capture.cleaned()
        exchange = replace(
            exchange, url=capture.final_url, date=capture.fetched_at, payload_sha256=capture.payload_sha256,
            original=original, notes=[*self._notes(capture), *notes],
        )  # fmt: skip
        return self._index(capture, self._writer.write_exchange(exchange), original)

    def _notes(self, capture: Capture) -> list[tuple[str, str]]:
        return [("capture-id", str(self._next_id)), *capture.notes()]

    def _index(self, capture: Capture, stored: Stored, original: Original | None = None) -> int:
        """Add the row. It waits in an open transaction for what follows from it, its task in the frontier being done:
        both are committed at once. A row that is lost before that is in no lost file: ``.open`` ones are indexed anew.
        """
        refers_to = original.record_id if original else None
        try:
            if not self.ledger.conn.in_transaction:
                self.ledger.conn.execute("BEGIN IMMEDIATE")
            number = self.ledger.add_capture(capture, stored, self._next_id, refers_to)
        except sqlite3.Error:
            self._writer.leave_open()
            raise
        self._next_id = number + 1
        return number

    def add_resource(self, capture: Capture, body: bytes, record_url: str = "", charset: str = "") -> int:
        """Store bytes that are no HTTP exchange (a rendered page, a local file) and index them.

        ``record_url`` is the address in the WARC file where it must differ from the capture's, so that nobody
        takes a rendered page for the site's answer. ``charset`` is the encoding of text that was made here.
        """
        if len(body) > MAX_PAYLOAD:
            raise ArchiveError(f"{capture.url} is larger than {MAX_PAYLOAD // 1_048_576} MiB; it is not taken in.")
        digest = sha256_hex(body)
        capture = replace(
            capture, sha256=digest, size=len(body), payload_sha256=digest, vantage=self.vantage
        ).cleaned()  # fmt: skip
        media_type = capture.media_type or "application/octet-stream"
        stored = self._writer.write_resource(
            record_url or capture.url, media_type + (f"; charset={charset}" if charset else ""), body,
            capture.fetched_at, self._notes(capture),
        )  # fmt: skip
        return self._index(capture, stored)

    def add_failure(self, capture: Capture) -> int:
        """Keep and index that an attempt brought nothing: whether a page is gone is judged from these too."""
        capture = replace(capture, vantage=self.vantage).cleaned()
        stored = self._writer.write_failure(capture.final_url, capture.fetched_at, self._notes(capture))
        return self._index(capture, stored)

    def add_capture_from_local(self, path: Path, run_id: str, url: str | None = None) -> int:
        """Take one local file in as a capture of role ``document``.

        Args:
            path: a regular file.
            run_id: the run (kind ``add``) that it belongs to.
            url: where the document was published; ``urn:sha256:…`` of its bytes if that is not known.

        Raises:
            ArchiveError: the file is missing, empty, too large or no regular file.
        """
        if not path.is_file():
            raise ArchiveError(f"{path} is no file; give the path of a document.")
        try:
            if path.stat().st_size > MAX_PAYLOAD:
                raise ArchiveError(f"{path} is larger than {MAX_PAYLOAD // 1_048_576} MiB; it is not taken in.")
            body = path.read_bytes()
        except OSError as error:
            raise ArchiveError(f"{path} cannot be read ({error.strerror}).") from error
        if not body:
            raise ArchiveError(f"{path} is empty; there is nothing to take in.")
        address = url or f"urn:sha256:{sha256_hex(body)}"
        media_type = LOCAL_TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0]
        capture = Capture(
            run_id=run_id, url=address, final_url=address, role="document", fetched_at=utc_now(),
            outcome=Outcome.OK, via="local", media_type=media_type or "application/octet-stream",
            anchor=path.stem, detail=f"local file {path.name}",
        )  # fmt: skip
        return self.add_resource(capture, body)

    def commit(self) -> None:
        """Commit rows that wait, so that others can see them (``archive.warc`` looks up originals by itself)."""
        workdb.commit(self.ledger.conn)

    def close(self) -> None:
        """Close the capture file for good."""
        self._writer.close()


def _file_size() -> int:
    given = os.environ.get("NIANBAO_WARC_BYTES", "")
    if given and not given.isdigit():
        raise ArchiveError(f"NIANBAO_WARC_BYTES={given!r} is no number of bytes; leave it out or give one.")
    return int(given) if given else ROTATE_AT


@contextmanager
def open_store(
    archive_dir: str | os.PathLike[str], create: bool = True, vantage: str | None = None, rotate_at: int | None = None
) -> Iterator[Store]:
    """Open an archive for writing: take the lock, mend what a killed run left, and yield a ``Store``.

    Args:
        archive_dir: the archive folder.
        create: make it where there is none.
        vantage: the operator's label of where the fetching is done; the host name by default, never an address.
        rotate_at: size in bytes from which on a new capture file is begun; ``NIANBAO_WARC_BYTES`` or 1 GB by default.

    Raises:
        ArchiveError: the folder cannot be used or another process writes to it.
    """
    root = Path(archive_dir)
    label = vantage or os.environ.get("NIANBAO_VANTAGE") or platform.node() or "unnamed"
    workdb.open(root, create=create).close()
    with workdb.write_lock(root):
        conn = workdb.open(root)
        try:
            salvage(root, Ledger(conn))
            size, software = rotate_at or _file_size(), f"nianbao/{version('nianbao')}"
            writer = WarcWriter(root, software, label, size, Ledger(conn).settle)
            ledger = Ledger(conn, writer)
            ledger.close_dead_runs()
            store = Store(root, ledger, writer, label)
            try:
                yield store
            finally:
                store.close()
        finally:
            conn.close()
