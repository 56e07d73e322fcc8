"""Other people's tools accept and replay what we write: warcio, FastWARC, cdxj-indexer, py-wacz and pywb."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
from contextlib import closing, contextmanager

import pytest

from archive import warc, workdb
from archive.ingest import ingest
from archive.wacz import export_cdxj, export_wacz

HOST = "http://www.lan.example"
GBK_HEAD = "Content-Disposition: attachment; filename=年报.doc\r\n"


@pytest.fixture(scope="session")
def tools(repo_dir):
    """The folder with the tools' commands; skipped, with the reason, where they cannot be installed."""
    done = subprocess.run([repo_dir / ".ci" / "webtools"], capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        pytest.skip(f"the web-archive tools cannot be installed here: {done.stderr.strip().splitlines()[-1]}")
    folder = done.stdout.strip() + "/bin"

    def run(name, *arguments):
        env = {**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONPATH": ""}
        return subprocess.run([f"{folder}/{name}", *map(str, arguments)], capture_output=True, text=True,
                              timeout=120, env=env, check=False)  # fmt: skip

    run.folder = folder
    return run


@pytest.fixture
def varied(visits, report_page):
    """Gzip, GBK in headers, redirects, duplicates, a page packed anew, 304, 404, nothing at all, over two runs."""
    page = report_page()
    gbk = page.decode().replace("utf-8", "gb2312").encode("gb18030")
    visits.run(
        "2024-02-01T08:00:00Z",
        {"url": f"{HOST}/list.html", "body": "<p>年报列表</p>".encode(), "role": "list"},
        {"url": f"{HOST}/a.html", "body": page, "coding": "gzip", "referrer": f"{HOST}/list.html", "etag": '"1"'},
        {"url": f"{HOST}/b.html", "body": page, "coding": "gzip"},
        {"url": f"{HOST}/old.html", "body": b"", "status": 302, "outcome": "redirect", "role": "page",
         "head": f"Location: {HOST}/new.html?b=2&a=%E5%B9%B4\r\n"},
        {"url": f"{HOST}/old.html", "final_url": f"{HOST}/new.html?b=2&a=%E5%B9%B4", "body": page},
        {"url": f"{HOST}/gbk.html", "body": gbk, "head": GBK_HEAD},
        {"url": f"{HOST}/none.html", "body": b"<p>404</p>", "status": 404, "outcome": "gone"},
        {"url": f"{HOST}/late.html", "outcome": "timeout"},
    )
    visits.run(
        "2024-03-01T08:00:00Z",
        {"url": f"{HOST}/a.html", "body": b"", "status": 304, "head": 'ETag: "1"\r\n', "etag": '"1"'},
        {"url": f"{HOST}/b.html", "body": page, "coding": "gzip"},
        {"url": f"{HOST}/gbk.html", "body": gbk, "head": GBK_HEAD},
    )
    ingest(visits.folder, workers=1)
    return visits.folder


@pytest.fixture(params=["varied", "portals"])
def any_archive(request):
    return request.getfixturevalue(request.param)


def warcs(folder):
    return sorted((folder / "warc").glob("*.warc.gz"))


def captures(folder, condition="1"):
    with closing(workdb.open(folder)) as conn:
        return conn.execute(f"SELECT * FROM captures WHERE record_type <> 'metadata' AND {condition}").fetchall()


def test_warcio_and_fastwarc_accept_every_record(any_archive, tools):
    for path in warcs(any_archive):
        for done in (tools("warcio", "check", "-v", path), tools("fastwarc", "check", path)):
            assert done.returncode == 0, done.stdout + done.stderr
        assert "digest failed" not in tools("warcio", "check", "-v", path).stdout


def test_cdxj_indexer_finds_what_our_index_says(any_archive, tools, tmp_path):
    export_cdxj(any_archive, tmp_path)
    ours = parsed((tmp_path / "index.cdxj").read_text("utf-8"))
    theirs = parsed(tools("cdxj-indexer", "--sort", *warcs(any_archive)).stdout)
    # An answer 304 holds nothing to show, so ours leaves it out; a reader would find an empty page there.
    theirs = {place: line for place, line in theirs.items() if line["status"] != "304"}
    assert ours.keys() == theirs.keys()
    for place, line in ours.items():
        same = {"key", "time", "url", "mime", "digest", "length"}
        assert {n: line[n] for n in same} == {n: theirs[place][n] for n in same}


def parsed(text):
    """Index lines by file and offset."""
    out = {}
    for line in text.splitlines():
        key, when, fields = line.split(" ", 2)
        found = {"status": "", **json.loads(fields), "key": key, "time": when}
        if found["url"].startswith("urn:"):
            found["key"] = found["key"].rstrip("/")
        out[found["filename"], found["offset"]] = found
    return out


def test_packages_are_valid_and_hold_what_they_need(any_archive, tools, tmp_path):
    done = export_wacz(any_archive, tmp_path)
    assert done
    for one in done:
        found = tools("wacz", "validate", "-f", one.path)
        assert found.returncode == 0, found.stdout + found.stderr
        assert one.pages
        with zipfile.ZipFile(one.path) as bundle:
            assert all(item.compress_type == zipfile.ZIP_STORED for item in bundle.infolist())
            (name,) = [n for n in bundle.namelist() if n.startswith("archive/")]
            (tmp_path / "inside.warc.gz").write_bytes(bundle.read(name))
        assert tools("warcio", "check", tmp_path / "inside.warc.gz").returncode == 0
        records = [json.loads(line) for line in tools(
            "warcio", "index", "-f", "warc-type,warc-record-id,warc-refers-to", tmp_path / "inside.warc.gz"
        ).stdout.splitlines()]  # fmt: skip
        ids = {r["warc-record-id"] for r in records if r["warc-type"] == "response"}
        assert {r["warc-refers-to"] for r in records if r["warc-type"] == "revisit"} <= ids


def test_pywb_replays_every_capture_byte_for_byte(any_archive, tools, tmp_path):
    with replaying(tools, tmp_path, *warcs(any_archive)) as fetch:
        for row in captures(any_archive, "record_type <> 'resource' AND http_status <> 304"):
            status, body = fetch(row["fetched_at"], row["final_url"])
            assert status == row["http_status"], row["final_url"]
            assert body == payload(any_archive, row), row["final_url"]


def test_pywb_replays_the_pages_of_a_package_alone(varied, tools, tmp_path):
    (one,) = export_wacz(varied, tmp_path / "out")
    pages = [json.loads(line) for line in zipfile.ZipFile(one.path).read("pages/pages.jsonl").splitlines()[1:]]
    names = ("a.html", "b.html", "gbk.html", "new.html?b=2&a=%E5%B9%B4")
    assert {p["url"] for p in pages} == {f"{HOST}/{name}" for name in names}
    with replaying(tools, tmp_path, one.path, "--unpack-wacz") as fetch:
        for page in pages:
            (row,) = captures(varied, f"(final_url, fetched_at, http_status) = ('{page['url']}', '{page['ts']}', 200)")
            assert fetch(page["ts"], page["url"]) == (200, payload(varied, row))
        assert fetch("2024-02-01T08:00:00Z", f"{HOST}/old.html")[0] == 302
        assert fetch("2024-02-01T08:00:00Z", f"{HOST}/list.html")[0] == 200


def payload(folder, row):
    return warc.read_payload(folder, row["warc_file"], row["warc_offset"], row["warc_length"]).body


@contextmanager
def replaying(tools, tmp_path, *what):
    """pywb serving these files; gives a function that fetches an address as it was at a time."""
    folder = tmp_path / "replay"
    folder.mkdir()
    options = [w for w in what if str(w).startswith("--")]
    env = {**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONPATH": ""}
    for arguments in (["init", "c"], ["add", *options, "c", *(str(w) for w in what if w not in options)]):
        subprocess.run([f"{tools.folder}/wb-manager", *arguments], cwd=folder, env=env, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [f"{tools.folder}/wayback", "-b", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    opener = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))

    def fetch(when, url):
        stamp = "".join(c for c in when if c.isdigit())
        request = urllib.request.Request(f"http://127.0.0.1:{port}/c/{stamp}id_/{url}")
        try:
            with opener.open(request, timeout=30) as answer:
                status, body, coding = answer.status, answer.read(), answer.headers.get("Content-Encoding", "")
        except urllib.error.HTTPError as error:
            status, body, coding = error.code, error.read(), error.headers.get("Content-Encoding", "")
        return status, warc.decode_body(body, coding)

    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                opener.open(f"http://127.0.0.1:{port}/", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        yield fetch
    finally:
        process.terminate()
        process.wait(20)
