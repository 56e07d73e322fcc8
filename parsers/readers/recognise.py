"""Character recognition of cut-out lines: RapidOCR with the models it brings along, never from the network."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import cv2
import numpy as np
import numpy.typing as npt

from parsers.readers.errors import UnreadableDocument

Picture = npt.NDArray[np.uint8]
Reading = tuple[str, float]  # text, confidence 0 to 1

# Input widths at the model's height of 48 pixels. The library pads all crops to 320, which makes the many cells of
# one or two characters cost four times as much.
_WIDTHS = (80, 160, 320)
_BATCH = 16
_SHORT = 4.0  # width to height of what may be a number; labels are longer
DISPUTED = 0.3  # confidence where two readings differ
_TALLEST = 1.5  # height to width of what the detector gets at a time
_DETECTION_WIDTH = 900  # pixels of a page's width: lines of text show at that size


@cache
def _engine() -> Any:
    """The recogniser. The direction classifier stays off: it turns 6 and 9, 16 and 91 upside down."""
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise UnreadableDocument(
            "The document is a picture; install nianbao[ocr] to have its characters recognised."
        ) from error
    engine = RapidOCR(
        params={
            "Global.log_level": "critical", "Global.use_cls": False, "Rec.rec_batch_num": _BATCH,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1, "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )  # fmt: skip
    engine(np.full((48, 80, 3), 255, np.uint8), use_det=False, use_cls=False, use_rec=True)  # loads ``text_rec``
    return engine


def check_installed() -> None:
    """Raise UnreadableDocument where recognition is not installed."""
    _engine()


def recognise(crops: list[Picture]) -> list[Reading]:
    """Recognise pictures of one line each (colour or grey, dark on light); readings in the same order."""
    out: list[Reading] = [("", 0.0)] * len(crops)
    by_width: dict[int, list[int]] = {}
    for i, crop in enumerate(crops):
        width = 48 * crop.shape[1] / crop.shape[0]
        by_width.setdefault(next((w for w in _WIDTHS if width <= w), _WIDTHS[-1]), []).append(i)
    for width, indices in by_width.items():
        for i, reading in zip(indices, _batch([crops[i] for i in indices], width), strict=True):
            out[i] = reading
    return out


def recognise_twice(crops: list[Picture]) -> list[Reading]:
    """As ``recognise``, but short crops are read again, somewhat larger and softer.

    Where the two readings differ the first stands, with a confidence of no more than ``DISPUTED``: numbers carry no
    context that would tell 1 from 11, and what sums cannot check must not rest on one look.
    """
    first = recognise(crops)
    again = [i for i, crop in enumerate(crops) if first[i][0] and crop.shape[1] <= _SHORT * crop.shape[0]]
    second = recognise([_softened(crops[i]) for i in again])
    for i, (text, score) in zip(again, second, strict=True):
        agree = text == first[i][0]
        first[i] = (first[i][0], min(first[i][1], score if agree else DISPUTED))
    return first


def _softened(crop: Picture) -> Picture:
    height, width = crop.shape[:2]
    larger = cv2.resize(crop, (width * 3 // 2, height * 3 // 2), interpolation=cv2.INTER_CUBIC)
    margin = height // 4
    paper = int(np.percentile(crop, 90))
    framed = cv2.copyMakeBorder(larger, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=paper)
    return cast(Picture, cv2.GaussianBlur(framed, (3, 3), 0))


def _batch(crops: list[Picture], width: int) -> list[Reading]:
    from rapidocr.ch_ppocr_rec import TextRecInput

    recogniser = _engine().text_rec
    recogniser.rec_image_shape = [3, 48, width]
    found = recogniser(TextRecInput(img=[_coloured(crop) for crop in crops]))
    texts, scores = found.txts or ("",) * len(crops), found.scores or (0.0,) * len(crops)
    return [(text, float(score)) for text, score in zip(texts, scores, strict=True)]


def detect_lines(picture: Picture) -> list[tuple[tuple[float, float, float, float], Reading]]:
    """Find and recognise lines of running text. Boxes are (left, top, right, bottom) in pixels.

    A long screenshot is taken piece by piece, parted where a row of pixels is empty.
    """
    out = []
    top = 0
    while top < picture.shape[0]:
        end = _cut_below(picture, top + int(_TALLEST * picture.shape[1]))
        for (x0, y0, x1, y1), reading in _detect_piece(picture[top:end]):
            out.append(((x0, y0 + top, x1, y1 + top), reading))
        top = end
    return out


def _cut_below(picture: Picture, wanted: int) -> int:
    """The lightest row of pixels in the stretch that ends with row ``wanted``."""
    if wanted >= picture.shape[0]:
        return int(picture.shape[0])
    first = wanted - max(picture.shape[1] // 6, 1)
    return int(first + np.argmax(picture[first:wanted].min(axis=1)) + 1)


def _detect_piece(picture: Picture) -> list[tuple[tuple[float, float, float, float], Reading]]:
    factor = min(_DETECTION_WIDTH / picture.shape[1], 1.0)
    small = cast(Picture, cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
    found = _engine()(_coloured(small), use_det=True, use_cls=False, use_rec=False)
    if found.boxes is None:
        return []
    boxes, crops = [], []
    for corners in found.boxes:
        xs, ys = [float(p[0]) / factor for p in corners], [float(p[1]) / factor for p in corners]
        box = (max(min(xs), 0.0), max(min(ys), 0.0), max(xs), max(ys))
        crop = picture[int(box[1]) : int(box[3]) + 1, int(box[0]) : int(box[2]) + 1]
        if crop.shape[0] > 3 and crop.shape[1] > 3:
            boxes.append(box)
            crops.append(crop)
    return list(zip(boxes, recognise(crops), strict=True))


def _coloured(picture: Picture) -> Picture:
    if picture.ndim == 3:
        return picture
    return cast(Picture, np.repeat(picture[:, :, None], 3, axis=2))
