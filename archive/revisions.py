"""What changed between two releases of the data, and why: the public list ``revisions``.

The list lives in the publications themselves: a build reads the one it replaces, keeps its list and adds what is
different now. A release is named by the time it was built.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

MOST_CELLS = 200_000  # of one release; a re-reading of everything is summed up by report beyond that


def add_revisions(conn: sqlite3.Connection, before: Path, release: str) -> int:
    """Fill ``revisions`` of the database being built from the publication it replaces; returns the new rows.

    Without an earlier publication, or with one that this version cannot read, the list starts empty.
    """
    if not before.is_file():
        return 0
    conn.commit()
    try:
        conn.execute("ATTACH ? AS old", (f"{before.absolute().as_uri()}?mode=ro&immutable=1",))
    except sqlite3.Error:
        return 0
    try:
        if not _readable(conn):
            return 0
        conn.execute("INSERT INTO revisions SELECT * FROM old.revisions")
        return _reports(conn, release) + _cells(conn, release)
    finally:
        conn.commit()
        conn.execute("DETACH old")


def _readable(conn: sqlite3.Connection) -> bool:
    """Whether the earlier publication has what is compared here."""
    wanted = {
        "revisions": {"released_at", "report_id", "key", "kind", "old_value", "new_value", "why"},
        "reports": {"report_id", "edition_id"}, "_cells": {"edition_no", "field_no", "value"},
        "fields": {"field_no", "key"}, "editions": {"edition_no", "report_id", "is_current", "sha256"},
        "about": {"name", "value"},
    }  # fmt: skip
    try:
        return all(
            columns <= {row[1] for row in conn.execute(f"PRAGMA old.table_info({table})")}
            for table, columns in wanted.items()
        )
    except sqlite3.Error:  # not a database at all: the next publication replaces it
        return False


def _reports(conn: sqlite3.Connection, release: str) -> int:
    added = conn.execute(
        "INSERT INTO revisions SELECT ?, report_id, NULL, 'report_added', NULL, NULL, 'new_report' FROM main.reports"
        " WHERE report_id NOT IN (SELECT report_id FROM old.reports) ORDER BY report_id", (release,),
    )  # fmt: skip
    gone = conn.execute(
        "INSERT INTO revisions SELECT ?, report_id, NULL, 'report_removed', NULL, NULL, 'identity' FROM old.reports"
        " WHERE report_id NOT IN (SELECT report_id FROM main.reports) ORDER BY report_id", (release,),
    )  # fmt: skip
    return added.rowcount + gone.rowcount


def _cells(conn: sqlite3.Connection, release: str) -> int:
    """Current values that differ. Why: another document is the current edition now, or the same one is read anew."""
    found = conn.execute(
        """INSERT INTO revisions
           SELECT ?, n.report_id, f.key, 'value', oc.value, nc.value,
                  CASE WHEN n.sha256 IS NOT o.sha256 THEN 'new_document' ELSE 'read_again' END
           FROM main.editions AS n JOIN old.editions AS o ON o.report_id = n.report_id AND o.is_current
           JOIN main._cells AS nc ON nc.edition_no = n.edition_no JOIN main.fields AS f ON f.field_no = nc.field_no
           JOIN old.fields AS of ON of.key = f.key AND of.form = f.form
           JOIN old._cells AS oc ON oc.edition_no = o.edition_no AND oc.field_no = of.field_no
           WHERE n.is_current AND oc.value IS NOT nc.value ORDER BY n.report_id, f.field_no LIMIT ?""",
        (release, MOST_CELLS),
    )
    return found.rowcount
