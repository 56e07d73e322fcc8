"""Pagers that exist only in scripts."""

import pytest

from crawler.links import read_page
from crawler.pager import goes_on, next_page
from crawler.scope import SiteScope
from crawler.turns import loads_more, pages_set
from crawler.walk import PageKind, Where, plan

URL = "http://www.qinghe.example/open/list.do?cat=7&sort=a"
ROWS = "".join(f"<li><a href='r{n}.html'>清禾县{n}年政府信息公开年度报告</a>{n + 1}-01-20</li>" for n in (2022, 2023))


@pytest.mark.parametrize(("script", "number", "expected"), [
    ("laypage.render({count:33,limit:8,jump:function(o){location.href='/open/list.do?cat=7&pageNum='+o.curr}})", 1,
     "/open/list.do?cat=7&pageNum=2"),
    ("laypage.render({count:33,limit:8,jump:function(o){location.href='/open/list.do?cat=7&pageNum='+o.curr}})", 5,
     None),
    ("var pageCount = 3; function go(n){ location.href = '/open/list.do?cat=' + cat + '&page=' + n }", 2,
     "/open/list.do?cat=7&sort=a&page=3"),
    ("var pageCount = 3; function go(n){ location.href = `?page=${n}` }", 1, "/open/list.do?cat=7&sort=a&page=2"),
    ("var pageCount = 1; function go(n){ location.href = '?page=' + n }", 1, None),
    ("function go(n){ location.href = '?page=' + n }", 1, None),  # nothing says that there is another
])  # fmt: skip
def test_a_script_that_sends_on_to_the_next_page(script, number, expected):
    html = f"{ROWS}<script>{script}</script>"
    found = next_page(read_page(html, URL), html, URL, number)
    assert (found.url.removeprefix("http://www.qinghe.example") if found else None) == expected


def test_a_field_for_the_page_beside_the_number_of_pages():
    html = "<form action='gk.asp'>共3页 第1页<input type=hidden name=lb value=7><input name=page value=1></form>"
    facts = read_page(html, URL)
    assert next_page(facts, html, URL).url == "http://www.qinghe.example/open/gk.asp?lb=7&page=2"
    assert next_page(facts, html, URL, 3) is None


MORE = "<div onclick='more()'>加载更多</div><script>function more(){p++;fetch('/api/more?organ=d0&p='+p)}</script>"


def test_rows_that_a_button_loads_are_asked_for_by_its_call():
    html = ROWS + MORE
    facts = read_page(html, URL)
    assert goes_on(facts)
    assert loads_more(facts, URL).address(2) == "http://www.qinghe.example/api/more?organ=d0&p=2"
    where = Where(URL, PageKind.LIST, 2, SiteScope("s", {"www.qinghe.example"}), ".example", None, True)
    ahead = plan(facts, html, where)
    (step,) = ahead.onward
    assert (step.kind, step.url) == (PageKind.FEED, "http://www.qinghe.example/api/more?organ=d0&p=2")
    assert not ahead.by_hand


def test_a_button_that_is_a_link_is_no_call():
    html = ROWS + MORE.replace("<div onclick='more()'>", "<div><a href='more.html'>").replace("</div>", "</a></div>")
    assert loads_more(read_page(html, URL), URL) is None


@pytest.mark.parametrize(("script", "expected"), [
    ("var totalPage=4;", 4), ("{count: 21, limit: 10}", 3), ("{total:'20', pageSize:'10'}", 2), ("{count: 5}", None),
])  # fmt: skip
def test_the_settings_of_a_pager(script, expected):
    assert pages_set(script) == expected
