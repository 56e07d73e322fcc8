"""Write the captures: WARC 1.1 (ISO 28500:2017), one gzip member a record, SHA-256 digests.

A file is called ``….warc.gz.open`` while it is written, is made exclusively, is never reopened for
writing, and is renamed when it is closed. A record is flushed before the ledger hears of it; the disk is
told to keep it (fsync) in groups. A closed file has its SHA-256 beside it. Reading is in ``archive.warc``.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import sqlite3
import struct
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

try:
    from isal import isal_zlib as packing
except ImportError:  # no build of it for this machine: slower, and otherwise the same
    import zlib as packing  # type: ignore[no-redef]

from archive.syncing import GroupSync
from archive.warc import OPEN_SUFFIX
from archive.workdb import WARC_DIR, ArchiveError, write_error

ROTATE_AT = 1_000_000_000  # bytes
REVISIT_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED_PROFILE = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
DIGEST_SUFFIX = ".sha256"
PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"\xff\xd8\xff", b"\x89PNG", b"Rar!")  # how packed bodies begin
GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # no name, no time (RFC 1952)
GZIP = 16 + packing.MAX_WBITS  # wants gzip's frame
LEVEL = 2  # a seventh more than zlib's level 6 makes of a page, in a tenth of the time
MOST_STORED = 65_535  # bytes of a stored deflate block

_STAMPED = re.compile(r"nianbao-(\d{14})-(\d{5})-")
Fields = Sequence[tuple[str, str]]
Member = tuple[str, str, bytes]  # kind, record id, the packed record


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
    payload_sha256: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP exchange as it went over the wire.

    ``request_head`` and ``response_head`` end with an empty line; ``body`` is the coded payload (still
    gzipped if the server gzipped it) without chunk framing. ``notes`` go into the metadata record.
    ``truncated`` says why the body is not whole: ``length``, ``time`` or ``disconnect``. With an ``original`` a
    revisit record is written, of the profile ``server-not-modified`` if the answer was 304; ``payload_sha256`` is
    then the digest of the original's payload.
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
    truncated: str | None = None
    not_modified: bool = False
    payload_sha256: str | None = None


def sha256_hex(data: bytes) -> str:
    """SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def new_record_id() -> str:
    """A fresh ``urn:uuid:`` for a record (without the angle brackets that the WARC header puts around it).

    Of version 7 (RFC 9562, 5.7): it begins with the time, so that the index grows at its end and not everywhere.
    """
    at, chance = f"{time.time_ns() // 1_000_000:012x}", os.urandom(10).hex()
    variant = "89ab"[int(chance[3], 16) & 3]
    return f"urn:uuid:{at[:8]}-{at[8:]}-7{chance[:3]}-{variant}{chance[4:7]}-{chance[7:19]}"


class WarcWriter:
    """Appends groups of records to one ``.open`` file at a time; a group is there as a whole or not at all.

    Args:
        archive_dir: the archive folder.
        software: value of the warcinfo ``software`` field, e.g. ``nianbao/0.1.0``.
        vantage: label of where the fetching is done; becomes part of the file name.
        rotate_at: size in bytes from which on a new file is begun.
        indexed: asked, with a file's name and how many captures it holds, whether all of them are indexed for good; if
            not, the file does not get its last name, and the next start-up indexes it.
    """

    def __init__(
        self, archive_dir: str | os.PathLike[str], software: str, vantage: str, rotate_at: int = ROTATE_AT,
        indexed: Callable[[str, int], bool] = lambda name, captures: True,
    ) -> None:  # fmt: skip
        self._folder = Path(archive_dir) / WARC_DIR
        self._software = software
        self._vantage = re.sub(r"[^A-Za-z0-9-]", "", vantage)[:24] or "host"
        self._rotate_at = rotate_at
        self._indexed = indexed
        self._serial = 0
        self._handle: io.FileIO | None = None  # unbuffered: what is written is with the system, not with us
        self._path = Path()
        self._offset = self._first = 0  # where the next record goes, and where the first one after warcinfo lies
        self._captures = 0  # in the present file
        self._sync = GroupSync()
        self._digest = hashlib.sha256()

    @property
    def name(self) -> str:
        """Name of the file being written, as the ledger holds it."""
        return self._path.name.removesuffix(OPEN_SUFFIX)

    def write_exchange(self, exchange: Exchange) -> Stored:
        """Write request, response (or revisit) and metadata records; return where the response lies."""
        record_id = new_record_id()
        common: list[tuple[str, str]] = [("WARC-Target-URI", exchange.url), ("WARC-Date", exchange.date)]
        if exchange.ip_address:
            common.append(("WARC-IP-Address", exchange.ip_address))
        fields = [*common, ("WARC-Payload-Digest", f"sha256:{exchange.payload_sha256 or sha256_hex(exchange.body)}")]
        if exchange.truncated:
            fields.append(("WARC-Truncated", exchange.truncated))
        kind, body = "response", exchange.body
        if exchange.original:
            kind, body = "revisit", b""
            fields += [
                ("WARC-Profile", NOT_MODIFIED_PROFILE if exchange.not_modified else REVISIT_PROFILE),
                ("WARC-Refers-To", f"<{exchange.original.record_id}>"),
                ("WARC-Refers-To-Target-URI", exchange.original.url),
                ("WARC-Refers-To-Date", exchange.original.date),
            ]
        request = [*common, ("WARC-Concurrent-To", f"<{record_id}>")]
        return self._append([
            (kind, record_id, gzip_member(kind, record_id, fields, "application/http; msgtype=response",
                                          exchange.response_head, body)),
            _member("request", request, "application/http; msgtype=request",
                    exchange.request_head + exchange.request_body),
            _metadata(exchange.url, exchange.date, exchange.notes, record_id),
        ])  # fmt: skip

    def write_resource(self, url: str, media_type: str, body: bytes, date: str, notes: Fields = ()) -> Stored:
        """Write a resource record (a local file, a rendered page) and its metadata; return where it lies."""
        record_id = new_record_id()
        fields = [
            ("WARC-Target-URI", url),
            ("WARC-Date", date),
            ("WARC-Payload-Digest", f"sha256:{sha256_hex(body)}"),
        ]
        return self._append([
            ("resource", record_id, gzip_member("resource", record_id, fields, media_type, b"", body)),
            _metadata(url, date, notes, record_id),
        ])  # fmt: skip

    def write_failure(self, url: str, date: str, notes: Fields) -> Stored:
        """Write that an attempt brought nothing, as a metadata record of its own; return where it lies."""
        return self._append([_metadata(url, date, notes)])

    def write_journal(self, uri: str, date: str, block: bytes) -> None:
        """Write something the captures do not say by themselves (a run, a site): named values, one a line."""
        fields = [("WARC-Target-URI", uri), ("WARC-Date", date)]
        self._append([_member("metadata", fields, "application/warc-fields", block)])
        self._captures -= 1  # a journal record is none

    def leave_open(self) -> None:
        """Stop writing to a file whose last record the ledger could not take in; the next start-up indexes it."""
        if self._handle is not None:
            self._handle.close()
            self._handle = None

    def close(self) -> None:
        """Make the file's bytes and name durable, with its digest beside it."""
        if self._handle is None:
            return
        try:
            self._sync.finish(self._handle)
            indexed = self._indexed(self.name, self._captures)
        except (OSError, sqlite3.Error) as error:
            raise write_error(f"The end of {self._path}", error) from error
        finally:
            self._handle.close()
            self._handle = None
        if indexed:
            close_file(self._path, self._digest.hexdigest())

    def make_room(self) -> None:
        """Begin a new file if there is none or the present one is full."""
        if self._handle is not None and (self._offset < self._rotate_at or self._offset == self._first):
            return
        self.close()
        self._path = self._next_path()
        info = f"software: {self._software}\r\nformat: WARC File Format 1.1\r\nrobots: obey\r\n".encode()
        date = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        fields = [("WARC-Date", date), ("WARC-Filename", self.name)]
        _, _, member = _member("warcinfo", fields, "application/warc-fields", info)
        try:
            self._handle = self._path.open("xb", buffering=0)
            self._offset, self._digest = 0, hashlib.sha256()
            self._write(member)
            self._first, self._captures = self._offset, 0
        except OSError as error:
            self._drop_empty()
            raise write_error(f"A capture file in {self._folder}", error) from error

    def _next_path(self) -> Path:
        """A path whose name comes after those of all earlier files, also where the clock was set back.

        What stands later in the files by name was written later; the journal rests on that (``archive.indexer``).
        """
        names = (_STAMPED.match(path.name) for path in self._folder.iterdir())
        newest, serial = max(((n[1], int(n[2])) for n in names if n), default=("", 0))
        stamp = max(datetime.now(UTC).strftime("%Y%m%d%H%M%S"), newest)
        self._serial = max(self._serial, serial if stamp == newest else 0) + 1
        name = f"nianbao-{stamp}-{self._serial:05d}-{os.getpid()}-{self._vantage}.warc.gz"
        return self._folder / (name + OPEN_SUFFIX)

    def _drop_empty(self) -> None:
        """A file that could not even be begun leaves nothing behind."""
        if self._handle is not None:
            self._handle.close()
            self._handle = None
            self._path.unlink(missing_ok=True)

    def _append(self, group: Sequence[Member]) -> Stored:
        """Write a group of records with one call; the first of them is what the ledger points to."""
        self.make_room()
        offset = self._offset
        kind, record_id, first = group[0]
        try:
            self._write(b"".join([member for _, _, member in group]))
        except OSError as error:
            self._cut_back(offset)
            raise write_error(f"A capture in {self._folder}", error) from error
        self._captures += 1
        return Stored(self.name, offset, len(first), record_id, kind)

    def _write(self, data: bytes) -> None:
        if self._handle is None:
            raise ArchiveError("The capture file is closed; this is a fault of nianbao, please report it.")
        rest = memoryview(data)
        while rest:  # a disk that fills up takes a part, and then says so
            rest = rest[self._handle.write(rest) :]
        self._sync.written(self._handle)
        self._offset += len(data)
        self._digest.update(data)

    def _cut_back(self, offset: int) -> None:
        """After a failed write: drop the torn group and close the file, so that it ends with a whole one."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        os.ftruncate(handle.fileno(), offset)
        handle.close()
        with contextlib.suppress(sqlite3.Error):  # no room for the index either: the next start-up sees to the file
            if self._indexed(self.name, self._captures):
                close_file(self._path, digest_of(self._path))


def close_file(path: Path, digest: str) -> Path:
    """Give a file that is written no more its final name, with its digest beside it as ``sha256sum -c`` reads it.

    Args:
        path: the ``.open`` file, whole and flushed.
        digest: SHA-256 of its bytes, in hexadecimal.

    Returns:
        its new path.
    """
    final = path.with_name(path.name.removesuffix(OPEN_SUFFIX))
    beside = final.with_name(final.name + DIGEST_SUFFIX)
    try:
        with beside.open("w", encoding="ascii") as handle:
            handle.write(f"{digest}  {final.name}\n")
            handle.flush()
            os.fsync(handle.fileno())
    except OSError:
        # No room even for that: the file is whole without it, and the next run writes the digest.
        beside.unlink(missing_ok=True)
    if path != final and final.exists():
        raise ArchiveError(f"{final} is there already, so {path.name} keeps its name; move one of them away.")
    path.rename(final)
    _sync_folder(final.parent)
    return final


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _member(kind: str, fields: Fields, media_type: str, block: bytes) -> Member:
    record_id = new_record_id()
    return kind, record_id, gzip_member(kind, record_id, fields, media_type, block)


def _metadata(url: str, date: str, notes: Fields, about: str | None = None) -> Member:
    """What a record does not say by itself; ``about`` is the capture's record, None for one that brought nothing."""
    block = _lines(notes).encode()
    fields = [("WARC-Target-URI", url), ("WARC-Date", date)]
    if about:
        fields.append(("WARC-Concurrent-To", f"<{about}>"))
    return _member("metadata", fields, "application/warc-fields", block)


def gzip_member(kind: str, record_id: str, fields: Fields, media_type: str, block: bytes, body: bytes = b"") -> bytes:
    """One WARC record as one gzip member, ready to be appended; its block is ``block`` and then ``body``."""
    digest = hashlib.sha256(block)
    if body:
        digest.update(body)
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <{record_id}>\r\n"
        f"{_lines([*fields, ('Content-Type', media_type)])}WARC-Block-Digest: sha256:{digest.hexdigest()}\r\n"
        f"Content-Length: {len(block) + len(body)}\r\n\r\n"
    ).encode()
    if body.startswith(PACKED):
        return _stored(head + block, body + b"\r\n\r\n")
    return packing.compress(b"".join((head, block, body, b"\r\n\r\n")), LEVEL, GZIP)


def _stored(head: bytes, rest: bytes) -> bytes:
    """A gzip member that packs its head and holds the rest as it is: packing twice takes long and saves nothing."""
    packer = packing.compressobj(LEVEL, packing.DEFLATED, -packing.MAX_WBITS)
    parts = [GZIP_HEAD, packer.compress(head), packer.flush(packing.Z_FULL_FLUSH)]
    for start in range(0, len(rest), MOST_STORED):
        part = rest[start : start + MOST_STORED]
        last = start + MOST_STORED >= len(rest)
        parts += [struct.pack("<BHH", last, len(part), len(part) ^ 0xFFFF), part]  # RFC 1951, 3.2.4
    parts.append(struct.pack("<II", packing.crc32(rest, packing.crc32(head)), (len(head) + len(rest)) & 0xFFFFFFFF))
    return b"".join(parts)


def one_line(value: str) -> str:
    """A field value must not break the record open, whatever a site put into it."""
    if value.isprintable():
        return value.strip()
    clean = re.sub(r"[\x00-\x1f\x7f]+", " ", value).strip()
    return clean.encode("utf-8", "replace").decode()  # halves of a surrogate pair cannot be written


def is_plain(values: Collection[str]) -> bool:
    """True if ``one_line`` would leave every value as it is; one look at all of them costs a tenth of many looks."""
    text = "\n".join(["", *values, ""])
    plain = text.count("\n") == len(values) + 1 and text.replace("\n", "").isprintable()
    return plain and " \n" not in text and "\n " not in text


def _lines(fields: Fields) -> str:
    """Named values, one a line."""
    text = "".join([f"{name}: {value}\r\n" for name, value in fields])
    if text.count("\r\n") == len(fields) and text.replace("\r\n", "").isprintable():
        return text
    return "".join([f"{name}: {one_line(value)}\r\n" for name, value in fields])


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
