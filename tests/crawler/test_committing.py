"""The extension that commits a crawl's pages together."""

import sqlite3
from types import SimpleNamespace

import pytest

from archive import workdb
from archive.frontier import Frontier, Task
from archive.ledger import Ledger
from archive.outcomes import Outcome
from crawler.committing import Committing


@pytest.fixture
def crawl(tmp_path):
    """A spider with a frontier of one task, what another connection sees of it, and the extension at work."""
    conn, other = workdb.open(tmp_path / "a", create=True), workdb.open(tmp_path / "a")
    frontier = Frontier(conn, Ledger(conn).start_run("crawl", {}, None))
    stops = []
    spider = SimpleNamespace(state=SimpleNamespace(frontier=frontier), stop_for=stops.append, stops=stops)
    committing = Committing(spider)
    committing._opened()
    frontier.add([Task("k", "http://www.qinghe.example/", "s", "page", 1)])
    yield spider, lambda: other.execute("SELECT count(*) FROM frontier").fetchone()[0], committing
    if committing._loop.running:
        committing._closed()
    conn.close()
    other.close()


def test_what_waits_is_committed_at_the_end_and_later_changes_at_once(crawl):
    spider, seen, committing = crawl
    assert seen() == 0
    committing._closed()
    assert seen() == 1
    spider.state.frontier.add([Task("k2", "http://www.qinghe.example/2", "s", "page", 1)])
    assert seen() == 2
    assert spider.stops == []


def test_a_commit_that_fails_stops_the_crawl(crawl, monkeypatch):
    spider, _, committing = crawl

    def full():
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(spider.state.frontier, "commit", full)
        committing._loop.f()
    assert [str(error) for error in spider.stops] == ["database or disk is full"]


def test_half_a_letter_in_a_site_s_list_undoes_nothing_that_waits(crawl):
    spider, seen, committing = crawl
    url = "http://www.qinghe.example/2"
    spider.state.frontier.add([Task("k2", url, "s", "page", 1, anchor="年\ud83d报", meta={"label": "\udc00"})])
    committing._closed()
    assert seen() == 2
    spider.state.frontier.finish(spider.state.frontier.claim("s", 60).key, Outcome.OK)
    assert spider.state.frontier.claim("s", 60).anchor == "年?报"
