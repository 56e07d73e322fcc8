"""`nianbao ingest` over many captures: CPU, and memory of the writing process and of the readers as it goes.

Usage: python benchmarks/ingest.py [--captures 10000] [--workers 2]

Made-up reports of townships, a year each: of twenty, seventeen HTML pages, a Word document, a PDF and a sheet; every
tenth is there a second time, corrected. The first ingest runs to its end; one with nothing new shows what being up to
date costs; `--all` reads everything again, is ended by SIGINT at a third and by SIGKILL at two thirds, and gone on
with. What it leaves must be what the first one left, row for row.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import docx
import openpyxl
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate
from reportlab.platypus import Table as PdfTable

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from archive.capture import Capture
from archive.outcomes import Outcome
from archive.store import open_store

PARTS = (
    ("{title}", ()),
    ("一、总体情况", ("{organ}{year}年共受理政府信息公开申请{n}件，均已办结。",)),
    ("二、主动公开政府信息情况", ()),
    ("五、存在的主要问题及改进情况", ("继续改进。",)),
    ("六、其他需要报告的事项", ("无。",)),
)
TABLE = (
    ("第二十条第（五）项",), ("信息内容", "本年处理决定数量"), ("行政许可", "{n}"),
    ("第二十条第（六）项",), ("信息内容", "本年处理决定数量"), ("行政处罚", "{m}"), ("行政强制", "0"),
)  # fmt: skip
WITH_TABLE = 2  # which part holds the table
TIMES = {("documents", "read_at"), ("documents", "row_sha256")}  # columns that tell when
NAMES = "东西南北上下前后大小"


def filled(given: dict[str, object]) -> tuple[list[tuple[str, list[str]]], list[list[str]]]:
    """Headings with their paragraphs, and the lines of the table, of one report."""
    parts = [(head.format(**given), [p.format(**given) for p in texts]) for head, texts in PARTS]
    return parts, [[cell.format(**given) for cell in line] for line in TABLE]


def html(given: dict[str, object]) -> bytes:
    """The report as a page."""
    parts, table = filled(given)
    body = ""
    for n, (head, texts) in enumerate(parts):
        body += f"<h{min(n, 1) + 1}>{head}</h{min(n, 1) + 1}>" + "".join(f"<p>{p}</p>" for p in texts)
        if n == WITH_TABLE:
            lines = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in line) + "</tr>" for line in table)
            body += f"<table>{lines}</table>"
    return f'<html><head><meta charset="utf-8"><title>{parts[0][0]}</title></head><body>{body}</body></html>'.encode()


def word(given: dict[str, object]) -> bytes:
    """The report as a Word document."""
    made = docx.Document()
    parts, table = filled(given)
    for n, (head, texts) in enumerate(parts):
        for text in (head, *texts):
            made.add_paragraph(text)
        if n == WITH_TABLE:
            grid = made.add_table(len(table), 2)
            for row, line in zip(grid.rows, table, strict=True):
                for cell, text in zip(row.cells, line, strict=False):
                    cell.text = text
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def pdf(given: dict[str, object]) -> bytes:
    """The report as a PDF with ruled tables."""
    style = ParagraphStyle("text", fontName="STSong-Light", fontSize=11, leading=18)
    parts, table = filled(given)
    flow: list[Flowable] = []
    for n, (head, texts) in enumerate(parts):
        flow += [Paragraph(text, style) for text in (head, *texts)]
        if n == WITH_TABLE:
            look = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONT", (0, 0), (-1, -1), "STSong-Light", 10)]
            flow.append(PdfTable([[*line, ""][:2] for line in table], style=look))
    out = io.BytesIO()
    SimpleDocTemplate(out).build(flow)
    return out.getvalue()


def sheet(given: dict[str, object]) -> bytes:
    """The report as a sheet."""
    book = openpyxl.Workbook()
    page = book.active
    parts, table = filled(given)
    for n, (head, texts) in enumerate(parts):
        for text in (head, *texts):
            page.append([text])
        if n == WITH_TABLE:
            for line in table:
                page.append([int(c) if c.isdigit() else c for c in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = {
    5: (word, f"{OFFICE}wordprocessingml.document"), 11: (pdf, "application/pdf"),
    17: (sheet, f"{OFFICE}spreadsheetml.sheet"),
}  # fmt: skip


def fill(folder: Path, captures: int) -> None:
    """Put captures into an archive."""
    with open_store(folder, vantage="bench") as store:
        run = store.ledger.start_run("crawl", {}, "bench")
        store.ledger.upsert_site("lan", "http://www.lan.example/", ["www.lan.example"], "岚县", "141127")
        for i in range(captures):
            corrected = i % 10 == 9
            one = i - 1 if corrected else i
            organ = "岚县" + "".join(NAMES[int(d)] for d in f"{one // 6:04}") + "镇人民政府"
            year = 2018 + one % 6 + 2
            title = f"{organ}{year}年政府信息公开工作年度报告"
            make, media_type = KINDS.get(one % 20, (html, "text/html"))
            body = make({"title": title, "organ": organ, "year": year, "n": one % 97 + corrected, "m": one % 13})
            url = f"http://www.lan.example/{one}.html"
            at = f"20{26 + corrected}-01-01T00:00:00Z"
            store.add_resource(Capture(run, url, url, "document", at, Outcome.OK, "http", site_id="lan",
                                       media_type=media_type), body)  # fmt: skip
        store.ledger.finish_run(run, "finished", {})


def resident(pid: int) -> int:
    """Memory of a process in MB."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS")), 0)


@dataclass(frozen=True, slots=True)
class Done:
    """One run of the command: exit code, seconds of CPU (readers included), last words.

    ``writer`` and ``readers`` are megabytes over time: of the writing process, and of the largest reading process.
    """

    code: int
    cpu: float
    writer: list[int]
    readers: list[int]
    said: str

    def __str__(self) -> str:
        memory = "; ".join(
            f"{name} {[mb[len(mb) * q // 4] for q in range(1, 4)]} MB, most {max(mb)} MB"
            for name, mb in (("writer", self.writer), ("largest reader", self.readers)) if mb
        )  # fmt: skip
        return f"code {self.code}, {self.cpu:.0f} s of CPU; after 1/4, 1/2, 3/4: {memory}; {self.said}"


def to_read_again(folder: Path) -> int:
    """How many documents an ``--all`` has still to read."""
    with closing(sqlite3.connect(f"{(folder / 'work.db').as_uri()}?mode=ro", uri=True)) as conn:
        return int(conn.execute("SELECT count(*) FROM rereading").fetchone()[0])


def made(folder: Path) -> dict[str, tuple[int, str]]:
    """Of every table of the work database how many rows it has and their digest; times of reading are left out."""
    with closing(sqlite3.connect(f"{(folder / 'work.db').as_uri()}?mode=ro", uri=True)) as conn:
        out = {}
        for (table,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1").fetchall():
            names = [row[1] for row in conn.execute(f"PRAGMA table_info({table})")]
            told = ", ".join(n for n in names if (table, n) not in TIMES)
            digest, n = hashlib.sha256(), 0
            for row in conn.execute(f"SELECT {told} FROM {table} ORDER BY {told}"):
                digest.update(repr(tuple(row)).encode())
                n += 1
            out[table] = n, digest.hexdigest()
    return out


def cpu_of_session(session: int) -> dict[int, float]:
    """Seconds of CPU of every living process of a session, by its number."""
    out = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            out[int(path.parent.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return out


def ingest(folder: Path, workers: int, *arguments: str, end: tuple[signal.Signals, int] | None = None) -> Done:
    """Run the command to its end, or end it by a signal once no more than so many documents are to be read again."""
    command = [sys.executable, "-m", "archive.cli", "ingest", "--archive", str(folder), "--workers", str(workers)]
    done, cpu = Done(0, 0, [], [], ""), {}
    with tempfile.TemporaryFile("w+") as words:
        with subprocess.Popen([*command, *arguments], stderr=words, start_new_session=True) as process:
            while process.poll() is None:
                now = cpu_of_session(process.pid)
                cpu |= now
                done.writer.append(resident(process.pid))
                done.readers.append(max((resident(pid) for pid in now if pid != process.pid), default=0))
                time.sleep(0.5)
                if end and 0 < to_read_again(folder) <= end[1]:
                    process.send_signal(end[0])
                    end = None
        words.seek(0)
        said = words.read().strip().splitlines()
    return replace(done, code=process.returncode, cpu=sum(cpu.values()), said=said[-1] if said else "")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captures", type=int, default=10_000)
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    n = given.captures
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "archive"
        fill(folder, n)
        print(f"{n} captures written", flush=True)
        print(f"first: {ingest(folder, given.workers)}", flush=True)
        first = made(folder)
        print(f"nothing new: {ingest(folder, given.workers)}", flush=True)
        for what, end in (
            ("--all, SIGINT at a third", (signal.SIGINT, 2 * n // 3)),
            ("--all gone on with, SIGKILL at two thirds", (signal.SIGKILL, n // 3)), ("--all gone on with", None),
        ):  # fmt: skip
            print(f"{what}: {ingest(folder, given.workers, '--all', end=end)}", flush=True)
        again = made(folder)
        other = [table for table in first if first[table] != again[table]]
        print(f"cells {first['cells'][0]}, reports {first['reports'][0]}; tables that differ: {other or 'none'}")
    sys.exit(bool(other))


if __name__ == "__main__":
    main()
