"""Standard tables that a document prints more than once: last year's for comparison, a sample of how to fill it in.

Only the text over a table can tell it from the report's own, and it counts only where the same table stands elsewhere
in the document without such words. Where nothing tells them apart, both stay, and neither is believed (``locate``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from parsers.document import Block, Document, Paragraph, Table
from parsers.form_model import load_forms
from parsers.labels import core
from parsers.titles import parse_title

_LONGEST = 40  # characters of a caption; sentences name other years as well
_YEAR = re.compile(r"(20\d\d)年(?!\s*\d{1,2}\s*月)")
_EARLIER = re.compile(r"上一?年|去年|往年|同期")
_HEADING_ROWS = 3  # of a table that may say its unit
_SCALED = re.compile(r"单位[:：为]\s*[十百千万](?:件|项|条|次|人次|宗|份)")
_SAMPLE = re.compile(r"示例(?=[（(：:）)]|数据|表|$)|样例|样表|例表|范例|模板|填报说明|填写说明|空白表")


def without_captioned_repeats(document: Document, marks_of: Callable[[Table], Iterable[object]]) -> Document:
    """The document without tables of another year and samples, where it has the same tables of its own as well.

    Nor with tables whose counts are in hundreds or thousands: what they print is not the number of cases.
    ``marks_of`` gives the labels that tell what standard table it is (none: not standard).
    """
    scaled = {n for n, block in enumerate(document.blocks) if isinstance(block, Table) and _is_scaled(block)}
    told: list[tuple[int, frozenset[object], bool]] = []
    for n, (block, foreign) in enumerate(zip(document.blocks, _captioned(document.blocks), strict=True)):
        if isinstance(block, Table) and (marks := frozenset(marks_of(block))):
            told.append((n, marks, foreign))
    own = frozenset().union(*(marks for _, marks, foreign in told if not foreign))
    drop = {n for n, marks, foreign in told if foreign and 2 * len(marks & own) > len(marks)}
    drop |= scaled
    kept = tuple(block for n, block in enumerate(document.blocks) if n not in drop)
    return replace(document, blocks=kept) if drop else document


def _is_scaled(table: Table) -> bool:
    return any(_SCALED.search(cell.text) for cell in table.cells if cell.row < _HEADING_ROWS)


def _captioned(blocks: Sequence[Block]) -> list[bool]:
    """For each block, whether the last caption over it names another year than the last title, or a sample."""
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
            elif not _is_part_heading(block.text):
                foreign = False
        out.append(foreign)
    return out


def _is_foreign_caption(text: str, year: int | None) -> bool:
    """Whether a caption says that the table under it is a sample, or of another year than ``year`` alone."""
    text = "".join(text.split())
    if len(text) > _LONGEST:
        return False
    years = {int(y) for y in _YEAR.findall(text)}
    other = bool(years) and year is not None and year not in years
    return other or bool(_SAMPLE.search(text)) or bool(not years and _EARLIER.search(text))


def _is_part_heading(text: str) -> bool:
    """Whether a paragraph is the heading of one of the parts: it goes on with what the text over it began."""
    words = core(text)
    return len(words) <= _LONGEST and any(
        core(s.label) in words for form in load_forms().values() for s in form.sections
    )
