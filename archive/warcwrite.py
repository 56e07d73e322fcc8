"""Write the captures: WARC 1.1 (ISO 28500:2017), one gzip member a record, SHA-256 digests.

A file is called ``….warc.gz.open`` while it is written, is made exclusively, is never reopened for
writing, and is renamed when it is closed. A record is flushed before the ledger hears of it; the disk is
told to keep it (fsync) in groups. Reading is in ``archive.warc``.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
import uuid
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from archive.warc import OPEN_SUFFIX
from archive.workdb import WARC_DIR, ArchiveError

VERSION = b"WARC/1.1\r\n"
ROTATE_AT = 1_000_000_000  # bytes
SYNC_EVERY = 0.5  # seconds between two fsyncs at most
REVISIT_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a record lies: file name inside ``warc/`` (without ``.open``), byte offset and length; its id."""

    warc_file: str
    offset: int
    length: int
    record_id: str
    record_type: str


@dataclass(frozen=True, slots=True)
class Original:
    """An earlier capture with the same payload, that a revisit record points to."""

    record_id: str
    url: str
    date: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP exchange as it went over the wire.

    ``request_head`` and ``response_head`` end with an empty line; ``body`` is the coded payload (still
    gzipped if the server gzipped it) without chunk framing. ``notes`` go into the metadata record.
    """

    url: str
    request_head: bytes
    response_head: bytes
    body: bytes
    date: str
    notes: Fields = ()
    request_body: bytes = b""
    ip_address: str | None = None
    original: Original | None = None


def sha256_hex(data: bytes) -> str:
    """SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def new_record_id() -> str:
    """A fresh ``urn:uuid:`` for a record (without the angle brackets that the WARC header puts around it)."""
    return f"urn:uuid:{uuid.uuid4()}"


class WarcWriter:
    """Appends records to one ``.open`` file at a time.

    Args:
        archive_dir: the archive folder.
        software: value of the warcinfo ``software`` field, e.g. ``nianbao/0.1.0``.
        vantage: label of where the fetching is done; becomes part of the file name.
        rotate_at: size in bytes from which on a new file is begun.
    """

    def __init__(
        self, archive_dir: str | os.PathLike[str], software: str, vantage: str, rotate_at: int = ROTATE_AT
    ) -> None:
        self._folder = Path(archive_dir) / WARC_DIR
        self._software = software
        self._vantage = re.sub(r"[^A-Za-z0-9-]", "", vantage)[:24] or "host"
        self._rotate_at = rotate_at
        self._serial = 0
        self._handle: BinaryIO | None = None
        self._path = Path()
        self._offset = 0
        self._synced_at = 0.0

    @property
    def name(self) -> str:
        """Name of the file being written, as the ledger holds it."""
        return self._path.name.removesuffix(OPEN_SUFFIX)

    def write_exchange(self, exchange: Exchange) -> Stored:
        """Write request, response (or revisit) and metadata records; return where the response lies."""
        block_head, body = exchange.response_head, exchange.body
        record_id = new_record_id()
        common: list[tuple[str, str]] = [("WARC-Target-URI", exchange.url), ("WARC-Date", exchange.date)]
        if exchange.ip_address:
            common.append(("WARC-IP-Address", exchange.ip_address))
        payload = [("WARC-Payload-Digest", f"sha256:{sha256_hex(body)}")]
        if exchange.original:
            fields = [
                *common, *payload, ("WARC-Profile", REVISIT_PROFILE),
                ("WARC-Refers-To", f"<{exchange.original.record_id}>"),
                ("WARC-Refers-To-Target-URI", exchange.original.url),
                ("WARC-Refers-To-Date", exchange.original.date),
            ]  # fmt: skip
            kind, block = "revisit", block_head
        else:
            fields, kind, block = [*common, *payload], "response", block_head + body
        self._begin_if_needed()
        concurrent = ("WARC-Concurrent-To", f"<{record_id}>")
        stored = self._append(kind, record_id, fields, "application/http; msgtype=response", block)
        self._append(
            "request", new_record_id(), [*common, concurrent], "application/http; msgtype=request",
            exchange.request_head + exchange.request_body,
        )  # fmt: skip
        self._append_metadata(exchange.url, exchange.date, record_id, exchange.notes)
        self._sync()
        return stored

    def write_resource(self, url: str, media_type: str, body: bytes, date: str, notes: Fields = ()) -> Stored:
        """Write a resource record (a local file, a rendered page) and its metadata; return where it lies."""
        self._begin_if_needed()
        record_id = new_record_id()
        fields = [
            ("WARC-Target-URI", url),
            ("WARC-Date", date),
            ("WARC-Payload-Digest", f"sha256:{sha256_hex(body)}"),
        ]
        stored = self._append("resource", record_id, fields, media_type, body)
        self._append_metadata(url, date, record_id, notes)
        self._sync()
        return stored

    def close(self) -> None:
        """Make the file's bytes and name durable; a file without captures is removed."""
        if self._handle is None:
            return
        self._sync(force=True)
        self._handle.close()
        self._handle = None
        final = self._path.with_name(self.name)
        self._path.rename(final)
        _sync_folder(self._folder)

    def _append_metadata(self, url: str, date: str, about: str, notes: Fields) -> None:
        block = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in notes).encode()
        fields = [("WARC-Target-URI", url), ("WARC-Date", date), ("WARC-Concurrent-To", f"<{about}>")]
        self._append("metadata", new_record_id(), fields, "application/warc-fields", block)

    def _begin_if_needed(self) -> None:
        if self._handle is not None and self._offset < self._rotate_at:
            return
        self.close()
        self._serial += 1
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
        name = f"nianbao-{stamp}-{self._serial:05d}-{os.getpid()}-{self._vantage}.warc.gz{OPEN_SUFFIX}"
        self._path = self._folder / name
        try:
            self._handle = self._path.open("xb")
        except OSError as error:
            raise ArchiveError(f"No capture file can be made in {self._folder} ({error.strerror}).") from error
        self._offset = 0
        info = f"software: {self._software}\r\nformat: WARC File Format 1.1\r\nrobots: obey\r\n".encode()
        date = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        fields = [("WARC-Date", date), ("WARC-Filename", self.name)]
        self._append("warcinfo", new_record_id(), fields, "application/warc-fields", info)

    def _append(self, kind: str, record_id: str, fields: Fields, media_type: str, block: bytes) -> Stored:
        member = gzip_member(kind, record_id, fields, media_type, block)
        offset = self._offset
        handle = self._handle
        if handle is None:
            raise ArchiveError("The capture file is closed; this is a fault of nianbao, please report it.")
        try:
            handle.write(member)
            handle.flush()
        except OSError as error:
            self._cut_back(offset)
            raise ArchiveError(
                f"A capture could not be written to {self._folder} ({error.strerror}); free some space and "
                "run the command again: what was fetched before is kept."
            ) from error
        self._offset += len(member)
        return Stored(self.name, offset, len(member), record_id, kind)

    def _cut_back(self, offset: int) -> None:
        """After a failed write: drop the torn record, so that the file ends with a whole one."""
        if self._handle is not None:
            os.ftruncate(self._handle.fileno(), offset)
            os.lseek(self._handle.fileno(), offset, os.SEEK_SET)

    def _sync(self, force: bool = False) -> None:
        now = time.monotonic()
        if self._handle is not None and (force or now - self._synced_at >= SYNC_EVERY):
            os.fsync(self._handle.fileno())
            self._synced_at = now


def gzip_member(kind: str, record_id: str, fields: Fields, media_type: str, block: bytes) -> bytes:
    """One WARC record as one gzip member, ready to be appended."""
    head = [
        ("WARC-Type", kind), ("WARC-Record-ID", f"<{record_id}>"), *fields,
        ("WARC-Block-Digest", f"sha256:{sha256_hex(block)}"),
        ("Content-Type", media_type), ("Content-Length", str(len(block))),
    ]  # fmt: skip
    text = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in head).encode()
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(VERSION + text + b"\r\n" + block + b"\r\n\r\n") + packer.flush()


def _one_line(value: str) -> str:
    """A field value must not break the record open, whatever a site put into it."""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", value).strip()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
