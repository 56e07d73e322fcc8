"""The frontier: what a run still has to fetch, as a table with leases.

A row is ``waiting``, ``leased`` (somebody fetches it until ``leased_until``), ``done``, ``failed`` or
``dropped``. A row is done only after its capture is stored and indexed, and the links found on it are added in
the same transaction: a kill at any moment loses nothing and at worst fetches a page twice, one of each site. In a
crawl the pages of many sites are committed together, a few times a second (``crawler.committing``).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from archive.outcomes import Outcome
from archive.workdb import changes, commit


@dataclass(frozen=True, slots=True)
class Task:
    """One URL to fetch. ``key`` is what makes it the same URL (its canonical form, or that plus a mode)."""

    key: str
    url: str
    site_id: str
    role: str
    priority: int
    depth: int = 0
    referrer: str | None = None
    anchor: str | None = None
    meta: dict[str, object] = field(default_factory=dict)
    attempts: int = 0


def _at(seconds: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Frontier:
    """The frontier of one run.

    While ``grouped`` is set changes wait for ``commit``, with one exception: a site's next task is not given out before
    its last one is committed, so that a kill makes no site fetch two pages again.
    """

    def __init__(self, conn: sqlite3.Connection, run_id: str) -> None:
        self._conn = conn
        self.run_id = run_id
        self.grouped = False
        self._waiting: set[str] = set()  # sites with a task whose end is not committed yet

    def commit(self) -> None:
        """Commit what waits, rows of captures with it."""
        commit(self._conn)
        self._waiting.clear()

    def add(self, tasks: Iterable[Task]) -> int:
        """Add tasks that are not known yet to this run; return how many were new."""
        with self._changes():
            return self._insert(tasks)

    def claim(self, site_id: str, lease_seconds: float) -> Task | None:
        """Lease a site's most wanted task, or None if it has none or one of its tasks is being fetched.

        One task a site at a time is what keeps the crawl polite, however many processes claim. A task whose
        lease ran out counts as waiting.
        """
        now = _at()
        with self._changes(commit=site_id in self._waiting):
            row = self._conn.execute(_NEXT, {"run": self.run_id, "site": site_id, "now": now}).fetchone()
            if row is None:
                return None
            self._conn.execute(
                "UPDATE frontier SET state = 'leased', leased_until = ?, attempts = attempts + 1"
                " WHERE run_id = ? AND url_key = ?",
                (_at(lease_seconds), self.run_id, row["url_key"]),
            )
        return _task(row)

    def finish(self, key: str, outcome: Outcome, found: Iterable[Task] = ()) -> None:
        """Mark a task as done (or failed, by its outcome) and add what was found on it, both or neither."""
        state = "done" if outcome.stored or outcome is Outcome.REDIRECT else "failed"
        with self._changes():
            self._insert(found)
            done = self._conn.execute(
                "UPDATE frontier SET state = ?, outcome = ?, leased_until = NULL WHERE run_id = ? AND url_key = ?"
                " RETURNING site_id",
                (state, outcome, self.run_id, key),
            )
            self._waiting.update(row["site_id"] for row in done.fetchall())

    def drop_waiting(self, site_id: str, below_priority: int = 1_000_000) -> int:
        """Give up a site's waiting tasks of lower priority: what they lead to is found, or it is enough."""
        cursor = self._conn.execute(
            "UPDATE frontier SET state = 'dropped' WHERE run_id = ? AND site_id = ? AND state = 'waiting'"
            " AND priority < ?",
            (self.run_id, site_id, below_priority),
        )
        return cursor.rowcount

    def drop(self, key: str) -> None:
        """Give up one leased task that is not worth fetching any more; it does not count as begun."""
        self._conn.execute(
            "UPDATE frontier SET state = 'dropped', leased_until = NULL, attempts = attempts - 1"
            " WHERE run_id = ? AND url_key = ?",
            (self.run_id, key),
        )

    def known(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys that this run has a task for already, whatever became of it."""
        query = "SELECT 1 FROM frontier WHERE run_id = ? AND url_key = ?"
        return {key for key in keys if self._conn.execute(query, (self.run_id, key)).fetchone()}

    def release_leases(self) -> int:
        """Put leased tasks back: for the start of a run that was interrupted (its holder is gone)."""
        cursor = self._conn.execute(
            "UPDATE frontier SET state = 'waiting', leased_until = NULL WHERE run_id = ? AND state = 'leased'",
            (self.run_id,),
        )
        return cursor.rowcount

    def take_over(self, old_run: str, transient: Sequence[Outcome]) -> int:
        """Copy what an earlier run left open or failed for passing reasons; return how many tasks."""
        marks = ", ".join("?" * len(transient))
        cursor = self._conn.execute(
            "INSERT OR IGNORE INTO frontier(url_key, run_id, url, site_id, depth, priority, role, referrer, anchor,"  # noqa: S608
            " meta, state) SELECT url_key, ?, url, site_id, depth, priority, role, referrer, anchor, meta, 'waiting'"
            " FROM frontier WHERE run_id = ? AND (state IN ('waiting', 'leased')"
            f" OR (state = 'failed' AND outcome IN ({marks})))",
            [self.run_id, old_run, *transient],
        )
        return cursor.rowcount

    def site_ids(self) -> list[str]:
        """The sites that have tasks."""
        rows = self._conn.execute("SELECT DISTINCT site_id FROM frontier WHERE run_id = ?", (self.run_id,))
        return [row["site_id"] for row in rows]

    def spent(self) -> dict[str, int]:
        """How many tasks of each site were begun so far."""
        rows = self._conn.execute(
            "SELECT site_id, count(*) AS n FROM frontier WHERE run_id = ? AND attempts > 0 GROUP BY site_id",
            (self.run_id,),
        )
        return {row["site_id"]: row["n"] for row in rows}

    def counts(self) -> dict[str, int]:
        """How many tasks are in which state."""
        rows = self._conn.execute(
            "SELECT state, count(*) AS n FROM frontier WHERE run_id = ? GROUP BY state", (self.run_id,)
        )
        return {row["state"]: row["n"] for row in rows}

    @contextmanager
    def _changes(self, commit: bool = False) -> Iterator[None]:
        """A change of the table, committed at its end unless the frontier is grouped; ``commit`` insists on it."""
        with changes(self._conn, commit=False):
            yield
            if commit or not self.grouped:
                self.commit()

    def _insert(self, tasks: Iterable[Task]) -> int:
        cursor = self._conn.executemany(
            "INSERT OR IGNORE INTO frontier(url_key, run_id, url, site_id, depth, priority, role, referrer, anchor,"
            " meta, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting')",
            [
                (_storable(t.key), self.run_id, _storable(t.url), t.site_id, t.depth, t.priority, t.role,
                 _storable(t.referrer), _storable(t.anchor), _storable(json.dumps(t.meta, ensure_ascii=False)))
                for t in tasks
            ],
        )  # fmt: skip
        return max(cursor.rowcount, 0)


def _storable(text: str | None) -> str | None:
    """Text as SQLite takes it: a list in JSON may hold half of a surrogate pair, which would undo what waits."""
    return text and text.encode("utf-8", "replace").decode()


# Without statistics SQLite would walk the whole run by its primary key: 53 ms instead of 0.1 ms at 285,000 tasks.
_NEXT = """
SELECT * FROM frontier INDEXED BY frontier_site
WHERE run_id = :run AND site_id = :site AND state IN ('waiting', 'leased')
  AND (state = 'waiting' OR leased_until <= :now)
  AND NOT EXISTS (
    SELECT 1 FROM frontier AS other INDEXED BY frontier_site
    WHERE other.run_id = :run AND other.site_id = :site AND other.state = 'leased' AND other.leased_until > :now
  )
ORDER BY priority DESC, depth, url_key LIMIT 1
"""


def _task(row: sqlite3.Row) -> Task:
    return Task(
        key=row["url_key"], url=row["url"], site_id=row["site_id"], role=row["role"], priority=row["priority"],
        depth=row["depth"], referrer=row["referrer"], anchor=row["anchor"], meta=json.loads(row["meta"] or "{}"),
        attempts=row["attempts"] + 1,
    )  # fmt: skip
