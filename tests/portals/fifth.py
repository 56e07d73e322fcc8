"""R26 an old site whose menu a script writes and whose reports are attachments; R27 organs behind a selection."""

from __future__ import annotations

import io
import zipfile

from tests.portals.fourth import number, organ
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
    page_bytes,
)
from tests.portals.synth import Synth

WRITTEN = '<script language="javascript" src="/js/top.js"></script>'


def thin(v: Variant) -> Portal:
    """R26: the old encoding, a menu from a script, thin pages with a document or an archive, a field for the page."""
    p = Portal("thin-pages", "邙山县", "www.mangshan.gov.example", "9901260001", v)

    def made(title: str, body: str, crumbs: tuple[str, ...] = ()) -> Answer:
        return Answer(page_bytes(p.page(title, WRITTEN + body, crumbs, charset="gb2312"), "gb18030"), "text/html")

    menu = (("/", "首 页"), ("/class.asp?id=12", "政务要闻"), ("/gkzl.asp", "公开专栏"), ("/class.asp?id=14", "服务"))
    lines = "".join(f"document.write('<td><a href=\"{u}\" class=\"m\">{t}</a></td>');\n" for u, t in menu)
    p.put("/js/top.js", Answer(page_bytes(lines, "gb18030"), "application/x-javascript"), needed=True)
    p.put("/", made("首页", "<p>邙山县欢迎您</p>" * 3))
    for k in (12, 14):
        p.put(f"/class.asp?id={k}", made("栏目", "<p>内容</p>"))
    names = {1: "政府信息公开指南", 2: "政府信息公开制度", 7: "信息公开工作年报", 9: "财政信息"}
    side = "".join(f"<tr><td onClick=\"location='/gk.asp?lb={k}'\">{name}</td></tr>" for k, name in names.items())
    p.put("/gkzl.asp", made("公开专栏", f"<table>{side}</table>", ("公开专栏",)), needed=True)
    rows: list[Item] = []
    for y in (2023, 2022):
        for n, d in enumerate(("人民政府办公室", *DEPARTMENTS[3:8])):
            r = Synth(p.county + d, y, ("doc", "pdf", "docx")[n % 3], title=f"{d}信息公开工作年报" if n else "")
            (content,) = r.body("/x")[1].values()
            ending = "zip" if n == 4 else r.form
            name = p.put(f"/UploadFile/{y}/{number(r.key)}.{ending}", _packed(content) if n == 4 else Answer(content))
            path = name.split(p.host)[1]
            link = f"<a href='{path}'>{r.title}</a>"
            if n % 2:
                link = (f"<a href=\"javascript:void(0);\" onclick=\"down('{path}')\">点击下载</a>"
                        "<script>function down(f){window.open(f)}</script>")  # fmt: skip
            where = ("公开专栏", "信息公开工作年报")
            shown = made(r.title, f"<h2>{r.title}</h2><p>更新时间：{r.date}</p><div>{link}</div>", where)
            url = p.put(f"/show.asp?id={number(r.key, 5)}", shown, needed=True)
            p.true(r, url, name)
            rows.append(Item(r.title, f"/show.asp?id={number(r.key, 5)}", r.date))
    for t in decoy_titles(p.county)[:4]:
        url = p.put(f"/show.asp?id={number(t, 5)}", made(t, f"<h2>{t}</h2><p>现予公布。</p>"))
        p.rows.append(Row(p.key, "decoy", [url], "", 0, url))
        rows.insert(4, Item(t, f"/show.asp?id={number(t, 5)}", "2024-02-05"))
    pages = chunks(rows, v.size(7))

    def serve(asked: Asked) -> Answer | None:
        if asked.path != "/gk.asp":
            return None
        if asked.form.get("lb") != "7":
            return made("栏目", f"<table>{side}</table><p>内容</p>")
        no = min(max(int(asked.form.get("page") or 1), 1), len(pages))
        shown = pages[no - 1]
        body = "".join(f"<tr><td><a href='{i.url}'>{i.title[:16]}</a></td><td>{i.date}</td></tr>" for i in shown)
        turn = (f"<form action='gk.asp'>共{len(pages)}页 第{no}页 转到<input type='hidden' name='lb' value='7'>"
                f"<input type='text' name='page' value='{no}'><input type='submit' value='GO'></form>")  # fmt: skip
        crumbs = ("公开专栏", "信息公开工作年报")
        return made("信息公开工作年报", f"<table>{side}</table><table>{body}</table>{turn}", crumbs)

    p.handlers.append(serve)
    p.needed += len(pages)
    return p


def _packed(content: bytes) -> Answer:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(zipfile.ZipInfo("nianbao.docx", (2024, 1, 1, 0, 0, 0)), content)
    return Answer(out.getvalue(), "application/zip")


CHOOSE = """<select id="dept" onchange="toDept(this)"><option value="">--选择单位--</option>%s</select><script>
function toDept(o){var v=o.options[o.selectedIndex].value;if(v!=''){window.open('/gk/'+v+'/')}}</script>"""


def chosen(v: Variant) -> Portal:
    """R27: organs behind a selection that a function reads, titles without a year, 200 for what is not there."""
    p = Portal("organ-select", "桐河县", "www.tonghe.gov.example", "9901270001", v)
    x = "zwgk.tonghe.gov.example"
    p.robots[x] = "User-agent: *\nDisallow: /search\n"
    top = p.menu(("/", "首页"), ("/xw/", "桐河要闻"), (f"//{x}/gk/", "公开"), ("/hd/", "互动"))
    p.put("/", p.page("首页", top + "<p>要闻</p>" * 5))
    for path in ("/xw/", "/hd/"):
        p.put(path, p.page("栏目", top + "<p>暂无</p>"))
    p.not_found = Answer(page_bytes(p.page("提示", "<p>您访问的内容不存在或已被删除</p>")))
    names = {"zfb": "县政府办", **{f"a{k}": "县" + d for k, d in enumerate(DEPARTMENTS[4:7])}}
    names |= {f"b{k}": d for k, d in enumerate(TOWNS[:2])}
    options = "".join(f"<option value='{k}'>{name}</option>" for k, name in names.items())
    links = p.menu(("/gk/zc/", "政策"), ("/gk/zn/", "指南"), ("/gk/zfb/", "县政府办公室"))
    p.put("/gk/", p.page("公开", CHOOSE % options + links, ["公开"]), host=x, needed=True)
    for k in ("zc", "zn"):
        p.put(f"/gk/{k}/", p.page("栏目", "<p>内容整理中。</p>" * 5), host=x)
    for k, name in names.items():
        issuer = "桐河县人民政府办公室" if k == "zfb" else organ(p.county, name.removeprefix("县"))
        called = f"{'县政府办公室' if k == 'zfb' else name}政府信息公开工作年度报告"
        made = [Synth(issuer, y, "pdf" if (k, y) == ("a1", 2023) else "word", called) for y in (2023, 2022)]
        made += [Synth("桐河县人民政府", y, scope="全县") for y in (2023, 2022) if k == "zfb"]
        rows = []
        for r in made:
            path = f"/gk/{k}/nb/{r.date[:4]}/{number(r.key)}.html"
            p.true(r, p.article(r, path, host=x, crumbs=[name, "年报"]), *r.files)
            rows.append(Item(r.title, path, r.date))
        side = p.menu((f"/gk/{k}/jg/", "机构职能"), (f"/gk/{k}/zn/", "信息公开指南"), (f"/gk/{k}/nb/", v.column))
        p.put(f"/gk/{k}/", p.page(name, side + "<p>简介</p>", [name]), host=x, needed=True)
        for part in ("jg", "zn"):
            p.put(f"/gk/{k}/{part}/", p.page(name, side + "<p>内容</p>" * 5, [name]), host=x)
        p.put(f"/gk/{k}/nb/", p.page(v.column, side + p.items(rows), [name, v.column]), host=x, needed=True)
    return p
