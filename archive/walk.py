"""Walk a capture file gzip member by gzip member, past damage, and check every digest on the way.

A reader that goes by records alone misses a torn tail and gives up at the first flipped bit; here each damaged
stretch is one ``Damage`` and the walk goes on at the next whole record.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.warc import MAX_RECORD, Record, parse_record
from archive.workdb import ArchiveError

GZIP_HEAD = b"\x1f\x8b\x08\x00"  # deflate, no name, comment or extra field: all that WARC writers put there
CHUNK = 1 << 14
SEARCH = 1 << 20
_FORGIVING = 31  # zlib's window bits for a gzip member with its check sum


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch of a capture file that is no whole record: where it begins, how many bytes, and what is wrong."""

    offset: int
    length: int
    reason: str


def walk(path: Path) -> Iterator[Record | Damage]:
    """Yield every record of a file in order, and each damaged stretch between them."""
    size = path.stat().st_size
    with path.open("rb", buffering=1 << 20) as handle:
        start = 0
        while start < size:
            found = record_at(handle, start)
            if isinstance(found, str):
                after = _next_record(handle, start + 1, size)
                yield Damage(start, after - start, found)
                start = after
            else:
                yield found
                start += found.length


def digest_faults(record: Record) -> list[str]:
    """What is wrong with a record's digests: nothing, or a phrase for each that is missing or does not fit."""
    faults = []
    if (stated := record.fields.get("warc-block-digest")) is None:
        faults.append("it states no block digest")
    elif not _fits(stated, record.block):
        faults.append("its block is not what its digest says")
    payload = record.payload
    if payload is not None:
        if (stated := record.fields.get("warc-payload-digest")) is None:
            faults.append("it states no payload digest")
        elif not _fits(stated, payload):
            faults.append("its payload is not what its digest says")
    return faults


def _fits(stated: str, data: bytes | memoryview) -> bool:
    name, _, value = stated.partition(":")
    if name.lower() not in ("sha256", "sha-256", "sha1", "sha-1", "md5"):
        return False
    digest = hashlib.new(name.lower().replace("-", ""), data, usedforsecurity=False)
    return value.lower() == digest.hexdigest() or value.upper() == base64.b32encode(digest.digest()).decode()


def record_at(handle: BinaryIO, start: int) -> Record | str:
    """The record whose gzip member begins at byte ``start``, or a phrase that says why there is none."""
    handle.seek(start)
    unpacker = zlib.decompressobj(_FORGIVING)
    parts: list[bytes] = []
    room, used, data = MAX_RECORD, 0, b""
    try:
        while not unpacker.eof:
            data = unpacker.unconsumed_tail or handle.read(CHUNK)
            if not data:
                return "the file ends inside a record"
            fresh = not unpacker.unconsumed_tail
            part = unpacker.decompress(data, room)
            used += len(data) if fresh else 0
            parts.append(part)
            room -= len(part)
            if room <= 0:
                return f"a record unpacks to more than {MAX_RECORD >> 20} MiB"
    except zlib.error as error:
        return f"a record cannot be unpacked ({str(error).split(': ', 1)[-1]})"
    length = used - len(unpacker.unused_data)
    try:
        return parse_record(b"".join(parts), start, length)
    except ArchiveError as error:
        return str(error).rstrip(".")


def _next_record(handle: BinaryIO, start: int, size: int) -> int:
    """Where the next whole record begins at or after ``start``; the file's end if there is none."""
    position = start
    while position < size:
        handle.seek(position)
        window = handle.read(SEARCH + len(GZIP_HEAD))
        at = window.find(GZIP_HEAD)
        while 0 <= at < SEARCH:
            if _begins_record(window[at : at + 512]) and not isinstance(record_at(handle, position + at), str):
                return position + at
            at = window.find(GZIP_HEAD, at + 1)
        position += SEARCH
    return size


def _begins_record(head: bytes) -> bool:
    try:
        return zlib.decompressobj(_FORGIVING).decompress(head, 7).startswith(b"WARC/1.")
    except zlib.error:
        return False
