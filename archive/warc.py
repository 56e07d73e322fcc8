"""Read the captures back: one record at a known place, and the payload of a capture. ``archive.walk`` reads files."""

from __future__ import annotations

import os
import re
import sqlite3
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from archive.workdb import WARC_DIR, WORK_DB, ArchiveError, read_address

OPEN_SUFFIX = ".open"  # of a file that is still being written
MAX_PAYLOAD = 64 * 1024 * 1024  # bytes, decoded
MAX_RECORD = 128 * 1024 * 1024  # bytes, unpacked
_CODINGS = {b"gzip": 31, b"x-gzip": 31, b"deflate": 15}


class TooLargeError(ArchiveError):
    """A payload unpacks to more than the limit."""


class Payload(NamedTuple):
    """What a capture holds: media type (no parameters), decoded bytes, HTTP headers by lower-case name."""

    media_type: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """One WARC record: its fields by lower-case name, its block, and where its gzip member lies."""

    fields: dict[str, str]
    block: bytes
    offset: int
    length: int

    @property
    def kind(self) -> str:
        """``response``, ``revisit``, ``resource``, ``request``, ``metadata`` or ``warcinfo``."""
        return self.fields.get("warc-type", "")

    @property
    def payload(self) -> memoryview | None:
        """What the payload digest of a response or resource is of; None for every other kind."""
        if self.kind == "response":
            return memoryview(self.block)[self.block.find(b"\r\n\r\n") + 4 :] if b"\r\n\r\n" in self.block else None
        return memoryview(self.block) if self.kind == "resource" else None

    def notes(self) -> dict[str, str]:
        """The named values of a metadata record (``application/warc-fields``), by name as written."""
        lines = self.block.decode("utf-8", "replace").split("\r\n")
        return {name.strip(): value.strip() for name, colon, value in (ln.partition(":") for ln in lines) if colon}

    def uri(self, name: str) -> str:
        """A field that holds an address in angle brackets, without them."""
        return self.fields.get(name, "").strip("<> ")


def warc_path(archive_dir: str | os.PathLike[str], warc_file: str) -> Path:
    """Path of a capture file by its ledger name, whether it is closed or still being written.

    Raises:
        ArchiveError: there is no such file, or the name is no plain file name.
    """
    if Path(warc_file).name != warc_file:
        raise ArchiveError(f"{warc_file!r} is no capture file name.")
    path = Path(archive_dir) / WARC_DIR / warc_file
    for candidate in (path, path.with_name(warc_file + OPEN_SUFFIX)):
        if candidate.is_file():
            return candidate
    raise ArchiveError(f"The capture file {path} is missing; restore it from a backup.")


def read_payload(
    archive_dir: str | os.PathLike[str], warc_file: str, offset: int, length: int, limit: int = MAX_PAYLOAD
) -> Payload:
    """Read the payload of a response, revisit or resource record.

    A revisit gives the payload of the record that it repeats (found through the ledger) with its own headers.

    Raises:
        ArchiveError: the file or record is missing or damaged, or the payload is larger than ``limit`` bytes.
    """
    record = read_record(warc_path(archive_dir, warc_file), offset, length)
    if record.kind == "resource":
        if len(record.block) > limit:
            raise ArchiveError(f"The capture at {warc_file}:{offset} is larger than {limit} bytes.")
        declared = record.fields.get("content-type", "")
        return Payload(_media_type(declared), record.block, {"content-type": declared})
    head, headers, body = split_http(record.block)
    if record.kind == "revisit":
        _, first, body = split_http(_original(archive_dir, record).block)
        # An answer 304 says what changed about the page, not what it is.
        headers = first | headers if head.split(b" ")[1:2] == [b"304"] else headers
    elif record.kind != "response":
        raise ArchiveError(f"The record at {warc_file}:{offset} is a {record.kind}, not a capture.")
    if not head.startswith(b"HTTP/"):
        raise ArchiveError(f"The record at {warc_file}:{offset} holds no HTTP answer.")
    coding = headers.get("content-encoding", "").lower()
    return Payload(_media_type(headers.get("content-type", "")), decode_body(body, coding, limit), headers)


def read_record(path: Path, offset: int, length: int) -> Record:
    """Read one record at a known place.

    Raises:
        ArchiveError: the bytes there are not one whole record.
    """
    try:
        with path.open("rb") as handle:
            handle.seek(offset)
            member = handle.read(length)
        unpacker = zlib.decompressobj(31)
        raw = unpacker.decompress(member, MAX_RECORD)
    except (OSError, zlib.error) as error:
        raise ArchiveError(f"The capture at {path}:{offset} cannot be read ({error}).") from error
    if not unpacker.eof or unpacker.unused_data:
        raise ArchiveError(f"The capture at {path}:{offset} is damaged; run `nianbao verify`.")
    return parse_record(raw, offset, length)


def decode_body(body: bytes, coding: str, limit: int = MAX_PAYLOAD) -> bytes:
    """Undo the content coding of an HTTP body.

    Args:
        body: the bytes as sent.
        coding: the ``Content-Encoding`` value; empty and ``identity`` mean none, unknown ones are left alone.
        limit: most bytes that may come out.

    Raises:
        ArchiveError: the body is no such stream or grows past ``limit``.
    """
    bits = _CODINGS.get(coding.strip().lower().encode("ascii", "replace"))
    if bits is None or not body:
        return body
    # Some servers send raw deflate without the zlib frame that the standard asks for.
    for window in (bits, -15) if bits == 15 else (bits,):
        unpacker = zlib.decompressobj(window)
        try:
            out = unpacker.decompress(body, limit)
        except zlib.error:
            continue
        if unpacker.unconsumed_tail:
            raise TooLargeError(f"A payload unpacks to more than {limit // 1_048_576} MiB; it is left alone.")
        return out
    raise ArchiveError(f"A payload that says {coding} cannot be unpacked.")


def parse_record(raw: bytes, offset: int, length: int) -> Record:
    """Take an unpacked gzip member apart.

    Raises:
        ArchiveError: it is not exactly one WARC record.
    """
    head, _, rest = raw.partition(b"\r\n\r\n")
    lines = head.decode("utf-8", "replace").split("\r\n")
    if not lines[0].startswith("WARC/1."):
        raise ArchiveError(f"There is no WARC record at offset {offset}.")
    pairs = (line.split(":", 1) for line in lines[1:] if ":" in line)
    fields = {name.strip().lower(): value.strip() for name, value in pairs}
    size = fields.get("content-length", "")
    if not size.isdigit() or len(rest) != int(size) + 4:
        raise ArchiveError(f"The record at offset {offset} does not have the length that it states.")
    return Record(fields, rest[: int(size)], offset, length)


def split_http(block: bytes) -> tuple[bytes, dict[str, str], bytes]:
    """An HTTP message as first line, headers by lower-case name, and body."""
    head, _, body = block.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        if colon:
            headers[name.decode("latin-1").strip().lower()] = value.decode("utf-8", "replace").strip()
    return lines[0], headers, body


def _original(archive_dir: str | os.PathLike[str], revisit: Record) -> Record:
    record_id = revisit.uri("warc-refers-to")
    conn = sqlite3.connect(read_address(Path(archive_dir) / WORK_DB), uri=True)
    try:
        row = conn.execute(
            "SELECT warc_file, warc_offset, warc_length FROM captures WHERE record_id = ?", (record_id,)
        ).fetchone()
    finally:
        conn.close()
    if row is None:
        raise ArchiveError(f"A revisit points to {record_id}, which the ledger does not know; run `nianbao rebuild`.")
    return read_record(warc_path(archive_dir, row[0]), row[1], row[2])


def _media_type(value: str) -> str:
    return re.split(r"[;,\s]", value.strip().lower(), maxsplit=1)[0]
