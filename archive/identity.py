"""Which report a reading belongs to: organ × year × scope, and the stable public id of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from parsers.divisions import area

UNKNOWN_AREA = "000000"


class ReportKey(NamedTuple):
    """What makes two documents the same report."""

    area_code: str | None
    organ: str | None
    year: int | None
    scope: str


def report_key(result: Mapping[str, Any], sha256: str, part: int = 0) -> ReportKey:
    """The key of a reading, the report number ``part`` of its document.

    Without an organ or a year nothing can be joined: the document stands for itself.
    """
    organ, year = result.get("organ"), result.get("year")
    if organ is None or year is None:
        organ = f"{organ or '未具名机关'}（{sha256[:8]}{f'-{part}' if part else ''}）"
    return ReportKey(result.get("area_code"), organ, year, result.get("scope") or "unknown")


def report_id(key: ReportKey, organ_kind: str | None) -> str:
    """``<area>-<year>-<kind of organ>-<hash>``: readable, and the same for as long as the report is.

    The hash covers organ and scope, so that two organs of one county, or two scopes of one organ, stay two.
    """
    digest = hashlib.sha256(f"{key.area_code}|{key.organ}|{key.scope}".encode()).hexdigest()[:6]
    return f"{key.area_code or UNKNOWN_AREA}-{key.year or 'undated'}-{organ_kind or 'unknown'}-{digest}"


def place_names(code: str | None, year: int | None) -> dict[str, str | None]:
    """Names of province, prefecture and county of an area code, as they were in that year."""
    names: dict[str, str | None] = {"province": None, "prefecture": None, "county": None}
    one = area(code, year) if code else None
    for level, parent in (("province", "province_code"), ("prefecture", "prefecture_code")):
        parent_code = getattr(one, parent, None) if one else None
        over = area(parent_code, year) if parent_code else None
        names[level] = over.name if over else None
    if one is not None:
        names[one.level] = one.name
    return names
