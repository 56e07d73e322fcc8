"""What a server sends is what the archive holds: odd heads, chunks, broken chunks, redirects, answers 304."""

import asyncio
import gzip
import json
import subprocess
import sys
import threading

import pytest

from archive import warc, workdb
from archive.verify import verify
from archive.walk import walk

HOST = "http://www.qinghe.example"
TITLE = "岚县{}年政府信息公开工作年度报告"
PATHS = ("chunked", "gbk", "broken", "moved", "again")
MENU = "<html><head><meta charset='utf-8'></head><body>{}</body></html>".format(
    "".join(f"<a href='/{path}.html'>{TITLE.format(2019 + n)}</a>" for n, path in enumerate(PATHS))
)
PAGE = f"<html><head><meta charset='utf-8'></head><body><h1>{TITLE.format(2019)}</h1><p>{'一' * 400}</p></body></html>"
PACKED = gzip.compress(PAGE.encode(), mtime=0)
ODD = (
    b"HTTP/1.1 200 Everything Fine\r\nsErVeR: old\r\nSet-Cookie: a=1\r\nContent-type: text/html\r\nset-cookie: b=2\r\n"
)


def chunks(body, size):
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x;ext=1\r\n%s\r\n" % (len(part), part) for part in parts)


def sized(head, body):
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def plain(text):
    return sized(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n", text.encode())


ANSWERS = {
    "/": plain(MENU),
    "/chunked.html": ODD + b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n" + chunks(PACKED, 100)
    + b"0\r\nX-Trailer: late\r\n\r\n",
    "/gbk.html": sized(ODD + "Content-Disposition: inline; filename=年报.html\r\n".encode("gbk"), PAGE.encode()),
    "/broken.html": ODD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks(PAGE.encode(), 300)[:900],
    "/moved.html": sized(b"HTTP/1.1 302 Elsewhere\r\nLocation: /target.html\r\n", b""),
    "/target.html": plain(PAGE.replace("一", "二")),
    "/again.html": sized(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nETag: \"1\"\r\n",
                         PAGE.replace("一", "三").encode()),
}  # fmt: skip
CHANGED = b'HTTP/1.1 304 Same\r\nETag: "2"\r\nX-Cache: HIT\r\n'


class Server:
    """A proxy on loopback that answers from ``ANSWERS``, byte for byte, one answer a connection."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0))
        self.port = self.server.sockets[0].getsockname()[1]
        self.methods = set()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    async def serve(self, reader, writer):
        asked = await reader.readuntil(b"\r\n\r\n")
        method, target = asked.split(b" ")[:2]
        self.methods.add(method)
        path = target.decode().removeprefix(HOST)
        answer = ANSWERS.get(path, sized(b"HTTP/1.1 404 Not Found\r\n", b""))
        writer.write(CHANGED + b"\r\n" if b'if-none-match: "1"' in asked.lower() else answer)
        await writer.drain()
        writer.close()

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.server.close()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """An archive of two crawls; gives its folder and the methods that were used."""
    folder, server = tmp_path_factory.mktemp("wire") / "a", Server()
    try:
        for _ in range(2):
            done = subprocess.run(
                [sys.executable, "-m", "crawler.run", "--archive", str(folder), "--proxy",
                 f"http://127.0.0.1:{server.port}", "--official-suffix", ".example", "--delay", "0", "--browser",
                 "never", "--json", "www.qinghe.example"], capture_output=True, text=True, timeout=120,
            )  # fmt: skip
            assert json.loads(done.stdout.splitlines()[-1])["state"] == "finished", done.stderr
    finally:
        server.close()
    return folder, server.methods


def records(folder, path):
    """The main records of an address, in order."""
    found = [record for file in sorted((folder / "warc").glob("*.warc.gz")) for record in walk(file)]
    return [r for r in found if r.kind in ("response", "revisit") and r.uri("warc-target-uri") == HOST + path]


def rows(folder, path):
    conn = workdb.open(folder)
    try:
        return conn.execute("SELECT * FROM captures WHERE final_url = ? ORDER BY capture_id", (HOST + path,)).fetchall()
    finally:
        conn.close()


def test_the_head_stays_byte_for_byte_and_only_the_chunk_framing_goes(kept):
    for path, body in (("/chunked.html", PACKED), ("/gbk.html", PAGE.encode())):
        head, _, _ = ANSWERS[path].partition(b"\r\n\r\n")
        expected = head.replace(b"Transfer-Encoding", b"X-Orig-Transfer-Encoding") + b"\r\n\r\n" + body
        assert records(kept[0], path)[0].block == expected
        row = rows(kept[0], path)[0]
        payload = warc.read_payload(kept[0], row["warc_file"], row["warc_offset"], row["warc_length"])
        assert payload.body == PAGE.encode()


def test_a_body_that_breaks_off_inside_a_chunk_is_kept_as_far_as_it_came(kept):
    row, record = rows(kept[0], "/broken.html")[0], records(kept[0], "/broken.html")[0]
    assert (row["outcome"], row["truncated"]) == ("broken", "disconnect")
    assert record.fields["warc-truncated"] == "disconnect"
    assert len(record.payload) > 300
    assert PAGE.encode().startswith(bytes(record.payload))


def test_a_redirect_and_its_target_are_two_captures(kept):
    (moved, *_), (target, *_) = rows(kept[0], "/moved.html"), rows(kept[0], "/target.html")
    assert (moved["outcome"], moved["http_status"]) == ("redirect", 302)
    assert (target["url"], target["outcome"]) == (f"{HOST}/moved.html", "ok")


def test_an_answer_304_keeps_its_own_head_and_stands_for_the_page(kept):
    first, *again = rows(kept[0], "/again.html")
    assert again
    assert {r["outcome"] for r in again} == {"not_modified"}
    assert {(r["sha256"], r["etag"]) for r in again} == {(first["sha256"], '"2"')}
    _, revisit, *_ = records(kept[0], "/again.html")
    assert (revisit.kind, revisit.block) == ("revisit", CHANGED + b"\r\n")
    row = again[0]
    payload = warc.read_payload(kept[0], row["warc_file"], row["warc_offset"], row["warc_length"])
    assert payload.body == PAGE.replace("一", "三").encode()
    assert payload.headers["x-cache"] == "HIT"


def test_only_get_is_asked_and_all_of_it_is_whole(kept):
    assert kept[1] == {b"GET"}
    assert [str(fault) for fault in verify(kept[0]).faults] == []
