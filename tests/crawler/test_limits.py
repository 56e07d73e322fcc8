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
    """A proxy on loopback that answers a homepage, and for everything else what it is told to send."""

    def __init__(self, head, chunk, times):
        self.head, self.chunk, self.times = head, chunk, times
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0))
        self.port = self.server.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    async def serve(self, reader, writer):
        try:
            target = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1]
            if target.endswith(b"/r.html"):
                writer.write(self.head)
                for _ in range(self.times):
                    writer.write(self.chunk)
                    await writer.drain()
            else:
                body = MENU if target.endswith(b".example/") else b""
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


@pytest.mark.parametrize(("head", "chunk", "times", "outcome", "truncated", "largest"), [
    (OK + b"\r\n", b"x" * 1_000_000, 80, "too_large", "length", 40_000_000),
    (OK + b"Content-Length: 900000000\r\n\r\n", b"x" * 1_000_000, 80, "too_large", "length", 40_000_000),
    (OK + b"Content-Length: 5000\r\n\r\n", b"x" * 100, 1, "broken", "disconnect", 5000),
    (OK, b"X-Long: " + b"y" * 4000 + b"\r\n", 500, "broken", None, 0),
], ids=["endless", "announced", "broken off", "endless head"])  # fmt: skip
def test_an_answer_is_cut_off_kept_and_marked(tmp_path, head, chunk, times, outcome, truncated, largest):
    hostile = Hostile(head, chunk, times)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "crawler.run", "--archive", str(tmp_path / "a"), "--proxy",
             f"http://127.0.0.1:{hostile.port}", "--official-suffix", ".example", "--delay", "0", "--browser", "never",
             "--json", "www.qinghe.example"], capture_output=True, text=True, timeout=120,
        )  # fmt: skip
    finally:
        hostile.close()
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["outcomes"][outcome] >= 1
    conn = workdb.open(tmp_path / "a")
    row = conn.execute("SELECT * FROM captures WHERE url LIKE '%/r.html' ORDER BY capture_id").fetchone()
    conn.close()
    assert (row["outcome"], row["truncated"]) == (outcome, truncated)
    assert (row["size"] or 0) <= largest
    assert bool(row["size"]) is bool(truncated)
