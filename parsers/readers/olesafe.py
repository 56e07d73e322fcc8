"""Compound files ([MS-CFB]) whose chains of sectors run in circles: libraries that follow them never end."""

from __future__ import annotations

import io
from collections.abc import Sequence

import olefile  # type: ignore[import-untyped]


def runs_in_circles(data: bytes) -> bool:
    """Whether a chain of sectors comes back to itself, or the file cannot be opened as a compound file at all."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            ole.loadminifat()
            return _has_circle(ole.fat) or _has_circle(ole.minifat)
    except Exception:  # olefile raises many kinds on a damaged directory
        return True


def _has_circle(following: Sequence[int]) -> bool:
    """``following`` has for each sector the number of the next one; numbers beyond the table end a chain."""
    seen = bytearray(len(following))
    for start in range(len(following)):
        path, at = [], start
        while at < len(following) and not seen[at]:
            seen[at] = 1
            path.append(at)
            at = following[at]
        if at < len(following) and seen[at] == 1:
            return True
        for sector in path:
            seen[sector] = 2
    return False
