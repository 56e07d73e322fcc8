"""The captures: what is written can be read by us and by others, and a torn file loses only its torn end."""

import gzip
import hashlib
import io
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from archive import warc, workdb
from archive.capture import Capture
from archive.outcomes import Outcome
from archive.store import open_store
from archive.verify import verify
from archive.warcwrite import Exchange

PAGE = "<p>隆德县人民政府办公室2023年政府信息公开工作年度报告</p>".encode("gb18030")


def make_capture(run_id, url="http://www.qinghe.example/a.html", **more):
    return Capture(
        run_id=run_id,
        url=url,
        final_url=url,
        role="document",
        fetched_at="2026-11-20T11:17:57Z",
        outcome=Outcome.OK,
        via="http",
        http_status=200,
        media_type="text/html",
        **more,
    )


def make_exchange(body, url="http://www.qinghe.example/a.html", head=b""):
    return Exchange(
        url=url,
        request_head=b"GET /a.html HTTP/1.1\r\nHost: www.qinghe.example\r\n\r\n",
        response_head=b"HTTP/1.1 200 \xba\xc3\r\nContent-Type: text/html; charset=gb2312\r\n" + head + b"\r\n",
        body=body,
        date="2026-11-20T11:17:57Z",
        ip_address="203.0.113.7",
    )


@pytest.fixture
def archive(tmp_path):
    """An archive with one gzipped exchange, the same payload again under another address, and a resource."""
    folder = tmp_path / "a"
    with open_store(folder, vantage="test") as store:
        run = store.ledger.start_run("crawl", {}, "test")
        body = gzip.compress(PAGE, mtime=0)
        head = b"Content-Encoding: gzip\r\nX-Bad: \xd6\xd0\xce\xc4\r\n"
        store.add_exchange(make_capture(run), make_exchange(body, head=head), "gzip")
        other = "http://www.qinghe.example/b.html"
        store.add_exchange(make_capture(run, other), make_exchange(body, other, head), "gzip")
        store.add_resource(make_capture(run, "urn:x:y"), b"<p>rendered</p>")
    return folder


def rows(folder):
    conn = workdb.open(folder)
    try:
        return conn.execute("SELECT * FROM captures ORDER BY capture_id").fetchall()
    finally:
        conn.close()


def test_a_payload_that_cannot_be_unpacked_is_kept_once_too(tmp_path):
    folder = tmp_path / "a"
    with open_store(folder, vantage="test") as store:
        run = store.ledger.start_run("crawl", {}, "test")
        for name in "abc":
            body = b"no gzip at all" if name < "c" else b"nor this"
            url = f"http://www.qinghe.example/{name}.html"
            store.add_exchange(make_capture(run, url), make_exchange(body, url), "gzip")
    assert [(row["record_type"], row["outcome"], row["sha256"]) for row in rows(folder)] == [
        ("response", "broken", None), ("revisit", "broken", None), ("response", "broken", None),
    ]  # fmt: skip
    assert verify(folder).faults == []


def test_an_index_of_an_earlier_version_goes(tmp_path):
    conn = workdb.open(tmp_path / "a", create=True)
    conn.execute("CREATE INDEX captures_url ON captures(url)")
    conn.execute("PRAGMA user_version = 1")
    conn.close()
    conn = workdb.open(tmp_path / "a")
    names = {row["name"] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
    conn.close()
    assert "captures_moved" in names
    assert "captures_url" not in names


def only_file(folder) -> Path:
    (path,) = (folder / "warc").glob("*.warc.gz")
    return path


def test_payloads_come_back_decoded_and_a_repeat_is_a_revisit(archive):
    first, again, resource = rows(archive)
    assert [r["record_type"] for r in (first, again, resource)] == ["response", "revisit", "resource"]
    assert first["sha256"] == again["sha256"]
    for row in (first, again):
        payload = warc.read_payload(archive, row["warc_file"], row["warc_offset"], row["warc_length"])
        assert payload.body == PAGE
        assert payload.media_type == "text/html"
        assert payload.headers["content-type"] == "text/html; charset=gb2312"
    rendered = warc.read_payload(archive, resource["warc_file"], resource["warc_offset"], resource["warc_length"])
    assert (rendered.media_type, rendered.body) == ("text/html", b"<p>rendered</p>")


def test_another_reader_accepts_every_record_and_digest(archive, capsys):
    path = only_file(archive)
    with path.open("rb") as handle:
        kinds = [record.rec_type for record in ArchiveIterator(handle, check_digests="raise")]
    assert kinds == [
        "warcinfo",
        "metadata",  # the run, as the journal holds it
        "response",
        "request",
        "metadata",
        "revisit",
        "request",
        "metadata",
        "resource",
        "metadata",
    ]
    checker = Checker(type("Args", (), {"inputs": [str(path)], "verbose": False}))
    checker.process_all()
    assert checker.exit_value == 0, capsys.readouterr().out


def test_the_wire_bytes_are_kept_and_each_record_is_one_member(archive):
    path = only_file(archive)
    data = path.read_bytes()
    row = rows(archive)[0]
    member = data[row["warc_offset"] : row["warc_offset"] + row["warc_length"]]
    raw = gzip.decompress(member)
    assert b"HTTP/1.1 200 \xba\xc3\r\n" in raw
    assert b"X-Bad: \xd6\xd0\xce\xc4\r\n" in raw
    assert gzip.compress(PAGE, mtime=0) in raw
    assert b"WARC-IP-Address: 203.0.113.7" in raw


def test_a_field_cannot_break_the_record_open(tmp_path):
    with open_store(tmp_path / "a", vantage="test") as store:
        run = store.ledger.start_run("crawl", {}, "test")
        store.add_exchange(make_capture(run, anchor="a\r\n\r\nWARC/1.1\r\nevil: 1"), make_exchange(b"x"))
    with only_file(tmp_path / "a").open("rb") as handle:
        assert len(list(ArchiveIterator(handle, check_digests="raise"))) == 5


def torn_archive(tmp_path, cut):
    folder = tmp_path / "torn"
    with open_store(folder, vantage="test") as store:
        run = store.ledger.start_run("crawl", {}, "test")
        for n in range(3):
            url = f"http://www.qinghe.example/{n}.html"
            store.add_exchange(make_capture(run, url, anchor="年报"), make_exchange(b"page %d" % n, url))
    path = only_file(folder)
    data = path.read_bytes()
    path.unlink()
    path.with_name(path.name + ".open").write_bytes(data[:cut])
    return folder, path, data


def test_a_torn_file_is_closed_at_its_last_whole_capture(tmp_path):
    folder, path, data = torn_archive(tmp_path, -20)
    with open_store(folder, vantage="test") as store:
        urls = [r["url"] for r in store.ledger.captures()]
    # The third capture's last record was cut, so the capture never happened, for the index as for the file.
    assert urls == ["http://www.qinghe.example/0.html", "http://www.qinghe.example/1.html"]
    kept, torn = path.read_bytes(), path.with_name(path.name + ".torn").read_bytes()
    assert kept + torn == data[:-20]
    assert len(list(ArchiveIterator(io.BytesIO(kept)))) == 8


def test_records_that_the_index_lacks_are_added_back(tmp_path):
    folder, _path, _data = torn_archive(tmp_path, None)
    conn = workdb.open(folder)
    before = [tuple(r) for r in conn.execute("SELECT * FROM captures")]
    conn.execute("DELETE FROM captures")
    conn.close()
    with open_store(folder, vantage="test") as store:
        after = [tuple(r) for r in store.ledger.captures()]
    assert after == before


def test_a_body_that_grows_too_large_is_kept_but_not_unpacked():
    bomb = gzip.compress(b"0" * 3_000_000)
    with pytest.raises(warc.TooLargeError):
        warc.decode_body(bomb, "gzip", limit=1_000_000)
    assert len(warc.decode_body(bomb, "gzip")) == 3_000_000


def test_damage_and_wrong_places_are_one_sentence(archive):
    row = rows(archive)[0]
    path = only_file(archive)
    with pytest.raises(workdb.ArchiveError, match="damaged"):
        warc.read_payload(archive, path.name, row["warc_offset"], row["warc_length"] - 3)
    with pytest.raises(workdb.ArchiveError, match="missing"):
        warc.read_payload(archive, "nothing.warc.gz", 0, 10)
    with pytest.raises(workdb.ArchiveError, match="no capture file name"):
        warc.read_payload(archive, "../work.db", 0, 10)


def test_a_file_whose_captures_have_no_rows_keeps_its_open_name_until_they_have(tmp_path):
    with open_store(tmp_path / "a", vantage="test") as store:
        run = store.ledger.start_run("crawl", {}, "test")
        store.add_exchange(make_capture(run), make_exchange(b"a"))
        store.ledger.conn.execute("ROLLBACK")  # as SQLite does on its own when the disk is full
    assert [p.suffix for p in (tmp_path / "a" / "warc").iterdir()] == [".open"]
    with open_store(tmp_path / "a", vantage="test") as store:
        assert len(list(store.ledger.captures())) == 1
    assert verify(tmp_path / "a").whole


def test_a_new_file_is_begun_when_one_is_full(tmp_path):
    with open_store(tmp_path / "a", vantage="test", rotate_at=1) as store:
        run = store.ledger.start_run("crawl", {}, "test")
        for n in range(3):
            store.add_exchange(make_capture(run, f"http://x.example/{n}"), make_exchange(b"%d" % n))
    folder = tmp_path / "a" / "warc"
    assert len(list(folder.glob("*.warc.gz"))) == 4
    for beside in folder.glob("*.sha256"):
        digest, name = beside.read_text().split()
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert len(list(folder.iterdir())) == 8


def test_a_write_that_fails_leaves_a_whole_file(tmp_path):
    class FullDisk:
        def __init__(self, handle):
            self.handle = handle

        def write(self, data):
            self.handle.write(data[:10])
            self.handle.flush()
            raise OSError(28, "No space left on device")

        def __getattr__(self, name):
            return getattr(self.handle, name)

    with open_store(tmp_path / "a", vantage="test") as store:
        run = store.ledger.start_run("crawl", {}, "test")
        store.add_exchange(make_capture(run), make_exchange(b"one"))
        store._writer._handle = FullDisk(store._writer._handle)
        with pytest.raises(workdb.DiskFullError, match="free some space"):
            store.add_exchange(make_capture(run, "http://x.example/2"), make_exchange(b"two"))
        store.add_exchange(make_capture(run, "http://x.example/3"), make_exchange(b"three"))
    assert [row["url"][-6:] for row in rows(tmp_path / "a")] == ["a.html", "mple/3"]
    counts = []
    for path in sorted((tmp_path / "a" / "warc").glob("*.warc.gz")):
        with path.open("rb") as handle:
            counts.append(len(list(ArchiveIterator(handle, check_digests="raise"))))
    assert counts == [5, 4]  # the torn group is gone, and what came after it went to a new file
