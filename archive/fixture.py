"""A golden case from a capture: the bytes as they came, and beside them what the reader makes of them.

The expectation is written by the reader itself, so it proves nothing until a person has compared it with the page.
"""

from __future__ import annotations

import json
import mimetypes
import os
from contextlib import closing
from pathlib import Path

from archive import workdb
from archive.warc import read_payload
from archive.workdb import ArchiveError
from archive.worker import read_apart
from parsers import Hints

KINDS = {"text/html": ".html", "text/plain": ".txt"}  # where the standard library names another ending


def save_fixture(archive_dir: str | os.PathLike[str], address: str, folder: Path, name: str) -> tuple[Path, Path]:
    """Write the newest capture of an address as a golden case.

    Args:
        archive_dir: the archive folder.
        address: where the document was seen, or the SHA-256 of its content.
        folder: where cases lie; made where it is missing.
        name: of the case; its files are ``NAME.<ending>`` and ``NAME.json`` (the address and ``read --json``).

    Returns:
        the two files.

    Raises:
        ArchiveError: there is no such capture, the case is there already, or it cannot be written.
    """
    with closing(workdb.open(archive_dir)) as conn:
        row = conn.execute(
            "SELECT warc_file, warc_offset, warc_length, media_type, final_url FROM captures"
            " WHERE sha256 IS NOT NULL AND ? IN (url, final_url, sha256) ORDER BY capture_id DESC LIMIT 1",
            (address,),
        ).fetchone()
    if row is None:
        raise ArchiveError(f"No capture of {address} is kept here; `nianbao reports` lists addresses.")
    payload = read_payload(archive_dir, row["warc_file"], row["warc_offset"], row["warc_length"])
    one = read_apart(payload.body, payload.media_type or row["media_type"], Hints(row["final_url"]))
    kind = one.media_type or ""
    document = folder / f"{name}{KINDS.get(kind) or mimetypes.guess_extension(kind) or '.bin'}"
    expectation = folder / f"{name}.json"
    case = {"url": row["final_url"], "result": json.loads(one.result)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with document.open("xb") as handle:
            handle.write(payload.body)
        with expectation.open("x", encoding="utf-8") as text:
            text.write(json.dumps(case, ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise ArchiveError(f"The case {name} cannot be written to {folder} ({error.strerror}).") from error
    return document, expectation
