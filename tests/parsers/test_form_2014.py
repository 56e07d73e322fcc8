"""The statistics annex of 2014: one value column with a column of units, sometimes a second for all years."""

from __future__ import annotations

import random

import pytest

from parsers.form_model import load_forms
from parsers.readers import read
from parsers.tables import read_tables

TABLE = load_forms()["2014"].table("statistics")


def annex(columns, seed=1, units=True):
    """HTML of the annex with these column headings, and the numbers in it by row and column."""
    rng = random.Random(seed)
    values, rows, group = {}, [["统计指标", *(["单位"] if units else []), *columns]], None
    for row in TABLE.rows:
        if row.group != group:
            group = row.group
            label = next(g.label for g in TABLE.groups if g.key == group)
            rows.append([label, *(["——"] if units else []), *["——"] * len(columns)])
        numbers = [rng.choice([0, 0, rng.randrange(1, 9000)]) for _ in columns]
        values[row.key] = numbers
        rows.append([row.label, *([row.unit] if units else []), *map(str, numbers)])
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    return f"<html><body><h1>统计表</h1><table>{body}</table></body></html>".encode(), values


@pytest.mark.parametrize("units", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_the_national_annex(seed, units):
    html, values = annex(["统计数"], seed, units)
    tables = read_tables(read(html))
    assert tables.form.id == "2014"
    assert {k: c.value for k, c in tables.cells.items()} == {
        f"statistics.{row}.this_year": numbers[0] for row, numbers in values.items()
    }
    assert {str(c.status) for c in tables.cells.values()} == {"printed"}
    assert tables.findings == ()


@pytest.mark.parametrize("order", [["本年度", "历年累计"], ["历年累计", "本年度"]])
def test_a_column_for_all_years_is_kept_apart(order):
    html, values = annex(order)
    tables = read_tables(read(html))
    at = {"this_year": order.index("本年度"), "cumulative": order.index("历年累计")}
    assert {k: c.value for k, c in tables.cells.items()} == {
        f"statistics.{row}.{column}": numbers[n] for row, numbers in values.items() for column, n in at.items()
    }


def test_a_sentence_on_all_years_is_no_column():
    html, values = annex(["统计数"])
    told = html.replace(b"<table>", "<p>历年累计主动公开政府信息300条，本年度28条。</p><table>".encode())
    cells = read_tables(read(told)).cells
    assert {k: c.value for k, c in cells.items()} == {f"statistics.{row}.this_year": n for row, (n,) in values.items()}


def test_units_are_the_rows_own():
    fields = {f.key: f for f in load_forms()["2014"].fields()}
    assert fields["statistics.b_staff.this_year"].unit == "人"
    assert fields["statistics.b_fees_wan.this_year"].unit == "万元"
    assert fields["statistics.b_fees_wan.this_year"].column.number == "decimal"
    assert sum(not f.column.optional for f in fields.values()) == 58
