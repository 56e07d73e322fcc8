"""Where nothing led to a report: the city's portal, the portal's search, calls that were seen in the browser."""

import json

import pytest
from scrapy.http import HtmlResponse

from archive.frontier import Task
from crawler import abroad, recipes
from crawler.browser import BrowserExchange, BrowserLog
from crawler.discovery import Kind, classify
from crawler.feeds import read_feed
from crawler.links import Link, PageFacts, read_page
from crawler.pager import goes_on
from crawler.platforms import Call
from crawler.platforms.base import next_call
from crawler.reading import read_answer
from crawler.scope import SiteScope, is_bare_address
from crawler.sitesearch import QUERY, find_search
from crawler.soft404 import MissingPages
from crawler.tasks import task_of
from crawler.walk import PageKind, Where, plan

HOME = "http://www.taoxi.gov.example/"
CITY = "http://www.lizhou.gov.example/"
SITE = SiteScope("s", {"www.taoxi.gov.example"})


@pytest.mark.parametrize(("facts", "known", "county"), [
    (PageFacts((), metas={"sitename": "桃溪县人民政府"}), None, "桃溪县"),
    (PageFacts((), title="澧州市桃溪县人民政府门户网站"), None, "桃溪县"),
    (PageFacts((), title="首页", text="主办：桃溪县人民政府办公室"), None, "桃溪县"),
    (PageFacts((), title="欢迎您"), None, None),
    (PageFacts((), title="石桥区人民政府"), "桃溪县", "桃溪县"),
    (PageFacts((), title="古县人民政府"), None, "古县"),
])  # fmt: skip
def test_a_county_s_name_is_read_from_its_homepage(facts, known, county):
    assert abroad.county_of(facts, known) == county


@pytest.mark.parametrize(("name", "code", "place"), [
    ("岚县人民政府", "1411270001", ("岚县", "141127")),
    ("岚县人民政府", "", ("岚县", "141127")),
    ("鼓楼区人民政府", "3203020001", ("鼓楼区", "320302")),
    ("鼓楼区人民政府", "", ("鼓楼区", None)),
    ("桃溪县人民政府", "1411270001", ("桃溪县", None)),
])  # fmt: skip
def test_a_site_s_place_is_the_county_that_its_homepage_names(name, code, place):
    assert abroad.place_of(PageFacts((), metas={"sitename": name, "siteidcode": code})) == place


def test_the_city_is_told_from_ministries_and_neighbours():
    labels = ("中国政府网", "省人民政府", "临水县人民政府", "澧州市人民政府", "市民中心", "石桥市", "桃溪市人民政府")
    links = [Link(f"http://h{n}.gov.example/", label, "anchor", n) for n, label in enumerate(labels)]
    assert abroad.parents(links, "桃溪县") == ["http://h3.gov.example/", "http://h5.gov.example/"]


@pytest.mark.parametrize(("label", "kind", "ours"), [
    ("政府信息公开年报", Kind.COLUMN, True), ("临水县政府信息公开年报", Kind.COLUMN, False),
    ("县（市、区）", Kind.GROUP, True), ("市直部门", Kind.GROUP, False), ("市政府", Kind.GROUP, False),
    ("桃溪县", Kind.GROUP, True), ("桃溪县2023年政府信息公开年报", Kind.REPORT, True),
    ("澧州市2023年政府信息公开年报", Kind.REPORT, False), ("政务公开", Kind.OPENNESS, True),
    ("澧州市教育局", Kind.ORGAN, False),
])  # fmt: skip
def test_on_the_city_s_portal_only_what_is_the_county_s_is_followed(label, kind, ours):
    assert abroad.is_ours(label.replace("（", "(").replace("）", ")"), kind, "桃溪县") is ours


def planned(html, kind, **kw):
    url = kw.pop("url", CITY + "nb/")
    where = Where(url, kind, 3, SITE, ".gov.example", in_column=kind is PageKind.LIST, **kw)
    return [step.label for step in plan(read_page(html, url), html, where).steps]


LISTED = (
    "<ul><li><a href='/1.html'>临水县教育局2023年政府信息公开年报</a>2024-01-02</li>"
    "<li><a href='/2.html'>桃溪县教育局2023年政府信息公开年报</a>2024-01-02</li>"
    "<li><a href='/3.html'>教育局2023年政府信息公开年报</a>2024-01-02</li></ul>"
)


def test_a_list_abroad():
    assert planned(LISTED, PageKind.LIST, county="桃溪县", abroad=True) == ["桃溪县教育局2023年政府信息公开年报"]
    assert len(planned(LISTED, PageKind.LIST, county="桃溪县", abroad=True, named=True)) == 3
    # A column of ours that lies on another organisation's host, reached by a link of our own: others are left out.
    assert [label[:2] for label in planned(LISTED, PageKind.LIST, county="桃溪县")] == ["桃溪", "教育"]
    assert len(planned(LISTED, PageKind.LIST, county="桃溪县", url=HOME + "nb/")) == 3


def test_what_is_reached_under_the_county_s_name_stays_under_it():
    parent = Task("k", CITY, "s", "page", 9, meta={"kind": "nav", "abroad": "桃溪县"})
    steps = plan(
        read_page("<a href='/xsq/c2/'>桃溪县政府信息公开年报</a>", CITY), "",
        Where(CITY, PageKind.NAV, 1, SITE, ".gov.example", county="桃溪县", abroad=True),
    ).steps  # fmt: skip
    (task,) = [task_of(step, parent, CITY, browser=False) for step in steps]
    assert (task.meta["abroad"], task.meta["named"]) == ("桃溪县", True)


@pytest.mark.parametrize(("html", "method", "begins"), [
    ("<form action='/so/s'><input type='hidden' name='siteCode' value='7'><input name='qt'></form>", "GET",
     HOME + "so/s?siteCode=7&qt=%E6%94%BF"),
    ("<form method='post' action='/search.do'><input name='keyword'></form>", "POST", HOME + "search.do"),
    ("<script>open('/guestweb4/s?siteCode=6&searchWord=' + encodeURIComponent(w))</script>", "GET",
     HOME + "guestweb4/s?siteCode=6&searchWord=%E6%94%BF"),
])  # fmt: skip
def test_a_search_box(html, method, begins):
    found = find_search(html, HOME)
    assert (found.method, found.url.startswith(begins)) == (method, True)


@pytest.mark.parametrize("html", [
    "<form action='/login'><input name='key'><input type='password' name='p'></form>",
    "<form action='/letter'>" + "".join(f"<input name='{n}'>" for n in "abcd") + "<input name='title'></form>",
    "<form action='/so/s' method='post'><input name='q'><textarea name='a'></textarea></form>",
    "<form action='/ysq/search.do' method='post'><input name='q'></form>",
    "<form action='/x.do' method='post'><input name='q'></form>", "<form action='/x.do'><input name='title'></form>",
    "<form action='javascript:void(0)'><input name='q'></form>", "<p>搜索</p>",
])  # fmt: skip
def test_no_search_box(html):
    assert find_search(html, HOME) is None


def test_search_results_lead_to_own_reports_only():
    html = LISTED + f"<a href='{CITY}x.html'>桃溪县2022年政府信息公开年报</a><a href='/nb/'>{QUERY}</a>"
    found = planned(html, PageKind.LIST, search=True, url=HOME + "so/s?q=1")
    assert len(found) == 3
    assert all("2023" in label for label in found)


ROWS = [{"id": f"88{n}", "title": f"某县{d}2023年政府信息公开工作年度报告"} for n, d in enumerate(("教育局", "财政局"))]
ANSWER = json.dumps({"data": {"total": 5, "rows": ROWS}}, ensure_ascii=False)


@pytest.mark.parametrize(("url", "body", "turn", "following"), [
    ("/api/list?channel=7&pageNo=1", "", "pageNo", "/api/list?channel=7&pageNo=2"),
    ("/api/list?paramJson=%7B%22pageNum%22%3A1%7D", "", "paramJson:pageNum", "%22pageNum%22%3A2"),
    ("/api/list", '{"channelId":"7","page":1,"size":2}', "@body:page", '"page":2'),
    ("/api/list", "current=1&unitid=7", "@body:current", "current=2&unitid=7"),
])  # fmt: skip
def test_a_call_that_lists_reports_is_learnt_with_the_place_of_its_page_number(url, body, turn, following):
    method, feed = ("POST" if body else "GET"), read_feed(ANSWER, HOME)
    kept = (("X-Requested-With", "XMLHttpRequest"), ("siteCode", "7"))
    dropped = (("Cookie", "x"), ("Authorization", "x"), ("X-Access-Token", "x"), ("sec-fetch-mode", "cors"))
    headers = [*kept, *dropped]
    call = recipes.list_call(HOME.rstrip("/") + url, method, body, headers, feed)
    assert (call.turn, call.size, call.headers) == (turn, 2, kept)
    ahead = next_call(call, 2, 5)
    assert following in (ahead.body or ahead.url)
    assert next_call(next_call(ahead, 2, 5), 1, 5) is None
    assert recipes.from_recipe(json.loads(json.dumps(recipes.as_recipe(call)))) == call


@pytest.mark.parametrize(("url", "body", "answer"), [
    ("/api/list?channel=7", "", ANSWER),  # nothing counts pages
    ("/api/list?page=1", "", ANSWER.replace("政府信息公开工作年度报告", "工作要点")),  # lists no reports
    ("/api/list?page=1", "", "[]"),
])  # fmt: skip
def test_other_calls_are_not(url, body, answer):
    assert recipes.list_call(url, "GET", body, [], read_feed(answer, HOME)) is None


def test_rows_take_the_address_that_one_of_them_was_seen_at():
    feed = read_feed(ANSWER, HOME)
    shown = [Link(HOME + "d?id=881", ROWS[1]["title"], "anchor", 0)]
    template = recipes.learn_template(shown, feed.numbered)
    assert [link.url for link in recipes.rows_as_links(feed.numbered, template)] == [
        HOME + "d?id=880",
        HOME + "d?id=881",
    ]
    assert recipes.learn_template([Link(HOME + "d?id=7", "别的", "anchor", 0)], feed.numbered) is None


def test_a_learnt_call_takes_the_browser_s_place():
    html = "<script>load()</script>"
    call = Call(HOME + "api?page=1", turn="page", size=8)
    where = Where(HOME + "nb/", PageKind.LIST, 2, SITE, ".gov.example", in_column=True, learnt=call)
    made = plan(read_page(html, where.url), html, where)
    assert not made.needs_browser
    assert [(step.url, step.meta["learnt"]) for step in made.onward] == [(call.url, True)]


@pytest.mark.parametrize(("text", "more"), [
    ("共3页 下一页", True), ("第1页/共3页 下页", True), ("1/12 下一页", True), ("共1页 下一页", False),
    ("共30条记录 下一页", True), ("共2条 下一页", False), ("共3页", False), ("下一页", False),
])  # fmt: skip
def test_a_list_tells_whether_it_goes_on(text, more):
    links = tuple(Link(f"{HOME}{n}", "标题", "anchor", n, dated=True) for n in range(2))
    assert goes_on(PageFacts(links, text=text)) is more


@pytest.mark.parametrize(("label", "group"), [
    ("县直部门", True), ("乡镇（街道）", True), ("县政府及县政府办", True), ("县（市、区）", True),
    ("各乡镇人民政府", True), ("政府部门年报", True), ("街道办事处", True), ("县政府办公室", True),
    ("政务服务", False), ("人事任免", False),
    ("县情概况", False), ("市县要闻", False), ("区块链", False),
])  # fmt: skip
def test_folders_of_organs(label, group):
    squashed = label.replace("（", "(").replace("）", ")")
    assert (classify(Link(HOME + "x/", squashed, "anchor", 9), in_list=True).kind is Kind.GROUP) is group


def test_a_report_on_the_portal_s_own_server_without_a_name():
    html = "<a href='http://122.137.242.24:8080/pub/nb/'>政府信息公开年报</a><a href='http://10.0.0.1/nb/'>信息公开年报</a>"
    facts = read_page(html, HOME)
    own = plan(facts, html, Where(HOME, PageKind.NAV, 1, SITE, ".gov.example"))
    assert [step.url for step in own.steps] == ["http://122.137.242.24:8080/pub/nb/"]
    foreign = plan(facts, html, Where(CITY, PageKind.NAV, 1, SITE, ".gov.example"))
    assert not foreign.steps
    assert not is_bare_address("192.168.1.1")


def test_the_homepage_in_the_place_of_a_page_is_no_page_and_a_shell_is_no_proof():
    home = "<title>某县人民政府</title>" + "".join(f"<a href='/{n}'>要闻{n}：{'山水' * n}</a>" for n in range(20))
    shell = "<html><head><title>某县</title></head><body><div id='app'></div><script>go()</script></body></html>"
    missing = MissingPages()
    missing.learn(HOME, home)
    missing.learn(HOME, shell)
    assert missing.matches(HOME + "nb/1.html", home)
    assert not missing.matches(HOME + "nb/2.html", shell)


def answered(url, rows):
    body = json.dumps({"total": 9, "rows": rows}).encode()
    return BrowserExchange(url, "xhr", "GET", 200, "OK", (), (("content-type", "application/json"),), body)


def test_a_list_that_is_no_longer_shown_leads_where_the_shown_one_does():
    """Years are clicked one after another: the page shows the last one's rows, with the addresses of their pages."""
    title = "清禾县%s%d年政府信息公开工作年度报告"
    organs = ("财政局", "水利局")
    lists = {y: [{"id": f"{y}{n}", "title": title % (d, y)} for n, d in enumerate(organs)] for y in (2023, 2022)}
    shown = "".join(f"<a href='/d?id={row['id']}'>{row['title']}</a>" for row in lists[2022])
    log = BrowserLog(exchanges=[answered(f"{HOME}api?year={y}&page=1", rows) for y, rows in lists.items()])
    response = HtmlResponse(HOME, body=shown.encode(), encoding="utf-8")
    seen = read_answer(response, PageKind.LIST, log)
    assert sorted(link.url for link in seen.facts.links) == [f"{HOME}d?id={y}{n}" for y in (2022, 2023) for n in (0, 1)]
    assert [(call.url[-6:], call.page, total) for call, total in seen.calls] == [("page=1", 1, 9)] * 2
    assert all(call.template for call, _ in seen.calls)
