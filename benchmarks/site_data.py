"""A generated national archive for measuring the site: 20,000 reports, 4 million cells, 160 million characters.

    python benchmarks/site_data.py FOLDER [--reports 20000]

writes FOLDER/work.db through the real schema and builds FOLDER/public.db through the real build. Numbers and prose are
invented; they satisfy the forms' sums but for planted exceptions. The same seed gives the same archive. One archived
page stands for all originals, so that the spot of a number is read from a real file and drawn.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice, product
from pathlib import Path

from archive import build, workdb
from archive.capture import Capture
from archive.identity import ReportKey, place_names, report_id
from archive.outcomes import Outcome
from archive.store import open_store
from parsers.divisions import Area, load_divisions
from parsers.form_model import Form, load_forms

YEARS = range(2025, 2018, -1)
PROSE = 8_000  # characters a report
CHUNK = 250  # reports a transaction step
ORGANS = (("人民政府", "government", "whole_area"), ("人民政府办公室", "government_office", "government_and_office"))
SENTENCES = (
    "全年通过门户网站主动公开政府信息{a}条，比上年{d}{b}条。",
    "{n}认真落实政务公开工作要点，把公开工作列入年度考核。",
    "共收到政府信息公开申请{a}件，其中征地拆迁类{b}件，均按期答复。",
    "因信息公开引发的行政复议{b}件，行政诉讼{c}件。",
    "组织专题培训{c}次，参加人员{b}人次。",
    "政务新媒体全年发布信息{a}条，回应留言{b}条。",
    "部分乡镇更新不够及时，公开的深度仍需加强。",
    "个别单位对依申请公开的答复格式不够规范。",
    "下一步将完善目录，细化标准，补齐短板。",
    "对涉及群众切身利益的事项，做到应公开尽公开。",
    "制发规范性文件{c}件，废止{c}件，现行有效{b}件。",
    "本年度未收取政府信息公开信息处理费。",
    "{n}对照国务院办公厅有关格式，逐项核实统计数据。",
    "围绕教育、医疗、社会保障等领域公开信息{a}条。",
    "政府网站集约化建设完成{c}项改造任务。",
    "聘请社会评议员{c}名，开展满意度调查{c}次。",
)


def _cells(form: Form, rng: random.Random, size: int) -> dict[str, float]:
    """Values that satisfy the sums of table 3 and table 4; ``size`` is the scale of the county."""
    out: dict[str, float] = {f.key: 0 for f in form.fields()}
    for field in form.fields():
        if field.table.key == "table2":
            out[field.key] = rng.randrange(size * 20 + 1)
    table = form.table("table3")
    people = [c.key for c in table.columns if c.key != "total"]
    frame = {"new_requests", "carried_in", "total_handled", "carried_out"}
    outcomes = [r.key for r in table.rows if r.key not in frame]
    for column in people:
        busy = size if column == "natural_person" else max(1, size // 12)
        rows = dict.fromkeys(outcomes, 0)
        for _ in range(rng.randrange(busy + 1)):
            rows[rng.choice(outcomes[:12] + outcomes[:2] * 8)] += 1
        handled, carried_in, carried_out = sum(rows.values()), rng.randrange(3), rng.randrange(3)
        carried_in = min(carried_in, handled + carried_out)
        rows |= {"total_handled": handled, "carried_in": carried_in, "carried_out": carried_out,
                 "new_requests": handled + carried_out - carried_in}  # fmt: skip
        out.update({f"table3.{row}.{column}": value for row, value in rows.items()})
    for row in table.rows:
        out[f"table3.{row.key}.total"] = sum(out[f"table3.{row.key}.{c}"] for c in people)
    for row in form.table("table4").rows:
        results = [rng.randrange(max(2, size // 8)) for _ in range(4)]
        for column, value in zip((c.key for c in form.table("table4").columns), [*results, sum(results)], strict=True):
            out[f"table4.{row.key}.{column}"] = value
    return out


def _prose(name: str, rng: random.Random) -> str:
    parts: list[str] = []
    length = 0
    while length < PROSE // 4:
        text = rng.choice(SENTENCES).format(
            n=name, a=rng.randrange(3000), b=rng.randrange(120), c=rng.randrange(9), d=rng.choice("增减")
        )
        parts.append(text)
        length += len(text)
    return "".join(parts)


def _reports(count: int) -> Iterator[tuple[Area, int, tuple[str, str, str]]]:
    counties = [a for a in load_divisions() if a.level == "county" and a.kind != "zone" and not a.valid_to]
    return islice(((a, year, organ) for organ, year, a in product(ORGANS, YEARS, counties)), count)


class Rows:
    """Collects rows for each table and writes them in bulk."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._rows: dict[tuple[str, tuple[str, ...]], list[tuple[object, ...]]] = {}

    def add(self, table: str, **row: object) -> None:
        """Remember one row."""
        self._rows.setdefault((table, tuple(row)), []).append(tuple(row.values()))

    def write(self) -> None:
        """Write what was collected."""
        for (table, columns), rows in self._rows.items():
            marks = ", ".join("?" * len(columns))
            self._conn.executemany(f"INSERT OR IGNORE INTO {table}({', '.join(columns)}) VALUES ({marks})", rows)
        self._rows.clear()


def _add(rows: Rows, n: int, area: Area, year: int, organ: tuple[str, str, str], rng: random.Random) -> None:
    ending, kind, scope = organ
    names = place_names(area.code, year)
    name = (names["county"] or area.name) + ending
    rid = report_id(ReportKey(area.code, name, year, scope), kind)
    form = load_forms()["2021" if year > 2020 else "2019"]
    host = f"www.c{area.code}.example"
    rows.add(
        "sites", site_id=host, homepage=f"http://{host}/", name=name, area_code=area.code, hosts=json.dumps([host])
    )
    rows.add("reports", report_id=rid, area_code=area.code, **names, organ=name, organ_kind=kind, admin_level="county",
             scope=scope, year=year)  # fmt: skip
    base = _cells(form, random.Random(f"{area.code}{year}"), 4 + int(area.code) % 60)
    late = rng.random() < 0.06
    for ordinal in (1, 2) if rng.random() < 0.02 else (1,):
        values = dict(base)
        if ordinal == 2:
            values["table4.review.total"] += 1
        _edition(rows, f"{rid}@{ordinal}", rid, ordinal, form, values, rng,
                 url=f"http://{host}/zwgk/nb/{year}/{n}.html", site=host,
                 name=f"{name}{year}年政府信息公开工作年度报告",
                 published=f"{year + 1}-{'05' if late else '03'}-{10 + n % 18}")  # fmt: skip


def _edition(rows: Rows, edition: str, rid: str, ordinal: int, form: Form, values: dict[str, float],
             rng: random.Random, *, url: str, site: str, name: str, published: str) -> None:  # fmt: skip
    digest = hashlib.sha256(edition.encode()).hexdigest()
    seen = f"{published[:8]}28T0{ordinal}:00:00Z"
    rows.add("captures", run_id="run", site_id=site, url=url, final_url=url, role="document", fetched_at=seen,
             outcome="ok", http_status=200, media_type="text/html", sha256=digest, size=50_000, via="http",
             record_type="response")  # fmt: skip
    rows.add("documents", sha256=digest, media_type="text/html", size=50_000, stamp="s", is_report=1, result="{}",
             read_at=seen)  # fmt: skip
    rows.add("editions", edition_id=edition, report_id=rid, ordinal=ordinal, sha256=digest, form=form.id, title=name,
             published_on=published, signed_on=published, url=url, first_seen=seen, last_seen=seen)  # fmt: skip
    rows.add("edition_documents", edition_id=edition, sha256=digest, url=url, media_type="text/html", first_seen=seen,
             last_seen=seen)  # fmt: skip
    _cell_rows(rows, edition, form, values, rng)
    for number, title in ((1, "一、总体情况"), (2, "二、主动公开"), (5, "五、存在的主要问题"), (6, "六、其他事项")):
        rows.add("sections", edition_id=edition, number=number, title=title, text=_prose(name[:4], rng))
    for k in range(5):
        rows.add("claims", edition_id=edition, n=k, kind="requests_accepted", value=rng.randrange(60), approx=0,
                 unit="件", sentence="共收到申请若干件。", section=1)  # fmt: skip


def _cell_rows(rows: Rows, edition: str, form: Form, values: dict[str, float], rng: random.Random) -> None:
    failed = rng.random() < 0.3
    for k, field in enumerate(form.fields()):
        status, value, raw = "printed", values[field.key], f"{values[field.key]:g}"
        if rng.random() < 0.01:
            status, value, raw = "blank", None, ""
        place = {"path": f"html > body > div:nth-of-type(4) > table:nth-of-type(1) > tr:nth-of-type({k})",
                 "table": 1, "row": k // 7, "column": k % 7}  # fmt: skip
        rows.add("cells", edition_id=edition, key=field.key, value=value, raw=raw, status=status,
                 place=json.dumps(place))  # fmt: skip
    if failed:
        keys = [f"table3.{r}.total" for r in ("new_requests", "carried_in", "total_handled", "carried_out")]
        rows.add("findings", edition_id=edition, n=0, rule="T3_BALANCE.total", severity="error", verdict="fail",
                 doubt="source", cells=json.dumps(keys), left_value=30, right_value=31,
                 message_zh="总计：新收30加结转0，不等于办理31加结转0",
                 message_en="total: 30 + 0 against 31 + 0")  # fmt: skip


def keep_original(folder: Path) -> None:
    """Archive one page like a report's and let every capture of a report point to it."""
    rng = random.Random(2)
    table = "".join(f"<tr>{''.join(f'<td>{rng.randrange(60)}</td>' for _ in range(7))}</tr>" for _ in range(60))
    prose = "".join(f"<p>{_prose('某县', rng)}</p>" for _ in range(4))
    body = f"<html><body>{prose}<table>{table}</table><table>{table}</table></body></html>".encode()
    url = "http://www.original.example/nb.html"
    with open_store(folder, vantage="benchmark") as store:
        store.add_resource(
            Capture(run_id="run", url=url, final_url=url, role="document", fetched_at="2026-01-01T00:00:00Z",
                    outcome=Outcome.OK, http_status=200, media_type="text/html", via="http"), body)  # fmt: skip
    with closing(workdb.open(folder)) as conn:
        conn.execute(
            "UPDATE captures SET (warc_file, warc_offset, warc_length) = (SELECT warc_file, warc_offset, warc_length"
            " FROM captures WHERE url = ?) WHERE url <> ?", [url, url],
        )  # fmt: skip


def make(folder: Path, count: int) -> None:
    """Write work.db of an empty folder."""
    with closing(workdb.open(folder, create=True)) as conn:
        conn.execute("PRAGMA synchronous = OFF")
        conn.execute(
            "INSERT INTO runs VALUES ('run', 'crawl', '2026-01-01T00:00:00Z', NULL, 'finished', '{}', NULL, '{}')"
        )
        rows, rng = Rows(conn), random.Random(1)
        for n, (area, year, organ) in enumerate(_reports(count)):
            _add(rows, n, area, year, organ, rng)
            if n % CHUNK == CHUNK - 1 or n == count - 1:
                conn.execute("BEGIN")
                rows.write()
                conn.execute("COMMIT")
    keep_original(folder)


def main() -> None:
    """Command line: make the archive and say how long each step took and what it weighs."""
    parser = argparse.ArgumentParser(description="Generate an archive to measure the site with.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reports", type=int, default=20_000)
    args = parser.parse_args()
    start = time.monotonic()
    if not (args.folder / workdb.WORK_DB).exists():
        make(args.folder, args.reports)
        print(f"work.db: {time.monotonic() - start:.0f} s, {(args.folder / workdb.WORK_DB).stat().st_size >> 20} MiB")
    start = time.monotonic()
    done = build.build(args.folder, lambda step, n, of: print(f"{time.monotonic() - start:6.0f} s  {n}/{of} {step}"))
    print(f"public.db: {time.monotonic() - start:.0f} s, {done.size >> 20} MiB; {done.as_dict()}")


if __name__ == "__main__":
    main()
