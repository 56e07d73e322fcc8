"""Characters to lines, and lines to paragraphs, by their places on the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import median

from parsers.readers.flow import join_lines
from parsers.readers.pdf_parts import Box, Char
from parsers.textnorm import raised

_RAISED = 0.75  # of the largest digit's size: a smaller digit is a note's mark
_DASHES = r"[\s\-—–―－_·•.]*"
_PAGE_NUMBER = re.compile(
    rf"{_DASHES}(?:第\s*)?\d{{1,3}}(?:\s*页)?(?:\s*[/／共]+\s*\d{{1,3}}(?:\s*页)?)?{_DASHES}"
)


@dataclass(slots=True)
class Line:
    """One line of text: its characters in reading order and its box."""

    chars: list[Char]
    box: Box
    size: float

    @property
    def text(self) -> str:
        """The line's text, blanks folded."""
        return re.sub(r"[ \u3000]+", " ", "".join(ch.text for ch in self.chars)).strip()


def to_lines(chars: list[Char]) -> list[Line]:
    """Group characters whose middles lie at one height; from top to bottom, each line from left to right."""
    rows: list[list[Char]] = []
    for ch in sorted((ch for ch in chars if not ch.text.isspace()), key=lambda ch: ch.y):
        if rows and abs(ch.y - rows[-1][0].y) <= 0.5 * min(ch.size, rows[-1][0].size, 40.0) + 0.5:
            rows[-1].append(ch)
        else:
            rows.append([ch])
    spaces = {(round(ch.x0, 2), round(ch.top, 1)) for ch in chars if ch.text.isspace()}
    return [_line(sorted(row, key=lambda ch: ch.x0), spaces) for row in rows]


def _line(row: list[Char], spaces: set[tuple[float, float]]) -> Line:
    out: list[Char] = []
    for ch in row:
        last = out[-1] if out else None
        if last is not None:
            gap = ch.x0 - last.x1
            if gap > 1.5 * ch.size or (gap > 0.15 * ch.size and (round(last.x1, 2), round(last.top, 1)) in spaces):
                out.append(Char(" ", last.x1, last.top, ch.x0, last.bottom, ch.size))
        out.append(ch)
    box = Box(out[0].x0, min(c.top for c in out), max(c.x1 for c in out), max(c.bottom for c in out))
    return Line(out, box, median(c.size for c in out))


def cell_text(chars: list[Char]) -> str:
    """Text of one table cell: stream order, which is right inside a cell; a new line where the height changes."""
    lines: list[list[Char]] = []
    for ch in chars:
        last = max(lines[-1][-2:], key=lambda c: c.size) if lines else None
        if last is None or abs(ch.y - last.y) > 0.5 * max(ch.size, last.size):
            lines.append([])
        lines[-1].append(ch)
    texts = ("".join(_marked(line)) for line in lines)
    return "\n".join(text for line in texts if (text := re.sub(r" +", " ", line).strip()))


def _marked(line: list[Char]) -> list[str]:
    """The characters of a line; digits much smaller than others are a note's mark and come out raised (5¹)."""
    sizes = [ch.size for ch in line if ch.text.isdecimal()]
    limit = _RAISED * max(sizes, default=0.0)
    if not sizes or min(sizes) >= limit:
        return [ch.text for ch in line]
    return [raised(ch.text) if ch.size < limit else ch.text for ch in sorted(line, key=lambda ch: ch.x0)]


def is_page_number(line: Line, page_height: float) -> bool:
    """Whether a line is a lone number in the outer eighth of the page's height."""
    edge = line.box.bottom < page_height / 8 or line.box.top > page_height * 7 / 8
    return edge and bool(_PAGE_NUMBER.fullmatch(line.text))


@dataclass(slots=True)
class Flow:
    """A paragraph in the making, and whether its last line ran to the right margin."""

    text: str
    box: Box
    page: int
    size: float
    last: Box
    is_open: bool


def to_paragraphs(lines: list[Line], page: int, margins: tuple[float, float]) -> list[Flow]:
    """Join lines of one column of text. A paragraph ends with a short line, an indent, a gap or another size."""
    left = margins[0]
    out: list[Flow] = []
    for line in lines:
        full = runs_on(line, margins)
        last = out[-1] if out else None
        if last is not None and last.is_open and _continues(line, last, left):
            last.text = join_lines(last.text, line.text)
            left_most, right_most = min(last.box.x0, line.box.x0), max(last.box.x1, line.box.x1)
            last.box = Box(left_most, last.box.top, right_most, line.box.bottom)
            last.last, last.is_open = line.box, full
        else:
            out.append(Flow(line.text, line.box, page, line.size, line.box, full))
    return out


def _continues(line: Line, last: Flow, left: float) -> bool:
    gap = line.box.top - last.last.top
    return starts_flush(line, left) and abs(line.size - last.size) < 0.15 * last.size and 0 < gap < 3.2 * line.size


def runs_on(line: Line, margins: tuple[float, float]) -> bool:
    """Whether a line runs to the right margin; a signature or date set at the right is no line of a paragraph."""
    left, right = margins
    return line.box.x1 >= right - 1.6 * line.size and line.box.x0 < (left + right) / 2


def starts_flush(line: Line, left: float) -> bool:
    """Whether a line begins at the left margin: Chinese paragraphs begin two characters further in."""
    return line.box.x0 < left + 1.2 * line.size


def margins_of(lines: list[Line], page_width: float) -> tuple[float, float]:
    """Left and right margin of the text: where most long lines begin and end.

    Without a line over half of the page nothing shows where the right margin is; then no line reaches it.
    """
    if not any(line.box.x1 - line.box.x0 > page_width / 2 for line in lines):
        return 0.0, page_width * 2
    widest = max(line.box.x1 - line.box.x0 for line in lines)
    long = [line for line in lines if line.box.x1 - line.box.x0 > 0.8 * widest]
    return min(line.box.x0 for line in long), median(line.box.x1 for line in long)
