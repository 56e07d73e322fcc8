"""R7 LonSun behind a script cookie, R8 Anhui MVC behind a shell, R9 the Guangdong catalogue."""

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
)
from tests.portals.synth import Synth

CHALLENGE = """<html><head><script>
var t="{token}".split("").reverse().join("");
document.cookie="__clear="+t+"; path=/; max-age=600";location.reload();
</script></head></html>"""


def lonsun(v: Variant) -> Portal:
    """R7: 521 twice until a script's cookie is sent back; organs with their own list, filled by fragments."""
    p = Portal("lonsun-521", "皖川县", "www.wanchuan.gov.example", "9901070001", v)
    organs = {
        13741 + n: f"皖川县{name}" for n, name in enumerate(("人民政府", "人民政府办公室", *DEPARTMENTS[:3], TOWNS[0]))
    }
    p.put("/", p.page("首页", p.menu(("/public/index.html", "政府信息公开"), ("/xwzx/", "新闻"))))
    p.put("/xwzx/", p.page("新闻", "<p>暂无</p>"))
    p.put(
        "/public/index.html",
        p.page(
            "政府信息公开",
            p.menu(*((f"/public/column/{o}?type=4&action=list", n) for o, n in organs.items()))
            + p.menu(("/public/column/13741?type=2", "政府信息公开指南")),
        ),
        needed=True,
    )
    lists: dict[int, list[Item]] = {}
    for o, name in organs.items():
        lists[o] = []
        for y in (2023, 2022, 2021, 2020)[: 3 if o > 13742 else 4]:
            r = Synth(name, y, "doc" if (o, y) == (13743, 2022) else "word")
            path = f"/public/{o}/{109853904 + o * 10 + y % 10}.html"
            url = p.article(r, path, files="/group6/M00")
            p.true(r, url, *r.files, needs_js=True)
            lists[o].append(Item(r.title, path, r.date))
        p.needed += 3
    lists[13741] += [p.decoy(t, f"/public/13741/{n}.html") for n, t in enumerate(decoy_titles(p.county)[:5])]
    size = 3
    tokens = [hexed(f"{n}", 12) for n in range(2)]

    def serve(asked: Asked) -> Answer | None:
        cookie = asked.headers.get("cookie", "")
        agent = hexed(asked.headers.get("user-agent", ""), 4)
        if asked.path == "/robots.txt":
            return None
        want = [t + agent for t in tokens]
        if want[1] not in cookie:
            stage = 1 if want[0] in cookie else 0
            return Answer(CHALLENGE.format(token=want[stage][::-1]).encode(), status=521)
        form = asked.form
        if asked.path == "/site/label/8888":
            o, no = int(form["organId"]), int(form["pageIndex"])
            part = lists.get(o, [])[(no - 1) * size : no * size] if form.get("type") == "3" else []
            rows = "".join(
                f'<li><a href="{i.url}" title="{i.title}">{i.title}</a><span class="date">{i.date}</span></li>'
                for i in part
            )
            return Answer(f'<div class="xxgk_navli"><ul>{rows or "<li>暂无相关信息</li>"}</ul></div>'.encode())
        if asked.path.startswith("/public/column/"):
            o, kind = int(asked.path.rsplit("/", 1)[1]), form.get("type", "4")
            tabs = p.menu(
                *(
                    (f"/public/column/{o}?type={t}&action=list", n)
                    for t, n in (
                        ("2", "政府信息公开指南"),
                        ("1", "政府信息公开制度"),
                        ("4", "法定主动公开内容"),
                        ("3", v.column),
                    )
                )
            )
            count = -(-len(lists.get(o, [])) // size)
            script = (
                (
                    f"<script>$('.page').Pagination({{pageCount:{count},url:'/site/label/8888?IsAjax=1&dataType=html&labelName=publicInfoList"
                    f"&siteId=6793&organId={o}&type={kind}&catId=&pageSize={size}&action=list&isDate=true&file=/xxgk/list'}})</script>"
                )
                if kind == "3"
                else ""
            )
            name = v.column if kind == "3" else "栏目"
            crumbs = [organs.get(o, ""), name]
            return Answer(
                p.page(name, f'{tabs}<div id="list"></div>{script}', crumbs, v.column if kind == "3" else "").encode()
            )
        return None

    p.handlers.append(serve)
    return p


SHELL = (
    '<html><head><meta charset="utf-8"></head><body><script>var k="visited";document.cookie=k+"=1;path=/";'
    "setTimeout(function(){window.location.reload()},50);</script>" + "<!-- -->" * 40 + "</body></html>"
)


def mvc(v: Variant) -> Portal:
    """R8: a script shell on the first visit, lists by organ with the page number in the path, a second host."""
    p = Portal("mvc-show", "淮泽县", "www.hz.gov.example", "9901080001", v)
    second = "zwgk.hz.gov.example"
    p.robots[second] = "<html><body>页面不存在</body></html>"
    p.put("/", p.page("首页", p.menu(("/Content/zwgk", "政务公开"), ("/News/showList/1/page_1.html", "新闻"))))
    p.put("/News/showList/1/page_1.html", p.page("新闻", "<p>暂无</p>"))
    p.put(
        "/Content/zwgk",
        p.page(
            "政务公开",
            p.menu(
                ("/XxgkAnnualReport/showList/650/page_1.html", v.column),
                (f"http://{second}/xxgkAnnualReport/list", "乡镇政府信息公开年报"),
                ("/XxgkZn/show/1.html", "政府信息公开指南"),
            ),
            ["政务公开"],
        ),
        needed=True,
    )
    p.put("/XxgkZn/show/1.html", p.page("指南", "<p>指南正文。</p>" * 20))
    items = []
    for n, (d, y) in enumerate((d, y) for y in (2023, 2022) for d in ("人民政府", *DEPARTMENTS[:5])):
        # The issuer stands in the breadcrumb only.
        r = Synth(f"淮泽县{d}", y, title=f"{y}年政府信息公开工作年度报告")
        path = f"/XxgkAnnualReport/show/{6587 + n}.html"
        p.true(r, p.article(r, path, crumbs=["政府信息公开", r.issuer, "政府信息公开年报"]))
        items.append(Item(r.title, path, r.date))
    items += [p.decoy(t, f"/XxgkContent/show/{n}.html") for n, t in enumerate(decoy_titles(p.county)[:4])]
    pages = chunks(items, v.size(6))
    for n, part in enumerate(pages, 1):
        links = "".join(
            f'<a href="/XxgkAnnualReport/showList/650/page_{k}.html">{k}</a>'
            for k in range(1, len(pages) + 1)
            if k != n
        )
        more = f'<a href="/XxgkAnnualReport/showList/650/page_{n + 1}.html">下一页</a>' if n < len(pages) else ""
        p.put(
            f"/XxgkAnnualReport/showList/650/page_{n}.html",
            p.page(v.column, p.items(part) + f"<div>{links}{more}</div>", ["政府信息公开", v.column], v.column),
            needed=True,
        )
    towns = []
    for d in TOWNS[:5]:
        r = Synth(f"淮泽县{d}", 2023)
        path = f"/xxgkAnnualReport/detail/{hexed(r.key, 24)}.html"
        p.true(r, p.article(r, path, host=second))
        towns.append(Item(r.title, path, r.date))
    p.put(
        "/xxgkAnnualReport/list",
        p.page("政府信息公开年报", p.items(towns), ["政府信息公开年报"]),
        host=second,
        needed=True,
    )

    def serve(asked: Asked) -> Answer | None:
        if asked.host == p.host and asked.path != "/robots.txt" and "visited=1" not in asked.headers.get("cookie", ""):
            return Answer(SHELL.encode())
        return None

    p.handlers.append(serve)
    return p


def gkmlpt(v: Variant) -> Portal:
    """R9: a catalogue page with its tree in a script, lists as JSON, sub-sites of organs, mobile twins."""
    p = Portal("gkmlpt", "粤安县", "www.yuean.gov.example", "9901090001", v)
    organs = {"": ("粤安县", 755031), "/jyj": ("粤安县教育局", 755032), "/shzzf": ("粤安县石桥镇", 755033)}
    p.put("/", p.page("首页", p.menu(("/zwgk/index.html", "政务公开"), ("/xw/index.html", "新闻"))))
    p.put("/xw/index.html", p.page("新闻", "<p>暂无</p>"))
    p.put("/zwgk/index.html", p.page("政务公开", p.menu(("/gkmlpt/index", "政府信息公开"))), needed=True)
    lists: dict[tuple[int, int], list[dict[str, object]]] = {}
    for slug, (organ, sid) in organs.items():
        base = 2590 + sid % 10 * 100
        names = ["人民政府", *DEPARTMENTS[:5]] if not slug else [""]
        articles = lists[sid, base] = []
        for y in (2023, 2022, 2021, 2020):
            for n, d in enumerate(names):
                r = Synth(
                    f"{organ}{d}" if slug != "/shzzf" else f"{organ}人民政府",
                    y,
                    "viewer" if (n, y) == (2, 2022) else "word",
                )
                number = base * 100 + y % 10 * 10 + n
                path = f"{slug}/gkmlpt/content/2/{base}/post_{number}.html"
                twin = path.replace("post_", "mpost_")
                url, other = p.article(r, path), p.article(r, twin)
                p.pages[p.host, path] = Answer(
                    p.pages[p.host, path].body.replace(b"</h1>", f'</h1><a href="{twin}">手机版</a>'.encode(), 1)
                )
                p.true(r, url, other, *r.files, needs_js=True)
                articles.append(
                    {
                        "id": number,
                        "title": r.title,
                        "url": url,
                        "post_url": url,
                        "create_time": 1705000000 + n,
                        "display_publish_time": 1705000000,
                    }
                )
        if not slug:
            for n, t in enumerate(decoy_titles(p.county)[:5]):
                i = p.decoy(t, f"/gkmlpt/content/2/{base}/post_{n}.html")
                articles.append({"id": n, "title": t, "url": f"http://{p.host}{i.url}", "create_time": 1705000000})
        tree = [
            {"id": base - 1, "name": "政府信息公开指南", "children": []},
            {
                "id": base - 2,
                "name": "法定主动公开内容",
                "children": [{"id": base - 3, "name": "机构职能", "children": []}],
            },
            {"id": base, "name": v.column, "children": []},
        ]
        others = p.menu(*((f"{s}/gkmlpt/index", n) for s, (n, _) in organs.items() if s)) if not slug else ""
        config = json.dumps({"SID": str(sid), "TREE": tree}, ensure_ascii=False)
        p.put(
            f"{slug}/gkmlpt/index",
            p.page("政府信息公开目录", f"{others}<div id='app'></div><script>window._CONFIG = {config};</script>"),
            needed=True,
        )
        p.needed += 1
    size = 10

    def serve(asked: Asked) -> Answer | None:
        _, _, rest = asked.path.partition("/gkmlpt/api/all/")
        if not rest:
            return None
        items = lists.get((int(asked.form.get("sid", 0)), int(rest)), [])
        no = max(1, int(asked.form.get("page", 1)))  # page 0 is page 1
        body = {"total": len(items), "articles": items[(no - 1) * size : no * size]}
        return Answer(json.dumps(body, ensure_ascii=False).encode(), "application/json")

    p.handlers.append(serve)
    return p
