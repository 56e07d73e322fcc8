"""Blocks of running text: joining lines that a page or a converter has broken."""

from __future__ import annotations

import re

from parsers.document import Block, Paragraph, Place, Table, new_cell, new_place

_ENUMERATOR = re.compile(
    r"[（(]?[一二三四五六七八九十百0-9０-９]{1,3}[)）、.．，,]|第[一二三四五六七八九十]+[条部章节]|[#*•·●]"
)
# A heading may hold 、 and still be whole: 五、因政府信息公开申请行政复议、提起行政诉讼的情况
_HEADING = re.compile(
    r"[（(第]?[一二三四五六七八九十]{1,2}(?:[、.．)），,]|部分)[^，。；:：]{0,40}(?:情况|措施|事项|打算|概述|附表|问题|计划)"
)
_NUMBER = re.compile(r"[\d０-９.,，．\s]+")
_INSIDE = re.compile(r"[，。；、]")
_CLOSED = "。！？；：:!?;”’」』》）)…"
_LAST_CELL, _FIRST_CELL = re.compile(r"\s[\d０-９]+$"), re.compile(r"[\d０-９]+\s")
_LAST_CELLS = re.compile(r"(?:\s[\d０-９]+){2}$")
COLUMNS = re.compile(r"\S {3,}\S")  # blanks that set a line into columns; a sentence has none
_ASCII_EDGE = re.compile(r"[A-Za-z0-9]$")


def join_lines(first: str, second: str) -> str:
    """Put two pieces of one sentence together: a blank only between Latin words."""
    if _ASCII_EDGE.search(first) and re.match(r"[A-Za-z]", second):
        return f"{first} {second}"
    return first + second


def goes_on(first: str, second: str) -> bool:
    """Whether ``second`` continues the sentence in which ``first`` breaks off.

    Only text that has clause punctuation and no closing mark breaks off; titles and signatures have neither. A number
    alone on its line is a cell of a table, and so are numbers on both sides of a break that blanks part from the words,
    two such numbers at its end, and what wide blanks part.
    """
    return bool(
        len(first) >= 20
        and _INSIDE.search(first)
        and first[-1] not in _CLOSED
        and not COLUMNS.search(first)
        and not _HEADING.fullmatch(first)
        and not _ENUMERATOR.match(second)
        and not _NUMBER.fullmatch(second)
        and not _LAST_CELLS.search(first)
        and not (_LAST_CELL.search(first) and _FIRST_CELL.match(second))
        and not re.match(r"[\d０-９二〇○]{4}\s*年[^，。；]*日$", second)
    )


def join_broken(blocks: list[Block]) -> list[Block]:
    """Join neighbouring paragraphs of body text where a line break cuts a sentence."""
    out: list[Block] = []
    for block in blocks:
        last = out[-1] if out else None
        if (
            isinstance(block, Paragraph) and isinstance(last, Paragraph) and not block.level and not last.level
            and goes_on(last.text, block.text)
        ):  # fmt: skip
            out[-1] = Paragraph(join_lines(last.text, block.text), last.place)
        else:
            out.append(block)
    return out


def within(block: Block, path: str) -> Block:
    """The block with its places set inside the element at ``path``."""
    if isinstance(block, Paragraph):
        return block._replace(place=block.place._replace(path=path))
    cells = tuple(c._replace(place=c.place._replace(path=path)) for c in block.cells)
    return Table(cells, block.kind, block.place._replace(path=path))


def in_part(block: Block, name: str) -> Block:
    """The block with its places set in the member ``name``; an inner member's or a sheet's own name follows a slash."""

    def at(place: Place) -> Place:
        return place._replace(part=f"{name}/{place.part}" if place.part else name)

    if isinstance(block, Paragraph):
        return block._replace(place=at(block.place))
    cells = tuple(cell._replace(place=at(cell.place)) for cell in block.cells)
    return Table(cells, block.kind, at(block.place))


def number_tables(blocks: list[Block]) -> tuple[Block, ...]:
    """Give every table and cell its number in the document (``Place.table``, ``row``, ``column``)."""
    out: list[Block] = []
    n = 0
    for block in blocks:
        if isinstance(block, Table):
            out.append(numbered(block, n))
            n += 1
        else:
            out.append(block)
    return tuple(out)


def numbered(table: Table, n: int) -> Table:
    """The table with its number in the document, for itself and its cells."""

    def at(place: Place, row: int | None, column: int | None) -> Place:
        return new_place((place.page, place.box, place.path, place.line, n, row, column, place.part))

    cells = tuple([
        new_cell((c.row, c.column, c.text, c.rowspan, c.colspan, at(c.place, c.row, c.column), c.confidence))
        for c in table.cells
    ])  # fmt: skip
    return Table(cells, table.kind, at(table.place, None, None))
