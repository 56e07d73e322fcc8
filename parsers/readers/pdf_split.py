"""Ruled tables whose inner upright rules are missing: one cell of the grid holds the numbers of several columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from parsers.readers.pdf_aligned import columns_of, words_of
from parsers.readers.pdf_grid import Grid, GridCell
from parsers.readers.pdf_lines import to_lines
from parsers.readers.pdf_parts import Box, Char

_FEWEST_ROWS = 3  # with the same count of numbers
_FEWEST_NUMBERS = 3
_NUMBER = frozenset("0123456789.,+-/—－")

Filled = tuple[GridCell, list[Char]]


def split_columns(grid: Grid, texts: Sequence[list[Char]]) -> list[Filled] | None:
    """The cells of a grid with their characters, its crowded columns split; None where no column is crowded.

    A column is crowded where most of its cells hold the same count of numbers, three or more, side by side.
    """
    filled = list(zip(grid.cells, texts, strict=True))
    ranges = {c: found for c in range(grid.n_columns) if (found := _hidden_columns(filled, c)) is not None}
    if not ranges:
        return None
    shift = {c: sum(len(r) - 1 for k, r in ranges.items() if k < c) for c in range(grid.n_columns + 1)}
    out: list[Filled] = []
    for cell, chars in filled:
        wide = shift[cell.column + cell.colspan] - shift[cell.column] + cell.colspan
        moved = replace(cell, column=cell.column + shift[cell.column], colspan=wide)
        if cell.column in ranges and cell.colspan == 1:
            out.extend(_parts(moved, chars, ranges[cell.column]))
        else:
            out.append((moved, chars))
    return out


def _hidden_columns(filled: Sequence[Filled], column: int) -> list[tuple[float, float]] | None:
    rows = [words for cell, chars in filled if cell.column == column and cell.colspan == 1
            for line in to_lines(chars) if _all_numbers(words := words_of(line))]  # fmt: skip
    if not rows:
        return None
    n, votes = Counter(map(len, rows)).most_common(1)[0]
    if n < _FEWEST_NUMBERS or votes < _FEWEST_ROWS or votes * 2 < len(rows):
        return None
    ranges = columns_of([words for words in rows if len(words) == n])
    return ranges if len(ranges) == n else None


def _all_numbers(words: list[list[Char]]) -> bool:
    return len(words) >= _FEWEST_NUMBERS and all(ch.text in _NUMBER for word in words for ch in word)


def _parts(cell: GridCell, chars: list[Char], ranges: list[tuple[float, float]]) -> list[Filled]:
    """One cell a hidden column; the middle of a word decides where it belongs."""
    edges = [cell.box.x0, *((a[1] + b[0]) / 2 for a, b in pairwise(ranges)), cell.box.x1]
    parts: list[list[Char]] = [[] for _ in ranges]
    for line in to_lines(chars):
        for word in words_of(line):
            middle = (word[0].x0 + word[-1].x1) / 2
            at = sum(middle > edge for edge in edges[1:-1])
            parts[at].extend(word)
    return [
        (GridCell(cell.row, cell.column + n, cell.rowspan, 1, Box(x0, cell.box.top, x1, cell.box.bottom)), part)
        for n, (part, (x0, x1)) in enumerate(zip(parts, pairwise(edges), strict=True))
    ]
