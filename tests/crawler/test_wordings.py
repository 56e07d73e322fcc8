"""Names of menus and kinds of links, swept: each as portals have been described to have it."""

import json

import pytest

from crawler.discovery import Kind, classify, score_links, strays
from crawler.feeds import Row, read_feed
from crawler.links import Link, read_page
from crawler.pager import next_page
from crawler.wordings import WordingError, bare, parse_wordings

BASE = "http://www.qinghe.example/zwgk/index.html"


def judged(label, in_list=False, **more):
    return classify(Link("http://www.qinghe.example/x/", label, "anchor", 9, **more), in_list)


COLUMNS = """
政府信息公开年报 政府信息公开年度报告 政府信息公开工作年度报告 信息公开年报 信息公开年度报告 年度报告
公开年报 工作年报 年报 政务公开年报 公开年度报告 信息公开工作年报 政府信息公开工作年报 公开工作年报
信息公开报告 年报专栏 历年年报 工作年度报告 政府信息公开年报专栏 信息公开年度报告专栏 政府年报
部门年报 乡镇年报 县直部门年报 各部门年报 街道年报 政府信息公开工作报告 年度报告公开 年报公开
年报公示 年报列表 政府信息公开年报查询 2020年以前信息公开年报 往年年报 公开工作报告 区政府年报
信息年报 县政府信息公开年报 各乡镇政府信息公开年报 政府信息公开年度工作报告 年度工作报告
"""


@pytest.mark.parametrize("label", COLUMNS.split())
def test_names_of_the_column(label):
    assert judged(label).kind is Kind.COLUMN


DISCLOSURE = """
政府信息公开 信息公开 政府信息公开专栏 政府信息公开平台 信息公开专栏 信息公开平台 信息公开目录
政府信息公开目录 清禾县政府信息公开 人民政府信息公开 信息公开网 政府信息公开专题 信息公开首页
县政府信息公开 政府信息目录 信息公开系统 政务公开 公开专栏 政务信息公开 政府公开 阳光政务
法定主动公开 法定公开 公开 政务 政务公开专栏 政务公开平台 主动公开 政府信息 透明政府 政务信息
依法公开 政务公开工作 基层政务公开 政务公开标准化目录 信息公开统一平台 进入网站 点击进入 进入首页
政府信息主动公开
"""


@pytest.mark.parametrize("label", DISCLOSURE.split())
def test_names_of_the_menus_above_it(label):
    assert judged(label).kind in (Kind.DISCLOSURE, Kind.OPENNESS, Kind.NEIGHBOUR)


NEITHER = """
政府网站工作年度报表 法治政府建设年度报告 企业年报 统计年报 依申请公开 公开招聘 公开征求意见 村务公开
党务公开 公开电话 财政信息公开 环境信息公开 企业信息公开 公开选拔 新闻发布 政务服务 办事指南
县长信箱 部门预决算 财政年报 政府工作报告 网站年报 公开遴选公告 双公示
"""


@pytest.mark.parametrize("label", NEITHER.split())
def test_what_only_sounds_like_them(label):
    assert judged(label).kind in (Kind.OTHER, Kind.DECOY)


@pytest.mark.parametrize(("label", "expected"), [
    ("政务公开GOVERNMENTAFFAIRS", "政务公开"), ("【政府信息公开】", "政府信息公开"), ("公开年报(12)", "公开年报"),
    ("信息公开>>", "信息公开"), ("·政务公开", "政务公开"), ("政务公开more>", "政务公开"), ("GKNB", "GKNB"), ("", ""),
])  # fmt: skip
def test_what_is_drawn_around_a_name_does_not_count(label, expected):
    assert bare(label) == expected


def test_a_text_that_only_sounds_like_the_column_is_a_guess():
    assert (judged("信息公开年报").loose, judged("信息公开年报及报表说明栏").loose) == (False, False)
    loose = judged("政务年度报告大全")
    assert (loose.kind, loose.loose) == (Kind.COLUMN, True)
    assert loose.score < judged("信息公开年报").score


def test_an_organ_s_report_in_a_dated_row_of_the_column_is_no_folder():
    assert judged("水利局信息公开工作年报", True, dated=True).kind is Kind.REPORT
    assert judged("水利局信息公开工作年报", True).kind is Kind.COLUMN


def test_wordings_that_cannot_be_used_are_refused_with_one_sentence():
    with pytest.raises(WordingError, match=r"wordings\.yml"):
        parse_wordings("column: {longest: 3}")
    with pytest.raises(WordingError, match=r"wordings\.yml: column"):
        parse_wordings("never: a\ndull: b\ntelling: c\nearlier: {longest: 1, whole: []}\ncolumn: {longest: x}")


COLUMN = "/nb/list.html"
SCRIPT = "<script>%s</script>"
LINKS = {
    "anchor": '<a href="/nb/list.html">年度报告</a>',
    "picture": '<a href="/nb/list.html"><img src="a.png" alt="年度报告"></a>',
    "title of a picture": '<a href="/nb/list.html"><img src="a.png" title="年度报告"></a>',
    "background": '<a href="/nb/list.html" title="年度报告" style="background:url(b.png)"></a>',
    "spoken name": '<a href="/nb/list.html" aria-label="年度报告"></a>',
    "area": '<map><area shape="rect" href="/nb/list.html" alt="年度报告"></map>',
    "area with title": '<map><area shape="rect" href="/nb/list.html" title="年度报告"></map>',
    "frame address in javascript": """<a href="javascript:openUrl('/nb/list.html')">年度报告</a>""",
    "onclick beside an empty address": """<a href="javascript:;" onclick="go('/nb/list.html')">年度报告</a>""",
    "onclick beside a mark": """<a href="#" onclick="window.open('/nb/list.html')">年度报告</a>""",
    "row": """<li onclick="location.href='/nb/list.html'"><span>年度报告</span></li>""",
    "button": """<button onclick="location='/nb/list.html'">年度报告</button>""",
    "data-url": '<div class="tile" data-url="/nb/list.html"><i></i><p>年度报告</p></div>',
    "data-href of an anchor": '<a href="javascript:void(0)" data-href="/nb/list.html">年度报告</a>',
    "attribute of the product's own": '<li linkurl="../nb/list.html">年度报告</li>',
    "relative address in an attribute": '<span data-link="../nb/list.html">年度报告</span>',
    "function": SCRIPT % "function toNb(){window.location.href='/nb/list.html';}"
    + '<li onclick="toNb()">年度报告</li>',
    "function with arguments": SCRIPT % "function go(d,f){ if(d){ window.open('/'+d+'/'+f+'.html') } }"
    + """<li onclick="go('nb','list')">年度报告</li>""",
    "function with a variable": SCRIPT
    % "var base='/nb/'; function go(f){ var u = base + f + '.html'; location.href = u; }"
    + """<li onclick="go('list')">年度报告</li>""",
    "arrow function": SCRIPT % "const go = (f) => { location.href = `/nb/${f}.html` }"
    + """<li onclick="go('list')">年度报告</li>""",
    "method": SCRIPT % "var page = {go: function(f){ $('#main').attr('src', '/nb/' + f + '.html') }}"
    + """<li onclick="page.go('list')">年度报告</li>""",
    "handler": "<li id='nb'>年度报告</li>" + SCRIPT % "$('#nb').click(function(){ location.href='/nb/list.html' })",
    "handler by on": "<li class='n b'>年度报告</li>" + SCRIPT % "$('.b').on('click', () => { open('/nb/list.html') })",
    "handler by id": "<li id='nb'>年度报告</li>"
    + SCRIPT % "document.getElementById('nb').onclick = function(){ location.href='/nb/list.html' }",
    "listener": "<li id='nb'>年度报告</li>"
    + SCRIPT % "document.getElementById('nb').addEventListener('click', function(){ location.href='/nb/list.html' })",
    "data": SCRIPT % "var menu=[{name:'年度报告',url:'/nb/list.html'}]",
    "written": SCRIPT % r"""document.write('<td><a href=\"/nb/list.html\">年度报告</a></td>');""",
    "option": "<select onchange='location=this.value'><option value='/nb/list.html'>年度报告</option></select>",
    "box": '<div><h3>年度报告</h3><ul><li><a href="/a.html">甲</a></li></ul><a href="/nb/list.html">更多</a></div>',
    "box of reports": '<div><ul><li><a href="/a.html">清禾县2023年政府信息公开年度报告</a></li>'
    '<li><a href="/b.html">清禾县2022年政府信息公开年度报告</a></li></ul><a href="/nb/list.html">查看更多</a></div>',
    "picture for more beside a picture": '<dl><dt><img src="a.png" alt="部门年报"></dt>'
    '<dd><a href="/nb/list.html"><img src="m.gif" alt="more"></a></dd></dl>',
    "handler of each": "<div class=tab data-page-code='list'>年度报告</div>"
    + SCRIPT
    % "document.querySelectorAll('.tab').forEach(t => {t.onclick=function(){open('/nb/'+t.dataset.pageCode+'.html')}})",
    "handler for all": "<div class=tab data-code='list'>年度报告</div>"
    + SCRIPT % "$(document).on('click', '.tab', function(){ location.href='/nb/' + $(this).data('code') + '.html' })",
    "handler by role": "<div role=tab code='list'>年度报告</div>"
    + SCRIPT % "$('[role=tab]').each(function(){ $(this).click(() => { open('/nb/'+$(this).attr('code')+'.html') }) })",
    "function of the element": "<div data-id=list onclick='go(this)'>年度报告</div>"
    + SCRIPT % "function go(o){ var k = o.getAttribute('data-id'); location.href = '/nb/' + k + '.html' }",
    "tree that calls build": SCRIPT % "d.add(31,3,'年度报告','/nb/list.html','','right');",
    "body that sends on": """<body onload="location='/nb/list.html'"></body>""",
    "backslashes": r'<a href="\nb\list.html">年度报告</a>',
    "broken text": '<a href="/nb/list.html">年 度<br>报&nbsp;告</a>',
    "arrows": '<a href="/nb/list.html">【年度报告】&gt;&gt;</a>',
    "svg": '<svg><a href="/nb/list.html">年度报告</a></svg>',
}  # fmt: skip


@pytest.mark.parametrize("kind", LINKS)
def test_kinds_of_links(kind):
    facts = read_page(LINKS[kind], BASE)
    found = {facts.redirect, *(s.link.url for s in score_links(facts) if s.kind is Kind.COLUMN)}
    assert "http://www.qinghe.example/nb/list.html" in found, [(i.url, i.label) for i in facts.links]


def test_hostile_scripts_lead_nowhere():
    deep = "".join(f"var a{n}=a{n + 1}+a{n + 1};" for n in range(60))
    html = (
        SCRIPT % (deep + "function go(){ location.href='/x'+a0; }") + "<a onclick='go()'>年度报告</a>"
        + SCRIPT % "$('#a > ..b').click(function(){ location.href='/y.html' })" + SCRIPT % ("function f(a){" * 400)
    )  # fmt: skip
    assert read_page(html, BASE).links == ()


def test_menus_that_nothing_speaks_for_are_kept_for_the_end():
    html = (
        '<a href="/a/">透明清禾</a><a href="/b/">清禾风物</a><a href="/c/">首页</a><a href="/d/">手机版</a>'
        '<a href="/e.pdf">手册</a>'
        '<li><a href="/f.html">某某</a>2024-01-02</li><a href="/g/">3</a>'
    )
    assert [(tells, link.label) for tells, link in strays(read_page(html, BASE))] == [
        (True, "透明清禾"),
        (False, "清禾风物"),
    ]


def test_rows_without_addresses_take_them_from_what_is_bound_to_them():
    row = "<div class='card' data-id='%d'><p>清禾县%d年政府信息公开年度报告</p><p>2024-01-20</p></div>"
    rows = "".join(row % (n, n) for n in (2022, 2023))
    bound = "$('.card').each(function(c){this.onclick=function(){location.href='/nb/'+this.dataset.id}});"
    numbers = "$('.pi').click(function(){location.href='?p='+$(this).data('p')})"
    html = f"{rows}<i class=pi data-p=1>1</i><i class=pi data-p=2>2</i><script>{bound}{numbers}</script>"
    facts = read_page(html, BASE)
    assert [(s.link.url[-8:], s.year) for s in score_links(facts, True) if s.kind is Kind.REPORT] == [
        ("/nb/2022", 2022),
        ("/nb/2023", 2023),
    ]
    assert next_page(facts, html, BASE).url == f"{BASE}?p=2"
    assert facts.redirect is None


FOLDERS = {
    "definition list": "<dl><dt>政府信息公开年报</dt><dd><a href='/f/'>县直部门</a></dd><dt>公开制度</dt>"
    "<dd><a href='/g/'>县级</a></dd></dl>",
    "nested list": "<ul><li><span>公开年报</span><ul><li><a href='/f/'>2023年</a></li></ul></li>"
    "<li><a href='/g/'>2022年</a></li></ul>",
    "boxes": "<div class=t><b>年度报告</b></div><div class=c><a href='/f/'>乡镇街道</a></div><div class=t>其他</div>"
    "<div class=c><a href='/g/'>县直部门</a></div>",
    "paragraphs": "<p>信息公开年报</p><p><a href='/f/'>县政府</a></p><p>别的</p><p><a href='/g/'>县政府</a></p>",
    "tree in calls": "<script>d.add(3,0,'信息公开年报');d.add(31,3,'县政府','/f/');"
    "d.add(4,0,'其他栏目');d.add(5,4,'县政府','/g/');</script>",
    "tree in data": "<script>var n=[{id:1,name:'信息公开年报'},{id:2,name:'县政府',url:'/f/'},"
    "{id:3,name:'其他'},{name:'部门',url:'/g/'}]</script>",
}


@pytest.mark.parametrize("kind", FOLDERS)
def test_what_stands_under_the_column_s_name_is_a_folder_of_it(kind):
    found = {s.link.url[-3:]: s for s in score_links(read_page(FOLDERS[kind], BASE))}
    assert (found["/f/"].kind, found["/f/"].loose) == (Kind.COLUMN, True)
    assert found["/g/"].kind is not Kind.COLUMN


SELECTIONS = {
    "function that asks the selection": (
        "<select onchange='toDept(this)'><option value='a0'>县财政局</option></select><script>function toDept(o){"
        "var v=o.options[o.selectedIndex].value;if(v!=''){window.open('/gk/'+v+'/')}}</script>"
    ),
    "function of the value": (
        "<select onchange='go(this.value)'><option value='a0'>县财政局</option></select>"
        "<script>function go(v){location.href=`/gk/${v}/`}</script>"
    ),
    "handler": (
        "<select id=dept><optgroup><option value='a0'>县财政局</option></optgroup></select>"
        "<script>$('#dept').change(function(){location.href='/gk/'+$(this).val()+'/'})</script>"
    ),
    "listener": (
        "<select id=dept><option value='a0'>县财政局</option></select><script>document.getElementById('dept')"
        ".addEventListener('change', e => { location = '/gk/' + e.target.value + '/' })</script>"
    ),
}


@pytest.mark.parametrize("kind", SELECTIONS)
def test_selections_that_a_script_reads(kind):
    (link,) = read_page(SELECTIONS[kind], BASE).links
    assert (link.url, link.label, link.how) == ("http://www.qinghe.example/gk/a0/", "县财政局", "option")


def test_a_place_that_a_click_leads_to_is_no_redirect():
    html = "<p class=row>短</p><script>$('.row').click(function(){ location.href='/show.html' })</script>"
    assert read_page(html, BASE).redirect is None
    assert read_page("<script>location.href='/show.html?id='+id</script>", BASE).redirect is None
    phone = "<script>if(m){location.href='http://m.qinghe.example/'}else{location.href='/index.do'}</script>"
    assert read_page(phone, BASE).redirect == "http://www.qinghe.example/index.do"


def test_rows_of_data_are_known_by_their_looks_where_their_fields_are_not():
    title = "清禾县2023年政府信息公开工作年度报告"
    feed = read_feed(json.dumps({"zs": 9, "lb": [{"bh": "a1f3", "mc": title, "rq": "2024-01-20"}]}), BASE)
    assert feed.rows == (Row(title, "a1f3"),)
    feed = read_feed(json.dumps([{"mc": title, "lj": "/nr/7.html", "rq": "2024-01-20"}]), BASE)
    assert [(i.url, i.label, i.dated) for i in feed.links] == [("http://www.qinghe.example/nr/7.html", title, True)]
    assert read_feed(json.dumps([{"mc": "清禾新闻一则", "bh": "a1f3"}]), BASE).n_rows == 0
