"""Bytes in, result out: the only public door of this package.

A document goes through its format's reader into the document model, then once for all formats through the standard
tables (``tables``), the six parts (``sections``), the claims (``prose``), the metadata (``metadata``) and the rules
(``checks``). Nothing here touches a network, a database, a clock or the environment.
"""

from __future__ import annotations

from dataclasses import dataclass

from parsers.certainty import certainty
from parsers.checks import Reading, check
from parsers.claimscope import owner_of
from parsers.document import Document
from parsers.metadata import Metadata, read_metadata
from parsers.parts import split_reports
from parsers.prose import read_claims
from parsers.readers import UnreadableDocument, read_all
from parsers.readers.embedded import pictures_in_page, with_pictures
from parsers.result import Finding, ParseResult, Status
from parsers.sections import cut
from parsers.sniff import HTML
from parsers.tables import read_tables
from parsers.titlefinder import find_title


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known about a document from outside: its address, and area code and county of the site it stood on.

    A hint only settles what the document leaves open (which of four 鼓楼区); it never outweighs the document.
    ``pictures`` are what a page shows, address and bytes of each: where a standard table is missing from the page,
    they are read as part of it.
    """

    url: str | None = None
    area_code: str | None = None
    pictures: tuple[tuple[str, bytes], ...] = ()
    place: str | None = None


def parse(data: bytes, media_type: str | None = None, hints: Hints | None = None) -> ParseResult:
    """Read one document. ``media_type`` is the declared one; the content decides.

    Returns a result with ``is_report`` False and a reason for a document that is no annual report. Of an archive with
    several documents, or a document with several reports, it returns the fullest report (``parse_all`` returns all).
    Raises UnreadableDocument, whose text is one plain sentence, where nothing can be read.
    """
    found = parse_all(data, media_type, hints)
    return found[0] if len(found) == 1 else max(found, key=lambda r: r.fullness)


def parse_all(data: bytes, media_type: str | None = None, hints: Hints | None = None) -> list[ParseResult]:
    """Read every report in ``data``: one result each, at least one; a document may hold several (``parts``).

    Raises UnreadableDocument.
    """
    hints = hints or Hints()
    documents = read_all(data, media_type, hints.url)
    if len(documents) == 1:
        titled = documents[0].media_type == HTML and find_title(documents[0]) is not None
        inside = tuple(pictures_in_page(data)) if titled else ()
        if (hints.pictures or inside) and _lacks_a_table(documents[0]):
            documents = [with_pictures(documents[0], (*_in_order(documents[0], hints.pictures), *inside))]
    return [parse_document(part, hints) for d in documents for part in split_reports(d)]


def _lacks_a_table(document: Document) -> bool:
    """Whether a standard table of the document's form is nowhere in it."""
    found = read_tables(document)
    there = {key.partition(".")[0] for key, cell in found.cells.items() if cell.status is not Status.ABSENT}
    return found.form is None or any(table.key not in there for table in found.form.tables)


def _in_order(document: Document, pictures: tuple[tuple[str, bytes], ...]) -> list[tuple[str, bytes]]:
    """The pictures as the page shows them; those it only links to come last."""
    shown = {address: n for n, address in enumerate(document.meta.get("images", "").split("\n"))}
    return sorted(pictures, key=lambda picture: shown.get(picture[0], len(shown)))


def parse_document(document: Document, hints: Hints) -> ParseResult:
    """Read a document that is already in the document model."""
    tables = read_tables(document)
    sections, preamble = cut(document)
    meta = read_metadata(document, hints.url, hints.area_code, tables.n_rows, sections, hints.place)
    if not meta.is_report:
        return ParseResult(False, meta.reason_en, meta.reason_zh, title=meta.title, media_type=document.media_type,
                           warnings=document.warnings)  # fmt: skip
    claims = read_claims(sections, meta.year, owner_of(meta.organ, meta.organ_kind, meta.area_name))
    findings = list(tables.findings)
    counts: dict[str, int] = {}
    grid, weak = certainty(document, tables.cells)
    if tables.form is not None:
        checked, counts = check(Reading(
            tables.form, tables.cells, claims, meta.admin_level, meta.scope, meta.year, sections, grid, weak,
            title=meta.title or "", preamble=preamble,
        ))  # fmt: skip
        findings += checked
    return ParseResult(
        True,
        organ=meta.organ, organ_printed=meta.organ_printed, organ_kind=meta.organ_kind,
        admin_level=meta.admin_level, area_code=meta.area_code, year=meta.year, scope=meta.scope,
        form=tables.form.id if tables.form else "free",
        title=meta.title, signatory=meta.signatory, signed_on=meta.signed_on, published_on=meta.published_on,
        index_no=meta.index_no, document_no=meta.document_no,
        cells=tables.cells, preamble=preamble, sections=sections, claims=claims,
        findings=(*findings, *_notes(meta)), checks=counts, grid=grid, weak=tuple(sorted(weak)),
        media_type=document.media_type, warnings=document.warnings,
    )  # fmt: skip


def _notes(meta: Metadata) -> list[Finding]:
    """What the document's statements about itself disagree on."""
    pairs = zip(meta.notes_zh, meta.notes, strict=True)
    return [Finding("METADATA", "fail", "info", zh, en, doubt="source") for zh, en in pairs]


__all__ = ["Hints", "ParseResult", "UnreadableDocument", "parse", "parse_all"]
