"""One state a county and year, each with its reason."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date
from importlib import resources

import pytest

from archive.attempts import looks
from archive.coverage import coverage

TODAY = date(2026, 11, 1)
OURS, RENAMED, HEIR, NEW = "990101", "110228", "110118", "990103"
SAME_CODE = "130503"  # 桥西区 before 2020


@pytest.fixture
def db(tmp_path):
    """An empty public database with an empty work database attached."""
    folder = resources.files("archive")
    with closing(sqlite3.connect(tmp_path / "work.db")) as work:
        work.executescript(folder.joinpath("schema.sql").read_text("utf-8"))
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        conn.executescript(folder.joinpath("public_schema.sql").read_text("utf-8"))
        conn.execute("ATTACH ? AS work", [str(tmp_path / "work.db")])
        for code, name, start, end in (
            (OURS, "甲县", None, None), (RENAMED, "密云县", None, "2015-11"), (HEIR, "密云区", "2015-11", None),
            (NEW, "新县", "2024-12", None), (SAME_CODE, "信都区", "2020-06", None),
        ):  # fmt: skip
            conn.execute(
                "INSERT INTO divisions(area_code, name, kind, valid_from, valid_to) VALUES (?, ?, 'county', ?, ?)",
                [code, name, start, end],
            )
        yield conn


def report(db, code=OURS, year=2023, **more):
    row = {"report_id": f"{code}-{year}", "area_code": code, "year": year, "scope": "whole_area", "n_editions": 1,
           "deadline": f"{year + 1}-03-31", "days_late": 0, "published_on": f"{year + 1}-03-01",
           "first_seen": "2026-10-01T00:00:00Z", "last_seen": "2026-10-01T00:00:00Z", **more}  # fmt: skip
    db.execute(f"INSERT INTO reports({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


def look(db, day, outcome="ok", code=OURS, years=None):
    n = db.execute("SELECT count(*) FROM work.runs").fetchone()[0]
    db.execute("INSERT INTO work.runs(run_id, kind, started_at, state, args) VALUES (?, 'crawl', ?, 'finished', ?)",
               [f"r{n}", day, json.dumps({"years": years})])  # fmt: skip
    site = "INSERT OR IGNORE INTO work.sites(site_id, homepage, area_code, hosts) VALUES (?, 'x', ?, '[]')"
    db.execute(site, [code, code])
    db.execute(
        "INSERT INTO work.captures(run_id, site_id, url, final_url, role, fetched_at, outcome, via)"
        " VALUES (?, ?, 'u', 'u', 'list', ?, ?, 'http')", [f"r{n}", code, f"{day}T01:00:00Z", outcome])  # fmt: skip


def state(db, code=OURS, year=2023):
    return {(s.area_code, s.year): s for s in coverage(db, TODAY)}.get((code, year))


def test_in_time_late_and_gone(db):
    report(db)
    report(db, year=2022, days_late=12)
    report(db, year=2021, gone_since="2025-05-05T00:00:00Z")
    report(db, year=2020, days_late=None, published_on=None)
    assert state(db).state == "found"
    assert (state(db, year=2022).state, "12天" in state(db, year=2022).reason) == ("late", True)
    assert (state(db, year=2021).state, "2025-05-05" in state(db, year=2021).reason) == ("gone", True)
    assert (state(db, year=2020).state, "公布日期不明" in state(db, year=2020).reason) == ("found", True)


def test_nobody_is_late_whom_we_saw_in_time_or_whose_site_moved(db):
    report(db, days_late=60, published_on="2024-05-30", first_seen="2024-03-20T00:00:00Z")
    report(db, year=2022, days_late=800, published_on="2025-06-08", signed_on="2023-01-30")
    assert (state(db).state, "已经见到" in state(db).reason) == ("found", True)
    assert (state(db, year=2022).state, "迁移" in state(db, year=2022).reason) == ("found", True)


def test_absence_takes_two_runs_after_the_deadline(db):
    report(db, year=2022)
    look(db, "2024-02-01")  # before the report was due
    assert (state(db).state, state(db).n_runs) == ("not_tried", 0)
    look(db, "2024-05-01")
    assert (state(db).state, "尚不能断定" in state(db).reason) == ("not_tried", True)
    look(db, "2024-06-01", years=[2019, 2021])  # looked for other years only
    assert state(db).state == "not_tried"
    look(db, "2024-07-01")
    assert (state(db).state, state(db).n_runs) == ("not_found", 2)


@pytest.mark.parametrize(("outcome", "expected"), [
    ("challenge", "blocked"), ("refused", "refused"), ("timeout", "failed"), ("dns", "failed"),
])  # fmt: skip
def test_a_site_that_lets_nobody_in_proves_nothing(db, outcome, expected):
    report(db, year=2022)
    look(db, "2024-05-01", outcome)
    look(db, "2024-06-01", outcome)
    assert state(db).state == expected
    assert state(db).reason


def test_not_due_yet_and_never_tried(db):
    report(db, year=2022)
    assert state(db).state == "not_tried"
    states = {(s.area_code, s.year): s.state for s in coverage(db, date(2026, 2, 1))}
    assert states[NEW, 2025] == "not_due"


def test_places_are_expected_only_while_they_exist(db):
    report(db, year=2013)
    report(db, year=2025)
    assert state(db, RENAMED, 2014) is not None
    assert state(db, RENAMED, 2015) is None
    assert state(db, HEIR, 2014) is None
    assert state(db, HEIR, 2016) is not None
    assert state(db, NEW, 2023) is None
    assert state(db, NEW, 2024) is not None
    assert state(db, SAME_CODE, 2013) is not None


def test_a_successors_report_stands_for_the_place_it_took_over(db):
    report(db, HEIR, 2014)
    here = state(db, RENAMED, 2014)
    assert (here.state, here.report_id) == ("found", f"{HEIR}-2014")
    assert "密云区" in here.reason


def test_a_department_does_not_stand_for_its_county(db):
    report(db, scope="single_organ")
    report(db, year=2022)
    assert state(db).state == "not_tried"


def test_years_of_a_run_are_read_in_every_form(db):
    look(db, "2024-05-01", years="2019-2021")
    look(db, "2024-06-01", years=[2023, 2023])
    look(db, "2024-07-01")
    found = looks(db, "work.")
    assert [v.run_id for v in found.after(OURS, 2023, "2024-03-31")] == ["r1", "r2"]
    assert [v.run_id for v in found.after(OURS, 2020, "2024-05-15")] == ["r2"]


def test_a_renamed_place_is_looked_at_under_either_code(db):
    report(db, HEIR, 2022)
    look(db, "2024-05-01", code=RENAMED)
    assert state(db, HEIR).state == "not_tried"
    look(db, "2024-06-01", code=HEIR)
    assert (state(db, HEIR).state, state(db, HEIR).n_runs) == ("not_found", 2)


def test_one_run_at_both_sites_of_a_renamed_place_is_one_look(db):
    report(db, HEIR, 2022)
    look(db, "2024-05-01", code=RENAMED)
    db.execute("INSERT INTO work.sites(site_id, homepage, area_code, hosts) VALUES ('new', 'x', ?, '[]')", [HEIR])
    db.execute("INSERT INTO work.captures(run_id, site_id, url, final_url, role, fetched_at, outcome, via)"
               " VALUES ('r0', 'new', 'v', 'v', 'list', '2024-05-01T02:00:00Z', 'ok', 'http')")  # fmt: skip
    assert [v.run_id for v in looks(db, "work.").after(HEIR, 2023, "2024-03-31")] == ["r0"]
