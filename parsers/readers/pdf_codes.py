"""Codes without meaning: fonts that do not tell what their glyphs are give the glyphs' numbers for characters."""

from __future__ import annotations

from collections.abc import Iterable

from parsers.readers.pdf_parts import Char

UNKNOWN = "\ufffd"
_KNOWN = frozenset("·×÷°±§«»àáâèéêìíòóùúüāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ")  # signs and pinyin that reports have
_MANY = 1 / 6  # of a page's characters


def is_strange(char: str) -> bool:
    """Whether a character means nothing in a report."""
    private = char == UNKNOWN or "\ue000" <= char <= "\uf8ff" or char < " "
    return private or ("\xa1" <= char <= "\u058f" and char not in _KNOWN)


def are_strange(chars: Iterable[Char]) -> bool:
    """Whether so many of a page's characters that are shown mean nothing that the others are worth nothing either."""
    shown = [ch.text for ch in chars if not ch.text.isspace() and not ch.hidden]
    return sum(map(is_strange, shown)) > _MANY * len(shown)
