"""Corrections: what a number should be, kept apart from what is printed, with reason, author and evidence.

They are rows of ``corrections.csv`` in the archive folder, and of the file of that name in this package:
``report_id``, ``key``, ``old`` and ``new`` (numbers; empty for none), ``why``, ``who``, ``evidence`` (an address or a
document's place) and ``date``. A correction never changes a reading: the printed value stays, the corrected one stands
beside it. It is used only while the current edition still says ``old``; one that is not used is reported with the
reason.
"""

from __future__ import annotations

import csv
import re
import sqlite3
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from archive.workdb import ArchiveError

FILE = "corrections.csv"
COLUMNS = ("report_id", "key", "old", "new", "why", "who", "evidence", "date")
_SPREADSHEET_DAY = re.compile(r"^(\d{4})/(\d{1,2})/(\d{1,2})$")  # how a spreadsheet saves a day


def _iso(found: re.Match[str]) -> str:
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"


Number = Annotated[float | None, BeforeValidator(lambda text: None if text == "" else text)]
Day = Annotated[date, BeforeValidator(lambda text: _SPREADSHEET_DAY.sub(_iso, text))]
Text = Annotated[str, Field(min_length=1, max_length=2000)]


class Correction(BaseModel):
    """One row of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    report_id: Text
    key: Text
    old: Number
    new: Number
    why: Text
    who: Text
    evidence: Text
    date: Day


class Settled(NamedTuple):
    """A correction beside the current edition: ``state`` is ``used`` or says why it is not."""

    correction: Correction
    state: str

    @property
    def sentence(self) -> str:
        """For an operator: which correction is not used, and why."""
        c = self.correction
        return f"The correction of {c.key} in {c.report_id} is not used: {UNUSED[self.state]}."


UNUSED = {
    "no_report": "there is no such report",
    "no_cell": "the current edition has no such cell",
    "old_differs": "the current edition does not say the old value (any more)",
    "already_so": "the current edition says the new value already",
}


def load_corrections(archive_dir: Path) -> list[Correction]:
    """The corrections that come with the package and those of an archive; of two of one number the archive's.

    Raises:
        ArchiveError: a file or a row of it cannot be used; the sentence names file and line.
    """
    found = read_corrections(resources.files("archive").joinpath("data", FILE))
    if (own := archive_dir / FILE).exists():
        found |= read_corrections(own)
    return list(found.values())


def read_corrections(path: Traversable) -> dict[tuple[str, str], Correction]:
    """The corrections of one file, by report and key. Raises ArchiveError, see ``load_corrections``."""
    found: dict[tuple[str, str], Correction] = {}
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ArchiveError(f"{path} cannot be read ({error}); save it as CSV in UTF-8.") from error
    reader = csv.DictReader(text.splitlines(), strict=True)
    try:
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ArchiveError(f"{path}: its columns must be {', '.join(COLUMNS)}.")
        for row in reader:
            one = Correction.model_validate(row)
            if one.old == one.new:
                raise ArchiveError(f"{path}, line {reader.line_num}: old and new are the same.")
            if (one.report_id, one.key) in found:
                raise ArchiveError(f"{path}, line {reader.line_num}: {one.key} is corrected twice.")
            found[one.report_id, one.key] = one
    except (ValidationError, csv.Error) as error:
        what = str(error)
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise ArchiveError(f"{path}, line {reader.line_num}: {what}.") from error
    return found


def settle(conn: sqlite3.Connection, corrections: list[Correction]) -> list[Settled]:
    """Hold corrections against the current editions of a public database (``reports`` and the view ``cells``)."""
    return [Settled(one, _state(conn, one)) for one in corrections]


def _state(conn: sqlite3.Connection, one: Correction) -> str:
    if conn.execute("SELECT 1 FROM reports WHERE report_id = ?", (one.report_id,)).fetchone() is None:
        return "no_report"
    row = conn.execute(
        "SELECT value FROM cells WHERE report_id = ? AND key = ? AND is_current", (one.report_id, one.key)
    ).fetchone()
    if row is None:
        return "no_cell"
    if row[0] == one.old:
        return "used"
    return "already_so" if row[0] == one.new else "old_differs"
