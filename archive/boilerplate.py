"""Clauses that belong to nobody: official wording that many places use, word for word or lightly edited.

A mark says too little for that: among many reports other clauses come to share it by chance. So of the clauses with a
mark that many places have, those count that are the same or nearly so.
"""

from __future__ import annotations

import sqlite3
import zlib
from array import array
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process

from archive.clauses import LEAST_TEXT, Text

COMMON = 10  # places that share a clause from which on it belongs to nobody
EDITED = 80  # per cent of a clause's or a sentence's characters that a light edit leaves

Variants = Mapping[int, Mapping[str, Sequence[int]]]  # of each mark the clauses that have it, and in which places


class Marked(NamedTuple):
    """The clauses of a text with their marks, each clause once."""

    marks: Sequence[int]
    finer: Sequence[int]
    clauses: Sequence[str]


def stored(text: Text) -> tuple[bytes, bytes]:
    """Marks and clauses of a text as ``text_marks`` keeps them; none for one too short to say anything."""
    once = {c.masked: c for sentence in text.clauses for c in sentence} if text.length >= LEAST_TEXT else {}
    found = [once[masked] for masked in sorted(once)]
    marks = array("q", [*(c.mark for c in found), *(c.finer for c in found)])
    return marks.tobytes(), zlib.compress("\n".join(c.masked for c in found).encode())


def read_marks(blob: bytes) -> tuple[Sequence[int], Sequence[int]]:
    """Marks and finer marks as ``stored``."""
    both = array("q", blob)
    return both[: len(both) // 2], both[len(both) // 2 :]


def read_marked(marks: bytes, clauses: bytes) -> Marked:
    """What ``stored`` made."""
    return Marked(*read_marks(marks), zlib.decompress(clauses).decode().split("\n") if marks else ())


class Boilerplate:
    """Says of a clause whether it is nobody's, from the clauses that share its mark."""

    def __init__(self, variants: Variants) -> None:
        self._variants = variants
        self._known: dict[str, bool] = {}

    def of(self, text: Marked) -> frozenset[str]:
        """The clauses of a text that belong to nobody."""
        return frozenset(c for mark, c in zip(text.marks, text.clauses, strict=True) if self._is_nobodys(mark, c))

    def _is_nobodys(self, mark: int, clause: str) -> bool:
        if clause not in self._known:
            self._known[clause] = self._is_common(self._variants.get(mark, {}), clause)
        return self._known[clause]

    def _is_common(self, variants: Mapping[str, Sequence[int]], clause: str) -> bool:
        if len(variants.get(clause, ())) >= COMMON:
            return True
        near = process.extract_iter(clause, variants.keys(), scorer=fuzz.ratio, score_cutoff=EDITED)
        places: set[int] = set()
        return any(len(places := places | set(variants[name])) >= COMMON for name, _, _ in near)


def boilerplate(conn: sqlite3.Connection, places: Mapping[str, int], needed: Collection[int]) -> Boilerplate:
    """Gather the clauses under the ``needed`` marks from the stored texts; ``places`` numbers each report's place."""
    variants: dict[int, dict[str, list[int]]] = defaultdict(dict)
    wanted = frozenset(needed)
    for report_id, blob, clauses in conn.execute("SELECT report_id, marks, clauses FROM text_marks") if wanted else ():
        if report_id not in places or wanted.isdisjoint(read_marks(blob)[0]):
            continue
        here = places[report_id]
        text = read_marked(blob, clauses)
        for mark, clause in zip(text.marks, text.clauses, strict=True):
            if mark in wanted and here not in (there := variants[mark].setdefault(clause, [])) and len(there) < COMMON:
                there.append(here)
    return Boilerplate(variants)
