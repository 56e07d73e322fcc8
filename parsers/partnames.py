"""Which part a heading's words name: spellings of ``forms/headings.csv``, then the wordings of ``data/parts.yml``."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict
from rapidfuzz import fuzz

from parsers.form_model import load_forms
from parsers.headings import load_spellings
from parsers.textnorm import squeeze

_FOLDED = re.compile(r"[、,.:;和与及的因]|工作|被申请|提起|\W")
_SIMILAR = 92


class _Wordings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    parts: dict[int, re.Pattern[str]]
    unnumbered: frozenset[int]


@cache
def _wordings() -> _Wordings:
    return _Wordings.model_validate(yaml.safe_load((resources.files("parsers") / "data/parts.yml").read_text("utf-8")))


@cache
def section_spellings() -> dict[int, tuple[str, ...]]:
    """Every known title of each part, without its number; the official one first."""
    out: dict[int, list[str]] = {}
    for form in load_forms().values():
        for label in form.sections:
            out.setdefault(label.number, []).append(re.sub(r"^[一二三四五六]、", "", label.label))
    for row in load_spellings():
        if row.kind == "section":
            out.setdefault(int(row.key), []).append(row.spelling)
    return {number: tuple(dict.fromkeys(names)) for number, names in sorted(out.items())}


@cache
def _known() -> dict[str, int]:
    return {fold(name): number for number, names in section_spellings().items() for name in names}


def fold(text: str) -> str:
    """A heading's words without blanks, punctuation and what varies between spellings."""
    return _FOLDED.sub("", squeeze(text))


def spelled(text: str) -> int | None:
    """The part whose title ``text`` is in a known spelling, None for others."""
    return _known().get(fold(text))


def resembling(text: str) -> int | None:
    """The part whose known title ``text`` is nearly: a character misread or left out."""
    bare, known = fold(text), _known()
    best = max(known, key=lambda name: fuzz.ratio(name, bare))
    return known[best] if bare and fuzz.ratio(best, bare) >= _SIMILAR else None


def worded(text: str, numbered: bool) -> int | None:
    """The part (0: one that the form does not know) that ``text`` names in other words, as a whole."""
    bare, wordings = fold(text), _wordings()
    if not bare:
        return None
    names = (n for n, pattern in wordings.parts.items() if numbered or n in wordings.unnumbered)
    return next((n for n in names if wordings.parts[n].fullmatch(bare)), None)
