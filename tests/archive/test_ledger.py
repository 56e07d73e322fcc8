"""The ledger, the frontier and the archive folder."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive import workdb
from archive.capture import Capture
from archive.due import last_visits
from archive.frontier import Frontier, Task
from archive.ledger import Ledger
from archive.outcomes import Outcome
from archive.store import open_store


@pytest.fixture
def ledger(tmp_path):
    conn = workdb.open(tmp_path / "a", create=True)
    yield Ledger(conn)
    conn.close()


def task(n, site="s", priority=1, **more):
    return Task(key=f"k{n}", url=f"http://www.qinghe.example/{n}", site_id=site, role="page", priority=priority, **more)


def claim_all(frontier, *sites, lease=60):
    """Claim and never finish, one task a site."""
    return [t.key for site in sites if (t := frontier.claim(site, lease)) is not None]


def test_claims_go_by_priority_and_one_a_site(ledger):
    frontier = Frontier(ledger.conn, ledger.start_run("crawl", {}, None))
    frontier.add([task(1), task(2, priority=9), task(3, priority=5), task(4, site="other")])
    assert claim_all(frontier, "s", "other", "s", "none") == ["k2", "k4"]
    frontier.finish("k2", Outcome.OK)
    assert claim_all(frontier, "s") == ["k3"]
    assert frontier.spent() == {"s": 2, "other": 1}


def test_an_expired_lease_comes_back_and_a_finished_task_does_not(ledger):
    frontier = Frontier(ledger.conn, ledger.start_run("crawl", {}, None))
    frontier.add([task(1, priority=9), task(2)])
    assert claim_all(frontier, "s", lease=-1) == ["k1"]
    again = frontier.claim("s", 60)
    assert (again.key, again.attempts) == ("k1", 2)
    frontier.finish("k1", Outcome.OK, [task(7), task(2)])
    assert claim_all(frontier, "s", lease=-1) == ["k2"]
    assert frontier.counts() == {"done": 1, "leased": 1, "waiting": 1}


def test_a_grouped_frontier_waits_for_a_commit_but_not_between_two_pages_of_a_site(ledger, tmp_path):
    frontier = Frontier(ledger.conn, ledger.start_run("crawl", {}, None))
    frontier.add([task(1), task(2), task(3, site="other"), task(4, site="other")])
    others = workdb.open(tmp_path / "a")

    def seen():
        return dict(others.execute("SELECT url_key, state FROM frontier WHERE state <> 'waiting'").fetchall())

    frontier.grouped = True
    assert claim_all(frontier, "s", "other") == ["k1", "k3"]
    frontier.finish("k1", Outcome.OK, [task(5)])
    assert seen() == {}
    assert claim_all(frontier, "s") == ["k2"]
    assert seen() == {"k1": "done", "k2": "leased", "k3": "leased"}
    frontier.finish("k3", Outcome.OK)
    frontier.finish("k2", Outcome.OK)
    assert seen()["k3"] == "leased"
    frontier.commit()
    assert seen() == {"k1": "done", "k2": "done", "k3": "done"}
    assert claim_all(frontier, "s", "other") == ["k5", "k4"]  # their last pages are committed: no need of it now
    assert seen() == {"k1": "done", "k2": "done", "k3": "done"}
    frontier.commit()
    others.close()


def test_a_task_knows_what_it_was_given(ledger):
    frontier = Frontier(ledger.conn, ledger.start_run("crawl", {}, None))
    given = task(1, depth=2, referrer="http://www.qinghe.example/", anchor="政府信息公开年报", meta={"kind": "list"})
    frontier.add([given])
    assert replace(frontier.claim("s", 60), attempts=0) == given


def test_finish_is_all_or_nothing(ledger):
    frontier = Frontier(ledger.conn, ledger.start_run("crawl", {}, None))
    frontier.add([task(1)])
    frontier.claim("s", 60)

    def broken():
        yield task(2)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        frontier.finish("k1", Outcome.OK, broken())
    assert frontier.counts() == {"leased": 1}


def test_what_is_not_needed_any_more_is_dropped(ledger):
    frontier = Frontier(ledger.conn, ledger.start_run("crawl", {}, None))
    frontier.add([task(1, priority=50), task(2, priority=90), task(3, site="other", priority=50)])
    assert frontier.drop_waiting("s", below_priority=60) == 1
    assert frontier.counts() == {"dropped": 1, "waiting": 2}
    assert frontier.drop_waiting("s") == 1


def test_a_retry_takes_passing_failures_and_what_was_left_open(ledger):
    old = Frontier(ledger.conn, ledger.start_run("crawl", {}, None))
    old.add([task(n, site=f"s{n}") for n in range(4)])
    claim_all(old, "s0", "s1", "s2")
    old.finish("k0", Outcome.TIMEOUT)
    old.finish("k1", Outcome.GONE)
    new = Frontier(ledger.conn, ledger.start_run("crawl", {}, None))
    assert new.take_over(old.run_id, [o for o in Outcome if o.transient]) == 3
    assert new.site_ids() == ["s0", "s2", "s3"]
    assert claim_all(new, "s0", "s2", "s3") == ["k0", "k2", "k3"]


def test_only_a_run_with_the_same_options_is_resumed(ledger):
    run = ledger.start_run("crawl", {"targets": ["a"]}, None)
    Frontier(ledger.conn, run).add([task(1)])
    assert ledger.resumable_run("crawl", {"targets": ["a"]}) is None  # it still runs
    ledger.close_dead_runs()
    assert ledger.resumable_run("crawl", {"targets": ["b"]}) is None
    assert ledger.resumable_run("crawl", {"targets": ["a"]}) == run
    ledger.finish_run(run, "finished", {})
    assert ledger.resumable_run("crawl", {"targets": ["a"]}) is None


def visited(ledger, run, site, at):
    url = f"http://{site}.example/"
    ledger.add_capture(Capture(run, url, url, "page", at, Outcome.OK, "http", site_id=site))


def test_a_site_is_done_when_a_run_looked_at_all_of_it(ledger):
    now, at = datetime(2024, 3, 2, tzinfo=UTC), "2024-03-01T00:00:00Z"
    run = ledger.start_run("crawl", {}, None)
    frontier = Frontier(ledger.conn, run)
    frontier.add([task(1, "whole"), task(2, "broken"), task(3, "broken")])
    for site, key in (("whole", "k1"), ("broken", "k2")):
        frontier.claim(site, 60)
        visited(ledger, run, site, at)
        frontier.finish(key, Outcome.OK)
    ledger.close_dead_runs()
    assert last_visits(ledger.conn, now) == {"whole": at}
    ledger.conn.execute("DELETE FROM frontier")  # as after a rebuild: nobody knows which of its sites were whole
    assert last_visits(ledger.conn, now) == {}
    again = ledger.start_run("crawl", {}, None)
    visited(ledger, again, "broken", at)
    visited(ledger, again, "early", "2031-01-01T00:00:00Z")  # a clock was wrong
    ledger.finish_run(again, "finished", {})
    assert last_visits(ledger.conn, now) == {"broken": at}


def test_a_long_run_is_resumed_by_what_it_did_last_and_a_wrong_clock_hides_no_run(ledger):
    long_ago, args = "2020-01-01T00:00:00Z", {"targets": ["a"]}
    ledger.finish_run(ledger.start_run("crawl", args, None), "finished", {})
    ledger.conn.execute("UPDATE runs SET started_at = '2099-01-01T00:00:00Z'")
    run = ledger.start_run("crawl", args, None)
    Frontier(ledger.conn, run).add([task(1)])
    ledger.conn.execute("UPDATE runs SET started_at = ? WHERE run_id = ?", (long_ago, run))
    ledger.close_dead_runs()
    assert ledger.resumable_run("crawl", args) is None
    visited(ledger, run, "s", workdb.utc_now())
    assert ledger.resumable_run("crawl", args) == run


def test_what_was_learnt_about_a_site_outlives_its_record(ledger):
    ledger.upsert_site("s", "http://www.qinghe.example/", ["www.qinghe.example"], name="清禾县")
    ledger.learn_browser("s", "needed")
    ledger.upsert_site("s", "http://www.qinghe.example/", ["www.qinghe.example", "b.example"])
    (site,) = ledger.sites()
    assert (site["browser"], site["name"]) == ("needed", "清禾县")


def test_a_local_file_becomes_a_document_capture(tmp_path):
    (tmp_path / "报告.pdf").write_bytes(b"%PDF-1.4 x")
    (tmp_path / "empty.pdf").write_bytes(b"")
    with open_store(tmp_path / "a") as store:
        run = store.ledger.start_run("add", {}, None)
        store.add_capture_from_local(tmp_path / "报告.pdf", run)
        store.add_capture_from_local(tmp_path / "报告.pdf", run, url="http://www.qinghe.example/r.pdf")
        with pytest.raises(workdb.ArchiveError, match="is empty"):
            store.add_capture_from_local(tmp_path / "empty.pdf", run)
        with pytest.raises(workdb.ArchiveError, match="is no file"):
            store.add_capture_from_local(tmp_path / "none.pdf", run)
        one, two = store.ledger.captures(roles=["document"])
    assert one["url"].startswith("urn:sha256:")
    assert two["url"] == "http://www.qinghe.example/r.pdf"
    assert one["media_type"] == "application/pdf"
    assert one["sha256"] == two["sha256"]


def test_a_second_writer_is_told_to_wait(tmp_path):
    code = (
        "import sys\nfrom archive.store import open_store\nfrom archive.workdb import ArchiveError\n"
        "try:\n    with open_store(sys.argv[1]): pass\nexcept ArchiveError as e: print(e)"
    )
    with open_store(tmp_path / "a"):
        out = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a")], capture_output=True, text=True)
    assert "is writing to" in out.stdout
    assert out.stdout.count("\n") == 1


def test_a_folder_that_is_no_archive_is_named(tmp_path):
    with pytest.raises(workdb.ArchiveError, match="There is no archive at"):
        workdb.open(tmp_path / "none")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(b"x")
    with pytest.raises(workdb.ArchiveError, match="no nianbao archive"):
        workdb.open(tmp_path / "photos")
    with pytest.raises(workdb.ArchiveError, match="holds other files"):
        workdb.open(tmp_path / "photos", create=True)
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(workdb.ArchiveError, match="cannot be made"):
        workdb.open(tmp_path / "file" / "a", create=True)


def test_every_outcome_has_a_sentence():
    assert all(o.meaning.endswith(".") for o in Outcome)
    assert not Outcome.OK.transient
    assert Outcome.TIMEOUT.transient
