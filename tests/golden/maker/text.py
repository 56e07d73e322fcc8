"""Reports as plain text, flattened in the ways that copying and converting leave behind."""

from __future__ import annotations

import html

from maker.printed import Printed, Report, Slot

STYLES = ("tabs", "dump", "glued", "glued-all", "spaces", "pipes", "cells", "ocr-html", "letters", "browser",
          "repeated")  # fmt: skip
_LONG = 12  # characters of a label that is broken in its cell
_LETTERS = str.maketrans("01", "Ol")


def render(report: Report, style: str, *, charset: str = "utf-8") -> bytes:
    """The text in one of STYLES: tabs between cells, one cell a line, run together, columns of blanks, Markdown."""
    parts = [f"# {report.title}" if style in ("pipes", "ocr-html") else report.title]
    for block in report.blocks:
        if isinstance(block, Printed):
            parts.append(_table(block, style))
        elif block.startswith("#"):
            parts.append(f"## {block[1:]}" if style in ("pipes", "ocr-html") else block[1:])
        else:
            parts.append(block)
    text = "\n".join(parts) if style == "glued-all" else "\n\n".join(parts)
    return (text + "\n").encode(charset, "replace")


def _table(printed: Printed, style: str) -> str:
    grid = grid_of(printed)
    if style == "tabs":
        return "\n".join("\t".join(row) for row in grid)
    if style == "browser":
        return "\n".join("\t".join(_broken(slot) for slot in row) for row in printed.rows)
    if style == "repeated":
        return "\n".join("\t".join(row) for row in _covered(printed))
    if style == "letters":
        heads = printed.n_head
        return "\n".join(
            "\t".join(c.translate(_LETTERS) if c.isdigit() and n >= heads else c for c in row)
            for n, row in enumerate(grid)
        )
    if style == "dump":
        return "\n\n".join("\n".join(f"\t{c}" for c in row) for row in grid)
    if style == "pipes":
        rule = "|" + "---|" * len(grid[0])
        lines = ["| " + " | ".join(row) + " |" for row in grid]
        return "\n".join([lines[0], rule, *lines[1:]])
    if style == "ocr-html":
        return _markup(printed)
    anchors = [[slot.text for slot in row if slot.text] for row in printed.rows]
    if style == "spaces":
        return "\n".join("   ".join(row) for row in anchors)
    if style == "cells":
        return "\n".join(text for row in anchors for text in row)
    return ("" if style == "glued-all" else "\n").join("".join(row) for row in anchors)


def grid_of(printed: Printed) -> list[list[str]]:
    """Rows of the full width; covered places are empty."""
    width = len(printed.widths)
    grid = [[""] * width for _ in printed.rows]
    for r, c, slot in printed.placed():
        grid[r][c] = slot.text
    return grid


def _covered(printed: Printed) -> list[list[str]]:
    """Rows of the full width; covered places hold what covers them."""
    grid = grid_of(printed)
    for r, c, slot in printed.placed():
        for i in range(slot.rows):
            grid[r + i][c : c + slot.columns] = [slot.text] * slot.columns
    return grid


def _broken(slot: Slot) -> str:
    """The text of a cell as a browser copies it: line breaks in labels stay line breaks."""
    if slot.upright:
        return "\n".join(slot.text)
    text, half = slot.text, len(slot.text) // 2
    return text if slot.key or len(text) < _LONG else f"{text[:half]}\n{text[half:]}"


def _markup(printed: Printed) -> str:
    """A table as recognition services put it into Markdown: HTML in one line."""
    rows = "".join(
        "<tr>" + "".join(
            f'<td rowspan="{s.rows}" colspan="{s.columns}">{html.escape(s.text)}</td>' for s in row
        ) + "</tr>"
        for row in printed.rows
    )  # fmt: skip
    return f"<table>{rows}</table>"
