"""Fonts for reading a PDF that does not carry its own: one stand-in, so that every machine reads the same.

pdfium asks the machine for a font that the file names but does not hold (SimSun, STSong-Light), and takes the extent of
each character from it. Where the machine has no Chinese font, characters get no extent, text of turned pages is left
out, and letters printed twice for boldness stay double. The stand-in (``parsers/data/standin.ttf``, made by
``docs/make_standin_font.py``) has one plain box for every wide and one for every narrow character.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from typing import Any

from pypdfium2 import PdfSysfontBase

_NAME = b"nianbao stand-in\0"
_GB, _BIG5, _SHIFT_JIS, _HANGUL = 134, 136, 128, 129  # character sets as pdfium numbers them (fpdf_sysfontinfo.h)
_WIDE = frozenset((_GB, _BIG5, _SHIFT_JIS, _HANGUL))
_WHOLE_FILE = 0
_STAND_IN = 1  # a handle: the machine's fonts have addresses


@contextmanager
def stand_in() -> Iterator[None]:
    """While this lasts, pdfium takes the stand-in for Chinese fonts that a document lacks, and none of the machine.

    Otherwise pages are drawn with the machine's fonts. Not for two threads at once: pdfium has one setting.
    """
    fonts = _installed()
    fonts.standing_in = True
    try:
        yield
    finally:
        fonts.standing_in = False


@cache
def _installed() -> _Fonts:
    # Once and for all: pdfium that has been given fonts of ours and is told to drop them finds none of the machine's.
    fonts = _Fonts()
    fonts.setup()
    return fonts


class _Fonts(PdfSysfontBase):  # type: ignore[misc]
    """Answers pdfium's questions for fonts; the names of the methods are pdfium's, as is what is not said here."""

    def __init__(self) -> None:
        super().__init__()
        self.standing_in = False
        self._file = (resources.files("parsers") / "data" / "standin.ttf").read_bytes()

    def MapFont(  # noqa: N802
        self, _: Any, weight: int, italic: int, charset: int, pitch: int, face: Any, exact: Any
    ) -> Any:
        """The stand-in for the character sets of East Asia; for others none: pdfium has Latin fonts of its own."""
        if self.standing_in:
            return _STAND_IN if charset in _WIDE else None
        return super().MapFont(_, weight, italic, charset, pitch, face, exact)

    def GetFont(self, _: Any, face: Any) -> Any:  # noqa: N802
        """No font is known by its name alone."""
        return None if self.standing_in else super().GetFont(_, face)

    def GetFontData(self, _: Any, font: Any, table: int, buffer: Any, size: int) -> int:  # noqa: N802
        """Of the stand-in the whole file; no single tables."""
        if font == _STAND_IN:
            return _copy(self._file, buffer, size) if table == _WHOLE_FILE else 0
        return int(super().GetFontData(_, font, table, buffer, size))

    def GetFaceName(self, _: Any, font: Any, buffer: Any, size: int) -> int:  # noqa: N802
        """The name under which pdfium remembers the font."""
        if font == _STAND_IN:
            return _copy(_NAME, buffer, size)
        return int(super().GetFaceName(_, font, buffer, size))

    def GetFontCharset(self, _: Any, font: Any) -> int:  # noqa: N802
        """The character set of a font."""
        return _GB if font == _STAND_IN else int(super().GetFontCharset(_, font))

    def DeleteFont(self, _: Any, font: Any) -> None:  # noqa: N802
        """Nothing is held for the stand-in."""
        if font != _STAND_IN:
            super().DeleteFont(_, font)


def _copy(data: bytes, buffer: Any, size: int) -> int:
    """Put ``data`` into pdfium's buffer if it is large enough; the size it takes in any case."""
    if buffer and size >= len(data):
        ctypes.memmove(buffer, data, len(data))
    return len(data)
