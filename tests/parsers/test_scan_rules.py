"""Rules of drawn pages: whole, broken, pale, level only, slanting, and lines that are none."""

import numpy as np
import pytest

cv2 = pytest.importorskip("cv2")

from parsers.readers.blobs import blobs, wipe  # noqa: E402
from parsers.readers.deskew import ink_of, straightened  # noqa: E402
from parsers.readers.scan import _lines  # noqa: E402
from parsers.readers.scan_grid import Run, lines_of  # noqa: E402
from parsers.readers.scan_rules import Ruled, find_rules  # noqa: E402
from parsers.readers.scan_text import _frames  # noqa: E402

SCALE = 72 / 200
XS, YS = [200, 500, 700, 900, 1100], [300, 360, 420, 480, 540, 600, 660]


def page(grey: int = 0, *, upright: bool = True, merged: bool = True) -> np.ndarray:
    """A table of four columns and six rows; with ``merged`` its first row is one cell."""
    out = np.full((1000, 1300), 255, np.uint8)
    for y in YS:
        cv2.line(out, (XS[0], y), (XS[-1], y), grey, 2)
    for x in XS if upright else []:
        inner = merged and x not in (XS[0], XS[-1])
        cv2.line(out, (x, YS[1] if inner else YS[0]), (x, YS[-1]), grey, 2)
    return out


def found(picture: np.ndarray) -> Ruled:
    return find_rules(ink_of(picture), ink_of(picture, 7), SCALE)


def shape(ruled: Ruled) -> list[tuple[int, int]]:
    """Columns and cells of each grid."""
    return [(grid.n_columns, len(grid.cells)) for grid in ruled.grids]


def gapped(picture: np.ndarray) -> np.ndarray:
    """Every rule worn off over a tenth of its length."""
    out = picture.copy()
    for n, y in enumerate(YS):
        for x in range(230 + 37 * n, 1100, 120):
            out[y - 3 : y + 4, x : x + 12] = 255
    for n, x in enumerate(XS):
        for y in range(312 + 17 * n, 660, 110):
            out[y : y + 12, x - 3 : x + 4] = 255
    return out


@pytest.mark.parametrize("picture", [page(), page(200), gapped(page())], ids=["whole", "pale", "broken"])
def test_grid_is_found_with_its_merged_cell(picture: np.ndarray) -> None:
    ruled = found(picture)
    assert shape(ruled) == [(4, 21)]
    assert ruled.grids[0].cells[0].colspan == 4
    assert not ruled.streaks.any()


def test_open_sides_are_closed() -> None:
    picture = page(merged=False)
    picture[:, : XS[0] + 5] = 255
    picture[:, XS[-1] - 5 :] = 255
    assert shape(found(picture)) == [(4, 24)]


def test_words_tell_the_columns_where_no_rule_stands_upright() -> None:
    picture = page(upright=False)
    for top in YS[1:-1]:
        for x in (300, 580, 780, 980):
            cv2.putText(picture, "80", (x, top + 42), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
    cv2.putText(picture, "HEADING OVER ALL THE COLUMNS", (330, 342), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
    (grid,) = found(picture).grids
    assert [(c.row, c.column) for c in grid.cells if c.row] == [(r, c) for r in range(1, 6) for c in range(4)]


def test_streak_down_the_page_is_no_rule() -> None:
    picture = page()
    picture[20:980, 600] = 120
    ruled = found(picture)
    assert shape(ruled) == [(4, 21)]
    assert ruled.streaks[500, 600]
    assert not ruled.streaks[500, 500]


def test_strokes_of_text_are_no_rules() -> None:
    picture = page()
    for x in XS[:-1]:  # as long as a cell but for its padding
        cv2.line(picture, (x + 20, 450), (x + 120, 450), 0, 3)
    assert shape(found(picture)) == [(4, 21)]


def test_photographed_page_is_squared() -> None:
    picture = page()
    height, width = picture.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = np.array([[30, 6], [width - 30, 0], [width, height], [0, height]], np.float32)
    change = cv2.getPerspectiveTransform(corners, seen)
    slanting = cv2.warpPerspective(picture, change, (width, height), borderValue=255)
    assert shape(found(straightened(slanting))) == [(4, 21)]


def test_nothing_is_found_on_an_empty_or_black_page() -> None:
    for level in (255, 0):
        assert found(np.full((600, 600), level, np.uint8)).grids == []


def test_patches_are_told_apart_also_inside_each_other() -> None:
    mask = np.zeros((60, 80), np.uint8)
    mask[5:50, 10:70] = 255
    mask[8:47, 13:67] = 0
    mask[20:30, 20:30] = 255
    frame, inner = blobs(mask, 10)
    assert (frame.x, frame.y, frame.width, frame.height) == (10, 5, 60, 45)
    assert inner.middle() == pytest.approx((24.5, 24.5))
    assert len(blobs(mask, 1)) == 1
    wipe(mask, [inner])
    assert mask[20:30, 20:30].max() == 0
    assert mask[5, 10] == 255


def test_specks_near_each_other_are_no_line_of_text() -> None:
    page = np.full((400, 800), 255, np.uint8)
    page[100:104, 100:104] = page[104:108, 110:114] = page[98:102, 118:122] = 0
    assert _frames(ink_of(page), 0.36) == []
    page[98:122, 130:133] = 0
    assert len(_frames(ink_of(page), 0.36)) == 1


def test_rules_of_two_tables_that_nearly_meet_are_kept_apart() -> None:
    over, under = Run(100.0, 0, 200), Run(112.0, 300, 900)
    assert lines_of([over, under], 0.36) == [100.0, 112.0]
    assert lines_of([over, Run(112.0, 50, 900)], 0.36) == [112.0]  # a double rule


def test_words_at_different_heights_have_lines_of_their_own() -> None:
    ink = np.zeros((90, 300), np.uint8)
    ink[10:35, 5:60] = ink[45:70, 5:60] = 255  # a label of two lines
    ink[0:25, 90:280] = ink[30:55, 90:280] = ink[60:85, 90:280] = 255  # and one of three beside it
    assert _lines(ink, 0.36) == [
        (5, 60, 10, 35), (5, 60, 45, 70), (90, 280, 0, 25), (90, 280, 30, 55), (90, 280, 60, 85)
    ]  # fmt: skip
    assert len(_lines(ink[:, 70:], 0.36)) == 3
    assert len(_lines(np.tile(ink[:60, 90:120], (1, 3)), 0.36)) == 2
