"""Pictures inside other documents: pages and tables that stand in a Word, OFD or saved web file as pictures."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable
from dataclasses import replace

from parsers import sniff as kinds
from parsers.document import Block, Document, Table
from parsers.readers.errors import LIMITS, UnreadableDocument
from parsers.readers.flow import in_part, number_tables

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
