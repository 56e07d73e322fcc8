"""Tables without vertical rules: columns found by the gaps between words, rows by lines or horizontal rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from parsers.document import Place
from parsers.readers.grid import RawCell
from parsers.readers.pdf_lines import Line, cell_text
from parsers.readers.pdf_parts import Box, Char

_WORD_GAP = 0.8  # of the font size: a wider gap separates columns
_DIGIT_GAP = 0.15  # between digits: those of one number touch
_LABEL_GAP = 0.15  # between a label and the first number behind it, if more numbers stand in columns
_NUMBER = frozenset("0123456789.,-")
_HEADING = re.compile(r"[一二三四五六七八九十]+、.{8}")  # a group label in a narrow column is shorter
_LISTED = re.compile(r"[一二三四五六七八九十]+、")  # a line of a table of contents
_FEWEST_COLUMNS = 3
_FEWEST_ROWS = 3
_SHORT = 40  # characters of a label or a head
_NARROW = 4  # words in a row
_ROW_ALONE = 6  # numbers in columns of their own that make a row of a table
_LOOSE_LINES = 4  # lines with fewer words that may stand between rows (wrapped labels)
_HEAD = 1.5  # of the distance of rows: a line of two words this near over the first row is part of the head
_REACH = 0.45  # of the distance of rows: a line with fewer words this near to a row is part of it


@dataclass(slots=True)
class Aligned:
    """A run of lines that form a table: line numbers ``start`` to ``end`` (exclusive) and the rows."""

    start: int
    end: int
    rows: list[list[RawCell]]
    box: Box


def find_aligned(lines: list[Line], rules: list[Box], page: int) -> list[Aligned]:
    """Find runs of lines that hold words in common columns. ``lines`` go from top to bottom.

    A run needs three lines with three words or more each. Between two horizontal rules all lines are one row.
    """
    words = [words_of(line) for line in lines]
    out: list[Aligned] = []
    at = 0
    while at < len(lines):
        end = _run_end(words, at)
        if end > at:
            out.append(_aligned(lines, words, at, end, rules, page, first=out[-1].end if out else 0))
            end = out[-1].end
        at = max(end, at + 1)
    return out


def words_of(line: Line) -> list[list[Char]]:
    """The words of a line: characters with no gap between them that would part columns."""
    out: list[list[Char]] = []
    for ch in line.chars:
        if ch.text.isspace():
            continue
        last = out[-1][-1] if out else None
        both = last is not None and last.text.isdecimal() and ch.text.isdecimal()
        if last is not None and ch.x0 - last.x1 <= (_DIGIT_GAP if both else _WORD_GAP) * ch.size:
            out[-1].append(ch)
        else:
            out.append([ch])
    return _parted_label(out)


def _parted_label(words: list[list[Char]]) -> list[list[Char]]:
    """The words of a row, its label cut from a number that stands close behind it in the column of its own."""
    if len(words) < _FEWEST_COLUMNS or not all(ch.text in _NUMBER for word in words[1:] for ch in word):
        return words
    label = words[0]
    at = next((n for n in range(len(label), 0, -1) if not label[n - 1].text.isdecimal()), 0)
    if not 0 < at < len(label) or label[at].x0 - label[at - 1].x1 < _LABEL_GAP * label[at].size:
        return words
    return [label[:at], label[at:], *words[1:]]


def _run_end(words: list[list[list[Char]]], at: int) -> int:
    if len(words[at]) < _FEWEST_COLUMNS:
        return _entries_end(words) if at == 0 else at
    rows, loose, end = 0, 0, at
    for i in range(at, len(words)):
        if len(words[i]) >= _FEWEST_COLUMNS or _is_entry(words[i]):
            rows, loose, end = rows + 1, 0, i + 1
        elif _is_heading(words[i]):
            break
        else:
            loose += 1
            if loose > _LOOSE_LINES:
                break
    if rows >= _FEWEST_ROWS or _has_numbers(words[at], _ROW_ALONE):
        return end
    return end if rows > 1 and any(_has_numbers(row, _FEWEST_COLUMNS) for row in words[at:end]) else at


def _entries_end(words: list[list[list[Char]]]) -> int:
    """Where the last rows of a table end that goes on at the top of a page: labels with one number, under one head."""
    end = 0
    rows = []
    for i, row in enumerate(words):
        first = "".join(ch.text for ch in row[0]) if row else ""
        if len(row) not in (1, 2) or len(first) > _SHORT or _LISTED.match(first):
            break
        rows += [row] if len(row) == 2 else []
        end = i + 1 if _is_entry(row) else end
    if not end:
        return 0
    left, right = max(row[0][-1].x1 for row in rows), min(row[1][0].x0 for row in rows)
    return end if left < right else 0


def _has_numbers(words: list[list[Char]], n: int) -> bool:
    """Whether a line has so many numbers in places of their own: the last rows of a table may stand over a page end."""
    return sum(all(ch.text in _NUMBER for ch in word) for word in words) >= n


def _is_entry(words: list[list[Char]]) -> bool:
    """Whether a line is a label with one number, a row of a table that has more columns elsewhere."""
    return len(words) == 2 and all(ch.text in _NUMBER for ch in words[1])


def _is_heading(words: list[list[Char]]) -> bool:
    """Whether a line is the heading of a section, where a table ends."""
    return len(words) == 1 and bool(_HEADING.match("".join(ch.text for ch in words[0])))


def _aligned(
    lines: list[Line], words: list[list[list[Char]]], start: int, end: int, rules: list[Box], page: int, *, first: int
) -> Aligned:
    full = [i for i in range(start, end) if len(words[i]) >= _FEWEST_COLUMNS or _is_entry(words[i])]
    # Between the rows of a narrow table (table 2) stand heads of one word; the rows of a wide one have wrapped labels.
    narrow = max(len(words[i]) for i in full) <= _NARROW
    apart = [i for i in range(start, end) if len(words[i]) > 1] if narrow else full
    steps = [_middle(lines[b]) - _middle(lines[a]) for a, b in pairwise(apart)]
    reach = _REACH * (min if narrow else median)(steps or [1.5 * lines[full[0]].size])
    while start > first and _middle(lines[full[0]]) - _middle(lines[start - 1]) < reach:
        start -= 1
    near = _HEAD * reach / _REACH
    while start > first and len(words[start - 1]) > 1 and _middle(lines[start]) - _middle(lines[start - 1]) < near:
        start -= 1  # heads over several columns
    while end < len(lines) and _middle(lines[end]) - _middle(lines[full[-1]]) < reach:
        end += 1
    boxes = [line.box for line in lines[start:end]]
    frame = Box(min(b.x0 for b in boxes), boxes[0].top, max(b.x1 for b in boxes), max(b.bottom for b in boxes))
    cuts = sorted({round(r.top) for r in rules if r.top == r.bottom and frame.top - 2 < r.top < frame.bottom + 2})
    cuts = [cut for n, cut in enumerate(cuts) if not n or cut - cuts[n - 1] > 2]
    bands: dict[int, list[list[Char]]] = {}
    for i in range(start, end):
        middle = _middle(lines[i])
        if 2 * len(cuts) > len(full):  # else they frame parts of the table, not its rows
            band = sum(1 for cut in cuts if cut < middle)
        else:
            nearest = min(full, key=lambda f: abs(_middle(lines[f]) - middle))
            band = nearest if abs(_middle(lines[nearest]) - middle) < reach else i
        bands.setdefault(band, []).extend(words[i])
    columns = columns_of(words[start:end])
    rows = [_row(bands[band], columns, page) for band in sorted(bands)]
    return Aligned(start, end, rows, frame)


def _middle(line: Line) -> float:
    return (line.box.top + line.box.bottom) / 2


def columns_of(words: list[list[list[Char]]]) -> list[tuple[float, float]]:
    """Column ranges: overlaps of the words in the lines that hold most words. Heads over several columns do not."""
    most = max(map(len, words))
    full = sorted((row for row in words if len(row) >= 0.7 * most), key=len, reverse=True)
    apart = [(w[0].x0, w[-1].x1) for w in full[0]]
    ranges = sorted((w[0].x0, w[-1].x1) for row in full for w in row if not _bridges(w, apart, len(row)))
    out: list[tuple[float, float]] = []
    for x0, x1 in ranges:
        if out and x0 <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], x1))
        else:
            out.append((x0, x1))
    return out


def _bridges(word: list[Char], apart: list[tuple[float, float]], n: int) -> bool:
    """Whether a word of a line with fewer words reaches over several words of the fullest one: heads run together."""
    over = sum(x0 < word[-1].x1 and word[0].x0 < x1 for x0, x1 in apart)
    return n < len(apart) and over > 1


def _row(words: list[list[Char]], columns: list[tuple[float, float]], page: int) -> list[RawCell]:
    """Set words into columns; a word over several columns spans them, words in one column are its lines."""
    taken: dict[int, tuple[int, list[Char]]] = {}
    for word in words:
        x0, x1 = word[0].x0, word[-1].x1
        over = [i for i, (a, b) in enumerate(columns) if x0 < b and a < x1]
        first = over[0] if over else min(range(len(columns)), key=lambda i: abs(columns[i][0] - x0))
        last = over[-1] if over else first
        span, chars = taken.get(first, (1, []))
        taken[first] = (max(span, last - first + 1), [*chars, *_gap(chars, word), *word])
    out: list[RawCell] = []
    column = 0
    while column < len(columns):
        span, chars = taken.get(column, (1, []))
        span = min(span, next((c for c in range(column + 1, len(columns)) if c in taken), len(columns)) - column)
        out.append(RawCell(cell_text(chars), span, place=Place(page=page, box=_box(chars))))
        column += span
    return out


def _gap(chars: list[Char], word: list[Char]) -> list[Char]:
    """A blank between two numbers of one line that fall into one column: they are not one number."""
    last, first = chars[-1] if chars else None, word[0]
    if last is None or not (last.text.isdecimal() and first.text.isdecimal()):
        return []
    return [Char(" ", last.x1, last.top, last.x1, last.bottom, last.size)]


def _box(chars: list[Char]) -> tuple[float, float, float, float] | None:
    if not chars:
        return None
    return (
        round(min(c.x0 for c in chars), 1), round(min(c.top for c in chars), 1),
        round(max(c.x1 for c in chars), 1), round(max(c.bottom for c in chars), 1),
    )  # fmt: skip
