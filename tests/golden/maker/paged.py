"""Reports set on pages: one layout for PDF files and for pictures. Points, from the top left corner."""

from __future__ import annotations

from dataclasses import dataclass, field

from maker.printed import Printed, Report, Slot

LEADING = 1.3


@dataclass(frozen=True)
class Setting:
    """How pages are set. ``cut``: a row may be cut by the end of a page, its label going on overleaf."""

    width: float = 595.0
    height: float = 842.0
    margin: float = 50.0
    size: float = 9.0
    table_size: float = 8.0
    padding: float = 3.0
    cut: bool = False
    upright: bool = True  # group labels of one narrow column, one character a line
    repeat_head: bool = False
    narrow_values: float = 0.0  # width of value columns in points, so that numbers are broken over lines


@dataclass
class Words:
    """One line of text around ``x`` (``anchor`` middle) or from ``x`` on (start); ``y`` is the base line."""

    text: str
    x: float
    y: float
    size: float
    anchor: str = "middle"


@dataclass
class Field:
    """One cell on a page, for rules and fills."""

    x0: float
    top: float
    x1: float
    bottom: float
    column: int
    n_columns: int
    row: int
    n_rows: int


@dataclass
class Sheet:
    """One page."""

    words: list[Words] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)


def advance(text: str) -> float:
    """Width of a text in sizes of its type."""
    return sum(1.0 if ord(c) > 0x2000 else 0.55 for c in text)


def wrap(text: str, width: float, size: float) -> list[str]:
    """Break a text into lines no wider than ``width``."""
    out: list[str] = []
    for part in text.split("\n"):
        line = ""
        for char in part:
            if line and advance(line + char) * size > width:
                out.append(line)
                line = ""
            line += char
        out.append(line)
    return out


def set_pages(report: Report, setting: Setting) -> list[Sheet]:
    """Set a report on as many pages as it needs."""
    composer = _Composer(setting)
    composer.lines(report.title, setting.size * 1.6, middle=True)
    for block in report.blocks:
        if isinstance(block, Printed):
            composer.table(block)
        else:
            heading = block.startswith("#")
            composer.lines(block.removeprefix("#"), setting.size * (1.15 if heading else 1), indent=not heading)
    return composer.sheets


class _Composer:
    def __init__(self, setting: Setting) -> None:
        self.s = setting
        self.sheets = [Sheet()]
        self.y = setting.margin

    @property
    def bottom(self) -> float:
        return self.s.height - self.s.margin

    def new_page(self) -> None:
        self.sheets.append(Sheet())
        self.y = self.s.margin

    def lines(self, text: str, size: float, *, middle: bool = False, indent: bool = False) -> None:
        room = self.s.width - 2 * self.s.margin
        for line in wrap("　　" + text if indent else text, room, size):
            if self.y + size * LEADING * 1.2 > self.bottom:
                self.new_page()
            x = self.s.width / 2 if middle else self.s.margin
            self.sheets[-1].words.append(Words(line, x, self.y + size, size, "middle" if middle else "start"))
            self.y += size * LEADING * 1.2
        self.y += size * 0.5

    def columns(self, printed: Printed) -> list[float]:
        room = self.s.width - 2 * self.s.margin
        narrow = self.s.narrow_values
        n_values = len(printed.widths) - 3 if len(printed.widths) == 10 else 0
        values = narrow * n_values if narrow else 0.0
        shared = sum(w for n, w in enumerate(printed.widths) if not (values and n >= 3))
        xs = [self.s.margin]
        for n, width in enumerate(printed.widths):
            xs.append(xs[-1] + (narrow if values and n >= 3 else (room - values) * width / shared))
        return xs

    def table(self, printed: Printed) -> None:
        xs = self.columns(printed)
        heights = self.heights(printed, xs)
        first = 0
        while first < len(printed.rows):
            head = printed.n_head if first and self.s.repeat_head else 0
            last, y = first, self.y + sum(heights[:head])
            while last < len(printed.rows) and y + heights[last] <= self.bottom:
                y += heights[last]
                last += 1
            if last == first or (first == 0 and last < printed.n_head):
                if not self.sheets[-1].words and not self.sheets[-1].fields:
                    raise ValueError("a row is higher than the page")
                self.new_page()
                continue
            if head:
                self.part(printed, xs, heights, 0, head, {})
            split = self.part(printed, xs, heights, first, last, {})
            first = last
            if first < len(printed.rows):
                self.new_page()
                printed = _carried(printed, first, split)
        self.y += 10

    def heights(self, printed: Printed, xs: list[float]) -> list[float]:
        one = self.s.table_size * LEADING
        out = [one + 2 * self.s.padding] * len(printed.rows)
        for r, c, slot in printed.placed():
            if slot.rows == 1:
                n = len(self.cell_lines(slot, xs[c + slot.columns] - xs[c]))
                out[r] = max(out[r], n * one + 2 * self.s.padding)
        for r, c, slot in printed.placed():  # a long label over several rows
            need = len(self.cell_lines(slot, xs[c + slot.columns] - xs[c])) * one + 2 * self.s.padding
            have = sum(out[r : r + slot.rows])
            if slot.rows > 1 and need > have and not (self.s.cut and slot.upright):
                out[r + slot.rows - 1] += need - have
        return out

    def cell_lines(self, slot: Slot, width: float) -> list[str]:
        if slot.upright and self.s.upright:
            return list(slot.text)
        return wrap(slot.text, width - 3, self.s.table_size)

    def part(self, printed: Printed, xs: list[float], heights: list[float], first: int, last: int,
             split: dict[tuple[int, int], str]) -> dict[tuple[int, int], str]:  # fmt: skip
        """Set rows ``first`` to ``last``. Returns what of labels that go on overleaf is still to be set."""
        top_of = [self.y]
        for height in heights[first:last]:
            top_of.append(top_of[-1] + height)
        n_columns = len(xs) - 1
        one = self.s.table_size * LEADING
        for r, c, slot in printed.placed():
            low, high = max(r, first), min(r + slot.rows, last)
            if low >= high:
                continue
            top, bottom = top_of[low - first], top_of[high - first]
            x0, x1 = xs[c], xs[c + slot.columns]
            lines = self.cell_lines(slot, x1 - x0)
            if r + slot.rows > last:
                room = max(int((bottom - top - 2 * self.s.padding) / one), 1)
                keep = len(lines) // 2 if self.s.cut and len(lines) > 1 else len(lines)
                keep = min(max(keep, 1), room)
                split[(r, c)] = "".join(lines[keep:])
                lines = lines[:keep]
            self.sheets[-1].fields.append(Field(x0, top, x1, bottom, c, n_columns, low - first, last - first))
            y = (top + bottom) / 2 - len(lines) * one / 2 + 0.85 * one
            for n, line in enumerate(lines):
                if line.strip():
                    self.sheets[-1].words.append(Words(line, (x0 + x1) / 2, y + n * one, self.s.table_size))
        self.y = top_of[-1]
        return split


def _carried(printed: Printed, first: int, split: dict[tuple[int, int], str]) -> Printed:
    """The table with labels that began on an earlier page reduced to what is still to be set."""
    rows: list[list[Slot]] = [[] for _ in printed.rows]
    for r, c, slot in printed.placed():
        text = split.get((r, c), slot.text) if r < first < r + slot.rows else slot.text
        rows[r].append(Slot(text, slot.rows, slot.columns, slot.key, slot.upright))
    return Printed(rows, printed.n_head, printed.widths)
