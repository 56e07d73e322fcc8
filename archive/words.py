"""The words of the public database: what tables, columns and closed lists are called in Chinese and English.

Read from ``archive/data``: ``tables.yml``, ``words.yml``, ``form_layout.yml``, ``queries.yml``,
``tiles.yml``. An inconsistent file is refused with one sentence.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from parsers.claimrules import ClaimRule, load_rules

Lang = Literal["zh", "en"]
Pair = tuple[str, str]


class WordsError(ValueError):
    """A data file of the public database that cannot be used; one sentence that names file and place."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TableWords(_Part):
    """A public table: title, description, what to facet and sort by, and a description for each column."""

    title: Pair
    about: Pair
    facets: tuple[str, ...] = ()
    sort_desc: str | None = None
    label: str | None = None
    columns: dict[str, Pair]


class ColumnGroup(_Part):
    """A label that stands over several columns of a form's table."""

    label: Pair
    columns: tuple[str, ...]


class TableLayout(_Part):
    """How a form's table looks beyond its definition."""

    corner: Pair | None = None
    over: Pair | None = None
    groups: tuple[ColumnGroup, ...] = ()


class Query(_Part):
    """A question in SQL with its words; ``columns`` names those of its answer that the tables do not name so."""

    title: Pair
    about: Pair
    columns: dict[str, Pair] = {}
    sql: str


class StatusWords(NamedTuple):
    """The words of one cell status; ``tag`` is the short mark shown beside a cell."""

    label: Pair
    meaning: Pair
    tag: Pair


def load(name: str, kind: Any) -> Any:
    """A file of ``archive/data`` as ``kind``. Raises WordsError."""
    text = (resources.files("archive") / "data" / name).read_text("utf-8")
    try:
        return TypeAdapter(kind).validate_python(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise WordsError(f"archive/data/{name}: not valid YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise WordsError(f"archive/data/{name}: {where}: {first['msg']}") from error


@cache
def tables() -> dict[str, TableWords]:
    """The public tables by name, in the order in which people meet them."""
    loaded: dict[str, TableWords] = load("tables.yml", dict[str, TableWords])
    return loaded


@cache
def column_words() -> dict[str, Pair]:
    """What a column is called in the first table that has it."""
    out: dict[str, Pair] = {}
    for table in tables().values():
        for column, pair in table.columns.items():
            out.setdefault(column, pair)
    return out


@cache
def layouts() -> dict[str, TableLayout]:
    """Labels over columns, by table key."""
    loaded: dict[str, TableLayout] = load("form_layout.yml", dict[str, TableLayout])
    return loaded


@cache
def queries() -> dict[str, Query]:
    """The stored queries by name."""
    loaded: dict[str, Query] = load("queries.yml", dict[str, Query])
    return loaded


class Tile(NamedTuple):
    """A province on the front page's grid."""

    column: int
    row: int
    zh: str
    en: str


@cache
def tiles() -> dict[str, Tile]:
    """The grid of provinces, by division code."""
    loaded: dict[str, Tile] = load("tiles.yml", dict[str, Tile])
    return loaded


@cache
def _lists() -> dict[str, dict[str, tuple[str, ...]]]:
    loaded: dict[str, dict[str, tuple[str, ...]]] = load("words.yml", dict[str, dict[str, tuple[str, ...]]])
    return loaded


@cache
def statuses() -> dict[str, StatusWords]:
    """The cell statuses in order of trust."""
    return {
        name: StatusWords((zh, en), (more_zh, more_en), (tag_zh, tag_en))
        for name, (zh, en, more_zh, more_en, tag_zh, tag_en) in _lists()["statuses"].items()
    }


def values(name: str) -> list[str]:
    """The values of a closed list, in its order."""
    return list(_lists()[name])


def word(name: str, value: str | None, lang: Lang = "zh") -> str:
    """What a value of a closed list is called; a value that the list lacks is shown as it is, None as nothing."""
    if value is None:
        return ""
    entry = _lists()[name].get(value)
    return entry[0 if lang == "zh" else 1] if entry else value


def sentence(name: str, value: str | None, lang: Lang = "zh") -> str:
    """The sentence that explains a value of a closed list; empty if there is none."""
    entry = _lists()[name].get(value or "")
    return entry[2 if lang == "zh" else 3] if entry and len(entry) > 3 else ""


def proof(text: str | None, lang: Lang = "zh") -> str:
    """What settled a value, in words; the reader may have joined several sentences with ``；``."""
    return ("；" if lang == "zh" else "; ").join(word("proof", part, lang) for part in (text or "").split("；"))


def claim_label(kind: str, lang: Lang = "zh") -> str:
    """What a kind of claim is called; a kind that the rules lack is shown as it is."""
    rule = _claim_rules().get(kind)
    return kind if rule is None else rule.zh if lang == "zh" else rule.en


@cache
def _claim_rules() -> dict[str, ClaimRule]:
    return {rule.kind: rule for rule in load_rules().claims}
