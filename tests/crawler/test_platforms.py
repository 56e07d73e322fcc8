"""List calls of the site products, on small pages of the shapes that they have."""

import json

import pytest

from crawler.feeds import read_feed
from crawler.links import read_page
from crawler.platforms import Page, calls, recognise
from crawler.platforms.base import Call, next_call

HOST = "http://www.qinghe.example"


def page(html, path="/nb/", in_column=True):
    return Page(HOST + path, html, read_page(html, HOST + path), in_column)


RECORD = "<record><![CDATA[<li><a href='/art/1.html' title='t'>t</a></li>]]></record>"


def test_jcms_asks_for_the_group_after_the_one_on_the_page():
    store = (
        "<div><script type='text/xml'><datastore><nextgroup><![CDATA[<a href=\"/module/web/jpage/dataproxy.jsp?page=1"
        f'&columnid=31&unitid=6"></a>]]></nextgroup><recordset>{RECORD}</recordset></datastore></script></div>'
        "<script>jpage({totalRecord:3,perPage:1})</script>"
    )
    (call,) = calls(page(store))
    assert call.url == HOST + "/module/web/jpage/dataproxy.jsp?page=2&columnid=31&unitid=6"
    assert calls(page(store.replace("totalRecord:3", "totalRecord:1"))) == []
    assert calls(page(store, in_column=False)) == []


def test_jcms_posts_numbers_where_no_next_group_is_given():
    html = (
        f"<script type='text/xml'><datastore><recordset>{RECORD * 3}</recordset></datastore></script>"
        "<script>jpage({totalRecord:7,perPage:1,unitid:'6',columnid:'31',webid:39})</script>"
    )
    (call,) = calls(page(html))
    assert (call.method, call.page, call.size) == ("POST", 2, 3)
    assert "startrecord=4&endrecord=6" in call.url
    assert "columnid=31" in call.body
    following = next_call(call, 3, 7)
    assert "startrecord=7&endrecord=9" in following.url
    assert next_call(following, 1, 7) is None


def test_jpaas_sends_what_the_page_gives_and_the_page_number_alone():
    html = "<div queryData=\"{'webId':'7','pageId':'a1','parseType':'bulidstatic','tagId':'列表'}\"></div>"
    (call,) = calls(page(html))
    assert call.url.startswith(HOST + "/api-gateway/jpaas-publish-server/front/page/build/unit?parseType=bulidstatic&")
    following = next_call(call, 15, None)
    assert "%22pageNo%22%3A2" in following.url
    assert next_call(call, 0, None) is None
    assert next_call(call, 19, 19) is None, "all that there are came at once"
    assert next_call(call, 15, 19) is not None


def test_ucap_calls_only_where_the_mark_up_has_no_pager():
    html = f"<meta name='channelid' content='{'a' * 32}'><ul></ul>"
    (call,) = calls(page(html))
    assert call.url.startswith(f"{HOST}/common/search/{'a' * 32}?page=1&")
    assert call.instead[0].startswith(f"{HOST}/searchList/")
    assert calls(page(html + "<a href='list_2.shtml'>下一页</a>")) == []


@pytest.mark.parametrize("tree", [
    json.dumps([{"id": 1, "name": "指南", "children": [{"id": 31, "name": "政府信息公开年报", "children": []}]}]),
    "[{id:1, name:'指南', children:[{id:31, name:'政府信息公开年报', children:[]}]}]",
])  # fmt: skip
def test_gkmlpt_calls_the_column_of_its_tree(tree):
    html = f"<script>window._CONFIG = {{SID:'755031', TREE:{tree}}};</script>"
    (call,) = calls(page(html, "/jyj/gkmlpt/index", in_column=False))
    assert call.url == HOST + "/gkmlpt/api/all/31?page=1&sid=755031"
    assert call.instead == (HOST + "/jyj/gkmlpt/api/all/31?page=1&sid=755031",)


def test_lonsun_goes_from_an_organ_to_its_report_column_and_its_list():
    (call,) = calls(page("<a href='#'>年报</a>", "/public/column/13741?type=4&action=list", in_column=False))
    assert (call.url, call.feed) == (HOST + "/public/column/13741?type=3&action=list", False)
    fields = "labelName:'publicInfoList',siteId:'67',organId:'13741',type:'3',pageSize:15,pageCount:4"
    html = f"<script>load({{{fields}}})</script>"
    (call,) = calls(page(html, "/public/column/13741?type=3"))
    assert "organId=13741" in call.url
    assert next_call(call, 15, None).url.endswith("pageIndex=2")
    assert calls(page(html.replace("pageCount:4", "pageCount:0"), "/public/column/13741?type=3")) == []


def test_the_annual_report_page_is_asked_for_the_years_its_tabs_name():
    html = "<body><ul><li onclick='y(2023)'>2023年</li><li>2022年</li></ul></body>"
    found = calls(page(html, "/module/xxgk/xxgkAnnualReport.jsp?area=001&fbtime=2023"))
    assert [c.url for c in found] == [HOST + "/module/xxgk/xxgkAnnualReport.jsp?area=001&fbtime=2022"]
    assert not found[0].feed


@pytest.mark.parametrize(("html", "path", "name"), [
    ("<script>createPageHTML(2,0,'index','html')</script>", "/nb/", "trs"),
    ("<div id='vsb_content_2'></div>", "/info/1/2.htm", "vsb"),
    ("<ucapcontent></ucapcontent>", "/x.shtml", "ucap"),
    ("<p>x</p>", "/col/col123/index.html", "hanweb_jcms"),
    ("<p>x</p>", "/gkmlpt/index", "gkmlpt"),
])  # fmt: skip
def test_products_are_told_from_a_page(html, path, name):
    assert recognise(page(html, path))[0] == name


def test_a_page_of_no_product_is_none():
    assert recognise(page("<p>x</p>", "/a/b.php")) is None


@pytest.mark.parametrize(("text", "titles", "total"), [
    ('{"data":{"total":31,"results":[{"title":"甲年报","url":"//www.qinghe.example/1.html"}]}}', ["甲年报"], 31),
    ('"{\\"rows\\":[{\\"name\\":\\"乙<em>年报</em>\\",\\"link\\":\\"/2.html\\"}]}"', ["乙年报"], None),
    ('callback([{"docTitle":"丙","docPubUrl":"./3.html"}])', ["丙"], None),
    ('{"data":{"html":"<ul><li><a href=\\"/4.html\\">丁</a></li></ul><div count=9></div>"}}', ["丁"], 9),
    (f"<datastore><totalrecord>5</totalrecord><recordset>{RECORD}</recordset></datastore>", ["t"], 5),
    ("<ul><li><a href='/5.html'>戊</a></li></ul>", ["戊"], None),
    ('{"code":500}', [], None),
])  # fmt: skip
def test_list_data_is_read_by_its_shape(text, titles, total):
    feed = read_feed(text, HOST + "/api")
    assert [link.label for link in feed.links] == titles
    assert all(link.url.startswith(HOST) for link in feed.links)
    assert feed.total == total


def test_rows_without_an_address_are_kept_apart():
    feed = read_feed('{"rows":[{"id":7,"title":"甲"},{"id":8,"title":"乙"}]}', HOST)
    assert [(row.number, row.title) for row in feed.rows] == [("7", "甲"), ("8", "乙")]
    assert feed.links == ()


@pytest.mark.parametrize("text", ["<html><body>x</body></html>", "plain", "{broken", "[" * 100_000])
def test_what_is_no_list_data_is_none(text):
    assert read_feed(text, HOST) is None


def test_pages_end_with_the_total_and_with_an_empty_answer():
    call = Call(HOST + "/l?page=1", turn="page", size=15)
    assert next_call(call, 15, 30).url == HOST + "/l?page=2"
    assert next_call(call, 15, 15) is None
    assert next_call(call, 0, 30) is None


def test_the_annual_report_page_s_tree_of_organs_is_asked_for_organ_by_organ():
    html = (
        "<script>var nodes=[{id:'001008003006',name:'教育局'},{id:'001008003014',name:'财政局'}]</script><b>2023年</b>"
    )
    path = "/module/xxgk/xxgkAnnualReport.jsp?area=001008003006&fbtime=2022"
    organ, year = calls(page(html, path))
    assert organ.url.endswith("?area=001008003014")
    assert [url.rsplit("=", 1)[1] for url in organ.instead] == ["2023"]  # if the page without a year is empty
    assert year.url.endswith("fbtime=2023")
    around = calls(page(html.replace("2023年", ""), path))
    assert len([c for c in around if "area=001008003006" in c.url]) == 6


def test_a_more_button_s_call_is_made_from_its_first_page():
    html = "<script>jpage();var u='/module/web/jpage/morecolumndataproxy.jsp?page=3&columnid=7&unitid=2'</script>"
    (call,) = calls(page(html))
    assert call.url == HOST + "/module/web/jpage/morecolumndataproxy.jsp?page=1&columnid=7&unitid=2"


def test_lists_that_only_look_like_json_and_addresses_for_each_device():
    loose = read_feed("{docs:[{title:'甲县2023年政府信息公开年报',url:'/1.html'},{title:'乙',url:'/2.html'}]}", HOST)
    assert [link.url for link in loose.links] == [HOST + "/1.html", HOST + "/2.html"]
    row = {"source": {"title": "丙", "urls": json.dumps({"pc": "/3.html", "wap": "/wap/3.html"})}}
    assert [link.url for link in read_feed(json.dumps([row]), HOST).links] == [HOST + "/3.html"]
