"""Tables of a document as records: one record a printed row, its cells read as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parsers.document import Document, Place, TableKind
from parsers.values import Value, read_value


@dataclass(frozen=True, slots=True)
class Token:
    """One cell of a printed row: what it holds, its grid column and span, and its place in the source."""

    value: Value
    column: int
    colspan: int
    place: Place
    confidence: float

    @property
    def text(self) -> str:
        """The raw text."""
        return self.value.raw


@dataclass(frozen=True, slots=True)
class Record:
    """One printed row. ``block`` counts tables, ``index`` counts records, both over the whole document."""

    block: int
    index: int
    kind: TableKind
    tokens: tuple[Token, ...]

    @property
    def n_numbers(self) -> int:
        """How many cells print a number."""
        return sum(t.value.kind == "number" for t in self.tokens)


def records(document: Document) -> list[Record]:
    """All rows of all tables in reading order."""
    out: list[Record] = []
    for block, table in enumerate(document.tables):
        for row in table.rows():
            tokens = tuple(
                Token(read_value(c.text), c.column, c.colspan, c.place, c.confidence) for c in row
            )
            out.append(Record(block, len(out), table.kind, tokens))
    return out


def exact_grid(kind: TableKind) -> bool:
    """Whether grid places of this kind of table come from the source and not from our reading of its layout."""
    return kind in ("exact", "ruled")


def texts_of(rows: Sequence[Record]) -> str:
    """All text of some records, for looking words up."""
    return " ".join(t.text for r in rows for t in r.tokens)
