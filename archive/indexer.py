"""Index what capture files hold: the one way back from WARC records to rows, for salvage, rebuild and verify.

A capture is a group of records: the response, revisit or resource, and the metadata record that is concurrent to it
and holds the row. An attempt that brought nothing is a metadata record of its own. Rows of ``runs`` and ``sites``
are in the journal: metadata records under an address of ours, the last image of a row being the row. Last is what
stands last in the files by name, not by any clock: names never go back (``archive.warcwrite``), clocks do.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime

from archive.capture import Capture
from archive.ledger import JOURNAL, JOURNALED, Ledger
from archive.warc import Record
from archive.warcwrite import Stored

CAPTURE_KINDS = frozenset({"response", "revisit", "resource"})


@dataclass(frozen=True, slots=True)
class Indexed:
    """What a group of records says of one attempt: its row, where its record lies, its number, what it refers to."""

    capture: Capture
    stored: Stored
    capture_id: int | None
    refers_to: str | None


@dataclass(frozen=True, slots=True)
class Image:
    """A row of ``runs`` or ``sites`` as it was at a moment."""

    table: str
    key: str
    row: dict[str, object]


@dataclass(slots=True)
class Groups:
    """Takes the records of one file in order and gives what each finished group says.

    After the last record ``open_groups`` holds the captures whose metadata never came.
    """

    warc_file: str
    open_groups: dict[str, Record] = field(default_factory=dict)

    def take(self, record: Record) -> Indexed | Image | str | None:
        """An attempt, a journal image, None while a group is open or for other records, or what is wrong with it."""
        if record.kind in CAPTURE_KINDS:
            # Without its block: a group may wait for its metadata behind large records.
            self.open_groups[record.uri("warc-record-id")] = Record(record.fields, b"", record.offset, record.length)
        if record.kind != "metadata":
            return None
        if record.uri("warc-target-uri").startswith(JOURNAL):
            return _image(record)
        about = record.uri("warc-concurrent-to")
        main = self.open_groups.pop(about, None) if about else record
        if main is None:
            return f"its metadata record at {record.offset} belongs to no capture"
        return self._attempt(main, record)

    def _attempt(self, main: Record, metadata: Record) -> Indexed | str:
        notes = metadata.notes()
        try:
            capture = Capture.from_notes(notes)
            number = int(notes["capture-id"]) if "capture-id" in notes else None
        except (KeyError, ValueError) as error:
            return f"its metadata record at {metadata.offset} is not whole ({error})"
        stored = Stored(self.warc_file, main.offset, main.length, main.uri("warc-record-id"), main.kind)
        refers_to = main.uri("warc-refers-to") or None
        return Indexed(capture, stored, number, refers_to)


def _image(record: Record) -> Image | str:
    try:
        notes = record.notes()
        table, row = notes["table"], dict(json.loads(notes["row"]))
        return Image(table, str(row[JOURNALED[table]]), row)
    except (ValueError, KeyError, TypeError) as error:
        return f"its journal record at {record.offset} is not whole ({error})"


@dataclass(slots=True)
class Indexer:
    """Writes to the ledger what groups say and it lacks. ``added`` counts captures, ``problems`` are sentences."""

    ledger: Ledger
    added: int = 0
    problems: list[str] = field(default_factory=list)

    def take(self, warc_file: str, found: Indexed | Image | str | None) -> None:
        """Index one thing that ``Groups.take`` gave."""
        if isinstance(found, str):
            self.problems.append(f"{warc_file}: {found}; it is left alone.")
        elif isinstance(found, Image):
            self._restore(warc_file, found)
        elif found is not None and not self.ledger.has_record(found.stored.record_id):
            self._add(found)

    def _restore(self, warc_file: str, image: Image) -> None:
        try:
            self.ledger.restore(image.table, image.row)
        except (KeyError, sqlite3.Error) as error:
            self.problems.append(f"{warc_file}: the journal of {image.key} does not fit ({error}); it is left alone.")

    def _add(self, found: Indexed) -> None:
        self._ensure_run(found.capture.run_id)
        number = found.capture_id
        taken = "SELECT 1 FROM captures WHERE capture_id = ?"
        if number is not None and self.ledger.conn.execute(taken, (number,)).fetchone():
            number = None  # captures of two archives in one folder
        self.ledger.add_capture(found.capture, found.stored, number, found.refers_to)
        self.added += 1

    def _ensure_run(self, run_id: str) -> None:
        """Captures without the journal of their run (its file is lost) still belong to a run."""
        if self.ledger.run(run_id) is None:
            kind = run_id.split("-")[1] if run_id.count("-") >= 2 else "crawl"
            self.ledger.conn.execute(
                "INSERT INTO runs(run_id, kind, started_at, state, args) VALUES (?, ?, ?, 'interrupted', '{}')",
                (run_id, kind, run_start(run_id)),
            )


def run_start(run_id: str) -> str:
    """When a run began, from its id; the epoch if the id is none of ours."""
    try:
        began = datetime.strptime(run_id.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        began = datetime.fromtimestamp(0, UTC)
    return began.strftime("%Y-%m-%dT%H:%M:%SZ")
