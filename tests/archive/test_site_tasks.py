"""What people come for, in a real browser, within the clicks that it may take; wide and narrow.

A task begins on the front page; a click, or a search sent off, counts one. What each took is kept in
``screenshots/tasks.md`` beside the pictures.
"""

from __future__ import annotations

import csv
import hashlib
import io
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from sitekit.browser import Visitor, shoot, visit

from archive.package import write_package

pytestmark = pytest.mark.browser
REPORT = "/report/991101-2023-government-aa"
BAD = "/report/991101-2022-government-aa"
NEW = "table3.new_requests.total"
BOM = "\ufeff"


@pytest.fixture(scope="module")
def took(repo_dir: Path) -> Iterator[list[str]]:
    """One line a task and size of window."""
    lines = ["| task | window | clicks | at most | seconds |", "| --- | --- | ---: | ---: | ---: |"]
    yield lines
    (repo_dir / "screenshots").mkdir(exist_ok=True)
    (repo_dir / "screenshots" / "tasks.md").write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture
def task(page: Any, took: list[str]) -> Any:
    """``with task("name", clicks) as visitor``: on the front page, done within so many clicks."""

    @contextmanager
    def begin(name: str, most: int) -> Iterator[Visitor]:
        page.goto("/")
        visitor, start = Visitor(page), time.monotonic()
        yield visitor
        size = "phone" if page.viewport_size["width"] < 500 else "desktop"
        took.append(f"| {name} | {size} | {visitor.clicks} | {most} | {time.monotonic() - start:.1f} |")
        assert visitor.clicks <= most

    return begin


@pytest.fixture
def public(published: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(published / "public.db")) as conn:
        yield conn


def _download(page: Any, visitor: Visitor, link: Any) -> str:
    with page.expect_download() as waiting:
        visitor.click(link)
    return Path(waiting.value.path()).read_bytes().decode("utf-8")


def test_1_the_reports_of_a_county_by_two_characters(page: Any, task: Any) -> None:
    with task("1 all reports of a county by a two-character name", 3) as visitor:
        visitor.find("临河")
        visitor.click(page.locator(".places a", has_text="临河县").first)
        assert page.locator("h1").inner_text().startswith("临河县")
        assert page.locator(".organs a", has_text="2020").count() == 1


def test_2_a_shared_name_offers_all_its_places(page: Any, task: Any) -> None:
    with task("2 a shared name offers its places", 2) as visitor:
        visitor.find("鼓楼区")
        places = page.locator(".places li", has_text="鼓楼区")
        assert places.count() >= 4
        assert len({places.nth(n).locator("span").inner_text() for n in range(4)}) == 4
        visitor.click(places.first.locator("a"))
        assert page.locator("h1").inner_text().startswith("鼓楼区")


def test_3_what_a_report_covers_is_seen_without_scrolling(page: Any, task: Any) -> None:
    with task("3 what a report covers", 2) as visitor:
        visitor.find("临河")
        visitor.click(page.get_by_role("link", name="临河县人民政府办公室").first)
        badge = page.locator(".badge").first
        box = badge.bounding_box()
        assert box["y"] + box["height"] < page.viewport_size["height"]
        assert badge.inner_text() == "政府及办公室"


def test_4_a_number_shows_its_spot_and_its_address_reopens_it(page: Any, task: Any, repo_dir: Path) -> None:
    with task("4 the very spot of a number", 3) as visitor:
        visitor.find("清河县")
        visitor.click(page.get_by_role("link", name="清河县人民政府").first)
        if "/report/" not in page.url:
            visitor.click(page.locator(".organs a", has_text="2023").first)
        page.goto(REPORT)
        visitor.click(page.locator(f'[id="{NEW}"]'))
        panel = page.locator("#panel")
        panel.locator("td.here").wait_for()
        assert panel.locator("td.here").count() == 1
        assert "SHA-256" in panel.inner_text()
        assert page.url.endswith(f"#{NEW}")
        shoot(page, repo_dir, "report-spot", full=False)
    page.goto("about:blank")
    page.goto(f"{REPORT}#{NEW}")
    page.locator("#panel td.here").wait_for()
    sync_api = pytest.importorskip("playwright.sync_api")
    sync_api.expect(page.locator(f'[id="{NEW}"]')).to_be_in_viewport()  # scrolling is smooth
    page.keyboard.press("Escape")
    assert panel.is_hidden()
    assert page.evaluate("document.activeElement.id") == NEW


def test_5_five_counties_in_one_table_and_chart_taken_home(page: Any, task: Any, repo_dir: Path) -> None:
    with task("5 five counties compared and downloaded", 7) as visitor:
        visitor.click(page.get_by_role("link", name="比较几个县"))
        for name in ("临河县", "lanxian", "古县", "新绛县", "隆德县"):
            page.locator("input[name=add]").fill(name)
            page.locator("input[name=add]").press("Enter")
            page.locator(".chip", has_text=name if not name.isascii() else "岚县").wait_for()
            visitor.clicks += 1
        assert page.locator(".chip").count() == 5
        assert page.locator("svg.chart").count() == 1
        text = _download(page, visitor, page.get_by_role("link", name="下载 CSV"))
        assert text.startswith(BOM)
        assert {row["county"] for row in csv.DictReader(io.StringIO(text[1:]))} == {
            "临河县", "岚县", "古县", "新绛县", "隆德县"}  # fmt: skip
    shared = page.url
    page.goto("about:blank")
    page.goto(shared)
    assert page.locator(".chip").count() == 5
    shoot(page, repo_dir, "compare-five")


def test_6_who_is_missing_with_reasons_equals_the_database(page: Any, task: Any, public: sqlite3.Connection) -> None:
    year = public.execute("SELECT max(year) FROM coverage WHERE state <> 'not_due'").fetchone()[0]
    with task("6 late and missing of a province, downloaded", 3) as visitor:
        visitor.click(page.locator(".masthead").get_by_role("link", name="逾期与缺失"))
        page.locator("select[name=year]").select_option(str(year))
        page.locator("select[name=province]").select_option("山西省")
        visitor.click(page.get_by_role("button", name="查看"))
        page.locator("td .state").first.wait_for()
        text = _download(page, visitor, page.get_by_role("link", name="下载 CSV"))
    there = public.execute(
        "SELECT count(*) FROM coverage AS c JOIN divisions AS d ON d.area_code = c.area_code"
        " WHERE c.year = ? AND d.province = '山西省' AND c.state <> 'found'", [year]).fetchone()[0]  # fmt: skip
    found = list(csv.DictReader(io.StringIO(text[1:])))
    assert len(found) == there > 0
    assert all(row["reason"] for row in found if row["state"] != "late")


def test_7_contradictions_lead_to_the_cells(page: Any, task: Any) -> None:
    with task("7 reports that contradict themselves, to the cells", 3) as visitor:
        visitor.click(page.locator(".masthead").get_by_role("link", name="对不上的数"))
        visitor.click(page.locator(".cards a", has_text="看第 1 个数").first)
        page.locator("#panel .verdict-fail").first.wait_for()


@pytest.mark.parametrize("words", ["征地", "行政 征地", "征"])
def test_8_hits_equal_a_plain_count_and_show_the_sentence(
    page: Any, task: Any, public: sqlite3.Connection, words: str
) -> None:
    with task(f"8 reports that mention {words}", 1) as visitor:
        visitor.find(words)
        wanted = [f"instr(coalesce(title, '') || text, '{word}')" for word in words.split()]
        there = public.execute(f"SELECT count(*) FROM sections WHERE {' AND '.join(wanted)}").fetchone()[0]
        assert page.locator(".passages > li").count() == there
        for n in range(there):
            assert page.locator(".passages > li").nth(n).locator("mark").first.inner_text() in words.split()


def test_9_a_filtered_list_is_shared_by_its_address(page: Any, task: Any, browser: Any, site: str) -> None:
    with task("9 share a filtered list", 2) as visitor:
        visitor.click(page.locator(".masthead").get_by_role("link", name="对不上的数"))
        page.locator("select[name=year]").select_option("2022")
        visitor.click(page.get_by_role("button", name="查看"))
    shown = page.locator(".cards").inner_text()
    with visit(browser, site, "desktop") as other:
        other.goto(page.url)
        assert "".join(other.locator(".cards").inner_text().split()) == "".join(shown.split())
        other.goto("/public/sections?_search=征地")
        assert other.locator("#_search").input_value() == "征地"


def test_10_a_citation_of_one_number_is_copied_whole(page: Any, task: Any, site: str) -> None:
    with task("10 copy the citation of a number", 4) as visitor:
        visitor.find("清河县2023")
        visitor.click(page.get_by_role("link", name="清河县人民政府").first)
        visitor.click(page.locator(f'[id="{NEW}"]'))
        visitor.click(page.locator("#panel button[data-copy]"))
        page.locator("#panel button", has_text="已复制").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    for part in ("清河县人民政府", "2023年度", "30件", "http://www.qinghe.example/nb/2.html", "2026-10-01 存档",
                 "SHA-256 ", f"{site}/cell/{REPORT[8:]}@2/{NEW}", "发布"):  # fmt: skip
        assert part in text, part


def test_11_the_original_and_the_archived_copy(page: Any, task: Any) -> None:
    page.goto(REPORT)
    original = page.locator(".facts .url a").first
    assert original.get_attribute("href") == "http://www.qinghe.example/nb/2.html"
    with task("11 from a report to its archived copy", 4) as visitor:
        visitor.find("清河县2023")
        visitor.click(page.get_by_role("link", name="清河县人民政府").first)
        visitor.click(page.locator("#sources a", has_text="存档").first)
        page.context.set_offline(False)
        with page.expect_download() as waiting:
            visitor.click(page.get_by_role("link", name="下载存档原件"))
    assert waiting.value.suggested_filename == "capture-1.html"
    assert "第0行0" in Path(waiting.value.path()).read_text("utf-8")


def test_12_the_definition_of_a_number_is_two_clicks_away(page: Any, task: Any) -> None:
    with task("12 definition and unit, from a cell", 2) as visitor:
        page.goto(REPORT)
        visitor.click(page.locator('[id="table2.administrative_fees.amount_wan_yuan"]'))
        visitor.click(page.locator("#panel dd a[href*='/codebook/']"))
        assert "行政事业性收费" in page.locator("h1").inner_text()
        assert "万元" in page.locator(".facts").inner_text()


def test_13_zero_is_told_from_blank(page: Any, task: Any) -> None:
    with task("13 zero told from blank and missing", 2) as visitor:
        visitor.find("清河县2023")
        visitor.click(page.get_by_role("link", name="清河县人民政府").first)
        absent, blank = page.locator("td.v.s-absent").first, page.locator("td.v.s-blank").first
        assert "原文缺失" in absent.inner_text()
        assert "0" not in absent.inner_text() + blank.inner_text()
        assert "空白不是零" in page.locator(".legend").inner_text()


def test_14_a_feed_tells_what_is_new(page: Any, task: Any, site: str) -> None:
    with task("14 subscribe to what is new", 2) as visitor:
        visitor.click(page.locator(".masthead").get_by_role("link", name="数据", exact=True))
        link = page.get_by_role("link", name="新收到的报告")
        answer = page.request.get(f"{site}{link.get_attribute('href')}")
        visitor.clicks += 1
    feed = ET.fromstring(answer.text())
    atom = "{http://www.w3.org/2005/Atom}"
    ids = [entry.findtext(f"{atom}id") for entry in feed.iter(f"{atom}entry")]
    assert len(ids) == len(set(ids)) == 4
    assert all(str(name).startswith("tag:") and site not in str(name) for name in [*ids, feed.findtext(f"{atom}id")])


def test_15_the_whole_data_with_its_checksum(
    page: Any, task: Any, published: Path, public: sqlite3.Connection, tmp_path: Path
) -> None:
    with task("15 download everything", 2) as visitor:
        visitor.click(page.locator(".masthead").get_by_role("link", name="数据", exact=True))
        with page.expect_download() as waiting:
            visitor.click(page.get_by_role("link", name="整个数据库（SQLite）"))
    whole = Path(waiting.value.path()).read_bytes()
    assert hashlib.sha256(whole).digest() == hashlib.sha256((published / "public.db").read_bytes()).digest()
    duckdb = pytest.importorskip("duckdb")
    release = write_package(published, tmp_path / "2026.4", "parquet")
    sums = dict(reversed(line.split()) for line in (release / "SHA256SUMS").read_text().splitlines())
    assert hashlib.sha256((release / "cells.parquet").read_bytes()).hexdigest() == sums["cells.parquet"]
    rows = duckdb.connect().execute(f"SELECT count(*) FROM '{release / 'cells.parquet'}'").fetchone()[0]
    assert rows == public.execute("SELECT count(*) FROM cells").fetchone()[0]


def test_16_a_query_of_ones_own_and_one_without_end(page: Any, task: Any) -> None:
    with task("16 ask in SQL", 3) as visitor:
        visitor.click(page.locator(".colophon").get_by_role("link", name="数据表与 SQL"))
        page.goto("/public?sql=select+count(*)+as+n+from+reports")
        visitor.clicks += 1
        assert page.locator("td.col-n").inner_text() == "4"
    endless = quote("with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n")
    answer = page.request.get(f"/public?sql={endless}")
    assert answer.status == 400
    assert "这条查询超过一秒，已经停下" in answer.text()


def test_17_an_error_is_reported_without_an_account(page: Any, task: Any, site: str) -> None:
    with task("17 report an error", 4) as visitor:
        visitor.find("清河县2023")
        visitor.click(page.get_by_role("link", name="清河县人民政府").first)
        visitor.click(page.locator(f'[id="{NEW}"]'))
        link = page.locator("#panel .report-error")
        link.wait_for()
        address = link.get_attribute("href")
        visitor.clicks += 1
    assert address.startswith("mailto:errors@nianbao.example?subject=")
    assert f"cell/{REPORT[8:]}%402/{NEW}" in address or f"cell%2F{REPORT[8:]}" in address


def test_18_search_and_a_number_by_keyboard_alone(page: Any, task: Any) -> None:
    with task("18 search and open a number by keyboard", 0):
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") in ("home-q", "site-q"):
                break
        page.keyboard.type("清河县2023")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?*")
        _tab_to(page, f"document.activeElement.pathname === '{REPORT}'")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{REPORT}")
        page.locator('[id="table3.granted.total"]').focus()  # some two hundred numbers stand before it
        page.keyboard.press("Enter")
        page.locator("#panel td.here").wait_for()
        assert page.evaluate("document.activeElement.id") == "panel"
        _tab_to(page, "document.activeElement.dataset.copy !== undefined")
        page.keyboard.press("Enter")
        page.locator("#panel button", has_text="已复制").wait_for()
        page.keyboard.press("Escape")
        assert page.locator("#panel").is_hidden()
        assert page.evaluate("document.activeElement.id") == "table3.granted.total"
        page.keyboard.press("Enter")
        page.locator("#panel td.here").wait_for()
        _tab_to(page, "document.activeElement.classList.contains('panel-close')")
        page.keyboard.press("Enter")
        assert page.locator("#panel").is_hidden()
        assert page.evaluate("document.activeElement.id") == "table3.granted.total"


def _tab_to(page: Any, condition: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(condition):
            return
    raise AssertionError(f"the Tab key does not lead there: {condition}")


# ---- beside the tasks ----


def test_the_language_is_remembered(page: Any) -> None:
    page.goto("/")
    page.locator("a.lang").click()
    assert page.url.endswith("/en/")
    page.goto("about:blank")
    page.goto("/")
    page.wait_for_url("**/en/")
    page.locator("a.lang").click()
    assert page.locator("html").get_attribute("lang") == "zh-CN"


def test_a_finding_leads_to_its_cells(page: Any) -> None:
    page.goto(BAD)
    finding = page.locator(".cards > li").first
    finding.hover()
    assert page.locator("td.lit").count() == 4
    finding.locator("a").first.click()
    assert page.url.endswith(f"#{NEW}")
    assert page.locator(f'[id="{NEW}"]').is_visible()


def test_each_status_is_told_apart_without_colour(page: Any) -> None:
    page.goto(REPORT)
    shown = {}
    for status in ("printed", "aligned", "derived", "blank", "mark", "unreadable", "absent"):
        cell = page.locator(f"td.v.s-{status} .tag")
        shown[status] = cell.first.inner_text() if cell.count() else ""
    assert len(set(shown.values())) == 7
    assert shown["printed"] == ""
