"""What the replica portals are built with: pages, synthetic reports, lists, and the manifest of what is true.

A portal is a set of pages by host and address plus a few functions for what a server computes. Everything is
seeded and in our own words; hosts end in ``.example`` (official ones in ``.gov.example``) or ``.test`` (clones).
"""

from __future__ import annotations

import hashlib
import html
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs

from tests.portals.synth import MEDIA, Synth

SUFFIX = ".gov.example"
COLUMN_NAMES = ("政府信息公开年报", "政府信息公开工作年度报告", "信息公开年报", "政府信息公开年度报告")


@dataclass(frozen=True)
class Variant:
    """Changes of the surface that must not change what is found: class names, page size, column name, meta tags."""

    number: int = 0
    season: int = 1

    def cls(self, name: str) -> str:
        return name if not self.number else "c" + hashlib.sha256(f"{self.number}{name}".encode()).hexdigest()[:6]

    def size(self, normal: int) -> int:
        return normal if not self.number else max(3, normal - 2 * self.number)

    @property
    def column(self) -> str:
        return COLUMN_NAMES[self.number % len(COLUMN_NAMES)]

    @property
    def metas(self) -> bool:
        return not self.number


@dataclass(frozen=True)
class Asked:
    """A request as a portal sees it."""

    method: str
    host: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def target(self) -> str:
        return self.path + (f"?{self.query}" if self.query else "")

    @property
    def form(self) -> dict[str, str]:
        pairs = parse_qs(self.query, keep_blank_values=True) | parse_qs(self.body.decode("utf-8", "replace"), True)
        return {name: values[-1] for name, values in pairs.items()}


@dataclass(frozen=True)
class Answer:
    """What a portal answers."""

    body: bytes = b""
    media: str = "text/html; charset=utf-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Row:
    """One line of the manifest. ``urls`` are all addresses of the same report.

    ``kind`` is true, former (overwritten or withdrawn since), decoy or clone.
    """

    portal: str
    kind: str
    urls: list[str]
    issuer: str = ""
    year: int = 0
    canonical: str = ""
    needs_js: bool = False


@dataclass(frozen=True)
class Item:
    """A row of a list."""

    title: str
    url: str
    date: str


def hexed(text: str, n: int = 32) -> str:
    """A made-up hexadecimal number, the same for the same text."""
    return hashlib.sha256(text.encode()).hexdigest()[:n]


def page_bytes(text: str, encoding: str = "utf-8") -> bytes:
    return text.encode(encoding, "xmlcharrefreplace")


class Portal:
    """One replica portal. ``host`` is its main host; pages of further hosts are put with ``host=``."""

    def __init__(self, key: str, county: str, host: str, code: str, variant: Variant) -> None:
        self.key, self.county, self.host, self.code, self.variant = key, county, host, code, variant
        self.random = random.Random(f"{key}{variant.number}")
        self.pages: dict[tuple[str, str], Answer] = {}
        self.handlers: list[Callable[[Asked], Answer | None]] = []
        self.rows: list[Row] = []
        self.hosts: set[str] = {host}
        self.dead_hosts: set[str] = set()
        self.traps: dict[str, str] = {}
        self.robots: dict[str, str] = {host: "User-agent: *\nDisallow: /admin/\nDisallow: /search/\n"}
        self.not_found = Answer(page_bytes(self.page("出错了", "<p>页面不存在</p>")), status=404)
        self.needed = 1  # pages that a careful person would have to open: the homepage, and what is added

    @property
    def home(self) -> str:
        return f"http://{self.host}/"

    def put(self, path: str, content: str | bytes | Answer, host: str = "", needed: bool = False) -> str:
        host = host or self.host
        self.hosts.add(host)
        if not isinstance(content, Answer):
            content = Answer(content if isinstance(content, bytes) else page_bytes(content))
        self.pages[host, path] = content
        self.needed += needed
        return f"http://{host}{path}"

    def answer(self, asked: Asked) -> Answer:
        for handler in self.handlers:
            if (found := handler(asked)) is not None:
                return found
        if asked.path == "/robots.txt" and asked.host in self.robots:
            return Answer(self.robots[asked.host].encode(), "text/plain")
        for target in (asked.target, asked.path):
            for end in ("", "index.html", "index.shtml", "index.htm"):
                if (asked.host, target + end) in self.pages:
                    return self.pages[asked.host, target + end]
        return self.not_found

    # ---- pages ----

    def page(self, title: str, body: str, crumbs: Iterable[str] = (), column: str = "", charset: str = "utf-8") -> str:
        v = self.variant
        metas = {"SiteName": f"{self.county}人民政府", "SiteDomain": self.host, "SiteIDCode": self.code}
        if column and v.metas:
            metas |= {"ColumnName": column, "ColumnType": "信息公开年报"}
        meta = "".join(f'<meta name="{n}" content="{c}">' for n, c in metas.items())
        where = " &gt; ".join(crumbs)
        return (
            f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{html.escape(title)}-{self.county}人民政府'
            f"</title>{meta}</head><body><div class='{v.cls('head')}'>{self.county}人民政府门户网站</div>"
            + (f"<div class='{v.cls('position')}'>当前位置：首页 &gt; {where}</div>" if where else "")
            + f"{body}<div class='{v.cls('foot')}'>主办：{self.county}人民政府办公室　备案号：示例00000000号</div>"
            + "</body></html>"
        )

    def menu(self, *items: tuple[str, str]) -> str:
        return (
            f"<ul class='{self.variant.cls('menu')}'>"
            + "".join(f'<li><a href="{u}">{t}</a></li>' for u, t in items)
            + "</ul>"
        )

    def items(self, items: Iterable[Item], cut: int = 0) -> str:
        out = []
        for i in items:
            shown = i.title[:cut] + "..." if cut and len(i.title) > cut else i.title
            full = f' title="{html.escape(i.title)}"' if cut else ""
            out.append(
                f'<li><a href="{i.url}" target="_blank"{full}>{html.escape(shown)}</a><span>{i.date}</span></li>'
            )
        return f"<ul class='{self.variant.cls('list')}'>" + "".join(out) + "</ul>"

    # ---- truth ----

    def true(self, report: Synth, *urls: str, needs_js: bool = False, needed: int = 1) -> None:
        self.rows.append(Row(self.key, "true", list(urls), report.issuer, report.year, report.key, needs_js))
        self.needed += needed

    def decoy(self, title: str, path: str, text: str = "", crumbs: Iterable[str] = ("政务公开",)) -> Item:
        told = text or f"{title}。现将有关情况公布如下，供社会各界查阅。联系电话：000-0000000。"
        body = f"<h1>{html.escape(title)}</h1><p>发布日期：2024-02-05</p><div id='zoom'><p>{told}</p></div>"
        url = self.put(path, self.page(title, body, crumbs))
        self.rows.append(Row(self.key, "decoy", [url], "", 0, url))
        return Item(title, path, "2024-02-05")

    def article(
        self,
        report: Synth,
        path: str,
        host: str = "",
        crumbs: Iterable[str] = ("政府信息公开年报",),
        files: str = "",
        wrap: str = "zoom",
        charset: str = "utf-8",
        html_title: bool = True,
    ) -> str:
        """Put the page of a report, in its form; attachments go into the folder ``files``. Return its address."""
        folder = files or path.rsplit("/", 1)[0]
        body, extra = report.body(folder)
        for name, content in extra.items():
            self.put(name, Answer(content, MEDIA.get(name.rsplit(".", 1)[-1], "application/octet-stream")), host)
        report.files = [f"http://{host or self.host}{name}" for name in extra if not name.endswith(".png")]
        self.needed += len(report.files)
        title = f"<h1>{report.title}</h1>" if html_title else ""
        text = self.page(
            report.title,
            f"{title}<div>发布日期：{report.date}　来源：{report.issuer}</div><div id='{wrap}'>{body}</div>",
            crumbs,
            self.variant.column,
            charset,
        )
        encoded = page_bytes(text, "gb18030" if charset.startswith("gb") else "utf-8")
        media = "text/html" if charset.startswith("gb") else "text/html; charset=utf-8"
        return self.put(path, Answer(encoded, media), host)


DEPARTMENTS = (
    "教育局",
    "财政局",
    "水利局",
    "民政局",
    "交通运输局",
    "农业农村局",
    "卫生健康局",
    "审计局",
    "林业局",
    "医疗保障局",
)
TOWNS = ("城关镇", "石桥镇", "大河乡", "柳林镇", "东山街道办事处", "马营乡")
DECOYS = (
    "{c}人民政府{y}年政府网站工作年度报表",
    "{c}{y}年法治政府建设年度报告",
    "《{c}{y}年政府信息公开工作年度报告》解读",
    "关于做好{y}年政府信息公开工作年度报告编制工作的通知",
    "{c}财政局{y}年度部门决算",
    "{y}年{c}政府工作报告",
    "{c}{y}年政务公开工作要点",
    "{c}{y}年度各单位政府信息公开年度报告公布情况",
    "{c}城投公司{y}年企业年度报告",
)


def decoy_titles(county: str, year: int = 2023) -> list[str]:
    return [title.format(c=county, y=year) for title in DECOYS]


def chunks(items: list[Item], size: int) -> list[list[Item]]:
    return [items[i : i + size] for i in range(0, len(items), size)] or [[]]
