from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.values import read_value


@pytest.mark.parametrize(
    ("raw", "number"),
    [("0", 0), ("０", 0), ("30", 30), (" 30\n", 30), ("1,036", 1036), ("11，398，889", 11398889), ("+1036", 1036),
     ("-3", -3), ("－3", -3), ("18.2", 18.2), ("24252.311082", 24252.311082), ("5.0", 5), ("251000元", 251000),
     ("0 件", 0), ("22（其中修订16件）", 22), ("\u200b7", 7)],
)  # fmt: skip
def test_printed_numbers(raw, number):
    value = read_value(raw)
    assert (value.kind, value.number) == ("number", number)
    assert value.raw == raw


@pytest.mark.parametrize(
    "raw", ["5¹", "5①", "５②", "5 ①", "5₂", "5[1]", "5 [¹]", "5［①］", "5*", "5※", "5①②", "5㉑", "5¹件", "5件①",
            "5（注1）", "5 注"]
)  # fmt: skip
def test_the_mark_of_a_note_is_no_digit(raw):
    assert (read_value(raw).kind, read_value(raw).number) == ("number", 5)


@pytest.mark.parametrize("raw", ["①5", "¹5", "⑤", "⁵", "5①3", "⑴", "5½", "⒌"])
def test_circled_and_raised_digits_alone_or_in_front_are_no_number(raw):
    assert (read_value(raw).kind, read_value(raw).number) == ("text", None)


@pytest.mark.parametrize("raw", [f"5{'(①' * 9_000}x", f"5{' ' * 20_000}x", f"{'①,' * 10_000}x", f"{'*' * 20_000}x"])
def test_a_cell_full_of_marks_is_text(raw):
    assert read_value(raw).kind == "text"


@pytest.mark.parametrize(("raw", "number"), [("增3", 3), ("增加 12件", 12), ("减5", -5), ("减少5", -5)])
def test_changes_in_words_are_marked_as_such(raw, number):
    value = read_value(raw)
    assert (value.number, value.signed, value.worded) == (number, True, True)


@pytest.mark.parametrize("raw", ["", " ", "\u00a0", "\u3000", "\u200b", "\n\t"])
def test_blank_is_not_zero(raw):
    assert (read_value(raw).kind, read_value(raw).number) == ("blank", None)


@pytest.mark.parametrize("raw", ["-", "—", "——", "/", "／", "无", "不适用", "…", "N/A"])
def test_marks_are_no_numbers(raw):
    assert (read_value(raw).kind, read_value(raw).number) == ("mark", None)


@pytest.mark.parametrize(
    "raw", ["0 0", "1,03", "12.", ".5", "1/2", "3人5", "十", "12345678901234567", "1e5", "规章0", "1-2"]
)
def test_what_is_not_one_number_is_text(raw):
    assert (read_value(raw).kind, read_value(raw).number) == ("text", None)


def test_units_and_remarks_are_kept():
    assert read_value("251000元").unit == "元"
    assert read_value("22（其中修订16件）").remark == "(其中修订16件)"
    assert read_value("+3").signed


@given(st.integers(0, 10**14))
def test_every_whole_number_survives_width_and_commas(number):
    wide = str(number).translate({ord("0") + n: ord("０") + n for n in range(10)})
    assert read_value(wide).number == number
    assert read_value(f"{number:,}").number == number


@given(st.text(max_size=30))
def test_any_text_has_one_kind(text):
    value = read_value(text)
    assert (value.number is not None) == (value.kind == "number")
    if value.kind == "number":
        assert any(c.isdigit() for c in text)
