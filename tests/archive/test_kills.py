"""SIGKILL at random moments loses nothing and doubles nothing: a bounded part of ``benchmarks/kills.py``."""

from __future__ import annotations

import importlib.util
import random
import sys

import pytest


@pytest.fixture(scope="module")
def kills(repo_dir):
    spec = importlib.util.spec_from_file_location("kills", repo_dir / "benchmarks" / "kills.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["kills"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def crawled(kills, tmp_path_factory):
    """Two archives crawled with three kills each, the last of them for the tests of ingest and build."""
    table, rng = kills.Table("crawl"), random.Random(11)
    archive = None
    for n in range(2):
        folder = tmp_path_factory.mktemp(f"crawl{n}")
        archive = kills.crawl_trial(folder, rng, 3, table)
    return table, archive


def test_a_killed_crawl_of_two_sites_loses_and_doubles_nothing(crawled):
    table, _ = crawled
    assert (table.lost, table.doubled, table.faults) == (0, 0, [])
    assert table.kills >= 4


def test_a_killed_crawl_of_many_sites_asks_each_again_for_one_page_at_most(kills, tmp_path):
    table = kills.Table("many")
    kills.crawl_trial(tmp_path, random.Random(15), 2, table, kills.MANY)
    assert (table.kills, table.lost, table.doubled, table.faults) == (2, 0, 0, [])


def test_a_killed_ingest_ends_with_the_same_rows(kills, crawled):
    table = kills.Table("ingest")
    kills.ingest_trial(crawled[1], random.Random(12), 3, table)
    assert (table.lost, table.doubled, table.faults) == (0, 0, [])
    assert table.kills


def test_a_killed_build_leaves_a_whole_publication(kills, crawled):
    table = kills.Table("build")
    kills.build_trial(crawled[1], random.Random(13), 3, table)
    assert (table.lost, table.faults) == (0, [])
    assert table.kills


def test_a_crawl_killed_with_its_index_is_taken_up_from_the_captures(kills, tmp_path):
    table = kills.Table("index")
    kills.lost_index_trial(tmp_path, random.Random(14), table)
    assert (table.kills, table.lost, table.doubled, table.faults) == (1, 0, 0, [])
