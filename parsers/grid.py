"""Tables of a document as records: one record a printed row, its cells read as values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple, get_args

from parsers.document import Place, Table, TableKind
from parsers.known import Known
from parsers.values import Value, read_value

SURE = 1.0
GUESSED = 0.5  # confidence of a number that is not printed as digits in one piece
_LETTERS = str.maketrans("OoQ〇lI|", "0000111")
_NOUGHTS = ("。", "()", "( )", "0)", "(0")  # what a lone nought is often taken for
_LONGEST_WORD = 7
_LONGEST = 120  # characters of a cell whose reading is kept
_SPECKS = re.compile(r"^[\s.,，。·'`:：;_-]+|[\s.,，。·'`:：;_-]+$")  # dirt beside a recognised number
_BROKEN = re.compile(r"[+-]?\d[\d,]*(?:\.\d*)?(?:\n[\d,.]+){1,3}")
_PARTED = re.compile(r"[+-]?[1-9]\d{0,2}(?:[ \u2009\u202f]\d{3})+(?:\.\d+)?|[1-9](?: \d){1,5}")


class Token(NamedTuple):
    """One cell of a printed row: what it holds, its grid column and spans, and its place in the source."""

    value: Value
    column: int
    colspan: int
    place: Place
    confidence: float
    rowspan: int = 1

    @property
    def text(self) -> str:
        """The raw text."""
        return self.value.raw


_new_token: Callable[[tuple[Any, ...]], Token] = partial(tuple.__new__, Token)  # see ``document.new_cell``


class Record(NamedTuple):
    """One printed row. ``block`` counts tables, ``index`` counts records, both over the whole document."""

    block: int
    index: int  # type: ignore[assignment]  # a row is no sequence, whatever it is made of
    kind: TableKind
    tokens: tuple[Token, ...]
    words: tuple[Token, ...]  # the cells that hold text
    n_numbers: int  # cells that print a number

    @property
    def n_words(self) -> int:
        """Number of cells that hold text."""
        return len(self.words)


def records(tables: Sequence[Table]) -> list[Record]:
    """All rows of the tables of a document in reading order."""
    out: list[Record] = []
    for block, table in enumerate(tables):
        values = _VALUES[table.kind]
        for row in table.rows():
            tokens = []
            for _, column, text, rowspan, colspan, place, confidence in row:
                value, most = values[text]
                tokens.append(_new_token((value, column, colspan, place, min(confidence, most), rowspan)))
            kinds = [token.value.kind for token in tokens]
            words = tuple([token for token, kind in zip(tokens, kinds, strict=True) if kind == "text"])
            out.append(Record(block, len(out), table.kind, tuple(tokens), words, kinds.count("number")))
    return out


def _value(kind: TableKind, text: str) -> tuple[Value, float]:
    """What a cell of such a table prints, and how sure that can be at most."""
    value = read_value(text)
    if value.kind == "text" and (guess := _guess(text, kind)) is not None:
        return guess._replace(raw=text), GUESSED
    # What looks like a note's mark in a picture may be a digit or a speck.
    return value, GUESSED if kind == "ocr" and value.noted else SURE


# Most cells of all reports hold a small number or a label of the form.
_VALUES = {kind: Known(partial(_value, kind), _LONGEST) for kind in get_args(TableKind)}


def _guess(text: str, kind: TableKind) -> Value | None:
    """A number that is likely meant: letters for digits where characters were recognised, a number over two lines,
    thousands or single digits set apart by blanks (which may also be two numbers: a sum must confirm it)."""
    meant = text.strip()
    if kind in ("text", "ocr") and len(meant) <= _LONGEST_WORD:
        meant = "0" if meant in _NOUGHTS else meant.translate(_LETTERS)
    if kind == "ocr":
        meant = _SPECKS.sub("", meant)
    if _BROKEN.fullmatch(meant) or (exact_grid(kind) and _PARTED.fullmatch(meant)):
        meant = "".join(meant.split())
    value = read_value(meant) if meant != text.strip() else None
    return value if value is not None and value.kind == "number" else None


def exact_grid(kind: TableKind) -> bool:
    """Whether grid places of this kind of table come from the source and not from our reading of its layout."""
    return kind in ("exact", "ruled")


def texts_of(rows: Sequence[Record]) -> str:
    """All text of some records, for looking words up."""
    return " ".join(t.text for r in rows for t in r.tokens)
