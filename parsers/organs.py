"""An organ's printed name -> what kind of organ it is, of which area, and whom its report covers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from parsers.divisions import Area, area, match_area, named_like
from parsers.textnorm import squeeze

OrganKind = Literal[
    "government", "government_office", "government_body", "department", "township", "subdistrict", "zone", "other"
]
Scope = Literal["whole_area", "government_and_office", "single_organ", "unknown"]
_GENERIC = re.compile(r"(?:本|我|全)?[省市县区旗州盟](?=人民政府|政府|府办|市[场政容]|[^省市县区旗州盟])")
# A place that is in no list (a new one, one that was renamed): told by the form of its name, its government behind it.
_UNLISTED = re.compile(
    r"(?![本我全各该])[\u4e00-\u9fff]{1,9}?(?:[县旗]|(?<=..)[市州盟]|(?<=..)(?<![发新开业园范验税港景胜假理作能片社林矿校地小])区)"
    r"(?=$|(?:[市县区旗州盟])?(?:人民政府|政府|府办|行政公署|行署))"
)
_LEVELS = {"省": "province", "县": "county", "旗": "county", "区": "county", "州": "prefecture", "盟": "prefecture"}
_LONGEST_NAME = 40

_ABOVE = "国家税务总局"  # local tax offices put the national one in front of their own name


class OrganRuleError(ValueError):
    """A rule file that cannot be used; the message is one sentence."""


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: OrganKind
    scope: Scope
    pattern: re.Pattern[str]
    name: str
    needs_area: bool = False


@dataclass(frozen=True, slots=True)
class Organ:
    """``name`` is normalised (area-only: 岚县 -> 岚县人民政府); ``area`` is None where it cannot be told.

    ``admin_level``: province, prefecture, county or township; None for zones and where the area is not known.
    """

    printed: str
    name: str
    kind: OrganKind
    scope: Scope
    area: Area | None = None
    admin_level: str | None = None


def parse_rules(text: str) -> list[_Rule]:
    """Read the rules from YAML. Raises OrganRuleError with one sentence that names the place."""
    try:
        return TypeAdapter(list[_Rule]).validate_python(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        place = error.errors()[0]["loc"] if isinstance(error, ValidationError) else "not valid YAML"
        raise OrganRuleError(f"organs.yml: {place}: fault in the rules") from error


@cache
def _rules() -> list[_Rule]:
    return parse_rules((resources.files("parsers") / "data/organs.yml").read_text("utf-8"))


def read_organ(printed: str, hints: Iterable[str] = (), year: int | None = None) -> Organ | None:
    """Read an organ's name as printed; None for an empty one.

    ``hints`` settle a county name that several share, and complete 县政府办: area codes, host names, or texts that
    name the prefecture, the surest first. ``year`` is the report's.
    """
    text = squeeze(printed)
    if not text:
        return None
    hints = [h for h in hints if h]
    if text.startswith(_ABOVE) and (local := read_organ(text.removeprefix(_ABOVE), hints, year)):
        return replace(local, printed=text, name=_ABOVE + local.name)
    path, rest, where, level = _area_of(text, hints, year)
    for rule in _rules():
        found = rule.pattern.fullmatch(rest)
        if found is None or (rule.needs_area and not path) or (rule.needs_area and where and where.kind == "zone"):
            continue
        name = rule.name.format(area=path, rest=rest, **found.groupdict())
        if rule.kind in ("township", "subdistrict"):
            level = "township"
        elif rule.kind == "zone" or (where and where.kind == "zone"):
            level = None
        return Organ(text, name, rule.kind, rule.scope, where, level)
    # Only an area that is a zone gets here: 苏州工业园区.
    return Organ(text, text, "zone", "unknown", where)


def _area_of(text: str, hints: list[str], year: int | None) -> tuple[str, str, Area | None, str | None]:
    """The area path as it belongs in front of the name, the rest, the area and its level."""
    found = (match_area(text, hint, year) for hint in hints or [""])
    if match := next(filter(None, found), None):
        path, rest = text[: match.length], text[match.length :]
        doubled = re.match(rf"{path[-1]}(?=人民政府|政府|府办)", rest)  # 岚县县政府办公室
        return path, rest[1:] if doubled else rest, match.area, match.area.level
    codes = [h for h in hints if h.isdigit() and len(h) == 6]
    home = area(codes[0], year) if codes else None
    if shared := named_like(text):
        # A name that several counties have: its level is sure, the place is not.
        levels = {a.level for a in shared.areas}
        return text[: shared.length], text[shared.length :], None, levels.pop() if len(levels) == 1 else None
    if generic := _GENERIC.match(text):
        if home and home.name[-1] == text[generic.end() - 1]:
            return home.name, text[generic.end() :], home, home.level
        ends = text[generic.end() - 1]
        if named := _place_ending(ends, hints, year):
            return named[0], text[generic.end() :], named[1], named[1].level if named[1] else _LEVELS.get(ends)
        return text[: generic.end()], text[generic.end() :], None, _LEVELS.get(ends)
    if unlisted := _UNLISTED.match(text):
        place, level = unlisted[0], _LEVELS.get(unlisted[0][-1])
        same = home if home and level in (home.level, None) else None  # 达茂旗 on the portal of 达尔罕茂明安联合旗
        return place, text[len(place) :], same, same.level if same else level
    return "", text, home, home.level if home else None


def _place_ending(ends: str, hints: list[str], year: int | None) -> tuple[str, Area | None] | None:
    """The place that a site's or issuer's name begins with, if it is of the kind meant: 县 and 清岭县人民政府."""
    for hint in hints:
        if len(hint) <= _LONGEST_NAME and not hint.isdigit():
            if (match := match_area(hint, "", year)) and hint[match.length - 1] == ends:
                return hint[: match.length], match.area
            if (unlisted := _UNLISTED.match(hint)) and unlisted[0][-1] == ends:
                return unlisted[0], None
    return None
