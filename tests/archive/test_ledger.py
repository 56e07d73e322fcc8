"""The ledger, the frontier and the archive folder."""

import subprocess
import sys

import pytest

from archive import workdb
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
    return Task(
        key=f"k{n}", url=f"http://www.qinghe.example/{n}", site_id=site, role="page", priority=priority, **more
    )


def test_claims_go_by_priority_and_leave_other_sites_room(ledger):
    frontier = Frontier(ledger.conn, ledger.start_run("crawl", {}, None))
    frontier.add([task(1), task(2, priority=9), task(3, priority=5), task(4, site="other")])
    claimed = frontier.claim(limit=10, lease_seconds=60, per_site=2, max_per_site=100)
    assert [t.key for t in claimed] == ["k2", "k3", "k4"]
    assert frontier.claim(10, 60, 2, 100) == []


def test_an_expired_lease_comes_back_and_a_finished_task_does_not(ledger):
    frontier = Frontier(ledger.conn, ledger.start_run("crawl", {}, None))
    frontier.add([task(1), task(2)])
    frontier.claim(2, lease_seconds=-1, per_site=9, max_per_site=100)
    frontier.finish("k1", Outcome.OK, [task(7), task(2)])
    again = frontier.claim(9, 60, 9, 100)
    assert [(t.key, t.attempts) for t in again] == [("k2", 2), ("k7", 1)]


def test_finish_is_all_or_nothing(ledger):
    frontier = Frontier(ledger.conn, ledger.start_run("crawl", {}, None))
    frontier.add([task(1)])
    frontier.claim(1, 60, 1, 100)

    def broken():
        yield task(2)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        frontier.finish("k1", Outcome.OK, broken())
    assert frontier.counts() == {"leased": 1}


def test_a_site_gets_no_more_than_its_budget(ledger):
    frontier = Frontier(ledger.conn, ledger.start_run("crawl", {}, None))
    frontier.add([task(n) for n in range(5)])
    got = []
    while claimed := frontier.claim(1, 60, 1, max_per_site=3):
        got += claimed
        frontier.finish(claimed[0].key, Outcome.OK)
    assert len(got) == 3
    assert frontier.counts() == {"done": 3, "dropped": 2}


def test_a_retry_takes_passing_failures_and_what_was_left_open(ledger):
    old = Frontier(ledger.conn, ledger.start_run("crawl", {}, None))
    old.add([task(n) for n in range(4)])
    old.claim(3, 60, 9, 100)
    old.finish("k0", Outcome.TIMEOUT)
    old.finish("k1", Outcome.GONE)
    new = Frontier(ledger.conn, ledger.start_run("crawl", {}, None))
    assert new.take_over(old.run_id, [o for o in Outcome if o.transient]) == 3
    assert {t.key for t in new.claim(9, 60, 9, 100)} == {"k0", "k2", "k3"}


def test_only_a_run_with_the_same_options_is_resumed(ledger):
    run = ledger.start_run("crawl", {"targets": ["a"]}, None)
    assert ledger.resumable_run("crawl", {"targets": ["a"]}) is None  # it still runs
    ledger.close_dead_runs()
    assert ledger.resumable_run("crawl", {"targets": ["b"]}) is None
    assert ledger.resumable_run("crawl", {"targets": ["a"]}) == run
    ledger.finish_run(run, "finished", {})
    assert ledger.resumable_run("crawl", {"targets": ["a"]}) is None


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
