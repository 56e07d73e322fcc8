"""A small archive of invented counties: all cell statuses, findings, claims, editions, hostile text."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive import build, workdb
from archive.ingest import ingest
from archive.ledger import Capture
from archive.outcomes import Outcome
from archive.store import Store, open_store
from archive.warcwrite import Exchange
from parsers.checks import Reading, check
from parsers.document import Place
from parsers.form_model import load_forms
from parsers.result import CellResult, Claim, Status

ROWS = "".join(f"<tr>{''.join(f'<td>第{r}行{c}</td>' for c in range(8))}</tr>" for r in range(60))
PAGE = (
    "<html><head><title>清河县2023年报告</title></head><body><script>alert(1)</script><p>正文</p>"
    f"<table>{ROWS}</table></body></html>"
).encode()
HOSTILE_TITLE = "<script>alert(1)</script>2021年政府信息公开工作年度报告"
APPLICANTS = ("natural_person", "business", "research", "public_welfare", "legal_service", "other_org", "total")


def _cells(form_id: str, numbers: dict[str, float], special: dict[str, CellResult]) -> dict[str, CellResult]:
    """Every cell of the form: zero unless said otherwise."""
    out = {}
    for n, field in enumerate(load_forms()[form_id].as_printed(()).fields()):
        value = numbers.get(field.key, 0)
        place = Place(path=f"body/table/tr:nth-of-type({n // 8 + 1})", table=0, row=n // 8, column=n % 8)
        out[field.key] = special.get(field.key) or CellResult(field.key, Status.PRINTED, value, f"{value:g}", place)
    return out


def _row(row: str, *values: float) -> dict[str, float]:
    return {f"table3.{row}.{column}": value for column, value in zip(APPLICANTS, values, strict=True)}


def _special(key: str, status: Status, value: float | None, raw: str | None, proof: str | None = None) -> CellResult:
    return CellResult(key, status, value, raw, Place(page=3, box=(90.0, 120.5, 140.0, 133.0)), proof)


NUMBERS = {
    **_row("new_requests", 26, 3, 0, 0, 1, 0, 30),
    **_row("carried_in", 2, 0, 0, 0, 0, 0, 2),
    **_row("granted", 14, 2, 0, 0, 0, 0, 16),
    **_row("partially_granted", 3, 0, 0, 0, 0, 0, 3),
    **_row("denied_third_party", 1, 0, 0, 0, 0, 0, 1),
    **_row("unavailable_not_held", 9, 1, 0, 0, 1, 0, 11),
    **_row("total_handled", 27, 3, 0, 0, 1, 0, 31),
    **_row("carried_out", 1, 0, 0, 0, 0, 0, 1),
    "table2.normative_documents.issued": 6,
    "table2.normative_documents.in_force": 42,
    "table2.administrative_licensing.decisions": 26954,
    "table2.administrative_fees.amount_wan_yuan": 18.2,
    "table4.review.upheld": 2,
    "table4.review.total": 2,
}
SPECIAL = [
    _special("table3.carried_in.natural_person", Status.ALIGNED, 2, "2", "本列勾稽关系只有一种放法成立"),
    _special("table3.granted.business", Status.DERIVED, 2, None, "由总计减其余各类得出"),
    _special("table3.rejected_repeat.research", Status.BLANK, None, ""),
    _special("table3.rejected_repeat.business", Status.MARK, None, "/"),
    _special("table3.other_misc.natural_person", Status.UNREADABLE, None, "l7"),
    _special("table2.regulations.issued", Status.ABSENT, None, None),
    _special("table3.denied_third_party.natural_person", Status.PRINTED, 1, "１"),
]
SECTIONS = [
    (
        1,
        "一、总体情况",
        "2023 年，清河县共收到政府信息公开申请30件，其中征地拆迁类12件，均已办结。\n全年主动公开政府信息约1200条。",
    ),
    (2, "二、主动公开政府信息情况", ""),
    (5, "五、存在的主要问题及改进情况", "公开的深度还不够，部分乡镇更新不及时。\n下一步将加强培训。"),
    (6, "六、其他需要报告的事项", "本年度未收取政府信息公开信息处理费。"),
]
CLAIMS = [
    Claim("requests_accepted", 30, "件", SECTIONS[0][2].split("\n")[0], False, 1),
    Claim("website_items", 1200, "条", "全年主动公开政府信息约1200条。", True, 1),
    Claim("info_processing_fee_collected", 0, "元", "本年度未收取政府信息公开信息处理费。", False, 6),
]
QINGHE = ("991101", "示例省", "青川市", "清河县", "清河县人民政府", "government", "county", "whole_area")
LINZE = (
    "991102",
    "示例省",
    "青川市",
    "临河县",
    "临河县人民政府办公室",
    "government_office",
    "county",
    "government_and_office",
)
LIULIN = ("991101", "示例省", "青川市", "清河县", "清河县柳林镇人民政府", "township", "township", "single_organ")


class Builder:
    """Writes rows of the work database."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn

    def insert(self, table: str, **row: object) -> None:
        marks = ", ".join("?" * len(row))
        self.conn.execute(f"INSERT INTO {table}({', '.join(row)}) VALUES ({marks})", list(row.values()))

    def report(self, report_id: str, who: tuple[str, ...], year: int) -> None:
        names = ("area_code", "province", "prefecture", "county", "organ", "organ_kind", "admin_level", "scope")
        self.insert("reports", report_id=report_id, year=year, **dict(zip(names, who, strict=True)))

    def edition(
        self,
        report_id: str,
        ordinal: int,
        sha256: str,
        cells: dict[str, CellResult],
        form: str = "2021",
        **more: object,
    ) -> str:
        edition_id = f"{report_id}@{ordinal}"
        facts = {
            "title": "政府信息公开工作年度报告",
            "url": f"http://www.qinghe.example/nb/{ordinal}.html",
            "first_seen": f"2024-0{ordinal}-20T02:00:00Z",
            "last_seen": "2026-10-01T02:00:00Z",
            **more,
        }
        self.conn.execute(
            "INSERT OR IGNORE INTO documents(sha256, media_type, size, stamp, is_report, result, read_at)"
            " VALUES (?, 'text/html', 1, 's', 1, '{}', '2026-10-02T00:00:00Z')",
            (sha256,),
        )
        self.insert(
            "editions", edition_id=edition_id, report_id=report_id, ordinal=ordinal, sha256=sha256, form=form, **facts
        )
        self.insert(
            "edition_documents",
            edition_id=edition_id,
            sha256=sha256,
            url=facts["url"],
            media_type="text/html",
            first_seen=facts["first_seen"],
            last_seen=facts["last_seen"],
        )
        for cell in cells.values():
            place = json.dumps(cell.place.as_dict()) if cell.place else None
            self.insert(
                "cells",
                edition_id=edition_id,
                key=cell.key,
                value=cell.value,
                raw=cell.raw,
                status=str(cell.status),
                place=place,
                proof=cell.proof,
            )
        return edition_id

    def prose(self, edition_id: str, cells: dict[str, CellResult], form: str = "2021") -> None:
        for number, title, text in SECTIONS:
            self.insert("sections", edition_id=edition_id, number=number, title=title, text=text)
        for n, claim in enumerate(CLAIMS):
            self.insert(
                "claims",
                edition_id=edition_id,
                n=n,
                kind=claim.kind,
                value=claim.value,
                approx=int(claim.approx),
                unit=claim.unit,
                sentence=claim.sentence,
                section=claim.section,
            )
        findings, _ = check(Reading(load_forms()[form].as_printed(cells), cells, CLAIMS, "county"))
        for n, f in enumerate(findings):
            self.insert(
                "findings",
                edition_id=edition_id,
                n=n,
                rule=f.rule,
                severity=f.severity,
                verdict=f.verdict,
                doubt=f.doubt,
                cells=json.dumps(list(f.cells)),
                left_value=f.left_value,
                right_value=f.right_value,
                message_zh=f.message_zh,
                message_en=f.message_en,
            )


def _captures(root: Path) -> None:
    with open_store(root, vantage="测试") as store:
        run = store.ledger.start_run("crawl", {}, "测试")
        store.ledger.upsert_site(
            "qinghe", "http://www.qinghe.example/", ["www.qinghe.example"], "清河县人民政府", "991101"
        )
        url = "http://www.qinghe.example/nb/2.html"
        common = {"run_id": run, "fetched_at": "2026-10-01T02:00:00Z", "via": "http", "site_id": "qinghe"}
        store.add_resource(
            Capture(
                url=url,
                final_url=url,
                role="document",
                outcome=Outcome.OK,
                media_type="text/html",
                http_status=200,
                **common,
            ),
            PAGE,
        )
        bad = "javascript:alert(1)"
        store.add_failure(Capture(url=bad, final_url=bad, role="page", outcome=Outcome.TIMEOUT, **common))
        store.ledger.finish_run(run, "finished", {})


def _fill(conn: sqlite3.Connection) -> None:
    made = Builder(conn)
    sha256 = conn.execute("SELECT sha256 FROM captures WHERE sha256 IS NOT NULL").fetchone()[0]
    full = _cells("2021", NUMBERS, {c.key: c for c in SPECIAL})
    made.report("991101-2023-government-aa", QINGHE, 2023)
    earlier = _cells(
        "2021", {**NUMBERS, "table4.review.upheld": 1, "table4.review.total": 1}, {c.key: c for c in SPECIAL}
    )
    title = "清河县2023年政府信息公开工作年度报告"
    made.edition("991101-2023-government-aa", 1, "0" * 64, earlier, title=title, published_on="2024-01-20")
    made.prose(
        made.edition(
            "991101-2023-government-aa",
            2,
            sha256,
            full,
            title=title,
            published_on="2024-02-20",
            signed_on="2024-01-18",
            signatory="清河县人民政府办公室",
        ),
        full,
    )
    made.report("991101-2022-government-aa", QINGHE, 2022)
    wrong = _cells("2021", {**NUMBERS, **_row("carried_out", 1, 0, 0, 0, 0, 0, 4)}, {})
    made.prose(
        made.edition(
            "991101-2022-government-aa",
            1,
            "1" * 64,
            wrong,
            published_on="2023-04-12",
            title="清河县2022年政府信息公开工作年度报告",
        ),
        wrong,
    )
    made.report("991102-2020-government_office-bb", LINZE, 2020)
    old = _cells(
        "2019",
        {"table2.central_procurement.total_amount": 6944.93, "table2.administrative_licensing.items_change": -3},
        {},
    )
    made.edition(
        "991102-2020-government_office-bb",
        1,
        "2" * 64,
        old,
        form="2019",
        title="临河县2020年年报",
        published_on="2021-03-31",
    )
    made.report("991101-2021-township-cc", LIULIN, 2021)
    nasty = _special("table3.granted.total", Status.UNREADABLE, None, '=HYPERLINK("http://evil.example")')
    made.edition(
        "991101-2021-township-cc",
        1,
        "3" * 64,
        _cells("2021", {}, {nasty.key: nasty}),
        title=HOSTILE_TITLE,
        url="javascript:alert(document.domain)",
        published_on="2022-02-01",
    )
    made.insert(
        "sections",
        edition_id="991101-2021-township-cc@1",
        number=1,
        title="<b>一</b>",
        text="<img src=x onerror=alert(1)>征地公告",
    )


@pytest.fixture(scope="session")
def _sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("archive") / "data"
    _captures(root)
    with closing(workdb.open(root)) as conn:
        conn.execute("BEGIN")
        _fill(conn)
        conn.execute("COMMIT")
    build.build(root)
    return root


@pytest.fixture
def sample_archive(_sample: Path, tmp_path: Path) -> Path:
    """A copy that a test may change; work.db and public.db are both there."""
    return Path(shutil.copytree(_sample, tmp_path / "archive"))


@pytest.fixture(scope="session")
def published(_sample: Path) -> Path:
    """The built archive folder, shared: read only."""
    return _sample


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
