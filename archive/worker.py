"""Read one captured document in a process of its own, with limits on time and memory.

Documents come from outside: a small file can ask for gigabytes or for hours. A reading that breaks its limits costs
its own process, never the run.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import resource
from collections.abc import Callable, Iterator
from concurrent.futures import TimeoutError as ReadingTimeout
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

from pebble import ProcessExpired, ProcessPool

from archive.warc import read_payload
from archive.workdb import ArchiveError
from parsers import Hints, UnreadableDocument, parse_all

SECONDS = 180  # of wall time for one document; a scanned report of some ten pages takes half a minute
MEMORY = 6 << 30  # bytes of address space; libraries of numbers reserve far more than they use
TASKS_PER_PROCESS = 200  # then a fresh one: libraries leak
START = "forkserver"  # a plain fork of a process with threads may hang


class PictureRecord(NamedTuple):
    """A captured picture: its address, and the record that holds its bytes."""

    url: str
    warc_file: str
    warc_offset: int
    warc_length: int


@dataclass(frozen=True, slots=True)
class Job:
    """A captured document to read: where its bytes lie, and what is known about it from outside."""

    archive_dir: str
    sha256: str
    warc_file: str
    warc_offset: int
    warc_length: int
    media_type: str | None
    url: str
    area_code: str | None
    place: str | None = None  # the name of the site's county
    pictures: tuple[PictureRecord, ...] = ()  # that the page shows


@dataclass(frozen=True, slots=True)
class Read:
    """The outcome of a job: the result as JSON (``ParseResult.as_dict``) and the media type by content.

    ``further`` is a JSON list of the other reports in the document, each as ``result``; None where there are none.
    ``pictures`` tells which pictures of the page were read with it (``digest_of``).
    ``readable`` is False where the bytes could not be read at all; ``reason`` says why in one sentence.
    """

    sha256: str
    result: str
    readable: bool
    is_report: bool
    reason: str
    media_type: str | None
    size: int | None
    further: str | None = None
    pictures: str | None = None


def pool_of(workers: int) -> ProcessPool:
    """Reading processes with their limits set."""
    return ProcessPool(
        max_workers=workers, max_tasks=TASKS_PER_PROCESS, initializer=limit_memory,
        context=multiprocessing.get_context(START),
    )  # fmt: skip


def limit_memory() -> None:
    """Bound the address space of this process."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard), hard))


def read_job(job: Job) -> Read:
    """Fetch the payload from its WARC record and read it. Never raises for what the document itself does."""
    try:
        payload = read_payload(job.archive_dir, job.warc_file, job.warc_offset, job.warc_length)
    except ArchiveError as error:
        return replace(not_read(job.sha256, str(error)), pictures=digest_of(job.pictures))
    hints = Hints(job.url, job.area_code, tuple(_pictures(job)), job.place)
    one = read_bytes(payload.body, payload.media_type or job.media_type, hints)
    return replace(one, pictures=digest_of(job.pictures))


def digest_of(pictures: tuple[PictureRecord, ...]) -> str | None:
    """A short hash of which pictures are read with a page; None for none."""
    return hashlib.sha256(repr(pictures).encode()).hexdigest()[:16] if pictures else None


def _pictures(job: Job) -> Iterator[tuple[str, bytes]]:
    """Address and bytes of the pictures of a page; one whose record is damaged is left out (``verify`` tells)."""
    for one in job.pictures:
        with suppress(ArchiveError):
            yield one.url, read_payload(job.archive_dir, one.warc_file, one.warc_offset, one.warc_length).body


def read_bytes(data: bytes, media_type: str | None, hints: Hints) -> Read:
    """Read one document. Never raises for what the document itself does."""
    digest = hashlib.sha256(data).hexdigest()
    try:
        results = sorted(parse_all(data, media_type, hints), key=lambda r: r.fullness, reverse=True)
    except UnreadableDocument as error:
        return not_read(digest, str(error), len(data), media_type)
    except MemoryError:
        return not_read(digest, "Reading it took more memory than one document may have.", len(data), media_type)
    main = results[0]
    others = [result.as_dict() for result in results[1:] if result.is_report]
    return Read(
        digest, _json(main.as_dict()), True, main.is_report, main.reason, main.media_type, len(data),
        _json(others) if others else None,
    )  # fmt: skip


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def not_read(sha256: str, reason: str, size: int | None = None, media_type: str | None = None) -> Read:
    """A document that could not be read, with the reason in one sentence."""
    result = json.dumps({"is_report": False, "reason": reason}, ensure_ascii=False)
    return Read(sha256, result, False, False, reason, media_type, size)


@contextmanager
def reader_apart() -> Iterator[Callable[[bytes, str | None, Hints], Read]]:
    """A function like ``read_bytes`` that works in another process, with the limits; one process serves many calls."""
    with pool_of(1) as pool:

        def read(data: bytes, media_type: str | None, hints: Hints) -> Read:
            future = pool.schedule(read_bytes, args=[data, media_type, hints], timeout=SECONDS)
            try:
                return future.result()
            except Exception as error:  # whatever the document did to its process
                return not_read(hashlib.sha256(data).hexdigest(), failure_reason(error), len(data), media_type)

        try:
            yield read
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]
            raise


def read_apart(data: bytes, media_type: str | None, hints: Hints) -> Read:
    """``read_bytes`` in a process of its own, with the limits."""
    with reader_apart() as read:
        return read(data, media_type, hints)


def failure_reason(error: BaseException) -> str:
    """What to say of a reading whose process did not come back."""
    if isinstance(error, ReadingTimeout):
        return f"Reading it took more than {SECONDS} seconds."
    if isinstance(error, ProcessExpired):
        return "Reading it ended its process (too much memory, or a fault in a library)."
    return f"Reading it failed: {type(error).__name__}."
