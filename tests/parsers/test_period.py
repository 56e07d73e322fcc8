from __future__ import annotations

import pytest

from parsers.captions import years_of
from parsers.period import periods, statistics_periods


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2023年1月1日至2023年12月31日", [2023]), ("2023年1月1日起至12月31日止", [2023]),
        ("2023年度1月1日至12月31日", [2023]), ("2023.1.1-2023.12.31", [2023]), ("2023/01/01—2023/12/31", [2023]),
        ("2023年1-12月", [2023]), ("2023年元月至12月底", [2023]), ("2022年1月1日至2023年12月31日", [None]),
        ("2024年1月31日", []), ("2023年10月至12月", []), ("2023年1月至6月", []),
    ],
)  # fmt: skip
def test_whole_years_are_periods(text: str, years: list[int | None]) -> None:
    assert periods(text) == years


def test_a_period_of_something_else_is_not_the_statistics() -> None:
    assert statistics_periods("统计期限为2023年1月1日至12月31日。") == [2023]
    assert statistics_periods("规划实施自2023年1月1日至2023年12月31日。") == []


def test_the_date_of_a_signature_is_no_year_reported_on() -> None:
    assert years_of(["统计期限自2017.1.1-2017.12.31。", "2018年1月19日"]) == {2017}
