"""Publish: the work database becomes the public database, swapped in whole or not at all.

The new file is written beside the old one under a name of its own, checked, flushed to disk and renamed over it. A
failure or a kill at any moment leaves the old one as it was; the next build clears what a killed one left.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from importlib import metadata, resources
from pathlib import Path

from archive import pinyin, search, words
from archive.codebook import field_rows, rule_rows
from archive.corrections import Correction, load_corrections, settle
from archive.coverage import coverage
from archive.deadlines import basis, deadline
from archive.derived import fill_derived
from archive.divisions import division_rows
from archive.indicators import fill_highlights
from archive.jumps import jumps
from archive.rates import reading_errors
from archive.revisions import add_revisions
from archive.rewordings import rewordings
from archive.wide import WIDE_TABLES, fill_wide
from archive.workdb import PUBLIC_DB, WORK_DB, ArchiveError, error_class
from parsers.claimrules import load_rules
from parsers.stamp import stamp

BUILDING = PUBLIC_DB + ".building"
Progress = Callable[[str, int, int], None]  # step in words, steps done, steps in all


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What a publication holds."""

    path: str
    built_at: str
    reports: int
    cells: int  # printed numbers of current editions, those with an inferred place included
    findings: int  # checks that failed
    size: int  # bytes
    unused_corrections: tuple[str, ...] = ()  # a sentence each

    def as_dict(self) -> dict[str, object]:
        """JSON form."""
        return asdict(self)


def build(
    archive_dir: str | os.PathLike[str], progress: Progress | None = None, contact: str | None = None
) -> BuildSummary:
    """Make ``public.db`` of an archive folder from its ``work.db``.

    Args:
        archive_dir: the archive folder.
        progress: called before each step.
        contact: e-mail or web address for reports of errors, shown on the site (``serve`` may name another).

    Returns:
        what the new publication holds.

    Raises:
        ArchiveError: there is nothing to publish, it does not fit together, or it cannot be written. The public
            database that was there before is untouched.
    """
    root = Path(archive_dir)
    if not (root / WORK_DB).is_file():
        raise ArchiveError(f"There is nothing to publish: no {WORK_DB} in {root}; run `nianbao crawl` first.")
    with _building(root) as target:
        try:
            summary = _write(root, target, progress or _silent, datetime.now(UTC), contact)
        except sqlite3.Error as error:
            raise error_class(error)(
                f"The public database could not be built ({error}); {root / PUBLIC_DB} is unchanged. "
                "Check the free space, and run `nianbao ingest` if the work database is old."
            ) from error
        _flush(target)
        target.replace(root / PUBLIC_DB)
        _flush(root)
    return summary


def _silent(step: str, done: int, total: int) -> None:
    return None


@contextmanager
def _building(root: Path) -> Iterator[Path]:
    """The file being built, empty, held by this process alone; gone afterwards unless it was renamed."""
    target = root / BUILDING
    try:
        handle = target.open("ab")
    except OSError as error:
        raise ArchiveError(f"{target} cannot be written ({error.strerror}).") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ArchiveError(f"Another `nianbao build` is at work in {root}; wait until it is done.") from error
        handle.truncate(0)
        try:
            yield target
        finally:
            target.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(root: Path, target: Path, progress: Progress, now: datetime, contact: str | None) -> BuildSummary:
    unused: list[str] = []
    corrections = load_corrections(root)  # a fault in them is told at once, not after the work
    built_at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    with closing(_connect(root, target)) as conn:
        steps: list[tuple[str, Callable[[], None]]] = [
            ("表结构", lambda: _run(conn, "public_schema.sql")),
            ("指标、规则与行政区划", lambda: _fill_codebook(conn)),
            ("报告、单元格与正文", lambda: _run(conn, "public_fill.sql")),
            ("统计宽表", lambda: _fill_wide(conn)),
            ("版本与更正", lambda: unused.extend(_fill_versions(conn, corrections))),
            ("收录情况", lambda: _fill_coverage(conn, now.date())),
            ("异常变动与数据修订", lambda: _fill_analyses(conn, root, built_at)),
            ("索引", lambda: _index(conn)),
            ("检查", lambda: _check(conn)),
        ]
        for done, (name, step) in enumerate(steps):
            progress(name, done, len(steps))
            step()
        counts = _counts(conn)
        _fill_about(conn, built_at, counts, contact)
        _count_rows(conn)
        conn.commit()
        conn.execute("DETACH work")
        conn.execute("ANALYZE")
        conn.commit()
        progress("完成", len(steps), len(steps))
    size = target.stat().st_size
    return BuildSummary(str(root / PUBLIC_DB), built_at, **counts, size=size, unused_corrections=tuple(unused))


def _connect(root: Path, target: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(f"{target.absolute().as_uri()}?mode=rw", uri=True)
    conn.row_factory = sqlite3.Row
    # Nobody sees this file before it is whole, so it needs no journal; _flush makes it durable at the end.
    conn.executescript("PRAGMA page_size=8192; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
    conn.execute("ATTACH ? AS work", (f"{(root / WORK_DB).absolute().as_uri()}?mode=ro",))
    conn.create_function("deadline", 3, deadline, deterministic=True)
    conn.create_function("deadline_reason", 3, lambda *who: words.word("deadline", basis(*who)), deterministic=True)
    conn.create_function("base_rule", 1, lambda rule: rule.split(".")[0], deterministic=True)
    conn.create_function("pinyin", 1, pinyin.letters, deterministic=True)
    conn.create_function("initials", 1, pinyin.initials, deterministic=True)
    conn.create_function("spread", 1, search.spread, deterministic=True)
    return conn


def _run(conn: sqlite3.Connection, name: str) -> None:
    conn.executescript(resources.files("archive").joinpath(name).read_text("utf-8"))


def _fill_codebook(conn: sqlite3.Connection) -> None:
    _insert(conn, "statuses", [
        (n, name, *s.label, *s.meaning) for n, (name, s) in enumerate(words.statuses().items(), start=1)
    ])  # fmt: skip
    _insert(conn, "fields", [(n, *row) for n, row in enumerate(field_rows(), start=1)])
    _insert(conn, "rules", rule_rows())
    _insert(conn, "claim_kinds", [(rule.kind, rule.zh, rule.en, rule.unit) for rule in load_rules().claims])
    _insert(conn, "divisions", division_rows(conn))


def _fill_wide(conn: sqlite3.Connection) -> None:
    for name in WIDE_TABLES:
        fill_wide(conn, name)
    fill_highlights(conn)


def _fill_versions(conn: sqlite3.Connection, given: list[Correction]) -> list[str]:
    """Changes of wording, and corrections beside the current editions; returns what to say of unused ones."""
    _insert(conn, "text_changes", list(rewordings(conn)))
    settled = settle(conn, given)
    _insert(conn, "corrections", [
        (c.report_id, c.key, c.old, c.new, c.why, c.who, c.evidence, c.date.isoformat(), state) for c, state in settled
    ])  # fmt: skip
    return [one.sentence for one in settled if one.state != "used"]


def _fill_coverage(conn: sqlite3.Connection, today: date) -> None:
    _insert(conn, "coverage", list(coverage(conn, today)))


def _fill_analyses(conn: sqlite3.Connection, root: Path, built_at: str) -> None:
    fill_derived(conn)
    _insert(conn, "jumps", list(jumps(conn)))
    _insert(conn, "reading_errors", reading_errors())
    add_revisions(conn, root / PUBLIC_DB, built_at)


def _index(conn: sqlite3.Connection) -> None:
    """An index for each facet that Datasette counts, and for the place that people filter by."""
    tables = _tables(conn)
    for name, about in words.tables().items():
        first = {row[0] for row in conn.execute(_FIRST_COLUMNS, [name])}
        there = {row[0] for row in conn.execute("SELECT name FROM pragma_table_info(?)", [name])}
        for column in (*about.facets, "area_code") if name in tables else ():
            if column in there - first:
                conn.execute(f'CREATE INDEX main."facet_{name}_{column}" ON "{name}"("{column}")')


def _tables(conn: sqlite3.Connection) -> list[str]:
    sql = "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
    return [row[0] for row in conn.execute(sql)]


def _count_rows(conn: sqlite3.Connection) -> None:
    counts = [(name, conn.execute(f'SELECT count(*) FROM main."{name}"').fetchone()[0]) for name in _tables(conn)]  # noqa: S608
    _insert(conn, "_row_counts", counts)


# The first column of each index of a table.
_FIRST_COLUMNS = "SELECT i.name FROM pragma_index_list(?) AS l, pragma_index_info(l.name) AS i WHERE i.seqno = 0"


def _insert(conn: sqlite3.Connection, table: str, rows: Sequence[Sequence[object]]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        conn.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - our own table names


def _check(conn: sqlite3.Connection) -> None:
    """Refuse to publish less than was read, or links that lead nowhere."""
    for what, table, current in (
        ("cells", "_cells", ""), ("reports", "reports", ""), ("captures", "captures", ""),
        ("findings", "findings", "WHERE edition_id IN (SELECT edition_id FROM editions WHERE is_current)"),
    ):  # fmt: skip
        there = conn.execute(f"SELECT count(*) FROM work.{what} {current}").fetchone()[0]  # noqa: S608
        here = conn.execute(f"SELECT count(*) FROM main.{table}").fetchone()[0]  # noqa: S608
        if here != there:
            raise ArchiveError(
                f"The work database holds {there} {what}, but {here} of them fit the forms and reports of this "
                "version; run `nianbao ingest` and build again. The old publication is unchanged."
            )
    if broken := conn.execute("PRAGMA main.foreign_key_check").fetchone():
        raise ArchiveError(f"A row of {broken[0]} refers to no row of {broken[2]}; run `nianbao ingest` again.")
    if (state := conn.execute("PRAGMA main.quick_check(1)").fetchone()[0]) != "ok":
        raise ArchiveError(f"The new public database is damaged ({state}); check the disk and build again.")


def _counts(conn: sqlite3.Connection) -> dict[str, int]:
    row = conn.execute("SELECT count(*), total(n_printed), total(n_findings) FROM reports").fetchone()
    return {"reports": row[0], "cells": int(row[1]), "findings": int(row[2])}


def _fill_about(conn: sqlite3.Connection, built_at: str, counts: dict[str, int], contact: str | None) -> None:
    years = conn.execute("SELECT json_group_array(DISTINCT year) FROM reports WHERE year IS NOT NULL").fetchone()[0]
    facts = {
        "built_at": built_at, "version": metadata.version("nianbao"), "stamp": stamp(),
        "years": json.dumps(sorted(json.loads(years))), **{k: str(v) for k, v in counts.items()},
        **({"contact": contact} if contact else {}),
    }  # fmt: skip
    _insert(conn, "about", list(facts.items()))
