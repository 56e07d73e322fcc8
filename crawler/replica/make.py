"""Make the pages of the practice portals from ``facts/``: ``python -m crawler.replica.make``.

The result is committed, so that nothing has to be made on the machine that runs the demo.
"""

from __future__ import annotations

import html
import json
import shutil
from pathlib import Path

from crawler.replica.reports import Report

HERE = Path(__file__).parent
PAGES = HERE / "pages"
FOOTER = "演示门户：本站为练习软件而设，县名为虚构；年报中的数字取自公开的年度报告，文字另行撰写。"
NAMES = {"www.qinghe.example": "清禾县人民政府", "www.anlan.example": "安澜县人民政府"}
CODES = {"www.qinghe.example": "9900010001", "www.anlan.example": "9900020001"}
ROBOTS = "User-agent: *\nDisallow: /admin/\n"
QINGHE, ANLAN = NAMES
NB = "/zwgk/zfxxgk/nb/"
DECOYS = (
    ("《清禾县2023年政府信息公开工作年度报告》解读", NB + "202402/t20240205_10280.html", "2024-02-05"),
    ("清禾县人民政府2023年政府网站工作年度报表", NB + "202401/t20240130_10263.html", "2024-01-30"),
    ("清禾县2023年法治政府建设年度报告", NB + "202403/t20240312_10301.html", "2024-03-12"),
    ("关于做好2023年政府信息公开工作年度报告编制工作的通知", NB + "202312/t20231220_10198.html", "2023-12-20"),
    ("清禾县财政局2023年度部门决算", NB + "202409/t20240903_10377.html", "2024-09-03"),
    ("2024年清禾县政府工作报告", "/zwgk/zfgzbg/202401/t20240115_10240.html", "2024-01-15"),
)


def page(host: str, title: str, body: str, crumbs: str = "", column: str = "", extra: str = "") -> str:
    """One page in the portal's frame."""
    name = NAMES[host]
    metas = {
        "SiteName": name, "SiteDomain": host, "SiteIDCode": CODES[host], "ColumnName": column,
        "ArticleTitle": extra,
    }  # fmt: skip
    meta = "\n".join(f'<meta name="{k}" content="{html.escape(v)}">' for k, v in metas.items() if v)
    where = f'<div class="position">您现在的位置：<a href="/">首页</a>{crumbs}</div>' if crumbs else ""
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{html.escape(title)}-{name}</title>\n{meta}\n</head>\n<body>\n"
        f'<div class="header"><a href="/"><b>{name}</b></a></div>\n{where}\n{body}\n'
        f'<div class="footer"><p>{FOOTER}</p></div>\n</body>\n</html>\n'
    )


def write(host: str, path: str, content: str | bytes, encoding: str = "utf-8") -> None:
    """Write a file of a portal; a path that ends in a slash is that folder's index page."""
    file = PAGES / host / (path.lstrip("/") + ("index.html" if path.endswith("/") else ""))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))


def article(host: str, report: Report) -> None:
    """A report's page, with its attachment if it has one."""
    facts = report.facts
    title, address, form = facts["title"], facts["address"], facts["form"]
    if form == "word":
        body = report.as_word_html()
    elif form == "text":
        body = f"<pre>{html.escape(report.as_text())}</pre>"
    else:
        file = facts["file"]
        content = report.as_docx() if form == "docx" else report.as_pdf()
        write(host, address.rsplit("/", 1)[0] + "/" + file, content)
        name = f"{title}.{form}"
        link = f'<a href="./{file}" appendix="true" otitle="{name}">{name}</a>'
        body = f"<p>{title}，全文见附件。</p><p>附件：{link}</p>"
    info = f'<h1>{title}</h1><div class="info">发布日期：{facts["published"]} 来源：演示门户</div>'
    crumbs = ' &gt; <a href="/zwgk/">政务公开</a> &gt; 政府信息公开年报' if host == QINGHE else " &gt; 政府信息公开年报"
    text = page(host, title, f'{info}<div id="zoom">{body}</div>', crumbs, "政府信息公开年报", title)
    text = text.replace("utf-8", facts.get("declared", "utf-8"), 1)
    write(host, address, text, facts.get("encoding", "utf-8"))


def list_item(title: str, url: str, date: str, cut: bool = False) -> str:
    """A row of a list; long titles are cut, with the whole one in the ``title`` attribute."""
    shown = title[:18] + "..." if cut and len(title) > 18 else title
    return f'<li><a href="{url}" target="_blank" title="{title}">{shown}</a><span>{date}</span></li>'


def links(*items: tuple[str, str]) -> str:
    """A menu: addresses and texts."""
    return "<ul>" + "".join(f'<li><a href="{url}">{text}</a></li>' for url, text in items) + "</ul>"


def make_qinghe(reports: list[Report]) -> None:
    """The portal of static pages: column found through two menus, list of several pages, decoys in it."""
    menu = links(("/xwzx/", "新闻中心"), ("/zwgk/", "政务公开"), ("/admin/login.html", "网站管理"))
    news = "".join(list_item(t, u, d) for t, u, d in DECOYS[-1:])
    write(QINGHE, "/robots.txt", ROBOTS)
    write(QINGHE, "/", page(QINGHE, "首页", f'{menu}<div class="news"><h2>要闻</h2><ul>{news}</ul></div>'))
    write(QINGHE, "/admin/login.html", page(QINGHE, "网站管理", "<p>管理员登录</p>"))
    write(QINGHE, "/xwzx/", page(QINGHE, "新闻中心", "<p>暂无内容。</p>"))
    blocks = links(("/zwgk/zfxxgk/", "政府信息公开"), ("/zwgk/zfgzbg/", "政府工作报告"))
    write(QINGHE, "/zwgk/", page(QINGHE, "政务公开", menu + blocks, " &gt; 政务公开"))
    # The name of the column breaks inside the link, as it does on real portals.
    five = links(
        ("/zwgk/zfxxgk/zn/", "政府信息公开指南"), ("/zwgk/zfxxgk/zd/", "政府信息公开制度"),
        ("/zwgk/zfxxgk/fdzdgk/", "法定主动公开内容"), (NB, "<em></em>政府信息<br>\n      公开年报"),
        ("/zwgk/zfxxgk/ysq/", "依申请公开"),
    )  # fmt: skip
    crumbs = ' &gt; <a href="/zwgk/">政务公开</a> &gt; '
    write(QINGHE, "/zwgk/zfxxgk/", page(QINGHE, "政府信息公开", five, crumbs + "政府信息公开"))
    rows = [(r.facts["title"], r.facts["address"], r.facts["published"]) for r in reports] + list(DECOYS[:-1])
    rows.sort(key=lambda row: row[2], reverse=True)
    make_list(rows, five, crumbs + '<a href="/zwgk/zfxxgk/">政府信息公开</a> &gt; 政府信息公开年报')
    for title, url, date in DECOYS:
        told = "本页与政府信息公开年度报告名称相近，内容不同，仅供练习辨别。"
        body = f"<h1>{title}</h1><p>发布日期：{date}</p><p>{told}</p>"
        write(QINGHE, url, page(QINGHE, title, body, " &gt; 政务公开", "", title))
    for report in reports:
        article(QINGHE, report)


def make_list(rows: list[tuple[str, str, str]], menu: str, crumbs: str, size: int = 3) -> None:
    """The column's list, a few rows a page, with a pager that only a script writes."""
    count = -(-len(rows) // size)
    for number in range(count):
        here = rows[number * size : (number + 1) * size]
        items = "".join(list_item(t, "./" + u.removeprefix(NB), d, cut=True) for t, u, d in here)
        pager = f'<div class="page"><script>createPageHTML({count}, {number}, "index", "html");</script></div>'
        body = f'{menu}<div class="list"><ul>{items}</ul></div>{pager}'
        name = NB + (f"index_{number}.html" if number else "")
        write(QINGHE, name, page(QINGHE, "政府信息公开年报", body, crumbs, "政府信息公开年报"))


SHELL = """<div class="list"><ul id="rows"></ul></div>
<script>
var channel = 31, address = ["", "api", "list.json"].join("/");
fetch(address + "?channel=" + channel + "&page=1").then(function (r) { return r.json(); }).then(function (data) {
  data.rows.forEach(function (row) {
    var li = document.createElement("li"), a = document.createElement("a");
    a.href = row.path; a.title = row.name; a.textContent = row.name; li.appendChild(a);
    document.getElementById("rows").appendChild(li);
  });
});
</script>"""


def make_anlan(reports: list[Report]) -> None:
    """The portal whose list only a script fills, from JSON."""
    column, crumbs = "政府信息公开年报", " &gt; 政府信息公开"
    write(ANLAN, "/robots.txt", ROBOTS)
    write(ANLAN, "/", page(ANLAN, "首页", links(("/zfxxgk/", "政府信息公开"))))
    blocks = links(("/zfxxgk/zn.html", "政府信息公开指南"), ("/zfxxgk/nb/", column))
    write(ANLAN, "/zfxxgk/", page(ANLAN, "政府信息公开", blocks, crumbs))
    write(ANLAN, "/zfxxgk/nb/", page(ANLAN, column, SHELL, f"{crumbs} &gt; {column}", column))
    rows = [{"name": r.facts["title"], "path": r.facts["address"]} for r in reports]
    rows.append({"name": "安澜县2021年政府网站工作年度报表", "path": "/art/2022/1/29/art_31_1019.html"})
    write(ANLAN, "/api/list.json", json.dumps({"total": len(rows), "rows": rows}, ensure_ascii=False, indent=1))
    for report in reports:
        article(ANLAN, report)


def make_neighbours() -> None:
    """The pages beside the column: guide, rules, open information, applications."""
    names = {"zn": "政府信息公开指南", "zd": "政府信息公开制度", "fdzdgk": "法定主动公开内容", "ysq": "依申请公开"}
    for key, name in names.items():
        body = f"<h1>{name}</h1><p>这里是“{name}”栏目，供练习浏览之用，没有可采集的年度报告。</p>"
        write(QINGHE, f"/zwgk/zfxxgk/{key}/", page(QINGHE, name, body, f" &gt; 政府信息公开 &gt; {name}"))
    name = names["zn"]
    write(ANLAN, "/zfxxgk/zn.html", page(ANLAN, name, f"<h1>{name}</h1><p>供练习浏览之用。</p>", f" &gt; {name}"))


def main() -> None:
    """Make everything anew."""
    shutil.rmtree(PAGES, ignore_errors=True)
    reports = [Report.load(path) for path in sorted((HERE / "facts").glob("*.yml"))]
    make_qinghe([r for r in reports if r.facts["portal"] == QINGHE])
    make_anlan([r for r in reports if r.facts["portal"] == ANLAN])
    make_neighbours()


if __name__ == "__main__":
    main()
