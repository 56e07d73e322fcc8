from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pdfplumber.table import edges_to_intersections, intersections_to_cells

from parsers.readers.pdf_cells import crossings, enclosed

PLACES = st.sampled_from([0.0, 10.0, 20.0, 23.5, 30.0, 44.0])


@st.composite
def rules(draw, orientation):
    at, one, two = draw(PLACES), draw(PLACES), draw(PLACES)
    low, high = min(one, two), max(one, two)
    return (at, low, at, high) if orientation == "v" else (low, at, high, at)


def edge(rule, orientation):
    return {**dict(zip(("x0", "top", "x1", "bottom"), rule, strict=True)), "orientation": orientation}


@given(st.lists(rules("v"), max_size=9), st.lists(rules("h"), max_size=9), st.sampled_from([1.0, 5.0]))
def test_cells_are_those_of_the_library(upright, level, tolerance):
    edges = [*(edge(r, "v") for r in upright), *(edge(r, "h") for r in level)]
    theirs = intersections_to_cells(edges_to_intersections(edges, tolerance, tolerance))
    assert enclosed(crossings(upright, level, tolerance)) == theirs


def test_a_grid_of_two_by_two_has_four_cells():
    upright = [(x, 0.0, x, 20.0) for x in (0.0, 10.0, 20.0)]
    level = [(0.0, y, 20.0, y) for y in (0.0, 10.0, 20.0)]
    cells = enclosed(crossings(upright, level, 1.0))
    assert cells == [(0.0, 0.0, 10.0, 10.0), (0.0, 10.0, 10.0, 20.0), (10.0, 0.0, 20.0, 10.0), (10.0, 10.0, 20.0, 20.0)]
