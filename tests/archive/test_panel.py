"""The generated panel: every planted fault found, nobody accused without one, only what changed looked at again."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from archive import build, workdb
from archive.assess import assess, put_together

sys.path.append(str(Path(__file__).resolve().parents[1]))

from panelkit.held import Held, hold, hold_published
from panelkit.panel import panel
from panelkit.reading_faults import READING
from panelkit.source_faults import SOURCE
from panelkit.store import write


@pytest.fixture(scope="module")
def made():
    return panel(places=44, share=0.55, seed=3)


@pytest.fixture(scope="module")
def folder(made, tmp_path_factory):
    root = tmp_path_factory.mktemp("panel")
    write(root, made)
    with closing(workdb.open(root)) as conn:
        put_together(conn)
    return root


@pytest.fixture(scope="module")
def published(folder):
    build.build(folder)
    with closing(sqlite3.connect(folder / "public.db")) as conn:
        conn.row_factory = sqlite3.Row
        yield conn


@pytest.fixture
def copy(folder, tmp_path):
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def test_every_planted_fault_is_found_and_laid_to_its_side(made, folder):
    with closing(workdb.open(folder)) as conn:
        held = hold(conn, made)
    assert held.examples == []
    assert held.found == held.planted
    assert sum(held.planted.values()) > 80
    planted = {m.planted for m in made if m.planted}
    assert planted == {*SOURCE, *READING}


def test_a_panel_without_faults_has_no_fails(tmp_path):
    clean = panel(places=14, share=0.0, seed=3)
    write(tmp_path, clean)
    with closing(workdb.open(tmp_path)) as conn:
        put_together(conn)
        fails = conn.execute("SELECT rule, message_zh FROM findings WHERE verdict = 'fail'").fetchall()
        verdicts = dict(conn.execute("SELECT rule_id, sum(passed) FROM verdicts GROUP BY 1").fetchall())
    assert [tuple(f) for f in fails] == []
    n = len(clean)
    every = n + sum(len(m.parts) for m in clean)
    assert verdicts["T3_BALANCE"] == 7 * every > verdicts["T3_RESULT_SUM"] > 6 * every > 6 * n  # some rows are blank
    assert verdicts["T4_SUM"] == 3 * every
    assert verdicts["H_SUM"] == sum(bool(m.parts) for m in clean) > 0
    assert verdicts["X_CARRY"] == 7 * sum(1 + len(m.parts) for m in clean if m.before)
    assert {m.before.place.name for m in clean if m.before} - {m.place.name for m in clean if m.before}  # renamed ones
    assert verdicts["N_NEW"] == n


def test_between_two_forms_stocks_are_not_assessable(folder):
    with closing(workdb.open(folder)) as conn:
        rows = conn.execute(
            "SELECT r.year, f.verdict FROM findings AS f JOIN editions AS e ON e.edition_id = f.edition_id"
            " JOIN reports AS r ON r.report_id = e.report_id WHERE f.rule = 'X_NORMATIVE' AND r.year = 2021"
        ).fetchall()
    assert rows
    assert {tuple(row) for row in rows} == {(2021, "not_assessable")}


def test_nothing_is_looked_at_twice_and_a_change_reaches_the_next_year_alone(copy):
    with closing(workdb.open(copy)) as conn:
        assert assess(conn).renewed == 0
        one = conn.execute(
            "SELECT report_id, area_code FROM reports WHERE year = 2022"
            " GROUP BY area_code HAVING count(*) = 1 ORDER BY area_code LIMIT 1"
        ).fetchone()
        conn.execute("UPDATE reports SET signature = 'changed' WHERE report_id = ?", [one["report_id"]])
        followers = conn.execute(
            "SELECT count(*) FROM reports WHERE area_code = ? AND year = 2023", [one["area_code"]]
        ).fetchone()[0]
        assert assess(conn).renewed == 1 + followers


def test_the_same_work_database_comes_out_whatever_the_order(made, copy, tmp_path):
    """Renewed in pieces, or from nothing: every row is the same."""
    with closing(workdb.open(copy)) as conn:
        conn.execute("DELETE FROM assessments WHERE report_id > '11'")
        conn.execute("UPDATE text_marks SET signature = '' WHERE report_id > '12'")
        put_together(conn)
        pieces = _rows(conn)
    fresh = tmp_path / "fresh"
    write(fresh, made)
    with closing(workdb.open(fresh)) as conn:
        put_together(conn)
        assert _rows(conn) == pieces


def _rows(conn):
    tables = ("reports", "editions", "cells", "sections", "claims", "findings", "verdicts", "copies")
    return {t: sorted(map(repr, map(tuple, conn.execute(f"SELECT * FROM {t}")))) for t in tables}


# ---- the publication ----


def test_findings_name_cells_both_sides_evidence_and_the_other_report(published):
    row = published.execute(
        "SELECT * FROM findings WHERE rule = 'X_CARRY.total' AND verdict = 'fail' LIMIT 1"
    ).fetchone()
    assert json.loads(row["cells"]) == ["last:table3.carried_out.total", "table3.carried_in.total"]
    assert row["left_value"] != row["right_value"]
    assert row["ground_zh"]
    other = published.execute("SELECT year FROM reports WHERE report_id = ?", [row["other_report_id"]]).fetchone()
    own = published.execute("SELECT year FROM reports WHERE report_id = ?", [row["report_id"]]).fetchone()
    assert other["year"] == own["year"] - 1
    prose = published.execute("SELECT evidence FROM findings WHERE rule = 'N_GRANTED' AND verdict = 'fail'").fetchone()
    assert json.loads(prose["evidence"])[0][0] == "sentence"
    silent = published.execute(
        "SELECT count(*) FROM findings WHERE verdict = 'fail' AND rule <> 'DOCUMENTS_DISAGREE'"
        " AND (ground_zh IS NULL OR doubt IS NULL)"
    ).fetchone()[0]
    assert silent == 0


def test_information_is_counted_apart_from_contradictions(published):
    counted = published.execute("SELECT report_id, n_findings, n_infos FROM reports").fetchall()
    found = {}
    for row in published.execute("SELECT report_id, severity FROM findings WHERE verdict = 'fail'"):
        errors, infos = found.get(row["report_id"], (0, 0))
        is_info = row["severity"] == "info"
        found[row["report_id"]] = errors + (not is_info), infos + is_info
    assert {
        r["report_id"]: (r["n_findings"], r["n_infos"]) for r in counted if r["n_findings"] or r["n_infos"]
    } == found
    assert any(infos and not errors for errors, infos in found.values())


def test_states_deadlines_and_unusual_numbers_are_published_as_planted(made, published):
    held = Held()
    hold_published(published, made, held)
    assert held.examples == []
    assert held.found == held.planted
    assert not held.false
    assert not {name for name in held.others if name.split()[1] in ("licences", "penalties", "fees")}
    kinds = {
        "late", "missing", "missing_and_looked_for_once", "department late", "department in time", "township in time",
        "government_office in time", "unusual: unit", "unusual: zero", "unusual: high", "unusual: low",
        "unusual: shifted",
    }  # fmt: skip
    assert held.planted.keys() == kinds


def test_a_state_comes_with_its_reason(made, published):
    states = {(r["area_code"], r["year"]): r for r in published.execute("SELECT * FROM coverage")}
    for m in made:
        here = states[m.place.code, m.year]
        match m.planted:
            case "missing":
                assert here["n_runs"] == 2
                assert "2轮" in here["reason"]
            case "missing_and_looked_for_once":
                assert (here["n_runs"], "尚不能断定" in here["reason"]) == (1, True)
            case "late":
                assert here["published_on"] == m.published_on


def test_a_missing_report_is_noted_at_the_last_one(made, published):
    gone = {(m.place.code, m.year) for m in made if m.planted == "missing"}
    noted = {
        (r["area_code"], r["year"] + 1) for r in published.execute(
            "SELECT r.area_code, r.year FROM findings AS f JOIN reports AS r ON r.report_id = f.report_id"
            " WHERE f.rule = 'X_MISSING'")
    }  # fmt: skip
    assert gone
    assert noted == gone


def test_copied_text_is_shown_sentence_by_sentence(made, published):
    found = {r["report_id"]: r for r in published.execute("SELECT * FROM copies WHERE rate >= 0.6")}
    ids = {
        (r["area_code"], r["year"]): r["report_id"]
        for r in published.execute("SELECT * FROM reports WHERE scope = 'whole_area'")
    }
    for m in made:
        if "text_of" in m.planted:
            row = found.pop(ids[m.place.code, m.year])
            assert row["other_report_id"] == ids[m.text_of.place.code, m.text_of.year]
            assert row["kind"] == ("last_year" if m.planted.endswith("last_year") else "other_body")
            assert len(json.loads(row["shared"])) + len(json.loads(row["edited"])) > 10
            assert m.edited == (row["n_edited"] > 5)
    assert found == {}


def test_a_fee_in_yuan_is_a_jump_of_unit_with_the_comparison(made, published):
    jumps = {(r["report_id"], r["name"]): r for r in published.execute("SELECT * FROM jumps WHERE kind = 'unit'")}
    ids = {
        (r["area_code"], r["year"]): r["report_id"]
        for r in published.execute("SELECT * FROM reports WHERE scope = 'whole_area'")
    }
    for m in made:
        if ("unit", "fees") in m.jumps:
            row = jumps.pop((ids[m.place.code, m.year], "fees"))
            assert row["n_years"] >= 2
            if m.planted == "fee_in_yuan":
                assert row["value"] > 1000 * row["own_high"]
            else:
                assert row["value"] < row["own_low"] / 1000
    assert not jumps


def test_rates_are_counted_by_rule_year_level_and_form(published):
    row = published.execute(
        "SELECT sum(passed) AS p, sum(failed) AS f, sum(n_source) AS s, sum(n_reading) AS r, sum(n_open) AS o"
        " FROM rule_rates WHERE rule_id = 'T3_ROW_SUM'"
    ).fetchone()
    fails = published.execute("SELECT count(*) FROM findings WHERE rule_id = 'T3_ROW_SUM' AND verdict = 'fail'")
    assert row["f"] == fails.fetchone()[0] == row["s"] + row["r"] + row["o"] > 0
    assert row["p"] > 5000
    assert published.execute("SELECT count(*) FROM rule_rates WHERE fail_rate > 1 OR passed < 0").fetchone()[0] == 0


def test_derived_numbers_say_what_they_rest_on(published):
    rows = published.execute("SELECT * FROM totals WHERE name = 'new_requests' AND year = 2023").fetchall()
    added = published.execute(
        "SELECT sum(new_requests), count(new_requests) FROM highlights WHERE year = 2023 AND is_main"
    ).fetchone()
    assert (sum(r["total"] for r in rows), sum(r["n_reports"] for r in rows)) == tuple(added)
    forms = {tuple(r) for r in published.execute(
        "SELECT DISTINCT y.name, h.form, l.form FROM yearly_changes AS y JOIN reports AS h ON h.report_id = y.report_id"
        " JOIN reports AS l ON l.report_id = y.last_report_id")}  # fmt: skip
    assert ("licences", "2021", "2019") in forms
    assert ("new_requests", "2021", "2019") in forms
    assert not {f for f in forms if f[0] in ("fees", "norms_in_force") and f[1] != f[2]}


def test_revisions_tell_releases_apart(copy):
    build.build(copy)
    with closing(workdb.open(copy)) as conn:
        conn.execute(
            "UPDATE cells SET value = value + 1 WHERE key = 'table4.review.pending' AND edition_id ="
            " (SELECT min(edition_id) FROM editions)"
        )
    build.build(copy)
    with closing(sqlite3.connect(copy / "public.db")) as conn:
        rows = conn.execute("SELECT key, kind, new_value - old_value, why FROM revisions").fetchall()
    assert rows == [("table4.review.pending", "value", 1, "read_again")]
