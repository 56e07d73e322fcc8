"""Which places the panel has, and under which name and code each reports in which year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest

from parsers.divisions import Area, load_divisions

YEARS = range(2019, 2026)
COUNTIES = ("county", "city", "district", "banner")


@dataclass(frozen=True)
class Line:
    """A place through the years; in those of ``fresh`` it gained or lost a part, and nothing goes on from before."""

    areas: dict[int, Area]
    fresh: frozenset[int] = frozenset()


def lines(n: int) -> list[Line]:
    """So many places: most stood all the years, among them some that were renamed, merged or made anew, and cities."""
    standing = [a for a in load_divisions() if not a.valid_to and a.valid_from[:4] < str(YEARS[0])]
    counties = [_standing(a) for a in standing if a.kind in COUNTIES]
    cities = [_standing(a) for a in standing if a.kind == "prefecture"]
    mixed: list[Line] = []
    changed = iter(_changed())
    for n_county, line in enumerate(counties):
        mixed.append(line)
        if n_county % 5 == 4:
            mixed += [one for one in (next(changed, None),) if one]
        if n_county % 25 == 24 and cities:
            mixed.append(cities.pop(0))
    return [*mixed, *cities][:n]


def _taken_in(area: Area) -> list[Area]:
    """Places that went on under this one's code or name."""
    return [a for a in load_divisions() if a.valid_to and a.succeeded_by == area.code and a.kind in COUNTIES]


def _standing(area: Area) -> Line:
    months = [a.valid_to for a in _taken_in(area) if a.code != area.code] + _given_away(area)
    return Line(dict.fromkeys(YEARS, area), _years(months))


def _years(months: list[str]) -> frozenset[int]:
    """The years whose reports may be the first after a change: one that was due by March may tell of it."""
    return frozenset(y for m in months for y in (int(m[:4]), int(m[:4]) - (m[5:] <= "03")))


def _given_away(area: Area) -> list[str]:
    """Months in which a county without predecessor came to be in the same prefecture."""
    return [a.valid_from for a in load_divisions() if a.code[:4] == area.code[:4] and a.code != area.code
            and a.kind in COUNTIES and not a.valid_to and a.valid_from >= str(YEARS[0]) and not _taken_in(a)
            and area.kind in COUNTIES]  # fmt: skip


def _changed() -> list[Line]:
    """Places of which a name began or ended in these years, those of each kind in turn."""
    renamed, merged, new = [], [], []
    for area in load_divisions():
        if area.valid_to or area.kind not in COUNTIES or area.valid_from[:4] < str(YEARS[0]):
            continue
        began = int(area.valid_from[:4])
        old, own = _taken_in(area), {y: area for y in YEARS if y >= began}
        if len(old) == 1 and old[0].valid_to == area.valid_from:
            renamed.append(Line({y: old[0] for y in YEARS if y < began} | own, _years(_given_away(area))))
        elif old:
            merged += [Line(own, _years(_given_away(area))), *(_until_the_end(a) for a in old)]
        else:
            new.append(Line(own, _years(_given_away(area))))
    merged += [_until_the_end(a) for a in _gone_into_standing()]
    in_turn = chain.from_iterable(zip_longest(renamed, merged, new))
    return [line for line in in_turn if line and line.areas]


def _until_the_end(area: Area) -> Line:
    return Line({y: area for y in YEARS if y < int(area.valid_to[:4])})


def _gone_into_standing() -> Iterator[Area]:
    living = {a.code: a for a in load_divisions() if not a.valid_to}
    for area in load_divisions():
        heir = living.get(area.succeeded_by)
        ended = area.valid_to[:4] >= str(YEARS[0]) and area.kind in COUNTIES
        if ended and heir and heir.valid_from[:4] < str(YEARS[0]):
            yield area
