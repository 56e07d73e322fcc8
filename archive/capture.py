"""What is known of one attempt to fetch something: the row of ``captures``, and its notes in the WARC file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any

from archive.outcomes import Outcome
from archive.warcwrite import Stored, is_plain, one_line


@dataclass(frozen=True, slots=True)
class Capture:
    """One attempt to fetch something, stored or not: a row of ``captures`` before it has a number.

    ``sha256`` and ``size`` are of the decoded payload, ``payload_sha256`` of the payload as stored. The place in
    the WARC file is given by ``stored`` when the row is added.
    """

    run_id: str
    url: str
    final_url: str
    role: str
    fetched_at: str
    outcome: Outcome
    via: str
    site_id: str | None = None
    referrer: str | None = None
    anchor: str | None = None
    http_status: int | None = None
    media_type: str | None = None
    sha256: str | None = None
    size: int | None = None
    payload_sha256: str | None = None
    vantage: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    detail: str | None = None
    coding: str | None = None
    truncated: str | None = None

    def cleaned(self) -> Capture:
        """The same with every text on one line, as the WARC metadata record can hold it."""
        if is_plain([value for value in _values(self) if type(value) is str]):
            return self
        changed = {name: one_line(value) for name, value in self.columns().items() if type(value) is str}
        return replace(self, **changed)  # type: ignore[arg-type]  # of texts, by their names

    def notes(self) -> list[tuple[str, str]]:
        """What the WARC metadata record holds, so that the row can be rebuilt from the captures alone."""
        return [(note, str(value)) for note, value in zip(_NOTES.values(), _values(self), strict=True)
                if value is not None]  # fmt: skip

    def columns(self) -> dict[str, object]:
        """Its columns with their values; ``dataclasses.asdict`` copies deeply, which is felt at each page."""
        return dict(zip(_NOTES, _values(self), strict=True))

    @classmethod
    def from_notes(cls, notes: Mapping[str, str]) -> Capture:
        """The capture that ``notes`` were made of. Raises KeyError or ValueError if they are not whole."""
        values: dict[str, Any] = {name: notes[note] for name, note in _NOTES.items() if note in notes}
        for name in ("http_status", "size"):
            if name in values:
                values[name] = int(values[name])
        values["outcome"] = Outcome(values["outcome"])
        try:
            return cls(**values)
        except TypeError as error:
            raise KeyError(str(error)) from error


_NOTES = {f.name: f.name.replace("_", "-") for f in fields(Capture)}  # a column, and its name in the metadata record
_values: Callable[[Capture], tuple[Any, ...]] = attrgetter(*_NOTES)


ROW = (*_NOTES, "warc_file", "warc_offset", "warc_length", "record_type", "record_id", "refers_to")


def row_values(capture: Capture, stored: Stored | None, refers_to: str | None) -> tuple[object, ...]:
    """The row of ``captures`` for an attempt, without its number; its columns are ``ROW``."""
    if stored is None:
        return *_values(capture), None, None, None, None, None, refers_to
    return (
        *_values(capture), stored.warc_file, stored.offset, stored.length, stored.record_type, stored.record_id,
        refers_to,
    )  # fmt: skip
