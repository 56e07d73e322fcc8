"""How a page is drawn: the words and helpers that every template has, in the language of the address.

Our own pages are drawn by a Jinja environment without ``async``, which takes two thirds of the time of Datasette's:
they have all their data before drawing begins.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import quote, urlencode

from datasette.utils import to_css_class
from datasette.utils.asgi import Response
from jinja2 import Environment
from markupsafe import Markup, escape

from archive import words
from archive.plugins import bilingual, values
from archive.plugins.charts import legend_mark
from archive.plugins.guard import STRICT
from archive.plugins.web import DATABASE, language, number
from archive.words import Lang

_STRICT = {"content-security-policy": STRICT}

async def page(datasette: Any, request: Any, template: str, context: dict[str, Any], status: int = 200) -> Response:
    """A page of ours."""
    named = {**helpers(datasette, request), **context, "request": request, "urls": datasette.urls}
    body = _environment(datasette).get_template(template).render(named)
    return Response.html(body, status=status, headers=dict(_STRICT))


def _environment(datasette: Any) -> Environment:
    kept: Environment | None = datasette.__dict__.get("_nianbao_templates")
    if kept is None:
        kept = datasette.jinja_env.overlay(enable_async=False, auto_reload=False)
        datasette._nianbao_templates = kept
    return kept


@cache
def asset_bytes(name: str) -> bytes:
    """A file of the folder ``static``, or Datasette's script of a table's columns in Chinese."""
    if name == "table.js":
        return bilingual.column_menu()
    return (resources.files("archive") / "static" / name).read_bytes()


@cache
def _asset_digest(name: str) -> str:
    return hashlib.sha256(asset_bytes(name)).hexdigest()[:10]


def weblink(url: str | None) -> str:
    """The address if a browser may follow it (http or https), else nothing."""
    return url if url and url.lower().startswith(("http://", "https://")) else ""


def _asset_url(datasette: Any, name: str) -> str:
    return f"{datasette.urls.path('/assets/' + name)}?{_asset_digest(name)}"


def helpers(datasette: Any, request: Any) -> dict[str, Any]:
    """What every template can use: ``L(zh, en)``, ``here(path)``, ``word(list, value)``, ``asset(name)``."""
    lang: Lang = language(request)
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
        "data": lambda target="": datasette.urls.path(f"{'' if _is_file(target) else prefix}/{DATABASE}{target}"),
        "asset": lambda name: _asset_url(datasette, name),
        "word": lambda name, value: words.word(name, value, lang),
        "sentence": lambda name, value: words.sentence(name, value, lang),
        "statuses": words.statuses(),
        "proof": lambda text: words.proof(text, lang),
        "claim_label": lambda kind: words.claim_label(kind, lang),
        "other_language": other_language,
        "site": f"{request.scheme}://{request.host}" if request else "",
        "query": lambda **change: _query(request, change),
        "number": number,
        "legend_mark": legend_mark,
        "publication": _publication(datasette),
        "contact": lambda about="": _contact(datasette, about),
        **_datasettes_own(lang),
    }


def _is_file(target: str) -> bool:
    """Whether an address gives a file, which is the same in both languages."""
    return "." in target.partition("?")[0]


def _query(request: Any, change: dict[str, Any]) -> str:
    """The query string of this request with some arguments changed; None takes one away."""
    args = {name: request.args.getlist(name) for name in request.args} if request else {}
    named = {**args, **{name: [value] for name, value in change.items()}}
    return urlencode([(name, value) for name, values in named.items() for value in values if value not in (None, "")])


def _contact(datasette: Any, about: str) -> str:
    """Where errors are reported to, as an address to follow, the mail's subject filled in; empty if nobody is named."""
    named = str(datasette.__dict__.get("_nianbao_contact", ""))
    return named if not named or weblink(named) else f"mailto:{named}?" + urlencode({"subject": about}, quote_via=quote)


def _publication(datasette: Any) -> str:
    """When the publication that is served was built, to the minute; empty before the database is open."""
    return str(datasette.__dict__.get("_nianbao_publication", ""))


def _table(name: str) -> Any:
    return words.tables().get(name)


def _datasettes_own(lang: Lang) -> dict[str, Any]:
    """What Datasette's own templates call, as ``archive/data/datasette.yml`` rewords them."""
    number = 0 if lang == "zh" else 1
    return {
        "facet_word": lambda column, value: facet_word(column, value, lang),
        "drawn_row": drawn_row,
        "drawn_values": drawn_values,
        "table_title": lambda name: _table(name).title[number] if _table(name) else "",
        "table_about": lambda name: _table(name).about[number] if _table(name) else "",
        "side": lambda text: bilingual.side(text, lang),
        "brief": lambda text: bilingual.brief(text, lang),
        "operator": lambda key, display: bilingual.operator(key, display, lang),
        "error_words": lambda error: bilingual.error_words(str(error), lang),
        "rows_found": lambda count, bounded=None: bilingual.rows_found(count, bounded, lang),
    }


def facet_word(column: str, value: Any, lang: Lang = "zh") -> str:
    """A value of a facet in words."""
    if value in (None, ""):
        return "（空）" if lang == "zh" else "(empty)"
    return values.word(column, str(value), lang)


def drawn_row(row: list[dict[str, Any]]) -> Markup:
    """The cells of one row of Datasette's table page; its own loop in the template took half of the page's time."""
    drawn = (
        f'<td class="col-{_css_class(c["column"])} type-{escape(c["value_type"])}">{escape(c["value"])}</td>'
        for c in row
    )
    return Markup("".join(drawn))  # noqa: S704 - every piece went through escape(); Markup.format took three times as long


def drawn_values(columns: list[str], row: list[Any]) -> Markup:
    """The cells of one row of a query's results."""
    drawn = (f'<td class="col-{_css_class(c)}">{escape(value)}</td>' for c, value in zip(columns, row, strict=True))
    return Markup("".join(drawn))  # noqa: S704 - every piece went through escape()


@cache
def _css_class(column: str) -> str:
    return str(escape(to_css_class(column)))
