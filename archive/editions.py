"""Readings -> reports and their editions.

Documents of one organ, year and scope are one report. Of its documents, those that say the same belong to one
edition (HTML, PDF and Word of one report do). A document at an address where the report was seen before, with other
numbers or another text, is the next edition: it supersedes, and the earlier one stays readable.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlite_utils

from archive.identity import ReportKey, place_names, report_id, report_key

Result = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A document at one address: when it was first and last seen there."""

    url: str
    first_seen: str
    last_seen: str


@dataclass(slots=True)
class Reading:
    """A document that is a report, with what was read and everywhere it was seen, earliest first."""

    sha256: str
    stamp: str
    media_type: str | None
    result: Result
    sightings: list[Sighting] = field(default_factory=list)

    @property
    def first_seen(self) -> str:
        """Time of the first capture."""
        return min(s.first_seen for s in self.sightings)

    @property
    def known(self) -> int:
        """How many cells have a number."""
        return sum(c["value"] is not None for c in self.result["cells"].values())


def assemble(conn: sqlite3.Connection) -> int:
    """Bring reports and editions in line with the documents, writing only what changed. Returns how many reports."""
    groups: dict[ReportKey, list[Reading]] = defaultdict(list)
    for reading in _readings(conn):
        groups[report_key(reading.result, reading.sha256)].append(reading)
    before = dict(conn.execute("SELECT report_id, signature FROM reports").fetchall())
    ids = set()
    for key, readings in groups.items():
        readings.sort(key=lambda r: (r.first_seen, -r.known, r.sha256))
        one = report_id(key, readings[0].result.get("organ_kind"))
        ids.add(one)
        signature = _signature(readings)
        if before.get(one) != signature:
            _write(conn, one, key, readings, signature)
    for gone in before.keys() - ids:
        with sqlite_utils.Database(conn).atomic():
            _forget(conn, gone)
    return len(ids)


def _readings(conn: sqlite3.Connection) -> Iterable[Reading]:
    sightings: dict[str, list[Sighting]] = defaultdict(list)
    for row in conn.execute(
        """SELECT sha256, final_url, min(fetched_at), max(fetched_at) FROM captures
           WHERE sha256 IS NOT NULL AND sha256 IN (SELECT sha256 FROM documents WHERE is_report)
           GROUP BY sha256, final_url ORDER BY min(capture_id)"""
    ):
        sightings[row[0]].append(Sighting(*row[1:]))
    for row in conn.execute("SELECT sha256, stamp, media_type, result FROM documents WHERE is_report"):
        if row["sha256"] in sightings:
            result = json.loads(row["result"])
            yield Reading(row["sha256"], row["stamp"], row["media_type"], result, sightings[row["sha256"]])


def _signature(readings: list[Reading]) -> str:
    digest = hashlib.sha256()
    for r in readings:
        digest.update(f"{r.sha256}|{r.stamp}|{r.sightings}\n".encode())
    return digest.hexdigest()[:16]


def split_editions(readings: list[Reading]) -> list[list[Reading]]:
    """Documents of one report, earliest first -> its editions, earliest first."""
    editions: list[list[Reading]] = []
    for reading in readings:
        home = next((e for e in reversed(editions) if not _supersedes(reading, e)), None)
        if home is None:
            editions.append([reading])
        else:
            home.append(reading)
    return editions


def _supersedes(later: Reading, edition: list[Reading]) -> bool:
    """Whether a document replaced one of an edition: same address, and other numbers or another text."""
    urls = {s.url for s in later.sightings}
    return any(
        urls & {s.url for s in earlier.sightings} and (_disagree(earlier, later) or _text(earlier) != _text(later))
        for earlier in edition
    )


def _disagree(one: Reading, two: Reading) -> list[str]:
    """Keys of the cells that both have a number for, but not the same."""
    first, second = one.result["cells"], two.result["cells"]
    return [
        key for key, cell in first.items()
        if key in second and None not in (cell["value"], second[key]["value"]) and cell["value"] != second[key]["value"]
    ]  # fmt: skip


def _text(reading: Reading) -> str:
    return "".join("".join(s["text"].split()) for s in reading.result["sections"])


def _write(conn: sqlite3.Connection, one: str, key: ReportKey, readings: list[Reading], signature: str) -> None:
    """Replace one report with everything under it, in one transaction."""
    db = sqlite_utils.Database(conn)
    main = max(readings, key=lambda r: r.known).result
    with db.atomic():
        _forget(conn, one)
        db.table("reports").insert({
            "report_id": one, "area_code": key.area_code, **place_names(key.area_code, key.year),
            "organ": key.organ, "organ_kind": main.get("organ_kind"), "admin_level": main.get("admin_level"),
            "scope": key.scope, "year": key.year, "signature": signature,
        })  # fmt: skip
        for ordinal, documents in enumerate(split_editions(readings), start=1):
            _write_edition(db, one, ordinal, documents)


def _forget(conn: sqlite3.Connection, one: str) -> None:
    editions = "SELECT edition_id FROM editions WHERE report_id = ?"
    for table in ("cells", "sections", "claims", "findings", "edition_documents"):
        conn.execute(f"DELETE FROM {table} WHERE edition_id IN ({editions})", (one,))  # noqa: S608 - our own names
    conn.execute("DELETE FROM editions WHERE report_id = ?", (one,))
    conn.execute("DELETE FROM reports WHERE report_id = ?", (one,))


def _write_edition(db: sqlite_utils.Database, report: str, ordinal: int, documents: list[Reading]) -> None:
    """One edition: read from its fullest document; where others say otherwise, that is a finding."""
    main = max(documents, key=lambda r: r.known)
    result, edition = main.result, f"{report}@{ordinal}"
    seen = [s for r in documents for s in r.sightings]
    fields = ("form", "title", "signatory", "signed_on", "published_on", "index_no", "document_no")
    db.table("editions").insert({
        "edition_id": edition, "report_id": report, "ordinal": ordinal, "sha256": main.sha256,
        **{name: result.get(name) for name in fields}, "url": _address(main),
        "first_seen": min(s.first_seen for s in seen), "last_seen": max(s.last_seen for s in seen),
    })  # fmt: skip
    db.table("edition_documents").insert_all(
        {"edition_id": edition, "sha256": r.sha256, "url": s.url, "media_type": r.media_type,
         "first_seen": s.first_seen, "last_seen": s.last_seen}
        for r in documents for s in r.sightings
    )  # fmt: skip
    db.table("cells").insert_all(
        {"edition_id": edition, "key": key, "value": c["value"], "raw": c["raw"], "status": c["status"],
         "place": _json(c.get("place")), "proof": c.get("proof")}
        for key, c in result["cells"].items()
    )  # fmt: skip
    db.table("sections").insert_all({"edition_id": edition, **s} for s in result["sections"])
    db.table("claims").insert_all({"edition_id": edition, "n": n, **c} for n, c in enumerate(result["claims"]))
    found = [*result["findings"], *_disagreements(main, documents)]
    db.table("findings").insert_all(
        {"edition_id": edition, "n": n, **{k: f[k] for k in ("rule", "severity", "verdict", "doubt", "left_value",
                                                             "right_value", "message_en")},
         "cells": json.dumps(f["cells"]), "message_zh": f["message"]}
        for n, f in enumerate(found)
    )  # fmt: skip


def _address(reading: Reading) -> str:
    """Where the document was published: a web address before any other kind."""
    urls = [s.url for s in reading.sightings]
    return next((u for u in urls if u.startswith(("http://", "https://"))), urls[0])


def _disagreements(main: Reading, documents: list[Reading]) -> Iterable[dict[str, Any]]:
    for other in documents:
        if other is not main and (keys := _disagree(main, other)):
            yield {
                "rule": "DOCUMENTS_DISAGREE", "verdict": "fail", "severity": "warning", "doubt": "open",
                "cells": keys, "left_value": main.result["cells"][keys[0]]["value"],
                "right_value": other.result["cells"][keys[0]]["value"],
                "message": f"同一报告的两份文件有{len(keys)}处数字不同：{_address(main)} 与 {_address(other)}",
                "message_en": f"two documents of this report differ in {len(keys)} numbers: "
                              f"{_address(main)} and {_address(other)}",
            }  # fmt: skip


def _json(value: object) -> str | None:
    return json.dumps(value, ensure_ascii=False) if value is not None else None
