from __future__ import annotations

import fcntl
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from archive import build, words
from archive.codebook import compare
from archive.coverage import coverage
from archive.deadlines import basis, deadline
from archive.metadata import columns
from archive.workdb import ArchiveError

PROMISED = {
    "reports": "report_id area_code province prefecture county organ organ_kind admin_level scope year form title"
    " published_on signed_on deadline days_late url edition_id first_seen last_seen gone_since n_printed n_unknown"
    " n_findings",
    "cells": "report_id key table row column value raw status unit place edition_id",
    "applications": "report_id applicant new_requests unavailable_not_held total_handled other_handling other_misc",
    "proceedings": "report_id proceeding upheld corrected other_result pending total",
    "disclosures": "report_id regulations__issued regulations__made_this_year administrative_fees__amount_wan_yuan",
    "sections": "report_id number title text",
    "claims": "report_id kind value approx unit sentence",
    "findings": "report_id rule severity verdict doubt cells left_value right_value message_zh message_en",
    "editions": "edition_id report_id first_seen last_seen",
    "captures": "url final_url fetched_at outcome http_status media_type sha256 warc_file warc_offset warc_length"
    " vantage",
    "changes": "report_id key old_value new_value",
    "coverage": "area_code year state reason checked_at",
    "divisions": "area_code name",
    "sites": "site_id homepage",
    "fields": "key label_zh label_en unit form comparability",
    "rules": "rule_id severity message_zh message_en formula source",
}
REPORT = "991101-2023-government-aa"


@pytest.fixture(scope="module")
def db(published: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(published / "public.db")) as conn:
        conn.row_factory = sqlite3.Row
        yield conn


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [row["name"] for row in db.execute("SELECT name FROM pragma_table_info(?)", [table])]


@pytest.mark.parametrize("table", PROMISED)
def test_promised_columns_are_there(db: sqlite3.Connection, table: str) -> None:
    assert set(PROMISED[table].split()) <= set(_columns(db, table))


def test_every_public_table_and_column_is_described(db: sqlite3.Connection) -> None:
    names = [
        row[0]
        for row in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        if not row[0].startswith(("_", "sqlite_")) and "_fts" not in row[0]
    ]
    assert set(names) == set(words.tables())
    for name in names:
        assert set(columns(name)) == set(_columns(db, name)), name


def test_names_in_the_table_words_exist(db: sqlite3.Connection) -> None:
    for name, table in words.tables().items():
        wanted = {*table.facets, *filter(None, [table.sort_desc, table.label])}
        assert wanted <= set(_columns(db, name)), name


def test_every_stored_query_runs(db: sqlite3.Connection) -> None:
    from archive.plugins.nianbao import prepare_connection

    prepare_connection(db)
    found = {}
    for name, query in words.queries().items():
        values = {"county": "清河", "year": 2023, "scope": "whole_area", "word": "征地", "codes": "991101,991102"}
        found[name] = db.execute(query.sql, values).fetchall()
    assert {name for name, rows in found.items() if not rows} == {
        "zero_requests", "fees_in_yuan", "prose_against_table",
    }  # fmt: skip
    assert found["text_mentions"][0]["passage"].count("【征地】") == 1


def test_cells_keep_value_status_and_place_apart(db: sqlite3.Connection) -> None:
    cells = {row["key"]: row for row in db.execute("SELECT * FROM cells WHERE report_id = ? AND is_current", [REPORT])}
    assert len(cells) == 200
    assert {row["status"] for row in cells.values()} == set(words.statuses())
    assert cells["table3.new_requests.total"]["value"] == 30
    assert cells["table2.administrative_fees.amount_wan_yuan"]["value"] == 18.2
    blank = cells["table3.rejected_repeat.research"]
    assert (blank["value"], blank["status"]) == (None, "blank")
    assert cells["table3.granted.business"]["proof"]


def test_wide_tables_hold_printed_numbers_only(db: sqlite3.Connection) -> None:
    rows = {r["applicant"]: r for r in db.execute("SELECT * FROM applications WHERE report_id = ?", [REPORT])}
    assert len(rows) == 7
    assert rows["business"]["granted"] is None  # derived
    assert rows["natural_person"]["carried_in"] == 2  # aligned
    assert rows["natural_person"]["n_aligned"] == 1
    assert rows["research"]["rejected_repeat"] is None  # blank
    assert rows["total"]["new_requests"] == 30
    assert rows["total"]["other_handling"] is None  # not in this form
    proceedings = db.execute("SELECT proceeding, total FROM proceedings WHERE report_id = ?", [REPORT]).fetchall()
    assert {tuple(r) for r in proceedings} == {("review", 2), ("suit_direct", 0), ("suit_after_review", 0)}
    old = db.execute("SELECT * FROM disclosures WHERE form = '2019'").fetchone()
    assert old["administrative_licensing__items_change"] == -3
    assert old["normative_documents__in_force"] is None


def test_counts_of_a_report_add_up_to_its_form(db: sqlite3.Connection) -> None:
    row = db.execute("SELECT * FROM reports WHERE report_id = ?", [REPORT]).fetchone()
    counts = [row[name] for name in ("n_printed", "n_derived", "n_blank", "n_unknown", "n_absent")]
    assert counts == [195, 1, 2, 1, 1]
    assert row["n_findings"] == 0
    assert row["n_not_assessed"] > 0
    assert row["edition_id"].endswith("@2")
    assert row["n_editions"] == 2


def test_changes_name_every_cell_that_differs(db: sqlite3.Connection) -> None:
    rows = db.execute("SELECT key, old_value, new_value FROM changes").fetchall()
    assert {tuple(row) for row in rows} == {("table4.review.upheld", 1, 2), ("table4.review.total", 1, 2)}


@pytest.mark.parametrize(
    ("year", "kind", "level", "expected"),
    [
        (2023, "government", "county", "2024-03-31"),
        (2023, "government_office", "county", "2024-03-31"),
        (2023, "department", "county", "2024-01-31"),
        (2018, "department", "county", "2019-03-31"),
        (2023, "township", "township", None),
        (2023, "other", "township", None),
        (2023, None, None, None),
        (None, "government", "county", None),
    ],
)
def test_deadline(year: int | None, kind: str | None, level: str | None, expected: str | None) -> None:
    assert deadline(year, kind, level) == expected
    reason = basis(year, kind, level)
    assert words.word("deadline", reason) != reason


def test_days_late(db: sqlite3.Connection) -> None:
    late = dict(db.execute("SELECT report_id, days_late FROM reports").fetchall())
    assert late == {
        REPORT: 0, "991101-2022-government-aa": 12, "991102-2020-government_office-bb": 0,
        "991101-2021-township-cc": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("form", "key", "relation", "keys"),
    [
        ("2019", "table3.granted.total", "same", ("table3.granted.total",)),
        ("2021", "table3.granted.total", "same", ("table3.granted.total",)),
        ("2021", "table3.other_misc.total", "part_of_sum", ("table3.other_handling.total",)),
        ("2019", "table2.administrative_fees.items_change", "not_comparable", ()),
        ("2019", "table2.central_procurement.total_amount", "dropped", ()),
    ],
)
def test_comparability_across_forms(form: str, key: str, relation: str, keys: tuple[str, ...]) -> None:
    found = compare(form, key)
    assert found is not None
    assert (found.relation, found.keys) == (relation, keys)


def test_comparability_of_a_sum_names_every_part() -> None:
    found = compare("2019", "table3.other_handling.total")
    assert found is not None
    assert {k.split(".")[1] for k in found.keys} == {"other_no_correction", "other_fee_unpaid", "other_misc"}


def test_coverage_says_found_late_and_why_not(published: Path) -> None:
    with closing(sqlite3.connect(published / "public.db")) as conn:
        conn.row_factory = sqlite3.Row
        conn.execute("ATTACH ? AS work", [str(published / "work.db")])
        conn.execute("UPDATE divisions SET kind = 'county' WHERE area_code = '991101'")
        states = {(s.area_code, s.year): s for s in coverage(conn, date(2025, 2, 1))}
        conn.rollback()
    assert states["991101", 2023].state == "found"
    assert states["991101", 2022].state == "late"
    # A township's report does not stand for its county. The only visit timed out or found a page: not proven.
    assert states["991101", 2021].state == "not_tried"
    assert "尚不能断定" in (states["991101", 2021].reason or "")
    assert states["991101", 2024].state == "not_due"
    assert states["110101", 2023].state == "not_tried"


# ---- whole or not at all ----


def test_build_needs_a_work_database(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="run `nianbao crawl` first"):
        build.build(tmp_path)


def test_a_cell_that_no_form_knows_stops_the_build(sample_archive: Path) -> None:
    before = (sample_archive / "public.db").read_bytes()
    with closing(sqlite3.connect(sample_archive / "work.db")) as conn:
        conn.execute(
            "INSERT INTO cells(edition_id, key, status) VALUES (?, 'table9.no.such', 'printed')", [f"{REPORT}@1"]
        )
        conn.commit()
    with pytest.raises(ArchiveError, match="nianbao ingest"):
        build.build(sample_archive)
    assert (sample_archive / "public.db").read_bytes() == before
    assert not (sample_archive / build.BUILDING).exists()


def test_a_failure_leaves_the_old_publication(sample_archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (sample_archive / "public.db").read_bytes()

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(build, "fill_wide", full)
    with pytest.raises(ArchiveError, match="disk is full"):
        build.build(sample_archive)
    assert (sample_archive / "public.db").read_bytes() == before
    assert not (sample_archive / build.BUILDING).exists()


KILLED = """
import os, signal, sys
from archive import build
build.build(sys.argv[1], lambda step, done, total: os.kill(os.getpid(), signal.SIGKILL) if done == 4 else None)
"""


def test_a_kill_leaves_the_old_publication_and_the_next_build_works(sample_archive: Path) -> None:
    before = (sample_archive / "public.db").read_bytes()
    done = subprocess.run([sys.executable, "-c", KILLED, str(sample_archive)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (sample_archive / "public.db").read_bytes() == before
    assert (sample_archive / build.BUILDING).stat().st_size > 0
    assert build.build(sample_archive).reports == 4
    assert not (sample_archive / build.BUILDING).exists()


def test_two_builds_do_not_meet(sample_archive: Path) -> None:
    with (sample_archive / build.BUILDING).open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(ArchiveError, match=r"Another `nianbao build`"):
            build.build(sample_archive)
    assert build.build(sample_archive).cells == 792


def test_progress_is_reported_to_the_end(sample_archive: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    summary = build.build(sample_archive, lambda *step: seen.append(step))
    assert [done for _, done, _ in seen] == list(range(seen[-1][2] + 1))
    assert summary.size == (sample_archive / "public.db").stat().st_size


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(sample_archive: Path) -> None:
    sample_archive.chmod(0o500)
    try:
        with pytest.raises(ArchiveError, match="cannot be written"):
            build.build(sample_archive)
    finally:
        sample_archive.chmod(0o700)
