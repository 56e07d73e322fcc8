"""Pictures and workbooks inside other documents: pages and tables that stand in a Word, OFD or web file as such."""

from __future__ import annotations

import base64
import binascii
import io
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from parsers import sniff as kinds
from parsers.document import Block, Document, Table
from parsers.readers.errors import LIMITS, UnreadableDocument
from parsers.readers.flow import in_part, number_tables

_IN_MARK_UP = re.compile(rb"data:image/[\w.+-]{1,20};base64,([A-Za-z0-9+/=\s]{1000,})")
_LEAST_WIDTH, _LEAST_HEIGHT = 400, 200  # pixels: less is a seal, a code or an ornament


def with_pictures(document: Document, pictures: Iterable[tuple[str, bytes]]) -> Document:
    """The document with what its pictures say behind its own blocks.

    ``pictures``: name and bytes of each, in reading order. Their blocks carry the name as ``part``. Without the
    ``ocr`` extra, and for pictures that cannot be read, a warning says what is missing.
    """
    blocks: list[Block] = list(document.blocks)
    notes = list(document.warnings)
    large = ((name, data) for name, data in pictures if _is_large(data))
    for n, (name, data) in enumerate(large):
        if n >= LIMITS.max_pictures:
            notes.append(f"Only the first {n} pictures in the document were read.")
            break
        try:
            blocks.extend(in_part(block, name) for block in _recognised(data))
        except UnreadableDocument as error:
            notes.append(f"A picture in the document ({name}) was not read: {error}")
    return replace(document, blocks=number_tables(blocks), warnings=tuple(notes))


def with_workbooks(document: Document, objects: Iterable[tuple[str, bytes]]) -> Document:
    """The document with the workbooks inside it behind its own blocks: tables that were pasted as objects.

    ``objects``: name and bytes of each, in reading order; what is no workbook is passed over.
    """
    from parsers.readers.sheet import read_sheet

    blocks: list[Block] = list(document.blocks)
    notes = list(document.warnings)
    for name, data in islice(objects, LIMITS.max_pictures):
        kind = kinds.sniff(data)
        if kind in (kinds.XLSX, kinds.XLS):
            try:
                blocks.extend(in_part(block, name) for block in read_sheet(data, kind).blocks)
            except UnreadableDocument as error:
                notes.append(f"A workbook in the document ({name}) was not read: {error}")
    return replace(document, blocks=number_tables(blocks), warnings=tuple(notes))


def pictures_in_page(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of the pictures that a page's mark-up holds itself (``data:`` addresses), in order."""
    for n, found in enumerate(islice(_IN_MARK_UP.finditer(data), 2 * LIMITS.max_pictures), 1):
        with suppress(binascii.Error):
            yield f"picture {n} in the page", base64.b64decode(found[1])


def has_table(document: Document) -> bool:
    """Whether a document has a table of its own: then its pictures are photographs and charts."""
    return any(isinstance(block, Table) for block in document.blocks)


def _recognised(data: bytes) -> tuple[Block, ...]:
    from parsers.readers.image import read_image

    return read_image(data, kinds.sniff(data)).blocks


def _is_large(data: bytes) -> bool:
    """Whether a picture is large enough to be a page or a table."""
    from PIL import Image

    if kinds.sniff(data) not in kinds.IMAGES:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the reader has a limit of its own
            width, height = Image.open(io.BytesIO(data)).size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return bool(width >= _LEAST_WIDTH and height >= _LEAST_HEIGHT)
