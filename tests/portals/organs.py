"""R13 organs with small portals of their own, and R14 a house style in the old encoding."""

from __future__ import annotations

import re

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
from tests.portals.synth import Synth

FRIENDS = (
    ("http://www.zgzf.gov.example/", "中国政府网"),
    ("http://www.wtj.gov.example/", "国家统计局"),
    ("http://jyt.sheng.gov.example/", "省教育厅"),
    ("http://sft.sheng.gov.example/", "省司法厅"),
    ("http://www.linshui.gov.example/", "临水区人民政府"),
    ("http://www.gaoping.gov.example/", "高坪区"),
)


def organs(v: Variant) -> Portal:
    """R13: every organ has pages of its own with a column of its own; the county's stands in its office's."""
    p = Portal("organ-sites", "武岭县", "www.wuling.gov.example", "9901130001", v)
    bottom = "<div>友情链接：" + "".join(f'<a href="{u}">{t}</a>' for u, t in FRIENDS) + "</div>"
    top = p.menu(
        ("//www.wuling.gov.example/", "首页"),
        ("/zjwl/", "走进武岭"),
        ("/xwdt/", "新闻动态"),
        ("/zwgk_59116/", "政务公开"),
        ("/hdjl_1/", "互动交流"),
        ("/irs/front/search?searchWord=", "高级检索"),
        ("/zwgk_59116/rl/?date=2024-05-01", "信息日历"),
        ("/login.html", "登录"),
    )
    p.robots[p.host] = "User-agent: *\nDisallow: /irs/\nDisallow: /login.html\n"
    p.traps["calendar"] = r"/rl/\?date="
    p.put("/", p.page("首页", top + "<p>今日要闻</p>" + bottom))
    for path, name in (("/zjwl/", "走进武岭"), ("/xwdt/", "新闻动态"), ("/hdjl_1/", "互动交流")):
        p.put(path, p.page(name, top + "<p>栏目内容。</p>" + bottom, [name]))
    zw = "/zwgk_59116/"
    names = {"zfb": "县政府办公室", **{f"b{n}": f"县{d}" for n, d in enumerate(DEPARTMENTS[:5])}}
    towns = {f"z{n}": t for n, t in enumerate(TOWNS[:4])}
    side = (
        "<dl><dt onclick=\"tab('fd')\">法定主动公开内容</dt><dd id='fd'>"
        + p.menu((zw + "jgzn/", "机构职能"), (zw + "zcwj/", "政策文件"), (zw + "czyjs/", "财政预决算"))
        + "</dd><dt onclick=\"tab('nb')\">政府信息公开年报</dt><dd id='nb' style='display:none'>"
        + p.menu((zw + "nb/zf/", "县政府"), (zw + "nb/bm/", "县级部门"), (zw + "nb/xz/", "乡镇街道"))
        + "</dd></dl>"
    )
    p.put(
        zw,
        p.page("政务公开", top + side + p.menu((zw + "wzbb/", "政府网站年度报表")) + bottom, ["政务公开"]),
        needed=True,
    )
    for path in ("jgzn/", "zcwj/", "czyjs/", "wzbb/"):
        p.put(zw + path, p.page("栏目", top + side + "<p>内容整理中。</p>" + bottom, ["政务公开"]))
    office = "/bm/zfb/zwgk_1/zfxxgknb_1/"
    p.put(
        zw + "nb/zf/", f'<html><head><script>window.location.replace("{office}");</script></head><body></body></html>'
    )
    chosen = "".join(f'<option value="/bm/{k}/zwgk_1/zfxxgknb_1/">{n}</option>' for k, n in names.items() if k != "zfb")
    p.put(
        zw + "nb/bm/",
        p.page(
            "县级部门",
            f"{top}{side}<select onchange='go(this.value)'><option>请选择部门</option>{chosen}</select>{bottom}",
            ["政务公开", "政府信息公开年报", "县级部门"],
        ),
        needed=True,
    )
    p.put(
        zw + "nb/xz/",
        p.page(
            "乡镇街道",
            top + side + p.menu(*((f"/jz/{k}/", n) for k, n in towns.items())) + bottom,
            ["政务公开", "政府信息公开年报", "乡镇街道"],
        ),
        needed=True,
    )
    for folder, table in (("/bm/", names), ("/jz/", towns)):
        for key, name in table.items():
            base = f"{folder}{key}/"
            column = f"{base}zwgk_1/zfxxgknb_1/"
            own = p.menu(
                (base, "首页"),
                (f"{base}zwgk_1/jgzn/", "机构概况"),
                (f"{base}zwgk_1/zn/", "政府信息公开指南"),
                (column, v.column),
                (f"{base}zwgk_1/fz/", "法治政府建设年度报告"),
            )
            p.put(base, p.page(name, top + own + bottom, [name]), needed=folder == "/jz/")
            for part in ("jgzn", "zn", "fz"):
                p.put(f"{base}zwgk_1/{part}/", p.page(name, f"{top}{own}<p>情况介绍。</p>{bottom}", [name]))
            issuer = "武岭县人民政府办公室" if key == "zfb" else f"武岭县{name.removeprefix('县')}"
            issuer += "人民政府" if folder == "/jz/" and not name.endswith("办事处") else ""
            made = [Synth(issuer, y, "pdf" if (key, y) == ("b1", 2022) else "word") for y in (2023, 2022)]
            if key == "zfb":
                made += [Synth("武岭县人民政府", y, scope="全县") for y in (2023, 2022, 2021)]
            if v.season > 1 and key in ("b0", "z1", "zfb"):
                made.append(Synth(issuer, 2024))
            rows = []
            for r in made:
                serial = int(hexed(r.key, 6), 16)
                stem = f"{column}{r.date[:7].replace('-', '')}/t{r.date.replace('-', '')}_{serial}"
                if v.season > 1 and key == "b2" and r.year == 2022:
                    p.rows.append(Row(p.key, "former", [f"http://{p.host}{stem}.html"], r.issuer, r.year, r.key))
                    continue
                p.true(r, p.article(r, f"{stem}.html"), p.article(r, f"{stem}_wap.html"), *r.files)
                shown = r.title if key == "zfb" else r.title.removeprefix("武岭县")
                rows.append(Item(shown, f"{stem}.html?jump=true", r.date))
            if key in ("zfb", "b0", "z0"):
                for n, t in enumerate(decoy_titles(p.county)[:5]):
                    rows.insert(n, p.decoy(t, f"{column}202402/t20240205_{key}{n}.html"))
            body = (
                top + own + p.items(rows, cut=18) + '<script>createPageHTML(1, 0, "index", "html");</script>' + bottom
            )
            p.put(column, p.page(f"{name}-{v.column}", body, [name, v.column], v.column), needed=True)

    def serve(asked: Asked) -> Answer | None:
        if asked.path == zw + "rl/":
            found = re.search(r"date=(\d{4})-(\d\d)-(\d\d)", asked.query)
            number = sum(int(x) * k for x, k in zip(found.groups(), (372, 31, 1), strict=True)) + 1 if found else 0
            after = f"{number // 372}-{number % 372 // 31:02d}-{number % 31:02d}"
            links = p.menu((f"{zw}rl/?date={after}", "下一天"), (f"{zw}rl/?date={after}&v=2", "政府信息公开"))
            return Answer(page_bytes(p.page("日历", top + links)))
        plain = (asked.host, asked.path) in p.pages or (asked.host, asked.path + "index.html") in p.pages
        if not plain and asked.path != "/robots.txt":
            return Answer(status=301, headers=(("Location", f"http://{p.host}/"),))  # what is gone leads home
        return None

    p.handlers.append(serve)
    return p


def house(v: Variant) -> Portal:
    """R14: gb2312 pages without a charset header, a script that sends on, base, rows by script, years as options."""
    p = Portal("house-style", "庐源县", "www.luyuan.gov.example", "9901140001", v)
    bare = "luyuan.gov.example"
    p.hosts.add(bare)

    def put(path: str, title: str, body: str, crumbs: tuple[str, ...] = (), needed: bool = False) -> None:
        text = p.page(title, body, crumbs, charset="gb2312")
        text = text.replace("<head>", f'<head><base href="//{p.host}/">')
        p.put(path, Answer(page_bytes(text, "gb18030"), "text/html"), needed=needed)

    p.put("/", Answer(b'<script>location.href="./index.php";</script>', "text/html"))
    top = p.menu(
        ("index.php", "首页"), ("news-list-xwzx.html", "庐源新闻"), ("xxgk.html", "公开"), ("search.php?q=", "搜一下")
    )
    p.traps["search"] = r"^/search\.php"
    put("/index.php", "首页", top + "<p>欢迎</p>" * 9 + p.menu(*FRIENDS), needed=True)
    put("/news-list-xwzx.html", "庐源新闻", top + "<p>暂无</p>")
    parts = p.menu(
        ("xxgk-zn.html", "公开指南"),
        ("xxgk-zd.html", "公开制度"),
        ("xxgk-list-fdzdgk.html", "法定主动公开内容"),
        ("xxgk-ysq.html", "依申请公开"),
        ("xxgk-list-wzbb.html", "网站工作年度报表"),
    )
    tabs = "<ul><li onclick=\"openUrl('xxgk-nb-frame.html')\">公开年报</li></ul>"
    put("/xxgk.html", "信息公开", f"{top}{parts}{tabs}", ("公开",), needed=True)
    for name in ("zn", "zd", "list-fdzdgk", "ysq", "list-wzbb"):
        put(f"/xxgk-{name}.html", "栏目", f"{top}{parts}{tabs}<p>内容。</p>", ("公开",))
    put(
        "/xxgk-nb-frame.html",
        "公开年报",
        f'{top}<iframe width="100%" src="xxgk-list-gknb.html"></iframe>',
        ("公开年报",),
        True,
    )
    items: list[tuple[Item, int]] = []
    forms = ("word", "doc", "images", "word", "wps", "word", "prose")
    people = ("人民政府", "人民政府办公室", *DEPARTMENTS[:4], *TOWNS[:3])
    for n, (y, d) in enumerate((y, d) for y in (2023, 2022, 2017) for d in people):
        if y == 2017 and n % 3:
            continue
        form = "prose" if y == 2017 else forms[n % 6]
        suffix = "人民政府" if d in TOWNS and not d.endswith("办事处") else ""
        title = f"{y}年度政府信息公开工作年度报告" if d == "人民政府办公室" else ""
        r = Synth(f"庐源县{d}{suffix}", y, "doc" if form == "wps" else form, title=title)
        path = f"/xxgk-show-{10193000 + n}.html"
        p.true(r, p.article(r, path, charset="gb2312", files="/upload"), *r.files)
        items.append((Item(r.title, path.lstrip("/"), r.date), y))
        if y == 2023 and n in (0, 2):
            items.append((p.decoy(f"{r.title}解读", f"/xxgk-show-{10195000 + n}.html", READING), y))
    items += [(p.decoy(t, f"/xxgk-show-{10196000 + n}.html"), 2023) for n, t in enumerate(decoy_titles(p.county))]
    items.append((p.decoy("庐源县数据局年度报告说明", "/xxgk-show-10197000.html"), 2023))
    size = v.size(9)
    pages = chunks([i for i, _ in items], size)

    def listing(name: str, shown: list[list[Item]], no: int) -> None:
        rows = "".join(
            f'<tr><td>{hexed(i.url, 8)}</td><td><span onclick="jumpToDetail(\'{i.url}\')" title="{i.title}">'
            f"{i.title[:16]}</span></td><td>{i.date}</td></tr>"
            for i in shown[no]
        )
        years = "".join(f'<option value="xxgk-list-gknb.html?nf={y}">{y}年</option>' for y in (2023, 2022, 2017))
        more = f'<a href="{name}-{no + 2}.html"><img src="n.gif" alt="下一页"></a>' if no + 1 < len(shown) else ""
        path = f"/{name}{f'-{no + 1}' if no else ''}.html"
        head = f"<select><option>全部年度</option>{years}</select>"
        put(
            path,
            "公开年报",
            f"{head}<table>{rows}</table><p>共{len(items)}条　第{no + 1}页 {more}</p>",
            ("公开年报",),
            True,
        )

    for no in range(len(pages)):
        listing("xxgk-list-gknb", pages, no)

    def serve(asked: Asked) -> Answer | None:
        if asked.host == bare:
            return Answer(status=302, headers=(("Location", f"http://{p.host}{asked.target}"),))
        if asked.path == "/search.php":
            links = p.menu(*((f"search.php?q={k}&page={k}", f"政府信息公开年报{k}") for k in range(30)))
            return Answer(page_bytes(p.page("搜索", links), "gb18030"), "text/html")
        if asked.path == "/xxgk-list-gknb.html" and asked.form.get("nf"):
            part = [i for i, y in items if str(y) == asked.form["nf"]]
            rows = "".join(
                f"<tr><td>1</td><td><span onclick=\"jumpToDetail('{i.url}')\">{i.title}</span></td></tr>" for i in part
            )
            return Answer(page_bytes(p.page("公开年报", f"<table>{rows}</table>"), "gb18030"), "text/html")
        return None

    p.handlers.append(serve)
    return p


READING = (
    "现就年度报告解读如下。一、编制背景：按照条例规定编制。二、编制依据：有关条例。三、主要内容：报告由总体情况、主动公开政府信息情况、"
    "收到和处理政府信息公开申请情况、政府信息公开行政复议和行政诉讼情况、存在的主要问题及改进情况、其他需要报告的事项六部分组成。"
)
