"""Table 3 cut between its columns, its parts one after the other."""

from __future__ import annotations

from itertools import pairwise

import pytest

from parsers import parse
from tests.parsers.test_shapes_more import HELD, NEW, REVIEWS, html, numbers, proceedings, requests

NATURAL, OTHER = "table3.granted.natural_person", "table3.granted.other_org"
RIGHT = [14, 3, 10, 9, 1]


def cut(table: list[list[str]], *at: int, labels: bool = True) -> list[list[list[str]]]:
    """The columns of a table (the labels are the first) up to each place, and from there."""
    edges = [1, *at, len(table[0])]
    heads = [row[:1] if labels else [] for row in table]
    parts = [[row[a:b] for row in table] for a, b in pairwise(edges)]
    return [
        [[*(row[:1] if not n else head), *cells] for row, head, cells in zip(table, heads, part, strict=True)]
        for n, part in enumerate(parts)
    ]


def read(*parts: str | list[list[str]]) -> list[object]:
    return numbers(html(*parts, "正文", proceedings(1)), NEW, HELD, REVIEWS, NATURAL, OTHER)


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize("at", [(2,), (3,), (5,), (7,), (3, 5)])
def test_the_parts_are_put_together(at: tuple[int, ...], labels: bool) -> None:
    first, *rest = cut(requests(1), *at, labels=labels)
    assert read(first, "（续表）", *rest) == RIGHT


def test_a_table_that_is_whole_stays_so() -> None:
    assert read(requests(1)) == RIGHT


def test_parts_that_do_not_add_up_stay_apart() -> None:
    first, _ = cut(requests(1), 4)
    _, second = cut(requests(7), 4)
    cells = parse(html(first, second, "正文", proceedings(1))).cells
    assert not any(cell.value is not None for key, cell in cells.items() if key.startswith("table3"))


def test_parts_with_other_rows_stay_apart() -> None:
    first, second = cut(requests(1), 4)
    second[3], second[4] = second[4], second[3]
    cells = parse(html(first, second, "正文", proceedings(1))).cells
    assert not any(cell.value is not None for key, cell in cells.items() if key.startswith("table3"))
