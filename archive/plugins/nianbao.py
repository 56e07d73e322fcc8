"""The Datasette plugin: pages, Chinese search, a Chinese interface, safe answers.

Installed through the entry point in pyproject.toml, so that ``datasette public.db`` has it too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import NotFound, Response
from markupsafe import Markup

from archive import search
from archive.plugins import (
    about,
    area,
    bilingual,
    caching,
    captures,
    compare,
    copies,
    door,
    errors,
    feeds,
    guard,
    lists,
    questions,
    rendering,
    spot,
    unusual,
    values,
    views,
    web,
)
from archive.plugins.tables import filters_from_request  # noqa: F401 - a hook
from archive.words import queries

_ASSETS = {"site.css": "text/css", "site.js": "text/javascript", "datasette.css": "text/css",
           "table.js": "text/javascript"}  # fmt: skip
_PAGES: list[tuple[str, Callable[..., Any]]] = [
    ("search", views.search_page),
    (r"report/(?P<report_id>[^/]+)\.(?:csv|xlsx)", views.report_sheet),
    (r"report/(?P<report_id>[^/]+)\.json", views.report_json),
    (r"report/(?P<report_id>[^/]+)", views.report),
    (r"cell/(?P<edition_id>[^/]+)/(?P<key>[a-z0-9_.]+)\.png", spot.cell_image),
    (r"cell/(?P<edition_id>[^/]+)/(?P<key>[a-z0-9_.]+)", spot.cell),
    (r"area/(?P<area_code>[0-9]{6})\.(?:csv|xlsx)", area.area_sheet),
    (r"area/(?P<area_code>[0-9]{6})", area.area),
    (r"compare\.(?:csv|xlsx)", compare.compare_sheet),
    ("compare", compare.compare),
    (r"copies(?:\.csv|\.xlsx)?", copies.copies),
    *((rf"{name}(?:\.csv|\.xlsx)?", view) for name, view in (lists.LISTS | unusual.LISTS).items()),
    (r"codebook/(?P<key>[a-z0-9_.]+)", about.entry),
    ("codebook", about.codebook), ("quality", about.quality), ("about", about.about), ("data", about.data_page),
    (r"feed/(?P<kind>reports|changes|findings)\.atom", feeds.feed),
    (r"capture/(?P<capture_id>[0-9]{1,15})", captures.capture),
]  # fmt: skip


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    """Our addresses; English pages have /en in front, Datasette's own as well."""
    return [
        (r"^/(en/?)?$", views.home),
        *((rf"^/(en/)?{path}$", taken(view)) for path, view in _PAGES),
        (rf"^/(en/)?{web.DATABASE}/(?P<name>{'|'.join(queries())})(?:\.csv|\.xlsx)?$", taken(questions.question)),
        (r"^/capture/(?P<capture_id>[0-9]{1,15})/payload$", captures.capture_payload),
        (r"^/assets/(?P<name>[a-z.]+)$", asset),
        *bilingual.english_routes(datasette),
    ]


def taken(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view whose table, if it gives one in place of a page, goes out as the file that the address asks for."""

    async def answer(datasette: Any, request: Any) -> Response:
        found = await view(datasette, request)
        return await web.sheet_answer(request, found) if isinstance(found, web.Sheet) else found

    return answer


async def asset(request: Any) -> Response:
    """A style sheet or script of ours; the address in the pages changes with the content."""
    name = request.url_vars["name"]
    if name not in _ASSETS:
        raise NotFound("没有这个文件。｜There is no such file.")
    return Response(rendering.asset_bytes(name), content_type=f"{_ASSETS[name]}; charset=utf-8",
                    headers={"cache-control": "public, max-age=31536000"})  # fmt: skip


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
    """Our templates, and Datasette's own in both languages."""
    bilingual.install_templates(env)
    env.globals.update(rendering.helpers(datasette, None))  # error pages get no extra_template_vars
    env.filters["weblink"] = rendering.weblink
    env.filters["fromjson"] = lambda text: json.loads(text or "[]")


@hookimpl
def extra_template_vars(datasette: Any, request: Any) -> dict[str, Any]:
    """The helpers in the language of the request, for Datasette's own pages, which call something else ``query``."""
    return {name: value for name, value in rendering.helpers(datasette, request).items() if name != "query"}


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Callable[[], Any] | None:
    """Error pages in the language of the address; programs get Datasette's JSON."""
    if request.path.endswith(".json"):
        return None

    async def answer() -> Response:
        return await errors.page_of(datasette, request, exception)

    return answer


@hookimpl
def startup(datasette: Any) -> Callable[[], Any]:
    """Remember when the publication was built, for every page's foot and citations."""

    async def remember() -> None:
        if web.DATABASE in datasette.databases:
            facts = await web.read(datasette, lambda conn: dict(conn.execute("SELECT name, value FROM about")))
            datasette._nianbao_publication = facts.get("built_at", "")[:16].replace("T", " ")
            datasette._nianbao_contact = _setting(datasette, "contact") or facts.get("contact", "")

    return remember


@hookimpl
def render_cell(value: Any, column: str, datasette: Any) -> Markup | None:
    """Links from tables to our pages, and closed lists in words."""
    return values.shown(datasette, column, value, bilingual.speaking.get())


def _setting(datasette: Any, name: str) -> Any:
    return (datasette.plugin_config("nianbao") or {}).get(name)


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """From the outside in: visitors' SQL to its process, known pages, compression, headers and safe CSV."""
    socket = _setting(datasette, "sql_socket")

    def wrap(app: Any) -> Any:
        wrapped = caching.Cached(guard.compressed(guard.guarded(app)), datasette)
        return spoken(door.SqlElsewhere(wrapped, socket) if socket else wrapped)

    return wrap


def spoken(app: Any) -> Any:
    """Note the language of each request for what Datasette draws without asking."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        before = bilingual.speaking.set("en" if f"{scope.get('path', '')}/".startswith("/en/") else "zh")
        try:
            await app(scope, receive, send)
        finally:
            bilingual.speaking.reset(before)

    return wrapped
