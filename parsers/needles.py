"""Words without which a pattern cannot match, taken from the pattern itself.

A document is asked for hundreds of patterns, and nearly none is in it. To look for a word takes a twentieth of the
time of a search, and one look at a sentence tells of all patterns at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import product
from typing import Any

try:
    from re import _parser  # type: ignore[attr-defined]  # the standard library has no public name for it
except ImportError:  # of another version: every pattern is tried, which is slower and otherwise the same
    _parser = None

_MOST = 24  # words of a pattern
_ONCE = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")

Words = frozenset[str]


def words_of(patterns: Iterable[re.Pattern[str]]) -> Words | None:
    """Words of which one stands in every text that one of the patterns is found in; None where it cannot be told."""
    if _parser is None:
        return None
    found = [None if p.flags & re.IGNORECASE else _needed(_parser.parse(p.pattern, p.flags)) for p in patterns]
    if None in found:
        return None
    every = frozenset[str]().union(*(words for words in found if words))
    return frozenset(word for word in every if not any(other in word for other in every - {word}))


def _needed(parts: Iterable[tuple[Any, Any]]) -> Words | None:
    """The most telling words of which one must stand where parts follow each other."""
    best: list[Words] = []
    run: Words = frozenset(("",))  # what stands here, if that can be told letter by letter
    for part in parts:
        exact = _spelled(part)
        if exact is not None and len(run) * len(exact) <= _MOST:
            run = frozenset(map("".join, product(run, exact)))
            continue
        best += [run, *([exact] if exact is not None else [])]
        run = frozenset(("",))
        if exact is None and (inside := _inside(part)) is not None:
            best.append(inside)
    return max((one for one in (*best, run) if "" not in one), key=_telling, default=None)


def _telling(words: Words) -> tuple[int, int]:
    return min(map(len, words)), -len(words)


def _spelled(part: tuple[Any, Any]) -> Words | None:
    """All that a part of a pattern can be, if that is a few words."""
    kind, value = str(part[0]), part[1]
    if kind == "LITERAL":
        return frozenset((chr(value),))
    if kind == "IN" and len(value) <= _MOST and all(str(one) == "LITERAL" for one, _ in value):
        return frozenset(chr(code) for _, code in value)
    if kind == "BRANCH":
        ways = [_all_spelled(way) for way in value[1]]
        return None if None in ways else frozenset[str]().union(*(way for way in ways if way))
    if kind in ("ASSERT", "ASSERT_NOT", "AT"):
        return frozenset(("",))  # takes no room
    return _all_spelled(value[3]) if kind == "SUBPATTERN" and not value[1] else None


def _all_spelled(parts: Iterable[tuple[Any, Any]]) -> Words | None:
    whole: Words = frozenset(("",))
    for part in parts:
        exact = _spelled(part)
        if exact is None or len(whole) * len(exact) > _MOST:
            return None
        whole = frozenset(map("".join, product(whole, exact)))
    return whole


def _inside(part: tuple[Any, Any]) -> Words | None:
    """What must stand in a part that cannot be told letter by letter."""
    kind, value = str(part[0]), part[1]
    if kind == "BRANCH":
        ways = [_needed(way) for way in value[1]]
        return None if None in ways else frozenset[str]().union(*(way for way in ways if way))
    if kind == "SUBPATTERN":
        return _needed(value[3]) if not value[1] else None  # not with flags of its own
    return _needed(value[2]) if kind in _ONCE and value[0] > 0 else None
