"""R3 the older Hanweb product (records as XML in scripts, one report page an organ and year) and R4 the newer one."""

from __future__ import annotations

import json
import re

from tests.portals.kit import (
    DEPARTMENTS,
    Answer,
    Asked,
    Item,
    Portal,
    Variant,
    decoy_titles,
)
from tests.portals.synth import Synth


def jcms(v: Variant) -> Portal:
    """R3: the list is XML in a script, further records come from a proxy; annual report pages by organ and year."""
    p = Portal("hanweb-jcms", "溪南县", "www.xinan.gov.example", "9901030001", v)
    city = "www.zhegang.gov.example"
    p.put(
        "/",
        p.page("首页", p.menu(("/col/col12290100/index.html", "政务公开"), ("/col/col12290200/index.html", "要闻"))),
    )
    p.put("/col/col12290200/index.html", p.page("要闻", "<p>暂无</p>"))
    p.put(
        "/col/col12290100/index.html",
        p.page(
            "政务公开",
            p.menu(
                ("/col/col12290101/index.html", "政府信息公开指南"),
                ("/col/col12290102/index.html", v.column),
                ("/module/xxgk/xxgkAnnualReport.jsp?area=001008003", "部门政府信息公开年报"),
            ),
            ["政务公开"],
        ),
        needed=True,
    )
    p.put("/col/col12290101/index.html", p.page("政府信息公开指南", "<p>指南正文。</p>" * 20))
    items: list[Item] = []
    for n in range(28):
        year, form = 2023 - n % 4, ("word", "pdf", "images", "word")[n % 4]
        issuer = "溪南县" + ("人民政府" if n < 4 else f"{DEPARTMENTS[n % 10]}" if n < 24 else "人民政府办公室")
        r = Synth(issuer, year, form, scope=str(n))
        r.key = f"{issuer}|{year}"
        if any(row.canonical == r.key for row in p.rows):
            continue
        path = f"/art/{year + 1}/1/{n + 1}/art_1229010_{89890 + n}.html"
        picture = f"/art/{year + 1}/2/1/art_1229011_{1000 + n}.html"
        url = p.article(r, path, files="/attach/0")
        urls = [url, *r.files]
        if r.form == "pdf":
            _as_download(p, r, urls, path)
        if n % 2:  # an illustrated edition is linked from the report
            p.pages[p.host, path] = _insert(p.pages[p.host, path], f'<a href="{picture}">点击查看图解</a>')
            p.decoy(f"【图解】{r.title}", picture)
        if n < 3:
            urls.append(p.article(Synth(issuer, year, "word"), path, host=city))
        p.true(r, *urls, needs_js=True)
        items.append(Item(r.title, path, r.date))
    items += [p.decoy(t, f"/art/2024/2/5/art_1229010_{100 + n}.html") for n, t in enumerate(decoy_titles(p.county)[:4])]
    items.sort(key=lambda i: i.date, reverse=True)
    _datastore(p, items)
    _annual(p)
    return p


def _as_download(p: Portal, r: Synth, urls: list[str], path: str) -> None:
    """Attachments go through a download script that names the file in a parameter."""
    (file,) = [u for u in urls if u.endswith(".pdf")]
    name = file.removeprefix(f"http://{p.host}")
    content = p.pages.pop((p.host, name))
    target = f"/module/download/downfile.jsp?classid=0&showname=report.pdf&filename={name.rsplit('/', 1)[1]}"
    p.put(target, content)
    p.pages[p.host, path] = Answer(
        p.pages[p.host, path].body.replace(name.encode(), target.replace("&", "&amp;").encode())
    )
    urls.append(f"http://{p.host}{target}")
    r.files = [urls[-1]]


def _insert(answer: Answer, text: str) -> Answer:
    return Answer(answer.body.replace(b"</h1>", b"</h1>" + text.encode(), 1), answer.media)


def _record(i: Item) -> str:
    link = f'<a href="{i.url}" target="_blank" title="{i.title}">{i.title[:12]}...</a>'
    return f"<record><![CDATA[<li>{link}<span>{i.date}</span></li>]]></record>"


def _datastore(p: Portal, items: list[Item]) -> None:
    size, first = p.variant.size(5), 15
    proxy = "/module/web/jpage/dataproxy.jsp"
    args = "&appid=1&webid=3095&path=/&columnid=12290102&unitid=6101313&webname=%E6%BA%AA%E5%8D%97&permissiontype=0"

    def group(page: int) -> str:
        return f'<nextgroup><![CDATA[<a href="{proxy}?page={page}{args}"></a>]]></nextgroup>'

    store = f"<datastore>{group(1)}<recordset>{''.join(map(_record, items[:first]))}</recordset></datastore>"
    body = (
        f'<div id="6101313" class="default_pgContainer"><script type="text/xml">{store}</script></div>'
        f"<script>jpage({{totalRecord:{len(items)},perPage:{size},proxyUrl:'{proxy}',unitid:'6101313',columnid:'12290102'}})</script>"
        '<div class="pagelink"><a href="?uid=6101313&pageNum=2">2</a><a href="?uid=6101313&pageNum=3">3</a>'
        '<a href="?uid=6101313&pageNum=2">下一页</a></div>'
    )
    page = p.page(p.variant.column, body, ["政务公开", p.variant.column], p.variant.column)
    p.put("/col/col12290102/index.html", page, needed=True)
    p.traps["pageNum anchor"] = r"pageNum="

    def serve(asked: Asked) -> Answer | None:
        if asked.path != proxy:
            return None
        form = asked.form
        if "startrecord" in form:
            start, end = int(form["startrecord"]), min(int(form["endrecord"]), int(form["startrecord"]) + 99)
            part = items[start - 1 : end]
        else:
            n = int(form.get("page", 1))
            part = items[first * (n - 1) : first * n]
        more = group(int(form.get("page", 1)) + 1)
        text = (
            f"<datastore><totalrecord>{len(items)}</totalrecord><totalpage>{-(-len(items) // size)}</totalpage>{more}"
            f"<recordset>{''.join(map(_record, part))}</recordset></datastore>"
        )
        return Answer(text.encode(), "text/xml; charset=utf-8")

    p.handlers.append(serve)
    p.needed += 1


def _annual(p: Portal) -> None:
    """One address an organ and year; combinations without a report answer 200 with an empty body."""
    organs = {
        f"0010080030{n:02d}": f"溪南县{name}" for n, name in enumerate(("残疾人联合会", "供销合作社", "气象局"), 1)
    }
    years = (2023, 2022, 2021)
    empty = {("001008003002", 2022), ("001008003003", 2021)}
    base = "/module/xxgk/xxgkAnnualReport.jsp"
    reports = {}
    for code, organ in organs.items():
        for y in years:
            if (code, y) not in empty:
                r = reports[code, y] = Synth(organ, y)
                p.true(r, f"http://{p.host}{base}?area={code}&fbtime={y}")

    def serve(asked: Asked) -> Answer | None:
        if asked.path != base:
            return None
        area, year = asked.form.get("area", ""), int(asked.form.get("fbtime") or 0)
        if year and (area, year) not in reports:
            return Answer(b"")
        tabs = p.menu(
            *((f"{base}?area={area if area in organs else '001008003001'}&fbtime={y}", f"{y}年") for y in years)
        )
        tree = p.menu(*((f"{base}?area={code}", name) for code, name in organs.items()))
        body = ""
        if year:
            r = reports[area, year]
            body = f"<h1>{r.title}</h1>{r.body('/x')[0]}"
        return Answer(p.page("政府信息公开年报", tree + tabs + body, ["政府信息公开年报"]).encode())

    p.handlers.append(serve)
    p.needed += 1 + len(organs)


def jpaas(v: Variant) -> Portal:
    """R4: the page is a shell; its list comes as HTML inside JSON, and only with a Referer."""
    p = Portal("hanweb-jpaas", "陇丰县", "www.longfeng.gov.example", "9901040001", v)
    p.put("/", p.page("首页", p.menu(("/zwgk/index.html", "政务公开"), ("/xw/index.html", "新闻"))))
    p.put("/xw/index.html", p.page("新闻", "<p>暂无</p>"))
    p.put(
        "/zwgk/index.html",
        p.page("政务公开", p.menu(("/zfxxgk/index.html", "政府信息公开")), ["政务公开"]),
        needed=True,
    )
    p.put(
        "/zfxxgk/index.html",
        p.page(
            "政府信息公开",
            p.menu(("/zfxxgk/zn/index.html", "政府信息公开指南"), ("/zfxxgk/xxgknb/index.html", v.column)),
            ["政府信息公开"],
        ),
        needed=True,
    )
    p.put("/zfxxgk/zn/index.html", p.page("指南", "<p>指南正文。</p>" * 20))
    api = "/api-gateway/jpaas-publish-server/front/page/build/unit"
    columns: dict[str, list[Item]] = {}
    old = [Synth("陇丰县人民政府", y, "prose" if y < 2019 else "word") for y in (2020, 2019, 2018)]
    new = [
        Synth(f"陇丰县{d}", y, f) for y, f in ((2023, "word"), (2022, "viewer")) for d in ("人民政府", *DEPARTMENTS[:6])
    ]
    for name, reports in (("a1b2c3", new), ("d4e5f6", old)):
        columns[name] = []
        for r in reports:
            path = f"/zfxxgk/xxgknb/art/{r.year + 1}/art_{abs(hash_of(r.key)):032x}.html"
            url = p.article(r, path)
            p.true(r, url, *r.files, needs_js=True)
            columns[name].append(Item(r.title, path, r.date))
    columns["a1b2c3"] += [
        p.decoy(t, f"/zfxxgk/xxgknb/art/2024/art_{n:032x}.html") for n, t in enumerate(decoy_titles(p.county)[:4], 5)
    ]
    shells = {"a1b2c3": ("/zfxxgk/xxgknb/index.html", True), "d4e5f6": ("/zfxxgk/xxgknb/wnnb/index.html", False)}
    for page_id, (path, counted) in shells.items():
        fixed = (
            "'parseType':'bulidstatic','pageType':'column','tagId':'当前栏目_list','tplSetId':'88aa','editType':'null'"
        )
        query = f"{{'webId':'7f3e','pageId':'{page_id}',{fixed}}}"
        more = p.menu(("/zfxxgk/xxgknb/wnnb/index.html", "往年年报")) if counted else ""
        p.put(
            path,
            p.page(
                v.column,
                f'{more}<div class="AuthorizedRead" queryData="{query}" url="{api}"></div>'
                "<table><tr><th>序号</th><th>标题</th><th>发布日期</th></tr></table>"
                '<script src="/script/pack.js"></script>',
                ["政府信息公开", v.column],
                v.column,
            ),
            needed=True,
        )
    size = v.size(8)

    def serve(asked: Asked) -> Answer | None:
        if asked.path != api:
            return None
        referer = asked.headers.get("referer", "")
        if not referer.startswith(f"http://{p.host}/zfxxgk/"):
            return Answer(b"forbidden", status=403)
        form = asked.form
        items = columns.get(form.get("pageId", ""), [])
        no = json.loads(form["paramJson"])["pageNo"] if "paramJson" in form else 1
        part = items[(no - 1) * size : no * size]
        count = f" count={len(items)}" if form["pageId"] == "a1b2c3" else ""
        rows = "".join(
            f'<li class="clearfix"><a href="{i.url}" title="{i.title}">{i.title[:10]}…</a>'
            f'<span class="bt-right">{i.date}</span></li>'
            for i in part
        )
        html = f'<ul>{rows}</ul><div class="pagination" rows={size}{count}></div>'
        return Answer(
            json.dumps(
                {"success": True, "code": "200", "message": "ok", "data": {"html": html}}, ensure_ascii=False
            ).encode(),
            "application/json",
        )

    p.handlers.append(serve)
    p.needed += 3
    return p


def hash_of(text: str) -> int:
    import hashlib

    return int(hashlib.sha256(re.sub(r"\s", "", text).encode()).hexdigest()[:16], 16)
