"""Pictures: PNG, JPEG, GIF, BMP, TIFF, WebP. Long screenshots are read as one page."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from parsers.document import Document
from parsers.readers.errors import LIMITS, UnreadableDocument
from parsers.readers.flow import number_tables

if TYPE_CHECKING:
    from PIL import Image

_SMALLEST = 200  # pixels: an icon, no page
_FAIR_WIDTH = 1_600  # pixels of an A4 page's width at 200 dots an inch
_PAGE_WIDTH = 595.0  # points of A4


def read_image(data: bytes, kind: str) -> Document:
    """Recognise a picture of a report, all its frames. Tables are of kind ``ocr``.

    A picture says little of its true size, so its width counts as that of an A4 page: boxes are in points on that
    scale. Raises UnreadableDocument for icons, damaged and oversized pictures, and without the ``ocr`` extra.
    """
    from parsers.readers.recognise import check_installed

    check_installed()
    import numpy as np
    from PIL import Image, ImageOps, ImageSequence

    from parsers.readers.pdf import PageLayout, to_blocks
    from parsers.readers.scan import read_picture

    layouts: list[PageLayout] = []
    notes: list[str] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # measured below, against our own limit
            picture = Image.open(io.BytesIO(data))
        if min(picture.size) < _SMALLEST:
            raise UnreadableDocument("The picture is too small to hold a report.")
        for number, frame in enumerate(ImageSequence.Iterator(picture), 1):
            if number > LIMITS.max_pages or frame.width * frame.height > LIMITS.max_pixels:
                notes.append(f"Frame {number} and those behind it are beyond the limits and were not read.")
                break
            grey = ImageOps.exif_transpose(_on_white(frame)).convert("L")
            # The recogniser wants characters of some 30 pixels.
            factor = min(_FAIR_WIDTH / grey.width, 2.5, (LIMITS.max_pixels / (grey.width * grey.height)) ** 0.5)
            if factor > 1:
                size = (int(grey.width * factor), int(grey.height * factor))
                grey = grey.resize(size, Image.Resampling.LANCZOS)
            layouts.append(read_picture(np.asarray(grey), number, _PAGE_WIDTH / grey.width))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        if not layouts:
            raise UnreadableDocument("The picture is damaged or far too large; it is not read.") from error
        notes.append("The picture is damaged; only its first part was read.")
    if not layouts:
        raise UnreadableDocument("The picture is far too large; it is not read.")
    return Document(number_tables(to_blocks(layouts)), kind, {}, tuple(notes))


def _on_white(frame: Image.Image) -> Image.Image:
    from PIL import Image

    if frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info:
        ground = Image.new("RGBA", frame.size, "white")
        return Image.alpha_composite(ground, frame.convert("RGBA"))
    return frame
