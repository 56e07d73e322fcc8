"""The site in a real browser, wide and narrow: it draws, stays in bounds, asks nobody else, works by keyboard."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
REPORT = "/report/991101-2023-government-aa"
BAD = "/report/991101-2022-government-aa"
PAGES = {
    "home": "/", "report": REPORT, "report-bad": BAD, "report-2019": "/report/991102-2020-government_office-bb",
    "report-hostile": "/report/991101-2021-township-cc", "report-en": f"/en{REPORT}", "search": "/search?q=征地",
    "capture": "/capture/1", "database": "/public", "table": "/public/reports", "wide": "/public/applications",
    "query": "/public/contradictions", "county": "/area/991101", "province": "/area/140000",
    "compare": "/compare?area=991101&area=991102", "rankings": "/rankings?year=2023&by=new_requests", "late": "/late",
    "contradictions": "/contradictions", "changes": "/changes", "copies": "/copies", "codebook": "/codebook",
    "entry": "/codebook/table3.granted.total", "quality": "/quality", "about": "/about", "data": "/data",
    "cell": f"/cell/{REPORT[8:]}@2/table3.new_requests.total", "home-en": "/en/", "county-en": "/en/area/991101",
}  # fmt: skip
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-quic", "--no-first-run", "--disable-gpu"]  # fmt: skip
SERVE = "import sys; from archive.serve import serve; serve(sys.argv[1], port=0, ready=lambda a: print(a, flush=True))"


@pytest.fixture(scope="module")
def site(published: Path) -> Iterator[str]:
    with subprocess.Popen([sys.executable, "-c", SERVE, str(published)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        address = server.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), "the server did not come up"
        yield address.rstrip("/")
        server.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    names = ("chromium", "chromium-browser", "google-chrome")
    binary = os.environ.get("NIANBAO_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if binary is None:
        pytest.skip("no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=binary, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(params=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Any, site: str) -> Iterator[Any]:
    """A page that has collected, when the test ends, no console message, error or foreign request."""
    phone = request.param == "phone"
    size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}
    context = browser.new_context(viewport=size, is_mobile=phone, has_touch=phone, base_url=site)
    opened = context.new_page()
    trouble: list[str] = []
    opened.on("console", lambda message: trouble.append(message.text))
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    opened.on("dialog", lambda dialog: trouble.append(f"dialog: {dialog.message}"))
    opened.on("request", lambda r: None if r.url.startswith((site, "data:")) else trouble.append(f"foreign: {r.url}"))
    yield opened
    context.close()
    assert not trouble


def _shoot(page: Any, repo_dir: Path, name: str, full: bool = True) -> None:
    folder = repo_dir / "screenshots"
    folder.mkdir(exist_ok=True)
    size = "phone" if page.viewport_size["width"] < 500 else "desktop"
    page.screenshot(path=folder / f"{name}-{size}.png", full_page=full)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_draws_and_stays_inside_the_window(page: Any, repo_dir: Path, name: str) -> None:
    assert page.goto(PAGES[name]).status == 200
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), "the page scrolls sideways"
    assert page.locator("h1").first.is_visible()
    _shoot(page, repo_dir, name)


def test_tables_scroll_in_a_box_of_their_own(page: Any) -> None:
    page.goto(REPORT)
    boxes = page.locator("figure.form .scroll")
    assert boxes.count() == 3
    for n in range(3):
        assert boxes.nth(n).evaluate("e => e.scrollWidth >= e.clientWidth && getComputedStyle(e).overflowX === 'auto'")
    if page.viewport_size["width"] < 500:
        assert boxes.nth(1).evaluate("e => e.scrollWidth > e.clientWidth")
        # The label of a row stays in sight while its numbers scroll.
        boxes.nth(1).evaluate("e => { e.scrollLeft = 200 }")
        label = page.get_by_role("rowheader", name="1.属于国家秘密").bounding_box()
        assert label["x"] >= 0


def test_a_cell_explains_itself_to_the_keyboard(page: Any) -> None:
    page.goto(REPORT)
    card = page.locator("#card")
    assert card.is_hidden()
    page.locator('[id="table3.granted.business"]').focus()
    assert "由总计减其余各类得出" in card.inner_text()
    assert "推算" in card.inner_text()
    page.keyboard.press("Escape")
    assert card.is_hidden()


OURS = [name for name in PAGES if name not in ("database", "table", "wide", "query")]


@pytest.mark.parametrize("name", OURS)
def test_axe_finds_nothing_serious(page: Any, name: str) -> None:
    page.goto(PAGES[name])
    page.evaluate((Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    found = [v for v in result["violations"] if v["impact"] in ("serious", "critical")]
    serious = {v["id"]: v["nodes"][0]["html"][:160] for v in found}
    assert serious == {}


# ---- what people come for, within the clicks that it may take (publishing reference, part 7) ----


def test_a_clicked_number_shows_its_spot_and_its_address_reopens_it(page: Any, repo_dir: Path) -> None:
    page.goto(REPORT)
    page.locator('[id="table3.new_requests.total"]').click()
    panel = page.locator("#panel")
    panel.locator("td.here").wait_for()
    assert panel.locator("td.here").count() == 1
    assert "SHA-256" in panel.inner_text()
    assert page.url.endswith("#table3.new_requests.total")
    _shoot(page, repo_dir, "report-spot", full=False)
    page.goto("about:blank")
    page.goto(f"{REPORT}#table3.new_requests.total")
    page.locator("#panel td.here").wait_for()
    sync_api = pytest.importorskip("playwright.sync_api")
    sync_api.expect(page.locator('[id="table3.new_requests.total"]')).to_be_in_viewport()  # scrolling is smooth
    page.keyboard.press("Escape")
    assert panel.is_hidden()
    assert page.evaluate("document.activeElement.id") == "table3.new_requests.total"


def test_a_number_opens_by_keyboard_alone(page: Any) -> None:
    page.goto(REPORT)
    page.locator('[id="table3.granted.total"]').focus()
    page.keyboard.press("Enter")
    page.locator("#panel td.here").wait_for()
    assert page.evaluate("document.activeElement.id") == "panel"


def test_a_shared_name_offers_all_its_places(page: Any) -> None:
    page.goto("/")
    page.locator("#home-q").fill("鼓楼区")
    page.locator("#home-q").press("Enter")
    places = page.locator(".places a", has_text="鼓楼区")
    assert places.count() >= 4
    places.first.click()
    assert page.locator("h1").inner_text().startswith("鼓楼区")


def test_what_a_report_covers_is_seen_without_scrolling(page: Any) -> None:
    page.goto("/report/991102-2020-government_office-bb")
    box = page.locator(".badge").first.bounding_box()
    assert box["y"] + box["height"] < page.viewport_size["height"]
    assert page.locator(".badge").first.inner_text() == "政府及办公室"


def test_counties_are_compared_by_pinyin_and_the_address_can_be_shared(page: Any) -> None:
    page.goto("/")
    page.get_by_role("link", name="比较几个县").click()
    for name in ("临河县", "qinghexianzhong", "lanxian"):
        page.locator("input[name=add]").fill(name)
        page.locator("input[name=add]").press("Enter")
    assert page.locator(".chip").count() == 2
    assert "qinghexianzhong" not in page.url
    page.goto(page.url)
    assert page.locator("svg.chart").count() == 1
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载 CSV").click()
    assert waiting.value.suggested_filename == "compare.csv"


def test_the_definition_of_a_number_is_two_clicks_away(page: Any) -> None:
    page.goto(REPORT)
    page.locator('[id="table2.administrative_fees.amount_wan_yuan"]').click()
    page.locator("#panel dd a[href*='/codebook/']").click()
    assert "行政事业性收费" in page.locator("h1").inner_text()
    assert "万元" in page.locator(".facts").inner_text()


def test_late_and_missing_lead_to_a_reason(page: Any) -> None:
    page.goto("/")
    page.locator(".masthead").get_by_role("link", name="逾期与缺失").click()
    assert page.locator("td .state").count() > 0
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载 CSV").click()
    assert waiting.value.suggested_filename.startswith("late-and-missing-")


def test_contradictions_lead_to_the_cells(page: Any) -> None:
    page.goto("/contradictions?year=2022")
    page.locator(".cards a", has_text="看第 1 个数").first.click()
    page.locator("#panel .verdict-fail").first.wait_for()


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
    assert page.url.endswith("#table3.new_requests.total")
    assert page.locator('[id="table3.new_requests.total"]').is_visible()


def test_from_the_front_page_to_a_number_by_a_two_character_name(page: Any) -> None:
    page.goto("/")
    page.locator("#home-q").fill("临河")
    page.locator("#home-q").press("Enter")
    page.get_by_role("link", name="临河县人民政府办公室").first.click()
    assert page.locator("h1").inner_text() == "临河县2020年年报"
    assert page.locator('[id="table2.central_procurement.total_amount"]').inner_text() == "6944.93"


def test_each_status_is_told_apart_without_colour(page: Any) -> None:
    page.goto(REPORT)
    shown = {}
    for status in ("printed", "aligned", "derived", "blank", "mark", "unreadable", "absent"):
        cell = page.locator(f"td.v.s-{status} .tag")
        shown[status] = cell.first.inner_text() if cell.count() else ""
    assert len(set(shown.values())) == 7
    assert shown["printed"] == ""


def test_the_original_downloads_and_does_not_open(page: Any) -> None:
    page.goto("/capture/1")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载存档原件").click()
    assert waiting.value.suggested_filename == "capture-1.html"
