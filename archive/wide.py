"""The wide tables over the narrow cells: one row a report (and applicant kind or proceeding), one column a key.

They hold printed numbers only (``printed`` and ``aligned``) of current editions. Their columns are the union over
all forms that have the table, in printed order; a column that a report's form lacks is NULL there.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from archive.indicators import indicators
from parsers.form_model import FormField, load_forms


class Wide(NamedTuple):
    """A wide table: over which form table, which part of the key makes a row (None: one row a report)."""

    table: str
    row_name: str | None  # name of the column that tells the rows of one report apart
    row_part: str | None  # the part of the key it holds: "row" or "column"


WIDE_TABLES = {
    "applications": Wide("table3", "applicant", "column"),
    "proceedings": Wide("table4", "proceeding", "row"),
    "disclosures": Wide("table2", None, None),
}
_HEAD = ("report_id", "year", "area_code", "province", "county", "organ", "scope", "form")


def _column_of(wide: Wide, field: FormField) -> tuple[str, str, str]:
    if wide.row_part == "column":
        groups = field.table.group_path(field.row)
        zh = " · ".join([*(g.label for g in groups), field.row.label])
        return field.row.key, zh, " / ".join([*(g.gloss for g in groups), field.row.gloss])
    if wide.row_part == "row":
        return field.column.key, field.column.label, field.column.gloss
    return f"{field.row.key}__{field.column.key}", field.label_zh, field.label_en


def wide_columns(name: str) -> dict[str, tuple[str, str]]:
    """The value columns of a wide table with their Chinese and English words."""
    wide = WIDE_TABLES[name]
    out: dict[str, tuple[str, str]] = {}
    for form in load_forms().values():
        for field in form.fields():
            if field.table.key == wide.table:
                column, zh, en = _column_of(wide, field)
                out[column] = (zh, en)
    return out


def made_columns(name: str) -> dict[str, tuple[str, str]]:
    """The columns of a public table that come from the forms or the indicators, with their words; others have none."""
    if name == "highlights":
        return {key: one.label for key, one in indicators().items()}
    return wide_columns(name) if name in WIDE_TABLES else {}


def fill_wide(conn: sqlite3.Connection, name: str) -> int:
    """Make and fill one wide table from ``_cells``; returns the number of its rows."""
    wide, columns = WIDE_TABLES[name], list(wide_columns(name))
    keys = [*_HEAD[:1], *([wide.row_name] if wide.row_name else [])]
    # Every name put into these statements comes from the forms, whose keys match [a-z][a-z0-9_]*.
    declared = [f"{c} {'INTEGER' if c == 'year' else 'TEXT'}" for c in _HEAD]
    declared += [f"{wide.row_name} TEXT"] if wide.row_name else []
    declared += [f"{c} NUMERIC" for c in columns] + ["n_aligned INTEGER", "n_missing INTEGER"]
    foreign = "FOREIGN KEY (report_id) REFERENCES reports(report_id)"
    conn.execute(f"CREATE TABLE {name} ({', '.join(declared)}, PRIMARY KEY ({', '.join(keys)}), {foreign})")
    conn.execute(_insert(name, wide, columns), {"table": wide.table})
    conn.execute(f"CREATE INDEX {name}_year ON {name}(year, scope)")
    return int(conn.execute(f"SELECT count(*) FROM {name}").fetchone()[0])  # noqa: S608


def _insert(name: str, wide: Wide, columns: list[str]) -> str:
    part = {"column": 'f."row"', "row": 'f."column"', None: 'f."row" || \'__\' || f."column"'}[wide.row_part]
    printed = "s.status IN ('printed', 'aligned')"
    values = [f"max(CASE WHEN {part} = '{c}' AND {printed} THEN c.value END)" for c in columns]
    head = [f"r.{c}" for c in _HEAD]
    row = [f'f."{wide.row_part}"'] if wide.row_part else []
    counts = ["sum(s.status = 'aligned')", "sum(s.status NOT IN ('printed', 'aligned'))"]
    return (
        f"INSERT INTO {name} SELECT {', '.join([*head, *row, *values, *counts])}"  # noqa: S608
        " FROM reports AS r JOIN editions AS e ON e.edition_id = r.edition_id"
        " JOIN _cells AS c ON c.edition_no = e.edition_no JOIN fields AS f ON f.field_no = c.field_no"
        " JOIN statuses AS s ON s.status_no = c.status_no"
        f' WHERE f."table" = :table GROUP BY {", ".join(["r.report_id", *row])}'
        f" ORDER BY {', '.join(['r.rowid', *(['min(f.field_no)'] if row else [])])}"
    )
