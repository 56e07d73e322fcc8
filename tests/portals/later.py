"""R17 to R20: lists drawn by a library of scripts, a provincial house style, reports that only the search knows, and an
application with real addresses."""

from __future__ import annotations

import json

from tests.portals.kit import (
    DEPARTMENTS,
    TOWNS,
    Answer,
    Asked,
    Item,
    Portal,
    Variant,
    chunks,
    decoy_titles,
    hexed,
    page_bytes,
)
from tests.portals.synth import Synth

REFRESH = '<html><head><meta http-equiv="Refresh" content="0;URL=/xy/index.shtml"></head><body>&nbsp;</body></html>'
DRAWN = """<div id="380055"></div><div id="bar380055"></div><script type="text/x-template" id="div380055">
<li><a href='{{pcUrl}}' title='{{title}}'>{{title}}</a><span>{{pubDate}}</span></li></script>
<script src="/commonfiles/jquery.jpage.js"></script><script>
var params = {current: 1, unitid: '380055', webSiteCode: ['%SITE%'], channelCode: ['%CHANNEL%'], perPage: '%SIZE%',
 showMode: 'normal', templateContainerId: 'div380055'};
loadPageData(params, '380055');</script>"""
LIBRARY = """function loadPageData(p, id) {
  var x = new XMLHttpRequest(); x.open('POST', '/queryList');
  x.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded; charset=UTF-8');
  x.setRequestHeader('X-Requested-With', 'XMLHttpRequest');
  x.onload = function () {
    var d = JSON.parse(x.responseText).data, t = document.getElementById(p.templateContainerId).textContent, h = '';
    d.results.forEach(function (r) { h += t.split('{{pcUrl}}').join(JSON.parse(r.source.urls).pc)
      .split('{{title}}').join(r.source.title).split('{{pubDate}}').join(r.source.pubDate); });
    document.getElementById(id).innerHTML = '<ul>' + h + '</ul>';
    var last = Math.ceil(d.total / p.perPage), bar = document.getElementById('bar' + id);
    bar.innerHTML = '共' + last + '页 <a href="javascript:void(0)" class="' + (p.current < last ? 'go' : 'disabled')
      + '">下一页</a>';
    bar.querySelector('a').onclick = function () { if (p.current < last) { p.current++; loadPageData(p, id); } };
  };
  x.send('current=' + p.current + '&unitid=' + p.unitid + '&webSiteCode%5B%5D=' + p.webSiteCode[0]
    + '&channelCode%5B%5D=' + p.channelCode[0] + '&pageSize=' + p.perPage);
}"""


def drawn(v: Variant) -> Portal:
    """R17: lists by a script library and a form call; the tabs of the disclosure page are loaded as fragments."""
    p = Portal("script-library", "信源县", "www.xinyuan.gov.example", "9901170001", v)
    top = p.menu(
        ("/xy/index.shtml", "首页"), ("/xy/xwzx/index.shtml", "新闻中心"), ("/xy/zwgk/index.shtml", "政务公开")
    )
    p.put(
        "/",
        f'<html><head><meta http-equiv="Refresh" content="0;URL=/xy/index.shtml"></head><body>{"&nbsp;" * 9}</body>',
    )
    p.put("/xy/index.shtml", p.page("首页", top + "<p>欢迎</p>"), needed=True)
    p.put("/xy/xwzx/index.shtml", p.page("新闻中心", top + DRAWN.replace("%CHANNEL%", "xw")))
    tabs = (
        "<ul id='tabs'><li data-tab='1'>公开指南</li><li data-tab='2'>公开年报</li></ul><div id='tab'></div>"
        "<script src='/js/jquery.js'></script><script>"
        "function show(n){if(n==1){$('#tab').load('/xy/zwgk/frag/zn.html');}"
        "else{$.get('/xy/zwgk/frag/nb.html', function(h){$('#tab').html(h)});}}show(1);</script>"
    )
    p.put("/xy/zwgk/index.shtml", p.page("政务公开", top + tabs, ["政务公开"]), needed=True)
    p.put("/xy/zwgk/frag/zn.html", "<p>指南正文。</p>" * 20)
    p.put(
        "/xy/zwgk/frag/nb.html",
        "<h3>政府信息公开年报</h3>"
        + p.menu(("/xy/col42150/index.shtml", "县政府及县政府办"), ("/xy/col42151/index.shtml", "县直部门"),
                                              ("/xy/col42152/index.shtml", "乡镇（街道）")), needed=True,
    )  # fmt: skip
    p.put("/js/jquery.js", Answer(JQUERY.encode(), "application/javascript"))
    p.put("/commonfiles/jquery.jpage.js", Answer(LIBRARY.encode(), "application/javascript"))
    lists: dict[str, list[Item]] = {}
    groups = {"col42150": ("人民政府", "人民政府办公室"), "col42151": DEPARTMENTS[:5], "col42152": TOWNS[:3]}
    for code, names in groups.items():
        lists[code] = []
        for y in (2023, 2022, 2021):
            for k, d in enumerate(names):
                suffix = "人民政府" if d in TOWNS and not d.endswith("办事处") else ""
                r = Synth(f"信源县{d}{suffix}", y, "viewer" if (k, y) == (1, 2022) else "word")
                path = f"/xy/{code}/{y + 1}01/{hexed(r.key)}.shtml"
                p.true(r, p.article(r, path), *r.files, needs_js=True)
                lists[code].append(Item(r.title, path, r.date))
        p.put(
            f"/xy/{code}/index.shtml",
            p.page(v.column, top + DRAWN.replace("%CHANNEL%", code), [v.column], v.column),
            needed=True,
        )
    lists["col42150"] += [p.decoy(t, f"/xy/col42150/202402/{hexed(t)}.shtml") for t in decoy_titles(p.county)]
    for key, answer in list(p.pages.items()):
        body = answer.body.replace(b"%SITE%", b"xyxzf").replace(b"%SIZE%", str(v.size(6)).encode())
        p.pages[key] = Answer(body, answer.media, answer.status, answer.headers)

    def serve(asked: Asked) -> Answer | None:
        if asked.path != "/queryList":
            return None
        form = asked.form
        if asked.method != "POST" or asked.headers.get("x-requested-with") != "XMLHttpRequest":
            return Answer(b'{"code":"401","msg":"no"}', "application/json")
        items = lists.get(form.get("channelCode[]", ""), [])
        no, size = int(form.get("current", 1)), int(form.get("pageSize", 15))
        results = [
            {"source": {"title": i.title, "pubDate": i.date, "urls": json.dumps({"pc": i.url, "wap": f"/wap{i.url}"})}}
            for i in items[(no - 1) * size : no * size]
        ]
        told = {"code": "200", "data": {"total": len(items), "page": no, "results": results}}
        return Answer(json.dumps(told, ensure_ascii=False).encode(), "application/json;charset=UTF-8")

    p.handlers.append(serve)
    return p


JQUERY = """function $(s){var e=document.querySelector(s);return {html:function(h){e.innerHTML=h},load:function(u){
$.get(u,function(h){e.innerHTML=h})}}}
$.get=function(u,f){var x=new XMLHttpRequest();x.open('GET',u);x.onload=function(){f(x.responseText)};x.send()};"""


def gongkai(v: Variant) -> Portal:
    """R18: channels by hexadecimal numbers, rows without dates, pages by a form, what is gone leads home."""
    p = Portal("gongkai-channels", "沂岭县", "www.yiling.gov.example", "9901180001", v)
    nb, wz = f"/gongkai/channel_{hexed('nb', 24)}/", f"/gongkai/channel_{hexed('wz', 24)}/"
    rl = f"/gongkai/channel_{hexed('rl', 24)}/"
    side = p.menu(
        ("/gongkai/?open=zfxxgkzn", "政府信息公开指南"), ("/gongkai/?open=zfxxgkzd", "政府信息公开制度"),
        ("/gongkai/?open=fdzdgknr", "法定主动公开内容"), (f"{nb}?open=zfxxgknb", v.column),
        (wz, "政府网站工作年度报表"),
        ("/gongkai/ysqgk/apply.html", "依申请公开"), (rl + "?day=2024-3-1", "按日期查询"),
    )  # fmt: skip
    p.traps["calendar"] = rf"^{rl}\?day="
    top = p.menu(("/", "网站首页"), ("/news/", "新闻"), ("/gongkai/", "公开"), ("/fuwu/", "服务"))
    p.put(
        "/",
        p.page(
            "首页", top + "<p>沂岭要闻</p>" * 5 + p.menu(*((f"/news/{k}.html", f"要闻第{k}条标题") for k in range(12)))
        ),
    )
    for path in ("/news/", "/fuwu/", wz, "/gongkai/ysqgk/apply.html"):
        p.put(path, p.page("栏目", top + "<p>栏目内容，正在整理。</p>"))
    organ_sites = {
        "site_xjyj": "沂岭县教育局",
        "site_xczj": "沂岭县财政局",
        "site_xslj": "沂岭县水利局",
        "site_sqz": "石桥镇",
    }
    organs = p.menu(*((f"/gongkai/{k}/channel_{hexed(k, 24)}/", n) for k, n in organ_sites.items()))
    p.put("/gongkai/", p.page("政府信息公开", top + side + f"<h3>部门平台</h3>{organs}", ["公开"]), needed=True)
    items: list[tuple[Item, int]] = []
    for n, (y, d) in enumerate(
        (y, d) for y in (2023, 2022, 2021, 2015) for d in ("人民政府", "人民政府办公室", *TOWNS[:3])
    ):
        if y == 2015 and d in TOWNS:
            continue
        issuer = f"沂岭县{d}{'人民政府' if d in TOWNS else ''}"
        r = Synth(issuer, y, "prose" if y == 2015 else ("word", "images", "pdf")[n % 3])
        path = f"/gongkai/channel_{hexed('nb', 24)}/doc_{hexed(r.key, 24)}.html"
        p.true(r, p.article(r, path, crumbs=["公开", v.column]), *r.files)
        old = p.pages[p.host, path].body.decode()
        tabs = (f'<a href="{path}">正文</a><a href="{path.replace("doc_", "pic_")}">图解</a>'
                f'<a href="/h5/{n}.html">H5</a>'
                f'<a href="/audio/{n}.mp3">音频</a><a href="{path.replace("doc_", "read_")}">文字解读</a>')  # fmt: skip
        p.pages[p.host, path] = Answer(page_bytes(old.replace("</h1>", f"</h1>{tabs}", 1)))
        p.decoy(
            f"{r.title}解读",
            path.replace("doc_", "read_"),
            "一、编制背景。二、编制依据。三、主要内容：总体情况、主动公开政府信息情况。",
        )
        items.append((Item(f"【图文】{r.title}" if n % 4 == 0 else r.title, path, r.date), y))
    items += [(p.decoy(t, f"{nb}doc_{hexed(t, 24)}.html"), 2023) for t in decoy_titles(p.county)[:6]]
    pages = chunks([i for i, _ in items], v.size(8))
    for k, n in organ_sites.items():
        base = f"/gongkai/{k}/channel_{hexed(k, 24)}/"
        own = f"{base}?nb=1"
        p.put(
            base, p.page(n, top + p.menu((base, "机构信息"), (own, v.column)) + "<p>机构职能。</p>", [n]), needed=True
        )
        r = Synth(f"{n}人民政府" if n in TOWNS else n, 2023)
        if n == "石桥镇":
            r = Synth("沂岭县石桥镇人民政府", 2020)
        body, _ = r.body(base)
        url = p.put(
            own, p.page(r.title, f"{top}<h2>{r.title}</h2>{body}", [n, v.column], v.column)
        )  # the column is the report
        p.true(r, url)

    def listing(no: int, year: str) -> str:
        shown = pages if not year else chunks([i for i, y in items if str(y) == year], v.size(8))
        rows = "".join(
            f'<li><a href="{i.url}" title="{i.title}">{i.title}</a></li>' for i in shown[min(no, len(shown)) - 1]
        )
        years = "".join(f'<option value="{y}">{y}年</option>' for y in (2023, 2022, 2021, 2015))
        last = len(shown)
        links = "".join(f'<a href="javascript:;" onclick="gotoPage({k})">{k}</a>' for k in range(1, last + 1))
        more = f'<a href="javascript:;" onclick="gotoPage({no + 1})">下一页</a>' if no < last else "<span>下一页</span>"
        return p.page(
            v.column,
            f"{top}{side}<select onchange=\"location.href='{nb}?year='+this.value\">{years}</select><ul>{rows}</ul>"
            f'<form id="f" action="{nb}" method="get"><input type="hidden" name="currentPage" value="{no}">'
            f'<input type="hidden" name="year" value="{year}"></form><div>第{no}页/共{last}页 {links}{more}</div>'
            "<script>function gotoPage(n){var f=document.getElementById('f');f.currentPage.value=n;f.submit();}"
            "</script>",
            ["公开", v.column], v.column,
        )  # fmt: skip

    def serve(asked: Asked) -> Answer | None:
        if asked.path == nb:
            return Answer(page_bytes(listing(int(asked.form.get("currentPage") or 1), asked.form.get("year", ""))))
        if asked.path == rl:
            day = [int(x) for x in asked.form.get("day", "2024-1-1").split("-")]
            ahead = f"{day[0]}-{day[1] % 12 + 1}-{day[2] % 28 + 1}"
            return Answer(
                page_bytes(
                    p.page(
                        "日历", p.menu((f"{rl}?day={ahead}", "下一页"), (f"{rl}?day={ahead}&a=1", "政府信息公开年报"))
                    )
                )
            )
        known = any((asked.host, t) in p.pages for t in (asked.target, asked.path))
        if not known and asked.path != "/robots.txt":
            return p.pages[p.host, "/"]  # what does not exist shows the homepage
        return None

    p.handlers.append(serve)
    p.needed += len(pages)
    return p


def searched(v: Variant) -> Portal:
    """R19: no column at all; reports lie among the notices, and only the portal's search brings them together."""
    p = Portal("search-only", "寻坪县", "www.xunping.gov.example", "9901190001", v)
    form = ('<form action="/so/s" method="get"><input type="hidden" name="siteCode" value="9901190001">'
            '<input type="text" name="qt" placeholder="请输入关键字"><input type="submit" value="搜索"></form>'
            )  # fmt: skip
    login = '<form action="/login" method="post"><input name="user"><input type="password" name="pw"></form>'
    top = p.menu(("/xw/", "新闻"), ("/tzgg/", "通知公告"), ("/bmfw/", "便民服务")) + form
    p.put("/", p.page("首页", login + top + p.menu(*FRIENDLY)))
    for path, name in (("/xw/", "新闻"), ("/bmfw/", "便民服务")):
        p.put(path, p.page(name, top + "<p>栏目内容。</p>"))
    p.put(
        "/tzgg/",
        p.page(
            "通知公告", top + p.items(Item(f"关于事项{k}的通告", f"/tzgg/{k}.html", "2024-01-02") for k in range(9))
        ),
    )
    found: list[Item] = []
    for y in (2023, 2022, 2021):
        for d in ("人民政府", *DEPARTMENTS[:3]):
            r = Synth(f"寻坪县{d}", y)
            path = f"/tzgg/{hexed(r.key, 10)}.html"
            p.true(r, p.article(r, path, crumbs=["通知公告"]))
            found.append(Item(r.title, path, r.date))
    found += [p.decoy(t, f"/tzgg/{hexed(t, 10)}.html") for t in decoy_titles(p.county)]
    found.sort(key=lambda i: hexed(i.title))
    p.robots[p.host] = "User-agent: *\nDisallow: /admin/\n"
    p.traps["search"] = r"^/so/s"

    def serve(asked: Asked) -> Answer | None:
        if asked.path != "/so/s":
            return None
        no = int(asked.form.get("page") or 1)
        part = found[(no - 1) * 10 : no * 10] if "信息公开" in asked.form.get("qt", "") else []
        rows = p.items(part) or "<p>没有找到。</p>"
        more = f'<a href="/so/s?siteCode=1&qt={asked.form.get("qt", "")}&page={no + 1}">下一页</a>'
        return Answer(page_bytes(p.page("搜索结果", f"{top}<p>为您找到约 3000 条结果</p>{rows}{more}")))

    p.handlers.append(serve)
    p.needed += 3
    return p


FRIENDLY = (("http://www.zgzf.gov.example/", "中国政府网"), ("http://www.shengzf.gov.example/", "省人民政府"))


HISTORY = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>渡口区人民政府</title></head><body>
<div id="app"></div>
<script src="/static/app.js"></script></body></html>"""
APP = """var app = document.getElementById('app'), path = location.pathname;
function get(u, f) { fetch(u).then(function (r) { return r.json(); }).then(f); }
function a(t, h) { var e = document.createElement('a'); e.textContent = t; e.href = h; e.onclick = function (v) {
  v.preventDefault(); history.pushState(null, '', h); path = h; show(); }; app.appendChild(e); }
function list(no) { app.innerHTML = '';
  get('/rest/channel/list?channelId=nb77&pageIndex=' + no + '&pageSize=%SIZE%', function (d) {
    d.result.records.forEach(function (r) { a(r.title, '/xxgk/detail/' + r.id); });
    var b = document.createElement('button'); b.className = 'btn-next'; b.innerHTML = '<i></i>';
    b.disabled = no * %SIZE% >= d.result.total; b.onclick = function () { list(no + 1); }; app.appendChild(b); }); }
function show() { app.innerHTML = '';
  if (path.indexOf('/xxgk/detail/') == 0) get('/rest/article/' + path.split('/').pop(), function (d) {
    app.innerHTML = '<h1>' + d.result.title + '</h1>' + d.result.content; });
  else if (path == '/xxgk/annual') list(1);
  else if (path == '/xxgk') { a('政府信息公开指南', '/xxgk/guide'); a('%COLUMN%', '/xxgk/annual');
    a('依申请公开', '/xxgk/apply'); }
  else { a('首页', '/'); a('政府信息公开', '/xxgk'); a('渡口要闻', '/news'); } }
show();"""


def history(v: Variant) -> Portal:
    """R20: an application with real addresses: every one answers with the same shell, also those that do not exist."""
    p = Portal("spa-history", "渡口区", "www.dukou.gov.example", "9901200001", v)
    p.put("/", HISTORY)
    size = v.size(9)
    p.put(
        "/static/app.js",
        Answer(APP.replace("%SIZE%", str(size)).replace("%COLUMN%", v.column).encode(), "application/javascript"),
    )
    rows, texts = [], {}
    for n, (y, d) in enumerate((y, d) for y in (2023, 2022) for d in ("人民政府", *DEPARTMENTS[:3], TOWNS[0])):
        r = Synth(f"渡口区{d}{'人民政府' if d in TOWNS else ''}", y)
        number = str(1746000000000000000 + n)
        texts[number] = {"id": number, "title": r.title, "content": r.body("/f")[0]}
        rows.append({"id": number, "title": r.title, "publishDate": r.date})
        p.true(r, f"http://{p.host}/xxgk/detail/{number}", f"http://{p.host}/rest/article/{number}", needs_js=True)
    for n, t in enumerate(decoy_titles(p.county)[:6]):
        texts[f"77{n}"] = {"id": f"77{n}", "title": t, "content": "<p>有关情况。</p>"}
        rows.append({"id": f"77{n}", "title": t, "publishDate": "2024-02-05"})

    def serve(asked: Asked) -> Answer | None:
        if asked.path == "/rest/channel/list":
            no, per = int(asked.form.get("pageIndex", 1)), int(asked.form.get("pageSize", 10))
            data: object = {"total": len(rows), "records": rows[(no - 1) * per : no * per]}
        elif asked.path.startswith("/rest/article/"):
            data = texts.get(asked.path.rsplit("/", 1)[1], {})
        elif asked.path in ("/robots.txt", "/static/app.js"):
            return None
        else:
            return Answer(HISTORY.encode())
        return Answer(json.dumps({"code": 0, "result": data}, ensure_ascii=False).encode(), "application/json")

    p.handlers.append(serve)
    p.needed += 2
    return p
