"""What is wrong with an archive is found, named, and where it can be mended."""

from __future__ import annotations

import gzip
import json
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime

import pytest

from archive import workdb
from archive.ingest import ingest
from archive.rebuild import rebuild
from archive.store import open_store
from archive.verify import verify


@pytest.fixture
def sound(small_archive):
    """A small archive with every kind of record, read and whole; gives its folder."""
    return small_archive


def kinds(folder):
    return sorted({fault.kind for fault in verify(folder).faults})


def warc_files(folder):
    return sorted((folder / "warc").glob("*.warc.gz"))


UNBACKED_ROW = (
    "INSERT INTO captures(run_id, url, final_url, role, fetched_at, outcome, via)"
    " SELECT run_id, 1, 2, 3, 4, 5, 6 FROM runs"
)


def change(folder, sql, *values):
    with closing(sqlite3.connect(folder / "work.db", isolation_level=None)) as conn:
        conn.execute(sql, values)
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def flip(path, bit):
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


def test_a_sound_archive_is_whole(sound):
    report = verify(sound)
    assert "\n".join(str(f) for f in report.faults) == ""
    assert report.whole
    assert (report.files, report.captures, report.readings, report.reports) == (2, 8, 3, 1)


def test_what_came_after_the_last_ingest_is_no_fault(sound, tmp_path, report_page):
    (tmp_path / "later.html").write_bytes(report_page(prose="后来的一页。"))
    with open_store(sound) as store:
        run = store.ledger.start_run("add", {}, store.vantage)
        store.add_capture_from_local(tmp_path / "later.html", run, "http://www.lan.example/a.html")
        store.ledger.finish_run(run, "finished", {})
    report = verify(sound)
    assert (report.whole, report.notes) == (True, ["1 capture(s) wait for `nianbao ingest`."])
    change(sound, "UPDATE cells SET raw = 'x' WHERE key = 'table2.regulations.issued'")
    assert kinds(sound) == ["report"]


def test_a_flipped_bit_of_a_capture_file_is_found_wherever_it_is(sound):
    draw = random.Random(5)
    for path in warc_files(sound):
        good = path.read_bytes()
        for bit in draw.sample(range(8 * len(good)), 60):
            flip(path, bit)
            assert not verify(sound).whole, f"bit {bit} of {path.name}"
            path.write_bytes(good)
    assert verify(sound).whole


def test_every_bit_of_one_record_is_covered_without_the_digest_file(sound):
    # Members are checked by themselves; what gzip leaves unchecked (its header, padding) changes no record.
    (path, *_) = warc_files(sound)
    path.with_name(path.name + ".sha256").unlink()
    with closing(workdb.open(sound)) as conn:
        row = conn.execute("SELECT * FROM captures WHERE record_type = 'response' ORDER BY capture_id").fetchone()
    good = path.read_bytes()
    start, end = row["warc_offset"], row["warc_offset"] + row["warc_length"]
    raw = gzip.decompress(good[start:end])
    for bit in random.Random(6).sample(range(8 * start, 8 * end), 150):
        flip(path, bit)
        damaged = path.read_bytes()[start:end]
        path.write_bytes(good[:start] + damaged + good[end:])
        if verify(sound).whole:
            assert gzip.decompress(damaged) == raw
    path.write_bytes(good)


def test_a_flipped_bit_of_the_work_database_is_found_or_changed_nothing(sound, dump):
    change(sound, "DELETE FROM frontier")
    path = sound / "work.db"
    good, before = path.read_bytes(), dump(sound)
    draw = random.Random(7)
    found = 0
    for bit in draw.sample(range(8 * len(good)), 150):
        flip(path, bit)
        try:
            whole = verify(sound).whole
        except workdb.ArchiveError:
            whole = False
        if whole:
            assert dump(sound) == before, f"bit {bit}"
        found += not whole
        for suffix in ("-wal", "-shm"):
            (sound / f"work.db{suffix}").unlink(missing_ok=True)
        path.write_bytes(good)
    assert found > 20


def test_damage_is_named_and_what_is_behind_it_still_checked(sound):
    (path, *_) = warc_files(sound)
    with closing(workdb.open(sound)) as conn:
        row = conn.execute("SELECT * FROM captures WHERE record_type = 'response' ORDER BY capture_id").fetchone()
    flip(path, 8 * (row["warc_offset"] + 100))
    report = verify(sound)
    assert {f.kind for f in report.faults} == {"file", "record", "index"}
    assert any(f.where == f"{path.name}:{row['warc_offset']}" for f in report.faults)
    assert report.captures == 7


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("UPDATE captures SET url = url || 'x' WHERE capture_id = 2", "index"),
        ("UPDATE captures SET capture_id = 99 WHERE capture_id = 8", "index"),
        ("DELETE FROM captures WHERE capture_id = 8", "index"),
        (UNBACKED_ROW, "index"),
        ("UPDATE runs SET summary = '{}'", "journal"),
        ("UPDATE sites SET homepage = 'http://elsewhere.example/'", "journal"),
        ("UPDATE documents SET result = replace(result, '12', '21')", "reading"),
        ("UPDATE documents SET is_report = 0", "reading"),
        ("UPDATE cells SET value = 13 WHERE value = 12", "report"),
        ("UPDATE editions SET gone_since = '2026-01-01T00:00:00Z'", "report"),
        ("DELETE FROM sections", "report"),
    ],
)  # fmt: skip
def test_a_changed_database_is_found(sound, sql, kind):
    change(sound, sql)
    assert kind in kinds(sound)


def test_a_missing_file_is_named_with_what_it_held(sound):
    (path, *_) = warc_files(sound)
    path.unlink()
    report = verify(sound)
    (fault,) = [f for f in report.faults if f.kind == "file"]
    assert fault.where == path.name
    assert "is missing; restore it from a backup" in fault.what
    assert any("perhaps in a missing one" in note for note in report.notes)
    change(sound, "DELETE FROM captures WHERE warc_file = (SELECT min(warc_file) FROM captures)")
    assert [(f.where, f.what) for f in verify(sound).faults if f.kind == "file"] == [
        (path.name, "the file is missing; restore it from a backup")
    ]


def test_a_foreign_file_is_named(sound):
    (sound / "warc" / "notes.txt").write_text("x")
    assert [f.where for f in verify(sound).faults] == ["notes.txt"]


def test_a_torn_tail_is_found_and_mended(sound):
    path = warc_files(sound)[-1]
    path.with_name(path.name + ".sha256").unlink()
    path.write_bytes(path.read_bytes()[:-30])
    torn = path.rename(path.with_name(path.name + ".open"))
    assert "record" in kinds(sound)
    with open_store(sound, create=False):
        pass
    ingest(sound, workers=1)
    report = verify(sound)
    assert report.whole, [str(f) for f in report.faults]
    assert any(".torn" in note for note in report.notes)
    assert not torn.exists()


def test_a_lost_index_is_made_again_cell_for_cell(sound, dump):
    before = dump(sound)
    for path in sound.glob("work.db*"):
        path.unlink()
    with pytest.raises(workdb.ArchiveError, match="run `nianbao rebuild`"):
        workdb.open(sound, create=True)
    done = rebuild(sound, workers=1)
    assert done.problems == ()
    assert dump(sound) == before
    assert verify(sound).whole


def test_list_calls_that_were_learnt_come_back_as_they_were_last(sound):
    with open_store(sound) as store:
        for page in ("1", "2"):
            store.ledger.learn_call("lan", "www.lan.example/nb/", {"url": f"http://www.lan.example/list?page={page}"})
        before = store.ledger.learnt_calls("lan")
    assert before == [("www.lan.example/nb/", {"url": "http://www.lan.example/list?page=2"})]
    (sound / "work.db").unlink()
    rebuild(sound, workers=1)
    with open_store(sound) as store:
        assert store.ledger.learnt_calls("lan") == before
    assert verify(sound).whole


def test_a_crawl_of_the_practice_portals_is_made_again_cell_for_cell(portals, tmp_path, dump):
    folder = shutil.copytree(portals, tmp_path / "portals")
    before = dump(folder)
    rebuild(folder)
    assert dump(folder) == before
    assert verify(folder).whole


def test_a_clock_that_is_set_back_puts_nothing_out_of_order(sound, monkeypatch, dump):
    class Earlier(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2001, 1, 1, tzinfo=tz)

    before = warc_files(sound)
    for module in ("warcwrite", "ledger", "workdb"):
        monkeypatch.setattr(f"archive.{module}.datetime", Earlier)
    for state in ("interrupted", "finished"):
        with open_store(sound, rotate_at=1) as store:
            run = store.ledger.start_run("crawl", {}, "here")
            store.ledger.upsert_site("lan", f"http://{state}.example/", [])
            store.ledger.finish_run(run, state, {})
    assert warc_files(sound)[: len(before)] == before
    assert len(warc_files(sound)) > len(before) + 4
    assert kinds(sound) == []
    written = dump(sound)
    rebuild(sound, workers=1)
    assert dump(sound) == written


def test_a_damaged_index_is_made_again(sound, dump):
    before = dump(sound)
    with (sound / "work.db").open("r+b") as handle:
        handle.write(b"nonsense" * 100)
    with pytest.raises(workdb.ArchiveError, match="nianbao rebuild"):
        verify(sound)
    rebuild(sound, workers=1)
    assert dump(sound) == before


def test_a_rebuild_says_what_is_lost_and_keeps_the_rest(sound):
    (path, *_) = warc_files(sound)
    with closing(workdb.open(sound)) as conn:
        row = conn.execute("SELECT * FROM captures WHERE record_type = 'response' ORDER BY capture_id").fetchone()
    flip(path, 8 * (row["warc_offset"] + 100))
    done = rebuild(sound, workers=1)
    assert done.captures == 7
    assert any("are lost" in problem for problem in done.problems)
    assert any("revisit" in problem for problem in done.problems)


def test_a_rebuild_that_fails_leaves_the_old_index(sound, monkeypatch, dump):
    before = dump(sound)

    def broken(*args, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("archive.rebuild.read_into", broken)
    with pytest.raises(workdb.DiskFullError, match="free some space"):
        rebuild(sound, workers=1)
    assert dump(sound) == before
    assert not list(sound.glob("*.building*"))


def test_two_archives_in_one_folder_stay_apart(sound, tmp_path, dump):
    other = shutil.copytree(sound, tmp_path / "other")
    with open_store(other, vantage="elsewhere") as store:
        run = store.ledger.start_run("add", {}, "elsewhere")
        (tmp_path / "x.txt").write_text("x")
        store.add_capture_from_local(tmp_path / "x.txt", run)
    with open_store(sound) as store:
        run = store.ledger.start_run("add", {}, "here")
        (tmp_path / "y.txt").write_text("y")
        store.add_capture_from_local(tmp_path / "y.txt", run)
    for path in set(warc_files(other)) - {other / "warc" / p.name for p in warc_files(sound)}:
        shutil.copy(path, sound / "warc" / path.name)
    done = rebuild(sound, workers=1)
    assert done.captures == 10
    with closing(workdb.open(sound)) as conn:
        ids = [r[0] for r in conn.execute("SELECT capture_id FROM captures ORDER BY 1")]
    assert len(set(ids)) == 10


def test_the_report_is_one_object_for_machines(sound):
    report = json.loads(json.dumps(verify(sound).as_dict()))
    assert report["whole"] is True
    assert report["faults"] == []
