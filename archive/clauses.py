"""A report's prose cut into clauses that can be compared, and the marks by which texts that are alike are found.

Years are masked for a comparison with last year's report, all numbers and place names for one with another place's, so
that a template filled in anew counts as taken over. Each clause has a mark: the smallest hash among its runs of six
characters (MinHash with one permutation to a clause), which most light edits of a clause leave as it was. A second
permutation makes a finer mark, for marks that other clauses come to share by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from archive.bodies import names_of_root, root
from parsers.prosechecks import sentences
from parsers.result import Section
from parsers.textnorm import squeeze

SHINGLE = 6  # characters; no clause is shorter
LEAST_TEXT = 200  # characters of a report's own words; less proves nothing
_CLAUSE = re.compile(r"[^,;:。!?、\n]+")
_YEARS = re.compile(r"20\d\d年?")
_NUMBERS = re.compile(r"\d+(?:\.\d+)?%?")
_BASE, _MIX = np.uint64(1_000_003), np.uint64(0x9E3779B97F4A7C15)
_NONE = np.uint64(0xFFFFFFFFFFFFFFFF)


class Clause(NamedTuple):
    """A clause folded: with years masked, with numbers and names masked, and the marks of the latter."""

    dated: str
    masked: str
    mark: int
    finer: int  # another mark, which fewer clauses share


class Text(NamedTuple):
    """A report's prose in sentences as printed, and the clauses of each."""

    printed: tuple[str, ...]
    clauses: tuple[tuple[Clause, ...], ...]

    @property
    def marks(self) -> frozenset[int]:
        """The marks of all clauses."""
        return frozenset(c.mark for sentence in self.clauses for c in sentence)

    @property
    def length(self) -> int:
        """Characters in different clauses."""
        return sum(map(len, {c.masked for sentence in self.clauses for c in sentence}))


def read_text(sections: Iterable[Section], area_code: str | None, organ: str | None) -> Text:
    """The clauses of a report; part five counts as well, though its plans are no facts."""
    names = _names(area_code, organ)
    printed: list[str] = []
    cut: list[list[tuple[str, str]]] = []
    for folded, sentence in sentences([Section(0, s.title, s.text) for s in sections]):
        found = [c for c in _CLAUSE.findall(folded) if len(c) >= SHINGLE]
        if found:
            printed.append(sentence)
            cut.append([(_YEARS.sub("#", c), _NUMBERS.sub("#", names.sub("@", c))) for c in found])
    marks = iter(_marks([masked for clauses in cut for _, masked in clauses]))
    return Text(tuple(printed), tuple(tuple(Clause(d, m, *next(marks)) for d, m in clauses) for clauses in cut))


@cache
def _names(area_code: str | None, organ: str | None) -> re.Pattern[str]:
    """What a place and its government call themselves."""
    names = {organ} if organ else set()
    if area_code:
        for code in {root(area_code), root(area_code[:4] + "00")}:
            for name in names_of_root().get(code, ()):
                names |= {name, name[:-1] if len(name) > 2 else name}
    words = sorted((re.escape(squeeze(n)) for n in names if n), key=len, reverse=True)
    return re.compile("|".join([*words, "[我全本][省市县区旗州乡镇街]|[县区市旗](?=政府|委|人民)"]))


def _marks(clauses: list[str]) -> list[tuple[int, int]]:
    """The smallest hash of each clause's runs of ``SHINGLE`` characters, and one made of it and of another order's
    smallest; what masks made shorter is one run.
    """
    if not clauses:
        return []
    padded = [c.ljust(SHINGLE, "\0") for c in clauses]
    lengths = np.array([len(c) for c in padded])
    codes = np.frombuffer("".join(padded).encode("utf-32-le"), np.uint32).astype(np.uint64)
    ends, starts = np.repeat(np.cumsum(lengths), lengths), np.cumsum(lengths) - lengths
    runs = _runs(codes)
    beyond = np.arange(len(codes)) + SHINGLE > ends  # runs that would reach into the next clause
    first, second = (
        np.minimum.reduceat(np.where(beyond, _NONE, _mixed(order)), starts) for order in (runs, runs ^ _MIX)
    )
    finer = _mixed(first * _BASE + second)
    return list(zip(first.view(np.int64).tolist(), finer.view(np.int64).tolist(), strict=True))


def _runs(codes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The run of ``SHINGLE`` characters that starts at each, as one number; 64 bits, overflow wanted."""
    out = np.zeros_like(codes)
    ahead = np.concatenate([codes, np.zeros(SHINGLE, np.uint64)])
    for n in range(SHINGLE):
        out = out * _BASE + ahead[n : n + len(codes)]
    return out


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """A hash of each number."""
    for shift in (np.uint64(32), np.uint64(29)):
        numbers = (numbers ^ (numbers >> shift)) * _MIX
    return numbers ^ (numbers >> np.uint64(32))
