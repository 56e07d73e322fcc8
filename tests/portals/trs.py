"""R1 flat and R2 tree: static pages of the TRS kind."""

from __future__ import annotations

from tests.portals.kit import (
    DEPARTMENTS,
    TOWNS,
    Answer,
    Item,
    Portal,
    Row,
    Variant,
    chunks,
    decoy_titles,
    page_bytes,
)
from tests.portals.synth import Synth


def _front(p: Portal, column: str, blocks: str = "") -> None:
    """Homepage, openness page and the disclosure page with its five blocks."""
    p.put(
        "/",
        p.page(
            "首页",
            p.menu(
                ("/xwzx/", "新闻中心"),
                ("/zwgk/", "政务公开"),
                ("/hdjl/", "互动交流"),
                ("/zwfw/", "政务服务"),
                ("/admin/login.html", "管理"),
                ("/search/?q=", "搜索"),
            ),
        ),
    )
    for path, name in (("/xwzx/", "新闻中心"), ("/hdjl/", "互动交流"), ("/zwfw/", "政务服务")):
        p.put(path, p.page(name, "<p>栏目内容。</p>", [name]))
    p.put(
        "/zwgk/",
        p.page(
            "政务公开",
            p.menu(("/zwgk/zfxxgk/", "政府信息公开"), ("/zwgk/zcwj/", "政策文件"), ("/zwgk/ghjh/", "规划计划")),
            ["政务公开"],
        ),
        needed=True,
    )
    for path in ("/zwgk/zcwj/", "/zwgk/ghjh/"):
        p.put(path, p.page("栏目", "<p>栏目内容。</p>", ["政务公开"]))
    zf = "/zwgk/zfxxgk/"
    five = blocks or p.menu(
        (zf + "zn/", "政府信息公开指南"),
        (zf + "zd/", "政府信息公开制度"),
        (zf + "fdzdgk/", "法定主动公开内容"),
        (column, "<em></em>政府信息<br>\n   公开年报" if not p.variant.number else p.variant.column),
        (zf + "ysq/", "依申请公开"),
    )
    p.put(zf, p.page("政府信息公开", five, ["政务公开", "政府信息公开"]), needed=True)
    for name in ("zd", "fdzdgk", "ysq"):
        p.put(
            f"{zf}{name}/", p.page("政府信息公开", f"{five}<p>内容整理中，请稍后查阅有关文件。</p>", ["政府信息公开"])
        )


def flat(v: Variant) -> Portal:
    """R1: one list of several pages; the pager promises a page too many; missing pages answer 200."""
    p = Portal("trs-flat", "兰禾县", "www.lanhe.gov.example", "9901010001", v)
    nb = "/zwgk/zfxxgk/nb/"
    _front(p, nb)
    missing = p.page("提示信息", "<p>您访问的页面不存在或已被删除，3秒后返回首页。</p>" + "<p>导航</p>" * 5)
    p.not_found = Answer(page_bytes(missing))
    reports = [Synth(f"兰禾县{d}", y) for y in (2023, 2022) for d in DEPARTMENTS[:7]]
    reports += [
        Synth("兰禾县人民政府", y, f) for y, f in ((2023, "word"), (2022, "images"), (2021, "word"), (2016, "prose"))
    ]
    reports += [Synth("兰禾县人民政府办公室", y, f) for y, f in ((2023, "pdf"), (2021, "docx"))]
    if v.season > 1:
        reports += [Synth(f"兰禾县{d}", 2024) for d in DEPARTMENTS[:5]]
        reports[2].edit = "（本报告于次年更正。）"
        reports[3].edit = "（表二数字已更正。）"
    rows = []
    for n, r in enumerate(reports):
        path = f"{nb}{r.date[:7].replace('-', '')}/t{r.date.replace('-', '')}_{19260 + n}.shtml"
        if not (v.season > 1 and n == 5):  # withdrawn in the second season: the missing page answers 200
            url = p.article(r, path)
            p.true(r, url, *r.files)
        else:
            p.rows.append(Row(p.key, "former", [f"http://{p.host}{path}"], r.issuer, r.year, r.key))
        rows.append(Item(r.title, "./" + path.removeprefix(nb), r.date))
    rows = [r for n, r in enumerate(rows) if not (v.season > 1 and n == 5)]
    titles = decoy_titles(p.county)
    rows += [p.decoy(t, f"{nb}202402/t20240205_{18000 + n}.shtml") for n, t in enumerate(titles[:6])]
    rows.sort(key=lambda i: i.date, reverse=True)
    pages = chunks(rows, v.size(9))
    for n, part in enumerate(pages):
        pager = f'<div class="page"><script>createPageHTML({len(pages) + 1}, {n}, "index", "shtml");</script></div>'
        p.put(
            f"{nb}index{f'_{n}' if n else ''}.shtml",
            p.page(v.column, p.items(part, cut=14) + pager, ["政务公开", v.column], v.column),
            needed=True,
        )
    # Two reports stand in the column of the guide.
    strays = [Synth("兰禾县统计局", 2023), Synth("兰禾县信访局", 2022)]
    listed = []
    for n, r in enumerate(strays):
        path = f"/zwgk/zfxxgk/zn/202401/t20240110_{700 + n}.shtml"
        p.true(r, p.article(r, path, crumbs=["政府信息公开指南"]))
        listed.append(Item(r.title, path, r.date))
    p.put("/zwgk/zfxxgk/zn/", p.page("政府信息公开指南", p.items(listed), ["政府信息公开指南"]), needed=True)
    return p


def tree(v: Variant) -> Portal:
    """R2: year folders by groups, mobile twins, dates of 1970 in addresses, list pages that are the report."""
    p = Portal("trs-tree", "柏原县", "www.boyuan.gov.example", "9901020001", v)
    nb = "/zwgk/xxgknb/"
    blocks = (
        "<div id='tabs'></div><script>var tabs=["
        + ",".join(
            f'{{"name":"{n}","url":"{u}"}}'
            for n, u in (("政府信息公开指南", "/zwgk/zfxxgk/zn/"), (v.column, nb), ("依申请公开", "/zwgk/zfxxgk/ysq/"))
        )
        + "];for(var i=0;i<tabs.length;i++){document.write(tabs[i].name)}</script>"
    )
    _front(p, nb, blocks)
    p.put("/zwgk/zfxxgk/zn/", p.page("政府信息公开指南", "<p>指南正文。</p>" * 30, ["政府信息公开指南"]))
    years = (2023, 2022, 2021, 2020)
    folders = {2023: "2023n", 2022: "2022nb", 2021: "gknb2021", 2020: "2020nd"}
    groups = (("xzf", "县政府"), ("xzbm", "县直部门"), ("xzjd", "乡镇街道"))
    inline = (2019, 2018)  # these folders' list pages are the report
    p.put(
        nb,
        p.page(
            v.column,
            p.menu(*((f"{nb}{folders[y]}/", f"{y}年") for y in years), *((f"{nb}{y}n/", f"{y}年") for y in inline)),
            [v.column],
            v.column,
        ),
        needed=True,
    )
    number = 3441400
    for y in years:
        base = f"{nb}{folders[y]}/"
        p.put(
            base,
            p.page(f"{y}年", p.menu(*((f"{base}{g}/", name) for g, name in groups)), [v.column, f"{y}年"], v.column),
            needed=True,
        )
        for g, _name in groups:
            listed = []
            for r in _group_reports(p, g, y):
                number += 1
                stem = f"{base}{g}/{y + 1}01/t19700101_{number}"
                url, twin = p.article(r, f"{stem}.html"), p.article(r, f"{stem}_wap.html")
                p.true(r, url, twin, *r.files)
                listed.append(Item(r.title, f"{stem}.html", r.date))
                p.pages[p.host, f"{stem}.html"] = Answer(
                    p.pages[p.host, f"{stem}.html"].body.replace(
                        b"</h1>", f'</h1><a href="{stem}_wap.html">手机版</a>'.encode(), 1
                    )
                )
            if g == "xzbm":
                titles = decoy_titles(p.county, y)
                listed += [
                    p.decoy(titles[k], f"{base}{g}/{y + 1}02/t{y + 1}0205_{y}{k}.html") for k in (years.index(y), 7)
                ]
            _paged(p, f"{base}{g}/", listed, y)
    for y in inline:
        r = Synth("柏原县人民政府", y, "word" if y == 2019 else "prose")
        body, _ = r.body(nb)
        url = p.put(f"{nb}{y}n/", p.page(r.title, f"<h2>{r.title}</h2>{body}", [v.column, f"{y}年"], v.column))
        p.true(r, url)
    return p


def _group_reports(p: Portal, group: str, year: int) -> list[Synth]:
    if group == "xzf":
        out = [Synth("柏原县人民政府", year), Synth("柏原县人民政府办公室", year, "pdf" if year == 2022 else "word")]
        if year == 2021:
            out.append(Synth("柏原县扶贫开发办公室", 2019))  # filed under the wrong year
        return out
    names = DEPARTMENTS[:4] if group == "xzbm" else TOWNS[:2]
    # Departments print no county name, and one title has no issuer at all.
    return [
        Synth(f"柏原县{n}", year, title="" if k else f"柏原县{n}{year}年度政府信息公开年报")
        for k, n in enumerate(names)
    ]


def _paged(p: Portal, base: str, listed: list[Item], year: int) -> None:
    """Second pages are ``index_1`` in some folders and ``index_2`` in one."""
    pages = chunks(listed, 4)
    shift = 1 if year == 2021 else 0
    for n, part in enumerate(pages):
        call = f"createPageHTML('page_div',{len(pages)},{n + 1},'index','html',{len(listed)});"
        name = f"index_{n + shift}.html" if n else "index.html"
        p.put(
            f"{base}{name}",
            p.page(
                "列表",
                f"{p.items(part)}<div id='page_div'></div><script>{call}</script>",
                [p.variant.column],
                p.variant.column,
            ),
            needed=True,
        )
