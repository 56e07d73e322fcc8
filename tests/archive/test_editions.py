"""Versions of a report: overwritten, corrected, moved, withdrawn, come back; judged from visits over several runs."""

from __future__ import annotations

from contextlib import closing

import pytest

from archive import editions, workdb
from archive.editions import assemble
from archive.ingest import stale_jobs, store_reading
from archive.worker import read_job

A, B, C = (f"http://www.lan.example/{name}" for name in ("a.html", "b.html", "c.html"))
T1, T2, T3, T4, T5 = (f"2024-0{n}-01T00:00:00Z" for n in range(1, 6))


@pytest.fixture
def seen(visits, report_page):
    """``seen(time, address=page or outcome, …)`` is one run; 200 as a page's argument is the usual report."""

    class Seen:
        folder = visits.folder

        def __call__(self, at, **pages):
            return visits.run(at, *(self.visit({"a": A, "b": B, "c": C}[name], what) for name, what in pages.items()))

        def visit(self, url, what):
            if isinstance(what, dict):
                return {"url": url, **what}
            if isinstance(what, bytes):
                return {"url": url, "body": what}
            if what == "gone":
                return {"url": url, "body": b"<p>404</p>", "status": 404, "outcome": "gone"}
            return {"url": url, "outcome": what}

        def read(self):
            with closing(workdb.open(self.folder)) as conn:
                for job in stale_jobs(conn, str(self.folder)):
                    store_reading(conn, read_job(job))
                return assemble(conn)

        def rows(self, sql):
            self.read()
            with closing(workdb.open(self.folder)) as conn:
                return [tuple(r) for r in conn.execute(sql)]

        def editions(self):
            return self.rows("SELECT ordinal, first_seen, last_seen, gone_since FROM editions ORDER BY ordinal")

    return Seen()


def test_an_unchanged_page_is_one_edition_seen_longer(seen, report_page):
    seen(T1, a=report_page())
    seen(T2, a={"body": b"", "status": 304})
    seen(T3, a=report_page())
    assert seen.editions() == [(1, T1, T3, None)]


def test_a_withdrawn_report_is_gone_after_two_runs_and_stays_readable(seen, report_page):
    seen(T1, a=report_page())
    seen(T2, a="gone")
    assert seen.editions() == [(1, T1, T1, None)]
    seen(T3, a="timeout")
    assert seen.editions() == [(1, T1, T1, None)]
    seen(T4, a="gone")
    assert seen.editions() == [(1, T1, T1, T2)]
    assert seen.rows("SELECT value FROM cells WHERE key = 'table2.administrative_licensing.decisions'") == [(12,)]


@pytest.mark.parametrize("outcome", ["timeout", "refused", "challenge", "dns", "server_error", "robots"])
def test_passing_failures_never_make_a_report_gone(seen, report_page, outcome):
    seen(T1, a=report_page())
    for at in (T2, T3, T4):
        seen(at, a=outcome)
    assert seen.editions() == [(1, T1, T1, None)]


def test_a_report_that_came_back_is_not_gone(seen, report_page):
    seen(T1, a=report_page())
    seen(T2, a="gone")
    seen(T3, a="gone")
    seen(T4, a=report_page())
    assert seen.editions() == [(1, T1, T4, None)]


def test_one_run_that_looks_twice_is_one_run(seen, report_page, visits):
    seen(T1, a=report_page())
    visits.run(T2, seen.visit(A, "gone"), seen.visit(A, "gone"))
    assert seen.editions() == [(1, T1, T1, None)]


def test_an_address_that_shows_something_else_twice_has_lost_its_report(seen, report_page):
    seen(T1, a=report_page())
    for at in (T2, T3):
        seen(at, a="<p>栏目调整中，敬请期待。</p>".encode())
    assert seen.editions() == [(1, T1, T1, T2)]


def test_an_address_that_leads_elsewhere_twice_has_lost_its_report(seen, report_page):
    seen(T1, a=report_page())
    for at in (T2, T3):
        seen(at, a={"body": b"<p>home</p>", "final_url": "http://www.lan.example/"})
    assert seen.editions() == [(1, T1, T1, T2)]


def test_a_report_that_moved_keeps_its_identity(seen, report_page):
    seen(T1, a=report_page())
    before = seen.rows("SELECT report_id FROM reports")
    for at in (T2, T3):
        seen(at, a="gone", b=report_page())
    assert seen.rows("SELECT report_id FROM reports") == before
    assert seen.editions() == [(1, T1, T3, None)]
    assert seen.rows("SELECT url FROM editions") == [(B,)]


def test_a_report_that_moved_and_changed_is_a_new_edition(seen, report_page):
    seen(T1, a=report_page())
    for at in (T2, T3):
        seen(at, a="gone", b=report_page(licences="21"))
    assert seen.editions() == [(1, T1, T1, T2), (2, T2, T3, None)]
    assert seen.rows("SELECT count(*) FROM reports") == [(1,)]


def test_an_overwritten_page_supersedes_and_both_stay(seen, report_page):
    seen(T1, a=report_page())
    seen(T2, a=report_page(licences="21"))
    assert seen.editions() == [(1, T1, T1, T2), (2, T2, T2, None)]


def test_a_number_filled_in_later_is_a_new_edition(seen, report_page):
    seen(T1, a=report_page(licences=""))
    seen(T2, a=report_page())
    assert [row[0] for row in seen.editions()] == [1, 2]


def test_a_correction_that_is_taken_back_is_a_third_edition(seen, report_page):
    seen(T1, a=report_page())
    seen(T2, a=report_page(licences="21"))
    seen(T3, a=report_page())
    assert seen.editions() == [(1, T1, T1, T2), (2, T2, T2, T3), (3, T3, T3, None)]
    assert seen.rows("SELECT value FROM cells JOIN editions USING (edition_id) WHERE ordinal = 3"
                     " AND key = 'table2.administrative_licensing.decisions'") == [(12,)]  # fmt: skip


def test_an_attachment_left_behind_by_a_correction_is_a_finding(seen, report_page):
    seen(T1, a=report_page(), b=report_page())
    seen(T2, a=report_page(licences="21"), b=report_page())
    assert [row[0] for row in seen.editions()] == [1, 2]
    findings = "SELECT edition_id FROM findings WHERE rule = 'DOCUMENTS_DISAGREE'"
    ((edition,),) = seen.rows(findings)
    assert edition.endswith("@2")


def test_an_address_that_catches_up_joins_the_correction(seen, report_page):
    seen(T1, a=report_page(), b=report_page())
    seen(T2, a=report_page(licences="21"), b=report_page())
    seen(T3, a=report_page(licences="21"), b=report_page(licences="21"))
    assert seen.editions() == [(1, T1, T2, T3), (2, T2, T3, None)]
    assert seen.rows("SELECT count(*) FROM findings WHERE rule = 'DOCUMENTS_DISAGREE'") == [(0,)]


def test_next_years_report_at_the_same_address_is_another_report(seen, report_page):
    later = report_page(title="岚县人民政府2024年政府信息公开工作年度报告").replace(b"2023", b"2024")
    seen(T1, a=report_page())
    seen(T2, a=later)
    seen(T3, a=later)
    assert seen.rows("SELECT year, first_seen, gone_since FROM editions JOIN reports USING (report_id) ORDER BY 1") == [
        (2023, T1, T2), (2024, T2, None),
    ]  # fmt: skip


def test_what_did_not_change_is_not_written_again(seen, report_page, monkeypatch):
    last_year = report_page(title="岚县人民政府2022年政府信息公开工作年度报告").replace(b"2023", b"2022")
    seen(T1, a=report_page(), b=last_year)
    assert seen.read() == 2
    written, write = [], editions._write

    def noting(conn, one, *more):
        written.append(one)
        write(conn, one, *more)

    monkeypatch.setattr(editions, "_write", noting)
    seen.read()
    assert written == []
    seen(T2, b=last_year)
    seen.read()
    assert ["-2022-" in one for one in written] == [True]
