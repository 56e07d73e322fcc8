"""The bars of the crawl, on twenty-seven replica portals that are crawled from their homepages alone.

One crawl for the first season and one for the next, into the same archive; then one with another surface, without the
first ones that need a browser, with the later ones. The portals and what is true of them are in ``tests/portals``; the
measuring is in ``benchmarks/crawl.py``.
"""

import json
import sqlite3
import subprocess
import sys

import pytest

from crawler.chromium import find_browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not find_browser()[0], reason="no Chromium on this machine"),
]


def measured(repo, archive, *options):
    command = [sys.executable, "-m", "benchmarks.crawl", "--json", "--archive", str(archive), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, cwd=repo)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


PLAIN = ("trs-flat", "trs-tree", "hanweb-jcms", "hanweb-jpaas", "vsb", "ucap", "gkmlpt", "legacy-gbk")
BROWSER = ("lonsun-521", "mvc-show", "spa-json", "hub")
LATER = ("house-style", "interface-cms", "parent-city", "gongkai-channels", "search-only", "spa-history",
         "leaf-tree", "frames-post", "picture-menu", "tree-frame", "posted-tabs", "thin-pages",
         "organ-select")  # fmt: skip
SEASONS = ("organ-sites", "script-library")  # also added later


def only(*keys):
    return [part for key in keys for part in ("--only", key)]


@pytest.fixture(scope="module")
def seasons(tmp_path_factory, repo_dir):
    archive, chosen = tmp_path_factory.mktemp("portals") / "a", only(*PLAIN, *BROWSER, *SEASONS)
    return [measured(repo_dir, archive, *chosen), measured(repo_dir, archive, "--season", "2", *chosen)], archive


@pytest.fixture(scope="module")
def renamed(tmp_path_factory, repo_dir):
    """Other class names, page sizes and column names, no column metadata."""
    return measured(repo_dir, tmp_path_factory.mktemp("renamed") / "a", "--variant", "1", *only(*PLAIN, *LATER))


def totals(result):
    scores = result["scores"]
    return {name: sum(s[name] for s in scores) for name in scores[0] if isinstance(scores[0][name], int)}


def told(result):
    return [(s["portal"], s["missing"], s["surplus"]) for s in result["scores"] if s["missing"] or s["surplus"]]


def meets_the_bars(result):
    sums = totals(result)
    assert sums["found"] / sums["true"] >= 0.98, told(result)
    wrong = sums["decoys"] + sums["clones"] + sums["extra"]
    assert sums["found"] / (sums["found"] + wrong) >= 0.995, told(result)
    assert sums["clones"] == sums["robots"] == 0
    assert all(s["trap"] <= 20 for s in result["scores"])
    assert sums["pages"] < 1.5 * sums["needed"]


def test_every_report_and_nothing_else(seasons):
    (first, _), _ = seasons
    meets_the_bars(first)
    assert totals(first)["wrong_year"] == 0


def test_a_year_later(seasons):
    (_, second), _ = seasons
    meets_the_bars(second)


def test_the_surface_does_not_matter(renamed):
    meets_the_bars(renamed)


def test_a_list_that_a_script_fills_needs_the_browser_once(seasons):
    """Its call is remembered: in the next season its pages are asked for over plain HTTP."""
    (first, second), _ = seasons
    browser = [{s["portal"]: s["browser"] for s in result["scores"]}["script-library"] for result in (first, second)]
    assert browser == [3, 0]


def test_one_request_at_a_time_robots_first_and_no_foreign_host(seasons):
    for result in seasons[0]:
        manners = result["manners"]
        assert manners["overlaps"] == 0
        assert manners["unasked"] == []
        assert manners["foreign"] == []
        assert manners["nameless"] == 0


def test_the_second_season_asks_whether_anything_changed(seasons):
    (first, second), _ = seasons
    assert first["manners"]["not_modified"] == 0
    # What answers to a condition is not sent again: the rest is new, edited, or list data.
    assert second["manners"]["not_modified"] > 5 * second["manners"]["whole"]


def test_what_changed_is_kept_beside_what_was(seasons):
    _, archive = seasons
    with sqlite3.connect(archive / "work.db") as conn:
        first, second = (row[0] for row in conn.execute("SELECT run_id FROM runs WHERE kind = 'crawl' ORDER BY run_id"))
        query = """SELECT b.final_url FROM captures a JOIN captures b ON a.final_url = b.final_url
                   WHERE a.run_id = ? AND b.run_id = ? AND a.role = 'document' AND b.role = 'document'
                   AND a.outcome = 'ok' AND b.outcome = 'ok' AND a.sha256 <> b.sha256 AND b.via = 'http'"""
        changed = {row[0] for row in conn.execute(query, (first, second))}
        gone = conn.execute(
            "SELECT url FROM captures WHERE run_id = ? AND role = 'document' AND outcome = 'soft_404'", (second,)
        ).fetchall()
        sizes = [row[0] for row in conn.execute(
            "SELECT warc_length FROM captures WHERE run_id = ? AND outcome = 'not_modified'", (second,))]  # fmt: skip
    assert {url.rsplit("/", 1)[1][:4] for url in changed if "beigang" in url} == {"c01_", "1731"}, changed
    assert sum("lanhe" in url for url in changed) == 2
    # Withdrawn: one is answered with a page of regret, one with the homepage.
    assert {url.split("/")[2] for (url,) in gone} == {"www.lanhe.gov.example", "www.wuling.gov.example"}
    assert len(gone) == 2
    assert sum(sizes) / len(sizes) < 1000


def test_a_host_behind_a_wall_is_asked_little_and_told(seasons):
    _, archive = seasons
    with sqlite3.connect(archive / "work.db") as conn:
        first = conn.execute("SELECT min(run_id) FROM runs WHERE kind = 'crawl'").fetchone()[0]
        asked = conn.execute(
            "SELECT outcome FROM captures WHERE run_id = ? AND final_url = 'http://www.wall.gov.example/nb/'"
            " AND record_type <> 'resource'", (first,),
        ).fetchall()  # fmt: skip
    assert {row[0] for row in asked} == {"challenge"}
    assert len(asked) <= 3
