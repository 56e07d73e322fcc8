"""The command line as a stranger meets it: what works, and one plain sentence for what does not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

REPORT = (
    "清河县2023年政府信息公开工作年度报告\n\n本报告统计期限为2023年1月1日至12月31日。\n\n一、总体情况\n\n"
    "全年共受理政府信息公开申请3件。\n\n二、主动公开政府信息情况\n\n第二十条第（五）项\n"
    "信息内容\t本年处理决定数量\n行政许可\t12\n行政处罚\t7\n行政强制\t0\n\n五、存在的主要问题及改进情况\n\n继续改进。\n\n"
    "六、其他需要报告的事项\n\n无。\n"
)


@pytest.fixture
def nianbao(tmp_path):
    def run(*args, **env):
        return subprocess.run(
            [sys.executable, "-m", "archive.cli", *map(str, args)], capture_output=True, text=True, timeout=120,
            cwd=tmp_path, env={**os.environ, **env}, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip

    return run


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text(REPORT, "utf-8")
    return path


def one_sentence(done):
    """The only line on stderr, and no traceback."""
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("Error")]
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_read_prints_the_promised_object(nianbao, report):
    done = nianbao("read", report, "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["is_report"], result["year"], result["organ"]) == (True, 2023, "清河县人民政府")
    cell = result["cells"]["table2.administrative_licensing.decisions"]
    assert (cell["value"], cell["raw"], cell["status"]) == (12, "12", "printed")


def test_read_names_the_other_report_of_a_file(nianbao):
    done = nianbao("read", Path(__file__).resolve().parents[1] / "golden/cases/html-two-forms.html", "--json")
    assert "2020" in done.stderr
    assert json.loads(done.stdout)["year"] == 2023


def test_read_prints_a_summary_for_people(nianbao, report):
    done = nianbao("read", report)
    assert done.returncode == 0
    assert "清河县2023年政府信息公开工作年度报告" in done.stdout


@pytest.mark.parametrize(
    ("name", "content", "code", "says"),
    [
        ("missing.txt", None, 2, "There is no file"),
        ("empty.txt", b"", 2, "is empty"),
        ("binary.bin", zlib.compress(bytes(range(256)) * 99), 2, "is no annual report"),
        ("damaged.pdf", b"%PDF-1.7\nnothing more", 2, "is no annual report"),
        ("other.txt", "清河县2023年政府工作报告\n\n各位代表：现在我作报告。".encode(), 1, "is no annual report"),
    ],
)
def test_bad_files_get_one_sentence(nianbao, tmp_path, name, content, code, says):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    for command in (("read", name), ("read", name, "--json"), ("add", name, "--archive", "archive")):
        done = nianbao(*command)
        # `add` takes many files: one that cannot be read is named and left out, and none left is the failure.
        assert done.returncode == (1 if command[0] == "add" and content is not None else code), done.stderr
        sentence = one_sentence(done)
        assert says in sentence or command[0] == "add"
    assert not (tmp_path / "archive").exists()  # nothing half-written


def test_no_report_is_also_said_in_json(nianbao, tmp_path):
    (tmp_path / "other.txt").write_text("清河县2023年政府工作报告\n\n各位代表：现在我作报告。", "utf-8")
    result = json.loads(nianbao("read", "other.txt", "--json").stdout)
    assert result["is_report"] is False
    assert result["reason"]


def test_a_folder_without_reports(nianbao, tmp_path):
    (tmp_path / "papers").mkdir()
    assert "There is no file in" in one_sentence(done := nianbao("add", "papers"))
    assert done.returncode == 2
    (tmp_path / "papers" / "a.txt").write_text("便条。", "utf-8")
    assert "None of the 1 file(s)" in one_sentence(done := nianbao("add", "papers"))
    assert done.returncode == 1
    assert not (tmp_path / "archive-data").exists()


def test_add_then_reports_build(nianbao, report, tmp_path):
    assert nianbao("add", report, "--url", "http://www.qinghe.example/nb/1.html").returncode == 0
    listed = json.loads(nianbao("reports", "--json", "--cells").stdout)
    assert [(r["organ"], r["year"], r["form"], r["url"]) for r in listed] == [
        ("清河县人民政府", 2023, "2021", "http://www.qinghe.example/nb/1.html")
    ]
    assert listed[0]["cells"]["table2.administrative_penalty.decisions"]["value"] == 7
    assert isinstance(listed[0]["cells"]["table2.administrative_penalty.decisions"]["value"], int)
    assert len(listed[0]["cells"]) == 200
    again = nianbao("add", report)
    assert again.returncode == 0
    assert len(json.loads(nianbao("reports", "--json").stdout)) == 1
    built = nianbao("build")
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "archive-data" / "public.db").is_file()
    runs = json.loads(nianbao("status", "--json").stdout)["runs"]
    assert [(r["kind"], r["state"]) for r in runs] == [("add", "finished")] * 2


def test_coverage_says_where_a_report_was_found(nianbao, report):
    nianbao("add", report, "--url", "http://www.qinghe.example/nb/1.html")
    assert "run `nianbao build` first" in one_sentence(nianbao("coverage"))
    nianbao("build")
    table = nianbao("coverage", "--area", "1305").stdout.splitlines()
    assert table[0].split() == ["year", "found", "not_tried"]
    (county,) = json.loads(nianbao("coverage", "--state", "found", "--json").stdout)
    assert (county["area_code"], county["county"], county["year"]) == ("130534", "清河县", 2023)
    assert nianbao("coverage", "--year", "2023", "--state", "found").stdout.startswith("130534\t2023\t")
    done = nianbao("coverage", "--area", "河北")
    assert done.returncode == 2
    assert "division code" in one_sentence(done)


def test_a_capture_becomes_a_golden_case(nianbao, report, tmp_path):
    address = "http://www.qinghe.example/nb/1.html"
    nianbao("add", report, "--url", address)
    done = nianbao("fixture", "save", address, "--name", "qinghe", "--out", "cases")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "cases" / "qinghe.txt").read_text("utf-8") == REPORT
    case = json.loads((tmp_path / "cases" / "qinghe.json").read_text("utf-8"))
    assert case["url"] == address
    assert case["result"]["cells"]["table2.administrative_licensing.decisions"]["value"] == 12
    again = nianbao("fixture", "save", address, "--name", "qinghe", "--out", "cases")
    assert "cannot be written" in one_sentence(again)
    assert "No capture of" in one_sentence(nianbao("fixture", "save", "http://x.example/", "--name", "x"))
    assert nianbao("fixture", "save", address, "--name", "../x").returncode == 2


@pytest.mark.parametrize("command", ["reports", "ingest", "build", "serve", "status", "coverage"])
def test_without_an_archive(nianbao, tmp_path, command):
    done = nianbao(command, "--archive", "nowhere")
    assert done.returncode == 1
    assert "nowhere" in one_sentence(done)
    assert not (tmp_path / "nowhere").exists()


def test_an_archive_that_cannot_be_written(nianbao, report, tmp_path):
    (tmp_path / "file").write_text("x", "utf-8")
    done = nianbao("add", report, "--archive", "file")
    assert done.returncode == 1
    one_sentence(done)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("x", "utf-8")
    done = nianbao("add", report, "--archive", "other")
    assert done.returncode == 1
    assert "no nianbao archive" in one_sentence(done)
    assert [p.name for p in (tmp_path / "other").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("crawl", "not a url"), "not a url"),
        (("crawl", "http://www.qinghe.example/", "--years", "soon"), "--years"),
        (("crawl", "http://www.qinghe.example/", "--proxy", "::::"), "--proxy"),
        (("run", "not a url"), "not a url"),
    ],
)
def test_bad_crawl_input(nianbao, tmp_path, args, says):
    done = nianbao(*args)
    assert done.returncode == 2
    assert says in one_sentence(done)
    assert not (tmp_path / "archive-data").exists()


def test_the_archive_folder_may_come_from_the_environment(nianbao, report, tmp_path):
    assert nianbao("add", report, NIANBAO_ARCHIVE=str(tmp_path / "mine")).returncode == 0
    assert (tmp_path / "mine" / "work.db").is_file()
