"""The unit in which a row's numbers are printed, where the row or the heading over it says so.

The forms count cases and print fees in 万元. Some organs head the same column （单位：元）, or count in hundreds;
where no cell says so, only these headings tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from parsers.grid import Record, Token, exact_grid
from parsers.known import remembered

_SHORT = 60
_SCALES = "十百千万亿"
_NAME = r"[十百千万亿]*(?:元|件|条|项|个|份|次|宗|篇|期|人次|人)"
_ALONE = re.compile(rf"(?:计量)?(?:单位)?[:：为]?({_NAME})")
_BEHIND = re.compile(rf"[（(](?:计量)?(?:单位)?[:：为]?({_NAME})[）)]")


def unit_of(row: Record, heading: Record | None) -> str | None:
    """The unit that a cell of the row names, or a heading over its numbers; None where nothing does."""
    own = _first(row.words)
    if own is not None or heading is None:
        return own
    places = {t.column for t in row.tokens if t.value.kind == "number"}
    return _first(t for t in heading.tokens if t.column in places)


def whole_unit(unit: str | None, row: Record, records: Sequence[Record]) -> str | None:
    """A unit with what a narrow column has cut off it: in a table without rules 万 stands in a line of its own."""
    if unit != "元" or exact_grid(row.kind):
        return unit
    for record in records[max(row.index - 1, 0) : row.index + 2]:
        words = _lone(record)
        if record.block == row.block and words and words in _SCALES:
            return words + unit
    return unit


def _lone(record: Record) -> str:
    """The words of a record that has no others, and no number."""
    filled = [t for t in record.tokens if t.value.kind != "blank"]
    return "".join(filled[0].text.split()) if len(filled) == 1 else ""


def is_telling(text: str) -> bool:
    """Whether a cell is nothing but a unit that changes what a number says: 元 for 万元, hundreds of cases."""
    match = _ALONE.fullmatch("".join(text.split())) if len(text) <= _SHORT else None
    return match is not None and match[1] != "万元" and match[1][0] in "元" + _SCALES


def _first(tokens: Iterable[Token]) -> str | None:
    for token in tokens:
        text = token.value.raw
        if len(text) <= _SHORT and (unit := _unit_in(text)) is not None:
            return unit
    return None


@remembered(_SHORT, most=1_024)
def _unit_in(text: str) -> str | None:
    """A cell that is a unit, or that has one in brackets at its end."""
    plain = "".join(text.split())
    match = _ALONE.fullmatch(plain) or _BEHIND.search(plain)
    return match[1] if match else None
