"""The very spot in the archived original that a number was read from, drawn anew on demand.

A page of a PDF or a picture is rendered around the cell, with a frame drawn on it. For HTML, Word, sheets and text our
own reader's table is given, as plain text in cells: nothing of the archived mark-up comes through. Documents are from
outside, so each is opened in a process of its own with limits (``pool``); it may break, the site goes on.
"""

from __future__ import annotations

import io
import multiprocessing
import resource
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pebble import ProcessPool

if TYPE_CHECKING:
    from PIL import Image

    from parsers.document import Cell, Document, Table

SECONDS = 15  # of wall time for one spot
MEMORY = 2 << 30  # bytes of address space
TASKS_PER_PROCESS = 500
SCALE = 2.0  # pixels a point
MAX_PIXELS = 4_000_000
MARGIN = 130.0  # points of page shown above and below the cell
ROWS_AROUND = 40  # rows of a table shown above and below the cell's
MAX_COLUMNS = 40
MAX_TEXT = 240  # characters of one cell
PAGE_WIDTH = 595.0  # points; a picture's boxes are on the scale of an A4 page (parsers/readers/image.py)
FRAME = (190, 30, 20)


@dataclass(frozen=True, slots=True)
class Spot:
    """Which bytes, and which place in them (``Place.as_dict``)."""

    archive_dir: str
    warc_file: str
    warc_offset: int
    warc_length: int
    media_type: str | None
    url: str
    place: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of the drawn table."""

    text: str
    rowspan: int
    colspan: int
    here: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What can be shown: a PNG (``image``), or rows of a table, or neither and a ``reason`` code of words.yml."""

    image: bytes = b""
    across: float = 0.0  # where the middle of the frame is in the picture, 0 to 1
    down: float = 0.0
    rows: tuple[tuple[ShownCell, ...], ...] = ()
    first_row: int = 1  # number of the first row shown, from 1
    reason: str = ""

    @property
    def size(self) -> int:
        """About how many bytes it takes to keep."""
        return len(self.image) + sum(len(c.text) * 2 + 60 for row in self.rows for c in row) + 100


def pool(workers: int = 1) -> ProcessPool:
    """Processes that look things up in documents, with their limits set."""
    context = multiprocessing.get_context("forkserver")  # a plain fork of a process with threads may hang
    return ProcessPool(max_workers=workers, max_tasks=TASKS_PER_PROCESS, initializer=_limit, context=context)


def _limit() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard), hard))


def prepare() -> None:
    """Load what drawing needs into this process; HTML is the commonest original."""
    for name in ("archive.warc", "parsers.readers.html"):
        import_module(name)


def show(spot: Spot) -> Evidence:
    """Draw one spot. Never raises for what the document itself does."""
    from archive.warc import read_payload
    from archive.workdb import ArchiveError
    from parsers.readers import read_all

    try:
        body = read_payload(spot.archive_dir, spot.warc_file, spot.warc_offset, spot.warc_length).body
    except (ArchiveError, OSError):
        return Evidence(reason="not_at_hand")
    try:
        if spot.place.get("box"):
            picture = draw_region(body, spot.place)
            if picture is not None:
                return picture
        return _table(read_all(body, spot.media_type, spot.url), spot.place)
    except Exception:  # a library met bytes that it did not expect, or its limit: the document's fault
        return Evidence(reason="not_drawn")


# ---- pictures ----


def draw_region(body: bytes, place: dict[str, Any]) -> Evidence | None:
    """The part of a page around ``place`` as PNG with the cell framed; None for other kinds of documents."""
    left, top, right, bottom = (float(v) for v in place["box"])
    page_number = int(place.get("page") or 1)
    if body[:1024].lstrip().startswith(b"%PDF"):
        picture, scale, upper = _pdf_strip(body, page_number, top - MARGIN, bottom + MARGIN)
    elif place.get("part") is None and _is_picture(body):
        picture, scale, upper = _picture_strip(body, page_number, top - MARGIN, bottom + MARGIN)
    else:
        return None
    from PIL import ImageDraw

    frame = [(left - 3) * scale, (top - upper - 3) * scale, (right + 3) * scale, (bottom - upper + 3) * scale]
    ImageDraw.Draw(picture).rectangle(frame, outline=FRAME, width=max(2, round(scale * 1.5)))
    out = io.BytesIO()
    picture.quantize(32).save(out, "PNG", optimize=True)
    across, down = (frame[0] + frame[2]) / 2 / picture.width, (frame[1] + frame[3]) / 2 / picture.height
    return Evidence(image=out.getvalue(), across=round(across, 4), down=round(down, 4))


def _pdf_strip(body: bytes, number: int, top: float, bottom: float) -> tuple[Image.Image, float, float]:
    """The strip of a page between two heights in points: picture, pixels a point, its upper edge."""
    import pypdfium2

    with pypdfium2.PdfDocument(body) as document:
        page = document[number - 1]
        width, height = page.get_size()
        top, bottom = max(0.0, top), min(height, bottom)
        scale = min(SCALE, (MAX_PIXELS / max(width * (bottom - top), 1)) ** 0.5)
        # crop is (left, bottom, right, top) to cut off, in points
        picture = page.render(scale=scale, crop=(0, height - bottom, 0, top)).to_pil().convert("RGB")
        return picture, scale, top


def _is_picture(body: bytes) -> bool:
    return body.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")) or body[8:12] == b"WEBP"


def _picture_strip(body: bytes, number: int, top: float, bottom: float) -> tuple[Image.Image, float, float]:
    from PIL import Image, ImageOps

    opened = Image.open(io.BytesIO(body))
    opened.seek(number - 1)
    if opened.width * opened.height > 40 * MAX_PIXELS:
        raise MemoryError
    picture: Image.Image = ImageOps.exif_transpose(opened.convert("RGB"))
    scale = picture.width / PAGE_WIDTH
    top, bottom = max(0.0, top), min(picture.height / scale, bottom)
    picture = picture.crop((0, round(top * scale), picture.width, round(bottom * scale)))
    smaller = min(1.0, SCALE / scale)
    if smaller < 1:
        picture = picture.resize((round(picture.width * smaller), max(1, round(picture.height * smaller))))
    return picture, scale * smaller, top


# ---- tables ----


def _table(documents: list[Document], place: dict[str, Any]) -> Evidence:
    tables = [t for d in documents for t in d.tables if place.get("part") in (None, t.place.part, _part_of(t))]
    number, row, column = place.get("table"), place.get("row"), place.get("column")
    if number is None or row is None or column is None or not 0 <= number < len(tables):
        return Evidence(reason="no_place")
    return table_around(tables[number], row, column)


def _part_of(table: Table) -> str | None:
    return table.cells[0].place.part if table.cells else None


def table_around(table: Table, row: int, column: int) -> Evidence:
    """The rows of a table near one cell, that cell marked."""
    first, last = max(0, row - ROWS_AROUND), min(table.n_rows, row + ROWS_AROUND + 1)
    rows = tuple(
        tuple(_shown(cell, row, column, last) for cell in line if cell.column < MAX_COLUMNS)
        for line in table.rows()[first:last]
    )
    return Evidence(rows=rows, first_row=first + 1)


def _shown(cell: Cell, row: int, column: int, last: int) -> ShownCell:
    here = cell.row <= row < cell.row + cell.rowspan and cell.column <= column < cell.column + cell.colspan
    return ShownCell(cell.text[:MAX_TEXT], min(cell.rowspan, last - cell.row), cell.colspan, here)
