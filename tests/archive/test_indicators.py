from __future__ import annotations

from archive.indicators import indicators


def test_an_indicator_adds_up_what_each_form_prints():
    other = indicators()["other_handling"]
    assert other.keys("2019") == ["table3.other_handling.total"]
    assert other.keys("2021") == [f"table3.other_{row}.total" for row in ("no_correction", "fee_unpaid", "misc")]
    assert other.keys("2014") == []
