"""The site in a real browser, wide and narrow: it draws, stays in bounds, asks nobody else, works by keyboard."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sitekit.browser import SIZES, serving, shoot, visit

pytestmark = pytest.mark.browser
REPORT = "/report/991101-2023-government-aa"
BAD = "/report/991101-2022-government-aa"
PAGES = {
    "home": "/", "report": REPORT, "report-bad": BAD, "report-2019": "/report/991102-2020-government_office-bb",
    "report-hostile": "/report/991101-2021-township-cc", "search": "/search?q=征地", "capture": "/capture/1",
    "county": "/area/991101", "province": "/area/140000", "compare": "/compare?area=991101&area=991102",
    "rankings": "/rankings?year=2023&by=new_requests", "late": "/late", "contradictions": "/contradictions",
    "changes": "/changes", "copies": "/copies", "unusual": "/unusual", "wording": "/wording", "codebook": "/codebook",
    "entry": "/codebook/table3.granted.total", "quality": "/quality", "about": "/about", "data": "/data",
    "cell": f"/cell/{REPORT[8:]}@2/table3.new_requests.total", "question": "/public/contradictions",
    "question-form": "/public/requests_by_county?year=2023", "question-empty": "/public/county_reports",
}  # fmt: skip
# Datasette's own.
OWN = {
    "database": "/public", "table": "/public/reports", "wide": "/public/applications?year=2023&_facet=applicant",
    "table-search": "/public/sections?_search=征地", "table-none": "/public/reports?year=1900",
    "row": f"/public/reports{REPORT[7:]}", "sql": "/public?sql=select+year,+organ,+url+from+reports",
}  # fmt: skip
ERRORS = {"error": "/nothing/here", "error-table": "/public/nope", "error-sql": "/public?sql=select+x+from+reports"}
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")


@pytest.mark.parametrize("lang", ["", "en"])
@pytest.mark.parametrize("name", [*PAGES, *OWN, *ERRORS])
def test_a_page_draws_stays_inside_the_window_and_serves_everybody(
    page: Any, repo_dir: Path, name: str, lang: str
) -> None:
    path = (PAGES | OWN | ERRORS)[name]
    status = page.goto(f"/en{path}" if lang else path).status
    assert status in (400, 404) if name in ERRORS else status == 200
    assert page.locator("html").get_attribute("lang") == (lang or "zh-CN")
    check(page)
    shoot(page, repo_dir, f"{name}-{lang}" if lang else name)


FULL = {"unusual": "/unusual", "copies": "/copies?kind=other_body", "report": BAD, "home": "/",
        "missing": "/public/missing?year=2023", "late": "/late?year=2023"}  # fmt: skip


@pytest.fixture(scope="module")
def full_site(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site of an archive with unusual numbers and with text in common, which the sample has none of."""
    root = Path(shutil.copytree(published, tmp_path_factory.mktemp("full") / "archive"))
    with closing(sqlite3.connect(root / "public.db")) as conn:
        kinds = ("unit", "zero", "high", "low", "shifted")
        conn.executemany("INSERT INTO jumps VALUES (?, ?, ?, ?, 12.5, ?, 10, 15, 3, 12, 25, 40, ?, ?)", [
            (BAD[8:], kind, "fees" if kind == "unit" else "new_requests", 125_000 + n, REPORT[8:],
             f"新收申请{125_000 + n}，上年12.5；其他年度10–15：与其他年度相差悬殊",
             f"Requests received: {125_000 + n}, last year 12.5; other years 10–15: far from them")
            for n, kind in enumerate(kinds)
        ])  # fmt: skip
        conn.execute("INSERT INTO copies VALUES (?, ?, 'other_body', 0.92, 2, 1, 1, ?, ?, ?)", [
            BAD[8:], "991102-2020-government_office-bb", json.dumps(["全年主动公开政府信息。", "公开的深度还不够。"]),
            json.dumps([["下一步将加强培训。", "下一步将加强人员培训。"]]), json.dumps([["新增两名专职人员。", None]]),
        ])  # fmt: skip
        conn.commit()
    with serving(root) as address:
        yield address


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["", "en"])
@pytest.mark.parametrize("name", FULL)
def test_a_page_with_much_on_it_serves_everybody_too(
    browser: Any, full_site: str, repo_dir: Path, name: str, lang: str, size: str
) -> None:
    with visit(browser, full_site, size) as page:
        assert page.goto(f"/en{FULL[name]}" if lang else FULL[name]).status == 200
        for details in page.locator("main details").all():
            details.evaluate("e => { e.open = true }")
        assert page.locator("main .cards > li, main tbody tr").count() > 0
        check(page)
        shoot(page, repo_dir, f"{name}-full{'-en' if lang else ''}")


def check(page: Any) -> None:
    """Nothing sticks out, and axe finds nothing serious."""
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), "the page scrolls sideways"
    assert page.locator("h1").first.is_visible()
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert {v["id"]: v["nodes"][0]["html"][:160] for v in found if v["impact"] in ("serious", "critical")} == {}


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
