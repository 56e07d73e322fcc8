"""Reading or source: the same broken sums, with what is known of the reading changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parsers.checks import Reading, check
from parsers.doubt import with_other_documents
from parsers.readers import read
from parsers.repair import find_repair
from parsers.result import CellResult, Status
from parsers.tables import read_tables

ROW = "table3.granted"
COLUMNS = ("natural_person", "business", "research", "public_welfare", "legal_service", "other_org", "total")


@pytest.fixture
def whole(inventor):
    invented = inventor("2021", 3, 0.4)
    invented.values.update({f"table2.regulations.{c}": 0 for c in ("issued", "repealed", "in_force")})
    tables = read_tables(read(invented.text()))
    reading = Reading(tables.form, tables.cells, [], "county", grid="text")
    # A row with numbers that no other column shares, so that a slip shows.
    row = (12, 3, 0, 7, 0, 0)
    cells = dict(tables.cells)
    for column, value in zip(COLUMNS, (*row, sum(row)), strict=True):
        for part, add in (("granted", value - cells[f"{ROW}.{column}"].value), ("total_handled", None),
                          ("new_requests", None)):  # fmt: skip
            key = f"table3.{part}.{column}"
            step = add if add is not None else value - tables.cells[f"{ROW}.{column}"].value
            cells[key] = CellResult(key, Status.PRINTED, cells[key].value + step)
    return replace(reading, cells=cells)


def put(reading, values):
    cells = dict(reading.cells)
    for column, value in zip(COLUMNS, values, strict=True):
        key = f"{ROW}.{column}"
        cells[key] = CellResult(key, Status.PRINTED if value is not None else Status.BLANK, value)
    return replace(reading, cells=cells)


def doubts(reading):
    return {f.doubt for f in check(reading)[0] if f.verdict == "fail"}


def test_the_report_is_whole_to_begin_with(whole):
    assert doubts(whole) == set()


@pytest.mark.parametrize("row", [
    (0, 12, 3, 0, 7, 0, 0),         # pushed one to the right, the total lost
    (1, 2, 3, 0, 7, 0, 0),          # 12 split over two cells
    (3, 0, 7, 0, 0, 22, None),      # the first cell lost, all others one to the left
    (0, 12, 3, 7, 0, 0, 22),        # three cells shifted by one
])  # fmt: skip
@pytest.mark.parametrize(("grid", "doubt"), [("text", "reading"), ("aligned", "reading"), ("exact", "source")])
def test_a_slip_that_explains_everything_is_ours_unless_the_grid_is_the_sources(whole, row, grid, doubt):
    slipped = replace(put(whole, row), grid=grid)
    assert doubts(slipped) == {doubt}
    assert find_repair(slipped, "table3") is not None
    (ground,) = {f.ground_zh for f in check(slipped)[0] if f.verdict == "fail" and f.rule.startswith("T3_RESULT")}
    assert "予以公开" in ground  # the row that would have to be read otherwise


@pytest.mark.parametrize("row", [
    (12, 3, 0, 7, 0, 0, 23),        # a wrong total
    (13, 3, 0, 7, 0, 0, 22),        # a wrong part
    (12, 3, 0, 7, 0, 0, 0),         # a zero for a total: dropping it would leave the total to be derived
])  # fmt: skip
@pytest.mark.parametrize("grid", ["text", "aligned", "exact", "ruled", None])
def test_a_wrong_number_is_no_slip(whole, row, grid):
    wrong = replace(put(whole, row), grid=grid)
    assert find_repair(wrong, "table3") is None
    assert doubts(wrong) == {"source"}


def test_pictures_leave_it_open_and_unsure_digits_are_ours(whole):
    wrong = replace(put(whole, (13, 3, 0, 7, 0, 0, 22)), grid="ocr")
    assert doubts(wrong) == {"open"}
    key = f"{ROW}.natural_person"
    assert doubts(replace(wrong, weak=frozenset({key}))) == {"reading"}


def test_a_second_document_confirms_or_refutes(whole):
    wrong = put(whole, (13, 3, 0, 7, 0, 0, 22))
    (finding, *_) = (f for f in check(wrong)[0] if f.rule == "T3_ROW_SUM.granted")
    refuted = with_other_documents(finding, wrong, {"b.docx": whole})
    assert (refuted.doubt, "b.docx" in refuted.ground_zh) == ("reading", True)
    confirmed = with_other_documents(finding, wrong, {"b.docx": wrong})
    assert (confirmed.doubt, "b.docx" in confirmed.ground_zh) == ("source", True)
    # Where the first document's own mark-up fixes the places, it contradicts itself whatever another one prints.
    assert with_other_documents(finding, replace(wrong, grid="exact"), {"b.docx": whole}).doubt == "source"
