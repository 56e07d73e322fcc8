"""Site records: what is accepted, how a mistake is named, and what is checked over the whole fleet."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from crawler.fleet import check_fleet
from crawler.site_records import SiteError, SiteRecord, find_target, load_records
from crawler.site_tool import main

GOOD = '- code: "990001"\n  name: 清禾县\n  homepage: http://www.qinghe.example/\n  hosts: [xxgk.qinghe.example]\n'


def test_a_record_and_the_ways_to_name_it(tmp_path):
    (tmp_path / "990001.yml").write_text(GOOD, encoding="utf-8")
    records = load_records(tmp_path)
    record = records["990001"]
    assert record.hosts == ("www.qinghe.example", "qinghe.example", "xxgk.qinghe.example")
    assert find_target("990001", records) is record
    assert find_target("xxgk.qinghe.example", records) is record
    assert find_target("http://www.qinghe.example/index.html", records) is record
    other = find_target("www.anlan.example", records)
    assert (other.site_id, other.homepage) == ("www.anlan.example", "http://www.anlan.example/")


@pytest.mark.parametrize(("text", "sentence"), [
    ("- code: 990001\n  homepage: http://a.example/", "six digits in quotes"),
    ('- code: "990001"\n  homepage: nowhere', "is no web address"),
    ('- code: "990001"\n  homepage: http://127.0.0.1/', "private address"),
    (GOOD + "  selector: .list", "unknown field 'selector'"),
    (GOOD + "  browser: maybe", "must be one of"),
    (GOOD + "  quirks: slow", "must be a list"),
    ("[1, 2", "cannot be read as YAML"),
    ("just text", "field: value"),
    ('code: "990001"', "a list of records"),
    (GOOD + GOOD, "used by another record"),
])  # fmt: skip
def test_mistakes_are_named_with_their_file(tmp_path, text, sentence):
    (tmp_path / "x.yml").write_text(text, encoding="utf-8")
    with pytest.raises(SiteError, match=sentence) as caught:
        load_records(tmp_path)
    assert "x.yml" in str(caught.value)


def test_the_records_that_come_with_the_program_are_good():
    records = load_records()
    assert len(records) == 242
    assert list(check_fleet(records, ".gov.cn")) == []
    assert {"141127", "141102", "141025", "140825", "640423"} <= records.keys()


@pytest.mark.parametrize(("record", "sentence"), [
    (SiteRecord("990001", "http://www.qinghe.gov.example/", (), "990001"), "no division with the code 990001"),
    (SiteRecord("141127", "http://www.qinghe.gov.example/", (), "141127", "古县"), "is called 岚县, not 古县"),
    (SiteRecord("141127", "http://www.qinghe.example/", (), "141127"), "is not under .gov.example"),
    (SiteRecord("141127", "http://www.qinghe.gov.example/", (), "141127", platform="trs"), "what it rests on"),
])  # fmt: skip
def test_the_fleet_is_checked_offline(record, sentence):
    (told,) = check_fleet({record.site_id: record}, ".gov.example")
    assert sentence in told


def test_one_homepage_has_one_record():
    pair = {c: SiteRecord(c, f"http://{w}qinghe.gov.example/", (), c) for c, w in (("141127", "www."), ("141025", ""))}
    assert "is that of 141127 too" in next(iter(check_fleet(pair, ".gov.example")))


@pytest.fixture
def tool(capsys):
    """The command in this process: its exit code and what it said on stderr."""

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        return SimpleNamespace(exit_code=ended.value.code or 0, stderr=capsys.readouterr().err)

    return run


def test_a_record_is_written_where_the_next_crawl_reads_it(tmp_path, tool):
    archive = ("--archive", str(tmp_path))
    done = tool("new", *archive, "--column", "http://www.qinghe.gov.example/nb/", "141121", "www.qinghe.gov.example")
    assert done.exit_code == 0, done.stderr
    (record,) = load_records(tmp_path / "sites").values()
    assert (record.name, record.column) == ("文水县", "http://www.qinghe.gov.example/nb/")
    again = tool("new", *archive, "141121", "www.qinghe.gov.example")
    assert again.exit_code == 2
    assert again.stderr.startswith("Error: There is a record for 141121 already")
    assert tool("new", *archive, "990001", "www.qinghe.gov.example").exit_code == 2
    checked = tool("check", *archive)
    assert checked.exit_code == 1
    assert checked.stderr.splitlines()[0] == "141121: www.qinghe.gov.example is not under .gov.cn."


def test_a_probe_says_what_answers_and_where_the_column_is(replica):
    command = [sys.executable, "-m", "crawler.site_tool", "probe", "--official-suffix", ".example", "--proxy",
               replica().address, "--delay", "0", "--json", "www.qinghe.example"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["outcome"], found["platform"]) == ("ok", "trs")
    assert found["columns"][0] == {"url": "http://www.qinghe.example/zwgk/zfxxgk/nb/", "called": "政府信息公开年报"}
