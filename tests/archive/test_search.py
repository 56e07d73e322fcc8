from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive import search


def _found(published: Path, query: str) -> int:
    with closing(sqlite3.connect(published / "public.db")) as conn:
        sql = "SELECT count(*) FROM sections_fts WHERE sections_fts MATCH ?"
        return int(conn.execute(sql, [search.to_phrases(query)]).fetchone()[0])


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("征地", 3), ("地", 3), ("征地拆迁", 2), ("征地 公告", 1), ("“征地 公告”", 1), ("拆征", 0), ("2023年", 2),
        ("２０２３ 年", 2), ("2023 年", 2), ("。", 0), ("", 0), ('"', 0), ("* OR NOT", 0), ("征地)", 3),
    ],
)  # fmt: skip
def test_any_substring_is_found_and_nothing_else(published: Path, query: str, count: int) -> None:
    assert _found(published, query) == count


def test_fold_knows_where_each_character_came_from() -> None:
    text = "２０２３ 年①ABC"
    folded, places = search.fold(text)
    assert folded == "2023年1abc"
    assert [text[p] for p in places] == list("２０２３年①ABC")


def test_snippet_marks_the_hit_in_the_original_spelling() -> None:
    text = "前" * 100 + "２０２３ 年度" + "后" * 100
    shown = search.snippet(text, "2023年")
    assert f"{search.MARK_OPEN}２０２３ 年{search.MARK_CLOSE}度" in shown
    assert shown.startswith("…前")
    assert shown.endswith("后…")
    assert len(shown) < 150


def test_snippet_without_a_hit_is_the_beginning() -> None:
    assert search.snippet("短文", "没有") == "短文"
    assert search.snippet(None, "没有") == ""


def test_marks_in_the_text_cannot_forge_a_hit() -> None:
    shown = search.snippet(f"甲{search.MARK_OPEN}乙{search.MARK_CLOSE}丙", "丙")
    assert shown == f"甲乙{search.MARK_OPEN}丙{search.MARK_CLOSE}"


def test_overlapping_words_are_marked_once() -> None:
    shown = search.snippet("行政复议", "行政 政复")
    assert shown.count(search.MARK_OPEN) == shown.count(search.MARK_CLOSE) == 1
