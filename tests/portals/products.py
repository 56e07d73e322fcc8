"""R5 VSB and R6 UCAP: pages that count down, lists that go on as JSON."""

from __future__ import annotations

import json

from tests.portals.kit import (
    DEPARTMENTS,
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


def vsb(v: Variant) -> Portal:
    """R5: page files count down, some articles exist under a second address, some are shown as PDF by a script."""
    p = Portal("vsb", "清岭县", "www.qingling.gov.example", "9901050001", v)
    p.put("/", p.page("首页", p.menu(("xwzx.htm", "新闻"), ("zfxxgk.htm", "政府信息公开"))))
    p.put("/xwzx.htm", p.page("新闻", "<p>暂无</p>"))
    p.put(
        "/zfxxgk.htm",
        p.page(
            "政府信息公开",
            p.menu(("zfxxgk/zn.htm", "政府信息公开指南"), ("zfxxgk/zfxxgknb.htm", v.column)),
            ["政府信息公开"],
        ),
        needed=True,
    )
    p.put("/zfxxgk/zn.htm", p.page("指南", "<p>指南正文。</p>" * 20))
    items, captcha = [], set()
    forms = ("word", "vsb", "word", "docx")
    for n, (d, y) in enumerate((d, y) for y in (2023, 2022) for d in ("人民政府", *DEPARTMENTS[:7])):
        r = Synth(f"清岭县{d}", y, forms[n % 4])
        path = f"/info/3701/{199331 + n}.htm"
        p.article(r, path, files="/__local/A/BC", wrap="vsb_content_2", html_title=False)
        if forms[n % 4] == "docx":  # through a script that may show a captcha
            (name,) = [u.removeprefix(f"http://{p.host}") for u in r.files]
            content = p.pages.pop((p.host, name))
            target = f"/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1477&wbfileid={70 + n}"
            p.put(target, content)
            captcha.add(target)
            p.pages[p.host, path] = Answer(p.pages[p.host, path].body.replace(name.encode(), target.encode()))
            r.files = [f"http://{p.host}{target}"]
        twin = f"/content.jsp?urltype=news.NewsContentUrl&wbtreeid=3701&wbnewsid={199331 + n}"
        p.put(twin, p.pages[p.host, path])
        p.true(r, f"http://{p.host}{path}", f"http://{p.host}{twin}", *r.files)
        items.append(Item(r.title, f"../info/3701/{199331 + n}.htm", r.date))
        if n % 5 == 0:
            items.append(Item(r.title, f"..{twin}", r.date))
    items += [p.decoy(t, f"/info/3702/{n}.htm") for n, t in enumerate(decoy_titles(p.county)[:5])]
    pages = chunks([Item(i.title, i.url.replace("/info/3702", "../info/3702"), i.date) for i in items], v.size(7))
    for n, part in enumerate(pages):
        name = "/zfxxgk/zfxxgknb.htm" if n == 0 else f"/zfxxgk/zfxxgknb/{len(pages) - n}.htm"
        shown = part if n == 0 else [Item(i.title, "../" + i.url, i.date) for i in part]
        ahead = f"{'zfxxgknb/' if n == 0 else ''}{len(pages) - n - 1}.htm"
        pager = (
            f'<span class="p_next p_fun"><a href="{ahead}">下页</a></span>'
            if n + 1 < len(pages)
            else '<span class="p_next_d">下页</span>'
        )
        p.put(
            name,
            p.page(
                v.column,
                p.items(shown) + f'<div class="pb_sys_common"><span class="p_t">共{len(items)}条</span>{pager}'
                f'<input onclick="_simple_list_gotopage_fun({len(pages)},&quot;u13_goto&quot;,2)"></div>',
                ["政府信息公开", v.column],
                v.column,
            ),
            needed=True,
        )
    hits: dict[str, int] = {}

    def serve(asked: Asked) -> Answer | None:
        if asked.target in captcha:
            hits["n"] = hits.get("n", 0) + 1
            if hits["n"] == 3:
                return Answer(page_bytes("<html><body>请输入验证码 <input name=codeValue></body></html>"))
        return None

    p.handlers.append(serve)
    return p


def ucap(v: Variant) -> Portal:
    """R6: a static first page, the rest as JSON; items without issuer; pages overwritten every year."""
    p = Portal("ucap", "北岗县", "www.beigang.gov.example", "9901060001", v)
    p.put("/", p.page("首页", p.menu(("/site/c101000/zwgk.shtml", "政务公开"), ("/site/c101900/list.shtml", "要闻"))))
    p.put("/site/c101900/list.shtml", p.page("要闻", "<p>暂无</p>"))
    base = "/site/c105978/"
    p.put(
        "/site/c101000/zwgk.shtml",
        p.page(
            "政务公开",
            p.menu(
                (f"{base}xxgk_list.shtml", v.column),
                ("/site/c105979/xxgk_list.shtml", "2021年以前年报"),
                ("/site/c1/zn.shtml", "政府信息公开指南"),
            ),
            ["政务公开"],
        ),
        needed=True,
    )
    p.put("/site/c1/zn.shtml", p.page("指南", "<p>指南正文。</p>" * 20))
    channels: dict[str, list[Item]] = {}
    season = v.season - 1
    recent = [
        Synth(
            "北岗县人民政府办公室" if d == "x" else f"北岗县{d}",
            y,
            "word",
            title=f"{y}年政府信息公开工作年度报告" if d == "x" else "",
        )
        for y in (2023, 2022)
        for d in ("人民政府", "x", *DEPARTMENTS[:8])
    ]
    if season:
        recent += [Synth(f"北岗县{d}", 2024) for d in DEPARTMENTS[:5]]
    closed = [Synth("北岗县人民政府", y, "word" if y > 2018 else "prose") for y in (2020, 2019, 2018)]
    for channel, reports in (("c105978", recent), ("c105979", closed)):
        listed = channels[hexed(channel)] = []
        for n, r in enumerate(reports):
            name = f"c01_{925848 + n}" if n % 2 else hexed(r.key + r.form)
            path = f"/site/{channel}/{r.year + 1}01/{name}.shtml"
            if season and channel == "c105978" and n in (2, 3):  # overwritten in place by the next year's report
                later = Synth(r.issuer, r.year + 1, r.form, period=2024)
                p.rows.append(Row(p.key, "former", [f"http://{p.host}{path}"], r.issuer, r.year, r.key))
                p.true(later, p.article(later, path, wrap="UCAP-CONTENT"))
                listed.append(Item(later.title, path, later.date))
                continue
            p.article(r, path, wrap="UCAP-CONTENT")
            old = p.pages[p.host, path].body
            p.pages[p.host, path] = Answer(old.replace(b"</table>", b"</table><p>#PAGE_BREAK#</p>", 1))
            p.true(r, f"http://{p.host}{path}", needs_js=n >= 10)
            listed.append(Item(r.title, path, r.date))
    channels[hexed("c105978")] += [
        p.decoy(t, f"/site/c105978/202402/{hexed(t)}.shtml") for t in decoy_titles(p.county)[:6]
    ]
    size = v.size(10)
    for channel, name in (("c105978", v.column), ("c105979", "2021年以前年报")):
        items = channels[hexed(channel)]
        head = f'<meta name="channelid" content="{hexed(channel)}">'
        body = (
            p.items(items[:size])
            + f'<div class="pages" id="pages"></div><script>initPage("{hexed(channel)}",{size})</script>'
        )
        p.put(
            f"/site/{channel}/xxgk_list.shtml",
            p.page(name, body, ["政务公开", name], v.column).replace("<head>", f"<head>{head}"),
            needed=True,
        )

    def serve(asked: Asked) -> Answer | None:
        if not asked.path.startswith("/common/search/"):
            return None
        items = channels.get(asked.path.rsplit("/", 1)[1], [])
        form = asked.form
        rows, no = int(form.get("_pageSize", 15)), int(form.get("page", 1))
        results = [
            {
                "title": i.title,
                "url": f"//{p.host}{i.url}",
                "publishedTimeStr": i.date + " 09:00:00",
                "manuscriptId": hexed(i.url),
                "resList": [],
            }
            for i in items[(no - 1) * rows : no * rows]
        ]
        data = {
            "page": no,
            "rows": rows,
            "total": len(items),
            "channelId": asked.path.rsplit("/", 1)[1],
            "results": results,
        }
        return Answer(json.dumps({"code": 200, "data": data}, ensure_ascii=False).encode(), "application/json")

    p.handlers.append(serve)
    p.needed += 2
    return p
