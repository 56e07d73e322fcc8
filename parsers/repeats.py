"""Standard tables that a document prints more than once: last year's for comparison, a sample of how to fill it in.

Only the text over a table can tell it from the report's own, and it counts only where the same table stands elsewhere
in the document without such words. Where nothing tells them apart, both stay, and neither is believed (``locate``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from parsers.captions import LONGEST, SAMPLE, YEAR, is_part_heading, names_other_year
from parsers.document import Block, Document, Paragraph, Table
from parsers.titles import parse_title

_EARLIER = re.compile(r"上一?年|去年|往年|同期")


def without_captioned_repeats(document: Document, marks_of: Callable[[Table], Iterable[object]]) -> Document:
    """The document without tables of another year and samples, where it has the same tables of its own as well.

    ``marks_of`` gives the labels that tell what standard table it is (none: not standard).
    """
    told: list[tuple[int, frozenset[object], bool]] = []
    captioned = _captioned(document.blocks)
    if any(captioned):  # as in few documents
        for n, (block, foreign) in enumerate(zip(document.blocks, captioned, strict=True)):
            if isinstance(block, Table) and (marks := frozenset(marks_of(block))):
                told.append((n, marks, foreign))
    own = frozenset().union(*(marks for _, marks, foreign in told if not foreign))
    drop = {n for n, marks, foreign in told if foreign and 2 * len(marks & own) > len(marks)}
    # Emptied, not taken out: the words over it are those of no other table.
    kept = (replace(b, cells=()) if n in drop and isinstance(b, Table) else b for n, b in enumerate(document.blocks))
    return replace(document, blocks=tuple(kept)) if drop else document


def _captioned(blocks: Sequence[Block]) -> list[bool]:
    """For each block, whether the last caption over it, or its own heading, names another year than the last title,
    or a sample."""
    out: list[bool] = []
    year: int | None = None
    foreign = False
    for block in blocks:
        if isinstance(block, Paragraph):
            title = parse_title(block.text)
            if title is not None and title.kind == "report" and title.year is not None:
                year, foreign = title.year, False
            elif _is_foreign_caption(block.text, year):
                foreign = True
            elif foreign and not is_part_heading(block.text):
                foreign = False
        own = isinstance(block, Table) and year is not None and names_other_year(block, (year,))
        out.append(foreign or own)
    return out


def _is_foreign_caption(text: str, year: int | None) -> bool:
    """Whether a caption says that the table under it is a sample, or of another year than ``year`` alone."""
    text = "".join(text.split())
    if len(text) > LONGEST:
        return False
    years = {int(y) for y in YEAR.findall(text)}
    other = bool(years) and year is not None and year not in years
    return other or bool(SAMPLE.search(text)) or bool(not years and _EARLIER.search(text))
