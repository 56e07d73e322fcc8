"""How the cells of one form compare with those of another: ``parsers/forms/crosswalk.csv`` and its loader."""

from __future__ import annotations

import csv
from functools import cache
from typing import NamedTuple

from parsers.form_model import Form, FormError, folder, load_forms


class Crosswalk(NamedTuple):
    """One row of crosswalk.csv: how cells of one form compare with those of another (``*`` stands for any part)."""

    from_form: str
    from_key: str
    to_form: str
    to_key: str
    relation: str
    note: str


RELATIONS = {"same", "part_of_sum", "not_comparable", "dropped"}


def parse_crosswalk(text: str, forms: dict[str, Form]) -> list[Crosswalk]:
    """Read crosswalk.csv; every key must match at least one cell. Raises FormError."""
    rows = [Crosswalk(**row) for row in csv.DictReader(text.splitlines())]
    for n, row in enumerate(rows, start=2):
        if row.relation not in RELATIONS:
            raise FormError(f"crosswalk.csv line {n}: unknown relation {row.relation}")
        for form_id, key in ((row.from_form, row.from_key), (row.to_form, row.to_key)):
            if form_id not in forms:
                raise FormError(f"crosswalk.csv line {n}: unknown form {form_id}")
            if key and not any(_matches(key, f.key) for f in forms[form_id].fields()):
                raise FormError(f"crosswalk.csv line {n}: form {form_id} has no cell {key}")
    return rows


def _matches(pattern: str, key: str) -> bool:
    parts = pattern.split(".")
    return all(p in ("*", k) for p, k in zip(parts, key.split("."), strict=False))


@cache
def load_crosswalk() -> tuple[Crosswalk, ...]:
    """The rows of crosswalk.csv."""
    return tuple(parse_crosswalk((folder() / "crosswalk.csv").read_text("utf-8"), load_forms()))
