"""Whether what was read is fit to take the place of what is published, for runs that nobody watches.

A publication follows from all captures, so a failed crawl takes nothing away. What can is a reader that became
worse, or an archive folder that lost its files: then far fewer reports or numbers would be published than are now.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from archive import workdb
from archive.workdb import PUBLIC_DB

MOST_LOST = 0.1  # share of reports or printed numbers that may go from one publication to the next unasked


def doubts(archive_dir: str | os.PathLike[str]) -> str | None:
    """One sentence that says why a person should look before the archive is published again; None if all is well."""
    published = _published(Path(archive_dir) / PUBLIC_DB)
    if published is None:
        return None
    with closing(workdb.open(archive_dir)) as conn:
        reports = conn.execute("SELECT count(*) FROM reports").fetchone()[0]
        printed = conn.execute(
            "SELECT count(*) FROM cells WHERE status IN ('printed', 'aligned') AND edition_id IN"
            " (SELECT edition_id FROM editions AS e WHERE ordinal ="
            "  (SELECT max(ordinal) FROM editions AS x WHERE x.report_id = e.report_id))"
        ).fetchone()[0]
    for what, now, before in (("reports", reports, published[0]), ("printed numbers", printed, published[1])):
        if now < before * (1 - MOST_LOST):
            return (
                f"There are {now} {what} now where {before} are published; the publication is left as it is. Look at "
                "`nianbao verify` and `nianbao status`, and run `nianbao build` if that is right."
            )
    return None


def _published(path: Path) -> tuple[int, int] | None:
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as conn:
            row = conn.execute("SELECT count(*), total(n_printed) FROM reports").fetchone()
    except sqlite3.Error:
        return None  # what cannot be read is no loss
    return int(row[0]), int(row[1])
