"""Rows cut by the end of a page: the parts of the label belong together, the numbers stay where they are printed."""

import pytest

from parsers.document import Cell, Document, Paragraph, Place, Table
from parsers.sniff import PDF
from parsers.tables import read_tables
from tests.parsers.conftest import Grid, invent


def drawn(grid: Grid, page: int) -> Table:
    def place(column: int) -> Place:
        return Place(page=page, box=(float(column), 0.0, column + 1.0, 1.0))

    cells = (Cell(r, c, text, place=place(c)) for r, row in enumerate(grid) for c, text in enumerate(row))
    return Table(tuple(cells), "ruled", place(0))


def read(*grids: Grid) -> dict[str, tuple[object, str]]:
    blocks = [Paragraph("三、收到和处理政府信息公开申请情况"), *(drawn(g, n + 1) for n, g in enumerate(grids))]
    return {k: (c.value, str(c.status)) for k, c in read_tables(Document(tuple(blocks), PDF)).cells.items()}


@pytest.mark.parametrize("above", [True, False], ids=["numbers above", "numbers below"])
@pytest.mark.parametrize("label", ["予以公开", "1.本机关不掌握相关政府信息", "3.危及"])
@pytest.mark.parametrize("at", [3, 6])
def test_the_parts_of_a_cut_row_are_one_row(label: str, at: int, above: bool) -> None:
    report = invent("2021", 4, 0.4)
    grid = report.grids()["table3"]
    n = next(n for n, row in enumerate(grid) if label in row[1])
    group, name, *numbers = grid[n]
    blanks = [""] * len(numbers)
    halves = ([group, name[:at]], ["", name[at:]])
    upper, lower = ((numbers, blanks) if above else (blanks, numbers))
    cells = read([*grid[:n], halves[0] + upper], [halves[1] + lower, *grid[n + 1 :]])
    truth = {k: v for k, v in report.values.items() if k.startswith("table3")}
    assert {k: cells[k] for k in truth} == {k: (v, "printed") for k, v in truth.items()}


def test_a_row_without_numbers_on_the_next_page_stays_a_row() -> None:
    report = invent("2021", 5, 0.4)
    grid = report.grids()["table3"]
    n = next(n for n, row in enumerate(grid) if "予以公开" in row[1])
    grid[n + 1] = grid[n + 1][:2] + [""] * 7
    cells = read(grid[: n + 1], grid[n + 1 :])
    assert cells["table3.granted.total"] == (report.values["table3.granted.total"], "printed")
    assert cells["table3.partially_granted.total"] == (None, "blank")


def test_the_last_digits_of_a_number_go_with_it_and_need_a_sum() -> None:
    report = invent("2021", 6, 0.9)
    grid = report.grids()["table3"]
    n = next(n for n, row in enumerate(grid) if "（七）" in row[0] + row[1] and len(row[-1]) > 1)
    rest = [""] * (len(grid[n]) - 1) + [grid[n][-1][-1]]
    upper = [*grid[n][:-1], grid[n][-1][:-1]]
    cells = read([*grid[:n], upper], [rest, *grid[n + 1 :]])
    assert cells["table3.total_handled.total"] == (report.values["table3.total_handled.total"], "aligned")
