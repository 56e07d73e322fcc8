"""What a later edition altered in the text, sentence by sentence."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest
from typing import NamedTuple

MOST_SENTENCES = 3000  # of one part; what is behind them is not compared
ALIKE = 0.5  # from which share of common characters on a sentence counts as the other one altered
_END = re.compile(r"(?<=[。！？；])|\n+")


class Rewording(NamedTuple):
    """One row of ``text_changes``: ``kind`` is ``added``, ``removed`` or ``altered``."""

    report_id: str
    old_edition_id: str
    new_edition_id: str
    n: int
    section: int
    kind: str
    old_text: str | None
    new_text: str | None


def rewordings(conn: sqlite3.Connection) -> Iterator[Rewording]:
    """Compare each edition with the one before it. ``conn`` has the work database attached as ``work``."""
    editions: dict[str, list[str]] = defaultdict(list)
    for report, edition in conn.execute(
        "SELECT report_id, edition_id FROM work.editions WHERE report_id IN"
        " (SELECT report_id FROM work.editions WHERE ordinal > 1) ORDER BY report_id, ordinal"
    ):
        editions[report].append(edition)
    for report, ids in editions.items():
        for old, new in pairwise(ids):
            before, after = _parts(conn, old), _parts(conn, new)
            changes = (
                (number, *change)
                for number in sorted({*before, *after})
                for change in compare(before.get(number, ""), after.get(number, ""))
            )
            yield from (Rewording(report, old, new, n, *change) for n, change in enumerate(changes, start=1))


def _parts(conn: sqlite3.Connection, edition: str) -> dict[int, str]:
    rows = conn.execute("SELECT number, title, text FROM work.sections WHERE edition_id = ?", (edition,))
    return {number: f"{title or ''}\n{text or ''}" for number, title, text in rows}


def compare(before: str, after: str) -> Iterator[tuple[str, str | None, str | None]]:
    """Two texts -> (kind, old sentence, new sentence) for each sentence that is not in both, in order.

    White space does not count: it comes from the layout.
    """
    old, new = _sentences(before), _sentences(after)
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for one, two in zip_longest(old[i1:i2], new[j1:j2]):
            if one and two and SequenceMatcher(None, one, two).ratio() >= ALIKE:
                yield "altered", one, two
            else:
                if one:
                    yield "removed", one, None
                if two:
                    yield "added", None, two


def _sentences(text: str) -> list[str]:
    cut = ("".join(part.split()) for part in _END.split(text))
    return [sentence for sentence in cut if sentence][:MOST_SENTENCES]
