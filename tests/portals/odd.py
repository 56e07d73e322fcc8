"""R10 a hand-made portal of the old days, R11 a single-page application, R12 a city's hub with its surroundings."""

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
    page_bytes,
)
from tests.portals.synth import MEDIA, Synth


def legacy(v: Variant) -> Portal:
    """R10: gb2312 that is gb18030, frames, base, script links, a form pager, session ids, a calendar without end."""
    p = Portal("legacy-gbk", "旧河县", "www.jiuhe.gov.example", "9901100001", v)

    def put(path: str, title: str, body: str, head: str = "", **kw: object) -> None:
        text = p.page(title, body, charset="gb2312").replace("</head>", f"{head}</head>")
        p.put(path, Answer(page_bytes(text, "gb18030"), "text/html"), **kw)

    refresh = '<html><head><meta http-equiv="refresh" content="0; url=/main.asp"></head><body></body></html>'
    p.put("/", Answer(refresh.encode(), "text/html"))
    frames = (
        '<html><head><meta charset="gb2312"><title>旧河县</title></head><frameset rows="90,*"><frame src="top.asp">'
        '<frame src="body.asp"></frameset></html>'
    )
    p.put("/main.asp", Answer(page_bytes(frames, "gb18030"), "text/html"), needed=True)
    put(
        "/top.asp",
        "导航",
        p.menu(
            ("javascript:openUrl('/zwgk.asp;jsessionid=A1B2C3')", "政务公开"), ("/rili.asp?date=2024-01-01", "日历")
        ),
        needed=True,
    )
    put("/body.asp", "要闻", "<p>欢迎访问</p>" + p.menu(("/rili.asp?date=2024-02-01", "信息日历")))
    put(
        "/zwgk.asp",
        "政务公开",
        p.menu(
            ("nb/list.aspx?jsessionid=99AF", "信息公开年报"),
            ("zn.asp", "政府信息公开指南"),
            ("rili.asp?date=2024-03-01", "按日期浏览"),
        ),
        head="<base href='http://www.jiuhe.gov.example/xxgk/'>",
        needed=True,
    )
    put("/xxgk/zn.asp", "指南", "<p>指南正文。</p>" * 20)
    p.traps["calendar"] = r"^/(xxgk/)?rili\.asp"
    items = []
    forms = ("word", "doc", "word", "docx")
    for n, (d, y) in enumerate((d, y) for y in (2023, 2017) for d in ("人民政府", *DEPARTMENTS[:6])):
        r = Synth(f"旧河县{d}", y, forms[n % 4] if y > 2018 else "prose")
        path = f"/xxgk/show.asp?id={900 + n}"
        p.true(r, p.article(r, path, charset="gb2312", files="/upload/2024"), *r.files)
        items.append(Item(r.title, f"javascript:openUrl('show.asp?id={900 + n}')", r.date))
    rare = Synth("旧河县㙍镇人民政府", 2023)
    p.true(rare, p.article(rare, "/xxgk/show.asp?id=950", charset="gb2312"))
    items.insert(0, Item(rare.title, "/xxgk/show.asp?id=950&sessionid=77", rare.date))
    for n, t in enumerate(decoy_titles(p.county)[:5]):
        i = p.decoy(t, f"/xxgk/show.asp?id={n}")
        items.append(i)
    pages = chunks(items, v.size(7))

    def serve(asked: Asked) -> Answer | None:
        if asked.path in ("/rili.asp", "/xxgk/rili.asp"):
            day = asked.form.get("date", "2024-01-01")
            serial = (int(day[:4]) * 372 + int(day[5:7]) * 31 + int(day[8:10])) + 1
            after = f"{serial // 372}-{serial % 372 // 31:02d}-{serial % 31:02d}"
            links = p.menu(
                (f"/rili.asp?date={after}", "后一天"),
                (f"/rili.asp?date={after}&m=1", "下一页"),
                (f"/rili.asp?date={after}&k=2", "政务公开"),
            )
            return Answer(page_bytes(p.page(f"{day}的信息", links, charset="gb2312"), "gb18030"), "text/html")
        if asked.path == "/xxgk/nb/list.aspx":
            if asked.method == "POST" and asked.form.get("__VIEWSTATE") != "dDwtMTA0Ow==":
                return Answer(b"bad state", status=500)
            no = int(asked.form.get("__EVENTARGUMENT") or 1)
            links = "".join(
                f"<a href=\"javascript:__doPostBack('AspNetPager1','{k}')\">{k}</a>"
                for k in range(1, len(pages) + 1)
                if k != no
            )
            if no < len(pages):
                links += f"<a href=\"javascript:__doPostBack('AspNetPager1','{no + 1}')\">下一页</a>"
            base = "<base href='http://www.jiuhe.gov.example/xxgk/'>"
            form = (
                "<form method='post' action='nb/list.aspx'><input type='hidden' name='__VIEWSTATE' "
                "value='dDwtMTA0Ow=='>"
                f"<input type='hidden' name='__EVENTTARGET'><input type='hidden' name='__EVENTARGUMENT'>{links}</form>"
            )
            text = p.page("信息公开年报", p.items(pages[no - 1]) + form, ["信息公开年报"], charset="gb2312").replace(
                "</head>", base + "</head>"
            )
            return Answer(page_bytes(text, "gb18030"), "text/html")
        if ";jsessionid=" in asked.path:
            return p.answer(
                Asked(asked.method, asked.host, asked.path.partition(";")[0], asked.query, asked.headers, asked.body)
            )
        if "sessionid" in asked.query:
            rest = "&".join(q for q in asked.query.split("&") if "sessionid" not in q)
            return p.answer(Asked(asked.method, asked.host, asked.path, rest, asked.headers, asked.body))
        return None

    p.handlers.append(serve)
    p.needed += len(pages)
    return p


SPA = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>浔东区人民政府</title></head><body>
<div id="app"></div><script>
var app=document.getElementById("app"),no=1,busy=false,total=0,rows=[];
function call(path,body){return fetch("/gateway/"+path,{method:"POST",headers:{"Content-Type":"application/json"},
 body:JSON.stringify(body)}).then(function(r){return r.json()})}
function link(text,hash){var a=document.createElement("div");a.textContent=text;a.className="cell";
 a.onclick=function(){location.hash=hash};app.appendChild(a)}
function anchor(text,hash){var a=document.createElement("a");a.textContent=text;a.href=hash;app.appendChild(a)}
function more(){if(busy)return;busy=true;call("content/list",{channelId:"nb31",pageNum:no,pageSize:8}).then(function(d){
 total=d.data.total;
 d.data.rows.forEach(function(r){%ROW%});no++;busy=false})}
function show(){app.innerHTML="";var h=location.hash;
 if(h.indexOf("#/list")==0){no=1;more()}
 else if(h.indexOf("#/detail")==0){call("content/detail",{id:h.split("id=")[1]}).then(function(d){
  app.innerHTML="<h1>"+d.data.title+"</h1>"+d.data.content})}
 else if(h.indexOf("#/xxgk")==0){anchor("政府信息公开指南","#/zn");anchor("%COLUMN%","#/list?channel=nb31")}
 else{anchor("政府信息公开","#/xxgk");anchor("要闻","#/news")}}
window.onhashchange=show;window.onscroll=function(){if(location.hash.indexOf("#/list")==0&&(no-1)*8<total)more()};show();
document.body.style.minHeight="3000px";
</script></body></html>"""


def spa(v: Variant) -> Portal:
    """R11: a shell, lists and texts by JSON calls, rows without addresses, more rows on scrolling."""
    p = Portal("spa-json", "浔东区", "www.xundong.gov.example", "9901110001", v)
    row = 'anchor(r.title,"#/detail?id="+r.id)' if v.number % 2 else 'link(r.title,"#/detail?id="+r.id)'
    p.put("/", SPA.replace("%ROW%", row).replace("%COLUMN%", v.column))
    rows, texts = [], {}
    for n, (d, y) in enumerate((d, y) for y in (2023, 2022) for d in ("人民政府", *DEPARTMENTS[:4])):
        r = Synth(f"浔东区{d}", y, "viewer" if n == 5 else "word")
        number = str(880100 + n)
        body, files = r.body("/files")
        for name, content in files.items():
            p.put(name, Answer(content, MEDIA["pdf"]))
        texts[number] = {"id": number, "title": r.title, "content": body}
        rows.append({"id": number, "title": r.title, "publishTime": r.date})
        p.true(r, f"http://{p.host}/#/detail?id={number}", *(f"http://{p.host}{name}" for name in files), needs_js=True)
    for n, t in enumerate(decoy_titles(p.county)[:3]):
        texts[str(n)] = {"id": str(n), "title": t, "content": "<p>有关情况。</p>"}
        rows.append({"id": str(n), "title": t, "publishTime": "2024-02-05"})

    def serve(asked: Asked) -> Answer | None:
        if not asked.path.startswith("/gateway/") or asked.method != "POST":
            return None
        given = json.loads(asked.body)
        if asked.path.endswith("list"):
            start = (given["pageNum"] - 1) * given["pageSize"]
            data: object = {"total": len(rows), "rows": rows[start : start + given["pageSize"]]}
        else:
            data = texts.get(given["id"], {})
        return Answer(json.dumps({"code": 0, "data": data}, ensure_ascii=False).encode(), "application/json")

    p.handlers.append(serve)
    p.needed += 2
    return p


WITHHELD = ("兰禾县人民政府", "兰禾县农业农村局")  # the county's own, and one that it withdraws in the second season


def hub(v: Variant, first: Portal) -> Portal:
    """R12: a city's portal with reports of its counties, an old domain, closed and dead hosts, and a clone."""
    p = Portal("hub", "晋平市", "www.jinping.gov.example", "9901000001", v)
    old, closed, wall, dead, clone = (
        "www.jpold.gov.example",
        "www.closed.gov.example",
        "www.wall.gov.example",
        "www.dead.gov.example",
        "www.lanhe-news.test",
    )
    p.hosts |= {old, closed, wall, dead, clone}
    p.dead_hosts = {dead}
    p.robots |= {closed: "User-agent: *\nDisallow: /\n"}
    p.put(
        "/",
        p.page(
            "首页",
            p.menu(
                ("/zwgk/", "政务公开"),
                (first.home, "兰禾县"),
                (f"http://{closed}/", "闭门县"),
                (f"http://{dead}/", "旧站"),
            ),
        ),
    )
    p.put(
        "/zwgk/",
        p.page(
            "政务公开",
            p.menu(
                (f"http://{old}/nb/", v.column),
                (f"http://{wall}/nb/", "高墙县政府信息公开年报"),
                (f"http://{closed}/nb/", "闭门县政府信息公开年报"),
                (f"http://{dead}/nb/", "旧站政府信息公开年报"),
                (f"http://{clone}/nb/", v.column),
            ),
            ["政务公开"],
        ),
        needed=True,
    )
    items = []
    for county in ("孤山县", "远水县"):
        for n, d in enumerate(("人民政府", *DEPARTMENTS[:2], *TOWNS[:2])):
            r = Synth(f"{county}{d}", 2023)
            path = f"/nb/202401/t20240120_{len(items) * 10 + n}.html"
            p.true(r, p.article(r, path))
            items.append(Item(r.title, path, r.date))
    theirs = [row for row in first.rows if row.kind == "true" and row.issuer not in WITHHELD][:6]
    for n, row in enumerate(theirs):
        copy = Synth(row.issuer, row.year)
        path = f"/nb/202402/t20240220_{n}.html"
        row.urls.append(p.article(copy, path))
        p.needed += 1  # who walks the city's column cannot know that a county's own portal has the same report
        items.append(Item(copy.title, path, copy.date))
        cloned = Synth(row.issuer.replace("县", "縣"), row.year)
        url = p.article(cloned, f"/nb/c{n}.html", host=clone)
        p.rows.append(_clone_row(p.key, url))
        items.append(Item(copy.title, url, copy.date))
    p.put("/nb/", p.page("年报", p.items(items)), host=clone)
    items += [p.decoy(t, f"/nb/202402/t{n}.html") for n, t in enumerate(decoy_titles(p.county)[:4])]
    status = p.put("/nb/gbqk.html", p.page("公布情况", "".join(f"<p>{i.title}：已公布</p>" for i in items[:10])))
    p.rows.append(_clone_row(p.key, status, "decoy"))
    items.append(Item("晋平市2023年度政府信息公开年报公布情况", "/nb/gbqk.html", "2024-04-01"))
    pages = chunks(items, v.size(12))
    for n, part in enumerate(pages, 1):
        more = f"<a href='?page={n + 1}'>下一页</a>"  # it never ends: beyond the last page the last one comes again
        p.put(
            "/nb/" if n == 1 else f"/nb/?page={n}",
            p.page(v.column, p.items(part) + more, [v.column], v.column),
            needed=True,
        )
    p.traps["endless pages"] = r"^/nb/\?page=(?!2$|3$)"
    last = p.pages[p.host, f"/nb/?page={len(pages)}" if len(pages) > 1 else "/nb/"]

    def serve(asked: Asked) -> Answer | None:
        if asked.host == old:
            return Answer(status=301, headers=(("Location", f"http://{p.host}{asked.target}"),))
        if asked.host == wall and asked.path != "/robots.txt":
            return Answer(b"<html><script>$_ts=window['$_ts'];</script></html>", status=412)
        if (
            asked.host == p.host
            and asked.path == "/nb/"
            and asked.query.startswith("page=")
            and (p.host, asked.target) not in p.pages
        ):
            return last
        return None

    p.handlers.append(serve)
    return p


def _clone_row(portal: str, url: str, kind: str = "clone"):
    from tests.portals.kit import Row

    return Row(portal, kind, [url], canonical=url)
