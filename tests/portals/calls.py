"""R15 lists and texts by an interface of its own, flip books; R16 a county whose reports stand on its city's portal."""

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
from tests.portals.synth import PNG, Synth

LIST = """<div id="list"></div><div id="pager"></div><script>
var websiteId = "%SITE%", channelId = "%CHANNEL%", pageSize = %SIZE%;
function load(n) {
  var x = new XMLHttpRequest();
  x.open("POST", "/interface-cms/qryManuscriptByWebsiteId");
  x.setRequestHeader("Content-Type", "application/json;charset=UTF-8");
  x.onload = function () {
    var data = JSON.parse(x.responseText), box = document.getElementById("list");
    data.results.forEach(function (r) {
      var li = document.createElement("li"), a = document.createElement("a"), s = document.createElement("span");
      a.href = "/dist/detail.shtml?manuscriptId=" + r.manuscriptId; a.textContent = r.title;
      s.textContent = r.publishedTimeStr.slice(0, 10); li.appendChild(a); li.appendChild(s); box.appendChild(li);
    });
    if (n * pageSize < data.total) {
      var more = document.createElement("button"); more.textContent = "加载更多";
      more.onclick = function () { more.remove(); load(n + 1); };
      document.getElementById("pager").appendChild(more);
    }
  };
  x.send(JSON.stringify({websiteId: websiteId, channelId: [channelId], page: n, size: pageSize}));
}
load(1);
</script>"""
DETAIL = """<div id="c"></div><script>
var id = new URLSearchParams(location.search).get("manuscriptId");
fetch("/interface-cms/proxy/api?apiUrl=manuscript/getManuscriptById&manuscriptId=" + id).then(function (r) {
  return r.json(); }).then(function (t) {
  var d = (typeof t === "string" ? JSON.parse(t) : t).data;
  document.title = d.title; document.getElementById("c").innerHTML = "<h1>" + d.title + "</h1>" + d.content; });
</script>"""


def interface(v: Variant) -> Portal:
    """R15: the list comes by POST, each text by a second call that answers with JSON in JSON; two flip books."""
    p = Portal("interface-cms", "当木县", "www.dangmu.gov.example", "9901150001", v)
    site, channel = hexed("site"), hexed("channel")
    p.put("/", p.page("首页", p.menu(("/dmx/c1/xw.shtml", "当木要闻"), ("/dmx/c2/zfxxgk.shtml", "政府信息公开"))))
    p.put("/dmx/c1/xw.shtml", p.page("当木要闻", "<p>暂无</p>"))
    blocks = p.menu(
        ("/dmx/c3/zn.shtml", "政府信息公开指南"),
        ("/dmx/c4/nb.shtml", v.column),
        ("/dmx/c5/ysq.shtml", "依申请公开"),
        ("/dmx/c6/books.shtml", "历年政府信息公开年报"),
    )
    p.put("/dmx/c2/zfxxgk.shtml", p.page("政府信息公开", blocks, ["政府信息公开"]), needed=True)
    for name in ("c3/zn", "c5/ysq"):
        p.put(f"/dmx/{name}.shtml", p.page("栏目", blocks + "<p>正文。</p>", ["政府信息公开"]))
    rows: list[dict[str, object]] = []
    texts: dict[str, dict[str, object]] = {}
    people = ("人民政府", *DEPARTMENTS[:3], TOWNS[0])
    made = [Synth(f"当木县{d}{'人民政府' if d in TOWNS else ''}", y) for y in (2023, 2022) for d in people]
    for r in made:
        number = hexed(r.key)
        url = f"http://{p.host}/dist/detail.shtml?manuscriptId={number}"
        api = f"http://{p.host}/interface-cms/proxy/api?apiUrl=manuscript/getManuscriptById&manuscriptId={number}"
        p.true(r, url, api, needs_js=True)
        texts[number] = {
            "manuscriptId": number,
            "websiteId": site,
            "title": r.title,
            "content": r.body("/f")[0],
            "publishedTimeStr": f"{r.date} 10:00:00",
            "url": f"202401/{number}.shtml",
        }
    for n, t in enumerate(decoy_titles(p.county)[:6]):
        number = hexed(t)
        texts[number] = {
            "manuscriptId": number,
            "websiteId": site,
            "title": t,
            "content": f"<p>{t}有关情况。</p>",
            "publishedTimeStr": f"2024-02-0{n + 1} 10:00:00",
            "url": f"202402/{number}.shtml",
        }
    rows = [{k: x for k, x in t.items() if k != "content"} for t in texts.values()]
    script = LIST.replace("%SITE%", site).replace("%CHANNEL%", channel).replace("%SIZE%", str(v.size(8)))
    p.put("/dmx/c4/nb.shtml", p.page(v.column, blocks + script, ["政府信息公开", v.column], v.column), needed=True)
    p.put("/dist/detail.shtml", p.page("正文", DETAIL))
    books = []
    for y, shown in ((2020, "pdf"), (2019, "pages")):
        r = Synth("当木县人民政府", y, "pdf")
        _, files = r.body(f"/book/{y}")
        ((pdf, content),) = files.items()
        base = f"/book/{y}/index.html"
        if shown == "pdf":
            p.put(pdf, Answer(content, "application/pdf"), needed=True)
            inner = f'<script>var book = {{"title": "{r.title}", "pdf": "{pdf}", "pages": 8}};</script>'
            urls = [f"http://{p.host}{base}", f"http://{p.host}{pdf}"]
        else:
            pieces = Synth("当木县人民政府", y).body("/f")[0].split("</table>")
            inner = (
                '<script src="mobile/javascript/config.js"></script><a href="files/basic-html/index.html">文字版</a>'
            )
            pages = [f"/book/{y}/files/basic-html/page{k + 1}.html" for k in range(len(pieces))]
            numbers = "".join(f'<a href="page{k + 1}.html">{k + 1}</a>' for k in range(len(pieces)))
            p.put(f"/book/{y}/files/basic-html/index.html", p.page(r.title, numbers))
            for k, part in enumerate(pieces):
                end = "</table>" if k + 1 < len(pieces) else ""
                more = f'<a href="page{k + 2}.html">下一页</a>' if end else ""
                p.put(pages[k], p.page(r.title, part + end + more))
            whole = f"/book/{y}/full.html"
            p.article(Synth("当木县人民政府", y), whole)
            inner += f'<a href="full.html">{r.title}（全文）</a>'
            urls = [f"http://{p.host}{u}" for u in (base, whole, *pages)]
        p.put(base, p.page(r.title, inner + "<div id='flip'></div>"))
        p.put(f"/book/{y}/1.png", Answer(PNG, "image/png"))
        p.true(r, *urls)
        books.append(Item(r.title, base, r.date))
    p.put(
        "/dmx/c6/books.shtml",
        p.page("历年年报", blocks + p.items(books), ["政府信息公开", "历年政府信息公开年报"]),
        needed=True,
    )

    def serve(asked: Asked) -> Answer | None:
        if asked.path == "/interface-cms/qryManuscriptByWebsiteId":
            if asked.method != "POST" or "json" not in asked.headers.get("content-type", ""):
                return Answer(b'{"Status":"error"}', "application/json", status=400)
            given = json.loads(asked.body)
            no, size = int(given.get("page", 1)), int(given.get("size", 10))
            if given.get("websiteId") != site or given.get("channelId") != [channel]:
                return Answer(b'{"Status":"success","results":[],"total":0}', "application/json")
            data = {"Status": "success", "total": len(rows), "results": rows[(no - 1) * size : no * size]}
            return Answer(json.dumps(data, ensure_ascii=False).encode(), "application/json;charset=utf-8")
        if asked.path == "/interface-cms/proxy/api":
            told = {"status": 1, "msg": "ok", "data": texts.get(asked.form.get("manuscriptId", ""), {})}
            inner = json.dumps(told, ensure_ascii=False)
            return Answer(json.dumps(inner, ensure_ascii=False).encode(), "application/json;charset=utf-8")
        if asked.path == "/dist/detail.shtml":
            return p.pages[p.host, asked.path]
        return None

    p.handlers.append(serve)
    return p


def parent(v: Variant) -> Portal:
    """R16: the county's own column is dead; its reports stand on its city's portal, among those of its neighbours."""
    p = Portal("parent-city", "桃溪县", "www.taoxi.gov.example", "9901160001", v)
    city = "www.lizhou.gov.example"
    p.hosts.add(city)
    p.robots[city] = "User-agent: *\nDisallow: /search/\n"
    top = p.menu(("/xw/", "新闻"), ("/zwgk/", "政务公开"), ("/bsfw/", "办事服务"))
    links = p.menu(
        ("http://www.sheng.gov.example/", "省人民政府"),
        (f"http://{city}/", "澧州市人民政府"),
        ("http://www.linshui.gov.example/", "临水县人民政府"),
        ("http://www.anyu.gov.example/", "安峪区人民政府"),
    )
    p.put("/", p.page("首页", f"{top}<div>上级政府网站：{links}</div>"))
    for path in ("/xw/", "/bsfw/"):
        p.put(path, p.page("栏目", f"{top}<p>暂无</p>"))
    p.put(
        "/zwgk/",
        p.page("政务公开", top + p.menu(("/zwgk/zfxxgk/", "政府信息公开"), ("/zwgk/zcwj/", "政策文件")), ["政务公开"]),
        needed=True,
    )
    p.put("/zwgk/zcwj/", p.page("政策文件", top + "<p>暂无</p>"))
    p.put(
        "/zwgk/zfxxgk/",
        p.page("政府信息公开", top + p.menu(("/zwgk/zfxxgk/zn/", "政府信息公开指南"), ("/zwgk/zfxxgk/nb/", v.column))),
        needed=True,
    )
    p.put("/zwgk/zfxxgk/zn/", p.page("指南", top + "<p>指南正文。</p>" * 9))
    gone = p.page("提示", "<p>抱歉，您访问的页面不存在。</p>" + top)
    p.not_found = Answer(page_bytes(gone))

    def page(path: str, title: str, body: str, crumbs: tuple[str, ...] = (), needed: bool = False) -> None:
        p.county = "澧州市"
        p.put(path, p.page(title, body, crumbs), host=city, needed=needed)
        p.county = "桃溪县"

    menu = p.menu(("/", "首页"), ("/zwgk/", "政务公开"), ("/search/?q=1", "搜索"))
    page("/", "首页", menu, needed=True)
    page(
        "/zwgk/",
        "政务公开",
        menu + p.menu(("/zwgk/nb/", "政府信息公开年报"), ("/zwgk/zn/", "政府信息公开指南")),
        needed=True,
    )
    page("/zwgk/zn/", "指南", menu + "<p>指南正文。</p>")
    groups = p.menu(("/zwgk/nb/szf/", "市政府"), ("/zwgk/nb/bm/", "市直部门"), ("/zwgk/nb/xsq/", "县(市、区)"))
    page("/zwgk/nb/", "政府信息公开年报", menu + groups, ("政务公开", "政府信息公开年报"), True)
    for folder, names in (("szf", ("澧州市人民政府",)), ("bm", tuple(f"澧州市{d}" for d in DEPARTMENTS))):
        rows = []
        for name in names:
            for y in (2023, 2022):
                r = Synth(name, y)
                p.article(r, f"/zwgk/nb/{folder}/{hexed(r.key, 12)}.html", host=city)
                rows.append(Item(r.title, f"/zwgk/nb/{folder}/{hexed(r.key, 12)}.html", r.date))
        made = p.items(rows)
        p.put(f"/zwgk/nb/{folder}/", page_bytes(p.page("年报", menu + groups + made, ["政府信息公开年报"])), host=city)
    counties = ("安峪区", "临水县", "桃溪县", "石门岭县")
    folders = p.menu(*((f"/zwgk/nb/xsq/c{k}/", n) for k, n in enumerate(counties)))
    page("/zwgk/nb/xsq/", "县(市、区)", menu + groups + folders, ("政府信息公开年报", "县(市、区)"), True)
    for k, county in enumerate(counties):
        rows = []
        for y in (2023, 2022, 2021):
            for d in ("人民政府", *DEPARTMENTS[:3]):
                r = Synth(f"{county}{d}", y)
                path = f"/zwgk/nb/xsq/c{k}/{hexed(r.key, 12)}.html"
                url = p.article(r, path, host=city)
                if county == p.county:
                    p.true(r, url)
                rows.append(Item(r.title, path, r.date))
        rows += [p.decoy(t, f"/zwgk/nb/xsq/c{k}/d{n}.html") for n, t in enumerate(decoy_titles(county)[:3])]
        for n in range(3):
            p.pages[city, f"/zwgk/nb/xsq/c{k}/d{n}.html"] = p.pages.pop((p.host, f"/zwgk/nb/xsq/c{k}/d{n}.html"))
            p.rows[-1 - n].urls[0] = p.rows[-1 - n].urls[0].replace(p.host, city)
        for no, part in enumerate(pages := chunks(rows, v.size(8))):
            more = f'<a href="index_{no + 1}.html">下一页</a>' if no + 1 < len(pages) else ""
            name = f"/zwgk/nb/xsq/c{k}/index{f'_{no}' if no else ''}.html"
            p.put(
                name,
                page_bytes(p.page(county, menu + p.items(part) + more, ["政府信息公开年报", county])),
                host=city,
                needed=county == p.county,
            )
    return p
