"""The site at the level of requests: what the pages say, what hostile content cannot do."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from contextlib import closing
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from archive import serve, words
from archive.plugins.bilingual import replacements, script_words
from archive.sheets import CsvFilter, safe
from archive.workdb import ArchiveError

REPORT = "991101-2023-government-aa"
HOSTILE = "991101-2021-township-cc"
PAGES = [
    "/", "/en/", f"/report/{REPORT}", f"/en/report/{REPORT}", f"/report/{REPORT}?edition=1", f"/report/{HOSTILE}",
    "/report/991102-2020-government_office-bb", "/search", "/search?q=征地",
    "/en/search?q=清河", "/capture/1", "/capture/2",
]  # fmt: skip
Get = Callable[[str], Any]


def _close(datasette: Any) -> None:
    for database in datasette.databases.values():
        database.close()
    datasette.executor.shutdown()


@pytest.fixture
def get(published: Path) -> Any:
    """Ask the site of the sample archive; every call is one request."""
    return _getter(published)


def _getter(root: Path) -> Get:
    def ask(path: str) -> Any:
        async def one() -> Any:
            datasette = serve.make_datasette(root)
            await datasette.invoke_startup()
            try:
                return await datasette.client.get(path)
            finally:
                _close(datasette)

        return asyncio.run(one())

    return ask


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def _tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Tags()
    parser.feed(html)
    return parser.tags


def _cells(html: str, status: str) -> list[str]:
    found = re.findall(rf'<td class="v s-{status}[ "].*?</td>', html, flags=re.DOTALL)
    assert found, f"no cell is {status}"
    return found


@pytest.mark.parametrize("path", PAGES)
def test_our_pages_answer_under_a_strict_policy(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    tags = _tags(answer.text)
    assert not [a for _, a in tags if any(name.startswith("on") or name == "style" for name in a)]
    assert all(a.get("src", "").startswith("/assets/") for tag, a in tags if tag == "script")
    assert [a["lang"] for tag, a in tags if tag == "html"] == ["en" if path.startswith("/en/") else "zh-CN"]
    ids = [a["id"] for _, a in tags if "id" in a]
    assert len(ids) == len(set(ids))
    targets = {a["href"][1:] for _, a in tags if (a.get("href") or "").startswith("#")}
    assert targets <= set(ids)


def test_the_report_page_marks_every_status(get: Get) -> None:
    html = get(f"/report/{REPORT}").text
    for name, status in words.statuses().items():
        cells = _cells(html, name)
        if status.tag[0]:
            assert all(f">{status.tag[0]}</span>" in cell and f"（{status.label[0]}）" in cell for cell in cells), name
    assert len(re.findall(r'<td class="v ', html)) == 200
    assert "由总计减其余各类得出" in _cells(html, "derived")[0]


def test_empty_cells_show_no_zero(get: Get) -> None:
    html = get(f"/report/{REPORT}").text
    for status in ("blank", "unreadable", "absent"):
        for cell in _cells(html, status):
            assert not re.search(r">\s*0", cell)


def test_a_finding_links_the_cells_it_rests_on(get: Get) -> None:
    html = get("/report/991101-2022-government-aa").text
    assert "32 ≠ 35" in html
    assert "出自原文" in html
    for key in ("new_requests", "carried_in", "total_handled", "carried_out"):
        assert f'href="#table3.{key}.total"' in html
        assert re.search(rf'<td class="v s-printed bad[^>]*><a id="table3.{key}.total"', html)


def test_an_earlier_edition_shows_its_own_numbers(get: Get) -> None:
    html = get(f"/report/{REPORT}?edition=1").text
    assert re.search(r'id="table4.review.upheld"[^>]*>1<', html)
    assert "不是现行版本" in html
    assert get(f"/report/{REPORT}?edition=9").status_code == 404


def test_english_report_page_has_no_chinese_interface(get: Get) -> None:
    html = get(f"/en/report/{REPORT}").text
    for phrase in ("怎样读这些数字", "来源与存档", "位置推定", "统计范围", "单位：", "（七）总计"):
        assert phrase not in html
    for phrase in ("How to read the numbers", "requests newly received", "Legal persons", "whole county"):
        assert phrase in html


def test_hostile_text_stays_text(get: Get) -> None:
    for path in (f"/report/{HOSTILE}", "/", "/search?q=公告", "/search?q=<script>alert(1)</script>", "/public/reports",
                 "/public/sections", "/capture/2", "/public/captures"):  # fmt: skip
        tags = _tags(get(path).text)
        assert not [a for tag, a in tags if tag == "img" and a.get("src") == "x"], path
        assert not [a for _, a in tags if (a.get("href") or "").lower().startswith(("javascript:", "data:"))], path
        assert "<script>alert(1)" not in get(path).text, path


def test_downloads_are_safe_in_a_spreadsheet(get: Get) -> None:
    for path in (f"/report/{HOSTILE}.csv", f"/public/cells.csv?report_id={HOSTILE}&_size=max&_dl=1"):
        answer = get(path)
        assert answer.text.startswith("\ufeff"), path
        assert "attachment" in answer.headers["content-disposition"]
        cells = [cell for row in csv.reader(io.StringIO(answer.text[1:])) for cell in row]
        assert """'=HYPERLINK("http://evil.example")""" in cells, path
    plain = get("/public/cells.csv?_size=1")
    assert not plain.text.startswith("\ufeff")


def test_report_json_keeps_null_apart_from_zero(get: Get) -> None:
    body = get(f"/report/{REPORT}.json").json()
    assert body["cells"]["table3.rejected_repeat.research"] == {
        "value": None, "raw": "", "status": "blank", "unit": "件", "corrected_value": None,
    }  # fmt: skip
    assert body["cells"]["table3.carried_in.business"]["value"] == 0
    assert body["report"]["report_id"] == REPORT
    assert {c["kind"] for c in body["claims"]} >= {"requests_accepted"}
    assert {c["kind"] for c in body["text_changes"]} <= {"added", "removed", "altered"}


def test_an_archived_page_is_only_ever_a_download(get: Get) -> None:
    answer = get("/capture/1/payload")
    assert answer.status_code == 200
    assert b"<script>alert(1)</script>" in answer.content
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_captures_without_bytes_say_so(get: Get, sample_archive: Path) -> None:
    assert get("/capture/2/payload").status_code == 404
    assert get("/capture/77").status_code == 404
    shutil.rmtree(sample_archive / "warc")
    elsewhere = _getter(sample_archive)
    assert "不在本机" in elsewhere("/capture/1").text
    assert elsewhere("/capture/1/payload").status_code == 404


def test_a_damaged_capture_file_is_no_crash(sample_archive: Path) -> None:
    for file in (sample_archive / "warc").iterdir():
        file.write_bytes(b"x" * file.stat().st_size)
    answer = _getter(sample_archive)("/capture/1/payload")
    assert answer.status_code == 404
    assert "nianbao verify" in answer.text


@pytest.mark.parametrize("query", ["征地", "岚县", "清", '"', "*", "a" * 5000, "NEAR(", "%", "' OR 1=1"])
def test_any_search_is_answered(get: Get, query: str) -> None:
    answer = get(f"/search?q={query}")
    assert answer.status_code == 200
    assert ("<mark>征地</mark>" in answer.text) == (query == "征地")


def test_two_character_words_work_in_datasettes_own_search(get: Get) -> None:
    rows = get("/public/sections.json?_search=征地&_shape=array").json()
    assert len(rows) == 3
    assert [r["county"] for r in get("/public/reports.json?_search=临河&_shape=array").json()] == ["临河县"]


def test_pages_beyond_the_end_and_odd_numbers(get: Get) -> None:
    for page in ("0", "-1", "99999999999", "x", "１"):
        assert get(f"/?page={page}").status_code == 200


def test_datasettes_pages_speak_chinese(get: Get) -> None:
    html = get("/public/applications").text
    assert "依申请公开" in html
    assert "各列的含义" in html
    for english in ("Advanced export", "View and edit SQL", "Apply", "Data license", "CSV options"):
        assert english not in html
    assert get("/public/late_reports").status_code == 200
    assert "全县（区、市）" in get("/public/reports").text


def test_every_reworded_piece_still_stands_in_datasette() -> None:
    folder = resources.files("datasette")
    lost = []
    for name, pairs in [*replacements().items(), ("../static/table.js", script_words())]:
        source = (folder / "templates" / name).read_text("utf-8")
        for old, new in pairs:
            if old not in source:
                lost.append((name, old))
            source = source.replace(old, new)
    assert not lost


@pytest.mark.parametrize(
    "path", ["/-/databases", "/-/databases.json", "/-/threads.json", "/assets/nianbao.py", "/nope"]
)
def test_what_is_nobodys_business_is_not_found(get: Get, published: Path, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 404
    assert str(published) not in answer.text


@pytest.mark.parametrize(
    ("value", "expected"),
    [("=1+1", "'=1+1"), ("@x", "'@x"), ("-3", "-3"), ("+1036", "+1036"), ("-3+1", "'-3+1"), ("  =x", "'  =x"),
     ("清河", "清河"), (-3, -3), (None, None), ("", ""), ("＝1", "'＝1")],
)  # fmt: skip
def test_formulas_are_disarmed_and_numbers_are_not(value: object, expected: object) -> None:
    assert safe(value) == expected


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_csv_is_made_safe_however_it_is_cut(size: int) -> None:
    source = 'a,b\r\n"=1,""x""\r\n=2",征地\r\n-3,"-x"\r\n'.encode()
    chunks = [source[n : n + size] for n in range(0, len(source), size)]
    made = CsvFilter()
    out = b"".join(made.feed(c, n == len(chunks) - 1) for n, c in enumerate(chunks)).decode()
    assert out.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(out[1:], newline="")))
    assert rows == [["a", "b"], ['\'=1,"x"\r\n=2', "征地"], ["-3", "'-x"]]


# ---- starting ----

SERVE = "import sys; from archive.serve import serve; serve(sys.argv[1], port=0, ready=lambda a: print(a, flush=True))"


def test_the_address_is_given_when_the_site_answers_and_an_interrupt_ends_it(published: Path) -> None:
    command = [sys.executable, "-c", SERVE, str(published)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout
        address = server.stdout.readline().strip()
        with urllib.request.urlopen(address) as answer:
            assert "清河县" in answer.read().decode()
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate()
    assert (server.returncode, errors) == (0, "")


def test_nothing_built_yet(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="run `nianbao build` first"):
        serve.make_datasette(tmp_path)


def test_not_our_database(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "public.db")) as conn:
        conn.execute("CREATE TABLE t (x)")
    with pytest.raises(ArchiveError, match="no public database"):
        serve.make_datasette(tmp_path)


def test_a_taken_port_is_said_in_words(published: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ArchiveError, match=f"port {port}.*--port"):
            serve.serve(published, port=port)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70000), ("no.such.host.test", 0)])
def test_an_impossible_address(published: Path, host: str, port: int) -> None:
    with pytest.raises(ArchiveError, match="cannot listen"):
        serve.serve(published, host=host, port=port)
