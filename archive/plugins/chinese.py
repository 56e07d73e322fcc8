"""Datasette's own pages in Chinese: its templates are translated as they load, none is copied.

Datasette has no translations. ``archive/data/datasette_zh.yml`` lists, for each template, pieces of it and what to
put in their place. A test fails when a piece is no longer found, which is how a change in Datasette is noticed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

import yaml
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader


@cache
def translations() -> dict[str, list[tuple[str, str]]]:
    """(what stands there, what to put) by template name."""
    text = (resources.files("archive") / "data" / "datasette_zh.yml").read_text("utf-8")
    return {name: [(old, new) for old, new in pairs] for name, pairs in yaml.safe_load(text).items()}


class Translated(BaseLoader):
    """Loads through another loader and translates the source."""

    def __init__(self, inner: BaseLoader) -> None:
        self._inner = inner

    def get_source(self, environment: Any, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """The source of a template; raises TemplateNotFound as the other loader does."""
        source, filename, fresh = self._inner.get_source(environment, template)
        for old, new in translations().get(template.removeprefix("default:"), []):
            source = source.replace(old, new)
        return source, filename, fresh

    def list_templates(self) -> list[str]:
        """The templates of the other loader."""
        return self._inner.list_templates()


def install_templates(env: Any) -> None:
    """Put our templates in front of Datasette's, and translate those."""
    ours = FileSystemLoader(str(resources.files("archive") / "templates"))
    env.loader = ChoiceLoader([ours, Translated(env.loader)])
