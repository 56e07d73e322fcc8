"""The Datasette plugin: pages, Chinese search, a Chinese interface, safe answers.

Installed through the entry point in pyproject.toml, so that ``datasette public.db`` has it too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlencode

from datasette import hookimpl
from datasette.utils.asgi import NotFound, Response
from markupsafe import Markup

from archive import search, words
from archive.plugins import about, area, caching, captures, compare, copies, door, feeds, guard, lists, spot, views, web
from archive.plugins.charts import legend_mark
from archive.plugins.chinese import install_templates
from archive.words import Lang

_ASSETS = {"site.css": "text/css", "site.js": "text/javascript", "datasette.css": "text/css"}
# Columns of closed lists: shown in words, the code in the tooltip.
_LISTS = {
    name: name for name in ("scope", "organ_kind", "verdict", "doubt", "severity", "outcome", "via", "comparability")
} | {"state": "coverage"}


_PAGES: list[tuple[str, Callable[..., Any]]] = [
    ("search", views.search_page),
    (r"report/(?P<report_id>[^/]+)\.csv", views.report_csv),
    (r"report/(?P<report_id>[^/]+)\.json", views.report_json),
    (r"report/(?P<report_id>[^/]+)", views.report),
    (r"cell/(?P<edition_id>[^/]+)/(?P<key>[a-z0-9_.]+)\.png", spot.cell_image),
    (r"cell/(?P<edition_id>[^/]+)/(?P<key>[a-z0-9_.]+)", spot.cell),
    (r"area/(?P<area_code>[0-9]{6})\.csv", area.area_csv),
    (r"area/(?P<area_code>[0-9]{6})", area.area),
    (r"compare\.csv", compare.compare_csv),
    ("compare", compare.compare),
    (r"copies(\.csv)?", copies.copies),
    *((rf"{name}(\.csv)?", view) for name, view in lists.LISTS.items()),
    (r"codebook/(?P<key>[a-z0-9_.]+)", about.entry),
    ("codebook", about.codebook), ("quality", about.quality), ("about", about.about), ("data", about.data_page),
    (r"feed/(?P<kind>reports|changes|findings)\.atom", feeds.feed),
    (r"capture/(?P<capture_id>[0-9]{1,15})", captures.capture),
]  # fmt: skip


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    """Our addresses; English pages have /en in front."""
    return [
        (r"^/(en/?)?$", views.home),
        *((rf"^/(en/)?{path}$", view) for path, view in _PAGES),
        (r"^/capture/(?P<capture_id>[0-9]{1,15})/payload$", captures.capture_payload),
        (r"^/assets/(?P<name>[a-z.]+)$", asset),
    ]


@cache
def _asset(name: str) -> bytes:
    return (resources.files("archive") / "static" / name).read_bytes()


async def asset(request: Any) -> Response:
    """A style sheet or script of ours; the address in the pages changes with the content."""
    name = request.url_vars["name"]
    if name not in _ASSETS:
        raise NotFound("没有这个文件。There is no such file.")
    return Response(_asset(name), content_type=f"{_ASSETS[name]}; charset=utf-8",
                    headers={"cache-control": "public, max-age=31536000"})  # fmt: skip


def _asset_url(datasette: Any, name: str) -> str:
    return f"{datasette.urls.path('/assets/' + name)}?{hashlib.sha256(_asset(name)).hexdigest()[:10]}"


# Datasette registers an escape_fts of its own for each connection; the last one wins, so ours must come last.
@hookimpl(trylast=True)
def prepare_connection(conn: Any) -> None:
    """Chinese search in every search box and query."""
    conn.create_function("escape_fts", 1, search.to_phrases, deterministic=True)
    conn.create_function("passage", 2, _passage, deterministic=True)


def _passage(text: str | None, query: str | None) -> str:
    return search.snippet(text, query).translate({ord(search.MARK_OPEN): "【", ord(search.MARK_CLOSE): "】"})


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    """Our templates, and Datasette's own in Chinese."""
    install_templates(env)
    env.globals.update(_helpers(datasette, None))  # error pages get no extra_template_vars
    env.filters["weblink"] = weblink
    env.filters["fromjson"] = lambda text: json.loads(text or "[]")


def weblink(url: str | None) -> str:
    """The address if a browser may follow it (http or https), else nothing."""
    return url if url and url.lower().startswith(("http://", "https://")) else ""


@hookimpl
def extra_template_vars(datasette: Any, request: Any) -> dict[str, Any]:
    """The helpers in the language of the request."""
    return _helpers(datasette, request)


def _helpers(datasette: Any, request: Any) -> dict[str, Any]:
    """What every template can use: ``L(zh, en)``, ``here(path)``, ``word(list, value)``, ``asset(name)``."""
    lang: Lang = web.language(request)
    prefix = "/en" if lang == "en" else ""
    path = request.path if request else "/"
    plain = path.removeprefix("/en") or "/"
    query = f"?{request.query_string}" if request and request.query_string else ""

    def other_language() -> str:
        return str(datasette.urls.path(plain + query if lang == "en" else "/en" + path + query))

    return {
        "lang": lang,
        "L": lambda zh, en: zh if lang == "zh" else en,
        "here": lambda target: datasette.urls.path(prefix + target),
        "data": lambda target="": datasette.urls.path(f"/{web.DATABASE}{target}"),
        "asset": lambda name: _asset_url(datasette, name),
        "word": lambda name, value: words.word(name, value, lang),
        "sentence": lambda name, value: words.sentence(name, value, lang),
        "statuses": words.statuses(),
        "proof": lambda text: words.proof(text, lang),
        "claim_label": lambda kind: words.claim_label(kind, lang),
        "other_language": other_language,
        "query": lambda **change: _query(request, change),
        "number": web.number,
        "legend_mark": legend_mark,
        "publication": _publication(datasette),
        "facet_word": _facet_word,
        "table_title": lambda name: f"{_table(name).title[0]} {name}" if _table(name) else name,
        "table_about": lambda name: _table(name).about[0] if _table(name) else "",
    }


def _query(request: Any, change: dict[str, Any]) -> str:
    """The query string of this request with some arguments changed; None takes one away."""
    args = {name: request.args.getlist(name) for name in request.args} if request else {}
    named = {**args, **{name: [value] for name, value in change.items()}}
    return urlencode([(name, value) for name, values in named.items() for value in values if value not in (None, "")])


def _publication(datasette: Any) -> str:
    """When the publication that is served was built, to the minute; empty before the database is open."""
    return str(datasette.__dict__.get("_nianbao_publication", ""))


@hookimpl
def startup(datasette: Any) -> Callable[[], Any]:
    """Remember when the publication was built, for every page's foot and citations."""

    async def remember() -> None:
        if web.DATABASE in datasette.databases:
            facts = await web.read(datasette, lambda conn: dict(conn.execute("SELECT name, value FROM about")))
            datasette._nianbao_publication = facts.get("built_at", "")[:16].replace("T", " ")

    return remember


def _table(name: str) -> Any:
    return words.tables().get(name)


def _facet_word(column: str, value: Any) -> str:
    if value in (None, ""):
        return "（空）"
    if column == "kind":
        return words.claim_label(str(value))
    return words.word(_LISTS[column], str(value)) if column in _LISTS else str(value)


@hookimpl
def render_cell(value: Any, column: str, datasette: Any) -> Markup | None:
    """Links from tables to our pages, and closed lists in words."""
    if not isinstance(value, str | int) or value == "":
        return None
    if column == "report_id":
        return Markup('<a href="{}">{}</a>').format(datasette.urls.path(f"/report/{value}"), value)
    if column == "area_code":
        return Markup('<a href="{}">{}</a>').format(datasette.urls.path(f"/area/{value}"), value)
    if column == "key" and "." in str(value):
        return Markup('<a href="{}">{}</a>').format(datasette.urls.path(f"/codebook/{value}"), value)
    if column == "capture_id":
        return Markup('<a href="{}">{}</a>').format(datasette.urls.path(f"/capture/{value}"), value)
    if column == "status" and value in words.statuses():
        return Markup('<span title="{}">{}</span>').format(value, words.statuses()[str(value)].label[0])
    if column == "kind" and (shown := words.claim_label(str(value))) != value:
        return Markup('<span title="{}">{}</span>').format(value, shown)
    if column in _LISTS and (shown := words.word(_LISTS[column], str(value))) != value:
        return Markup('<span title="{}">{}</span>').format(value, shown)
    return None


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """From the outside in: visitors' SQL to its process, known pages, compression, headers and safe CSV."""
    socket = (datasette.plugin_config("nianbao") or {}).get("sql_socket")

    def wrap(app: Any) -> Any:
        wrapped = caching.Cached(guard.compressed(guard.guarded(app)), datasette)
        return door.SqlElsewhere(wrapped, socket) if socket else wrapped

    return wrap
