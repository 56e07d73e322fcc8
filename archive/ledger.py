"""The ledger: runs, sites (with the list calls learnt of them) and captures in the work database.

Every function is one short transaction, but for rows of captures (``archive.store``). The order that nothing may
break: a record is written to its WARC file, then its capture row is written here, then the frontier row is marked
done (``archive.frontier``). What is said of runs and sites is in the WARC files too (the journal), for a rebuild.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from archive.capture import ROW, Capture, row_values
from archive.warcwrite import Original, Stored, WarcWriter, sha256_hex
from archive.workdb import changes, utc_now

JOURNALED = {"runs": "run_id", "sites": "site_id", "list_calls": "call_id"}
JOURNAL = "urn:nianbao:journal:"  # of the addresses of journal records


def _journal_block(table: str, key: str, row: Mapping[str, object]) -> tuple[str, str, bytes]:
    """Address, date and block of a journal record."""
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    notes = {"table": table, "at": at, "row": json.dumps(dict(row), ensure_ascii=False)}
    block = "".join(f"{name}: {value}\r\n" for name, value in notes.items())
    return f"{JOURNAL}{table}:{key}", utc_now(), block.encode("utf-8", "replace")


# Stops at the first row: a page that many addresses answer with has many revisits, and one response.
_ORIGINAL = """
SELECT record_id, final_url, fetched_at, payload_sha256 FROM captures
WHERE {} AND record_type = 'response' AND truncated IS NULL ORDER BY capture_id LIMIT 1
"""
_SAME_CONTENT = _ORIGINAL.format("sha256 = ? AND coding IS ?")
_SAME_PAYLOAD = _ORIGINAL.format("sha256 IS NULL AND payload_sha256 = ?")
_SAME_RECORD = _ORIGINAL.format("record_id = ?")


# The names are our own; only question marks are put in.
_INSERT = f"INSERT INTO captures({', '.join(ROW)}, capture_id) VALUES ({', '.join('?' * len(ROW))}, ?)"  # noqa: S608


class Ledger:
    """Reads and writes runs, sites and captures over one connection from ``archive.workdb.open``."""

    def __init__(self, conn: sqlite3.Connection, writer: WarcWriter | None = None) -> None:
        self.conn = conn
        self._writer = writer

    @contextmanager
    def _noting(self, table: str, key: str) -> Iterator[None]:
        """A change of one row of a table in ``JOURNALED``: it is in the journal before it is committed."""
        if self._writer is not None:
            self._writer.make_room()
        before = self._row(table, key)
        try:
            with changes(self.conn):
                yield
                after = self._row(table, key)
                if self._writer is not None and after is not None and after != before:
                    self._writer.write_journal(*_journal_block(table, key, after))
        except BaseException:
            if self._writer is not None:
                self._writer.leave_open()
            raise

    def _row(self, table: str, key: str) -> dict[str, object] | None:
        query = f"SELECT * FROM {table} WHERE {JOURNALED[table]} = ?"  # noqa: S608 - our own names
        row = self.conn.execute(query, (key,)).fetchone()
        return dict(row) if row else None

    def restore(self, table: str, row: Mapping[str, object]) -> None:
        """Put a row of a table in ``JOURNALED`` back as the journal holds it; columns of other versions are left out.

        Raises:
            KeyError: it is no such row.
            sqlite3.Error: it does not fit the table.
        """
        known = {info["name"] for info in self.conn.execute(f"PRAGMA table_info({table})")}
        key = JOURNALED[table]
        names = [name for name in row if name in known]
        if key not in names:
            raise KeyError(key)
        marks = ", ".join("?" * len(names))
        renew = ", ".join(f"{name} = excluded.{name}" for name in names)
        # The names are the table's own columns.
        self.conn.execute(
            f"INSERT INTO {table}({', '.join(names)}) VALUES ({marks}) ON CONFLICT({key}) DO UPDATE SET {renew}",  # noqa: S608
            [row[name] for name in names],
        )

    def settle(self, warc_file: str, captures: int) -> bool:
        """Commit what waits and have the disk keep it; False if a file that holds so many captures has not a row each.

        Called before a capture file gets its last name: then nobody looks for captures without rows in it any more.
        """
        if self.conn.in_transaction:
            self.conn.execute("COMMIT")
        self.conn.execute("PRAGMA wal_checkpoint(PASSIVE)")
        rows = self.conn.execute("SELECT count(*) FROM captures WHERE warc_file = ?", (warc_file,)).fetchone()[0]
        return int(rows) == captures

    # ---- runs ----

    def start_run(self, kind: str, args: Mapping[str, object], vantage: str | None) -> str:
        """Begin a run and return its id, e.g. ``20261120T111757Z-crawl-1f3a``."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        run_id = f"{stamp}-{kind}-{secrets.token_hex(2)}"
        with self._noting("runs", run_id):
            self.conn.execute(
                "INSERT INTO runs(run_id, kind, started_at, state, args, vantage) VALUES (?, ?, ?, 'running', ?, ?)",
                (run_id, kind, utc_now(), json.dumps(args, ensure_ascii=False, sort_keys=True), vantage),
            )
        return run_id

    def finish_run(self, run_id: str, state: str, summary: Mapping[str, object]) -> None:
        """End a run: ``state`` is ``finished``, ``interrupted`` or ``failed``."""
        with self._noting("runs", run_id):
            self.conn.execute(
                "UPDATE runs SET finished_at = ?, state = ?, summary = ? WHERE run_id = ?",
                (utc_now(), state, json.dumps(summary, ensure_ascii=False), run_id),
            )

    def close_dead_runs(self) -> None:
        """Mark runs as interrupted that still say running. Only the holder of the write lock may call this."""
        self.conn.execute("UPDATE runs SET state = 'interrupted' WHERE state = 'running'")

    def resumable_run(self, kind: str, args: Mapping[str, object], max_age_hours: int = 24) -> str | None:
        """The newest run with the same options, if it did not get to its end and did something lately."""
        row = self.conn.execute(
            "SELECT run_id, state, started_at FROM runs WHERE kind = ? AND args = ?"
            # A run of a rebuilt database has no frontier any more; its sites are due instead (``archive.due``).
            " AND (kind <> 'crawl' OR EXISTS (SELECT 1 FROM frontier WHERE frontier.run_id = runs.run_id))"
            " ORDER BY rowid DESC LIMIT 1",  # not by time: a clock may have been set back
            (kind, json.dumps(args, ensure_ascii=False, sort_keys=True)),
        ).fetchone()
        if row is None or row["state"] not in ("interrupted", "failed"):
            return None
        oldest = (datetime.now(UTC) - timedelta(hours=max_age_hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return str(row["run_id"]) if max(row["started_at"], self._last_capture(row["run_id"])) >= oldest else None

    def _last_capture(self, run_id: str) -> str:
        """When a run kept something last; empty if it never did."""
        row = self.conn.execute(
            "SELECT fetched_at FROM captures WHERE run_id = ? ORDER BY capture_id DESC LIMIT 1", (run_id,)
        ).fetchone()
        return str(row["fetched_at"]) if row else ""

    def reopen_run(self, run_id: str) -> None:
        """Take a run up again that did not get to its end."""
        with self._noting("runs", run_id):
            self.conn.execute("UPDATE runs SET state = 'running', finished_at = NULL WHERE run_id = ?", (run_id,))

    def run(self, run_id: str) -> sqlite3.Row | None:
        """The row of a run, or None."""
        row: sqlite3.Row | None = self.conn.execute("SELECT * FROM runs WHERE run_id = ?", (run_id,)).fetchone()
        return row

    # ---- sites ----

    def upsert_site(
        self,
        site_id: str,
        homepage: str,
        hosts: Sequence[str],
        name: str | None = None,
        area_code: str | None = None,
        platform: str | None = None,
    ) -> None:
        """Add a site or renew what its record says; what was learnt (``browser``, ``checked_at``) stays."""
        with self._noting("sites", site_id):
            self.conn.execute(
                "INSERT INTO sites(site_id, homepage, name, area_code, hosts, platform, browser)"
                " VALUES (?, ?, ?, ?, ?, ?, 'auto') ON CONFLICT(site_id) DO UPDATE SET homepage = excluded.homepage,"
                " name = coalesce(excluded.name, name), area_code = coalesce(excluded.area_code, area_code),"
                " hosts = excluded.hosts, platform = coalesce(excluded.platform, platform)",
                (site_id, homepage, name, area_code, json.dumps(list(hosts)), platform),
            )

    def learn_place(self, site_id: str, name: str, area_code: str | None) -> None:
        """Remember the place that a site's homepage names; what its record says stays."""
        change = "UPDATE sites SET name = coalesce(name, ?), area_code = coalesce(area_code, ?) WHERE site_id = ?"
        with self._noting("sites", site_id):
            self.conn.execute(change, (name, area_code, site_id))

    def site_browser(self, site_id: str) -> str:
        """What is known about a site's need of a browser: ``auto`` (not yet), ``needed`` or ``never``."""
        row = self.conn.execute("SELECT browser FROM sites WHERE site_id = ?", (site_id,)).fetchone()
        return str(row["browser"] or "auto") if row else "auto"

    def learn_browser(self, site_id: str, browser: str) -> None:
        """Remember whether a site needs a browser."""
        change = "UPDATE sites SET browser = ?, checked_at = ? WHERE site_id = ?"
        with self._noting("sites", site_id):
            self.conn.execute(change, (browser, utc_now(), site_id))

    def learn_call(self, site_id: str, page_key: str, call: Mapping[str, object]) -> None:
        """Remember the call that fills a list of a site; ``page_key`` is the key of the list's page."""
        call_id = f"{site_id}:{sha256_hex(page_key.encode())[:16]}"
        with self._noting("list_calls", call_id):
            self.conn.execute(
                "INSERT INTO list_calls(call_id, site_id, page_key, call) VALUES (?, ?, ?, ?)"
                " ON CONFLICT(call_id) DO UPDATE SET call = excluded.call",
                (call_id, site_id, page_key, json.dumps(call, ensure_ascii=False)),
            )

    def learnt_calls(self, site_id: str) -> list[tuple[str, Any]]:
        """The calls that fill lists of a site, each with the key of its page."""
        rows = self.conn.execute(
            "SELECT page_key, call FROM list_calls WHERE site_id = ? ORDER BY call_id", (site_id,)
        )
        return [(row["page_key"], json.loads(row["call"])) for row in rows]

    def sites(self) -> list[sqlite3.Row]:
        """All sites ever crawled."""
        return self.conn.execute("SELECT * FROM sites ORDER BY site_id").fetchall()

    # ---- captures ----

    def add_capture(
        self,
        capture: Capture,
        stored: Stored | None = None,
        capture_id: int | None = None,
        refers_to: str | None = None,
    ) -> int:
        """Add a row for an attempt and return its number.

        Args:
            capture: the attempt.
            stored: where its record lies.
            capture_id: the number that its record says; the next free one by default.
            refers_to: of a revisit, the id of the response whose payload it repeats.
        """
        cursor = self.conn.execute(_INSERT, (*row_values(capture, stored, refers_to), capture_id))
        return int(cursor.lastrowid or 0)

    def next_capture_id(self) -> int:
        """The number of the next capture; only the holder of the write lock may rely on it."""
        return int(self.conn.execute("SELECT coalesce(max(capture_id), 0) + 1 FROM captures").fetchone()[0])

    def has_record(self, record_id: str) -> bool:
        """Whether a record is indexed."""
        return self.conn.execute("SELECT 1 FROM captures WHERE record_id = ?", (record_id,)).fetchone() is not None

    def original_of(self, payload_sha256: str, sha256: str | None, coding: str | None) -> Original | None:
        """An indexed response record whose payload, sent in the same coding, decodes to the same content (``sha256``).

        Servers that compress each answer anew send other bytes for the same page. Of a payload that could not be
        decoded (no ``sha256``), one that holds it byte for byte as sent.
        """
        if sha256 is None:
            return self._original(_SAME_PAYLOAD, payload_sha256)
        return self._original(_SAME_CONTENT, sha256, coding)

    def original_of_kept(self, kept: sqlite3.Row) -> Original | None:
        """The response record that holds the payload of an earlier capture."""
        return self._original(_SAME_RECORD, kept["refers_to"] or kept["record_id"])

    def _original(self, query: str, *values: str | None) -> Original | None:
        row = self.conn.execute(query, values).fetchone()
        return Original(*row) if row else None

    def last_kept(self, url: str) -> sqlite3.Row | None:
        """The newest capture of an address over HTTP that brought content: what an answer 304 stands for.

        Its ``etag`` and ``last_modified`` are what a conditional request sends.
        """
        row: sqlite3.Row | None = self.conn.execute(
            "SELECT * FROM captures WHERE final_url = ? AND via = 'http' AND outcome IN ('ok', 'not_modified')"
            " AND payload_sha256 IS NOT NULL AND truncated IS NULL ORDER BY capture_id DESC LIMIT 1",
            (url,),
        ).fetchone()
        return row

    def documents_by_site(self, run_id: str) -> list[sqlite3.Row]:
        """For each site of a run: how many documents answered, and how many that were there before are gone."""
        return self.conn.execute(
            "SELECT site_id, count(DISTINCT CASE WHEN role = 'document' AND outcome IN ('ok', 'not_modified')"
            " THEN final_url END) AS documents, count(DISTINCT CASE WHEN role = 'document'"
            " AND outcome IN ('gone', 'soft_404') THEN final_url END) AS gone"
            " FROM captures WHERE run_id = ? AND site_id IS NOT NULL GROUP BY site_id ORDER BY site_id",
            (run_id,),
        ).fetchall()

    def last_good_run(self, site_id: str, before: str) -> sqlite3.Row | None:
        """The newest finished run before another that brought documents of a site: ``run_id``, ``documents``."""
        row: sqlite3.Row | None = self.conn.execute(
            "SELECT c.run_id, count(DISTINCT c.final_url) AS documents FROM captures c JOIN runs r USING (run_id)"
            " WHERE c.site_id = ? AND c.role = 'document' AND c.outcome IN ('ok', 'not_modified')"
            " AND r.state = 'finished' AND r.kind = 'crawl' AND c.run_id < ?"
            " GROUP BY c.run_id ORDER BY c.run_id DESC LIMIT 1",
            (site_id, before),
        ).fetchone()
        return row

    def known_addresses(self, site_ids: Sequence[str]) -> list[sqlite3.Row]:
        """Where the sites' documents were found over HTTP, unless they were read and are no reports."""
        marks = ", ".join("?" * len(site_ids))
        return self.conn.execute(
            "SELECT DISTINCT c.site_id, c.final_url AS url, c.role FROM captures c LEFT JOIN documents d USING (sha256)"  # noqa: S608
            f" WHERE c.site_id IN ({marks}) AND c.role = 'document' AND c.via = 'http' AND c.outcome = 'ok'"
            " AND c.http_status = 200 AND (d.sha256 IS NULL OR d.is_report)",
            list(site_ids),
        ).fetchall()

    def captures(self, roles: Sequence[str] = (), run_id: str | None = None) -> Iterator[sqlite3.Row]:
        """Stored captures (those with a record) in order, of the given roles and run or of all."""
        marks = ", ".join("?" * len(roles))
        role_is = f" AND role IN ({marks})" if roles else ""
        run_is = " AND run_id = ?" if run_id else ""
        # Only question marks are put into the statement.
        query = f"SELECT * FROM captures WHERE record_type <> 'metadata'{role_is}{run_is} ORDER BY capture_id"  # noqa: S608
        yield from self.conn.execute(query, [*roles, *([run_id] if run_id else [])])

    def outcomes(self, run_id: str) -> dict[str, int]:
        """How many attempts of a run ended how."""
        rows = self.conn.execute(
            "SELECT outcome, count(*) AS n FROM captures WHERE run_id = ? GROUP BY outcome ORDER BY n DESC",
            (run_id,),
        )
        return {row["outcome"]: row["n"] for row in rows}
