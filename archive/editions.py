"""Readings -> reports and their editions.

Documents of one organ, year and scope are one report; a document that holds several reports belongs to each of them.
Of a report's documents, those that say the same belong to one edition (HTML, PDF and Word of one report do). Where an
address carries other numbers or another text than before, or the report went from its old address and came back
elsewhere with others, that is the next edition: it supersedes, and the earlier one stays readable.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import sqlite_utils

from archive.identity import ReportKey, place_names, report_id, report_key
from archive.sightings import Sighting, sightings

Result = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is a report, with what was read. ``part``: which of its reports, 0 the fullest."""

    sha256: str
    media_type: str | None
    result: Result
    part: int = 0

    @property
    def known(self) -> int:
        """How many cells have a number."""
        return sum(c["value"] is not None for c in self.result["cells"].values())

    @property
    def text(self) -> str:
        """The prose without white space."""
        return "".join("".join(s["text"].split()) for s in self.result["sections"])

    @property
    def values(self) -> dict[str, float | None]:
        """The number of every cell."""
        return {key: cell["value"] for key, cell in self.result["cells"].items()}


@dataclass(slots=True)
class Edition:
    """What was seen of one version, earliest first."""

    seen: list[tuple[Sighting, Document]] = field(default_factory=list)

    @property
    def main(self) -> Document:
        """The fullest of its documents: the one that it is read from."""
        return max((d for _, d in self.seen), key=lambda d: d.known)

    def last_at(self, url: str) -> Document | None:
        """What an address carried last of this edition."""
        return next((d for s, d in reversed(self.seen) if s.url == url), None)

    def gone_since(self) -> str | None:
        """When the last of its addresses ceased to carry it; None while one still does."""
        last = {s.url: s.left_on for s, _ in self.seen}
        ends = [end for end in last.values() if end is not None]
        return max(ends) if len(ends) == len(last) else None


def assemble(conn: sqlite3.Connection) -> int:
    """Bring reports and editions in line with the documents, writing only what changed. Returns how many reports."""
    held, stamps = _reports_of(conn)
    before = dict(conn.execute("SELECT report_id, signature FROM reports").fetchall())
    ids = set()
    for key, seen in sightings(conn, held).items():
        one = report_id(key, held[seen[0].sha256][key].organ_kind)
        ids.add(one)
        signature = _signature(seen, stamps)
        if before.get(one) != signature:
            _write(conn, one, key, seen, {s.sha256: held[s.sha256][key].part for s in seen}, signature)
    for gone in before.keys() - ids:
        with sqlite_utils.Database(conn).atomic():
            _forget(conn, gone)
    return len(ids)


class _Held(NamedTuple):
    """A report in a document: which of its reports, and the kind of organ."""

    part: int
    organ_kind: str | None


# Where a document was found first. What was not crawled has no site.
_SITE = """(SELECT c.site_id FROM captures c WHERE c.sha256 = d.sha256 AND c.role IN ('document', 'list')
            ORDER BY c.capture_id LIMIT 1)"""


def _reports_of(conn: sqlite3.Connection) -> tuple[dict[str, dict[ReportKey, _Held]], dict[str, str]]:
    """The reports that each document holds, and each document's stamp. Of a report printed twice the fullest counts."""
    held: dict[str, dict[ReportKey, _Held]] = {}
    stamps: dict[str, str] = {}
    for row in conn.execute(
        f"SELECT sha256, stamp, area_code, organ, organ_kind, year, scope, further, {_SITE} AS site "  # noqa: S608
        "FROM documents d WHERE is_report"
    ):
        one = row["sha256"]
        stamps[one] = row["stamp"]
        held[one] = {report_key(dict(row), one, site=row["site"]): _Held(0, row["organ_kind"])}
        for part, other in enumerate(json.loads(row["further"] or "[]"), start=1):
            held[one].setdefault(report_key(other, one, part, row["site"]), _Held(part, other.get("organ_kind")))
    return held, stamps


def _signature(seen: list[Sighting], stamps: Mapping[str, str]) -> str:
    """Of all that a report is put together from, the way of doing it included."""
    digest = hashlib.sha256(_own_code())
    for s in seen:
        digest.update(f"{stamps[s.sha256]}|{s}\n".encode())
    return digest.hexdigest()[:16]


@cache
def _own_code() -> bytes:
    modules = ("editions.py", "sightings.py", "identity.py")
    return b"".join(resources.files("archive").joinpath(name).read_bytes() for name in modules)


def split_editions(seen: Iterable[tuple[Sighting, Document]]) -> list[Edition]:
    """Sightings of one report, earliest first -> its editions, earliest first."""
    editions: list[Edition] = []
    for sighting, document in seen:
        _home(editions, sighting, document).seen.append((sighting, document))
    return editions


def _home(editions: list[Edition], sighting: Sighting, document: Document) -> Edition:
    """The edition that a sighting belongs to, a new one at the end of the list where it begins one."""
    before = next((e for e in reversed(editions) if e.last_at(sighting.url)), None)
    if before is not None:
        earlier = before.last_at(sighting.url)
        if earlier is not None and earlier.values == document.values and earlier.text == document.text:
            return before
        # An address may catch up with a correction that was made elsewhere first.
        if before is not editions[-1] and not disagree(editions[-1].main, document):
            return editions[-1]
    else:
        for edition in reversed(editions):
            if not _differ(edition, document):
                return edition
        if editions and not _moved_on(editions[-1], sighting):
            return editions[-1]
    editions.append(Edition())
    return editions[-1]


def _differ(edition: Edition, document: Document) -> bool:
    """Whether a document at a new address says something else; texts are compared within one format only."""
    same_format = [d for _, d in edition.seen if d.media_type == document.media_type]
    return bool(disagree(edition.main, document)) or (
        bool(same_format) and all(d.text != document.text for d in same_format)
    )


def _moved_on(edition: Edition, sighting: Sighting) -> bool:
    """Whether an edition was gone from everywhere before a sighting began."""
    gone = edition.gone_since()
    return gone is not None and all(s.last_seen < sighting.first_seen for s, _ in edition.seen)


def disagree(one: Document, two: Document) -> list[str]:
    """Keys of the cells that both have a number for, but not the same."""
    other = two.values
    return [
        key for key, value in one.values.items()
        if value is not None and other.get(key) is not None and value != other[key]
    ]  # fmt: skip


def _write(
    conn: sqlite3.Connection, one: str, key: ReportKey, seen: list[Sighting], parts: Mapping[str, int], signature: str
) -> None:
    """Replace one report with everything under it, in one transaction. ``parts``: where in each document it stands."""
    db = sqlite_utils.Database(conn)
    documents = {sha256: _document(conn, sha256, part) for sha256, part in parts.items()}
    editions = split_editions((s, documents[s.sha256]) for s in seen)
    main = max(documents.values(), key=lambda d: (d.known, d.sha256)).result
    with db.atomic():
        _forget(conn, one)
        db.table("reports").insert({
            "report_id": one, "area_code": key.area_code, **place_names(key.area_code, key.year),
            "organ": key.organ, "organ_kind": main.get("organ_kind"), "admin_level": main.get("admin_level"),
            "scope": key.scope, "year": key.year, "signature": signature,
        })  # fmt: skip
        for ordinal, edition in enumerate(editions, start=1):
            _write_edition(db, one, ordinal, edition, _still_there(editions[:ordinal]))


def _document(conn: sqlite3.Connection, sha256: str, part: int) -> Document:
    row = conn.execute("SELECT media_type, result, further FROM documents WHERE sha256 = ?", (sha256,)).fetchone()
    result = json.loads(row["further"])[part - 1] if part else json.loads(row["result"])
    return Document(sha256, row["media_type"], result, part)


def _forget(conn: sqlite3.Connection, one: str) -> None:
    editions = "SELECT edition_id FROM editions WHERE report_id = ?"
    for table in ("cells", "sections", "claims", "findings", "edition_documents"):
        conn.execute(f"DELETE FROM {table} WHERE edition_id IN ({editions})", (one,))  # noqa: S608 - our own names
    conn.execute("DELETE FROM editions WHERE report_id = ?", (one,))
    conn.execute("DELETE FROM reports WHERE report_id = ?", (one,))
    # Its findings went with it: it must be assessed again, also if a kill comes between this and that.
    conn.execute("DELETE FROM assessments WHERE report_id = ?", (one,))


def _still_there(editions: list[Edition]) -> dict[str, tuple[Document, str]]:
    """Documents to compare the last edition with: its own, and those of earlier ones that are still to be seen."""
    *earlier, last = editions
    found = {d.sha256: (d, s.url) for e in earlier for s, d in e.seen if s.left_on is None}
    return found | {d.sha256: (d, s.url) for s, d in reversed(last.seen)}


def _write_edition(
    db: sqlite_utils.Database, report: str, ordinal: int, edition: Edition, others: Mapping[str, tuple[Document, str]]
) -> None:
    """One edition: read from its fullest document; where others say otherwise, that is a finding."""
    main = edition.main
    result, one = main.result, f"{report}@{ordinal}"
    fields = ("form", "title", "signatory", "signed_on", "published_on", "index_no", "document_no")
    db.table("editions").insert({
        "edition_id": one, "report_id": report, "ordinal": ordinal, "sha256": main.sha256,
        **{name: result.get(name) for name in fields}, "url": _address(edition, main),
        "first_seen": min(s.first_seen for s, _ in edition.seen),
        "last_seen": max(s.last_seen for s, _ in edition.seen), "gone_since": edition.gone_since(),
    })  # fmt: skip
    db.table("edition_documents").insert_all(
        {"edition_id": one, "sha256": s.sha256, "url": s.url, "media_type": d.media_type,
         "first_seen": s.first_seen, "last_seen": s.last_seen, "part": d.part}
        for s, d in _merged(edition)
    )  # fmt: skip
    db.table("cells").insert_all(
        {"edition_id": one, "key": key, "value": c["value"], "raw": c["raw"], "status": c["status"],
         "place": _json(c.get("place")), "proof": c.get("proof")}
        for key, c in result["cells"].items()
    )  # fmt: skip
    db.table("sections").insert_all({"edition_id": one, **s} for s in result["sections"])
    db.table("claims").insert_all({"edition_id": one, "n": n, **c} for n, c in enumerate(result["claims"]))
    found = [*result["findings"], *_disagreements(main, _address(edition, main), others)]
    db.table("findings").insert_all(
        {"edition_id": one, "n": n, **{k: f[k] for k in ("rule", "severity", "verdict", "doubt", "left_value",
                                                         "right_value", "message_en")},
         "cells": json.dumps(f["cells"]), "message_zh": f["message"]}
        for n, f in enumerate(found)
    )  # fmt: skip


def _merged(edition: Edition) -> list[tuple[Sighting, Document]]:
    """One row a document and address, though an address may have gone to and fro between two files of one edition."""
    rows: dict[tuple[str, str], tuple[Sighting, Document]] = {}
    for sighting, document in edition.seen:
        where = (sighting.sha256, sighting.url)
        first = rows[where][0].first_seen if where in rows else sighting.first_seen
        rows[where] = sighting._replace(first_seen=first), document
    return list(rows.values())


def _address(edition: Edition, main: Document) -> str:
    """Where the document was published: a web address before any other kind, one that still has it before others."""
    seen = [s for s, d in edition.seen if d.sha256 == main.sha256]
    return min(seen, key=lambda s: (not s.url.startswith(("http://", "https://")), s.left_on is not None)).url


def _disagreements(main: Document, address: str, others: Mapping[str, tuple[Document, str]]) -> list[dict[str, Any]]:
    found = []
    for other, url in others.values():
        if keys := disagree(main, other):
            found.append({
                "rule": "DOCUMENTS_DISAGREE", "verdict": "fail", "severity": "warning", "doubt": "open",
                "cells": keys, "left_value": main.values[keys[0]], "right_value": other.values[keys[0]],
                "message": f"同一报告的两份文件有{len(keys)}处数字不同：{address} 与 {url}",
                "message_en": f"two documents of this report differ in {len(keys)} numbers: {address} and {url}",
            })  # fmt: skip
    return found


def _json(value: object) -> str | None:
    return json.dumps(value, ensure_ascii=False) if value is not None else None
