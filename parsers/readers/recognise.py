"""Character recognition of cut-out lines: RapidOCR with the models it brings along, never from the network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any, cast

import cv2
import numpy as np
import numpy.typing as npt

from parsers.readers.errors import UnreadableDocument

Picture = npt.NDArray[np.uint8]
Reading = tuple[str, float]  # text, confidence 0 to 1

_HEIGHT = 48  # pixels of the model's input
# Of its width: the library pads all cuts to 320, which makes the many cells of one or two characters cost five times
# as much. At 40 noughts are taken for letters.
_NARROWEST = 48
_BATCH = 4  # more at a time costs more a piece: it no longer fits the cache
_SQUEEZED = 160  # pixels: wider cuts are text, which is read as well
_SQUEEZE = 0.55  # at this share of its width
_TALLEST = 1.5  # height to width of what the detector gets at a time
_LEAST_SIDE = 64  # pixels: what is smaller the detector enlarges; the library's 736 makes a signature a whole page
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
            "Det.limit_side_len": _LEAST_SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1, "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )  # fmt: skip
    engine(np.full((48, 80, 3), 255, np.uint8), use_det=False, use_cls=False, use_rec=True)  # loads ``text_rec``
    return engine


def check_installed() -> None:
    """Raise UnreadableDocument where recognition is not installed."""
    _engine()


def recognise(crops: Sequence[Picture]) -> list[Reading]:
    """Recognise pictures of one line each (colour or grey, dark on light); readings in the same order."""
    out: list[Reading] = [("", 0.0)] * len(crops)
    by_width: dict[int, list[int]] = {}
    for i, crop in enumerate(crops):
        by_width.setdefault(_input_width(crop), []).append(i)
    for width, indices in by_width.items():
        for i, reading in zip(indices, _batch([crops[i] for i in indices], width), strict=True):
            out[i] = reading
    return out


def _input_width(crop: Picture) -> int:
    """Width of the model's input for a cut: what it needs at the model's height, rounded up by a tenth or so."""
    need: float = _HEIGHT * crop.shape[1] / crop.shape[0]
    need = max(need * _SQUEEZE, _SQUEEZED) if need > _SQUEEZED else need
    step = 16 if need < 320 else 32
    return max(_NARROWEST, math.ceil(need / step) * step)


def _batch(crops: list[Picture], width: int) -> list[Reading]:
    from rapidocr.ch_ppocr_rec import TextRecInput

    recogniser = _engine().text_rec
    recogniser.rec_image_shape = [3, _HEIGHT, width]
    found = recogniser(TextRecInput(img=[_coloured(_fitted(crop, width)) for crop in crops]))
    texts, scores = found.txts or ("",) * len(crops), found.scores or (0.0,) * len(crops)
    return [(text, float(score)) for text, score in zip(texts, scores, strict=True)]


def _fitted(crop: Picture, width: int) -> Picture:
    """The cut as narrow as the model's input wants it; it is never widened."""
    room = crop.shape[0] * width // _HEIGHT
    if crop.shape[1] <= room:
        return crop
    return cast(Picture, cv2.resize(crop, (room, crop.shape[0]), interpolation=cv2.INTER_AREA))


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
