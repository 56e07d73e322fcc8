"""Check an archive byte by byte: capture files, their index, and what was read from them.

Every file of ``warc/`` is compared with the digest that lies beside it and walked member by member; every record's
digests are computed; rows and records are matched one to one and field by field; what a revisit needs must be there;
runs and sites must be as the journal has them; readings must be as they were stored, and reports as they follow from
the readings. Nothing is changed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from importlib import resources
from pathlib import Path

from archive import workdb
from archive.assess import put_together
from archive.capture import ROW, row_values
from archive.indexer import Groups, Image, Indexed
from archive.ingest import row_digest
from archive.ledger import JOURNALED
from archive.salvage import TORN_SUFFIX
from archive.walk import Damage, digest_faults, walk
from archive.warc import OPEN_SUFFIX, Record
from archive.warcwrite import DIGEST_SUFFIX, digest_of
from archive.workdb import WARC_DIR, WORK_DB

MOST_LISTED = 1000  # faults that a report lists; all are counted
BY_REPORT = ("reports", "editions", "verdicts", "copies")
BY_EDITION = ("edition_documents", "cells", "sections", "claims", "findings")
Progress = Callable[[int, int], None]  # bytes done, bytes in all


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it should be.

    ``kind`` is ``file`` (missing, foreign or changed), ``record`` (damaged, or a digest that does not fit), ``index``
    (a row without its record, a record without its row, a row that says something else), ``original`` (of a revisit,
    missing), ``journal``, ``reading``, ``report`` or ``database``. ``where`` names the file and byte, table and row.
    """

    kind: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(slots=True)
class VerifyReport:
    """What a check found. ``faults`` are errors; ``notes`` is what an operator may want to know."""

    files: int = 0
    size: int = 0  # bytes of capture files
    records: int = 0
    captures: int = 0
    readings: int = 0
    reports: int = 0
    n_faults: int = 0
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """True if nothing is wrong."""
        return self.n_faults == 0

    def add(self, kind: str, where: str, what: str) -> None:
        """Note a fault."""
        self.n_faults += 1
        if len(self.faults) < MOST_LISTED:
            self.faults.append(Fault(kind, where, what))

    def as_dict(self) -> dict[str, object]:
        """JSON form."""
        return {"whole": self.whole, **asdict(self)}


def verify(archive_dir: str | os.PathLike[str], progress: Progress | None = None) -> VerifyReport:
    """Check a whole archive.

    Args:
        archive_dir: the archive folder.
        progress: called with (bytes read, bytes in all) after each capture file.

    Raises:
        ArchiveError: there is no archive, its database cannot be opened, or another process writes to it.
    """
    root = Path(archive_dir)
    workdb.open(root).close()  # says in one sentence what is wrong with the folder, and knows older databases
    with workdb.nobody_writes(root), closing(_read_only(root)) as conn:
        report = VerifyReport()
        try:
            if (state := conn.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
                report.add("database", WORK_DB, f"it is damaged ({state}); `nianbao rebuild` makes it again")
            _Check(root, conn, report).run(progress or (lambda done, total: None))
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            report.add("database", WORK_DB, f"it cannot be read ({error}); `nianbao rebuild` makes it again")
    return report


def _read_only(root: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(workdb.read_address(root / WORK_DB), uri=True)
    conn.row_factory = sqlite3.Row
    return conn


@dataclass(slots=True)
class _Check:
    """One check at work."""

    root: Path
    conn: sqlite3.Connection
    report: VerifyReport
    images: dict[tuple[str, str], Image] = field(default_factory=dict)

    def run(self, progress: Progress) -> None:
        folder = self.root / WARC_DIR
        paths = sorted(p for p in folder.iterdir() if p.name.endswith((".warc.gz", ".warc.gz" + OPEN_SUFFIX)))
        total = sum(p.stat().st_size for p in paths)
        for path in paths:
            self._file(path)
            progress(self.report.size, total)
        names = {p.name.removesuffix(OPEN_SUFFIX) for p in paths}
        missing = self._missing_files(names)
        self._other_files(folder, names | missing)
        self._originals()
        self._journal("perhaps in a missing one" if missing else "its journal was written elsewhere")
        self._readings()
        self._reports()

    # ---- capture files ----

    def _file(self, path: Path) -> None:
        name = path.name.removesuffix(OPEN_SUFFIX)
        self.report.files += 1
        self.report.size += path.stat().st_size
        self._whole_file(path)
        groups, expected = Groups(name), self._rows_of(name)
        for record in walk(path):
            if isinstance(record, Damage):
                end = f"{record.offset + record.length}"
                self.report.add("record", f"{name}:{record.offset}", f"{record.reason} (damaged up to byte {end})")
                continue
            self.report.records += 1
            for fault in digest_faults(record):
                self.report.add("record", f"{name}:{record.offset}", fault)
            self._match(name, groups.take(record), expected)
            self._revisit(name, record)
        for main in groups.open_groups.values():
            self.report.add("record", f"{name}:{main.offset}", "the metadata record of this capture is missing")
        for record_id, row in expected.items():
            where = f"captures {row['capture_id']}"
            self.report.add("index", where, f"its record {record_id} is not at {name}:{row['warc_offset']}")

    def _whole_file(self, path: Path) -> None:
        beside = path.with_name(path.name + DIGEST_SUFFIX)
        if path.name.endswith(OPEN_SUFFIX):
            self.report.notes.append(
                f"{path.name} was left open by a run that did not end; --mend closes it, as does the next crawl."
            )
        elif not beside.is_file():
            self.report.notes.append(f"{path.name} has no digest beside it; --mend writes it, as does the next crawl.")
        elif beside.read_bytes() != f"{digest_of(path)}  {path.name}\n".encode("ascii", "replace"):
            self.report.add("file", path.name, f"it is not what {beside.name} says; restore it from a backup")

    def _rows_of(self, name: str) -> dict[str, sqlite3.Row]:
        rows = self.conn.execute("SELECT * FROM captures WHERE warc_file = ?", (name,))
        return {row["record_id"]: row for row in rows}

    def _match(self, name: str, found: Indexed | Image | str | None, expected: dict[str, sqlite3.Row]) -> None:
        if isinstance(found, str):
            self.report.add("record", name, found)
        elif isinstance(found, Image):
            self.images[found.table, found.key] = found
        elif found is not None:
            self._match_capture(name, found, expected)

    def _match_capture(self, name: str, found: Indexed, expected: dict[str, sqlite3.Row]) -> None:
        self.report.captures += 1
        where = f"{name}:{found.stored.offset}"
        row = expected.pop(found.stored.record_id, None)
        if row is None:
            self.report.add("index", where, f"no row of captures points to this record of {found.capture.final_url}")
            return
        wanted = dict(zip(ROW, row_values(found.capture, found.stored, found.refers_to), strict=True))
        if found.capture_id is not None:
            wanted["capture_id"] = found.capture_id
        if wrong := sorted(column for column, value in wanted.items() if row[column] != value):
            columns = ", ".join(wrong)
            self.report.add("index", f"captures {row['capture_id']}", f"it differs from its record in {columns}")

    def _revisit(self, name: str, record: Record) -> None:
        """The payload that a revisit stands for must be in the archive, and be the one that it says."""
        if record.kind != "revisit":
            return
        row = self.conn.execute(
            "SELECT payload_sha256 FROM captures WHERE record_id = ? AND record_type = 'response'",
            (record.uri("warc-refers-to"),),
        ).fetchone()
        if row is None:
            self.report.add("original", f"{name}:{record.offset}", "the capture that it repeats is not in the archive")
        elif record.fields.get("warc-payload-digest") != f"sha256:{row['payload_sha256']}":
            self.report.add("original", f"{name}:{record.offset}", "the capture that it repeats has another payload")

    def _missing_files(self, names: set[str]) -> set[str]:
        missing = set()
        rows = self.conn.execute("SELECT warc_file, count(*) AS n FROM captures GROUP BY warc_file").fetchall()
        for row in rows:
            if row["warc_file"] is None:
                self.report.add("index", "captures", f"{row['n']} row(s) have no record")
            elif row["warc_file"] not in names:
                what = f"the file with {row['n']} capture(s) is missing; restore it from a backup"
                self.report.add("file", row["warc_file"], what)
                missing.add(row["warc_file"])
        return missing

    def _other_files(self, folder: Path, names: set[str]) -> None:
        for path in sorted(folder.iterdir()):
            owner = next((path.name.removesuffix(s) for s in (DIGEST_SUFFIX, TORN_SUFFIX, OPEN_SUFFIX, "")
                          if path.name.removesuffix(s) in names), None)  # fmt: skip
            if owner is None and path.name.endswith(".warc.gz" + DIGEST_SUFFIX):
                missing = path.name.removesuffix(DIGEST_SUFFIX)
                self.report.add("file", missing, "the file is missing; restore it from a backup")
            elif owner is None:
                self.report.add("file", path.name, "it does not belong to the captures; nothing of nianbao made it")
            elif path.name.endswith(TORN_SUFFIX):
                size = path.stat().st_size
                self.report.notes.append(f"{path.name}: {size} bytes behind the last whole capture of a killed run.")

    def _originals(self) -> None:
        """Rows of revisits in files that are missing are told of with their file."""
        orphans = self.conn.execute(
            "SELECT capture_id FROM captures AS c WHERE record_type = 'revisit' AND NOT EXISTS"
            " (SELECT 1 FROM captures AS o WHERE o.record_id = c.refers_to AND o.record_type = 'response')"
        )
        for row in orphans:
            self.report.add("original", f"captures {row['capture_id']}", "the capture that it repeats is not indexed")

    # ---- the work database ----

    def _journal(self, why: str) -> None:
        for table, key in JOURNALED.items():
            rows = {row[key]: dict(row) for row in self.conn.execute(f"SELECT * FROM {table}")}  # noqa: S608 - our names
            for (kind, name), image in self.images.items():
                if kind == table:
                    self._same_row(table, name, rows.pop(name, None), image.row)
            for name in rows:
                self.report.notes.append(f"{table} {name} is in no capture file here; {why}.")

    def _same_row(self, table: str, name: str, row: dict[str, object] | None, image: dict[str, object]) -> None:
        if row is None:
            self.report.add("journal", f"{table} {name}", "the journal has it, the database has not")
            return
        wrong = [column for column, value in image.items() if column in row and row[column] != value]
        # Who finds a run still running closes it, for it is dead; that is known without a journal.
        if table == "runs" and wrong == ["state"] and image["state"] == "running" and row["state"] == "interrupted":
            return
        if wrong:
            self.report.add("journal", f"{table} {name}", f"it differs from the journal in {', '.join(wrong)}")

    def _readings(self) -> None:
        for row in self.conn.execute("SELECT * FROM documents"):
            self.report.readings += 1
            if row["row_sha256"] is not None and row["row_sha256"] != row_digest(dict(row)):
                self.report.add("reading", f"documents {row['sha256']}", "its reading is not what was stored")

    def _reports(self) -> None:
        """Put the reports together again beside the database, and compare every row."""
        row = self.conn.execute("SELECT capture_id FROM assembled").fetchone()
        upto = row["capture_id"] if row else 1 << 62
        waiting = self.conn.execute("SELECT count(*) FROM captures WHERE capture_id > ?", (upto,)).fetchone()[0]
        if waiting:
            self.report.notes.append(f"{waiting} capture(s) wait for `nianbao ingest`.")
        with closing(sqlite3.connect("", isolation_level=None)) as beside:
            beside.row_factory = sqlite3.Row
            beside.executescript(resources.files("archive").joinpath("schema.sql").read_text("utf-8"))
            for table in ("documents", "captures", "runs", "sites"):
                beside.execute(f"DROP TABLE {table}")  # so that the name means the attached one
            beside.execute("ATTACH ? AS work", (workdb.read_address(self.root / WORK_DB),))
            beside.execute(f"CREATE TEMP VIEW captures AS SELECT * FROM work.captures WHERE capture_id <= {upto:d}")  # noqa: S608
            try:
                self.report.reports = put_together(beside)
            except (ValueError, KeyError, TypeError) as error:
                self.report.add("report", "documents", f"no reports can be put together from the readings ({error})")
                return
            for table in (*BY_REPORT, *BY_EDITION):
                for name, rows in _differing(beside, table):
                    self.report.add("report", f"{table} of {name}", f"{rows} row(s) do not follow from the readings")


def _differing(conn: sqlite3.Connection, table: str) -> Iterator[tuple[str, int]]:
    """Reports or editions (by id) with rows that only one of the two databases has, and how many."""
    owner = "report_id" if table in BY_REPORT else "edition_id"
    query = f"""
        SELECT {owner}, count(*) FROM (
          SELECT * FROM (SELECT * FROM main.{table} EXCEPT SELECT * FROM work.{table})
          UNION ALL SELECT * FROM (SELECT * FROM work.{table} EXCEPT SELECT * FROM main.{table})
        ) GROUP BY {owner} ORDER BY {owner}"""  # noqa: S608 - our own names
    yield from conn.execute(query).fetchall()
