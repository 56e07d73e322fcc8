"""`nianbao ingest --all` over many captures: documents a second, and memory of the writing process as it goes.

Usage: python benchmarks/ingest.py [--captures 10000] [--workers 2]

Made-up reports of townships, a year each; every tenth is there a second time, corrected. A second ingest with nothing
new shows what being up to date costs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from archive.ledger import Capture
from archive.outcomes import Outcome
from archive.store import open_store

ROW = "<tr><td>{}</td><td>{}</td></tr>"
PAGE = (
    '<html><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>'
    "<h2>一、总体情况</h2><p>{organ}{year}年共受理政府信息公开申请{n}件，均已办结。</p>"
    "<h2>二、主动公开政府信息情况</h2><table><tr><td>第二十条第（五）项</td></tr>"
    "<tr><td>信息内容</td><td>本年处理决定数量</td></tr><tr><td>行政许可</td><td>{n}</td></tr>"
    "<tr><td>第二十条第（六）项</td></tr><tr><td>信息内容</td><td>本年处理决定数量</td></tr>"
    "<tr><td>行政处罚</td><td>{m}</td></tr><tr><td>行政强制</td><td>0</td></tr></table>"
    "<h2>五、存在的主要问题及改进情况</h2><p>继续改进。</p><h2>六、其他需要报告的事项</h2><p>无。</p></body></html>"
)
NAMES = "东西南北上下前后大小"


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
            body = PAGE.format(title=title, organ=organ, year=year, n=one % 97 + corrected, m=one % 13).encode()
            url = f"http://www.lan.example/{one}.html"
            at = f"20{26 + corrected}-01-01T00:00:00Z"
            store.add_resource(Capture(run, url, url, "document", at, Outcome.OK, "http", site_id="lan",
                                       media_type="text/html"), body)  # fmt: skip
        store.ledger.finish_run(run, "finished", {})


def resident(pid: int) -> int:
    """Memory of a process in MB."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS")), 0)


def ingest(folder: Path, workers: int, *arguments: str) -> tuple[float, list[int], str]:
    """Run the command; gives seconds, memory of its process over time, and what it said."""
    command = [sys.executable, "-m", "archive.cli", "ingest", "--archive", str(folder), "--workers", str(workers)]
    began, memory = time.monotonic(), []
    with subprocess.Popen([*command, *arguments], stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            memory.append(resident(process.pid))
            time.sleep(0.5)
        said = process.stderr.read().strip() if process.stderr else ""
    return time.monotonic() - began, memory, said


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captures", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "archive"
        began = time.monotonic()
        fill(folder, given.captures)
        print(f"{given.captures} captures written in {time.monotonic() - began:.0f} s", flush=True)
        for what, arguments in (("first", ()), ("nothing new", ()), ("--all", ("--all",))):
            seconds, memory, said = ingest(folder, given.workers, *arguments)
            quarter = [memory[len(memory) * q // 4] for q in range(1, 4)] if len(memory) > 4 else memory
            rate = given.captures / seconds
            print(f"{what}: {seconds:.0f} s ({rate:.0f} captures/s); memory after 1/4, 1/2, 3/4 {quarter} MB, most "
                  f"{max(memory, default=0)} MB; {said.splitlines()[-1] if said else ''}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
