"""Forms as data: the typed model of ``parsers/forms/*.yml`` and its loader.

A form file says which tables an official form has, which rows and columns, and which sums the form itself
prescribes. Nothing of a form is written in code. An inconsistent file is refused with one sentence that names
the file and the place.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Literal, NamedTuple, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

KEY = r"^[a-z][a-z0-9_]*$"
NumberKind = Literal["count", "decimal", "signed", "money"]


class FormError(ValueError):
    """A form file that cannot be used; the message is one sentence that names the file and the fault."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def __copy__(self) -> Self:
        """A copy may be changed (``model_copy``), so it starts without what was worked out from the fields."""
        copied = super().__copy__()
        for name in copied.__dict__.keys() - type(self).model_fields:
            del copied.__dict__[name]
        return copied


class Column(_Part):
    """A column of a table. ``unit`` None means the table's unit; ``number`` says what may be printed there.

    ``optional``: some organs print it (a column of all years); without its heading it is no part of the table.
    """

    key: str = Field(pattern=KEY)
    label: str = Field(min_length=1)
    gloss: str = Field(min_length=1)
    unit: str | None = None
    number: NumberKind = "count"
    optional: bool = False


class Group(_Part):
    """A label that stands over several rows; ``columns`` (layout ``blocks`` only) are the columns of its rows."""

    key: str = Field(pattern=KEY)
    label: str = Field(min_length=1)
    gloss: str = Field(min_length=1)
    parent: str | None = None
    columns: tuple[str, ...] = ()


class Row(_Part):
    """A row of a table. ``unit`` and ``number`` stand where a row counts something else than the table does.

    ``stands_for``: some organs print this row instead of those; it is part of the table only where they do.
    """

    key: str = Field(pattern=KEY)
    label: str = Field(min_length=1)
    gloss: str = Field(min_length=1)
    group: str | None = None
    unit: str | None = None
    number: NumberKind | None = None
    stands_for: tuple[str, ...] = ()


class FormTable(_Part):
    """One table of a form.

    ``layout``: ``matrix`` (rows by columns), ``blocks`` (each group with its own columns and header row) or
    ``side_by_side`` (the rows of the model stand beside each other in one printed row). ``stub`` heads the column of
    row labels; ``note`` is printed in its place or over the table.
    """

    key: str = Field(pattern=KEY)
    section: int = Field(ge=1, le=6)
    layout: Literal["matrix", "blocks", "side_by_side"]
    label: str
    gloss: str
    unit: str
    stub: str | None = None
    note: str | None = None
    columns: tuple[Column, ...] = Field(min_length=1)
    groups: tuple[Group, ...] = ()
    rows: tuple[Row, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> FormTable:
        for name, parts in (("column", self.columns), ("group", self.groups), ("row", self.rows)):
            keys = [p.key for p in parts]
            twice = {k for k in keys if keys.count(k) > 1}
            if twice:
                raise ValueError(f"{name} key used twice: {', '.join(sorted(twice))}")
        groups, columns = {g.key for g in self.groups}, {c.key for c in self.columns}
        for row in self.rows:
            if unknown := set(row.stands_for) - {r.key for r in self.rows}:
                raise ValueError(f"row {row.key} stands for unknown rows {sorted(unknown)}")
            if row.group is not None and row.group not in groups:
                raise ValueError(f"row {row.key} names an unknown group {row.group}")
        for group in self.groups:
            if group.parent is not None and group.parent not in groups:
                raise ValueError(f"group {group.key} names an unknown parent {group.parent}")
            if unknown := set(group.columns) - columns:
                raise ValueError(f"group {group.key} names unknown columns {sorted(unknown)}")
        if self.layout == "blocks" and any(r.group is None for r in self.rows):
            raise ValueError("every row of a table with layout blocks needs a group")
        return self

    def columns_of(self, row: Row) -> tuple[Column, ...]:
        """The columns that a row has, in printed order, with the row's own unit and kind of number."""
        return self._columns_by_row[row.key]

    @cached_property
    def _columns_by_row(self) -> dict[str, tuple[Column, ...]]:
        return {row.key: self._own_columns(row) for row in self.rows}

    def _own_columns(self, row: Row) -> tuple[Column, ...]:
        columns = self.columns
        if self.layout == "blocks":
            wanted = next(g.columns for g in self.groups if g.key == row.group)
            by_key = {c.key: c for c in self.columns}
            columns = tuple(by_key[k] for k in wanted)
        own = {k: v for k, v in (("unit", row.unit), ("number", row.number)) if v is not None}
        return tuple(c.model_copy(update=own) for c in columns) if own else columns

    def without(self, columns: Iterable[str]) -> FormTable:
        """The table as printed by an organ that leaves out some optional columns."""
        gone = tuple(columns)
        if gone and gone not in self._narrower:
            self._narrower[gone] = self._variant(tuple(c for c in self.columns if c.key not in gone), self.rows)
        return self._narrower[gone] if gone else self

    def with_rows(self, instead: Iterable[str] = ()) -> FormTable:
        """The table as printed: with the rows in ``instead`` for those they stand for, else without them."""
        if not any(row.stands_for for row in self.rows):
            return self
        chosen = set(instead)
        replaced = {key for row in self.rows if row.key in chosen for key in row.stands_for}
        rows = (r for r in self.rows if r.key not in replaced and (not r.stands_for or r.key in chosen))
        return self._variant(self.columns, tuple(rows))

    def _variant(self, columns: tuple[Column, ...], rows: tuple[Row, ...]) -> FormTable:
        """The table with some of its columns and rows: made once for all reports, with all that follows from it."""
        if len(columns) == len(self.columns) and len(rows) == len(self.rows):
            return self
        shape = (tuple(c.key for c in columns), tuple(r.key for r in rows))
        if shape not in self._variants:
            self._variants[shape] = self.model_copy(update={"columns": columns, "rows": rows})
        return self._variants[shape]

    @cached_property
    def _variants(self) -> dict[tuple[tuple[str, ...], tuple[str, ...]], FormTable]:
        return {}

    @cached_property
    def _narrower(self) -> dict[tuple[str, ...], FormTable]:
        return {}

    @cached_property
    def units(self) -> frozenset[str]:
        """The units of its numbers."""
        return frozenset(u for row in self.rows for c in self.columns_of(row) if (u := c.unit or self.unit))

    @cached_property
    def fields(self) -> tuple[FormField, ...]:
        """Every cell of the table in printed order."""
        pairs = ((row, column) for row in self.rows for column in self.columns_of(row))
        return tuple(FormField(self.cell_key(row, column), self, row, column) for row, column in pairs)

    @cached_property
    def by_key(self) -> dict[str, Row]:
        """The rows by their keys."""
        return {row.key: row for row in self.rows}

    @cached_property
    def keys_by_row(self) -> dict[str, dict[str, str]]:
        """The keys of the cells of each row by the keys of their columns, in printed order."""
        return {row.key: {c.key: self.cell_key(row, c) for c in self.columns_of(row)} for row in self.rows}

    def cell_key(self, row: Row, column: Column) -> str:
        """The permanent key of one cell: ``<table>.<row>.<column>``."""
        return f"{self.key}.{row.key}.{column.key}"

    def group_path(self, row: Row) -> tuple[Group, ...]:
        """The groups over a row, outermost first."""
        by_key = {g.key: g for g in self.groups}
        path: list[Group] = []
        key = row.group
        while key is not None and len(path) < len(by_key):
            path.insert(0, by_key[key])
            key = by_key[key].parent
        return tuple(path)


class SectionLabel(_Part):
    """One of the six parts."""

    number: int = Field(ge=1, le=6)
    label: str
    gloss: str


class Years(_Part):
    """Statistical years a form was made for; ``to`` None means still in use."""

    from_: int = Field(alias="from")
    to: int | None = None


class Identity(_Part):
    """A sum the form prescribes: over ``left`` equals over ``right``, once for each column or row of ``table``."""

    id: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    kind: Literal["sum_equal"]
    table: str
    for_each: Literal["column", "row"]
    left: tuple[str, ...] = Field(min_length=1)
    right: tuple[str, ...] = Field(min_length=1)
    severity: Literal["error", "warning", "info"]
    message_zh: str
    message_en: str
    source: str


class FormField(NamedTuple):
    """One cell of a form with its words: ``key`` is ``<table>.<row>.<column>``; ``column`` has the row's own unit."""

    key: str
    table: FormTable
    row: Row
    column: Column

    @property
    def unit(self) -> str:
        """Unit of the printed number."""
        return self.column.unit or self.table.unit

    @property
    def label_zh(self) -> str:
        """Chinese label, outermost group first."""
        path = [g.label for g in self.table.group_path(self.row)]
        return " · ".join([*path, self.row.label, self.column.label])

    @property
    def label_en(self) -> str:
        """English gloss."""
        path = [g.gloss for g in self.table.group_path(self.row)]
        return " / ".join([*path, self.row.gloss, self.column.gloss])


class Equation(NamedTuple):
    """One identity applied to one row or column: the sum over ``left`` must equal the sum over ``right``."""

    id: str  # T3_BALANCE.total
    identity: Identity
    left: tuple[str, ...]
    right: tuple[str, ...]
    keys: tuple[str, ...]  # of both sides
    cells: frozenset[str]  # the same, for looking them up


class Form(_Part):
    """An official form."""

    id: str
    years: Years
    label: str
    gloss: str
    source: str
    sections: tuple[SectionLabel, ...]
    tables: tuple[FormTable, ...] = Field(min_length=1)
    identities: tuple[Identity, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Form:
        tables = {t.key: t for t in self.tables}
        if len(tables) != len(self.tables):
            raise ValueError("a table key is used twice")
        for identity in self.identities:
            table = tables.get(identity.table)
            if table is None:
                raise ValueError(f"identity {identity.id} names an unknown table {identity.table}")
            over: tuple[Row | Column, ...] = table.rows if identity.for_each == "column" else table.columns
            if unknown := {*identity.left, *identity.right} - {p.key for p in over}:
                raise ValueError(f"identity {identity.id} names unknown cells {sorted(unknown)}")
        return self

    def table(self, key: str) -> FormTable:
        """The table with that key; KeyError if there is none."""
        return next(t for t in self.tables if t.key == key)

    def as_printed(self, keys: Iterable[str]) -> Form:
        """The form of a report with these cells: without the optional rows and columns that it does not have."""
        there = set(keys)
        return self.with_tables(
            t.with_rows(
                r.key for r in t.rows if r.stands_for and any(t.cell_key(r, c) in there for c in t.columns)
            ).without(
                c.key for c in t.columns if c.optional and not any(t.cell_key(r, c) in there for r in t.rows)
            )
            for t in self.tables
        )

    def with_tables(self, tables: Iterable[FormTable]) -> Form:
        """The form with variants of its tables: made once for all reports, with its sums written out."""
        chosen = tuple(tables)
        shape = tuple(map(id, chosen))  # the variants made hold these tables, so their ids stay theirs
        if shape == tuple(map(id, self.tables)):
            return self
        if shape not in self._variants:
            self._variants[shape] = self.model_copy(update={"tables": chosen})
        return self._variants[shape]

    @cached_property
    def _variants(self) -> dict[tuple[int, ...], Form]:
        return {}

    def fields(self) -> list[FormField]:
        """Every cell of the form in printed order, optional rows and columns with them."""
        return [field for table in self.tables for field in table.fields]

    def equations(self) -> list[Equation]:
        """Every identity, written out for each row or column it holds for."""
        return [eq for table in self.tables for eq in self.equations_of(table.key)]

    def equations_of(self, table: str) -> list[Equation]:
        """The identities of one table, written out."""
        return self._equations.get(table, [])

    @cached_property
    def _equations(self) -> dict[str, list[Equation]]:
        out: dict[str, list[Equation]] = {}
        for identity in self.identities:
            out.setdefault(identity.table, []).extend(_write_out(identity, self.table(identity.table)))
        return out


def _write_out(identity: Identity, table: FormTable) -> list[Equation]:
    by_column = identity.for_each == "column"
    left_parts, right_parts = (
        _parts_there(table, side) if by_column else side for side in (identity.left, identity.right)
    )
    out = []
    for one in table.columns if by_column else table.rows:
        pattern = "{t}.{part}.{one}" if by_column else "{t}.{one}.{part}"
        left, right = (
            tuple(pattern.format(t=table.key, one=one.key, part=part) for part in side)
            for side in (left_parts, right_parts)
        )
        out.append(Equation(f"{identity.id}.{one.key}", identity, left, right, left + right, frozenset(left + right)))
    return out


def _parts_there(table: FormTable, rows: tuple[str, ...]) -> tuple[str, ...]:
    """Rows of a sum, with the row that stands for some of them in their place where the table has that one."""
    there = {r.key for r in table.rows}
    instead = {key: r.key for r in table.rows for key in r.stands_for if key not in there}
    return tuple(dict.fromkeys(instead.get(key, key) for key in rows))


def folder() -> Traversable:
    """Where the form files lie."""
    return resources.files("parsers") / "forms"


def parse_form(text: str, name: str) -> Form:
    """Read one form from YAML ``text``; ``name`` is the file's name for messages. Raises FormError."""
    try:
        form = Form.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise FormError(f"{name}: not valid YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise FormError(f"{name}: {where}: {first['msg']}") from error
    if f"{form.id}.yml" != name:
        raise FormError(f"{name}: the form's id is {form.id}, so the file must be called {form.id}.yml")
    return form


@cache
def load_forms() -> dict[str, Form]:
    """All forms by id. Raises FormError on the first inconsistent file."""
    files = sorted((f for f in folder().iterdir() if _is_form(f.name)), key=lambda f: f.name)
    return {(form := parse_form(f.read_text("utf-8"), f.name)).id: form for f in files}


def _is_form(name: str) -> bool:
    return name.endswith(".yml") and name.removesuffix(".yml").isdigit()
