"""The layer of corrections, and what a later edition altered in the text."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from archive import build, corrections
from archive.plugins.report_page import load_report
from archive.rewordings import compare
from archive.workdb import ArchiveError

HEAD = "report_id,key,old,new,why,who,evidence,date\n"
REPORT, KEY = "991101-2023-government-aa", "table4.review.upheld"
GOOD = f"{REPORT},{KEY},2,3,书面更正,张三,http://www.qinghe.example/gz.html,2026-10-01\n"


@pytest.fixture
def file(tmp_path):
    def write(*rows):
        path = tmp_path / "corrections.csv"
        path.write_text(HEAD + "".join(rows), "utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (GOOD.replace(",2,3,", ",2,2,"), "old and new are the same"),
        (GOOD.replace(",2,3,", ",2,many,"), "new"),
        (GOOD.replace(",2,3,", ",2,nan,"), "new"),
        (GOOD.replace("张三", ""), "who"),
        (GOOD.replace("2026-10-01", "soon"), "date"),
        (GOOD + GOOD, "corrected twice"),
        (GOOD.replace("\n", ",more\n"), "line 2"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(file, row, what):
    with pytest.raises(ArchiveError, match=r"line [23]") as found:
        corrections.read_corrections(file(row))
    assert what in str(found.value)


def test_the_columns_are_asked_for(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("key,value\n", "utf-8")
    with pytest.raises(ArchiveError, match="its columns must be"):
        corrections.read_corrections(path)


def test_a_day_as_a_spreadsheet_saves_it_is_a_day(file):
    (one,) = corrections.read_corrections(file(GOOD.replace("2026-10-01", "2026/10/1"))).values()
    assert one.date.isoformat() == "2026-10-01"


def test_a_file_in_another_encoding_is_named(tmp_path):
    path = tmp_path / "corrections.csv"
    path.write_bytes((HEAD + GOOD).encode("gb18030"))
    with pytest.raises(ArchiveError, match=r"corrections\.csv cannot be read .* UTF-8"):
        corrections.load_corrections(tmp_path)


def test_the_archives_own_correction_takes_the_place_of_the_packages(file, tmp_path):
    shipped = corrections.load_corrections(tmp_path)
    (own,) = (one for one in corrections.load_corrections(file(GOOD).parent) if one not in shipped)
    assert (own.report_id, own.key, own.old, own.new) == (REPORT, KEY, 2, 3)


def test_a_fault_in_the_corrections_leaves_the_publication_as_it_was(sample_archive):
    build.build(sample_archive)
    before = (sample_archive / "public.db").read_bytes()
    (sample_archive / "corrections.csv").write_text(HEAD + GOOD.replace(",2,3,", ",2,many,"), "utf-8")
    with pytest.raises(ArchiveError, match=r"corrections\.csv, line 2: new"):
        build.build(sample_archive)
    assert (sample_archive / "public.db").read_bytes() == before


def test_the_printed_value_stays_beside_the_corrected_one(sample_archive):
    (sample_archive / "corrections.csv").write_text("".join((
        HEAD,
        GOOD,
        GOOD.replace(REPORT, "nothing"),
        GOOD.replace(KEY, "table9.nothing.total"),
        GOOD.replace(KEY, "table4.review.total").replace(",2,3,", ",7,8,"),
        GOOD.replace(KEY, "table3.carried_out.total").replace(",2,3,", ",5,1,"),
    )), "utf-8-sig")  # fmt: skip
    done = build.build(sample_archive)
    with closing(sqlite3.connect(sample_archive / "public.db")) as conn:
        rows = conn.execute(
            "SELECT value, corrected_value FROM cells WHERE report_id = ? AND key = ? ORDER BY is_current",
            (REPORT, KEY),
        ).fetchall()
        states = [state for (state,) in conn.execute("SELECT state FROM corrections ORDER BY rowid")]
        (others,) = conn.execute("SELECT count(*) FROM cells WHERE corrected_value IS NOT NULL").fetchone()
    assert rows == [(1, None), (2, 3)]
    assert sorted(states) == ["already_so", "no_cell", "no_report", "old_differs", "used"]
    assert others == 1
    assert len(done.unused_corrections) == 4
    assert all("is not used" in sentence for sentence in done.unused_corrections)
    with closing(sqlite3.connect(sample_archive / "public.db")) as conn:
        conn.row_factory = sqlite3.Row
        now, before = (load_report(conn, REPORT, ordinal, "zh") for ordinal in (None, 1))
    assert (now.cells[KEY].text, now.cells[KEY].corrected) == ("2", "3")
    assert "更正：应为 3" in now.cells[KEY].notes
    assert any("更正：3" in table for n in range(1, 7) for table in now.tables(n, "zh", "/"))
    assert not any(cell.corrected for cell in before.cells.values())


def test_what_was_reworded_is_told_by_sentence():
    before = "一、总体情况\n全年受理申请30件。均已办结。\n无行政复议。"
    after = "一、总体情况\n全年受理 申请32件。均已办结。新增培训两次。"
    assert list(compare(before, after)) == [
        ("altered", "全年受理申请30件。", "全年受理申请32件。"),
        ("removed", "无行政复议。", None),
        ("added", None, "新增培训两次。"),
    ]
    assert list(compare(before, before.replace("\n", " \n\n"))) == []


def test_changes_of_wording_are_published(sample_archive):
    with closing(sqlite3.connect(sample_archive / "work.db")) as conn:
        conn.execute(
            "INSERT OR REPLACE INTO sections SELECT edition_id, 1, '一、总体情况', '全年共收到申请29件。' FROM editions"
            " WHERE report_id = ? AND ordinal = 1", (REPORT,)
        )  # fmt: skip
        conn.commit()
    build.build(sample_archive)
    with closing(sqlite3.connect(sample_archive / "public.db")) as conn:
        kinds = {kind for (kind,) in conn.execute("SELECT kind FROM text_changes WHERE report_id = ?", (REPORT,))}
    assert {"removed", "added"} <= kinds
