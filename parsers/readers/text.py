"""Plain text: tab-separated rows, one cell a line, Markdown; what is left when a table has been flattened."""

from __future__ import annotations

import re

from parsers.decode import decode
from parsers.document import Block, Document, Paragraph, Place
from parsers.readers.delimited import delimited_blocks
from parsers.readers.errors import LIMITS
from parsers.readers.flow import COLUMNS, join_broken, number_tables
from parsers.readers.grid import RawCell, build_table
from parsers.readers.meta import labelled
from parsers.sniff import TEXT

_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_PIPE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")

_MOST_LINES = 12  # of a label that stands upright in its cell
_LONGEST_LINE = 40
# A number, a sentence, the heading of a part (一、… with 情况 or 事项), the caption of a table.
_OWN_LINE = re.compile(
    r"^\W*\d*\W*$(?<![、（）()“”])|[。！？]|^\s*#|20\d\d|^\s*[（(]?[注单]|表\W*$|[一二三四五六]、.*(?:情况|事项)\s*$"
)

Line = tuple[int, str]  # number from 1, text without its end


def read_text(data: bytes, declared: str | None = None) -> Document:
    """Read plain text, Markdown or comma-separated values (``delimited``).

    Tables come out as kind ``text``, one grid row a line of tab-separated cells.

    Places carry the line, counted from 1. A blank line or form feed inside a table ends it, except in a dump with
    one cell a line, where it ends a row. Text that only runs together stays in its paragraph.
    """
    text, warnings = decoded_text(data, declared)
    return text_document(delimited_blocks(text) or text_blocks(text), warnings)


def decoded_text(data: bytes, declared: str | None) -> tuple[str, tuple[str, ...]]:
    """The text with ``\\n`` line ends, and what is to be said of it."""
    cut: tuple[str, ...] = ()
    if len(data) > LIMITS.max_markup_bytes:
        data, cut = data[: LIMITS.max_markup_bytes], ("The text is too long and was read only in part.",)
    decoded = decode(data, declared)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").replace("\x00", "")
    return text, decoded.warnings + cut


def text_document(blocks: list[Block], warnings: tuple[str, ...]) -> Document:
    """The document of some blocks of text."""
    meta = labelled(b.text for b in blocks if isinstance(b, Paragraph))
    return Document(number_tables(blocks), TEXT, meta, warnings)


def text_blocks(text: str, first: int = 1) -> list[Block]:
    """Cut decoded text with ``\\n`` line ends into paragraphs and tables; ``first``: the number of its first line."""
    lines: list[Line] = list(enumerate(text.split("\n"), first))
    blocks: list[Block] = []
    at = 0
    while at < len(lines) and len(blocks) < LIMITS.max_blocks:
        rows, after = _take_table(lines, at)
        if after > at:
            table = build_table(rows, "text", Place(line=lines[at][0]), trim=False)
            blocks.extend([table] if table else [])
            at = after
            continue
        paragraph = _paragraph(*lines[at])
        blocks.extend([paragraph] if paragraph else [])
        at += 1
    return join_broken(blocks)


def _paragraph(number: int, line: str) -> Paragraph | None:
    heading = _HEADING.match(line)
    text = _EMPHASIS.sub(r"\2", heading.group(2) if heading else line).strip()
    if not text:
        return None
    if COLUMNS.search(text):  # of a page's layout: where they stand says whose they are
        text = line.rstrip()
    return Paragraph(text, Place(line=number), len(heading.group(1)) if heading else 0)


def _take_table(lines: list[Line], at: int) -> tuple[list[list[RawCell]], int]:
    """Return the rows of the table that begins at ``at`` and where it ends; ``at`` itself where none begins."""
    line = lines[at][1]
    if "\t" in line and line.strip():
        dump = _take_dump(lines, at)
        return dump if dump[1] > at else _take_tabbed(lines, at)
    if "\t" in line and at + 1 < len(lines) and "\t" in lines[at + 1][1]:
        return _take_tabbed(lines, at)
    if "|" in line and _is_piped(lines, at):
        return _take_pipes(lines, at)
    return [], at


def _is_piped(lines: list[Line], at: int) -> bool:
    """Whether bars part cells: a rule of Markdown under the first line, or bars in the next two lines as well."""
    one, *after = (line for _, line in lines[at : at + 3])
    ruled = bool(after) and "|" in after[0] and bool(_PIPE_RULE.match(after[0]))
    return ruled or [line.count("|") > 1 for line in (one, *after)] == [True, True, True]


def _take_tabbed(lines: list[Line], at: int) -> tuple[list[list[RawCell]], int]:
    whole, end = _whole_lines(lines, at, "\t")
    if end == at + 1 and not lines[at][1].strip("\t 　").count("\t"):
        return [], at  # one line with a tab for indentation is no table
    return [[RawCell(_clean(part), place=Place(line=n)) for part in line.split("\t")] for n, line in whole], end


def _whole_lines(lines: list[Line], at: int, sign: str) -> tuple[list[Line], int]:
    """The lines of a table whose cells ``sign`` parts, from ``at``, and where it ends.

    A cell that is broken over several lines, as browsers copy a cell with line breaks, goes on in the next line that
    has the sign.
    """
    out: list[Line] = []
    end = at
    while end < len(lines):
        last = end if sign in lines[end][1] else _last_of_broken(lines, end, sign)
        if last is None:
            break
        begun = [line.strip() for _, line in lines[end:last]]
        out.append((lines[last][0], "\n".join([*begun, lines[last][1]])))
        end = last + 1
    return out, end


def _last_of_broken(lines: list[Line], at: int, sign: str) -> int | None:
    """The line with the end of a cell that begins at ``at``; None for a sentence, a heading, a caption or a number."""
    for end in range(at, min(at + _MOST_LINES, len(lines))):
        line = lines[end][1]
        if sign in line:
            return end
        if not line.strip() or len(line) > _LONGEST_LINE or _OWN_LINE.search(line):
            return None
    return None


def _take_dump(lines: list[Line], at: int) -> tuple[list[list[RawCell]], int]:
    """One cell a line: a tab leads each cell, a blank line ends a row, other lines go on with the cell before."""
    rows: list[list[RawCell]] = [[]]
    cells = 0
    end = at
    while end < len(lines):
        number, line = lines[end]
        if not line:
            following = lines[end + 1][1] if end + 1 < len(lines) else ""
            if not _leads_cell(following):
                break
            rows.append([])
        elif _leads_cell(line):
            before, _, cell = line.partition("\t")
            if before:  # a blank in front of the tab stands where a cell of its own should be
                rows[-1].append(RawCell(before, place=Place(line=number)))
            rows[-1].append(RawCell(_clean(cell), place=Place(line=number)))
            cells += 1
        elif "\t" not in line and rows[-1]:
            last = rows[-1][-1]
            last.text = f"{last.text}\n{_clean(line)}".strip()
        else:
            return [], at
        end += 1
    if cells < 4 or len(rows) < 2 or max(len(row) for row in rows) < 2:
        return [], at
    return [row for row in rows if row], end


def _leads_cell(line: str) -> bool:
    before, tab, after = line.partition("\t")
    return bool(tab) and not before.strip() and "\t" not in after


def _take_pipes(lines: list[Line], at: int) -> tuple[list[list[RawCell]], int]:
    whole, end = _whole_lines(lines, at, "|")
    rows = []
    for number, line in whole:
        if not _PIPE_RULE.match(line):
            parts = re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))
            rows.append([RawCell(_clean(p.replace("\\|", "|")), place=Place(line=number)) for p in parts])
    return rows, end


def _clean(text: str) -> str:
    return _EMPHASIS.sub(r"\2", text.replace("<br>", "\n")).strip()
