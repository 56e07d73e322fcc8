"""Text with tables of HTML in it, as recognition services and converters write Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.document import Block, Document, Place, Table
from parsers.readers.flow import join_broken
from parsers.readers.html import read_html
from parsers.readers.text import decoded_text, text_blocks, text_document

_TABLE = re.compile(r"<table\b", re.IGNORECASE)
_EDGE = re.compile(r"<(/?)table\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:html|body|div|center|span|font|img|b|strong|u)\b[^<>]*>", re.IGNORECASE)


def read_markdown(data: bytes, declared: str | None = None) -> Document:
    """Read text whose tables are HTML: the grids are the source's own (kind ``exact``), a line is a paragraph.

    Places carry the line, counted from 1; those of a table that on which it begins.
    """
    text, warnings = decoded_text(data, declared)
    blocks: list[Block] = []
    at, line = 0, 1
    for start, end in _tables(text):
        before = text[at:start]
        blocks += text_blocks(_TAG.sub("", before), line)
        line += before.count("\n")
        blocks += _at_line(text[start:end], line)
        line += text.count("\n", start, end)
        at = end
    blocks += text_blocks(_TAG.sub("", text[at:]), line)
    return text_document(join_broken(blocks), warnings)


def _tables(text: str) -> Iterator[tuple[int, int]]:
    """Where the outermost tables begin and end; one that is not closed ends with the text."""
    at = 0
    while first := _TABLE.search(text, at):
        depth, at = 0, len(text)
        for edge in _EDGE.finditer(text, first.start()):
            depth += -1 if edge[1] else 1
            if depth < 1:
                at = edge.end()
                break
        yield first.start(), at


def _at_line(markup: str, line: int) -> list[Block]:
    """The blocks of a piece of HTML, their places being the line."""
    place = Place(line=line)
    blocks = read_html(f"<meta charset=utf-8>{markup}".encode()).blocks
    return [
        Table(tuple(c._replace(place=place) for c in b.cells), b.kind, place) if isinstance(b, Table)
        else type(b)(b.text, place, b.level)
        for b in blocks
    ]  # fmt: skip
