"""Invented reports for the reader's tests: consistent numbers, rendered as flattened text or HTML, then damaged."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from parsers.form_model import Form, FormTable, load_forms

Grid = list[list[str]]


@dataclass
class Invented:
    """Numbers for every cell of a form that satisfy all its identities, and their printed tables."""

    form: Form
    values: dict[str, int] = field(default_factory=dict)

    def grids(self) -> dict[str, Grid]:
        return {t.key: _RENDER[t.layout](t, self.values) for t in self.form.tables}

    def text(self, grids: dict[str, Grid] | None = None) -> bytes:
        """Flattened text: one printed row a line, cells parted by tabs."""
        parts = []
        for table in self.form.tables:
            rows = (grids or self.grids())[table.key]
            lines = "\n".join("\t".join(r) for r in rows)
            parts.append(f"{'一二三四五六'[table.section - 1]}、{table.label}\n\n{lines}")
        return "\n\n".join(parts).encode()

    def html(self, grids: dict[str, Grid] | None = None) -> bytes:
        """HTML without spans: every row its cells."""
        out = ["<html><body>"]
        for table in self.form.tables:
            out.append(f"<h2>{'一二三四五六'[table.section - 1]}、{table.label}</h2><table>")
            for row in (grids or self.grids())[table.key]:
                out.append("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>")
            out.append("</table>")
        return "".join([*out, "</body></html>"]).encode()


def _blocks(table: FormTable, values: dict[str, int]) -> Grid:
    rows: Grid = []
    for group in table.groups:
        members = [r for r in table.rows if r.group == group.key]
        rows.append([group.label])
        rows.append([table.stub or "", *(c.label for c in table.columns_of(members[0]))])
        for row in members:
            rows.append([row.label, *(str(values[table.cell_key(row, c)]) for c in table.columns_of(row))])
    return rows


def _matrix(table: FormTable, values: dict[str, int]) -> Grid:
    rows: Grid = [["", "", *(c.label for c in table.columns)]]
    for row in table.rows:
        path = table.group_path(row)
        group = path[-1].label if path else ""
        rows.append([group, row.label, *(str(values[table.cell_key(row, c)]) for c in table.columns)])
    return rows


def _side_by_side(table: FormTable, values: dict[str, int]) -> Grid:
    n = len(table.columns)
    top = [cell for row in table.rows for cell in (row.label, *[""] * (n - 1))]
    leaf = [c.label for _ in table.rows for c in table.columns]
    data = [str(values[table.cell_key(r, c)]) for r in table.rows for c in table.columns]
    return [top, leaf, data]


_RENDER: dict[str, Callable[[FormTable, dict[str, int]], Grid]] = {
    "blocks": _blocks, "matrix": _matrix, "side_by_side": _side_by_side,
}  # fmt: skip


def invent(form_id: str, seed: int, density: float, *, one_row: bool = False) -> Invented:
    """Consistent numbers: results are drawn, totals and carried-over counts follow from them.

    ``one_row``: （六）其他处理 as one row, as some reports on the form of 2021 have it.
    """
    rng = random.Random(seed)
    form = load_forms()[form_id]
    instead = {"table3": ["other_handling"]} if one_row else {}
    form = form.model_copy(update={"tables": tuple(t.with_rows(instead.get(t.key, ())) for t in form.tables)})
    invented = Invented(form)
    for key in (f.key for f in form.fields()):
        invented.values[key] = rng.randrange(1, 60) if rng.random() < density else 0
    results = [k.split(".")[1] for k in next(e for e in form.equations() if e.identity.id == "T3_RESULT_SUM").right]
    columns = [c.key for c in form.table("table3").columns]
    cell = invented.values
    for column in columns[:-1]:
        cell[f"table3.total_handled.{column}"] = sum(cell[f"table3.{r}.{column}"] for r in results)
        both = cell[f"table3.total_handled.{column}"] + cell[f"table3.carried_out.{column}"]
        cell[f"table3.carried_in.{column}"] = rng.randrange(0, both + 1) if rng.random() < density else 0
        cell[f"table3.new_requests.{column}"] = both - cell[f"table3.carried_in.{column}"]
    for row in form.table("table3").rows:
        cell[f"table3.{row.key}.total"] = sum(cell[f"table3.{row.key}.{c}"] for c in columns[:-1])
    for row in form.table("table4").rows:
        parts = [c.key for c in form.table("table4").columns][:-1]
        cell[f"table4.{row.key}.total"] = sum(cell[f"table4.{row.key}.{c}"] for c in parts)
    return invented


@pytest.fixture(scope="session")
def inventor() -> Callable[[str, int, float], Invented]:
    return invent
