"""Bodies that reported once and then did not: ``X_MISSING``, judged anew each time, as looking goes on."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence

from archive.attempts import looks
from archive.bodies import Known, by_body, goes_on, root
from archive.deadlines import deadline
from archive.findingrows import MISSING_NO, insert
from parsers.result import Finding
from parsers.rules import load_rules

LEAST_RUNS = 2
RULE = "X_MISSING"


def renew(conn: sqlite3.Connection, reports: Sequence[Known]) -> None:
    """Replace the findings about missing reports, each at the body's last report before the gap."""
    conn.execute("DELETE FROM findings WHERE rule = ?", (RULE,))
    conn.execute("DELETE FROM verdicts WHERE rule_id = ?", (RULE,))
    rule = next(r for r in load_rules() if r.id == RULE)
    runs = looks(conn)
    years_of_place: dict[str, set[int]] = defaultdict(set)
    for one in reports:
        if one.area_code and one.year is not None and one.admin_level == "county":
            years_of_place[root(one.area_code)].add(one.year)
    for years in by_body(reports).values():
        for year, one in years.items():
            due = deadline(year + 1, one.organ_kind, one.admin_level)
            if due is None or one.area_code is None or year + 1 in years or not goes_on(one.area_code, year + 1):
                continue
            # Another report of the same government, under another kind of title, is a report all the same.
            if one.admin_level == "county" and one.organ_kind != "department" and (
                year + 1 in years_of_place[root(one.area_code)]
            ):
                continue
            n = len(runs.after(one.area_code, year + 1, due))
            if n < LEAST_RUNS:
                continue
            _add(conn, one, f"{year + 1}年度：{rule.message_zh}（期限{due}，其后查找{n}轮）",
                 f"{year + 1}: {rule.message_en} (due {due}, looked for in {n} runs since)", rule.severity)  # fmt: skip


def _add(conn: sqlite3.Connection, one: Known, zh: str, en: str, severity: str) -> None:
    insert(conn, one.edition_id, [Finding(
        RULE, "fail", severity, zh, en, doubt="open", ground_zh="在该县网站多轮查找均未见，但不能断定没有公布",
        ground_en="not found in several runs, which does not prove that it was not published",
    )], MISSING_NO)  # fmt: skip
    conn.execute("INSERT OR REPLACE INTO verdicts VALUES (?, ?, 0, 1, 0)", (one.report_id, RULE))
