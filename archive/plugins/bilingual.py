"""Datasette's own pages in Chinese and English: its templates are reworded as they load, none is copied.

Datasette has no translations. ``archive/data/datasette.yml`` lists, for each template, pieces of it and what to put in
their place. A test fails when a piece is no longer found, which is how a change in Datasette is noticed. Chinese at
``/public``, English at ``/en/public``, by the same views.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import datasette
from datasette.url_builder import Urls
from datasette.utils import PrefixedUrlString
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader
from pydantic import BaseModel, ConfigDict

from archive import words
from archive.metadata import DATABASE
from archive.words import Lang, Pair

# The language of the request that is being answered, for what Datasette calls without the request.
speaking: ContextVar[Lang] = ContextVar("speaking", default="zh")


class _Reworded(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    templates: dict[str, list[tuple[str, str] | tuple[str, str, str | None]]]
    script: list[tuple[str, str]]
    operators: dict[str, str]
    parameters: dict[str, Pair]
    columns: dict[str, Pair]
    errors: list[tuple[str, str, str | None]]
    titles: dict[str, Pair]


@cache
def _file() -> _Reworded:
    loaded: _Reworded = words.load("datasette.yml", _Reworded)
    return loaded


# ---- templates ----


@cache
def replacements() -> dict[str, list[tuple[str, str]]]:
    """(what stands there, what to put) by template name; what to put chooses by language where there are two."""
    return {name: [_choice(*piece) for piece in pieces] for name, pieces in _file().templates.items()}


def _choice(old: str, new: str, *english: str | None) -> tuple[str, str]:
    if not english:
        return old, new
    return old, f'{{% if lang == "en" %}}{english[0] or old}{{% else %}}{new}{{% endif %}}'


class Reworded(BaseLoader):
    """Loads through another loader and rewords the source."""

    def __init__(self, inner: BaseLoader) -> None:
        self._inner = inner

    def get_source(self, environment: Any, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """The source of a template; raises TemplateNotFound as the other loader does."""
        source, filename, fresh = self._inner.get_source(environment, template)
        for old, new in replacements().get(template.removeprefix("default:"), []):
            source = source.replace(old, new)
        return source, filename, fresh

    def list_templates(self) -> list[str]:
        """The templates of the other loader."""
        return self._inner.list_templates()


def install_templates(env: Any) -> None:
    """Put our templates in front of Datasette's, and reword those."""
    ours = FileSystemLoader(str(resources.files("archive") / "templates"))
    env.loader = ChoiceLoader([ours, Reworded(env.loader)])


@cache
def column_menu() -> bytes:
    """Datasette's script for the menus of columns, in Chinese."""
    text = (Path(datasette.__file__).parent / "static" / "table.js").read_text("utf-8")
    for old, new in script_words():
        text = text.replace(old, new)
    return text.encode()


def script_words() -> list[tuple[str, str]]:
    """(what stands in Datasette's script, what to put)."""
    return _file().script


# ---- words ----


def side(text: str | None, lang: Lang) -> str:
    """The part of a text ``Chinese｜English`` in one language; a text without the bar is for both."""
    chinese, bar, english = (text or "").partition("｜")
    return english if bar and lang == "en" else chinese


def brief(text: str | None, lang: Lang) -> str:
    """A description up to its first pause, for a heading."""
    return re.split("[：；，,;:（(]", side(text, lang), maxsplit=1)[0].strip()


def operator(key: str, display: str, lang: Lang) -> str:
    """A comparison in a form of filters."""
    return _file().operators.get(key, display) if lang == "zh" else display


def parameter(name: str, lang: Lang) -> str:
    """What a field of a stored question is called."""
    pair = _file().parameters.get(name)
    return name if pair is None else pair[0 if lang == "zh" else 1]


def column(name: str, lang: Lang) -> str:
    """What a column is called where there is little room: a word of its own, else its description up to a pause."""
    pair = _file().columns.get(name)
    if pair is not None:
        return pair[0 if lang == "zh" else 1]
    return brief("｜".join(words.column_words().get(name, (name, name))), lang)


def error_words(message: str, lang: Lang) -> str:
    """What went wrong, in one language where we know the message; else the message."""
    if "｜" in message:
        return side(message, lang)
    for pattern, zh, en in _file().errors:
        if found := re.search(pattern, message):
            said = zh if lang == "zh" else en
            return found.expand(said) if said else message
    return message


def error_title(title: str | None, lang: Lang) -> str | None:
    """The heading of an error page, where Datasette names one."""
    pair = _file().titles.get(title or "")
    return title if pair is None else pair[0 if lang == "zh" else 1]


def rows_found(count: int, bounded: int | None, lang: Lang) -> str:
    """How many rows a table page shows of; ``bounded`` is how many it looked through at most."""
    if lang == "zh":
        return f"{'最新的 ' if bounded == count else ''}{count:,} 行"
    return f"{'the newest ' if bounded == count else ''}{count:,} row{'' if count == 1 else 's'}"


# ---- addresses ----


def english_routes(site: Any) -> list[tuple[str, Callable[..., Any]]]:
    """Datasette's views of the database, its tables and rows under ``/en``."""
    # Importing them loads all plugins, this one too: not before it is whole.
    from datasette.views.database import DatabaseView
    from datasette.views.row import RowView
    from datasette.views.table import TableView

    start, end = rf"^/en/(?P<database>{DATABASE})", r"(\.(?P<format>\w+))?$"
    return [
        (start + end, DatabaseView.as_view(site)),
        (rf"{start}/(?P<table>[^\/\.]+){end}", TableView.as_view(site)),
        (rf"{start}/(?P<table>[^/]+?)/(?P<pks>[^/]+?){end}", RowView.as_view(site)),
    ]


class BilingualUrls(Urls):  # type: ignore[misc]
    """Addresses of tables, rows and queries in the language of the request."""

    def database(self, database: str, format: str | None = None) -> Any:  # noqa: A002 - Datasette's name
        """The page of a database, on which the addresses of its tables, rows and queries rest."""
        plain = super().database(database, format=format)
        if speaking.get() == "zh" or format is not None:
            return plain
        base = str(self.path(""))
        return PrefixedUrlString(f"{base}en/{str(plain).removeprefix(base)}")
