"""Words that the standard tables bring into running text, from the forms: to keep run-together tables out of prose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

from parsers.form_model import FormTable, load_forms
from parsers.labels import core

LEAST_WORDS = 3
_TAIL = re.compile(r"[\s\d.,元万件项条]*")


def without_tables(text: str) -> str:
    """Running text without a standard table that was run together into it.

    A table shows by a heading that stands in no sentence, with at least three labels around it; what lies between the
    first label and the digits behind the last is cut out.
    """
    if not _headings().search(text):
        return text
    words = list(_words().finditer(text))
    if len(words) < LEAST_WORDS:
        return text
    tail = _TAIL.match(text, words[-1].end())
    return text[: words[0].start()] + text[tail.end() if tail else words[-1].end() :]


@cache
def _words() -> re.Pattern[str]:
    """Every label of every form, blanks and brackets anywhere in it; longest first, short ones only three in a row or
    with digits behind."""
    labels = {core(label) for form in load_forms().values() for table in form.tables for label in _labels(table)}
    long = [_loose(label) for label in sorted(labels, key=len, reverse=True) if len(label) >= 5]
    short = "|".join(_loose(label) for label in labels if 1 < len(label) < 5)
    in_a_row = rf"(?:(?:{short})\s*){{{LEAST_WORDS},}}\d*"
    return re.compile("|".join([_headings().pattern, *long, in_a_row, rf"(?:{short})\s*\d"]))


def _labels(table: FormTable) -> Iterable[str]:
    yield from (part.label for parts in (table.rows, table.columns, table.groups) for part in parts)


@cache
def _headings() -> re.Pattern[str]:
    """Headings that stand in no sentence: two labels side by side, the note over a table, a stub, an extra column."""
    found: list[str] = []
    for table in (table for form in load_forms().values() for table in form.tables):
        if table.note:
            found.append(rf"[（(]?{_loose(core(table.note)[:7])}[^（）()]{{0,60}}[）)]?")
        if table.layout == "side_by_side":
            found += [rf"{_loose(a.label)}\s*{_loose(b.label)}" for a, b in pairwise(table.rows[1:])]
        elif table.stub and table.layout == "blocks":
            found += [rf"{_loose(table.stub)}\s*{_loose(core(c.label))}" for c in table.columns]
        elif table.stub:
            found += [_loose(table.stub), *(_loose(c.label) for c in table.columns if c.optional)]
    return re.compile("|".join(dict.fromkeys(found)))


def _loose(label: str) -> str:
    return r"[\s（()）]*".join(map(re.escape, re.sub(r"\s", "", label)))
