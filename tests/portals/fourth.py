"""R23 pictures instead of words, files instead of pages; R24 a tree that opens lists in a frame; R25 tabs that post."""

from __future__ import annotations

import json

from tests.portals.kit import (
    DEPARTMENTS,
    TOWNS,
    Answer,
    Asked,
    Item,
    Portal,
    Row,
    Variant,
    chunks,
    decoy_titles,
    hexed,
    page_bytes,
)
from tests.portals.synth import MEDIA, Synth

OFFICES = ("人民政府", "人民政府办公室")


def number(text: str, n: int = 6) -> int:
    return int(hexed(text, n), 16)


def organ(county: str, name: str) -> str:
    return county + name + ("人民政府" if name in TOWNS and not name.endswith("办事处") else "")


def as_json(value: object) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False).encode(), "application/json;charset=UTF-8")


def pictured(v: Variant) -> Portal:
    """R23: a picture to enter by, menus of pictures and tiles, lists that link straight to files."""
    p = Portal("picture-menu", "碧溪县", "www.bixi.gov.example", "9901230001", v)
    p.put(
        "/",
        '<html><head><title>碧溪县</title></head><body><img src="/s.jpg" usemap="#m"><map name="m">'
        '<area shape="rect" coords="0,0,900,500" href="/bx/index.html"><area href="/en/" alt="English"></map>',
    )
    nav = (
        '<a href="/bx/xw/"><img src="/i/xw.png" alt="新闻中心"></a>'
        '<a href="/bx/zw/"><img src="/i/zw.png" alt="政务公开"></a>'
        '<a href="/bx/fw/" title="政务服务" style="background:url(/i/fw.png)"></a>'
    )
    p.put("/bx/index.html", p.page("首页", nav + "<p>碧溪要闻</p>" * 6), needed=True)
    tiles = "".join(
        f'<div class="{v.cls("tile")}" data-url="/bx/zw/{u}"><i></i><p>{t}</p></div>'
        for u, t in (("zn.html", "公开指南"), ("zd.html", "公开制度"), ("bg/", "年度报告"), ("ysq.html", "依申请公开"))
    )
    bound = "<script>$('[data-url]').click(function(){window.location.href=$(this).data('url')})</script>"
    more = '<a href="/bx/zw/zl/" title="政府信息公开"></a>'
    p.put("/bx/zw/", p.page("政务公开", nav + more, ["政务公开"]), needed=True)
    p.put("/bx/zw/zl/", p.page("政府信息公开", nav + tiles + bound, ["政务公开"]), needed=True)
    for path in ("xw/", "fw/", "zw/zn.html", "zw/zd.html", "zw/ysq.html"):
        p.put(f"/bx/{path}", p.page("栏目", nav + "<p>栏目内容整理中。</p>" * 4))
    groups = (("xzf", "县政府", OFFICES), ("bm", "部门", DEPARTMENTS[:4]), ("xz", "乡镇", TOWNS[:2]))
    more = '<img src="/i/m.gif" alt="more">'
    boxes = "".join(
        f'<dl><dt><img src="/i/{k}.png" alt="{n}年报"></dt><dd><a href="{k}/">{more}</a></dd></dl>'
        for k, n, _ in groups
    )
    p.put("/bx/zw/bg/", p.page("年度报告", nav + boxes, ["政务公开", "年度报告"]), needed=True)
    for k, name, organs in groups:
        rows = [_filed(p, k, organ(p.county, d), y) for y in (2023, 2022) for d in organs]
        if k == "xzf":
            rows += [p.decoy(t, f"/bx/zw/bg/{k}/{number(t)}.html") for t in decoy_titles(p.county)[:5]]
        p.put(f"/bx/zw/bg/{k}/", p.page(name, nav + p.items(rows), ["政务公开", "年度报告", name]), needed=True)
    return p


def _filed(p: Portal, group: str, issuer: str, year: int) -> Item:
    """A report as a page of its own, or as a file that the list links to."""
    r = Synth(issuer, year, {"bm": "pdf", "xz": "docx"}.get(group, "word"))
    path = f"/bx/zw/bg/{group}/{number(r.key)}.html"
    if r.form == "word":
        p.true(r, p.article(r, path))
    else:
        path = f"/upload/{year + 1}/{number(r.key)}.{r.form}"
        (content,) = r.body("/x")[1].values()
        p.true(r, p.put(path, Answer(content, MEDIA[r.form])))
    return Item(r.title, path, r.date)


TREE = """<ul id="tree"></ul><iframe id="main" src="/open/list.do?cat=101"></iframe><script src="/js/ztree.js"></script>
<script>var setting={callback:{onClick:function(e,t,n){document.getElementById('main').src='/open/list.do?cat='+n.id}}};
var x=new XMLHttpRequest();x.open('POST','/open/tree.do');x.onload=function(){
$.fn.zTree.init('tree',setting,JSON.parse(x.responseText))};x.send();</script>"""
ZTREE = """window.$={fn:{zTree:{init:function(id,s,n){var t=document.getElementById(id);n.forEach(function(k){
var e=document.createElement('li');e.innerHTML='<a title="'+k.name+'">'+k.name+'</a>';
e.onclick=function(v){s.callback.onClick(v,id,k)};t.appendChild(e)})}}}};"""
LIST = """<html><body><table>%s</table><div id="page"></div><script>
function openInfo(id){window.open('/open/show.do?id='+id)}
laypage.render({elem:'page',count:%d,limit:%d,curr:%d,jump:function(obj,first){
if(!first){location.href='/open/list.do?cat=%d&pageNum='+obj.curr}}});</script></body></html>"""


def tree(v: Variant) -> Portal:
    """R24: a host of its own for disclosure, a tree without addresses, lists in a frame with a pager in a script."""
    p = Portal("tree-frame", "鹿泉县", "www.luquan.gov.example", "9901240001", v)
    x = "xxgk.luquan.gov.example"
    p.robots[x] = "User-agent: *\nDisallow:\n"
    p.put(
        "/",
        "<html><script>if(/Android/i.test(navigator.userAgent)){window.location.href='http://m.luquan.gov.example/'}"
        "else{window.location.href='./portal/index.do'}</script><body></body></html>",
    )
    top = p.menu(("/portal/index.do", "首页"), ("/portal/list.do?c=2", "政务动态"), (f"http://{x}/", "信息公开"))
    p.put("/portal/index.do", p.page("首页", top + "<p>鹿泉新闻</p>" * 6), needed=True)
    p.put("/portal/list.do?c=2", p.page("政务动态", top + "<p>暂无</p>"))
    p.put("/", p.page("政府信息公开", TREE, ["政府信息公开"]), host=x, needed=True)
    p.put("/js/ztree.js", Answer(ZTREE.encode(), "application/javascript"), host=x)
    names = {100: "政府信息公开目录", 101: "公开指南", 102: "规章制度", 200: "政府信息公开工作年度报告", 201: "县政府",
             202: "县直单位", 203: "乡镇街道", 300: "政府网站工作年度报表"}  # fmt: skip
    lists: dict[int, list[Item]] = {}
    for cat, organs in ((201, OFFICES), (202, DEPARTMENTS[:4]), (203, TOWNS[:2])):
        lists[cat] = []
        for y in (2023, 2022):
            for d in organs:
                r = Synth(organ(p.county, d), y, "viewer" if (y, d) == (2022, DEPARTMENTS[0]) else "word")
                path = f"/open/show.do?id={hexed(r.key)}"
                p.true(r, p.article(r, path, host=x, files="/file"), *r.files, needs_js=True)
                lists[cat].append(Item(r.title, hexed(r.key), r.date))
    for t in decoy_titles(p.county)[:5]:
        url = p.put(f"/open/show.do?id={hexed(t)}", p.page(t, f"<h1>{t}</h1><p>{t}，现予公布。</p>"), host=x)
        p.rows.append(Row(p.key, "decoy", [url], "", 0, url))
        lists[202].insert(3, Item(t, hexed(t), "2024-02-05"))

    def serve(asked: Asked) -> Answer | None:
        if asked.host != x or asked.path not in ("/open/tree.do", "/open/list.do"):
            return None
        if asked.path == "/open/tree.do":
            nodes = [{"id": k, "pId": k // 100 * 100, "name": name} for k, name in names.items()]
            return as_json(nodes) if asked.method == "POST" else Answer(b"", status=405)
        cat, no, size = int(asked.form.get("cat", 0)), int(asked.form.get("pageNum", 1)), v.size(8)
        rows = chunks(lists.get(cat, []), size)
        body = "".join(f"<tr><td onclick=\"openInfo('{i.url}')\">{i.title}</td><td>{i.date}</td></tr>"
                       for i in (rows[no - 1] if no <= len(rows) else []))  # fmt: skip
        return Answer(page_bytes(LIST % (body, len(lists.get(cat, [])), size, no, cat)))

    p.handlers.append(serve)
    p.needed += 1 + sum(len(chunks(rows, v.size(8))) for rows in lists.values())
    return p


LIBRARY = """window.$=function(s){var e=document.querySelectorAll(s);return {html:function(h){e.forEach(function(n){
n.innerHTML=h})},on:function(v,f){e.forEach(function(n){n.addEventListener(v,f)})}}};
$.post=function(u,d,f){var x=new XMLHttpRequest();x.open('POST',u);
x.setRequestHeader('Content-Type','application/x-www-form-urlencoded');x.onload=function(){var t=x.responseText;
try{t=JSON.parse(t)}catch(e){}f(t)};x.send(Object.keys(d).map(function(k){return k+'='+d[k]}).join('&'))};"""
TABS = """<ul class="tabs"><li code="A">政府信息公开指南</li><li code="B">政府信息公开制度</li><li code="D">%s</li></ul>
<div class="con"></div><script src="/js/jq.js"></script><script>
$('.tabs li').on('click',function(){$.post('/ajax/tab',{code:this.getAttribute('code')},
function(h){$('.con').html(h)})});
function list(bm,p){$.post('/ajax/list',{bm:bm,ys:p,ts:%d},function(d){$('.rows').html(d.lb.map(function(e){
return '<p><a href="/nr/'+e.bh+'.html" title="'+e.mc+'">'+e.mc+'</a> '+e.rq+'</p>'}).join('')
+'<a href="javascript:list(\\''+bm+'\\','+(p+1)+')">'+(p*%d<d.zs?'下一页':'')+'</a>')})}</script>"""


def tabs(v: Variant) -> Portal:
    """R25: tabs whose content is posted for, groups that only a click opens, rows in fields of the site's own."""
    p = Portal("posted-tabs", "沁安县", "www.qinan.gov.example", "9901250001", v)
    size = v.size(6)
    top = p.menu(("/", "首页"), ("/xw.html", "新闻"), ("/zfxxgk.html", "政府信息公开"))
    p.put("/", p.page("首页", top + "<p>要闻</p>" * 6))
    p.put("/xw.html", p.page("新闻", top + "<p>暂无</p>"))
    p.put("/js/jq.js", Answer(LIBRARY.encode(), "application/javascript"))
    body = TABS % (v.column, size, size)
    p.put("/zfxxgk.html", p.page("政府信息公开", top + body, ["政府信息公开"]), needed=True)
    groups = {"01": ("县政府", OFFICES), "02": ("县直部门", DEPARTMENTS[:4]), "03": ("乡镇", TOWNS[:2])}
    lists: dict[str, list[dict[str, str]]] = {}
    for k, (_, organs) in groups.items():
        made = [Synth(organ(p.county, d), y) for y in (2023, 2022) for d in organs]
        for r in made:
            p.true(r, p.article(r, f"/nr/{hexed(r.key, 16)}.html"), needs_js=True)
        lists[k] = [{"bh": hexed(r.key, 16), "mc": r.title, "rq": r.date} for r in made]
    for t in decoy_titles(p.county)[:4]:
        p.decoy(t, f"/nr/{hexed(t, 16)}.html")
        lists["02"].append({"bh": hexed(t, 16), "mc": t, "rq": "2024-02-05"})

    def serve(asked: Asked) -> Answer | None:
        if asked.method != "POST" or not asked.path.startswith("/ajax/"):
            return None
        if asked.path == "/ajax/list":
            rows, no = lists.get(asked.form.get("bm", ""), []), int(asked.form.get("ys", 1))
            return as_json({"zt": 1, "zs": len(rows), "lb": rows[(no - 1) * size : no * size]})
        spans = "".join(f"<span onclick=\"list('{k}',1)\">{name}</span>" for k, (name, _) in groups.items())
        text = f"<div>{spans}</div><div class='rows'></div>" if asked.form.get("code") == "D" else "<p>正文。</p>"
        return Answer(page_bytes(text))

    p.handlers.append(serve)
    p.needed += 1 + sum(len(chunks(rows, size)) for rows in lists.values())
    return p
