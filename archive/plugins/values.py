"""How a value of a public table is shown: ids lead to our pages, closed lists speak, in the language of the request."""

from __future__ import annotations

from functools import cache
from typing import Any

from markupsafe import Markup, escape

from archive import words
from archive.wide import WIDE_TABLES
from archive.words import Lang, Pair
from parsers.form_model import load_forms

# Columns of closed lists: shown in words, the code in the tooltip.
LISTS = {
    name: name for name in ("scope", "organ_kind", "verdict", "doubt", "severity", "outcome", "via", "comparability")
} | {"state": "coverage", "admin_level": "admin_level"}
# Columns that lead to pages of ours.
_PAGES = {"report_id": "report", "other_report_id": "report", "last_report_id": "report", "next_report_id": "report",
          "area_code": "area", "key": "codebook", "capture_id": "capture"}  # fmt: skip
_WORDED = {"status", "kind", *LISTS, *(wide.row_name for wide in WIDE_TABLES.values() if wide.row_name)}


def shown(datasette: Any, column: str, value: Any, lang: Lang) -> Markup | None:
    """The value as a link or in words; None where it stays what it is. A dict is an id with the words for it."""
    label = value
    if isinstance(value, dict):
        value, label = value["value"], value["label"]
    if (page := _PAGES.get(column)) is None:
        return _in_words(column, value, lang) if column in _WORDED else None
    if not isinstance(value, str | int) or value == "" or (column == "key" and "." not in str(value)):
        return None
    here = "/en" if lang == "en" else ""
    text = escape(label) if label == value else f"{escape(label)} <em>{escape(value)}</em>"
    # Markup.format took half of the time of a long table's page; every piece went through escape().
    return Markup(f'<a href="{escape(datasette.urls.path(f"{here}/{page}/{value}"))}">{text}</a>')  # noqa: S704


def _in_words(column: str, value: Any, lang: Lang) -> Markup | None:
    if not isinstance(value, str) or not value:
        return None
    said = word(column, value, lang)
    return None if said == value else Markup('<span title="{}">{}</span>').format(value, said)


def word(column: str, value: str, lang: Lang) -> str:
    """What a value of a column of closed lists is called; other values stay what they are."""
    number = 0 if lang == "zh" else 1
    if column == "status":
        return words.statuses()[value].label[number] if value in words.statuses() else value
    if column == "kind":
        return words.claim_label(value, lang)
    if column in LISTS:
        return words.word(LISTS[column], value, lang)
    return _parts()[value][number] if value in _parts() else value


@cache
def _parts() -> dict[str, Pair]:
    """The rows and columns of the forms that tell the rows of a wide table apart: kinds of applicants, proceedings."""
    out: dict[str, Pair] = {}
    for form in load_forms().values():
        for wide in WIDE_TABLES.values():
            if wide.row_part and wide.table in {table.key for table in form.tables}:
                table = form.table(wide.table)
                parts = table.columns if wide.row_part == "column" else table.rows
                out |= {part.key: (part.label, part.gloss) for part in parts}
    return out
