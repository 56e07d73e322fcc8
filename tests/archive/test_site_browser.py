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
    "query": "/public/contradictions",
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


def _shoot(page: Any, repo_dir: Path, name: str) -> None:
    folder = repo_dir / "screenshots"
    folder.mkdir(exist_ok=True)
    size = "phone" if page.viewport_size["width"] < 500 else "desktop"
    page.screenshot(path=folder / f"{name}-{size}.png", full_page=True)


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
