"""What keeping costs: records written and checked a second beside warcio and FastWARC, and a crawl with and without.

Usage: python benchmarks/warc.py [--pages 5000] [--crawl-pages 2000] [--repeats 7] [--only-crawl | --only-records]
       .ci/webtools gives an environment that has FastWARC; its speed is measured there, on the same file.

Pages are made up: Chinese text of some 14 KB with chance in it (crawls: of 40 KB, too, as portals have them). Every
writer writes a response, a request and a metadata record a page, gzip level 6, a member a record; ours also keeps the
index row in the work database.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.capture import Capture
from archive.outcomes import Outcome
from archive.store import open_store
from archive.verify import verify
from archive.walk import digest_faults, walk
from archive.warcwrite import Exchange

AT = "2026-11-20T11:17:57Z"
HEAD = b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
FAST_READ = """
import json, sys, time
from fastwarc.warc import ArchiveIterator
path, began, n = sys.argv[1], time.process_time(), 0
for record in ArchiveIterator(open(path, "rb"), parse_http=False):
    record.verify_block_digest(); n += 1
print(json.dumps([n, time.process_time() - began]))
"""


SIZES = {"small pages": 4600, "pages as portals have them": 13_500}  # characters of text


def make_pages(n: int, length: int = 4600) -> list[bytes]:
    """Pages of different text, so many characters each."""
    rng = random.Random(3)
    words = [chr(c) for c in range(0x4E00, 0x4E00 + 1500)]
    return [("<html><body>" + "".join(rng.choices(words, k=length)) + f"{i}</body></html>").encode() for i in range(n)]


def timed(work: Callable[[], int], repeats: int = 3) -> float:
    """Run a few times; returns the most things a second of CPU."""
    best = 0.0
    for _ in range(repeats):
        began = time.process_time()
        best = max(best, work() / (time.process_time() - began))
    return best


def write_ours(folder: Path, pages: list[bytes]) -> int:
    """Through the store: records, index rows, grouped fsync."""
    shutil.rmtree(folder, ignore_errors=True)
    with open_store(folder, vantage="bench") as store:
        run = store.ledger.start_run("crawl", {}, "bench")
        for i, body in enumerate(pages):
            url = f"http://www.lan.example/{i}.html"
            capture = Capture(run, url, url, "page", AT, Outcome.OK, "http", http_status=200, media_type="text/html")
            request = f"GET /{i}.html HTTP/1.1\r\nHost: www.lan.example\r\n\r\n".encode()
            store.add_exchange(capture, Exchange(url, request, HEAD, body, AT))
            store.commit()  # as a crawl does with each page
    return 3 * len(pages)


def write_warcio(path: Path, pages: list[bytes]) -> int:
    """The same records with warcio, no index."""
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="1.1")
        for i, body in enumerate(pages):
            url = f"http://www.lan.example/{i}.html"
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "www.lan.example")], is_http_request=True)
            writer.write_record(writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=head))
            writer.write_record(writer.create_warc_record(url, "request", http_headers=asked))
            notes = io.BytesIO(b"fetched-at: 2026-11-20T11:17:57Z\r\n" * 8)
            writer.write_record(writer.create_warc_record(url, "metadata", payload=notes))
    return 3 * len(pages)


def check_ours(path: Path) -> int:
    """Walk and digests."""
    n = 0
    for record in walk(path):
        assert not digest_faults(record)  # type: ignore[arg-type]
        n += 1
    return n


def check_warcio(path: Path) -> int:
    """The same with warcio."""
    with path.open("rb") as handle:
        n = 0
        for record in ArchiveIterator(handle, check_digests="raise"):
            record.content_stream().read()
            n += 1
    return n


def sizes(folder: Path) -> dict[str, float]:
    """Bytes in the file for a capture, an identical page again, one packed anew, and an answer 304."""
    import gzip
    import zlib

    page = make_pages(1)[0]
    head = b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nETag: "5f3a"\r\n\r\n'
    out = {}
    with open_store(folder, vantage="bench") as store:
        run = store.ledger.start_run("crawl", {}, "bench")

        def keep(name: str, body: bytes, status: int = 200) -> None:
            writer = store._writer  # what is measured
            url = "http://www.lan.example/zwgk/zfxxgk/nb/202401/t20240110_10231.html"
            before, name_before = writer._offset, writer.name
            capture = Capture(run, url, url, "document", AT, Outcome.OK, "http", site_id="lan", http_status=status,
                              media_type="text/html", anchor="岚县2023年政府信息公开工作年度报告", etag='"5f3a"',
                              referrer="http://www.lan.example/zwgk/zfxxgk/nb/")  # fmt: skip
            request = b"GET /zwgk/zfxxgk/nb/202401/t20240110_10231.html HTTP/1.1\r\nHost: www.lan.example\r\n\r\n"
            store.add_exchange(capture, Exchange(url, request, head, body, AT), "gzip" if body else "")
            assert writer.name == name_before
            out[name] = writer._offset - before

        keep("capture", gzip.compress(page, mtime=1))
        keep("same bytes again (revisit)", gzip.compress(page, mtime=1))
        keep("same page, packed anew (revisit)", gzip.compress(page, mtime=zlib.crc32(b"x")))
        keep("answer 304 (revisit)", b"", 304)
        rows = store.ledger.conn.execute("SELECT record_type, warc_length FROM captures ORDER BY capture_id").fetchall()
    for (name, total), row in zip(list(out.items()), rows, strict=True):
        print(f"| {name} | {total} | {row['warc_length']} ({row['record_type']}) |")
    return out


WAYS = {
    "plain": "Scrapy without our middleware",
    "judged": "with our middleware, which judges each answer, and the frontier, but a store that keeps nothing",
    "kept": "as the product does it",
}


def crawl_cost(pages: int, repeats: int) -> None:
    """Crawls on loopback in three ways, in turns, each compared with those of the same turn; medians."""
    print("\n| crawl | | wall s | CPU ms a page | wall, of plain | wall, of judged | CPU ms a page more than judged |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for size, length in SIZES.items():
        made = make_pages(pages, length)
        port, packed = serve(made)
        what = f"{pages} {size} ({len(made[0]) // 1000} kB, {packed // 1000} kB on the wire)"
        spent: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
        with tempfile.TemporaryDirectory() as scratch:
            for turn in range(repeats):
                for way in list(WAYS) if turn % 2 else list(reversed(WAYS)):
                    command = [sys.executable, __file__, "--one-crawl", way, str(pages), str(port)]
                    done = subprocess.run([*command, f"{scratch}/{turn}-{way}"], capture_output=True, check=True)
                    spent[way].append(tuple(json.loads(done.stdout.splitlines()[-1])))
        for way in WAYS:
            print(f"| {what} | {WAYS[way]} | {compared(spent, way, pages)} |", flush=True)


def compared(spent: dict[str, list[tuple[float, float]]], way: str, pages: int) -> str:
    """The middle of one way's turns, and of its ratios to the others of the same turn."""

    def middle(values: Iterable[float]) -> float:
        return statistics.median(values)

    wall, cpu = (middle(one[i] for one in spent[way]) for i in (0, 1))
    ratios = [
        middle(one[0] / base[0] for one, base in zip(spent[way], spent[other], strict=True)) - 1
        for other in ("plain", "judged")
    ]
    more = middle(one[1] - base[1] for one, base in zip(spent[way], spent["judged"], strict=True))
    return f"{wall:.2f} | {1000 * cpu / pages:.2f} | {ratios[0]:+.1%} | {ratios[1]:+.1%} | {1000 * more / pages:+.2f}"


def serve(pages: list[bytes]) -> tuple[int, int]:
    """Answer ``/<n>.html`` on loopback with the n-th page, gzipped; returns the port, and the size of a packed page."""
    import gzip

    packed = [gzip.compress(p, mtime=0) for p in pages]
    ready = threading.Event()
    port = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                body = packed[int(head.partition(b".")[0].rpartition(b"/")[2]) % len(packed)]
                size = f"Content-Length: {len(body)}\r\n\r\n".encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\n"
                    b"Date: Fri, 20 Nov 2026 11:17:57 GMT\r\nContent-Encoding: gzip\r\n" + size + body
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        nonlocal port
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        ready.set()
        await server.serve_forever()

    threading.Thread(target=asyncio.run, args=(run(),), daemon=True).start()
    ready.wait()
    return port, len(packed[0])


def one_crawl(kind: str, pages: int, port: int, folder: Path) -> None:
    """Fetch pages with Scrapy through the archiving middleware; prints wall and CPU seconds."""
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess

    from archive.frontier import Frontier, Task
    from crawler.run import collect_seldom

    settings = {
        "LOG_ENABLED": False, "ROBOTSTXT_OBEY": False, "CONCURRENT_REQUESTS": 16, "TELNETCONSOLE_ENABLED": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        "DOWNLOAD_HANDLERS": {"http": "crawler.wire.WireHandler", "https": "crawler.wire.WireHandler"},
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    }  # fmt: skip
    if kind == "plain":
        del settings["DOWNLOAD_HANDLERS"]
    else:
        settings["DOWNLOADER_MIDDLEWARES"] = {"crawler.archiving.ArchiveMiddleware": 1000}
        settings["EXTENSIONS"] = {"crawler.committing.Committing": 0}
    with open_store(folder, vantage="bench") as store:
        if kind != "kept":
            store.add_exchange = lambda *_: 0  # type: ignore[method-assign]
        frontier = Frontier(store.ledger.conn, store.ledger.start_run("crawl", {}, "bench"))
        addresses = [f"http://127.0.0.1:{port}/{i}.html" for i in range(pages)]
        frontier.add(Task(url, url, "lan", "page", 1) for url in addresses)

        class State:
            pass

        class Spider(scrapy.Spider):
            name = "bench"
            state = State()

            async def start(self):  # type: ignore[no-untyped-def]
                for url in addresses:
                    task = Task(url, url, "lan", "page", 1)
                    yield scrapy.Request(url, meta={"task": task}, callback=self.parse, dont_filter=True)

            def parse(self, response):  # type: ignore[no-untyped-def]
                response.css("a::attr(href)").getall()
                if kind != "plain":
                    frontier.finish(response.meta["task"].key, Outcome.OK)

        Spider.state.store, Spider.state.frontier = store, frontier  # type: ignore[attr-defined]
        process = AsyncCrawlerProcess(settings)
        if kind != "plain":
            collect_seldom()
        began, cpu = time.perf_counter(), time.process_time()
        process.crawl(Spider)
        process.start()
        spent = time.perf_counter() - began, time.process_time() - cpu
        kept = store.ledger.conn.execute("SELECT count(*) FROM captures").fetchone()[0]
    assert kept == (pages if kind == "kept" else 0), kept
    print(json.dumps(spent))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--crawl-pages", type=int, default=2000)
    parser.add_argument("--repeats", type=int, default=7, help="turns of the crawls")
    parser.add_argument("--only-crawl", action="store_true")
    parser.add_argument("--only-records", action="store_true")
    parser.add_argument("--one-crawl", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one_crawl:
        kind, pages, port, folder = given.one_crawl
        one_crawl(kind, int(pages), int(port), Path(folder))
        return
    if given.only_crawl:
        crawl_cost(given.crawl_pages, given.repeats)
        return
    pages = make_pages(given.pages)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        print("| records a second of CPU, best of 3 | |\n|---|---|")
        for name, work in (
            ("written: nianbao (records, index, fsync)", lambda: write_ours(root / "ours", pages)),
            ("written: warcio (records only)", lambda: write_warcio(root / "warcio.warc.gz", pages)),
        ):
            print(f"| {name} | {timed(work):.0f} |")
        (path,) = (root / "ours" / "warc").glob("*.warc.gz")
        for name, work in (
            ("checked: nianbao walk, block and payload digests", lambda: check_ours(path)),
            ("checked: nianbao verify (rows, digests, whole file)", lambda: verify(root / "ours").records),
            ("checked: warcio, digests", lambda: check_warcio(path)),
        ):
            print(f"| {name} | {timed(work):.0f} |")
        script = Path(__file__).resolve().parents[1] / ".ci" / "webtools"
        tools = subprocess.run([script], capture_output=True, text=True, check=False)
        if tools.returncode == 0:
            read = [f"{tools.stdout.strip()}/bin/python", "-c", FAST_READ, path]
            runs = [json.loads(subprocess.run(read, capture_output=True, check=True).stdout) for _ in range(3)]
            print(f"| checked: FastWARC, block digests | {max(n / seconds for n, seconds in runs):.0f} |")
        print("\n| | bytes, all three records | bytes, first record |\n|---|---|---|")
        sizes(root / "sizes")
    if not given.only_records:
        crawl_cost(given.crawl_pages, given.repeats)


if __name__ == "__main__":
    main()
