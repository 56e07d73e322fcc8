"""Chinese full-text search on FTS5: one character a token, phrase queries.

Two-character words (岚县, 征地) are found, and every substring is: recall is complete, which word segmentation
does not give. Text and query are folded alike: NFKC (full-width digits), lower case, no white space, so that
``2023 年`` and ``2023年`` are the same.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MARK_OPEN, MARK_CLOSE = "\ue000", "\ue001"  # private characters around a hit; text from outside has them removed
_WORDS = re.compile(r'"([^"]*)"|(\S+)')
MAX_QUERY = 200  # characters


def fold(text: str) -> tuple[str, list[int]]:
    """Fold ``text`` for comparison; the second value gives, for each folded character, its index in ``text``."""
    out: list[str] = []
    places: list[int] = []
    for index, char in enumerate(text):
        for folded in _folded(char):
            out.append(folded)
            places.append(index)
    return "".join(out), places


@lru_cache(maxsize=1 << 16)
def _folded(char: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", char).lower() if not c.isspace())


def spread(text: str | None) -> str | None:
    """The form in which text is indexed: folded, a space between any two characters."""
    return None if text is None else " ".join(fold(text)[0])


def words(query: str) -> list[str]:
    """The folded words of a query; quotation marks keep a phrase together. Longer queries are cut."""
    query = unicodedata.normalize("NFKC", query)[:MAX_QUERY].replace("“", '"').replace("”", '"')
    found = (fold(quoted or bare)[0].replace('"', "") for quoted, bare in _WORDS.findall(query))
    return [word for word in found if any(c.isalnum() for c in word)]


def to_phrases(query: str | None) -> str:
    """An FTS5 query for what a person typed: every word as a phrase, all of them required; ``""`` finds nothing."""
    phrases = ['"' + " ".join(word) + '"' for word in words(query or "")]
    return " ".join(phrases) or '""'


def snippet(text: str | None, query: str | None, around: int = 36) -> str:
    """A passage of ``text`` around the first hit, hits between ``MARK_OPEN`` and ``MARK_CLOSE``."""
    text = re.sub(f"[{MARK_OPEN}{MARK_CLOSE}]", "", text or "")
    wanted = words(query or "")
    low, high = _window(text, wanted, 2 * around)
    folded, places = fold(text[low:high])
    spans = [(low + places[first], low + places[last - 1] + 1) for first, last in _hits(folded, wanted)]
    if not spans:
        return text[: 2 * around] + ("…" if len(text) > 2 * around else "")
    start = max(0, spans[0][0] - around)
    end = min(len(text), spans[0][1] + 2 * around)
    parts, at = ["…" if start else ""], start
    for begin, stop in spans:
        if begin < at or stop > end:
            continue
        parts += [text[at:begin], MARK_OPEN, text[begin:stop], MARK_CLOSE]
        at = stop
    return "".join([*parts, text[at:end], "…" if end < len(text) else ""])


def _window(text: str, wanted: list[str], around: int) -> tuple[int, int]:
    """The part of a text worth folding: folding a whole report took a millisecond, thirty times a page.

    A word that is written there as it was typed is found without folding; otherwise the window is the whole text.
    """
    found = [m.start() for m in (re.search(_loose(word), text, re.IGNORECASE) for word in wanted) if m]
    return (max(0, min(found) - around), min(found) + 2 * around) if found else (0, len(text))


def _loose(word: str) -> str:
    return r"\s*".join(map(re.escape, word))


def _hits(folded: str, wanted: list[str]) -> list[tuple[int, int]]:
    spans = [(m.start(), m.end()) for word in wanted for m in re.finditer(re.escape(word), folded)]
    return sorted(spans)
