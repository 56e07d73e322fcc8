"""The release: whole or not at all, every row, every column described, safe to open."""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive import words
from archive.package import write_package
from archive.workdb import ArchiveError


@pytest.fixture(scope="module")
def release(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_package(published, tmp_path_factory.mktemp("out") / "release")


def _counts(published: Path) -> dict[str, int]:
    with closing(sqlite3.connect(published / "public.db")) as conn:
        return {n: conn.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in words.tables()}


def test_every_table_is_there_with_every_row_and_every_column_described(release: Path, published: Path) -> None:
    package = json.loads((release / "datapackage.json").read_text("utf-8"))
    assert {r["path"] for r in package["resources"]} == {f"{name}.csv" for name in words.tables()}
    for resource, (name, count) in zip(package["resources"], _counts(published).items(), strict=True):
        with (release / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            table = list(csv.reader(file))
        fields = resource["schema"]["fields"]
        assert table[0] == [field["name"] for field in fields]
        assert len(table) - 1 == count
        assert all(field["title"] and field["description"] for field in fields)


def test_sums_are_right_and_cover_all_files(release: Path) -> None:
    lines = dict(reversed(line.split("  ")) for line in (release / "SHA256SUMS").read_text().splitlines())
    assert set(lines) == {f.name for f in release.iterdir()} - {"SHA256SUMS"}
    for name, digest in lines.items():
        assert hashlib.sha256((release / name).read_bytes()).hexdigest() == digest


def test_keys_point_to_tables_of_the_release(release: Path) -> None:
    package = json.loads((release / "datapackage.json").read_text("utf-8"))
    by_name = {r["name"]: {f["name"] for f in r["schema"]["fields"]} for r in package["resources"]}
    found = 0
    for resource in package["resources"]:
        assert set(resource["schema"].get("primaryKey", [])) <= by_name[resource["name"]]
        for key in resource["schema"].get("foreignKeys", []):
            assert set(key["reference"]["fields"]) <= by_name[key["reference"]["resource"]]
            found += 1
    assert found > 5


def test_text_from_outside_is_no_formula(release: Path) -> None:
    text = (release / "cells.csv").read_text("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert ",=HYPERLINK" not in text


def test_parquet_keeps_types_nulls_and_text_as_they_are(published: Path, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    folder = write_package(published, tmp_path / "p", "parquet")
    with duckdb.connect() as engine:
        cells = f"SELECT status, value, raw FROM '{folder}/cells.parquet' WHERE key = 'table3.granted.total'"
        found = engine.sql(cells)
        assert ("printed", 16.0, "16") in found.fetchall()
        assert ("unreadable", None, '=HYPERLINK("http://evil.example")') in found.fetchall()
        counts = {
            name: engine.sql(f"SELECT count(*) FROM '{folder}/{name}.parquet'").fetchall()[0][0]
            for name in words.tables()
        }
    assert counts == _counts(published)


def test_an_old_release_is_never_written_over(published: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(ArchiveError, match="there already"):
        write_package(published, tmp_path / "there")
    with pytest.raises(ArchiveError, match="run `nianbao build` first"):
        write_package(tmp_path, tmp_path / "new")
    assert [f.name for f in tmp_path.iterdir()] == ["there"]


def test_a_failure_leaves_nothing(sample_archive: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(sample_archive / "public.db")) as conn:
        conn.execute("DROP TABLE coverage")
        conn.commit()
    with pytest.raises(ArchiveError):
        write_package(sample_archive, tmp_path / "out" / "x")
    assert list((tmp_path / "out").iterdir()) == []
