"""PDF files with a text layer: ruled tables, aligned tables and running text in reading order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pypdfium2 as pdfium

from parsers.document import Block, Cell, Document, Paragraph, Place, Table
from parsers.readers.errors import LIMITS, UnreadableDocument
from parsers.readers.flow import join_lines, number_tables
from parsers.readers.grid import build_table
from parsers.readers.pdf_aligned import Aligned, find_aligned
from parsers.readers.pdf_codes import are_strange
from parsers.readers.pdf_doubles import without_doubles
from parsers.readers.pdf_fonts import stand_in
from parsers.readers.pdf_grid import Grid, find_grids
from parsers.readers.pdf_lines import (
    Flow,
    Line,
    cell_text,
    is_page_number,
    margins_of,
    runs_on,
    starts_flush,
    to_lines,
    to_paragraphs,
)
from parsers.readers.pdf_page import load_page
from parsers.readers.pdf_parts import Box, Char, Page
from parsers.readers.pdf_split import split_columns
from parsers.sniff import PDF

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_LETTERS = 100  # paths of many corners on a page without text: letters drawn as shapes
_FEWEST_CHARS = 8  # on a page that shows a picture, fewer are a stamp or a page number
_PICTURE = 0.5  # of the page: a picture this large may hold the text
_NUMBER = frozenset("0123456789.,")
_STRIPES = 3  # grids of coloured areas that may be the coloured rows of one table
_HELD = 0.75  # of the characters among them
_DOTS = 200  # an inch: what pages are drawn at for recognition


@dataclass(slots=True)
class PageLayout:
    """One page cut into tables and lines. ``is_picture`` says that its text, if any, stands in a picture."""

    page: Page
    tables: list[Table] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    is_picture: bool = False


def open_pdf(data: bytes) -> pdfium.PdfDocument:
    """Open a PDF. An owner password (printing forbidden) is no obstacle; a user password is."""
    try:
        document = pdfium.PdfDocument(data)
        if len(document) == 0:
            raise UnreadableDocument("The PDF has no pages; it is damaged.")
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableDocument("The PDF is locked with a password; save a copy without it.") from error
        raise UnreadableDocument("The PDF is damaged or cut short; fetch it again.") from error
    return document


def read_pdf(data: bytes) -> Document:
    """Read the text layer of a PDF. Tables of kind ``ruled`` or ``aligned`` stay one Table a page.

    Pages whose content is a picture are recognised where the ``ocr`` extra is installed (kind ``ocr``); else they
    are named in ``warnings``. Raises UnreadableDocument for damaged and locked files, and where every page is a
    picture and none can be recognised.
    """
    with stand_in(), open_pdf(data) as document:
        layouts, warnings = read_layouts(document)
        meta = _properties(document)
        recognised = any(layout.is_picture for layout in layouts)
        if recognised:
            warnings.extend(_recognise_pictures(document, layouts))
    pages = {layout.page.number: layout.page for layout in layouts if layout.page.turn}
    blocks = number_tables(to_blocks(layouts))
    return Document(tuple(_as_shown(b, pages) for b in blocks), PDF, meta, tuple(warnings), recognised)


def read_layouts(document: pdfium.PdfDocument) -> tuple[list[PageLayout], list[str]]:
    """Cut every page, up to the limit, into tables and lines. Pages that cannot be loaded become warnings."""
    layouts: list[PageLayout] = []
    warnings: list[str] = []
    cells = 0
    for index in range(min(len(document), LIMITS.max_pages)):
        try:
            page = load_page(document, index)
        except pdfium.PdfiumError:
            warnings.append(f"Page {index + 1} is damaged and was not read.")
            continue
        if page.cut:
            warnings.append(f"Page {index + 1} holds too many objects and was read only in part.")
        layouts.append(lay_out(page))
        cells += sum(len(t.cells) for t in layouts[-1].tables)
        if cells > LIMITS.max_cells:
            warnings.append(f"The document has too many table cells; pages after {index + 1} were not read.")
            break
    # A font that one page shows to be without meanings may lend another page what looks like plain digits.
    if any(are_strange(layout.page.chars) for layout in layouts):
        for layout in layouts:
            layout.is_picture = True
    if not layouts:
        raise UnreadableDocument("No page of the PDF can be loaded; it is damaged.")
    if len(document) > LIMITS.max_pages:
        warnings.append(f"Only the first {LIMITS.max_pages} of {len(document)} pages were read.")
    return layouts, warnings


def _as_shown(block: Block, turned: dict[int, Page]) -> Block:
    """A block with its places as the page is shown, where the page was turned for reading."""
    page = turned.get(block.place.page or 0)
    if page is None:
        return block
    if isinstance(block, Paragraph):
        return block._replace(place=_shown(block.place, page))
    cells = tuple(cell._replace(place=_shown(cell.place, page)) for cell in block.cells)
    return replace(block, cells=cells, place=_shown(block.place, page))


def _shown(place: Place, page: Page) -> Place:
    return place._replace(box=page.shown(Box(*place.box))) if place.box else place


def _recognise_pictures(document: pdfium.PdfDocument, layouts: list[PageLayout]) -> list[str]:
    """Put what recognition reads in place of the pages that are pictures. Returns warnings."""
    from parsers.readers.recognise import check_installed

    pictures = [i for i, layout in enumerate(layouts) if layout.is_picture]
    try:
        check_installed()
    except UnreadableDocument:
        if len(pictures) == len(layouts):
            raise
        pages = ", ".join(str(layouts[i].page.number) for i in pictures)
        return [f"Pages that are pictures were not read: {pages}; install nianbao[ocr] to have them recognised."]
    from parsers.readers.scan import read_pictures

    chosen = pictures[: LIMITS.max_pictures]
    read = read_pictures(_rendered(document, layouts[i].page) for i in chosen)
    for i, layout in zip(chosen, read, strict=True):
        layouts[i] = layout
    if len(pictures) > LIMITS.max_pictures:
        return [f"Only the first {LIMITS.max_pictures} of {len(pictures)} pages that are pictures were read."]
    return []


def _rendered(document: pdfium.PdfDocument, page: Page) -> tuple[int, npt.NDArray[np.uint8], float]:
    """A page as a grey picture: its number, the picture and points a pixel."""
    from parsers.readers.colour import without_colour

    scale = min(_DOTS / 72, (LIMITS.max_pixels / max(page.width * page.height, 1.0)) ** 0.5)
    loaded = document[page.number - 1]
    try:
        picture = loaded.render(scale=scale, rev_byteorder=True, prefer_bgrx=False).to_numpy()
        return page.number, without_colour(picture[:, :, :3]), 1 / scale
    finally:
        loaded.close()


def _properties(document: pdfium.PdfDocument) -> dict[str, str]:
    try:
        found = document.get_metadata_dict(skip_empty=True)
    except (pdfium.PdfiumError, UnicodeDecodeError):  # a broken information dictionary is no reason to stop
        return {}
    return {str(key).lower(): str(value)[:500] for key, value in found.items() if str(value).strip()}


def lay_out(page: Page) -> PageLayout:
    """Cut one page into tables and lines of text."""
    page.chars = without_doubles(page.chars)
    out = PageLayout(page, is_picture=_is_picture(page))
    grids = find_grids(page.rules)
    if not grids and len(page.fills) >= 6:  # cells drawn as coloured areas with gaps between them
        grids = _unless_striped(find_grids(_outlines(page.fills)), page.chars)
    shown = [ch for ch in page.chars if not ch.hidden]
    loose = shown or page.chars
    for grid in grids:
        inside, loose = _split(loose, grid)
        table, strays = _ruled(grid, inside, page.number)
        loose = [*loose, *strays]
        if table:
            out.tables.append(table)
    lines = to_lines(loose)
    for found in reversed(find_aligned(lines, page.rules, page.number)):
        table = _from_aligned(found, page.number)
        if table:
            out.tables.append(table)
            del lines[found.start : found.end]
    out.lines = lines
    return out


def _unless_striped(grids: list[Grid], chars: list[Char]) -> list[Grid]:
    """Grids of coloured areas, if they hold what stands between the first and the last; else only some rows are."""
    if len(grids) < _STRIPES:
        return grids
    boxes = [grid.box for grid in grids]
    left, right = min(b.x0 for b in boxes), max(b.x1 for b in boxes)
    top, bottom = min(b.top for b in boxes), max(b.bottom for b in boxes)
    between = [ch for ch in chars if left <= ch.x <= right and top <= ch.y <= bottom]
    inside = sum(any(_holds(box, ch.x, ch.y) for box in boxes) for ch in between)
    return grids if inside > _HELD * len(between) else []


def _is_picture(page: Page) -> bool:
    """Told by what the text layer is worth: nothing, unseen under a large picture, or codes without meaning."""
    shown = [ch for ch in page.chars if not ch.text.isspace() and not ch.hidden]
    drawn = page.image_area >= _PICTURE or page.n_shapes >= _LETTERS
    return (drawn and len(shown) < _FEWEST_CHARS) or are_strange(page.chars)


def _outlines(fills: list[Box]) -> list[Box]:
    out = []
    for b in fills:
        out += [Box(b.x0, b.top, b.x1, b.top), Box(b.x0, b.bottom, b.x1, b.bottom)]
        out += [Box(b.x0, b.top, b.x0, b.bottom), Box(b.x1, b.top, b.x1, b.bottom)]
    return out


def _split(chars: list[Char], grid: Grid) -> tuple[list[Char], list[Char]]:
    b = grid.box
    inside: list[Char] = []
    outside: list[Char] = []
    for ch in chars:
        within = b.x0 <= ch.x <= b.x1 and b.top <= ch.y <= b.bottom
        (inside if within else outside).append(ch)
    return inside, outside


def _ruled(grid: Grid, chars: list[Char], page: int) -> tuple[Table | None, list[Char]]:
    """Pour characters into the cells by their middles. Returns the table and characters that lie in no cell.

    A number stays whole: where it runs over the edge of its cell, its own middle decides for all its digits.
    """
    texts: list[list[Char]] = [[] for _ in grid.cells]
    strays: list[Char] = []
    order = sorted(range(len(grid.cells)), key=lambda i: grid.cells[i].box.top)
    last = None
    for token in _tokens(chars):
        x, y = (token[0].x0 + token[-1].x1) / 2, token[0].y
        if last is None or not _holds(grid.cells[last].box, x, y):
            last = next((i for i in order if _holds(grid.cells[i].box, x, y)), None)
        (strays if last is None else texts[last]).extend(token)
    if not any(not ch.text.isspace() for ch in chars):
        return None, []
    split = split_columns(grid, texts)
    cells = tuple(
        Cell(g.row, g.column, cell_text(inside)[: LIMITS.max_cell_text], g.rowspan, g.colspan, _place(page, g.box))
        for g, inside in split or zip(grid.cells, texts, strict=True)
    )
    return Table(cells, "aligned" if split else "ruled", _place(page, grid.box)), strays


def _tokens(chars: list[Char]) -> list[list[Char]]:
    """Characters one by one, but the digits of a number together."""
    out: list[list[Char]] = []
    for ch in chars:
        last = out[-1][-1] if out else None
        if (
            last is not None and ch.text in _NUMBER and last.text in _NUMBER
            and abs(ch.y - last.y) < 0.2 * ch.size and -0.3 * ch.size < ch.x0 - last.x1 < 0.15 * ch.size
        ):  # fmt: skip
            out[-1].append(ch)
        else:
            out.append([ch])
    return out


def _holds(box: Box, x: float, y: float) -> bool:
    return box.x0 <= x <= box.x1 and box.top <= y <= box.bottom


def _place(page: int, box: Box) -> Place:
    return Place(page=page, box=(round(box.x0, 1), round(box.top, 1), round(box.x1, 1), round(box.bottom, 1)))


def _from_aligned(found: Aligned, page: int) -> Table | None:
    return build_table(found.rows, "aligned", _place(page, found.box))


def to_blocks(layouts: list[PageLayout]) -> list[Block]:
    """Put tables and paragraphs of all pages in reading order; a paragraph may run over the end of a page."""
    running = _running_lines(layouts)
    out: list[Block] = []
    tail: Flow | None = None  # the paragraph that ends a page in mid-sentence
    widest = max((layout.page.width for layout in layouts), default=0.0)
    margins = margins_of([line for layout in layouts for line in layout.lines], widest)
    for layout in layouts:
        height = layout.page.height
        kept = [line for line in layout.lines
                if not is_page_number(line, height) and _signature(line, height) not in running]  # fmt: skip
        tops = sorted(layout.tables, key=lambda t: t.place.box[1] if t.place.box else 0.0)
        for table, lines in _between(kept, tops):
            if lines:
                tail = _continue(tail, lines, margins)
                flows = to_paragraphs(lines, layout.page.number, margins)
                _emit(out, tail)
                tail = flows.pop() if flows else None
                for flow in flows:
                    _emit(out, flow)
            if table is not None:
                _emit(out, tail)
                tail = None
                out.append(table)
    _emit(out, tail)
    return out[: LIMITS.max_blocks]


def _between(lines: list[Line], tables: list[Table]) -> list[tuple[Table | None, list[Line]]]:
    """Lines in front of each table, and with None those behind the last."""
    out: list[tuple[Table | None, list[Line]]] = []
    at = 0
    for table in tables:
        top = table.place.box[1] if table.place.box else 0.0
        start = at
        while at < len(lines) and lines[at].box.top < top:
            at += 1
        out.append((table, lines[start:at]))
    out.append((None, lines[at:]))
    return out


def _continue(tail: Flow | None, lines: list[Line], margins: tuple[float, float]) -> Flow | None:
    """Let the last paragraph of a page go on with the first lines of the next; takes those lines from ``lines``."""
    while tail is not None and tail.is_open and lines:
        line = lines[0]
        if not starts_flush(line, margins[0]) or abs(line.size - tail.size) >= 0.15 * tail.size:
            break
        tail.text = join_lines(tail.text, line.text)
        tail.is_open = runs_on(line, margins)
        lines.pop(0)
    return tail


def _emit(out: list[Block], flow: Flow | None) -> None:
    if flow is not None and flow.text:
        out.append(Paragraph(flow.text, _place(flow.page, flow.box)))


def _signature(line: Line, height: float) -> tuple[str, int] | None:
    if height / 10 < line.box.top and line.box.bottom < height * 9 / 10:
        return None
    return re.sub(r"\d+", "#", line.text), round(line.box.top / 12)


def _running_lines(layouts: list[PageLayout]) -> set[tuple[str, int] | None]:
    """Heads and feet: the same line, numbers apart, at the same height of three pages or more."""
    counts: dict[tuple[str, int], int] = {}
    for layout in layouts:
        for signature in {_signature(line, layout.page.height) for line in layout.lines}:
            if signature is not None:
                counts[signature] = counts.get(signature, 0) + 1
    return {s for s, n in counts.items() if n >= 3}
