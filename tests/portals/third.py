"""R21 a tree of columns that are the reports, behind a cookie of a script; R22 frames, a form for the year, and links
that a function puts together."""

from __future__ import annotations

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

ACW = """<html><script>
var arg1='%s';function r(s){return s.split('').reverse().join('');}
document.cookie='acw_sc__v2='+r(arg1)+';path=/;max-age=3600';location.reload();
</script></html>"""


def leaves(v: Variant) -> Portal:
    """R21: year, group, organ: each leaf is the report itself; files are only given to who comes from their page."""
    p = Portal("leaf-tree", "洪源县", "www.hongyuan.gov.example", "9901210001", v)
    token = hexed("acw", 40)
    p.put(
        "/",
        p.page(
            "首页", p.menu(("index/xw.htm", "洪源新闻"), ("zfxxgk.htm", "政府信息公开专栏"), ("bszn.htm", "办事指南"))
        ),
    )
    for name in ("/index/xw.htm", "/bszn.htm"):
        p.put(name, p.page("栏目", "<p>暂无</p>"))
    tree = p.menu(
        ("/zfxxgk/zn.htm", "政府信息公开指南"),
        ("/zfxxgk/zd.htm", "政府信息公开制度"),
        ("/zfxxgk/fd.htm", "法定主动公开内容"),
    )
    last = f'<div><span class="t"><a href="/zfxxgk/zfxxgknb.htm">{v.column}</a></span></div>'
    p.put("/zfxxgk.htm", p.page("政府信息公开专栏", tree + last, ["政府信息公开专栏"]), needed=True)
    for name in ("zn", "zd", "fd"):
        p.put(f"/zfxxgk/{name}.htm", p.page("栏目", f"{tree}{last}<p>正文整理中。</p>", ["政府信息公开"]))
    years = (2023, 2022, 2021)
    tabs = "".join(f"<li onclick=\"window.open('/zfxxgk/zfxxgknb/n{y}n.htm')\">{y}年</li>" for y in years)
    p.put(
        "/zfxxgk/zfxxgknb.htm",
        p.page(v.column, f"{tree}<ul>{tabs}</ul>", ["政府信息公开", v.column], v.column),
        needed=True,
    )
    groups = {
        "xzf": ("县政府", ("人民政府", "人民政府办公室")),
        "xjbm": ("县级部门", DEPARTMENTS[:4]),
        "xz": ("乡镇", TOWNS[:3]),
    }
    for y in years:
        base = f"/zfxxgk/zfxxgknb/n{y}n"
        side = "".join(
            f"<h4>{name}</h4>"
            + p.menu(*((f"{base}/{g}/{hexed(d, 6)}.htm", d if g != "xzf" else f"洪源县{d}") for d in ds))
            for g, (name, ds) in groups.items()
        )
        p.put(f"{base}.htm", p.page(f"{y}年", tree + side, [v.column, f"{y}年"], v.column), needed=True)
        for g, (_, ds) in groups.items():
            for d in ds:
                suffix = "人民政府" if g == "xz" and not d.endswith("办事处") else ""
                form = "docx" if (d, y) == (DEPARTMENTS[1], 2022) else "word"
                r = Synth(f"洪源县{d}{suffix}", y, form)
                body, files = r.body(f"{base}/{g}")
                for name, content in files.items():
                    p.put(name, Answer(content, "application/octet-stream"), needed=True)
                text = f"{tree}<h3>{r.title}</h3><div class='v_news_content'>{body}</div>"
                url = p.put(f"{base}/{g}/{hexed(d, 6)}.htm", p.page(f"{d}-{y}年", text, [v.column, d]))
                p.true(r, url, *(f"http://{p.host}{name}" for name in files))

    def serve(asked: Asked) -> Answer | None:
        if asked.path != "/robots.txt" and f"acw_sc__v2={token}" not in asked.headers.get("cookie", ""):
            return Answer((ACW % token[::-1]).encode())
        if asked.path.endswith(".docx") and p.host not in asked.headers.get("referer", ""):
            return Answer(b"<html>403</html>", status=403)
        return None

    p.handlers.append(serve)
    return p


def framed(v: Variant) -> Portal:
    """R22: a frameset, the year chosen by a form that is posted, links put together by a function of the page."""
    p = Portal("frames-post", "古渡县", "www.gudu.gov.example", "9901220001", v)
    frames = ('<html><head><title>古渡县人民政府</title></head><frameset cols="200,*"><frame src="left.aspx" name="l">'
              '<frame src="main.aspx" name="m"></frameset></html>')  # fmt: skip
    p.put("/", frames)
    p.put(
        "/left.aspx",
        p.page("导航", p.menu(("xxgk/index.aspx?lanmuid=76", "政务信息公开"), ("xw.aspx?lanmuid=3", "新闻"))),
        needed=True,
    )
    p.put("/main.aspx", p.page("主页", "<p>欢迎</p>" * 3))
    p.put("/xw.aspx?lanmuid=3", p.page("新闻", "<p>暂无</p>"))
    p.put(
        "/xxgk/index.aspx?lanmuid=76",
        p.page("政务信息公开", p.menu(("index.aspx?lanmuid=76&sub=1", "公开指南"),
               ("List_nb.aspx?lmid=5457", "年度报告"), ("index.aspx?lanmuid=76&sub=4", "依申请公开")),
               ["政务信息公开"]),
        needed=True,
    )  # fmt: skip
    for k in (1, 4):
        p.put(f"/xxgk/index.aspx?lanmuid=76&sub={k}", p.page("栏目", "<p>正文。</p>" * 9))
    rows: dict[int, list[Item]] = {}
    for y in (2023, 2022, 2021):
        rows[y] = []
        for n, d in enumerate(("人民政府", "政府办公室", *DEPARTMENTS[:5])):
            r = Synth(f"古渡县{d}", y)
            number = int(hexed(r.key, 5), 16)
            p.true(r, p.article(r, f"/xxgk/show.aspx?id={number}&lb=01&lm=5457"))
            rows[y].append(Item(r.title if n else f"{y}年度政府信息公开工作报告", str(number), r.date))
        for t in decoy_titles(p.county, y)[:3]:
            number = int(hexed(t, 5), 16)
            p.decoy(t, f"/xxgk/show.aspx?id={number}&lb=01&lm=5457")
            rows[y].append(Item(t, str(number), f"{y + 1}-02-03"))
    state = {}

    def listing(year: int, no: int) -> bytes:
        shown = chunks(rows[year], v.size(6))
        state[year, no] = hexed(f"{year}{no}", 20)
        body = "".join(
            f"<tr><td><a href=\"javascript:info('{i.url}','01','5457')\" title='{i.title}'>{i.title[:14]}...</a></td>"
            f"<td>{i.date}</td></tr>"
            for i in shown[no - 1]
        )
        options = "".join(f"<option value='{y}'{' selected' if y == year else ''}>{y}</option>" for y in rows)
        more = (
            f"<a href=\"javascript:__doPostBack('Pager','{no + 1}')\">下一页</a>"
            if no < len(shown)
            else "<a disabled>下一页</a>"
        )
        return page_bytes(p.page(
            "年度报告",
            "<script>function info(a,b,c){window.location='show.aspx?id='+a+'&lb='+b+'&lm='+c;}"
            "function __doPostBack(t,a){var f=document.forms[0];f.__EVENTTARGET.value=t;f.__EVENTARGUMENT.value=a;"
            "f.submit();}</script><form method='post' action='List_nb.aspx?lmid=5457'>"
            f"<input type='hidden' name='__VIEWSTATE' value='{state[year, no]}'>"
            "<input type='hidden' name='__EVENTTARGET'><input type='hidden' name='__EVENTARGUMENT'>"
            f"<select name='ddlYear' onchange=\"__doPostBack('ddlYear','')\">{options}</select>"
            f"<table>{body}</table>{more}</form>",
            ["政务信息公开", "年度报告"]))  # fmt: skip

    def serve(asked: Asked) -> Answer | None:
        if asked.path != "/xxgk/List_nb.aspx":
            return None
        form = asked.form
        year, no = 2023, 1
        if asked.method == "POST":
            known = [key for key, value in state.items() if value == form.get("__VIEWSTATE")]
            if not known:
                return Answer(b"bad state", status=500)
            year = int(form.get("ddlYear") or known[0][0])
            no = int(form.get("__EVENTARGUMENT") or 1) if form.get("__EVENTTARGET") == "Pager" else 1
        return Answer(listing(year, no))

    p.handlers.append(serve)
    p.needed += sum(len(chunks(items, v.size(6))) for items in rows.values())
    return p
