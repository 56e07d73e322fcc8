"""Pictures: PNG, JPEG, GIF, BMP, TIFF, WebP. Long screenshots are read as one page."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from parsers.document import Document
from parsers.readers.errors import LIMITS, UnreadableDocument
from parsers.readers.flow import number_tables

if TYPE_CHECKING:
    from PIL import Image

    from parsers.readers.recognise import Picture

_SMALLEST = 200  # pixels: an icon, no page
_FAIR_WIDTH = 1_600  # pixels of an A4 page's width at 200 dots an inch
_PAGE_WIDTH = 595.0  # points of A4
_DAMAGED = "The picture is damaged or far too large; it is not read."


def read_image(data: bytes, kind: str) -> Document:
    """Recognise a picture of a report, all its frames. Tables are of kind ``ocr``.

    A picture says little of its true size, so its width counts as that of an A4 page: boxes are in points on that
    scale. Raises UnreadableDocument for icons, damaged and oversized pictures, and without the ``ocr`` extra.
    """
    from parsers.readers.recognise import check_installed

    check_installed()
    from PIL import Image

    from parsers.readers.pdf import to_blocks
    from parsers.readers.scan import read_pictures

    notes: list[str] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # measured below, against our own limit
            picture = Image.open(io.BytesIO(data))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadableDocument(_DAMAGED) from error
    if min(picture.size) < _SMALLEST:
        raise UnreadableDocument("The picture is too small to hold a report.")
    layouts = read_pictures(_frames(picture, notes))
    if not layouts:
        raise UnreadableDocument(_DAMAGED)
    return Document(number_tables(to_blocks(layouts)), kind, {}, tuple(notes), recognised=True)


def _frames(picture: Image.Image, notes: list[str]) -> Iterator[tuple[int, Picture, float]]:
    """Number, grey picture and points a pixel of each frame; why the last ones are left out goes to ``notes``."""
    from PIL import Image, ImageSequence

    try:
        for number, frame in enumerate(ImageSequence.Iterator(picture), 1):
            if number > LIMITS.max_pages or frame.width * frame.height > LIMITS.max_pixels:
                notes.append(f"Frame {number} and those behind it are beyond the limits and were not read.")
                return
            grey = _grey(frame)
            yield number, grey, _PAGE_WIDTH / grey.shape[1]
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        notes.append("The picture is damaged; only its first part was read.")


def _grey(frame: Image.Image) -> Picture:
    """The frame without colours, large enough for the recogniser: it wants characters of some 30 pixels."""
    import numpy as np
    from PIL import Image, ImageOps

    from parsers.readers.colour import without_colour

    upright = ImageOps.exif_transpose(_on_white(frame))
    factor = min(_FAIR_WIDTH / upright.width, 2.5, (LIMITS.max_pixels / (upright.width * upright.height)) ** 0.5)
    grey = upright if upright.mode == "L" else Image.fromarray(without_colour(np.asarray(upright.convert("RGB"))))
    if factor > 1:
        grey = grey.resize((int(grey.width * factor), int(grey.height * factor)), Image.Resampling.LANCZOS)
    return np.asarray(grey, np.uint8)


def _on_white(frame: Image.Image) -> Image.Image:
    from PIL import Image

    if frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info:
        ground = Image.new("RGBA", frame.size, "white")
        return Image.alpha_composite(ground, frame.convert("RGBA"))
    return frame
