from __future__ import annotations

import pytest

from archive.plugins.grid import Grid, Head, Line, Slot, make_grid
from archive.words import layouts
from parsers.form_model import FormTable, load_forms

TABLES = [pytest.param(t, id=f"{form.id}-{t.key}") for form in load_forms().values() for t in form.tables]


def _widths(lines: list[Line], columns: int) -> list[int]:
    """How many grid columns each line fills, spans from above included, as a browser lays them out."""
    hanging = [0] * columns
    widths = []
    for line in lines:
        at = 0
        for cell in line:
            while hanging[at]:
                at += 1
            rows = cell.rowspan if isinstance(cell, Head) else 1
            for column in range(at, at + cell.colspan):
                assert not hanging[column], "cells overlap"
                hanging[column] = rows
            at += cell.colspan
        widths.append(sum(1 for left in hanging if left))
        hanging = [max(0, left - 1) for left in hanging]
    assert not any(hanging), "a span reaches below the table"
    return widths


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_grid_is_a_full_rectangle_with_every_cell_once(table: FormTable, lang: str) -> None:
    grid = make_grid(table, lang)  # type: ignore[arg-type]
    for lines in (grid.head, grid.body):
        assert set(_widths(lines, grid.columns)) <= {grid.columns}
    slots = [c.key for line in grid.body for c in line if isinstance(c, Slot)]
    assert sorted(slots) == sorted(table.cell_key(r, c) for r in table.rows for c in table.columns_of(r))


def _heads(grid: Grid) -> list[list[tuple[str, int, int]]]:
    return [[(c.text, c.colspan, c.rowspan) for c in line if isinstance(c, Head)] for line in grid.head]


def test_table_3_has_the_official_header() -> None:
    first, second, third = _heads(make_grid(load_forms()["2021"].as_printed(()).table("table3")))
    assert [h[1:] for h in first] == [(3, 3), (7, 1)]
    assert first[1][0] == "申请人情况"
    assert second == [("自然人", 1, 2), ("法人或其他组织", 5, 1), ("总计", 1, 2)]
    assert [h[0] for h in third] == ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]


def test_table_3_has_the_official_group_labels() -> None:
    grid = make_grid(load_forms()["2021"].as_printed(()).table("table3"))
    groups = [(c.text, c.rowspan) for line in grid.body for c in line if isinstance(c, Head) and c.rowspan > 1]
    assert groups == [("三、本年度办理结果", 22), ("（三）不予公开", 8), ("（四）无法提供", 3), ("（五）不予处理", 5),
                      ("（六）其他处理", 3)]  # fmt: skip


def test_table_4_has_the_official_header() -> None:
    first, second, third = _heads(make_grid(load_forms()["2019"].table("table4")))
    assert first == [("行政复议", 5, 1), ("行政诉讼", 10, 1)]
    assert [h[2] for h in second[:5]] == [2] * 5
    assert second[5:] == [("未经复议直接起诉", 5, 1), ("复议后起诉", 5, 1)]
    assert len(third) == 10


def test_the_layout_names_columns_that_exist() -> None:
    for key, layout in layouts().items():
        tables = [t for form in load_forms().values() for t in form.tables if t.key == key]
        assert tables
        for table in tables:
            named = {name for group in layout.groups for name in group.columns}
            assert named <= {c.key for c in table.columns}
