"""What a hostile server cannot do: send without end, send endless headers, break off unnoticed."""

import asyncio
import json
import subprocess
import sys
import threading

import pytest

from archive import workdb

MENU = "<html><body><a href='/r.html'>政府信息公开年报</a></body></html>".encode()


class Hostile:
    """A proxy on loopback: each host has a homepage, and for its one link what it is told to send."""

    def __init__(self, answers):
        self.answers = answers
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0))
        self.port = self.server.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    async def serve(self, reader, writer):
        try:
            target = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
            if target.endswith("/r.html"):
                head, chunk, times = self.answers[target.split("/")[2]]
                writer.write(head)
                for _ in range(times):
                    writer.write(chunk)
                    await writer.drain()
            else:
                body = MENU if target.endswith(".example/") else b""
                status = b"200 OK" if body else b"404 Not Found"
                head = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
                writer.write(head % (status, len(body)) + body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.server.close()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


CASES = {
    "endless": (OK + b"\r\n", b"x" * 1_000_000, 80),
    "announced": (OK + b"Content-Length: 900000000\r\n\r\n", b"x" * 1_000_000, 80),
    "brokenoff": (OK + b"Content-Length: 5000\r\n\r\n", b"x" * 100, 1),
    "endlesshead": (OK, b"X-Long: " + b"y" * 4000 + b"\r\n", 500),
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """One crawl of all hosts: the first capture of each one's page, and the outcomes of the run."""
    archive = tmp_path_factory.mktemp("limits") / "a"
    hostile = Hostile({f"www.{name}.example": answer for name, answer in CASES.items()})
    try:
        done = subprocess.run(
            [sys.executable, "-m", "crawler.run", "--archive", str(archive), "--proxy",
             f"http://127.0.0.1:{hostile.port}", "--official-suffix", ".example", "--delay", "0", "--browser", "never",
             "--json", *(f"www.{name}.example" for name in CASES)], capture_output=True, text=True, timeout=120,
        )  # fmt: skip
    finally:
        hostile.close()
    assert "Traceback" not in done.stderr
    conn = workdb.open(archive)
    rows = conn.execute("SELECT * FROM captures WHERE url LIKE '%/r.html' ORDER BY capture_id DESC").fetchall()
    conn.close()
    return {row["url"].split("/")[2]: row for row in rows}, json.loads(done.stdout.splitlines()[-1])["outcomes"]


@pytest.mark.parametrize(("name", "outcome", "truncated", "largest"), [
    ("endless", "too_large", "length", 40_000_000), ("announced", "too_large", "length", 40_000_000),
    ("brokenoff", "broken", "disconnect", 5000), ("endlesshead", "broken", None, 0),
])  # fmt: skip
def test_an_answer_is_cut_off_kept_and_marked(kept, name, outcome, truncated, largest):
    row = kept[0][f"www.{name}.example"]
    assert (row["outcome"], row["truncated"]) == (outcome, truncated)
    assert (row["size"] or 0) <= largest
    assert bool(row["size"]) is bool(truncated)
    assert kept[1][outcome] >= 2
