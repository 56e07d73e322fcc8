"""Packages that any web-archive reader opens: WACZ 1.1.1, one for each county and year.

Format: https://specs.webrecorder.net/wacz/1.1.1/ — a ZIP without compression of its own, with the records copied
byte for byte, an index (CDXJ), a page list, and digests of it all.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from archive import workdb
from archive.cdxj import Line, line_of, lines_of
from archive.selection import Page, Selection, selections
from archive.walk import Damage, digest_faults, record_at, walk
from archive.warc import Record, warc_path
from archive.warcwrite import digest_of, gzip_member, new_record_id
from archive.workdb import WARC_DIR, ArchiveError, utc_now, write_error

INDEX, PAGES, PACKAGE, DIGEST = (
    "indexes/index.cdx.gz", "pages/pages.jsonl", "datapackage.json", "datapackage-digest.json",
)  # fmt: skip
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """One file that was written."""

    path: str
    captures: int
    pages: int
    size: int


def export_wacz(
    archive_dir: str | os.PathLike[str],
    out: Path,
    area: str | None = None,
    year: int | None = None,
    progress: Progress | None = None,
) -> list[Exported]:
    """Write one package for each county and year.

    Args:
        archive_dir: the archive folder.
        out: the folder to write to; made if it is not there. Files of the same name are replaced when whole.
        area: only division codes that begin like this.
        year: only reports of this year.
        progress: called with (done, total) after each package.

    Raises:
        ArchiveError: a record is damaged or missing, or there is no room.
    """
    with closing(workdb.open(archive_dir)) as conn:
        chosen = list(selections(conn, area, year))
    done = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for n, one in enumerate(chosen, start=1):
            done.append(_package(Path(archive_dir), one, out / f"{one.name}.wacz"))
            if progress:
                progress(n, len(chosen))
    except OSError as error:
        raise write_error(f"A package in {out}", error) from error
    return done


def export_cdxj(archive_dir: str | os.PathLike[str], out: Path) -> Exported:
    """Write one index over all capture files, for replay tools that read them where they lie.

    Raises:
        ArchiveError: a capture file is damaged, or there is no room.
    """
    workdb.open(archive_dir).close()
    lines: list[Line] = []
    for path in sorted((Path(archive_dir) / WARC_DIR).glob("*.warc.gz")):
        lines += lines_of(_records(path), path.name)
    target = out / "index.cdxj"
    try:
        out.mkdir(parents=True, exist_ok=True)
        with _WholeFile(target) as handle:
            for line in sorted(lines):
                handle.write(str(line).encode())
    except OSError as error:
        raise write_error(str(target), error) from error
    return Exported(str(target), len(lines), 0, target.stat().st_size)


def _records(path: Path) -> Iterator[Record]:
    for record in walk(path):
        if isinstance(record, Damage):
            raise ArchiveError(f"{path.name} is damaged at byte {record.offset}; run `nianbao verify`.")
        yield record


class _WholeFile:
    """A file that takes its name when it is whole, and leaves nothing behind when it does not get that far."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._part = target.with_name(f".{target.name}.part")

    def __enter__(self) -> BinaryIO:
        self._handle = self._part.open("wb")
        return self._handle

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            self._handle.close()
            if kind is None:
                self._part.replace(self._target)
        finally:
            self._part.unlink(missing_ok=True)


def _package(root: Path, chosen: Selection, target: Path) -> Exported:
    name = f"nianbao-{chosen.name}.warc.gz"
    with tempfile.TemporaryDirectory(prefix=".wacz-", dir=target.parent) as scratch, _WholeFile(target) as handle:
        warc = Path(scratch) / name
        lines = sorted(_copy(root, chosen, warc))
        made = {
            INDEX: gzip.compress("".join(map(str, lines)).encode(), mtime=0),
            PAGES: _page_list(chosen.pages),
        }
        package = _datapackage(chosen, warc, made)
        digest = {"path": PACKAGE, "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"}
        with zipfile.ZipFile(handle, "w", zipfile.ZIP_STORED, allowZip64=True) as bundle:
            bundle.write(warc, f"archive/{name}")
            for path, data in made.items():
                bundle.writestr(path, data)
            bundle.writestr(PACKAGE, package)
            bundle.writestr(DIGEST, json.dumps(digest))
    return Exported(str(target), len(lines), len(chosen.pages), target.stat().st_size)


def _copy(root: Path, chosen: Selection, warc: Path) -> Iterator[Line]:
    """Copy the groups of records of all captures into one file; gives the index lines."""
    with warc.open("wb") as out:
        info = f"software: nianbao/{version('nianbao')}\r\nformat: WARC File Format 1.1\r\n".encode()
        fields = [("WARC-Date", utc_now()), ("WARC-Filename", warc.name)]
        out.write(gzip_member("warcinfo", new_record_id(), fields, "application/warc-fields", info))
        for warc_file, offset in chosen.captures:
            for record, member in _group(warc_path(root, warc_file), offset):
                moved = Record(record.fields, record.block, out.tell(), record.length)
                out.write(member)
                if (line := line_of(moved, warc.name)) is not None:
                    yield line


def _group(path: Path, offset: int) -> Iterator[tuple[Record, bytes]]:
    """The records of one capture as they lie in the file: from its first to its metadata record."""
    with path.open("rb") as handle:
        while True:
            record = record_at(handle, offset)
            if isinstance(record, str) or digest_faults(record):
                raise ArchiveError(f"The record at {path.name}:{offset} is damaged; run `nianbao verify`.")
            handle.seek(offset)
            yield record, handle.read(record.length)
            if record.kind == "metadata":
                return
            offset += record.length


def _page_list(pages: tuple[Page, ...]) -> bytes:
    head: dict[str, object] = {"format": "json-pages-1.0", "id": "pages", "title": "年度报告", "hasText": False}
    entries = [{"id": f"p{n}", "url": p.url, "ts": p.date, "title": p.title} for n, p in enumerate(pages, start=1)]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in (head, *entries)).encode()


def _datapackage(chosen: Selection, warc: Path, made: dict[str, bytes]) -> bytes:
    resources = [{"name": warc.name, "path": f"archive/{warc.name}", "hash": f"sha256:{digest_of(warc)}",
                  "bytes": warc.stat().st_size}]  # fmt: skip
    resources += [
        {"name": path.rpartition("/")[2], "path": path, "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
         "bytes": len(data)}
        for path, data in made.items()
    ]  # fmt: skip
    first = chosen.pages[0] if chosen.pages else None
    package = {
        "profile": "data-package", "wacz_version": "1.1.1", "software": f"nianbao/{version('nianbao')}",
        "title": f"政府信息公开工作年度报告 {chosen.area_code} {chosen.year}", "created": utc_now(),
        **({"mainPageUrl": first.url, "mainPageDate": first.date} if first else {}), "resources": resources,
    }  # fmt: skip
    return json.dumps(package, ensure_ascii=False, indent=1).encode()
