"""A small archive of invented counties: all cell statuses, findings, claims, editions, hostile text."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from archive import build, workdb
from archive.capture import Capture
from archive.outcomes import Outcome
from archive.store import open_store
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


def captures(root: Path) -> None:
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


def fill(conn: sqlite3.Connection) -> None:
    made = Builder(conn)
    sha256 = conn.execute("SELECT sha256 FROM captures WHERE sha256 IS NOT NULL").fetchone()[0]
    full = _cells("2021", NUMBERS, {c.key: c for c in SPECIAL})
    made.report("991101-2023-government-aa", QINGHE, 2023)
    earlier = _cells(
        "2021", {**NUMBERS, "table4.review.upheld": 1, "table4.review.total": 1}, {c.key: c for c in SPECIAL}
    )
    title = "清河县2023年政府信息公开工作年度报告"
    made.edition("991101-2023-government-aa", 1, "0" * 64, earlier, title=title, published_on="2024-01-20")
    for number, heading, text in SECTIONS:
        text = text.replace("其中征地拆迁类12件，均已办结", "其中征地拆迁类21件，大部分已办结").replace(
            "下一步将加强培训。", ""
        )
        made.insert("sections", edition_id="991101-2023-government-aa@1", number=number, title=heading, text=text)
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


def make(root: Path) -> Path:
    """Write the archive into a new folder and publish it."""
    captures(root)
    with closing(workdb.open(root)) as conn:
        conn.execute("BEGIN")
        fill(conn)
        conn.execute("COMMIT")
    build.build(root)
    return root
