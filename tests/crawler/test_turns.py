"""Pagers that exist only in scripts."""

import pytest

from crawler.abroad import is_above
from crawler.links import read_page
from crawler.pager import chosen_years, goes_on, next_page
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
    ("var total=2;for(var i=1;i<=total;i++)document.write('<a href=\"list_'+i+'.html\">')</script>共2页<script>", 1,
     "/open/list_2.html"),
    ("function go(n){ location.href = 'x' + n + '.html' }", 1, None),
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


TABS = "<ul>%s</ul><div id=c>%s</div><script>bind()</script>"


@pytest.mark.parametrize(("tabs", "expected"), [
    ("<li>县政府</li><li>县直部门</li><li>乡镇(街道)</li>", True),
    ("<li>2023年</li><li>2022年</li><li>2021年</li>", True),
    ("<li>2023年</li><li>2022年</li>", False),  # both are shown
    ("<li>县政府</li>", False), ("<li><a href='a/'>县政府</a></li><li><a href='b/'>县直部门</a></li>", False),
    ("<h3><span>县政府</span></h3><h3><span>县直部门</span></h3>", False), ("<li>新闻</li><li>服务</li>", False),
])  # fmt: skip
def test_tabs_that_only_a_click_opens(tabs, expected):
    html = TABS % (tabs, ROWS)
    where = Where(URL, PageKind.LIST, 2, SiteScope("s", {"www.qinghe.example"}), ".example", None, True)
    assert plan(read_page(html, URL), html, where).unopened is expected
    plain = html.replace("<script>bind()</script>", "")
    assert not plan(read_page(plain, URL), plain, where).unopened


def test_years_in_a_form_with_a_button_are_lists_too():
    html = (
        "<form action='/list.php'><input type=hidden name=catid value=77><select name=nf>"
        "<option value=2023 selected>2023年<option value=2022>2022年</select><input type=submit value=查询></form>"
    )
    ((label, ahead),) = chosen_years(read_page(html, URL))
    assert (label, ahead.url) == ("2022年", "http://www.qinghe.example/list.php?catid=77&nf=2022")
    assert chosen_years(read_page(html.replace("type=submit", "type=text"), URL)) == []


def test_the_government_above_a_county_is_not_the_county_s():
    assert is_above("市政府信息公开", "甘井区")
    assert not is_above("区政府信息公开", "甘井区")
    assert not is_above("市政府信息公开", "桃溪市")
    site = SiteScope("s", {"www.qinghe.example"})
    html = "<a href='/a/'>市政府信息公开</a><a href='/b/'>区政府信息公开</a>"
    where = Where("http://www.qinghe.example/x/", PageKind.NAV, 1, site, ".example", county="甘井区")
    ahead = plan(read_page(html, where.url), html, where)
    assert [step.url[-3:] for step in ahead.steps] == ["/b/"]
