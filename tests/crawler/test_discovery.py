"""Finding the way by what links say, on small pages of the shapes that portals have."""

import pytest

from archive.outcomes import Outcome
from crawler.discovery import Kind, score_links
from crawler.judge import outcome_of
from crawler.links import MAX_TAGS, read_page, tamed
from crawler.pager import chosen_years, next_page
from crawler.scope import SiteScope
from crawler.walk import PageKind, Where, plan

BASE = "http://www.qinghe.example/zwgk/nb/"
SITE = SiteScope("s", {"www.qinghe.example"})


def kinds(html, in_list=False):
    return {s.link.url.removeprefix(BASE): s.kind for s in score_links(read_page(html, BASE), in_list)}


def steps(html, kind=PageKind.LIST, years=None, depth=2):
    ahead = plan(read_page(html, BASE), html, Where(BASE, kind, depth, SITE, ".example", years, kind is PageKind.LIST))
    return {step.url.removeprefix(BASE): step.kind for step in ahead.steps}


def test_a_link_text_may_break_anywhere():
    html = '<a href="a"><em></em>政府信息<br>\n    公开年报</a><a href="b">政 务 公 开</a><a href="c">政府信息公开</a>'
    assert kinds(html) == {"a": Kind.COLUMN, "b": Kind.OPENNESS, "c": Kind.DISCLOSURE}


def test_a_cut_text_is_completed_by_its_title():
    html = '<li><a href="t1.html" title="清禾县2023年政府信息公开工作年度报告">清禾县2023年政府信...</a></li>'
    ((url, kind),) = kinds(html, in_list=True).items()
    assert (url, kind) == ("t1.html", Kind.REPORT)


def test_more_and_download_links_take_the_text_around_them():
    html = (
        "<h3>政府信息公开年报 <a href='nb/'>更多&gt;&gt;</a></h3>"
        "<table><tr><td>清禾县2022年政府信息公开工作年度报告</td><td><a href='x.jsp?id=1'>查看</a></td></tr></table>"
    )
    assert steps(html, PageKind.NAV) == {"nb/": PageKind.LIST, "x.jsp?id=1": PageKind.ARTICLE}


@pytest.mark.parametrize("title", [
    "清禾县2023年政府工作报告", "清禾县2023年政府网站工作年度报表", "2023年法治政府建设年度报告",
    "清禾县2023年度部门决算",
    "《清禾县2023年政府信息公开工作年度报告》解读", "关于做好2023年政府信息公开工作年度报告的通知", "政府信息公开指南",
])  # fmt: skip
def test_decoys_are_not_followed(title):
    assert steps(f'<ul><li><a href="d.html">{title}</a></li></ul>') == {}


def test_inside_the_column_short_texts_are_enough():
    html = '<a href="2023n/">2023年</a><a href="bm/">县直部门</a><a href="r.html">2022年年报</a>'
    assert kinds(html, in_list=True) == {"2023n/": Kind.YEAR, "bm/": Kind.GROUP, "r.html": Kind.REPORT}
    assert kinds(html, in_list=False)["2023n/"] is Kind.OTHER


def test_a_row_that_was_cut_before_it_said_what_it_is_is_looked_at():
    rows = ("清禾县水利局2024年政...", "清禾县行政审批服务管理局2…", "2024年政府工作报...", "清禾县人民政府关于印发...")
    html = "".join(f'<li><a href="{n}.html">{text}</a></li>' for n, text in enumerate(rows))
    assert [kind for kind in kinds(html, in_list=True).values() if kind is Kind.ENTRY] == [Kind.ENTRY] * 2
    assert kinds(html, in_list=False)["0.html"] is not Kind.ENTRY


def test_years_narrow_reports_and_folders():
    html = "".join(
        f'<a href="{y}.html">清禾县{y}年政府信息公开工作年度报告</a><a href="{y}n/">{y}年</a>'
        for y in (2018, 2020, 2021, 2023)
    )
    assert set(steps(html, years=(2019, 2020))) == {"2020.html", "2020n/", "2021n/"}


def test_addresses_in_scripts_and_viewers_are_found():
    html = (
        """<a href="javascript:openUrl('r1.html')">清禾县2023年政府信息公开工作年度报告</a>"""
        """<iframe src="/js/pdfjs/web/viewer.html?file=%2Ffiles%2Fr2.pdf"></iframe>"""
        """<script>showVsbpdfIframe("/__local/r3.pdf","100%","600")</script>"""
    )
    found = steps(html)
    assert found["r1.html"] is PageKind.ARTICLE
    assert {url for url, kind in found.items() if kind is PageKind.FILE} == {
        "http://www.qinghe.example/files/r2.pdf", "http://www.qinghe.example/__local/r3.pdf",
    }  # fmt: skip


def test_an_article_leads_to_its_attachments_only():
    html = (
        '<a href="/zwgk/">政务公开</a><a href="p.pdf">附件1</a><a href="/down.jsp">x</a>'
        '<a href="/system/_content/download.jsp?id=3">点击下载</a><a href="j.pdf">一图读懂年报</a>'
    )
    found = steps(html, PageKind.ARTICLE)
    assert "p.pdf" in found
    assert "http://www.qinghe.example/system/_content/download.jsp?id=3" in found
    assert "http://www.qinghe.example/zwgk/" not in found


def test_other_organisations_menus_are_not_walked_but_their_column_is():
    html = (
        '<a href="http://www.city.example/zwgk/">政务公开</a>'
        '<a href="http://www.city.example/nb/">政府信息公开年报</a>'
        '<a href="http://www.clone.test/nb/">政府信息公开年报</a>'
    )
    assert list(steps(html, PageKind.NAV)) == ["http://www.city.example/nb/"]


@pytest.mark.parametrize(("html", "number", "expected"), [
    ("<a href='i2.html'>下一页</a>", 1, ["i2.html"]),
    ("<a href='i2.html'>2</a><a href='i3.html'>3</a>", 1, ["i2.html"]),
    ("<a href='i1.html'>1</a><a href='i3.html'>3</a>", 2, ["i3.html"]),
    ("<a href='day7.html'>7</a>", 1, []),
    ("".join(f"<a href='d{n}.html'>{n}</a>" for n in range(1, 32)), 1, []),
    ('<script>createPageHTML(3,0,"index","shtml");</script>', 1, ["index_1.shtml", "index_2.shtml"]),
    ("<script>createPageHTML('page_div',2, 1,'list','html',30);</script>", 1, ["list_1.html", "list_2.html"]),
    ('<script>createPageHTML(1,0,"index","shtml");</script>', 1, []),
    ('<!--<script>createPageHTML(9,0,"index","shtml");</script>-->', 1, []),
    ("<script>var countPage = 4; var currentPage = 0;</script>", 1, ["index_1.html"]),
    ("<a href='i61.html'>下一页</a>", 60, []),
])  # fmt: skip
def test_pagers(html, number, expected):
    found = next_page(read_page(html, BASE), html, BASE + "index.html", number)
    urls = [found.url, *found.instead] if found else []
    assert [url.removeprefix(BASE) for url in urls] == expected


@pytest.mark.parametrize(("file", "number", "call", "expected"), [
    ("index_1.html", 2, 'createPageHTML(4,1,"index","html")', "index_2.html"),
    ("index_2.html", 2, "createPageHTML('d',4,2,'index','html',40)", "index_3.html"),  # files count from 2 here
    ("index_3.html", 4, 'createPageHTML(4,3,"index","html")', None),
])  # fmt: skip
def test_the_second_page_tells_how_files_are_counted(file, number, call, expected):
    html = f"<script>{call}</script>"
    found = next_page(read_page(html, BASE), html, BASE + file, number)
    assert (found.url.removeprefix(BASE) if found else None) == expected


def test_a_form_pager_posts_every_hidden_field_back():
    html = (
        "<form method='post' action='list.aspx'><input type='hidden' name='__VIEWSTATE' value='a=b&amp;c'>"
        """<a href="javascript:__doPostBack('Pager1','2')">2</a></form>"""
    )
    found = next_page(read_page(html, BASE), html, BASE)
    assert (found.url, found.method) == (BASE + "list.aspx", "POST")
    assert found.body == "__VIEWSTATE=a%3Db%26c&__EVENTTARGET=Pager1&__EVENTARGUMENT=2"


def test_a_page_field_beside_script_links_is_filled_in():
    html = """<form action="list.do"><input name="cpage" value="1"><a href="javascript:page(2)">下一页</a></form>"""
    assert next_page(read_page(html, BASE), html, BASE).url == BASE + "list.do?cpage=2"


@pytest.mark.parametrize(("html", "kind", "expected"), [
    ("<ul id=l></ul><script>load()</script>", PageKind.LIST, True),
    ("<ul id=l></ul>", PageKind.LIST, False),
    ("<a href=r>清禾县2001年政府信息公开年度报告</a><a href=q>清禾县2015年政府信息公开年度报告</a><script></script>",
     PageKind.LIST, False),
    ("<p>短</p><script>render()</script>", PageKind.ARTICLE, True),
    (f"<p>{'字' * 300}</p><script></script>", PageKind.ARTICLE, False),
    ("<script>location.href='/index.html'</script>", PageKind.HOME, False),
])  # fmt: skip
def test_only_a_page_that_scripts_fill_asks_for_a_browser(html, kind, expected):
    assert plan(read_page(html, BASE), html, Where(BASE, kind, 1, SITE, ".example")).needs_browser is expected


def test_a_script_that_only_sends_on_is_followed():
    assert steps("<script>window.location.href='/portal/index.html';</script>", PageKind.HOME) == {
        "http://www.qinghe.example/portal/index.html": PageKind.HOME
    }


@pytest.mark.parametrize(("status", "media_type", "body", "url", "expected"), [
    (200, "text/html", b"<p>ok page</p>", "http://a/x.html", Outcome.OK),
    (200, "text/html", "<p>您访问的页面不存在</p>".encode(), "http://a/x.html", Outcome.SOFT_404),
    (200, "text/html", "<p>您访问的页面不存在</p>".encode("gbk"), "http://a/x.html", Outcome.SOFT_404),
    (200, "text/html", "<p>请输入验证码</p>".encode(), "http://a/download.jsp?i=1", Outcome.CHALLENGE),
    (200, "text/html", b"<html>login</html>", "http://a/r.pdf", Outcome.WRONG_TYPE),
    (200, "text/html", b" \n", "http://a/", Outcome.EMPTY),
    (200, "application/pdf", b"%PDF-1.4", "http://a/r.pdf", Outcome.OK),
    (404, "text/html", b"x", "http://a/", Outcome.GONE), (412, "text/html", b"x", "http://a/", Outcome.CHALLENGE),
    (403, "text/html", b"x", "http://a/", Outcome.REFUSED), (503, "", b"", "http://a/", Outcome.SERVER_ERROR),
    (302, "", b"", "http://a/", Outcome.REDIRECT), (304, "", b"", "http://a/", Outcome.NOT_MODIFIED),
])  # fmt: skip
def test_outcomes(status, media_type, body, url, expected):
    assert outcome_of(status, media_type, body, url) is expected


HOST = "http://www.qinghe.example"


def test_a_page_s_own_function_tells_where_its_links_lead():
    html = (
        "<script>function info(a, b) { window.location.href = 'show.aspx?id=' + a + '&lm=' + encodeURIComponent(b); }"
        "function bad(a) { location = base + a; } function far(a) { window.open('http://10.0.0.1/' + a) }</script>"
        "<a href=\"javascript:info('7','年')\">甲县2023年政府信息公开年报</a><a onclick='info(8)'>缺一个</a>"
        "<a href=\"javascript:bad('/x.html')\">拼不出</a>"
        "<a href=\"javascript:info('8','../a')\">乙县2023年政府信息公开年报</a>"
    )
    found = {link.label: link.url for link in read_page(html, f"{HOST}/nb/").links}
    assert found["甲县2023年政府信息公开年报"] == f"{HOST}/nb/show.aspx?id=7&lm=%E5%B9%B4"
    assert found["乙县2023年政府信息公开年报"] == f"{HOST}/nb/show.aspx?id=8&lm=../a"
    assert "缺一个" not in found
    assert found["拼不出"] == f"{HOST}/x.html"  # an address stands in the call itself


def test_the_years_of_a_form_are_lists_of_their_own():
    html = (
        "<form method='post' action='list.aspx'><input type='hidden' name='__VIEWSTATE' value='s'>"
        "<select name='y' onchange=\"__doPostBack('y','')\"><option>2023</option><option>2022</option>"
        "<option>全部</option></select></form>"
    )
    (label, ahead), *more = chosen_years(read_page(html, f"{HOST}/nb/"))
    assert (label, ahead.method, ahead.url, more) == ("2022", "POST", f"{HOST}/nb/list.aspx", [])
    assert ahead.body == "__VIEWSTATE=s&y=2022&__EVENTTARGET=y&__EVENTARGUMENT="
    get = html.replace("post", "get").replace("__doPostBack('y','')", "this.form.submit()")
    assert chosen_years(read_page(get, f"{HOST}/nb/"))[0][1].url == f"{HOST}/nb/list.aspx?__VIEWSTATE=s&y=2022"
    assert chosen_years(read_page(html.replace("onchange", "id"), f"{HOST}/nb/")) == []


def test_a_chosen_value_completes_the_address_of_a_selection():
    html = "<select onchange=\"location.href='list.html?nf='+this.value\"><option value='2021'>2021年</option></select>"
    (link,) = read_page(html, f"{HOST}/nb/").links
    assert (link.url, link.label, link.how) == (f"{HOST}/nb/list.html?nf=2021", "2021年", "option")


def test_a_page_of_endless_tags_is_cut_off():
    html = f"<a href='/1.html'>甲</a>{'<div>' * (MAX_TAGS + 5)}<a href='/2.html'>乙</a>"
    assert tamed(html).count("<") == MAX_TAGS - 1
    assert tamed("<p>短</p>") == "<p>短</p>"


def test_a_menu_that_a_script_follows_is_no_heading_over_what_stands_beside_it():
    organs = "".join(f"<li><a href=\"javascript:toUrl('/public/{n}/')\">{n}局</a></li>" for n in ("水利", "教育"))
    for menu in ("href=\"javascript:toUrl('/nb/index.html')\"", 'href="javascript:;" data-href="/nb/"'):
        html = f"<div><a {menu}>信息公开年报</a></div><div><h3>单位导航</h3><ul>{organs}</ul></div>"
        kinds = {s.link.label: s.kind for s in score_links(read_page(html, "http://www.taoxi.gov.example/"))}
        assert kinds["水利局"] == kinds["教育局"] == Kind.ORGAN
