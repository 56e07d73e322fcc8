"""Shapes of digits: learnt from clear cuts, read by them, and silent where they cannot tell."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

pytest.importorskip("cv2")

from parsers.readers import scan_numbers
from parsers.readers.colour import without_colour
from parsers.readers.scan_numbers import AGREED, Cut, _judged, _looked_again, _looks, read_cuts
from parsers.readers.typeface import Shape, Typeface, ink_height, learn

FONT = ImageFont.load_default(size=26)
CLEAR = [str(d) * n for d in range(10) for n in (1, 1)] + ["10", "23", "45", "67", "89"]


def cut(text: str) -> np.ndarray:
    left, top, right, bottom = FONT.getbbox(text)
    picture = Image.new("L", (int(right - left) + 12, int(bottom - top) + 12), 255)
    ImageDraw.Draw(picture).text((6 - left, 6 - top), text, 0, font=FONT)
    return np.asarray(picture)


@pytest.fixture(scope="module")
def height() -> float:
    return float(ink_height(cut("0")))


@pytest.fixture(scope="module")
def typeface(height: float) -> Typeface:
    return learn((cut(text), text, height) for text in CLEAR)


@pytest.mark.parametrize("text", ["0", "7", "16", "91", "3119", "208"])
def test_numbers_are_read_by_their_shapes(typeface: Typeface, height: float, text: str) -> None:
    shape = typeface.read(cut(text), height)
    assert shape is not None
    assert shape.text == text
    assert shape.distance < 0.5 * shape.next_best
    assert not shape.dots


def test_speck_and_gap_do_not_change_a_nought(typeface: Typeface, height: float) -> None:
    broken = cut("0").copy()
    broken[: broken.shape[0] // 2, broken.shape[1] // 2 : broken.shape[1] // 2 + 2] = 255
    broken[-3:-1, 0:2] = 0
    shape = typeface.read(broken, height)
    assert shape is not None
    assert shape.text == "0"
    assert shape.dots


def test_other_sizes_and_empty_cuts_are_not_read(typeface: Typeface, height: float) -> None:
    assert typeface.read(cut("8"), 2 * height) is None
    assert typeface.read(np.full((30, 30), 255, np.uint8), height) is None


def test_digits_never_seen_are_not_told(height: float) -> None:
    few = learn((cut(text), text, height) for text in ("6", "6", "1", "1", "7", "7"))
    assert few.tells(Shape("17", 0.1, 0.5))
    assert not few.tells(Shape("6", 0.01, 0.5))  # may be an 8, which looks much the same
    assert not few.tells(Shape("0", 0.1, 0.5))
    assert few.tells(Shape("0", 0.01, 0.5))  # no other digit comes so near to a nought
    assert learn([]).read(cut("6"), height) is None


@pytest.mark.parametrize(
    ("looks", "shape", "text", "sure"),
    [
        ([("8", 0.9), ("8", 0.8)], Shape("8", 0.05, 0.5), "8", True),
        ([("O", 0.7), ("0", 0.6), ("O", 0.7)], Shape("0", 0.05, 0.5), "0", True),
        ([("3", 0.99), ("3", 0.99)], Shape("8", 0.05, 0.5), "3", False),
        ([("27.5", 0.9), ("27.5", 0.9)], Shape("275", 0.05, 0.5, dots=True), "27.5", True),
        ([("27.5", 0.9), ("275", 0.9)], Shape("275", 0.05, 0.5, dots=True), "27.5", False),
        ([("51", 0.99), ("31", 0.99), ("31", 0.99)], Shape("51", 0.2, 0.21), "31", False),
        ([("3關", 0.7), ("3關", 0.8)], Shape("3", 0.05, 0.5), "3", True),
        ([("3.其他", 0.9), ("3.其他", 0.9)], None, "3.其他", False),
        ([("自然人", 1.0), ("自然人", 1.0)], Shape("11", 0.1, 0.4), "自然人", True),
    ],
)
def test_a_number_is_sure_only_where_both_readers_say_it(looks, shape, text, sure) -> None:
    read, confidence = _judged(looks, shape)
    assert read == text
    assert (confidence >= 0.95) == sure


def test_of_what_looks_alike_two_are_looked_at_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[np.ndarray] = []

    def recognised(crops: list[np.ndarray]) -> list[tuple[str, float]]:
        seen.extend(crops)
        return [("0" if crop.shape[1] < crop.shape[0] else "11", 0.9) for crop in crops]

    monkeypatch.setattr(scan_numbers, "recognise", recognised)
    monkeypatch.setattr(Typeface, "tells", lambda *_: False)
    read = read_cuts([Cut(0, cut(text)) for text in ["0"] * 30 + ["11"] * 20])
    assert [text for text, _ in read] == ["0"] * 30 + ["11"] * 20
    assert all(confidence == AGREED for _, confidence in read)
    assert len(seen) == 2 * 1 + 2 * 2 * 2


def test_what_looks_alike_but_has_another_shape_is_looked_at_by_itself() -> None:
    doubtful = {0: Shape("0", 0.1, 0.5), 1: Shape("0", 0.1, 0.5), 2: Shape("0", 0.1, 0.5), 3: Shape("9", 0.1, 0.5)}
    looked: list[int] = []

    def second_looks(which: list[int]) -> dict[int, tuple[str, float]]:
        looked.extend(which)
        return dict.fromkeys(which, ("0", AGREED))

    read = _looked_again(doubtful, [[0, 1, 2, 3]], second_looks)
    assert looked == [0, 1, 3]
    assert set(read) == {0, 1, 2, 3}


def test_two_looks_that_differ_are_followed_by_a_third() -> None:
    pytest.importorskip("rapidocr")
    assert {len(looks) for looks in _looks([cut("16"), cut("208")])} <= {2, 3}


def test_red_seal_goes_and_ink_under_it_stays() -> None:
    page = np.full((200, 400, 3), 255, np.uint8)
    page[90:96, :60] = (220, 60, 60)
    page[80:110, 20:24] = 20
    grey = without_colour(page)
    assert grey[92, 50] > 240
    assert grey[92, 22] < 60
    page[:] = (220, 60, 60)  # red ground, as of a heading
    page[:, :200] = 255
    assert without_colour(page)[100, 300] < 160
