"""Findings as rows of the work database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from parsers.result import Finding

# Findings that are judged over the whole archive have numbers of their own, so that a row never depends on the order
# in which things were found (`nianbao verify` compares whole rows).
MISSING_NO, COPIED_NO = 10_000, 10_001


def insert(conn: sqlite3.Connection, edition_id: str, findings: Iterable[Finding], first: int) -> None:
    """Add findings to an edition, numbered from ``first`` on."""
    conn.executemany(
        "INSERT INTO findings(edition_id, n, rule, severity, verdict, doubt, cells, left_value, right_value,"
        " message_zh, message_en, ground_zh, ground_en, evidence, other_report_id)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        [
            (edition_id, n, f.rule, f.severity, f.verdict, f.doubt, json.dumps(list(f.cells)), f.left_value,
             f.right_value, f.message_zh, f.message_en, f.ground_zh or None, f.ground_en or None,
             json.dumps([list(p) for p in f.evidence], ensure_ascii=False) if f.evidence else None, f.other)
            for n, f in enumerate(findings, start=first)
        ],
    )  # fmt: skip
