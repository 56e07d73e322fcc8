"""Table 3 with all organisations in one column."""

from __future__ import annotations

import pytest

from parsers import parse
from tests.parsers.test_shapes_more import REVIEWS, html, proceedings, requests

KINDS = ("business", "research", "public_welfare", "legal_service", "other_org")


def table(together: str) -> list[list[str]]:
    head, *rows = requests(1)
    return [[head[0], "自然人", together, "总计"], *([r[0], r[1], str(sum(map(int, r[2:7]))), r[7]] for r in rows)]


@pytest.mark.parametrize("together", ["法人或其他组织", "法人及其它组织", "法人和其他组织", "法人"])
def test_persons_and_totals_are_read_and_no_kind_of_organisation(together: str) -> None:
    cells = parse(html(table(together), "正文", proceedings(1))).cells
    for row, persons, total in (("new_requests", 10, 14), ("granted", 9, 12), ("total_handled", 12, 16)):
        found = [cells[f"table3.{row}.{column}"] for column in ("natural_person", *KINDS, "total")]
        assert [c.value for c in found] == [persons, *[None] * 5, total]
        assert {str(c.status) for c in found[1:-1]} == {"unreadable"}
    assert cells[REVIEWS].value == 10


def test_columns_that_do_not_add_up_are_not_read_so() -> None:
    rows = table("法人或其他组织")
    for row in rows[1:]:
        row[2] = str(int(row[2]) + 1)
    cells = parse(html(rows, "正文", proceedings(1))).cells
    assert not any(cell.value is not None for key, cell in cells.items() if key.startswith("table3"))
