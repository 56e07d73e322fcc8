"""The pages beyond the report: places, comparison, lists, the spot of a number, feeds, what is known already."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from archive import serve
from archive.indicators import indicators, rates
from archive.plugins.charts import Line, line_chart, nice_ceiling
from archive.plugins.door import runs_sql
from archive.plugins.places import find_areas, find_organs
from parsers.form_model import load_forms

REPORT = "991101-2023-government-aa"
BAD = "991101-2022-government-aa"
CELL = f"/cell/{REPORT}@2/table3.new_requests.total"
PAGES = [
    "/area/991101", "/en/area/991101", "/area/140000", "/area/141100", "/compare", "/compare?area=991101&area=991102",
    "/compare?area=991101&key=table3.granted.total&key=new_requests", "/en/compare?area=991101", "/rankings",
    "/rankings?year=2023&by=new_requests", "/en/rankings?year=2023&by=new_requests", "/late", "/en/late?year=2023",
    "/contradictions", "/en/contradictions?year=2022", "/changes", "/en/changes", "/copies", "/en/copies", "/codebook",
    "/en/codebook", "/codebook/table3.granted.total", "/en/codebook/table3.granted.total", "/quality", "/en/quality",
    "/about", "/en/about", "/data", "/en/data", CELL, f"/en{CELL}", f"{CELL}?part=1",
    f"/cell/{REPORT}@1/table4.review.upheld", f"/cell/{REPORT}@2/table3.granted.business",
]  # fmt: skip
Get = Callable[..., Any]


@pytest.fixture(scope="module")
def get(published: Path) -> Any:
    """Ask the site of the sample archive."""

    def ask(path: str, **headers: str) -> Any:
        async def one() -> Any:
            datasette = serve.make_datasette(published)
            await datasette.invoke_startup()
            try:
                return await datasette.client.get(path, headers=headers)
            finally:
                from archive.plugins.spot import close

                close(datasette)
                for database in datasette.databases.values():
                    database.close()
                datasette.executor.shutdown()

        return asyncio.run(one())

    return ask


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def _table(answer: Any) -> list[dict[str, str]]:
    assert answer.text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(answer.text[1:])))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_answers_strictly_and_in_one_language(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 200
    assert "unsafe" not in answer.headers["content-security-policy"]
    tags = _Tags(answer.text).tags
    assert not [a for _, a in tags if any(name.startswith("on") or name == "style" for name in a)]
    ids = [a["id"] for _, a in tags if "id" in a]
    assert len(ids) == len(set(ids))
    labelled = {part for _, a in tags for part in (a.get("aria-labelledby") or "").split()}
    assert labelled <= set(ids)
    if path.startswith("/en/"):
        text = re.sub(r'<(\w+)[^>]*lang="zh-CN".*?</\1>', "", answer.text, flags=re.DOTALL)
        for phrase in ("统计范围", "下载", "没有", "公布后", "指标词典", "比较各县"):
            assert phrase not in text, phrase


@pytest.mark.parametrize("path", ["/area/000001", "/codebook/table9.x.y", f"/cell/{REPORT}@9/table3.granted.total",
                                  f"/cell/{REPORT}@2/nothing", "/feed/other.atom", "/area/991101x"])  # fmt: skip
def test_what_is_not_there_is_said_to_be_missing(get: Get, path: str) -> None:
    assert get(path).status_code == 404


@pytest.mark.parametrize("path", [
    "/compare?area=' OR 1=1&key=x;drop&from=abc", "/rankings?by=report_id&scope=x&year=99999999999",
    "/late?state=' OR 1",
    "/contradictions?rule=<script>&area='&page=-1", "/changes?year=１", "/feed/reports.atom?province=<a>&area='",
    "/copies?least=0&kind=x", "/search?q=*()", "/compare?add=%3Cscript%3Ealert(1)%3C/script%3E",
])  # fmt: skip
def test_odd_arguments_do_no_harm(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 200
    assert "<script>alert(1)" not in answer.text


# ---- places ----


@pytest.fixture
def public(published: Path) -> Any:
    with closing(sqlite3.connect(published / "public.db")) as conn:
        conn.row_factory = sqlite3.Row
        yield conn


def test_places_are_found_by_name_part_and_pinyin(public: sqlite3.Connection) -> None:
    assert find_areas(public, "清河")[0]["area_code"] == "991101"
    assert {a["area_code"] for a in find_areas(public, "lanxian")} == {"141127"}
    assert "141127" in {a["area_code"] for a in find_areas(public, "lx")}
    assert len([a for a in find_areas(public, "鼓楼区") if not a["valid_to"]]) == 4
    assert find_areas(public, "*") == find_areas(public, "%") == []
    assert [o["organ"] for o in find_organs(public, "qinghexianliulin")] == ["清河县柳林镇人民政府"]


def test_a_prefecture_without_counties_is_shown_like_a_county(get: Get) -> None:
    assert "全部报告" in get("/area/441900").text
    assert "全部报告" not in get("/area/141100").text


def test_a_shared_name_is_asked_back(get: Get) -> None:
    html = get("/compare?add=鼓楼区").text
    assert html.count("鼓楼区</a>") == 4
    one = get("/compare?area=991101&add=linhexian")
    assert one.status_code == 302
    assert one.headers["location"] == "/compare?area=991101&area=991102&key=new_requests"


# ---- numbers ----


def test_indicators_add_up_printed_cells_only(public: sqlite3.Connection) -> None:
    row = public.execute("SELECT * FROM highlights WHERE report_id = ?", [REPORT]).fetchone()
    assert (row["new_requests"], row["not_held"], row["unavailable"], row["is_main"]) == (30, 11, 11, 1)
    assert public.execute("SELECT granted FROM highlights WHERE report_id LIKE '991101-2021%'").fetchone()[0] is None
    keys = {f.key for form in load_forms().values() for f in form.fields()}
    assert all(one.keys("2021") for one in indicators().values())
    assert {key for one in indicators().values() for key in one.keys("2021")} <= keys
    assert all({*rate.top, rate.bottom} <= set(indicators()) for rate in rates().values())


def test_rankings_say_who_is_left_out(get: Get) -> None:
    ranked = _table(get("/rankings.csv?by=not_held_share&year=2023"))
    assert [(r["rank"], r["county"], r["share"], r["top"], r["bottom"]) for r in ranked] == [
        ("1", "清河县", "35.5", "11", "31")
    ]
    html = get("/rankings?by=new_requests&year=2020&scope=whole_area").text
    assert "另有 1 份为“政府及办公室”，不在此列" in re.sub(r"\s+", " ", html)


def test_compare_keeps_none_apart_from_zero(get: Get) -> None:
    rows = _table(get("/compare.csv?area=991101&area=991102&key=new_requests&key=table3.granted.total"))
    said = {(r["area_code"], r["year"], r["key"]): r["value"] for r in rows}
    assert said["991101", "2023", "new_requests"] == "30"
    assert said["991101", "2023", "table3.granted.total"] == "16"
    assert said["991102", "2020", "new_requests"] == "0"
    assert said["991102", "2023", "new_requests"] == ""


def test_contradictions_and_changes_equal_the_database(get: Get, public: sqlite3.Connection) -> None:
    failed = public.execute("SELECT count(*) FROM findings WHERE verdict = 'fail'").fetchone()[0]
    assert len(_table(get("/contradictions.csv"))) == failed > 0
    assert len(_table(get("/contradictions.csv?year=2019"))) == 0
    changed = public.execute("SELECT count(*) FROM changes").fetchone()[0]
    assert len(_table(get("/changes.csv"))) == changed == 2
    html = get("/changes").text
    assert f"/cell/{REPORT}@1/table4.review.upheld" in html


def test_late_and_missing_equal_the_database(get: Get, public: sqlite3.Connection) -> None:
    rows = _table(get("/late.csv?year=2022"))
    assert len(rows) == public.execute(
        "SELECT count(*) FROM coverage WHERE year = 2022 AND state <> 'found'").fetchone()[0]  # fmt: skip
    assert rows[0]["state"] == "late"
    assert rows[0]["days_late"] == "12"


# ---- the very spot ----


def test_a_number_shows_its_cell_in_the_archived_table(get: Get) -> None:
    html = get(CELL).text
    marked = re.findall(r'<td class="here">([^<]*)<', html)
    field_no = [f.key for f in load_forms()["2021"].fields()].index("table3.new_requests.total")
    assert marked == [f"第{field_no // 8}行{field_no % 8}"]
    assert "<script>alert" not in html
    assert "SHA-256" in html
    assert f'class="permalink" href="{CELL}"' in html
    assert "✓ 相符" in html


def test_a_number_of_a_failed_sum_says_so_and_an_old_one_shows_no_checks(get: Get) -> None:
    assert "≠ 不符" in get(f"/cell/{BAD}@1/table3.carried_out.total").text
    old = get(f"/cell/{REPORT}@1/table4.review.upheld").text
    assert "不是现行版本" in old
    assert "勾稽关系" not in old


def test_a_derived_number_has_no_place(get: Get) -> None:
    assert "像" not in get(f"/cell/{REPORT}@2/table3.granted.business").text
    assert get(f"/cell/{REPORT}@2/table3.granted.business.png").status_code == 404


# ---- feeds ----


@pytest.mark.parametrize("kind", ["reports", "changes", "findings"])
def test_a_feed_is_atom_and_its_times_are_not_the_builds(get: Get, kind: str) -> None:
    answer = get(f"/feed/{kind}.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.text)
    space = {"a": "http://www.w3.org/2005/Atom"}
    entries = feed.findall("a:entry", space)
    assert entries
    ids = [entry.findtext("a:id", namespaces=space) for entry in entries]
    assert len(ids) == len(set(ids))
    for entry in entries:
        assert entry.findtext("a:updated", namespaces=space) in {"2024-01-20T02:00:00Z", "2024-02-20T02:00:00Z"}
        link = entry.find("a:link", space)
        assert link is not None
        assert "/report/9911" in link.get("href", "")


def test_feeds_can_be_narrowed(get: Get) -> None:
    assert get("/feed/reports.atom?area=991102").text.count("<entry>") == 1
    assert get("/feed/reports.atom?area=000000").text.count("<entry>") == 0
    assert get("/feed/findings.atom?rule=T3_BALANCE").text.count("<entry>") >= 1


# ---- charts ----


@pytest.mark.parametrize(("value", "top"), [(0, 1), (7, 8), (55, 60), (100, 100), (0.3, 0.4), (1201, 1600)])
def test_axes_end_at_round_numbers(value: float, top: float) -> None:
    assert nice_ceiling(value) == pytest.approx(top)


def test_a_missing_year_breaks_the_line() -> None:
    svg = str(line_chart("<b>", [2020, 2021, 2022, 2023], [Line('"x"', [1, None, 3, 4])]))
    assert re.findall(r'class="line" d="([^"]*)"', svg)[0].count("M") == 2
    assert svg.count('class="mark"') == 3
    assert 'aria-label="&lt;b&gt;"' in svg
    assert "2021：" not in svg


# ---- answers that need no work ----


def test_a_known_page_is_not_sent_again(get: Get) -> None:
    first = get("/quality")
    assert "max-age=300" in first.headers["cache-control"]
    assert first.headers["vary"] == "Accept-Encoding"
    other = get("/about", cookie="tracker=1", authorization="Bearer x")
    assert other.headers["cache-control"] == first.headers["cache-control"]
    assert other.headers["vary"] == "Accept-Encoding"
    whole = get("/public.db")
    assert (whole.headers["vary"], whole.headers["cache-control"]) == ("Accept-Encoding", "public, max-age=300")
    tag = first.headers["etag"]
    again = get("/quality", **{"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert get("/about", **{"if-none-match": tag}).status_code == 200
    assert "etag" not in get("/nothing-there").headers


@pytest.mark.parametrize(("path", "query", "elsewhere"), [
    ("/public", "sql=select+1", True), ("/public.json", "sql=select+1", True), ("/public/late_reports", "", False),
    ("/en/public/late_reports", "sql=select+1", True), ("/en/public", "sql=select+1", True),
    ("/public/reports", "_where=1", True), ("/public/reports", "year=2023", False),
    ("/report/x", "sql=select+1", False), ("/", "", False), ("/publicity", "sql=1", False),
])  # fmt: skip
def test_visitors_sql_is_told_apart(path: str, query: str, elsewhere: bool) -> None:
    assert runs_sql({"path": path, "query_string": query.encode()}) is elsewhere
