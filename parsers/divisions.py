"""Administrative divisions of China, county level and above, by code, name and year; zones apart.

World facts are in ``data/divisions.csv`` (provenance: ``data/README.md``). A name is matched only as a whole path
from the start of a text (吕梁市离石区, 临夏州永靖县) or, bare, where one county alone has it: 28 names are shared.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import isnan
from typing import NamedTuple

from parsers.textnorm import squeeze

KINDS = frozenset({"province", "prefecture", "county", "city", "district", "banner", "zone"})
_HEADER = ["code", "name", "kind", "alias", "valid_from", "valid_to", "succeeded_by", "pinyin", "lat", "lon"]
_MONTH = re.compile(r"(\d{4}-(0[1-9]|1[0-2]))?")
# 合作市 is a city, 合作市场 is not; 城区 is five places and a common word.
_GOES_ON = {"市": "场", "区": "域块间"}
_SHORTENED = re.compile(r"(省|市|地区|盟|自治州)$")


class DivisionError(ValueError):
    """A division list that cannot be used; the message names the line and the fault."""


@dataclass(frozen=True, slots=True)
class Area:
    """One division under one name. Dates are ``YYYY-MM``, empty where the lists do not say (see data/README.md).

    ``lat`` and ``lon`` are good to a kilometre: for dots on a map only.
    """

    code: str
    name: str
    kind: str
    alias: str = ""
    valid_from: str = ""
    valid_to: str = ""
    succeeded_by: str = ""
    pinyin: str = ""
    lat: float | None = None
    lon: float | None = None

    @property
    def level(self) -> str:
        """``province``, ``prefecture`` or ``county`` (districts, cities, banners and zones too)."""
        return self.kind if self.kind in ("province", "prefecture") else "county"

    @property
    def province_code(self) -> str:
        """Code of the province."""
        return self.code[:2] + "0000"

    @property
    def prefecture_code(self) -> str | None:
        """Code of the prefecture, None for provinces and for counties directly under one."""
        code = self.code[:4] + "00"
        return code if not self.code.endswith("0000") and code in _index().by_code else None

    def in_force(self, year: int | None) -> bool:
        """Whether this name stood in ``year`` or when the report on it was due (March after). None means now."""
        if year is None:
            return not self.valid_to
        return (not self.valid_to or self.valid_to >= f"{year}-01") and (self.valid_from or "0") <= f"{year + 1}-03"


class AreaMatch(NamedTuple):
    """An area found at the start of a text; ``length`` counts characters of the text without blanks."""

    area: Area
    length: int


class _Index(NamedTuple):
    by_code: dict[str, list[Area]]
    by_name: dict[str, list[Area]]  # full names and aliases
    parents: dict[str, list[Area]]  # provinces and prefectures also by their short names (山西, 吕梁)
    longest: int


def parse_divisions(text: str) -> tuple[Area, ...]:
    """Read the CSV ``text``. Raises DivisionError on an unknown kind, a bad code or date, or a code named twice."""
    reader = csv.DictReader(text.splitlines())
    if reader.fieldnames != _HEADER:
        raise DivisionError(f"divisions: the header must be {','.join(_HEADER)}")
    areas = []
    seen: set[tuple[str, str]] = set()
    for n, row in enumerate(reader, start=2):
        key = (row["code"], row["name"])
        if not re.fullmatch(r"\d{6}", row["code"]) or not row["name"] or row["kind"] not in KINDS or key in seen:
            raise DivisionError(f"divisions line {n}: code, name or kind is wrong or stands twice")
        if not (_MONTH.fullmatch(row["valid_from"]) and _MONTH.fullmatch(row["valid_to"])):
            raise DivisionError(f"divisions line {n}: a date must be YYYY-MM or empty")
        seen.add(key)
        lat, lon = (float(row.pop(c) or "nan") for c in ("lat", "lon"))
        areas.append(Area(**row, lat=None if isnan(lat) else lat, lon=None if isnan(lon) else lon))
    return tuple(areas)


@cache
def load_divisions() -> tuple[Area, ...]:
    """All divisions of the list, past names included."""
    return parse_divisions((resources.files("parsers") / "data/divisions.csv").read_text("utf-8"))


@cache
def _index() -> _Index:
    by_code: dict[str, list[Area]] = {}
    by_name: dict[str, list[Area]] = {}
    parents: dict[str, list[Area]] = {}
    for one in load_divisions():
        by_code.setdefault(one.code, []).append(one)
        for name in filter(None, {one.name, one.alias}):
            by_name.setdefault(name, []).append(one)
        if one.level != "county":
            for name in filter(None, {one.name, one.alias, _SHORTENED.sub("", one.name)}):
                parents.setdefault(name, []).append(one)
    return _Index(by_code, by_name, parents, max(map(len, by_name)))


def area(code: str, year: int | None = None) -> Area | None:
    """The division with that six-digit code, under the name it had in ``year`` (None: its last name)."""
    named = _index().by_code.get(code, [])
    return _of_year(named, year)[-1] if named else None


def _of_year(areas: list[Area], year: int | None) -> list[Area]:
    areas = sorted(areas, key=lambda a: (a.valid_from, not a.valid_to))
    return [a for a in areas if a.in_force(year)] or areas


def find_area(text: str, hint: str | None = None, year: int | None = None) -> Area | None:
    """The area whose name, with or without its province and prefecture, begins ``text``; None if unsure.

    A name that several counties share needs ``hint``: a code (``1411``, ``141100``), a host name or a text that
    names the prefecture or province. ``year`` is the year the text is about.
    """
    match = match_area(text, hint, year)
    return match.area if match else None


def match_area(text: str, hint: str | None = None, year: int | None = None) -> AreaMatch | None:
    """Like ``find_area``, with the length of the matched path, so that the rest of an organ's name can be cut."""
    text = squeeze(text)
    paths = list(_paths(text, 0, ()))
    if not paths:
        return None
    end = max(at for at, _ in paths)
    chains = [chain for at, chain in paths if at == end]
    most = max(map(len, chains))
    found = _one_place(_of_year(list({chain[-1]: None for chain in chains if len(chain) == most}), year))
    if len({a.code for a in found}) > 1:
        found = _settle(found, hint, year)
    if not found or _too_common(text[:end], found[0], most, hint):
        return None
    return AreaMatch(found[-1], end)


class SharedName(NamedTuple):
    """The areas that bear the name at the start of a text; ``length`` as in AreaMatch."""

    areas: tuple[Area, ...]
    length: int


def named_like(text: str) -> SharedName | None:
    """The longest area name that begins ``text``, whichever of its bearers is meant."""
    text = squeeze(text)
    for end in range(min(len(text), _index().longest), 1, -1):
        if (bearers := _index().by_name.get(text[:end])) and not _runs_on(text, end):
            return SharedName(tuple(bearers), end)
    return None


def _one_place(areas: list[Area]) -> list[Area]:
    """Drop what another one stands for: the heir of a renamed county, the prefecture without counties (嘉峪关)."""
    codes = {a.code for a in areas}
    return [
        a for a in areas
        if not (a.succeeded_by in codes - {a.code} or (a.prefecture_code in codes and a.prefecture_code != a.code))
    ]  # fmt: skip


def _paths(text: str, at: int, chain: tuple[Area, ...]) -> Iterable[tuple[int, tuple[Area, ...]]]:
    """Every way to read divisions from ``at`` on, each inside the one before."""
    index = _index()
    for end in range(min(len(text), at + index.longest), at + 1, -1):
        name = text[at:end]
        for one in index.by_name.get(name, []):
            if _inside(one, chain) and not _runs_on(text, end):
                yield end, (*chain, one)
                if one.level != "county":
                    yield from _paths(text, end, (*chain, one))
        for one in index.parents.get(name, []):
            # A short name (山西, 吕梁) counts only in front of a full one.
            if name not in (one.name, one.alias) and _inside(one, chain):
                yield from _paths(text, end, (*chain, one))


def _inside(one: Area, chain: tuple[Area, ...]) -> bool:
    if not chain:
        return True
    last = chain[-1]
    return one.code != last.code and one.code.startswith(last.code[: 2 if last.level == "province" else 4])


def _runs_on(text: str, end: int) -> bool:
    return end < len(text) and text[end] in _GOES_ON.get(text[end - 1], "")


def _too_common(name: str, one: Area, path_length: int, hint: str | None) -> bool:
    """城区, 矿区, 郊区, 东区: a word as well as a name, so it needs its prefecture, in the text or the hint."""
    return path_length == 1 and len(name) == 2 and name.endswith("区") and not _settle([one], hint, None)


def _settle(areas: list[Area], hint: str | None, year: int | None) -> list[Area]:
    """The areas that the hint names, if they are one and the same place, else none."""
    if not hint:
        return []
    left = [a for a in areas if _hinted(a, squeeze(hint))]
    return _of_year(left, year) if len({a.code for a in left}) == 1 else []


def _hinted(one: Area, hint: str) -> bool:
    if hint.isascii() and hint.isdigit():
        wanted = hint[:6]
        wanted = wanted.removesuffix("00").removesuffix("00") if len(wanted) == 6 else wanted
        return len(wanted) >= 2 and one.code.startswith(wanted)
    parents = [p for code in {one.code[:4] + "00", one.province_code} for p in _index().by_code.get(code, [])]
    if hint.isascii():
        labels = set(re.split(r"[./:]+", hint.lower()))
        return any(p.pinyin in labels for p in parents)
    return any(_SHORTENED.sub("", p.alias or p.name) in hint for p in parents)
