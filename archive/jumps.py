"""Numbers far from a body's own other years and from its peers: told with the comparison, never as an accusation."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median, quantiles
from typing import NamedTuple

from archive.bodies import extent
from archive.derived import series_comparable
from archive.indicators import indicators

UNIT = 10_000  # 元 in a column of 万元, or the reverse
_UNIT_SPREAD = 4  # how far from exactly 10,000 a factor may lie
_LEAST = 50  # smaller numbers jump by nature
_FAR = 10  # times the largest, or a tenth of the smallest, of the other years
_LEAST_YEARS = 2
_LEAST_PEERS = 20


class Jump(NamedTuple):
    """One row of the public table ``jumps``; the comparison is in its columns."""

    report_id: str
    kind: str  # unit | zero | high | low | shifted
    name: str
    value: float
    last_value: float | None
    last_report_id: str | None
    own_low: float | None
    own_high: float | None
    n_years: int
    peer_median: float | None
    peer_high: float | None
    n_peers: int
    message_zh: str
    message_en: str


class _Point(NamedTuple):
    report_id: str
    year: int
    form: str
    value: float


class _Peers(NamedTuple):
    middle: float
    high: float  # 95th percentile
    n: int


def jumps(conn: sqlite3.Connection) -> Iterator[Jump]:
    """Look at every indicator of ``highlights``, body by body, then for shifted columns between two years."""
    for name in indicators():
        series, groups = _series(conn, name)
        peers = {group: _peers(values) for group, values in groups.items() if len(values) >= _LEAST_PEERS}
        for (scope, _), points in series.items():
            for n, point in enumerate(points):
                others = [p for p in points if p is not point and series_comparable(name, p.form, point.form)]
                if found := _jump(name, point, points[n - 1] if n else None, others, peers.get((scope, point.year))):
                    yield found
    yield from _shifted(conn)


_Series = dict[tuple[str, tuple[str, str, int]], list[_Point]]  # by scope; place, organ, extent of the place


def _series(conn: sqlite3.Connection, name: str) -> tuple[_Series, dict[tuple[str, int], list[float]]]:
    """The values of each body in order of years, and of all bodies of one scope and year."""
    series: _Series = defaultdict(list)
    groups: dict[tuple[str, int], list[float]] = defaultdict(list)
    rows = conn.execute(
        "SELECT area_code, CASE WHEN organ_kind LIKE 'government%' THEN organ_kind ELSE organ END,"  # noqa: S608
        f" scope, report_id, year, form, {name} FROM highlights"
        f" WHERE {name} IS NOT NULL AND year IS NOT NULL AND area_code IS NOT NULL ORDER BY year, report_id"
    )
    for area_code, organ, scope, report_id, year, form, value in rows:
        series[scope, (area_code, organ or "", extent(area_code, year))].append(_Point(report_id, year, form, value))
        groups[scope, year].append(value)
    return series, groups


def _peers(values: Sequence[float]) -> _Peers:
    return _Peers(median(values), quantiles(values, n=20)[-1], len(values))


def _jump(
    name: str, point: _Point, before: _Point | None, others: Sequence[_Point], peers: _Peers | None
) -> Jump | None:
    last = before if before and before.year == point.year - 1 and before in others else None
    kind = _kind(point.value, last.value if last else None, [p.value for p in others], peers)
    if kind is None:
        return None
    low, high = (f([p.value for p in others], default=None) for f in (min, max))
    zh, en = _words(kind, name, point, last, low, high)
    return Jump(
        point.report_id, kind, name, point.value, last.value if last else None, last.report_id if last else None,
        low, high, len(others), peers.middle if peers else None, peers.high if peers else None, peers.n if peers else 0,
        zh, en,
    )  # fmt: skip


def _kind(value: float, last: float | None, others: Sequence[float], peers: _Peers | None) -> str | None:
    known = [o for o in others if o > 0]
    if value and known and min(value, *known) > 0:
        factor = max(value / median(known), median(known) / value)
        if UNIT / _UNIT_SPREAD <= factor <= UNIT * _UNIT_SPREAD:
            return "unit"
    if value == 0:
        return "zero" if last is not None and last >= _LEAST and min(others) >= _LEAST / 5 else None
    if len(others) < _LEAST_YEARS or max(value, *others) < _LEAST:
        return None
    # Small places rise and fall by large factors; what is common among peers is no jump up.
    if value > _FAR * max(others) and (peers is None or value > peers.high):
        return "high"
    return "low" if value < min(others) / _FAR else None


_SAID = {
    "unit": ("与其他年度相差约一万倍，可能单位不同（元、万元）",
             "ten thousand times off the other years: perhaps another unit"),
    "zero": ("上年数额不小，本年为零", "zero after a considerable number last year"),
    "high": ("是其他年度最高值的十倍以上，也高于绝大多数同类机关",
             "more than ten times the highest of its other years"),
    "low": ("不到其他年度最低值的十分之一", "less than a tenth of the lowest of its other years"),
}  # fmt: skip


def _words(
    kind: str, name: str, point: _Point, last: _Point | None, low: float | None, high: float | None
) -> tuple[str, str]:
    zh, en = indicators()[name].label
    value, before = _plain(point.value), _plain(last.value) if last else ""
    span = "" if low is None or high is None else _plain(low) if low == high else f"{_plain(low)}–{_plain(high)}"
    before_zh, before_en = (f"，上年{before}", f", last year {before}") if last else ("", "")
    return (f"{zh}{value}{before_zh}；其他年度{span}：{_SAID[kind][0]}",
            f"{en}: {value}{before_en}; other years {span}: {_SAID[kind][1]}")  # fmt: skip


def _plain(value: float) -> str:
    """A number with all its digits, as it was printed; the shortest form that Python knows would round large ones."""
    return str(int(value)) if float(value).is_integer() else f"{value:.6f}".rstrip("0")


def _shifted(conn: sqlite3.Connection) -> Iterator[Jump]:
    """Carried over by column against carried in a year later: the same numbers, in other columns."""
    rows = conn.execute(
        """SELECT f.report_id, f.other_report_id, c.key, o.value, c.value FROM findings AS f
           JOIN cells AS c ON c.report_id = f.report_id AND c.is_current
             AND c.key = 'table3.carried_in.' || substr(f.rule, 9)
           JOIN cells AS o ON o.report_id = f.other_report_id AND o.is_current
             AND o.key = 'table3.carried_out.' || substr(f.rule, 9)
           WHERE f.rule_id = 'X_CARRY' AND f.verdict = 'fail' AND f.other_report_id IS NOT NULL"""
    )
    found: Mapping[tuple[str, str], list[tuple[str, float, float]]] = defaultdict(list)
    for report_id, other, key, last, value in rows:
        found[report_id, other].append((key, last or 0, value or 0))
    for (report_id, other), cells in found.items():
        moved = [(k, a, b) for k, a, b in cells if not k.endswith(".total")]
        if len(moved) >= 2 and len(moved) == len(cells) and sorted(a for _, a, _ in moved) == sorted(
            b for *_, b in moved
        ):
            key, last, value = next((k, a, b) for k, a, b in moved if b)
            zh = "上年结转的件数与上年报告相同，但列在不同的申请人栏下"
            en = "carried in as last year's report says, but in other columns"
            yield Jump(report_id, "shifted", key, value, last, other, None, None, 1, None, None, 0, zh, en)
