"""Captures in, reports and editions out: what is stale, what is one report, what is a new edition."""

from __future__ import annotations

import io
import json
import re
from contextlib import closing
from datetime import UTC, datetime

import pytest
from PIL import Image

from archive import ingest as ingest_module
from archive import workdb, worker
from archive.assess import put_together
from archive.capture import Capture
from archive.ingest import ingest, stale_jobs, store_reading
from archive.rebuild import rebuild
from archive.status import status
from archive.store import open_store
from archive.verify import verify
from archive.workdb import ArchiveError
from archive.worker import read_job
from parsers.document import Cell, Table
from parsers.readers import embedded

PAGE = """<html><head><title>{title}</title></head><body><h1>{title}</h1><div>
<p>本报告所列数据的统计期限为2023年1月1日至2023年12月31日。</p>
<h2>一、总体情况</h2><p>{prose}</p>
<h2>二、主动公开政府信息情况</h2><table>
<tr><td>第二十条第（五）项</td></tr><tr><td>信息内容</td><td>本年处理决定数量</td></tr>
<tr><td>行政许可</td><td>{licences}</td></tr>
<tr><td>第二十条第（六）项</td></tr><tr><td>信息内容</td><td>本年处理决定数量</td></tr>
<tr><td>行政处罚</td><td>7</td></tr><tr><td>行政强制</td><td>0</td></tr></table>
<h2>四、政府信息公开行政复议、行政诉讼情况</h2><p>无。</p>
<h2>五、存在的主要问题及改进情况</h2><p>继续改进工作。</p>
<h2>六、其他需要报告的事项</h2><p>无其他事项。</p></div></body></html>"""


def page(title="岚县人民政府2023年政府信息公开工作年度报告", prose="全年工作平稳有序。", licences="12"):
    return PAGE.format(title=title, prose=prose, licences=licences).encode()


@pytest.fixture
def keep(tmp_path):
    """Store pages as captures: (address, bytes, time) each; gives the archive folder."""
    folder = tmp_path / "archive"

    def store(*pages):
        with open_store(folder) as archive:
            run = archive.ledger.start_run("crawl", {}, "test")
            for url, body, at in pages:
                capture = Capture(run_id=run, url=url, final_url=url, role="document", fetched_at=at, outcome="ok",
                                  via="http", media_type="text/html")  # fmt: skip
                archive.add_resource(capture, body)
            archive.ledger.finish_run(run, "finished", {})
        return folder

    return store


def rows(folder, sql):
    with closing(workdb.open(folder)) as conn:
        return [tuple(r) for r in conn.execute(sql)]


A, B = "http://www.lan.example/a.html", "http://www.lan.example/b.html"
T1, T2, T3 = "2024-02-01T00:00:00Z", "2024-05-01T00:00:00Z", "2024-06-01T00:00:00Z"


def test_a_document_is_read_once(keep):
    folder = keep((A, page(), T1))
    first = ingest(folder, workers=1)
    assert (first.read, first.reports, first.total_reports) == (1, 1, 1)
    assert ingest(folder, workers=1).read == 0
    assert ingest(folder, redo_all=True, workers=1).read == 1
    assert rows(folder, "SELECT value, status FROM cells WHERE key = 'table2.administrative_licensing.decisions'") == [
        (12.0, "printed")
    ]


def test_another_stamp_makes_it_stale(keep, monkeypatch):
    folder = keep((A, page(), T1))
    ingest(folder, workers=1)
    monkeypatch.setattr(ingest_module, "stamp", lambda: "other")
    with closing(workdb.open(folder)) as conn:
        assert len(list(stale_jobs(conn, str(folder)))) == 1
    done = ingest(folder, workers=1)
    assert (done.read, done.changed_cells) == (1, 0)


def test_an_interrupted_reading_of_all_goes_on_with_what_is_left(keep):
    titles = [f"岚县人民政府{year}年政府信息公开工作年度报告" for year in (2021, 2022, 2023)]
    folder = keep(*((f"http://www.lan.example/{n}.html", page(title=t), T1) for n, t in enumerate(titles)))
    ingest(folder, workers=1)

    def stop_at_the_second(done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest(folder, redo_all=True, workers=1, progress=stop_at_the_second)
    assert ingest(folder, redo_all=True, workers=1).read == 1
    assert ingest(folder, workers=1).read == 0
    assert ingest(folder, redo_all=True, workers=1).read == 3


def test_one_report_at_two_addresses(keep):
    folder = keep((A, page(), T1), (B, page(), T2))
    assert ingest(folder, workers=1).total_reports == 1
    assert rows(folder, "SELECT url FROM edition_documents ORDER BY url") == [(A,), (B,)]
    assert rows(folder, "SELECT first_seen, last_seen FROM editions") == [(T1, T2)]


def test_a_page_overwritten_with_other_numbers_is_a_new_edition(keep):
    folder = keep((A, page(), T1), (A, page(licences="21"), T2))
    ingest(folder, workers=1)
    assert rows(folder, """SELECT ordinal, value FROM editions JOIN cells USING (edition_id)
                           WHERE key = 'table2.administrative_licensing.decisions' ORDER BY ordinal""") == [
        (1, 12.0), (2, 21.0),
    ]  # fmt: skip


def test_a_quiet_correction_of_the_prose_is_a_new_edition(keep):
    folder = keep((A, page(), T1), (A, page(prose="全年工作仍有不足。"), T2))
    ingest(folder, workers=1)
    assert rows(folder, "SELECT count(*) FROM editions") == [(2,)]


def test_other_page_furniture_is_the_same_edition(keep):
    furnished = page().replace(b"<head>", b"<head><meta name='hits' content='312'>")
    folder = keep((A, page(), T1), (A, furnished, T2))
    ingest(folder, workers=1)
    assert rows(folder, "SELECT count(*), max(last_seen) FROM editions") == [(1, T2)]


def test_documents_that_disagree_are_a_finding(keep):
    folder = keep((A, page(), T1), (B, page(licences="21"), T2))
    ingest(folder, workers=1)
    assert rows(folder, "SELECT count(*) FROM editions") == [(1,)]
    ((cells, left, right),) = rows(
        folder, "SELECT cells, left_value, right_value FROM findings WHERE rule = 'DOCUMENTS_DISAGREE'"
    )
    assert json.loads(cells) == ["table2.administrative_licensing.decisions"]
    assert {left, right} == {12.0, 21.0}


def test_two_scopes_of_one_county_stay_two_reports(keep):
    office = page(title="岚县人民政府办公室2023年政府信息公开工作年度报告")
    folder = keep((A, page(), T1), (B, office, T1))
    assert ingest(folder, workers=1).total_reports == 2
    assert rows(folder, "SELECT DISTINCT province, prefecture, county FROM reports") == [("山西省", "吕梁市", "岚县")]


def test_what_is_no_report_is_kept_with_its_reason(keep):
    speech = "<html><body><h1>2023年政府工作报告</h1><p>各位代表：现在作报告。</p></body></html>"
    folder = keep((A, speech.encode(), T1))
    assert ingest(folder, workers=1).not_reports == 1
    ((is_report, reason),) = rows(folder, "SELECT is_report, reason FROM documents")
    assert is_report == 0
    assert reason


def test_a_reading_that_is_withdrawn_takes_its_report_along(keep, monkeypatch):
    folder = keep((A, page(), T1))
    ingest(folder, workers=1)
    with closing(workdb.open(folder)) as conn:
        conn.execute("UPDATE documents SET is_report = 0")
    assert ingest(folder, workers=1).total_reports == 0
    assert rows(folder, "SELECT (SELECT count(*) FROM cells), (SELECT count(*) FROM editions)") == [(0, 0)]


def test_a_document_that_takes_too_long_costs_only_itself(keep, monkeypatch):
    folder = keep((A, page(), T1), (B, page(title="岚县人民政府2022年政府信息公开工作年度报告"), T1))
    slow = rows(folder, f"SELECT sha256 FROM captures WHERE url = '{A}'")[0][0]
    real = worker.parse_all

    def parse_all(data, media_type, hints):
        while hints.url == A:
            pass
        return real(data, media_type, hints)

    monkeypatch.setattr(worker, "START", "fork")  # so that the child has the slow reader too
    monkeypatch.setattr(worker, "parse_all", parse_all)
    monkeypatch.setattr(ingest_module, "SECONDS", 10)
    done = ingest(folder, workers=1)
    assert (done.read, done.reports) == (2, 1)
    ((reason,),) = rows(folder, f"SELECT reason FROM documents WHERE sha256 = '{slow}'")
    assert "seconds" in reason


# Two reports in one page: the county's on the form of 2021, and under it the same county's on the older form.
TWO = (
    page().decode().replace("</div></body></html>", "")
    + """<h1>岚县人民政府2020年政府信息公开工作年度报告</h1><h2>一、总体情况</h2><p>工作有序。</p>
<h2>二、主动公开政府信息情况</h2><table>
<tr><td>第二十条第（五）项</td></tr>
<tr><td>信息内容</td><td>上一年项目数量</td><td>本年增/减</td><td>处理决定数量</td></tr>
<tr><td>行政许可</td><td>5</td><td>+2</td><td>88</td></tr>
<tr><td>其他对外管理服务事项</td><td>1</td><td>0</td><td>9</td></tr>
<tr><td>行政处罚</td><td>3</td><td>0</td><td>4</td></tr><tr><td>行政强制</td><td>2</td><td>0</td><td>6</td></tr>
</table><h2>五、存在的主要问题及改进情况</h2><p>继续。</p><h2>六、其他需要报告的事项</h2><p>无。</p></div></body></html>"""
).encode()
LICENCES = """SELECT r.year, c.value FROM reports r JOIN editions e USING (report_id) JOIN cells c USING (edition_id)
              WHERE c.key LIKE 'table2.administrative_licensing.%' AND c.value > 10 ORDER BY 1, e.ordinal"""


def test_both_reports_of_one_document_are_kept(keep):
    folder = keep((A, TWO, T1))
    done = ingest(folder, workers=1)
    assert (done.read, done.reports, done.total_reports) == (1, 1, 2)
    assert rows(folder, LICENCES) == [(2020, 88), (2023, 12)]
    assert rows(folder, "SELECT count(DISTINCT sha256), count(DISTINCT url) FROM editions") == [(1, 1)]
    summary = rebuild(folder, workers=1)
    assert (summary.documents, summary.reports) == (1, 2)
    assert rows(folder, LICENCES) == [(2020, 88), (2023, 12)]
    assert verify(folder).faults == []
    assert ingest(folder, redo_all=True, workers=1).changed_cells == 0


def test_a_second_report_has_editions_of_its_own(keep):
    keep((A, TWO, T1))
    folder = keep((A, TWO.replace(b"<td>88<", b"<td>89<"), T2))
    ingest(folder, workers=1)
    assert rows(folder, LICENCES) == [(2020, 88), (2020, 89), (2023, 12)]
    assert verify(folder).faults == []


BARE = re.sub(rb"<table>.*</table>", b'<p><img src="/p/1.png"></p>', page(), flags=re.DOTALL)


@pytest.fixture
def with_picture(tmp_path, monkeypatch):
    """Store runs: each keeps the page without its table, and (if asked) the table as a picture, already recognised."""
    rows_of_picture = [["行政许可", "12"], ["行政处罚", "7"], ["行政强制", "0"]]
    table = Table(tuple(Cell(r, c, text) for r, row in enumerate(rows_of_picture) for c, text in enumerate(row)), "ocr")
    monkeypatch.setattr(embedded, "_recognised", lambda data: (table,))
    png = io.BytesIO()
    Image.new("L", (900, 600), 255).save(png, "PNG")
    folder = tmp_path / "archive"

    def run(at, *, picture, role="asset", read=True):
        with open_store(folder) as archive:
            one = archive.ledger.start_run("crawl", {}, "test")
            common = {"run_id": one, "fetched_at": at, "outcome": "ok", "via": "http"}
            archive.add_resource(Capture(url=A, final_url=A, role="document", media_type="text/html", **common), BARE)
            if picture:
                url = "http://www.lan.example/p/1.png"
                shown = Capture(url=url, final_url=url, role=role, media_type="image/png", referrer=A, **common)
                archive.add_resource(shown, png.getvalue())
            archive.ledger.finish_run(one, "finished", {})
        with closing(workdb.open(folder)) as conn:
            jobs = stale_jobs(conn, str(folder))
            if read:
                for job in jobs:
                    store_reading(conn, read_job(job))
                put_together(conn)
        return len(jobs)

    run.folder = folder
    return run


PICTURED = """SELECT value, json_extract(place, '$.part') FROM cells
              WHERE key = 'table2.administrative_licensing.decisions'"""


@pytest.mark.parametrize("role", ["asset", "document"])
def test_a_table_shown_as_a_picture_is_read_with_its_page(with_picture, role):
    assert with_picture(T1, picture=True, role=role) == 1
    assert rows(with_picture.folder, PICTURED) == [(12, "http://www.lan.example/p/1.png")]
    assert rows(with_picture.folder, "SELECT count(*) FROM reports") == [(1,)]
    assert verify(with_picture.folder).faults == []


def test_a_page_is_read_again_when_its_pictures_come_later(with_picture):
    assert with_picture(T1, picture=False) == 1
    assert rows(with_picture.folder, PICTURED) == []
    assert status(with_picture.folder, datetime.now(UTC)).stale == 0
    assert with_picture(T2, picture=True, read=False) == 1
    assert status(with_picture.folder, datetime.now(UTC)).stale == 1
    assert with_picture(T2, picture=True) == 1
    assert rows(with_picture.folder, PICTURED) == [(12, "http://www.lan.example/p/1.png")]
    assert with_picture(T3, picture=True) == 0


def test_a_second_writer_gets_one_sentence(keep):
    folder = keep((A, page(), T1))
    with workdb.write_lock(folder), pytest.raises(ArchiveError, match="is writing to"):
        ingest(folder, workers=1)
