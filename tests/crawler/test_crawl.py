"""The whole crawl, on the practice portals: what is found, how politely, and what happens when it is cut short."""

import logging
import os
import signal
import subprocess
import sys
import time
from hashlib import sha256
from itertools import pairwise

import pytest
from click.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from archive import warc, workdb
from crawler.chromium import find_browser
from crawler.run import main

REPORTS = {
    "/zwgk/zfxxgk/nb/202401/t20240110_10231.html": "岚县2023年政府信息公开年度报告",
    "/zwgk/zfxxgk/nb/202401/W020240119381200417.docx": "古县人民政府办公室2023年政府信息公开工作年度报告.docx",
    "/zwgk/zfxxgk/nb/202401/P020240126552031886.pdf": "隆德县人民政府办公室2023年政府信息公开工作年度报告.pdf",
    "/zwgk/zfxxgk/nb/202401/t20240131_10266.html": "吕梁市离石区2023年政府信息公开工作年度报告",
}
needs_browser = pytest.mark.skipif(not find_browser()[0], reason="no Chromium on this machine")


def test_every_report_is_found_from_the_homepage_alone(plain):
    result, _ = plain
    assert result.code == 0
    found = {
        row["url"].removeprefix("http://www.qinghe.example"): row["anchor"]
        for row in result.rows("SELECT url, anchor FROM captures WHERE role = 'document' AND outcome = 'ok'")
    }
    assert REPORTS.items() <= found.items()
    assert result.summary["state"] == "finished"


def test_every_capture_reads_back_and_another_reader_accepts_the_files(plain):
    result, _ = plain
    rows = result.rows("SELECT * FROM captures WHERE record_id IS NOT NULL")
    for row in rows:
        payload = warc.read_payload(result.archive, row["warc_file"], row["warc_offset"], row["warc_length"])
        assert sha256(payload.body).hexdigest() == row["sha256"]
    kept = 0
    for path in (result.archive / "warc").glob("*.warc.gz"):
        with path.open("rb") as handle:
            kinds = [record.rec_type for record in ArchiveIterator(handle, check_digests="raise")]
        kept += sum(kind in ("response", "revisit", "resource") for kind in kinds)
    assert kept == len(rows)


def test_status_line_and_headers_are_the_site_s_own(plain):
    result, _ = plain
    (row,) = result.rows("SELECT * FROM captures WHERE url = 'http://www.qinghe.example/'")
    path = warc.warc_path(result.archive, row["warc_file"])
    block = warc.read_record(path, row["warc_offset"], row["warc_length"]).block
    assert block.startswith(
        b"HTTP/1.1 200 OK\r\nServer: nianbao-replica\r\nContent-Type: text/html\r\nContent-Encoding"
    )
    assert b"Nianbao-Wire" not in block


def test_manners(plain):
    _, requests = plain
    for host in ("www.qinghe.example", "www.anlan.example"):
        mine = sorted((r for r in requests if r["host"] == host), key=lambda r: r["began"])
        assert mine[0]["path"] == "/robots.txt"
        assert all(a["ended"] <= b["began"] for a, b in pairwise(mine)), "two at once"
        paths = [r["path"] for r in mine]
        assert len(paths) == len(set(paths)), "something was fetched twice"
    assert all(r["agent"].startswith("nianbao/") for r in requests)
    assert not [r for r in requests if r["path"].startswith("/admin/")]
    assert all(r["referer"] for r in requests if r["path"] not in ("/", "/robots.txt"))


def test_decoys_are_seen_and_left_alone(plain):
    result, requests = plain
    paths = {r["path"] for r in requests}
    decoys = ["t20240205_10280", "t20240130_10263", "t20240312_10301", "t20231220_10198", "t20240903_10377"]
    assert not [p for p in paths if any(d in p for d in decoys)]
    assert result.summary["decoys_seen"] >= len(decoys)


def test_a_page_that_does_not_exist_is_gone_and_no_document(plain):
    result, _ = plain
    query = "SELECT outcome, role FROM captures WHERE http_status = 404 AND url NOT LIKE '%/nianbao-%'"
    assert {tuple(r) for r in result.rows(query)} <= {("gone", "list"), ("gone", "page")}
    # Each host is asked once what it answers for a page that cannot exist.
    assert len(result.rows("SELECT 1 FROM captures WHERE url LIKE '%/nianbao-%' AND outcome = 'gone'")) == 2


def test_a_run_is_compared_with_the_last_good_one_and_sites_are_due_only_so_often(tmp_path, replica, crawl):
    archive, proxy = tmp_path / "a", replica()
    first = crawl(archive, proxy, "--browser", "never", "www.qinghe.example")
    (site,) = first.summary["compared"]
    assert (site["before"], site["now"], site["gone"]) == (None, first.summary["documents"], 0)
    cut = crawl(archive, proxy, "--browser", "never", "--max-pages", "5", "www.qinghe.example")
    (site,) = cut.summary["compared"]
    assert (site["before"], site["last_run"]) == (first.summary["documents"], first.summary["run_id"])
    assert f"brought {site['before']}" in cut.errors
    nothing = crawl(archive, proxy, "--province", "99")
    assert nothing.code == 2  # the site has no code, and no county is 99


def test_a_site_that_was_looked_at_is_not_due(tmp_path, replica, crawl):
    archive, proxy = tmp_path / "a", replica()
    workdb.open(archive, create=True).close()
    (archive / "sites").mkdir()
    record = '- code: "990001"\n  homepage: http://www.qinghe.example/\n'
    (archive / "sites" / "x.yml").write_text(record, encoding="utf-8")
    first = crawl(archive, proxy, "--browser", "never", "--province", "99")
    assert first.code == 0
    asked = len(proxy.requests())
    again = crawl(archive, proxy, "--browser", "never", "--province", "99")
    assert again.code == 0
    assert "No site is due" in again.errors
    assert len(proxy.requests()) == asked


def test_years_narrow_the_crawl(tmp_path, replica, crawl):
    proxy = replica()
    result = crawl(tmp_path / "a", proxy, "--browser", "never", "--years", "2019-2021", "www.qinghe.example")
    assert result.code == 1  # its reports are all on 2023
    assert result.summary["documents"] == 0


def test_the_page_budget_holds(tmp_path, replica, crawl):
    proxy = replica()
    crawl(tmp_path / "a", proxy, "--max-pages", "4", "www.qinghe.example")
    assert len([r for r in proxy.requests() if r["path"] != "/robots.txt"]) == 4


@pytest.mark.browser
@needs_browser
def test_a_list_that_only_a_script_fills_is_read_in_a_browser(tmp_path, replica, crawl):
    proxy = replica()
    result = crawl(tmp_path / "a", proxy, "http://www.anlan.example/")
    assert result.code == 0
    rows = result.rows("SELECT record_type, role, media_type FROM captures WHERE via = 'browser'")
    assert sorted((r["record_type"], r["role"], r["media_type"]) for r in rows) == [
        ("resource", "asset", "image/jpeg"), ("resource", "list", "text/html"), ("response", "api", "application/json"),
    ]  # fmt: skip
    (shot,) = result.rows("SELECT * FROM captures WHERE role = 'asset'")
    picture = warc.read_payload(tmp_path / "a", shot["warc_file"], shot["warc_offset"], shot["warc_length"]).body
    assert picture.startswith(b"\xff\xd8\xff")
    assert shot["final_url"].startswith("urn:nianbao:screenshot:http://www.anlan.example/")
    (report,) = result.rows("SELECT url, via FROM captures WHERE role = 'document'")
    assert tuple(report) == ("http://www.anlan.example/art/2022/2/8/art_31_1024.html", "http")
    assert [r["browser"] for r in result.rows("SELECT browser FROM sites")] == ["needed"]
    # The browser reaches the site and nothing else: no update servers, no other hosts.
    assert {r["host"] for r in proxy.requests()} == {"www.anlan.example"}


def test_a_missing_browser_is_one_sentence_and_the_crawl_goes_on(tmp_path, replica, crawl):
    env = {"NIANBAO_CHROMIUM": str(tmp_path / "none")}
    result = crawl(tmp_path / "a", replica(), "www.qinghe.example", "www.anlan.example", env=env)
    assert result.code == 0
    assert result.errors.count("NIANBAO_CHROMIUM") == 1
    assert "Traceback" not in result.errors


@pytest.mark.browser
@needs_browser
def test_a_retry_takes_up_what_wanted_a_browser(tmp_path, replica, crawl):
    proxy = replica()
    first = crawl(tmp_path / "a", proxy, "www.anlan.example", env={"NIANBAO_CHROMIUM": str(tmp_path / "none")})
    assert first.code == 1
    again = crawl(tmp_path / "a", proxy, "--retry", first.summary["run_id"])
    assert again.code == 0
    assert again.summary["documents"] == 1
    nothing = crawl(tmp_path / "a", proxy, "--retry", again.summary["run_id"])
    assert nothing.code == 2
    assert "left nothing to try again" in nothing.errors


def test_a_full_disk_stops_the_crawl_and_the_next_run_goes_on(tmp_path, replica, command, crawl):
    proxy, archive = replica(), tmp_path / "a"
    arguments = ("--browser", "never", "www.qinghe.example")
    limits = "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000)); "
    run_it = f"{limits}os.execv(sys.argv[1], sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", run_it, *command(archive, proxy, *arguments)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 3
    assert "free some space" in done.stderr
    assert "Traceback" not in done.stderr
    result = crawl(archive, proxy, *arguments)
    assert result.code == 0
    assert result.summary["resumed"]
    urls = {r["url"] for r in result.rows("SELECT url FROM captures WHERE role = 'document' AND outcome = 'ok'")}
    assert {f"http://www.qinghe.example{path}" for path in REPORTS} <= urls


def crawl_and_cut(folder, proxy, command, number, at_least):
    """Start a crawl, send it a signal once it has made some requests, and wait for its end."""
    process = subprocess.Popen(
        command(folder, proxy, "--browser", "never", "www.qinghe.example"),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while len(proxy.requests()) < at_least and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, number)
    return process.wait(60)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_crawl_that_is_cut_short_goes_on_and_loses_nothing(tmp_path, replica, crawl, command, number):
    proxy = replica("--pause", "0.1")
    archive = tmp_path / "a"
    crawl_and_cut(archive, proxy, command, number, at_least=7)
    before = len(proxy.requests())
    result = crawl(archive, proxy, "--browser", "never", "www.qinghe.example")
    assert result.summary["resumed"]
    assert result.summary["state"] == "finished"
    urls = [r["url"] for r in result.rows("SELECT url FROM captures WHERE role = 'document' AND outcome = 'ok'")]
    assert {f"http://www.qinghe.example{path}" for path in REPORTS} <= set(urls)
    # At most the page in flight is fetched again (and robots.txt, which is read anew).
    pages = [r["path"] for r in proxy.requests() if r["path"] != "/robots.txt"]
    assert len(pages) - len(set(pages)) <= 1
    assert before < len(proxy.requests())
    assert not list((archive / "warc").glob("*.open"))


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["not a host"], "is no web address"),
        (["http://10.0.0.8/"], "private address"),
        (["123456"], "no site record for code 123456"),
        (["--years", "22-23", "www.qinghe.example"], "--years"),
        (["--province", "99"], "There is no site to crawl"),
        (["--hours", "25-3", "www.qinghe.example"], "--hours"),
        (["--retry", "nothing"], "There is no archive"),
    ],
)
def test_bad_input_is_one_sentence_and_code_2(tmp_path, args, sentence):
    options = ["--archive", str(tmp_path / "a"), "--proxy", "http://127.0.0.1:9", "--official-suffix", ".example"]
    try:
        done = CliRunner().invoke(main, [*options, *args])
    finally:
        logging.captureWarnings(False)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "a").exists()
