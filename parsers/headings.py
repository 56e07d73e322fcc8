"""Other spellings of the headings of a form: ``parsers/forms/headings.csv`` and its loader."""

from __future__ import annotations

import csv
from functools import cache
from typing import NamedTuple

from parsers.form_model import Form, FormError, folder, load_forms


class Spelling(NamedTuple):
    """One row of headings.csv: another way to write a heading. ``form`` and ``table`` may be ``*``."""

    form: str
    table: str
    kind: str
    key: str
    spelling: str
    seen: str


def parse_spellings(text: str, forms: dict[str, Form]) -> list[Spelling]:
    """Read headings.csv; every row must name a form, table and key that exist. Raises FormError."""
    rows = [Spelling(**row) for row in csv.DictReader(text.splitlines())]
    for n, row in enumerate(rows, start=2):
        chosen = list(forms.values()) if row.form == "*" else [forms[row.form]] if row.form in forms else []
        if not any(row.key in _keys(form, row.table, row.kind) for form in chosen):
            raise FormError(f"headings.csv line {n}: no form has {row.kind} {row.key} in {row.table}")
    return rows


def _keys(form: Form, table: str, kind: str) -> set[str]:
    if kind == "section":
        return {str(s.number) for s in form.sections}
    tables = [t for t in form.tables if table in ("*", t.key)]
    parts = {"row": "rows", "column": "columns", "group": "groups"}.get(kind)
    return {p.key for t in tables for p in getattr(t, parts)} if parts else set()


@cache
def load_spellings() -> tuple[Spelling, ...]:
    """The rows of headings.csv."""
    return tuple(parse_spellings((folder() / "headings.csv").read_text("utf-8"), load_forms()))


def spellings(form: Form, table: str, kind: str) -> dict[str, list[str]]:
    """Other spellings of the rows, columns or groups of one table, by key."""
    out: dict[str, list[str]] = {}
    for row in load_spellings():
        if row.kind == kind and row.form in ("*", form.id) and row.table in ("*", table):
            out.setdefault(row.key, []).append(row.spelling)
    return out
