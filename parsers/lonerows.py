"""Rows of a table that hold running text: a report set into one table (saved from a spreadsheet, or laid out so).

Titles, headings of the six parts and sentences that fill a row alone become paragraphs, and the table goes on under
them as another table. Labels that stand alone over the numbers of a standard table stay where they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from parsers.document import Block, Cell, Document, Paragraph, Table

_PROSE = re.compile(
    r"(?!\s*[（(]?(?:备注|注|说明|填报|附注)\s*\d?\s*[:：])(?:"  # a note under a table speaks of the table alone
    r"[一二三四五六七八]\s*、.{0,40}(?:情况|事项|问题|措施|概述|概况|打算)\s*"  # heading of a part
    r"|.*(?:信息公开|政务公开).*(?:报告|年报)\s*(?:[（(].*[）)])?"  # title
    r"|.*[。；;]\s*"  # sentence
    r"|.{60,})",
    re.DOTALL,
)


def prose_out(document: Document) -> Document:
    """The document with the running text of its tables as paragraphs."""
    if not any(isinstance(b, Table) and _lone(b) for b in document.blocks):
        return document
    blocks: list[Block] = []
    for block in document.blocks:
        blocks.extend(_parted(block) if isinstance(block, Table) else [block])
    return replace(document, blocks=tuple(blocks))


def _lone(table: Table) -> dict[int, Cell]:
    """Rows of a source's own grid that hold nothing but one text which reads as prose, by number."""
    if table.kind not in ("exact", "ruled"):
        return {}
    alone: dict[int, Cell | None] = {}
    for cell in table.cells:
        if cell.text and not cell.text.isspace():
            alone[cell.row] = None if cell.row in alone else cell
    lone = {r: c for r, c in alone.items() if c is not None and c.rowspan == 1 and _PROSE.fullmatch(c.text.strip())}
    if not lone:
        return {}
    spanned = {r for c in table.cells if c.rowspan > 1 for r in range(c.row + 1, c.row + c.rowspan)}
    return {r: c for r, c in lone.items() if r not in spanned}


def _parted(table: Table) -> Iterator[Block]:
    lone = _lone(table)
    if not lone:
        yield table
        return
    start = 0
    for row in [*sorted(lone), table.n_rows]:
        cells = tuple(c._replace(row=c.row - start) for c in table.cells if start <= c.row < row)
        if any(c.text.strip() for c in cells):
            yield replace(table, cells=cells)
        if row in lone:
            yield Paragraph(lone[row].text.strip(), lone[row].place)
        start = row + 1
