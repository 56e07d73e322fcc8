"""The divisions to publish: the list of ``parsers.divisions``, and whatever codes the reports have beyond it."""

from __future__ import annotations

import sqlite3

from archive.pinyin import initials, letters
from parsers.divisions import Area, area, load_divisions


def division_rows(conn: sqlite3.Connection) -> list[tuple[object, ...]]:
    """The rows of the public table ``divisions``, one a code under its last name, earlier names beside it."""
    by_code: dict[str, list[Area]] = {}
    for one in load_divisions():
        by_code.setdefault(one.code, []).append(one)
    rows = [_row(code, names) for code, names in by_code.items()]
    return rows + [row for row in _from_reports(conn) if row[0] not in by_code]


def _row(code: str, names: list[Area]) -> tuple[object, ...]:
    last = area(code) or names[-1]
    parent = last.prefecture_code if last.level == "county" else None
    above = parent or (last.province_code if last.level != "province" else None)
    former = "、".join(one.name for one in names if one.name != last.name)
    return (code, last.name, last.kind, _name(last.province_code), _name(parent or "") if parent else None, above,
            last.valid_from or None, last.valid_to or None, last.succeeded_by or None, former or None,
            letters(last.name), initials(last.name))  # fmt: skip


def _name(code: str) -> str | None:
    found = area(code)
    return found.name if found else None


def _from_reports(conn: sqlite3.Connection) -> list[tuple[object, ...]]:
    return [
        (row["area_code"], row["name"] or row["area_code"], None, row["province"], row["prefecture"],
         None, None, None, None, None, letters(row["name"]), initials(row["name"]))
        for row in conn.execute(
            "SELECT area_code, max(coalesce(county, prefecture, province)) AS name, max(province) AS province,"
            " max(prefecture) AS prefecture FROM work.reports WHERE area_code IS NOT NULL GROUP BY area_code"
        )
    ]  # fmt: skip
