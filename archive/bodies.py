"""Which reports belong to one body over the years, whatever its printed name, and what stands beside them.

A county that was renamed or merged goes on under its successor's code; offices of one government are one body
whether they sign as 县政府办 or 县人民政府办公室. Reports of different scope are never joined.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from parsers.divisions import load_divisions

_BY_KIND = {"government", "government_office", "government_body"}  # one of each to a place, however it is written
_MOST_HOPS = 10


class Known(NamedTuple):
    """A report and its current edition, as the work database has them."""

    report_id: str
    area_code: str | None
    organ: str | None
    organ_kind: str | None
    admin_level: str | None
    scope: str
    year: int | None
    signature: str
    edition_id: str
    sha256: str
    form: str
    published_on: str | None


Body = tuple[str, str, str]  # area, organ, scope


def known_reports(conn: sqlite3.Connection) -> list[Known]:
    """Every report with its current edition, in order of id."""
    rows = conn.execute(
        """SELECT r.report_id, r.area_code, r.organ, r.organ_kind, r.admin_level, r.scope, r.year, r.signature,
                  e.edition_id, e.sha256, e.form, e.published_on
           FROM reports AS r JOIN editions AS e ON e.report_id = r.report_id
           WHERE e.ordinal = (SELECT max(ordinal) FROM editions WHERE report_id = r.report_id)
           ORDER BY r.report_id"""
    )
    return [Known(*row) for row in rows]


@cache
def heirs() -> dict[str, str]:
    """Area codes that were given up, and the code that took their place."""
    living = {a.code for a in load_divisions() if not a.valid_to}
    return {a.code: a.succeeded_by for a in load_divisions()
            if a.valid_to and a.succeeded_by and a.succeeded_by != a.code and a.code not in living}  # fmt: skip


@cache
def began() -> dict[str, str]:
    """The month from which each code has been in use, under whatever name; empty: before the lists begin."""
    found: dict[str, str] = {}
    for one in load_divisions():
        found[one.code] = min(found.get(one.code, one.valid_from), one.valid_from)
    return found


@cache
def ended() -> dict[str, str]:
    """The month in which each code that is no more in use was given up."""
    found: dict[str, str] = {}
    for one in load_divisions():
        found[one.code] = max(found.get(one.code, ""), one.valid_to or "9999")
    return {code: month for code, month in found.items() if month != "9999"}


@cache
def merged_in() -> dict[str, frozenset[str]]:
    """By the code under which a place goes on: the months in which it took in another place, or was made of several."""
    absorbed: dict[str, dict[str, str]] = defaultdict(dict)
    for old, heir in heirs().items():
        absorbed[heir][old] = ended()[old]
    return {
        root(heir): frozenset(months.values()) for heir, months in absorbed.items()
        if len(months) > 1 or began().get(heir, "") < min(months.values())
    }  # fmt: skip


@cache
def reshaped_in() -> dict[str, frozenset[str]]:
    """``merged_in``, and the months in which a new county came to be beside it: part of it may have gone there.

    The list does not say from whom a new county was taken, so all others of its prefecture count.
    """
    months: dict[str, set[str]] = defaultdict(set)
    for place, merged in merged_in().items():
        months[place] |= merged
    counties = {a.code for a in load_divisions() if a.level == "county" and a.kind != "zone"}
    for new in counties - set(heirs().values()):
        if month := began()[new]:
            for beside in counties:
                if beside[:4] == new[:4] and beside != new and began()[beside] < month:
                    months[root(beside)].add(month)
    return {place: frozenset(found) for place, found in months.items()}


@cache
def names_of_root() -> dict[str, frozenset[str]]:
    """All names that a place has or had, by the code under which it goes on."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in load_divisions():
        found[root(one.code)] |= {one.name, one.alias or one.name}
    return {code: frozenset(names) for code, names in found.items()}


@cache
def root(area_code: str) -> str:
    """The code under which a place goes on today."""
    for _ in range(_MOST_HOPS):
        if area_code not in heirs():
            break
        area_code = heirs()[area_code]
    return area_code


def same_place(area_code: str) -> str:
    """The code under which a place goes on today if it was only renamed; a merged one is another place."""
    return area_code if (today := root(area_code)) in merged_in() else today


def body_of(one: Known) -> Body | None:
    """What the reports of one body share; None where area or organ are not known."""
    if one.area_code is None or one.organ is None or one.year is None:
        return None
    organ = one.organ_kind if one.organ_kind in _BY_KIND else _without_place(one.organ, one.area_code)
    return root(one.area_code), organ or one.organ, one.scope


def _without_place(organ: str, area_code: str) -> str:
    """任县教育局 and 任泽区教育局 are one: a place that is renamed renames its bureaus."""
    names = names_of_root().get(root(area_code), frozenset())
    return organ.removeprefix(max((n for n in names if organ.startswith(n)), key=len, default=""))


def by_body(reports: Iterable[Known]) -> dict[Body, dict[int, Known]]:
    """The reports of each body by year; years with more than one report are left out: nothing tells which follows."""
    found: dict[Body, dict[int, list[Known]]] = defaultdict(lambda: defaultdict(list))
    for one in reports:
        body = body_of(one)
        if body is not None and one.year is not None:
            found[body][one.year].append(one)
    return {body: {y: ones[0] for y, ones in sorted(years.items()) if len(ones) == 1} for body, years in found.items()}


def last_years(reports: Iterable[Known]) -> dict[str, Known]:
    """Of each report last year's of the same body, by id; none where the place gained or may have lost a part since."""
    return {
        one.report_id: years[year - 1]
        for (area_code, *_), years in by_body(reports).items()
        for year, one in years.items()
        if year - 1 in years and not reshaped_since(area_code, year)
    }


def reshaped_since(area_code: str, year: int) -> bool:
    """Whether the place may have another extent in the report on ``year``, made by March, than in last year's."""
    return _between(reshaped_in(), area_code, year)


def _between(months: Mapping[str, frozenset[str]], area_code: str, year: int) -> bool:
    return any(f"{year}-01" <= month <= f"{year + 1}-03" for month in months.get(root(area_code), ()))


def goes_on(area_code: str, year: int) -> bool:
    """Whether a place was the same at the end of ``year`` as at the end of the year before, but for its name."""
    went = root(area_code) == area_code and ended().get(area_code, "9999") <= f"{year}-12"
    return not went and not _between(merged_in(), area_code, year)


def extent(area_code: str, year: int) -> int:
    """Tells apart the years between which a place became larger or smaller: how often by the end of ``year``."""
    return sum(month <= f"{year}-12" for month in reshaped_in().get(root(area_code), ()))


def families(reports: Iterable[Known]) -> dict[tuple[str, int], list[Known]]:
    """All reports of a place and year, departments and townships with them."""
    found: dict[tuple[str, int], list[Known]] = defaultdict(list)
    for one in reports:
        if one.area_code and one.year is not None:
            found[one.area_code, one.year].append(one)
    return dict(found)
