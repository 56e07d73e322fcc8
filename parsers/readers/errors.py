"""What a reader raises, and the limits that keep a hostile document small."""

from __future__ import annotations

from dataclasses import dataclass


class UnreadableDocument(Exception):  # noqa: N818 - it names the document's state, not a fault of ours
    """The bytes cannot be read as a document. ``str(error)`` is one plain sentence: what is wrong, what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what one document may cost. A real report stays under a tenth of each."""

    max_bytes: int = 64 << 20  # the file itself, and one archive member unpacked
    max_markup_bytes: int = 24 << 20  # HTML, text, one XML part: text of a report is under 1 MB
    max_unpacked: int = 256 << 20  # all members of an archive together
    max_ratio: int = 200  # unpacked size against packed size of a member over ``ratio_from``
    ratio_from: int = 1 << 20  # small members may compress as they like
    max_members: int = 500  # files in an archive
    max_nesting: int = 2  # archives inside archives
    max_pages: int = 200
    max_page_objects: int = 40_000  # characters, and apart from them drawn paths, of one PDF page
    max_rules: int = 3_000  # rules of one page that take part in the table search
    max_cells: int = 60_000  # cells of one document
    max_rows: int = 5_000  # grid rows of one table
    max_columns: int = 256  # grid columns of one table
    max_span: int = 1_000  # HTML's own cap on colspan
    max_depth: int = 400  # nesting of elements whose path is still told apart
    max_unclosed: int = 5_000  # elements open at one time: the time HTML parsers take grows with its square
    max_blocks: int = 40_000
    max_events: int = 400_000  # elements, their ends and texts of one page: a portal's home page has some 10,000
    max_cell_text: int = 20_000
    max_pictures: int = 60  # pages to recognise: some two seconds each
    max_pixels: int = 60_000_000  # of one picture
    child_seconds: int = 90  # a converter's run
    child_memory: int = 2 << 30


LIMITS = Limits()
