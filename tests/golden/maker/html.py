"""Reports as web pages: clean, or as word processors and content systems leave them."""

from __future__ import annotations

import html
import random
import re
from dataclasses import dataclass

from maker.printed import Printed, Report, Slot


@dataclass(frozen=True)
class Style:
    """What is odd about a page. Each switch is one thing seen on portals."""

    word: bool = False  # classes, o:p and nested fonts of a word processor
    char_spans: bool = False  # one span a character
    unclosed: bool = False  # td and tr never closed
    layout: int = 0  # layout tables around everything, so many deep
    overrun: bool = False  # spans longer than the table
    lost: bool = False  # rowspan dropped from group labels and left empty below
    narrow: bool = False  # upright labels one character a line
    custom: str = ""  # a content system's own element around the report
    hidden: bool = False  # hidden digits beside the numbers
    nested_cells: bool = False  # every number in a table of its own
    halves: bool = False  # table 3 in two tables, the second with the heading again
    css: bool = False  # no table at all: absolutely positioned boxes
    charset: str = "utf-8"
    declared: str | None = "utf-8"
    newline: str = "\n"


def render(report: Report, style: Style, rng: random.Random) -> bytes:
    """The page as bytes in ``style.charset``, declared as ``style.declared``."""
    page = _Html(style, rng)
    body = style.newline.join(page.block(b) for b in report.blocks)
    head = f"<h1>{html.escape(report.title)}</h1>"
    content = f"{head}{style.newline}{body}"
    for _ in range(style.layout):
        content = f"<table width=100%><tr><td>导航</td></tr><tr><td>{content}</td></tr></table>"
    if style.custom:
        content = f"<{style.custom}>{content}</{style.custom}>"
    declared = f'<meta charset="{style.declared}">' if style.declared else ""
    menu = "".join(f'<li><a href="/c{n}/">栏目{n}</a></li>' for n in range(12))
    text = (
        f"<!DOCTYPE html><html><head>{declared}<title>{html.escape(report.title)}-{report.organ}</title>"
        f"<style>.x{{color:red}}</style></head><body><div class=nav><ul>{menu}</ul></div>"
        f"<div id=main>{content}</div><div class=foot>网站标识码 0000000001</div></body></html>"
    )
    return text.encode(style.charset, "replace")


class _Html:
    def __init__(self, style: Style, rng: random.Random) -> None:
        self.style, self.rng = style, rng

    def block(self, block: str | Printed) -> str:
        if isinstance(block, str):
            if block.startswith("#"):
                return f"<h2>{self.inline(block[1:])}</h2>"
            return f"<p>{self.inline(block)}</p>"
        if self.style.css:
            return self.boxes(block)
        if self.style.halves and len(block.rows) > 20:
            middle = len(block.rows) // 2
            second = block.part(middle, len(block.rows), head=True)
            return self.table(block.part(0, middle, head=False)) + "<p>（续表）</p>" + self.table(second)
        return self.table(block)

    def table(self, printed: Printed) -> str:
        rows: list[list[str]] = [[] for _ in printed.rows]
        for r, _, slot in printed.placed():
            rows[r].append(self.cell(slot, len(printed.rows)))
            if self.style.lost and slot.rows > 1 and r >= printed.n_head:
                for below in range(r + 1, r + slot.rows):
                    rows[below].append("<td></td>")
        close = "" if self.style.unclosed else "</tr>"
        attributes = ' class=MsoNormalTable border=1 style="border-collapse:collapse"' if self.style.word else ""
        return f"<table{attributes}>" + "".join(f"<tr>{''.join(row)}{close}\n" for row in rows) + "</table>"

    def cell(self, slot: Slot, n_rows: int) -> str:
        spans = ""
        rows = slot.rows
        if rows > 1 and self.style.overrun:
            rows = n_rows + 40
        if rows > 1 and not self.style.lost:
            spans += f' rowspan="{slot.rows if not slot.upright else rows}"'
        if slot.columns > 1:
            spans += f" colspan={slot.columns}"
        text = self.inline(slot.text)
        if self.style.narrow and slot.upright:
            text = "<br>".join(slot.text)
        if slot.key and self.style.hidden:
            text = f'<span style="display:none">7</span>{text}<!-- 9 -->'
        if slot.key and self.style.nested_cells:
            text = f"<table><tr><td>{text}</td></tr></table>"
        close = "" if self.style.unclosed else "</td>"
        return f"<td{spans}>{text}{close}"

    def inline(self, text: str) -> str:
        text = re.sub("[¹²]", lambda m: f"<sup>{'¹²'.index(m[0]) + 1}</sup>", html.escape(text).replace("\n", "<br>"))
        if self.style.char_spans:
            return "".join(c if c in "<>br&;" else f'<span lang="EN-US">{c}</span>' for c in text)
        if self.style.word:
            middle = self.rng.randrange(len(text) + 1) if "&" not in text and "<" not in text else 0
            return (
                '<p class="MsoNormal" style="text-align:center"><span style=\'font-family:仿宋\'>'
                f"{text[:middle]}<font face=宋体>{text[middle:]}</font><o:p></o:p></span></p>"
            )
        return text

    def boxes(self, printed: Printed) -> str:
        """Text in boxes placed by coordinates, as converters from PDF write it."""
        lefts = [0.0]
        for width in printed.widths:
            lefts.append(lefts[-1] + 60 * width)
        out = []
        for r, c, slot in printed.placed():
            out.append(
                f'<div style="position:absolute;left:{lefts[c] + 4:.0f}px;top:{24 * r}px;'
                f'width:{lefts[c + slot.columns] - lefts[c] - 8:.0f}px">{self.inline(slot.text)}</div>'
            )
        height = 24 * len(printed.rows)
        return f'<div style="position:relative;height:{height}px">{"".join(out)}</div>'
