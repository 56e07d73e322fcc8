"""Lines of running text as rows are looked for in them: labels that go on behind their numbers put together, marks of
notes behind numbers taken out, what Markdown escapes as it is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from parsers.document import Paragraph, Place
from parsers.form_model import load_forms
from parsers.headings import load_spellings
from parsers.known import remembered
from parsers.labels import core, fold

_MOST_REST = 40  # characters of the rest of a label
_LEAST_PART = 3  # of its first part
_LONGEST = 200  # characters of a line with a label and its numbers
_NUMBERS = re.compile(r"(?:\s+\d[\d,.]*){2,}\s*$")
_NOTE = re.compile(r"(?<=\d)[ \t]*(?:[①-⑳*＊†‡]+|[（(]注\d{0,2}[）)]|[\[【〔]\d{1,2}[\]】〕])")
_ESCAPED = re.compile(r"\\(?=[!-/:-@\[-`{-~“”])")

Line = tuple[str, Place]


def running_lines(paragraphs: Sequence[Paragraph]) -> list[Line]:
    """The text of each paragraph, with its place; that of a paragraph that went into the one before is empty."""
    lines = [(_plain(paragraph.text), paragraph.place) for paragraph in paragraphs]
    for n, (upper, lower) in enumerate(pairwise(list(lines))):
        whole = _joined(upper[0], lower[0])
        if whole is not None:
            lines[n], lines[n + 1] = (whole, upper[1]), ("", lower[1])
    return lines


def _plain(text: str) -> str:
    if "\\" in text:
        text = _ESCAPED.sub("", text)
    return _NOTE.sub(" ", text)


def _joined(upper: str, lower: str) -> str | None:
    """The first line with the rest of its label, where that stands in the next line and makes a row's label whole."""
    if not 0 < len(lower) <= _MOST_REST or len(upper) > _LONGEST or re.search(r"\d", lower):
        return None
    numbers = _NUMBERS.search(upper)
    if numbers is None:
        return None
    part, rest = upper[: numbers.start()].strip(), lower.strip()
    upper_half, lower_half = fold(part), fold(rest)
    for label in _labels_ending(lower_half) if lower_half else ():
        first = label.removesuffix(lower_half)
        if len(first) >= _LEAST_PART and upper_half.endswith(first):
            return f"{part}{rest}{numbers[0]}"
    return None


@remembered(_MOST_REST)
def _labels_ending(half: str) -> tuple[str, ...]:
    return tuple(label for label in _labels() if label.endswith(half))


@cache
def _labels() -> frozenset[str]:
    """The labels of the rows of all forms, folded, with and without number and remark."""
    tables = ((form, table) for form in load_forms().values() for table in form.tables)
    labels = {r.label for _, t in tables for r in t.rows}
    labels |= {row.spelling for row in load_spellings() if row.kind == "row"}
    return frozenset(folded for label in labels for folded in (core(label), fold(label)))
