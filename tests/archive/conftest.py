"""Archives for the tests: the sample of invented counties (``sitekit``), small ones of visits, the practice portals."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.capture import Capture
from archive.ingest import ingest
from archive.outcomes import Outcome
from archive.store import Store, open_store
from archive.warcwrite import Exchange

sys.path.append(str(Path(__file__).resolve().parents[1]))
from sitekit import sample
from sitekit.browser import chromium, serving, visit


@pytest.fixture(scope="session")
def _sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.make(tmp_path_factory.mktemp("archive") / "data")


@pytest.fixture
def sample_archive(_sample: Path, tmp_path: Path) -> Path:
    """A copy that a test may change; work.db and public.db are both there."""
    return Path(shutil.copytree(_sample, tmp_path / "archive"))


@pytest.fixture(scope="session")
def published(_sample: Path) -> Path:
    """The built archive folder, shared: read only."""
    return _sample


@pytest.fixture(scope="module")
def site(published: Path) -> Iterator[str]:
    """The address of the sample archive's site."""
    with serving(published) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser without a window."""
    with chromium() as opened:
        yield opened


@pytest.fixture(params=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Any, site: str) -> Iterator[Any]:
    """A page of the site, wide and narrow; the test fails for any console message, error or foreign request."""
    with visit(browser, site, request.param) as opened:
        yield opened


READABLE = """<html><head><title>{title}</title></head><body><h1>{title}</h1><div>
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


def readable_page(
    title: str = "岚县人民政府2023年政府信息公开工作年度报告", prose: str = "全年工作平稳有序。", licences: str = "12"
) -> bytes:
    return READABLE.format(title=title, prose=prose, licences=licences).encode()


@pytest.fixture(scope="session")
def report_page() -> Callable[..., bytes]:
    """Makes a page that the reader takes for a report: title, prose, licences."""
    return readable_page


class Visits:
    """Puts visits into an archive as a crawl would: over HTTP, with status and headers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, at: str, *visits: dict[str, object]) -> str:
        """One run; each visit has ``url`` and ``body`` or ``outcome``, and what else a capture knows."""
        with open_store(self.folder, vantage="test") as store:
            run = store.ledger.start_run("crawl", {}, "test")
            store.ledger.upsert_site("lan", "http://www.lan.example/", ["www.lan.example"], "岚县", "141127")
            for visit in visits:
                self.visit(store, run, at, **visit)
            store.ledger.finish_run(run, "finished", {"pages": len(visits)})
        return run

    def visit(
        self, store: Store, run: str, at: str, url: str, body: bytes | None = None, outcome: str = "ok",
        status: int = 200, coding: str = "", head: str = "", **more: object,
    ) -> int:  # fmt: skip
        facts: dict[str, object] = {"final_url": url, "role": "document", "media_type": "text/html", **more}
        capture = Capture(run_id=run, url=url, fetched_at=at, outcome=Outcome(outcome), via="http", site_id="lan",
                          http_status=status if body is not None else None, **facts)  # fmt: skip
        if body is None:
            return store.add_failure(capture)
        coded = gzip.compress(body, mtime=zlib.crc32(at.encode())) if coding == "gzip" else body
        head += "Content-Encoding: gzip\r\n" if coding == "gzip" else ""
        response_head = f"HTTP/1.1 {status} X\r\nContent-Type: {facts['media_type']}\r\n{head}\r\n".encode()
        exchange = Exchange(
            url, b"GET /x HTTP/1.1\r\nHost: www.lan.example\r\n\r\n", response_head, coded, at, ip_address="203.0.113.7"
        )
        return store.add_exchange(capture, exchange, coding)


@pytest.fixture
def visits(tmp_path: Path) -> Visits:
    """An archive that visits are put into: ``visits.run(time, {url, body, …}, …)``; its folder is ``.folder``."""
    return Visits(tmp_path / "visited")


@pytest.fixture(scope="session")
def _small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Visits(tmp_path_factory.mktemp("small") / "archive")
    page, url = readable_page(), "http://www.lan.example/a.html"
    made.run(
        "2024-02-01T00:00:00Z",
        {"url": "http://www.lan.example/", "body": b"<p>home</p>", "role": "page"},
        {"url": url, "body": page, "coding": "gzip", "anchor": "年报\r\nx: y", "head": 'ETag: "1"\r\n', "etag": '"1"'},
        {"url": "http://www.lan.example/b.html", "body": page, "coding": "gzip"},
        {"url": "http://www.lan.example/c.html", "outcome": "timeout", "detail": "no answer"},
    )
    made.run(
        "2024-03-01T00:00:00Z",
        {"url": url, "body": b"", "status": 304, "head": 'ETag: "1"\r\n', "etag": '"1"'},
        {"url": "http://www.lan.example/", "body": b"<p>home</p>", "role": "page"},
        {"url": "http://www.lan.example/x.html", "body": b"<p>gone</p>", "status": 404, "outcome": "gone"},
        {"url": "http://www.lan.example/b.html", "body": readable_page(prose="全年工作仍有不足。")},
    )
    ingest(made.folder, workers=1)
    return made.folder


@pytest.fixture
def small_archive(_small: Path, tmp_path: Path) -> Path:
    """A copy of a small archive with every kind of record, read: two runs, eight captures, one report."""
    return Path(shutil.copytree(_small, tmp_path / "small"))


def dump_archive(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of a work database but the frontier's, without the time of reading, which no rebuild can know."""
    with closing(sqlite3.connect(f"{(folder / 'work.db').as_uri()}?mode=ro", uri=True)) as conn:
        out = {}
        for (table,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1").fetchall():
            names = [r[1] for r in conn.execute(f"PRAGMA table_info({table})")]
            kept = [n for n in names if (table, n) not in {("documents", "read_at"), ("documents", "row_sha256")}]
            if table != "frontier":
                out[table] = sorted(conn.execute(f"SELECT {', '.join(kept)} FROM {table}").fetchall(), key=repr)
    return out


@pytest.fixture(scope="session")
def dump() -> Callable[[Path], dict[str, list[tuple[object, ...]]]]:
    """The rows of a work database, for comparing two."""
    return dump_archive


@pytest.fixture(scope="session")
def portals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of the practice portals, crawled, read and published: shared, read only."""
    folder = tmp_path_factory.mktemp("portals") / "archive"
    command = [sys.executable, "-m", "archive.cli", "demo", "--no-serve", "--archive", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return folder
